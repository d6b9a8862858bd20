"""How every part of the benchmark measures: turns, medians, peaks of memory.

Both sides of a comparison run in one process on one thread. They take turns in
short measurements, so that a machine that is busy with something else slows both.
The ratio is the median of the ratios within a turn, and the quartiles say how far
they spread. Seconds are CPU seconds.
"""

import gc
import math
import time
import tracemalloc
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor
from torch.profiler import ProfilerActivity, profile

SHORTEST = 0.003  # seconds a single measurement takes at least
ROUNDS = 7  # turns of each side at least, whatever they take
MOST_ROUNDS = 60


@dataclass(frozen=True)
class Settings:
    """How a part is to measure."""

    tiny: bool = False  # sizes that take no time, for the tests
    budget: float = 1.0  # seconds that the turns of one row take, about
    peers: str | None = None  # a folder with packages that the course does not need
    lessons: bool = False  # run every lesson
    stored: bool = False  # take what a part's own JSON holds


@dataclass(frozen=True)
class Side:
    """Something to measure; ``around`` is entered before its clock starts."""

    run: Callable[[], object]
    around: Callable[[], AbstractContextManager] = field(default=nullcontext)


class Refused(Exception):
    """A comparison that cannot be made: the two sides do not say the same."""


def require_same(what: str, ours: Tensor, peer: Tensor, tolerance: float) -> None:
    """Raise unless both sides return the same numbers, and some that are not 0.

    Raises:
        Refused: another shape, numbers further apart than ``tolerance`` times the
            largest of the peer's, or nothing but zeros.
    """
    if ours.shape != peer.shape:
        raise Refused(
            f"{what}: expected the peer's shape {tuple(peer.shape)}, got "
            f"{tuple(ours.shape)}; nothing is measured"
        )
    size = peer.abs().max().item()
    apart = (ours - peer).abs().max().item()
    if not size > 0 or not apart <= tolerance * size:
        raise Refused(
            f"{what}: expected the peer's numbers (up to {size:.3g}) within "
            f"{tolerance:.0e} of their size, got numbers {apart:.3g} apart; mend the "
            "slower of two wrong ones first: nothing is measured"
        )


def take_turns(
    sides: Mapping[str, Side], budget: float = 1.5, clock=time.process_time
) -> dict[str, np.ndarray]:
    """Return the seconds of one call, (rounds,) for each side, measured in turn.

    Each side runs once to warm up and once to see how many calls a measurement
    needs. ``budget`` is about how many seconds all turns together take.
    """
    calls, total = {}, 0.0
    for name, side in sides.items():
        with side.around():
            side.run()
            began = clock()
            side.run()
            once = max(clock() - began, 1e-6)
        calls[name] = max(1, math.ceil(SHORTEST / once))
        total += calls[name] * once
    rounds = min(MOST_ROUNDS, max(ROUNDS, int(budget / total)))
    found: dict[str, list[float]] = {name: [] for name in sides}
    gc.collect()
    gc.disable()  # no side pays for what another left behind
    try:
        for number in range(rounds):
            order = list(sides) if number % 2 else list(sides)[::-1]
            for name in order:
                with sides[name].around():
                    began = clock()
                    for _ in range(calls[name]):
                        sides[name].run()
                    found[name].append((clock() - began) / calls[name])
    finally:
        gc.enable()
    return {name: np.array(seconds) for name, seconds in found.items()}


def ratio_and_quartiles(ours: np.ndarray, peer: np.ndarray) -> tuple[float, list]:
    """Return the median of ours / peer over the turns, and its two quartiles."""
    ratios = ours / peer
    low, middle, high = np.quantile(ratios, [0.25, 0.5, 0.75])
    return float(middle), [float(low), float(high)]


def peak_mebibytes(run: Callable[[], object]) -> float:
    """Return the most memory that one call holds beyond what was held before.

    PyTorch's allocations come from its profiler, those of NumPy and of Python's
    objects from ``tracemalloc``. The two peaks are added.
    """
    run()
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as found:
        kept = run()
    del kept
    events = [
        (event.start_ns(), event.nbytes())
        for event in found.profiler.kineto_results.events()
        if event.name() == "[memory]"
    ]
    held = peak = 0
    for _, size in sorted(events, key=lambda event: event[0]):
        held += size
        peak = max(peak, held)
    tracemalloc.start()
    try:
        run()
        peak += tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    return peak / 2**20


def growth(lengths: list[int], amounts: list[float]) -> float:
    """Return the slope of log amount against log length between the last two."""
    (n, m), (a, b) = lengths[-2:], amounts[-2:]
    return math.log(b / a) / math.log(m / n)


def one_thread() -> None:
    """Make PyTorch use one thread and always the same random numbers."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
