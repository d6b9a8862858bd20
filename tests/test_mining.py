"""Attention mining: the soft mask by hand, the loss against loops, both gradients."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from course_utils.class_maps import MapClassifier
from course_utils.guidance import mine_attention, soft_mask


class Brightness(nn.Module):
    """Two classes: score +-gain times the brightness of a pixel, mean over pixels."""

    def __init__(self, gain=1.0):
        super().__init__()
        self.gain = nn.Parameter(torch.tensor(gain, dtype=torch.float64))

    def forward(self, images):
        bright = self.gain * images.mean(dim=1)  # (batch, height, width)
        maps = torch.stack([-bright, bright], dim=1)
        return maps.mean(dim=(2, 3)), maps


def example(batch=3, size=(5, 7)):
    images = torch.randn(batch, 2, 2 * size[0], 3 * size[1], dtype=torch.float64)
    maps = torch.randn(batch, 2, *size, dtype=torch.float64, requires_grad=True)
    return Brightness(), images, maps, torch.arange(batch) % 2


# ------------------------------------------------------------------- the soft mask


def test_soft_mask_by_hand():
    maps = torch.tensor([[[4.0, 2.0, -3.0]], [[0.1, 0.05, 0.02]]], dtype=torch.float64)
    expected = [[1.0, 0.5, 0.0], [1.0, 0.5, 0.2]]
    got = soft_mask(maps, sigma=0.3, omega=7)
    for row, levels in zip(got[:, 0], expected, strict=True):
        by_hand = [1 / (1 + math.exp(-7 * (level - 0.3))) for level in levels]
        assert row.tolist() == pytest.approx(by_hand, abs=1e-12)


def test_a_soft_mask_knows_no_scale_and_no_neighbour():
    maps = torch.randn(3, 5, 7, dtype=torch.float64)
    together = soft_mask(maps)
    torch.testing.assert_close(soft_mask(1000 * maps), together)
    torch.testing.assert_close(soft_mask(1e-6 * maps), together)
    for alone, one in zip(together, maps, strict=True):
        torch.testing.assert_close(soft_mask(one[None])[0], alone)
    louder = maps * torch.tensor([1.0, 50.0, 0.01])[:, None, None]
    torch.testing.assert_close(soft_mask(louder), together)


def test_the_defaults_of_the_soft_mask():
    got = soft_mask(torch.tensor([[[2.0, 1.0, 0.5]]]))
    by_hand = [1 / (1 + math.exp(-10 * (level - 0.5))) for level in (1, 0.5, 0.25)]
    assert got[0, 0].tolist() == pytest.approx(by_hand, abs=1e-6)


def test_sigma_is_half_hidden_and_omega_sharpens():
    maps = torch.tensor([[[1.0, 0.25, 0.5]]])
    assert soft_mask(maps, 0.25, 3)[0, 0, 1] == 0.5
    sharp = soft_mask(maps, 0.4, 1000.0)
    assert sharp.round().tolist() == [[[1, 0, 1]]]
    assert (sharp - sharp.round()).abs().max() < 1e-6


@pytest.mark.parametrize("value", [0.0, -2.0])
def test_a_map_with_nothing_above_zero_hides_little_and_stays_finite(value):
    maps = torch.full((2, 3, 5), value, requires_grad=True)
    hidden = soft_mask(maps, sigma=0.5, omega=10)
    assert hidden.max().item() == pytest.approx(1 / (1 + math.exp(5)))
    hidden.sum().backward()
    assert maps.grad.isfinite().all()


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
def test_soft_mask_keeps_the_type(dtype):
    maps = torch.randn(2, 3, 5).to(dtype)
    got = soft_mask(maps * 1e-3)
    assert got.dtype == dtype
    torch.testing.assert_close(got.float(), soft_mask(maps.float()), atol=0.02, rtol=0)


def test_gradients_of_the_soft_mask():
    maps = torch.rand(2, 3, 5, dtype=torch.float64) + 0.1
    assert torch.autograd.gradcheck(soft_mask, maps.requires_grad_())


# ------------------------------------------------------------------------ the loss


def by_loops(network, images, maps, classes, sigma, omega):
    """One picture at a time, maps repeated: for maps of the pictures' size."""
    total = 0.0
    for image, own, label in zip(images, maps, classes.tolist(), strict=True):
        level = own[label].clamp(min=0)
        level = level / level.max()
        rest = image.clone()
        for i in range(rest.shape[1]):
            for j in range(rest.shape[2]):
                hide = 1 / (1 + math.exp(-omega * (level[i, j].item() - sigma)))
                rest[:, i, j] *= 1 - hide
        logits, _ = network(rest[None])
        powers = logits[0].exp()
        total += (powers[label] / powers.sum()).item()
    return total / len(images)


def test_the_loss_agrees_with_loops():
    network, images, _, classes = example()
    maps = torch.randn(3, 2, 10, 21, dtype=torch.float64, requires_grad=True)
    got = mine_attention(network, images, maps, classes, sigma=0.2, omega=5)
    wanted = by_loops(network, images, maps, classes, 0.2, 5)
    assert got.item() == pytest.approx(wanted, abs=1e-12)


def enlarge_by_hand(row, size):
    """Linear between the middles of the patches, level beyond the outer ones."""
    ratio = size / len(row)
    middles = [ratio * (i + 0.5) for i in range(len(row))]
    return np.interp([i + 0.5 for i in range(size)], middles, row)


def test_a_small_map_is_enlarged_linearly_between_the_middles_of_its_patches():
    network, images, maps, classes = example(3, (2, 3))  # pictures of 4 by 9
    small = maps.detach().numpy()
    down = np.apply_along_axis(enlarge_by_hand, 2, small, 4)
    large = np.apply_along_axis(enlarge_by_hand, 3, down, 9)
    got = mine_attention(network, images, maps, classes, sigma=0.2, omega=5)
    wanted = by_loops(network, images, torch.from_numpy(large), classes, 0.2, 5)
    assert got.item() == pytest.approx(wanted, abs=1e-12)


class Shared(nn.Module):
    """Two layers with one weight, and a counter that is not in the state."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(2, 2, 1)
        self.second = nn.Conv2d(2, 2, 1)
        self.second.weight = self.first.weight
        self.register_buffer("calls", torch.zeros(()), persistent=False)

    def forward(self, images):
        self.calls += 1
        maps = self.second(self.first(images))
        return maps.mean(dim=(2, 3)), maps


def test_held_networks_may_share_weights_and_keep_every_buffer():
    torch.manual_seed(0)
    network, images = Shared(), torch.randn(3, 2, 4, 6)
    _, maps = network(images)
    loss = mine_attention(network, images, maps, torch.tensor([0, 1, 1]))
    assert network.calls == 1
    loss.backward()
    assert (network.first.weight.grad != 0).any()


def test_only_the_map_of_the_own_class_counts():
    network, images, maps, classes = example()
    mine_attention(network, images, maps, classes).backward()
    rows = torch.arange(3)
    assert (maps.grad[rows, classes] != 0).any()
    assert (maps.grad[rows, 1 - classes] == 0).all()


def test_the_second_look_is_held_still_unless_shared():
    network, images, maps, classes = example()
    held = mine_attention(network, images, maps, classes)
    held.backward()
    assert network.gain.grad is None
    through_map = maps.grad.clone()
    assert through_map.abs().sum() > 0
    maps.grad = None
    shared = mine_attention(network, images, maps, classes, shared=True)
    shared.backward()
    assert network.gain.grad != 0
    torch.testing.assert_close(maps.grad, through_map)
    assert shared.item() == pytest.approx(held.item(), abs=1e-12)


def test_complements_enter_the_statistics_only_when_shared():
    torch.manual_seed(0)
    network = MapClassifier(channels=5)
    images, classes = torch.randn(3, 3, 8, 12), torch.tensor([0, 1, 1])
    _, maps = network(images)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    mine_attention(network, images, maps, classes)
    after = network.state_dict()
    assert all(torch.equal(value, after[name]) for name, value in before.items())
    mine_attention(network, images, maps, classes, shared=True)
    assert not all(torch.equal(value, after[name]) for name, value in before.items())


def test_covering_the_evidence_lowers_the_loss():
    images = torch.zeros(1, 1, 4, 6, dtype=torch.float64)
    images[0, 0, 1:3, 2:5] = 9.0  # bright: class 1
    over = torch.zeros(1, 2, 4, 6, dtype=torch.float64)
    over[0, 1, 1:3, 2:5] = 1.0
    beside = over.roll(3, dims=3)
    network, one = Brightness(), torch.tensor([1])
    with torch.no_grad():
        covered = mine_attention(network, images, over, one)
        missed = mine_attention(network, images, beside, one)
    assert covered < 0.51 < 0.8 < missed


def test_gradcheck_through_map_and_pictures():
    network, images, maps, classes = example(2, (2, 3))
    images.requires_grad_()
    maps = (maps.detach() + 3).requires_grad_()  # away from the corner of the ReLU
    assert torch.autograd.gradcheck(
        lambda i, m: mine_attention(network, i, m, classes[:2]), (images, maps)
    )


def test_it_works_with_the_network_of_the_lessons():
    torch.manual_seed(0)
    network = MapClassifier(channels=8)
    images = torch.randn(3, 3, 8, 12)
    _, maps = network(images)
    loss = mine_attention(network, images, maps, torch.tensor([0, 1, 1]))
    assert loss.shape == () and 0 < loss.item() < 1
    loss.backward()
    assert all((p.grad != 0).any() for p in network.parameters() if p.ndim > 1)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"images": torch.zeros(3, 10, 21)}, ValueError, "batch, channels"),
        ({"images": torch.zeros(2, 2, 10, 21)}, ValueError, "one picture each"),
        ({"maps": torch.zeros(3, 5, 7)}, ValueError, "batch, classes, h, w"),
        ({"maps": torch.zeros(3, 2, 5, 7)}, ValueError, "carry a gradient"),
        ({"classes": torch.tensor([0, 1, 2])}, ValueError, "from 0 to 1"),
        ({"classes": torch.tensor([0, 1])}, ValueError, "one class per picture"),
        ({"classes": torch.tensor([0, 1, 1]).byte()}, TypeError, "int64 or int32"),
        ({"classes": torch.tensor([0.0, 1.0, 1.0])}, TypeError, "whole numbers"),
        ({"sigma": 1.5}, ValueError, "sigma"),
        ({"omega": 0.0}, ValueError, "omega"),
    ],
)
def test_mining_says_what_is_wrong(change, error, message):
    network, images, maps, classes = example()
    call = {"images": images, "maps": maps, "classes": classes, **change}
    with pytest.raises(error, match=message):
        mine_attention(network, **call)


def test_a_map_without_pixels_is_refused():
    with pytest.raises(ValueError, match="at least one row"):
        soft_mask(torch.zeros(2, 0, 5))
