"""Features of an image at an eighth of its size, from a ResNet without its head.

A ResNet halves its map five times and ends at 1/32. Attention between places wants
more places: the last two stages give up their stride and dilate instead. Each place
sees what it saw before, the weights fit unchanged, and there are 16 times as many
places. This is the practice of segmentation networks; no weights are downloaded.
"""

from collections import OrderedDict

from torch import nn

from course_utils.arguments import require_choice, require_count, require_instance
from course_utils.torchvision_peer import import_torchvision

RESNETS = ("resnet18", "resnet34", "resnet50", "resnet101", "resnet152")


def dilated_backbone(name: str = "resnet50") -> nn.Module:
    """Return a network from images (batch, 3, H, W) to features at 1/8 of the size.

    The features have shape (batch, 512, H / 8, W / 8) for resnet18 and resnet34,
    (batch, 2048, H / 8, W / 8) for the others, rounded up. The weights are random;
    those of a strided network of the same name load into it.

    Raises:
        ValueError: a name that is no such ResNet.
        ModuleNotFoundError: torchvision is not installed.

    Source: Yu, Koltun and Funkhouser, Dilated Residual Networks, 2017,
        arXiv 1705.09914; the ResNet is torchvision's.
    """
    require_choice("name", name, RESNETS)
    network = getattr(import_torchvision().models, name)(weights=None)
    dilate(network.layer3, first=1, then=2)
    dilate(network.layer4, first=2, then=4)
    parts = list(network.named_children())
    return nn.Sequential(OrderedDict(parts[:-2]))  # no pooling, no classifier


def dilate(stage: nn.Module, first: int, then: int) -> None:
    """Take the stride out of a ResNet stage, in place, and dilate what follows.

    The 3 by 3 convolution that halved the map keeps its neighbours ``first`` places
    apart. Those after it stand on a grid twice as fine: ``then`` places apart.
    """
    require_instance("stage", stage, nn.Module)
    require_count("first", first)
    require_count("then", then)
    for layer in stage.modules():
        if isinstance(layer, nn.Conv2d):
            apart = first if layer.stride == (2, 2) else then
            layer.stride = (1, 1)
            if layer.kernel_size == (3, 3):
                layer.dilation = layer.padding = (apart, apart)
