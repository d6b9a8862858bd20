"""Boats, cars and animals: seeds, shares, masks, and cues that are there."""

import pytest
import torch

from course_utils.worlds import BOAT, PARTS, WATER, animals, boats_and_cars


@pytest.mark.parametrize("world", [boats_and_cars, animals])
def test_a_seed_gives_one_world(world):
    first, again, other = world(7, seed=3), world(7, seed=3), world(7, seed=4)
    for a, b in zip(first, again, strict=True):
        assert torch.equal(a, b)
    assert not torch.equal(first.images, other.images)
    assert first.images.shape == (7, 3, 32, 32)
    assert first.images.dtype == torch.float32
    assert first.masks.dtype == torch.bool
    assert first.classes.tolist() == [0, 1, 0, 1, 0, 1, 0]


@pytest.mark.parametrize(("bias", "agree"), [(1.0, 500), (0.0, 0)])
def test_bias_says_how_often_the_background_suits(bias, agree):
    scenes = boats_and_cars(500, bias=bias)
    assert (scenes.classes == scenes.backgrounds).sum() == agree


def test_a_bias_in_between_is_a_share():
    scenes = boats_and_cars(2000, bias=0.7)
    share = (scenes.classes == scenes.backgrounds).float().mean()
    assert abs(share - 0.7) < 0.04


def test_water_is_blue_and_boats_float_where_they_are_said_to():
    scenes = boats_and_cars(200, bias=0.5)
    outside = scenes.images * ~scenes.masks[:, None]
    blue_over_red = (outside[:, 2] - outside[:, 0]).sum(dim=(1, 2))
    assert torch.equal(blue_over_red > 0, scenes.backgrounds == WATER)


def test_hatching_tells_boats_from_cars_and_can_be_taken_away():
    """Along one diagonal the lines of a boat do not change; those of a car do."""
    for hatching, differs in ((0.25, True), (0.0, False)):
        scenes = boats_and_cars(200, bias=0.5, hatching=hatching)
        grey = scenes.images.mean(dim=1)
        inside = scenes.masks[:, :-1, 1:] & scenes.masks[:, 1:, :-1]
        change = (grey[:, :-1, 1:] - grey[:, 1:, :-1]).abs() * inside
        change = change.sum(dim=(1, 2)) / inside.sum(dim=(1, 2))
        boats, cars = (change[scenes.classes == k].mean() for k in (BOAT, 1 - BOAT))
        assert (cars > 2 * boats) == differs


def test_every_object_lies_inside_and_is_small():
    scenes = boats_and_cars(300)
    area = scenes.masks.float().mean(dim=(1, 2))
    assert (area > 0.01).all() and (area < 0.2).all()


def test_the_parts_of_an_animal_make_its_mask():
    scenes = animals(50)
    assert scenes.parts.shape == (50, len(PARTS), 32, 32)
    assert torch.equal(scenes.parts.any(dim=1), scenes.masks)
    assert scenes.parts.sum(dim=1).max() == 1  # parts do not overlap
    assert scenes.parts.sum(dim=(2, 3))[0].tolist() == [42, 96, 60]


def test_the_head_tells_the_kind_by_its_colour():
    scenes = animals(100)
    head = scenes.parts[:, :1]
    red_over_blue = ((scenes.images[:, :1] - scenes.images[:, 2:]) * head).sum(
        (1, 2, 3)
    )
    assert torch.equal(red_over_blue > 0, scenes.classes == 1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: boats_and_cars(0), "scenes: expected at least 1"),
        (lambda: boats_and_cars(3, bias=1.5), "bias: expected a number from 0 to 1"),
        (lambda: boats_and_cars(3, seed=-1), "seed: expected at least 0"),
        (lambda: animals(3, body=2.0), "body: expected a number from 0 to 1"),
        (lambda: animals(3, noise=float("nan")), "noise: expected a number from"),
    ],
)
def test_worlds_say_what_is_wrong(call, message):
    with pytest.raises(ValueError, match=message):
        call()
