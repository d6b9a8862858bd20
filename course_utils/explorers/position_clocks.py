"""Two places as rows of clocks: what changes with the place, what with the distance.

A sinusoidal code holds two numbers per clock, (sin, cos): the tip of a hand that
starts at twelve and turns by w_i radians per place. The dot product of two codes is

    code[p] . code[p + distance] = sum over clocks of cos(w_i distance)
"""

import math
from pathlib import Path
from typing import ClassVar

from course_utils.explorers.base import Explorer, choice, fixed, slider
from course_utils.plots import COLOURS, CourseFigure, figure

FARTHEST = 40  # the distance at which the curve ends
NUMBERS = {"4": "4 (2 clocks)", "8": "8 (4 clocks)", "16": "16 (8 clocks)"}


def speeds(size: int) -> list[float]:
    """Return the angle in radians that each clock turns per place."""
    return [10000 ** (-2 * i / size) for i in range(size // 2)]


def compute(place: int, distance: int, numbers: str) -> dict:
    """Return the hands of both places, the angles between them and the product."""
    rates = speeds(int(numbers))
    here = [[math.sin(w * place), math.cos(w * place)] for w in rates]
    there = place + distance
    hands = [[math.sin(w * there), math.cos(w * there)] for w in rates]
    product = sum(a[0] * b[0] + a[1] * b[1] for a, b in zip(here, hands, strict=True))
    curve = [sum(math.cos(w * far) for w in rates) for far in range(FARTHEST + 1)]
    turns = [w * distance * 180 / math.pi for w in rates]
    count = len(rates)
    fastest, slowest = fixed(turns[0], 0), fixed(turns[-1], 1)
    return {
        "here": here,
        "there": hands,
        "turns": turns,
        "product": product,
        "curve": curve,
        "sentence": f"Places {place} and {there}: from one to the other the fastest of "
        f"{count} clocks turns by {fastest} degrees, the slowest by {slowest}. Product "
        f"of the two codes {fixed(product)}, of at most {count}: the same for any two "
        f"places {distance} apart.",
    }


def draw(place: int, distance: int, numbers: str) -> CourseFigure:
    """Return the clocks of both places above the curve of products."""
    result = compute(place, distance, numbers)
    fig, (top, bottom) = figure(
        result["sentence"], 2, 1, size=(6.6, 4.3), height_ratios=(1, 1.9)
    )
    draw_clocks(top, result)
    bottom.plot(range(FARTHEST + 1), result["curve"], color=COLOURS["truth"])
    bottom.plot([distance], [result["product"]], "o", color=COLOURS["output"], ms=9)
    bottom.set(xlabel="Distance of the two places", ylabel="Product of codes")
    bottom.axhline(0, color="#999999", lw=0.8)
    top.set_title(
        f"Hands at place {place} (solid) and {place + distance} (dashed)", fontsize=10
    )
    return fig


def draw_clocks(axes: object, result: dict) -> None:
    """Draw one face per clock, with a hand for each of the two places."""
    for number, (a, b) in enumerate(zip(result["here"], result["there"], strict=True)):
        x = 2.6 * number
        circle = [2 * math.pi * step / 60 for step in range(61)]
        axes.plot(
            [x + math.sin(t) for t in circle],
            [math.cos(t) for t in circle],
            color="#999999",
            lw=1,
        )
        axes.plot([x, x + a[0]], [0, a[1]], color=COLOURS["query"], lw=2.5)
        axes.plot([x, x + b[0]], [0, b[1]], "--", color=COLOURS["key"], lw=2.5)
        label = f"{fixed(result['turns'][number], 1)}°"
        axes.text(x, -1.35, label, ha="center", va="top", fontsize=9)
    axes.set(xlim=(-1.3, 19.5), ylim=(-2.2, 1.2), aspect="equal")
    axes.axis("off")


class PositionClocks(Explorer):
    """Explorer: two position codes as clocks, and their product by distance."""

    title = "The place turns the hands, the distance turns one against the other"
    size = (680, 400)
    script = Path(__file__).with_suffix(".js")
    compute = staticmethod(compute)
    draw = staticmethod(draw)
    data: ClassVar[dict] = {"farthest": FARTHEST}
    place = slider("First place", 0, 50, step=1, start=5)
    distance = slider("Distance to the second", 0, FARTHEST, step=1, start=3)
    numbers = choice("Numbers per code", NUMBERS, start="16")
