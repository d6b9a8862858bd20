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
from course_utils.worlds.reviews import VOCABULARY, Reviews, cinema_reviews
from course_utils.worlds.search import (
    FEATURES,
    SEARCHES,
    TARGETS,
    SearchDisplays,
    visual_search,
)

__all__ = [
    "FEATURES",
    "SEARCHES",
    "TARGETS",
    "VOCABULARY",
    "NoisyCurve",
    "Reviews",
    "SearchDisplays",
    "cinema_reviews",
    "noisy_curve",
    "slowing_river",
    "visual_search",
    "water_level",
]
