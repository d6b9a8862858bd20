"""Weights against a true alignment: by hand, ties, tolerance, edges."""

import pytest
import torch

from course_utils.metrics import alignment_accuracy, alignment_mass

SAMPLES, QUERIES, KEYS = 3, 5, 7


def some(seed=0):
    noise = torch.Generator().manual_seed(seed)
    weights = torch.randn(SAMPLES, QUERIES, KEYS, generator=noise).softmax(-1)
    alignment = torch.rand(SAMPLES, QUERIES, KEYS, generator=noise) < 0.2
    return weights, alignment


def test_by_hand():
    weights = torch.tensor([[[0.7, 0.2, 0.1, 0.0], [0.1, 0.2, 0.3, 0.4], [0, 1, 0, 0]]])
    alignment = torch.zeros(1, 3, 4, dtype=torch.bool)
    alignment[0, 0, 0] = alignment[0, 1, 0] = alignment[0, 1, 1] = True
    # the third query has no true key and does not count
    assert alignment_accuracy(weights, alignment) == 0.5
    assert alignment_accuracy(weights, alignment, tolerance=1) == 0.5
    assert alignment_accuracy(weights, alignment, tolerance=2) == 1.0
    assert alignment_mass(weights, alignment) == pytest.approx((0.7 + 0.3) / 2)


def test_uniform_weights_score_chance():
    _, alignment = some()
    uniform = torch.full((SAMPLES, QUERIES, KEYS), 1 / KEYS)
    counted = alignment.any(-1)
    chance = alignment.double().mean(-1)[counted].mean()
    torch.testing.assert_close(alignment_accuracy(uniform, alignment).double(), chance)
    torch.testing.assert_close(alignment_mass(uniform, alignment).double(), chance)


@pytest.mark.parametrize("tolerance", [0, 1, 3, 20])
@pytest.mark.parametrize("dtype", [torch.float16, torch.float32, torch.float64])
def test_same_as_a_loop(tolerance, dtype):
    weights, alignment = some(tolerance)
    weights = weights.to(dtype)
    found = []
    for sample in range(SAMPLES):
        for query in range(QUERIES):
            true = alignment[sample, query].nonzero().flatten().tolist()
            peak = weights[sample, query].argmax().item()
            if true:
                found.append(min(abs(peak - key) for key in true) <= tolerance)
    expected = sum(found) / len(found)
    got = alignment_accuracy(weights, alignment, tolerance)
    assert got.item() == pytest.approx(expected)


def test_a_row_of_zeros_finds_nothing():
    alignment = torch.ones(1, 1, 4, dtype=torch.bool)
    assert alignment_accuracy(torch.zeros(1, 1, 4), alignment) == 0
    assert alignment_mass(torch.zeros(1, 1, 4), alignment) == 0


@pytest.mark.parametrize(
    ("weights", "alignment", "tolerance", "error", "message"),
    [
        (torch.randn(1, 2, 3), None, 0, ValueError, "weights: .*at least 0"),
        (None, torch.ones(3, 5, 7), 0, TypeError, "alignment: expected booleans"),
        (None, torch.ones(3, 5, 6).bool(), 0, ValueError, "alignment: .*to match"),
        (None, torch.zeros(3, 5, 7).bool(), 0, ValueError, "alignment: .*got none"),
        (None, None, -1, ValueError, "tolerance: expected at least 0"),
    ],
)
def test_says_what_is_wrong(weights, alignment, tolerance, error, message):
    right, true = some()
    weights = right if weights is None else weights
    alignment = true if alignment is None else alignment
    with pytest.raises(error, match=message):
        alignment_accuracy(weights, alignment, tolerance)
