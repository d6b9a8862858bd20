"""The small parts of a heat map: its numbers, its labels, its words.

``show_heatmaps`` in ``course_utils.plots`` puts them together.
"""

from collections.abc import Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import Colormap
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from numpy.typing import ArrayLike
from torch import Tensor

from course_utils.arguments import require_positive

Labels = Sequence[str] | None
AROUND_GRID = 1.5  # inches for labels and the colour bar


def as_grid(matrices: ArrayLike | Tensor) -> np.ndarray:
    """Return weights as an array of shape (rows, columns, queries, keys).

    A plain matrix (queries, keys) becomes a grid of one panel.

    Raises:
        TypeError: something that holds no numbers.
        ValueError: another number of axes, no cells, negative weights or NaN.
    """
    if isinstance(matrices, Tensor):
        if matrices.is_complex():
            raise TypeError(f"matrices: expected real numbers, got {matrices.dtype}")
        matrices = matrices.detach().cpu().double().numpy()
    elif isinstance(matrices, list | tuple) and any(
        isinstance(entry, Tensor | np.ndarray) for entry in matrices
    ):
        raise ValueError(
            "matrices: expected one tensor of shape (rows, columns, queries, keys), "
            f"got a {type(matrices).__name__} of {len(matrices)}; put them side by "
            "side with torch.stack(matrices)[None]"
        )
    try:
        grid = np.asarray(matrices, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise TypeError(
            "matrices: expected a tensor or array of numbers, got "
            f"{type(matrices).__name__}: {error}"
        ) from error
    if grid.ndim == 2:
        grid = grid[None, None]
    require_weights(grid)
    return grid


def require_weights(grid: np.ndarray) -> None:
    """Raise unless ``grid`` holds weights: four axes, cells, no NaN, none below 0."""
    if grid.ndim != 4:
        raise ValueError(
            "matrices: expected shape (rows, columns, queries, keys) or (queries, "
            f"keys), got {grid.shape}; a batch of matrices needs one more axis in "
            "front, matrices[None], and shows one panel each"
        )
    if grid.size == 0:
        raise ValueError(f"matrices: expected at least one cell, got {grid.shape}")
    if not np.isfinite(grid).all():
        count = int((~np.isfinite(grid)).sum())
        raise ValueError(
            f"matrices: expected finite weights, got {count} NaN or infinite of "
            f"{grid.size}; a row with nothing to attend needs masked_softmax"
        )
    if grid.min() < 0:
        raise ValueError(
            f"matrices: expected weights of at least 0, got {grid.min():.4g}; these "
            "look like scores: take their softmax first"
        )


def require_labels_fit(
    grid: np.ndarray,
    titles: Labels = None,
    row_titles: Labels = None,
    query_labels: Labels = None,
    key_labels: Labels = None,
) -> None:
    """Raise unless there are as many labels as panels, rows, queries, keys."""
    rows, columns, queries, keys = grid.shape
    for name, labels, counts in (
        ("titles", titles, (columns, rows * columns)),
        ("row_titles", row_titles, (rows,)),
        ("query_labels", query_labels, (queries,)),
        ("key_labels", key_labels, (keys,)),
    ):
        if labels is not None and not hasattr(labels, "__len__"):
            raise TypeError(f"{name}: expected labels, got {type(labels).__name__}")
        if labels is not None and len(labels) not in counts:
            expected = " or ".join(str(number) for number in dict.fromkeys(counts))
            raise ValueError(f"{name}: expected {expected} labels, got {len(labels)}")


def require_scale(
    vmax: float | None, grid: np.ndarray, per_panel: bool = False
) -> None:
    """Raise unless the one scale from 0 to ``vmax`` holds every weight."""
    if vmax is None:
        return
    if not hasattr(vmax, "__float__"):
        raise TypeError(f"vmax: expected a number, got {type(vmax).__name__}")
    if per_panel:
        raise ValueError(
            f"vmax: expected None with per_panel=True, got {vmax:g}; either one end "
            "for all panels or an end for each"
        )
    if not (np.isfinite(vmax) and vmax > 0):
        raise ValueError(f"vmax: expected a finite number above 0, got {vmax:g}")
    if vmax < grid.max():
        raise ValueError(
            f"vmax: expected at least the largest weight, {grid.max():.4g}, got "
            f"{vmax:g}; cells above the scale could not be told apart"
        )


def require_legible_values(
    grid: np.ndarray,
    size: tuple[float, float] | None,
    per_panel: bool,
    show_values: bool,
) -> None:
    """Raise where cells are too narrow for the numbers that go into them."""
    require_inches("size", size)
    width = (size or panel_size(grid, per_panel, show_values))[0]
    cell = panel_width(width, grid, per_panel) / grid.shape[-1]  # inches
    if show_values and cell < 0.3:
        raise ValueError(
            f"show_values: expected cells at least 0.3 inches wide, got {cell:.2f}; "
            "the numbers would overlap: show fewer keys or panels, or leave them out"
        )


def require_inches(name: str, size: object) -> None:
    """Raise unless ``size`` is a width and a height above 0, or None."""
    if size is None:
        return
    if not isinstance(size, tuple | list) or len(size) != 2:
        raise TypeError(f"{name}: expected (width, height) in inches, got {size!r}")
    for inches in size:
        require_positive(name, inches)


def require_colour_map(name: str, cmap: object) -> None:
    """Raise unless Matplotlib knows this colour map."""
    known = isinstance(cmap, str) and cmap in colormaps
    if not known and not isinstance(cmap, Colormap):
        raise ValueError(
            f"{name}: expected the name of a colour map such as 'Reds', got {cmap!r}"
        )


def panel_size(
    grid: np.ndarray, per_panel: bool = False, show_values: bool = False
) -> tuple[float, float]:
    """Return width and height in inches that give every cell its place."""
    rows, columns, queries, keys = grid.shape
    wished = float(np.clip((0.46 if show_values else 0.3) * keys, 1.5, 4.2))
    width = columns * (wished + gap_beside(per_panel)) + AROUND_GRID
    width = float(np.clip(width, 3.6, 7.2))
    panel = panel_width(width, grid, per_panel)
    height = float(np.clip(panel * queries / keys, 0.5, 5.5))
    return width, rows * (height + 0.35) + 0.7


def gap_beside(per_panel: bool) -> float:
    """Return the inches beside a panel, with room for its own bar if it has one."""
    return 0.95 if per_panel else 0.25


def panel_width(width: float, grid: np.ndarray, per_panel: bool) -> float:
    """Return how many inches of a figure's width one panel gets, about."""
    return (width - AROUND_GRID) / grid.shape[1] - gap_beside(per_panel)


def write_values(image: AxesImage) -> None:
    """Write each weight into its cell, black on light cells and white on dark."""
    colours = image.cmap(image.norm(image.get_array()))  # (queries, keys, 4)
    luminance = relative_luminance(colours[..., :3])  # (queries, keys)
    for (query, key), weight in np.ndenumerate(image.get_array()):
        image.axes.text(
            key,
            query,
            f"{weight:.2f}",
            ha="center",
            va="center",
            fontsize=9,
            color="black" if luminance[query, key] > 0.18 else "white",
        )


def relative_luminance(colours: np.ndarray) -> np.ndarray:
    """Return how light colours (..., 3) in 0..1 are: 0 for black, 1 for white.

    Black text on luminance L has contrast (L + 0.05) / 0.05, white text
    1.05 / (L + 0.05): equal at L = 0.18.

    Source: W3C, Web Content Accessibility Guidelines 2.1 (2018).
    """
    linear = np.where(
        colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4
    )
    return linear @ np.array([0.2126, 0.7152, 0.0722])


def add_colour_bars(fig: Figure, axes: np.ndarray, per_panel: bool = False) -> None:
    """Put one colour bar beside the grid (right for every panel), or one each."""
    if not per_panel:
        fig.colorbar(axes[0, 0].images[0], ax=axes, label="Weight", shrink=0.8)
        return
    for (_, column), panel in np.ndenumerate(axes):
        last = column == axes.shape[1] - 1
        fig.colorbar(panel.images[0], ax=panel, label="Weight" if last else "")


def label_panels(
    axes: np.ndarray,
    xlabel: str,
    ylabel: str,
    titles: Labels = None,
    row_titles: Labels = None,
    query_labels: Labels = None,
    key_labels: Labels = None,
) -> None:
    """Label a grid of heat maps: words at the rim, titles on top, ticks on cells."""
    rows, columns = axes.shape
    queries, keys = axes[0, 0].images[0].get_array().shape
    for (row, column), panel in np.ndenumerate(axes):
        panel.spines[:].set(visible=True, color="#BBBBBB", linewidth=0.8)
        if titles is not None and len(titles) == rows * columns:
            panel.set_title(titles[row * columns + column])
        elif titles is not None and row == 0:
            panel.set_title(titles[column])
        first = "" if row_titles is None else f"{row_titles[row]}\n"
        show_ticks(panel.xaxis, keys, key_labels, row == rows - 1)
        show_ticks(panel.yaxis, queries, query_labels, column == 0)
        panel.set_xlabel(xlabel if row == rows - 1 else "")
        panel.set_ylabel(first + ylabel if column == 0 else "")


def show_ticks(axis: object, cells: int, labels: Labels, at_rim: bool) -> None:
    """Put ticks on cells: all labels where given, else a few whole numbers."""
    if labels is None:
        most = 8 if cells <= 10 else 5  # numbers of two digits need more room
        step = next(n for n in (1, 2, 5, 10, 20, 50, 100, cells) if cells <= most * n)
        positions, labels = range(0, cells, step), range(0, cells, step)
    else:
        positions = range(cells)
    axis.set_ticks(positions, [str(label) for label in labels] if at_rim else [])
    axis.set_tick_params(length=0)
    if axis.axis_name == "x" and max(len(str(label)) for label in labels) > 3:
        axis.set_tick_params(rotation=60)
