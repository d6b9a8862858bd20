"""Scores and attention: by hand, at the edges, and against PyTorch and d2l."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from course_utils.d2l_peer import HOW_TO_INSTALL, load_d2l
from course_utils.scoring import (
    AdditiveAttention,
    Attention,
    BilinearAttention,
    DotProductAttention,
    dot_score,
    lengths_to_mask,
    masked_softmax,
    scaled_dot_score,
)

BATCH, QUERIES, KEYS, SIZE, OTHER_SIZE, VALUE_SIZE, HIDDEN = 2, 3, 7, 5, 11, 13, 17
FLOATS = [torch.float16, torch.bfloat16, torch.float32, torch.float64]


def randn(*shape, **options):
    return torch.randn(*shape, dtype=torch.float64, **options)


def random_mask():
    """Every kind of row: full, partial, one key, none."""
    mask = torch.rand(BATCH, QUERIES, KEYS) < 0.6
    mask[0, 0], mask[0, 1], mask[1, 2] = True, False, False
    mask[1, 2, 4] = True
    return mask


def layers(key_size=SIZE):
    return {
        "dot": DotProductAttention(scaled=False),
        "scaled": DotProductAttention(),
        "bilinear": BilinearAttention(SIZE, key_size),
        "low rank": BilinearAttention(SIZE, key_size, rank=2),
        "additive": AdditiveAttention(SIZE, key_size, HIDDEN),
    }


ALL = list(layers())


# -------------------------------------------------------------- masked_softmax


def test_weights_by_hand():
    scores = torch.tensor([1.0, 2.0, 3.0, 4.0]).log()
    allowed = torch.tensor([True, True, True, False])
    expected = torch.tensor([1 / 6, 2 / 6, 3 / 6, 0.0])
    torch.testing.assert_close(masked_softmax(scores, allowed), expected)
    torch.testing.assert_close(masked_softmax(scores), torch.tensor([1, 2, 3, 4]) / 10)


@pytest.mark.parametrize("dtype", FLOATS)
def test_masked_weights_are_exactly_zero_in_every_precision(dtype):
    scores = (30 * torch.randn(BATCH, QUERIES, KEYS)).to(dtype)
    mask = random_mask()
    weights = masked_softmax(scores, mask)
    assert weights.dtype == dtype
    assert (weights[~mask] == 0).all()
    sums = weights.sum(-1, dtype=torch.float64)
    expected = mask.any(-1).double()
    torch.testing.assert_close(sums, expected, atol=0.02, rtol=0)


@pytest.mark.parametrize("dtype", FLOATS)
def test_empty_row_has_weight_zero_and_gradient_zero(dtype):
    scores = torch.randn(BATCH, QUERIES, KEYS).to(dtype).requires_grad_()
    mask = torch.ones(QUERIES, KEYS, dtype=torch.bool)
    mask[1] = False
    weights = masked_softmax(scores, mask)
    assert (weights[:, 1] == 0).all()
    (weights * torch.randn(KEYS).to(dtype)).sum().backward()
    assert torch.isfinite(scores.grad).all()
    assert (scores.grad[:, 1] == 0).all()
    assert (scores.grad[:, 0] != 0).any()


def test_empty_rows_hide_no_nan_from_the_anomaly_detector():
    scores = torch.randn(QUERIES, KEYS, requires_grad=True)
    mask = torch.zeros(QUERIES, KEYS, dtype=torch.bool)
    with pytest.warns(UserWarning, match="Anomaly"), torch.autograd.detect_anomaly():
        masked_softmax(scores, mask).square().sum().backward()


def test_minus_infinity_counts_as_masked():
    scores = torch.tensor([[0.0, -math.inf, 0.0], [-math.inf] * 3])
    expected = torch.tensor([[0.5, 0.0, 0.5], [0.0, 0.0, 0.0]])
    scores.requires_grad_()
    weights = masked_softmax(scores)
    assert torch.equal(weights, expected)
    weights.square().sum().backward()
    assert torch.isfinite(scores.grad).all()


def test_argument_and_mask_stay_as_they_were():
    scores, mask = torch.randn(BATCH, QUERIES, KEYS), random_mask()
    before = scores.clone(), mask.clone()
    masked_softmax(scores, mask)
    assert torch.equal(scores, before[0]) and torch.equal(mask, before[1])


def test_gradient_of_masked_softmax():
    mask = random_mask()
    scores = randn(BATCH, QUERIES, KEYS, requires_grad=True)
    assert torch.autograd.gradcheck(lambda s: masked_softmax(s, mask), scores)


def test_same_shift_of_all_scores_changes_nothing():
    scores, mask = randn(BATCH, QUERIES, KEYS), random_mask()
    torch.testing.assert_close(
        masked_softmax(scores + 123.0, mask), masked_softmax(scores, mask)
    )


@pytest.mark.parametrize("shift", [-3e4, -3e38])
def test_allowed_scores_far_below_zero_keep_their_weights(shift):
    """No number is low enough to hide a key: only minus infinity is."""
    scores = torch.zeros(QUERIES, KEYS)
    mask = torch.rand(QUERIES, KEYS) < 0.5
    mask[:, 0], mask[:, 1] = True, False
    expected = mask / mask.sum(-1, keepdim=True)
    torch.testing.assert_close(masked_softmax(scores + shift, mask), expected)
    lowest = torch.full_like(scores, torch.finfo(scores.dtype).min)
    torch.testing.assert_close(masked_softmax(lowest, mask), expected)


def test_huge_scores_do_not_overflow():
    scores = torch.tensor([3e38, -3e38, 3e38, 0.0])
    assert masked_softmax(scores).tolist() == [0.5, 0.0, 0.5, 0.0]


@pytest.mark.parametrize("dim", [0, 1, 2, -1, -2, -3])
def test_any_axis_can_be_the_axis_of_keys(dim):
    scores, mask = randn(BATCH, QUERIES, KEYS), random_mask()
    moved = masked_softmax(scores.movedim(dim, -1), mask.movedim(dim, -1))
    got = masked_softmax(scores, mask, dim=dim)
    torch.testing.assert_close(got, moved.movedim(-1, dim))


@pytest.mark.parametrize(
    "shape", [(KEYS,), (QUERIES, KEYS), (BATCH, 1, KEYS), (BATCH, QUERIES, 1)]
)
def test_mask_broadcasts(shape):
    scores, mask = randn(BATCH, QUERIES, KEYS), torch.rand(shape) < 0.5
    wide = mask.expand(BATCH, QUERIES, KEYS)
    assert torch.equal(masked_softmax(scores, mask), masked_softmax(scores, wide))


def test_no_keys_and_one_key():
    assert masked_softmax(torch.zeros(QUERIES, 0)).shape == (QUERIES, 0)
    assert masked_softmax(torch.randn(QUERIES, 1)).tolist() == [[1.0]] * QUERIES


@pytest.mark.parametrize(
    ("scores", "mask", "error", "message"),
    [
        ([1.0, 2.0], None, TypeError, "scores: expected a torch.Tensor, got list"),
        (torch.arange(3), None, TypeError, "scores: expected floating-point"),
        (torch.tensor([1, math.nan]), None, ValueError, "scores: .* 1 NaN of 2"),
        (torch.tensor([1, math.inf]), None, ValueError, "scores: .*below infinity"),
        (torch.zeros(3), torch.ones(3), TypeError, "mask: expected a boolean"),
        (
            torch.zeros(2, 3, 7),
            torch.ones(2, 7, dtype=torch.bool),
            ValueError,
            r"mask: expected a shape that broadcasts to \(2, 3, 7\), got \(2, 7\)",
        ),
        (
            torch.zeros(3),
            torch.ones(2, 3, dtype=torch.bool),
            ValueError,
            r"mask: expected a shape that broadcasts to \(3,\)",
        ),
    ],
)
def test_masked_softmax_says_what_is_wrong(scores, mask, error, message):
    with pytest.raises(error, match=message):
        masked_softmax(scores, mask)


# ------------------------------------------------------------- lengths_to_mask


def test_lengths_by_hand():
    per_sample = lengths_to_mask(torch.tensor([2, 0]), 3)
    assert per_sample.tolist() == [[[True, True, False]], [[False] * 3]]
    per_query = lengths_to_mask(torch.tensor([[1, 3]]), 3)
    assert per_query.tolist() == [[[True, False, False], [True, True, True]]]


@pytest.mark.parametrize("dtype", [torch.int32, torch.int64, torch.uint8])
def test_lengths_of_any_whole_type_match_a_loop(dtype):
    lengths = torch.randint(0, KEYS + 1, (BATCH, QUERIES)).to(dtype)
    mask = lengths_to_mask(lengths, KEYS)
    assert mask.shape == (BATCH, QUERIES, KEYS) and mask.dtype == torch.bool
    for b in range(BATCH):
        for q in range(QUERIES):
            assert mask[b, q].tolist() == [k < lengths[b, q] for k in range(KEYS)]


@pytest.mark.parametrize(
    ("dtype", "size", "length"),
    [(torch.uint8, 300, 200), (torch.uint8, 256, 50), (torch.int8, 200, 100)],
)
def test_small_whole_types_do_not_wrap_around(dtype, size, length):
    mask = lengths_to_mask(torch.tensor([length, 0], dtype=dtype), size)
    assert mask.sum(-1).tolist() == [[length], [0]]


def test_mask_lives_on_the_device_of_the_lengths():
    positions = []

    class Spy(torch.overrides.TorchFunctionMode):
        def __torch_function__(self, function, types, args=(), kwargs=None):
            if function is torch.arange:
                positions.append(kwargs.get("device"))
            return function(*args, **(kwargs or {}))

    lengths = torch.tensor([2])
    with Spy():
        lengths_to_mask(lengths, 3)
    assert positions == [lengths.device]


@pytest.mark.parametrize(
    ("lengths", "size", "error", "message"),
    [
        ([2, 3], 3, TypeError, "valid_lens: expected a torch.Tensor, got list"),
        (torch.tensor([1.0]), 3, TypeError, "valid_lens: expected whole numbers"),
        (torch.tensor([True]), 3, TypeError, "valid_lens: expected whole numbers"),
        (torch.tensor(2), 3, ValueError, r"valid_lens: expected shape \(batch,\)"),
        (torch.tensor([4]), 3, ValueError, "valid_lens: expected lengths from 0 to 3"),
        (torch.tensor([-1]), 3, ValueError, "valid_lens: .* got -1 to -1"),
        (torch.tensor([1]), 0, ValueError, "size: expected at least 1, got 0"),
    ],
)
def test_lengths_say_what_is_wrong(lengths, size, error, message):
    with pytest.raises(error, match=message):
        lengths_to_mask(lengths, size)


# ---------------------------------------------------------------------- scores


def test_dot_scores_by_hand():
    queries = torch.tensor([[[1.0, 1.0, 1.0, 1.0]]])
    keys = torch.tensor([[[1.0, 2.0, 3.0, 4.0], [0.0, 0.0, -2.0, 0.0]]])
    assert dot_score(queries, keys).tolist() == [[[10.0, -2.0]]]
    assert scaled_dot_score(queries, keys).tolist() == [[[5.0, -1.0]]]


@pytest.mark.parametrize("d", [4, 61, 512])
def test_variance_of_scores_is_d_and_scaled_one(d):
    queries, keys = randn(1, 211, d), randn(1, 223, d)
    assert dot_score(queries, keys).var() == pytest.approx(d, rel=0.15)
    assert scaled_dot_score(queries, keys).var() == pytest.approx(1, rel=0.15)


def test_scaled_scores_do_not_overflow_in_half_precision():
    queries = torch.full((1, 1, 256), 24.0, dtype=torch.float16)
    assert dot_score(queries, queries).isposinf().all()  # 256 * 576 > 65504
    assert scaled_dot_score(queries, queries).item() == 16 * 576


def test_bilinear_score_is_the_quadratic_form():
    queries, keys = (
        torch.randn(BATCH, QUERIES, SIZE),
        torch.randn(BATCH, KEYS, OTHER_SIZE),
    )
    full = BilinearAttention(SIZE, OTHER_SIZE)
    matrix = full.key_projection.weight
    assert matrix.shape == (SIZE, OTHER_SIZE)
    expected = torch.einsum("bqi,ij,bkj->bqk", queries, matrix, keys)
    torch.testing.assert_close(full.score(queries, keys), expected)

    low = BilinearAttention(SIZE, OTHER_SIZE, rank=2)
    matrix = low.query_projection.weight.T @ low.key_projection.weight
    assert torch.linalg.matrix_rank(matrix) == 2
    expected = torch.einsum("bqi,ij,bkj->bqk", queries, matrix, keys)
    torch.testing.assert_close(low.score(queries, keys), expected)


def test_bilinear_with_the_identity_is_the_dot_product():
    queries, keys = torch.randn(BATCH, QUERIES, SIZE), torch.randn(BATCH, KEYS, SIZE)
    layer = BilinearAttention(SIZE, SIZE)
    layer.key_projection.weight.data = torch.eye(SIZE)
    torch.testing.assert_close(layer.score(queries, keys), dot_score(queries, keys))


def test_additive_score_is_a_network_on_the_concatenation():
    queries, keys = (
        torch.randn(BATCH, QUERIES, SIZE),
        torch.randn(BATCH, KEYS, OTHER_SIZE),
    )
    layer = AdditiveAttention(SIZE, OTHER_SIZE, HIDDEN)
    hidden = nn.Linear(SIZE + OTHER_SIZE, HIDDEN, bias=False)
    hidden.weight.data = torch.cat(
        [layer.query_projection.weight, layer.key_projection.weight], dim=1
    )
    got = layer.score(queries, keys)
    for b in range(BATCH):
        for q in range(QUERIES):
            for k in range(KEYS):
                pair = torch.cat([queries[b, q], keys[b, k]])
                expected = layer.hidden_to_score(torch.tanh(hidden(pair)))[0]
                torch.testing.assert_close(got[b, q, k], expected)


# ------------------------------------------------------------------- the layers


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("dtype", FLOATS)
def test_one_calling_convention(name, dtype):
    layer = layers()[name].to(dtype)
    queries, keys = torch.randn(BATCH, QUERIES, SIZE), torch.randn(BATCH, KEYS, SIZE)
    values = torch.randn(BATCH, KEYS, VALUE_SIZE)
    mask = random_mask()
    inputs = [t.to(dtype) for t in (queries, keys, values)]
    copies = [t.clone() for t in inputs]
    output, weights = layer(*inputs, mask)
    assert output.shape == (BATCH, QUERIES, VALUE_SIZE) and output.dtype == dtype
    assert weights.shape == (BATCH, QUERIES, KEYS)
    assert (weights[~mask] == 0).all()
    assert (output[0, 1] == 0).all()  # the query that may attend to nothing
    assert all(map(torch.equal, inputs, copies))
    torch.testing.assert_close(output, weights @ inputs[2])


@pytest.mark.parametrize("name", ALL)
def test_gradients_of_the_layers(name):
    layer = layers()[name].double()
    inputs = [
        randn(BATCH, QUERIES, SIZE, requires_grad=True),
        randn(BATCH, KEYS, SIZE, requires_grad=True),
        randn(BATCH, KEYS, 1, requires_grad=True),
    ]
    mask = random_mask()
    assert torch.autograd.gradcheck(lambda *t: layer(*t, mask)[0], inputs)


@pytest.mark.parametrize("name", ALL)
def test_masked_keys_and_values_cannot_move_the_output(name):
    layer = layers()[name]
    queries, keys = torch.randn(BATCH, QUERIES, SIZE), torch.randn(BATCH, KEYS, SIZE)
    values = torch.randn(BATCH, KEYS, VALUE_SIZE)
    mask = lengths_to_mask(torch.tensor([4, 0]), KEYS)
    before, _ = layer(queries, keys, values, mask)
    hidden = ~mask[:, 0, :, None]
    after, _ = layer(
        queries, keys.masked_fill(hidden, 99.0), values.masked_fill(hidden, -7.0), mask
    )
    assert torch.equal(before, after)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("scaled", [False, True])
def test_dot_product_attention_equals_pytorch(scaled, masked):
    queries, keys = randn(BATCH, QUERIES, SIZE), randn(BATCH, KEYS, SIZE)
    values, mask = randn(BATCH, KEYS, VALUE_SIZE), random_mask() if masked else None
    output, weights = DotProductAttention(scaled=scaled)(queries, keys, values, mask)
    scale = None if scaled else 1.0
    peer = F.scaled_dot_product_attention
    torch.testing.assert_close(output, peer(queries, keys, values, mask, scale=scale))
    one_hot = torch.eye(KEYS, dtype=torch.float64).expand(BATCH, KEYS, KEYS)
    expected = peer(queries, keys, one_hot, mask, scale=scale)
    torch.testing.assert_close(weights, expected)


def test_low_rank_attention_is_one_head_of_pytorch():
    layer = BilinearAttention(SIZE, OTHER_SIZE, rank=2).double()
    queries, keys = randn(BATCH, QUERIES, SIZE), randn(BATCH, KEYS, OTHER_SIZE)
    values = randn(BATCH, KEYS, VALUE_SIZE)
    expected = F.scaled_dot_product_attention(
        layer.query_projection(queries), layer.key_projection(keys), values, scale=1.0
    )
    torch.testing.assert_close(layer(queries, keys, values)[0], expected)


def test_dropout_acts_in_training_only_and_leaves_the_weights():
    queries, keys = torch.randn(BATCH, QUERIES, SIZE), torch.randn(BATCH, KEYS, SIZE)
    values = torch.randn(BATCH, KEYS, VALUE_SIZE)
    layer = DotProductAttention(dropout=0.5)
    plain, weights = DotProductAttention()(queries, keys, values)
    dropped, kept = layer(queries, keys, values)
    assert torch.equal(kept, weights)
    assert not torch.allclose(dropped, plain)
    assert torch.equal(layer.eval()(queries, keys, values)[0], plain)


def test_dropout_reaches_the_learned_layers():
    assert BilinearAttention(2, 3, dropout=0.25).dropout.p == 0.25
    assert AdditiveAttention(2, 3, 5, dropout=0.25).dropout.p == 0.25


def test_sizes_of_the_parameters():
    def count(layer):
        return sum(p.numel() for p in layer.parameters())

    assert count(DotProductAttention()) == 0
    assert count(BilinearAttention(SIZE, OTHER_SIZE)) == SIZE * OTHER_SIZE
    assert count(BilinearAttention(SIZE, OTHER_SIZE, 2)) == 2 * (SIZE + OTHER_SIZE)
    additive = AdditiveAttention(SIZE, OTHER_SIZE, HIDDEN)
    assert count(additive) == HIDDEN * (SIZE + OTHER_SIZE + 1)


# --------------------------------------------------------------- d2l, on copies

needs_d2l = pytest.mark.skipif(load_d2l() is None, reason=HOW_TO_INSTALL)


@needs_d2l
def test_dot_product_attention_equals_d2l():
    queries, keys = torch.randn(BATCH, QUERIES, SIZE), torch.randn(BATCH, KEYS, SIZE)
    values, lengths = torch.randn(BATCH, KEYS, VALUE_SIZE), torch.tensor([3, 6])
    peer = load_d2l().DotProductAttention(dropout=0.0)
    expected = peer(queries.clone(), keys.clone(), values.clone(), lengths)
    mask = lengths_to_mask(lengths, KEYS)
    output, weights = DotProductAttention()(queries, keys, values, mask)
    torch.testing.assert_close(output, expected)
    torch.testing.assert_close(weights, peer.attention_weights)


@needs_d2l
def test_additive_attention_equals_d2l_with_copied_weights():
    queries = torch.randn(BATCH, QUERIES, SIZE)
    keys = torch.randn(BATCH, KEYS, OTHER_SIZE)
    values = torch.randn(BATCH, KEYS, VALUE_SIZE)
    lengths = torch.tensor([[3, 6, 1], [7, 2, 5]])
    layer = AdditiveAttention(SIZE, OTHER_SIZE, HIDDEN)
    peer = load_d2l().AdditiveAttention(num_hiddens=HIDDEN, dropout=0.0)
    peer(queries.clone(), keys.clone(), values.clone(), lengths)  # makes its weights
    peer.W_q.weight.data = layer.query_projection.weight.data.clone()
    peer.W_k.weight.data = layer.key_projection.weight.data.clone()
    peer.w_v.weight.data = layer.hidden_to_score.weight.data.clone()
    expected = peer(queries.clone(), keys.clone(), values.clone(), lengths)
    mask = lengths_to_mask(lengths, KEYS)
    output, weights = layer(queries, keys, values, mask)
    torch.testing.assert_close(output, expected)
    torch.testing.assert_close(weights, peer.attention_weights)


@needs_d2l
def test_masked_softmax_equals_d2l_where_a_length_is_above_zero():
    scores, lengths = torch.randn(BATCH, QUERIES, KEYS), torch.tensor([1, 5])
    expected = load_d2l().masked_softmax(scores.clone(), lengths)
    got = masked_softmax(scores, lengths_to_mask(lengths, KEYS))
    torch.testing.assert_close(got, expected)


# ---------------------------------------------------------------------- messages


def three(queries=(2, 3, 5), keys=(2, 7, 5), values=(2, 7, 13)):
    return torch.zeros(queries), torch.zeros(keys), torch.zeros(values)


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        (three(queries=(3, 5)), r"queries: expected shape \(batch, queries, size\)"),
        (three(keys=(7, 5)), r"keys: expected shape \(batch, keys, size\)"),
        (three(values=(7, 13)), r"values: expected shape \(batch, keys, v\)"),
        (three(keys=(1, 7, 5)), r"keys: expected shape \(2, 7, 5\) with the batch"),
        (three(values=(1, 7, 13)), r"values: .*\(2, 7, 13\) with the batch of keys"),
        (three(values=(2, 6, 13)), r"values: .*\(2, 7, 13\) with one value for each"),
    ],
)
@pytest.mark.parametrize("name", ALL)
def test_layers_say_what_is_wrong(name, inputs, message):
    with pytest.raises(ValueError, match=message):
        layers()[name](*inputs)


def test_sizes_that_differ_show_the_way_out():
    queries, keys, values = three(keys=(2, 7, 11))
    with pytest.raises(ValueError, match=r"keys: .*\(2, 7, 5\) .*AdditiveAttention"):
        DotProductAttention()(queries, keys, values)
    for name in ("bilinear", "low rank", "additive"):
        with pytest.raises(ValueError, match=r"keys: .*\(2, 7, 5\) as this layer"):
            layers()[name](queries, keys, values)
        with pytest.raises(ValueError, match=r"queries: .*\(2, 3, 5\) as this layer"):
            layers()[name](*three(queries=(2, 3, 11)))


def test_types_that_differ_are_named():
    queries, keys, values = three()
    says = r"keys: expected torch.float32 to match queries"
    with pytest.raises(TypeError, match=says):
        DotProductAttention()(queries, keys.double(), values)
    with pytest.raises(TypeError, match="values: expected floating-point"):
        DotProductAttention()(queries, keys, values.long())
    with pytest.raises(TypeError, match=r"values: expected torch.float32 to match"):
        DotProductAttention()(queries, keys, values.double())


@pytest.mark.parametrize("name", ALL)
def test_a_score_asked_for_alone_says_what_is_wrong(name):
    score, (queries, keys, _) = layers()[name].score, three()
    with pytest.raises(TypeError, match=r"queries: expected a torch.Tensor, got list"):
        score(queries.tolist(), keys)
    with pytest.raises(ValueError, match=r"keys: expected shape \(2, 7, 5\)"):
        score(queries, keys[:1])


@pytest.mark.parametrize("make", [BilinearAttention, AdditiveAttention])
def test_sizes_must_be_counts(make):
    with pytest.raises(ValueError, match="query_size: expected at least 1, got 0"):
        make(0, 3, 5)
    with pytest.raises(TypeError, match="key_size: expected a whole number"):
        make(3, 2.5, 5)
    with pytest.raises(ValueError, match=r"(rank|hidden_size): expected at least 1"):
        make(3, 2, 0)


@pytest.mark.parametrize("parent", [DotProductAttention, Attention])
def test_the_score_of_a_subclass_is_the_one_that_counts(parent):
    class Far(parent):
        def score(self, queries, keys):
            return -dot_score(queries, keys)

    inputs = torch.randn(2, 3, 5), torch.randn(2, 7, 5), torch.randn(2, 7, 13)
    _, weights = Far()(*inputs)
    expected = (-inputs[0] @ inputs[1].mT).softmax(-1)
    torch.testing.assert_close(weights, expected)


def test_attention_without_a_score_says_so():
    with pytest.raises(NotImplementedError, match="a subclass of Attention defines"):
        Attention()(*three())
