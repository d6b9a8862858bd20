"""Making a model look at the right place, and finding out whether it does."""

from course_utils.guidance.annotation import (
    AnnotationLoss,
    annotation_cost,
    choose_to_annotate,
    prediction_entropy,
)
from course_utils.guidance.boxes import adversarial_images, box_loss, boxes_of
from course_utils.guidance.mining import mine_attention, soft_mask
from course_utils.guidance.supervision import mask_loss

__all__ = [
    "AnnotationLoss",
    "adversarial_images",
    "annotation_cost",
    "box_loss",
    "boxes_of",
    "choose_to_annotate",
    "mask_loss",
    "mine_attention",
    "prediction_entropy",
    "soft_mask",
]
