"""A small convolutional network that scores patches, and how it is trained.

Lessons on class maps train it many times: with another pool, on another world, with
a further loss on its maps.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course_utils.arguments import (
    require_callable,
    require_cell,
    require_count,
    require_index_type,
    require_indices,
    require_instance,
    require_layer_dtype,
    require_positive,
    require_size,
    require_tensor,
    require_whole_numbers,
)
from course_utils.class_maps.pools import average_pool_logits
from course_utils.training import fit

BATCH = 50  # pictures of a training step
FAST, SLOW = 3e-3, 4e-4  # learning rates; the last sixth of the steps is slow

ExtraLoss = Callable[[Tensor, Tensor, Tensor], Tensor]


class MapClassifier(nn.Module):
    """A small convolutional network that pools a class map into logits.

    Three 3 x 3 convolutions and ``depth`` of 1 x 1 make features, a last 1 x 1
    convolution scores every patch for every class, and ``pool`` turns each map
    into a logit, multiplied by ``scale``. With the strides (1, 2, 1) a patch sees
    9 x 9 pixels and a map has half the height and width of its picture.

    ``bounded`` sends every score through a tanh before the pool. A network can then
    no longer stretch its map, so that the r of an LSE pool keeps its meaning.

    Called with images (batch, 3, height, width); returns the logits
    (batch, classes) and the maps (batch, classes, height', width').

    Raises:
        TypeError, ValueError: counts below 1, other than three strides, a scale that
            is not above 0, images of other axes, channels or type.
    """

    def __init__(
        self,
        classes: int = 2,
        pool: Callable[[Tensor], Tensor] = average_pool_logits,
        strides: Sequence[int] = (1, 2, 1),
        channels: int = 32,
        scale: float = 1.0,
        depth: int = 1,
        bounded: bool = False,
    ) -> None:
        require_count("classes", classes)
        require_count("channels", channels)
        require_count("depth", depth, least=0)
        require_positive("scale", scale)
        require_strides("strides", strides)
        require_callable("pool", pool, "a function of maps")
        super().__init__()
        self.pool = pool
        self.scale = scale
        self.bounded = bounded
        sizes = (3, 16, channels, channels)
        blocks = [_block(*sizes[i : i + 2], 3, strides[i]) for i in range(3)]
        blocks += [_block(channels, channels, 1, 1) for _ in range(depth)]
        self.features = nn.Sequential(*blocks)
        self.scores = nn.Conv2d(channels, classes, 1)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Return ``(logits, maps)``; see the class for the shapes."""
        require_tensor("images", images, "batch, 3, height, width")
        require_size("images", images, 1, 3, "for three colours")
        require_cell("images", images)
        require_layer_dtype("images", images, self.scores.weight)
        maps = self.scores(self.features(images))  # (batch, classes, h', w')
        maps = torch.tanh(maps) if self.bounded else maps
        return self.scale * self.pool(maps), maps


def require_strides(name: str, strides: Sequence[int]) -> None:
    """Raise unless there is one whole number for each 3 x 3 convolution."""
    if not isinstance(strides, tuple | list):
        raise TypeError(f"{name}: expected 3 numbers, got {strides!r}")
    if len(strides) != 3:
        raise ValueError(f"{name}: expected 3 numbers, got {len(strides)}")
    for stride in strides:
        require_count(name, stride)


def _block(inputs: int, outputs: int, size: int, stride: int) -> nn.Sequential:
    """Convolution, batch norm, ReLU."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, size, stride, padding=size // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    )


def train_map_classifier(
    network: nn.Module,
    images: Tensor,
    classes: Tensor,
    steps: int = 300,
    seed: int = 0,
    extra: ExtraLoss | None = None,
) -> Tensor:
    """Train ``network`` to name the classes; return the loss of each step.

    A step takes 50 pictures: each epoch goes through all of them in a new order. The
    last sixth of the steps is slower. Leaves the network in evaluation mode.

    Args:
        network: returns ``(logits (batch, classes), maps (batch, classes, h, w))``.
        images: (scenes, 3, height, width).
        classes: (scenes,), int64 or int32.
        steps: how many steps of Adam.
        seed: of the order of the pictures.
        extra: a further loss, called with ``(logits, maps, chosen)`` of each step,
            ``chosen`` (batch,) being the numbers of its pictures; it is added to the
            cross-entropy.

    Raises:
        TypeError, ValueError: shapes that do not match, no pictures, a loss that is
            not one finite number.
    """
    require_tensor("images", images, "scenes, 3, height, width")
    require_count("steps", steps)
    require_tensor("classes", classes, "scenes", floating=False)
    require_size("classes", classes, 0, len(images), "with one class per picture")
    require_index_type("classes", classes)
    require_count("the number of images", len(images))
    require_trainable(network, classes, seed, extra)
    classes = classes.long()
    draw = torch.Generator().manual_seed(seed)
    queue = torch.empty(0, dtype=torch.int64)

    def loss(step: int) -> Tensor:
        nonlocal queue
        if len(queue) < min(BATCH, len(images)):
            queue = torch.randperm(len(images), generator=draw)
        chosen, queue = queue[:BATCH], queue[BATCH:]
        logits, maps = network(images[chosen])
        require_indices("classes", classes[chosen], logits.shape[1])
        value = F.cross_entropy(logits, classes[chosen])
        return value if extra is None else value + extra(logits, maps, chosen)

    slow = steps // 6
    network.train()
    history = [
        fit(network.parameters(), loss, count, rate, seed)
        for count, rate in [(steps - slow, FAST), (slow, SLOW)]
        if count
    ]
    network.eval()
    return torch.cat(history)


def require_trainable(
    network: object, classes: Tensor, seed: int, extra: object
) -> None:
    """Raise unless a network can learn these classes."""
    require_instance("network", network, nn.Module)
    require_whole_numbers("classes", classes, "convert them with classes.long()")
    require_count("seed", seed, least=0)
    if extra is not None:
        require_callable("extra", extra, "a function that returns a further loss")


def maps_and_hits(
    network: nn.Module, images: Tensor, classes: Tensor
) -> tuple[Tensor, Tensor]:
    """Return each picture's map of its own class, and whether it was named rightly.

    Maps (scenes, h, w) are raw scores, as ``network`` gives them, with no gradient;
    hits (scenes,) are boolean. Put the network in evaluation mode first.
    """
    require_tensor("images", images, "scenes, 3, height, width")
    require_tensor("classes", classes, "scenes", floating=False)
    require_size("classes", classes, 0, len(images), "with one class per picture")
    require_callable("network", network, "a network that returns logits and maps")
    with torch.no_grad():
        logits, maps = network(images)
    require_indices("classes", classes, logits.shape[1])
    require_index_type("classes", classes)
    own = maps[torch.arange(len(images)), classes]  # (scenes, h, w)
    return own, logits.argmax(dim=1) == classes
