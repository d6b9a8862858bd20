"""Boats and cars, on water and on road: how often they agree is a dial.

A picture holds one object, a boat or a car, on one background, water or road. In
the world a boat belongs on water; ``bias`` says how often that holds in a data
set. With a bias of 1 the background tells the class as well as the object does,
and nothing in the labels says which of the two was meant.

The class shows in the outline of the object and in its hatching: boats are
hatched along one diagonal, cars along the other.
"""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from course_utils.arguments import require_count, require_share

SIDE = 32  # pixels of a picture, in height and width
CAR, BOAT = 0, 1
ROAD, WATER = 0, 1


class BoatScenes(NamedTuple):
    """Pictures with what is on them.

    images: (scenes, 3, 32, 32), red, green and blue, about -0.9 to 1.
    classes: (scenes,), ``CAR`` = 0 or ``BOAT`` = 1.
    backgrounds: (scenes,), ``ROAD`` = 0 or ``WATER`` = 1.
    masks: (scenes, 32, 32), boolean, True on the object.
    """

    images: Tensor
    classes: Tensor
    backgrounds: Tensor
    masks: Tensor


def boats_and_cars(
    scenes: int, bias: float = 1.0, seed: int = 0, hatching: float = 0.25
) -> BoatScenes:
    """Return pictures, half of them with a boat (to within one), half with a car.

    Args:
        scenes: how many.
        bias: the probability that the background suits the object, 0 to 1. A bias
            of 0 is the conflict set: every boat on a road, every car on water.
        seed: the same seed gives the same pictures.
        hatching: contrast of the lines on an object; at 0 only the outline tells.

    Raises:
        TypeError, ValueError: a count, share or seed out of range.

    Source: the boat that is recognised by its water, Li and others, "Tell Me
        Where to Look", 2018, arXiv 1802.10171.
    """
    require_count("scenes", scenes)
    require_count("seed", seed, least=0)
    require_share("bias", bias)
    require_share("hatching", hatching)
    rng = np.random.default_rng(seed)
    classes = np.arange(scenes) % 2
    suits = rng.random(scenes) < bias
    backgrounds = np.where(suits, classes, 1 - classes)
    pictures = np.where(
        (backgrounds == WATER)[:, None, None, None],
        *_water_and_road(scenes, rng),
    )  # (scenes, 3, height, width)
    masks = _outlines(classes, rng)  # (scenes, height, width)
    rows, columns = np.mgrid[:SIDE, :SIDE]
    turn = np.where(classes == BOAT, 1, -1)[:, None, None]
    phase = 2 * np.pi * rng.random((scenes, 1, 1))
    lines = hatching * np.sign(np.sin(np.pi / 2 * (columns + turn * rows) + phase))
    paint = 0.35 + 0.4 * rng.random((scenes, 3, 1, 1)) + lines[:, None]
    paint = paint + 0.08 * rng.standard_normal(pictures.shape)
    pictures = np.where(masks[:, None], paint, pictures) - 0.5
    return BoatScenes(
        images=torch.from_numpy(pictures).float(),
        classes=torch.from_numpy(classes),
        backgrounds=torch.from_numpy(backgrounds),
        masks=torch.from_numpy(masks),
    )


def _water_and_road(
    scenes: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return a sheet of water and a stretch of road for every scene."""
    rows, columns = np.mgrid[:SIDE, :SIDE]
    phase = 2 * np.pi * rng.random((scenes, 1, 1))
    pace = 0.8 + 0.4 * rng.random((scenes, 1, 1))  # radians a pixel

    def ripple(along: np.ndarray, across: np.ndarray) -> np.ndarray:
        bend = 1.2 * np.sin(0.3 * across + phase)
        return 0.5 + 0.25 * np.sin(along * pace + phase + bend)

    def coloured(wave: np.ndarray, *tints: tuple[float, float]) -> np.ndarray:
        channels = [base + slope * wave for base, slope in tints]
        noise = 0.12 * rng.standard_normal((scenes, 3, SIDE, SIDE))
        return np.stack(channels, axis=1) + noise

    water = coloured(ripple(rows, columns), (0, 0.25), (0, 0.55), (0.45, 0.5))
    road = coloured(ripple(columns, rows), (0.3, 0.4), (0.3, 0.35), (0.2, 0.3))
    return water, road


def _outlines(classes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return (scenes, height, width): True on a boat or car of random place, size."""
    scenes = len(classes)
    rows, columns = np.mgrid[:SIDE, :SIDE]
    size = 0.9 + 0.4 * rng.random((scenes, 1, 1))
    y = (rows - rng.integers(10, 22, (scenes, 1, 1))) / size
    x = (columns - rng.integers(9, 23, (scenes, 1, 1))) / size
    hull = (y >= 1) & (y <= 4) & (abs(x) <= 8 - y)
    sail = (y >= -7) & (y <= 0) & (x >= 0) & (x <= 0.75 * (y + 7))
    mast = (y >= -7) & (y < 1) & (abs(x) <= 0.7)
    body = (y >= -1) & (y <= 2) & (abs(x) <= 7)
    cabin = (y >= -4) & (y < -1) & (abs(x) <= 3.5)
    wheels = (abs(x) - 4) ** 2 + (y - 3) ** 2 <= 2.5
    boat = (classes == BOAT)[:, None, None]
    return np.where(boat, hull | sail | mast, body | cabin | wheels)
