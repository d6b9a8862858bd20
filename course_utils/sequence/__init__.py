"""Attention over sequences: text, time, and a sequence that attends to itself."""

from course_utils.sequence.causal import causal_mask, future_leak
from course_utils.sequence.decoder import (
    AttentionDecoder,
    FixedContext,
    TextEncoder,
    Translator,
)
from course_utils.sequence.hierarchical import (
    ContextAttention,
    HierarchicalAttention,
    RecurrentEncoder,
)
from course_utils.sequence.multi_head import MultiHeadAttention
from course_utils.sequence.positions import (
    clock_speeds,
    position_rotation,
    sinusoidal_positions,
)

__all__ = [
    "AttentionDecoder",
    "ContextAttention",
    "FixedContext",
    "HierarchicalAttention",
    "MultiHeadAttention",
    "RecurrentEncoder",
    "TextEncoder",
    "Translator",
    "causal_mask",
    "clock_speeds",
    "future_leak",
    "position_rotation",
    "sinusoidal_positions",
]
