"""Making a model look at the right place, and finding out whether it does."""

from course_utils.guidance.supervision import mask_loss

__all__ = [
    "mask_loss",
]
