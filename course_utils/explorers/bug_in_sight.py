"""At which size of the numbers does a test see a bug, and at which not?

One query and four keys of 5 numbers have the products ``PRODUCTS``; queries and keys
times ``size`` have ``size^2`` as much. Right weights are the softmax of the products
over the root of 5. The distance of a wrong layer is the largest difference of a weight.
A test catches it where that distance is above its tolerance.
"""

import math
from pathlib import Path
from typing import ClassVar

from course_utils.explorers.base import Explorer, choice, fixed, slider
from course_utils.plots import COLOURS, CourseFigure, figure

PRODUCTS = [1.9, 0.4, -0.7, -2.1]
SIZES = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 40.0]
TOLERANCES = {"0.000001": 1e-6, "0.001": 1e-3, "0.05": 0.05, "0.2": 0.2}
FACTORS = {  # what a layer multiplies the products by, before the softmax
    "no_scale": 1.0,
    "by_d": 0.2,
    "times_1000": 1000.0,
    "minus": -1 / math.sqrt(5),
    "even": 0.0,
}
WORDS = {
    "no_scale": "No scale",
    "by_d": "Divides by d",
    "times_1000": "Times 1000",
    "minus": "Minus sign",
    "even": "Uniform weights",
}
TICKS = [0.01, 0.1, 1.0, 10.0]


def weights_of(factor: float, size: float) -> list[float]:
    """Return the softmax of the products at this size, times the factor."""
    scores = [factor * size * size * product for product in PRODUCTS]
    top = max(scores)
    powers = [math.exp(score - top) for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def distance(factor: float, size: float) -> float:
    """Return the largest difference of a weight from the right layer's."""
    right = weights_of(1 / math.sqrt(5), size)
    wrong = weights_of(factor, size)
    return max(abs(a - b) for a, b in zip(right, wrong, strict=True))


def compute(fault: str, magnitude: float, tolerance: str) -> dict:
    """Return both layers' weights, and at which sizes the test catches the bug."""
    factor = FACTORS[fault]
    off = distance(factor, magnitude)
    curve = [distance(factor, each) for each in SIZES]
    least = TOLERANCES[tolerance] + 1e-9
    count = sum(1 for each in curve if each > least)
    says = "fails" if off > least else "passes"
    return {
        "right": weights_of(1 / math.sqrt(5), magnitude),
        "wrong": weights_of(factor, magnitude),
        "off": off,
        "curve": curve,
        "caught": [each > least for each in curve],
        "count": count,
        "sentence": f"{WORDS[fault]}, size {fixed(magnitude, 2)}: a weight is off "
        f"by up to {fixed(off, 4)}. With tolerance {tolerance} the test {says} on this "
        f"wrong layer; it fails, as it should, at {count} of {len(SIZES)} sizes.",
    }


def draw(fault: str, magnitude: float, tolerance: str) -> CourseFigure:
    """Return both rows of weights, beside the distance at every size."""
    result = compute(fault, magnitude, tolerance)
    fig, (left, right) = figure(result["sentence"], 1, 2, size=(7, 3))
    places = range(1, len(PRODUCTS) + 1)
    for shift, name, colour in ((-0.2, "right", "truth"), (0.2, "wrong", "key")):
        at = [place + shift for place in places]
        left.bar(at, result[name], width=0.38, color=COLOURS[colour], label=name)
    left.set(xlabel="Key", ylabel="Weight", ylim=(0, 1.05), xticks=list(places))
    left.legend()
    left.set_title(f"Size {fixed(magnitude, 2)}")
    right.plot(SIZES, result["curve"], color=COLOURS["query"])
    for caught, inside in ((True, COLOURS["query"]), (False, "none")):
        marks = zip(SIZES, result["curve"], result["caught"], strict=True)
        here = [(size, off) for size, off, seen in marks if seen == caught]
        looks = {"mfc": inside, "mec": COLOURS["query"], "linestyle": "none"}
        right.plot(*zip(*here, strict=True), "o", ms=5, **looks) if here else None
    right.plot(
        [magnitude], [result["off"]], "o", ms=11, mfc="none", mec=COLOURS["key"], mew=3
    )
    right.axhline(TOLERANCES[tolerance], color=COLOURS["truth"], linestyle="--")
    right.set(xlabel="Size of queries and keys", ylabel="Largest difference")
    right.set_ylim(-0.03, 1.05)
    right.set_xscale("log")
    right.set_xticks(TICKS, ["0.01", "0.1", "1", "10"])
    right.minorticks_off()
    right.set_title(f"Caught at {result['count']} of {len(SIZES)} sizes")
    return fig


class BugInSight(Explorer):
    """Explorer: the inputs of a test decide which bugs it can see."""

    title = "The sizes at which a test can see"
    size = (680, 300)
    script = Path(__file__).with_suffix(".js")
    compute = staticmethod(compute)
    draw = staticmethod(draw)
    data: ClassVar = {
        "products": PRODUCTS,
        "sizes": SIZES,
        "factors": FACTORS,
        "words": WORDS,
        "tolerances": TOLERANCES,
        "ticks": TICKS,
    }
    fault = choice("What is wrong", WORDS, start="no_scale")
    magnitude = slider("Size of queries and keys", values=SIZES, start=1.0, digits=2)
    tolerance = choice("Tolerance", {word: word for word in TOLERANCES}, start="0.001")
