"""The equivalence ladder: each mechanism of the course is a case of the next one.

uniform weights, average pooling, Nadaraya-Watson, Gaussian, dot product, bilinear,
low rank, one head, many heads; and over pictures: uniform weights, gates, pairs of
places, class maps, attention over a bag. Every rung is a test in float64; the
lessons on self-attention and on class maps draw them. Add rungs below: a rung is a
pair of results.
"""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from course_utils.class_maps import (
    AttentionPool,
    average_pool_logits,
    class_activation_map,
    grad_cam,
    lse_pool_logits,
)
from course_utils.conv_attention import (
    NonLocal2d,
    SelfAttention2d,
    SqueezeExcitation,
    as_tokens,
)
from course_utils.kernel_regression import nadaraya_watson
from course_utils.scoring import (
    AdditiveAttention,
    BilinearAttention,
    DotProductAttention,
    dot_score,
    masked_softmax,
)
from course_utils.sequence import MultiHeadAttention

BATCH, QUERIES, KEYS, SIZE, VALUE_SIZE, HEADS = 2, 3, 7, 10, 5, 5


@pytest.fixture
def q():
    return torch.randn(BATCH, QUERIES, SIZE, dtype=torch.float64)


@pytest.fixture
def k():
    return torch.randn(BATCH, KEYS, SIZE, dtype=torch.float64)


@pytest.fixture
def v():
    return torch.randn(BATCH, KEYS, VALUE_SIZE, dtype=torch.float64)


def same(left, right):
    torch.testing.assert_close(left, right, atol=1e-12, rtol=0)


def test_uniform_weights_are_average_pooling(v):
    scores = torch.zeros(BATCH, QUERIES, KEYS, dtype=torch.float64)
    pooled = F.adaptive_avg_pool1d(v.mT, 1).mT  # (batch, 1, v)
    same(masked_softmax(scores) @ v, pooled.expand(BATCH, QUERIES, VALUE_SIZE))


def test_average_pooling_is_nadaraya_watson_with_an_endless_bandwidth(q, k, v):
    places, keys, values = q[0, :, 0], k[0, :, 0], v[0, :, 0]
    smooth, _ = nadaraya_watson(places, keys, values, bandwidth=1e8)
    same(smooth, values.mean().expand(QUERIES))


@pytest.mark.parametrize("h", [0.3, 1.0, 5.0])
def test_nadaraya_watson_is_a_softmax_of_squared_distances(q, k, v, h):
    places, keys, values = q[0, :, 0], k[0, :, 0], v[0, :, 0]
    gaps = places[:, None] - keys  # (queries, keys)
    kernel = torch.exp(-((gaps / h) ** 2) / 2)  # as the formula of 1964 has it
    ratio = (kernel @ values) / kernel.sum(-1)
    prediction, weights = nadaraya_watson(places, keys, values, bandwidth=h)
    same(prediction, ratio)
    same(weights, masked_softmax(-(gaps**2) / (2 * h**2)))


def test_gaussian_is_a_dot_product_where_keys_have_one_length(q, k, v):
    unit = F.normalize(k, dim=-1)
    distances = -(torch.cdist(q, unit) ** 2) / 2
    output, weights = DotProductAttention(scaled=False)(q, unit, v)
    same(masked_softmax(distances), weights)
    same(masked_softmax(distances) @ v, output)


def test_gaussian_is_no_dot_product_elsewhere(q, k):
    by_distance = masked_softmax(-(torch.cdist(q, k) ** 2) / 2)
    difference = (by_distance - masked_softmax(dot_score(q, k))).abs().max()
    assert difference > 0.1
    fined = dot_score(q, k) - k.square().sum(-1)[:, None] / 2
    same(by_distance, masked_softmax(fined))


def test_dot_product_is_bilinear_with_the_identity(q, k, v):
    layer = BilinearAttention(SIZE, SIZE).double()
    nn.init.eye_(layer.key_projection.weight)
    same(DotProductAttention(scaled=False)(q, k, v)[0], layer(q, k, v)[0])


@pytest.mark.parametrize("rank", [1, 3, SIZE])
def test_bilinear_is_low_rank_where_its_matrix_is(q, k, v, rank):
    thin = BilinearAttention(SIZE, SIZE, rank=rank).double()
    full = BilinearAttention(SIZE, SIZE).double()
    with torch.no_grad():
        full.key_projection.weight.copy_(
            thin.query_projection.weight.T @ thin.key_projection.weight
        )
    same(full(q, k, v)[0], thin(q, k, v)[0])


def one_head():
    head = MultiHeadAttention(SIZE, heads=1).double()
    for projection in (head.query_projection, head.key_projection):
        nn.init.zeros_(projection.bias)
    return head


def test_low_rank_is_one_head(q, k):
    head = one_head()
    thin = BilinearAttention(SIZE, SIZE, rank=SIZE).double()
    with torch.no_grad():
        thin.query_projection.weight.copy_(head.query_projection.weight / SIZE**0.5)
        thin.key_projection.weight.copy_(head.key_projection.weight)
    output, weights = head(q, k, k)
    mixed, same_weights = thin(q, k, head.value_projection(k))
    same(same_weights, weights[:, 0])
    same(head.output_projection(mixed), output)


def test_one_head_is_fused_attention(q, k):
    head = MultiHeadAttention(SIZE, heads=1).double()
    mixed = F.scaled_dot_product_attention(
        head.query_projection(q), head.key_projection(k), head.value_projection(k)
    )
    same(head(q, k, k)[0], head.output_projection(mixed))


def test_many_heads_are_heads_side_by_side(q, k):
    many, part = MultiHeadAttention(SIZE, HEADS).double(), SIZE // HEADS
    parts = []
    for h in range(HEADS):
        rows = slice(h * part, (h + 1) * part)
        query, key, value = (
            F.linear(x, projection.weight[rows], projection.bias[rows])
            for projection, x in [
                (many.query_projection, q),
                (many.key_projection, k),
                (many.value_projection, k),
            ]
        )
        parts.append(F.scaled_dot_product_attention(query, key, value))
    same(many.output_projection(torch.cat(parts, -1)), many(q, k, k)[0])


def test_many_heads_are_the_layer_of_pytorch(q, k):
    many = MultiHeadAttention(SIZE, HEADS).double()
    peer = nn.MultiheadAttention(SIZE, HEADS, batch_first=True).double()
    ours = many.query_projection, many.key_projection, many.value_projection
    with torch.no_grad():
        peer.in_proj_weight.copy_(torch.cat([each.weight for each in ours]))
        peer.in_proj_bias.copy_(torch.cat([each.bias for each in ours]))
    peer.out_proj.load_state_dict(many.output_projection.state_dict())
    expected = peer(q, k, k, average_attn_weights=False)
    for left, right in zip(many(q, k, k), expected, strict=True):
        same(left, right)


# ------------------------------------------------------------ over pictures


@pytest.fixture
def features():
    """(batch, channels, height, width) with 10 channels."""
    return torch.randn(BATCH, SIZE, 3, 7, dtype=torch.float64)


def test_global_average_pooling_is_uniform_weights(features):
    scores = torch.zeros(BATCH, 1, 21, dtype=torch.float64)
    pooled = masked_softmax(scores) @ as_tokens(features)  # (batch, 1, channels)
    same(average_pool_logits(features), pooled[:, 0])


def test_squeeze_excitation_is_a_gate_without_query(features):
    gate = SqueezeExcitation(SIZE, reduction=2).double()
    with torch.no_grad():
        one = features.mean(dim=(2, 3)) @ gate.squeeze.weight.T + gate.squeeze.bias
        two = one.relu() @ gate.excite.weight.T + gate.excite.bias
        same(gate(features), features * torch.sigmoid(two)[:, :, None, None])
        # No place asks: every place of a channel is multiplied by one number.
        ratio = gate(features) / features
        same(ratio, ratio[:, :, :1, :1].expand_as(ratio))


def small_pairs():
    layer = SelfAttention2d(SIZE, reduction=2).double()
    nn.init.constant_(layer.gamma, 0.7)
    return layer


def test_self_attn_is_the_non_local_block_embedded_gaussian(features):
    layer = small_pairs()
    block = NonLocal2d(SIZE, reduction=2).double()
    with torch.no_grad():
        block.theta.load_state_dict(layer.query.state_dict())
        block.phi.load_state_dict(layer.key.state_dict())
        # The block's value is W_z g, of rank 5 here: give the layer that very matrix.
        up = torch.randn(SIZE, SIZE // 2, dtype=torch.float64)
        block.w_z.weight.copy_(0.7 * up[:, :, None, None])
        layer.value.weight.copy_((up @ block.g.weight[:, :, 0, 0])[..., None, None])
        layer.value.bias.copy_(up @ block.g.bias)
        nn.init.zeros_(block.w_z.bias)
        output, weights = layer(features, return_weights=True)
        other, others = block(features, return_weights=True)
    same(weights, others)
    same(output, other)


def test_self_attn_is_one_head_over_pixels(features):
    layer = small_pairs()
    with torch.no_grad():
        found = F.scaled_dot_product_attention(
            as_tokens(layer.query(features)),
            as_tokens(layer.key(features)),
            as_tokens(layer.value(features)),
            scale=1.0,
        )
        found = found.mT.unflatten(2, (3, 7))
        output, _ = layer(features, return_weights=True)
        same(output, features + 0.7 * found)


def test_class_map_is_grad_cam_times_the_patches(features):
    head = nn.Linear(SIZE, 5).double()
    features.requires_grad_()
    logits = head(features.mean(dim=(2, 3)))
    for k in range(5):
        whole = class_activation_map(features, head.weight, k)
        same(21 * grad_cam(features, logits, k), whole.relu())


def test_the_slope_of_log_sum_exp_is_a_softmax_over_patches(features):
    features.requires_grad_()
    pooled = lse_pool_logits(features, r=3.0)
    (slope,) = torch.autograd.grad(pooled.sum(), features)
    same(slope.flatten(2), (3 * features).flatten(2).softmax(dim=-1))


def test_attention_over_a_bag_is_additive_with_a_constant_query(features):
    pool = AttentionPool(SIZE, hidden_size=3).double()
    layer = AdditiveAttention(2, SIZE, hidden_size=3).double()
    query = torch.tensor([0.4, -1.3], dtype=torch.float64)
    with torch.no_grad():
        layer.key_projection.weight.copy_(pool.hidden.weight)
        layer.hidden_to_score.weight.copy_(pool.score.weight)
        pool.hidden.bias.copy_(layer.query_projection(query))
    bags, weights = pool(features)
    patches = as_tokens(features)
    output, others = layer(query.expand(BATCH, 1, 2), patches, patches)
    same(bags, output[:, 0])
    same(weights.flatten(1), others[:, 0])
