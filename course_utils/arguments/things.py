"""Checks of what is no number: networks, functions, generators, worlds."""

from collections.abc import Callable
from types import UnionType

import torch


def require_instance(
    name: str, value: object, kind: type | UnionType, way_out: str = ""
) -> None:
    """Raise unless ``value`` is of this kind."""
    if not isinstance(value, kind):
        wanted = getattr(kind, "__name__", str(kind))
        raise TypeError(
            f"{name}: expected a {wanted}, got {type(value).__name__}"
            + (f"; {way_out}" if way_out else "")
        )


def require_generator(name: str, value: object) -> None:
    """Raise unless ``value`` is a source of random numbers, or None."""
    if value is not None:
        way_out = "make one with torch.Generator().manual_seed(0)"
        require_instance(name, value, torch.Generator, way_out)


def require_device(name: str, value: object) -> None:
    """Raise unless PyTorch knows such a device; None stands for the usual one."""
    try:
        torch.device("cpu" if value is None else value)
    except (RuntimeError, TypeError):
        raise TypeError(
            f"{name}: expected the name of a device such as 'cpu', got {value!r}"
        ) from None


def require_callable(name: str, value: Callable, what: str) -> None:
    """Raise unless ``value`` can be called; ``what`` says with what and for what."""
    if not callable(value):
        raise TypeError(f"{name}: expected {what}, got {type(value).__name__}")


def require_fields(name: str, value: object, fields: str, maker: str) -> None:
    """Raise unless ``value`` has these fields, as what ``maker`` makes has."""
    missing = [field for field in fields.split(", ") if not hasattr(value, field)]
    if missing:
        raise TypeError(
            f"{name}: expected what {maker} makes, with {fields}, got "
            f"{type(value).__name__} without {', '.join(missing)}"
        )
