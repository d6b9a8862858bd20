"""Attention over images: which channels, which places, which pairs of places."""

from course_utils.conv_attention.gates import (
    ChannelSpatialGate,
    SpatialGate,
    SqueezeExcitation,
)

__all__ = [
    "ChannelSpatialGate",
    "SpatialGate",
    "SqueezeExcitation",
]
