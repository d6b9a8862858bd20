"""Generated data sets, each with its ground truth.

A world is drawn from a seed and knows the right answer, so that attention can
be scored against it and not only looked at. The generators are NumPy's, which
give the same numbers on every machine.
"""

from course_utils.worlds.curves import (
    NoisyCurve,
    noisy_curve,
    slowing_river,
    water_level,
)
from course_utils.worlds.dates import (
    DATE_READ,
    DATE_WRITTEN,
    WrittenDates,
    decode_answers,
    encode_texts,
    written_dates,
)
from course_utils.worlds.search import (
    FEATURES,
    SEARCHES,
    TARGETS,
    SearchDisplays,
    visual_search,
)

__all__ = [
    "DATE_READ",
    "DATE_WRITTEN",
    "FEATURES",
    "SEARCHES",
    "TARGETS",
    "NoisyCurve",
    "SearchDisplays",
    "WrittenDates",
    "decode_answers",
    "encode_texts",
    "noisy_curve",
    "slowing_river",
    "visual_search",
    "water_level",
    "written_dates",
]
