"""Nadaraya-Watson regression against the one of statsmodels."""

import warnings

import torch
from comparing import FORWARD, Pair, compare_lengths
from measuring import Settings, one_thread
from table import Part
from torch import Tensor

from course_utils.kernel_regression import nadaraya_watson

TITLE = "Kernel regression"
LENGTHS, TINY = (50, 200, 800), (5, 7)
BANDWIDTH = 0.37


def pairs(length: int) -> list[Pair]:
    """Return our prediction at as many queries as there are keys, and its peer's."""
    from statsmodels.nonparametric.kernel_regression import KernelReg

    keys = 5 * torch.rand(length, dtype=torch.float64)
    values = torch.sin(2 * keys) + 0.3 * torch.randn(length, dtype=torch.float64)
    queries = torch.linspace(0, 5, length, dtype=torch.float64)
    peer = KernelReg(values.numpy(), keys.numpy(), "c", "lc", bw=[BANDWIDTH])

    def theirs(queries: Tensor) -> Tensor:
        return torch.from_numpy(peer.fit(queries.numpy())[0])

    def ours(queries: Tensor) -> Tensor:
        return nadaraya_watson(queries, keys, values, BANDWIDTH)[0]

    return [
        Pair(
            "nadaraya_watson",
            "statsmodels KernelReg, local constant",
            ours,
            theirs,
            [queries],
            ([], []),
            "we return the weights of all queries, the peer goes query by query",
            passes=(FORWARD,),
            tolerance=1e-10,
        )
    ]


def measure(settings: Settings) -> Part:
    """Return the part; ``settings.tiny`` for few readings."""
    one_thread()
    part = Part(TITLE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of pandas, about its own future
        measure_into(part, settings)
    part.notes.append("statsmodels has no gradient, so only predictions compare.")
    return part


def measure_into(part: Part, settings: Settings) -> None:
    part.rows, part.growth = compare_lengths(
        pairs,
        TINY if settings.tiny else LENGTHS,
        "kernel_regression",
        lambda n: f"{n} keys, {n} queries",
        budget=settings.budget,
    )
