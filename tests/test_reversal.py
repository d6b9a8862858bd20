"""Reversal: the answers are right, and the ceiling is exact: counted one by one."""

from itertools import product

import pytest
import torch

from course_utils.worlds import order_blind_ceiling, reversals
from course_utils.worlds.reversal import rows_with_counts_up_to


def test_rows_backwards():
    world = reversals(7, length=5, alphabet=3, seed=2)
    assert world.letters.shape == world.targets.shape == (7, 5)
    assert world.letters.min() >= 0 and world.letters.max() <= 2
    assert world.sources.tolist() == [4, 3, 2, 1, 0]
    assert torch.equal(world.targets, world.letters[:, world.sources])
    assert torch.equal(world.letters, world.targets.flip(1))


def test_seed_decides():
    assert torch.equal(reversals(3, seed=5).letters, reversals(3, seed=5).letters)
    assert not torch.equal(reversals(3, seed=5).letters, reversals(3, seed=6).letters)
    counts = reversals(2000).letters.flatten().bincount(minlength=10)
    assert counts.min() > 2800 and counts.max() < 3600


def best_without_order(length, alphabet):
    """Try every row: bet on what is most often right, given letter and others."""
    hits = {}  # (own letter, all letters sorted) -> how often each answer is right
    for row in product(range(alphabet), repeat=length):
        for place, letter in enumerate(row):
            seen = hits.setdefault((letter, tuple(sorted(row))), {})
            answer = row[length - 1 - place]
            seen[answer] = seen.get(answer, 0) + 1
    right = sum(max(seen.values()) for seen in hits.values())
    return right / (length * alphabet**length)


@pytest.mark.parametrize("alphabet", [1, 2, 3])
@pytest.mark.parametrize("length", [2, 3, 4, 5, 6, 7])
def test_ceiling_is_that_of_trying_everything(length, alphabet):
    expected = best_without_order(length, alphabet)
    assert order_blind_ceiling(length, alphabet) == pytest.approx(expected, abs=1e-12)


def test_ceiling_of_the_lesson():
    """Drawing the other 15 letters a million times, a third way of counting."""
    others = torch.randint(10, (1_000_000, 15))
    counts = torch.zeros(1_000_000, 10).scatter_add_(
        1, others, torch.ones(1_000_000, 15)
    )
    drawn = counts.amax(1).mean().item() / 15
    assert order_blind_ceiling(16, 10) == pytest.approx(drawn, abs=3e-4)
    assert order_blind_ceiling() == pytest.approx(0.2410824738466, abs=1e-12)


def test_ceiling_at_its_ends():
    assert order_blind_ceiling(1, 7) == 1.0  # one letter is its own reversal
    assert order_blind_ceiling(2, 7) == 1.0  # the only other letter
    assert order_blind_ceiling(9, 1) == 1.0
    assert order_blind_ceiling(200, 10) < order_blind_ceiling(16, 10)


def test_rows_with_counts_up_to():
    assert rows_with_counts_up_to(1, 3, 5) == 5 * 4 * 3
    assert rows_with_counts_up_to(3, 3, 5) == 125
    assert rows_with_counts_up_to(0, 3, 5) == 0


@pytest.mark.parametrize("make", [lambda **k: reversals(2, **k), order_blind_ceiling])
def test_counts_must_be_counts(make):
    with pytest.raises(ValueError, match="length: expected at least 1, got 0"):
        make(length=0)
    with pytest.raises(TypeError, match="alphabet: expected a whole number"):
        make(alphabet=2.5)
