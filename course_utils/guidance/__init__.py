"""Making a model look at the right place, and finding out whether it does."""

from course_utils.guidance.annotation import (
    AnnotationLoss,
    annotation_cost,
    choose_to_annotate,
    prediction_entropy,
)
from course_utils.guidance.boxes import adversarial_images, box_loss, boxes_of
from course_utils.guidance.erasing import (
    erase,
    merge_maps,
    region_of_area,
    strong_region,
    window_at_peak,
)
from course_utils.guidance.mining import mine_attention, soft_mask
from course_utils.guidance.supervision import mask_loss

__all__ = [
    "AnnotationLoss",
    "adversarial_images",
    "annotation_cost",
    "box_loss",
    "boxes_of",
    "choose_to_annotate",
    "erase",
    "mask_loss",
    "merge_maps",
    "mine_attention",
    "prediction_entropy",
    "region_of_area",
    "soft_mask",
    "strong_region",
    "window_at_peak",
]
