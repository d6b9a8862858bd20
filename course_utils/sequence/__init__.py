"""Attention over sequences: text, time, and a sequence that attends to itself."""
