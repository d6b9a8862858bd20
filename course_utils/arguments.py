"""Argument checks that speak: what was expected, what came, the way out.

Public functions call these first. A lesson leaves them out when it shows the
same definition: they guard the mechanism, they are not part of it.
"""

import math
from collections.abc import Sequence

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


def require_queries_and_keys(queries: Tensor, keys: Tensor) -> None:
    """Raise unless both are (batch, ., size), of one batch and one dtype.

    The last axes may differ: which scores need them equal is for them to say.
    """
    require_tensor("queries", queries, "batch, queries, size")
    require_tensor("keys", keys, "batch, keys, size")
    require_size("keys", keys, 0, len(queries), "with the batch of queries")
    if keys.dtype != queries.dtype:
        raise TypeError(
            f"keys: expected {queries.dtype} like queries, got {keys.dtype}; "
            "convert them with keys.to(queries.dtype)"
        )


def require_lengths(name: str, value: object, size: int, least: int = 0) -> None:
    """Raise unless ``value`` holds whole numbers from ``least`` to ``size``.

    Shape (batch,) or (batch, queries).
    """
    require_tensor(name, value, floating=False)
    if value.is_floating_point() or value.dtype == torch.bool:
        raise TypeError(
            f"{name}: expected whole numbers, got {value.dtype}; convert them "
            f"with {name}.long()"
        )
    if value.ndim not in (1, 2):
        raise ValueError(
            f"{name}: expected shape (batch,) or (batch, queries), got "
            f"{tuple(value.shape)}; give one length for each sample or query"
        )
    value = value.long()  # a comparison of uint8 with 300 would wrap around
    if ((value < least) | (value > size)).any():
        raise ValueError(
            f"{name}: expected lengths from {least} to {size}, got {value.min()} to "
            f"{value.max()}; is size the number of keys?"
        )


def require_indices(name: str, value: object, size: int) -> None:
    """Raise unless ``value`` holds whole numbers from 0 to ``size - 1``."""
    require_tensor(name, value, floating=False)
    if value.is_floating_point() or value.dtype == torch.bool:
        raise TypeError(
            f"{name}: expected whole numbers, got {value.dtype}; convert them with "
            f"{name}.long()"
        )
    if value.numel() and not 0 <= value.min() <= value.max() < size:
        raise ValueError(
            f"{name}: expected numbers from 0 to {size - 1}, got {int(value.min())} "
            f"to {int(value.max())}; each stands for one of {size} things"
        )


def require_same_dtype(
    name: str, value: Tensor, other_name: str, other: Tensor
) -> None:
    """Raise unless ``value`` and ``other`` hold the same type of number."""
    if value.dtype != other.dtype:
        raise TypeError(
            f"{name}: expected {other.dtype} to match {other_name}, got "
            f"{value.dtype}; convert it with {name}.to({other_name}.dtype)"
        )


def require_no_nan(name: str, value: Tensor) -> None:
    """Raise where ``value`` holds NaN: no weight can be computed from it."""
    if torch.isnan(value).any():
        count = int(torch.isnan(value).sum())
        raise ValueError(
            f"{name}: expected numbers, got {count} NaN of {value.numel()}; "
            "look for a division by zero or a diverged training step before "
            "this call"
        )


def require_finite(name: str, value: Tensor) -> None:
    """Raise where ``value`` holds NaN or infinity."""
    if not torch.isfinite(value).all():
        count = int((~torch.isfinite(value)).sum())
        raise ValueError(
            f"{name}: expected finite numbers, got {count} NaN or infinite of "
            f"{value.numel()}; clean the data before this call"
        )


def require_mask(name: str, mask: object, shape: Sequence[int]) -> None:
    """Raise unless ``mask`` is boolean and broadcasts to ``shape``."""
    if not isinstance(mask, Tensor) or mask.dtype != torch.bool:
        came = mask.dtype if isinstance(mask, Tensor) else type(mask).__name__
        raise TypeError(
            f"{name}: expected a boolean tensor (True = may be attended), got "
            f"{came}; compare first, for example {name} > 0, or build it with "
            "lengths_to_mask"
        )
    try:
        fits = torch.broadcast_shapes(mask.shape, tuple(shape)) == torch.Size(shape)
    except RuntimeError:
        fits = False
    if not fits:
        raise ValueError(
            f"{name}: expected a shape that broadcasts to {tuple(shape)}, got "
            f"{tuple(mask.shape)}; a mask over keys for every query of a batch "
            "needs shape (batch, 1, keys)"
        )


def require_head_mask(name: str, mask: object, shape: Sequence[int]) -> None:
    """Raise unless ``mask`` suits scores (batch, heads, queries, keys).

    Up to three axes hold for every head: they broadcast to (batch, queries, keys).
    """
    if isinstance(mask, Tensor) and mask.ndim < 4:
        shape = (shape[0], *shape[2:])
    require_mask(name, mask, shape)


def require_some_key(name: str, mask: Tensor) -> None:
    """Raise where ``mask`` (..., keys) hides every key from a query."""
    empty = int((~mask.any(dim=-1)).sum())
    if empty:
        raise ValueError(
            f"{name}: expected a key for every query, got {empty} without any; an "
            "average of nothing does not exist"
        )


def require_positive(name: str, value: float) -> None:
    """Raise unless ``value`` is a finite number above zero."""
    if isinstance(value, Tensor):
        if value.numel() != 1:
            raise ValueError(
                f"{name}: expected one number, got shape {tuple(value.shape)}"
            )
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name}: expected a number, got {type(value).__name__}")
    if not (math.isfinite(value) and value > 0):
        raise ValueError(f"{name}: expected a number above 0, got {value:g}")


def require_share(name: str, value: float) -> None:
    """Raise unless ``value`` is a number from 0 to 1."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name}: expected a number, got {type(value).__name__}")
    if not 0 <= value <= 1:
        raise ValueError(f"{name}: expected a number from 0 to 1, got {value}")


def require_count(name: str, value: int, least: int = 1) -> None:
    """Raise unless ``value`` is a whole number of at least ``least``."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name}: expected a whole number, got {value!r}")
    if value < least:
        raise ValueError(f"{name}: expected at least {least}, got {value}")


def require_divisor(name: str, value: int, whole_name: str, whole: int) -> None:
    """Raise unless ``whole`` can be cut into ``value`` equal parts."""
    if whole % value:
        raise ValueError(
            f"{name}: expected a number that divides {whole_name} = {whole}, got "
            f"{value}; choose one of "
            f"{', '.join(str(n) for n in range(1, whole + 1) if whole % n == 0)}"
        )


def require_even(name: str, value: int) -> None:
    """Raise unless ``value`` is an even whole number of at least 2."""
    require_count(name, value, least=2)
    if value % 2:
        raise ValueError(f"{name}: expected an even number, got {value}")


def require_choice(name: str, value: object, choices: Sequence[str]) -> None:
    """Raise unless ``value`` is one of ``choices``."""
    if value not in choices:
        raise ValueError(
            f"{name}: expected one of {', '.join(map(repr, choices))}, got {value!r}"
        )


def require_attention(name: str, value: object) -> None:
    """Raise unless ``value`` is (..., queries, keys) with rows that sum to one.

    A row of zeros is allowed: a query with nothing to attend.

    Raises:
        TypeError: not a floating-point tensor.
        ValueError: fewer than two axes, NaN, a negative weight, or a row with
            another sum.
    """
    require_tensor(name, value)
    if value.ndim < 2:
        raise ValueError(
            f"{name}: expected shape (..., queries, keys), got "
            f"{tuple(value.shape)}; one row alone needs unsqueeze(0)"
        )
    require_no_nan(name, value)
    if (value < 0).any():
        raise ValueError(
            f"{name}: expected weights of at least 0, got {value.min():.4g}; are "
            "these scores? softmax over the keys makes weights of them"
        )
    sums = value.detach().float().sum(dim=-1)
    slack = 1e-4 if value.dtype in (torch.float32, torch.float64) else 2e-2
    wrong = ((sums - 1).abs() > slack) & (sums != 0)
    if wrong.any():
        raise ValueError(
            f"{name}: expected rows that sum to 1, got sums from "
            f"{sums[wrong].min():.4g} to {sums[wrong].max():.4g}; each query "
            "shares out 1 over its keys: softmax with dim=-1"
        )


def require_same_tokens(name: str, value: Tensor, least: int = 1) -> None:
    """Raise unless queries and keys are the same tokens, ``least`` or more."""
    queries, keys = value.shape[-2:]
    if queries != keys or keys < least:
        raise ValueError(
            f"{name}: expected shape (..., tokens, tokens) with at least {least} "
            f"tokens, got {tuple(value.shape)}; this score compares the place of "
            "a query with the place of a key in one sequence"
        )


def require_cells(name: str, value: object, maps: Tensor) -> None:
    """Raise unless ``value`` names one cell of each map (maps, height, width)."""
    require_tensor(name, value, "maps", floating=False)
    if value.is_floating_point() or value.dtype == torch.bool:
        raise TypeError(
            f"{name}: expected whole numbers, got {value.dtype}; a cell is counted "
            "row by row: row * width + column"
        )
    cells = maps[0].numel() if len(maps) else 0
    require_size(name, value, 0, len(maps), "with one per map")
    if len(maps) == 0 or cells == 0:
        raise ValueError(f"{name}: expected at least one map with cells, got none")
    if value.min() < 0 or value.max() >= cells:
        raise ValueError(
            f"{name}: expected cells from 0 to {cells - 1}, got {int(value.min())} "
            f"to {int(value.max())}; a cell is counted row by row"
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


def require_number(name: str, value: float, low: float, high: float = math.inf) -> None:
    """Raise unless ``value`` is a finite number from ``low`` to ``high``."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name}: expected a number, got {type(value).__name__}")
    if not (low <= value <= high and math.isfinite(value)):
        upto = "" if high == math.inf else f" and at most {high:g}"
        raise ValueError(
            f"{name}: expected a number of at least {low:g}{upto}, got {value:g}"
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


def require_reducible(channels: int, reduction: int) -> None:
    """Raise unless ``channels // reduction`` leaves at least one channel."""
    require_count("channels", channels)
    require_count("reduction", reduction)
    if channels < reduction:
        raise ValueError(
            f"channels: expected at least {reduction}, the reduction, got {channels}; "
            f"{channels} // {reduction} leaves no channel to compare: pass "
            f"reduction={channels} or less"
        )


def require_tokens(name: str, value: object, vocabulary: int) -> None:
    """Raise unless ``value`` holds whole numbers from 0 to ``vocabulary - 1``."""
    require_tensor(name, value, floating=False)
    if value.is_floating_point() or value.dtype == torch.bool:
        raise TypeError(
            f"{name}: expected whole numbers, got {value.dtype}; convert them with "
            f"{name}.long()"
        )
    if value.numel() and (value.min() < 0 or value.max() >= vocabulary):
        raise ValueError(
            f"{name}: expected numbers from 0 to {vocabulary - 1}, got "
            f"{int(value.min())} to {int(value.max())}; is the vocabulary as large "
            "as the text needs?"
        )


def require_alignment(name: str, value: object, weights: Tensor) -> None:
    """Raise unless ``value`` says which keys are true, in the shape of ``weights``."""
    require_tensor(name, value, "samples, queries, keys", floating=False)
    if value.dtype != torch.bool:
        raise TypeError(
            f"{name}: expected booleans, True = a true key, got {value.dtype}; "
            f"compare first, for example {name} > 0"
        )
    if value.shape != weights.shape:
        raise ValueError(
            f"{name}: expected shape {tuple(weights.shape)} to match weights, got "
            f"{tuple(value.shape)}; cut both to the same length"
        )
    if not value.any():
        raise ValueError(f"{name}: expected at least one true key, got none")
