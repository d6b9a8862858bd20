"""A trained decoder writes a date in digits; you may hide what it wants to see.

The page runs the decoder itself, one character after the other:

    weights  = softmax over characters i of a(state, h_i) / temperature
    context  = sum of weight * h_i
    state    = GRU([last character written, context], state)
    scores   = W [state, context] + b;  write the character with the largest

Hidden characters get weight 0. What the encoder made of each text, h_i, and the
weights are stored beside this file, by ``benchmarks/experiments/date_decoder.py``.
"""

import json
from pathlib import Path
from typing import ClassVar

import numpy as np

from course_utils.explorers.base import Explorer, choice, fixed, slider
from course_utils.plots import COLOURS, CourseFigure, figure

SOURCE = Path(__file__).with_suffix(".json")
STORED = json.loads(SOURCE.read_text(encoding="utf-8"))
TEXTS = STORED["texts"]
WRITTEN = "0123456789- "
NUMBER_NAMES = [
    *("first", "second", "third", "fourth", "fifth"),
    *("sixth", "seventh", "eighth", "ninth", "tenth"),
]
HIDE = {
    "none": "Nothing",
    "year": "The year",
    "month": "The month",
    "day": "The day",
    "rest": "Everything but the date",
}
_W = {name: np.array(value) for name, value in STORED["weights"].items()}


def allowed(number: int, hide: str) -> list[bool]:
    """Return which characters of a text may be attended."""
    parts = TEXTS[number]["parts"]
    if hide == "none":
        return [True] * len(parts)
    if hide == "rest":
        return [part != "." for part in parts]
    return [part != hide[0] for part in parts]


def write(number: int, mask: list[bool], temperature: float) -> tuple[list, str]:
    """Return the weights of every step, and the ten characters written."""
    keys = np.array(TEXTS[number]["keys"])  # (keys, size)
    state = np.array(TEXTS[number]["state"])  # (hidden,)
    projected = keys @ _W["attention.key_projection.weight"].T  # (keys, score)
    last, rows, answer = len(WRITTEN), [], ""
    for _ in range(10):
        query = _W["attention.query_projection.weight"] @ state  # (score,)
        hidden = np.tanh(query + projected)  # (keys, score)
        scores = hidden @ _W["attention.hidden_to_score.weight"][0] / temperature
        top = max(s for s, may in zip(scores, mask, strict=True) if may)
        powers = np.where(mask, np.exp(np.where(mask, scores - top, 0.0)), 0.0)
        weights = powers / powers.sum()  # (keys,)
        context = weights @ keys  # (size,)
        state = gru(np.concatenate([_W["embedding.weight"][last], context]), state)
        chosen = _W["to_scores.weight"] @ np.concatenate([state, context])
        last = int((chosen + _W["to_scores.bias"]).argmax())
        rows.append(weights.tolist())
        answer += WRITTEN[last]
    return rows, answer


def gru(told: np.ndarray, state: np.ndarray) -> np.ndarray:
    """Return the next state of PyTorch's ``GRUCell``: gates r, z, then n."""
    ours = _W["cell.weight_ih"] @ told + _W["cell.bias_ih"]
    theirs = _W["cell.weight_hh"] @ state + _W["cell.bias_hh"]
    size = len(state)
    both = 1 / (1 + np.exp(-(ours + theirs)[: 2 * size]))
    reset, update = both[:size], both[size:]
    new = np.tanh(ours[2 * size :] + reset * theirs[2 * size :])
    return (1 - update) * new + update * state


def compute(text: str, character: int, hide: str, temperature: float) -> dict:
    """Return what is written, every weight, and what one step looks at."""
    number = int(text)
    shown, truth = TEXTS[number]["text"], TEXTS[number]["truth"]
    weights, answer = write(number, allowed(number, hide), temperature)
    row = weights[character - 1]
    peak = next(i for i, w in enumerate(row) if w > max(row) - 1e-9)
    name = "a space" if shown[peak] == " " else f'"{shown[peak]}"'
    good = answer == truth
    return {
        "weights": weights,
        "answer": answer,
        "peak": peak,
        "sentence": f"It writes {answer}, {'right' if good else 'wrong'}. For the "
        f'{NUMBER_NAMES[character - 1]} character, "{answer[character - 1]}", it looks '
        f"most at {name}, character {peak + 1} of the text, with weight "
        f"{fixed(row[peak])}.",
    }


def draw(text: str, character: int, hide: str, temperature: float) -> CourseFigure:
    """Return the heat map of the ten steps, the chosen step framed."""
    result = compute(text, character, hide, temperature)
    number = int(text)
    shown, mask = TEXTS[number]["text"], allowed(number, hide)
    fig, axes = figure(
        f'Text: "{shown}". Hidden: {HIDE[hide].lower()}. {result["sentence"]}',
        size=(7.2, 3.4),
    )
    image = axes.imshow(result["weights"], cmap="Reds", vmin=0, vmax=1)
    fig.colorbar(image, label="Weight", shrink=0.9)
    axes.set_xticks(range(len(shown)), list(shown))
    axes.set_yticks(range(10), list(result["answer"]))
    for key in range(len(shown)):
        if not mask[key]:
            axes.axvspan(key - 0.5, key + 0.5, color="#888888", alpha=0.5, lw=0)
    axes.axhline(character - 1.5, color=COLOURS["query"], lw=1.5)
    axes.axhline(character - 0.5, color=COLOURS["query"], lw=1.5)
    axes.set(xlabel="Text (hidden: grey)", ylabel="Answer")
    axes.set_title(f"It writes {result['answer']}", fontsize=10)
    return fig


class DateDecoder(Explorer):
    """Explorer: what a decoder looks at, and what it writes when it may not."""

    title = "Where a decoder looks while it writes"
    size = (700, 320)
    script = Path(__file__).with_suffix(".js")
    compute = staticmethod(compute)
    draw = staticmethod(draw)
    data: ClassVar[dict] = {
        "weights": STORED["weights"],
        "texts": TEXTS,
        "written": WRITTEN,
        "names": NUMBER_NAMES,
    }
    text = choice(
        "Text", {str(i): each["text"] for i, each in enumerate(TEXTS)}, start="0"
    )
    character = slider("Character of the answer", 1, 10, step=1, start=7)
    hide = choice("Hide", HIDE, start="none")
    temperature = slider(
        "Temperature", values=[0.25, 0.5, 1, 2, 4, 8], start=1, digits=2
    )
