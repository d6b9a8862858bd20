"""Attention over images: which channels, which places, which pairs of places."""
