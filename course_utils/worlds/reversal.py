"""Reversal: write a row of letters backwards, the smallest task that needs order.

The answer for each place stands at one other place, so the right attention map is
known: the anti-diagonal. And what can be reached *without* knowing the order can
be counted, so a network without positions has an exact ceiling to meet.
"""

from math import comb
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from course_utils.arguments import require_count


class Reversals(NamedTuple):
    """Rows of letters and the same rows backwards.

    letters: (rows, length), whole numbers from 0: the input.
    targets: (rows, length), ``letters`` read from the end.
    sources: (length,), the place where the answer for each place stands.
    """

    letters: Tensor
    targets: Tensor
    sources: Tensor


def reversals(
    rows: int, length: int = 16, alphabet: int = 10, seed: int = 0
) -> Reversals:
    """Return ``rows`` rows of independent, equally likely letters, and their reversals.

    Raises:
        TypeError, ValueError: a count below 1, or a seed below 0.
    """
    require_count("rows", rows)
    require_count("length", length)
    require_count("alphabet", alphabet)
    require_count("seed", seed, least=0)
    drawn = np.random.default_rng(seed).integers(alphabet, size=(rows, length))
    letters = torch.from_numpy(drawn)
    return Reversals(letters, letters.flip(1), torch.arange(length).flip(0))


def order_blind_ceiling(length: int = 16, alphabet: int = 10) -> float:
    """Return the best expected accuracy at reversal without knowing the order.

    Who sees one letter and *which* others are there, but not where, knows only
    this: the answer is one of the other length - 1 letters, each as likely. The
    best bet is the most frequent of them. In a row of odd length the letter may
    also stand in the middle and be its own answer: then all ``length`` letters are
    as likely. Either way, with n letters in question,

        ceiling = E[largest count of one letter among n] / n.

    Computed exactly, in whole numbers.

    Raises:
        TypeError, ValueError: a length or an alphabet below 1.
    """
    require_count("length", length)
    require_count("alphabet", alphabet)
    n = length if length % 2 else length - 1
    rows = alphabet**n
    larger = sum(rows - rows_with_counts_up_to(m, n, alphabet) for m in range(n))
    return larger / (rows * n)  # E[largest] = sum over m of P(largest > m)


def rows_with_counts_up_to(most: int, length: int, alphabet: int) -> int:
    """Return how many rows hold no letter more often than ``most`` times.

    Letter by letter: ``ways[t]`` counts the rows of t places that use the letters
    so far; a new letter takes j of t places in C(t, j) ways.
    """
    ways = [1] + [0] * length
    for _ in range(alphabet):
        ways = [
            sum(comb(t, j) * ways[t - j] for j in range(min(most, t) + 1))
            for t in range(length + 1)
        ]
    return ways[length]
