"""Which region made the decision: class maps, and the pools that turn them to logits.

A picture is a bag of patches; a map gives every patch a score for every class. A
pool makes one logit of a map:

    average   mean over patches            every patch counts as an instance
    LSE_r     1/r ln mean exp(r score)     the higher r, the fewer patches count
    maximum   highest score                one patch stands for the picture

and mean <= LSE_r <= maximum. With a linear head after an average, moving the head
before it changes nothing: sum_k w_k mean(f_k) = mean(sum_k w_k f_k), and the map
inside the last mean is the class-activation map. Shapes by axis name: features
(batch, channels, height, width), maps (batch, classes, height, width).
"""

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from course_utils.arguments import (
    require_count,
    require_positive,
    require_size,
    require_tensor,
)


def average_pool_logits(maps: Tensor) -> Tensor:
    """Return the mean of each map, (batch, classes): every patch is an instance.

    Source: Lin, Chen and Yan, "Network In Network", 2013, arXiv 1312.4400.
    """
    require_tensor("maps", maps, "batch, classes, height, width")
    require_some_patch("maps", maps)
    return maps.mean(dim=(2, 3))


def max_pool_logits(maps: Tensor) -> Tensor:
    """Return the highest score of each map, (batch, classes): one patch decides."""
    require_tensor("maps", maps, "batch, classes, height, width")
    require_some_patch("maps", maps)
    return maps.amax(dim=(2, 3))


def lse_pool_logits(maps: Tensor, r: float = 8.0) -> Tensor:
    """Return 1/r ln mean exp(r score) of each map, (batch, classes).

    Between the mean (r near 0) and the maximum (r large); r is in units of one
    over a score, so a network that scales its map also changes what r means.

    Args:
        maps: (batch, classes, height, width).
        r: above 0.

    Raises:
        TypeError, ValueError: not such maps, no patch, r not above 0.

    Source: Pinheiro and Collobert, "From Image-level to Pixel-level Labeling with
        Convolutional Networks", 2015, arXiv 1411.6228.
    """
    require_tensor("maps", maps, "batch, classes, height, width")
    require_some_patch("maps", maps)
    require_positive("r", r)
    patches = maps.shape[2] * maps.shape[3]
    total = torch.logsumexp(r * maps.flatten(2), dim=-1)  # (batch, classes)
    return (total - math.log(patches)) / r


def class_activation_map(
    features: Tensor, weight: Tensor, class_index: int | Tensor
) -> Tensor:
    """Return sum_k w_k f_k of one class for each picture: (batch, height, width).

    The scores are signed: a negative one speaks against the class. The mean of
    the map plus the head's bias is the logit of that class.

    Args:
        features: (batch, channels, height, width), what the average pool sees.
        weight: (classes, channels) of the linear head behind it.
        class_index: one class for all pictures, or (batch,) one for each.

    Raises:
        TypeError, ValueError: shapes that do not match, an unknown class.

    Source: Zhou and others, "Learning Deep Features for Discriminative
        Localization", 2016, arXiv 1512.04150.
    """
    require_tensor("features", features, "batch, channels, height, width")
    require_tensor("weight", weight, "classes, channels")
    require_size("weight", weight, 1, features.shape[1], "with one per channel")
    require_class_index("class_index", class_index, len(weight), len(features))
    chosen = weight[class_index].expand(len(features), -1)  # (batch, channels)
    return torch.einsum("bchw,bc->bhw", features, chosen)


def grad_cam(
    features: Tensor,
    logits: Tensor,
    class_index: int | Tensor,
    create_graph: bool = False,
) -> Tensor:
    """Return Grad-CAM of one class for each picture: (batch, height, width).

    Each channel is weighted with the mean over patches of d logit / d feature, a
    signed number, and the sum goes through a ReLU:
    relu(sum_k (1/Z sum_ij dy/df_kij) f_k), Z patches.

    Args:
        features: (batch, channels, height, width), a layer on the way to the
            logits, not detached.
        logits: (batch, classes), computed from these features.
        class_index: one class for all pictures, or (batch,) one for each.
        create_graph: keep the graph of the weights, for a loss on the map.

    Raises:
        TypeError, ValueError: shapes that do not match, an unknown class, logits
            that do not depend on the features.

    Source: Selvaraju and others, "Grad-CAM", 2017, arXiv 1610.02391.
    """
    require_tensor("features", features, "batch, channels, height, width")
    require_tensor("logits", logits, "batch, classes")
    require_size("logits", logits, 0, len(features), "with the batch of features")
    require_class_index("class_index", class_index, logits.shape[1], len(logits))
    require_graph(features, logits)
    rows = torch.arange(len(logits), device=logits.device)
    score = logits[rows, class_index].sum()  # pictures do not touch each other
    (slope,) = torch.autograd.grad(
        score, features, retain_graph=True, create_graph=create_graph, allow_unused=True
    )
    require_slope(slope)
    weights = slope.mean(dim=(2, 3), keepdim=True)  # (batch, channels, 1, 1)
    return torch.relu((weights * features).sum(dim=1))  # (batch, height, width)


class MapClassifier(nn.Module):
    """A small convolutional network that pools a class map into logits.

    Three 3 x 3 convolutions and one 1 x 1 make features, a last 1 x 1
    convolution scores every patch for every class, and ``pool`` turns each map
    into a logit, multiplied by ``scale``. With the strides (1, 2, 1) a patch sees
    9 x 9 pixels and a map has half the height and width of its picture.

    Called with images (batch, 3, height, width); returns the logits
    (batch, classes) and the maps (batch, classes, height', width').
    """

    def __init__(
        self,
        classes: int = 2,
        pool: Callable[[Tensor], Tensor] = average_pool_logits,
        strides: Sequence[int] = (1, 2, 1),
        channels: int = 32,
        scale: float = 1.0,
    ) -> None:
        require_count("classes", classes)
        require_count("channels", channels)
        super().__init__()
        self.pool = pool
        self.scale = scale
        sizes = (3, 16, channels, channels)
        blocks = [_block(*sizes[i : i + 2], 3, strides[i]) for i in range(3)]
        self.features = nn.Sequential(*blocks, _block(channels, channels, 1, 1))
        self.scores = nn.Conv2d(channels, classes, 1)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Return ``(logits, maps)``; see the class for the shapes."""
        require_tensor("images", images, "batch, 3, height, width")
        maps = self.scores(self.features(images))  # (batch, classes, h', w')
        return self.scale * self.pool(maps), maps


def _block(inputs: int, outputs: int, size: int, stride: int) -> nn.Sequential:
    """Convolution, batch norm, ReLU."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, size, stride, padding=size // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    )


def require_some_patch(name: str, maps: Tensor) -> None:
    """Raise where a map has no patch: nothing can be pooled."""
    if 0 in maps.shape[2:]:
        raise ValueError(
            f"{name}: expected maps with at least one patch, got {tuple(maps.shape)}"
        )


def require_class_index(name: str, value: object, classes: int, batch: int) -> None:
    """Raise unless ``value`` is one class, or one class for each picture."""
    if isinstance(value, Tensor):
        require_tensor(name, value, "batch", floating=False)
        require_size(name, value, 0, batch, "with one class per picture")
        if value.is_floating_point() or value.dtype == torch.bool:
            raise TypeError(
                f"{name}: expected whole numbers, got {value.dtype}; convert them "
                f"with {name}.long()"
            )
        low, high = (int(value.min()), int(value.max())) if batch else (0, 0)
    else:
        require_count(name, value, least=0)
        low = high = value
    if low < 0 or high >= classes:
        raise ValueError(
            f"{name}: expected classes from 0 to {classes - 1}, got {low} to {high}"
        )


NO_GRAPH = (
    "logits: expected numbers that depend on the features, got none that do; compute "
    "the logits from this very tensor, without detach() or torch.no_grad()"
)


def require_graph(features: Tensor, logits: Tensor) -> None:
    """Raise unless both can carry a gradient."""
    if not (features.requires_grad and logits.requires_grad):
        raise ValueError(NO_GRAPH)


def require_slope(slope: Tensor | None) -> None:
    """Raise where no gradient came: the logits were not made from the features."""
    if slope is None:
        raise ValueError(NO_GRAPH)
