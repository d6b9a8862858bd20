"""What a soft mask hides, of a map that the bias of the data has shaped.

A is the map of a boat on water, from a network trained with the chosen bias (lesson
15, log-sum-exp pooling, no masks, seed 0), cut at 0 and divided by its largest value.
The page computes

    T(A) = sigmoid(omega (A - sigma))

for each of the 8 by 8 patches, and two averages of it: over the patches of the boat,
each counted by the share that the boat covers, and over the rest. The table is
written by ``benchmarks/experiments/guiding_attention.py``.
"""

import json
import math
from pathlib import Path
from typing import ClassVar

import numpy as np

from course_utils.explorers.base import Explorer, fixed, slider
from course_utils.plots import COLOURS, CourseFigure, figure

TABLE = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
GRID = 8
OUTLINED = 0.25  # a patch belongs to the outline if the boat covers so much of it
BIASES = [0.5, 0.9, 0.98, 1.0]
CURVE = [step / 50 for step in range(51)]  # values of A at which the curve is drawn


def hidden(level: float, sigma: float, omega: float) -> float:
    """Return T of one value of A."""
    return 1 / (1 + math.exp(-omega * (level - sigma)))


def compute(bias: float, sigma: float, omega: float) -> dict:
    """Return A, T(A), and how much of the boat and of the rest is hidden."""
    levels = [share / 100 for share in TABLE["maps"][f"{bias:g}"]]
    masked = [hidden(level, sigma, omega) for level in levels]
    boat = rest = boat_size = rest_size = mass = total = 0.0
    for level, value, share in zip(levels, masked, TABLE["covered"], strict=True):
        boat += share * value
        boat_size += share
        rest += (1 - share) * value
        rest_size += 1 - share
        mass += share * level
        total += level
    boat, rest = boat / boat_size, rest / rest_size
    on_boat = mass / total if total > 0 else 0.0
    return {
        "levels": levels,
        "masked": masked,
        "curve": [hidden(level, sigma, omega) for level in CURVE],
        "boat": boat,
        "rest": rest,
        "on_boat": on_boat,
        "sentence": f"Bias {fixed(bias)}: {fixed(100 * on_boat, 0)} % of the map is on "
        f"the boat. With sigma {fixed(sigma)} and omega {fixed(omega, 0)} the soft "
        f"mask hides {fixed(100 * boat, 0)} % of the boat and "
        f"{fixed(100 * rest, 0)} % of the rest.",
    }


def draw(bias: float, sigma: float, omega: float) -> CourseFigure:
    """Return picture, A, T(A) and the curve between them."""
    result = compute(bias, sigma, omega)
    fig, panels = figure(
        result["sentence"], 1, 4, (7.4, 2.5), width_ratios=(1, 1, 1, 1.2)
    )
    inside = np.reshape(TABLE["covered"], (GRID, GRID)) >= OUTLINED
    outline = np.kron(inside, np.ones((16, 16)))  # steps along the patches
    panels[0].imshow(TABLE["grey"], cmap="gray", vmin=0, vmax=110)
    panels[0].set_title("A boat on water", fontsize=10)
    names = {"levels": "A", "masked": "Soft mask T(A)"}
    for panel, (name, title) in zip(panels[1:3], names.items(), strict=True):
        values = np.reshape(result[name], (GRID, GRID))
        panel.imshow(values, cmap="Reds", vmin=0, vmax=1)
        panel.contour(
            outline,
            levels=[0.5],
            colors=COLOURS["query"],
            extent=(-0.5, GRID - 0.5, -0.5, GRID - 0.5),
        )
        panel.set_title(title, fontsize=10)
    for panel in panels[:3]:
        panel.set(xticks=[], yticks=[])
    panels[3].plot(CURVE, result["curve"], color=COLOURS["key"], linewidth=2)
    panels[3].axvline(sigma, color=COLOURS["truth"], linestyle=":")
    panels[3].set(xlabel="A", ylabel="T(A)", xlim=(0, 1), ylim=(0, 1.05))
    panels[3].set_title("Dotted: sigma", fontsize=10)
    return fig


class SoftMask(Explorer):
    """Explorer: the map under several biases, and what its soft mask hides."""

    title = "What a soft mask hides"
    size = (720, 270)
    script = Path(__file__).with_suffix(".js")
    compute = staticmethod(compute)
    draw = staticmethod(draw)
    data: ClassVar[dict] = {**TABLE, "curve": CURVE, "outlined": OUTLINED}
    bias = slider("Bias of the training pictures", values=BIASES, start=1.0, digits=2)
    sigma = slider("Level sigma", 0.1, 0.9, step=0.1, start=0.5, digits=1)
    omega = slider("Sharpness omega", values=[1, 2, 5, 10, 20, 50, 100], start=10)
