"""Best weights under noise: by hand, against scikit-learn and SciPy, at the edges."""

import math

import numpy as np
import pytest
import torch
from scipy.optimize import minimize
from sklearn.linear_model import LinearRegression

from course_utils.noisy_inputs import (
    best_weights,
    expected_error,
    inverse_variance_weights,
)

BATCH, INPUTS = 3, 5
FLOATS = [torch.float16, torch.bfloat16, torch.float32, torch.float64]


def problem(*batch, inputs=INPUTS, seed=0):
    """Random second moments, relevance and noise, and the target power they fit."""
    noise = torch.Generator().manual_seed(seed)
    draw = {"generator": noise, "dtype": torch.float64}
    mix = torch.randn(*batch, inputs, inputs, **draw)
    true = torch.randn(*batch, inputs, **draw)
    moments = mix @ mix.mT / inputs
    relevance = (moments @ true.unsqueeze(-1)).squeeze(-1)
    power = (relevance * true).sum(-1)
    return moments, relevance, torch.rand(*batch, inputs, **draw) + 0.1, power


# ------------------------------------------------------------- by hand


def test_best_weights_by_hand():
    moments = torch.tensor([[1.0, 0.5], [0.5, 1.0]])
    found = best_weights(moments, torch.ones(2), torch.tensor([0.5, 1.0]))
    torch.testing.assert_close(found, torch.tensor([1.5, 1.0]) / 2.75)


def test_orthogonal_inputs_are_not_inverse_to_their_noise():
    noise = torch.tensor([0.25, 1.0, 4.0])
    found = best_weights(torch.eye(3), torch.tensor([1.0, 0.5, 1.0]), noise)
    torch.testing.assert_close(found, torch.tensor([0.8, 0.25, 0.2]))


def test_inverse_variance_by_hand():
    found = inverse_variance_weights(torch.tensor([1.0, 2.0, 4.0]))
    torch.testing.assert_close(found, torch.tensor([4.0, 2.0, 1.0]) / 7)


def test_expected_error_by_hand():
    moments = torch.tensor([[1.0, 0.5], [0.5, 2.0]])
    weights = torch.tensor([[1.0, 0.0], [1.0, -1.0]])
    relevance, noise = torch.tensor([0.5, 1.0]), torch.tensor([0.25, 3.0])
    # 3 - 2 (0.5) + 1 + 0.25;  3 - 2 (0.5 - 1) + (1 - 1 + 2) + 0.25 + 3
    found = expected_error(weights, moments, relevance, noise, 3.0)
    torch.testing.assert_close(found, torch.tensor([3.25, 9.25]))


# ------------------------------------------------- what nobody here wrote


def test_least_squares_on_noisy_copies_finds_the_best_weights():
    random = np.random.default_rng(1)
    clean = random.normal(size=(101, 3)) @ random.normal(size=(3, 3))
    target = random.normal(size=101)
    noise = np.array([0.2, 0.7, 1.5])
    copies = np.repeat(clean, 2003, axis=0)
    copies += random.normal(size=copies.shape) * np.sqrt(noise)
    model = LinearRegression(fit_intercept=False)
    found = model.fit(copies, np.repeat(target, 2003)).coef_
    x, y = torch.from_numpy(clean), torch.from_numpy(target)
    ours = best_weights(x.mT @ x / 101, x.mT @ y / 101, torch.from_numpy(noise))
    np.testing.assert_allclose(ours, found, atol=0.01)


def test_expected_error_is_the_mean_of_many_samples():
    moments, relevance, noise, power = problem(seed=4)
    true = torch.linalg.solve(moments, relevance)
    half = torch.linalg.cholesky(moments)
    draws = torch.Generator().manual_seed(2)
    options = {"generator": draws, "dtype": torch.float64}
    x = torch.randn(400_000, INPUTS, **options) @ half.mT
    z = x + noise.sqrt() * torch.randn(x.shape, **options)
    weights = torch.tensor([0.5, -1.0, 0.25, 2.0, -0.75], dtype=torch.float64)
    sampled = (x @ true - z @ weights).square().mean()
    exact = expected_error(weights, moments, relevance, noise, power.item())
    assert exact.item() == pytest.approx(sampled.item(), rel=0.01)


def test_inverse_variance_is_the_best_average_that_scipy_finds():
    noise = np.array([0.3, 2.0, 0.9, 7.0, 1.1])
    found = minimize(
        lambda w: (w**2 * noise).sum(),
        np.full(5, 0.2),
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
        options={"ftol": 1e-14},
    )
    ours = inverse_variance_weights(torch.from_numpy(noise))
    np.testing.assert_allclose(ours, found.x, atol=1e-5)
    assert found.fun == pytest.approx(1 / (1 / noise).sum(), rel=1e-6)


# ------------------------------------------------------ what the lesson claims


def test_no_step_away_from_the_best_weights_helps():
    moments, relevance, noise, _ = problem(BATCH)
    best = best_weights(moments, relevance, noise)
    least = expected_error(best, moments, relevance, noise, 1.0)
    for step in 0.01 * torch.randn(50, BATCH, INPUTS).double():
        error = expected_error(best + step, moments, relevance, noise, 1.0)
        assert (error > least).all()


def test_more_noise_on_an_input_shrinks_its_own_weight_and_keeps_its_sign():
    for seed in range(50):
        moments, relevance, noise, _ = problem(seed=seed)
        sizes = torch.tensor([0.0, 0.5, 1.0, 10.0, 1e4, 1e8]).double()
        tried = noise.repeat(len(sizes), 1)
        tried[:, 2] = sizes
        own = best_weights(moments, relevance, tried)[:, 2]
        assert (own.abs().diff() < 0).all()
        assert (own.sign() == own[0].sign()).all()


def test_one_common_signal_makes_the_weights_inverse_to_the_noise():
    noise = torch.tensor([0.25, 1.0, 3.0, 7.0], dtype=torch.float64)
    for power in (0.01, 1.0, 100.0):
        moments = torch.full((4, 4), power, dtype=torch.float64)
        found = best_weights(moments, moments[0], noise)
        expected = power / (1 + power * (1 / noise).sum())
        torch.testing.assert_close(found * noise, torch.full_like(noise, expected))
    loud = torch.full((4, 4), 1e9, dtype=torch.float64)  # then they sum to one
    found = best_weights(loud, loud[0], noise)
    torch.testing.assert_close(
        found, inverse_variance_weights(noise), rtol=1e-6, atol=0
    )


# ---------------------------------------------------- axes, types, gradients


def test_leading_axes_broadcast():
    moments, relevance, _, _ = problem(2, 1)
    noise = torch.rand(7, INPUTS).double()
    found = best_weights(moments, relevance, noise)
    assert found.shape == (2, 7, INPUTS)
    one = best_weights(moments[1, 0], relevance[1, 0], noise[4])
    torch.testing.assert_close(found[1, 4], one)
    errors = expected_error(found, moments, relevance, noise, 1.0)
    one = expected_error(found[1, 4], moments[1, 0], relevance[1, 0], noise[4], 1.0)
    torch.testing.assert_close(errors[1, 4], one)


@pytest.mark.parametrize("dtype", FLOATS)
def test_every_float_type_comes_back(dtype):
    moments, relevance, noise, _ = problem(BATCH)
    given = [each.to(dtype) for each in (moments, relevance, noise)]
    exact = [each.double() for each in given]
    tolerance = {torch.float16: 5e-3, torch.bfloat16: 4e-2}.get(dtype, 1e-4)
    found = best_weights(*given)
    assert found.dtype == dtype
    expected = best_weights(*exact)
    assert torch.allclose(found.double(), expected, rtol=tolerance, atol=tolerance)
    shares = inverse_variance_weights(given[2])
    assert shares.dtype == dtype
    expected = inverse_variance_weights(exact[2])
    assert torch.allclose(shares.double(), expected, rtol=tolerance, atol=tolerance)


def test_gradients():
    moments, relevance, noise, _ = problem()
    weights = torch.randn(INPUTS, dtype=torch.float64)
    for tensor in (relevance, noise, weights):
        tensor.requires_grad_()
    check = torch.autograd.gradcheck
    assert check(lambda c, v: best_weights(moments, c, v), (relevance, noise))
    assert check(inverse_variance_weights, (noise,))
    assert check(
        lambda w, c, v: expected_error(w, moments, c, v, 1.0),
        (weights, relevance, noise),
    )


def test_arguments_stay_as_they_were():
    given = problem(BATCH)[:3]
    copies = [each.clone() for each in given]
    best_weights(*given)
    inverse_variance_weights(given[2])
    for before, after in zip(copies, given, strict=True):
        assert torch.equal(before, after)


# ------------------------------------------------------------------- extremes


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_extreme_noise(dtype):
    noise = torch.tensor([1e-30, 1.0, 1e30], dtype=dtype)
    shares = inverse_variance_weights(noise)
    torch.testing.assert_close(shares, torch.tensor([1.0, 0.0, 0.0], dtype=dtype))
    eye = torch.eye(3, dtype=dtype)
    found = best_weights(eye, torch.ones(3, dtype=dtype), noise)
    expected = torch.tensor([1.0, 0.5, 0.0], dtype=dtype)
    torch.testing.assert_close(found, expected)


def test_one_channel_gets_everything():
    assert inverse_variance_weights(torch.tensor([7.0])).tolist() == [1.0]


def test_no_noise_is_plain_least_squares():
    moments, relevance, noise, _ = problem(BATCH)
    found = best_weights(moments, relevance, 0 * noise)
    torch.testing.assert_close(found, torch.linalg.solve(moments, relevance))


def test_no_problem_at_all():
    moments, relevance, noise, _ = problem(0)
    assert best_weights(moments, relevance, noise).shape == (0, INPUTS)


# ---------------------------------------------------------------- wrong input


@pytest.mark.parametrize("noise", [[0.0, 1.0], [-0.5, 1.0]])
def test_a_variance_must_be_positive(noise):
    with pytest.raises(ValueError, match="noise_variances: expected numbers above 0"):
        inverse_variance_weights(torch.tensor(noise))


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (([[1.0]], torch.ones(1), torch.ones(1)), TypeError, "second_moments: expect"),
        (
            (torch.eye(3), torch.ones(2), torch.ones(2)),
            ValueError,
            r"second_moments: expected shape \(..., 2, 2\) to match relevance",
        ),
        (
            (torch.eye(2), torch.ones(2), torch.ones(3)),
            ValueError,
            r"noise_variances: expected shape \(2\) with one per input",
        ),
        (
            (torch.eye(2), torch.ones(2), torch.tensor([1.0, -1.0])),
            ValueError,
            "noise_variances: expected numbers of at least 0, got -1",
        ),
        (
            (torch.eye(2), torch.tensor([1.0, math.nan]), torch.ones(2)),
            ValueError,
            "relevance: expected finite numbers",
        ),
        (
            (torch.ones(2, 2), torch.ones(2), torch.zeros(2)),
            ValueError,
            "an inverse, got one of lower rank: some inputs repeat others",
        ),
        (
            (torch.eye(2).long(), torch.ones(2), torch.ones(2)),
            TypeError,
            "second_moments: expected floating-point",
        ),
        (
            (torch.tensor([[1.0, math.nan], [0.0, 1.0]]), torch.ones(2), torch.ones(2)),
            ValueError,
            "second_moments: expected finite numbers",
        ),
        (
            (torch.tensor([[1.0, 0.9], [0.0, 1.0]]), torch.ones(2), torch.ones(2)),
            ValueError,
            "second_moments: expected a symmetric matrix",
        ),
        (
            (torch.tensor([[1.0, 3.0], [3.0, 1.0]]), torch.ones(2), torch.ones(2)),
            ValueError,
            "second_moments: expected a positive semi-definite matrix",
        ),
        (
            (torch.eye(2), torch.ones(2).double(), torch.ones(2)),
            TypeError,
            "second_moments: expected torch.float64 to match relevance",
        ),
        (
            (torch.eye(2), torch.ones(2), torch.ones(2).double()),
            TypeError,
            "noise_variances: expected torch.float32 to match relevance",
        ),
        (
            (torch.eye(2).expand(3, 2, 2), torch.ones(5, 2), torch.ones(2)),
            ValueError,
            r"second_moments: expected leading axes .*\(5,\), got \(3,\)",
        ),
        (
            (torch.eye(2), torch.ones(5, 2), torch.ones(3, 2)),
            ValueError,
            "noise_variances: expected leading axes",
        ),
        ((torch.eye(0), torch.ones(0), torch.ones(0)), ValueError, "at least one"),
        ((torch.eye(2), torch.tensor(1.0), torch.ones(2)), ValueError, "relevance: ex"),
    ],
)
def test_what_is_no_problem_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        best_weights(*arguments)


def test_weights_need_one_number_per_input():
    moments, relevance, noise, _ = problem()
    with pytest.raises(ValueError, match=r"weights: expected shape \(5\) with one per"):
        expected_error(torch.ones(3).double(), moments, relevance, noise, 1.0)


@pytest.mark.parametrize(
    ("weights", "error", "message"),
    [
        (torch.full((5,), math.nan).double(), ValueError, "weights: expected finite"),
        (torch.ones(5).long(), TypeError, "weights: expected floating-point"),
        (torch.ones(5), TypeError, "weights: expected torch.float64 to match"),
        (torch.ones(2, 5).double(), ValueError, "weights: expected leading axes"),
    ],
)
def test_weights_must_fit_the_problem(weights, error, message):
    moments, relevance, noise, _ = problem(BATCH)
    with pytest.raises(error, match=message):
        expected_error(weights, moments, relevance, noise, 1.0)


def test_an_error_needs_the_power_of_its_target():
    moments, relevance, noise, _ = problem()
    with pytest.raises(TypeError, match="target_power"):
        expected_error(relevance, moments, relevance, noise)


def test_half_precision_does_not_overflow_on_the_way():
    half = {"dtype": torch.float16}
    loud = torch.full((3,), 40_000.0, **half)
    found = best_weights(40_000 * torch.eye(3, **half), torch.ones(3, **half), loud)
    expected = torch.full((3,), 1 / 80_000, **half)
    torch.testing.assert_close(found, expected, rtol=0.01, atol=1e-7)
    # 1 - 2 (300) 150 + 300^2 + 0: the squares alone are 90 000
    weights, zero = torch.tensor([300.0], **half), torch.zeros(1, **half)
    relevance = torch.tensor([150.0], **half)
    error = expected_error(weights, torch.eye(1, **half), relevance, zero, 1.0)
    assert error.dtype == torch.float16
    assert error.item() == 1.0


@pytest.mark.parametrize(
    ("dtype", "unit"), [(torch.float32, 1e4), (torch.float64, 1e9)]
)
def test_a_unit_of_an_input_is_no_matter_of_rank(dtype, unit):
    units = torch.tensor([1 / unit, unit], dtype=dtype)
    moments = torch.tensor([[1.0, 0.5], [0.5, 1.0]], dtype=dtype)
    scaled = moments * units[:, None] * units
    relevance = torch.tensor([1.0, 1.0], dtype=dtype)
    found = best_weights(scaled, relevance * units, 0 * relevance)
    expected = best_weights(moments, relevance, 0 * relevance)
    torch.testing.assert_close(found * units, expected)


# ------------------------------------------------------------------- explorer


@pytest.mark.parametrize("noise", [(0.05, 10), (0.25, 1), (4, 0.1)])
@pytest.mark.parametrize("correlation", [0, 0.5, 0.9, 1])
@pytest.mark.parametrize("adds", [-1, -0.5, 1])
def test_explorer_shows_the_best_weights(noise, correlation, adds):
    from course_utils.explorers import NoisyInputs

    variances = torch.tensor(noise, dtype=torch.float64)
    wide = {"dtype": torch.float64}
    moments = torch.tensor([[1, correlation], [correlation, 1]], **wide)
    relevance = moments @ torch.tensor([adds, 1], **wide)
    shown = NoisyInputs.compute(*noise, correlation, adds, "free")
    expected = best_weights(moments, relevance, variances)
    assert shown["best"] == pytest.approx(expected.tolist(), abs=1e-12)
    shares = inverse_variance_weights(variances) * expected.abs().sum()
    shares = torch.where(expected < 0, -shares, shares)
    assert shown["claim"] == pytest.approx(shares.tolist(), abs=1e-12)

    shown = NoisyInputs.compute(*noise, correlation, adds, "softmax")["best"]
    tried = torch.linspace(0, 1, 1001).double()
    tried = torch.stack([tried, 1 - tried], dim=-1)  # (shares, inputs)
    errors = expected_error(tried, moments, relevance, variances, 1.0)
    assert shown[0] == pytest.approx(tried[errors.argmin(), 0].item(), abs=1e-3)


def test_explorer_bars_stay_inside_the_picture():
    from itertools import product

    from course_utils.explorers import NoisyInputs

    low, high = NoisyInputs.draw(0.25, 1, 0, 1, "free").axes[0].get_ylim()
    values = [control["values"] for control in NoisyInputs.controls()]
    for case in product(*values):
        shown = NoisyInputs.compute(*case)
        assert low < min(shown["best"] + shown["claim"])
        assert high > max(shown["best"] + shown["claim"])


def test_explorer_says_that_bars_agree_only_where_they_do():
    from itertools import product

    from course_utils.explorers import NoisyInputs

    gaps = set()
    for case in product(*[control["values"] for control in NoisyInputs.controls()]):
        shown = NoisyInputs.compute(*case)
        pairs = zip(shown["best"], shown["claim"], strict=True)
        gap = sum(abs(best - claim) for best, claim in pairs)
        assert ("They differ." in shown["sentence"]) == (gap >= 0.005)
        gaps.add(0.005 < gap < 0.05)
    assert True in gaps  # some states lie close to the threshold
