"""Six reviews and where a trained network of lesson 08 puts its weight.

The scores are those of the network of seed 4 for the first six reviews of its test
(``benchmarks/experiments/reading_reviews.py``), to one decimal. From them the page
computes what attention computes:

    weights of the words of a sentence   softmax of the word scores
    weights of the sentences             softmax of the sentence scores
    share of a word                      word weight * sentence weight

With "tanh" every score s becomes tanh(s), the published mistake; with "zero" it
becomes 0, which is mean pooling. ``extra`` more fillers join every sentence, each with
the mean score of a filler; the sentence scores are left as they are.
"""

import math
from pathlib import Path
from typing import ClassVar

from matplotlib.patches import Rectangle

from course_utils.explorers.base import Explorer, choice, fixed, slider
from course_utils.plots import COLOURS, CourseFigure, figure

FILLER_SCORE = -10.5  # mean over all fillers of the test
# good?, deciding sentence, place of its opinion word, (sentence score, word score ...)
STORED = [
    (
        False,
        1,
        3,
        [
            (3.4, "there -11.6 outside -10.8 the 8.7 film 2.3"),
            (8.1, "really -11.5 still -12.1 so -11.4 dull 2.2"),
            (-8.0, "still -11.7 the 4.4 tickets -6.8 well -10.6 outside -11.2"),
            (-6.7, "poor -1.8 still -11.9 well -11.0"),
            (
                -8.3,
                "later -9.6 the 2.6 seats -10.4 outside -11.1 again -11.1 really -11.5",
            ),
            (-7.2, "today -10.4 good -6.4"),
        ],
    ),
    (
        True,
        5,
        4,
        [
            (-8.1, "later -8.8 the 6.3 tickets -3.6"),
            (-6.8, "friday -9.0 awful 3.5"),
            (-8.4, "the 8.6 queue 2.9 still -11.8"),
            (-6.5, "not 9.0 fine -0.8 again -10.7 still -12.0"),
            (1.6, "honestly -8.0 the 9.1 film 2.6"),
            (
                -8.4,
                "honestly -10.3 really -10.6 perhaps -5.3 not 11.6 bad 4.0 friday -8.5",
            ),
        ],
    ),
    (
        False,
        3,
        0,
        [
            (-8.4, "outside -9.5 the 8.7 foyer -5.4"),
            (-8.0, "good -9.1 really -11.1 later -11.2 friday -11.3"),
            (0.6, "the 9.2 film 1.9 outside -9.7 again -9.3"),
            (8.0, "awful 1.4 again -9.0 perhaps -10.5"),
        ],
    ),
    (
        False,
        3,
        1,
        [
            (-8.2, "well -10.0 the 4.7 trailer -0.9"),
            (-4.8, "today -10.4 superb -2.3"),
            (2.5, "the 9.1 film 1.7 honestly -8.1"),
            (7.7, "outside -9.9 dull 1.3 later -6.9"),
        ],
    ),
    (
        False,
        1,
        5,
        [
            (1.9, "the 9.2 film 1.6 outside -10.4 today -10.2"),
            (8.2, "so -11.8 later -11.4 really -11.5 friday -9.0 not 8.1 fine -0.1"),
            (-7.5, "the 2.3 trailer -5.4 again -9.5 still -12.0 friday -11.3"),
            (-4.9, "superb -4.4 outside -11.0 honestly -9.6"),
        ],
    ),
    (
        True,
        3,
        3,
        [
            (-8.4, "the 9.4 queue 3.7 outside -9.8"),
            (-8.5, "well -9.9 friday -7.2 not 11.5 boring 4.1 so -10.7"),
            (
                0.5,
                "outside -10.0 the 8.1 film -1.3 later -10.5 still -12.2 perhaps -10.7",
            ),
            (-1.7, "later -10.8 so -11.8 perhaps -10.7 good -7.1"),
        ],
    ),
]
SCORING = {
    "trained": "As trained",
    "tanh": "With a tanh on them",
    "zero": "All 0: mean pooling",
}


def _review(good: bool, sentence: int, word: int, stored: list) -> dict:
    pairs = [text.split() for _, text in stored]
    return {
        "good": good,
        "sentence": sentence,
        "word": word,
        "words": [pair[0::2] for pair in pairs],
        "word_scores": [[float(score) for score in pair[1::2]] for pair in pairs],
        "sentence_scores": [score for score, _ in stored],
    }


REVIEWS = [_review(*stored) for stored in STORED]


def softmax(scores: list[float], extra: int = 0, extra_score: float = 0.0) -> list:
    """Return the weights of ``scores``, then the sum of those of the extra items."""
    top = max(scores)
    powers = [math.exp(score - top) for score in scores]
    more = extra * math.exp(extra_score - top)
    total = sum(powers) + more
    return [power / total for power in [*powers, more]]


def changed(score: float, scoring: str) -> float:
    """Return the score as it is used."""
    if scoring == "tanh":
        return math.tanh(score)
    return 0.0 if scoring == "zero" else score


def compute(number: int, scoring: str, extra: int) -> dict:
    """Return word weights, sentence weights, and what the deciding words get."""
    review = REVIEWS[number - 1]
    filler = changed(FILLER_SCORE, scoring)
    words = [
        softmax([changed(score, scoring) for score in scores], extra, filler)
        for scores in review["word_scores"]
    ]
    sentences = softmax([changed(s, scoring) for s in review["sentence_scores"]])[:-1]
    place, sentence = review["word"], review["sentence"]
    text = review["words"][sentence]
    negated = place > 0 and text[place - 1] == "not"
    own = sentences[sentence] * words[sentence][place]
    before = sentences[sentence] * words[sentence][place - 1] if negated else 0.0
    shares = [
        sentences[i] * weight
        for i, weights in enumerate(words)
        for weight in weights[:-1]
    ]
    names = [
        f"'{word}' in sentence {i + 1}"
        for i, line in enumerate(review["words"])
        for word in line
    ]
    top = max(shares)
    first = next(k for k, share in enumerate(shares) if share > top - 1e-9)
    verdict = "good" if review["good"] else "bad"
    why = f"'not' {fixed(before)}, '{text[place]}' {fixed(own)}"
    why = why if negated else f"'{text[place]}' {fixed(own)}"
    return {
        "words": words,
        "sentences": sentences,
        "own": own,
        "before": before,
        "top": top,
        "sentence": f"Review {number} says {verdict}. Scores: "
        f"{SCORING[scoring].lower()}; {extra} more fillers a sentence. Shares of the "
        f"words that decide, in sentence {sentence + 1}: {why}. The largest share, "
        f"{fixed(top)}, goes to {names[first]}"
        + (" and its equals." if scoring == "zero" else "."),
    }


def draw(number: int, scoring: str, extra: int) -> CourseFigure:
    """Return the review with a bar under every word and before every sentence."""
    result, review = compute(number, scoring, extra), REVIEWS[number - 1]
    height = 40 + 55 * len(review["words"])
    fig, axes = figure(result["sentence"], size=(7.4, height / 100))
    axes.set(xlim=(0, 740), ylim=(height, 0))
    axes.axis("off")
    axes.text(8, 14, "Sentence weight", va="center")
    axes.text(150, 14, "Word weights inside the sentence (bold: decides)", va="center")
    for row, words in enumerate(review["words"]):
        top = 38 + 55 * row
        bar(axes, 8, top + 22, 70, result["sentences"][row], COLOURS["query"])
        axes.text(8, top + 8, f"Sentence {row + 1}", va="center")
        labels = [*words, f"+ {extra} more"] if extra else words
        for place, word in enumerate(labels):
            left = 150 + 84 * place
            bold = "bold" if decides(review, row, place) else "normal"
            axes.text(left, top + 8, word, va="center", weight=bold)
            weight = result["words"][row][place]
            bar(axes, left, top + 22, 40, weight, COLOURS["key"])
    return fig


def decides(review: dict, row: int, place: int) -> bool:
    """Return whether a word belongs to what decides: the opinion, or its "not"."""
    words = review["words"][row]
    if row != review["sentence"] or place >= len(words):
        return False
    is_not = place == review["word"] - 1 and words[place] == "not"
    return place == review["word"] or is_not


def bar(
    axes: object, left: float, top: float, width: float, weight: float, colour: str
) -> None:
    """Draw a weight as the filled part of an empty bar, with its digits beside it."""
    for part, style in (
        (1.0, {"facecolor": "none", "edgecolor": "#777777", "linewidth": 0.8}),
        (weight, {"facecolor": colour}),
    ):
        axes.add_patch(Rectangle((left, top), width * part, 12, **style))
    axes.text(left + width + 4, top + 6.5, fixed(weight), va="center", fontsize=9)


class ReviewWeights(Explorer):
    """Explorer: the weights of six reviews, with right and with wrong scores."""

    title = "Where the weight sits, and what the scores allow"
    size = (740, 370)
    script = Path(__file__).with_suffix(".js")
    compute = staticmethod(compute)
    draw = staticmethod(draw)
    data: ClassVar[dict] = {
        "reviews": REVIEWS,
        "scoring": SCORING,
        "filler": FILLER_SCORE,
    }
    number = slider("Review", 1, 6, step=1, start=2)
    scoring = choice("Scores", SCORING, start="trained")
    extra = slider("More fillers a sentence", values=[0, 5, 10, 20, 35, 80], start=0)
