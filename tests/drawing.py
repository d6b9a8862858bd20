"""What the property tests draw: numbers of every type and size, masks, shapes."""

import torch
from hypothesis import settings
from hypothesis import strategies as st

TOLERANCE = {torch.float16: 4e-3, torch.bfloat16: 3e-2}
TOLERANCE |= {torch.float32: 1e-5, torch.float64: 1e-10}
SIZES = st.integers(1, 5)
SEEDS = st.integers(0, 999)
DTYPES = st.sampled_from(list(TOLERANCE))
EXTREMES = st.sampled_from(["normal", "tiny", "huge", "equal", "ties", "zeros"])

some = settings(max_examples=30, deadline=None, derandomize=True)
few = settings(max_examples=12, deadline=None, derandomize=True)


def drawn(seed: int, *shape: int) -> torch.Tensor:
    """Return normal numbers in float64, the same for the same seed."""
    noise = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=noise, dtype=torch.float64)


def numbers(kind: str, seed: int, *shape: int) -> torch.Tensor:
    """Return numbers of float64: usual, all tiny, huge, equal, with ties, or zero."""
    usual = drawn(seed, *shape)
    return {
        "normal": usual,
        "tiny": 1e-30 * usual,
        "huge": 1e30 * usual,
        "equal": torch.full_like(usual, 0.3 + seed % 7),
        "ties": usual.round(),
        "zeros": torch.zeros_like(usual),
    }[kind]


def typed(kind: str, seed: int, dtype: torch.dtype, *shape: int) -> torch.Tensor:
    """Return such numbers in a type; huge ones lie at half of what it can hold."""
    found = numbers(kind, seed, *shape)
    if kind == "huge":
        found = found / found.abs().max().clamp(min=1) * (torch.finfo(dtype).max / 2)
    return found.to(dtype)


def some_mask(seed: int, *shape: int) -> torch.Tensor:
    """Return booleans, with one True at least in every row of the last two axes."""
    found = drawn(seed, *shape) > 0
    found[..., 0, 0] |= ~found.flatten(-2).any(-1)
    return found


def shares(seed: int, dtype: torch.dtype, *shape: int) -> torch.Tensor:
    """Return weights that sum to one over the last axis, some rows one-hot."""
    return (drawn(seed, *shape) * (1 + seed % 3) ** 4).softmax(-1).to(dtype)


def close(got: torch.Tensor, expected: torch.Tensor, slack: float) -> bool:
    """Whether two results agree, relative to the largest number."""
    got, expected = got.detach().double(), expected.detach().double()
    scale = max(float(expected.abs().max()) if expected.numel() else 1.0, 1e-300)
    return got.shape == expected.shape and bool(
        ((got - expected).abs() <= slack * scale).all()
    )
