"""Noisy readings of a curve: what kernel regression predicts from."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from course_utils.arguments import (
    require_callable,
    require_count,
    require_number,
    require_tensor,
)


class NoisyCurve(NamedTuple):
    """Readings of a curve at random places, and the curve itself.

    x (points,): where it was read, in rising order.
    y (points,): the readings, each with its own noise.
    truth: the curve without noise, a function from (n,) to (n,).
    """

    x: Tensor
    y: Tensor
    truth: Callable[[Tensor], Tensor]


def water_level(hours: Tensor) -> Tensor:
    """Return 2 sin(t) + t: a tide of 2 on a river that rises by 1 every hour."""
    require_tensor("hours", hours)
    return 2 * torch.sin(hours) + hours


def slowing_river(hours: Tensor) -> Tensor:
    """Return 2 sin(t) + t^0.8: the same tide on a river that rises ever more slowly.

    ``hours`` has any shape and is at least 0 (NaN below); so has the result.

    Source: the curve of the kernel-regression chapter of Dive into Deep Learning.
    """
    require_tensor("hours", hours)
    return 2 * torch.sin(hours) + hours**0.8


def noisy_curve(
    points: int,
    seed: int = 0,
    noise: float = 0.5,
    truth: Callable[[Tensor], Tensor] = water_level,
) -> NoisyCurve:
    """Return ``points`` readings of ``truth``, at places drawn from [0, 5].

    The places are uniform, the noise is normal with standard deviation
    ``noise``; the same seed gives the same places whatever the noise.

    Raises:
        TypeError, ValueError: fewer than one point, or a noise below 0.
    """
    require_count("points", points)
    require_count("seed", seed, least=0)
    require_number("noise", noise, 0)
    require_callable("truth", truth, "a function of places")
    rng = np.random.default_rng(seed)
    x = torch.from_numpy(np.sort(rng.uniform(0, 5, points))).float()  # (points,)
    errors = torch.from_numpy(rng.standard_normal(points)).float()  # (points,)
    return NoisyCurve(x, truth(x) + noise * errors, truth)
