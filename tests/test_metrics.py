"""Entropy, effective keys and pattern scores: known values, oracles, errors."""

import math

import numpy as np
import pytest
import torch
from scipy.stats import entropy

from course_utils.metrics import (
    band_score,
    block_score,
    effective_keys,
    hit_rate,
    previous_token_score,
    row_entropy,
    self_score,
)


def score_of_blocks_of_three(weights):
    return block_score(weights, torch.arange(torch.as_tensor(weights).shape[-1]) // 3)


SCORES = [self_score, previous_token_score, score_of_blocks_of_three, band_score]
DTYPES = [torch.float16, torch.bfloat16, torch.float32, torch.float64]


def random_weights(*shape, dtype=torch.float64, seed=0):
    generator = torch.Generator().manual_seed(seed)
    scores = torch.randn(*shape, generator=generator, dtype=torch.float64)
    return scores.softmax(dim=-1).to(dtype)


# Entropy and effective keys


def test_entropy_of_known_rows():
    weights = torch.tensor(
        [[0.5, 0.5, 0.0], [1.0, 0.0, 0.0], [0.5, 0.25, 0.25], [0.0, 0.0, 0.0]]
    )
    expected = torch.tensor([math.log(2), 0.0, 1.5 * math.log(2), 0.0])
    torch.testing.assert_close(row_entropy(weights), expected)
    torch.testing.assert_close(
        effective_keys(weights), torch.tensor([2.0, 1.0, 2.0**1.5, 0.0])
    )


def test_entropy_of_one_key_is_plain_zero():
    assert str(row_entropy(torch.eye(5))[0].item()) == "0.0"  # not -0.0


@pytest.mark.parametrize("keys", [1, 2, 7, 31, 997])
def test_uniform_over_n_keys_counts_n(keys):
    weights = torch.full((3, keys), 1 / keys, dtype=torch.float64)
    expected = torch.full((3,), float(keys), dtype=torch.float64)
    torch.testing.assert_close(effective_keys(weights), expected)


def test_small_weights_count_in_float16():
    row = torch.tensor([[0.5] + [0.5 / 1999] * 1999])
    expected = effective_keys(row)
    got = effective_keys(row.half()).float()
    torch.testing.assert_close(got, expected, atol=0, rtol=0.02)


def test_entropy_agrees_with_scipy():
    weights = random_weights(2, 5, 13)
    weights[0, 0] = torch.nn.functional.one_hot(torch.tensor(4), 13)
    expected = entropy(weights.numpy(), axis=-1)
    np.testing.assert_allclose(row_entropy(weights).numpy(), expected, atol=1e-14)


def test_entropy_does_not_care_which_key_is_which():
    weights = random_weights(5, 11)
    shuffled = weights[:, torch.randperm(11)]
    torch.testing.assert_close(row_entropy(shuffled), row_entropy(weights))


def test_entropy_gradient():
    scores = torch.randn(3, 5, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda s: row_entropy(s.softmax(-1)), scores)
    assert torch.autograd.gradcheck(lambda s: effective_keys(s.softmax(-1)), scores)


def test_entropy_gradient_is_finite_where_a_weight_is_zero():
    scores = torch.tensor([[0.0, -math.inf, 1.0]], requires_grad=True)
    row_entropy(scores.softmax(dim=-1)).sum().backward()
    assert torch.isfinite(scores.grad).all()
    assert scores.grad[0, 1] == 0 and scores.grad[0, 0] != 0


# Pattern scores


def test_scores_of_a_matrix_solved_by_hand():
    weights = torch.tensor([[0.7, 0.2, 0.1], [0.6, 0.3, 0.1], [0.0, 0.8, 0.2]])
    assert self_score(weights).item() == pytest.approx((0.7 + 0.3 + 0.2) / 3)
    assert previous_token_score(weights).item() == pytest.approx((0.6 + 0.8) / 2)
    assert band_score(weights, 0).item() == pytest.approx((0.7 + 0.3 + 0.2) / 3)
    assert band_score(weights).item() == pytest.approx((0.9 + 1.0 + 1.0) / 3)
    assert band_score(weights, 2).item() == pytest.approx(1)
    blocks = torch.tensor([4, 4, 9])
    assert block_score(weights, blocks).item() == pytest.approx((0.9 + 0.9 + 0.2) / 3)


def test_each_score_is_one_for_its_own_pattern_only():
    shift = torch.diag(torch.ones(6), -1)
    shift[0, 0] = 1.0  # the first token has nowhere to look but itself
    assert self_score(torch.eye(7)) == 1 and previous_token_score(torch.eye(7)) == 0
    assert previous_token_score(shift) == 1
    assert self_score(shift).item() == pytest.approx(1 / 7)
    assert previous_token_score(shift.T / shift.T.sum(-1, keepdim=True).clamp(1)) == 0


def test_uniform_weights_score_chance():
    weights = torch.full((11, 11), 1 / 11, dtype=torch.float64)
    assert self_score(weights).item() == pytest.approx(1 / 11)
    assert previous_token_score(weights).item() == pytest.approx(1 / 11)
    blocks = torch.tensor([0] * 5 + [1] * 4 + [2] * 2)
    expected = (5 * 5 + 4 * 4 + 2 * 2) / 11 / 11
    assert block_score(weights, blocks).item() == pytest.approx(expected)


def test_chance_of_a_band_beside_a_hidden_diagonal():
    weights = 1 - torch.eye(11, dtype=torch.float64)
    weights = weights / weights.sum(dim=-1, keepdim=True)
    pairs = {0: 0, 1: 20, 2: 38, 10: 110, 99: 110}  # cells within reach
    for width, count in pairs.items():
        assert band_score(weights, width).item() == pytest.approx(count / 110)


def test_band_agrees_with_loops():
    weights = random_weights(2, 7, 7)
    for width in range(8):
        expected = [
            sum(one[i, j] for i in range(7) for j in range(7) if abs(i - j) <= width)
            for one in weights.numpy()
        ]
        got = band_score(weights, width).tolist()
        assert got == pytest.approx([total / 7 for total in expected])


def test_width_of_a_band_is_a_whole_number():
    with pytest.raises(ValueError, match="width: expected at least 0, got -1"):
        band_score(torch.eye(3), -1)
    with pytest.raises(TypeError, match="width: expected a whole number"):
        band_score(torch.eye(3), 1.5)


def test_causal_uniform_weights_score_harmonic_numbers():
    weights = torch.ones(7, 7, dtype=torch.float64).tril()
    weights = weights / weights.sum(dim=-1, keepdim=True)
    harmonic = sum(1 / n for n in range(1, 8))
    assert self_score(weights).item() == pytest.approx(harmonic / 7)
    assert previous_token_score(weights).item() == pytest.approx((harmonic - 1) / 6)


def test_scores_agree_with_loops_over_every_leading_axis():
    weights = random_weights(2, 3, 5, 5)
    blocks = [1, 0, 1, 1, 0]
    pairs = [(i, j) for i in range(5) for j in range(5) if blocks[i] == blocks[j]]
    for batch in range(2):
        for head in range(3):
            one, at = weights[batch, head].tolist(), (batch, head)
            itself = sum(one[i][i] for i in range(5)) / 5
            before = sum(one[i][i - 1] for i in range(1, 5)) / 4
            inside = sum(one[i][j] for i, j in pairs) / 5
            blocked = block_score(weights, torch.tensor(blocks))
            assert self_score(weights)[at].item() == pytest.approx(itself)
            assert previous_token_score(weights)[at].item() == pytest.approx(before)
            assert blocked[at].item() == pytest.approx(inside)


@pytest.mark.parametrize("score", SCORES)
def test_score_gradient(score):
    scores = torch.randn(2, 5, 5, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda s: score(s.softmax(dim=-1)), scores)


@pytest.mark.parametrize("measure", [row_entropy, effective_keys, *SCORES])
@pytest.mark.parametrize("dtype", DTYPES)
def test_every_float_dtype_keeps_its_dtype_and_value(measure, dtype):
    weights = random_weights(2, 7, 7, dtype=dtype)
    before = weights.clone()
    got = measure(weights)
    assert got.dtype == dtype
    assert torch.equal(weights, before)
    tolerance = {torch.float16: 5e-3, torch.bfloat16: 5e-2}.get(dtype, 1e-5)
    expected = measure(weights.double() / weights.double().sum(-1, keepdim=True))
    torch.testing.assert_close(
        got.double(), expected, atol=tolerance, rtol=tolerance, check_dtype=False
    )


# Empty and extreme input


def test_no_queries_at_all():
    assert row_entropy(torch.zeros(2, 0, 5)).shape == (2, 0)
    assert effective_keys(torch.zeros(0, 3, 5)).shape == (0, 3)


def test_one_token():
    assert self_score(torch.ones(1, 1)) == 1
    assert block_score(torch.ones(1, 1), torch.tensor([3])) == 1


def test_saturated_softmax_has_exactly_one_key():
    weights = torch.tensor([[1e4, 0.0, -1e4]]).softmax(dim=-1)
    assert effective_keys(weights).item() == 1.0


# Wrong input


@pytest.mark.parametrize("measure", [row_entropy, effective_keys, *SCORES])
@pytest.mark.parametrize(
    ("weights", "error", "message"),
    [
        ([[1.0]], TypeError, "weights: expected a torch.Tensor, got list"),
        (torch.eye(5).long(), TypeError, "weights: expected floating-point"),
        (torch.ones(5), ValueError, r"weights: expected shape \(..., queries, keys\)"),
        (torch.full((3, 3), math.nan), ValueError, "weights: expected numbers, got 9"),
        (torch.eye(3) * 2 - 1 / 3, ValueError, "are these scores"),
        (torch.full((3, 3), 0.5), ValueError, "got sums from 1.5 to 1.5"),
    ],
)
def test_what_is_not_attention_is_refused(measure, weights, error, message):
    with pytest.raises(error, match=message):
        measure(weights)


def test_softmax_over_the_wrong_axis_is_refused():
    wrong = torch.randn(7, 7, generator=torch.Generator().manual_seed(1)).softmax(0)
    with pytest.raises(ValueError, match="softmax with dim=-1"):
        row_entropy(wrong)


@pytest.mark.parametrize("score", SCORES)
def test_pattern_scores_need_one_sequence(score):
    with pytest.raises(ValueError, match=r"expected shape \(..., tokens, tokens\)"):
        score(random_weights(3, 5))


def test_previous_token_needs_two_tokens():
    with pytest.raises(ValueError, match="at least 2 tokens"):
        previous_token_score(torch.ones(1, 1))


def test_block_numbers_must_fit():
    with pytest.raises(
        ValueError, match=r"blocks: expected shape \(5\) with one number"
    ):
        block_score(random_weights(5, 5), torch.zeros(3))
    with pytest.raises(TypeError, match="blocks: expected a torch"):
        block_score(random_weights(2, 2), [0, 1])


# Hit rate of maps


def test_hit_rate_by_hand():
    maps = torch.zeros(4, 2, 3)
    maps[0, 1, 2] = maps[1, 0, 0] = maps[2, 1, 0] = 1.0  # cells 5, 0, 3
    maps[3, 0, 1] = maps[3, 0, 2] = 1.0  # cells 1 and 2 share the peak
    targets = torch.tensor([5, 1, 3, 2])
    assert hit_rate(maps, targets).item() == pytest.approx((1 + 0 + 1 + 0.5) / 4)


@pytest.mark.parametrize("dtype", DTYPES)
def test_hit_rate_of_a_map_without_preference_is_chance(dtype):
    uniform = torch.full((11, 3, 5), 0.25, dtype=dtype)
    assert hit_rate(uniform, torch.arange(11)).item() == pytest.approx(1 / 15)
    large = torch.full((7, 11, 13), 0.25, dtype=dtype)
    assert hit_rate(large, torch.arange(7)).item() == pytest.approx(1 / 143)


def test_hit_rate_counts_only_the_peak():
    scores = random_weights(13, 5, 7)
    targets = scores.flatten(1).argmax(1)
    assert hit_rate(scores, targets) == 1
    assert hit_rate(scores * 1e-3 - 5, targets) == 1
    assert hit_rate(-scores, targets) == 0


def test_hit_rate_refuses_targets_that_are_no_cells():
    maps = random_weights(3, 2, 5)
    with pytest.raises(ValueError, match="targets: expected cells from 0 to 9, got"):
        hit_rate(maps, torch.tensor([0, 1, 10]))
    with pytest.raises(ValueError, match=r"targets: expected shape .* one per map"):
        hit_rate(maps, torch.tensor([0, 1]))
    with pytest.raises(TypeError, match="targets: expected whole numbers, got torch"):
        hit_rate(maps, torch.tensor([0.0, 1.0, 2.0]))
    with pytest.raises(TypeError, match="targets: expected int64 or int32"):
        hit_rate(maps, torch.tensor([0, 1, 2]).byte())
    with pytest.raises(ValueError, match="targets: expected at least one map"):
        hit_rate(maps[:0], torch.tensor([]).long())
    with pytest.raises(ValueError, match="maps: expected numbers, got 1 NaN"):
        maps[0, 0, 0] = math.nan
        hit_rate(maps, torch.tensor([0, 1, 2]))
