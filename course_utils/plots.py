"""Figures of the course: one look, small pictures, words for those who cannot see.

A figure is made with ``figure(alt, ...)``, drawn on with Matplotlib's own methods,
and shown by naming it in the last line of a cell. It brings its alternative text
along: what a reader who cannot see it must know, with the numbers that matter.

Weights are read as lengths of one ruler, so ``show_heatmaps`` colours every panel
on one scale that starts at 0: equal colours mean equal weights.
"""

import base64
import html
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib import cycler, rc_context
from matplotlib.figure import Figure
from numpy.typing import ArrayLike
from PIL import Image
from torch import Tensor

from course_utils.arguments import require_count
from course_utils.heatmap_parts import (
    add_colour_bars,
    as_grid,
    label_panels,
    panel_size,
    require_colour_map,
    require_inches,
    require_labels_fit,
    require_legible_values,
    require_scale,
    write_values,
)
from course_utils.heatmap_words import describe_heatmaps

# Darkened Okabe-Ito colours: told apart with any colour vision, at least 3 to 1 in
# contrast with white, and in this order neighbours differ in grey print too.
PALETTE = ["#0064A4", "#E06500", "#0B6E4F", "#CC5FA0", "#3B3B3B", "#A67C00"]
COLOURS = {
    "query": "#0064A4",  # what we look for
    "key": "#E06500",  # what is compared with it
    "value": "#0B6E4F",  # what is averaged
    "output": "#CC5FA0",  # the average
    "truth": "#3B3B3B",  # what it should have been
    "baseline": "#A67C00",  # what it is compared with
}

STYLE = {
    "axes.axisbelow": True,
    "axes.edgecolor": "#333333",
    "axes.facecolor": "white",
    "axes.labelsize": 10,
    "axes.prop_cycle": cycler(color=PALETTE),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 11,
    "figure.constrained_layout.h_pad": 0.08,  # inches around each panel
    "figure.constrained_layout.w_pad": 0.08,
    "figure.dpi": 100,
    "figure.facecolor": "white",
    "font.family": "DejaVu Sans",  # comes with Matplotlib: the same on every machine
    "font.size": 10,
    "grid.color": "#DDDDDD",
    "savefig.dpi": "figure",
    "savefig.facecolor": "white",
    "text.color": "black",
    "xtick.labelsize": 9.5,
    "ytick.labelsize": 9.5,
}
COLOURS_IN_PNG = 192  # a palette picture is about a quarter of a full-colour one


class CourseFigure(Figure):
    """A Matplotlib figure that carries its alternative text and shows itself.

    Made by ``figure``; name it in the last line of a cell to see it. Replace the
    text when the numbers are known: ``fig.alt = f"... {error:.2f} ..."``.

    ``palette`` says how its colours are chosen for the PNG: by how often they occur,
    or, for a figure whose rare shades mean something, ``Image.Quantize.MAXCOVERAGE``.
    """

    palette = Image.Quantize.MEDIANCUT

    def __init__(self, *args: Any, alt: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.alt = alt

    @property
    def alt(self) -> str:
        """The words that stand for the picture where it cannot be seen."""
        return self._alt

    @alt.setter
    def alt(self, words: str) -> None:
        if not isinstance(words, str) or len(words.strip()) < 15:
            raise ValueError(
                f"alt: expected a text of at least 15 characters, got {words!r}; say "
                "what a reader who cannot see the figure must know, with its numbers"
            )
        self._alt = " ".join(words.split())

    def png(self) -> bytes:
        """Return the picture as a palette PNG: small, the same bytes every time."""
        with rc_context(STYLE), io.BytesIO() as drawn, io.BytesIO() as packed:
            self.savefig(drawn, format="png", metadata={"Software": None})
            picture = Image.open(drawn).convert("RGB")
            picture = picture.quantize(
                COLOURS_IN_PNG, self.palette, dither=Image.Dither.NONE
            )
            picture.save(packed, format="PNG", optimize=True)
            return packed.getvalue()

    def __repr__(self) -> str:
        return f"[Figure: {self.alt}]"

    __str__ = __repr__

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict:
        """Return the picture for every reader: HTML with words, PNG, plain text."""
        return picture_bundle(self)


def picture_bundle(fig: CourseFigure) -> dict[str, str]:
    """Return the figure as text/html (image with alternative text), PNG and text."""
    png = base64.b64encode(fig.png()).decode()
    words = html.escape(fig.alt, quote=True)
    return {
        "text/html": f'<img alt="{words}" src="data:image/png;base64,{png}">',
        "image/png": png,
        "text/plain": repr(fig),
    }


def figure(
    alt: str,
    rows: int = 1,
    columns: int = 1,
    size: tuple[float, float] | None = None,
    **subplots_options: Any,
) -> tuple[CourseFigure, Any]:
    """Return a figure in the course style and its axes, as ``plt.subplots`` does.

    Args:
        alt: alternative text, at least 15 characters; ``fig.alt`` replaces it.
        rows, columns: the grid of axes.
        size: width and height in inches; about 7 is as wide as the page.
        subplots_options: handed to ``Figure.subplots`` (``sharex``, ``width_ratios``,
            ``squeeze``, ``subplot_kw`` ...).

    Raises:
        TypeError, ValueError: an alternative text that is too short to say anything, no
            axes, or a size that is none.
    """
    require_count("rows", rows)
    require_count("columns", columns)
    require_inches("size", size)
    if size is None:
        size = (5.6 if columns == 1 else 7.0, 3.4 if rows == 1 else 2.6 * rows)
    with rc_context(STYLE):
        fig = CourseFigure(figsize=size, layout="constrained", alt=alt)
        axes = fig.subplots(rows, columns, **subplots_options)
    return fig, axes


def show_heatmaps(
    matrices: ArrayLike | Tensor,
    xlabel: str,
    ylabel: str,
    titles: Sequence[str] | None = None,
    *,
    row_titles: Sequence[str] | None = None,
    query_labels: Sequence[str] | None = None,
    key_labels: Sequence[str] | None = None,
    show_values: bool = False,
    vmax: float | None = None,
    per_panel: bool = False,
    cmap: str = "Reds",
    size: tuple[float, float] | None = None,
    alt: str | None = None,
) -> CourseFigure:
    """Return a grid of heat maps of weights: rows are queries, columns are keys.

    All panels share one scale from 0 to the largest weight, and one colour bar.

    Args:
        matrices: weights, shape (rows, columns, queries, keys), or one matrix
            (queries, keys); tensor of any float type, or array; at least 0.
        xlabel, ylabel: axis labels in words, usually "Keys" and "Queries".
        titles: one per column of panels, or one per panel.
        row_titles: one per row of panels.
        query_labels, key_labels: one per query, one per key (for example tokens).
        show_values: write each weight into its cell, with two decimals.
        vmax: upper end of the one scale; at least the largest weight.
        per_panel: give each panel its own scale and colour bar. Colours can then no
            longer be compared between panels.
        cmap: a perceptually uniform colour map ("Reds", "viridis", "magma").
        size: width and height in inches.
        alt: alternative text; by default the shape, the largest weight of each
            panel and where it is, and the row sums.

    Raises:
        TypeError: something that holds no numbers.
        ValueError: another number of axes, an empty matrix, negative weights, NaN,
            a scale that ends below the largest weight (or is given together with
            ``per_panel``), a wrong number of labels, or cells too narrow for values.
    """
    grid = as_grid(matrices)  # (rows, columns, queries, keys)
    labels = titles, row_titles, query_labels, key_labels
    require_labels_fit(grid, *labels)
    require_scale(vmax, grid, per_panel)
    require_legible_values(grid, size, per_panel, show_values)
    require_colour_map("cmap", cmap)
    fig, axes = figure(
        alt or describe_heatmaps(grid, *labels, per_panel),
        *grid.shape[:2],
        size or panel_size(grid, per_panel, show_values),
        squeeze=False,
    )
    top = vmax or grid.max() or 1.0
    for place, panel in np.ndenumerate(axes):
        end = (grid[place].max() or 1.0) if per_panel else top
        image = panel.imshow(grid[place], cmap=cmap, vmin=0, vmax=end)
        if show_values:
            write_values(image)
    add_colour_bars(fig, axes, per_panel)
    label_panels(axes, xlabel, ylabel, *labels)
    return fig
