"""Specimens from maps and losses: one picture alone, an average, a target.

See ``sentences`` for what a specimen is.
"""

import torch
from torch import Tensor


def published_epanechnikov(u: Tensor) -> Tensor:
    """Return the Epanechnikov kernel at ``u``, any shape (so the name).

    Not kept: this is the triangular kernel.

    Source: Dive into Deep Learning, attention pooling, in the version read (its kernel
    is not normalised; neither was it meant to be).
    """
    return torch.relu(1 - u.abs())


def published_above_mean(maps: Tensor) -> Tensor:
    """Return what each map has above its mean, elsewhere 0 (so the claim).

    ``maps`` (..., height, width). Not kept: 0.3 is the mean that the text writes down
    for one map of 4 by 4; that map's mean is 0.28125.

    Source: an article on blob entropy (after Peruzzo et al. 2022, arXiv 2206.04636).
    """
    return torch.relu(maps - 0.3)


def published_soft_masks(maps: Tensor) -> Tensor:
    """Return a soft mask for each map, by its own smallest and largest number.

    ``maps`` (batch, height, width); the mask is sigmoid(10 (s - 0.5)), s the map
    stretched from 0 to 1. So the claim; not kept: both numbers are the batch's, so
    a louder neighbour changes a picture's mask.

    Source: a reimplementation of guided attention (Li et al. 2018, arXiv 1802.10171).
    """
    stretched = (maps - maps.min()) / (maps.max() - maps.min())
    return torch.sigmoid(10 * (stretched - 0.5))


def published_coverage(weights: Tensor, lengths: Tensor) -> Tensor:
    """Return a penalty for looking at some places more than at others.

    ``weights`` (batch, words, places): each of the first ``lengths`` words of a caption
    shares out 1 over the places; rows after them are 0. So the claim: 0 where all
    places of a caption got alike. Not kept: the target of 1 a place cannot be met by
    fewer words than places; 12 words on 196 places leave a floor of .881.

    Source: captioning code with doubly stochastic attention (Xu et al. 2015,
    arXiv 1502.03044), in the version read.
    """
    return (1 - weights.sum(dim=1)).square().mean()


def published_erase(features: Tensor, maps: Tensor, threshold: float) -> Tensor:
    """Return the features with 0 where a picture's map reaches the threshold.

    ``features`` (batch, channels, height, width), ``maps`` (batch, 1, height, width).
    So the claim; not kept: every axis of size 1 is squeezed, and in a batch of one
    the rows of the mask act on the channels.

    Source: code published with ACoL (Zhang et al. 2018, arXiv 1804.06962), its erasing
    function, in the version read.
    """
    mask = (torch.squeeze(maps) < threshold).to(features.dtype)
    return features * mask.unsqueeze(1)


def published_limits(maps: Tensor) -> Tensor:
    """Return the smallest and the largest number that one colour bar shows, (2,).

    ``maps`` (panels, height, width): panels in a row with one bar for all. So the
    claim; not kept: the bar is that of the last panel, the others go by their own.

    Source: ``show_heatmaps`` of a tutorial on attention, in the version read.
    """
    last = maps[-1]
    return torch.stack([last.min(), last.max()])


def published_non_local(x: Tensor) -> Tensor:
    """Return for each place a mean of all places, weighted by similarity.

    ``x`` (batch, places, size); the weight of place j for place i is x_i . x_j divided
    by the number of places. So the claim (the "dot product" of a non-local block); not
    kept: a sum, so a picture with twice as many places gives twice as much.

    Source: an article that lists "dot product" among the similarities without the
    number of places of Wang et al. 2018 (arXiv 1711.07971).
    """
    return x @ x.mT @ x
