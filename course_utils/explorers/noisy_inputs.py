"""Two noisy inputs and their best weights, beside "one over the variance".

Both inputs have variance 1 and a given correlation r; the target is y = b x_A + x_B.
With M = S + diag(var) and the relevance c = (b + r, r b + 1):

    free        w = M^-1 c, solved by hand for two inputs
    softmax     w = (a, 1 - a), where a makes the error least, kept in 0..1

The claim shares out the same total of sizes, |w_A| + |w_B|, as one over the noise,
and keeps the sign of each best weight.
"""

from pathlib import Path

from course_utils.explorers.base import Explorer, choice, fixed, slider
from course_utils.plots import COLOURS, CourseFigure, figure

NOISES = [0.05, 0.1, 0.25, 0.5, 1, 2, 4, 10]
RULES = {"free": "Free weights", "softmax": "Softmax: at least 0, sum one"}
PLACES = [0.8, 1.2, 1.8, 2.2]  # best and claim of A, then of B


def best_pair(
    noise_a: float, noise_b: float, correlation: float, adds: float, rule: str
) -> list[float]:
    """Return the best weights of A and B under the rule."""
    relevance = [adds + correlation, correlation * adds + 1]
    a, b = 1 + noise_a, 1 + noise_b  # the diagonal of M
    if rule == "softmax":
        top = relevance[0] - relevance[1] + b - correlation
        share = min(1.0, max(0.0, top / (a + b - 2 * correlation)))
        return [share, 1 - share]
    determinant = a * b - correlation * correlation
    return [
        (b * relevance[0] - correlation * relevance[1]) / determinant,
        (a * relevance[1] - correlation * relevance[0]) / determinant,
    ]


def compute(
    noise_a: float, noise_b: float, correlation: float, adds: float, rule: str
) -> dict:
    """Return the best weights, what the claim says, and the sentence."""
    best = best_pair(noise_a, noise_b, correlation, adds, rule)
    total = abs(best[0]) + abs(best[1])
    share = noise_b / (noise_a + noise_b)  # of A, when inverse to the noise
    claim = [total * share, total * (1 - share)]
    claim = [-size if w < 0 else size for size, w in zip(claim, best, strict=True)]
    apart = abs(best[0] - claim[0]) + abs(best[1] - claim[1])
    verdict = "Here they agree." if apart < 0.005 else "They differ."
    return {
        "best": best,
        "claim": claim,
        "sentence": f"{RULES[rule]}; noise {fixed(noise_a)} on A, {fixed(noise_b)} on "
        f"B, correlation {fixed(correlation)}, A adds {fixed(adds)}: the best weights "
        f"are A {fixed(best[0])}, B {fixed(best[1])}. One over the noise says A "
        f"{fixed(claim[0])}, B {fixed(claim[1])}. {verdict}",
    }


def draw(
    noise_a: float, noise_b: float, correlation: float, adds: float, rule: str
) -> CourseFigure:
    """Return the bars of both inputs: best weight, and what the claim says."""
    result = compute(noise_a, noise_b, correlation, adds, rule)
    fig, axes = figure(result["sentence"], size=(6.4, 3.2))
    for name, offset, colour, words in [
        ("best", 0, "key", "Best weight"),
        ("claim", 1, "baseline", "One over the noise"),
    ]:
        look = {"edgecolor": COLOURS[colour], "lw": 2, "label": words}
        look["color"] = COLOURS[colour] if name == "best" else "none"  # hollow
        marks = axes.bar(PLACES[offset::2], result[name], 0.34, **look)
        axes.bar_label(marks, [fixed(weight) for weight in result[name]], padding=2)
    axes.axhline(0, color="#333333", lw=0.8)
    axes.set_xticks([1, 2], ["Input A", "Input B"])
    axes.set(ylabel="Weight", ylim=(-1.7, 2.2), xlim=(0.4, 2.6))
    axes.legend(frameon=False, loc="lower right")
    axes.set_title(RULES[rule], fontsize=10)
    return fig


class NoisyInputs(Explorer):
    """Explorer: two noisy inputs, their best weights, and one over the noise."""

    title = "When is a weight one over the noise?"
    size = (640, 320)
    script = Path(__file__).with_suffix(".js")
    compute = staticmethod(compute)
    draw = staticmethod(draw)
    noise_a = slider("Noise variance on A", values=NOISES, start=0.25, digits=2)
    noise_b = slider("Noise variance on B", values=NOISES, start=1, digits=2)
    correlation = slider(
        "Correlation of A and B", values=[0, 0.25, 0.5, 0.75, 0.9, 1], start=0, digits=2
    )
    adds = slider(
        "What A adds to the target (B adds 1)", -1, 1, step=0.5, start=1, digits=1
    )
    rule = choice("Weights", RULES, start="free")
