"""Checks of single numbers and choices."""

import math
from collections.abc import Sequence

from torch import Tensor


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


def require_number(name: str, value: float, low: float, high: float = math.inf) -> None:
    """Raise unless ``value`` is a finite number from ``low`` to ``high``."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name}: expected a number, got {type(value).__name__}")
    if not (low <= value <= high and math.isfinite(value)):
        upto = "" if high == math.inf else f" and at most {high:g}"
        raise ValueError(
            f"{name}: expected a number of at least {low:g}{upto}, got {value:g}"
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
