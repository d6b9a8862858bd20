"""Two channels, four places, one object that counts: what gates can single out.

Channel A holds objects at places 1 and 3, channel B at places 2 and 4; places 1
and 2 carry a marker. A channel gate s gives one number to a channel, a place gate g
one number to marked and one to unmarked places. An object passes with the weight

    one after the other   s * g
    sum                   s + g
    larger                the larger of s and g

The object that counts is the one of channel A on a marked place.
"""

from pathlib import Path
from typing import ClassVar

from course_utils.explorers.base import Explorer, choice, fixed, slider
from course_utils.plots import COLOURS, CourseFigure, figure

OBJECTS = ["A marked", "A unmarked", "B marked", "B unmarked"]
PLACES = [0, 2, 1, 3]  # of the four objects, counted from 0
RULES = {
    "product": "One after the other",
    "sum": "Sum",
    "larger": "Larger of the two",
}


def combine(rule: str, channel: float, place: float) -> float:
    """Return the weight that two gates give to one object."""
    if rule == "product":
        return channel * place
    if rule == "sum":
        return channel + place
    return max(channel, place)


def compute(rule: str, a: float, b: float, marked: float, unmarked: float) -> dict:
    """Return how much of each object passes, and the share of the one that counts."""
    pairs = [(a, marked), (a, unmarked), (b, marked), (b, unmarked)]
    weights = [combine(rule, channel, place) for channel, place in pairs]
    maps = [[0.0] * 4, [0.0] * 4]  # (channels, places)
    for number, weight in enumerate(weights):
        maps[number // 2][PLACES[number]] = weight
    total = weights[0] + weights[1] + weights[2] + weights[3]
    share = weights[0] / total if total > 0 else 0.0
    passing = ", ".join(
        f"{name} {fixed(weight)}" for name, weight in zip(OBJECTS, weights, strict=True)
    )
    verdict = (
        f"The object that counts, A marked, is {fixed(100 * share, 0)} % of what "
        "passes."
        if total > 0
        else "Nothing passes."
    )
    return {
        "weights": weights,
        "maps": maps,
        "share": share,
        "sentence": f"{RULES[rule]}: {passing}. {verdict}",
    }


def draw(rule: str, a: float, b: float, marked: float, unmarked: float) -> CourseFigure:
    """Return what passes at each place, beside one bar for each object."""
    result = compute(rule, a, b, marked, unmarked)
    fig, (maps, panel) = figure(
        f"{result['sentence']} Gates: channel A {fixed(a, 1)}, channel B "
        f"{fixed(b, 1)}, "
        f"marked places {fixed(marked, 1)}, unmarked places {fixed(unmarked, 1)}.",
        1,
        2,
        size=(7, 2.9),
        width_ratios=(1.2, 1),
    )
    maps.imshow(result["maps"], cmap="Reds", vmin=0, vmax=2)
    for number, weight in enumerate(result["weights"]):
        colour = "white" if weight > 1.3 else "black"
        spot = (PLACES[number], number // 2)
        maps.text(*spot, fixed(weight), ha="center", va="center", color=colour)
    maps.set(xlabel="Place (* marked)", ylabel="Channel")
    maps.set_xticks(range(4), ["1*", "2*", "3", "4"])
    maps.set_yticks([0, 1], ["A", "B"])
    maps.set_title("What passes", fontsize=10)
    colours = [COLOURS["query"]] + [COLOURS["key"]] * 3
    marks = panel.bar(["A*", "A", "B*", "B"], result["weights"], color=colours)
    panel.bar_label(marks, [fixed(weight) for weight in result["weights"]], padding=2)
    panel.set(ylim=(0, 2.3), xlabel="Object (* marked)", ylabel="Weight")
    share = fixed(100 * result["share"], 0)
    panel.set_title(f"A* is {share} % of what passes", fontsize=10)
    return fig


class Gates(Explorer):
    """Explorer: a channel gate and a place gate, alone and combined."""

    title = "Which gates single out one object"
    size = (700, 310)
    script = Path(__file__).with_suffix(".js")
    compute = staticmethod(compute)
    draw = staticmethod(draw)
    data: ClassVar[dict] = {"objects": OBJECTS, "places": PLACES, "rules": RULES}
    rule = choice("How the gates are combined", RULES, start="product")
    a = slider("Gate of channel A", 0, 1, step=0.1, start=1, digits=1)
    b = slider("Gate of channel B", 0, 1, step=0.1, start=0.2, digits=1)
    marked = slider("Gate of marked places", 0, 1, step=0.1, start=1, digits=1)
    unmarked = slider("Gate of unmarked places", 0, 1, step=0.1, start=0.2, digits=1)
