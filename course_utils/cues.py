"""What draws the eye, and what directs it: attention from two kinds of cue.

A display is a grid of cells. Each cell holds a key: how strongly each feature
(orange, blue, vertical, horizontal) is present there. Every map below is made
in the same two steps:

    scores  s_i      one number per cell, from one of two sources
    weights alpha_i = exp(s_i / T) / sum_j exp(s_j / T)      T: temperature

Bottom-up (saliency) scores come from the keys alone: s_i compares a key with
its neighbours' keys. Top-down scores compare each key with a query:
s_i = q . k_i. The weights then average the values: sum_i alpha_i v_i.
"""

import torch
from torch import Tensor
from torch.nn.functional import conv2d

from course_utils.arguments import (
    require_cell,
    require_count,
    require_finite,
    require_no_nan,
    require_positive,
    require_same_dtype,
    require_size,
    require_tensor,
)


# contrast = centre - mean of the ring of neighbours that exist
def centre_surround(features: Tensor, radius: int = 1) -> Tensor:
    """Return each cell's features minus the mean of its neighbours' features.

    The neighbours are the cells of a square window, the centre left out. At the
    border only cells inside the grid count, so that a border is no contrast. A
    cell without neighbours is compared with zeros.

    Args:
        features: (displays, channels, height, width).
        radius: the window is ``2 * radius + 1`` cells a side.

    Returns:
        (displays, channels, height, width): positive where a feature is stronger
        here than around, negative where it is weaker.

    Raises:
        TypeError: not a floating-point tensor, or a radius that is no whole number.
        ValueError: another number of axes, NaN or infinity, a radius below 1.

    Source: Itti, Koch and Niebur, "A model of saliency-based visual attention for
        rapid scene analysis", IEEE PAMI 20(11), 1998.
    """
    require_tensor("features", features, "displays, channels, height, width")
    require_finite("features", features)
    require_cell("features", features)
    require_count("radius", radius)
    size = 2 * radius + 1
    ring = features.new_ones(1, 1, size, size)
    ring[..., radius, radius] = 0  # a cell is not its own neighbour
    maps = features.flatten(0, 1).unsqueeze(1)  # (displays*channels, 1, h, w)
    total = conv2d(maps, ring, padding=radius)
    count = conv2d(torch.ones_like(maps), ring, padding=radius)
    surround = total / count.clamp(min=1)
    return features - surround.view_as(features)


# s_i = sum over channels of |contrast|
def saliency_scores(features: Tensor, radius: int = 1) -> Tensor:
    """Return how much each cell differs from its surround: keys only, no query.

    Args:
        features: (displays, channels, height, width).
        radius: of the surround, in cells.

    Returns:
        (displays, height, width), at least 0.

    Raises:
        TypeError, ValueError: as ``centre_surround``.

    Source: Itti, Koch and Niebur, IEEE PAMI 20(11), 1998; here at one scale and
        without their normalisation of the feature maps.
    """
    return centre_surround(features, radius).abs().sum(dim=1)


# s_i = q . k_i
def query_scores(features: Tensor, queries: Tensor) -> Tensor:
    """Return how well each cell's features match the query of its display.

    Args:
        features: (displays, channels, height, width).
        queries: (displays, channels), one query per display.

    Returns:
        (displays, height, width).

    Raises:
        TypeError: no floating-point tensors, or of two types.
        ValueError: another number of axes, sizes that do not fit, NaN or infinity.

    Source: top-down weights on feature maps, as in Wolfe, "Guided Search 2.0",
        Psychonomic Bulletin & Review 1(2), 1994.
    """
    require_tensor("features", features, "displays, channels, height, width")
    require_tensor("queries", queries, "displays, channels")
    require_same_dtype("queries", queries, "features", features)
    require_size("queries", queries, 0, features.shape[0], "with one per display")
    require_size("queries", queries, 1, features.shape[1], "to match the channels")
    require_finite("features", features)
    require_finite("queries", queries)
    return torch.einsum("dchw,dc->dhw", features, queries)


# alpha_i = exp(s_i / T) / sum_j exp(s_j / T), over all cells of a display
def attention_map(scores: Tensor, temperature: float = 1.0) -> Tensor:
    """Return scores as shares of attention: positive, summing to 1 per display.

    Args:
        scores: (displays, height, width).
        temperature: above 0; a low one sharpens the map towards its peak, a high
            one flattens it.

    Returns:
        (displays, height, width).

    Raises:
        TypeError: not a floating-point tensor, or a temperature that is no number.
        ValueError: another number of axes, no cells, NaN or infinity, a
            temperature not above 0 or too small for the type of the scores.
    """
    require_tensor("scores", scores, "displays, height, width")
    require_finite("scores", scores)
    require_positive("temperature", temperature)
    if temperature < torch.finfo(scores.dtype).tiny:
        raise ValueError(
            f"temperature: expected at least {torch.finfo(scores.dtype).tiny:.1e} for "
            f"scores of {scores.dtype}, got {temperature:g}; use a larger one"
        )
    if 0 in scores.shape[1:]:
        raise ValueError(
            f"scores: expected at least one cell, got shape {tuple(scores.shape)}"
        )
    flat = scores.flatten(1)  # (displays, cells)
    below_peak = flat - flat.amax(dim=1, keepdim=True)  # at most 0: no overflow
    return (below_peak / temperature).softmax(dim=1).view_as(scores)


def saliency_map(features: Tensor, radius: int = 1, temperature: float = 1.0) -> Tensor:
    """Return the bottom-up attention map: what draws the eye.

    Args:
        features: (displays, channels, height, width).
        radius: of the surround, in cells.
        temperature: of the softmax over cells, above 0.

    Returns:
        (displays, height, width), summing to 1 per display.

    Raises:
        TypeError, ValueError: as ``centre_surround`` and ``attention_map``.
    """
    return attention_map(saliency_scores(features, radius), temperature)


def query_map(features: Tensor, queries: Tensor, temperature: float = 1.0) -> Tensor:
    """Return the top-down attention map: what directs the eye.

    Args:
        features: (displays, channels, height, width).
        queries: (displays, channels), one query per display.
        temperature: of the softmax over cells, above 0.

    Returns:
        (displays, height, width), summing to 1 per display.

    Raises:
        TypeError, ValueError: as ``query_scores`` and ``attention_map``.
    """
    return attention_map(query_scores(features, queries), temperature)


# output = sum_i alpha_i v_i
def read_out(weights: Tensor, values: Tensor) -> Tensor:
    """Return the average of each display's values, weighted by attention.

    Args:
        weights: (displays, height, width).
        values: (displays, height, width, size): what looking at a cell yields.

    Returns:
        (displays, size).

    Raises:
        TypeError: no floating-point tensors, or of two types.
        ValueError: another number of axes, sizes that do not fit, or NaN.
    """
    require_tensor("weights", weights, "displays, height, width")
    require_tensor("values", values, "displays, height, width, size")
    require_same_dtype("values", values, "weights", weights)
    require_no_nan("weights", weights)
    require_no_nan("values", values)
    for axis in range(3):
        require_size("values", values, axis, weights.shape[axis], "to match weights")
    return torch.einsum("dhw,dhwv->dv", weights, values)
