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
from course_utils.worlds.objects import (
    PLACES,
    TEXTURES,
    ObjectScenes,
    object_scenes,
)
from course_utils.worlds.search import (
    FEATURES,
    SEARCHES,
    TARGETS,
    SearchDisplays,
    visual_search,
)

__all__ = [
    "FEATURES",
    "PLACES",
    "SEARCHES",
    "TARGETS",
    "TEXTURES",
    "NoisyCurve",
    "ObjectScenes",
    "SearchDisplays",
    "noisy_curve",
    "object_scenes",
    "slowing_river",
    "visual_search",
    "water_level",
]
