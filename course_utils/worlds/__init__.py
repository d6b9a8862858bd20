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
from course_utils.worlds.gate_tasks import GATE_TASKS, GateTask, gate_task
from course_utils.worlds.search import (
    FEATURES,
    SEARCHES,
    TARGETS,
    SearchDisplays,
    visual_search,
)
from course_utils.worlds.twins import (
    TWIN_COLOURS,
    TWIN_SHAPES,
    Twins,
    find_the_twin,
)

__all__ = [
    "FEATURES",
    "GATE_TASKS",
    "SEARCHES",
    "TARGETS",
    "TWIN_COLOURS",
    "TWIN_SHAPES",
    "GateTask",
    "NoisyCurve",
    "SearchDisplays",
    "Twins",
    "find_the_twin",
    "gate_task",
    "noisy_curve",
    "slowing_river",
    "visual_search",
    "water_level",
]
