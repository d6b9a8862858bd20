"""Properties of layers and networks: sequences, images, class maps, transformers."""

import torch
from drawing import (
    DTYPES,
    EXTREMES,
    SEEDS,
    SIZES,
    TOLERANCE,
    close,
    drawn,
    few,
    numbers,
    shares,
    some,
    some_mask,
    typed,
)
from hypothesis import given
from hypothesis import strategies as st

from course_utils import class_attention, class_maps, conv_attention, scoring, sequence
from course_utils import vision_transformer as vit
from course_utils.training import fit
from course_utils.worlds import find_the_twin


def shuffled(seed: int, count: int) -> torch.Tensor:
    """Return the numbers from 0 to ``count - 1`` in another order."""
    return torch.randperm(count, generator=torch.Generator().manual_seed(seed))


@some
@given(SEEDS, EXTREMES, DTYPES, SIZES, SIZES, st.integers(1, 6))
def test_dot_products_do_not_care_who_asks(seed, kind, dtype, queries, keys, size):
    kind = "normal" if kind == "huge" else kind  # their products are infinite
    q = typed(kind, seed, dtype, 2, queries, size)
    k = typed(kind, seed + 1, dtype, 2, keys, size)
    scores, scaled = scoring.dot_score(q, k), scoring.scaled_dot_score(q, k)
    slack = size * TOLERANCE[dtype]
    assert close(scoring.dot_score(k, q).mT, scores, slack)
    assert close(scaled.double() * size**0.5, scores, 4 * slack)


@some
@given(
    SEEDS, DTYPES, SIZES, SIZES, st.sampled_from(["bilinear", "low rank", "additive"])
)
def test_learned_scores_follow_the_order_of_keys(seed, dtype, queries, keys, which):
    torch.manual_seed(seed)
    layer = {
        "bilinear": lambda: scoring.BilinearAttention(3, 4),
        "low rank": lambda: scoring.BilinearAttention(3, 4, 2),
        "additive": lambda: scoring.AdditiveAttention(3, 4, 5),
    }[which]().to(dtype)
    q, k = drawn(seed, 2, queries, 3).to(dtype), drawn(seed + 1, 2, keys, 4).to(dtype)
    values, mask = drawn(seed + 2, 2, keys, 2).to(dtype), some_mask(seed, 2, 1, keys)
    output, weights = layer(q, k, values, mask)
    slack = 8 * keys * TOLERANCE[dtype]
    ones = torch.ones(2, queries)
    assert close(weights.double().sum(-1), ones, slack)
    assert (weights.masked_select(~mask) == 0).all()
    order = shuffled(seed, keys)
    moved, other = layer(q, k[:, order], values[:, order], mask[..., order])
    assert close(moved, output, slack) and close(other, weights[..., order], slack)
    assert close(layer.score(q, k)[..., order], layer.score(q, k[:, order]), slack)


@some
@given(SEEDS, EXTREMES, DTYPES, SIZES, SIZES, SIZES)
def test_a_fixed_context_lies_between_the_values(
    seed, kind, dtype, queries, keys, size
):
    k = typed(kind, seed, dtype, 2, keys, size)
    q, mask = drawn(seed, 2, queries, 3).to(dtype), some_mask(seed, 2, 1, keys)
    low = k.masked_fill(~mask.mT, torch.inf).amin(1, keepdim=True).double()
    high = k.masked_fill(~mask.mT, -torch.inf).amax(1, keepdim=True).double()
    slack = keys * TOLERANCE[dtype] * k.double().abs().max()
    for pool in ("mean", "max"):
        output, weights = sequence.FixedContext(pool)(q, k, k, mask)
        assert ((output >= low - slack) & (output <= high + slack)).all()
        assert (weights.masked_select(~mask) == 0).all()
        sums = weights.double().sum(-1)
        assert close(sums, torch.ones_like(sums), (keys + size) * TOLERANCE[dtype])
        if pool == "max":
            assert torch.equal(output.double(), high.expand_as(output))


@some
@given(SEEDS, SIZES, SIZES, st.integers(1, 3), st.integers(1, 2))
def test_padding_is_neither_read_nor_written(seed, batch, length, more, directions):
    torch.manual_seed(seed)
    encoder = sequence.TextEncoder(6, 3, 2, directions).double()
    attention = scoring.AdditiveAttention(4, 2 * directions, 3)
    decoder = sequence.AttentionDecoder(5, 3, 4, 2 * directions, attention).double()
    network = sequence.Translator(encoder, decoder)
    texts = torch.randint(1, 7, (batch, length))
    lengths = torch.randint(1, length + 1, (batch,))
    longer = torch.nn.functional.pad(texts, (0, more), value=seed % 7)
    states, summary = encoder(texts, lengths)
    wide, same = encoder(longer, lengths)
    assert torch.allclose(same, summary)
    assert torch.allclose(wide[:, :length], states) and not wide[:, length:].any()
    scores, weights = network(texts, lengths, 3)
    again, looked = network(longer, lengths, 3)
    assert torch.allclose(again, scores) and not looked[..., length:].any()
    assert torch.allclose(weights.sum(-1), torch.ones(batch, 3).double())
    alone, _ = network(texts[:1], lengths[:1], 3)
    assert torch.allclose(alone, scores[:1])
    forced, _ = network(texts, lengths, 3, scores.argmax(-1))
    assert torch.allclose(forced, scores)  # told what it wrote, it writes the same
    start = torch.full((batch,), decoder.start)
    state = torch.tanh(decoder.first_state(summary))
    mask = scoring.lengths_to_mask(lengths, length)
    first, _, once = decoder.step(start, state, states, mask)
    assert torch.allclose(first, scores[:, 0])
    assert torch.allclose(once[:, 0], weights[:, 0])


@some
@given(SEEDS, EXTREMES, DTYPES, SIZES, SIZES)
def test_a_context_vector_weighs_what_is_allowed(seed, kind, dtype, items, size):
    torch.manual_seed(seed)
    layer = sequence.ContextAttention(size).to(dtype)
    kind = "normal" if kind == "huge" else kind
    states = typed(kind, seed, dtype, 3, items, size)
    mask = drawn(seed, 3, items) > 0
    output, weights = layer(states, mask)
    slack = (items + size) * TOLERANCE[dtype]
    assert close(weights.sum(-1), mask.any(-1), slack) and not weights[~mask].any()
    assert not output[~mask.any(-1)].any()
    changed = states.masked_fill(~mask[..., None], 5.0)
    assert close(layer(changed, mask)[0], output, slack)
    encoder = sequence.RecurrentEncoder(size, 2).double()
    lengths = mask.sum(-1).clamp(min=1)
    read = encoder(states.double(), lengths)
    shorter = [
        encoder(states[i : i + 1, :n].double(), lengths[i : i + 1])[0]
        for i, n in enumerate(lengths)
    ]
    for ours, alone, n in zip(read, shorter, lengths, strict=True):
        assert torch.allclose(ours[:n], alone)


@some
@given(st.integers(0, 5000), st.integers(1, 12), st.integers(-60, 60), SIZES)
def test_positions_are_clocks_that_turn(start, pairs, distance, count):
    size = 2 * pairs
    speeds = sequence.clock_speeds(size)
    assert speeds[0] == 1 and (speeds.diff() < 0).all() and (speeds > 0).all()
    codes = sequence.sinusoidal_positions(count, size, start)
    assert torch.allclose(
        codes.square().sum(1), torch.full((count,), float(pairs)), atol=1e-4
    )
    assert torch.equal(
        codes[:, :-1], sequence.sinusoidal_positions(count, size, start)[:, :-1]
    )
    turn = sequence.position_rotation(distance, size)
    if start + distance >= 0:
        later = sequence.sinusoidal_positions(count, size, start + distance)
        assert torch.allclose(codes @ turn.T, later, atol=1e-4)
    back = sequence.position_rotation(-distance, size)
    assert torch.allclose(turn @ back, torch.eye(size), atol=1e-5)


@some
@given(SEEDS, SIZES, st.integers(2, 6))
def test_a_causal_mask_lets_the_past_through(seed, size, tokens):
    mask = sequence.causal_mask(tokens)
    assert torch.equal(mask.sum(1), torch.arange(1, tokens + 1))
    lengths = torch.arange(1, tokens + 1)
    assert torch.equal(scoring.lengths_to_mask(lengths[None], tokens)[0], mask)
    x = drawn(seed, 2, tokens, size)
    assert sequence.future_leak(lambda each: each.cumsum(1), x) < 1e-12
    assert sequence.future_leak(lambda each: each.flip(1).cumsum(1), x) > 0


@some
@given(SEEDS, EXTREMES, DTYPES, SIZES, SIZES)
def test_attention_over_places_begins_as_the_identity(seed, kind, dtype, height, width):
    torch.manual_seed(seed)
    kind = "normal" if kind == "huge" else kind  # a score may pass what a type holds
    features = typed(kind, seed, dtype, 2, 4, height, width)
    tokens = conv_attention.as_tokens(features)
    assert torch.equal(tokens[:, width - 1], features[:, :, 0, -1])
    slack = height * width * TOLERANCE[dtype]
    layer = conv_attention.SelfAttention2d(4, 2).to(dtype)
    output, weights = layer(features, return_weights=True)
    assert torch.equal(output, features)
    assert close(weights.double().sum(-1), torch.ones(2, height * width), slack)
    assert torch.equal(layer(features), features)
    for form in conv_attention.FORMS:
        layer = conv_attention.NonLocal2d(4, form).to(dtype)
        output, weights = layer(features, return_weights=True)
        assert torch.equal(output, features)
        if "gaussian" in form:
            sums = weights.double().sum(-1)
            assert close(sums, torch.ones_like(sums), slack)
        if form == "concatenation":
            assert (weights >= 0).all()
        assert torch.equal(layer.weigh(features), weights)


@some
@given(SEEDS, SIZES, SIZES, st.integers(1, 4), st.integers(0, 3))
def test_the_fused_kernel_averages_as_the_plain_one(seed, queries, keys, size, more):
    q, k = drawn(seed, 2, queries, size), drawn(seed + 1, 2, keys, size)
    values = drawn(seed + 2, 2, keys, size + more)
    found = conv_attention.fused_attention(q, k, values)
    assert torch.allclose(found, (q @ k.mT).softmax(-1) @ values)


@some
@given(SEEDS, SIZES, SIZES, st.integers(1, 2), st.integers(1, 3))
def test_convolutions_keep_the_sizes_they_promise(
    seed, height, width, stride, dilation
):
    torch.manual_seed(seed)
    block = conv_attention.conv_block(3, 4, stride, dilation).eval().double()
    features = drawn(seed, 2, 3, height, width)
    out = block(features)
    assert out.shape == (2, 4, -(-height // stride), -(-width // stride))
    assert (out >= 0).all()
    both = conv_attention.ChannelSpatialGate(3).double()
    added = both.channel_gate(features) + both.spatial_gate(features)
    assert torch.equal(both(features), added)
    both.combine = "max"
    assert (both(features).abs() <= features.abs() + 1e-12).all()
    pixels = torch.tensor([[2 * height - 1, 0], [0, 2 * width - 1]])
    seen = conv_attention.at_pixels(features, pixels)
    assert torch.equal(seen[0], features[0, :, -1, 0])
    assert torch.equal(seen[1], features[1, :, 0, -1])


@few
@given(SEEDS, st.integers(1, 4))
def test_the_twin_network_is_measured_in_shares(seed, pictures):
    torch.manual_seed(seed)
    layer = conv_attention.SelfAttention2d(8, 4)
    network = conv_attention.TwinNetwork(layer, 8).eval()
    world = find_the_twin(pictures, seed=seed)
    assert network(world.images).shape == (pictures, 4, 8, 16)
    maps = conv_attention.where_it_looks(network, world)
    assert torch.allclose(maps.sum((1, 2)), torch.ones(pictures), atol=1e-4)
    for share in (
        conv_attention.right_colours(network, world),
        conv_attention.peaks_on_twin(maps, world),
    ):
        assert 0 <= share <= 1
    spots = torch.zeros(pictures, 8, 16)
    row, column = (world.shapes[torch.arange(pictures), world.twins] // 2).T
    spots[torch.arange(pictures), row, column] = 1
    assert conv_attention.peaks_on_twin(spots, world) == 1


@some
@given(SEEDS, EXTREMES, DTYPES, SIZES, SIZES, st.sampled_from([0.1, 1.0, 8.0]))
def test_soft_pools_lie_between_mean_and_maximum(seed, kind, dtype, height, width, r):
    kind = "normal" if kind == "huge" and r > 1 else kind
    maps = typed(kind, seed, dtype, 2, 3, height, width)
    if kind == "huge":
        maps = maps / (height * width)
    mean = class_maps.average_pool_logits(maps).double()
    soft = class_maps.lse_pool_logits(maps, r).double()
    top = class_maps.max_pool_logits(maps).double()
    slack = 8 * TOLERANCE[dtype] * (maps.double().abs().max() + 3 / r)
    assert (mean <= soft + slack).all() and (soft <= top + slack).all()
    assert torch.equal(top, maps.flatten(2).amax(-1).double())


@some
@given(SEEDS, SIZES, SIZES, SIZES)
def test_a_class_map_averages_to_its_logit(seed, batch, height, width):
    features = drawn(seed, batch, 3, height, width).requires_grad_()
    weight = drawn(seed + 1, 4, 3)
    classes = torch.arange(batch) % 4
    maps = class_maps.class_activation_map(features, weight, classes)
    logits = features.mean((2, 3)) @ weight.T
    assert torch.allclose(maps.mean((1, 2)), logits[torch.arange(batch), classes])
    cam = class_maps.grad_cam(features, logits, classes)
    assert torch.allclose(cam * height * width, maps.relu())


@some
@given(SEEDS, DTYPES, SIZES, SIZES)
def test_pooling_by_attention_ignores_the_order_of_patches(seed, dtype, height, width):
    torch.manual_seed(seed)
    layer = class_maps.AttentionPool(4, 3).to(dtype)
    look = class_attention.ClassAttention(4, 2).to(dtype)
    features = drawn(seed, 2, 4, height, width).to(dtype)
    order = shuffled(seed, height * width)
    moved = features.flatten(2)[..., order].view_as(features)
    slack = 20 * height * width * TOLERANCE[dtype]
    bags, weights = layer(features)
    again, other = layer(moved)
    assert close(weights.double().sum((1, 2)), torch.ones(2), slack)
    assert close(again, bags, slack)
    assert close(other.flatten(1), weights.flatten(1)[:, order], slack)
    found, scores = look(features)
    assert close(look(moved)[0], found, slack) and scores.shape == (2, 2, height, width)


@some
@given(SEEDS, EXTREMES, DTYPES, SIZES, SIZES)
def test_scores_of_class_attention_become_shares(seed, kind, dtype, height, width):
    scores = typed(kind, seed, dtype, 2, 3, height, width)
    weights = class_attention.as_weights(scores)
    slack = height * width * TOLERANCE[dtype]
    assert close(weights.double().sum((2, 3)), torch.ones(2, 3), slack)
    assert weights.dtype == dtype and (weights >= 0).all()


@few
@given(SEEDS, SIZES, st.integers(1, 4))
def test_networks_classify_each_picture_alone(seed, batch, side):
    torch.manual_seed(seed)
    pools = class_maps.average_pool_logits, class_maps.max_pool_logits
    for network, channels in (
        (class_maps.MapClassifier(3, pools[seed % 2], channels=4, scale=2.0), 3),
        (class_attention.ClassAttentionNetwork(3, 8, 2), 1),
    ):
        network = network.eval().double()
        images = drawn(seed, batch, channels, 2 * side, 2 * side)
        logits, maps = network(images)
        assert maps.shape[2:] == (side, side)
        one, _ = network(images[:1])
        assert torch.allclose(one, logits[:1])
        if channels == 3:
            assert torch.allclose(2.0 * pools[seed % 2](maps), logits)
            own, hits = class_maps.maps_and_hits(network, images, logits.argmax(1))
            assert hits.all() and torch.equal(own[0], maps[0, logits[0].argmax()])


@some
@given(SEEDS, DTYPES, st.integers(1, 3), st.integers(1, 3), st.integers(1, 3))
def test_patch_maps_and_rollout_share_out_one(seed, dtype, grid, layers, heads):
    tokens = 1 + grid * grid
    weights = shares(seed, dtype, 2, layers, heads, tokens, tokens)
    slack = 4 * layers * tokens * TOLERANCE[dtype]
    maps = vit.patch_map(weights, seed % tokens)
    rest = 1 - weights[..., seed % tokens, 0].double()
    assert close(maps.double().sum((-2, -1)), rest, slack)
    rollout = vit.attention_rollout(weights)
    assert close(rollout.double().sum(-1), torch.ones(2, tokens), slack)
    assert (rollout >= 0).all() and rollout.dtype == dtype
    itself = torch.eye(tokens, dtype=dtype).expand_as(weights)
    assert torch.equal(vit.attention_rollout(itself), itself[:, 0, 0])


@few
@given(SEEDS, SIZES, st.integers(1, 2))
def test_a_transformer_sees_a_set_until_places_are_added(seed, tokens, layers):
    torch.manual_seed(seed)
    block = vit.TransformerBlock(6, 2).double()
    x, order = drawn(seed, 2, tokens, 6), shuffled(seed, tokens)
    output, weights = block(x)
    moved, other = block(x[:, order])
    assert torch.allclose(moved, output[:, order])
    assert torch.allclose(other, weights[:, :, order][..., order])
    network = vit.VisionTransformer(8, 4, 3, 6, 2, layers).double()
    pictures = drawn(seed, 3, 1, 8, 8)
    logits, weights = network(pictures)
    assert weights.shape == (3, layers, 2, 5, 5)
    assert torch.allclose(weights.sum(-1), torch.ones(1).double())
    assert torch.allclose(network(pictures[:1])[0], logits[:1])


@few
@given(SEEDS, EXTREMES, st.integers(1, 6))
def test_training_repeats_itself_and_moves_by_the_learning_rate(seed, kind, steps):
    start = numbers("normal" if kind == "huge" else kind, seed, 3)

    def trained():
        weights = start.clone().requires_grad_()

        def loss(step):
            noise = torch.randn(3, dtype=torch.float64)
            return (weights - noise).square().sum()

        return fit([weights], loss, steps, 0.1, seed), weights.detach()

    (history, end), (again, same) = trained(), trained()
    assert torch.equal(history, again) and torch.equal(end, same)
    assert ((end - start).abs() <= 0.4 * steps).all()
    assert history.shape == (steps,) and history.isfinite().all()
