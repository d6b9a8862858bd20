"""Class maps and pools: by hand, their identities, gradients and edges."""

import math
from itertools import pairwise

import pytest
import torch
from torch import nn

from course_utils.class_maps import (
    AttentionPool,
    MapClassifier,
    average_pool_logits,
    class_activation_map,
    grad_cam,
    lse_pool_logits,
    maps_and_hits,
    max_pool_logits,
    train_map_classifier,
)
from course_utils.class_maps import classifier as classifier_room

POOLS = (average_pool_logits, max_pool_logits, lse_pool_logits)


def test_pools_by_hand():
    maps = torch.tensor([[[[0.0, math.log(3)]]]], dtype=torch.float64)
    assert average_pool_logits(maps).item() == pytest.approx(math.log(3) / 2)
    assert max_pool_logits(maps).item() == pytest.approx(math.log(3))
    assert lse_pool_logits(maps, r=1.0).item() == pytest.approx(math.log(2))


def test_lse_lies_between_mean_and_maximum_and_rises_with_r():
    maps = torch.randn(3, 2, 7, 5, dtype=torch.float64)
    ladder = [average_pool_logits(maps)]
    ladder += [lse_pool_logits(maps, r) for r in (1e-3, 0.1, 1.0, 10.0, 1e3)]
    ladder += [max_pool_logits(maps)]
    for lower, higher in pairwise(ladder):
        assert (lower <= higher + 1e-12).all()
    torch.testing.assert_close(ladder[1], ladder[0], atol=1e-3, rtol=0)
    torch.testing.assert_close(ladder[-2], ladder[-1], atol=5e-3, rtol=0)


@pytest.mark.parametrize("pool", POOLS)
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_pools_keep_the_type_and_survive_large_scores(pool, dtype):
    maps = torch.full((2, 3, 5, 7), 500.0).to(dtype)
    got = pool(maps)
    assert got.shape == (2, 3) and got.dtype == dtype
    torch.testing.assert_close(got.double(), torch.full((2, 3), 500.0).double())


@pytest.mark.parametrize("pool", POOLS)
def test_pools_do_not_feel_the_order_of_patches(pool):
    maps = torch.randn(2, 3, 5, 7)
    order = torch.randperm(35)
    shuffled = maps.flatten(2)[..., order].reshape(maps.shape)
    torch.testing.assert_close(pool(shuffled), pool(maps))


@pytest.mark.parametrize("pool", POOLS)
def test_pools_say_what_is_wrong(pool):
    with pytest.raises(ValueError, match="at least one row"):
        pool(torch.zeros(2, 3, 0, 5))
    with pytest.raises(ValueError, match="batch, classes, height, width"):
        pool(torch.zeros(3, 5, 7))
    with pytest.raises(TypeError, match="floating"):
        pool(torch.zeros(2, 3, 5, 7, dtype=torch.int64))


@pytest.mark.parametrize("r", [1e-2, 1e-3, 1e-4])
def test_small_r_is_as_exact_as_the_docstring_says(r):
    maps = torch.randn(2, 3, 16, 16, dtype=torch.float64)
    exact = lse_pool_logits(maps, r)
    assert (lse_pool_logits(maps.float(), r) - exact).abs().max() < 1e-6 / r


def test_r_must_be_above_zero():
    for r in (0.0, -1.0, math.inf, math.nan):
        with pytest.raises(ValueError, match="r: expected a number above 0"):
            lse_pool_logits(torch.zeros(1, 1, 2, 2), r)


# ------------------------------------------------------------------ class maps


def linear_head(batch=3, channels=5, size=(7, 11), classes=2):
    features = torch.randn(batch, channels, *size, dtype=torch.float64)
    return features.requires_grad_(), nn.Linear(channels, classes).double()


def test_map_by_hand():
    features = torch.tensor([[[[1.0, 2.0]], [[3.0, 5.0]]]])  # (1, 2, 1, 2)
    weight = torch.tensor([[2.0, -1.0], [0.0, 10.0]])
    assert class_activation_map(features, weight, 0).tolist() == [[[-1.0, -1.0]]]
    assert class_activation_map(features, weight, 1).tolist() == [[[30.0, 50.0]]]


def test_head_before_and_after_the_pool_are_one():
    features, head = linear_head()
    logits = head(features.mean(dim=(2, 3)))
    for k in range(2):
        map_ = class_activation_map(features, head.weight, k)
        torch.testing.assert_close(map_.mean(dim=(1, 2)) + head.bias[k], logits[:, k])
    early = nn.functional.conv2d(features, head.weight[:, :, None, None], head.bias)
    torch.testing.assert_close(average_pool_logits(early), logits)


def test_grad_cam_times_patches_is_the_rectified_map():
    features, head = linear_head()
    classes = torch.tensor([1, 0, 1])
    got = grad_cam(features, head(features.mean(dim=(2, 3))), classes)
    wanted = class_activation_map(features, head.weight, classes).relu()
    torch.testing.assert_close(got * 7 * 11, wanted)


def test_a_class_for_each_picture_or_one_for_all():
    features, head = linear_head()
    logits = head(features.mean(dim=(2, 3)))
    mixed = class_activation_map(features, head.weight, torch.tensor([0, 1, 1]))
    for row, k in enumerate((0, 1, 1)):
        one = class_activation_map(features, head.weight, k)
        torch.testing.assert_close(mixed[row], one[row])
        torch.testing.assert_close(
            grad_cam(features, logits, torch.tensor([0, 1, 1]))[row],
            grad_cam(features, logits, k)[row],
        )


def test_grad_cam_uses_signed_slopes_and_leaves_no_gradient_behind():
    features = torch.ones(1, 2, 1, 2, requires_grad=True)
    signs = torch.tensor([[[[1.0, -1.0]], [[3.0, 1.0]]]])
    logits = (features * signs).sum(dim=(1, 2, 3), keepdim=True)[:, :, 0, 0]
    # slopes average 0 and 2: magnitudes would give 1 and 2
    assert grad_cam(features, logits, 0).tolist() == [[[2.0, 2.0]]]
    assert features.grad is None


def test_grad_cam_can_be_trained_through():
    features, head = linear_head()
    hidden = features.tanh()
    logits = head((hidden**2).mean(dim=(2, 3)))
    grad_cam(hidden, logits, 1, create_graph=True).sum().backward()
    assert head.weight.grad.abs().sum() > 0


def test_weights_of_grad_cam_carry_no_graph_unless_asked():
    features, head = linear_head()
    hidden = features.tanh()
    logits = head((hidden**2).mean(dim=(2, 3)))
    found = grad_cam(hidden, logits, 1).sum()
    (slope,) = torch.autograd.grad(found, head.weight, allow_unused=True)
    assert slope is None


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"class_index": 2}, ValueError, "classes from 0 to 1"),
        ({"class_index": -1}, ValueError, "at least 0"),
        ({"class_index": torch.tensor([0, 1])}, ValueError, "one class per picture"),
        ({"class_index": torch.tensor([0.0, 1, 1])}, TypeError, "whole numbers"),
        ({"features": torch.zeros(3, 5, 7)}, ValueError, "batch, channels"),
    ],
)
def test_maps_say_what_is_wrong(change, error, message):
    features, head = linear_head()
    call = {"features": features, "class_index": 0, **change}
    with pytest.raises(error, match=message):
        class_activation_map(call["features"], head.weight, call["class_index"])
    with pytest.raises(error, match=message):
        grad_cam(call["features"], head(features.mean(dim=(2, 3))), call["class_index"])


@pytest.mark.parametrize("kind", [torch.uint8, torch.int16])
def test_classes_that_pytorch_takes_for_a_mask_or_refuses_are_refused(kind):
    features, head = linear_head(batch=2)
    logits = head(features.mean(dim=(2, 3)))
    classes = torch.tensor([1, 0], dtype=kind)  # as a mask: the first class twice
    network, images = MapClassifier().eval(), torch.randn(2, 3, 32, 32)
    for call in (
        lambda: class_activation_map(features, head.weight, classes),
        lambda: grad_cam(features, logits, classes),
        lambda: maps_and_hits(network, images, classes),
        lambda: train_map_classifier(network, images, classes, steps=1),
    ):
        with pytest.raises(TypeError, match="expected int64 or int32, got torch"):
            call()


def test_int32_classes_are_the_same_classes():
    images, classes = torch.randn(4, 3, 32, 32), torch.tensor([1, 0, 0, 1])
    found = []
    for given in (classes, classes.int()):
        torch.manual_seed(3)
        network = MapClassifier()
        history = train_map_classifier(network, images, given, steps=7)
        found.append([history, *maps_and_hits(network, images, given)])
    assert all(map(torch.equal, *found))


def test_weight_must_fit_the_channels():
    with pytest.raises(ValueError, match="with one per channel"):
        class_activation_map(torch.zeros(1, 3, 2, 2), torch.zeros(2, 5), 0)


def test_logits_that_do_not_depend_on_the_features_are_named():
    features, head = linear_head()
    logits = head(features.detach().mean(dim=(2, 3)))
    with pytest.raises(ValueError, match="depend on the features"):
        grad_cam(features, logits, 0)
    with torch.no_grad():
        logits = head(features.mean(dim=(2, 3)))
    with pytest.raises(ValueError, match=r"without detach\(\) or torch.no_grad\(\)"):
        grad_cam(features, logits, 0)


# --------------------------------------------------------------- the classifier


@pytest.mark.parametrize("pool", POOLS)
def test_classifier_pools_its_maps(pool):
    model = MapClassifier(classes=5, pool=pool, scale=3.0)
    logits, maps = model(torch.randn(2, 3, 32, 28))
    assert maps.shape == (2, 5, 16, 14)
    torch.testing.assert_close(logits, 3.0 * pool(maps))


def test_classifier_maps_are_class_activation_maps():
    model = MapClassifier(classes=2).eval()
    images = torch.randn(2, 3, 32, 32)
    _, maps = model(images)
    weight = model.scores.weight[:, :, 0, 0]
    got = class_activation_map(model.features(images), weight, 1)
    torch.testing.assert_close(got + model.scores.bias[1], maps[:, 1])


def test_a_patch_sees_nine_pixels():
    model = MapClassifier(strides=(1, 2, 2)).eval()
    images = torch.randn(1, 3, 32, 32, requires_grad=True)
    _, maps = model(images)
    assert maps.shape[2:] == (8, 8)
    maps[0, 0, 4, 4].backward()
    seen = images.grad[0].abs().sum(0) > 0
    assert seen.any(0).sum() == seen.any(1).sum() == 9


def test_a_bounded_map_stays_between_minus_one_and_one():
    free = MapClassifier(scale=3.0).eval()
    bounded = MapClassifier(bounded=True, scale=6.0).eval()
    bounded.load_state_dict(free.state_dict())
    images = torch.randn(2, 3, 12, 20)
    _, maps = free(50 * images)
    logits, squeezed = bounded(50 * images)
    assert maps.abs().max() > 1
    torch.testing.assert_close(squeezed, maps.tanh())
    torch.testing.assert_close(logits, 6.0 * squeezed.mean(dim=(2, 3)))


def test_classifier_says_what_is_wrong():
    with pytest.raises(ValueError, match="strides: expected 3 numbers, got 2"):
        MapClassifier(strides=(1, 2))
    with pytest.raises(ValueError, match="strides"):
        MapClassifier(strides=(1, 0, 1))
    with pytest.raises(ValueError, match="for three colours"):
        MapClassifier()(torch.zeros(1, 1, 8, 8))


class PoolAgainstMaximum(nn.Module):
    """Class 0 has the higher mean, class 1 the highest patch; counts images too."""

    def forward(self, images):
        one = torch.tensor([[2.0, 2.0, 2.0], [0.0, 5.0, 0.0]])  # (classes, patches)
        maps = one[None, :, None].repeat(len(images), 1, 1, 1)
        maps = maps + torch.arange(len(images))[:, None, None, None]
        return maps.mean(dim=(2, 3)), maps


def test_hits_come_from_the_logits_and_maps_are_of_the_own_class():
    classes = torch.tensor([0, 1, 0, 1, 1])
    maps, hits = maps_and_hits(PoolAgainstMaximum(), torch.zeros(5, 3, 2, 7), classes)
    assert hits.tolist() == [True, False, True, False, False]
    assert maps[2].tolist() == [[4.0, 4.0, 4.0]]
    assert maps[3].tolist() == [[3.0, 8.0, 3.0]]


def test_last_sixth_of_the_steps_is_slow(monkeypatch):
    asked = []

    def record(parameters, loss, steps, rate, seed=0):
        asked.append((steps, rate))
        return torch.zeros(steps)

    monkeypatch.setattr(classifier_room, "fit", record)
    images, classes = torch.zeros(7, 3, 8, 8), torch.zeros(7, dtype=torch.int64)
    assert len(train_map_classifier(MapClassifier(), images, classes, 13)) == 13
    assert asked == [(11, classifier_room.FAST), (2, classifier_room.SLOW)]
    assert classifier_room.SLOW < classifier_room.FAST / 5


def test_seed_decides_the_order_of_the_pictures():
    images, classes = torch.randn(101, 3, 6, 6), torch.arange(101) % 2

    def order(seed):
        seen = []

        def note(logits, maps, chosen):
            seen.append(chosen)
            return logits.sum() * 0

        train_map_classifier(MapClassifier(), images, classes, 3, seed, note)
        return torch.cat(seen).tolist()

    one = order(0)
    assert one == order(0) != order(1)
    assert len(one) == 150 and len(set(one[:100])) == 100  # no picture twice


# ---------------------------------------------------------------- attention-MIL


def test_attention_pool_by_hand():
    pool = AttentionPool(2, 1)
    with torch.no_grad():
        pool.hidden.weight.copy_(torch.tensor([[1.0, 0.0]]))
        pool.hidden.bias.zero_()
        pool.score.weight.fill_(1 / math.tanh(1.0))
    features = torch.tensor([[[[0.0, 1.0]], [[4.0, 8.0]]]])  # patches (0,4), (1,8)
    bags, weights = pool(features)
    share = math.e / (1 + math.e)  # scores 0 and 1
    torch.testing.assert_close(weights, torch.tensor([[[1 - share, share]]]))
    torch.testing.assert_close(bags, torch.tensor([[share, 4 + 4 * share]]))


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float32, torch.float64])
def test_attention_pool_is_an_average_in_any_order(dtype):
    pool = AttentionPool(5, 11).to(dtype)
    features = torch.randn(2, 5, 3, 7).to(dtype)
    bags, weights = pool(features)
    assert bags.shape == (2, 5) and weights.shape == (2, 3, 7)
    assert bags.dtype == weights.dtype == dtype
    slack = 2e-2 if dtype == torch.bfloat16 else 1e-5
    torch.testing.assert_close(
        weights.sum((1, 2)), torch.ones(2).to(dtype), atol=slack, rtol=0
    )
    order = torch.randperm(21)
    shuffled = features.flatten(2)[..., order].reshape(features.shape)
    torch.testing.assert_close(pool(shuffled)[0], bags, atol=slack, rtol=slack)
    low, high = features.amin((2, 3)), features.amax((2, 3))
    assert ((bags >= low - slack) & (bags <= high + slack)).all()


def test_attention_pool_has_a_bias_in_the_hidden_layer_only():
    pool = AttentionPool(5, 11)
    assert sum(p.numel() for p in pool.parameters()) == 5 * 11 + 11 + 11


def test_attention_pool_with_nothing_to_say_is_the_average_pool():
    pool = AttentionPool(5, 3)
    nn.init.zeros_(pool.score.weight)
    features = torch.randn(2, 5, 3, 7)
    torch.testing.assert_close(pool(features)[0], average_pool_logits(features))


def test_attention_pool_has_the_right_slope():
    pool = AttentionPool(3, 2).double()
    features = torch.randn(2, 3, 2, 5, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(pool, features)


def test_attention_pool_says_what_is_wrong():
    with pytest.raises(ValueError, match="hidden_size"):
        AttentionPool(3, 0)
    with pytest.raises(ValueError, match="3"):
        AttentionPool(3, 2)(torch.zeros(1, 5, 2, 2))
    with pytest.raises(ValueError, match="at least one"):
        AttentionPool(3, 2)(torch.zeros(1, 3, 0, 2))


@pytest.mark.parametrize(("r", "times"), [(0.25, 0.25), (1.0, 4.0), (16.0, 2.0)])
@pytest.mark.parametrize("kind", ["object", "peak", "two"])
def test_explorer_agrees_with_the_pools(kind, r, times):
    from course_utils.explorers.patch_shares import MAPS, compute
    from course_utils.metrics import effective_keys

    maps = times * torch.tensor([[MAPS[kind]]], dtype=torch.float64)
    maps.requires_grad_()
    logit = lse_pool_logits(maps, r)
    (slope,) = torch.autograd.grad(logit.sum(), maps)
    shown = compute(kind, r, times)
    assert shown["logit"] == pytest.approx(logit.item())
    assert shown["mean"] == pytest.approx(average_pool_logits(maps).item())
    assert shown["top"] == pytest.approx(max_pool_logits(maps).item())
    assert shown["shares"] == pytest.approx(slope.flatten().tolist())
    taught = effective_keys(slope.flatten()[None]).item()
    assert shown["taught"] == pytest.approx(taught)
