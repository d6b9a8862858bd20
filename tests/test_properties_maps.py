"""Properties of maps: cues, metrics, blobs, regions, boxes, pictures."""

import math

import pytest
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

from course_utils import blobs, cues, guidance, metrics, overlays
from course_utils.class_maps import MapClassifier

POWERS = st.integers(-90, 90).map(lambda n: 2.0**n)  # a product with one is exact
SHARES = st.floats(0, 1)


@some
@given(SEEDS, EXTREMES, SIZES, SIZES, st.integers(1, 3), POWERS)
def test_contrast_ignores_a_shift_and_follows_a_scale(
    seed, kind, height, width, radius, power
):
    features = numbers(kind, seed, 2, 3, height, width)
    contrast = cues.centre_surround(features, radius)
    scaled = cues.centre_surround(features * power, radius)
    assert torch.equal(scaled, contrast * power)
    if height * width > 1:
        even = torch.full_like(features, 0.3)
        assert cues.centre_surround(even, radius).abs().max() < 1e-12
    assert torch.equal(cues.saliency_scores(features, radius), contrast.abs().sum(1))
    turned = cues.centre_surround(features.mT, radius).mT
    assert close(turned, contrast, 1e-12)


@some
@given(SEEDS, EXTREMES, DTYPES, SIZES, SIZES, st.sampled_from([0.5, 1.0, 30.0]))
def test_maps_of_attention_share_out_one(seed, kind, dtype, height, width, temperature):
    scores = typed(kind, seed, dtype, 2, height, width)
    weights = cues.attention_map(scores, temperature)
    assert weights.dtype == dtype and (weights >= 0).all()
    slack = height * width * TOLERANCE[dtype]
    assert close(weights.double().sum((1, 2)), torch.ones(2), slack)
    if kind in ("equal", "zeros"):
        assert close(weights, torch.ones_like(weights) / (height * width), slack)


@some
@given(SEEDS, SIZES, SIZES, st.floats(-5, 5))
def test_a_query_of_zeros_sees_nothing_and_scores_are_linear(
    seed, height, width, factor
):
    features, queries = drawn(seed, 2, 3, height, width), drawn(seed + 1, 2, 3)
    even = cues.query_map(features, 0 * queries)
    assert close(even, torch.ones_like(even) / (height * width), 1e-12)
    scores = cues.query_scores(features, queries)
    more = cues.query_scores(features, factor * queries)
    assert torch.allclose(more, factor * scores)
    weights = cues.saliency_map(features)
    assert close(weights.sum((1, 2)), torch.ones(2), 1e-12)
    values = drawn(seed + 2, 2, height, width, 2)
    found = cues.read_out(weights, values)
    flat = values.flatten(1, 2)
    assert (found <= flat.amax(1) + 1e-12).all()
    assert (found >= flat.amin(1) - 1e-12).all()


@some
@given(SEEDS, DTYPES, st.integers(2, 6))
def test_matrix_scores_are_shares_that_belong_together(seed, dtype, tokens):
    weights = shares(seed, dtype, 3, tokens, tokens)
    slack = tokens * TOLERANCE[dtype]
    itself = metrics.self_score(weights)
    assert close(metrics.band_score(weights, 0), itself, slack)
    assert close(metrics.band_score(weights, tokens - 1), torch.ones(3), slack)
    ones = torch.ones_like(itself)
    assert close(metrics.block_score(weights, torch.zeros(tokens).int()), ones, slack)
    assert close(metrics.block_score(weights, torch.arange(tokens)), itself, slack)
    before = torch.eye(tokens, dtype=dtype).roll(1, 0)  # row i looks at i - 1
    assert metrics.previous_token_score(before) == 1
    for score in (itself, metrics.previous_token_score(weights)):
        assert ((score >= 0) & (score <= 1 + slack)).all()
    entropy, count = metrics.row_entropy(weights), metrics.effective_keys(weights)
    assert close(count, entropy.exp(), slack)


@some
@given(SEEDS, DTYPES, SIZES, SIZES, st.integers(0, 3))
def test_alignment_is_a_share_and_tolerance_only_helps(
    seed, dtype, queries, keys, tolerance
):
    weights = shares(seed, dtype, 2, queries, keys)
    truth = some_mask(seed + 1, 2, queries, keys)
    slack = keys * TOLERANCE[dtype]
    mass = metrics.alignment_mass(weights, truth)
    exact = metrics.alignment_accuracy(weights, truth)
    near = metrics.alignment_accuracy(weights, truth, tolerance)
    assert 0 <= mass <= 1 + slack and 0 <= exact <= near + 1e-6 <= 1 + 2e-6
    every = torch.ones_like(truth)
    assert metrics.alignment_accuracy(weights, every) == 1
    assert abs(float(metrics.alignment_mass(weights, every)) - 1) <= slack


@some
@given(SEEDS, EXTREMES, DTYPES, SIZES, st.integers(2, 5), SHARES)
def test_scores_of_maps_are_shares_and_masks_share_them_out(
    seed, kind, dtype, height, width, threshold
):
    maps = typed(kind, seed, dtype, 3, height, width).abs()
    masks = some_mask(seed + 1, 3, height, width)
    masks[:, -1, -1] = False  # so that the ground is an object too
    masks[:, 0, 0] = True
    full = torch.ones_like(masks)
    for score in (metrics.pointing_game, metrics.mass_inside):
        inside, outside = score(maps, masks), score(maps, ~masks)
        assert ((inside >= 0) & (inside <= 1)).all()
        empty = (maps == 0).all((1, 2)) if score is metrics.mass_inside else False
        assert (((inside + outside - 1).abs() < 1e-5) | empty).all()
        assert (((score(maps, full) - 1).abs() < 1e-5) | empty).all()
    threshold = min(threshold, 0.99)
    recall, precision = metrics.recall_and_precision(maps, masks, threshold)
    overlap = metrics.intersection_over_union(maps, masks, threshold)
    both = recall > 0  # 1 / IoU = 1 / recall + 1 / precision - 1
    expected = 1 / (1 / recall + 1 / precision - 1)
    assert torch.allclose(overlap[both], expected[both], atol=1e-5)
    assert (overlap[~both] == 0).all() and (overlap <= recall + 1e-6).all()
    cells = (torch.arange(3) + seed) % (height * width)
    spots = torch.zeros(3, height * width).bool()
    spots[torch.arange(3), cells] = True
    hits = metrics.pointing_game(maps, spots.view(masks.shape)).mean()
    assert torch.isclose(metrics.hit_rate(maps, cells), hits)


@some
@given(SEEDS, EXTREMES, st.integers(1, 6), SIZES, POWERS)
def test_blobs_do_not_depend_on_unit_and_direction(seed, kind, height, width, power):
    maps = numbers(kind, seed, 3, height, width)
    masks = maps > 0
    for connectivity in (4, 8):
        labels = blobs.label_blobs(masks, connectivity)
        assert torch.equal(labels > 0, masks)
        turned = blobs.label_blobs(masks.mT, connectivity)
        count = labels.amax((1, 2))
        assert torch.equal(count, turned.amax((1, 2)))
        entropy = blobs.blob_entropy(maps, 0.0, connectivity)
        assert (entropy <= count.clamp(min=1).log() + 1e-9).all()
        assert (entropy >= -1e-12).all()
        scaled = blobs.blob_entropy(maps * power, 0.0, connectivity)
        assert close(scaled, entropy, 1e-9)
        single = blobs.blob_entropy(maps.float() * power, 0.0, connectivity)
        assert close(single, entropy, 1e-4) or kind in ("tiny", "huge")
    fewer, more = blobs.label_blobs(masks, 8), blobs.label_blobs(masks, 4)
    assert (fewer.amax((1, 2)) <= more.amax((1, 2))).all()
    loss = blobs.BlobEntropyLoss(0.0)(maps)
    assert torch.isclose(loss, blobs.blob_entropy(maps, 0.0).mean())


@some
@given(SEEDS, EXTREMES, DTYPES, SIZES, SIZES)
def test_the_heaviest_blob_is_one_and_is_a_part(seed, kind, dtype, height, width):
    kind = "normal" if kind == "huge" and dtype.itemsize > 2 else kind
    maps = typed(kind, seed, dtype, 2, height, width)
    if kind == "huge":
        maps = maps / (2 * height * width)
    kept, count = metrics.heaviest_blob(maps), metrics.blobs_per_map(maps)
    assert (kept >= 0).all() and kept.isfinite().all()
    assert (blobs.label_blobs(kept > 0).amax((1, 2)) <= 1).all()
    assert ((kept > 0).any(2).any(1) <= (count > 0)).all()
    above = maps > maps.double().mean((1, 2), keepdim=True)
    assert (kept[~above].double() <= 1e-3 * maps.double().abs().max()).all()


@few
@given(SEEDS, DTYPES, SIZES, st.integers(2, 5))
def test_six_numbers_on_maps_are_what_their_names_say(seed, dtype, heads, side):
    scores = drawn(seed, 3, heads, side, side).to(dtype)
    masks = torch.zeros(3, side, side, dtype=torch.bool)
    masks[:, : 1 + seed % side] = True
    found = metrics.measure_maps(scores, masks)
    assert set(found) == {
        *("blobs", "entropy", "inside", "pointing", "best head", "mean head")
    }
    assert found["mean head"] <= found["best head"] + 1e-6 <= 1 + 2e-6
    for name in ("inside", "pointing"):
        assert 0 <= found[name] <= 1 + 1e-6
    assert found["blobs"] >= 0 and found["entropy"] >= 0


@some
@given(SEEDS, SIZES, SIZES, SIZES, st.floats(0.05, 3))
def test_maps_that_know_nothing(seed, count, height, width, spread):
    noise = metrics.random_maps(count, height, width, seed)
    assert torch.equal(noise, metrics.random_maps(count, height, width, seed))
    assert noise.shape == (count, height, width)
    assert ((noise >= 0) & (noise <= 1)).all()
    bump = metrics.centre_map(height, width, spread)
    assert torch.allclose(bump, bump.flip(0)) and torch.allclose(bump, bump.flip(1))
    assert torch.isclose(bump.max(), bump[(height - 1) // 2, (width - 1) // 2])
    assert ((bump >= 0) & (bump <= 1)).all()
    pictures = drawn(seed, 2, 3, height, width)
    edges = metrics.edge_maps(pictures)
    assert (edges >= 0).all()
    assert torch.allclose(metrics.edge_maps(pictures + 5), edges)
    assert torch.allclose(metrics.edge_maps(pictures.flip(3)).flip(2), edges)
    assert torch.allclose(metrics.edge_maps(2 * pictures), 2 * edges)


@some
@given(SEEDS, EXTREMES, DTYPES, SIZES, SIZES, SIZES)
def test_rationales_do_not_depend_on_order_or_padding(
    seed, kind, dtype, samples, items, more
):
    scores = typed(kind, seed, dtype, samples, items)
    truth = drawn(seed + 1, samples, items) > 0
    truth[:, 0] |= ~truth.any(1)
    found = metrics.rationale_recall(scores, truth)
    assert 0 <= found <= 1 + 1e-6
    assert metrics.rationale_recall(scores, torch.ones_like(truth)) == 1
    order = torch.randperm(items, generator=torch.Generator().manual_seed(seed))
    assert torch.isclose(
        metrics.rationale_recall(scores[:, order], truth[:, order]), found
    )
    longer = torch.cat([scores, scores.new_full((samples, more), 9.0)], 1)
    padded = torch.cat([truth, truth.new_zeros(samples, more)], 1)
    real = (torch.arange(items + more) < items).expand(samples, -1)
    assert torch.isclose(metrics.rationale_recall(longer, padded, real), found)


@some
@given(SEEDS, SIZES, SIZES, SIZES)
def test_a_box_holds_its_mask_and_nothing_outside_it_costs(seed, batch, h, w):
    masks = drawn(seed, batch, 2 * h, 2 * w) > 1
    boxes = guidance.boxes_of(masks)
    assert (boxes >= masks).all() and torch.equal(guidance.boxes_of(boxes), boxes)
    assert torch.equal(guidance.boxes_of(masks.flip(-1)).flip(-1), boxes)
    maps = drawn(seed + 1, batch, 3, h, w).requires_grad_()
    classes = torch.arange(batch) % 3
    loss = guidance.box_loss(maps, classes, boxes)
    everything = guidance.box_loss(maps, classes, torch.ones_like(boxes))
    nothing = guidance.box_loss(maps, classes, torch.zeros_like(boxes))
    assert 0 <= everything <= loss + 1e-12 <= nothing + 2e-12
    told = torch.zeros_like(maps).detach()
    told[torch.arange(batch), classes] = torch.nn.functional.avg_pool2d(
        masks.double(), 2
    )
    assert guidance.mask_loss(told.requires_grad_(), classes, masks) < 1e-24
    assert guidance.mask_loss(maps, classes, masks) >= 0


@some
@given(SEEDS, EXTREMES, DTYPES, SIZES, SIZES, SHARES)
def test_regions_have_the_size_that_was_asked_for(
    seed, kind, dtype, height, width, threshold
):
    maps = typed(kind, seed, dtype, 2, height, width)
    size = 1 + seed % min(height, width)
    window = guidance.window_at_peak(maps, size)
    assert (window.sum((1, 2)) == size**2).all()
    areas = torch.tensor([seed % (height * width + 1), height * width])
    region = guidance.region_of_area(maps, areas)
    assert torch.equal(region.sum((1, 2)), areas)
    if 0 < areas[0] < height * width:
        assert maps[0][region[0]].min() >= maps[0][~region[0]].max()
    strong = guidance.strong_region(maps, threshold)
    assert (strong <= guidance.strong_region(maps, threshold / 2)).all()
    assert torch.equal(strong.any(2).any(1), maps.amax((1, 2)) > 0)
    images = drawn(seed + 1, 2, 3, height, width)
    erased, holes = guidance.erase(images, maps, size, value=7.0)
    assert torch.equal(holes, window)
    hole = holes[:, None].expand_as(images)
    assert (erased[hole] == 7).all() and torch.equal(erased[~hole], images[~hole])


@some
@given(SEEDS, EXTREMES, DTYPES, SIZES, SIZES, SIZES)
def test_merged_and_soft_masks_lie_between_0_and_1(
    seed, kind, dtype, steps, height, width
):
    maps = typed(kind, seed, dtype, steps, 2, height, width)
    merged = guidance.merge_maps(maps)
    assert ((merged >= 0) & (merged <= 1)).all() and merged.isfinite().all()
    again = guidance.merge_maps(torch.cat([maps, maps]))
    assert torch.equal(again, merged)
    order = torch.randperm(steps, generator=torch.Generator().manual_seed(seed))
    assert torch.equal(guidance.merge_maps(maps[order]), merged)
    hidden = guidance.soft_mask(maps[0])
    assert ((hidden >= 0) & (hidden <= 1)).all()
    if kind != "huge":  # twice those would be infinite
        assert torch.equal(guidance.soft_mask(2 * maps[0]), hidden)


@some
@given(SEEDS, EXTREMES, SIZES, st.integers(2, 5), st.floats(-9, 9))
def test_doubt_is_at_most_even_and_the_doubtful_are_chosen(
    seed, kind, batch, classes, shift
):
    logits = numbers(kind, seed, batch, classes)
    doubt = guidance.prediction_entropy(logits)
    assert ((doubt >= 0) & (doubt <= math.log(classes) + 1e-9)).all()
    if kind in ("normal", "ties"):
        moved = guidance.prediction_entropy(logits + shift)
        assert torch.allclose(moved, doubt)
    taken = torch.arange(batch)[: seed % batch]
    budget = (batch - len(taken)) // 2
    chosen = guidance.choose_to_annotate(doubt, budget, taken, seed)
    assert len(chosen.unique()) == budget and not set(chosen.tolist()) & set(
        taken.tolist()
    )
    left = set(range(batch)) - set(chosen.tolist()) - set(taken.tolist())
    if budget and left:
        assert doubt[chosen].min() >= doubt[sorted(left)].max()


@few
@given(SEEDS, st.floats(0, 1), st.integers(0, 9), st.integers(0, 9))
def test_supervision_moves_pixels_by_epsilon_and_costs_add_up(
    seed, epsilon, boxes, masks
):
    torch.manual_seed(seed)
    network = MapClassifier(channels=4).double()
    images, classes = drawn(seed, 3, 3, 8, 8), torch.tensor([0, 1, 1])
    inside = guidance.boxes_of(drawn(seed + 1, 3, 8, 8) > 1)
    moved = guidance.adversarial_images(network, images, classes, inside, epsilon)
    assert ((moved - images).abs() <= epsilon + 1e-12).all()
    assert all(weight.grad is None for weight in network.parameters())
    _, maps = network(images)
    known = guidance.mine_attention(network, images, maps, classes)
    assert 0 <= known <= 1
    chosen = torch.arange(3)
    extra = guidance.AnnotationLoss(
        network, images, classes, inside, chosen[: seed % 4], chosen
    )
    assert extra(None, maps, None) >= 0
    few_of_them = extra.handful(chosen)
    assert len(few_of_them.unique()) == 3
    cost = guidance.annotation_cost(boxes, masks)
    assert cost == guidance.annotation_cost(boxes, 0) + guidance.annotation_cost(
        0, masks
    )
    assert guidance.annotation_cost(boxes, masks, 1) == boxes + masks


@pytest.mark.parametrize("mode", overlays.MODES)
@some
@given(SEEDS, EXTREMES, SIZES, SIZES, st.integers(1, 3))
def test_an_enlarged_map_invents_nothing(mode, seed, kind, height, width, times):
    maps = numbers(kind, seed, 2, height, width)
    large = overlays.enlarge_maps(maps, times * height, times * width, mode)
    assert large.shape == (2, times * height, times * width)
    if mode == "nearest":
        assert torch.equal(large[:, ::times, ::times], maps)
    if mode != "bicubic":
        assert (large.abs() <= maps.abs().amax((1, 2), True) * (1 + 1e-9)).all()
    if mode == "bilinear":  # mass moves, and none is lost
        off = (large.mean((1, 2)) - maps.mean((1, 2))).abs().max()
        assert off <= 1e-9 * maps.abs().max()
    even = overlays.enlarge_maps(torch.ones_like(maps), 3 * height, 2 * width, mode)
    assert torch.allclose(even, torch.ones_like(even))
    pictures = drawn(seed, height, width).sigmoid()
    assert torch.equal(
        overlays.tint(pictures, torch.zeros_like(pictures)),
        pictures[..., None].expand(-1, -1, 3),
    )
    inked = overlays.tint(pictures, drawn(seed + 1, height, width).sigmoid())
    assert ((inked >= 0) & (inked <= 1)).all()
