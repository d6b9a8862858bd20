"""Attention over sequences: text, time, and a sequence that attends to itself."""

from course_utils.sequence.hierarchical import (
    ContextAttention,
    HierarchicalAttention,
    RecurrentEncoder,
)

__all__ = [
    "ContextAttention",
    "HierarchicalAttention",
    "RecurrentEncoder",
]
