"""Gates over channels and places: by hand, at the edges, against torchvision."""

import importlib.util

import pytest
import torch
from torch import nn

from course_utils.conv_attention import (
    ChannelSpatialGate,
    SpatialGate,
    SqueezeExcitation,
)
from course_utils.experiments import FOLDER, load
from course_utils.torchvision_peer import import_torchvision

BATCH, CHANNELS, HEIGHT, WIDTH, REDUCTION = 2, 7, 3, 5, 3  # 7 // 3 = 2 hidden units
SHAPE = (BATCH, CHANNELS, HEIGHT, WIDTH)
FLOATS = [torch.float16, torch.bfloat16, torch.float32, torch.float64]


def randn(*shape, **options):
    return torch.randn(*shape, dtype=torch.float64, **options)


def layers():
    return {
        "channel": SqueezeExcitation(CHANNELS, REDUCTION),
        "channel, no bias": SqueezeExcitation(CHANNELS, REDUCTION, bias=False),
        "place": SpatialGate(CHANNELS),
        "place, no bias": SpatialGate(CHANNELS, bias=False),
        "sum": ChannelSpatialGate(CHANNELS, REDUCTION),
        "larger": ChannelSpatialGate(CHANNELS, REDUCTION, combine="max"),
    }


ALL = list(layers())
SINGLE = [name for name in ALL if name.startswith(("channel", "place"))]


def logit(value):
    return torch.logit(torch.tensor(value)).item()


# --------------------------------------------------------------------- by hand


def test_channel_gate_by_hand():
    """Averages 2 and 5; one hidden unit sees 5 - 2 = 3 and opens channel 1 only."""
    layer = SqueezeExcitation(2, 2, bias=False)
    with torch.no_grad():
        layer.squeeze.weight.copy_(torch.tensor([[-1.0, 1.0]]))
        layer.excite.weight.copy_(torch.tensor([[logit(0.25) / 3], [logit(0.9) / 3]]))
    features = torch.tensor([[[[1.0, 3.0]], [[4.0, 6.0]]]])  # (1, 2, 1, 2)
    gate = layer.gate(features)
    torch.testing.assert_close(gate, torch.tensor([0.25, 0.9]).view(1, 2, 1, 1))
    expected = torch.tensor([[[[0.25, 0.75]], [[3.6, 5.4]]]])
    torch.testing.assert_close(layer(features), expected)


def test_channel_gate_forgets_what_the_hidden_unit_cuts_off():
    layer = SqueezeExcitation(2, 2, bias=False)
    with torch.no_grad():
        layer.squeeze.weight.copy_(torch.tensor([[-1.0, 1.0]]))
    features = torch.tensor([[[[5.0]], [[2.0]]]])  # 2 - 5 is below 0
    assert layer.gate(features).flatten().tolist() == [0.5, 0.5]


def test_place_gate_by_hand():
    layer = SpatialGate(2)
    with torch.no_grad():
        layer.score.weight.copy_(torch.tensor([1.0, -2.0]).view(1, 2, 1, 1))
        layer.score.bias.fill_(0.5)
    features = torch.tensor([[[[1.5, 0.5]], [[1.0, 2.0]]]])  # scores 0 and -3
    gate = layer.gate(features)
    expected = torch.tensor([[[[0.5, 0.047425873]]]])
    torch.testing.assert_close(gate, expected)
    torch.testing.assert_close(layer(features), features * expected)


def test_both_conventions_of_scse():
    features = randn(SHAPE)
    summed = ChannelSpatialGate(CHANNELS, REDUCTION).double()
    larger = ChannelSpatialGate(CHANNELS, REDUCTION, combine="max").double()
    larger.load_state_dict(summed.state_dict())
    s = summed.channel_gate.gate(features)  # (batch, channels, 1, 1)
    g = summed.spatial_gate.gate(features)  # (batch, 1, height, width)
    torch.testing.assert_close(summed(features), features * (s + g))
    wider, narrower = torch.maximum(s, g), torch.minimum(s, g)
    expected = features * torch.where(features >= 0, wider, narrower)
    torch.testing.assert_close(larger(features), expected)


# ------------------------------------------------------------ somebody else's SE


def test_squeeze_excitation_equals_torchvision_with_copied_weights():
    layer = SqueezeExcitation(CHANNELS, REDUCTION).double()
    peer = import_torchvision().ops.SqueezeExcitation(CHANNELS, 2).double()
    with torch.no_grad():
        for ours, theirs in [(layer.squeeze, peer.fc1), (layer.excite, peer.fc2)]:
            theirs.weight.copy_(ours.weight[:, :, None, None])
            theirs.bias.copy_(ours.bias)
    features = randn(SHAPE)
    torch.testing.assert_close(layer(features), peer(features))


def test_place_gate_by_loops():
    layer, features = SpatialGate(CHANNELS).double(), randn(SHAPE)
    gate = layer.gate(features)
    weights, bias = layer.score.weight.flatten(), layer.score.bias
    for b in range(BATCH):
        for i in range(HEIGHT):
            for j in range(WIDTH):
                score = (weights * features[b, :, i, j]).sum() + bias
                expected = 1 / (1 + torch.exp(-score))
                torch.testing.assert_close(gate[b, 0, i, j], expected[0])


def test_parameters_of_the_papers():
    def count(model):
        return sum(weights.numel() for weights in model.parameters())

    models = import_torchvision().models
    for bias, added in [(False, 2_514_944), (True, 2_530_992)]:
        with torch.device("meta"):
            model = models.resnet50()
            before = count(model)
            for block in list(model.modules()):
                if isinstance(block, models.resnet.Bottleneck):
                    gate = SqueezeExcitation(block.bn3.num_features, 16, bias)
                    block.bn3 = nn.Sequential(block.bn3, gate)
        assert before == 25_557_032
        assert count(model) - before == added
    assert count(SpatialGate(CHANNELS)) == CHANNELS + 1
    assert count(SpatialGate(CHANNELS, bias=False)) == CHANNELS
    scse = ChannelSpatialGate(CHANNELS, REDUCTION)
    assert count(scse) == 2 * 7 * 2 + 2 + 7 + 8


# --------------------------------------------------------- what a gate can never do


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("dtype", FLOATS)
def test_shape_type_range_and_arguments(name, dtype):
    layer = layers()[name].to(dtype)
    features = randn(SHAPE).to(dtype)
    copy = features.clone()
    output = layer(features)
    assert output.shape == SHAPE and output.dtype == dtype
    assert torch.equal(features, copy)
    assert (output.abs() <= 2 * features.abs()).all()
    assert (output * features >= 0).all()  # a gate never turns a sign
    if name in SINGLE:
        gate = layer.gate(features)
        assert gate.dtype == dtype and ((gate >= 0) & (gate <= 1)).all()
        assert torch.equal(output, features * gate)


@pytest.mark.parametrize("name", ALL)
def test_shuffled_places_shuffle_the_output_and_nothing_else(name):
    layer, features = layers()[name].double(), randn(SHAPE)
    order = torch.randperm(HEIGHT * WIDTH)
    shuffled = features.flatten(2)[..., order].view(SHAPE)
    expected = layer(features).flatten(2)[..., order].view(SHAPE)
    torch.testing.assert_close(layer(shuffled), expected)


@pytest.mark.parametrize("name", ALL)
def test_samples_of_a_batch_do_not_see_each_other(name):
    layer, features = layers()[name].double(), randn(SHAPE)
    alone = torch.cat([layer(features[:1]), layer(features[1:])])
    torch.testing.assert_close(layer(features), alone)


def test_who_reads_what():
    features = randn(SHAPE)
    changed = features.clone()
    changed[:, :, 0, 0] += 1.0
    channel, place = (layers()[name].double() for name in ("channel", "place"))
    assert not torch.equal(channel.gate(features), channel.gate(changed))
    moved = place.gate(features) != place.gate(changed)
    assert moved[:, :, 0, 0].all() and moved.sum() == BATCH


@pytest.mark.parametrize("name", ALL)
def test_zero_stays_zero(name):
    features = randn(SHAPE).masked_fill(torch.rand(SHAPE) < 0.5, 0.0)
    output = layers()[name].double()(features)
    assert torch.equal(output == 0, features == 0)


def test_extreme_scores_are_not_cut_off():
    layer = SpatialGate(2, bias=False).double()
    with torch.no_grad():
        layer.score.weight.fill_(1.0)
    gate = layer.gate(torch.full((1, 2, 1, 1), -30.0, dtype=torch.float64))
    assert gate.item() == pytest.approx(8.7565e-27, rel=1e-4)  # exp(-60)


def test_both_gates_of_scse_start_as_they_do_alone():
    torch.manual_seed(3)
    both = ChannelSpatialGate(CHANNELS, REDUCTION)
    torch.manual_seed(3)
    alone = SqueezeExcitation(CHANNELS, REDUCTION), SpatialGate(CHANNELS)
    parts = [p for layer in alone for p in layer.parameters()]
    assert all(map(torch.equal, both.parameters(), parts))


# ------------------------------------------------------------ gradients and edges


@pytest.mark.parametrize("name", ALL)
def test_gradients(name):
    layer = layers()[name].double()
    features = randn(SHAPE, requires_grad=True)
    assert torch.autograd.gradcheck(layer, features)
    for part in layer.modules():  # a hidden unit that is off has no gradient
        if isinstance(part, SqueezeExcitation):
            part.squeeze.weight.data.abs_()
    layer(features.abs()).square().sum().backward()
    for weights in layer.parameters():
        assert weights.grad.isfinite().all() and weights.grad.abs().sum() > 0


@pytest.mark.parametrize("name", ALL)
def test_no_sample_one_cell_and_extreme_numbers(name):
    layer = layers()[name]
    assert layer(torch.zeros(0, CHANNELS, 3, 5)).shape == (0, CHANNELS, 3, 5)
    assert layer(torch.zeros(1, CHANNELS, 1, 1)).shape == (1, CHANNELS, 1, 1)
    for size in (1e-30, 1e30):
        features = (size * torch.randn(SHAPE)).requires_grad_()
        output = layer(features)
        assert output.isfinite().all()
        output.sum().backward()
        assert features.grad.isfinite().all()


@pytest.mark.parametrize("name", ALL)
def test_on_another_device(name):
    layer = layers()[name].to("meta")
    assert layer(torch.zeros(SHAPE, device="meta")).device.type == "meta"


# ---------------------------------------------------------------------- messages


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    ("features", "error", "message"),
    [
        ([[1.0]], TypeError, "features: expected a torch.Tensor, got list"),
        (torch.zeros(2, 7, 3, 5).long(), TypeError, "features: expected floating-p"),
        (torch.zeros(7, 3, 5), ValueError, r"features: expected shape \(batch, chan"),
        (torch.zeros(2, 3, 5, 7), ValueError, r"expected shape \(2, 7, 5, 7\) as this"),
        (torch.zeros(2, 7, 0, 5), ValueError, "features: expected at least one row"),
    ],
)
def test_layers_say_what_is_wrong(name, features, error, message):
    with pytest.raises(error, match=message):
        layers()[name](features)


def test_a_reduction_that_leaves_nothing_is_refused():
    message = "channels: expected at least 16, the reduction, got 7"
    for make in (SqueezeExcitation, ChannelSpatialGate):
        with pytest.raises(ValueError, match=message):
            make(7, 16)
    with pytest.raises(ValueError, match="at least 16"):
        SqueezeExcitation(7)  # the default of the paper
    with pytest.raises(ValueError, match="reduction: expected at least 1, got 0"):
        SqueezeExcitation(7, 0)
    assert SqueezeExcitation(7, 7).squeeze.out_features == 1


@pytest.mark.parametrize("make", [SqueezeExcitation, SpatialGate, ChannelSpatialGate])
def test_channels_must_be_a_count(make):
    with pytest.raises(ValueError, match="channels: expected at least 1, got 0"):
        make(0)
    with pytest.raises(TypeError, match="channels: expected a whole number"):
        make(2.5)


def test_unknown_combination_is_named():
    with pytest.raises(ValueError, match="combine: expected one of 'add', 'max'"):
        ChannelSpatialGate(7, 2, combine="mean")


# ------------------------------------------------------------- stored experiment


def test_stored_combinations_come_out_again():
    path = FOLDER / "gate_combinations.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    stored = load("gate_combinations").rows
    settings = ("combination", "read_out", "steps", "seed")
    keys = {tuple(row[name] for name in settings) for row in stored}
    assert len(keys) == len(stored) == 3 * 2 * 2 * 5
    for combination in ("one after the other", "sum", "larger"):
        key = (combination, "linear", 300, 0)
        (row,) = (r for r in stored if tuple(r[name] for name in settings) == key)
        got = script.accuracy(*key)
        assert got == pytest.approx(row["accuracy"], abs=0.02)
