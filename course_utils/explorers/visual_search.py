"""Visual search: saliency pulls, a query pulls, and you set who pulls harder.

The display holds one orange vertical bar, the target. The score of a bar is

    s_i = w * saliency_i + (1 - w) * query_i

with the centre-surround saliency and the query scores of ``course_utils.cues``;
the map is softmax(s / T) over the bars, with temperature T = 0.25.
"""

from pathlib import Path
from typing import ClassVar

import torch
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.image import AxesImage
from matplotlib.patches import Circle
from torch import Tensor

from course_utils.cues import attention_map, query_scores, saliency_scores
from course_utils.explorers.base import Explorer, choice, fixed, slider
from course_utils.plots import COLOURS, CourseFigure, figure
from course_utils.worlds import FEATURES, TARGETS, visual_search

SET_SIZES = [4, 9, 16, 25, 36, 49, 64]
SEARCHES = {"colour": "Pop-out: only the colour differs", "conjunction": "Conjunction"}
NUMBERS = [1, 2, 3, 4]
TEMPERATURE = 0.25
ITEM_COLOURS = ["#E06100", "#004C7F"]  # orange and blue, apart in grey print too


def _bars(search: str, set_size: int, number: int) -> list[int]:
    """Return one entry of ``TARGETS`` per bar, as its place in that list."""
    side = round(set_size**0.5)
    world = visual_search(1, side, search, noise=0.0, seed=number)
    channels = world.features[0].flatten(1)  # (channels, cells)
    return (2 * channels[1] + channels[3]).int().tolist()


# The displays: JavaScript gets the same ones, so it needs no random numbers.
BARS = {
    f"{search} {set_size} {number}": _bars(search, set_size, number)
    for search in SEARCHES
    for set_size in SET_SIZES
    for number in NUMBERS
}


def compute(
    set_size: int, search: str, wanted: str, saliency_weight: float, number: int
) -> dict:
    """Return the bars, their weights, and who holds the peak of the map.

    Args:
        set_size: number of bars, a square.
        search: ``"colour"`` or ``"conjunction"``.
        wanted: what the query looks for, one of ``TARGETS``.
        saliency_weight: w, from 0 (query alone) to 1 (saliency alone).
        number: which of the stored displays.
    """
    bars = BARS[f"{search} {set_size} {number}"]
    side = round(set_size**0.5)
    features = _features(bars, side)
    query = torch.tensor([[float(word in wanted) for word in FEATURES]]).double()
    scores = saliency_weight * saliency_scores(features)
    scores = scores + (1 - saliency_weight) * query_scores(features, query)
    weights = attention_map(scores, TEMPERATURE).flatten().tolist()
    top = max(weights)
    peak = [cell for cell, weight in enumerate(weights) if weight > top - 1e-9]
    target = bars.index(0)
    if peak == [target]:
        where = f"the peak, {fixed(top)}, is on the target"
    elif target in peak:
        where = f"{len(peak)} bars share the peak, {fixed(top)}, the target among them"
    elif len(peak) == 1:
        where = (
            f"the peak, {fixed(top)}, is on a distractor, {TARGETS[bars[peak[0]]]}, "
            f"in row {peak[0] // side + 1}, column {peak[0] % side + 1}"
        )
    else:
        where = f"{len(peak)} distractors share the peak, {fixed(top)}"
    return {
        "bars": bars,
        "weights": weights,
        "target": target,
        "peak": peak,
        "sentence": f"{set_size} bars, saliency weight {fixed(saliency_weight, 1)}, "
        f"query weight {fixed(1 - saliency_weight, 1)} for {wanted}: {where}. The "
        f"target, orange vertical, gets {fixed(weights[target])}; an even spread "
        f"would give each bar {fixed(1 / set_size)}.",
    }


def _features(bars: list[int], side: int) -> Tensor:
    """Return the bars as features (1, channels, side, side)."""
    rows = [[float(word in TARGETS[bar]) for word in FEATURES] for bar in bars]
    return torch.tensor(rows).double().T.reshape(1, len(FEATURES), side, side)


def draw(
    set_size: int, search: str, wanted: str, saliency_weight: float, number: int
) -> CourseFigure:
    """Return the static twin: the display and its map, the target ringed."""
    result = compute(set_size, search, wanted, saliency_weight, number)
    side = round(set_size**0.5)
    fig, axes = figure(result["sentence"], 1, 2, size=(7.0, 3.4))
    draw_display(axes[0], _features(result["bars"], side)[0])
    axes[0].set_title("Display")
    weights = torch.tensor(result["weights"]).view(side, side)
    image = draw_map(axes[1], weights)
    fig.colorbar(image, ax=axes[1], shrink=0.75, label="Weight")
    axes[1].set_title(
        "Map, saliency alone" if saliency_weight == 1 else f"Map, looking for {wanted}"
    )
    for panel in axes:
        ring_cell(panel, result["target"], side)
    return fig


def draw_display(axes: Axes, features: Tensor) -> None:
    """Draw one display as coloured bars on a grid.

    Args:
        axes: where to draw; limits and frame are set.
        features: (4, height, width), in the order of ``worlds.FEATURES``.
    """
    height, width = features.shape[1:]
    is_blue = (features[1] > features[0]).flatten().tolist()
    is_flat = (features[3] > features[2]).flatten().tolist()
    segments, colours = [], []
    for cell, (blue, flat) in enumerate(zip(is_blue, is_flat, strict=True)):
        row, column = divmod(cell, width)
        dx, dy = (0.3, 0) if flat else (0, 0.3)
        segments.append([(column - dx, row - dy), (column + dx, row + dy)])
        colours.append(ITEM_COLOURS[blue])
    axes.add_collection(
        LineCollection(segments, colors=colours, linewidths=30 / max(height, width))
    )
    axes.set(xlim=(-0.5, width - 0.5), ylim=(height - 0.5, -0.5), aspect="equal")
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(True)


def draw_map(axes: Axes, weights: Tensor, vmax: float | None = None) -> AxesImage:
    """Draw one attention map on a scale from 0; returns the image for a colour bar.

    Args:
        axes: where to draw.
        weights: (height, width), at least 0.
        vmax: end of the scale; by default the largest weight.
    """
    top = float(weights.max()) if vmax is None else vmax
    image = axes.imshow(weights.numpy(force=True), cmap="Reds", vmin=0, vmax=top)
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(True)
    return image


def ring_cell(axes: Axes, cell: int, width: int, radius: float = 0.44) -> None:
    """Draw a ring around one cell, counted row by row; seen on light and dark."""
    centre = (cell % width, cell // width)
    for colour, linewidth in (("white", 4.5), (COLOURS["truth"], 1.8)):
        ring = {"fill": False, "edgecolor": colour, "linewidth": linewidth}
        axes.add_patch(Circle(centre, radius, **ring))


class VisualSearch(Explorer):
    """Explorer: saliency weight against query weight, over set sizes."""

    title = "What draws the eye against what directs it"
    size = (640, 330)
    script = Path(__file__).with_suffix(".js")
    compute = staticmethod(compute)
    draw = staticmethod(draw)
    data: ClassVar = {"bars": BARS, "targets": TARGETS, "colours": ITEM_COLOURS}

    search = choice("Display", SEARCHES, start="conjunction")
    set_size = slider("Set size (bars)", values=SET_SIZES, start=36)
    number = slider("Display number", values=NUMBERS, start=1)
    wanted = choice(
        "You look for", {name: name for name in TARGETS}, start="orange vertical"
    )
    saliency_weight = slider("Saliency weight", 0, 1, step=0.1, start=0.5, digits=1)
