"""How many places a map points at, its strongest one, and a report on many maps.

A map's blobs are the connected regions above its own mean (lesson 18).
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from course_utils.arguments import (
    require_cell,
    require_count,
    require_feature_map,
    require_finite,
    require_mask,
    require_size,
    require_tensor,
)
from course_utils.blobs import blob_entropy, label_blobs, require_maps_axes
from course_utils.metrics.maps import (
    intersection_over_union,
    mass_inside,
    pointing_game,
)


def above_mean(maps: Tensor) -> Tensor:
    """Return where maps (maps, height, width) exceed their own mean, boolean.

    An even map has nothing above it, whichever way its mean was rounded.
    """
    low = maps.amin(dim=(1, 2), keepdim=True)  # (maps, 1, 1)
    return (maps > maps.mean(dim=(1, 2), keepdim=True)) & (maps > low)


def blobs_per_map(maps: Tensor, connectivity: int = 8) -> Tensor:
    """Return the number of connected regions above each map's own mean.

    Args:
        maps: (maps, height, width), finite numbers whose sum is finite.
        connectivity: 4 or 8, as in ``label_blobs``.

    Returns:
        (maps,), whole numbers; 0 for an even map.

    Raises:
        TypeError, ValueError: not such a tensor, no pixel, NaN or infinite numbers.
    """
    require_tensor("maps", maps, "maps, height, width")
    require_maps_axes("maps", maps)
    require_finite("maps", maps)
    require_finite_sums("maps", maps)
    return label_blobs(above_mean(maps), connectivity).amax(dim=(1, 2))


def heaviest_blob(maps: Tensor, connectivity: int = 8) -> Tensor:
    """Return each map's heaviest blob: its pixels minus the map's mean, else 0.

    It needs no further training: a cheap way to a map with one blob. The mass of a
    blob is the sum over its pixels minus the map's mean; of equal ones the first
    in reading order stays. Computed in float32 at least.

    Args:
        maps: (maps, height, width), finite numbers whose sum is finite.
        connectivity: 4 or 8, as in ``label_blobs``.

    Returns:
        (maps, height, width), at least 0.

    Raises:
        TypeError, ValueError: not such a tensor, no map or pixel, NaN or infinite
            numbers, or a sum that is.
    """
    require_tensor("maps", maps, "maps, height, width")
    require_maps_axes("maps", maps)
    require_finite("maps", maps)
    require_count("the number of maps", len(maps))
    maps = maps.to(torch.promote_types(maps.dtype, torch.float32))
    require_finite_sums("maps", maps)
    labels = label_blobs(above_mean(maps), connectivity)  # (maps, height, width)
    excess = (maps - maps.mean(dim=(1, 2), keepdim=True)) * (labels > 0)
    masses = maps.new_zeros(len(maps), int(labels.max()) + 1)  # (maps, blobs + 1)
    masses = masses.scatter_add(1, labels.flatten(1), excess.flatten(1))
    heaviest = masses.argmax(dim=1)[:, None, None]  # (maps, 1, 1)
    return excess * (labels == heaviest)


def require_finite_sums(name: str, maps: Tensor) -> None:
    """Raise where the mean of a map (maps, height, width) would be infinite."""
    wide = torch.promote_types(maps.dtype, torch.float32)
    if not maps.abs().sum(dim=(1, 2), dtype=wide).isfinite().all():
        raise ValueError(
            f"{name}: expected numbers whose sum is finite, got up to "
            f"{maps.abs().max():.3g} in {maps.dtype}; divide each map by its largest "
            "number first"
        )


def measure_maps(scores: Tensor, masks: Tensor) -> dict[str, float]:
    """Return six numbers on the maps of several heads, averaged over pictures.

    ``blobs`` and ``entropy`` (blob entropy, nats) need no mask. ``inside`` is the
    share of the weights (softmax of the scores) on the object, ``pointing`` the
    pointing game of the weights averaged over heads. ``best head`` is the
    intersection over union, above the map's mean, of the head that fits each
    picture best, chosen with the mask in hand; ``mean head`` averages the heads.
    A place belongs to the object when more than half of its pixels do.

    Args:
        scores: (pictures, heads, h, w), before the softmax.
        masks: (pictures, height, width), boolean, True = object.

    Raises:
        TypeError, ValueError: no such tensors, NaN or infinite scores, a picture
            in which no place belongs to the object.
    """
    require_feature_map("scores", scores)
    require_finite("scores", scores)
    require_tensor("masks", masks, "pictures, height, width", floating=False)
    require_mask("masks", masks, masks.shape)
    require_size("masks", masks, 0, len(scores), "with one for each picture")
    require_cell("masks", masks)
    maps = scores.flatten(0, 1)  # (pictures * heads, h, w)
    weights = maps.flatten(1).softmax(dim=1).view_as(maps)
    shares = F.adaptive_avg_pool2d(masks[:, None].float(), scores.shape[2:])
    truth = (shares > 0.5).expand_as(scores)  # (pictures, heads, h, w)
    each = truth.flatten(0, 1)  # (pictures * heads, h, w)
    fit = intersection_over_union(maps, each).view(scores.shape[:2])
    mean_weights = weights.view_as(scores).mean(dim=1)  # (pictures, h, w)
    found = {
        "blobs": blobs_per_map(maps),
        "entropy": blob_entropy(maps),
        "inside": mass_inside(weights, each),
        "pointing": pointing_game(mean_weights, truth[:, 0]),
        "best head": fit.amax(dim=1),
        "mean head": fit,
    }
    return {name: float(each.float().mean()) for name, each in found.items()}
