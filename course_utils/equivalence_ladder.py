"""One picture of the equivalence ladder: each mechanism is a case of the next.

Lesson 10 climbs the rungs over sequences, lesson 14 those over pictures. Both draw
this one ladder, with the rungs known so far in colour. In
``tests/test_equivalence_ladder.py`` one test holds each rung and another takes its
condition away and sees it break.
"""

from collections.abc import Mapping

from course_utils.plots import COLOURS, CourseFigure, figure

# The lesson that computes each rung in two ways, and the rungs from below.
RUNGS = {
    10: [
        "uniform weights = average pooling",
        "average pooling = kernel regression, h = 1e8",
        "kernel regression = softmax of -(q - k)²/2h²",
        "that softmax = dot product, keys of length 1",
        "dot product = bilinear, M the identity",
        "bilinear = low rank, M of rank 2",
        "low rank, scaled = one head",
        "one head = PyTorch's fused attention",
        "many heads = nn.MultiheadAttention",
    ],
    14: [
        "GAP = attention with uniform weights",
        "SE = a gate without a query (its definition)",
        "Grad-CAM x Z = CAM, rectified",
        "slope of LSE = softmax, temperature 1/r",
        "Self_Attn = non-local, embedded Gaussian",
        "Self_Attn = one head over pixels, unscaled",
        "attention-MIL = additive, constant query",
    ],
}
PARTS = {10: "over sequences", 14: "over pictures"}
TO_COME = "#707070"
SPACE = 1.4  # between the parts, in rungs


def draw_ladder(differences: Mapping[str, float]) -> CourseFigure:
    """Return the ladder, with the rungs known so far in colour.

    Rungs of an earlier lesson are drawn as known, those of a later one in grey.

    Args:
        differences: for every rung of one lesson its name, as in ``RUNGS``, and the
            largest difference between its two computations.

    Raises:
        ValueError: names that are not the rungs of one lesson.
    """
    lesson = lesson_of(differences)
    fig, axes = figure("The equivalence ladder: drawn below", size=(7.0, 6.0))
    bottom, sentences = 0.0, []
    for part, names in RUNGS.items():
        known = part <= lesson
        colour, ink = (COLOURS["key"], "black") if known else (TO_COME, TO_COME)
        top = bottom + len(names) - 1
        axes.vlines([0, 1], bottom - 0.6, top + 0.6, color="#999999", lw=3)
        axes.text(0.5, top + 0.6, PARTS[part], ha="center", weight="bold", color=ink)
        if part == lesson:
            axes.text(1.04, top + 0.6, "largest difference")
        for step, name in enumerate(names):
            height = bottom + step
            axes.hlines(height, 0, 1, color=colour, lw=1.5)
            label = axes.text(0.5, height, name, ha="center", va="center", color=ink)
            label.set_backgroundcolor("white")
            beside = shown(differences[name]) if part == lesson else f"lesson {part}"
            axes.text(1.04, height, beside, va="center", color=ink)
        state = "in colour" if known else f"in grey, for lesson {part}"
        sentences.append(f"{PARTS[part].capitalize()}, {state}: {'; '.join(names)}.")
        bottom = top + 1 + SPACE
    axes.set(xlim=(-0.03, 1.35), ylim=(-0.7, bottom - 0.8))
    axes.axis("off")
    fig.alt = (
        f"A ladder in two parts, each from the lowest rung. {' '.join(sentences)} The "
        f"largest difference of lesson {lesson} is {max(differences.values()):.0e}."
    )
    return fig


def lesson_of(differences: Mapping[str, float]) -> int:
    """Return the lesson whose rungs these are: all of them, and no other."""
    for lesson, names in RUNGS.items():
        if {*names} == {*differences}:
            return lesson
    known = {name for names in RUNGS.values() for name in names}
    raise ValueError(
        "differences: expected all rungs of lesson 10, or all of lesson 14, as "
        f"course_utils.equivalence_ladder.RUNGS names them; got {len(differences)}, "
        f"of which unknown: {sorted({*differences} - known)}"
    )


def shown(difference: float) -> str:
    """Return the difference as the picture writes it."""
    return f"{difference:.0e}" if difference else "exactly 0"
