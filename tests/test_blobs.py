"""Blobs: by hand, against a union-find, at the edges, and their gradient."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils.blobs import BlobEntropyLoss, blob_entropy, label_blobs

PAPER = [
    [0.1, 0.2, 0.4, 0.1],
    [0.1, 0.5, 0.3, 0.2],
    [0.7, 0.6, 0.2, 0.1],
    [0.1, 0.3, 0.4, 0.2],
]


def union_find(mask, connectivity):
    """Labels of one mask (height, width), with lists and loops only."""
    height, width = len(mask), len(mask[0])
    parent = {(i, j): (i, j) for i in range(height) for j in range(width) if mask[i][j]}

    def root(cell):
        while parent[cell] != cell:
            cell = parent[cell]
        return cell

    steps = [(0, 1), (1, 0)] + ([(1, 1), (1, -1)] if connectivity == 8 else [])
    for i, j in parent:
        for di, dj in steps:
            if (i + di, j + dj) in parent:
                parent[root((i + di, j + dj))] = root((i, j))
    names = {}
    return [
        [
            names.setdefault(root((i, j)), len(names) + 1) if mask[i][j] else 0
            for j in range(width)
        ]
        for i in range(height)
    ]


def entropy_by_hand(values, level, connectivity):
    """Blob entropy of one map (height, width), in plain Python."""
    mask = [[value > level for value in row] for row in values]
    masses = {}
    for row, names in zip(values, union_find(mask, connectivity), strict=True):
        for value, name in zip(row, names, strict=True):
            if name:
                masses[name] = masses.get(name, 0.0) + value - level
    total = sum(masses.values())
    return -sum(p / total * math.log(p / total) for p in masses.values())


# ---------------------------------------------------------------------- labels


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 7), st.integers(1, 5), st.integers(0, 3), st.data(), st.floats(0, 1)
)
def test_labels_equal_a_union_find(height, width, maps, data, share):
    seed = data.draw(st.integers(0, 10_000))
    masks = torch.rand(
        maps, height, width, generator=torch.Generator().manual_seed(seed)
    )
    masks = masks < share
    for connectivity in (4, 8):
        labels = label_blobs(masks, connectivity)
        wanted = [union_find(mask, connectivity) for mask in masks.tolist()]
        assert labels.tolist() == wanted


def test_blobs_of_one_map_never_join_those_of_the_next():
    labels = label_blobs(torch.ones(2, 3, 5, 7, dtype=torch.bool))
    assert torch.equal(labels, torch.ones(2, 3, 5, 7, dtype=torch.int64))


def test_a_corner_joins_under_eight_neighbours_only():
    mask = torch.eye(3, dtype=torch.bool)
    assert label_blobs(mask, 4).diagonal().tolist() == [1, 2, 3]
    assert label_blobs(mask, 8).diagonal().tolist() == [1, 1, 1]


def test_many_blobs_are_counted_beyond_sixteen_bits():
    board = (torch.arange(600)[:, None] + torch.arange(600)) % 2 == 0
    assert label_blobs(board, 4).max() == 180_000


@pytest.mark.parametrize(
    ("masks", "connectivity", "error", "message"),
    [
        (torch.zeros(3, 3), 8, TypeError, "boolean"),
        (torch.zeros(3, dtype=torch.bool), 8, ValueError, "height, width"),
        (torch.zeros(2, 0, 3, dtype=torch.bool), 8, ValueError, "one pixel"),
        (torch.zeros(3, 3, dtype=torch.bool), 6, ValueError, "one of 4, 8"),
        ([[True]], 8, TypeError, "torch.Tensor"),
    ],
)
def test_labels_say_what_is_wrong(masks, connectivity, error, message):
    with pytest.raises(error, match=message):
        label_blobs(masks, connectivity)


# --------------------------------------------------------------------- entropy


def test_the_worked_example_is_one_region():
    grid = torch.tensor(PAPER, dtype=torch.float64)
    assert grid.mean() == pytest.approx(0.28125, abs=1e-15)
    assert label_blobs(grid > grid.mean(), 4).max() == 1
    assert blob_entropy(grid, connectivity=4) == blob_entropy(grid) == 0
    shares = [1 / 11, 9 / 11, 1 / 11]
    wanted = -sum(share * math.log(share) for share in shares)
    assert wanted == pytest.approx(0.600166, abs=1e-6)
    for dtype in (torch.float64, torch.float32):  # .3 is not above .3
        grid = grid.to(dtype)
        assert blob_entropy(grid, 0.3, 4).item() == pytest.approx(wanted, abs=1e-6)
        assert blob_entropy(grid, 0.3, 8) == 0


def test_n_equal_blobs_have_entropy_ln_n():
    for n in (1, 2, 3, 5):
        row = torch.zeros(3, 2 * n + 1)
        row[1, 1 : 2 * n : 2] = 4.0
        assert blob_entropy(row).item() == pytest.approx(math.log(n), abs=1e-6)


def test_shares_a_quarter_and_three_quarters():
    grid = torch.tensor([[1.0, 0.0, 0.0, 3.0, 0.0]])
    wanted = 0.25 * math.log(4) + 0.75 * math.log(4 / 3)
    assert blob_entropy(grid, threshold=0.0).item() == pytest.approx(wanted, abs=1e-6)


@pytest.mark.parametrize("connectivity", [4, 8])
@pytest.mark.parametrize("threshold", ["mean", 0.25, -0.5])
def test_entropy_equals_plain_python(connectivity, threshold):
    maps = torch.randn(2, 3, 7, 5, dtype=torch.float64)
    got = blob_entropy(maps, threshold, connectivity)
    for map_, value in zip(maps.flatten(0, 1), got.flatten(), strict=True):
        level = map_.mean().item() if threshold == "mean" else threshold
        wanted = entropy_by_hand(map_.tolist(), level, connectivity)
        assert value.item() == pytest.approx(wanted, abs=1e-12)


@pytest.mark.parametrize(
    "maps",
    [
        torch.zeros(3, 5, 7),
        torch.full((3, 5, 7), 0.1),
        torch.full((3, 5, 7), -1e30),
        torch.full((3, 1, 1), 2.0),
    ],
)
def test_a_flat_map_has_no_blob(maps):
    maps = maps.clone().requires_grad_()
    entropies = blob_entropy(maps)
    assert torch.equal(entropies, torch.zeros(3))
    entropies.sum().backward()
    assert torch.equal(maps.grad, torch.zeros_like(maps))


def test_flat_and_busy_maps_in_one_batch_keep_their_own_entropy():
    busy = torch.zeros(3, 3)
    busy[0, 0] = busy[2, 2] = 1.0
    maps = torch.stack([torch.ones(3, 3), busy, torch.zeros(3, 3), busy, -busy])
    wanted = [0.0, math.log(2), 0.0, math.log(2), 0.0]
    assert blob_entropy(maps).tolist() == pytest.approx(wanted, abs=1e-6)


def test_one_pixel_and_everything_above_a_given_threshold():
    single = torch.zeros(5, 7)
    single[2, 3] = 1.0
    assert blob_entropy(single) == 0
    assert blob_entropy(torch.full((5, 7), 3.0), threshold=1.0) == 0
    assert blob_entropy(torch.full((5, 7), 3.0), threshold=4.0) == 0


def test_negative_maps_are_cut_at_their_mean_like_others():
    grid = torch.tensor([[-1.0, -9.0, -3.0, -9.0, -3.0]])  # mean -5: excess 4, 2, 2
    assert blob_entropy(grid).item() == pytest.approx(1.5 * math.log(2), abs=1e-6)
    assert blob_entropy(grid, threshold=0.0) == 0
    assert blob_entropy(grid, threshold=-10.0) == 0  # all above: one blob


@pytest.mark.parametrize("unit", [1.0, 3.0, 7.0, 2.0**-20, 1e5])
def test_a_pixel_equal_to_the_mean_is_no_bridge(unit):
    row = torch.tensor([[3.0, 2.0, 3.0, 0.0, 2.0]]) * 1024 * unit  # its mean is 2
    for dtype in (torch.float32, torch.float64):
        got = blob_entropy(row.to(dtype)).item()
        assert got == pytest.approx(math.log(2), abs=1e-6)
        above = row.to(dtype).clone()
        above[0, 1] *= 1 + 1e-5  # and a little above it joins the two
        assert blob_entropy(above) == 0


def test_a_tie_with_a_given_threshold_stays_a_tie():
    row = torch.tensor([[0.7, 0.3, 0.7]])
    assert blob_entropy(row, threshold=0.3).item() == pytest.approx(math.log(2))
    assert blob_entropy(row, threshold=np.float32(0.3)) > 0


def test_a_share_that_vanishes_has_a_finite_slope():
    grid = torch.ones(5, 7)
    grid[0], grid[:, 0], grid[0, 0] = 0.0, 0.0, 1e-45
    grid.requires_grad_()
    assert blob_entropy(grid, threshold=0.0, connectivity=4) == 0
    blob_entropy(grid, threshold=0.0, connectivity=4).backward()
    assert grid.grad.isfinite().all()


@pytest.mark.parametrize("small", [1e-2, 1e-4, 1e-6])
def test_small_shares_have_the_value_and_slope_of_the_formula(small):
    row = [[1 - small, 0.0, small]]
    for dtype, close in ((torch.float64, 1e-9), (torch.float32, 1e-2)):
        grid = torch.tensor(row, dtype=dtype, requires_grad=True)
        entropy = blob_entropy(grid, threshold=0.0)
        wanted = -small * math.log(small) - (1 - small) * math.log(1 - small)
        assert entropy.item() == pytest.approx(wanted, rel=close, abs=0)
        entropy.backward()
        slope = -(math.log(small) + wanted)
        assert grid.grad[0, 2].item() == pytest.approx(slope, rel=close)


@pytest.mark.parametrize("threshold", [-2e38, 2e38, -1e-38])
def test_extreme_thresholds_give_numbers(threshold):
    maps = torch.randn(3, 7, 5, requires_grad=True)
    entropies = blob_entropy(maps, threshold)
    entropies.sum().backward()
    assert entropies.isfinite().all() and maps.grad.isfinite().all()


def test_no_map_no_entropy():
    assert blob_entropy(torch.zeros(0, 2, 7, 5)).shape == (0, 2)
    assert label_blobs(torch.zeros(0, 2, 7, 5, dtype=torch.bool)).shape == (0, 2, 7, 5)


def test_a_view_is_read_as_it_lies():
    maps = torch.randn(7, 3, 5).permute(1, 2, 0)  # (3, 5, 7)
    torch.testing.assert_close(blob_entropy(maps), blob_entropy(maps.clone()))
    spread = torch.randn(5, 7).expand(3, 5, 7)
    assert blob_entropy(spread).unique().numel() == 1


@pytest.mark.parametrize("factor", [1e-30, 1e-3, 1e37])
def test_unit_and_offset_of_a_map_do_not_matter(factor):
    maps = torch.randn(5, 11, 7, dtype=torch.float64)
    moved = maps * factor + 3 * factor
    torch.testing.assert_close(blob_entropy(moved), blob_entropy(maps))
    single = (maps * factor).float()
    torch.testing.assert_close(
        blob_entropy(single), blob_entropy(maps).float(), rtol=1e-4, atol=1e-5
    )


def test_maps_of_one_decimal_turn_and_scale_where_no_pixel_is_at_the_mean():
    maps = torch.randint(0, 10, (2000, 3, 5)).double() / 10
    apart = (maps - maps.mean((-2, -1), keepdim=True)).abs().amin((-2, -1)) > 1e-9
    assert 500 < apart.sum() < 2000
    maps = maps[apart]
    for other in (maps.rot90(dims=(1, 2)), maps.flip(1), 5 * maps + 2):
        torch.testing.assert_close(blob_entropy(other), blob_entropy(maps))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_computed_in_single(dtype):
    maps = torch.randn(3, 7, 5).to(dtype)
    got = blob_entropy(maps)
    assert got.dtype == torch.float32
    torch.testing.assert_close(got, blob_entropy(maps.float()))


@pytest.mark.parametrize(
    ("maps", "threshold", "error", "message"),
    [
        (torch.full((3, 3), math.nan), "mean", ValueError, "finite"),
        (torch.full((3, 3), math.inf), "mean", ValueError, "finite"),
        (torch.zeros(3, 3, dtype=torch.int64), "mean", TypeError, "floating"),
        (torch.zeros(3), "mean", ValueError, "class token"),
        (torch.zeros(3, 3), "median", ValueError, "'mean' or a finite"),
        (torch.zeros(3, 3), math.nan, ValueError, "'mean' or a finite"),
        (torch.zeros(3, 3), True, ValueError, "'mean' or a finite"),
        (torch.zeros(3, 3), -math.inf, ValueError, "'mean' or a finite"),
        (torch.zeros(3, 3), torch.ones(1), ValueError, "'mean' or a finite"),
    ],
)
def test_entropy_says_what_is_wrong(maps, threshold, error, message):
    with pytest.raises(error, match=message):
        blob_entropy(maps, threshold)


# ------------------------------------------------------------------- gradients


@pytest.mark.parametrize("connectivity", [4, 8])
@pytest.mark.parametrize("threshold", ["mean", 0.3])
def test_gradient_is_that_of_the_value(connectivity, threshold):
    maps = torch.randn(2, 3, 7, 5, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(
        lambda m: blob_entropy(m, threshold, connectivity), (maps,)
    )


@pytest.mark.parametrize("threshold", ["mean", 0.1])
def test_gradient_has_the_closed_form(threshold):
    """dH/dx_j = [j in C_n] g_n - (1/N) sum_l |C_l| g_l,  g_n = -(ln p_n + H) / M."""
    grid = torch.randn(11, 7, dtype=torch.float64, requires_grad=True)
    entropy = blob_entropy(grid, threshold)
    entropy.backward()
    values = grid.detach()
    level = values.mean() if threshold == "mean" else threshold
    labels = label_blobs(values > level)
    excess = (values - level).clamp(min=0)
    wanted = torch.zeros_like(values)
    pull = 0.0
    for blob in range(1, int(labels.max()) + 1):
        share = excess[labels == blob].sum() / excess.sum()
        slope = -(share.log() + entropy.detach()) / excess.sum()
        wanted[labels == blob] = slope
        pull += (labels == blob).sum() * slope
    if threshold == "mean":
        wanted -= pull / values.numel()
        assert grid.grad.sum().abs() < 1e-12  # a constant added changes nothing
        assert (grid.grad * values).sum().abs() < 1e-12  # nor does a factor
    torch.testing.assert_close(grid.grad, wanted)


def test_large_blobs_grow_and_small_ones_shrink():
    grid = torch.tensor([[3.0, 0.0, 1.0, 0.0, 1.0]], requires_grad=True)
    blob_entropy(grid, threshold=0.0).backward()
    down = -grid.grad[0]
    assert down[0] > 0 > down[2] and down[1] == 0


# ------------------------------------------------------------------------ loss


def test_loss_averages_over_samples_and_heads():
    maps = torch.randn(3, 2, 7, 5)
    wanted = blob_entropy(maps, connectivity=4).mean()
    assert BlobEntropyLoss(connectivity=4)(maps) == wanted
    assert BlobEntropyLoss()(maps[0, 0]) == blob_entropy(maps[0, 0])
    assert BlobEntropyLoss(0.3)(maps) == blob_entropy(maps, 0.3).mean()
    assert blob_entropy(maps, 0.3).mean() != blob_entropy(maps).mean()


def test_loss_of_no_map_is_nothing_and_can_be_stepped():
    maps = torch.zeros(0, 2, 7, 5, requires_grad=True)
    loss = BlobEntropyLoss()(maps)
    loss.backward()
    assert loss == 0


def test_training_gathers_a_map():
    maps = torch.randn(5, 2, 7, 11, requires_grad=True)
    loss = BlobEntropyLoss()
    optimiser = torch.optim.Adam([maps], lr=0.05)
    first = loss(maps).item()
    for _ in range(120):
        optimiser.zero_grad()
        value = loss(maps)
        value.backward()
        optimiser.step()
    assert value < 0.1 * first
    assert maps.isfinite().all()


def test_mixed_precision_trains():
    layer = torch.nn.Linear(3, 35)
    inputs = torch.randn(2, 3)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        maps = layer(inputs).reshape(2, 5, 7)
        assert maps.dtype == torch.bfloat16
        loss = BlobEntropyLoss()(maps)
    loss.backward()
    assert loss.dtype == torch.float32
    assert layer.weight.grad.isfinite().all()
    assert layer.weight.grad.abs().sum() > 0


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_maps_train(dtype):
    maps = torch.randn(5, 2, 7, 11).to(dtype).requires_grad_()
    first = BlobEntropyLoss()(maps).item()
    for _ in range(60):
        loss = BlobEntropyLoss()(maps)
        (slope,) = torch.autograd.grad(loss * 1024, maps)  # as a GradScaler does
        assert slope.dtype == dtype and slope.isfinite().all()
        with torch.no_grad():
            maps -= 0.05 * slope.sign()
    assert BlobEntropyLoss()(maps) < 0.7 * first


@pytest.mark.parametrize("broken", [math.nan, math.inf, -math.inf])
def test_a_broken_map_does_not_end_a_training_run(broken):
    maps = torch.randn(3, 2, 7, 5)
    entropies = blob_entropy(maps)
    maps[2, 1, 6, 4] = broken
    maps.requires_grad_()
    with pytest.warns(RuntimeWarning, match="1 of 6 maps"):
        loss = BlobEntropyLoss()(maps)
    loss.backward()
    assert loss.item() == pytest.approx((entropies.sum() - entropies[2, 1]).item() / 6)
    assert (maps.grad[2, 1] == 0).all()
    assert maps.grad.isfinite().all() and (maps.grad[:2] != 0).any()


def test_whole_maps_give_no_warning(recwarn):
    BlobEntropyLoss()(torch.randn(3, 2, 7, 5))
    assert not recwarn.list


def test_loss_says_what_is_wrong():
    with pytest.raises(ValueError, match="one pixel"):
        BlobEntropyLoss()(torch.zeros(3, 0, 5))
    with pytest.raises(ValueError, match="one of 4, 8"):
        BlobEntropyLoss(connectivity=6)
    with pytest.raises(TypeError, match=r"torch\.Tensor"):
        BlobEntropyLoss()([[1.0]])


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU on this machine")
def test_loss_on_a_gpu_equals_that_on_the_cpu():
    maps = torch.randn(3, 2, 7, 5)
    got = BlobEntropyLoss()(maps.cuda())
    torch.testing.assert_close(got.cpu(), BlobEntropyLoss()(maps))
