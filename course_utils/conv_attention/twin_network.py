"""A small network for "find the twin", with room for one layer to be compared.

Three convolutions see the picture, the layer under test sits in the middle, and two
1 by 1 convolutions name a colour for every cell. Only the middle differs between
the rows of an experiment, so only the middle can explain the difference.
"""

import itertools
from inspect import signature

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course_utils.arguments import (
    require_callable,
    require_cell,
    require_count,
    require_feature_map,
    require_fields,
    require_instance,
    require_layer_dtype,
    require_no_nan,
    require_size,
    require_tensor,
    require_whole_numbers,
)
from course_utils.training import fit
from course_utils.worlds import TWIN_COLOURS, Twins, find_the_twin

EACH = "with one number for each cell of 2 by 2 pixels"
STEP = 2  # pixels from one cell of the feature map to the next
BATCH = 64
FAST, SLOW = 0.004, 0.0005  # learning rates: for most of the steps, for the last ones


def conv_block(
    inputs: int, outputs: int, stride: int = 1, dilation: int = 1
) -> nn.Module:
    """Return a 3 by 3 convolution, batch normalisation and a ReLU.

    Maps (batch, inputs, h, w) to (batch, outputs, h / stride, w / stride), rounded up.
    """
    for name, value in (("inputs", inputs), ("outputs", outputs)):
        require_count(name, value)
    for name, value in (("stride", stride), ("dilation", dilation)):
        require_count(name, value)
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, dilation, dilation, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    )


class TwinNetwork(nn.Module):
    """Names a colour for every cell: images (batch, 3, h, w) to logits.

    ``middle`` maps features (batch, channels, h / 2, w / 2) to the same shape. The
    logits are (batch, colours, h / 2, w / 2). Without a middle that reaches further,
    a logit depends on 11 by 11 pixels.
    """

    def __init__(self, middle: nn.Module, channels: int = 32) -> None:
        require_callable("middle", middle, "a module for the features")
        require_count("channels", channels)
        super().__init__()
        self.see = nn.Sequential(
            conv_block(3, channels, stride=STEP),
            conv_block(channels, channels),
            conv_block(channels, channels),
        )
        self.middle = middle
        self.name_colour = nn.Sequential(
            nn.Conv2d(channels, channels, kernel_size=1),
            nn.ReLU(),
            nn.Conv2d(channels, len(TWIN_COLOURS), kernel_size=1),
        )
        # The same numbers in an order that a CPU reads faster.
        self.to(memory_format=torch.channels_last)

    def forward(self, images: Tensor) -> Tensor:
        """Return the logits, (batch, colours, h / 2, w / 2)."""
        require_feature_map("images", images, 3)
        require_layer_dtype("images", images, self.name_colour[0].weight)
        return self.name_colour(self.middle(self.see(images)))


def at_pixels(maps: Tensor, pixels: Tensor) -> Tensor:
    """Return what ``maps`` (batch, c, h, w) hold at one pixel each, (batch, c).

    Args:
        pixels: (batch, 2), row and column in the image, two pixels to a cell.

    Raises:
        TypeError, ValueError: not one pixel within the image for each map.
    """
    require_feature_map("maps", maps)
    require_tensor("pixels", pixels, "batch, 2", floating=False)
    require_size("pixels", pixels, 0, len(maps), "with one pixel for each map")
    require_size("pixels", pixels, 1, 2, "for a row and a column")
    require_whole_numbers("pixels", pixels, "they are counted from 0")
    if (pixels < 0).any() or (pixels >= STEP * torch.tensor(maps.shape[2:])).any():
        raise ValueError(
            f"pixels: expected rows and columns within {STEP * maps.shape[2]} by "
            f"{STEP * maps.shape[3]} pixels, got {pixels.min()} to {pixels.max()}"
        )
    rows, columns = (pixels // STEP).T  # (batch,) each
    return maps[torch.arange(len(maps)), :, rows, columns]


def train_on_twins(network: nn.Module, seed: int = 0, steps: int = 600) -> Tensor:
    """Train ``network`` to name the twin's colour; return the loss of each step.

    Every step draws 64 new pictures: no picture is seen twice. The loss looks at one
    cell of each, that of the white shape. The last sixth of the steps are eight
    times smaller. Leaves the network in evaluation mode.

    Raises:
        TypeError, ValueError: no network, a seed below 0, fewer than 6 steps.
    """
    require_instance("network", network, nn.Module)
    require_count("seed", seed, least=0)
    require_count("steps", steps, least=6)

    def loss(step: int) -> Tensor:
        world = find_the_twin(BATCH, seed=next(seeds))
        logits = at_pixels(network(world.images), world.asked)  # (64, 4)
        return F.cross_entropy(logits, world.answers)

    seeds = itertools.count(1_000_000 * (seed + 1))
    slow = steps // 6
    network.train()
    history = [
        fit(network.parameters(), loss, count, rate, seed)
        for count, rate in [(steps - slow, FAST), (slow, SLOW)]
    ]
    network.eval()
    return torch.cat(history)


def right_colours(network: nn.Module, world: Twins) -> Tensor:
    """Return the share of pictures whose colour is named rightly, one number."""
    require_callable("network", network, "a network that names colours")
    require_fields("world", world, "images, asked, answers", "find_the_twin")
    with torch.no_grad():
        logits = at_pixels(network(world.images), world.asked)  # (images, 4)
    return (logits.argmax(dim=-1) == world.answers).float().mean()


def where_it_looks(network: nn.Module, world: Twins) -> Tensor:
    """Return the weights of the white shape's middle cell, (images, h, w).

    The middle of ``network`` must be a layer of ``pairs``.
    """
    require_fields("network", network, "see, middle", "TwinNetwork")
    require_weights("network", network.middle)
    require_fields("world", world, "images, asked", "find_the_twin")
    with torch.no_grad():
        features = network.see(world.images)  # (images, c, h, w)
        _, weights = network.middle(features, return_weights=True)
    size = features.shape[2:]
    # (images, queries, keys) to (images, keys, h, w): who asks comes last.
    by_query = weights.transpose(1, 2).unflatten(2, size)
    return at_pixels(by_query, world.asked).unflatten(1, size)


def peaks_on_twin(maps: Tensor, world: Twins) -> Tensor:
    """Return the share of maps (images, h, w) whose peak is nearest to the twin.

    Nearest of the three coloured shapes, from the cell of the peak to the cell of
    each middle. Chance is one in three.

    Raises:
        TypeError, ValueError: not one map for each picture, with one number for each
            cell of two by two pixels.
    """
    require_tensor("maps", maps, "images, h, w")
    require_no_nan("maps", maps)
    require_cell("maps", maps)
    require_fields("world", world, "shapes, twins", "find_the_twin")
    require_size("maps", maps, 0, len(world.twins), "with one map for each picture")
    for axis in (1, 2):
        require_size("maps", maps, axis, world.images.shape[axis + 1] // STEP, EACH)
    peaks = maps.flatten(1).argmax(dim=1)  # (images,)
    width = maps.shape[2]
    cells = torch.stack([peaks // width, peaks % width], dim=1)  # (images, 2)
    away = cells[:, None] - world.shapes // STEP  # (images, 3, 2)
    nearest = away.square().sum(dim=2).argmin(dim=1)  # (images,)
    return (nearest == world.twins).float().mean()


def require_weights(name: str, middle: nn.Module) -> None:
    """Raise unless a network's middle hands out its weights."""
    if "return_weights" not in signature(middle.forward).parameters:
        raise TypeError(
            f"{name}: expected a middle that returns weights, such as NonLocal2d, got "
            f"{type(middle).__name__}"
        )
