"""Erasing: windows and regions by hand and by loops, no way back for a gradient."""

import pytest
import torch
from torch import nn

from course_utils.class_maps import MapClassifier
from course_utils.guidance import (
    erase,
    merge_maps,
    region_of_area,
    strong_region,
    window_at_peak,
)

BATCH, CHANNELS, HEIGHT, WIDTH = 5, 2, 7, 11


def noise(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


# ------------------------------------------------------------------------ windows


def window_by_loops(one, size):
    """Every window tried, the first of the best kept: (height, width)."""
    best, place = None, None
    for top in range(one.shape[0] - size + 1):
        for left in range(one.shape[1] - size + 1):
            total = one[top : top + size, left : left + size].double().sum().item()
            if best is None or total > best:
                best, place = total, (top, left)
    mask = torch.zeros_like(one, dtype=torch.bool)
    mask[place[0] : place[0] + size, place[1] : place[1] + size] = True
    return mask


def test_a_window_by_hand():
    # The highest pixel stands alone; the highest 2 by 2 sum lies elsewhere.
    one = torch.zeros(1, 3, 5)
    one[0, 0, 0] = 9.0
    one[0, 1:, 3:] = torch.tensor([[3.0, 4.0], [2.0, 1.0]])
    got = window_at_peak(one, 2)
    assert got[0].nonzero().tolist() == [[1, 3], [1, 4], [2, 3], [2, 4]]
    assert window_at_peak(one, 1)[0].nonzero().tolist() == [[0, 0]]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 7])
def test_windows_as_by_loops_and_always_whole(size):
    maps = noise(BATCH, HEIGHT, WIDTH)
    got = window_at_peak(maps, size)
    assert got.dtype == torch.bool
    assert (got.sum(dim=(1, 2)) == size * size).all()
    for one, mask in zip(maps, got, strict=True):
        assert torch.equal(mask, window_by_loops(one, size))


def test_a_peak_in_the_corner_keeps_its_window_in_the_picture():
    for corner in [(0, 0), (0, 10), (6, 0), (6, 10)]:
        maps = torch.zeros(1, HEIGHT, WIDTH)
        maps[0, corner[0], corner[1]] = 1.0
        mask = window_at_peak(maps, 3)
        assert mask.sum() == 9
        assert mask[0, corner[0], corner[1]]


def test_windows_that_tie_and_windows_of_negative_maps():
    assert window_at_peak(torch.zeros(1, 4, 5), 2)[0].nonzero()[0].tolist() == [0, 0]
    maps = -torch.ones(1, 4, 5)
    maps[0, 2, 3] = -0.5
    assert window_at_peak(maps, 1)[0].nonzero().tolist() == [[2, 3]]


def test_windows_in_half_precision_do_not_round_their_sums():
    maps = torch.full((1, 9, 20), 60.0, dtype=torch.float16)
    maps[0, :, 19] = 60.03125  # one step of float16 higher
    assert window_at_peak(maps, 9)[0, 0].nonzero()[-1].item() == 19
    far = torch.tensor([[3e38, 3e38, -1, 3.4e38, 3.4e38]] * 2)[None]
    assert window_at_peak(far, 2)[0, 0].tolist() == [False] * 3 + [True] * 2
    huge = torch.full((1, 9, 20), 6e4, dtype=torch.float16)
    huge[0, 0, 0] = 0.0
    assert window_at_peak(huge, 9)[0, 0].nonzero()[0].item() == 1


# -------------------------------------------------------- regions, erasing, merging


def test_a_strong_region_by_hand():
    maps = torch.tensor([[[1.0, 0.5, 0.4]], [[-1.0, -2.0, -3.0]], [[0.0, 0.0, 0.0]]])
    got = strong_region(maps, 0.5)
    assert got[:, 0].tolist() == [
        [True, True, False],
        [False, False, False],
        [False, False, False],
    ]
    assert strong_region(maps, 0)[0].all()  # above 0, whatever the share
    assert strong_region(maps, 1)[0, 0].tolist() == [True, False, False]
    assert torch.equal(strong_region(maps * 1e-3, 0.5), got)


@pytest.mark.parametrize("how", [{"size": 3}, {"threshold": 0.6}])
@pytest.mark.parametrize("dtype", [torch.float16, torch.float32, torch.float64])
def test_erasing_fills_the_hole_and_nothing_else(how, dtype):
    images = noise(BATCH, CHANNELS, HEIGHT, WIDTH).to(dtype)
    maps = noise(BATCH, HEIGHT, WIDTH, seed=1).to(dtype)
    before = images.clone(), maps.clone()
    erased, holes = erase(images, maps, **how, value=0.25)
    assert torch.equal(images, before[0]) and torch.equal(maps, before[1])
    assert erased.dtype == dtype and holes.dtype == torch.bool
    wide = holes[:, None].expand_as(images)
    assert (erased[wide] == 0.25).all()
    assert torch.equal(erased[~wide], images[~wide])
    assert holes.any(dim=2).any(dim=1).all()
    if "size" in how:
        assert torch.equal(holes, window_at_peak(maps, 3))
    else:
        assert torch.equal(holes, strong_region(maps, 0.6))


def test_erasing_twice_cuts_two_holes():
    images, first = noise(1, 1, 5, 7), torch.zeros(1, 5, 7)
    first[0, 1, 1] = 1.0
    once, hole = erase(images, first, size=3)
    twice, other = erase(once, first.flip(1, 2), size=3)
    assert (twice[0, 0][hole[0] | other[0]] == 0).all()
    assert torch.equal(hole[0] | other[0], twice[0, 0] == 0)


@pytest.mark.parametrize("how", [{"size": 5}, {"threshold": 0.4}])
def test_no_gradient_comes_back_through_the_hole(how):
    torch.manual_seed(0)
    first, second = MapClassifier(), MapClassifier()
    images = noise(3, 3, 14, 22).requires_grad_()
    _, maps = first(images.detach())
    large = nn.functional.interpolate(maps[:, :1], (14, 22))[:, 0]
    assert large.requires_grad
    erased, holes = erase(images, large, **how)
    second(erased)[0].square().sum().backward()
    assert all(parameter.grad is None for parameter in first.parameters())
    assert all(parameter.grad is not None for parameter in second.parameters())
    wide = holes[:, None].expand_as(images)
    assert (images.grad[wide] == 0).all()  # the picture may learn, where it shows
    assert (images.grad[~wide] != 0).any()


def test_merging_by_hand():
    maps = torch.tensor([[[[4.0, 1.0, -2.0]]], [[[0.0, 0.3, 0.1]]], [[[-1.0] * 3]]])
    got = merge_maps(maps)
    assert torch.allclose(got, torch.tensor([[[1.0, 1.0, 1 / 3]]]))
    assert torch.equal(merge_maps(maps[2:]), torch.zeros(1, 1, 3))
    assert torch.allclose(merge_maps(maps * 1e-6), got)


def test_merging_treats_each_picture_alone_and_keeps_a_batch_of_one():
    maps = noise(3, BATCH, HEIGHT, WIDTH)
    together = merge_maps(maps)
    assert together.shape == (BATCH, HEIGHT, WIDTH)
    for number in range(BATCH):
        alone = merge_maps(maps[:, number : number + 1] * 17)
        assert torch.allclose(alone[0], together[number])
    assert torch.equal(together, merge_maps(maps.flip(0)))
    assert (together.amax(dim=(1, 2)) == 1).all()
    assert merge_maps(maps.half()).dtype == torch.float16


def test_a_region_of_an_area_by_hand():
    maps = torch.tensor([[[3.0, 1.0, 3.0], [2.0, 1.0, 0.0]]]).repeat(4, 1, 1)
    got = region_of_area(maps, torch.tensor([0, 1, 4, 6]))
    assert got.flatten(1).int().tolist() == [
        [0, 0, 0, 0, 0, 0],
        [1, 0, 0, 0, 0, 0],
        [1, 1, 1, 1, 0, 0],
        [1, 1, 1, 1, 1, 1],
    ]


def test_a_region_holds_the_highest_pixels():
    maps = noise(BATCH, HEIGHT, WIDTH)
    areas = torch.tensor([2, 3, 5, 7, 11])
    got = region_of_area(maps, areas)
    assert torch.equal(got.sum(dim=(1, 2)), areas)
    for one, mask in zip(maps, got, strict=True):
        assert one[mask].min() > one[~mask].max()
    endless = maps.masked_fill(maps > 1, torch.inf)
    assert torch.equal(region_of_area(endless, areas).sum(dim=(1, 2)), areas)


def test_pixels_that_tie_the_first_row_by_row():
    got = region_of_area(torch.ones(1, 16, 17), torch.tensor([37]))
    assert got.flatten().tolist() == [True] * 37 + [False] * (16 * 17 - 37)


def test_no_picture_gives_no_hole():
    none = torch.zeros(0, HEIGHT, WIDTH)
    assert window_at_peak(none, 3).shape == none.shape
    assert strong_region(none, 0.4).shape == none.shape
    assert merge_maps(none[None]).shape == none.shape
    assert region_of_area(none, torch.zeros(0, dtype=torch.int64)).shape == none.shape


# ------------------------------------------------------------------- wrong input

MAPS = torch.ones(BATCH, HEIGHT, WIDTH)
IMAGES = torch.ones(BATCH, CHANNELS, HEIGHT, WIDTH)
WHOLE = torch.tensor([1, 2, 3, 4, 5])


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: window_at_peak(MAPS, 8), ValueError, "size: expected at most 7"),
        (lambda: window_at_peak(MAPS, 0), ValueError, "size: expected at least 1"),
        (lambda: window_at_peak(MAPS[0], 3), ValueError, "batch, height, width"),
        (lambda: window_at_peak(MAPS * torch.nan, 3), ValueError, "maps"),
        (lambda: window_at_peak(MAPS.long(), 3), TypeError, "floating-point"),
        (lambda: strong_region(MAPS, 1.5), ValueError, "threshold: expected"),
        (lambda: strong_region(MAPS, "a"), TypeError, "threshold: expected a number"),
        (lambda: strong_region(MAPS / 0, 0.5), ValueError, "maps"),
        (lambda: strong_region(MAPS[:, :0], 0.5), ValueError, "at least one row"),
        (lambda: erase(IMAGES, MAPS), ValueError, "expected one of the two"),
        (lambda: erase(IMAGES, MAPS, 3, 0.4), ValueError, "expected one of the two"),
        (lambda: erase(IMAGES, MAPS[1:], 3), ValueError, "to match images"),
        (lambda: erase(IMAGES, MAPS[:, 1:], 3), ValueError, "to match images; enlarge"),
        (
            lambda: erase(IMAGES, MAPS[..., 1:], 3),
            ValueError,
            "to match images; enlarge",
        ),
        (lambda: erase(MAPS, MAPS, 3), ValueError, "batch, channels, height, width"),
        (lambda: erase(IMAGES, MAPS, 3, value=torch.inf), ValueError, "value"),
        (lambda: merge_maps(MAPS), ValueError, "steps, batch, height, width"),
        (lambda: merge_maps(MAPS[None][:0]), ValueError, r"number of maps \(steps\)"),
        (lambda: merge_maps(MAPS[None] / 0), ValueError, "maps"),
        (lambda: merge_maps(MAPS[None][..., :0]), ValueError, "at least one row"),
        (lambda: region_of_area(MAPS * torch.nan, WHOLE), ValueError, "got NaN"),
        (lambda: region_of_area(MAPS, WHOLE * 20), ValueError, "expected 0 to 77"),
        (lambda: region_of_area(MAPS, -WHOLE), ValueError, "got -5 to -1"),
        (lambda: region_of_area(MAPS, WHOLE / 2), TypeError, "whole numbers"),
        (lambda: region_of_area(MAPS, WHOLE > 2), TypeError, "whole numbers"),
        (lambda: region_of_area(MAPS, WHOLE[1:]), ValueError, "one area per map"),
    ],
)
def test_wrong_input_says_what_was_expected(call, error, message):
    with pytest.raises(error, match=message):
        call()
