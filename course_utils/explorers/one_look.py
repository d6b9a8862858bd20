"""Five boxes: from a blend of all to a look at one, by the temperature.

Gumbel-softmax adds noise g to the scores s and takes a softmax at temperature T:
weights = softmax((s + g) / T). The output is the weighted average of the values,
the loss its squared distance from 5. Beside one draw of the noise stands the mean
loss over 240 draws at every temperature, and the two objectives it is compared with:

    soft  (sum p v - 5)^2        hard  sum p (v - 5)^2        p = softmax(s)
"""

import math
from pathlib import Path
from typing import ClassVar

from course_utils.explorers.base import Explorer, fixed, slider
from course_utils.plots import COLOURS, CourseFigure, figure

NAMES = ["A", "B", "C", "D", "E"]
WEIGHTS = [0.4, 0.2, 0.2, 0.1, 0.1]
VALUES = [8.0, 2.0, 4.0, 1.0, 9.0]
WANTED = 5.0
DRAWS = 240
TEMPERATURES = [0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0]


def halton(number: int, base: int) -> float:
    """Return point ``number`` of the sequence that fills 0..1 evenly in this base."""
    share, place = 0.0, 1.0
    while number:
        number, digit = divmod(number, base)
        place /= base
        share += digit * place
    return share


# Evenly filled instead of drawn: the mean of 240 random looks can be a tenth off.
NOISE = [
    [
        round(-math.log(-math.log(halton(draw, base))), 3) + 0.0
        for base in (2, 3, 5, 7, 11)
    ]
    for draw in range(21, 21 + DRAWS)
]


def softmax(scores: list[float]) -> list[float]:
    """Return exp(s - max) / sum, from left to right as in JavaScript."""
    top = max(scores)
    powers = [math.exp(score - top) for score in scores]
    total = 0.0
    for power in powers:
        total += power
    return [power / total for power in powers]


def average(weights: list[float], values: list[float]) -> float:
    """Return the weighted average, summed from left to right."""
    total = 0.0
    for weight, value in zip(weights, values, strict=True):
        total += weight * value
    return total


def one_look(scores: list[float], noise: list[float], temperature: float) -> list:
    """Return the weights of one noisy look."""
    noisy = [(s + g) / temperature for s, g in zip(scores, noise, strict=True)]
    return softmax(noisy)


def mean_loss(scores: list[float], temperature: float) -> float:
    """Return the loss of the noisy looks, averaged over all draws."""
    total = 0.0
    for noise in NOISE:
        output = average(one_look(scores, noise, temperature), VALUES)
        total += (output - WANTED) ** 2
    return total / DRAWS


def compute(temperature: float, lean: float, number: int) -> dict:
    """Return one look, the mean loss at every temperature, and both objectives."""
    scores = [math.log(weight) for weight in WEIGHTS]
    scores[2] += lean
    weights = softmax(scores)
    look = one_look(scores, NOISE[number - 1], temperature)
    output = average(look, VALUES)
    soft = (average(weights, VALUES) - WANTED) ** 2
    hard = average(weights, [(value - WANTED) ** 2 for value in VALUES])
    curve = [mean_loss(scores, each) for each in TEMPERATURES]
    here = curve[TEMPERATURES.index(temperature)]
    best = 0
    for place in range(1, 5):
        if look[place] > look[best] + 1e-9:
            best = place
    return {
        "weights": weights,
        "look": look,
        "output": output,
        "soft": soft,
        "hard": hard,
        "curve": curve,
        "here": here,
        "sentence": f"Temperature {fixed(temperature)}, score of C moved by "
        f"{fixed(lean, 1)}: look number {number} gives box {NAMES[best]} weight "
        f"{fixed(look[best])} and sees {fixed(output)}. Mean loss over {DRAWS} "
        f"looks: {fixed(here)}. Soft attention pays {fixed(soft)}, hard attention "
        f"{fixed(hard)}.",
    }


def draw(temperature: float, lean: float, number: int) -> CourseFigure:
    """Return the weights of one look, beside the mean loss at every temperature."""
    result = compute(temperature, lean, number)
    fig, (panel, plane) = figure(result["sentence"], 1, 2, size=(7.4, 3.3))
    places = range(5)
    panel.bar(places, result["look"], color=COLOURS["key"], width=0.7)
    panel.bar(
        places,
        result["weights"],
        fill=False,
        edgecolor=COLOURS["truth"],
        width=0.7,
        ls="--",
        lw=1.5,
    )
    labels = [f"{n}\n{v:.0f}" for n, v in zip(NAMES, VALUES, strict=True)]
    panel.set_xticks(places, labels)
    panel.set(ylim=(0, 1.05), xlabel="Box and its value", ylabel="Weight")
    panel.set_title("One look (dashed: without noise)", fontsize=10)
    plane.semilogx(TEMPERATURES, result["curve"], "-", color=COLOURS["query"])
    plane.plot([temperature], [result["here"]], "o", color=COLOURS["query"], ms=8)
    for name in ("soft", "hard"):
        plane.axhline(result[name], color=COLOURS["baseline"], ls="--", lw=1.5)
        look = {"ha": "right", "va": "bottom", "size": 9.5}
        plane.text(TEMPERATURES[-1], result[name] + 0.1, name, **look)
    plane.set_xticks([0.1, 1, 10], ["0.1", "1", "10"])
    plane.set(
        ylim=(-0.3, 12), yticks=[0, 4, 8, 12], xlabel="Temperature", ylabel="Mean loss"
    )
    plane.set_title(f"All looks: mean loss {fixed(result['here'])}", fontsize=10)
    return fig


class OneLook(Explorer):
    """Explorer: Gumbel-softmax weights and loss between a blend and one look."""

    title = "The lower the temperature, the more a look is a look at one box"
    size = (700, 320)
    script = Path(__file__).with_suffix(".js")
    compute = staticmethod(compute)
    draw = staticmethod(draw)
    data: ClassVar[dict] = {
        "names": NAMES,
        "weights": WEIGHTS,
        "values": VALUES,
        "wanted": WANTED,
        "noise": NOISE,
        "temperatures": TEMPERATURES,
    }
    temperature = slider("Temperature", values=TEMPERATURES, start=0.5, digits=2)
    lean = slider("Move the score of C by", -3, 3, step=0.5, start=0, digits=1)
    number = slider("Look number", 1, 12, step=1, start=1)
