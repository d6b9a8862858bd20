"""Kernel regression: by hand, at its limits, against loops and statsmodels."""

import math
import warnings

import pytest
import torch
from scipy import integrate
from test_explorers import in_page, needs_node

from course_utils.explorers import bandwidth as bandwidth_explorer
from course_utils.kernel_regression import (
    KERNELS,
    kernel_weights,
    leave_one_out_error,
    nadaraya_watson,
)
from course_utils.worlds import noisy_curve, water_level

QUERIES, KEYS = 7, 11
FLOATS = [torch.float16, torch.bfloat16, torch.float32, torch.float64]
NAMES = list(KERNELS)
COMPACT = [name for name in NAMES if name != "gaussian"]
SECOND_MOMENTS = {
    "boxcar": 1 / 3,
    "triangular": 1 / 6,
    "epanechnikov": 1 / 5,
    "gaussian": 1.0,
}


@pytest.fixture
def readings():
    """Queries, keys and values, in double precision, keys less than 1 apart."""
    generator = torch.Generator().manual_seed(3)
    queries = 5 * torch.rand(QUERIES, generator=generator, dtype=torch.float64)
    keys = torch.linspace(0, 5, KEYS, dtype=torch.float64)
    keys = keys + 0.2 * torch.rand(KEYS, generator=generator, dtype=torch.float64)
    values = torch.randn(KEYS, generator=generator, dtype=torch.float64)
    return queries, keys, values


def formula(u, kernel):
    """Each kernel once more, for one number, straight from its definition."""
    if kernel == "gaussian":
        return math.exp(-u * u / 2) / math.sqrt(2 * math.pi)
    if abs(u) > 1:
        return 0.0
    inside = {
        "boxcar": 0.5,
        "triangular": 1 - abs(u),
        "epanechnikov": 0.75 * (1 - u * u),
    }
    return inside[kernel]


def by_loops(queries, keys, values, bandwidth, kernel):
    """Predictions by two loops and a ratio of kernels."""
    answers = []
    for query in queries.tolist():
        heights = [formula((query - key) / bandwidth, kernel) for key in keys.tolist()]
        products = [h * y for h, y in zip(heights, values.tolist(), strict=True)]
        answers.append(sum(products) / sum(heights))
    return torch.tensor(answers, dtype=torch.float64)


# --------------------------------------------------------------------- kernels


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("power", [0, 1, 2])
def test_kernel_moments(name, power):
    """Integral 1, mean 0, and the second moment that tells kernels apart."""

    def integrand(u):
        height = KERNELS[name](torch.tensor(u, dtype=torch.float64))
        return u**power * float(height)

    pieces = [(-9, -1), (-1, 0), (0, 1), (1, 9)]  # kernels have corners there
    found = sum(integrate.quad(integrand, *ends)[0] for ends in pieces)
    expected = {0: 1.0, 1: 0.0, 2: SECOND_MOMENTS[name]}[power]
    assert found == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize("name", NAMES)
def test_kernel_values(name):
    u = torch.tensor([[-1.3, -1.0, -0.4], [0.0, 0.7, 1.0]], dtype=torch.float64)
    expected = [[formula(x, name) for x in row] for row in u.tolist()]
    torch.testing.assert_close(KERNELS[name](u), torch.tensor(expected).double())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", FLOATS)
def test_kernel_keeps_shape_and_type(name, dtype):
    u = torch.zeros(2, 3, 5, dtype=dtype)
    result = KERNELS[name](u)
    assert result.shape == (2, 3, 5) and result.dtype == dtype


# ------------------------------------------------------------- nadaraya_watson


def test_by_hand():
    """Distances 1.5, 0.5, 1.5 at h = 2: heights 1/4, 3/4, 1/4, weights .2 .6 .2."""
    keys, values = torch.tensor([1.0, 2.0, 4.0]), torch.tensor([10.0, 20.0, 40.0])
    predictions, weights = nadaraya_watson(
        torch.tensor([2.5]), keys, values, 2.0, "triangular"
    )
    torch.testing.assert_close(weights, torch.tensor([[0.2, 0.6, 0.2]]))
    torch.testing.assert_close(predictions, torch.tensor([22.0]))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("bandwidth", [0.7, 1.9, 50.0])
def test_equals_two_loops(readings, name, bandwidth):
    predictions, weights = nadaraya_watson(*readings, bandwidth, name)
    expected = by_loops(*readings, bandwidth, name)
    torch.testing.assert_close(predictions, expected)
    assert weights.shape == (QUERIES, KEYS)
    assert (weights >= 0).all()
    torch.testing.assert_close(weights.sum(dim=1), torch.ones(QUERIES).double())


def test_equals_statsmodels(readings):
    queries, keys, values = readings
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from statsmodels.nonparametric.kernel_regression import KernelReg

        peer = KernelReg(
            values.numpy(), keys.numpy(), var_type="c", reg_type="lc", bw=[0.37]
        )
    expected = torch.from_numpy(peer.fit(queries.numpy())[0])
    predictions, _ = nadaraya_watson(queries, keys, values, 0.37)
    torch.testing.assert_close(predictions, expected, atol=1e-12, rtol=0)


def test_gaussian_weights_are_a_softmax(readings):
    queries, keys, _ = readings
    _, weights = nadaraya_watson(*readings, 0.6)
    scores = -((queries[:, None] - keys) ** 2) / (2 * 0.6**2)
    torch.testing.assert_close(weights, torch.softmax(scores, dim=1))


@pytest.mark.parametrize("name", NAMES)
def test_wide_bandwidth_gives_the_mean(readings, name):
    predictions, _ = nadaraya_watson(*readings, 1e7, name)
    expected = readings[2].mean().expand(QUERIES)
    torch.testing.assert_close(predictions, expected, atol=1e-5, rtol=0)


@pytest.mark.parametrize("bandwidth", [1e-3, 1e-12, 1e-30])
def test_narrow_bandwidth_gives_the_nearest_value(readings, bandwidth):
    queries, keys, values = readings
    nearest = values[(queries[:, None] - keys).abs().argmin(dim=1)]
    predictions, weights = nadaraya_watson(queries, keys, values, bandwidth)
    assert torch.equal(predictions, nearest)
    assert torch.equal(weights.max(dim=1).values, torch.ones(QUERIES).double())


@pytest.mark.parametrize("dtype", FLOATS)
def test_far_query_has_a_finite_answer(readings, dtype):
    """The ratio of kernels is 0/0 there; the softmax is not."""
    _, keys, values = (t.to(dtype) for t in readings)
    far = torch.tensor([-40000.0, 40000.0], dtype=dtype)
    predictions, weights = nadaraya_watson(far, keys, values, 0.05)
    assert torch.isfinite(predictions).all()
    torch.testing.assert_close(weights.sum(dim=1), torch.ones(2, dtype=dtype))
    ratio = KERNELS["gaussian"]((far[:1, None] - keys) / 0.05)
    assert ratio.sum() == 0


@pytest.mark.parametrize(
    ("dtype", "far", "narrow"),
    [
        (torch.float32, 1e20, 1e-20),
        (torch.bfloat16, 1e20, 1e-20),
        (torch.float64, 1e160, 1e-160),
    ],
)
def test_squares_beyond_the_range_of_the_type(readings, dtype, far, narrow):
    """Far queries and narrow widths whose squares no longer fit into the type."""
    queries, keys, values = (t.to(dtype) for t in readings)
    predictions, weights = nadaraya_watson(queries[:1] + far, keys, values, 0.05)
    assert torch.isfinite(predictions).all()
    torch.testing.assert_close(weights.sum(dim=1), torch.ones(1, dtype=dtype))
    places = torch.tensor([0.2, 1.9], dtype=dtype)
    predictions, _ = nadaraya_watson(places, keys, values, narrow)
    nearest = (places[:, None] - keys).abs().argmin(dim=1)
    assert torch.equal(predictions, values[nearest])


def test_weights_do_not_know_the_unit():
    distances = torch.tensor([[0.0, 1.0, 2.0]])
    expected = kernel_weights(distances, 0.4)
    for unit in (1e-25, 1e25):
        torch.testing.assert_close(
            kernel_weights(distances * unit, 0.4 * unit), expected
        )


@pytest.mark.parametrize("name", NAMES)
def test_bandwidth_too_small_for_the_type(name):
    keys = torch.linspace(0, 1, KEYS)
    message = r"bandwidth: expected at least 1.18e-38 for torch.float32, got 1e-50"
    with pytest.raises(ValueError, match=message):
        nadaraya_watson(keys, keys, keys, 1e-50, name)
    wide = keys.double()
    predictions, _ = nadaraya_watson(wide, wide, wide, 1e-50, name)
    torch.testing.assert_close(predictions, wide)


def test_a_lone_key_at_the_edge_takes_all_the_weight():
    keys = torch.tensor([0.0, 5.0], dtype=torch.float64)
    query = torch.tensor([0.99999], dtype=torch.float64)
    for name in ("triangular", "epanechnikov"):
        _, weights = nadaraya_watson(query, keys, keys, 1.0, name)
        torch.testing.assert_close(weights, torch.tensor([[1.0, 0.0]]).double())


def test_equally_near_keys_share():
    keys, values = torch.tensor([1.0, 3.0]), torch.tensor([5.0, 9.0])
    predictions, _ = nadaraya_watson(torch.tensor([2.0]), keys, values, 1e-9)
    assert predictions.item() == 7.0


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("name", NAMES)
def test_float_types(readings, name, dtype):
    exact, exact_weights = nadaraya_watson(*readings, 1.3, name)
    narrow = [t.to(dtype) for t in readings]
    predictions, weights = nadaraya_watson(*narrow, 1.3, name)
    assert predictions.dtype == weights.dtype == dtype
    digits = 0.2 if dtype == torch.bfloat16 else 0.02  # a boxcar's edge may flip
    torch.testing.assert_close(predictions.double(), exact, atol=digits, rtol=0)
    torch.testing.assert_close(weights.double(), exact_weights, atol=digits, rtol=0)


def test_half_precision_does_not_overflow():
    """300 squared is more than float16 holds; the weights still tell near from far."""
    keys = torch.tensor([0.0, 300.0, 600.0], dtype=torch.float16)
    _, weights = nadaraya_watson(keys[:1], keys, keys, 300.0)
    expected = torch.softmax(torch.tensor([[0.0, -0.5, -2.0]]), dim=1).half()
    torch.testing.assert_close(weights, expected)


@pytest.mark.parametrize("name", NAMES)
def test_no_queries(name):
    keys = torch.rand(KEYS)
    predictions, weights = nadaraya_watson(torch.empty(0), keys, keys, 1.0, name)
    assert predictions.shape == (0,) and weights.shape == (0, KEYS)


def test_one_key():
    predictions, weights = nadaraya_watson(
        torch.tensor([0.0, 99.0]), torch.tensor([2.0]), torch.tensor([5.0]), 0.1
    )
    assert predictions.tolist() == [5.0, 5.0] and weights.tolist() == [[1.0], [1.0]]


@pytest.mark.parametrize("name", NAMES)
def test_gradients(readings, name):
    queries, keys, values = (t.clone().requires_grad_() for t in readings)
    bandwidth = torch.tensor(1.37, dtype=torch.float64, requires_grad=True)

    def predict(*arguments):
        return nadaraya_watson(*arguments, name)

    if name == "boxcar":  # flat: only the values have a gradient
        predictions, weights = predict(queries, keys, values, bandwidth)
        (found,) = torch.autograd.grad(predictions.sum(), values)
        torch.testing.assert_close(found, weights.sum(dim=0))
    else:
        assert torch.autograd.gradcheck(predict, (queries, keys, values, bandwidth))


def test_arguments_stay_unchanged(readings):
    copies = [t.clone() for t in readings]
    nadaraya_watson(*readings, 0.8)
    leave_one_out_error(*readings[1:], 0.8)
    assert all(torch.equal(a, b) for a, b in zip(copies, readings, strict=True))


# ---------------------------------------------------------------- out of reach


@pytest.mark.parametrize("name", COMPACT)
def test_query_out_of_reach_raises_and_is_named(name):
    keys = torch.tensor([0.0, 1.0, 2.0])
    queries = torch.tensor([1.2, 3.75, 8.5, -7.0, 9.0])
    message = (
        r"queries: expected a key within 1.5 of each, got none for 4 of 5 \(the "
        rf"first at 3.75, 8.5, -7\), where the {name} kernel is 0"
    )
    with pytest.raises(ValueError, match=message):
        nadaraya_watson(queries, keys, keys, 1.5, name)


@pytest.mark.parametrize("name", COMPACT)
def test_gap_on_request(name):
    """Weights 0 and prediction NaN there; neighbours and gradients unharmed."""
    keys = torch.tensor([0.0, 1.0, 2.0], dtype=torch.float64)
    values = torch.tensor([4.0, 5.0, 6.0], dtype=torch.float64, requires_grad=True)
    queries = torch.tensor([1.0, 8.0], dtype=torch.float64)
    predictions, weights = nadaraya_watson(
        queries, keys, values, 1.5, name, out_of_reach="nan"
    )
    assert predictions[0].item() == pytest.approx(5.0)
    assert predictions[1].isnan() and weights[1].tolist() == [0.0, 0.0, 0.0]
    (gradient,) = torch.autograd.grad(predictions[0], values)
    torch.testing.assert_close(gradient, weights[0])


def test_boxcar_reaches_its_edge():
    keys = torch.tensor([0.0, 2.0])
    predictions, _ = nadaraya_watson(torch.tensor([1.0]), keys, keys, 1.0, "boxcar")
    assert predictions.item() == 1.0


# --------------------------------------------------------------- leave one out


@pytest.mark.parametrize("name", NAMES)
def test_leave_one_out_by_hand(readings, name):
    _, keys, values = readings
    errors = []
    for i in range(KEYS):
        rest = [j for j in range(KEYS) if j != i]
        answer = by_loops(keys[i : i + 1], keys[rest], values[rest], 1.1, name)
        errors.append((answer - values[i]) ** 2)
    found = leave_one_out_error(keys, values, 1.1, name)
    assert found.shape == ()
    torch.testing.assert_close(found, torch.stack(errors).mean())


def test_leave_one_out_never_rewards_copying(readings):
    """At a tiny bandwidth the error on its own readings is 0, left out it is not."""
    _, keys, values = readings
    own, _ = nadaraya_watson(keys, keys, values, 1e-9)
    assert torch.equal(own, values)
    assert leave_one_out_error(keys, values, 1e-9) > 0.1


@pytest.mark.parametrize("name", COMPACT)
def test_leave_one_out_is_infinite_without_a_neighbour(name):
    keys = torch.tensor([0.0, 0.1, 5.0])
    assert leave_one_out_error(keys, keys, 1.0, name) == torch.inf
    assert leave_one_out_error(keys, keys, 6.0, name) < torch.inf


def test_leave_one_out_gradient(readings):
    _, keys, values = readings
    bandwidth = torch.tensor(0.9, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(
        lambda h: leave_one_out_error(keys, values, h), bandwidth
    )


def test_two_equal_keys_predict_each_other():
    keys, values = torch.tensor([1.0, 1.0]), torch.tensor([2.0, 5.0])
    assert leave_one_out_error(keys, values, 0.3).item() == 9.0


# -------------------------------------------------------- what a lesson relies on


def test_leave_one_out_finds_a_useful_width():
    """Over twenty rivers it costs little more than the best width of all."""
    moments = torch.linspace(0, 5, 53)
    widths = [0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0]
    ratios = []
    for seed in range(20):
        x, y, truth = noisy_curve(50, seed)
        left_out = [leave_one_out_error(x, y, h) for h in widths]
        fits = [nadaraya_watson(moments, x, y, h)[0] for h in widths]
        errors = torch.stack([((fit - truth(moments)) ** 2).mean() for fit in fits])
        chosen = int(torch.stack(left_out).argmin())
        ratios.append(float(errors[chosen] / errors.min()))
    assert sorted(ratios)[10] < 1.3


def test_noisy_curve():
    world = noisy_curve(11, seed=5, noise=0.0)
    assert world.x.shape == world.y.shape == (11,)
    assert (world.x.diff() > 0).all() and world.x.min() >= 0 and world.x.max() <= 5
    assert torch.equal(world.y, water_level(world.x))
    again, noisy = noisy_curve(11, seed=5, noise=0.0), noisy_curve(11, seed=5)
    assert torch.equal(again.x, world.x) and torch.equal(noisy.x, world.x)
    assert not torch.equal(noisy_curve(11, seed=6).x, world.x)
    many = noisy_curve(4001, seed=2, noise=0.7, truth=torch.cos)
    assert float((many.y - torch.cos(many.x)).std()) == pytest.approx(0.7, rel=0.05)
    assert float(many.x.mean()) == pytest.approx(2.5, rel=0.05)


def test_water_level_by_hand():
    """2 sin(t) + t at a few moments."""
    hours = torch.tensor([0.0, math.pi / 2, math.pi, 3 * math.pi / 2])
    expected = torch.tensor([0.0, 2 + math.pi / 2, math.pi, 3 * math.pi / 2 - 2])
    torch.testing.assert_close(water_level(hours), expected, atol=1e-6, rtol=0)


def test_noisy_curve_tells_what_it_was_made_with():
    assert noisy_curve(3, truth=torch.cos).truth is torch.cos
    many = noisy_curve(4001, seed=9)
    errors = many.y - water_level(many.x)
    assert float(errors.std()) == pytest.approx(0.5, rel=0.05)
    beyond = (errors.abs() > 1.0).double().mean()  # two deviations of a normal
    assert float(beyond) == pytest.approx(0.0455, abs=0.012)
    with pytest.raises(ValueError, match="points: expected"):
        noisy_curve(0)


@pytest.mark.parametrize("kernel", NAMES)
@pytest.mark.parametrize("bandwidth", [0.2, 1.6])
def test_explorer_computes_what_the_package_computes(kernel, bandwidth):
    keys = torch.tensor(bandwidth_explorer.KEYS, dtype=torch.float64)
    values = torch.tensor(bandwidth_explorer.VALUES, dtype=torch.float64)
    places = torch.tensor([*bandwidth_explorer.GRID, 2.5], dtype=torch.float64)
    shown = bandwidth_explorer.compute(bandwidth, kernel, 2.5)
    fit, weights = nadaraya_watson(places, keys, values, bandwidth, kernel, "nan")
    came = [math.nan if x is None else x for x in [*shown["fit"], shown["answer"]]]
    came = torch.tensor(came, dtype=torch.float64)
    torch.testing.assert_close(came, fit, equal_nan=True)
    torch.testing.assert_close(torch.tensor(shown["weights"]).double(), weights[-1])
    left_out = float(leave_one_out_error(keys, values, bandwidth, kernel))
    at = bandwidth_explorer.BANDWIDTHS.index(bandwidth)
    found = shown["left_out"][at]
    assert (math.inf if found is None else found) == pytest.approx(left_out)


def test_explorer_draws_what_it_computed():
    """The marker stands at the bandwidth, and the dots are as large as their weight."""
    shown = bandwidth_explorer.compute(0.2, "gaussian", 2.5)
    fig = bandwidth_explorer.draw(0.2, "gaussian", 2.5)
    left, right = fig.axes
    sizes = left.collections[0].get_sizes()
    assert sizes.argmax() == max(range(40), key=shown["weights"].__getitem__)
    assert list(left.lines[1].get_ydata()) == shown["fit"]
    for line, name in zip(right.lines, ("seen", "left_out", "new"), strict=False):
        assert list(line.get_ydata()) == shown[name]
    assert list(right.lines[3].get_xdata()) == [0.2, 0.2]


@needs_node
def test_explorer_draws_the_same_in_the_page(tmp_path):
    """The marker moves by the logarithm; the heaviest reading is the largest dot."""
    cases = [
        {"bandwidth": h, "kernel": "gaussian", "query": 2.5} for h in (0.05, 0.4, 3.2)
    ]
    page = in_page(bandwidth_explorer.Bandwidth, tmp_path, cases)
    places = []
    for result, picture in zip(page["results"], page["pictures"], strict=True):
        marker = [e for e in picture if e["tag"] == "line"][-1]["attributes"]
        places.append(float(marker["x1"]))
        dots = [e["attributes"] for e in picture if e["tag"] == "circle"][:40]
        radii = [float(dot["r"]) for dot in dots]
        heaviest = max(result["weights"])
        for radius, weight in zip(radii, result["weights"], strict=True):
            expected = 2.2 + 5.5 * math.sqrt(weight / heaviest)
            assert radius == pytest.approx(expected, abs=0.06)
    low, middle, high = places
    assert (middle - low) / (high - low) == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("noise", [-0.1, math.nan, math.inf])
def test_noisy_curve_refuses_noise(noise):
    with pytest.raises(ValueError, match="noise: expected a number of at least 0"):
        noisy_curve(3, noise=noise)


# ----------------------------------------------------------------- wrong input


def call(**changes):
    """``nadaraya_watson`` on good arguments, but for the changes."""
    keys = torch.linspace(0, 1, KEYS)
    good = {
        "queries": torch.linspace(0, 1, QUERIES),
        "keys": keys,
        "values": keys**2,
        "bandwidth": 0.5,
    }
    return nadaraya_watson(**{**good, **changes})


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"bandwidth": -0.3}, ValueError, "bandwidth: expected a number above 0"),
        ({"bandwidth": 0}, ValueError, "bandwidth: expected a number above 0"),
        ({"bandwidth": math.nan}, ValueError, "bandwidth: .* above 0, got nan"),
        ({"bandwidth": math.inf}, ValueError, "bandwidth: .* above 0, got inf"),
        ({"bandwidth": "wide"}, TypeError, "bandwidth: expected a number, got str"),
        ({"bandwidth": torch.ones(3)}, ValueError, r"one number, got shape \(3,\)"),
        ({"kernel": "epanechikov"}, ValueError, "'epanechnikov'.*'epanechikov'"),
        ({"out_of_reach": "zero"}, ValueError, "out_of_reach: expected one of 'raise'"),
        ({"values": torch.rand(5)}, ValueError, r"values: expected shape \(11\)"),
        ({"keys": torch.rand(11, 2)}, ValueError, r"keys: expected shape \(keys\)"),
        ({"queries": torch.rand(7, 1)}, ValueError, r"queries: .*shape \(queries\)"),
        ({"queries": [0.5]}, TypeError, "queries: expected a torch.Tensor, got list"),
        ({"queries": torch.arange(3)}, TypeError, "queries: expected floating-point"),
        ({"queries": torch.rand(3).double()}, TypeError, "queries: .*float32"),
        (
            {"values": torch.rand(11).half()},
            TypeError,
            "values: expected torch.float32",
        ),
        ({"values": torch.full((11,), math.nan)}, ValueError, "values: .*11 NaN"),
        ({"queries": torch.tensor([math.inf])}, ValueError, "queries: expected finite"),
    ],
)
def test_wrong_arguments(changes, error, message):
    with pytest.raises(error, match=message):
        call(**changes)


def test_no_keys():
    nothing = torch.empty(0)
    with pytest.raises(ValueError, match="keys: expected at least one, got none"):
        nadaraya_watson(torch.rand(2), nothing, nothing, 1.0)
    with pytest.raises(ValueError, match="keys: expected at least two to leave one"):
        leave_one_out_error(torch.rand(1), torch.rand(1), 1.0)


def test_kernel_weights_checks_its_distances():
    for distances, message in (
        (torch.rand(3), r"distances: expected shape \(queries, keys\)"),
        (torch.tensor([[-3.0, 1.0]]), "distances: expected at least 0, got one below"),
        (torch.tensor([[math.nan, 1.0]]), "distances: expected finite"),
    ):
        with pytest.raises(ValueError, match=message):
            kernel_weights(distances, 1.0)
