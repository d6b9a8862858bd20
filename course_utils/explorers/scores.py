"""One query, three keys, six ways to compare them.

The query q turns and stretches; the keys and values stay. Each score s(q, k) goes
through the same two steps: weights = softmax of the scores, output = weighted
average of the values.

    dot         q . k                   scaled    q . k / sqrt(2)
    distance    -|q - k|^2 / 2          bilinear  q^T M k, M a quarter turn
    additive    2 sum tanh(q + k)       linear    2 sum (q + k), the tanh left out
"""

import math
from pathlib import Path
from typing import ClassVar

from course_utils.explorers.base import Explorer, choice, fixed, slider
from course_utils.plots import COLOURS, CourseFigure, figure

NAMES = ["A", "B", "C"]
KEYS = [[1.0, 1.0], [3.0, 0.0], [-1.0, 0.0]]
VALUES = [10.0, 20.0, 30.0]
WORDS = {
    "dot": "Dot product",
    "scaled": "Scaled dot product",
    "distance": "Negative squared distance",
    "bilinear": "Bilinear, a quarter turn",
    "additive": "Additive",
    "linear": "Additive without tanh",
}


def score(kind: str, q: list[float], k: list[float]) -> float:
    """Return the score of one query and one key, two numbers each."""
    dot = q[0] * k[0] + q[1] * k[1]
    sums = [q[0] + k[0], q[1] + k[1]]
    if kind == "scaled":
        return dot / math.sqrt(2)
    if kind == "distance":
        return -((q[0] - k[0]) ** 2 + (q[1] - k[1]) ** 2) / 2
    if kind == "bilinear":  # M k turns the key by 90 degrees to the left
        return -q[0] * k[1] + q[1] * k[0]
    if kind == "additive":
        return 2 * math.tanh(sums[0]) + 2 * math.tanh(sums[1])
    if kind == "linear":
        return 2 * sums[0] + 2 * sums[1]
    return dot


def compute(kind: str, angle: int, length: float) -> dict:
    """Return scores, weights and output for a query of this direction and length."""
    turn = angle * math.pi / 180
    query = [length * math.cos(turn), length * math.sin(turn)]
    scores = [score(kind, query, key) for key in KEYS]
    top = max(scores)
    powers = [math.exp(each - top) for each in scores]
    total = sum(powers)
    weights = [power / total for power in powers]
    output = sum(w * value for w, value in zip(weights, VALUES, strict=True))
    shares = ", ".join(
        f"{fixed(w)} to {name}" for w, name in zip(weights, NAMES, strict=True)
    )
    frozen = " The query has cancelled: turn it, nothing moves."
    return {
        "query": query,
        "scores": scores,
        "weights": weights,
        "output": output,
        "sentence": f"{WORDS[kind]}, query at {angle} degrees, {fixed(length, 1)} "
        f"long: weight {shares}. Output {fixed(output, 1)}."
        + (frozen if kind == "linear" else ""),
    }


def draw(kind: str, angle: int, length: float) -> CourseFigure:
    """Return the arrows of query and keys, beside the weights."""
    result = compute(kind, angle, length)
    fig, (plane, panel) = figure(
        f"{result['sentence']} Keys: A at (1, 1), B at (3, 0), C at (-1, 0), with "
        "values 10, 20 and 30.",
        1,
        2,
        size=(7, 3.2),
        width_ratios=(1.35, 1),
    )
    draw_plane(plane, result)
    marks = panel.bar(NAMES, result["weights"], color=COLOURS["key"], width=0.6)
    panel.bar_label(marks, [fixed(w) for w in result["weights"]], padding=2)
    panel.set(ylim=(0, 1.1), xlabel="Key (values 10, 20, 30)", ylabel="Weight")
    plane.set_title(WORDS[kind], fontsize=10)
    panel.set_title(f"Output {fixed(result['output'], 1)}", fontsize=10)
    return fig


def draw_plane(plane: object, result: dict) -> None:
    """Draw the query as an arrow and the keys as dots as large as their weight."""
    for name, (x, y), weight in zip(NAMES, KEYS, result["weights"], strict=True):
        plane.plot([x], [y], "o", color=COLOURS["key"], ms=7 + 14 * weight)
        plane.text(x, y - 0.8, name, ha="center", weight="bold")
    style = {"arrowstyle": "-|>", "color": COLOURS["query"], "lw": 2.5}
    ends = {"shrinkA": 0, "shrinkB": 0, "mutation_scale": 16}
    plane.annotate("", result["query"], (0, 0), arrowprops={**style, **ends})
    plane.text(-3.3, 2.8, "query (arrow)", color=COLOURS["query"])
    plane.text(-3.3, 2.2, "keys (dots: weight)", color=COLOURS["key"])
    plane.set(xlim=(-3.5, 3.9), ylim=(-3.3, 3.3), aspect="equal")
    plane.set(xlabel="First number", ylabel="Second number")


class Scores(Explorer):
    """Explorer: the same query and keys under six scoring functions."""

    title = "How query and keys are compared decides who is heard"
    size = (700, 320)
    script = Path(__file__).with_suffix(".js")
    compute = staticmethod(compute)
    draw = staticmethod(draw)
    data: ClassVar[dict] = {
        "names": NAMES,
        "keys": KEYS,
        "values": VALUES,
        "words": WORDS,
    }
    kind = choice("Score", WORDS, start="dot")
    angle = slider(
        "Direction of the query", -180, 180, step=15, start=45, unit=" degrees"
    )
    length = slider("Length of the query", 0, 3, step=0.2, start=1.4, digits=1)
