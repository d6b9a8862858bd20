"""Which patches does a log-sum-exp pool teach? Its r against the size of the map.

A map of 4 by 6 patches with scores s_p, all multiplied by one number c ("Map times"),
as a network may do that is free to scale its map.

    logit = 1/r ln mean exp(r c s_p)
    share of patch p = slope of the logit = softmax(r c s)_p
    patches taught = exp of the entropy of the shares
"""

import math
from pathlib import Path
from typing import ClassVar

from course_utils.explorers.base import Explorer, choice, fixed, slider
from course_utils.plots import COLOURS, CourseFigure, figure

ROWS, COLUMNS = 4, 6
MAPS = {
    "object": [
        [-0.2, -0.1, 0.0, -0.1, -0.2, -0.2],
        [-0.1, 0.9, 1.0, 0.8, 1.3, -0.1],
        [-0.2, 0.8, 0.9, 1.0, 0.1, -0.2],
        [-0.1, 0.7, 0.1, 0.7, -0.1, -0.2],
    ],
    "peak": [
        [0.0, 0.1, 0.0, -0.1, 0.0, 0.1],
        [0.1, 0.0, 0.2, 0.3, 0.2, 0.0],
        [0.0, 0.1, 0.3, 2.0, 0.3, 0.1],
        [-0.1, 0.0, 0.2, 0.3, 0.2, 0.0],
    ],
    "two": [
        [1.0, 0.9, 0.0, -0.3, -0.3, -0.2],
        [0.9, 0.8, -0.1, -0.3, -0.2, -0.3],
        [-0.1, 0.0, -0.2, -0.1, 1.1, 1.2],
        [-0.3, -0.3, -0.1, 0.0, 1.2, 1.1],
    ],
}
SHAPES = {
    "object": "An object of nine patches, one stronger",
    "peak": "One high patch",
    "two": "Two objects, one a little stronger",
}


def compute(shape: str, r: float, times: float) -> dict:
    """Return the pooled logits, each patch's share, and how many patches share.

    Args:
        shape: which map, one of ``SHAPES``.
        r: of the log-sum-exp pool, above 0.
        times: factor on all scores, above 0.
    """
    scores = [times * score for row in MAPS[shape] for score in row]
    top = max(scores)
    powers = [math.exp(r * (score - top)) for score in scores]
    total = sum(powers)
    shares = [power / total for power in powers]
    mean = sum(scores) / len(scores)
    logit = top + math.log(total / len(scores)) / r
    entropy = -sum(p * math.log(p) for p in shares if p > 0)
    taught = math.exp(entropy)
    return {
        "scores": scores,
        "shares": shares,
        "mean": mean,
        "logit": logit,
        "top": top,
        "taught": taught,
        "sentence": f"r = {fixed(r)}, map times {fixed(times)}: mean {fixed(mean)}, "
        f"LSE {fixed(logit)}, maximum {fixed(top)}. The strongest patch gets "
        f"{fixed(100 * max(shares), 0)} % of the label; {fixed(taught, 1)} of 24 "
        f"patches are taught. r times the map's factor is {fixed(r * times)}.",
    }


def draw(shape: str, r: float, times: float) -> CourseFigure:
    """Return the scores, the shares, and the logit between mean and maximum."""
    result = compute(shape, r, times)
    fig, (left, middle, right) = figure(
        result["sentence"], 1, 3, (7.4, 2.7), width_ratios=[1.5, 1.5, 0.8]
    )
    for panel, key, cmap, title, low in (
        (left, "scores", "PuOr", "Scores", -result["top"]),
        (middle, "shares", "Reds", "Share of the label", 0),
    ):
        numbers = result[key]
        rows = [numbers[i * COLUMNS : (i + 1) * COLUMNS] for i in range(ROWS)]
        end = max(numbers)
        panel.imshow(rows, cmap=cmap, vmin=low, vmax=end)
        for place, number in enumerate(numbers):
            row, column = divmod(place, COLUMNS)
            ink = "white" if number > 0.6 * end else "black"
            text = fixed(number, 1) if key == "scores" else fixed(100 * number, 0)
            panel.text(
                column, row, text, ha="center", va="center", color=ink, fontsize=9
            )
        panel.set(xticks=[], yticks=[], title=title)
    left.set_xlabel(f"r = {fixed(r)}, map times {fixed(times)}")
    middle.set_xlabel(f"in %; {fixed(result['taught'], 1)} patches taught")
    heights = [result["mean"], result["logit"], result["top"]]
    colours = [COLOURS[role] for role in ("baseline", "output", "key")]
    marks = right.bar(["mean", "LSE", "max"], heights, color=colours)
    right.bar_label(marks, [fixed(height) for height in heights], padding=2)
    right.set(ylim=(0, 1.25 * result["top"]), title="Logit")
    return fig


class PatchShares(Explorer):
    """Explorer: which patches a log-sum-exp pool teaches, and what r means."""

    title = "Who gets the label? Mean, log-sum-exp, maximum"
    size = (700, 300)
    script = Path(__file__).with_suffix(".js")
    compute = staticmethod(compute)
    draw = staticmethod(draw)
    data: ClassVar = {"maps": MAPS}

    shape = choice("Map", SHAPES, start="object")
    r = slider(
        "Sharpness r", values=[0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0], start=1.0, digits=2
    )
    times = slider("Map times", values=[0.25, 0.5, 1.0, 2.0, 4.0], start=1.0, digits=2)
