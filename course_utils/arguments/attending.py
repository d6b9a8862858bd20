"""Checks of what attention takes and gives: queries, keys, masks, weights."""

from collections.abc import Sequence

import torch
from torch import Tensor

from course_utils.arguments.tensors import (
    require_no_nan,
    require_same_dtype,
    require_size,
    require_tensor,
    require_whole_numbers,
)


def require_queries_and_keys(queries: Tensor, keys: Tensor) -> None:
    """Raise unless both are (batch, ., size), of one batch and one dtype.

    The last axes may differ: which scores need them equal is for them to say.
    """
    require_tensor("queries", queries, "batch, queries, size")
    require_tensor("keys", keys, "batch, keys, size")
    require_size("keys", keys, 0, len(queries), "with the batch of queries")
    require_same_dtype("keys", keys, "queries", queries)


def require_queries_keys_values(queries: Tensor, keys: Tensor, values: Tensor) -> None:
    """Raise unless queries and keys fit, and values (batch, keys, v) fit the keys."""
    require_queries_and_keys(queries, keys)
    require_tensor("values", values, "batch, keys, v")
    require_size("values", values, 0, len(keys), "with the batch of keys")
    require_size("values", values, 1, keys.shape[1], "with one value for each key")
    require_same_dtype("values", values, "queries", queries)


def require_lengths(name: str, value: object, size: int, least: int = 0) -> None:
    """Raise unless ``value`` holds whole numbers from ``least`` to ``size``.

    Shape (batch,) or (batch, queries).
    """
    require_tensor(name, value, floating=False)
    require_whole_numbers(name, value, f"convert them with {name}.long()")
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
