"""How a lesson measures attention instead of looking at it.

``matrices`` holds what describes an attention matrix, ``maps`` what compares a
map over the cells of a picture with the truth, ``rationales`` what compares weights
over words with those that decide.
"""

from course_utils.metrics.maps import hit_rate
from course_utils.metrics.matrices import (
    block_score,
    effective_keys,
    previous_token_score,
    row_entropy,
    self_score,
)
from course_utils.metrics.rationales import rationale_recall

__all__ = [
    "block_score",
    "effective_keys",
    "hit_rate",
    "previous_token_score",
    "rationale_recall",
    "row_entropy",
    "self_score",
]
