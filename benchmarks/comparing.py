"""Ours against a peer: the same numbers first, then seconds and memory, and why.

A ``Pair`` holds two functions of the same inputs. For each pass (forward, forward
and backward) outputs and gradients are compared, then both sides take turns.
A third side is our code without its checks of arguments, and with a plain softmax in
place of ``masked_softmax``: it tells how much of a difference these make, and the
table's reason is written from these numbers.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from measuring import (
    Side,
    growth,
    peak_mebibytes,
    ratio_and_quartiles,
    require_same,
    take_turns,
)
from table import SLOWER, Growth, Row
from torch import Tensor

COPIES = "`masked_softmax`, as it is taught, copies the scores to give empty rows zeros"
FORWARD, BOTH = "forward", "forward and backward"


@dataclass(frozen=True)
class Pair:
    """Two functions that should return the same from the same ``inputs``.

    ``reason`` says what our side does that the peer does not; it is written into
    the table where checks alone do not explain the difference.
    """

    what: str
    peer: str
    ours: Callable[..., Tensor]
    theirs: Callable[..., Tensor]
    inputs: Sequence[Tensor]
    parameters: tuple[list[Tensor], list[Tensor]]
    reason: str = ""
    passes: tuple[str, ...] = (FORWARD, BOTH)
    tolerance: float = 1e-4


@contextmanager
def without_checks() -> Iterator[None]:
    """Let no function of the package check its arguments, nor a softmax its mask."""

    def accept(*_: object, **__: object) -> None:
        return None

    def plain(scores: Tensor, mask: Tensor | None = None, dim: int = -1) -> Tensor:
        if mask is not None:
            scores = scores.masked_fill(~mask, -torch.inf)
        return scores.softmax(dim=dim)

    kept = []
    for name, module in list(sys.modules.items()):
        if not name.startswith("course_utils."):
            continue
        for attribute, value in list(vars(module).items()):
            if attribute.startswith("require_") or attribute == "masked_softmax":
                kept.append((module, attribute, value))
                setattr(module, attribute, accept)
                if attribute == "masked_softmax":
                    setattr(module, attribute, plain)
    try:
        yield
    finally:
        for module, attribute, value in kept:
            setattr(module, attribute, value)


def forward(function: Callable, inputs: Sequence[Tensor]) -> Tensor:
    """Return the output alone, without a graph."""
    with torch.no_grad():
        return function(*inputs)


def backward(
    function: Callable, inputs: Sequence[Tensor], parameters: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    """Return the output and the gradients of its sum of squares, inputs first."""
    leaves = [each.detach().requires_grad_() for each in inputs]
    output = function(*leaves)
    loss = output.square().sum()
    return output.detach(), *torch.autograd.grad(loss, [*leaves, *parameters])


def compare(pair: Pair, size: str, part: str, budget: float = 1.5) -> list[Row]:
    """Return a row for each pass of ``pair``.

    Raises:
        Refused: outputs or gradients of the two sides differ.
    """
    rows = []
    for kind in pair.passes:
        if kind == FORWARD:
            calls = [
                lambda f=f: (forward(f, pair.inputs),) for f in (pair.ours, pair.theirs)
            ]
        else:
            calls = [
                lambda f=f, p=p: backward(f, pair.inputs, p)
                for f, p in zip((pair.ours, pair.theirs), pair.parameters, strict=True)
            ]
        ours, theirs = calls
        for a, b in zip(
            ours()[: 1 + len(pair.inputs)],
            theirs()[: 1 + len(pair.inputs)],
            strict=True,
        ):
            require_same(f"{pair.what}, {kind}", a, b, pair.tolerance)
        seconds = take_turns(
            {
                "ours": Side(ours),
                "peer": Side(theirs),
                "bare": Side(ours, without_checks),
            },
            budget,
        )
        ratio, spread = ratio_and_quartiles(seconds["ours"], seconds["peer"])
        bare, _ = ratio_and_quartiles(seconds["bare"], seconds["peer"])
        more = float(np.median(seconds["ours"] - seconds["peer"]))
        memory = peak_mebibytes(ours), peak_mebibytes(theirs)
        rows.append(
            Row(
                part=part,
                what=f"{pair.what}, {kind}",
                size=size,
                peer=pair.peer,
                ours_seconds=float(np.median(seconds["ours"])),
                peer_seconds=float(np.median(seconds["peer"])),
                ratio=ratio,
                quartiles=spread,
                ours_mebibytes=memory[0],
                peer_mebibytes=memory[1],
                rounds=len(seconds["ours"]),
                why=why(ratio, bare, memory[0] / memory[1], more, pair.reason),
            )
        )
    return rows


def why(ratio: float, bare: float, memory: float, more: float, reason: str) -> str:
    """Return where the difference comes from; empty where we are not behind.

    Ratios of seconds, of seconds without checks, and of memory; ``more`` is how many
    seconds a call takes longer.
    """
    if ratio <= SLOWER and memory <= SLOWER:
        return ""
    said = []
    if ratio > SLOWER:
        said.append(f"{more * 1e3:.2g} ms a call; {bare:.2f} without checks")
    if reason and (bare > SLOWER or memory > SLOWER):
        said.append(reason)
    return "; ".join(said)


def compare_lengths(
    pairs: Callable[[int], list[Pair]],
    lengths: Sequence[int],
    part: str,
    size: Callable[[int], str],
    tokens: Callable[[int], int] = int,
    budget: float = 1.5,
) -> tuple[list[Row], list[Growth]]:
    """Return the rows of every pair at every length, and how each grows."""
    found: dict[tuple[str, str], list[tuple[int, Row]]] = {}
    for length in lengths:
        for pair in pairs(length):
            for row in compare(pair, size(length), part, budget):
                key = row.what, row.peer
                found.setdefault(key, []).append((tokens(length), row))
    rows = [row for series in found.values() for _, row in series]
    grows = []
    for (what, peer), series in found.items():
        if len(series) < 2:
            continue
        counts = [count for count, _ in series]
        slopes = [
            growth(counts, [getattr(row, name) for _, row in series])
            for name in (
                "ours_seconds",
                "peer_seconds",
                "ours_mebibytes",
                "peer_mebibytes",
            )
        ]
        grows.append(Growth(part, what, peer, counts[-2:], *slopes))
    return rows, grows
