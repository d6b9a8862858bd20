"""What an exercise's check says when it fails.

A check names the case, says what property was expected and what came, and
gives a hint. It never prints the expected values: the task is to find them.
Every check raises ``AssertionError`` with one readable message.
"""

from collections.abc import Callable, Sequence
from typing import NoReturn

import torch
from torch import Tensor


def fail(case: str, finding: str, hint: str) -> NoReturn:
    """Raise ``AssertionError`` that reads as three short lines."""
    raise AssertionError(f"{case}\n  found: {finding}\n  hint:  {hint}")


def expect(condition: object, case: str, finding: str, hint: str) -> None:
    """Fail with ``finding`` and ``hint`` unless ``condition`` is true."""
    if not bool(condition):
        fail(case, finding, hint)


def expect_tensor(
    got: object,
    case: str,
    shape: Sequence[int] | None = None,
    hint: str = "compare the shapes with those the task states",
) -> Tensor:
    """Return ``got``; fail unless it is a tensor of that shape without NaN."""
    if got is None:
        fail(case, "your function returned None", "is there a return statement?")
    if not isinstance(got, Tensor):
        fail(
            case,
            f"your function returned {type(got).__name__}",
            "the task asks for a torch.Tensor",
        )
    if shape is not None and tuple(got.shape) != tuple(shape):
        fail(
            case,
            f"a result of shape {tuple(got.shape)} where {tuple(shape)} was asked",
            hint,
        )
    if torch.isnan(got).any():
        fail(
            case,
            f"{int(torch.isnan(got).sum())} of {got.numel()} numbers are NaN",
            "look for 0/0, for the logarithm of 0, or for a softmax over "
            "nothing but minus infinity",
        )
    return got


def expect_parts(got: object, case: str, names: Sequence[str]) -> Sequence:
    """Return ``got``; fail unless it holds one result for each of ``names``."""
    if not isinstance(got, tuple | list) or len(got) != len(names):
        many = isinstance(got, tuple | list)
        came = f"{len(got)} results" if many else f"one {type(got).__name__}"
        came = "None" if got is None else came
        fail(
            case,
            f"your function returned {came}",
            f"return {len(names)} results, in this order: {', '.join(names)}",
        )
    return got


def expect_close(
    got: object,
    expected: Tensor | float,
    case: str,
    hint: str,
    tolerance: float = 1e-5,
) -> None:
    """Fail unless ``got`` agrees with ``expected`` to ``tolerance``.

    The tolerance is relative for numbers above 1, absolute below. The message
    says how far off and where, never the expected numbers. Infinite numbers
    agree only with the same infinity.
    """
    wanted = torch.as_tensor(expected).detach().double()
    got = torch.as_tensor(got) if isinstance(got, int | float) else got
    came = expect_tensor(got, case, wanted.shape).detach().double()
    off = (came - wanted).abs() / wanted.abs().clamp(min=1.0)
    off = torch.where(came == wanted, 0.0, off.nan_to_num(nan=torch.inf))
    if bool((off > tolerance).any()):
        place = torch.unravel_index(off.argmax(), off.shape) if off.ndim else ()
        where = f" at index {tuple(int(i) for i in place)}" if off.ndim else ""
        fail(case, f"off by {float((came - wanted).abs()[place]):.3g}{where}", hint)


def expect_rows_sum_to_one(weights: object, case: str, dim: int = -1) -> None:
    """Fail unless ``weights`` are non-negative and sum to one along ``dim``."""
    weights = expect_tensor(weights, case).detach()
    if weights.numel() == 0:
        return
    expect(
        (weights >= 0).all(),
        case,
        f"a negative weight of {float(weights.min()):.3g}",
        "weights of an average are never negative",
    )
    sums = weights.double().sum(dim=dim)
    slack = 1e-2 if weights.dtype in (torch.float16, torch.bfloat16) else 1e-4
    expect(
        ((sums - 1).abs() <= slack).all(),
        case,
        f"weights that sum to between {float(sums.min()):.3g} and "
        f"{float(sums.max()):.3g}",
        "each query shares out exactly 1 over its keys: along which axis did "
        "you normalise?",
    )


def expect_unchanged(
    function: Callable[..., object], arguments: Sequence[Tensor], case: str
) -> None:
    """Fail if calling ``function`` changes one of its tensor arguments."""
    copies = [a.clone() for a in arguments]
    function(*arguments)
    for number, (before, after) in enumerate(zip(copies, arguments, strict=True), 1):
        expect(
            before.shape == after.shape
            and ((before == after) | (before.isnan() & after.isnan())).all(),
            case,
            f"argument number {number} was changed by your function",
            "do not write into an argument: an in-place operation (a trailing "
            "underscore, or indexed assignment) surprises whoever called you",
        )


def passed(what: str) -> None:
    """Print that the check for ``what`` passed."""
    print(f"passed: {what}")
