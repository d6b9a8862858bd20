"""The bug museum: published mistakes that raise no error, and what judges a test."""

from course_utils.museum.pictures import (
    published_above_mean,
    published_coverage,
    published_epanechnikov,
    published_erase,
    published_limits,
    published_non_local,
    published_soft_masks,
)
from course_utils.museum.rivals import (
    WRONG_LAYERS,
    attend,
    case_of_size,
    check_at_size,
    published_check,
)
from course_utils.museum.sentences import (
    published_causal,
    published_leave_one_out,
    published_masked_softmax,
    published_next_codes,
    published_positions,
    published_scores,
    published_word_weights,
    published_zero_scores,
)
from course_utils.museum.verdicts import (
    call,
    catches,
    judge_fix,
    judge_test,
    pins_down,
    verdict,
)

__all__ = [
    "WRONG_LAYERS",
    "attend",
    "call",
    "case_of_size",
    "catches",
    "check_at_size",
    "judge_fix",
    "judge_test",
    "pins_down",
    "published_above_mean",
    "published_causal",
    "published_check",
    "published_coverage",
    "published_epanechnikov",
    "published_erase",
    "published_leave_one_out",
    "published_limits",
    "published_masked_softmax",
    "published_next_codes",
    "published_non_local",
    "published_positions",
    "published_scores",
    "published_soft_masks",
    "published_word_weights",
    "published_zero_scores",
    "verdict",
]
