"""Digits in clutter: where they stand, what they are, and that no image leaks."""

import numpy as np
import pytest
import torch

from course_utils.worlds import cluttered_digits
from course_utils.worlds.cluttered_digits import split_digits


def squares(world):
    """Return the 12 by 12 pixels under each mask."""
    return world.images[:, 0][world.masks].view(-1, 12, 12)


def test_masks_are_squares_anywhere():
    world = cluttered_digits(500, seed=3)
    assert world.images.shape == (500, 1, 28, 28)
    assert world.images.dtype == torch.float32
    assert world.masks.dtype == torch.bool
    rows, columns = world.masks.any(dim=2), world.masks.any(dim=1)
    assert (rows.sum(1) == 12).all() and (columns.sum(1) == 12).all()
    assert (world.masks.sum((1, 2)) == 144).all()
    first = rows.float().argmax(1), columns.float().argmax(1)
    assert all(set(each.tolist()) == set(range(17)) for each in first)


@pytest.mark.parametrize("split", ["train", "test"])
def test_the_square_holds_a_drawing_of_the_named_digit(split):
    world = cluttered_digits(40, split, noise=0.0, seed=5)
    drawings, names = split_digits(split)
    for square, digit in zip(squares(world), world.digits, strict=True):
        gaps = np.abs(drawings - square.numpy()).max(axis=(1, 2))
        assert gaps.min() < 1e-6
        assert names[gaps.argmin()] == digit


def test_no_image_of_a_digit_serves_both_splits():
    train, test = split_digits("train"), split_digits("test")
    assert len(train[0]) + len(test[0]) == 1797
    kept = {drawing.tobytes() for drawing in train[0]}
    assert not kept & {drawing.tobytes() for drawing in test[0]}
    assert set(train[1]) == set(test[1]) == set(range(10))


def test_both_splits_have_the_size_they_say_and_full_ink_is_1():
    train, test = split_digits("train"), split_digits("test")
    assert (len(train[0]), len(test[0])) == (1300, 497)
    assert 0.95 < train[0].max() <= 1.0


def test_scraps_that_meet_keep_the_brighter_ink():
    """The more scraps, the more ink: none wipes out what lies below it."""
    two = cluttered_digits(200, clutter=40, noise=0.0, seed=11)
    outside = two.images[:, 0][~two.masks]
    assert outside.mean() > 0.23  # 0.20 where the last scrap wins


def test_scraps_come_from_the_same_split_and_are_counted():
    bare = cluttered_digits(30, clutter=0, noise=0.0, seed=7)
    assert (bare.images[:, 0][~bare.masks] == 0).all()
    full = cluttered_digits(30, clutter=8, noise=0.0, seed=7)
    outside = (full.images[:, 0] * ~full.masks > 0).flatten(1).sum(1)
    assert outside.float().mean() > 30
    assert outside.max() <= 8 * 16
    one = cluttered_digits(1, "test", clutter=1, noise=0.0, seed=2)
    ink = one.images[0, 0] * ~one.masks[0]
    rows, columns = ink.nonzero().T
    scrap = ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    assert max(scrap.shape) <= 4
    height, width = scrap.shape
    drawings, _ = split_digits("test")
    windows = np.lib.stride_tricks.sliding_window_view(
        drawings, (height, width), axis=(1, 2)
    )
    assert np.abs(windows - scrap.numpy()).max(axis=(3, 4)).min() < 1e-6


def test_a_tile_is_even_and_beside_the_digit():
    assert not cluttered_digits(20, seed=4).tiles.any()
    world = cluttered_digits(60, clutter=0, noise=0.0, seed=4, tile=True)
    assert not (world.masks & world.tiles).any()
    assert (world.tiles.sum((1, 2)) == 144).all()
    assert (world.masks.sum((1, 2)) == 144).all()
    ink = world.images[:, 0]
    assert (ink[~world.masks & ~world.tiles] == 0).all()
    inside = ink[world.tiles].view(60, 144)
    assert (inside == inside[:, :1]).all()
    assert inside.min() >= 0.5 and len(inside[:, 0].unique()) > 50
    first = world.masks.any(dim=2).float().argmax(1)
    assert len(set(first.tolist())) > 8


def test_seed_and_noise():
    one, again = cluttered_digits(5, seed=1), cluttered_digits(5, seed=1)
    other = cluttered_digits(5, seed=2)
    assert torch.equal(one.images, again.images)
    assert not torch.equal(one.images, other.images)
    quiet = cluttered_digits(50, noise=0.0, seed=1)
    noisy = cluttered_digits(50, noise=0.3, seed=1)
    gap = noisy.images - quiet.images
    assert gap.std() == pytest.approx(0.3, rel=0.02)
    assert torch.equal(quiet.masks, noisy.masks)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"scenes": 0}, ValueError, "scenes: expected at least 1"),
        ({"split": "both"}, ValueError, "'train', 'test'"),
        ({"clutter": -1}, ValueError, "clutter: expected at least 0"),
        ({"noise": -0.1}, ValueError, "noise"),
        ({"seed": 0.5}, TypeError, "seed: expected a whole number"),
    ],
)
def test_says_what_is_wrong(options, error, message):
    with pytest.raises(error, match=message):
        cluttered_digits(**{"scenes": 3, **options})
