"""The dilated ResNet against torchvision's, strided and dilated."""

import pytest
import torch
from torch import nn

from course_utils.conv_attention import dilated_backbone
from course_utils.torchvision_peer import import_torchvision

models = import_torchvision().models


def strided_features(name):
    torch.manual_seed(3)
    network = getattr(models, name)(weights=None).eval()
    for layer in network.modules():
        if isinstance(layer, nn.BatchNorm2d):  # residual sums grow; keep them small
            nn.init.constant_(layer.weight, 0.5)
    return network, nn.Sequential(*list(network.children())[:-2])


@pytest.mark.parametrize(
    ("name", "size", "shape"),
    [
        ("resnet18", (64, 96), (512, 8, 12)),
        ("resnet18", (61, 45), (512, 8, 6)),
        ("resnet34", (37, 53), (512, 5, 7)),
        ("resnet50", (41, 67), (2048, 6, 9)),
    ],
)
def test_every_fourth_place_is_what_the_strided_network_sees(name, size, shape):
    strided, its_features = strided_features(name)
    backbone = dilated_backbone(name).eval()
    left = backbone.load_state_dict(strided.state_dict(), strict=False)
    assert left.missing_keys == []
    assert left.unexpected_keys == ["fc.weight", "fc.bias"]
    images = torch.randn(2, 3, *size)
    with torch.no_grad():
        features, coarse = backbone(images), its_features(images)
    assert features.shape == (2, *shape)
    assert torch.allclose(features[:, :, ::4, ::4], coarse, rtol=1e-4, atol=1e-5)


def test_equals_what_torchvision_offers_for_bottlenecks():
    dilated = [False, True, True]
    peer = models.resnet50(weights=None, replace_stride_with_dilation=dilated).eval()
    backbone = dilated_backbone("resnet50").eval()
    backbone.load_state_dict(peer.state_dict(), strict=False)
    images = torch.randn(1, 3, 43, 59)
    with torch.no_grad():
        expected = nn.Sequential(*list(peer.children())[:-2])(images)
        assert torch.equal(backbone(images), expected)


def test_as_many_weights_as_the_strided_network_without_its_classifier():
    count = sum(weights.numel() for weights in dilated_backbone().parameters())
    assert count == 25_557_032 - (2048 * 1000 + 1000)


def test_says_which_networks_there_are():
    with pytest.raises(
        ValueError, match="name: expected one of 'resnet18', 'resnet34'"
    ):
        dilated_backbone("vgg16")
