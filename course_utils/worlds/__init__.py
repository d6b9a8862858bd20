"""Generated data sets, each with its ground truth.

A world is drawn from a seed and knows the right answer, so that attention can
be scored against it and not only looked at. The generators are NumPy's, which
give the same numbers on every machine.
"""

from course_utils.worlds.animals import PARTS, AnimalScenes, animals
from course_utils.worlds.autoregressive import NoisySequences, autoregressive
from course_utils.worlds.boats import (
    BOAT,
    CAR,
    ROAD,
    WATER,
    BoatScenes,
    boats_and_cars,
)
from course_utils.worlds.cluttered_digits import ClutteredDigits, cluttered_digits
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
from course_utils.worlds.gate_tasks import GATE_TASKS, GateTask, gate_task
from course_utils.worlds.glimpses import Glimpses, glimpses
from course_utils.worlds.harbour import (
    BLUE,
    RED,
    HarbourScenes,
    harbour,
    repaint_flags,
)
from course_utils.worlds.objects import (
    PLACES,
    TEXTURES,
    ObjectScenes,
    object_scenes,
)
from course_utils.worlds.reversal import (
    Reversals,
    order_blind_ceiling,
    reversals,
)
from course_utils.worlds.reviews import VOCABULARY, Reviews, cinema_reviews
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
    "BLUE",
    "BOAT",
    "CAR",
    "DATE_READ",
    "DATE_WRITTEN",
    "FEATURES",
    "GATE_TASKS",
    "PARTS",
    "PLACES",
    "RED",
    "ROAD",
    "SEARCHES",
    "TARGETS",
    "TEXTURES",
    "TWIN_COLOURS",
    "TWIN_SHAPES",
    "VOCABULARY",
    "WATER",
    "AnimalScenes",
    "BoatScenes",
    "ClutteredDigits",
    "GateTask",
    "Glimpses",
    "HarbourScenes",
    "NoisyCurve",
    "NoisySequences",
    "ObjectScenes",
    "Reversals",
    "Reviews",
    "SearchDisplays",
    "Twins",
    "WrittenDates",
    "animals",
    "autoregressive",
    "boats_and_cars",
    "cinema_reviews",
    "cluttered_digits",
    "decode_answers",
    "encode_texts",
    "find_the_twin",
    "gate_task",
    "glimpses",
    "harbour",
    "noisy_curve",
    "object_scenes",
    "order_blind_ceiling",
    "repaint_flags",
    "reversals",
    "slowing_river",
    "visual_search",
    "water_level",
    "written_dates",
]
