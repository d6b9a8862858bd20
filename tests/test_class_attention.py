"""Class attention: a learned query per head over the places of a feature map."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from course_utils.class_attention import (
    ClassAttention,
    ClassAttentionNetwork,
    as_weights,
    train_class_attention,
)
from course_utils.conv_attention import as_tokens
from course_utils.worlds import cluttered_digits


def attention_of(channels: int, heads: int) -> ClassAttention:
    """Return a layer whose every number is random, biases too."""
    torch.manual_seed(2)
    layer = ClassAttention(channels, heads)
    for parameter in layer.parameters():
        nn.init.normal_(parameter, std=0.7)
    return layer


def test_by_hand():
    layer = ClassAttention(1, 1)
    layer.norm = nn.Identity()
    with torch.no_grad():
        layer.query.fill_(math.log(2))
        layer.key.weight.fill_(1.0)
        layer.key.bias.fill_(0.0)
        layer.value.weight.fill_(3.0)
        layer.value.bias.fill_(1.0)
    features = torch.tensor([[[[0.0, 1.0, 2.0]]]])  # one row of three places
    found, scores = layer(features)
    # scores 0, ln 2, 2 ln 2: weights 1/7, 2/7, 4/7; values 1, 4, 7
    assert scores[0, 0, 0].tolist() == pytest.approx([0, math.log(2), 2 * math.log(2)])
    assert as_weights(scores)[0, 0, 0].tolist() == pytest.approx([1 / 7, 2 / 7, 4 / 7])
    assert found.item() == pytest.approx((1 + 8 + 28) / 7)


def test_agrees_with_pytorch_s_attention():
    channels, heads = 15, 5
    layer = attention_of(channels, heads)
    features = torch.randn(2, channels, 7, 11)
    found, scores = layer(features)
    tokens = layer.norm(as_tokens(features))
    peer = nn.MultiheadAttention(channels, heads, batch_first=True)
    with torch.no_grad():
        peer.in_proj_weight.copy_(
            torch.cat([torch.eye(channels), layer.key.weight, layer.value.weight])
        )
        peer.in_proj_bias.copy_(
            torch.cat([torch.zeros(channels), layer.key.bias, layer.value.bias])
        )
        peer.out_proj.weight.copy_(torch.eye(channels))
        peer.out_proj.bias.zero_()
    asks = layer.query.flatten().expand(2, 1, channels)
    wanted, weights = peer(asks, tokens, tokens, average_attn_weights=False)
    torch.testing.assert_close(found, wanted[:, 0])
    got = as_weights(scores).flatten(2)
    torch.testing.assert_close(got, weights[:, :, 0])


def test_a_picture_is_answered_from_itself_and_places_keep_their_order():
    layer = attention_of(6, 3)
    features = torch.randn(5, 6, 7, 2)
    found, scores = layer(features)
    alone, own = layer(features[3:4])
    torch.testing.assert_close(alone, found[3:4])
    torch.testing.assert_close(own, scores[3:4])
    moved, turned = layer(features.flip(2))
    torch.testing.assert_close(turned, scores.flip(2))
    torch.testing.assert_close(moved, found)  # it does not know where it looks


def test_gradient_is_that_of_the_value():
    layer = attention_of(6, 2).double()
    features = torch.randn(2, 6, 3, 5, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(layer, (features,))


def test_weights_stay_finite_for_huge_scores():
    scores = torch.tensor([[[[1e4, -1e4, 1e4]]]])
    assert as_weights(scores)[0, 0, 0].tolist() == [0.5, 0.0, 0.5]
    half = torch.randn(2, 3, 5, 7).half()
    assert as_weights(half).dtype == torch.float16
    assert as_weights(torch.randn(2, 3, 5, 7)).sum((2, 3)) == pytest.approx(
        torch.ones(2, 3)
    )


def test_network_names_classes_and_shows_maps_at_half_the_size():
    network = ClassAttentionNetwork(classes=7, channels=6, heads=3)
    logits, scores = network(torch.randn(5, 1, 22, 14))
    assert logits.shape == (5, 7)
    assert scores.shape == (5, 3, 11, 7)


def test_a_place_sees_eleven_pixels():
    network = ClassAttentionNetwork(channels=8, heads=2).eval()
    image = torch.randn(1, 1, 40, 40, requires_grad=True)
    network(image)[1][0, :, 10, 10].sum().backward()
    rows = image.grad[0, 0].abs().sum(dim=1).nonzero().flatten()
    assert len(rows) == 11 and rows.float().mean() == 20


def trained_on(classes=None, decide=1.0):
    classes = torch.arange(3) if classes is None else classes
    network, images = ClassAttentionNetwork(10, 8, 2), torch.rand(3, 1, 8, 8)
    return train_class_attention(network, images, classes, 2, decide=decide)


def test_classes_may_be_int32():
    torch.manual_seed(0)
    first = trained_on(torch.arange(3))
    torch.manual_seed(0)
    assert torch.equal(trained_on(torch.arange(3).int()), first)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: ClassAttention(10, 4), ValueError, "divides channels = 10"),
        (lambda: ClassAttention(0), ValueError, "channels: expected at least 1"),
        (lambda: ClassAttention(6, 2)(torch.zeros(2, 5, 3, 3)), ValueError, "(2, 6"),
        (lambda: ClassAttention(6, 2)(torch.zeros(2, 6, 0, 3)), ValueError, "one row"),
        (lambda: as_weights(torch.zeros(3, 5)), ValueError, "batch, channels"),
        (lambda: as_weights(torch.zeros(1, 1, 0, 5)), ValueError, "at least one row"),
        (
            lambda: ClassAttentionNetwork()(torch.zeros(2, 3, 8, 8)),
            ValueError,
            "grey pictures",
        ),
        (
            lambda: train_class_attention(
                ClassAttentionNetwork(),
                torch.zeros(3, 1, 8, 8),
                torch.zeros(2, dtype=torch.int64),
            ),
            ValueError,
            "one class per picture",
        ),
        (lambda: trained_on(torch.zeros(3)), TypeError, "classes: expected int64"),
        (lambda: trained_on(torch.zeros(3).byte()), TypeError, "expected int64"),
        (lambda: trained_on(decide=-1.0), ValueError, "decide: expected"),
    ],
)
def test_says_what_is_wrong(call, error, message):
    with pytest.raises(error, match=message.replace("(", r"\(")):
        call()


# -------------------------------------------------------------------- training


def small_world():
    world = cluttered_digits(60, clutter=0, seed=3)
    return world.images, world.digits


def test_training_learns_and_hands_scores_and_steps_to_the_further_loss():
    images, digits = small_world()
    torch.manual_seed(0)
    network = ClassAttentionNetwork(channels=16)
    seen = []

    def extra(scores, step):
        seen.append((step, tuple(scores.shape)))
        return 0.0 * scores.sum()

    history = train_class_attention(network, images, digits, 60, extra=extra)
    assert seen == [(step, (50, 4, 14, 14)) for step in range(60)]
    assert history[-10:].mean() < 0.7 * history[:5].mean()
    assert not network.training


def test_a_further_loss_of_nothing_changes_nothing_and_a_seed_repeats():
    images, digits = small_world()
    runs = []
    for extra in (None, lambda scores, step: 0.0 * scores.sum()):
        torch.manual_seed(1)
        network = ClassAttentionNetwork(channels=8)
        runs.append(train_class_attention(network, images, digits, 5, 4, extra))
    torch.testing.assert_close(*runs)


def test_the_last_quarter_of_the_steps_is_slow(monkeypatch):
    images, digits = small_world()
    seen = []

    class Spy(torch.optim.Adam):
        def step(self, *arguments, **options):
            seen.append(self.param_groups[0]["lr"])
            return super().step(*arguments, **options)

    monkeypatch.setattr(torch.optim, "Adam", Spy)
    train_class_attention(ClassAttentionNetwork(channels=8), images, digits, 8)
    assert seen == [3e-3] * 6 + [4e-4] * 2


def test_the_classifier_does_not_feel_the_size_of_what_was_found():
    torch.manual_seed(0)
    network = ClassAttentionNetwork(channels=8).eval()
    found = torch.randn(3, 8)
    torch.testing.assert_close(
        network.decide(1000 * found), network.decide(7 * found), atol=1e-3, rtol=1e-3
    )


def test_without_cross_entropy_only_the_further_loss_is_left():
    images, digits = small_world()
    torch.manual_seed(1)
    network = ClassAttentionNetwork(channels=8)
    before = network.decide[1].weight.clone()
    history = train_class_attention(
        network,
        images,
        digits,
        3,
        extra=lambda scores, step: scores.square().mean(),
        decide=0.0,
    )
    with torch.no_grad():
        logits, _ = network(images)
    assert history[0] < F.cross_entropy(logits, digits)
    torch.testing.assert_close(network.decide[1].weight, before)
