"""Multi-head attention: by hand, against PyTorch in two ways, and its masks."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from course_utils.scoring import lengths_to_mask
from course_utils.sequence import MultiHeadAttention

BATCH, QUERIES, KEYS, HEADS, PART = 2, 5, 7, 3, 11
SIZE = HEADS * PART
FLOATS = [torch.float16, torch.bfloat16, torch.float32, torch.float64]


def inputs(dtype=torch.float64, size=SIZE):
    shapes = (BATCH, QUERIES, size), (BATCH, KEYS, size), (BATCH, KEYS, size)
    return [torch.randn(shape, dtype=torch.float64).to(dtype) for shape in shapes]


def as_pytorch(layer):
    """PyTorch's layer with the same weights."""
    size = layer.query_projection.in_features
    peer = nn.MultiheadAttention(size, layer.heads, batch_first=True)
    ours = layer.query_projection, layer.key_projection, layer.value_projection
    with torch.no_grad():
        peer.in_proj_weight.copy_(torch.cat([each.weight for each in ours]))
        peer.in_proj_bias.copy_(torch.cat([each.bias for each in ours]))
    peer.out_proj.load_state_dict(layer.output_projection.state_dict())
    return peer.to(ours[0].weight.dtype)


def test_two_heads_by_hand():
    """Each head sees one of the two numbers, and is asked for its own key."""
    layer = MultiHeadAttention(2, heads=2)
    with torch.no_grad():
        for projection in layer.children():
            if isinstance(projection, nn.Linear):
                projection.weight.copy_(torch.eye(2))
                projection.bias.zero_()
    query = torch.tensor([[[math.log(3.0), -math.log(4.0)]]])
    keys = torch.tensor([[[1.0, 0.0], [0.0, 1.0]]])
    values = torch.tensor([[[8.0, 10.0], [4.0, 20.0]]])
    output, weights = layer(query, keys, values)
    expected = [[[[0.75, 0.25]], [[0.8, 0.2]]]]  # exp: 3 to 1, and 1 to 1/4
    torch.testing.assert_close(weights, torch.tensor(expected))
    torch.testing.assert_close(output, torch.tensor([[[7.0, 12.0]]]))


@pytest.mark.parametrize("heads", [1, HEADS, PART, SIZE])
@pytest.mark.parametrize("masked", [False, True])
def test_equals_pytorch_with_copied_weights(heads, masked):
    layer = MultiHeadAttention(SIZE, heads).double()
    peer, given = as_pytorch(layer), inputs()
    mask = torch.rand(BATCH, QUERIES, KEYS) < 0.6
    mask[:, :, 2] = True  # PyTorch's layer makes NaN of an empty row
    hidden = ~mask.repeat_interleave(heads, 0) if masked else None
    expected = peer(*given, attn_mask=hidden, average_attn_weights=False)
    output, weights = layer(*given, mask if masked else None)
    torch.testing.assert_close(output, expected[0])
    torch.testing.assert_close(weights, expected[1])


def test_equals_fused_attention_in_each_head():
    layer, (queries, keys, values) = MultiHeadAttention(SIZE, HEADS).double(), inputs()
    mask = torch.rand(BATCH, HEADS, QUERIES, KEYS) < 0.6
    q, k, v = (
        projection(x).view(BATCH, -1, HEADS, PART).permute(0, 2, 1, 3)
        for projection, x in [
            (layer.query_projection, queries),
            (layer.key_projection, keys),
            (layer.value_projection, values),
        ]
    )
    parts = F.scaled_dot_product_attention(q, k, v, mask)
    joined = parts.permute(0, 2, 1, 3).reshape(BATCH, QUERIES, SIZE)
    expected = layer.output_projection(joined)
    torch.testing.assert_close(layer(queries, keys, values, mask)[0], expected)


def test_parameters_do_not_depend_on_heads():
    for heads in (1, HEADS, SIZE):
        layer = MultiHeadAttention(SIZE, heads)
        count = sum(weights.numel() for weights in layer.parameters())
        assert count == 4 * SIZE * (SIZE + 1)
    big = MultiHeadAttention(512, 8)
    assert sum(weights.numel() for weights in big.parameters()) == 1_050_624


def test_self_attention_is_permutation_equivariant():
    layer, (x, *_) = MultiHeadAttention(SIZE, HEADS).double(), inputs()
    order = torch.randperm(QUERIES)
    output, weights = layer(x, x, x)
    moved, moved_weights = layer(*[x[:, order]] * 3)
    torch.testing.assert_close(moved, output[:, order])
    torch.testing.assert_close(moved_weights, weights[:, :, order][..., order])


def test_order_of_heads_is_lost_in_the_output_projection():
    layer, given = MultiHeadAttention(SIZE, HEADS).double(), inputs()
    order = torch.randperm(HEADS)
    rows = torch.arange(SIZE).view(HEADS, PART)[order].flatten()
    twin = MultiHeadAttention(SIZE, HEADS).double()
    twin.load_state_dict(layer.state_dict())
    with torch.no_grad():
        for name in ("query", "key", "value"):
            projection = getattr(twin, f"{name}_projection")
            projection.weight.copy_(projection.weight[rows])
            projection.bias.copy_(projection.bias[rows])
        output = twin.output_projection
        output.weight.copy_(output.weight[:, rows])
    torch.testing.assert_close(twin(*given)[0], layer(*given)[0])
    torch.testing.assert_close(twin(*given)[1], layer(*given)[1][:, order])


@pytest.mark.parametrize(
    "shape",
    [
        (KEYS,),
        (QUERIES, KEYS),
        (QUERIES, 1),
        (BATCH, 1, KEYS),
        (BATCH, QUERIES, 1),
        (1, QUERIES, KEYS),
        (BATCH, QUERIES, KEYS),
        (BATCH, 1, QUERIES, KEYS),
        (1, HEADS, 1, KEYS),
        (BATCH, HEADS, QUERIES, KEYS),
    ],
)
def test_masks_broadcast_by_one_rule(shape):
    layer, given = MultiHeadAttention(SIZE, HEADS).double(), inputs()
    mask = torch.rand(shape) < 0.6
    wide = mask.expand(BATCH, QUERIES, KEYS)[:, None] if mask.ndim < 4 else mask
    wide = wide.expand(BATCH, HEADS, QUERIES, KEYS)
    output, weights = layer(*given, mask)
    assert (weights[~wide] == 0).all()
    sums = weights.sum(-1)
    torch.testing.assert_close(sums, wide.any(-1).double())
    torch.testing.assert_close(output, layer(*given, wide)[0])


def test_three_axes_mean_batch_even_where_heads_are_as_many():
    layer = MultiHeadAttention(SIZE, HEADS).double()
    x = torch.randn(HEADS, KEYS, SIZE, dtype=torch.float64)  # batch = heads
    mask = lengths_to_mask(torch.tensor([1, 4, 7]), KEYS)
    _, weights = layer(x, x, x, mask)
    kept = (weights > 0).any(2).sum(-1)  # (batch, heads): keys that count
    assert torch.equal(kept, torch.tensor([[1] * 3, [4] * 3, [7] * 3]))


def test_nothing_to_attend_gives_the_bias_and_finite_gradients():
    layer, given = MultiHeadAttention(SIZE, HEADS), inputs(torch.float32)
    given = [each.requires_grad_() for each in given]
    mask = torch.zeros(BATCH, 1, KEYS, dtype=torch.bool)
    mask[1] = True
    output, weights = layer(*given, mask)
    assert (weights[0] == 0).all()
    assert torch.equal(
        output[0], layer.output_projection.bias.expand(QUERIES, SIZE).detach()
    )
    output.square().sum().backward()
    assert all(torch.isfinite(each.grad).all() for each in given)


@pytest.mark.parametrize("dtype", FLOATS)
def test_every_precision(dtype):
    layer, given = MultiHeadAttention(SIZE, HEADS).to(dtype), inputs(dtype)
    output, weights = layer(*given, lengths_to_mask(torch.tensor([0, 4]), KEYS))
    assert output.dtype == weights.dtype == dtype
    assert torch.isfinite(output).all()
    exact = MultiHeadAttention(SIZE, HEADS).double()
    exact.load_state_dict(layer.state_dict())
    wide = exact(*[each.double() for each in given])[0]
    assert (layer(*given)[0].double() - wide).abs().max() < 0.05


def test_gradients():
    layer = MultiHeadAttention(6, 2).double()
    given = [each.requires_grad_() for each in inputs(size=6)]
    mask = torch.rand(BATCH, 2, QUERIES, KEYS) < 0.6
    assert torch.autograd.gradcheck(lambda *t: layer(*t, mask)[0], given)


def test_no_keys_and_one_token():
    layer = MultiHeadAttention(SIZE, HEADS)
    queries, nothing = torch.randn(BATCH, QUERIES, SIZE), torch.randn(BATCH, 0, SIZE)
    output, weights = layer(queries, nothing, nothing)
    assert weights.shape == (BATCH, HEADS, QUERIES, 0)
    assert torch.isfinite(output).all()
    one = torch.randn(BATCH, 1, SIZE)
    assert torch.equal(layer(one, one, one)[1], torch.ones(BATCH, HEADS, 1, 1))


def test_dropout_acts_in_training_only_and_leaves_the_weights():
    layer, given = MultiHeadAttention(SIZE, HEADS, dropout=0.5), inputs(torch.float32)
    output, weights = layer(*given)
    layer.eval()
    plain, same = layer(*given)
    assert torch.equal(weights, same)
    assert not torch.allclose(output, plain)
    assert torch.equal(plain, layer(*given)[0])


def test_inputs_and_mask_stay_as_they_were():
    layer, given = MultiHeadAttention(SIZE, HEADS), inputs(torch.float32)
    given.append(torch.rand(BATCH, QUERIES, KEYS) < 0.5)
    copies = [each.clone() for each in given]
    layer(*given)
    assert all(map(torch.equal, given, copies))


@pytest.mark.parametrize(
    ("mask", "error", "message"),
    [
        ([True], TypeError, "mask: expected a boolean tensor"),
        (torch.ones(QUERIES, KEYS), TypeError, "mask: expected a boolean tensor"),
        (
            torch.ones(BATCH, KEYS, dtype=torch.bool),
            ValueError,
            r"broadcasts to \(2, 5, 7\), got \(2, 7\)",
        ),
        (
            torch.ones(HEADS, QUERIES, KEYS, dtype=torch.bool),
            ValueError,
            r"broadcasts to \(2, 5, 7\), got \(3, 5, 7\)",
        ),
        (
            torch.ones(HEADS, BATCH, QUERIES, KEYS, dtype=torch.bool),
            ValueError,
            r"broadcasts to \(2, 3, 5, 7\), got \(3, 2, 5, 7\)",
        ),
    ],
)
def test_wrong_masks_say_what_is_wrong(mask, error, message):
    with pytest.raises(error, match=message):
        MultiHeadAttention(SIZE, HEADS).double()(*inputs(), mask)


def test_wrong_sizes_say_what_is_wrong():
    with pytest.raises(ValueError, match=r"heads: .*divides size = 33, got 2.*1, 3,"):
        MultiHeadAttention(SIZE, 2)
    with pytest.raises(ValueError, match="heads: expected at least 1"):
        MultiHeadAttention(SIZE, 0)
    with pytest.raises(TypeError, match="size: expected a whole number"):
        MultiHeadAttention(3.0, 1)
    layer, (queries, keys, values) = MultiHeadAttention(SIZE, HEADS).double(), inputs()
    for place, name in enumerate(("queries", "keys", "values")):
        given = [queries, keys, values]
        given[place] = given[place][..., :-1]
        with pytest.raises(ValueError, match=rf"{name}: .*33\) as this layer was"):
            layer(*given)
    with pytest.raises(ValueError, match=r"values: .*\(2, 7, 33\) with one value"):
        layer(queries, keys, values[:, 1:])
    with pytest.raises(ValueError, match=r"keys: .*with the batch of queries"):
        layer(queries, keys[:1], values)
    with pytest.raises(TypeError, match=r"values: expected torch.float64 to match"):
        layer(queries, keys, values.float())


def test_another_number_type_than_the_layer_is_named():
    x = torch.randn(2, 3, SIZE, dtype=torch.float64)
    with pytest.raises(TypeError, match=r"queries: expected torch.float32 like the"):
        MultiHeadAttention(SIZE, HEADS)(x, x, x)
    x = x.bfloat16()
    with torch.autocast("cpu", torch.bfloat16):  # converts by itself
        output, _ = MultiHeadAttention(SIZE, HEADS)(x, x, x)
    assert output.dtype == torch.bfloat16
