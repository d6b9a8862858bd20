"""Attention over sequences: text, time, and a sequence that attends to itself."""

from course_utils.sequence.multi_head import MultiHeadAttention

__all__ = ["MultiHeadAttention"]
