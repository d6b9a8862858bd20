"""How a map over the cells of a picture is measured against the truth.

The truth is a cell (``hit_rate``) or a mask: the pixels that the object covers.
Three numbers compare a map with a mask, each 1 where the map is perfect:

- the **pointing game** looks at the peak only: is it on the object?
- the **mass inside** looks at every pixel: which share of the map is there?
- the **intersection over union** draws a line around the map's strong part and
  compares its shape with the object's.

Each is one number per map; average them as you like. None means anything without
chance: a map that is even everywhere scores the object's share of the picture in
the first two. ``null_maps`` has stronger rivals.
"""

import torch
from torch import Tensor

from course_utils.arguments import (
    require_cells,
    require_finite,
    require_index_type,
    require_no_nan,
    require_tensor,
)


def hit_rate(maps: Tensor, targets: Tensor) -> Tensor:
    """Return the share of maps whose highest cell is the target's cell.

    A peak that k cells share earns 1/k, as guessing among them would on average;
    a uniform map over n cells therefore scores exactly 1/n, which is chance.

    Args:
        maps: (displays, height, width), scores or weights.
        targets: (displays,), int64 or int32: the target's cell, counted row by
            row from 0.

    Returns:
        one number, from 0 to 1.

    Raises:
        TypeError: maps are not floating point, or targets not whole numbers.
        ValueError: no display, NaN, or targets that are no cells of the maps.
    """
    require_tensor("maps", maps, "displays, height, width")
    require_no_nan("maps", maps)
    require_cells("targets", targets, maps)
    require_index_type("targets", targets)
    flat = maps.flatten(1)  # (displays, cells)
    peak = flat == flat.max(dim=1, keepdim=True).values  # (displays, cells)
    found = peak.gather(1, targets[:, None])[:, 0]  # (displays,)
    return (found / peak.sum(dim=1)).mean()


def pointing_game(maps: Tensor, masks: Tensor) -> Tensor:
    """Return for each map whether its peak lies on the object.

    A peak that k pixels share, j of them on the object, earns j/k, as pointing
    at one of them would on average. An even map scores the object's share of the
    picture, which is chance. Any scale and any shift of a map score the same.

    Args:
        maps: (maps, height, width), any numbers.
        masks: (maps, height, width), boolean, True = object.

    Returns:
        (maps,), float32, from 0 to 1.

    Raises:
        TypeError: maps are not floating point, or masks not boolean.
        ValueError: shapes that differ, NaN, or a mask without an object.

    Source: Zhang et al., "Top-down Neural Attention by Excitation Backprop", 2016,
        arXiv 1608.00507 (there with a tolerance around the object).
    """
    require_maps_and_masks(maps, masks)
    flat = maps.flatten(1)  # (maps, pixels)
    peak = flat == flat.max(dim=1, keepdim=True).values  # (maps, pixels)
    on_object = peak & masks.flatten(1)  # (maps, pixels)
    return on_object.sum(dim=1) / peak.sum(dim=1)  # (maps,)


def mass_inside(maps: Tensor, masks: Tensor) -> Tensor:
    """Return which share of each map lies on the object.

    An even map scores the object's share of the picture, which is chance. A scale
    changes nothing; a shift does, so subtracting the minimum flatters a map. A map
    of zeros has nothing inside: 0.

    Args:
        maps: (maps, height, width), at least 0.
        masks: (maps, height, width), boolean, True = object.

    Returns:
        (maps,), from 0 to 1, in the type of the maps (float32 for float16).

    Raises:
        TypeError: maps are not floating point, or masks not boolean.
        ValueError: shapes that differ, NaN or infinite numbers, numbers below 0,
            or a mask without an object.
    """
    require_maps_and_masks(maps, masks)
    require_mass("maps", maps)
    flat = maps.flatten(1)  # (maps, pixels)
    flat = flat.to(torch.promote_types(flat.dtype, torch.float32))  # sums of float16
    largest = flat.amax(dim=1, keepdim=True)  # (maps, 1)
    flat = flat / largest.masked_fill(largest == 0, 1.0)  # so that no sum overflows
    inside = (flat * masks.flatten(1)).sum(dim=1)  # (maps,)
    total = flat.sum(dim=1)  # (maps,)
    return inside / total.masked_fill(total == 0, 1.0)  # (maps,)


def intersection_over_union(
    maps: Tensor, masks: Tensor, threshold: float | None = None
) -> Tensor:
    """Return how well the strong part of each map covers the object, and no more.

    The strong part is where a map exceeds its own mean, or ``threshold`` times its
    own maximum. The score is the number of pixels in both, the strong part and the
    object, over the number in either.

    Args:
        maps: (maps, height, width), finite; at least 0 with a ``threshold``.
        masks: (maps, height, width), boolean, True = object.
        threshold: None for the map's mean, or a share of its maximum, from 0 to
            below 1. Maps already cut into 0 and 1 want 0.5.

    Returns:
        (maps,), float32, from 0 to 1. Without a threshold, an even map has no
        strong part: 0.

    Raises:
        TypeError: maps are not floating point, or masks not boolean.
        ValueError: shapes that differ, NaN or infinity, a mask without an object,
            or a threshold elsewhere.

    Source: Jaccard 1901; on maps above their mean Peruzzo et al. 2022, arXiv
        2206.04636, on a share of the maximum Zhou et al. 2015, arXiv 1512.04150.
    """
    require_maps_and_masks(maps, masks)
    flat, truth = maps.flatten(1), masks.flatten(1)  # (maps, pixels)
    if threshold is None:
        require_finite("maps", maps)
        low = flat.min(dim=1, keepdim=True).values  # an even map has none above it
        strong = (flat > flat.double().mean(dim=1, keepdim=True)) & (flat > low)
    else:
        require_share_of_maximum("threshold", threshold, maps)
        strong = flat > threshold * flat.max(dim=1, keepdim=True).values
    return (strong & truth).sum(dim=1) / (strong | truth).sum(dim=1)  # (maps,)


def require_maps_and_masks(maps: object, masks: object) -> None:
    """Raise unless both are (maps, height, width), and every mask has an object.

    Raises:
        TypeError: maps are not a floating-point, masks not a boolean tensor.
        ValueError: shapes that differ, no map, NaN, or an empty mask.
    """
    require_tensor("maps", maps, "maps, height, width")
    require_no_nan("maps", maps)
    require_tensor("masks", masks, "maps, height, width", floating=False)
    if masks.dtype != torch.bool:
        raise TypeError(
            f"masks: expected a boolean tensor (True = object), got {masks.dtype}; "
            "compare first, for example masks > 0"
        )
    if masks.shape != maps.shape:
        raise ValueError(
            f"masks: expected shape {tuple(maps.shape)} like the maps, got "
            f"{tuple(masks.shape)}; bring the maps to the size of the picture with "
            "course_utils.overlays.enlarge_maps"
        )
    if maps.numel() == 0:
        raise ValueError(f"maps: expected at least one, got {tuple(maps.shape)}")
    empty = int((~masks.flatten(1).any(dim=1)).sum())
    if empty:
        raise ValueError(
            f"masks: expected an object in every picture, got {empty} without; leave "
            "those out: nothing can point at what is not there"
        )


def require_mass(name: str, maps: Tensor) -> None:
    """Raise unless ``maps`` holds finite numbers of at least 0: shares of a whole."""
    if not torch.isfinite(maps).all() or (maps < 0).any():
        raise ValueError(
            f"{name}: expected finite numbers of at least 0, got {maps.min():.4g} to "
            f"{maps.max():.4g}; cut what is below 0 off with clamp(min=0), or measure "
            "with pointing_game"
        )


def require_share_of_maximum(name: str, value: float, maps: Tensor) -> None:
    """Raise unless ``value`` is a share from 0 to below 1 and no map is below 0."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name}: expected a number, got {type(value).__name__}")
    if not 0 <= value < 1:
        raise ValueError(
            f"{name}: expected a share of the maximum from 0 to below 1, got {value}"
        )
    require_mass("maps", maps)
