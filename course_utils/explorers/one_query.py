"""Point at a patch, see where it looks: the maps of a trained vision transformer.

The table holds the queries q and keys k of a small network (lesson 13, seed 0) on
three pictures, as whole numbers; the page does the attention itself:

    weight_j = softmax_j(step * sum_i q_i k_ji)      mean over heads where asked

Token 0 is the class token; the others are the 7 by 7 patches, row by row. The table
is written by ``benchmarks/experiments/attention_maps.py``.
"""

import base64
import io
import json
import math
from functools import cache
from pathlib import Path
from typing import ClassVar

import numpy as np
import torch
from matplotlib.patches import Rectangle
from PIL import Image

from course_utils.explorers.base import Explorer, choice, fixed, slider
from course_utils.overlays import draw_key, outline, tint
from course_utils.plots import COLOURS, CourseFigure, figure

TABLE = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
GRID, SIDE, PART, HALF = 7, 28, 8, 127
KINDS = {
    "among decoys": "The object among three decoys",
    "centred": "The same, the object in the middle",
    "plain ground": "The object alone",
}
LAYERS = {"1": "First layer", "2": "Second layer, the last"}
HEADS = {"mean": "Mean of the four", "1": "1", "2": "2", "3": "3", "4": "4"}
LOOKS = {"patch": "The patch at this place", "class": "The class token"}
SCALES = {
    "shared": "From 0, to one end for all maps",
    "own": "From the map's minimum to its maximum",
}
TOP = {"mean": 0.35, "one": 0.75}  # ends of the shared scales: no weight is above


def numbers(text: str) -> list[int]:
    """Return the whole numbers of a stored text, two hexadecimal digits each."""
    return [int(text[i : i + 2], 16) - HALF for i in range(0, len(text), 2)]


@cache
def head_weights(kind: str, layer: int, head: int, query: int) -> tuple[float, ...]:
    """Return one head's weights for one query, over 50 tokens."""
    table = TABLE[kind]["layers"][layer - 1]
    start = 2 * PART * query
    q = numbers(table["queries"][head - 1][start : start + 2 * PART])
    k = numbers(table["keys"][head - 1])
    scores = [
        table["step"] * sum(q[i] * k[PART * token + i] for i in range(PART))
        for token in range(len(k) // PART)
    ]
    top = max(scores)
    powers = [math.exp(score - top) for score in scores]
    total = sum(powers)
    return tuple(power / total for power in powers)


@cache
def covered(kind: str) -> tuple[float, ...]:
    """Return which share of each patch the object covers."""
    mask = np.reshape(TABLE[kind]["mask"], (GRID, 4, GRID, 4))
    return tuple(mask.mean(axis=(1, 3)).flatten().tolist())


def compute(
    kind: str, layer: str, head: str, looks: str, row: int, column: int, scale: str
) -> dict:
    """Return the map of one query, its scale, and how much of it is on the object.

    Args:
        kind: which of the stored pictures, one of ``KINDS``.
        layer: ``"1"`` or ``"2"``.
        head: ``"1"`` to ``"4"``, or ``"mean"``.
        looks: ``"patch"`` or ``"class"``: who looks.
        row, column: the patch that looks, from 0.
        scale: one of ``SCALES``.
    """
    query = 0 if looks == "class" else 1 + GRID * row + column
    chosen = [1, 2, 3, 4] if head == "mean" else [int(head)]
    rows = [head_weights(kind, int(layer), each, query) for each in chosen]
    weights = [sum(each[j] for each in rows) / len(rows) for j in range(GRID**2 + 1)]
    patches = weights[1:]
    shares = covered(kind)
    inside = sum(w * share for w, share in zip(patches, shares, strict=True))
    total = sum(patches)
    top = max(patches)
    peak = next(i for i, weight in enumerate(patches) if weight > top - 1e-9)
    shared = TOP["mean" if head == "mean" else "one"]
    low, high = (0.0, shared) if scale == "shared" else (min(patches), top)
    ink = [min(1.0, max(0.0, (w - low) / (high - low))) for w in patches]
    who = (
        "the class token" if query == 0 else f"the patch in row {row}, column {column}"
    )
    which = "mean of four heads" if head == "mean" else f"head {head}"
    where = "on" if shares[peak] >= 0.5 else "off"
    return {
        "query": query,
        "patches": patches,
        "ink": ink,
        "low": low,
        "high": high,
        "sentence": f"Layer {layer}, {which}, from {who}: largest weight {fixed(top)} "
        f"in row {peak // GRID}, column {peak % GRID}, {where} the object. "
        f"Of the map {fixed(inside / total)} lies on the object; of an even map it "
        f"would be {fixed(sum(shares) / GRID**2)}. The class token gets "
        f"{fixed(weights[0])}. Colours from {fixed(low, 3)} to {fixed(high, 3)}.",
    }


def draw(
    kind: str, layer: str, head: str, looks: str, row: int, column: int, scale: str
) -> CourseFigure:
    """Return the static twin: the picture with the patch that looks, and its map."""
    result = compute(kind, layer, head, looks, row, column, scale)
    fig, axes = figure(
        result["sentence"], 1, 3, size=(6.6, 3.2), width_ratios=(1, 1, 0.16)
    )
    grey = torch.tensor(TABLE[kind]["grey"]).view(SIDE, SIDE) / 100
    ink = torch.tensor(result["ink"]).view(GRID, GRID)
    ink = ink.repeat_interleave(4, 0).repeat_interleave(4, 1)
    axes[0].imshow(grey.numpy(), cmap="gray", vmin=0, vmax=1)
    axes[1].imshow(tint(grey, ink).numpy())
    mask = np.reshape(TABLE[kind]["mask"], (SIDE, SIDE))
    for panel in axes[:2]:
        panel.set(xticks=[], yticks=[])
        outline(panel, mask)
    if looks == "patch":
        corner = (4 * column - 0.5, 4 * row - 0.5)
        for colour, width in (("white", 4.5), (COLOURS["query"], 2.5)):
            frame = {"fill": False, "edgecolor": colour, "linewidth": width}
            axes[0].add_patch(Rectangle(corner, 4, 4, **frame))
    axes[0].set_title("Who looks" if looks == "patch" else "Class token looks")
    axes[1].set_title(f"Where to, layer {layer}")
    draw_key(axes[2], result["high"], result["low"])
    return fig


def _as_png(grey: list[int]) -> str:
    """Return a picture of percentages as a text that a page can show."""
    values = np.round(np.reshape(grey, (SIDE, SIDE)) * 2.55).astype(np.uint8)
    with io.BytesIO() as packed:
        Image.fromarray(values).save(packed, format="PNG", optimize=True)
        return "data:image/png;base64," + base64.b64encode(packed.getvalue()).decode()


class OneQuery(Explorer):
    """Explorer: the map of any patch, head and layer of a trained network."""

    title = "Point at a patch, see where it looks"
    size = (700, 340)
    script = Path(__file__).with_suffix(".js")
    compute = staticmethod(compute)
    draw = staticmethod(draw)
    data: ClassVar[dict] = {
        "top": TOP,
        "ink": COLOURS["key"],
        "kinds": {
            kind: {
                "png": _as_png(TABLE[kind]["grey"]),
                "mask": TABLE[kind]["mask"],
                "covered": list(covered(kind)),
                "layers": TABLE[kind]["layers"],
            }
            for kind in KINDS
        },
    }
    kind = choice("Picture", KINDS, start="among decoys")
    looks = choice("Who looks", LOOKS, start="patch")
    row = slider("Row of the patch", 0, 6, step=1, start=1)
    column = slider("Column of the patch", 0, 6, step=1, start=1)
    layer = choice("Layer", LAYERS, start="1")
    head = choice("Head", HEADS, start="mean")
    scale = choice("Colours", SCALES, start="shared")
