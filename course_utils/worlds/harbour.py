"""A harbour: which way is the ship hatched that the flag asks for?

Two ships, one with a red and one with a blue hull, lie on water. A small flag in one
corner has the colour of one of them. The class is the direction of *that* ship's
hatching; in half of the pictures the other ship is hatched alike. No window of 9 by 9
pixels holds both a flag and a ship. The water is greener or greyer, and ``bias`` says
how often its tint agrees with the class: a shortcut that needs neither flag nor ship.

So a model must bring the flag to the ship (far apart), must not trust the water, and
its map should be on one of two ships: three things that the course has taught.
"""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from course_utils.arguments import require_count, require_fields, require_share

SIDE = 32  # pixels of a picture, in height and width
RED, BLUE = 0, 1


class HarbourScenes(NamedTuple):
    """Pictures with what is on them.

    images: (scenes, 3, 32, 32), red, green and blue, about -0.9 to 1.
    classes: (scenes,), the direction of the asked ship's hatching, 0 or 1.
    asked: (scenes,), the colour of flag and asked ship, ``RED`` or ``BLUE``.
    tints: (scenes,), the water's tint, 0 or 1: equal to the class as often as
        ``bias`` says.
    masks: (scenes, 32, 32), boolean, True on the asked ship.
    others: (scenes, 32, 32), boolean, True on the other ship.
    flags: (scenes, 32, 32), boolean, True on the flag.
    alike: (scenes,), boolean, True where both ships are hatched alike.
    """

    images: Tensor
    classes: Tensor
    asked: Tensor
    tints: Tensor
    masks: Tensor
    others: Tensor
    flags: Tensor
    alike: Tensor


def harbour(scenes: int, bias: float = 0.9, seed: int = 0) -> HarbourScenes:
    """Return pictures, half of them of either class (to within one).

    Args:
        scenes: how many.
        bias: the probability that the water's tint agrees with the class, 0 to 1.
            At 0.5 the tint says nothing; at 0 it always lies.
        seed: the same seed gives the same pictures.

    Raises:
        TypeError, ValueError: a count, share or seed out of range.
    """
    require_count("scenes", scenes)
    require_count("seed", seed, least=0)
    require_share("bias", bias)
    rng = np.random.default_rng(seed)
    classes = np.arange(scenes) % 2
    asked = rng.integers(0, 2, scenes)
    tints = np.where(rng.random(scenes) < bias, classes, 1 - classes)
    pictures = _water(tints, rng)
    masks, others, on_the_right = _two_ships(scenes, rng)
    alike = rng.permutation(np.arange(scenes) // 2 % 2)  # in half of the pictures
    idle = np.where(alike == 1, classes, 1 - classes)  # the other ship's direction
    for place, turn, colour in ((masks, classes, asked), (others, idle, 1 - asked)):
        paint = _hatched(turn, colour, rng)
        pictures = np.where(place[:, None], paint, pictures)
    flag = _free_corner(on_the_right, rng)
    cloth = _colours(asked) + 0.05 * rng.standard_normal(pictures.shape)
    pictures = np.where(flag[:, None], cloth, pictures) - 0.5
    return HarbourScenes(
        images=torch.from_numpy(pictures).float(),
        classes=torch.from_numpy(classes),
        asked=torch.from_numpy(asked),
        tints=torch.from_numpy(tints),
        masks=torch.from_numpy(masks),
        others=torch.from_numpy(others),
        flags=torch.from_numpy(flag),
        alike=torch.from_numpy(alike == 1),
    )


def repaint_flags(world: HarbourScenes) -> HarbourScenes:
    """Return the same pictures with each flag in the other colour.

    Red and blue change places on the flag, so now the other ship is asked for: a
    network that reads the flag changes its answer wherever the two ships are hatched
    in different directions. Only the pictures change here: the other fields still
    describe the world before.
    """
    require_fields("world", world, "images, flags, _replace", "harbour")
    swapped = world.images[:, [2, 1, 0]]  # blue, green, red
    images = torch.where(world.flags[:, None], swapped, world.images)
    return world._replace(images=images)


def _colours(colour: np.ndarray) -> np.ndarray:
    """Return (scenes, 3, 1, 1): the paint of hull and flag."""
    red, blue = np.array([0.9, 0.3, 0.2]), np.array([0.2, 0.3, 0.9])
    paint = np.where((colour == RED)[:, None], red, blue)
    return paint[..., None, None]


def _water(tints: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return ripples and noise, a little greener where the tint is 1."""
    scenes = len(tints)
    rows, columns = np.mgrid[:SIDE, :SIDE]
    phase = 2 * np.pi * rng.random((scenes, 1, 1))
    pace = 0.8 + 0.4 * rng.random((scenes, 1, 1))  # radians a pixel
    ripple = np.sin(rows * pace + phase + 1.2 * np.sin(0.3 * columns + phase))
    noise = 0.12 * rng.standard_normal((scenes, 3, SIDE, SIDE))
    water = 0.45 + 0.1 * ripple[:, None] + noise
    water[:, 1] += np.where(tints == 1, 0.15, -0.05)[:, None, None]
    return water


def _two_ships(
    scenes: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return two masks (scenes, height, width), and which side each half has.

    One ship lies in the upper half and one in the lower, which is which at random;
    each at the left or the right: (2, scenes), True where the ship of the upper or
    lower half is on the right.
    """
    rows, columns = np.mgrid[:SIDE, :SIDE]
    right = rng.random((2, scenes)) < 0.5

    def ship(low: int, high: int, on_the_right: np.ndarray) -> np.ndarray:
        size = 0.8 + 0.2 * rng.random((scenes, 1, 1))
        middle = rng.integers(8, 11, scenes) + 13 * on_the_right  # 13 columns apart
        y = (rows - rng.integers(low, high, (scenes, 1, 1))) / size
        x = (columns - middle[:, None, None]) / size
        hull = (y >= 0) & (y <= 4) & (abs(x) <= 8 - y)
        bridge = (y >= -3) & (y < 0) & (abs(x) <= 3)
        return hull | bridge

    upper, lower = ship(5, 11, right[0]), ship(19, 25, right[1])
    swap = (rng.random(scenes) < 0.5)[:, None, None]
    return np.where(swap, lower, upper), np.where(swap, upper, lower), right


def _hatched(
    turn: np.ndarray, colour: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Return (scenes, 3, height, width): paint with lines along one diagonal."""
    scenes = len(turn)
    rows, columns = np.mgrid[:SIDE, :SIDE]
    sign = np.where(turn == 1, 1, -1)[:, None, None]
    phase = 2 * np.pi * rng.random((scenes, 1, 1))
    lines = 0.25 * np.sign(np.sin(np.pi / 2 * (columns + sign * rows) + phase))
    noise = 0.08 * rng.standard_normal((scenes, 3, SIDE, SIDE))
    return _colours(colour) + lines[:, None] + noise


def _free_corner(on_the_right: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return (scenes, height, width): True on the flag, 5 x 5 pixels in a corner.

    Above or below at random, on the side where no ship lies.
    """
    rows, columns = np.mgrid[:SIDE, :SIDE]
    scenes = on_the_right.shape[1]
    bottom = rng.integers(0, 2, scenes)
    right = ~on_the_right[bottom, np.arange(scenes)]
    y = np.where(bottom[:, None, None] == 1, SIDE - 1 - rows, rows)
    x = np.where(right[:, None, None], SIDE - 1 - columns, columns)
    return (y < 5) & (x < 5)
