"""The equivalence ladder: each mechanism of the course is a case of the next one.

uniform weights, average pooling, Nadaraya-Watson, Gaussian, dot product, bilinear,
low rank, one head, many heads; and over pictures: uniform weights, gates, pairs of
places, class maps, attention over a bag. Lessons 10 and 14 draw them.

A rung is named as ``RUNGS`` names it. A test marked ``holds`` compares two results in
float64; one marked ``breaks`` takes the condition away and finds them apart. The
last tests see that no rung lacks either.
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
from course_utils.equivalence_ladder import PARTS, RUNGS, draw_ladder
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
HELD, BROKEN = [], []  # the rungs that a test below holds, or breaks


def holds(rung):
    """Mark a test that compares the two results of a rung."""
    HELD.append(rung)
    return lambda test: test


def breaks(rung):
    """Mark a test that takes the condition of a rung away."""
    BROKEN.append(rung)
    return lambda test: test


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


def apart(left, right):
    assert left.shape == right.shape
    assert (left - right).abs().max() > 1e-3


@holds("uniform weights = average pooling")
def test_uniform_weights_are_average_pooling(v):
    scores = torch.zeros(BATCH, QUERIES, KEYS, dtype=torch.float64)
    pooled = F.adaptive_avg_pool1d(v.mT, 1).mT  # (batch, 1, v)
    same(masked_softmax(scores) @ v, pooled.expand(BATCH, QUERIES, VALUE_SIZE))


@breaks("uniform weights = average pooling")
def test_uneven_weights_are_no_average_pooling(v):
    scores = torch.arange(KEYS).double().expand(BATCH, QUERIES, KEYS)
    apart(masked_softmax(scores) @ v, v.mean(dim=1, keepdim=True).expand(2, 3, 5))


@holds("average pooling = kernel regression, h = 1e8")
def test_average_pooling_is_nadaraya_watson_with_an_endless_bandwidth(q, k, v):
    places, keys, values = q[0, :, 0], k[0, :, 0], v[0, :, 0]
    smooth, _ = nadaraya_watson(places, keys, values, bandwidth=1e8)
    same(smooth, values.mean().expand(QUERIES))


@breaks("average pooling = kernel regression, h = 1e8")
def test_a_narrow_bandwidth_is_no_average_pooling(q, k, v):
    smooth, _ = nadaraya_watson(q[0, :, 0], k[0, :, 0], v[0, :, 0], bandwidth=1.0)
    apart(smooth, v[0, :, 0].mean().expand(QUERIES))


@holds("kernel regression = softmax of -(q - k)²/2h²")
@pytest.mark.parametrize("h", [0.3, 1.0, 5.0])
def test_nadaraya_watson_is_a_softmax_of_squared_distances(q, k, v, h):
    places, keys, values = q[0, :, 0], k[0, :, 0], v[0, :, 0]
    gaps = places[:, None] - keys  # (queries, keys)
    kernel = torch.exp(-((gaps / h) ** 2) / 2)  # as the formula of 1964 has it
    ratio = (kernel @ values) / kernel.sum(-1)
    prediction, weights = nadaraya_watson(places, keys, values, bandwidth=h)
    same(prediction, ratio)
    same(weights, masked_softmax(-(gaps**2) / (2 * h**2)))


@breaks("kernel regression = softmax of -(q - k)²/2h²")
def test_nadaraya_watson_is_no_softmax_without_the_two(q, k, v):
    places, keys = q[0, :, 0], k[0, :, 0]
    _, weights = nadaraya_watson(places, keys, v[0, :, 0], bandwidth=1.0)
    apart(weights, masked_softmax(-((places[:, None] - keys) ** 2)))


@holds("that softmax = dot product, keys of length 1")
def test_gaussian_is_a_dot_product_where_keys_have_one_length(q, k, v):
    unit = F.normalize(k, dim=-1)
    distances = -(torch.cdist(q, unit) ** 2) / 2
    output, weights = DotProductAttention(scaled=False)(q, unit, v)
    same(masked_softmax(distances), weights)
    same(masked_softmax(distances) @ v, output)


@breaks("that softmax = dot product, keys of length 1")
def test_gaussian_is_no_dot_product_elsewhere(q, k):
    by_distance = masked_softmax(-(torch.cdist(q, k) ** 2) / 2)
    difference = (by_distance - masked_softmax(dot_score(q, k))).abs().max()
    assert difference > 0.1
    fined = dot_score(q, k) - k.square().sum(-1)[:, None] / 2
    same(by_distance, masked_softmax(fined))


@holds("dot product = bilinear, M the identity")
def test_dot_product_is_bilinear_with_the_identity(q, k, v):
    layer = BilinearAttention(SIZE, SIZE).double()
    nn.init.eye_(layer.key_projection.weight)
    same(DotProductAttention(scaled=False)(q, k, v)[0], layer(q, k, v)[0])


@breaks("dot product = bilinear, M the identity")
def test_dot_product_is_not_bilinear_with_another_matrix(q, k, v):
    layer = BilinearAttention(SIZE, SIZE).double()
    with torch.no_grad():
        layer.key_projection.weight.copy_(torch.eye(SIZE).roll(1, dims=0))
    apart(DotProductAttention(scaled=False)(q, k, v)[0], layer(q, k, v)[0])


@holds("bilinear = low rank, M of rank 2")
@pytest.mark.parametrize("rank", [1, 3, SIZE])
def test_bilinear_is_low_rank_where_its_matrix_is(q, k, v, rank):
    thin = BilinearAttention(SIZE, SIZE, rank=rank).double()
    full = BilinearAttention(SIZE, SIZE).double()
    with torch.no_grad():
        full.key_projection.weight.copy_(
            thin.query_projection.weight.T @ thin.key_projection.weight
        )
    same(full(q, k, v)[0], thin(q, k, v)[0])


@breaks("bilinear = low rank, M of rank 2")
def test_bilinear_of_full_rank_is_not_even_the_best_low_rank(q, k, v):
    full = BilinearAttention(SIZE, SIZE).double()
    left, lengths, right = torch.linalg.svd(full.key_projection.weight.detach())
    for rank, agree in [(SIZE - 7, apart), (SIZE, same)]:
        thin = BilinearAttention(SIZE, SIZE, rank=rank).double()
        with torch.no_grad():
            thin.query_projection.weight.copy_(left.T[:rank])
            thin.key_projection.weight.copy_(lengths[:rank, None] * right[:rank])
        agree(full(q, k, v)[0], thin(q, k, v)[0])


def one_head():
    head = MultiHeadAttention(SIZE, heads=1).double()
    for projection in (head.query_projection, head.key_projection):
        nn.init.zeros_(projection.bias)
    return head


@holds("low rank, scaled = one head")
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


@breaks("low rank, scaled = one head")
def test_low_rank_is_no_head_with_another_scale_or_a_query_bias(q, k):
    head = one_head()
    thin = BilinearAttention(SIZE, SIZE, rank=SIZE).double()
    with torch.no_grad():
        thin.key_projection.weight.copy_(head.key_projection.weight)
        thin.query_projection.weight.copy_(head.query_projection.weight)
        apart(thin(q, k, k)[1], head(q, k, k)[1][:, 0])  # not divided by sqrt(d)
        thin.query_projection.weight.div_(SIZE**0.5)
        same(thin(q, k, k)[1], head(q, k, k)[1][:, 0])
        head.query_projection.bias.fill_(1.0)
        apart(thin(q, k, k)[1], head(q, k, k)[1][:, 0])


@holds("one head = PyTorch's fused attention")
def test_one_head_is_fused_attention(q, k):
    head = MultiHeadAttention(SIZE, heads=1).double()
    mixed = F.scaled_dot_product_attention(
        head.query_projection(q), head.key_projection(k), head.value_projection(k)
    )
    same(head(q, k, k)[0], head.output_projection(mixed))


@breaks("one head = PyTorch's fused attention")
def test_one_head_is_no_fused_attention_of_scale_1(q, k):
    head = MultiHeadAttention(SIZE, heads=1).double()
    queries, keys = head.query_projection(q), head.key_projection(k)
    values = head.value_projection(k)
    mixed = F.scaled_dot_product_attention(queries, keys, values, scale=1.0)
    apart(head(q, k, k)[0], head.output_projection(mixed))


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


def peer_of(many, heads):
    peer = nn.MultiheadAttention(SIZE, heads, batch_first=True).double()
    ours = many.query_projection, many.key_projection, many.value_projection
    with torch.no_grad():
        peer.in_proj_weight.copy_(torch.cat([each.weight for each in ours]))
        peer.in_proj_bias.copy_(torch.cat([each.bias for each in ours]))
    peer.out_proj.load_state_dict(many.output_projection.state_dict())
    return peer


@holds("many heads = nn.MultiheadAttention")
def test_many_heads_are_the_layer_of_pytorch(q, k):
    many = MultiHeadAttention(SIZE, HEADS).double()
    expected = peer_of(many, HEADS)(q, k, k, average_attn_weights=False)
    for left, right in zip(many(q, k, k), expected, strict=True):
        same(left, right)


@breaks("many heads = nn.MultiheadAttention")
def test_the_same_numbers_cut_into_other_heads_are_another_layer(q, k):
    many = MultiHeadAttention(SIZE, HEADS).double()
    apart(many(q, k, k)[0], peer_of(many, 2)(q, k, k)[0])


# ------------------------------------------------------------ over pictures


@pytest.fixture
def features():
    """(batch, channels, height, width) with 10 channels."""
    return torch.randn(BATCH, SIZE, 3, 7, dtype=torch.float64)


@holds("GAP = attention with uniform weights")
def test_global_average_pooling_is_uniform_weights(features):
    scores = torch.zeros(BATCH, 1, 21, dtype=torch.float64)
    pooled = masked_softmax(scores) @ as_tokens(features)  # (batch, 1, channels)
    same(average_pool_logits(features), pooled[:, 0])


@breaks("GAP = attention with uniform weights")
def test_global_average_pooling_is_nothing_with_uneven_weights(features):
    scores = torch.arange(21).double().expand(BATCH, 1, 21)
    pooled = masked_softmax(scores) @ as_tokens(features)
    apart(average_pool_logits(features), pooled[:, 0])


@holds("SE = a gate without a query (its definition)")
def test_squeeze_excitation_is_a_gate_without_query(features):
    gate = SqueezeExcitation(SIZE, reduction=2).double()
    with torch.no_grad():
        one = features.mean(dim=(2, 3)) @ gate.squeeze.weight.T + gate.squeeze.bias
        two = one.relu() @ gate.excite.weight.T + gate.excite.bias
        same(gate(features), features * torch.sigmoid(two)[:, :, None, None])
        # No place asks: every place of a channel is multiplied by one number.
        ratio = gate(features) / features
        same(ratio, ratio[:, :, :1, :1].expand_as(ratio))


@breaks("SE = a gate without a query (its definition)")
def test_a_layer_with_queries_gives_each_place_its_own_factor(features):
    with torch.no_grad():
        ratio = small_pairs()(features) / features
    apart(ratio, ratio[:, :, :1, :1].expand_as(ratio))


def small_pairs(scaled=False):
    layer = SelfAttention2d(SIZE, reduction=2, scaled=scaled).double()
    nn.init.constant_(layer.gamma, 0.7)
    return layer


def block_of(layer, form):
    """Return a non-local block with the layer's numbers; the value becomes thinner."""
    block = NonLocal2d(SIZE, form, reduction=2).double()
    with torch.no_grad():
        block.theta.load_state_dict(layer.query.state_dict())
        block.phi.load_state_dict(layer.key.state_dict())
        # The block's value is W_z g, of rank 5 here: give the layer that very matrix.
        up = torch.randn(SIZE, SIZE // 2, dtype=torch.float64)
        block.w_z.weight.copy_(0.7 * up[:, :, None, None])
        layer.value.weight.copy_((up @ block.g.weight[:, :, 0, 0])[..., None, None])
        layer.value.bias.copy_(up @ block.g.bias)
    return block


@holds("Self_Attn = non-local, embedded Gaussian")
def test_self_attn_is_the_non_local_block_embedded_gaussian(features):
    layer = small_pairs()
    block = block_of(layer, "embedded gaussian")
    with torch.no_grad():
        output, weights = layer(features, return_weights=True)
        other, others = block(features, return_weights=True)
    same(weights, others)
    same(output, other)


@breaks("Self_Attn = non-local, embedded Gaussian")
def test_self_attn_is_no_other_non_local_block_and_must_not_be_scaled(features):
    for scaled, form in [(False, "dot product"), (True, "embedded gaussian")]:
        layer = small_pairs(scaled)
        block = block_of(layer, form)
        with torch.no_grad():
            apart(layer(features), block(features))


def one_head_over_pixels(layer, features, scale):
    found = F.scaled_dot_product_attention(
        as_tokens(layer.query(features)),
        as_tokens(layer.key(features)),
        as_tokens(layer.value(features)),
        scale=scale,
    )
    return found.mT.unflatten(2, (3, 7))


@holds("Self_Attn = one head over pixels, unscaled")
def test_self_attn_is_one_head_over_pixels(features):
    layer = small_pairs()
    with torch.no_grad():
        output, _ = layer(features, return_weights=True)
        same(output, features + 0.7 * one_head_over_pixels(layer, features, scale=1.0))


@breaks("Self_Attn = one head over pixels, unscaled")
def test_self_attn_is_no_head_with_the_usual_scale(features):
    layer = small_pairs()
    with torch.no_grad():
        usual = one_head_over_pixels(layer, features, scale=None)  # 1 / sqrt(5)
        apart(layer(features), features + 0.7 * usual)


@holds("Grad-CAM x Z = CAM, rectified")
def test_class_map_is_grad_cam_times_the_patches(features):
    head = nn.Linear(SIZE, 5).double()
    features.requires_grad_()
    logits = head(features.mean(dim=(2, 3)))
    for k in range(5):
        whole = class_activation_map(features, head.weight, k)
        same(21 * grad_cam(features, logits, k), whole.relu())


@breaks("Grad-CAM x Z = CAM, rectified")
def test_class_map_is_no_grad_cam_with_a_hidden_layer_in_between(features):
    head = nn.Sequential(nn.Linear(SIZE, SIZE), nn.Tanh(), nn.Linear(SIZE, 5)).double()
    features.requires_grad_()
    logits = head(features.mean(dim=(2, 3)))
    whole = class_activation_map(features, head[2].weight, 1)
    apart(21 * grad_cam(features, logits, 1), whole.relu())


@holds("slope of LSE = softmax, temperature 1/r")
def test_the_slope_of_log_sum_exp_is_a_softmax_over_patches(features):
    features.requires_grad_()
    pooled = lse_pool_logits(features, r=3.0)
    (slope,) = torch.autograd.grad(pooled.sum(), features)
    same(slope.flatten(2), (3 * features).flatten(2).softmax(dim=-1))


@breaks("slope of LSE = softmax, temperature 1/r")
def test_the_slope_of_log_sum_exp_is_no_softmax_at_another_temperature(features):
    features.requires_grad_()
    (slope,) = torch.autograd.grad(lse_pool_logits(features, r=3.0).sum(), features)
    apart(slope.flatten(2), features.flatten(2).softmax(dim=-1))


def pool_and_layer(query):
    pool = AttentionPool(SIZE, hidden_size=3).double()
    layer = AdditiveAttention(2, SIZE, hidden_size=3).double()
    with torch.no_grad():
        layer.key_projection.weight.copy_(pool.hidden.weight)
        layer.hidden_to_score.weight.copy_(pool.score.weight)
        pool.hidden.bias.copy_(layer.query_projection(query))
    return pool, layer


@holds("attention-MIL = additive, constant query")
def test_attention_over_a_bag_is_additive_with_a_constant_query(features):
    query = torch.tensor([0.4, -1.3], dtype=torch.float64)
    pool, layer = pool_and_layer(query)
    bags, weights = pool(features)
    patches = as_tokens(features)
    output, others = layer(query.expand(BATCH, 1, 2), patches, patches)
    same(bags, output[:, 0])
    same(weights.flatten(1), others[:, 0])


@breaks("attention-MIL = additive, constant query")
def test_attention_over_a_bag_is_not_additive_with_a_query_for_each_bag(features):
    query = torch.tensor([[0.4, -1.3], [-2.0, 3.0]], dtype=torch.float64)
    pool, layer = pool_and_layer(query[0])
    patches = as_tokens(features)
    bags, _ = pool(features)
    output, _ = layer(query[:, None], patches, patches)
    same(bags[0], output[0, 0])
    apart(bags[1], output[1, 0])


# --------------------------------------------------------------- the whole ladder


def test_every_rung_is_held_and_broken_by_a_test():
    rungs = [rung for names in RUNGS.values() for rung in names]
    assert sorted(HELD) == sorted(rungs)
    assert sorted(BROKEN) == sorted(rungs)
    assert RUNGS.keys() == PARTS.keys()


def test_the_picture_shows_all_rungs_and_colours_those_known_so_far():
    early = draw_ladder(dict.fromkeys(RUNGS[10], 2e-16))
    late = draw_ladder(dict.fromkeys(RUNGS[14], 0.0))
    for fig in (early, late):
        written = [label.get_text() for label in fig.axes[0].texts]
        assert all(rung in written and rung in fig.alt for rung in HELD)
    beside = [label.get_text() for label in early.axes[0].texts]
    assert (beside.count("2e-16"), beside.count("lesson 14")) == (9, 7)
    assert "in grey, for lesson 14" in early.alt
    beside = [label.get_text() for label in late.axes[0].texts]
    assert (beside.count("exactly 0"), beside.count("lesson 10")) == (7, 9)
    assert "in grey" not in late.alt


def test_a_rung_that_is_missing_or_unknown_is_told_by_name():
    differences = dict.fromkeys(RUNGS[10], 0.0)
    with pytest.raises(ValueError, match=r"unknown: \['a new rung'\]"):
        draw_ladder(differences | {"a new rung": 0.0})
    differences.popitem()
    with pytest.raises(ValueError, match=r"expected all rungs of lesson 10.* got 8"):
        draw_ladder(differences)
