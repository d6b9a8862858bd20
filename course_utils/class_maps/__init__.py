"""Which region made the decision: class maps, pools, and a network that has both."""

from course_utils.class_maps.attention_pool import AttentionPool
from course_utils.class_maps.classifier import (
    MapClassifier,
    maps_and_hits,
    train_map_classifier,
)
from course_utils.class_maps.maps import class_activation_map, grad_cam
from course_utils.class_maps.pools import (
    average_pool_logits,
    lse_pool_logits,
    max_pool_logits,
)

__all__ = [
    "AttentionPool",
    "MapClassifier",
    "average_pool_logits",
    "class_activation_map",
    "grad_cam",
    "lse_pool_logits",
    "maps_and_hits",
    "max_pool_logits",
    "train_map_classifier",
]
