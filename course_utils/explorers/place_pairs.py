"""One place of a feature map asks; which place answers, and what does it change?

Eighteen places in 3 rows of 6. Place i has a query and a key of d = 8 numbers and
carries one number x_i. Four places hold a drawing, the others next to nothing.

    weight_ij = softmax over j of c * query_i . key_j    (c = 1, or 1 / sqrt(d))
    output_i = x_i + gamma * sum over j of weight_ij x_j

"Query times" multiplies every query, as a longer W_q would.
"""

import math
from pathlib import Path
from typing import ClassVar

from matplotlib.patches import Rectangle

from course_utils.explorers.base import Explorer, choice, fixed, slider
from course_utils.plots import COLOURS, CourseFigure, figure

ROWS, COLUMNS, SIZE = 3, 6, 8
PLUS = [1, 1, 1, 1, 1, 1, 1, 1]
FRAME = [1, -1, 1, -1, 1, -1, 1, -1]  # no product with PLUS
CROSS = [1, 1, 1, 1, 1, 1, -1, -1]  # half the product that PLUS has with itself
# The place, its drawing, how long its key and query are, the number it carries.
DRAWN = {
    0: ("plus", PLUS, 1.0, 6.0),
    8: ("frame", FRAME, 1.0, 2.0),
    13: ("cross", CROSS, 1.6, -4.0),
    11: ("white plus", PLUS, 0.7, 0.0),
}
SYMBOLS = {"plus": "+", "frame": "□", "cross": "×", "white plus": "+ ?"}
PLACES = {
    "11": "White plus, row 2, column 6",
    "0": "Plus, row 1, column 1",
    "8": "Frame, row 2, column 3",
    "13": "Cross, row 3, column 2",
    "17": "An empty place, row 3, column 6",
}
SCORES = {"raw": "q · k, as in SAGAN", "scaled": "q · k / √8, scaled"}


def _vector(place: int) -> list[float]:
    """Return the query and key of a place: its drawing's code, or a little of one."""
    if place in DRAWN:
        _, code, length, _ = DRAWN[place]
        return [length * number for number in code]
    return [0.1 * (-1) ** ((place >> (bit % 3)) + bit // 3) for bit in range(SIZE)]


VECTORS = [_vector(place) for place in range(ROWS * COLUMNS)]
NAMES = [DRAWN[p][0] if p in DRAWN else "empty" for p in range(ROWS * COLUMNS)]
CARRIED = [DRAWN[p][3] if p in DRAWN else 0.0 for p in range(ROWS * COLUMNS)]


def compute(place: str, score: str, query_times: float, gamma: float) -> dict:
    """Return the weights of the place that asks, and what the layer makes of it.

    Args:
        place: which place asks, counted row by row from 0, one of ``PLACES``.
        score: ``"raw"`` or ``"scaled"``.
        query_times: factor on the query, above 0.
        gamma: factor on what attention found.
    """
    asks = int(place)
    factor = query_times / (math.sqrt(SIZE) if score == "scaled" else 1.0)
    scores = [factor * _product(VECTORS[asks], key) for key in VECTORS]
    weights = _softmax(scores)
    top = max(weights)
    winners = [p for p, weight in enumerate(weights) if weight > top - 1e-9]
    found = _product(weights, CARRIED)
    output = CARRIED[asks] + gamma * found
    names = " and ".join(f"{NAMES[p]} ({_where(p)})" for p in winners[:2])
    if len(winners) > 2:
        names = f"each of {len(winners)} places"
    return {
        "scores": scores,
        "weights": weights,
        "winners": winners,
        "found": found,
        "output": output,
        "sentence": f"The {NAMES[asks]} ({_where(asks)}) asks. Largest weight "
        f"{fixed(top)}: {names}. All 18 weights sum to 1; attention finds "
        f"{fixed(found)}. Output: {fixed(CARRIED[asks], 1)} + {fixed(gamma)} times "
        f"{fixed(found)} = {fixed(output)}.",
    }


def _where(place: int) -> str:
    return f"row {place // COLUMNS + 1}, column {place % COLUMNS + 1}"


def _product(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def _softmax(scores: list[float]) -> list[float]:
    powers = [math.exp(score - max(scores)) for score in scores]
    return [power / sum(powers) for power in powers]


def draw(place: str, score: str, query_times: float, gamma: float) -> CourseFigure:
    """Return the weights over the map, beside what the place was and becomes."""
    result = compute(place, score, query_times, gamma)
    fig, (left, right) = figure(
        result["sentence"], 1, 2, (7.2, 2.9), width_ratios=[2.4, 1]
    )
    weights = result["weights"]
    rows = [weights[r * COLUMNS : (r + 1) * COLUMNS] for r in range(ROWS)]
    image = left.imshow(rows, cmap="Reds", vmin=0, vmax=1)
    fig.colorbar(image, ax=left, shrink=0.8, label="Weight")
    for index, weight in enumerate(weights):
        row, column = divmod(index, COLUMNS)
        ink = {"color": "white" if weight > 0.5 else "black", "ha": "center"}
        left.text(column, row - 0.12, SYMBOLS.get(NAMES[index], ""), **ink)
        left.text(column, row + 0.32, fixed(weight), fontsize=9, **ink)
    row, column = divmod(int(place), COLUMNS)
    ring = {"fill": False, "edgecolor": COLOURS["query"], "linewidth": 3}
    left.add_patch(Rectangle((column - 0.47, row - 0.47), 0.94, 0.94, **ring))
    left.set(xticks=[], yticks=[], title="Weights of the ringed place")
    heights = [CARRIED[int(place)], result["found"], result["output"]]
    colours = [COLOURS[role] for role in ("query", "value", "output")]
    marks = right.bar(["carried", "found", "output"], heights, color=colours)
    right.bar_label(marks, [fixed(height) for height in heights], padding=2)
    right.axhline(0, color=COLOURS["truth"], linewidth=0.8)
    right.set(ylim=(-14, 21), ylabel="Number", title=f"gamma {fixed(gamma)}")
    return fig


class PlacePairs(Explorer):
    """Explorer: which place answers, scaled or not, and what gamma lets through."""

    title = "One place asks, eighteen may answer"
    size = (660, 300)
    script = Path(__file__).with_suffix(".js")
    compute = staticmethod(compute)
    draw = staticmethod(draw)
    data: ClassVar = {
        "vectors": VECTORS,
        "names": NAMES,
        "carried": CARRIED,
        "symbols": SYMBOLS,
    }

    place = choice("Place that asks", PLACES, start="11")
    score = choice("Score", SCORES, start="scaled")
    query_times = slider(
        "Query times", values=[0.25, 0.5, 1.0, 2.0, 4.0], start=1.0, digits=2
    )
    gamma = slider("gamma", -1, 2, step=0.25, start=0.0, digits=2)
