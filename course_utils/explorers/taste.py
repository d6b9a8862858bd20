"""A taste of attention: a hand that turns in a room and feels one temperature.

Four things stand around you. Each has a key, the direction in which it lies, and a
value, its warmth. The query is the direction of your hand. The score of a thing is

    s_i = sharpness * cos(angle between query and key i),

the weights are softmax(s), and what the hand feels is sum_i weight_i * value_i.
"""

import math
from pathlib import Path
from typing import ClassVar

from matplotlib.axes import Axes

from course_utils.explorers.base import Explorer, fixed, slider
from course_utils.plots import COLOURS, CourseFigure, figure

THINGS = ["fire", "lamp", "door", "window"]
DIRECTIONS = [30, 80, 180, 280]  # degrees, anticlockwise from the right
WARMTHS = [60, 35, 15, 5]  # degrees Celsius


def compute(direction: float, sharpness: float) -> dict:
    """Return scores, weights and the average for a hand that points somewhere.

    Args:
        direction: of the query, in degrees, anticlockwise from the right.
        sharpness: of the comparison, at least 0; at 0 all things count the same.
    """
    scores = [sharpness * math.cos(math.radians(direction - key)) for key in DIRECTIONS]
    powers = [math.exp(score - max(scores)) for score in scores]
    weights = [power / sum(powers) for power in powers]
    warmth = sum(weight * value for weight, value in zip(weights, WARMTHS, strict=True))
    first = [
        thing
        for thing, weight in zip(THINGS, weights, strict=True)
        if weight > max(weights) - 1e-9  # a tie, whatever the last bit says
    ]
    share = fixed(max(weights)) + (" each" if len(first) > 1 else "")
    most = f"most weight goes to the {' and the '.join(first)}, {share}"
    if len(first) == len(THINGS):
        most = f"every thing has the same weight, {fixed(max(weights))}"
    return {
        "scores": scores,
        "weights": weights,
        "warmth": warmth,
        "sentence": f"Hand at {fixed(direction, 0)} degrees, sharpness "
        f"{fixed(sharpness, 0)}: {most}; the hand feels {fixed(warmth, 1)} °C.",
    }


def draw(direction: float, sharpness: float) -> CourseFigure:
    """Return the static twin: the room, the weights, and the warmth felt."""
    result = compute(direction, sharpness)
    fig, axes = figure(result["sentence"], 1, 2, size=(7.0, 3.4), width_ratios=[1.2, 1])
    draw_room(axes[0], direction, result["weights"])
    bars = axes[1].barh(THINGS, result["weights"], color=COLOURS["key"])
    axes[1].bar_label(bars, [fixed(weight) for weight in result["weights"]], padding=3)
    axes[1].invert_yaxis()
    axes[1].set(xlim=(0, 1.2), xlabel="Weight", xticks=[0, 0.5, 1])
    axes[1].set_title(f"The hand feels {fixed(result['warmth'], 1)} °C")
    return fig


def draw_room(axes: Axes, direction: float, weights: list[float]) -> None:
    """Draw the keys around the hand, thicker where the weight is larger."""
    for thing, key, value, weight in zip(
        THINGS, DIRECTIONS, WARMTHS, weights, strict=True
    ):
        x, y = math.cos(math.radians(key)), math.sin(math.radians(key))
        thickness = 1 + 11 * weight
        axes.plot([0, 0.95 * x], [0, 0.95 * y], COLOURS["key"], linewidth=thickness)
        axes.text(1.3 * x, 1.22 * y, f"{thing}\n{value} °C", ha="center", va="center")
    x, y = math.cos(math.radians(direction)), math.sin(math.radians(direction))
    style = {"arrowstyle": "-|>", "mutation_scale": 18, "shrinkA": 0, "linewidth": 3}
    axes.annotate(
        "", (0.9 * x, 0.9 * y), (0, 0), arrowprops={"color": COLOURS["query"], **style}
    )
    axes.set(xlim=(-1.55, 1.55), ylim=(-1.4, 1.4), aspect="equal")
    axes.set_title("Query (arrow) and keys (spokes)")
    axes.axis("off")


class Taste(Explorer):
    """Explorer: turn the query and watch the weights and the average follow."""

    title = "Attention follows the query"
    size = (640, 310)
    script = Path(__file__).with_suffix(".js")
    compute = staticmethod(compute)
    draw = staticmethod(draw)
    data: ClassVar = {"things": THINGS, "directions": DIRECTIONS, "warmths": WARMTHS}

    direction = slider("Direction of the hand", 0, 360, step=5, start=130, unit="°")
    sharpness = slider("Sharpness", 0, 10, step=1, start=4)
