"""Sequences whose neighbours resemble each other, read through noise."""

import math
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from course_utils.arguments import require_count, require_number


class NoisySequences(NamedTuple):
    """Sequences of tokens, each token ``size`` numbers.

    clean: (sequences, length, size), mean 0 and variance 1 everywhere.
    noisy: (sequences, length, size), the same plus independent noise.
    second_moments: (length, length), the mean of clean token i times clean token j
        in each of their numbers, correlation^|i - j|: the ground truth.
    """

    clean: Tensor
    noisy: Tensor
    second_moments: Tensor


def autoregressive(
    sequences: int,
    length: int,
    size: int = 1,
    correlation: float = 0.9,
    noise_variance: float = 0.5,
    seed: int = 0,
) -> NoisySequences:
    """Return sequences in which each token is made from the one before.

    x_1 = e_1 and x_t = correlation * x_{t-1} + sqrt(1 - correlation^2) * e_t, with
    independent normal e_t of variance 1. So every token has variance 1, and tokens
    k steps apart have correlation^k. (This is the AR(1) process.)

    Args:
        sequences, length, size: how many, of how many tokens, of how many numbers;
            each number of a token follows its own process.
        correlation: of neighbours, between -1 and 1; 0 makes all independent.
        noise_variance: of the noise on every number, at least 0.
        seed: the same seed gives the same sequences, whatever the noise.

    Raises:
        TypeError, ValueError: a count, a correlation or a variance that makes none.
    """
    require_count("sequences", sequences)
    require_count("length", length)
    require_count("size", size)
    require_count("seed", seed, least=0)
    require_number("correlation", correlation, -1, 1)
    require_number("noise_variance", noise_variance, 0)
    rng = np.random.default_rng(seed)
    shocks = rng.standard_normal((length, sequences, size))
    noise = rng.standard_normal((sequences, length, size))
    fresh = math.sqrt(1 - correlation**2)
    tokens = [shocks[0]]
    for shock in shocks[1:]:
        tokens.append(correlation * tokens[-1] + fresh * shock)
    clean = np.stack(tokens, axis=1)  # (sequences, length, size)
    noisy = clean + math.sqrt(noise_variance) * noise
    places = np.arange(length)
    moments = float(correlation) ** np.abs(places[:, None] - places)  # 0^0 is 1
    return NoisySequences(
        *(torch.from_numpy(part).float() for part in (clean, noisy, moments))
    )
