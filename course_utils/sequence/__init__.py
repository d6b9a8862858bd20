"""Attention over sequences: text, time, and a sequence that attends to itself."""

from course_utils.sequence.decoder import (
    AttentionDecoder,
    FixedContext,
    TextEncoder,
    Translator,
)

__all__ = [
    "AttentionDecoder",
    "FixedContext",
    "TextEncoder",
    "Translator",
]
