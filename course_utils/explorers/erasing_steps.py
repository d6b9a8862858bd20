"""Erase window after window: what is covered, what is wasted, and what is left to read.

The table holds three test pictures (16 levels of red, green and blue), which pixel
belongs to which part of the animal, and, for windows of three sizes, the corner of
each picture's window at each step, with means over 500 test pictures. The page
draws the windows and counts pixels:

    recall = |covered and animal| / |animal|     precision = |both| / |covered|

``benchmarks/experiments/erasing_steps.py --explorer`` writes the table.
"""

import base64
import io
import json
from pathlib import Path
from typing import ClassVar

import numpy as np
from matplotlib.patches import Rectangle
from PIL import Image

from course_utils.explorers.base import Explorer, choice, fixed, slider
from course_utils.plots import COLOURS, CourseFigure, figure

TABLE = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
SIDE = 32
PICTURES = {str(n): f"Test picture {n + 1}" for n in range(len(TABLE["pictures"]))}
LINES = {  # what a mean is, its colour, its style in Matplotlib and in SVG
    "recall": ("query", "-", ""),
    "precision": ("key", "--", "7 4"),
    "IoU": ("value", "-.", "7 3 2 3"),
    "right while training": ("truth", ":", "2 3"),
}


def colours(levels: str) -> np.ndarray:
    """Return the picture of stored levels: (32, 32, 3), from 0 to 1."""
    return np.array([int(n, 16) / 15 for n in levels]).reshape(SIDE, SIDE, 3)


def png(levels: str) -> str:
    """Return the picture as a text that an SVG image takes."""
    with io.BytesIO() as packed:
        whole = (255 * colours(levels)).round().astype(np.uint8)
        Image.fromarray(whole).save(packed, format="PNG", optimize=True)
        text = base64.b64encode(packed.getvalue()).decode()
    return f"data:image/png;base64,{text}"


def compute(picture: str, window: int, steps: int) -> dict:
    """Return the windows so far, this picture's scores, and the means.

    Args:
        picture: which test picture, one of ``PICTURES``.
        window: height and width of each window, in pixels.
        steps: how many windows are erased.
    """
    table = TABLE["sizes"][str(window)]
    corners = table["corners"][int(picture)][:steps]
    parts = TABLE["pictures"][int(picture)]["parts"]
    covered = [
        any(
            top <= row < top + window and left <= column < left + window
            for top, left in corners
        )
        for row in range(SIDE)
        for column in range(SIDE)
    ]
    animal = sum(part != "0" for part in parts)
    area = sum(covered)
    both = sum(
        inside and part != "0" for inside, part in zip(covered, parts, strict=True)
    )
    either = animal + area - both
    recall, iou = both / animal, both / either
    precision = both / area if area else 0.0
    if steps:
        mean = table["means"][steps - 1]
        of_test = (
            f"Over 500 test pictures: recall {fixed(mean[0])}, precision "
            f"{fixed(mean[1])}, IoU {fixed(mean[2])}. The network that cut the last "
            f"window named {fixed(1000 * mean[3], 0)} of 1000 training pictures "
            "rightly."
        )
        here = (
            f"Erased so far: {steps} of {window} by {window}: {area} pixels, {both} "
            f"on the animal of {animal}. Recall {fixed(recall)}, precision "
            f"{fixed(precision)}, IoU {fixed(iou)}."
        )
    else:
        here, of_test = "Nothing erased yet.", f"The animal has {animal} pixels."
    return {
        "corners": corners,
        "recall": recall,
        "precision": precision,
        "iou": iou,
        "sentence": f"{here} {of_test}",
    }


def draw(picture: str, window: int, steps: int) -> CourseFigure:
    """Return the picture with its windows, beside the means of all steps."""
    result = compute(picture, window, steps)
    fig, (left, right) = figure(
        result["sentence"], 1, 2, (7.2, 3.2), width_ratios=[1, 1.25]
    )
    stored = TABLE["pictures"][int(picture)]
    pixels = colours(stored["pixels"])
    for top, corner in result["corners"]:
        pixels[top : top + window, corner : corner + window] = 0.5
    left.imshow(pixels)
    mask = np.array([part != "0" for part in stored["parts"]]).reshape(SIDE, SIDE)
    left.contour(mask, levels=[0.5], colors="black", linewidths=1.2)
    for number, (top, corner) in enumerate(result["corners"], 1):
        box = {"fill": False, "edgecolor": COLOURS["key"], "linewidth": 2}
        left.add_patch(Rectangle((corner - 0.5, top - 0.5), window, window, **box))
        left.text(corner, top, str(number), fontsize=10, ha="left", va="top")
    left.set(xticks=[], yticks=[], title=f"{PICTURES[picture]}, {steps} erased")
    means = np.array(TABLE["sizes"][str(window)]["means"])
    for column, (name, (colour, style, _)) in enumerate(LINES.items()):
        xs = np.arange(1, len(means) + 1)
        right.plot(xs, means[:, column], style, color=COLOURS[colour], label=name)
        if steps:
            right.plot(steps, means[steps - 1, column], "o", color=COLOURS[colour])
    right.set(xlabel="Step", ylim=(0, 1.05), title="Means over all pictures")
    fig.legend(loc="outside lower center", ncols=4, fontsize=9, frameon=False)
    return fig


class ErasingSteps(Explorer):
    """Explorer: erase windows of one size, step by step, and read the scores."""

    title = "Erase, look again, erase"
    size = (680, 330)
    script = Path(__file__).with_suffix(".js")
    compute = staticmethod(compute)
    draw = staticmethod(draw)
    data: ClassVar = {
        "sizes": TABLE["sizes"],
        "pictures": [
            {"png": png(one["pixels"]), "parts": one["parts"]}
            for one in TABLE["pictures"]
        ],
        "names": PICTURES,
        "lines": LINES,
    }

    picture = choice("Picture", PICTURES, start="0")
    window = slider("Window", values=[5, 9, 13], start=9, unit=" pixels")
    steps = slider("Windows erased", 0, 6, step=1, start=1)
