"""Kernel regression under two controls: how wide the kernel is, and its shape.

    f(x) = sum_i w_i y_i      w_i = K(|x - x_i| / h) / sum_j K(|x - x_j| / h)

Left: forty readings, the curve that the weights draw through them, and one query
whose weights are the sizes of the dots. Right: squared error at every bandwidth,
on readings that the average has seen, on each reading left out, and on new ones.
"""

import math
from pathlib import Path
from typing import ClassVar

from course_utils.explorers.base import Explorer, choice, fixed, slider
from course_utils.plots import COLOURS, CourseFigure, figure
from course_utils.worlds import noisy_curve

NOISE = 0.5
READINGS = noisy_curve(40, seed=6, noise=NOISE)
KEYS = [round(x, 3) for x in READINGS.x.tolist()]
VALUES = [round(y, 3) for y in READINGS.y.tolist()]
GRID = [step / 20 for step in range(101)]  # hours
BANDWIDTHS = [0.05, 0.07, 0.1, 0.14, 0.2, 0.28, 0.4, 0.57, 0.8, 1.1, 1.6, 2.3, 3.2, 4.5]
KERNELS = {
    "boxcar": "Boxcar",
    "triangular": "Triangular",
    "epanechnikov": "Epanechnikov",
    "gaussian": "Gaussian",
}


def truth(hours: float) -> float:
    """Return the water level without noise."""
    return 2 * math.sin(hours) + hours


def height(u: float, kernel: str) -> float:
    """Return K(u) of a compact kernel, without its constant, which cancels."""
    if u > 1:
        return 0.0
    return {"boxcar": 1.0, "triangular": 1 - u, "epanechnikov": 1 - u * u}[kernel]


def weigh(place: float, keys: list[float], bandwidth: float, kernel: str) -> list:
    """Return the weights of the keys for a query at ``place``; zeros if none reach."""
    us = [abs(place - key) / bandwidth for key in keys]
    if kernel == "gaussian":
        least = min(us)
        heights = [math.exp((least * least - u * u) / 2) for u in us]
    else:
        heights = [height(u, kernel) for u in us]
    total = sum(heights)
    return [h / total if total > 0 else 0.0 for h in heights]


def average(weights: list[float], values: list[float]) -> float | None:
    """Return the weighted average, or None where all weights are 0."""
    if not any(weights):
        return None
    return sum(w * y for w, y in zip(weights, values, strict=True))


def mean_square(errors: list[float | None]) -> float | None:
    """Return the mean of the squares, or None where one error is not defined."""
    if None in errors:
        return None
    return sum(e * e for e in errors) / len(errors)


def errors_at(bandwidth: float, kernel: str) -> tuple:
    """Return the squared errors: readings seen, readings left out, new readings."""

    def gap(place: float, skipped: int | None, target: float) -> float | None:
        chosen = [i for i in range(len(KEYS)) if i != skipped]
        weights = weigh(place, [KEYS[i] for i in chosen], bandwidth, kernel)
        answer = average(weights, [VALUES[i] for i in chosen])
        return None if answer is None else answer - target

    pairs = list(enumerate(zip(KEYS, VALUES, strict=True)))
    seen = mean_square([gap(x, None, y) for _, (x, y) in pairs])
    left_out = mean_square([gap(x, i, y) for i, (x, y) in pairs])
    away = mean_square([gap(x, None, truth(x)) for x in GRID])
    return seen, left_out, None if away is None else away + NOISE * NOISE


def compute(bandwidth: float, kernel: str, query: float) -> dict:
    """Return the curve, the weights of the query, the errors, and the sentence."""
    fit = [average(weigh(x, KEYS, bandwidth, kernel), VALUES) for x in GRID]
    weights = weigh(query, KEYS, bandwidth, kernel)
    answer = average(weights, VALUES)
    table = [errors_at(h, kernel) for h in BANDWIDTHS]
    seen, left_out, new = (list(column) for column in zip(*table, strict=True))
    begin = f"{KERNELS[kernel]} kernel, bandwidth {fixed(bandwidth, 2)} hours: "
    if answer is None:
        told = f"no reading lies within reach of {fixed(query, 1)} h, so no answer. "
    else:
        readings = 1 / sum(w * w for w in weights)
        told = (
            f"at {fixed(query, 1)} h it answers {fixed(answer, 2)} (truth "
            f"{fixed(truth(query), 2)}), as steady as the mean of "
            f"{fixed(readings, 1)} readings. "
        )
    error = left_out[BANDWIDTHS.index(bandwidth)]
    end = (
        "Left out, some reading has no neighbour."
        if error is None
        else f"Squared error on readings left out: {fixed(error, 2)}."
    )
    return {
        "fit": fit,
        "weights": weights,
        "answer": answer,
        "seen": seen,
        "left_out": left_out,
        "new": new,
        "sentence": begin + told + end,
    }


def draw(bandwidth: float, kernel: str, query: float) -> CourseFigure:
    """Return the static twin of the explorer."""
    result = compute(bandwidth, kernel, query)
    fig, (left, right) = figure(
        result["sentence"], 1, 2, size=(7.2, 3.5), width_ratios=(1.35, 1)
    )
    draw_fit(left, result, query)
    draw_errors(right, result, bandwidth)
    return fig


def draw_fit(axes: object, result: dict, query: float) -> None:
    """Draw readings as large as their weight, the truth, the curve and the query."""
    top = max([*result["weights"], 1e-9])
    sizes = [12 + 110 * w / top for w in result["weights"]]
    axes.scatter(KEYS, VALUES, s=sizes, color=COLOURS["key"], alpha=0.55, lw=0)
    level = [truth(x) for x in GRID]
    axes.plot(GRID, level, "--", color=COLOURS["truth"], lw=1.5, label="truth")
    axes.plot(GRID, result["fit"], color=COLOURS["output"], lw=2.5, label="prediction")
    axes.axvline(query, color=COLOURS["query"], ls=":", lw=1.8)
    if result["answer"] is not None:
        axes.plot([query], [result["answer"]], "D", color=COLOURS["query"], ms=7)
    axes.set(xlabel="Time (hours)", ylabel="Water level (dm)", ylim=(-1.5, 5.5))
    axes.set_title("Dots: weights for the query", fontsize=10)
    axes.legend(loc="lower right", fontsize=9, frameon=False)


def draw_errors(axes: object, result: dict, bandwidth: float) -> None:
    """Draw the three errors against the bandwidth, and where the slider stands."""
    for name, words, role, dash in (
        ("seen", "readings seen", "key", "-."),
        ("left_out", "each left out", "query", "-"),
        ("new", "new readings", "truth", "--"),
    ):
        axes.plot(BANDWIDTHS, result[name], dash, color=COLOURS[role], label=words)
    axes.axvline(bandwidth, ymax=0.7, color=COLOURS["output"], lw=1.5)
    axes.set_xscale("log")
    axes.set_xticks([0.05, 0.2, 0.8, 3.2], ["0.05", "0.2", "0.8", "3.2"])
    axes.minorticks_off()
    axes.set(xlabel="Bandwidth (hours)", ylabel="Squared error", ylim=(0, 1.5))
    axes.legend(loc="upper left", fontsize=9, frameon=False)


class Bandwidth(Explorer):
    """Explorer: what the width and the shape of the kernel do to a prediction."""

    title = "Kernel regression: bandwidth and kernel"
    size = (720, 330)
    script = Path(__file__).with_suffix(".js")
    compute = staticmethod(compute)
    draw = staticmethod(draw)
    data: ClassVar[dict] = {
        "keys": KEYS,
        "values": VALUES,
        "grid": GRID,
        "bandwidths": BANDWIDTHS,
        "noise": NOISE,
    }
    bandwidth = slider("Bandwidth", values=BANDWIDTHS, start=0.4, digits=2, unit=" h")
    kernel = choice("Kernel", KERNELS, start="gaussian")
    query = slider(
        "Query (moment asked)", 0, 5, step=0.1, start=2.5, digits=1, unit=" h"
    )
