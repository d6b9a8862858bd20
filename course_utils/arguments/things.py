"""Checks of what is no number: networks, functions, generators, worlds."""

from collections.abc import Callable

import torch


def require_instance(name: str, value: object, kind: type, way_out: str = "") -> None:
    """Raise unless ``value`` is of this kind."""
    if not isinstance(value, kind):
        raise TypeError(
            f"{name}: expected a {kind.__name__}, got {type(value).__name__}"
            + (f"; {way_out}" if way_out else "")
        )


def require_generator(name: str, value: object) -> None:
    """Raise unless ``value`` is a source of random numbers, or None."""
    if value is not None:
        way_out = "make one with torch.Generator().manual_seed(0)"
        require_instance(name, value, torch.Generator, way_out)


def require_callable(name: str, value: Callable, what: str) -> None:
    """Raise unless ``value`` can be called; ``what`` says with what and for what."""
    if not callable(value):
        raise TypeError(f"{name}: expected {what}, got {type(value).__name__}")


def require_fields(name: str, value: object, fields: str, maker: str) -> None:
    """Raise unless ``value`` has these fields, as what ``maker`` returns has."""
    missing = [field for field in fields.split(", ") if not hasattr(value, field)]
    if missing:
        raise TypeError(
            f"{name}: expected a world with {fields}, got {type(value).__name__} "
            f"without {', '.join(missing)}; {maker} makes one"
        )
