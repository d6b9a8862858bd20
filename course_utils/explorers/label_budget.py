"""What a budget buys: plans of masks and boxes against their cost, over five seeds.

A plan costs boxes + c * masks, with c boxes for one mask. The scores are stored, by
``benchmarks/experiments/cheap_supervision.py``; the page computes the costs, what can
be paid, and the best of that by mean or by worst seed.
"""

import math
from pathlib import Path
from typing import ClassVar

from course_utils.experiments import load
from course_utils.explorers.base import Explorer, choice, fixed, slider
from course_utils.plots import COLOURS, CourseFigure, figure

MEASURES = {
    "iou": "IoU",
    "inside": "Mass inside",
    "conflict_accuracy": "Accuracy on the conflict set",
}
TRUST = {"mean": "Mean of five seeds", "worst": "Worst of five seeds"}
KINDS = {"masks": "Masks", "boxes": "Boxes", "both": "Both", "none": "Classes only"}
MARKS = {"masks": "query", "boxes": "key", "both": "output", "none": "truth"}
TOP = 4.1  # of the axis: log10(1 + cost)


def stored_plans() -> list[dict]:
    """Return the plans with random choice: what they annotate, scores by seed."""
    plans: dict[tuple[int, int], dict] = {}
    for row in load("cheap_supervision").rows:
        if row["how"] != "random":
            continue
        key = (row["masks"], row["boxes"])
        plan = plans.setdefault(
            key,
            {
                "masks": key[0],
                "boxes": key[1],
                "words": words_of(*key),
                "kind": kind_of(*key),
                **{measure: [] for measure in MEASURES},
            },
        )
        for measure in MEASURES:
            plan[measure].append(row[measure])
    return list(plans.values())


def kind_of(masks: int, boxes: int) -> str:
    """Return what a plan annotates, as a key of ``KINDS``."""
    if masks and boxes:
        return "both"
    return "masks" if masks else "boxes" if boxes else "none"


def words_of(masks: int, boxes: int) -> str:
    """Return a plan in words."""
    parts = []
    if masks:
        parts.append(f"{masks} masks")
    if boxes:
        parts.append(f"{boxes} boxes")
    return " and ".join(parts) or "classes only"


PLANS = stored_plans()


def compute(measure: str, trust: str, mask_cost: float, budget: float) -> dict:
    """Return costs, scores with their spread, and the best plan within the budget."""
    costs, scores, lows, highs, paid = [], [], [], [], []
    best = 0
    for number, plan in enumerate(PLANS):
        values = plan[measure]
        total = 0.0
        for value in values:  # as in JavaScript; sum() rounds otherwise
            total += value
        costs.append(plan["boxes"] + mask_cost * plan["masks"])
        lows.append(min(values))
        highs.append(max(values))
        scores.append(total / len(values) if trust == "mean" else lows[-1])
        paid.append(1 if costs[-1] <= budget + 1e-9 else 0)
        if paid[-1] and scores[-1] > scores[best] + 1e-9:
            best = number
    count = sum(paid)
    return {
        "costs": costs,
        "scores": scores,
        "lows": lows,
        "highs": highs,
        "paid": paid,
        "best": best,
        "sentence": f"A mask costs {fixed(mask_cost, 0)} boxes and the budget is "
        f"{fixed(budget, 0)} boxes: {count} of {len(PLANS)} plans can be paid. The "
        f"best of them by the {TRUST[trust].lower()}, {MEASURES[measure]}: "
        f"{PLANS[best]['words']}, {fixed(scores[best])} (seeds {fixed(lows[best])} to "
        f"{fixed(highs[best])}), at a cost of {fixed(costs[best], 0)}.",
    }


def draw(measure: str, trust: str, mask_cost: float, budget: float) -> CourseFigure:
    """Return the plans over their cost; what cannot be paid is hollow."""
    result = compute(measure, trust, mask_cost, budget)
    fig, axes = figure(result["sentence"], size=(6.8, 3.4))
    for number, plan in enumerate(PLANS):
        place = math.log10(1 + result["costs"][number])
        colour = COLOURS[MARKS[plan["kind"]]]
        axes.plot(
            [place] * 2, [result["lows"][number], result["highs"][number]], color=colour
        )
        face = colour if result["paid"][number] else "white"
        axes.plot(
            place,
            result["scores"][number],
            "o",
            color=colour,
            markerfacecolor=face,
            markersize=8,
        )
    best = result["best"]
    axes.plot(
        math.log10(1 + result["costs"][best]),
        result["scores"][best],
        "o",
        color=COLOURS["truth"],
        markerfacecolor="none",
        markersize=15,
    )
    axes.axvline(math.log10(1 + budget), color=COLOURS["baseline"], linestyle="--")
    for kind, name in KINDS.items():
        axes.plot([], [], "o", color=COLOURS[MARKS[kind]], markersize=8, label=name)
    ring = {"color": COLOURS["truth"], "markerfacecolor": "none"}
    axes.plot([], [], "o", markersize=12, label="Best in the budget", **ring)
    axes.plot([], [], "o", markersize=8, label="Too expensive", **ring)
    axes.plot([], [], "--", color=COLOURS["baseline"], label="The budget")
    ticks = [0, 10, 100, 1000, 10000]
    axes.set_xticks([math.log10(1 + tick) for tick in ticks], [str(t) for t in ticks])
    axes.set(xlim=(-0.15, TOP), ylim=(0, 1.05), xlabel="Cost in boxes")
    axes.set_ylabel(MEASURES[measure])
    axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1), frameon=False)
    return fig


class LabelBudget(Explorer):
    """Explorer: plans of masks and boxes against their cost."""

    title = "What a budget of labels buys"
    size = (700, 340)
    script = Path(__file__).with_suffix(".js")
    compute = staticmethod(compute)
    draw = staticmethod(draw)
    data: ClassVar[dict] = {
        "plans": PLANS,
        "measures": MEASURES,
        "trust": TRUST,
        "kinds": KINDS,
        "marks": MARKS,
        "top": TOP,
    }
    measure = choice("Score", MEASURES, start="iou")
    trust = choice("Judged by", TRUST, start="mean")
    mask_cost = slider(
        "Cost of a mask", values=[1, 2, 3, 5, 8, 11, 16, 24], start=11, unit=" boxes"
    )
    budget = slider(
        "Budget",
        values=[0, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000],
        start=100,
        unit=" boxes",
    )
