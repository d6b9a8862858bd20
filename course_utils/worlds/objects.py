"""Pictures of one textured object among decoys, with the object's mask."""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from course_utils.arguments import require_choice, require_count

TEXTURES = ("flat stripes", "upright stripes", "rising stripes", "falling stripes")
PLACES = ("anywhere", "centre")
RADII = (4.0, 6.0)  # pixels, of the object
DECOY_RADII = (3.0, 4.5)
NOISE = 0.1  # standard deviation of the brightness
TRIES = 50  # to find a place for a decoy away from the object, which else covers it


class ObjectScenes(NamedTuple):
    """Grey pictures of one object each, what it is, and where it is.

    pictures: (scenes, 1, side, side), brightness from 0 to 1.
    labels: (scenes,), the object's texture, as its place in ``TEXTURES``.
    masks: (scenes, side, side), boolean, True = object.
    """

    pictures: Tensor
    labels: Tensor
    masks: Tensor


def object_scenes(
    scenes: int,
    place: str = "anywhere",
    decoys: int = 3,
    side: int = 28,
    seed: int = 0,
) -> ObjectScenes:
    """Return pictures of one striped object on grey ground, among decoys.

    The **object** is a disc, a square or a diamond, brighter than the ground and
    striped faintly; the direction of its stripes is the label. **Decoys** have the
    same shapes, a little smaller, and stripes of a random direction: they are
    darker than the ground and striped strongly. So brightness says which one counts,
    and the strongest edges belong to the wrong ones.

    Args:
        scenes: how many pictures.
        place: ``"anywhere"``, or ``"centre"``: within 2 pixels of the middle.
        decoys: how many; 0 leaves a plain ground.
        side: height and width in pixels; at least 20.
        seed: the same seed gives the same pictures.

    Raises:
        TypeError, ValueError: a count, place or seed that makes no picture.
    """
    require_count("scenes", scenes)
    require_choice("place", place, PLACES)
    require_count("decoys", decoys, least=0)
    require_count("side", side, least=20)
    require_count("seed", seed, least=0)
    rng = np.random.default_rng(seed)
    labels = rng.integers(len(TEXTURES), size=scenes)
    pictures = np.empty((scenes, 1, side, side), dtype=np.float32)
    masks = np.empty((scenes, side, side), dtype=bool)
    for scene, label in enumerate(labels):
        pictures[scene, 0], masks[scene] = _one_scene(rng, label, place, decoys, side)
    return ObjectScenes(*map(torch.from_numpy, (pictures, labels, masks)))


def _one_scene(
    rng: np.random.Generator, label: int, place: str, decoys: int, side: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return one picture (side, side) and the mask of its object."""
    radius = rng.uniform(*RADII)
    middle = (side - 1) / 2
    if place == "centre":
        centre = middle + rng.uniform(-2, 2, size=2)
    else:
        centre = rng.uniform(radius, side - 1 - radius, size=2)
    picture = np.full((side, side), 0.5)
    for _ in range(decoys):
        size = rng.uniform(*DECOY_RADII)
        for _ in range(TRIES):
            where = rng.uniform(size, side - 1 - size, size=2)
            if np.hypot(*(where - centre)) > radius + size + 1:
                break
        stripes = _stripes(rng, rng.integers(len(TEXTURES)), side)
        decoy = _shape(rng, where, size, side)
        picture = np.where(decoy, 0.35 + 0.35 * stripes, picture)
    mask = _shape(rng, centre, radius, side)
    picture = np.where(mask, 0.7 + 0.2 * _stripes(rng, label, side), picture)
    noisy = picture + NOISE * rng.standard_normal((side, side))
    return noisy.clip(0, 1), mask


def _shape(
    rng: np.random.Generator, centre: np.ndarray, radius: float, side: int
) -> np.ndarray:
    """Return the mask (side, side) of a disc, a square or a diamond."""
    down, across = np.abs(np.arange(side) - centre[:, None])  # (side,) each
    kind = rng.integers(3)
    if kind == 0:
        return down[:, None] ** 2 + across**2 <= radius**2
    if kind == 1:
        return np.maximum(down[:, None], across) <= 0.9 * radius
    return down[:, None] + across <= 1.25 * radius


def _stripes(rng: np.random.Generator, texture: int, side: int) -> np.ndarray:
    """Return stripes of -1 and 1, two pixels wide, shifted at random."""
    rows, columns = np.mgrid[:side, :side]
    along = (rows, columns, rows + columns, rows - columns)[texture]
    return (along + rng.integers(4)) // 2 % 2 * 2.0 - 1.0
