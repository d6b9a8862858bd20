"""A coarse map laid over a picture, without inventing anything.

Three choices are made between the weights and what the eye sees, and each can lie:
how the map is enlarged to the picture (``enlarge_maps``), where its colour scale
begins and ends, and how map and picture are mixed. ``overlay_map`` enlarges without
smoothing, puts all maps on one scale that starts at 0, and mixes by ``tint``: no
weight leaves the picture as it is. Its key has two axes, because a mixed colour
depends on the weight and on the picture below.
"""

from collections.abc import Sequence

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from numpy.typing import ArrayLike
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from course_utils.arguments import (
    require_choice,
    require_count,
    require_finite,
    require_positive,
    require_size,
    require_tensor,
)
from course_utils.plots import COLOURS, CourseFigure, figure

MODES = ("nearest", "bilinear", "bicubic")


def enlarge_maps(
    maps: Tensor, height: int, width: int, mode: str = "nearest"
) -> Tensor:
    """Return maps enlarged to the size of a picture.

    Cells are areas, not points (``align_corners=False``): a cell of an h-row map
    covers height / h rows of the picture, and its value stands at their middle.

    - ``"nearest"`` repeats each cell: nothing is invented;
    - ``"bilinear"`` draws straight lines between the middles of cells: peaks sink,
      and mass moves into neighbouring cells;
    - ``"bicubic"`` draws smooth curves: they may leave the range of the map, below
      0 and above its maximum.

    Args:
        maps: (maps, h, w).
        height, width: of the picture.
        mode: one of ``MODES``.

    Returns:
        (maps, height, width).

    Raises:
        TypeError, ValueError: not such a tensor, no map, a count below 1, another
            mode.

    Source: Keys, "Cubic Convolution Interpolation", IEEE Transactions on Acoustics,
        Speech, and Signal Processing 29(6), 1981, with a = -0.75 as in PyTorch.
    """
    require_tensor("maps", maps, "maps, h, w")
    if maps.numel() == 0:
        raise ValueError(f"maps: expected at least one cell, got {tuple(maps.shape)}")
    require_count("height", height)
    require_count("width", width)
    require_choice("mode", mode, MODES)
    if mode == "nearest":
        options = {"mode": "nearest-exact"}
    else:
        options = {"mode": mode, "align_corners": False}
    large = F.interpolate(maps[:, None], (height, width), **options)
    return large[:, 0]  # (maps, height, width)


def tint(pictures: Tensor, shares: Tensor) -> Tensor:
    """Return grey pictures under ink: the larger the share, the denser the ink.

    Share 0 leaves the pixel as it is; share 1 covers 85 % of it.

    Args:
        pictures: (..., height, width), brightness from 0 to 1.
        shares: (..., height, width), from 0 to 1: weights over the scale's end.

    Returns:
        (..., height, width, 3), red, green and blue from 0 to 1.
    """
    require_ink(pictures, shares)
    ink = pictures.new_tensor(to_rgb(COLOURS["key"]))  # (3,)
    density = 0.85 * shares[..., None]  # (..., height, width, 1)
    return (1 - density) * pictures[..., None] + density * ink


def require_ink(pictures: object, shares: object) -> None:
    """Raise unless shares can lie on pictures."""
    require_tensor("pictures", pictures)
    require_tensor("shares", shares)
    try:
        torch.broadcast_shapes(pictures.shape, shares.shape)
    except RuntimeError:
        raise ValueError(
            f"shares: expected the shape of pictures {tuple(pictures.shape)}, got "
            f"{tuple(shares.shape)}; enlarge_maps brings maps to the size of a picture"
        ) from None


def overlay_map(
    pictures: Tensor,
    maps: Tensor,
    titles: Sequence[str] | None = None,
    *,
    masks: Tensor | None = None,
    vmax: float | None = None,
    mode: str = "nearest",
    size: tuple[float, float] | None = None,
    alt: str | None = None,
) -> CourseFigure:
    """Return pictures in a row, and below each its map as ink on the picture.

    All maps share one scale from 0 to the largest weight, ``vmax`` if given. The
    key on the right shows the colour of every weight on every brightness.

    Args:
        pictures: (maps, height, width), brightness from 0 to 1.
        maps: (maps, h, w), at least 0, of any coarseness.
        titles: one per picture.
        masks: (maps, height, width), boolean: objects to outline.
        vmax: end of the scale, at least the largest weight.
        mode: ``"nearest"``, or ``"bilinear"`` for a map that is smooth by nature.
        size: width and height in inches.
        alt: alternative text; by default each map's largest weight and its place.

    Raises:
        TypeError, ValueError: no such tensors, sizes that do not match, numbers
            outside their range, a scale that ends too low, a wrong number of titles.
    """
    require_overlay(pictures, maps, titles, masks, vmax, mode)
    pictures = pictures.detach().cpu().float()
    maps = maps.detach().cpu().float()
    top = vmax or float(maps.max()) or 1.0
    count, height, width = pictures.shape
    shares = (enlarge_maps(maps, height, width, mode) / top).clamp(0, 1)
    ratios = [1] * count + [0.3]
    fig, axes = figure(
        alt or describe_overlays(maps, titles, top),
        2,
        count + 1,
        size or (min(7.4, 1.7 * count + 1.2), 3.7),
        squeeze=False,
        width_ratios=ratios,
    )
    for column in range(count):
        under = pictures[column].numpy()  # (height, width)
        axes[0, column].imshow(under, cmap="gray", vmin=0, vmax=1)
        shown = tint(pictures[column], shares[column])  # (height, width, 3)
        axes[1, column].imshow(shown.numpy())
    draw_key(axes[1, -1], top)
    label_overlays(axes, titles, masks)
    return fig


def draw_key(axes: Axes, top: float, low: float = 0.0) -> None:
    """Draw the colour of every weight (upwards) on every brightness (to the right)."""
    axes.figure.palette = Image.Quantize.MAXCOVERAGE  # the key's colours are exact
    weights, brightness = torch.linspace(0, 1, 12), torch.linspace(0, 1, 5)
    weights, brightness = torch.meshgrid(weights, brightness, indexing="ij")
    colours = tint(brightness, weights).numpy()  # (weights, brightness, 3)
    axes.imshow(colours, origin="lower", aspect="auto", extent=(0, 1, low, top))
    axes.set_xticks([0, 1], ["dark", "light"], rotation=60)
    axes.set_ylabel("Weight")
    axes.yaxis.set(label_position="right", ticks_position="right")


def label_overlays(
    axes: np.ndarray, titles: Sequence[str] | None, masks: Tensor | None
) -> None:
    """Take the ticks away, write titles, and outline the objects."""
    axes[0, -1].set_axis_off()
    for row, column in np.ndindex(2, axes.shape[1] - 1):
        panel = axes[row, column]
        panel.set(xticks=[], yticks=[])
        panel.spines[:].set(visible=True, color="#BBBBBB", linewidth=0.8)
        if titles is not None and row == 0:
            panel.set_title(titles[column])
        if masks is not None:
            outline(panel, masks[column])
    axes[0, 0].set_ylabel("Picture")
    axes[1, 0].set_ylabel("Map on it")


def outline(axes: Axes, mask: ArrayLike | Tensor) -> None:
    """Draw the rim of the object: a black line on a white one, seen on any ground."""
    mask = np.asarray(mask)  # (height, width)
    for colour, linewidth in (("white", 2.6), ("black", 1.0)):
        axes.contour(mask, levels=[0.5], colors=colour, linewidths=linewidth)


def describe_overlays(maps: Tensor, titles: Sequence[str] | None, top: float) -> str:
    """Return alternative text: the scale, each map's largest weight and its place."""
    height, width = maps.shape[-2:]
    sentences = [f"Maps of {height} by {width} cells over pictures, 0 to {top:.2g}"]
    for place, weights in enumerate(maps):
        name = f"Map {place + 1}" if titles is None else titles[place]
        row, column = divmod(int(weights.argmax()), width)  # from 0, as ticks are
        sentences.append(
            f"{name}: largest weight {weights.max():.2g} in row {row}, column {column}"
        )
    return ". ".join(sentences) + "."


def require_overlay(
    pictures: object,
    maps: object,
    titles: Sequence[str] | None,
    masks: Tensor | None,
    vmax: float | None,
    mode: str,
) -> None:
    """Raise unless ``overlay_map`` can draw these."""
    require_tensor("pictures", pictures, "maps, height, width")
    require_tensor("maps", maps, "maps, h, w")
    require_size("maps", maps, 0, len(pictures), "with one for each picture")
    for name, value in (("pictures", pictures), ("maps", maps)):
        require_finite(name, value)
        if value.numel() == 0:
            raise ValueError(f"{name}: expected at least one, got none")
    if pictures.min() < 0 or pictures.max() > 1:
        raise ValueError(
            f"pictures: expected brightness from 0 to 1, got {pictures.min():.4g} to "
            f"{pictures.max():.4g}; divide bytes by 255"
        )
    if maps.min() < 0:
        raise ValueError(
            f"maps: expected weights of at least 0, got {maps.min():.4g}; ink cannot "
            "show less than nothing: say what a negative number means, or cut it off"
        )
    require_choice("mode", mode, MODES[:2])
    if vmax is not None:
        require_positive("vmax", vmax)
        if vmax < maps.max():
            raise ValueError(
                f"vmax: expected at least the largest weight, {maps.max():.4g}, got "
                f"{vmax:g}; weights above the scale could not be told apart"
            )
    if titles is not None and not hasattr(titles, "__len__"):
        raise TypeError(f"titles: expected texts, got {type(titles).__name__}")
    if titles is not None and len(titles) != len(maps):
        raise ValueError(f"titles: expected {len(maps)}, got {len(titles)}")
    if masks is not None:
        require_tensor("masks", masks, "maps, height, width", floating=False)
        if masks.dtype != torch.bool:
            raise TypeError(
                f"masks: expected a boolean tensor (True = object), got {masks.dtype}; "
                "compare first, for example masks > 0"
            )
        if masks.shape != pictures.shape:
            raise ValueError(
                f"masks: expected shape {tuple(pictures.shape)} like the pictures, "
                f"got {tuple(masks.shape)}; draw the objects at the pictures' size"
            )
