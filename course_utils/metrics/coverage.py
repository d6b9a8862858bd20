"""How much of an object the strong part of a map covers, and what else it covers.

A map that marks a head and nothing else is precise and incomplete; a map of 1
everywhere is complete and imprecise. One number hides which of the two happened.
"""

from torch import Tensor

from course_utils.metrics.maps import (
    require_maps_and_masks,
    require_share_of_maximum,
)


def recall_and_precision(
    maps: Tensor, masks: Tensor, threshold: float = 0.4
) -> tuple[Tensor, Tensor]:
    """Return for each map how much of the object it covers, and how cleanly.

    The strong part is where a map exceeds ``threshold`` times its own maximum.
    Recall is the share of the object's pixels that it covers, precision the share
    of its pixels that lie on the object. A map of zeros has no strong part: 0 and 0.

    Args:
        maps: (maps, height, width), finite, at least 0.
        masks: (maps, height, width), boolean, True = object.
        threshold: from 0 to below 1.

    Returns:
        recall (maps,) and precision (maps,), float32, from 0 to 1.

    Raises:
        TypeError: maps are not floating point, or masks not boolean.
        ValueError: shapes that differ, numbers that are negative or not finite, a
            mask without an object, or a threshold elsewhere.
    """
    require_maps_and_masks(maps, masks)
    require_share_of_maximum("threshold", threshold, maps)
    strong = maps > threshold * maps.amax(dim=(1, 2), keepdim=True)
    both = (strong & masks).sum(dim=(1, 2))  # (maps,)
    recall = both / masks.sum(dim=(1, 2))
    precision = both / strong.sum(dim=(1, 2)).clamp(min=1)
    return recall, precision
