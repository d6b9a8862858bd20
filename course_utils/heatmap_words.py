"""What a heat map shows, in words, for readers who cannot see it."""

from collections.abc import Sequence

import numpy as np

Labels = Sequence[str] | None


def describe_heatmaps(
    grid: np.ndarray,
    titles: Labels = None,
    row_titles: Labels = None,
    query_labels: Labels = None,
    key_labels: Labels = None,
    per_panel: bool = False,
) -> str:
    """Return alternative text: shape, largest weight and its place, row sums."""
    rows, columns, queries, keys = grid.shape
    panels = "Heat map" if rows * columns == 1 else f"{rows} by {columns} heat maps"
    text = f"{panels} of weights, {count(queries, 'row')} (queries) by "
    sentences = [text + f"{count(keys, 'column')} (keys)"]
    for row, column in np.ndindex(rows, columns):
        weights = grid[row, column]
        name = panel_name(row, column, grid.shape, titles, row_titles)
        place = describe_place_of_largest(weights, query_labels, key_labels)
        sentences.append(
            f"{name} weight {weights.max():.2f} {place}; {describe_row_sums(weights)}"
        )
    if per_panel:
        sentences.append(
            "Each panel has its own scale from 0 to its largest weight: equal colours "
            "do not mean equal weights"
        )
    return ". ".join(sentences) + "."


def describe_place_of_largest(
    weights: np.ndarray, query_labels: Labels = None, key_labels: Labels = None
) -> str:
    """Return where the largest weight stands, or in how many cells."""
    ties = int(np.isclose(weights, weights.max()).sum())
    if ties > 1:
        return f"in {ties} cells"
    query, key = np.unravel_index(weights.argmax(), weights.shape)
    query = query if query_labels is None else query_labels[query]
    key = key if key_labels is None else key_labels[key]
    return f"at query {query}, key {key}"


def count(number: int, thing: str) -> str:
    """Return the number with its noun, "1 row" or "3 rows"."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def panel_name(
    row: int, column: int, shape: tuple[int, ...], titles: Labels, row_titles: Labels
) -> str:
    """Return how a sentence about one panel of the grid begins."""
    rows, columns = shape[:2]
    if titles is None and rows * columns == 1:
        return "Largest"
    if titles is not None and len(titles) == rows * columns:
        return f"{titles[row * columns + column]}: largest"
    name = titles[column] if titles is not None else f"column {column}"
    if rows > 1:
        name = f"{row_titles[row] if row_titles is not None else f'row {row}'}, {name}"
    return f"{name[0].upper()}{name[1:]}: largest"


def describe_row_sums(weights: np.ndarray) -> str:
    """Return what the rows of one matrix (queries, keys) add up to, in words."""
    sums = weights.sum(axis=1)
    if sums.max() - sums.min() < 0.005:
        return f"every row sums to {sums.mean():.2f}"
    return f"rows sum to between {sums.min():.2f} and {sums.max():.2f}"
