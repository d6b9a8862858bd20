"""Handwritten digits among scraps of other digits, with the place of the digit."""

from functools import cache
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from course_utils.arguments import require_choice, require_count, require_number

SIDE = 28  # pixels of a canvas, in height and width
DIGIT_SIDE = 12  # pixels of a digit: its mask is a square of that side
SCRAP_SIDE = 4
SPLITS = ("train", "test")
TRAINING_DIGITS = 1300  # of the 1797 images; the others are for the test


class ClutteredDigits(NamedTuple):
    """Grey pictures of one whole digit each, which one, and where.

    images: (scenes, 1, 28, 28), brightness around 0 to 1 plus noise.
    digits: (scenes,), whole numbers from 0 to 9.
    masks: (scenes, 28, 28), boolean: the 12 by 12 square of the digit.
    tiles: (scenes, 28, 28), boolean: the square of the tile, empty without one.
    """

    images: Tensor
    digits: Tensor
    masks: Tensor
    tiles: Tensor


def cluttered_digits(
    scenes: int,
    split: str = "train",
    clutter: int = 8,
    noise: float = 0.1,
    seed: int = 0,
    tile: bool = False,
) -> ClutteredDigits:
    """Return pictures of a digit anywhere on a canvas, among scraps of others.

    Scraps are squares of 4 by 4 pixels cut from digits at random; the whole digit
    covers what lies below it. The handwriting is that of scikit-learn's
    ``load_digits``; no image of a digit serves both splits, whole or as a scrap. A
    **tile** is an even, bright square as large as a digit's; the two do not meet.

    Args:
        scenes: how many pictures.
        split: ``"train"`` or ``"test"``: which images the digits come from.
        clutter: scraps per picture.
        noise: standard deviation of the noise on every pixel.
        seed: the same seed gives the same pictures.
        tile: whether each picture has one.

    Raises:
        TypeError, ValueError: a count, split, noise or seed that makes no picture.

    Source: Alpaydin and Kaynak, "Optical Recognition of Handwritten Digits", UCI,
        1998, as scikit-learn ships it; clutter as in Mnih and others 2014, arXiv
        1406.6247.
    """
    require_count("scenes", scenes)
    require_choice("split", split, SPLITS)
    require_count("clutter", clutter, least=0)
    require_number("noise", noise, low=0)
    require_count("seed", seed, least=0)
    drawings, names = split_digits(split)
    rng = np.random.default_rng(seed)
    canvas = np.zeros((scenes, SIDE, SIDE))
    for _ in range(clutter):
        corners = rng.integers(SIDE - SCRAP_SIDE + 1, size=(2, scenes))
        place = _squares(corners, SCRAP_SIDE)
        canvas[place] = np.maximum(canvas[place], _scraps(drawings, scenes, rng))
    digit, other = _corners(scenes, tile, rng)
    tiles = np.zeros(canvas.shape, dtype=bool)
    if tile:
        canvas[_squares(other, DIGIT_SIDE)] = rng.uniform(0.5, 1, (scenes, 1, 1))
        tiles[_squares(other, DIGIT_SIDE)] = True
    chosen = rng.integers(len(drawings), size=scenes)
    canvas[_squares(digit, DIGIT_SIDE)] = drawings[chosen]
    masks = np.zeros(canvas.shape, dtype=bool)
    masks[_squares(digit, DIGIT_SIDE)] = True
    canvas += noise * rng.standard_normal(canvas.shape)
    return ClutteredDigits(
        images=torch.from_numpy(canvas[:, None]).float(),
        digits=torch.from_numpy(names[chosen]),
        masks=torch.from_numpy(masks),
        tiles=torch.from_numpy(tiles),
    )


@cache
def split_digits(split: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the drawings (images, 12, 12) of one split and their digits (images,)."""
    from sklearn.datasets import load_digits

    found = load_digits()
    order = np.random.default_rng(0).permutation(len(found.target))
    start, stop = (0, TRAINING_DIGITS) if split == "train" else (TRAINING_DIGITS, None)
    kept = order[start:stop]
    small = torch.from_numpy(found.images[kept] / 16)[:, None]  # (images, 1, 8, 8)
    drawings = F.interpolate(small, (DIGIT_SIDE, DIGIT_SIDE), mode="bilinear")
    return drawings[:, 0].numpy(), found.target[kept].astype(np.int64)


def _scraps(drawings: np.ndarray, scenes: int, rng: np.random.Generator) -> np.ndarray:
    """Return one scrap (scenes, 4, 4) for each scene, cut anywhere."""
    whole = drawings[rng.integers(len(drawings), size=scenes)]
    cut = rng.integers(DIGIT_SIDE - SCRAP_SIDE + 1, size=(2, scenes))
    return whole[_squares(cut, SCRAP_SIDE)]


def _corners(
    scenes: int, apart: bool, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return corners (2, scenes) of digit and tile; ``apart``: they do not meet."""
    corners = rng.integers(SIDE - DIGIT_SIDE + 1, size=(2, 2, scenes))
    while apart:
        near = (np.abs(corners[0] - corners[1]) < DIGIT_SIDE).all(axis=0)
        if not near.any():
            break
        again = rng.integers(SIDE - DIGIT_SIDE + 1, size=(2, 2, int(near.sum())))
        corners[:, :, near] = again
    return corners[0], corners[1]


def _squares(corners: np.ndarray, side: int) -> tuple[np.ndarray, ...]:
    """Return the index of one square per scene; corners (2, scenes): row, column."""
    scenes = np.arange(corners.shape[1])[:, None, None]
    steps = np.arange(side)
    rows = corners[0][:, None, None] + steps[:, None]  # (scenes, side, 1)
    columns = corners[1][:, None, None] + steps  # (scenes, 1, side)
    return scenes, rows, columns
