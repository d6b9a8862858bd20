"""Regions of a small map: threshold and neighbours decide, and one painted pixel.

Pixels above the threshold fall into regions. With the excess over the threshold as
mass, share p_n = mass of region n / mass of all, and

    blob entropy  H = -sum over n of p_n ln p_n        (nats)

The threshold lies at the mean of the map or so much above it. One pixel, named by
its row and column and marked by a dotted frame, can be painted with another value.
"""

import math
from pathlib import Path
from typing import ClassVar

from matplotlib.patches import Rectangle

from course_utils.explorers.base import Explorer, choice, fixed, slider
from course_utils.plots import COLOURS, CourseFigure, figure

MAPS = {
    "example": [
        [0.1, 0.2, 0.4, 0.1],
        [0.1, 0.5, 0.3, 0.2],
        [0.7, 0.6, 0.2, 0.1],
        [0.1, 0.3, 0.4, 0.2],
    ],
    "pair": [
        [0.1, 0.1, 0.1, 0.1],
        [0.8, 0.6, 0.1, 0.6],
        [0.6, 0.4, 0.2, 0.4],
        [0.1, 0.1, 0.1, 0.2],
    ],
    "even": [[0.3] * 4 for _ in range(4)],
    "corners": [
        [0.7, 0.1, 0.1, 0.7],
        [0.1, 0.2, 0.1, 0.1],
        [0.1, 0.1, 0.2, 0.1],
        [0.7, 0.1, 0.1, 0.7],
    ],
}
NAMES = {
    "example": "The 4 x 4 example",
    "pair": "Two regions, one large",
    "even": "The same everywhere",
    "corners": "Four equal corners",
}
OFFSETS = [-0.2, -0.15, -0.1, -0.05, 0, 0.01875, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35]
EDGES = [(-1, 0), (0, -1), (0, 1), (1, 0)]
CORNERS = [(-1, -1), (-1, 1), (1, -1), (1, 1)]
LETTERS = "ABCDEFGH"  # a 4 x 4 map has at most 8 regions
TIE = 1e-9  # a pixel that exceeds the threshold by less is a tie: not above


def regions_of(above: list[list[bool]], neighbours: str) -> list[list[int]]:
    """Return the number of each pixel's region, 0 outside: by flood filling."""
    steps = EDGES + CORNERS if neighbours == "eight" else EDGES
    labels = [[0] * 4 for _ in range(4)]
    count = 0
    for row in range(4):
        for column in range(4):
            if not above[row][column] or labels[row][column]:
                continue
            count += 1
            labels[row][column] = count
            waiting = [(row, column)]
            while waiting:
                i, j = waiting.pop()
                for di, dj in steps:
                    y, x = i + di, j + dj
                    inside = 0 <= y < 4 and 0 <= x < 4
                    if inside and above[y][x] and not labels[y][x]:
                        labels[y][x] = count
                        waiting.append((y, x))
    return labels


def painted(name: str, row: int, column: int, value: float) -> list[list[float]]:
    """Return the map with the pixel (from 1) set to a value; below 0 leaves it."""
    values = [list(line) for line in MAPS[name]]
    if value >= 0:
        values[row - 1][column - 1] = value
    return values


def compute(
    map: str,
    offset: float,
    neighbours: str,
    row: int,
    column: int,
    value: float,
) -> dict:
    """Return the map, its threshold, regions, masses, shares and entropy."""
    values = painted(map, row, column, value)
    total = 0.0
    for line in values:
        for each in line:
            total += each
    threshold = total / 16 + offset
    above = [[each - threshold > TIE for each in line] for line in values]
    labels = regions_of(above, neighbours)
    count = max(max(line) for line in labels)
    masses = [0.0] * count
    for i in range(4):
        for j in range(4):
            if labels[i][j]:
                masses[labels[i][j] - 1] += values[i][j] - threshold
    mass = 0.0
    for each in masses:
        mass += each
    shares = [each / mass for each in masses]
    entropy = 0.0
    for share in shares:
        entropy -= share * math.log(share)
    parts = ", ".join(
        f"{LETTERS[n]} {fixed(masses[n], 3)} (share {fixed(shares[n])})"
        for n in range(count)
    )
    what = "regions" if count > 1 else "region"
    found = f"{count} {what}: {parts}" if count else "no region"
    brush = (
        f"Row {row}, column {column} is painted {fixed(value, 1)}"
        if value >= 0
        else f"Row {row}, column {column} has {fixed(values[row - 1][column - 1], 1)}"
    )
    joins = "edges and corners join" if neighbours == "eight" else "edges join"
    return {
        "values": values,
        "threshold": threshold,
        "labels": labels,
        "masses": masses,
        "shares": shares,
        "entropy": entropy,
        "sentence": f"{NAMES[map]}, threshold {fixed(threshold, 3)}, {joins}: {found}. "
        f"Blob entropy {fixed(entropy, 3)}. {brush}.",
    }


def draw(**parameters: object) -> CourseFigure:
    """Return the map with its regions, beside the shares."""
    result = compute(**parameters)
    fig, (panel, bars) = figure(
        result["sentence"], 1, 2, size=(7, 3.2), width_ratios=(1, 1.2)
    )
    panel.imshow(result["values"], cmap="Reds", vmin=0, vmax=1)
    for i, line in enumerate(result["values"]):
        for j, value in enumerate(line):
            colour = "white" if value > 0.6 else "black"
            label = result["labels"][i][j]
            if label:
                panel.add_patch(frame(i, j, 0.84, "-"))
            letter = LETTERS[label - 1] if label else ""
            text = f"{letter}\n{fixed(value, 1)}" if label else fixed(value, 1)
            panel.text(j, i, text, ha="center", va="center", color=colour, fontsize=9.5)
    chosen = parameters["row"] - 1, parameters["column"] - 1
    panel.add_patch(frame(*chosen, 0.66, ":"))
    panel.set(xlabel="Column", ylabel="Row")
    panel.set_xticks(range(4), range(1, 5))
    panel.set_yticks(range(4), range(1, 5))
    many = "8" if parameters["neighbours"] == "eight" else "4"
    above = f"Framed: above {fixed(result['threshold'], 3)}, {many} neighbours"
    panel.set_title(above, fontsize=10)
    count = len(result["shares"])
    marks = bars.bar(list(LETTERS[:count]), result["shares"], color=COLOURS["query"])
    bars.bar_label(marks, [fixed(share) for share in result["shares"]], padding=2)
    bars.set(ylim=(0, 1.15), xlabel="Region", ylabel="Share of the mass")
    bars.set_title(f"Blob entropy {fixed(result['entropy'], 3)} nats", fontsize=10)
    bars.set_xlim(-0.7, max(count, 3) - 0.3)
    if not count:
        bars.set_xticks([])
        bars.text(0.5, 0.5, "no region", ha="center", transform=bars.transAxes)
    return fig


def frame(row: int, column: int, side: float, style: str) -> Rectangle:
    """Return a frame around a pixel: of a region, or dotted, of the painted one."""
    corner = (column - side / 2, row - side / 2)
    colour = COLOURS["query"] if style == "-" else COLOURS["truth"]
    look = {"fill": False, "edgecolor": colour, "lw": 2, "linestyle": style}
    return Rectangle(corner, side, side, **look)


class Regions(Explorer):
    """Explorer: paint a map, move its threshold, see regions, masses, entropy."""

    title = "Which regions does a map have?"
    size = (700, 330)
    script = Path(__file__).with_suffix(".js")
    compute = staticmethod(compute)
    draw = staticmethod(draw)
    data: ClassVar[dict] = {"maps": MAPS, "names": NAMES, "letters": LETTERS}
    map = choice("Map", NAMES, start="example")
    offset = slider(
        "Threshold: the mean and so much more", values=OFFSETS, start=0, digits=3
    )
    neighbours = choice(
        "Neighbours",
        {"four": "4: edges", "eight": "8: edges and corners"},
        start="eight",
    )
    row = slider("Paint the pixel in row", 1, 4, step=1, start=2)
    column = slider("and column", 1, 4, step=1, start=3)
    value = slider(
        "with the value (-0.1 leaves it)", -0.1, 0.9, step=0.1, start=-0.1, digits=1
    )
