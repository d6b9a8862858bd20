"""A published check of attention, and eight wrong layers to try it on.

The check compares outputs within a tolerance, as it should. Its inputs are so large
that the softmax is one-hot: whatever keeps the largest score the largest agrees.
"""

import torch
from torch import Tensor

from course_utils.arguments import require_count, require_number
from course_utils.scoring import scaled_dot_score


def attend(queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
    """Return softmax(q . k / sqrt(d)) v, (batch, queries, v): the right answer."""
    return scaled_dot_score(queries, keys).softmax(dim=-1) @ values


def _with(weigh):
    """Return the layer whose weights are ``weigh(scores, size)`` of the products."""

    def layer(queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
        return weigh(queries @ keys.mT, queries.shape[-1]) @ values

    return layer


def _largest(scores: Tensor, size: int) -> Tensor:
    """Return 1 for the largest score of each row, 0 for the others."""
    best = scores.argmax(dim=-1)
    return torch.nn.functional.one_hot(best, scores.shape[-1]).to(scores.dtype)


WRONG_LAYERS = {
    "no scale": _with(lambda s, d: s.softmax(dim=-1)),
    "divides by d": _with(lambda s, d: (s / d).softmax(dim=-1)),
    "divides by 16": _with(lambda s, d: (s / 16).softmax(dim=-1)),
    "takes the largest": _with(_largest),
    "times 1000": _with(lambda s, d: (1000 * s).softmax(dim=-1)),
    "softmax over queries": _with(lambda s, d: (s / d**0.5).softmax(dim=-2)),
    "minus sign": _with(lambda s, d: (-s / d**0.5).softmax(dim=-1)),
    "uniform weights": _with(lambda s, d: torch.full_like(s, 1 / s.shape[-1])),
}


def case_of_size(size: float, seed: int = 0, d: int = 5) -> tuple[Tensor, ...]:
    """Return queries (2, 3, d), keys (2, 5, d), values (2, 5, 2) in float64.

    All are normal; queries and keys are multiplied by ``size``.

    Raises:
        TypeError, ValueError: a size below 0, a seed or ``d`` that is no such number.
    """
    require_number("size", size, 0)
    require_count("seed", seed, least=0)
    require_count("d", d)
    draw = torch.Generator().manual_seed(seed)
    shapes = ((2, 3, d), (2, 5, d), (2, 5, 2))
    made = [torch.randn(s, generator=draw, dtype=torch.float64) for s in shapes]
    return size * made[0], size * made[1], made[2]


def published_check(layer) -> None:
    """Raise ``AssertionError`` unless ``layer`` is attention (so the claim).

    Not kept: its scores run into the thousands, and five of eight wrong layers pass.

    Source: a course's check of its exercise on dot-product attention, in the version
    read; the numbers are drawn anew, with scores as large as there.
    """
    check_at_size(layer, 40.0)


def check_at_size(layer, size: float, tolerance: float = 1e-3, seed: int = 0) -> None:
    """Compare ``layer`` with attention on one random case of that size."""
    case = case_of_size(size, seed)
    off = (layer(*case) - attend(*case)).abs().max().item()
    assert off <= tolerance, f"size {size:g}: outputs are off by up to {off:.2g}"
