"""Pools that turn a map of scores into one logit per class.

A picture is a bag of patches; a map gives every patch a score for every class:

    average   mean over patches            every patch counts as an instance
    LSE_r     1/r ln mean exp(r score)     the higher r, the fewer patches count
    maximum   highest score                one patch stands for the picture

and mean <= LSE_r <= maximum. Shapes by axis name: maps (batch, classes, height,
width), logits (batch, classes).
"""

import math

import torch
from torch import Tensor

from course_utils.arguments import (
    require_cell,
    require_positive,
    require_tensor,
)


def average_pool_logits(maps: Tensor) -> Tensor:
    """Return the mean of each map, (batch, classes): every patch is an instance.

    Source: Lin, Chen and Yan, "Network In Network", 2013, arXiv 1312.4400.
    """
    require_tensor("maps", maps, "batch, classes, height, width")
    require_cell("maps", maps)
    return maps.mean(dim=(2, 3))


def max_pool_logits(maps: Tensor) -> Tensor:
    """Return the highest score of each map, (batch, classes): one patch decides."""
    require_tensor("maps", maps, "batch, classes, height, width")
    require_cell("maps", maps)
    return maps.amax(dim=(2, 3))


def lse_pool_logits(maps: Tensor, r: float = 8.0) -> Tensor:
    """Return 1/r ln mean exp(r score) of each map, (batch, classes).

    Between the mean (r near 0) and the maximum (r large); r is in units of one
    over a score, so a network that scales its map also changes what r means.
    Digits are lost where r is tiny: the error is about the spacing of the type's
    numbers near 1, divided by r, 1e-7 / r in float32. In half precision r times a
    score has to stay below 65504.

    Args:
        maps: (batch, classes, height, width).
        r: above 0.

    Raises:
        TypeError, ValueError: not such maps, no patch, r not above 0.

    Source: Pinheiro and Collobert, "From Image-level to Pixel-level Labeling with
        Convolutional Networks", 2015, arXiv 1411.6228.
    """
    require_tensor("maps", maps, "batch, classes, height, width")
    require_cell("maps", maps)
    require_positive("r", r)
    patches = maps.shape[2] * maps.shape[3]
    total = torch.logsumexp(r * maps.flatten(2), dim=-1)  # (batch, classes)
    return (total - math.log(patches)) / r
