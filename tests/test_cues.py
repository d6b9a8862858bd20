"""Attention cues: centre-surround contrast, saliency, queries, the average.

Sizes are different primes, so that no two axes can be confused unnoticed.
"""

import math

import numpy as np
import pytest
import torch
from scipy import ndimage

from course_utils.cues import (
    attention_map,
    centre_surround,
    query_map,
    query_scores,
    read_out,
    saliency_map,
    saliency_scores,
)

DISPLAYS, CHANNELS, HEIGHT, WIDTH, SIZE = 2, 3, 5, 7, 11
DTYPES = [torch.float16, torch.bfloat16, torch.float32, torch.float64]


def draw(*shape: int, dtype: torch.dtype = torch.float64, seed: int = 0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64).to(dtype)


def features(dtype: torch.dtype = torch.float64):
    return draw(DISPLAYS, CHANNELS, HEIGHT, WIDTH, dtype=dtype)


def contrast_by_loops(maps: np.ndarray, radius: int) -> np.ndarray:
    """Centre minus the mean of the neighbours that exist, cell by cell."""
    contrast = np.empty_like(maps)
    height, width = maps.shape[-2:]
    for row in range(height):
        for column in range(width):
            around = [
                maps[..., r, c]
                for r in range(max(0, row - radius), min(height, row + radius + 1))
                for c in range(max(0, column - radius), min(width, column + radius + 1))
                if (r, c) != (row, column)
            ]
            mean = sum(around) / len(around) if around else 0.0
            contrast[..., row, column] = maps[..., row, column] - mean
    return contrast


class TestCentreSurround:
    def test_by_hand(self):
        one_odd = torch.zeros(1, 1, 3, 3)
        one_odd[0, 0, 1, 1] = 1.0
        edge, corner = -1 / 5, -1 / 3
        expected = torch.tensor(
            [[corner, edge, corner], [edge, 1.0, edge], [corner, edge, corner]]
        )
        assert torch.allclose(centre_surround(one_odd)[0, 0], expected)

    @pytest.mark.parametrize("radius", [1, 2, 3])
    def test_equals_loops(self, radius):
        expected = contrast_by_loops(features().numpy(), radius)
        got = centre_surround(features(), radius).numpy()
        assert np.abs(got - expected).max() < 1e-12

    @pytest.mark.parametrize("radius", [1, 2])
    def test_equals_scipy(self, radius):
        size = 2 * radius + 1
        ring = np.ones((size, size))
        ring[radius, radius] = 0
        count = ndimage.convolve(np.ones((HEIGHT, WIDTH)), ring, mode="constant")
        for display in features().numpy():
            for channel in display:
                around = ndimage.convolve(channel, ring, mode="constant") / count
                got = centre_surround(torch.from_numpy(channel)[None, None], radius)
                assert np.abs(got[0, 0].numpy() - (channel - around)).max() < 1e-12

    def test_constant_display_has_no_contrast_not_even_at_the_border(self):
        constant = torch.full((DISPLAYS, CHANNELS, HEIGHT, WIDTH), 0.7)
        assert centre_surround(constant).abs().max() < 1e-6

    def test_a_single_neighbour_is_the_whole_surround(self):
        pair = torch.tensor([[[[3.0, 1.0]]]])
        assert torch.equal(centre_surround(pair), torch.tensor([[[[2.0, -2.0]]]]))

    def test_adding_a_constant_to_a_channel_changes_nothing(self):
        lifted = features() + draw(1, CHANNELS, 1, 1, seed=1)
        assert torch.allclose(centre_surround(lifted), centre_surround(features()))

    def test_cell_without_neighbours_is_compared_with_zeros(self):
        alone = draw(DISPLAYS, CHANNELS, 1, 1)
        assert torch.equal(centre_surround(alone), alone)

    @pytest.mark.parametrize("shape", [(0, 3, 5, 7), (2, 0, 5, 7)])
    def test_nothing_in_nothing_out(self, shape):
        assert centre_surround(torch.zeros(shape)).shape == shape

    def test_gradient(self):
        maps = draw(1, 2, 3, 5).requires_grad_()
        assert torch.autograd.gradcheck(centre_surround, (maps,))

    def test_refuses_what_is_no_stack_of_maps(self):
        with pytest.raises(ValueError, match=r"features: expected shape .displays"):
            centre_surround(torch.zeros(CHANNELS, HEIGHT, WIDTH))
        with pytest.raises(TypeError, match=r"features: expected floating-point"):
            centre_surround(torch.zeros(DISPLAYS, CHANNELS, HEIGHT, WIDTH).long())
        with pytest.raises(ValueError, match=r"features: expected finite.*1 NaN"):
            broken = features()
            broken[0, 0, 0, 0] = math.nan
            centre_surround(broken)
        with pytest.raises(ValueError, match="radius: expected at least 1, got 0"):
            centre_surround(features(), radius=0)


class TestSaliencyScores:
    def test_sums_the_size_of_the_contrast_over_channels(self):
        expected = np.abs(contrast_by_loops(features().numpy(), 1)).sum(axis=1)
        assert np.allclose(saliency_scores(features()).numpy(), expected)

    def test_looks_as_far_as_the_radius_says(self):
        expected = np.abs(contrast_by_loops(features().numpy(), 2)).sum(axis=1)
        assert np.allclose(saliency_scores(features(), radius=2).numpy(), expected)

    def test_more_of_a_feature_is_as_salient_as_less_of_it(self):
        scores = saliency_scores(features())
        assert torch.allclose(saliency_scores(1 - features()), scores)

    def test_every_neighbour_of_a_conjunction_target_adds_the_same(self):
        """A neighbour differs in colour or in orientation: 2 of 4 channels."""
        target, colour, tilt = [1.0, 0, 1, 0], [0.0, 1, 1, 0], [1.0, 0, 0, 1]
        for share in range(9):
            around = [colour] * share + [tilt] * (8 - share)
            cells = torch.tensor([*around[:4], target, *around[4:]])  # (9, 4)
            maps = cells.T.reshape(1, 4, 3, 3)
            assert saliency_scores(maps)[0, 1, 1] == pytest.approx(2.0)


class TestQueryScores:
    def test_by_hand(self):
        maps = torch.tensor([[[[1.0, 0.0]], [[0.5, 2.0]]]])  # two cells, two channels
        scores = query_scores(maps, torch.tensor([[2.0, 3.0]]))
        assert torch.equal(scores, torch.tensor([[[3.5, 6.0]]]))

    def test_each_display_has_its_own_query(self):
        queries = draw(DISPLAYS, CHANNELS, seed=1)
        scores = query_scores(features(), queries)
        for display in range(DISPLAYS):
            expected = np.tensordot(
                queries[display].numpy(), features()[display].numpy(), axes=1
            )
            assert np.allclose(scores[display].numpy(), expected)

    def test_gradient(self):
        maps = draw(2, 3, 2, 5).requires_grad_()
        queries = draw(2, 3, seed=1).requires_grad_()
        assert torch.autograd.gradcheck(query_scores, (maps, queries))

    def test_refuses_queries_that_do_not_fit(self):
        with pytest.raises(ValueError, match=r"queries: .*\(2, 3\) to match the ch"):
            query_scores(features(), draw(DISPLAYS, CHANNELS + 2))
        with pytest.raises(ValueError, match=r"queries: .*with one per display"):
            query_scores(features(), draw(DISPLAYS + 1, CHANNELS))
        with pytest.raises(ValueError, match=r"queries: expected shape .displays, cha"):
            query_scores(features(), draw(CHANNELS))
        with pytest.raises(ValueError, match=r"queries: expected finite"):
            query_scores(features(), draw(DISPLAYS, CHANNELS) * math.inf)

    def test_refuses_two_types_of_number(self):
        with pytest.raises(TypeError, match=r"queries: expected torch.float64 to mat"):
            query_scores(features(), draw(DISPLAYS, CHANNELS).float())

    def test_refuses_other_features(self):
        queries = draw(DISPLAYS, CHANNELS)
        with pytest.raises(ValueError, match=r"features: expected shape .displays"):
            query_scores(features()[0], queries)
        with pytest.raises(ValueError, match=r"features: expected finite"):
            query_scores(features() * math.nan, queries)


class TestAttentionMap:
    def test_by_hand(self):
        scores = torch.tensor([[[0.0, math.log(3.0)]]])
        assert torch.allclose(attention_map(scores), torch.tensor([[[0.25, 0.75]]]))
        halved = attention_map(scores, temperature=0.5)
        assert torch.allclose(halved, torch.tensor([[[0.1, 0.9]]]))

    def test_shares_sum_to_one_per_display(self):
        weights = attention_map(draw(DISPLAYS, HEIGHT, WIDTH))
        assert torch.allclose(weights.sum(dim=(1, 2)), torch.ones(DISPLAYS).double())

    def test_a_shift_of_all_scores_changes_nothing(self):
        scores = draw(DISPLAYS, HEIGHT, WIDTH)
        assert torch.allclose(attention_map(scores + 31.0), attention_map(scores))

    def test_temperature_from_one_cell_to_all(self):
        scores = draw(DISPLAYS, HEIGHT, WIDTH)
        cold = attention_map(scores, temperature=1e-3)
        hot = attention_map(scores, temperature=1e6)
        assert torch.allclose(cold.amax(dim=(1, 2)), torch.ones(DISPLAYS).double())
        uniform = torch.full_like(hot, 1 / (HEIGHT * WIDTH))
        assert torch.allclose(hot, uniform, atol=1e-6)

    def test_huge_scores_stay_finite(self):
        weights = attention_map(torch.tensor([[[3e38, -3e38, 0.0]]]))
        assert torch.equal(weights, torch.tensor([[[1.0, 0.0, 0.0]]]))
        half = torch.tensor([[[1e4, 9e3, 0.0]]], dtype=torch.float16)
        assert torch.equal(attention_map(half, 0.1), weights.half())

    def test_a_huge_display_leaves_the_others_alone(self):
        scores = torch.tensor([[[0.0, 1.0]], [[3e38, -3e38]]])
        expected = [1 / (1 + math.e), math.e / (1 + math.e)]
        assert attention_map(scores)[0, 0].tolist() == pytest.approx(expected)

    def test_refuses_a_temperature_that_rounds_to_zero(self):
        with pytest.raises(ValueError, match=r"temperature: expected at least 1.2e-38"):
            attention_map(torch.ones(1, 2, 3), 1e-46)
        assert torch.isfinite(attention_map(torch.ones(1, 2, 3), 1e-37)).all()

    def test_refuses_a_display_without_cells(self):
        with pytest.raises(ValueError, match="scores: expected at least one cell"):
            attention_map(torch.zeros(2, 0, 3))

    @pytest.mark.parametrize("temperature", [0.0, -1.0, math.nan, math.inf])
    def test_refuses_a_temperature_that_is_none(self, temperature):
        with pytest.raises(ValueError, match="temperature: expected a number above 0"):
            attention_map(draw(1, 2, 3), temperature)

    def test_refuses_other_scores(self):
        with pytest.raises(ValueError, match=r"scores: expected shape .displays, hei"):
            attention_map(draw(HEIGHT, WIDTH))
        with pytest.raises(ValueError, match="scores: expected finite"):
            attention_map(torch.full((1, 2, 3), math.nan))


class TestMaps:
    def test_saliency_map_cannot_know_what_is_sought(self):
        """Renaming the features (orange <-> blue) leaves the map where it is."""
        renamed = features()[:, [2, 0, 1]]
        assert torch.allclose(saliency_map(renamed), saliency_map(features()))

    def test_without_options_the_radius_and_the_temperature_are_1(self):
        queries = draw(DISPLAYS, CHANNELS, seed=1)
        plain = saliency_map(features(), 1, 1.0)
        assert torch.equal(saliency_map(features()), plain)
        plain = query_map(features(), queries, 1.0)
        assert torch.equal(query_map(features(), queries), plain)

    def test_radius_and_temperature_reach_the_saliency_map(self):
        contrast = contrast_by_loops(features().numpy(), 2)
        powers = np.exp(np.abs(contrast).sum(axis=1) / 0.3)  # (displays, h, w)
        expected = powers / powers.sum(axis=(1, 2), keepdims=True)
        got = saliency_map(features(), radius=2, temperature=0.3).numpy()
        assert np.allclose(got, expected)

    def test_query_map_moves_with_the_query(self):
        queries = torch.eye(CHANNELS).double()[[0, 1]]
        swapped = query_map(features(), queries.flip(0))
        assert not torch.allclose(swapped, query_map(features(), queries), atol=0.05)

    def test_a_query_of_zeros_wants_nothing_and_attends_evenly(self):
        weights = query_map(features(), torch.zeros(DISPLAYS, CHANNELS).double())
        uniform = torch.full_like(weights, 1 / (HEIGHT * WIDTH))
        assert torch.allclose(weights, uniform)

    @pytest.mark.parametrize("dtype", DTYPES)
    def test_every_float_type_comes_back_as_it_came(self, dtype):
        maps, queries = features(dtype), draw(DISPLAYS, CHANNELS, dtype=dtype)
        tolerance = 1e-2 if dtype in (torch.float16, torch.bfloat16) else 1e-5
        for map_of, arguments in (
            (saliency_map, (maps,)),
            (query_map, (maps, queries)),
        ):
            weights = map_of(*arguments, temperature=0.7)
            exact = map_of(*(a.double() for a in arguments), temperature=0.7)
            assert weights.dtype == dtype
            assert torch.allclose(weights.double(), exact, atol=tolerance)

    def test_arguments_are_left_alone(self):
        maps, queries = features(), draw(DISPLAYS, CHANNELS)
        copies = maps.clone(), queries.clone()
        saliency_map(maps), query_map(maps, queries)
        assert torch.equal(maps, copies[0])
        assert torch.equal(queries, copies[1])


class TestReadOut:
    def test_by_hand(self):
        weights = torch.tensor([[[0.25, 0.75]]])
        values = torch.tensor([[[[4.0, 0.0], [8.0, 1.0]]]])
        assert torch.equal(read_out(weights, values), torch.tensor([[7.0, 0.75]]))

    def test_map_and_read_out_are_dot_product_attention(self):
        queries = draw(DISPLAYS, CHANNELS, seed=1)
        values = draw(DISPLAYS, HEIGHT, WIDTH, SIZE, seed=2)
        peer = torch.nn.functional.scaled_dot_product_attention(
            queries[:, None],
            features().flatten(2).transpose(1, 2),
            values.flatten(1, 2),
            scale=1 / 0.3,
        )[:, 0]
        got = read_out(query_map(features(), queries, temperature=0.3), values)
        assert torch.allclose(got, peer)

    def test_gradient(self):
        weights = draw(2, 2, 3).requires_grad_()
        values = draw(2, 2, 3, 5, seed=1).requires_grad_()
        assert torch.autograd.gradcheck(read_out, (weights, values))

    @pytest.mark.parametrize("axis", [0, 1, 2])
    def test_refuses_values_of_another_grid(self, axis):
        shape = [DISPLAYS, HEIGHT, WIDTH, SIZE]
        shape[axis] += 1
        with pytest.raises(ValueError, match=r"values: .*\(2, 5, 7, 11\) to match w"):
            read_out(draw(DISPLAYS, HEIGHT, WIDTH), draw(*shape))

    def test_refuses_nan_and_two_types_of_number(self):
        weights = draw(DISPLAYS, HEIGHT, WIDTH)
        values = draw(DISPLAYS, HEIGHT, WIDTH, SIZE)
        with pytest.raises(TypeError, match=r"values: expected torch.float64 to match"):
            read_out(weights, values.float())
        with pytest.raises(ValueError, match="weights: expected numbers"):
            read_out(weights * math.nan, values)
        with pytest.raises(ValueError, match="values: expected numbers"):
            read_out(weights, values * math.nan)

    def test_refuses_other_numbers_of_axes(self):
        values = draw(DISPLAYS, HEIGHT, WIDTH, SIZE)
        with pytest.raises(ValueError, match=r"values: expected shape .displays, hei"):
            read_out(draw(DISPLAYS, HEIGHT, WIDTH), values[..., 0])
        with pytest.raises(ValueError, match=r"weights: expected shape .displays, he"):
            read_out(draw(HEIGHT, WIDTH), values)
