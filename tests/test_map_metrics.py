"""Maps against masks, and the maps that know nothing: known values, oracles, errors.

Sizes are different primes, so that no two axes can be confused unnoticed.
"""

import math

import numpy as np
import pytest
import torch
from skimage.filters import sobel
from sklearn.metrics import jaccard_score

from course_utils.metrics import (
    centre_map,
    edge_maps,
    intersection_over_union,
    mass_inside,
    pointing_game,
    random_maps,
)

MAPS, HEIGHT, WIDTH = 3, 5, 7
DTYPES = [torch.float16, torch.bfloat16, torch.float32, torch.float64]
METRICS = [pointing_game, mass_inside, intersection_over_union]


def drawn(dtype=torch.float64, seed=0):
    """Return positive maps without ties, and masks with about a third of True."""
    noise = torch.Generator().manual_seed(seed)
    maps = torch.rand(MAPS, HEIGHT, WIDTH, generator=noise, dtype=torch.float64)
    masks = torch.rand(MAPS, HEIGHT, WIDTH, generator=noise) < 0.3
    return maps.to(dtype), masks


def by_hand():
    """Return one map of 2 by 3 cells, and the mask of its right column."""
    maps = torch.tensor([[[1.0, 0.0, 4.0], [2.0, 0.0, 3.0]]])
    masks = torch.tensor([[[False, False, True], [False, False, True]]])
    return maps, masks


class TestKnownNumbers:
    def test_by_hand(self):
        maps, masks = by_hand()
        assert pointing_game(maps, masks).tolist() == [1.0]
        assert mass_inside(maps, masks).tolist() == pytest.approx([0.7])
        # the mean is 10/6: above it are 4, 2 and 3; two of three are inside
        assert intersection_over_union(maps, masks).tolist() == pytest.approx([2 / 3])
        # above half the maximum of 4: only 4 and 3
        assert intersection_over_union(maps, masks, 0.5).tolist() == [1.0]

    def test_ties_share(self):
        maps, masks = by_hand()
        maps[0, 1, 0] = maps[0, 1, 1] = 4.0
        assert pointing_game(maps, masks).tolist() == pytest.approx([1 / 3])

    @pytest.mark.parametrize("dtype", DTYPES)
    @pytest.mark.parametrize("value", [0.1, 1 / 3, 1e-6])
    def test_an_even_map_scores_chance(self, dtype, value):
        masks = drawn()[1]
        even = torch.full(masks.shape, value, dtype=dtype)
        area = masks.double().mean(dim=(1, 2))
        for metric in (pointing_game, mass_inside):
            torch.testing.assert_close(
                metric(even, masks).double(), area, rtol=1e-5, atol=0
            )
        assert (intersection_over_union(even, masks) == 0).all()

    @pytest.mark.parametrize("value", [0.3, 0.6, 0.9])
    def test_an_even_map_has_no_strong_part_though_its_mean_is_rounded(self, value):
        even = torch.full((1, 7, 7), value, dtype=torch.float64)
        assert (even > even.mean()).any()  # the mean came out a little low
        assert intersection_over_union(even, torch.eye(7)[None] > 0).item() == 0.0

    def test_a_map_of_zeros(self):
        masks = drawn()[1]
        nothing = torch.zeros(masks.shape)
        assert (mass_inside(nothing, masks) == 0).all()
        assert (intersection_over_union(nothing, masks, 0.2) == 0).all()

    def test_the_mask_itself_is_perfect(self):
        masks = drawn()[1]
        for metric in METRICS:
            assert (metric(masks.float(), masks) == 1).all()
            assert (metric((~masks).float(), masks) == 0).all()


class TestAgainstOthers:
    @pytest.mark.parametrize("seed", range(5))
    def test_pointing_and_mass_equal_numpy(self, seed):
        maps, masks = drawn(seed=seed)
        for place in range(MAPS):
            m, k = maps[place].numpy(), masks[place].numpy()
            assert pointing_game(maps, masks)[place] == k.flat[m.argmax()]
            expected = np.average(k, weights=m)
            assert mass_inside(maps, masks)[place] == pytest.approx(expected)

    @pytest.mark.parametrize("threshold", [None, 0.0, 0.2, 0.9])
    def test_iou_equals_the_jaccard_score_of_scikit_learn(self, threshold):
        maps, masks = drawn(seed=7)
        got = intersection_over_union(maps, masks, threshold)
        for place in range(MAPS):
            m = maps[place].flatten().numpy()
            level = m.mean() if threshold is None else threshold * m.max()
            expected = jaccard_score(masks[place].flatten().numpy(), m > level)
            assert got[place].item() == pytest.approx(expected)


class TestProperties:
    @pytest.mark.parametrize("metric", METRICS)
    @pytest.mark.parametrize("dtype", DTYPES)
    def test_every_type_of_number(self, metric, dtype):
        maps, masks = drawn(dtype)
        got = metric(maps, masks)
        assert got.shape == (MAPS,)
        assert got.isfinite().all()
        expected = metric(maps.double(), masks).to(got.dtype)
        torch.testing.assert_close(got, expected, rtol=1e-3, atol=1e-3)

    def test_sums_of_float16_do_not_overflow(self):
        maps = torch.full((1, 101, 103), 60000.0, dtype=torch.float16)
        masks = torch.zeros(maps.shape, dtype=torch.bool)
        masks[:, :, :13] = True
        assert mass_inside(maps, masks).item() == pytest.approx(13 / 103)

    @pytest.mark.parametrize("metric", METRICS)
    def test_a_scale_changes_nothing(self, metric):
        maps, masks = drawn()
        torch.testing.assert_close(metric(maps * 4096, masks), metric(maps, masks))

    def test_a_shift_moves_the_mass_alone(self):
        maps, masks = drawn()
        moved = maps - maps.amin(dim=(1, 2), keepdim=True)
        for metric in (pointing_game, intersection_over_union):
            assert torch.equal(metric(moved, masks), metric(maps, masks))
        assert (mass_inside(moved, masks) != mass_inside(maps, masks)).all()

    def test_negative_maps_may_point(self):
        maps, masks = drawn()
        assert torch.equal(pointing_game(maps - 5, masks), pointing_game(maps, masks))

    @pytest.mark.parametrize("dtype", DTYPES)
    def test_mass_at_the_ends_of_every_type(self, dtype):
        maps, masks = by_hand()
        ends = torch.finfo(dtype)
        # Powers of two, so that rounding has no part in it; the map goes up to 4.
        largest = 2.0 ** (math.frexp(ends.max)[1] - 3)
        for unit in (largest, 4 * ends.tiny, ends.tiny / 8):
            extreme = (maps.double() * unit).to(dtype)
            got = mass_inside(extreme, masks)
            assert got.dtype == torch.promote_types(dtype, torch.float32)
            assert got.item() == pytest.approx(0.7)

    @pytest.mark.parametrize(
        ("dtype", "number"),
        [(torch.float16, 65504.0), (torch.float32, 1e38), (torch.float64, 1e308)],
    )
    def test_mass_of_many_pixels_whose_sum_is_too_large(self, dtype, number):
        maps = torch.full((2, 64, 61), number, dtype=dtype)
        maps[1, 5, 7] = 0.0
        masks = torch.zeros(2, 64, 61, dtype=torch.bool)
        masks[:, :16] = True
        expected = [1 / 4, (16 * 61 - 1) / (64 * 61 - 1)]
        assert mass_inside(maps, masks).tolist() == pytest.approx(expected)

    def test_gradient_of_the_mass_of_huge_numbers(self):
        maps, masks = by_hand()
        huge = (1e30 * maps).requires_grad_()
        mass_inside(huge, masks).sum().backward()
        expected = torch.where(masks, 0.3, -0.7) / 1e31  # (inside - share) / total
        torch.testing.assert_close(huge.grad * 1e31, expected * 1e31)

    def test_gradient_of_the_mass(self):
        maps, masks = drawn()
        maps.requires_grad_()
        assert torch.autograd.gradcheck(lambda m: mass_inside(m, masks), (maps,))


class TestErrors:
    @pytest.mark.parametrize("metric", METRICS)
    def test_wrong_input(self, metric):
        maps, masks = drawn()
        with pytest.raises(TypeError, match=r"maps: expected a torch\.Tensor"):
            metric(maps.numpy(), masks)
        with pytest.raises(TypeError, match="masks: expected a boolean tensor"):
            metric(maps, masks.float())
        with pytest.raises(ValueError, match=r"masks: expected shape \(3, 5, 7\)"):
            metric(maps, masks.mT)
        with pytest.raises(ValueError, match=r"maps, height, width"):
            metric(maps[0], masks[0])
        with pytest.raises(ValueError, match="at least one"):
            metric(maps[:0], masks[:0])
        with pytest.raises(ValueError, match="1 NaN"):
            maps[0, 0, 0] = torch.nan
            metric(maps, masks)

    @pytest.mark.parametrize("metric", METRICS)
    def test_a_picture_without_object(self, metric):
        maps, masks = drawn()
        masks[1] = False
        with pytest.raises(ValueError, match="an object in every picture, got 1"):
            metric(maps, masks)

    def test_a_share_of_less_than_nothing(self):
        maps, masks = drawn()
        with pytest.raises(ValueError, match="at least 0, got -"):
            mass_inside(maps - 1, masks)
        with pytest.raises(ValueError, match="at least 0, got -"):
            intersection_over_union(maps - 1, masks, 0.5)

    @pytest.mark.parametrize("threshold", [-0.1, 1.0, float("nan")])
    def test_threshold_out_of_range(self, threshold):
        with pytest.raises(ValueError, match="threshold: expected a share"):
            intersection_over_union(*drawn(), threshold)


class TestNullMaps:
    def test_random_maps(self):
        maps = random_maps(11, 13, 17, seed=3)
        assert maps.shape == (11, 13, 17)
        assert maps.dtype == torch.float32
        assert torch.equal(maps, random_maps(11, 13, 17, seed=3))
        assert not torch.equal(maps, random_maps(11, 13, 17, seed=4))
        assert maps.min() >= 0
        assert maps.mean().item() == pytest.approx(0.5, abs=0.02)

    def test_random_maps_score_chance(self):
        masks = torch.zeros(4000, 5, 7, dtype=torch.bool)
        masks[:, 1:3, 2:5] = True  # 6 of 35 pixels
        maps = random_maps(4000, 5, 7)
        for metric in (pointing_game, mass_inside):
            assert metric(maps, masks).mean().item() == pytest.approx(6 / 35, abs=0.02)

    def test_centre_map_by_hand(self):
        bump = centre_map(3, 5, spread=0.5)
        assert bump.shape == (3, 5)
        assert bump.argmax() == 7  # row 1, column 2
        assert bump[1, 2] == 1
        # one row below and two columns beside: 1/3 and 2/5 of the picture away
        expected = np.exp(-((1 / 3) ** 2 + (2 / 5) ** 2) / (2 * 0.5**2))
        assert bump[2, 4].item() == pytest.approx(expected)
        assert torch.equal(bump, bump.flip(0))
        assert torch.equal(bump, bump.flip(1))

    def test_a_centre_of_four_cells_ties(self):
        bump = centre_map(4, 6)
        assert (bump == bump.max()).sum() == 4

    def test_edges_equal_those_of_scikit_image(self):
        pictures = drawn()[0][:, None]  # (maps, 1, height, width)
        got = edge_maps(pictures)
        for picture, edges in zip(pictures[:, 0].numpy(), got.numpy(), strict=True):
            # twice our differences, their length over the root of two axes
            expected = sobel(picture, mode="nearest") / 2**0.5
            assert np.abs(edges - expected).max() < 1e-6

    @pytest.mark.parametrize("dtype", DTYPES)
    def test_a_ramp_has_its_slope_everywhere_inside(self, dtype):
        ramp = torch.arange(7, dtype=dtype) / 8
        picture = ramp.expand(2, 3, 5, 7)
        edges = edge_maps(picture)
        assert edges.dtype == dtype
        assert edges.shape == (2, 5, 7)
        inside = torch.full((2, 5, 5), 1 / 8, dtype=dtype)
        torch.testing.assert_close(edges[:, :, 1:-1], inside)
        torch.testing.assert_close(edge_maps(picture.mT.contiguous()), edges.mT)

    def test_a_flat_picture_has_no_edge(self):
        assert (edge_maps(torch.full((1, 1, 3, 3), 0.7)) < 1e-7).all()

    def test_wrong_input(self):
        with pytest.raises(ValueError, match="height: expected at least 1"):
            random_maps(3, 0, 5)
        with pytest.raises(ValueError, match="seed: expected at least 0"):
            random_maps(3, 5, 5, seed=-1)
        with pytest.raises(ValueError, match="spread: expected a number above 0"):
            centre_map(5, 5, spread=0)
        with pytest.raises(ValueError, match="pictures, channels, height, width"):
            edge_maps(torch.rand(5, 5))
        with pytest.raises(ValueError, match="expected pixels"):
            edge_maps(torch.rand(0, 1, 5, 5))
        with pytest.raises(ValueError, match="1 NaN or infinite"):
            edge_maps(torch.tensor([[[[0.0, torch.inf]]]]))
