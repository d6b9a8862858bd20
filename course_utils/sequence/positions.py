"""Where a token stands: sinusoidal position codes, and the turn that moves them.

Self-attention treats its tokens as a set. A code that differs from place to place,
added to each token, tells it the order. The sinusoidal code is a row of clocks, two
numbers a hand, each clock slower than the one before:

    code[p, 2i]     = sin(w_i p)
    code[p, 2i + 1] = cos(w_i p),     w_i = 10000^(-2i / size)

Moving on by ``distance`` places turns every hand by an angle that does not depend
on the place: code[p + distance] = R(distance) code[p], with one orthogonal R.
"""

import math

import torch
from torch import Tensor

from course_utils.arguments import require_count, require_even


def clock_speeds(size: int) -> Tensor:
    """Return the angle that each clock turns per place, (ceil(size / 2),), float64.

    The first clock turns by 1 radian, each next one less by the same factor.

    Raises:
        TypeError, ValueError: a size that is no whole number of at least 1.
    """
    require_count("size", size)
    twice = torch.arange(0, size, 2, dtype=torch.float64)  # 2i for clock i
    return 10000.0 ** (-twice / size)


def sinusoidal_positions(count: int, size: int, start: int = 0) -> Tensor:
    """Return the codes of ``count`` places, shape (count, size), from -1 to 1.

    Args:
        count: how many places in a row.
        size: numbers per code. Any; the last clock of an odd size lacks its cosine.
        start: the first place. A decoder that reads one token at a time gives each
            its own: ``sinusoidal_positions(1, size, start=step)``.

    Computed in float64, because far out float32 no longer knows the angle, and
    returned in PyTorch's default type; ``.to(x)`` brings them to the type and
    device of ``x``.

    Raises:
        TypeError, ValueError: a count or size below 1, a start below 0.

    Source: Vaswani et al. 2017, arXiv 1706.03762, section 3.5.
    """
    require_count("count", count)
    require_count("size", size)
    require_count("start", start, least=0)
    places = torch.arange(start, start + count, dtype=torch.float64)  # (count,)
    angles = places[:, None] * clock_speeds(size)  # (count, clocks)
    hands = torch.stack([angles.sin(), angles.cos()], dim=-1)  # (count, clocks, 2)
    return hands.flatten(1)[:, :size].to(torch.get_default_dtype())


def position_rotation(distance: float, size: int) -> Tensor:
    """Return R(distance), shape (size, size): it moves a code on by ``distance``.

    ``R @ code[p]`` is ``code[p + distance]`` for every p. One 2 x 2 rotation per
    clock stands on the diagonal; R is orthogonal, and R(-distance) undoes it.

    Raises:
        TypeError, ValueError: a distance that is no finite number, or an odd size:
            every clock needs its two numbers.

    Source: Vaswani et al. 2017, arXiv 1706.03762, section 3.5, says that such a
        linear map exists.
    """
    require_even("size", size)
    if isinstance(distance, bool) or not isinstance(distance, int | float):
        raise TypeError(f"distance: expected one number, got {distance!r}")
    if not math.isfinite(distance):
        raise ValueError(f"distance: expected a finite number, got {distance}")
    angles = distance * clock_speeds(size)  # (clocks,)
    rows = torch.stack([angles.cos(), angles.sin(), -angles.sin(), angles.cos()], -1)
    turns = rows.view(-1, 2, 2)  # (clocks, 2, 2)
    return torch.block_diag(*turns).to(torch.get_default_dtype())
