"""Who wins depends on what you count: eight recipes, three weights.

Each recipe is one of the capstone's baselines and has three means over five trainings:
accuracy where the water says nothing (fair), where it always lies (against), and the
overlap of its map with the asked ship. With weights a, b, c of at least 0, not all of
them 0:

    total = (a fair + b against + c overlap) / (a + b + c)
"""

from pathlib import Path
from typing import ClassVar

from course_utils.experiments import load
from course_utils.explorers.base import Explorer, fixed, slider
from course_utils.plots import COLOURS, CourseFigure, figure

PARTS = ("fair", "against", "overlap")


def mean_rows() -> list[dict]:
    """Return name, fair, against and overlap of each baseline, means over seeds."""
    stored = load("harbour_baselines").rows
    means = []
    for name in dict.fromkeys(row["name"] for row in stored):
        own = [row for row in stored if row["name"] == name]
        numbers = {p: round(sum(r[p] for r in own) / len(own), 4) for p in PARTS}
        means.append({"name": name, **numbers})
    return means


ROWS = mean_rows()


def compute(fair: float, against: float, overlap: float) -> dict:
    """Return each baseline's total under these weights, and the order."""
    weights = (fair, against, overlap)
    whole = weights[0] + weights[1] + weights[2]
    if whole == 0:
        return {
            "totals": [0.0] * len(ROWS),
            "sentence": "All weights are 0: nothing is counted, and nobody wins.",
        }
    totals = [
        (fair * row["fair"] + against * row["against"] + overlap * row["overlap"])
        / whole
        for row in ROWS
    ]
    order = sorted(range(len(ROWS)), key=lambda i: -round(totals[i], 9))
    first, second, last = order[0], order[1], order[-1]
    lead = totals[first] - totals[second]
    return {
        "totals": totals,
        "sentence": f"Weights {fixed(fair, 1)}, {fixed(against, 1)}, "
        f"{fixed(overlap, 1)}: {ROWS[first]['name']} leads with "
        f"{fixed(totals[first], 3)}, {fixed(lead, 3)} before {ROWS[second]['name']}; "
        f"last is {ROWS[last]['name']} with {fixed(totals[last], 3)}.",
    }


def draw(fair: float, against: float, overlap: float) -> CourseFigure:
    """Return one bar for each baseline."""
    result = compute(fair, against, overlap)
    fig, axes = figure(result["sentence"], size=(7, 3.2))
    places = range(len(ROWS))
    marks = axes.barh(places, result["totals"], color=COLOURS["key"])
    axes.bar_label(marks, [fixed(t, 3) for t in result["totals"]], padding=3)
    axes.set_yticks(places, [row["name"] for row in ROWS])
    axes.invert_yaxis()
    axes.set(xlim=(0, 1.12), xlabel="Total")
    return fig


class HarbourRanking(Explorer):
    """Explorer: the order of the baselines under other weights."""

    title = "Who wins depends on what is counted"
    size = (700, 320)
    script = Path(__file__).with_suffix(".js")
    compute = staticmethod(compute)
    draw = staticmethod(draw)
    data: ClassVar[dict] = {"rows": ROWS}
    fair = slider("Weight of fair", 0, 1, step=0.1, start=1, digits=1)
    against = slider("Weight of against", 0, 1, step=0.1, start=1, digits=1)
    overlap = slider("Weight of overlap", 0, 1, step=0.1, start=1, digits=1)
