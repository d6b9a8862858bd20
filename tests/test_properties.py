"""Properties that hold for every shape, mask, number type and value drawn.

Where the other unit tests know the right numbers, these know what must be true of
any: weights are shares, hidden keys get nothing, an average lies between its values.
"""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils.conv_attention import SpatialGate, SqueezeExcitation
from course_utils.cues import attention_map
from course_utils.hard_attention import gumbel_softmax_attention, reinforce_surrogate
from course_utils.kernel_regression import KERNELS, nadaraya_watson
from course_utils.metrics import effective_keys, row_entropy
from course_utils.noisy_inputs import inverse_variance_weights
from course_utils.scoring import DotProductAttention, lengths_to_mask, masked_softmax
from course_utils.sequence import (
    HierarchicalAttention,
    MultiHeadAttention,
    causal_mask,
    future_leak,
)

settings.register_profile("course", deadline=None, max_examples=60, derandomize=True)
settings.load_profile("course")

TOLERANCE = {torch.float16: 4e-3, torch.bfloat16: 3e-2, torch.float32: 1e-5}
SIZES = st.integers(1, 7)
DTYPES = st.sampled_from(list(TOLERANCE))
SCALES = st.sampled_from([0.0, 1e-3, 1.0, 30.0, 1e4])


def drawn(seed: int, *shape: int, scale: float = 1.0) -> torch.Tensor:
    """Return normal numbers of this size, the same for the same seed."""
    noise = torch.Generator().manual_seed(seed)
    return scale * torch.randn(*shape, generator=noise)


@given(st.integers(0, 999), SIZES, SIZES, SCALES, DTYPES)
def test_weights_are_shares_of_what_is_allowed(seed, queries, keys, scale, dtype):
    scores = drawn(seed, 2, queries, keys, scale=scale).to(dtype)
    mask = drawn(seed + 1, 2, queries, keys) > 0
    weights = masked_softmax(scores, mask)
    assert weights.dtype == dtype and weights.isfinite().all()
    assert (weights >= 0).all() and (weights[~mask] == 0).all()
    sums = weights.double().sum(-1)
    expected = mask.any(-1).double()  # an empty row is all 0
    assert torch.allclose(sums, expected, atol=keys * TOLERANCE[dtype])


@given(st.integers(0, 999), SIZES, SIZES, st.floats(-50, 50))
def test_a_shift_of_all_scores_and_the_order_of_keys_change_nothing(
    seed, queries, keys, shift
):
    scores = drawn(seed, queries, keys).double()
    order = torch.randperm(keys, generator=torch.Generator().manual_seed(seed))
    weights = masked_softmax(scores)
    assert torch.allclose(masked_softmax(scores + shift), weights, atol=1e-10)
    assert torch.allclose(masked_softmax(scores[:, order]), weights[:, order])


@given(st.integers(0, 999), SIZES, SIZES, SIZES, st.integers(0, 7))
def test_hidden_keys_and_values_cannot_be_felt(seed, batch, queries, keys, length):
    length = min(length, keys)
    mask = lengths_to_mask(torch.full((batch,), length), keys)
    assert (mask.sum(-1) == length).all()
    arguments = [
        drawn(seed + place, batch, count, 3).double()
        for place, count in enumerate((queries, keys, keys))
    ]
    output, weights = DotProductAttention()(*arguments, mask)
    changed = [argument.clone() for argument in arguments]
    changed[1][:, length:] += 100.0
    changed[2][:, length:] -= 100.0
    again, same = DotProductAttention()(*changed, mask)
    assert torch.equal(output, again) and torch.equal(weights, same)


@pytest.mark.parametrize("kernel", KERNELS)
@given(
    st.integers(0, 999), SIZES, SIZES, st.sampled_from([1e-3, 0.3, 2.0, 50.0]), DTYPES
)
def test_a_prediction_lies_between_the_values(
    kernel, seed, queries, keys, bandwidth, dtype
):
    x, x_i = drawn(seed, queries).to(dtype), drawn(seed + 1, keys).to(dtype)
    y_i = drawn(seed + 2, keys).to(dtype)
    found, weights = nadaraya_watson(x, x_i, y_i, bandwidth, kernel, "nan")
    answered = weights.sum(-1) > 0
    assert torch.equal(found.isnan(), ~answered)
    slack = 4 * TOLERANCE[dtype]
    assert (found[answered] >= y_i.min() - slack).all()
    assert (found[answered] <= y_i.max() + slack).all()
    ones = torch.ones(int(answered.sum()), dtype=torch.float64)
    sums = weights[answered].double().sum(-1)
    assert torch.allclose(sums, ones, atol=keys * TOLERANCE[dtype])


@given(st.integers(0, 999), SIZES, SIZES, SCALES)
def test_a_row_has_between_one_and_all_keys(seed, queries, keys, scale):
    weights = masked_softmax(drawn(seed, queries, keys, scale=scale).double())
    entropy, count = row_entropy(weights), effective_keys(weights)
    assert (entropy > -1e-12).all() and (entropy < math.log(keys) + 1e-12).all()
    assert (count > 1 - 1e-12).all() and (count < keys + 1e-9).all()


@given(st.integers(0, 999), SIZES, SIZES, st.sampled_from([0.05, 1.0, 20.0]))
def test_a_map_sums_to_one_and_peaks_where_the_scores_peak(
    seed, height, width, temperature
):
    scores = drawn(seed, 2, height, width).double()
    weights = attention_map(scores, temperature)
    assert torch.allclose(weights.sum(dim=(1, 2)), torch.ones(2).double())
    assert torch.equal(weights.flatten(1).argmax(1), scores.flatten(1).argmax(1))


@given(st.integers(0, 999), SIZES, st.sampled_from([1e-3, 1.0, 5.0]), DTYPES)
def test_inverse_variances_beat_the_mean_and_the_best_channel(
    seed, channels, spread, dtype
):
    noise = drawn(seed, 3, channels, scale=spread).exp().to(dtype)
    noise = noise.clamp(torch.finfo(dtype).tiny, 1e4)
    weights = inverse_variance_weights(noise).double()
    error = (weights**2 * noise.double()).sum(-1)
    slack = 1 + 4 * TOLERANCE[dtype]
    assert (error <= noise.double().mean(-1) / channels * slack).all()
    assert (error <= noise.double().amin(-1) * slack).all()


@given(st.integers(0, 999), SIZES, st.floats(-50, 50), st.floats(-50, 50))
def test_no_baseline_and_no_shift_moves_the_average_of_all_looks(
    seed, keys, baseline, shift
):
    scores, rewards = drawn(seed, keys).double(), drawn(seed + 1, keys).double()
    rows = scores.expand(keys, keys).clone().requires_grad_()  # row i looks at i
    places = torch.arange(keys)
    (keys * reinforce_surrogate(rows, places, rewards + shift, baseline)).backward()
    weights = scores.softmax(-1)
    average = weights @ rows.grad
    exact = -weights * (rewards - weights @ rewards)
    assert torch.allclose(average, exact, atol=1e-9)


@given(st.integers(0, 999), SIZES, SIZES, st.sampled_from([0.1, 1.0, 30.0]), DTYPES)
def test_a_noisy_look_shares_out_one_and_a_hard_one_sees_one_value(
    seed, queries, keys, temperature, dtype
):
    scores = drawn(seed, queries, keys).to(dtype)
    values = drawn(seed + 1, keys, 2).to(dtype)
    noise = [torch.Generator().manual_seed(seed) for _ in range(2)]
    soft = gumbel_softmax_attention(scores, values, temperature, generator=noise[0])
    hard = gumbel_softmax_attention(
        scores, values, temperature, True, generator=noise[1]
    )
    sums = soft[1].double().sum(-1)
    ones = torch.ones(queries, dtype=torch.float64)
    assert torch.allclose(sums, ones, atol=keys * TOLERANCE[dtype])
    chosen = soft[1].gather(-1, hard[1].argmax(-1, keepdim=True))[:, 0]
    assert torch.equal(chosen, soft[1].amax(-1))  # rounded shares can be equal
    assert torch.equal(hard[0], values[hard[1].argmax(-1)])


@given(st.integers(0, 999), SIZES, SIZES, st.integers(1, 4), st.integers(1, 5))
def test_self_attention_sees_a_set_and_a_triangle_hides_the_future(
    seed, batch, tokens, heads, part
):
    layer = MultiHeadAttention(heads * part, heads).double()
    x = drawn(seed, batch, tokens, heads * part).double()
    order = torch.randperm(tokens, generator=torch.Generator().manual_seed(seed))
    output, _ = layer(x, x, x)
    moved, _ = layer(x[:, order], x[:, order], x[:, order])
    assert torch.allclose(moved, output[:, order])
    if tokens > 1:
        mask = causal_mask(tokens)
        assert future_leak(lambda each: layer(each, each, each, mask)[0], x) < 1e-12


@given(st.integers(0, 999), SIZES, SIZES, SIZES, SIZES, SCALES, DTYPES)
def test_a_gate_selects_and_moves_nothing(
    seed, batch, channels, height, width, scale, dtype
):
    torch.manual_seed(seed)
    features = drawn(seed, batch, channels, height, width, scale=scale).to(dtype)
    features[..., 0, 0] = 0  # an empty cell
    for layer in (SqueezeExcitation(channels, 1), SpatialGate(channels)):
        layer.to(dtype)
        gate, gated = layer.gate(features), layer(features)
        assert ((gate >= 0) & (gate <= 1)).all()
        assert (gated[..., 0, 0] == 0).all() and (gated * features >= 0).all()
        passed = features.double() * gate.double().expand_as(features)
        slack = 4 * TOLERANCE[dtype] * max(scale, 1.0)
        assert torch.allclose(gated.double(), passed, atol=slack, rtol=slack)
        assert (gated.abs() <= features.abs()).all() and gated.dtype == dtype
        order = torch.randperm(height * width)
        shuffled = features.flatten(2)[..., order].view_as(features)
        expected = gated.flatten(2)[..., order].view_as(features)
        slack = 10 * TOLERANCE[dtype] * max(scale, 1.0)
        assert torch.allclose(layer(shuffled), expected, atol=slack, rtol=slack)


@given(
    st.lists(st.lists(st.integers(1, 4), max_size=3), min_size=1, max_size=3),
    st.integers(0, 3),
    st.integers(0, 3),
)
def test_a_document_does_not_feel_what_fills_it_up(documents, more_words, more):
    torch.manual_seed(0)
    model = HierarchicalAttention(7, 3, 2, classes=2).double()
    lengths = torch.zeros(len(documents), 3 + more, dtype=torch.long)
    for number, sentences in enumerate(documents):
        lengths[number, : len(sentences)] = torch.tensor(sentences, dtype=torch.long)
    words = torch.randint(7, (*lengths.shape, 4 + more_words))
    logits, word_weights, sentence_weights = model(words, lengths)
    shares = word_weights * sentence_weights[..., None]
    real = torch.arange(4 + more_words) < lengths[..., None]
    assert (shares[~real] == 0).all()
    expected = torch.tensor([float(len(sentences) > 0) for sentences in documents])
    assert torch.allclose(shares.sum((1, 2)), expected.double())
    alone, _, _ = model(words[:, :3, :4], lengths[:, :3])
    assert torch.allclose(alone, logits, atol=1e-10)
