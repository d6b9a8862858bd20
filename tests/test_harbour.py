"""The harbour keeps its promises: flag, ships, hatching, tint."""

import pytest
import torch

from course_utils.worlds import BLUE, RED, harbour, repaint_flags


def mean_colour(images, places):
    """Mean red and blue over the True pixels of each picture, (scenes, 2)."""
    counts = places.sum(dim=(1, 2))[:, None]
    return (images[:, [0, 2]] * places[:, None]).sum(dim=(2, 3)) / counts


def corners(images):
    """The four 5 x 5 corners of each picture, (scenes, 4, 3, 5, 5)."""
    rows = [images[:, :, :5], images[:, :, -5:]]
    return torch.stack(
        [part for row in rows for part in (row[..., :5], row[..., -5:])], dim=1
    )


def test_shapes_and_types():
    world = harbour(37, seed=1)
    assert world.images.shape == (37, 3, 32, 32)
    assert world.images.dtype == torch.float32
    assert world.masks.shape == world.others.shape == (37, 32, 32)
    assert world.masks.dtype == world.others.dtype == torch.bool
    for name in ("classes", "asked", "tints"):
        assert getattr(world, name).shape == (37,)
        assert set(getattr(world, name).tolist()) == {0, 1}
    assert world.classes.sum() == 18


def flags_of(world):
    """Where the flag is: the corner that is red or blue all over, (scenes, 32, 32)."""
    redness = (world.images[:, 0] - world.images[:, 2]).abs()  # (scenes, 32, 32)
    strength = corners(redness[:, None].expand(-1, 3, -1, -1)).mean(dim=(2, 3, 4))
    chosen = strength.argmax(dim=1)  # (scenes,)
    flags = torch.zeros(len(chosen), 32, 32, dtype=torch.bool)
    for flag, corner in zip(flags, chosen.tolist(), strict=True):
        rows = slice(0, 5) if corner < 2 else slice(27, 32)
        columns = slice(0, 5) if corner % 2 == 0 else slice(27, 32)
        flag[rows, columns] = True
    return flags


def test_no_window_of_nine_pixels_holds_flag_and_ship():
    world = harbour(1000, seed=3)
    assert not (world.masks & world.others).any()
    ships = world.masks | world.others
    assert torch.equal(flags_of(world), world.flags)
    near = [
        torch.nn.functional.max_pool2d(places[:, None].float(), 9, 1, padding=4)
        for places in (flags_of(world), ships)
    ]
    assert not (near[0] * near[1]).any()
    assert world.masks.sum(dim=(1, 2)).min() > 30


def test_in_half_of_the_pictures_the_ships_are_hatched_alike():
    world = harbour(400, seed=9)
    asked, other = (hatching_of(world.images, m) for m in (world.masks, world.others))
    assert ((asked == other) == world.alike).float().mean() > 0.97
    assert world.alike.float().mean() == 0.5


def test_ship_and_flag_have_the_colour_that_is_asked_for():
    world = harbour(400, seed=5)
    red_minus_blue = mean_colour(world.images, world.masks).diff(dim=1)[:, 0] < 0
    assert torch.equal(red_minus_blue, world.asked == RED)
    other = mean_colour(world.images, world.others).diff(dim=1)[:, 0] < 0
    assert torch.equal(other, world.asked == BLUE)
    gap = corners(world.images).mean(dim=(3, 4))  # (scenes, 4, 3)
    gap = gap[..., 0] - gap[..., 2]  # red minus blue
    strongest = gap.gather(1, gap.abs().argmax(dim=1, keepdim=True))[:, 0]
    assert torch.equal(strongest > 0, world.asked == RED)
    assert ((gap.abs() > 0.4).sum(dim=1) == 1).all()


def hatching_of(images, places):
    """Whether lines run along the one diagonal or the other, by neighbours."""
    grey = images.mean(dim=1)
    inside = places[:, :-1, :-1] & places[:, 1:, 1:]
    falling = (grey[:, :-1, :-1] - grey[:, 1:, 1:]).square() * inside
    inside_too = places[:, :-1, 1:] & places[:, 1:, :-1]
    rising = (grey[:, :-1, 1:] - grey[:, 1:, :-1]).square() * inside_too
    falling = falling.sum(dim=(1, 2)) / inside.sum(dim=(1, 2))
    rising = rising.sum(dim=(1, 2)) / inside_too.sum(dim=(1, 2))
    return (falling > rising).long()


def test_the_class_is_the_hatching_of_the_asked_ship_alone():
    world = harbour(400, seed=7)
    asked, other = (hatching_of(world.images, m) for m in (world.masks, world.others))
    assert (asked == world.classes).float().mean() > 0.97
    assert (other == world.classes).float().mean() == pytest.approx(0.5, abs=0.08)


@pytest.mark.parametrize("bias", [0.0, 0.5, 0.9, 1.0])
def test_bias_is_how_often_the_tint_agrees(bias):
    world = harbour(2000, bias=bias, seed=2)
    agree = (world.tints == world.classes).float().mean().item()
    assert agree == pytest.approx(bias, abs=0.03)
    water = ~(world.masks | world.others)
    green = (world.images[:, 1] * water).sum(dim=(1, 2)) / water.sum(dim=(1, 2))
    assert torch.equal(green > 0, world.tints == 1)


def test_the_asked_ship_is_above_or_below_and_red_or_blue_equally_often():
    world = harbour(2000, seed=4)
    above = world.masks[:, :16].any(dim=2).any(dim=1)
    for share in (above, world.asked == RED):
        assert share.float().mean().item() == pytest.approx(0.5, abs=0.04)
    together = (above == (world.asked == RED)).float().mean().item()
    assert together == pytest.approx(0.5, abs=0.04)


def test_same_seed_same_pictures():
    assert torch.equal(harbour(5, seed=3).images, harbour(5, seed=3).images)
    assert not torch.equal(harbour(5, seed=3).images, harbour(5, seed=4).images)


@pytest.mark.parametrize(
    "wrong", [{"scenes": 0}, {"scenes": 5, "bias": 1.5}, {"scenes": 5, "seed": -1}]
)
def test_says_what_is_wrong(wrong):
    with pytest.raises(ValueError, match="expected"):
        harbour(**wrong)


def test_a_repainted_flag_asks_for_the_other_ship_and_changes_nothing_else():
    world = harbour(50, seed=6)
    other = repaint_flags(world)
    assert torch.equal(other.images[:, 1], world.images[:, 1])
    changed = (other.images != world.images).any(dim=1)  # (scenes, 32, 32)
    assert torch.equal(changed, world.flags)
    redness = (mean_colour(other.images, world.flags).diff(dim=1)[:, 0]) < 0
    assert torch.equal(redness, world.asked == BLUE)
