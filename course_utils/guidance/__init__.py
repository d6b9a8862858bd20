"""Making a model look at the right place, and finding out whether it does."""

from course_utils.guidance.annotation import (
    annotation_cost,
    annotation_loss,
    choose_to_annotate,
    prediction_entropy,
)
from course_utils.guidance.boxes import adversarial_images, box_loss, boxes_of
from course_utils.guidance.supervision import mask_loss

__all__ = [
    "adversarial_images",
    "annotation_cost",
    "annotation_loss",
    "box_loss",
    "boxes_of",
    "choose_to_annotate",
    "mask_loss",
    "prediction_entropy",
]
