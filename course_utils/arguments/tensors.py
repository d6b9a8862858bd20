"""Checks of tensors: type of number, axes, sizes, values."""

import math

import torch
from torch import Tensor


def require_tensor(
    name: str,
    value: object,
    axes: str | None = None,
    floating: bool = True,
) -> None:
    """Raise unless ``value`` is a tensor with the named axes.

    ``axes`` names the expected axes, for example ``"batch, keys, size"``.

    Raises:
        TypeError: not a tensor, or not floating point where that is needed.
        ValueError: another number of axes.
    """
    if not isinstance(value, Tensor):
        raise TypeError(
            f"{name}: expected a torch.Tensor, got {type(value).__name__}; "
            f"convert it with torch.as_tensor({name})"
        )
    if floating and not value.is_floating_point():
        raise TypeError(
            f"{name}: expected floating-point numbers, got {value.dtype}; "
            f"convert it with {name}.float()"
        )
    if axes is not None and value.ndim != axes.count(",") + 1:
        count = axes.count(",") + 1
        raise ValueError(
            f"{name}: expected shape ({axes}), that is {count} "
            f"{'axis' if count == 1 else 'axes'}, got {tuple(value.shape)}; add or "
            "remove an axis with unsqueeze or squeeze"
        )


def require_size(name: str, value: Tensor, axis: int, size: int, why: str) -> None:
    """Raise unless axis number ``axis`` of ``value`` has ``size`` entries."""
    if value.shape[axis] != size:
        expected = [str(n) for n in value.shape]
        expected[axis] = str(size)
        raise ValueError(
            f"{name}: expected shape ({', '.join(expected)}) {why}, "
            f"got {tuple(value.shape)}"
        )


def require_axis(name: str, axis: object, value: Tensor) -> None:
    """Raise unless ``axis`` is the number of an axis of ``value``, or from the end."""
    if isinstance(axis, bool) or not isinstance(axis, int):
        raise TypeError(f"{name}: expected the number of an axis, got {axis!r}")
    if not -value.ndim <= axis < value.ndim:
        raise ValueError(
            f"{name}: expected an axis of shape {tuple(value.shape)}, got {axis}; "
            "count from 0, or from the end with -1"
        )


def require_cell(name: str, value: Tensor) -> None:
    """Raise where maps (..., height, width) have no cell."""
    if 0 in value.shape[-2:]:
        raise ValueError(
            f"{name}: expected at least one row and one column, got "
            f"{tuple(value.shape)}"
        )


def require_same_dtype(
    name: str, value: Tensor, other_name: str, other: Tensor
) -> None:
    """Raise unless ``value`` and ``other`` hold the same type of number.

    Under ``torch.autocast`` they may differ: PyTorch converts them itself.
    """
    if value.dtype != other.dtype and not autocast_converts(value, other):
        raise TypeError(
            f"{name}: expected {other.dtype} to match {other_name}, got "
            f"{value.dtype}; convert it with {name}.to({other_name}.dtype)"
        )


def require_layer_dtype(name: str, value: Tensor, weight: Tensor) -> None:
    """Raise unless ``value`` holds the type of number of a layer's ``weight``.

    Under ``torch.autocast`` other types pass too: PyTorch converts them itself.
    """
    if value.dtype != weight.dtype and not autocast_converts(value, weight):
        raise TypeError(
            f"{name}: expected {weight.dtype} like the weights of this layer, got "
            f"{value.dtype}; convert it with {name}.to({weight.dtype}), or the layer "
            f"with layer.to({value.dtype})"
        )


def autocast_converts(*tensors: Tensor) -> bool:
    """Whether autocast brings them to one type; it leaves float64 as it is."""
    return torch.is_autocast_enabled(tensors[0].device.type) and all(
        each.is_floating_point() and each.dtype != torch.float64 for each in tensors
    )


def require_no_nan(name: str, value: Tensor) -> None:
    """Raise where ``value`` holds NaN: no weight can be computed from it.

    The maximum is NaN where one number is: one pass, and no tensor of booleans.
    """
    if value.numel() and value.detach().amax().isnan():
        count = int(torch.isnan(value).sum())
        raise ValueError(
            f"{name}: expected numbers, got {count} NaN of {value.numel()}; "
            "look for a division by zero or a diverged training step before "
            "this call"
        )


def require_finite(name: str, value: Tensor) -> None:
    """Raise where ``value`` holds NaN or infinity, seen in its two extremes."""
    if value.numel() == 0:
        return
    least, most = torch.aminmax(value.detach())
    if not (-math.inf < least and most < math.inf):  # NaN is below nothing
        count = int((~torch.isfinite(value)).sum())
        raise ValueError(
            f"{name}: expected finite numbers, got {count} NaN or infinite of "
            f"{value.numel()}; clean the data before this call"
        )


def require_not_negative(name: str, value: Tensor, zero: bool = True) -> None:
    """Raise where a number is below 0, or is 0 and ``zero`` is not allowed."""
    wrong = (value < 0) if zero else (value <= 0)
    if wrong.any():
        raise ValueError(
            f"{name}: expected numbers {'of at least' if zero else 'above'} 0, got "
            f"{value.min():.4g}; a variance is a mean of squares"
        )


def require_invertible(name: str, value: Tensor) -> None:
    """Raise where a matrix of moments (..., n, n) has no inverse."""
    wide = value.to(torch.promote_types(value.dtype, torch.float32))
    roots = wide.diagonal(dim1=-2, dim2=-1).abs().sqrt()  # the units of the inputs
    roots = roots.masked_fill(roots == 0, 1.0)  # a unit is no matter of rank
    even = wide / roots.unsqueeze(-1) / roots.unsqueeze(-2)
    if (torch.linalg.matrix_rank(even) < value.shape[-1]).any():
        raise ValueError(
            f"{name}: expected a matrix with an inverse, got one of lower rank: some "
            "inputs repeat others and no noise tells them apart; leave one out, or "
            "give each a noise variance above 0"
        )


def require_some(name: str, value: Tensor) -> None:
    """Raise where there is no sequence, or no item in it: a GRU cannot read it."""
    if value.numel() == 0:
        raise ValueError(
            f"{name}: expected at least one sequence with at least one place, got "
            f"shape {tuple(value.shape)}; leave an empty batch out"
        )


def require_index_type(name: str, value: Tensor) -> None:
    """Raise unless PyTorch takes these numbers as indices (uint8 is a mask)."""
    if value.dtype not in (torch.int32, torch.int64):
        raise TypeError(
            f"{name}: expected int64 or int32, got {value.dtype}; convert them with "
            f"{name}.long()"
        )


def require_whole_numbers(name: str, value: Tensor, way_out: str) -> None:
    """Raise unless ``value`` holds integers: no fractions, truth values, complex."""
    if value.is_floating_point() or value.is_complex() or value.dtype == torch.bool:
        raise TypeError(f"{name}: expected whole numbers, got {value.dtype}; {way_out}")


def require_indices(name: str, value: object, size: int) -> None:
    """Raise unless ``value`` holds whole numbers from 0 to ``size - 1``."""
    require_tensor(name, value, floating=False)
    require_whole_numbers(name, value, f"convert them with {name}.long()")
    if value.numel() and not 0 <= value.min() <= value.max() < size:
        raise ValueError(
            f"{name}: expected numbers from 0 to {size - 1}, got {int(value.min())} "
            f"to {int(value.max())}; each stands for one of {size} things"
        )


def require_feature_map(name: str, value: object, channels: int | None = None) -> None:
    """Raise unless ``value`` is (batch, channels, height, width) with some place.

    Raises:
        TypeError: not a floating-point tensor.
        ValueError: another number of axes or channels, or no place at all.
    """
    require_tensor(name, value, "batch, channels, height, width")
    if channels is not None:
        require_size(name, value, 1, channels, "as this layer was built")
    if value.shape[2] * value.shape[3] == 0:
        raise ValueError(
            f"{name}: expected at least one row and one column, got "
            f"{tuple(value.shape)}; is the image smaller than the network's step?"
        )


def require_cells(name: str, value: object, maps: Tensor) -> None:
    """Raise unless ``value`` names one cell of each map (maps, height, width)."""
    require_tensor(name, value, "maps", floating=False)
    way_out = "a cell is counted row by row: row * width + column"
    require_whole_numbers(name, value, way_out)
    require_index_type(name, value)
    cells = maps[0].numel() if len(maps) else 0
    require_size(name, value, 0, len(maps), "with one per map")
    if len(maps) == 0 or cells == 0:
        raise ValueError(f"{name}: expected at least one map with cells, got none")
    if value.min() < 0 or value.max() >= cells:
        raise ValueError(
            f"{name}: expected cells from 0 to {cells - 1}, got {int(value.min())} "
            f"to {int(value.max())}; a cell is counted row by row"
        )
