"""How a lesson measures attention instead of looking at it.

``matrices`` holds what describes an attention matrix, ``maps`` what compares a
map over the cells of a picture with the truth, ``coverage`` says how much of an
object a map covers, and how cleanly, ``null_maps`` makes the maps that know nothing,
for comparison. ``blob_maps`` counts the places that maps point at and
reports on many maps at once. ``rationales`` compares weights over words with those that
decide, ``alignment`` weights over a text with the characters that do.
"""

from course_utils.metrics.alignment import alignment_accuracy, alignment_mass
from course_utils.metrics.blob_maps import (
    blobs_per_map,
    heaviest_blob,
    measure_maps,
)
from course_utils.metrics.coverage import recall_and_precision
from course_utils.metrics.maps import (
    hit_rate,
    intersection_over_union,
    mass_inside,
    pointing_game,
)
from course_utils.metrics.matrices import (
    band_score,
    block_score,
    effective_keys,
    previous_token_score,
    row_entropy,
    self_score,
)
from course_utils.metrics.null_maps import centre_map, edge_maps, random_maps
from course_utils.metrics.rationales import rationale_recall

__all__ = [
    "alignment_accuracy",
    "alignment_mass",
    "band_score",
    "blobs_per_map",
    "block_score",
    "centre_map",
    "edge_maps",
    "effective_keys",
    "heaviest_blob",
    "hit_rate",
    "intersection_over_union",
    "mass_inside",
    "measure_maps",
    "pointing_game",
    "previous_token_score",
    "random_maps",
    "rationale_recall",
    "recall_and_precision",
    "row_entropy",
    "self_score",
]
