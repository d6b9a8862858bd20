"""Gradient descent on blob entropy, by hand: which blobs grow, which die.

    x <- x - rate * dH/dx
    dH/dx_j = [j in blob n] g_n - (1/N) sum over l of |C_l| g_l
    g_n = -(ln p_n + H) / M

A painted map is the only thing that learns. At each step the pixels of a blob whose
share p_n lies above e^-H rise against the ground, those of a smaller one sink towards
it. All places outside the blobs, the ground, move by one number: nothing lifts a bridge
between two blobs. A place just below the mean can be carried over it, and join them.
"""

import math
from functools import cache
from pathlib import Path
from typing import ClassVar

from matplotlib.patches import Rectangle

from course_utils.explorers.base import Explorer, choice, fixed, slider
from course_utils.plots import PALETTE, CourseFigure, figure

ROWS, COLUMNS, RATE, LAST = 7, 13, 4.0, 40
TOP = 10.0  # end of the colour scale
DASHES = ["-", "--", ":"]
# Name of a map: (row and column of the middle, middle, rim) of each 3 by 3 blob.
PAINTED = {
    "three": [(2, 2, 8, 3), (2, 6, 6, 2), (4, 10, 3, 1)],
    "equal": [(3, 3, 8, 3), (3, 9, 8, 3)],
    "near": [(3, 4, 8, 3), (3, 8, 5, 2)],
    "bridge": [(3, 4, 8, 3), (3, 8, 5, 2)],
    "corner": [(1, 11, 8, 3)],
}
# Further places: row, column, value. This one stands just below the mean, 0.589.
PLACES = {"bridge": [(3, 6, 0.57)]}
WORDS = {
    "three": "three blobs",
    "equal": "two equal blobs",
    "near": "two blobs, one column between",
    "bridge": "two blobs, a place between them just below the mean",
    "corner": "one blob in a corner",
}


def paint(name: str) -> list[float]:
    """Return the map at the start, row by row: 0 on the ground, or a little more."""
    values = [0.0] * (ROWS * COLUMNS)
    for row, column, middle, rim in PAINTED[name]:
        for down in (-1, 0, 1):
            for across in (-1, 0, 1):
                height = middle if down == across == 0 else rim
                values[(row + down) * COLUMNS + column + across] = float(height)
    for row, column, height in PLACES.get(name, []):
        values[row * COLUMNS + column] = height
    return values


def label(above: list[bool]) -> list[int]:
    """Return the number of each place's blob, 8-connected: 0 outside, else from 1."""
    labels = [0] * len(above)
    count = 0
    for start, high in enumerate(above):
        if not high or labels[start]:
            continue
        count += 1
        labels[start] = count
        waiting = [start]
        while waiting:
            row, column = divmod(waiting.pop(), COLUMNS)
            for r in range(max(row - 1, 0), min(row + 2, ROWS)):
                for c in range(max(column - 1, 0), min(column + 2, COLUMNS)):
                    place = r * COLUMNS + c
                    if above[place] and not labels[place]:
                        labels[place] = count
                        waiting.append(place)
    return labels


def describe(values: list[float]) -> dict:
    """Return labels, shares of the blobs, entropy and gradient of a map."""
    mean = sum(values) / len(values)
    labels = label([value > mean + 1e-9 for value in values])
    masses, sizes = [0.0] * max(labels), [0] * max(labels)
    for value, number in zip(values, labels, strict=True):
        if number:
            masses[number - 1] += value - mean
            sizes[number - 1] += 1
    total = sum(masses)
    shares = [mass / total for mass in masses]
    entropy = sum(-share * math.log(share) for share in shares)
    slopes = [-(math.log(share) + entropy) / total for share in shares]
    common = sum(n * slope for n, slope in zip(sizes, slopes, strict=True))
    common = common / len(values)
    gradient = [(slopes[n - 1] if n else 0.0) - common for n in labels]
    return {
        "labels": labels,
        "shares": shares,
        "entropy": entropy,
        "gradient": gradient,
    }


def flow(name: str, steps: int) -> list[float]:
    """Return a painted map after so many steps."""
    values = paint(name)
    for _ in range(steps):
        gradient = describe(values)["gradient"]
        values = [x - RATE * g for x, g in zip(values, gradient, strict=True)]
    return values


def compute(name: str, step: int) -> dict:
    """Return the map, what is above its mean, each blob's share, and H."""
    values = flow(name, step)
    found = describe(values)
    middles = [found["labels"][r * COLUMNS + c] for r, c, *_ in PAINTED[name]]
    shares = [found["shares"][n - 1] if n else 0.0 for n in middles]
    level = math.exp(-found["entropy"])
    alive = len(found["shares"])
    grow = sum(share > level + 1e-9 for share in found["shares"])
    written = ", ".join(fixed(share, 2) for share in shares)
    if alive == 1 and sum(n > 0 for n in middles) > 1:
        verdict = "They have joined, H = 0, and nothing moves any more"
    elif alive == 1:
        verdict = "One blob is left, H = 0, and nothing moves any more"
    elif grow == 0:
        verdict = f"H = {fixed(found['entropy'], 2)}, no share is above or below e^-H, "
        verdict += "and nothing moves"
    else:
        verdict = f"H = {fixed(found['entropy'], 2)}: the pixels of blobs with a share "
        verdict += (
            f"above e^-H = {fixed(level, 2)} rise against the ground, here {grow} "
        )
        verdict += f"of {alive} blobs"
    return {
        "values": values,
        "above": [number > 0 for number in found["labels"]],
        "shares": shares,
        "entropy": found["entropy"],
        "level": level,
        "sentence": f"{WORDS[name].capitalize()}, step {step}: shares {written}. "
        f"{verdict}.",
    }


@cache
def curves(name: str) -> dict[str, list]:
    """Return the shares of every blob and e^-H at every step, rounded."""
    each = [compute(name, step) for step in range(LAST + 1)]
    return {
        "shares": [
            [round(found["shares"][n], 5) for found in each]
            for n in range(len(PAINTED[name]))
        ],
        "level": [round(found["level"], 5) for found in each],
    }


def draw(name: str, step: int) -> CourseFigure:
    """Return the static twin: the map, and the shares over the steps."""
    result = compute(name, step)
    fig, (left, right) = figure(result["sentence"], 1, 2, size=(7.4, 2.9))
    fig.alt = (
        f"{result['sentence']} Left, the map with its blobs framed; right, every "
        "share from step 0 to 40 beside e^-H."
    )
    grid = [result["values"][r * COLUMNS : (r + 1) * COLUMNS] for r in range(ROWS)]
    image = left.imshow(grid, cmap="Reds", vmin=0, vmax=TOP)
    for place, above in enumerate(result["above"]):
        if above:
            row, column = divmod(place, COLUMNS)
            corner = (column - 0.5, row - 0.5)
            left.add_patch(Rectangle(corner, 1, 1, fill=False, ec="black", lw=0.8))
    fig.colorbar(image, ax=left, shrink=0.75, label="Map, from 0")
    left.set_xticks(range(0, COLUMNS, 2))
    left.set_yticks(range(0, ROWS, 2))
    left.set(xlabel="Column", ylabel="Row", title=f"Step {step}; above the mean framed")
    lines = curves(name)
    for number, shares in enumerate(lines["shares"]):
        style = {"ls": DASHES[number], "color": PALETTE[number], "lw": 2.2}
        right.plot(shares, label=f"Blob {number + 1}", **style)
        right.plot([step], [result["shares"][number]], "o", color=PALETTE[number])
    right.plot(lines["level"], color="black", lw=1, label="e^-H")
    right.set(xlabel="Step", ylabel="Share", title="Shares", ylim=(-0.03, 1.05))
    right.legend(fontsize=9, handlelength=2.2)
    return fig


class BlobFlow(Explorer):
    """Explorer: a painted map under gradient descent on its blob entropy."""

    title = "Which blobs grow, which die"
    size = (700, 300)
    script = Path(__file__).with_suffix(".js")
    compute = staticmethod(compute)
    draw = staticmethod(draw)
    data: ClassVar[dict] = {
        "rows": ROWS,
        "columns": COLUMNS,
        "rate": RATE,
        "last": LAST,
        "top": TOP,
        "painted": {name: [list(b) for b in blobs] for name, blobs in PAINTED.items()},
        "places": {name: [list(p) for p in PLACES.get(name, [])] for name in PAINTED},
        "words": WORDS,
        "palette": PALETTE,
        "curves": {name: curves(name) for name in PAINTED},
    }
    name = choice("Map at the start", WORDS, start="three")
    step = slider("Steps of gradient descent", 0, LAST, step=1, start=0)
