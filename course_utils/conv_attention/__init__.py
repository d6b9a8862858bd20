"""Attention over images: which channels, which places, which pairs of places."""

from course_utils.conv_attention.backbone import dilate, dilated_backbone
from course_utils.conv_attention.gates import (
    ChannelSpatialGate,
    SpatialGate,
    SqueezeExcitation,
)
from course_utils.conv_attention.pairs import (
    FORMS,
    NonLocal2d,
    SelfAttention2d,
    as_tokens,
    fused_attention,
)
from course_utils.conv_attention.twin_network import (
    TwinNetwork,
    at_pixels,
    conv_block,
    peaks_on_twin,
    right_colours,
    train_on_twins,
    where_it_looks,
)

__all__ = [
    "FORMS",
    "ChannelSpatialGate",
    "NonLocal2d",
    "SelfAttention2d",
    "SpatialGate",
    "SqueezeExcitation",
    "TwinNetwork",
    "as_tokens",
    "at_pixels",
    "conv_block",
    "dilate",
    "dilated_backbone",
    "fused_attention",
    "peaks_on_twin",
    "right_colours",
    "train_on_twins",
    "where_it_looks",
]
