"""Find the twin: the answer lies at the other end of the picture."""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from course_utils.arguments import require_count, require_number

HEIGHT, WIDTH, SIDE = 16, 32, 5
COLUMNS = (0, 6, 12)  # where the coloured shapes begin: they fill columns 0 to 16
ASKED_COLUMN = 26  # where the white shape begins
TWIN_COLOURS = ("red", "green", "blue", "yellow")
TWIN_SHAPES = ("plus", "frame", "cross", "tree", "cup", "gamma")
_RGB = np.array([[1.0, 0.1, 0.1], [0.1, 1.0, 0.1], [0.15, 0.25, 1.0], [1.0, 1.0, 0.1]])
_PATTERNS = (
    "..#.. .###. ##### .###. ..#..",
    "##### #...# #...# #...# #####",
    "#...# .#.#. ..#.. .#.#. #...#",
    "..#.. ..#.. ##### ..#.. ..#..",
    "##### ....# ....# ....# ....#",
    "#.... #.... ##### ....# ....#",
)


class Twins(NamedTuple):
    """Pictures in which one white shape asks for the colour of its twin.

    images: (images, 3, 16, 32), red, green and blue on black, plus noise. On the
        left three different shapes, each in a colour drawn for it alone; on the
        right one white shape, a copy of one of the three: of its twin.
    answers: (images,), the twin's colour, a place in ``TWIN_COLOURS``.
    asked: (images, 2), row and column of the white shape's middle pixel.
    shapes: (images, 3, 2), row and column of each coloured shape's middle pixel.
    twins: (images,), which of the three is the twin.
    """

    images: Tensor
    answers: Tensor
    asked: Tensor
    shapes: Tensor
    twins: Tensor


def find_the_twin(images: int, noise: float = 0.05, seed: int = 0) -> Twins:
    """Return pictures whose answer lies far away, behind nine empty columns.

    Colours are drawn independently of everything else, so whoever sees no pixel of
    the columns 0 to 16 is right for one picture in four, and no more. Every shape
    begins at an even row and column: a network with a step of 2 pixels meets each
    drawing in one way only.

    Args:
        images: how many.
        noise: standard deviation added to every pixel of every channel.
        seed: the same seed gives the same pictures.

    Raises:
        TypeError, ValueError: a count, noise or seed that makes no picture.
    """
    require_count("images", images)
    require_count("seed", seed, least=0)
    require_number("noise", noise, 0)
    rng = np.random.default_rng(seed)
    kinds = rng.permuted(np.tile(np.arange(6), (images, 1)), axis=1)[:, :3]
    colours = rng.integers(len(TWIN_COLOURS), size=(images, 3))
    rows = 2 * rng.integers((HEIGHT - SIDE) // 2 + 1, size=(images, 4))
    columns = rng.permuted(np.tile(COLUMNS, (images, 1)), axis=1)
    columns = np.column_stack([columns, np.full(images, ASKED_COLUMN)])
    which = rng.integers(3, size=images)  # the twin: one of the three shapes
    each = np.arange(images)
    kinds = np.column_stack([kinds, kinds[each, which]])  # (images, 4)
    white = np.ones((images, 1, 3))
    paint = np.concatenate([_RGB[colours], white], axis=1)  # (images, 4, 3)

    pixels = np.zeros((images, 3, HEIGHT, WIDTH))
    square = np.arange(SIDE)
    for place in range(4):
        down = rows[:, place, None, None] + square[:, None]  # (images, 5, 1)
        along = columns[:, place, None, None] + square  # (images, 1, 5)
        drawn = _SHAPES[kinds[:, place], :, :, None] * paint[:, place, None, None]
        pixels[each[:, None, None], :, down, along] = drawn  # (images, 5, 5, 3)
    pixels += noise * rng.standard_normal(pixels.shape)
    middles = np.stack([rows, columns], axis=-1) + SIDE // 2  # (images, 4, 2)
    return Twins(
        images=torch.from_numpy(pixels).float(),
        answers=torch.from_numpy(colours[each, which]),
        asked=torch.from_numpy(middles[:, 3]),
        shapes=torch.from_numpy(middles[:, :3]),
        twins=torch.from_numpy(which),
    )


# One 5 by 5 drawing for each of TWIN_SHAPES, 1 where there is ink.
_SHAPES = np.array(
    [[[float(dot == "#") for dot in row] for row in p.split()] for p in _PATTERNS]
)
