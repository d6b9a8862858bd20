"""Completing a map: take away what was found, and look for what is left.

A class map stops where the classifier has enough. Adversarial erasing takes the
region that was found out of every picture, trains a new network on what is left,
and merges the regions. Step t sees the picture without all earlier holes:

    hole_t  = region(map_t),   map_t from a network trained on images_t
    images_(t+1) = images_t with hole_t filled
    region found after t steps = hole_1 or hole_2 or ... or hole_t

A hole is a constant: boolean, so that no later loss can reach the network that cut
it. Shapes by axis name: images (batch, channels, height, width), maps and holes
(batch, height, width).

Source: Wei and others, "Object Region Mining with Adversarial Erasing", 2017, arXiv
1703.08448.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from course_utils.arguments import (
    require_cell,
    require_count,
    require_finite,
    require_number,
    require_size,
    require_tensor,
    require_whole_numbers,
)


def window_at_peak(maps: Tensor, size: int) -> Tensor:
    """Return a window of ``size`` by ``size`` pixels where each map is strongest.

    The window whose sum is the highest, of all that lie within the picture: every
    hole has one shape and one area, whatever the map looks like. Windows that tie:
    the first, row by row.

    Args:
        maps: (batch, height, width), finite numbers; sums are taken in float64.
        size: height and width of the window in pixels, at most those of the maps.

    Returns:
        (batch, height, width), boolean, True in the window.

    Raises:
        TypeError, ValueError: not such maps, NaN or infinity, a window that does
            not fit.
    """
    require_tensor("maps", maps, "batch, height, width")
    require_finite("maps", maps)
    require_window("size", size, maps)
    # The mean of each window stands for its sum.
    means = F.avg_pool2d(maps.double()[:, None], size, stride=1)[:, 0]
    peak = means.flatten(1).argmax(dim=1)  # (batch,)
    top, left = peak // means.shape[2], peak % means.shape[2]
    rows = torch.arange(maps.shape[1], device=maps.device) - top[:, None]
    columns = torch.arange(maps.shape[2], device=maps.device) - left[:, None]
    inside_rows = (rows >= 0) & (rows < size)  # (batch, height)
    inside_columns = (columns >= 0) & (columns < size)  # (batch, width)
    return inside_rows[:, :, None] & inside_columns[:, None, :]


def strong_region(maps: Tensor, threshold: float) -> Tensor:
    """Return where each map reaches ``threshold`` times its own maximum.

    Args:
        maps: (batch, height, width), any finite numbers.
        threshold: from 0 to 1; pixels at 0 or below never count.

    Returns:
        (batch, height, width), boolean. A map without a positive number has no
        strong region.

    Raises:
        TypeError, ValueError: not such maps, no pixel, NaN or infinity, a threshold
            elsewhere.
    """
    require_tensor("maps", maps, "batch, height, width")
    require_finite("maps", maps)
    require_cell("maps", maps)
    require_number("threshold", threshold, 0, 1)
    highest = maps.amax(dim=(1, 2), keepdim=True)  # (batch, 1, 1)
    return (maps >= threshold * highest) & (maps > 0)


def erase(
    images: Tensor,
    maps: Tensor,
    size: int | None = None,
    threshold: float | None = None,
    value: float = 0.0,
) -> tuple[Tensor, Tensor]:
    """Return the images with the region of their maps erased, and the holes.

    Give ``size`` for a window of fixed shape at the peak, or ``threshold`` for the
    strong region, whose shape the map decides. No gradient comes back to the maps.

    Args:
        images: (batch, channels, height, width).
        maps: (batch, height, width), of the size of the images.
        size: see ``window_at_peak``.
        threshold: see ``strong_region``.
        value: what the hole is filled with; 0 is the mean of a centred picture.

    Returns:
        ``(erased, holes)``: (batch, channels, height, width), new numbers, and
        (batch, height, width), boolean.

    Raises:
        TypeError, ValueError: both or neither of ``size`` and ``threshold``; shapes
            that do not match; what the two functions refuse.
    """
    require_tensor("images", images, "batch, channels, height, width")
    require_tensor("maps", maps, "batch, height, width")
    require_number("value", value, -torch.inf)
    for axis, size_of_images in enumerate((len(images), *images.shape[2:])):
        require_size("maps", maps, axis, size_of_images, "to match images; enlarge")
    if (size is None) == (threshold is None):
        raise ValueError(
            f"size and threshold: expected one of the two, got size {size} and "
            f"threshold {threshold}; a size cuts a window, a threshold the shape of "
            "the map"
        )
    if threshold is None:
        holes = window_at_peak(maps, size)
    else:
        holes = strong_region(maps, threshold)
    return images.masked_fill(holes[:, None], value), holes


def merge_maps(maps: Tensor) -> Tensor:
    """Return one map per picture: the strongest claim of any step on each pixel.

    Numbers below 0 become 0, each map is divided by its own maximum, and the largest
    over the steps is taken. A map without a positive number claims nothing.

    Args:
        maps: (steps, batch, height, width), any finite numbers.

    Returns:
        (batch, height, width), from 0 to 1.

    Raises:
        TypeError, ValueError: not such maps, no step or pixel, NaN or infinity.

    Source: fusing branches by the maximum, Zhang and others, "Adversarial
        Complementary Learning", 2018, arXiv 1804.06962.
    """
    require_tensor("maps", maps, "steps, batch, height, width")
    require_count("the number of maps (steps)", len(maps))
    require_finite("maps", maps)
    require_cell("maps", maps)
    positive = torch.relu(maps)  # (steps, batch, height, width)
    highest = positive.amax(dim=(2, 3), keepdim=True)  # (steps, batch, 1, 1)
    return (positive / highest.masked_fill(highest == 0, 1.0)).amax(dim=0)


def region_of_area(maps: Tensor, areas: Tensor) -> Tensor:
    """Return the highest pixels of each map, as many as its area says.

    So two maps can be compared at one area. Pixels that tie: the first, row by row.

    Args:
        maps: (batch, height, width), any numbers but NaN; infinity has a rank.
        areas: (batch,), whole numbers of pixels, 0 to height times width.

    Returns:
        (batch, height, width), boolean.

    Raises:
        TypeError, ValueError: not such maps, NaN, an area that no region can have.
    """
    require_tensor("maps", maps, "batch, height, width")
    require_tensor("areas", areas, "batch", floating=False)
    require_size("areas", areas, 0, len(maps), "with one area per map")
    require_areas("areas", areas, maps)
    if bool(maps.isnan().any()):
        raise ValueError("maps: expected numbers, got NaN, which has no rank")
    order = maps.flatten(1).argsort(dim=1, descending=True, stable=True)
    ranks = order.argsort(dim=1)  # (batch, pixels), 0 for the highest
    return (ranks < areas[:, None]).view(maps.shape)


def require_window(name: str, size: object, maps: Tensor) -> None:
    """Raise unless a window of ``size`` by ``size`` fits into the maps."""
    require_count(name, size)
    if size > min(maps.shape[-2:]):
        raise ValueError(
            f"{name}: expected at most {min(maps.shape[-2:])}, the smaller side of "
            f"the maps {tuple(maps.shape)}, got {size}"
        )


def require_areas(name: str, areas: Tensor, maps: Tensor) -> None:
    """Raise unless every area is a number of pixels that a map has."""
    pixels = maps.shape[1] * maps.shape[2]
    require_whole_numbers(name, areas, "count the pixels with sum(dim=(1, 2))")
    if bool(((areas < 0) | (areas > pixels)).any()):
        raise ValueError(
            f"{name}: expected 0 to {pixels} pixels, got {areas.min().item()} to "
            f"{areas.max().item()}"
        )
