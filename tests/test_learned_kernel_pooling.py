"""Learned width: hand-computed averages, masks, gradients, batches, types."""

import json
import math
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest
import torch
from scipy.special import softmax

from course_utils.explorers.learned_width import (
    CURVES,
    WIDTHS,
    LearnedWidth,
    compute,
    draw,
)
from course_utils.kernel_regression import (
    LearnedKernelPooling,
    leave_one_out_error,
    nadaraya_watson,
)
from course_utils.worlds import noisy_curve, slowing_river

HALVING = math.sqrt(2 * math.log(2))  # exp(score) = 2 ** -(distance ** 2)
KEYS = torch.tensor([0.0, 1.0, 3.0])
VALUES = torch.tensor([1.0, 2.0, 6.0])


def readings(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


def others(n):
    return ~torch.eye(n, dtype=torch.bool)


def test_three_readings_by_hand():
    pooling = LearnedKernelPooling(HALVING)
    predictions, weights = pooling(torch.tensor([1.0]), KEYS, VALUES)
    torch.testing.assert_close(weights, torch.tensor([[8.0, 16.0, 1.0]]) / 25)
    torch.testing.assert_close(predictions, torch.tensor([46 / 25]))


def test_own_pair_left_out_by_hand():
    pooling = LearnedKernelPooling(HALVING)
    predictions, weights = pooling(KEYS, KEYS, VALUES, others(3))
    assert torch.equal(weights.diagonal(), torch.zeros(3))
    torch.testing.assert_close(weights[1], torch.tensor([8.0, 0.0, 1.0]) / 9)
    torch.testing.assert_close(predictions[1], torch.tensor(14 / 9))


@pytest.mark.parametrize("w", [0.3, -1.7, 12.0])
def test_equals_nadaraya_watson_with_one_over_w(w):
    queries, keys, values = readings(5), readings(7, seed=1), readings(7, seed=2)
    predictions, weights = LearnedKernelPooling(w)(queries, keys, values)
    expected = nadaraya_watson(queries, keys, values, bandwidth=1 / abs(w))
    torch.testing.assert_close(predictions, expected[0], rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(weights, expected[1], rtol=1e-5, atol=1e-6)


def test_equals_scipy_and_leave_one_out_error():
    keys, values = readings(11), readings(11, seed=1)
    pooling = LearnedKernelPooling(torch.tensor(2.5, dtype=torch.float64))
    predictions, weights = pooling(keys, keys, values, others(11))
    scores = -((keys[:, None] - keys) ** 2).numpy() * 2.5**2 / 2
    scores[range(11), range(11)] = -math.inf
    torch.testing.assert_close(weights, torch.from_numpy(softmax(scores, axis=1)))
    torch.testing.assert_close(
        ((predictions - values) ** 2).mean(), leave_one_out_error(keys, values, 0.4)
    )


def test_miss_is_one_minus_own_weight_times_honest_miss():
    keys, values = readings(13), readings(13, seed=1)
    pooling = LearnedKernelPooling(torch.tensor(3.0, dtype=torch.float64))
    full, weights = pooling(keys, keys, values)
    honest, _ = pooling(keys, keys, values, others(13))
    expected = (1 - weights.diagonal()) * (values - honest)
    torch.testing.assert_close(values - full, expected)


def test_limits_are_average_pooling_and_the_nearest_key():
    queries = torch.tensor([-0.2, 1.4, 9.0])
    average, _ = LearnedKernelPooling(0.0)(queries, KEYS, VALUES)
    torch.testing.assert_close(average, torch.full((3,), 3.0))
    nearest, _ = LearnedKernelPooling(1000.0)(queries, KEYS, VALUES)
    torch.testing.assert_close(nearest, torch.tensor([1.0, 2.0, 6.0]))


def test_a_far_query_still_gets_a_weighted_average():
    predictions, weights = LearnedKernelPooling(30.0)(
        torch.tensor([1e4, -1e4]), KEYS, VALUES
    )
    assert torch.equal(predictions, torch.tensor([6.0, 1.0]))
    assert torch.equal(weights.sum(dim=1), torch.ones(2))


def loss_at(w, keys, values):
    pooling = LearnedKernelPooling(torch.tensor(w, dtype=torch.float64))
    predictions, _ = pooling(keys, keys, values, others(len(keys)))
    loss = ((predictions - values) ** 2).mean()
    loss.backward()
    return loss.item(), pooling.w.grad.item()


def test_only_the_square_of_w_counts():
    keys, values = readings(7), readings(7, seed=1)
    loss, slope = loss_at(1.3, keys, values)
    assert (loss, -slope) == loss_at(-1.3, keys, values)
    assert loss_at(0.0, keys, values)[1] == 0
    assert slope != 0


def test_gradients_are_right_for_every_argument():
    arguments = [readings(3), readings(5, seed=1), readings(5, seed=2)]
    mask = torch.rand(3, 5, generator=torch.Generator().manual_seed(3)) < 0.6
    mask[:, 0] = True
    pooling = LearnedKernelPooling(torch.tensor(0.8, dtype=torch.float64))
    for each in arguments:
        each.requires_grad_()

    def outputs(w, *inputs):
        return torch.func.functional_call(pooling, {"w": w}, (*inputs, mask))

    assert torch.autograd.gradcheck(outputs, (pooling.w, *arguments))


def test_a_batch_is_as_many_data_sets_apart():
    queries, keys, values = readings(2, 3), readings(2, 5, seed=1), readings(2, 5)
    widths = torch.tensor([0.5, 4.0], dtype=torch.float64)
    predictions, weights = LearnedKernelPooling(widths)(queries, keys, values)
    assert predictions.shape == (2, 3) and weights.shape == (2, 3, 5)
    for i in range(2):
        one = LearnedKernelPooling(widths[i])(queries[i], keys[i], values[i])
        torch.testing.assert_close(predictions[i], one[0])
        torch.testing.assert_close(weights[i], one[1])


def test_many_widths_for_one_data_set():
    widths = torch.tensor([0.5, 1.0, 4.0, 9.0, 2.0])
    predictions, weights = LearnedKernelPooling(widths)(KEYS[:2], KEYS, VALUES)
    assert predictions.shape == (5, 2) and weights.shape == (5, 2, 3)
    alone, _ = LearnedKernelPooling(9.0)(KEYS[:2], KEYS, VALUES)
    torch.testing.assert_close(predictions[3], alone)


def test_each_width_learns_from_its_own_data_set_only():
    pooling = LearnedKernelPooling(torch.ones(2))
    keys, values = readings(2, 7).float(), readings(2, 7, seed=1).float()
    predictions, _ = pooling(keys, keys, values, others(7))
    (predictions[0] - values[0]).square().mean().backward()
    assert pooling.w.grad[0] != 0 and pooling.w.grad[1] == 0


@pytest.mark.parametrize(
    "dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64]
)
def test_every_float_type_comes_back(dtype):
    pooling = LearnedKernelPooling(HALVING).to(dtype)
    predictions, weights = pooling(
        KEYS.to(dtype), KEYS.to(dtype), VALUES.to(dtype), others(3)
    )
    assert predictions.dtype == weights.dtype == dtype
    assert math.isclose(predictions[1].item(), 14 / 9, rel_tol=1e-2)


def test_no_queries_give_no_predictions():
    predictions, weights = LearnedKernelPooling()(torch.empty(0), KEYS, VALUES)
    assert predictions.shape == (0,) and weights.shape == (0, 3)


def test_start_is_copied_and_whole_numbers_are_welcome():
    start = torch.tensor([1.0, 2.0])
    pooling = LearnedKernelPooling(start)
    with torch.no_grad():
        pooling.w.add_(5)
    assert torch.equal(start, torch.tensor([1.0, 2.0]))
    assert LearnedKernelPooling(2).w.dtype == torch.float32
    assert [name for name, _ in pooling.named_parameters()] == ["w"]


def test_arguments_stay_as_they_were():
    mask, keys, values = others(3), KEYS.clone(), VALUES.clone()
    LearnedKernelPooling()(keys, keys, values, mask)
    assert torch.equal(keys, KEYS) and torch.equal(values, VALUES)
    assert torch.equal(mask, others(3))


def test_wrong_masks_are_named():
    pooling = LearnedKernelPooling()
    with pytest.raises(TypeError, match="mask: expected a boolean tensor"):
        pooling(KEYS, KEYS, VALUES, torch.eye(3))
    with pytest.raises(ValueError, match=r"mask: .* broadcasts to \(3, 3\)"):
        pooling(KEYS, KEYS, VALUES, others(2))


def test_a_query_without_any_key_is_named():
    mask = others(3)
    mask[1] = False
    with pytest.raises(ValueError, match="a key for every query, got 1 without any"):
        LearnedKernelPooling()(KEYS, KEYS, VALUES, mask)


def test_a_mask_for_all_queries_at_once():
    mask = torch.tensor([True, False, True])
    _, weights = LearnedKernelPooling()(KEYS[:2], KEYS, VALUES, mask)
    assert torch.equal(weights[:, 1], torch.zeros(2))
    with pytest.raises(ValueError, match="a key for every query, got 1 without any"):
        LearnedKernelPooling()(KEYS, KEYS, VALUES, torch.zeros(3, dtype=torch.bool))


def test_half_precision_out_of_range_is_named_and_a_far_key_is_not():
    far, halves = torch.tensor([400.0]).half(), (KEYS.half(), VALUES.half())
    with pytest.raises(
        ValueError, match=r"too far from all its keys for torch.float16"
    ):
        LearnedKernelPooling().half()(far, *halves)
    keys = torch.tensor([0.0, 1.0, 400.0]).half()  # the third overflows, two do not
    predictions, _ = LearnedKernelPooling(30.0).half()(keys[:1], keys, halves[1])
    assert predictions == 1.0


def test_a_diverged_width_is_named():
    pooling = LearnedKernelPooling()
    with torch.no_grad():
        pooling.w.fill_(torch.nan)
    with pytest.raises(ValueError, match=r"weights: .* got 9 NaN .* diverged training"):
        pooling(KEYS, KEYS, VALUES)


WRONG = {
    "a list": ((KEYS, [1.0], VALUES), TypeError, "keys: expected a torch.Tensor"),
    "whole": ((KEYS, KEYS.long(), VALUES), TypeError, "keys: expected floating"),
    "two types": ((KEYS.double(), KEYS, VALUES), TypeError, "queries: .*float32"),
    "half keys, wide w": (
        (KEYS.half(), KEYS.half(), VALUES.half()),
        TypeError,
        "keys: expected torch.float32 like w, got torch.float16",
    ),
    "a value too few": ((KEYS, KEYS, VALUES[:2]), ValueError, r"\(3,\) and \(2,\)"),
    "an axis too many": ((KEYS, KEYS, VALUES[:, None]), ValueError, r"and \(3, 1\)"),
    "no keys": ((KEYS, KEYS[:0], VALUES[:0]), ValueError, "at least one key"),
    "a hole": (
        (torch.tensor([torch.nan]), KEYS, VALUES),
        ValueError,
        "queries: expected finite numbers, got 1",
    ),
    "an infinite value": (
        (KEYS, KEYS, torch.tensor([1.0, torch.inf, 2.0])),
        ValueError,
        "values: expected finite numbers, got 1",
    ),
}


@pytest.mark.parametrize(("arguments", "error", "says"), WRONG.values(), ids=WRONG)
def test_wrong_arguments_are_named(arguments, error, says):
    with pytest.raises(error, match=says):
        LearnedKernelPooling()(*arguments)


def test_widths_for_another_number_of_data_sets_are_named():
    keys = torch.ones(2, 5)
    with pytest.raises(ValueError, match=r"one batch .* \(2,\), \(2,\) and \(7,\)"):
        LearnedKernelPooling(torch.ones(7))(keys, keys, keys)
    with pytest.raises(ValueError, match="initial_w: expected finite numbers"):
        LearnedKernelPooling(torch.nan)


@pytest.mark.parametrize("index", [0, 13, len(WIDTHS) - 1])
def test_explorer_and_module_find_the_same_errors(index):
    w = WIDTHS[index]
    for pair in ("in", "out"):
        result = compute(w, pair)
        assert math.isclose(result["training"], CURVES[pair][index], abs_tol=1e-4)
        assert math.isclose(result["test"], CURVES["test"][index], abs_tol=1e-4)
    world = noisy_curve(50, seed=0, truth=slowing_river)
    honest = leave_one_out_error(world.x, world.y, 1 / w).item()
    assert math.isclose(honest, CURVES["out"][index], rel_tol=1e-3)


def test_river_by_hand():
    levels = slowing_river(torch.tensor([0.0, 1.0, 5.0]))
    expected = torch.tensor([0.0, 2 * 0.841471 + 1.0, -2 * 0.958924 + 3.623898])
    torch.testing.assert_close(levels, expected, rtol=0, atol=1e-5)


def test_dots_of_the_static_twin_stand_at_the_two_errors():
    fig = draw(5, "in")
    errors = next(axes for axes in fig.axes if axes.get_ylabel() == "Error")
    dots = next(line for line in errors.lines if line.get_marker() == "o")
    result = compute(5, "in")
    assert list(dots.get_xdata()) == [5, 5]
    assert list(dots.get_ydata()) == [result["training"], result["test"]]


def in_page(parameters, folder):
    module, page = folder / "learned_width.mjs", LearnedWidth()._page
    module.write_text(LearnedWidth.module_source(), encoding="utf-8")
    probe = Path(__file__).with_name("explorer_probe.mjs")
    done = subprocess.run(
        ["node", str(probe), str(module)],
        input=json.dumps({"page": page, "cases": [parameters]}).encode(),
        capture_output=True,
        check=True,
    )
    return json.loads(done.stdout)["pictures"][0]


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_page_draws_both_errors_and_every_run_of_equal_weights(tmp_path):
    picture = in_page({"w": 5, "own_pair": "in"}, tmp_path)
    result = compute(5, "in")
    large = [each["attributes"] for each in picture if each["tag"] == "circle"][-2:]
    heights = [float(dot["cy"]) for dot in large]
    # Height falls with the error: 120 pixels for 1.4 units.
    gap = (result["test"] - result["training"]) * 120 / 1.4
    assert math.isclose(heights[0] - heights[1], gap, abs_tol=0.1)
    cells = [each["attributes"] for each in picture if each["tag"] == "rect"]
    cells = [cell for cell in cells if cell.get("height") == "5"]
    runs = 0
    for row in result["weights"]:
        steps = [min(40, math.floor(weight * 80 + 0.5)) for weight in row]
        runs += 1 + sum(a != b for a, b in pairwise(steps))
    assert len(cells) == runs > 200
    assert sum(float(cell["width"]) for cell in cells) == 50 * 50 * 5
