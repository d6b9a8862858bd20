"""Kinds of argument: what is right, what is wrong, and what may happen then.

A row of the table names a function, a kind for each of its arguments, and in ``fine``
the wrong inputs that do not raise: each with a reason and a check of the result.
"""

import copy
import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

NAN, INF = math.nan, math.inf
NOT_FINITE = {"NaN": NAN, "inf": INF, "-inf": -INF}
FIT = ("fewer axes", "more axes", "empty", "longer 0", "longer 1", "longer 2")
FIT += ("longer 3", "float64", "no entry", "too large")  # may be told of a partner


class Kind(NamedTuple):
    """A right value of an argument, and wrong ones by name."""

    valid: object
    wrong: dict[str, object]
    grad: bool = False

    def but(self, *names: str, **more: object) -> "Kind":
        """Return this kind without some wrong values, and with others."""
        left = {key: each for key, each in self.wrong.items() if key not in names}
        assert len(left) == len(self.wrong) - len(names), f"none of {names}"
        return self._replace(wrong={**left, **more})

    def made(self, value: object) -> object:
        """Return a fresh copy of a value, so that no call changes another."""
        value = copy.deepcopy(value)
        if self.grad and isinstance(value, Tensor) and value.is_floating_point():
            value.requires_grad_()
        return value


class Outcome(NamedTuple):
    """What happens instead of a complaint: why, and how it is seen.

    ``check`` gets the result and that of the right input; without it the complaint
    is about ``about``, which the function made of its arguments.
    """

    why: str
    check: Callable[[object, object], bool] | None = None
    about: str = ""


class Row(NamedTuple):
    """One function with its arguments; ``fine`` maps "name: wrong, ..." to outcomes."""

    name: str
    call: Callable
    arguments: dict[str, Kind]
    fine: dict[str, Outcome] = {}  # noqa: RUF012

    def outcomes(self) -> dict[tuple[str, str], Outcome]:
        """Return ``fine`` by argument and wrong input."""
        found = {}
        for key, outcome in self.fine.items():
            argument, _, labels = key.partition(": ")
            found.update({(argument, each): outcome for each in labels.split(", ")})
        return found


# Outcomes that several rows share.


def tensors(result: object) -> list[Tensor]:
    """Return the tensors of a result, whatever holds them."""
    if isinstance(result, Tensor):
        return [result.detach()]
    if isinstance(result, tuple | list):
        return [each for part in result for each in tensors(part)]
    return []


def alike(result: object, usual: object) -> bool:
    """Whether two results hold the same numbers."""
    ours, theirs = tensors(result), tensors(usual)
    if not ours:
        return result == usual
    return all(
        one.shape == two.shape and torch.allclose(one.double(), two.double(), atol=1e-4)
        for one, two in zip(ours, theirs, strict=True)
    )


SAME = Outcome("changes nothing", alike)
WIDER = Outcome(
    "computed in float64",
    lambda r, usual: alike(r, usual) and tensors(r)[-1].dtype != torch.float32,
)
EMPTY = Outcome(
    "nothing in, nothing out",
    lambda r, usual: any(each.numel() == 0 for each in tensors(r)),
)
SHOWS = Outcome(
    "a network hands on what is not a number; training stops at the loss",
    lambda r, usual: any(not each.isfinite().all() for each in tensors(r)),
)


def works(why: str) -> Outcome:
    """Return an outcome of which nothing is asked but a result of finite numbers."""
    return Outcome(why, lambda r, u: all(each.isfinite().all() for each in tensors(r)))


def about(name: str, why: str = "made of the arguments") -> Outcome:
    """Return an outcome: the complaint is about something else than the argument."""
    return Outcome(why, about=name)


# Kinds of tensor.


def drawn(*shape: int) -> Tensor:
    """Return normal numbers, the same every time."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(sum(shape)))


def tensor(
    valid: Tensor,
    fit: tuple[int, ...] = (),
    free: bool = False,
    grad: bool = False,
    **wrong: object,
) -> Kind:
    """Return the kind of any tensor: no other thing, no other shape.

    The axes ``fit`` must agree with another argument or with the layer; ``free`` says
    that there may be any number of leading axes.
    """
    found = {"list": valid.tolist(), "text": "keys", "None": None, "number": 1.5}
    if not free:
        found |= {"fewer axes": valid[0], "more axes": valid[None]}
    for axis in fit:
        more = torch.cat([valid, valid.narrow(axis, 0, 1)], axis)
        found[f"longer {axis}"] = more
    found["empty"] = valid.narrow(valid.ndim - 1, 0, 0)
    if valid.ndim > 1:
        found["no entry"] = valid[:0]
    return Kind(valid, {**found, **wrong}, grad)


def holding(valid: Tensor, number: float) -> Tensor:
    """Return the numbers, the first of which is another."""
    changed = valid.clone()
    changed.view(-1)[0] = number
    return changed


def floats(*shape: int, valid: Tensor | None = None, **how: object) -> Kind:
    """Return the kind of a tensor of any numbers; ``how`` as for ``tensor``."""
    valid = drawn(*shape) if valid is None else valid
    kinds = {"int": valid.round().long(), "bool": valid > 0, "complex": valid + 0j}
    if how.get("fit"):
        kinds["float64"] = valid.double()
    for name, number in NOT_FINITE.items():
        kinds[name] = holding(valid, number)
    return tensor(valid, **how, **kinds)


def at_least_0(*shape: int, valid: Tensor | None = None, **how: object) -> Kind:
    """Return the kind of a tensor of numbers that are not negative."""
    valid = drawn(*shape).abs() if valid is None else valid
    return floats(valid=valid, **how).but(negative=holding(valid, -1.0))


def weights(*shape: int, **how: object) -> Kind:
    """Return the kind of attention weights: rows that sum to one."""
    valid = drawn(*shape).softmax(-1)
    return at_least_0(valid=valid, **how).but(**{"another sum": 2 * valid})


def masks(*shape: int, valid: Tensor | None = None, **how: object) -> Kind:
    """Return the kind of a boolean tensor."""
    if valid is None:
        valid = drawn(*shape) > -0.5
        valid.view(-1)[0] = True
    kinds = {"int": valid.long(), "float": valid.float(), "complex": valid + 0j}
    return tensor(valid, **how, **kinds)


def indices(
    *shape: int, below: int, valid: Tensor | None = None, **how: object
) -> Kind:
    """Return the kind of a tensor of whole numbers below a limit."""
    draw = torch.Generator().manual_seed(sum(shape))
    if valid is None:
        valid = torch.randint(below, shape, generator=draw)
    kinds = {"float": valid.float(), "bool": valid > 0, "complex": valid + 0j}
    kinds |= {"negative": holding(valid, -1), "too large": holding(valid, below)}
    return tensor(valid, **how, **kinds)


# Kinds of single number, choice and thing.

OTHER_THINGS = {"text": "three", "None": None, "list": [1], "complex": 1 + 1j}


def count(valid: int, least: int = 1) -> Kind:
    """Return the kind of a whole number of at least ``least``."""
    wrong = {"too few": least - 1, "negative": -7, "fraction": 2.5, "bool": True}
    return Kind(valid, {**OTHER_THINGS, **NOT_FINITE, **wrong})


def seed() -> Kind:
    """Return the kind of a seed: a whole number of at least 0."""
    return count(3, 0)


def number(valid: float, low: float = -INF, high: float = INF) -> Kind:
    """Return the kind of a finite number between two ends."""
    wrong = {**OTHER_THINGS, **NOT_FINITE, "bool": True}
    if low > -INF:
        wrong["too low"] = low - 0.01
    if high < INF:
        wrong["too high"] = high + 0.01
    return Kind(valid, wrong)


def share(valid: float) -> Kind:
    """Return the kind of a number from 0 to 1."""
    return number(valid, 0, 1)


def positive(valid: float) -> Kind:
    """Return the kind of a number above 0."""
    return number(valid, 0).but(zero=0)


def choice(valid: object) -> Kind:
    """Return the kind of one value out of a few."""
    return Kind(valid, {**OTHER_THINGS, "NaN": NAN, "another number": 3})


def flag(valid: bool = False) -> Kind:
    """Return the kind of a truth value: anything is true or false, as in Python."""
    return Kind(valid, {})


def thing(valid: object, **wrong: object) -> Kind:
    """Return the kind of a network, a function, a world: no text, number, nothing."""
    return Kind(valid, {"text": "three", "number": 1.5, "None": None, **wrong})


def optional(kind: Kind) -> Kind:
    """Return the kind of an argument that may be left out."""
    return kind.but("None")
