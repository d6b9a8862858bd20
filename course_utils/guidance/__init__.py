"""Making a model look at the right place, and finding out whether it does."""

from course_utils.guidance.erasing import (
    erase,
    merge_maps,
    region_of_area,
    strong_region,
    window_at_peak,
)
from course_utils.guidance.supervision import mask_loss

__all__ = [
    "erase",
    "mask_loss",
    "merge_maps",
    "region_of_area",
    "strong_region",
    "window_at_peak",
]
