"""How a lesson measures attention instead of looking at it.

``matrices`` holds what describes an attention matrix, ``maps`` what compares a
map over the cells of a picture with the truth, ``alignment`` what compares weights
over a text with the truth.
"""

from course_utils.metrics.alignment import alignment_accuracy, alignment_mass
from course_utils.metrics.maps import hit_rate
from course_utils.metrics.matrices import (
    block_score,
    effective_keys,
    previous_token_score,
    row_entropy,
    self_score,
)

__all__ = [
    "alignment_accuracy",
    "alignment_mass",
    "block_score",
    "effective_keys",
    "hit_rate",
    "previous_token_score",
    "row_entropy",
    "self_score",
]
