"""Looks at one place: by enumeration, by hand, at the edges, against PyTorch."""

import itertools
import math

import pytest
import torch
from torch.nn import functional as F

from course_utils.hard_attention import (
    gumbel_noise,
    gumbel_softmax_attention,
    reinforce_surrogate,
)

BATCH, QUERIES, KEYS, VALUE_SIZE = 2, 3, 5, 7
FLOATS = [torch.float16, torch.bfloat16, torch.float32, torch.float64]


def randn(*shape, **options):
    return torch.randn(*shape, dtype=torch.float64, **options)


def gradient_at_each_place(scores, rewards, baseline=0.0, mask=None):
    """The gradient in the scores (keys,) for every place that may be drawn."""
    allowed = range(len(scores)) if mask is None else mask.nonzero().flatten().tolist()
    rows = {}
    for place in allowed:
        leaf = scores.clone().requires_grad_()
        drawn = torch.tensor(place)
        reinforce_surrogate(leaf, drawn, rewards[place], baseline, mask).backward()
        rows[place] = leaf.grad
    return rows


# --------------------------------------------------------- reinforce_surrogate


def test_one_look_by_hand():
    scores = torch.tensor([0.4, 0.2, 0.2, 0.1, 0.1]).log().requires_grad_()
    loss = reinforce_surrogate(scores, torch.tensor(2), torch.tensor(-1.0))
    assert loss.item() == pytest.approx(math.log(0.2))
    loss.backward()
    expected = torch.tensor([-0.4, -0.2, 0.8, -0.1, -0.1])  # 1[i = j] - weight_j
    torch.testing.assert_close(scores.grad, expected)


@pytest.mark.parametrize("baseline", [0.0, -3.0, 100.0])
@pytest.mark.parametrize("masked", [False, True])
def test_average_over_all_places_is_the_exact_gradient(baseline, masked):
    scores, rewards = randn(KEYS), randn(KEYS)
    mask = torch.tensor([True, False, True, True, False]) if masked else None
    leaf = scores.clone().requires_grad_()
    hidden = leaf if mask is None else leaf[mask]
    kept = rewards if mask is None else rewards[mask]
    (-(hidden.softmax(-1) * kept).sum()).backward()
    weights = scores if mask is None else scores.masked_fill(~mask, -math.inf)
    weights = weights.softmax(-1)
    rows = gradient_at_each_place(scores, rewards, baseline, mask)
    average = sum(weights[place] * row for place, row in rows.items())
    torch.testing.assert_close(average, leaf.grad, atol=1e-10, rtol=0)
    if masked:
        assert all((row[~mask] == 0).all() for row in rows.values())


def test_average_over_draws_lies_within_four_standard_errors():
    draws, noise = 20_000, torch.Generator().manual_seed(3)
    scores = torch.linspace(-1, 1, KEYS).double()
    rewards = torch.tensor([3.0, -1.0, 0.5, 2.0, 7.0]).double()
    places = torch.multinomial(scores.softmax(-1), draws, True, generator=noise)
    rows = scores.expand(draws, KEYS).clone().requires_grad_()
    reinforce_surrogate(rows, places, rewards[places], 2.0).backward()
    estimates = draws * rows.grad
    leaf = scores.clone().requires_grad_()
    (-(leaf.softmax(-1) @ rewards)).backward()
    error = estimates.std(0) / math.sqrt(draws)
    assert ((estimates.mean(0) - leaf.grad).abs() < 4 * error).all()


def test_no_gradient_reaches_rewards_or_baseline():
    scores = randn(BATCH, KEYS, requires_grad=True)
    rewards, baseline = (randn(BATCH, requires_grad=True) for _ in range(2))
    places = torch.tensor([4, 0])
    reinforce_surrogate(scores, places, rewards, baseline).backward()
    assert scores.grad.abs().sum() > 0
    assert rewards.grad is None and baseline.grad is None


def test_mean_over_every_leading_axis():
    scores, rewards = randn(BATCH, QUERIES, KEYS), randn(BATCH, QUERIES)
    places = torch.randint(KEYS, (BATCH, QUERIES))
    baseline = randn(QUERIES)
    parts = [
        reinforce_surrogate(scores[b, q], places[b, q], rewards[b, q], baseline[q])
        for b, q in itertools.product(range(BATCH), range(QUERIES))
    ]
    together = reinforce_surrogate(scores, places, rewards, baseline)
    torch.testing.assert_close(together, torch.stack(parts).mean())


@pytest.mark.parametrize("shift", [-1e3, 0.0, 1e3])
def test_hidden_places_have_weight_0_wherever_the_scores_lie(shift):
    scores = (torch.tensor([1.0, 2.0, 0.0]).double() + shift).requires_grad_()
    mask = torch.tensor([True, True, False])
    places, rewards = torch.tensor(0), torch.tensor(1.0).double()
    loss = reinforce_surrogate(scores, places, rewards, 0.0, mask)
    assert loss.item() == pytest.approx(math.log(1 + math.e))
    loss.backward()
    assert scores.grad[2] == 0
    second = math.e / (1 + math.e)
    assert scores.grad[:2].tolist() == pytest.approx([-second, second])


def test_gradient_agrees_with_finite_differences():
    places, rewards = torch.randint(KEYS, (BATCH,)), randn(BATCH)
    mask = torch.ones(BATCH, KEYS, dtype=torch.bool)
    mask[0, (places[0] + 1) % KEYS] = False
    assert torch.autograd.gradcheck(
        lambda s: reinforce_surrogate(s, places, rewards, 0.7, mask),
        randn(BATCH, KEYS, requires_grad=True),
    )


@pytest.mark.parametrize("dtype", FLOATS)
def test_every_precision_and_huge_scores(dtype):
    scores = torch.tensor([[3e4, -3e4, 0.0]] * 2).to(dtype).requires_grad_()
    places = torch.tensor([0, 1])
    loss = reinforce_surrogate(scores, places, torch.tensor([1.0, -1e-3]).to(dtype))
    loss.backward()
    assert loss.isfinite() and scores.grad.isfinite().all()


def test_arguments_stay_as_they_were():
    scores, places, rewards = randn(BATCH, KEYS), torch.tensor([1, 3]), randn(BATCH)
    mask = torch.ones(KEYS, dtype=torch.bool)
    mask[0] = False
    before = [t.clone() for t in (scores, places, rewards, mask)]
    reinforce_surrogate(scores, places, rewards, 0.0, mask)
    for old, new in zip(before, (scores, places, rewards, mask), strict=True):
        assert torch.equal(old, new)


def test_refuses_what_has_no_gradient():
    scores, places, rewards = randn(BATCH, KEYS), torch.tensor([1, 3]), randn(BATCH)
    with pytest.raises(TypeError, match="places: expected whole numbers"):
        reinforce_surrogate(scores, places.float(), rewards)
    with pytest.raises(ValueError, match=r"places: expected shape \(2,\).*squeeze"):
        reinforce_surrogate(scores, places.unsqueeze(-1), rewards)
    with pytest.raises(ValueError, match="places: expected numbers from 0 to 4"):
        reinforce_surrogate(scores, places + 2, rewards)
    with pytest.raises(ValueError, match="places: expected numbers from 0 to 4"):
        reinforce_surrogate(scores, places - 2, rewards)
    with pytest.raises(ValueError, match="places: expected at least one look"):
        reinforce_surrogate(scores[:0], places[:0], rewards[:0])
    with pytest.raises(TypeError, match=r"rewards: expected floating.*rewards.float"):
        reinforce_surrogate(scores, places, rewards > 0)
    with pytest.raises(ValueError, match=r"rewards: expected shape \(2,\)"):
        reinforce_surrogate(scores, places, rewards.unsqueeze(-1))
    with pytest.raises(ValueError, match=r"rewards: expected shape \(2,\)"):
        reinforce_surrogate(scores, places, rewards.mean())
    with pytest.raises(ValueError, match=r"baseline: expected shape \(2,\)"):
        reinforce_surrogate(scores, places, rewards, randn(BATCH, 1))
    for odd in (None, "mean", [0.0, 1.0], True):
        with pytest.raises(TypeError, match="baseline: expected a number or a torch"):
            reinforce_surrogate(scores, places, rewards, odd)
    with pytest.raises(ValueError, match="scores: expected at least one key"):
        reinforce_surrogate(scores[:, :0], places, rewards)
    with pytest.raises(ValueError, match="baseline: expected finite"):
        reinforce_surrogate(scores, places, rewards, math.nan)
    with pytest.raises(ValueError, match="rewards: expected finite"):
        reinforce_surrogate(scores, places, rewards / 0)
    with pytest.raises(ValueError, match="scores: expected finite"):
        reinforce_surrogate(scores / 0, places, rewards)
    with pytest.raises(TypeError, match="mask: expected a boolean"):
        reinforce_surrogate(scores, places, rewards, 0.0, torch.ones(KEYS))
    mask = torch.arange(KEYS) != 3
    with pytest.raises(ValueError, match="places that the mask allows, got 1 hidden"):
        reinforce_surrogate(scores, places, rewards, 0.0, mask)
    with pytest.raises(TypeError, match=r"scores: expected a torch\.Tensor"):
        reinforce_surrogate([1.0, 2.0], places, rewards)


# ---------------------------------------------------------------- gumbel_noise


def test_noise_has_the_moments_of_a_gumbel():
    noise = gumbel_noise(randn(200_000), torch.Generator().manual_seed(0))
    assert noise.mean().item() == pytest.approx(0.5772, abs=0.015)  # Euler's
    assert noise.std().item() == pytest.approx(math.pi / math.sqrt(6), abs=0.015)


def test_arg_max_of_noisy_scores_is_a_fair_draw():
    scores = torch.tensor([0.5, 0.25, 0.15, 0.1]).double().log().expand(40_000, 4)
    noise = gumbel_noise(scores, torch.Generator().manual_seed(5))
    counts = (scores + noise).argmax(-1).bincount(minlength=4) / 40_000
    expected = scores[0].exp()
    error = (expected * (1 - expected) / 40_000).sqrt()
    assert ((counts - expected).abs() < 4 * error).all()


@pytest.mark.parametrize("dtype", FLOATS)
def test_noise_is_finite_in_every_precision(dtype):
    like = torch.empty(300_000, dtype=dtype)
    noise = gumbel_noise(like, torch.Generator().manual_seed(1))
    assert noise.dtype == torch.promote_types(dtype, torch.float32)
    assert noise.isfinite().all()
    assert len(noise.unique()) > 200_000  # half precision is too coarse
    again = gumbel_noise(like, torch.Generator().manual_seed(1))
    assert torch.equal(noise, again)


def test_noise_takes_any_shape_and_refuses_whole_numbers():
    assert gumbel_noise(randn(0, KEYS)).shape == (0, KEYS)
    assert gumbel_noise(torch.tensor(1.0)).shape == ()
    with pytest.raises(TypeError, match="like: expected floating-point"):
        gumbel_noise(torch.arange(3))


# ---------------------------------------------------- gumbel_softmax_attention


@pytest.mark.parametrize("temperature", [0.1, 1.0, 7.0])
@pytest.mark.parametrize("hard", [False, True])
def test_same_as_pytorch_from_the_same_seed(temperature, hard):
    scores = torch.randn(BATCH, QUERIES, KEYS)
    values = torch.randn(BATCH, KEYS, VALUE_SIZE)
    mine, theirs = (scores.clone().requires_grad_() for _ in range(2))
    torch.manual_seed(4)
    output, weights = gumbel_softmax_attention(mine, values, temperature, hard)
    torch.manual_seed(4)
    expected = F.gumbel_softmax(theirs, temperature, hard)
    torch.testing.assert_close(weights, expected)
    torch.testing.assert_close(output, expected @ values)
    output.square().sum().backward()
    (expected @ values).square().sum().backward()
    torch.testing.assert_close(mine.grad, theirs.grad, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("dtype", FLOATS)
def test_hard_weights_are_exactly_one_hot(dtype):
    scores = torch.randn(11, QUERIES, KEYS).to(dtype)
    values = torch.randn(11, KEYS, VALUE_SIZE).to(dtype)
    output, weights = gumbel_softmax_attention(scores, values, 0.7, hard=True)
    assert weights.dtype == output.dtype == dtype
    assert ((weights == 0) | (weights == 1)).all()
    assert (weights.sum(-1) == 1).all()
    seen = values.gather(1, weights.argmax(-1)[..., None].expand(output.shape))
    assert torch.equal(output, seen)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("shift", [0.0, 100.0])
def test_the_lot_is_fair_in_every_precision(dtype, shift):
    scores = torch.full((20_000, 2), shift, dtype=dtype)  # (queries, keys)
    noise = torch.Generator().manual_seed(1)
    _, weights = gumbel_softmax_attention(
        scores, torch.zeros(2, 1, dtype=dtype), hard=True, generator=noise
    )
    assert weights.dtype == dtype
    share = weights[:, 0].double().mean().item()
    assert share == pytest.approx(0.5, abs=4 * 0.5 / math.sqrt(20_000))


def test_straight_through_output_is_one_value_and_its_gradient_needs_all():
    scores, values = randn(1, KEYS, requires_grad=True), randn(KEYS, VALUE_SIZE)
    found = []
    for _ in range(2):
        noise = torch.Generator().manual_seed(2)
        output, weights = gumbel_softmax_attention(
            scores, values, 1.0, True, generator=noise
        )
        (slope,) = torch.autograd.grad(output.sum(), scores)
        found.append((output.detach(), slope))
        unread = (weights[0].argmax() + 1) % KEYS
        values = values.clone()
        values[unread] += 100.0
    assert torch.equal(found[0][0], found[1][0])
    assert not torch.allclose(found[0][1], found[1][1])


@pytest.mark.parametrize("hard", [False, True])
def test_masked_keys_get_nothing_and_empty_rows_are_zero(hard):
    scores = torch.randn(BATCH, QUERIES, KEYS, requires_grad=True)
    values = torch.randn(BATCH, KEYS, VALUE_SIZE)
    mask = torch.rand(BATCH, QUERIES, KEYS) < 0.5
    mask[0, 0], mask[1, 2] = False, True
    for seed in range(5):
        noise = torch.Generator().manual_seed(seed)
        output, weights = gumbel_softmax_attention(
            scores, values, 0.3, hard, mask, noise
        )
        assert (weights[~mask] == 0).all() and (output[0, 0] == 0).all()
        torch.testing.assert_close(weights.sum(-1), mask.any(-1).float())
    output.square().sum().backward()
    assert scores.grad.isfinite().all() and (scores.grad[~mask] == 0).all()


def test_temperature_goes_from_one_place_to_all_alike():
    scores = randn(1, KEYS).expand(1000, KEYS)
    values = randn(KEYS, 1)
    noise = [torch.Generator().manual_seed(2) for _ in range(3)]
    _, cold = gumbel_softmax_attention(scores, values, 1e-3, generator=noise[0])
    _, hot = gumbel_softmax_attention(scores, values, 1e4, generator=noise[1])
    _, one = gumbel_softmax_attention(scores, values, 1.0, True, generator=noise[2])
    assert (cold.amax(-1) > 0.999).float().mean() > 0.98
    assert torch.equal(cold.argmax(-1), one.argmax(-1))
    torch.testing.assert_close(hot, torch.full_like(hot, 1 / KEYS), atol=1e-3, rtol=0)


def test_gradient_of_one_look():
    values = randn(BATCH, KEYS, VALUE_SIZE, requires_grad=True)

    def look(scores, values):
        noise = torch.Generator().manual_seed(6)
        return gumbel_softmax_attention(scores, values, 0.8, generator=noise)[0]

    scores = randn(BATCH, QUERIES, KEYS, requires_grad=True)
    assert torch.autograd.gradcheck(look, (scores, values))


def test_refuses_what_cannot_be_looked_at():
    scores, values = randn(BATCH, QUERIES, KEYS), randn(BATCH, KEYS, VALUE_SIZE)
    with pytest.raises(ValueError, match=r"values: .*with one value for each key"):
        gumbel_softmax_attention(scores, values[:, 1:])
    with pytest.raises(ValueError, match=r"values: expected shape \(..., keys, v\)"):
        gumbel_softmax_attention(scores[0], values[0, :, 0])
    with pytest.raises(ValueError, match=r"scores: .*\(..., queries, keys\)"):
        gumbel_softmax_attention(scores[0, 0], values[0])
    with pytest.raises(ValueError, match="values: expected leading axes that broad"):
        gumbel_softmax_attention(scores, randn(BATCH + 1, KEYS, VALUE_SIZE))
    with pytest.raises(ValueError, match="scores: expected at least one key to look"):
        gumbel_softmax_attention(scores[..., :0], values[:, :0], hard=True)
    output, _ = gumbel_softmax_attention(scores[..., :0], values[:, :0])
    assert torch.equal(output, torch.zeros_like(output))
    with pytest.raises(TypeError, match=r"values: expected torch\.float64 to match"):
        gumbel_softmax_attention(scores, values.float())
    with pytest.raises(ValueError, match="temperature: expected a number above 0"):
        gumbel_softmax_attention(scores, values, 0.0)
    with pytest.raises(TypeError, match="temperature: expected a number, got str"):
        gumbel_softmax_attention(scores, values, "cold")
    with pytest.raises(TypeError, match="mask: expected a boolean"):
        gumbel_softmax_attention(scores, values, 1.0, False, torch.ones(KEYS))
    with pytest.raises(ValueError, match="expected numbers, got"):
        gumbel_softmax_attention(scores * math.nan, values)
    with pytest.raises(ValueError, match="below infinity"):
        gumbel_softmax_attention(scores + 1, values, 1e-320)
