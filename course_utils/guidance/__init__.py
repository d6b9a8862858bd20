"""Making a model look at the right place, and finding out whether it does."""

from course_utils.guidance.mining import mine_attention, soft_mask
from course_utils.guidance.supervision import mask_loss

__all__ = [
    "mask_loss",
    "mine_attention",
    "soft_mask",
]
