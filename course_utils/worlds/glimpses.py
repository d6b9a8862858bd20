"""One digit among clutter: a cheap look everywhere, one good look somewhere."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from course_utils.arguments import require_choice, require_count

SPLITS = ("train", "test")
TRAINING_DIGITS = 1297  # of the 1797 that ship inside scikit-learn


class Glimpses(NamedTuple):
    """Scenes of patches, one of which holds a digit, the others its like, scrambled.

    patches: (scenes, places, 8, 8), ink from 0 to 1: the values, dear to read.
    gists: (scenes, places, 2), what a cheap look tells about each patch, its mean
        ink and its roughness (mean difference of neighbouring pixels): the keys.
    places: (scenes,), where the digit lies, counted row by row from 0.
    labels: (scenes,), which digit it is, 0 to 9.
    """

    patches: Tensor
    gists: Tensor
    places: Tensor
    labels: Tensor


@lru_cache(maxsize=1)
def _digits() -> tuple[np.ndarray, np.ndarray]:
    """Return ink (digits, 8, 8) and labels (digits,) in one fixed random order."""
    from sklearn.datasets import load_digits  # a second: only who draws digits waits

    digits = load_digits()
    order = np.random.default_rng(0).permutation(len(digits.target))
    return digits.images[order] / 16, digits.target[order]


def glimpses(
    scenes: int, side: int = 4, split: str = "train", seed: int = 0
) -> Glimpses:
    """Return scenes of ``side * side`` patches with exactly one digit each.

    Clutter is a digit of the same split whose 64 pixels are shuffled: as much
    ink, no shape. A gist says roughly where the digit is (it is smoother), and
    a little about which digit it is: the two numbers of its place name about one
    digit in four rightly.

    Args:
        scenes: how many.
        side: patches in a row and in a column; at least 2.
        split: ``"train"`` draws from 1297 handwritten digits, ``"test"`` from the
            other 500.
        seed: the same seed gives the same scenes.

    Raises:
        TypeError, ValueError: a count, split or seed that makes no scene.

    Source: the digits of Alpaydin and Kaynak, 1998, as they ship inside
        scikit-learn; the task is a small cousin of the cluttered digits of Mnih
        et al. 2014, arXiv 1406.6247.
    """
    require_count("scenes", scenes)
    require_count("side", side, least=2)
    require_choice("split", split, SPLITS)
    require_count("seed", seed, least=0)
    images, labels = _digits()
    first, last = (
        (0, TRAINING_DIGITS) if split == "train" else (TRAINING_DIGITS, len(labels))
    )
    rng = np.random.default_rng((SPLITS.index(split), seed))
    drawn = rng.integers(first, last, size=(scenes, side * side))
    places = rng.integers(side * side, size=scenes)
    whole = images[drawn].reshape(scenes, side * side, 64)
    scrambled = rng.permuted(whole, axis=2)
    is_digit = np.arange(side * side) == places[:, None]  # (scenes, places)
    patches = np.where(is_digit[..., None], whole, scrambled)
    patches = patches.reshape(scenes, side * side, 8, 8)
    return Glimpses(
        patches=torch.from_numpy(patches).float(),
        gists=torch.from_numpy(_gists(patches)).float(),
        places=torch.from_numpy(places),
        labels=torch.from_numpy(labels[drawn[is_digit]]),
    )


def _gists(patches: np.ndarray) -> np.ndarray:
    """Return mean ink and roughness of each patch: (scenes, places, 2)."""
    down = np.abs(np.diff(patches, axis=-2)).mean(axis=(-2, -1))
    along = np.abs(np.diff(patches, axis=-1)).mean(axis=(-2, -1))
    return np.stack([patches.mean(axis=(-2, -1)), (down + along) / 2], axis=-1)
