"""Blobs: how many places a map points at, and the entropy of their shares.

A map is cut at a threshold, by default its own mean. The pixels above it fall
into connected regions, the blobs. With C_n the pixels of blob n and x_i the map:

    mass of a blob    P_n = sum over i in C_n of (x_i - threshold)
    share of a blob   p_n = P_n / M,   M = sum over n of P_n
    blob entropy      H   = -sum over n of p_n ln p_n          (nats)

H is 0 for one blob, ln n for n blobs of equal mass. The labels of the pixels are
constants; the masses are differentiable, and with them H:

    dH / dP_n = -(ln p_n + H) / M

A blob with a share above e^-H grows under a step that lowers H, a smaller one
shrinks. Shapes by axis name: maps (..., height, width), entropies (...).

Source: Peruzzo and others, "Spatial Entropy as an Inductive Bias for Vision
Transformers", 2022, arXiv 2206.04636.
"""

import math

import numpy as np
import torch
from scipy import ndimage
from torch import Tensor, nn

from course_utils.arguments import (
    require_choice,
    require_finite,
    require_mask,
    require_tensor,
)

NEIGHBOURS = {4: ndimage.generate_binary_structure(2, 1), 8: np.ones((3, 3), bool)}


def label_blobs(masks: Tensor, connectivity: int = 8) -> Tensor:
    """Return the number of each pixel's blob: 0 outside, from 1 in each map.

    Two pixels of a mask belong to one blob when a path of neighbours joins them.
    Blobs are numbered in the order in which reading, row by row, meets them.

    Args:
        masks: (..., height, width), boolean.
        connectivity: 4 (a pixel's neighbours share an edge with it) or 8 (or a
            corner).

    Returns:
        (..., height, width), whole numbers, on the device of ``masks``.

    Raises:
        TypeError, ValueError: not boolean, fewer than two axes, another
            connectivity.
    """
    require_tensor("masks", masks, floating=False)
    require_mask("masks", masks, masks.shape)
    require_maps_axes("masks", masks)
    require_choice("connectivity", connectivity, tuple(NEIGHBOURS))
    stacked, counts = _label_stack(masks, connectivity)
    before = counts.cumsum(0) - counts  # (maps,)
    own = (stacked - before[:, None, None]).clamp(min=0)  # (maps, height, width)
    return own.reshape(masks.shape)


def blob_entropy(
    maps: Tensor, threshold: float | str = "mean", connectivity: int = 8
) -> Tensor:
    """Return the entropy of the blobs' shares for each map, in nats.

    Unchanged by ``a * map + b`` with ``a > 0`` when the threshold is the mean. A
    map with nothing above its threshold has no blob: entropy 0, gradient 0.
    Computed in float32 at least.

    Args:
        maps: (..., height, width), any floating-point numbers, negative ones too:
            logits or weights.
        threshold: ``"mean"`` (of each map; it carries a gradient) or a number.
        connectivity: 4 or 8, as in ``label_blobs``.

    Returns:
        (...), from 0 (one blob, or none) to ln(number of blobs).

    Raises:
        TypeError: maps that are not floating point.
        ValueError: fewer than two axes, NaN or infinity, another connectivity or
            threshold.

    Source: Peruzzo and others 2022, arXiv 2206.04636.
    """
    require_tensor("maps", maps)
    require_maps_axes("maps", maps)
    require_finite("maps", maps)
    require_threshold(threshold)
    require_choice("connectivity", connectivity, tuple(NEIGHBOURS))
    flat = _stacked(maps)  # (maps, height, width)
    flat = flat.to(torch.promote_types(maps.dtype, torch.float32))
    # H does not feel the unit of the map: huge and tiny numbers are brought to 1.
    unit = flat.detach().abs().amax(dim=(1, 2), keepdim=True)  # (maps, 1, 1)
    unit = unit.where(unit > 0, 1.0)
    flat = flat / unit  # (maps, height, width)
    if threshold == "mean":
        level = flat.mean(dim=(1, 2), keepdim=True)  # (maps, 1, 1)
        lowest = flat.detach().amin(dim=(1, 2), keepdim=True)
        above = (flat > level) & (flat > lowest)  # a flat map has no blob
    else:
        level = threshold / unit
        above = flat > level  # (maps, height, width)
    labels, counts = _label_stack(above, connectivity)
    total = int(counts.sum())
    excess = (flat - level) * above  # (maps, height, width)
    masses = excess.new_zeros(total + 1)
    masses = masses.index_add(0, labels.flatten(), excess.flatten())[1:]  # (blobs,)
    owner = torch.arange(len(counts), device=maps.device).repeat_interleave(counts)
    mass = masses.new_zeros(len(counts)).index_add(0, owner, masses)  # (maps,)
    shares = masses / mass[owner]  # (blobs,)
    surprise = torch.special.entr(shares)  # -p ln p
    entropies = masses.new_zeros(len(counts)).index_add(0, owner, surprise)
    return entropies.reshape(maps.shape[:-2])


class BlobEntropyLoss(nn.Module):
    """The mean blob entropy of all maps: samples and heads alike.

    Called with maps (..., height, width), in the paper the logits of class
    attention before the softmax, one map for each sample and head. Returns one
    number, at least 0. Any single blob anywhere costs nothing: add this loss,
    with a small weight, to one that says where to look.

    Source: Peruzzo and others 2022, arXiv 2206.04636.
    """

    def __init__(self, threshold: float | str = "mean", connectivity: int = 8) -> None:
        require_threshold(threshold)
        require_choice("connectivity", connectivity, tuple(NEIGHBOURS))
        super().__init__()
        self.threshold = threshold
        self.connectivity = connectivity

    def forward(self, maps: Tensor) -> Tensor:
        """Return the mean of ``blob_entropy`` over every leading axis."""
        require_tensor("maps", maps)
        if maps.numel() == 0:
            return maps.sum()  # nothing to gather: 0
        return blob_entropy(maps, self.threshold, self.connectivity).mean()


def _label_stack(masks: Tensor, connectivity: int) -> tuple[Tensor, Tensor]:
    """Return labels (maps, height, width), counted on from map to map, and (maps,)
    how many blobs each map has.

    One call labels all maps: the structure does not join neighbours in the stack.
    """
    stack = _stacked(masks.detach())
    structure = np.zeros((3, 3, 3), bool)
    structure[1] = NEIGHBOURS[connectivity]
    labels, _ = ndimage.label(stack.cpu().numpy(), structure)
    labels = torch.from_numpy(labels).to(masks.device, torch.int64)
    highest = labels.flatten(1).amax(dim=1)  # (maps,)
    highest = highest.cummax(0).values  # a map without blobs keeps the one before
    counts = highest.diff(prepend=highest.new_zeros(1))
    return labels, counts


def _stacked(maps: Tensor) -> Tensor:
    """Return (maps, height, width): every leading axis in one."""
    return maps.flatten(0, -3) if maps.ndim > 2 else maps[None]


def require_maps_axes(name: str, maps: Tensor) -> None:
    """Raise unless ``maps`` has a height and a width."""
    if maps.ndim < 2 or 0 in maps.shape[-2:]:
        raise ValueError(
            f"{name}: expected shape (..., height, width) with at least one pixel, "
            f"got {tuple(maps.shape)}; reshape tokens to their grid first, without "
            "the class token"
        )


def require_threshold(threshold: object) -> None:
    """Raise unless ``threshold`` is ``"mean"`` or a finite number."""
    number = isinstance(threshold, int | float) and not isinstance(threshold, bool)
    if threshold != "mean" and not (number and math.isfinite(threshold)):
        raise ValueError(
            f"threshold: expected 'mean' or a finite number, got {threshold!r}"
        )
