"""Visual search: displays of coloured bars, one of which is the target."""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from course_utils.arguments import require_choice, require_count, require_number

FEATURES = ("orange", "blue", "vertical", "horizontal")
TARGETS = ("orange vertical", "orange horizontal", "blue vertical", "blue horizontal")
SEARCHES = ("colour", "orientation", "conjunction")


class SearchDisplays(NamedTuple):
    """Visual-search displays, each a full grid of coloured bars.

    features: (displays, channels, height, width), how strongly each of
        ``FEATURES`` is present in a cell, 0 or 1 plus noise: the keys.
    letters: (displays, height, width), the letter, 0 to 25, printed on each bar;
        it has nothing to do with the bar's features: the values.
    targets: (displays,), the cell of the target, counted row by row from 0.
    queries: (displays, channels), the target's features, 0 or 1: what to seek.
    """

    features: Tensor
    letters: Tensor
    targets: Tensor
    queries: Tensor


def visual_search(
    displays: int,
    side: int,
    search: str = "colour",
    target: str = "orange vertical",
    noise: float = 0.1,
    seed: int = 0,
) -> SearchDisplays:
    """Return displays of ``side * side`` bars with exactly one target each.

    Args:
        displays: how many.
        side: bars in a row and in a column; at least 2.
        search: what sets the target apart. ``"colour"``: every distractor has the
            other colour and the same orientation; ``"orientation"``: the same
            colour, the other orientation; ``"conjunction"``: half of them (to
            within one) share only its colour, half only its orientation, so that
            nothing but the combination is unique.
        target: a colour and an orientation, or ``"any"``: drawn for each display.
        noise: standard deviation added to every feature.
        seed: the same seed gives the same displays.

    Raises:
        TypeError, ValueError: a count, choice, noise or seed that makes no display.

    Source: Treisman and Gelade, "A feature-integration theory of attention",
        Cognitive Psychology 12(1), 1980.
    """
    require_count("displays", displays)
    require_count("side", side, least=2)
    require_choice("search", search, SEARCHES)
    require_choice("target", target, (*TARGETS, "any"))
    require_count("seed", seed, least=0)
    require_number("noise", noise, 0)
    rng = np.random.default_rng(seed)
    fixed = 0 if target == "any" else TARGETS.index(target)
    code = rng.integers(4, size=(displays, 1)) if target == "any" else fixed
    code = np.broadcast_to(code, (displays, 1))  # the target's place in TARGETS
    roles = np.tile(_roles(search, side * side), (displays, 1))
    roles = rng.permuted(roles, axis=1)  # (displays, cells): 0 is the target
    items = code ^ roles  # bit 1 of a role turns the colour, bit 0 the bar
    clean = _FEATURES_OF[items]  # (displays, cells, channels)
    noisy = clean + noise * rng.standard_normal(clean.shape)
    maps = noisy.transpose(0, 2, 1).reshape(displays, 4, side, side)
    return SearchDisplays(
        features=torch.from_numpy(maps).float(),
        letters=torch.from_numpy(rng.integers(26, size=(displays, side, side))),
        targets=torch.from_numpy((roles == 0).argmax(axis=1)),
        queries=torch.from_numpy(_FEATURES_OF[code[:, 0]]).float(),
    )


# One row per entry of TARGETS, one column per entry of FEATURES.
_FEATURES_OF = np.array(
    [[float(word in name) for word in FEATURES] for name in TARGETS]
)


def _roles(search: str, cells: int) -> list[int]:
    """Return a role per bar: 0 target, 1 other orientation, 2 other colour."""
    if search == "colour":
        return [0] + [2] * (cells - 1)
    if search == "orientation":
        return [0] + [1] * (cells - 1)
    half = (cells - 1) // 2
    return [0] + [1] * half + [2] * (cells - 1 - half)
