"""A learned width under the reader's hand: the fit, the weights, the two errors.

    f(x) = sum_i weight_i y_i      weights = softmax_i(-((x - x_i) w)^2 / 2)

Fifty noisy readings of a known curve. While training, each reading is a query
too; its own pair is either kept among the keys or left out. That choice moves
the training error and the weights, never the prediction at a new place.
"""

import math
from pathlib import Path
from typing import ClassVar

import torch

from course_utils.explorers.base import Explorer, choice, fixed, slider
from course_utils.kernel_regression import LearnedKernelPooling
from course_utils.plots import COLOURS, CourseFigure, figure
from course_utils.worlds import noisy_curve, slowing_river

WIDTHS = [
    *(0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.4, 2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6, 7, 8),
    *(9, 10, 12, 14, 17, 20, 25, 30),
]


def _world() -> tuple[list[float], list[float]]:
    """Return places and readings, rounded so that both languages hold the same."""
    world = noisy_curve(50, seed=0, truth=slowing_river)
    rows = (world.x.tolist(), world.y.tolist())
    return tuple([round(number, 4) for number in row] for row in rows)


KEYS, VALUES = _world()
PLACES = [k / 20 for k in range(101)]  # new queries, every 0.05 hours
TRUTH = [round(t, 6) for t in slowing_river(torch.tensor(PLACES)).tolist()]


def weights_of(query: float, w: float, hidden: int | None) -> list[float]:
    """Return the weights of the keys for one query; key ``hidden`` gets 0."""
    scores = [-(((query - key) * w) ** 2) / 2 for key in KEYS]
    top = max(score for i, score in enumerate(scores) if i != hidden)
    powers = [
        0.0 if i == hidden else math.exp(score - top) for i, score in enumerate(scores)
    ]
    total = sum(powers)
    return [power / total for power in powers]


def average(weights: list[float]) -> float:
    """Return the weighted average of the readings."""
    return sum(weight * value for weight, value in zip(weights, VALUES, strict=True))


def mean_square(came: list[float], wanted: list[float]) -> float:
    """Return the mean squared difference of two lists."""
    return sum((a - b) ** 2 for a, b in zip(came, wanted, strict=True)) / len(came)


def compute(w: float, own_pair: str) -> dict:
    """Return fit, weights, both errors and the mean weight of the own pair."""
    matrix = [
        weights_of(key, w, i if own_pair == "out" else None)
        for i, key in enumerate(KEYS)
    ]
    fit = [average(weights_of(place, w, None)) for place in PLACES]
    training = mean_square([average(row) for row in matrix], VALUES)
    test = mean_square(fit, TRUTH)
    own = sum(row[i] for i, row in enumerate(matrix)) / len(KEYS)
    kept = f"kept: a reading gives itself {fixed(own, 2)} of the weight on average"
    return {
        "fit": fit,
        "weights": matrix,
        "training": training,
        "test": test,
        "own": own,
        "sentence": f"w = {fixed(w, 1)}, bandwidth {fixed(1 / w, 2)}. Own pair "
        f"{kept if own_pair == 'in' else 'left out'}. Training error "
        f"{fixed(training, 3)}, test error {fixed(test, 3)}.",
    }


def error_curves() -> dict[str, list[float]]:
    """Return training error (own pair in, out) and test error at each width."""
    pooling = LearnedKernelPooling(torch.tensor(WIDTHS))
    keys, values = torch.tensor(KEYS), torch.tensor(VALUES)
    others = ~torch.eye(len(keys), dtype=torch.bool)
    with torch.no_grad():
        kept, _ = pooling(keys, keys, values)  # (widths, queries)
        left_out, _ = pooling(keys, keys, values, others)
        fits, _ = pooling(torch.tensor(PLACES), keys, values)
    pairs = {"in": (kept, values), "out": (left_out, values)}
    pairs["test"] = (fits, torch.tensor(TRUTH))
    return {
        name: [round(error, 5) for error in ((a - b) ** 2).mean(dim=1).tolist()]
        for name, (a, b) in pairs.items()
    }


CURVES = error_curves()


def draw(w: float, own_pair: str) -> CourseFigure:
    """Return the static twin: fit, weight matrix, errors against w."""
    result = compute(w, own_pair)
    fig, (left, middle, right) = figure(result["sentence"], 1, 3, size=(7.4, 2.9))
    fig.alt = (
        f"{result['sentence']} Left, the fit beside the truth and the readings; "
        "middle, the weight matrix; right, both errors against w, a dot at this w."
    )
    left.plot(PLACES, TRUTH, color=COLOURS["truth"], ls="--", label="Truth")
    left.plot(KEYS, VALUES, "o", ms=3, color=COLOURS["value"], label="Readings")
    left.plot(PLACES, result["fit"], color=COLOURS["output"], lw=2, label="Fit")
    left.set(xlabel="Hours", ylabel="Level", title=f"w = {fixed(w, 1)}", ylim=(-2, 5))
    middle.imshow(result["weights"], cmap="Reds", vmin=0, vmax=0.5)
    middle.set(xlabel="Keys", ylabel="Queries", title="Weights, 0 to 0.5+")
    right.semilogx(WIDTHS, CURVES[own_pair], color=COLOURS["query"], label="Training")
    right.semilogx(WIDTHS, CURVES["test"], color=COLOURS["key"], ls="--", label="Test")
    right.plot([w, w], [result["training"], result["test"]], "o", color="black", ms=5)
    right.set(xlabel="w", ylabel="Error", title="Errors", ylim=(0, 1.45))
    right.set_xticks([0.1, 1, 10], ["0.1", "1", "10"])
    left.legend(loc="lower right", fontsize=9, handlelength=1.2)
    right.legend(loc="upper right", fontsize=9, handlelength=1.6)
    return fig


class LearnedWidth(Explorer):
    """Explorer: w, the weight matrix beside the fit, training and test error."""

    title = "A learned width: fit, weights, errors"
    size = (680, 530)
    script = Path(__file__).with_suffix(".js")
    compute = staticmethod(compute)
    draw = staticmethod(draw)
    data: ClassVar[dict] = {
        "keys": KEYS,
        "values": VALUES,
        "places": PLACES,
        "truth": TRUTH,
        "widths": WIDTHS,
        "curves": CURVES,
    }
    w = slider("w, one over the bandwidth", values=WIDTHS, start=1, digits=1)
    own_pair = choice(
        "A reading's own pair, while training",
        {"out": "left out", "in": "kept"},
        start="out",
    )
