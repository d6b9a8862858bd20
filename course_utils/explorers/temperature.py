"""How a temperature turns scores into weights, from uniform to one-hot.

``a_j = exp(s_j / T) / sum_k exp(s_k / T)``. A high temperature T makes every key
equal, a low one keeps the largest score only. The row's spread is its entropy
``H = -sum_j a_j ln a_j``; ``exp(H)`` counts its effective keys. Where two scores
tie, no temperature chooses between them.
"""

import math
from pathlib import Path
from typing import ClassVar

from course_utils.explorers.base import Explorer, choice, fixed, slider
from course_utils.plots import COLOURS, CourseFigure, figure

SCORES = {
    "winner": [2.0, 1.0, 0.5, 0.0, -0.5, -1.0],
    "close": [2.0, 1.9, 0.5, 0.0, -0.5, -1.0],
    "tie": [2.0, 2.0, 0.5, 0.0, -0.5, -1.0],
}
WORDS = {
    "winner": "One clear winner",
    "close": "Two close to each other",
    "tie": "Two that tie",
}
TEMPERATURES = [
    *[0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5, 0.7],
    *[1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0, 20.0, 30.0, 50.0, 100.0],
]


def weights_at(temperature: float, scores: list[float]) -> list[float]:
    """Return the softmax of the scores divided by the temperature."""
    top = max(scores)
    powers = [math.exp((score - top) / temperature) for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def entropy_of(weights: list[float]) -> float:
    """Return the Shannon entropy of one row in nats; 0 ln 0 counts as 0."""
    return sum(-weight * math.log(weight) for weight in weights if weight > 0)


def compute(temperature: float, scores: str) -> dict:
    """Return the weights, their entropy and effective keys, and the whole curve."""
    weights = weights_at(temperature, SCORES[scores])
    entropy = entropy_of(weights)
    curve = [
        math.exp(entropy_of(weights_at(each, SCORES[scores]))) for each in TEMPERATURES
    ]
    keys = math.exp(entropy)
    return {
        "weights": weights,
        "entropy": entropy,
        "keys": keys,
        "curve": curve,
        "sentence": f"At temperature {fixed(temperature, 2)} the largest of "
        f"{len(weights)} weights is {fixed(max(weights), 2)}. Entropy "
        f"{fixed(entropy, 2)} nats, {fixed(keys, 1)} effective keys.",
    }


def draw(temperature: float, scores: str) -> CourseFigure:
    """Return the weights as bars, beside the effective keys at every temperature."""
    result = compute(temperature, scores)
    count = len(result["weights"])
    fig, (left, right) = figure(
        f"{WORDS[scores]}. {result['sentence']} Over all temperatures the effective "
        f"keys run from {result['curve'][0]:.1f} to {result['curve'][-1]:.1f}.",
        1,
        2,
        size=(7, 3),
    )
    left.bar(range(1, count + 1), result["weights"], color=COLOURS["key"])
    left.set(xlabel="Key", ylabel="Weight", ylim=(0, 1))
    left.set_title(f"Temperature {fixed(temperature, 2)}")
    right.plot(TEMPERATURES, result["curve"], color=COLOURS["query"])
    right.plot([temperature], [result["keys"]], "o", color=COLOURS["key"], ms=9)
    right.set(xlabel="Temperature", ylabel="Effective keys", ylim=(0, count + 0.3))
    right.set_xscale("log")
    right.set_xticks([0.01, 0.1, 1, 10, 100], ["0.01", "0.1", "1", "10", "100"])
    right.minorticks_off()
    right.set_title(f"{fixed(result['keys'], 1)} effective keys of {count}")
    return fig


class Temperature(Explorer):
    """Explorer: one row of weights between uniform and one-hot."""

    title = "Temperature: from every key to one"
    size = (680, 300)
    script = Path(__file__).with_suffix(".js")
    compute = staticmethod(compute)
    draw = staticmethod(draw)
    data: ClassVar = {"scores": SCORES, "temperatures": TEMPERATURES}
    temperature = slider("Temperature", values=TEMPERATURES, start=1.0, digits=2)
    scores = choice("Scores of the six keys", WORDS, start="winner")
