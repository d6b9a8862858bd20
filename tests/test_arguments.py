"""Argument checks: right input passes, wrong input is told the way out."""

import math

import pytest
import torch

from course_utils.arguments import (
    require_choice,
    require_count,
    require_finite,
    require_invertible,
    require_mask,
    require_no_nan,
    require_not_negative,
    require_number,
    require_positive,
    require_same_dtype,
    require_size,
    require_some_key,
    require_tensor,
)

FLOATS = [torch.float16, torch.bfloat16, torch.float32, torch.float64]


@pytest.mark.parametrize("dtype", FLOATS)
def test_tensor_accepts_every_float_type(dtype):
    require_tensor("keys", torch.ones(2, 3, 5, dtype=dtype), "batch, keys, size")


def test_tensor_accepts_any_axes_when_none_are_named():
    require_tensor("keys", torch.ones(()))
    require_tensor("keys", torch.ones(2, 3, 5, 7))
    require_tensor("lengths", torch.ones(2, dtype=torch.long), "batch", floating=False)


@pytest.mark.parametrize(
    ("value", "error", "says"),
    [
        ([1.0], TypeError, r"keys: expected a torch.Tensor, got list; .*as_tensor"),
        (torch.ones(2, dtype=torch.long), TypeError, r"got torch.int64; .*float\(\)"),
        (torch.ones(2, dtype=torch.bool), TypeError, r"got torch.bool"),
        (torch.ones(2, 3), ValueError, r"shape \(keys\), that is 1 axis, got \(2, 3\)"),
        (torch.ones(()), ValueError, r"got \(\); add or remove an axis"),
    ],
)
def test_tensor_says_what_came(value, error, says):
    with pytest.raises(error, match=says):
        require_tensor("keys", value, "keys")


def test_tensor_counts_the_axes_it_names():
    with pytest.raises(ValueError, match=r"\(batch, keys\), that is 2 axes, got \(5"):
        require_tensor("keys", torch.ones(5), "batch, keys")


def test_size_names_the_axis_in_place():
    require_size("keys", torch.ones(2, 7), -1, 7, "to match queries")
    with pytest.raises(
        ValueError, match=r"keys: expected shape \(2, 5\) to match queries, got \(2, 7"
    ):
        require_size("keys", torch.ones(2, 7), -1, 5, "to match queries")
    with pytest.raises(ValueError, match=r"\(3, 7\)"):
        require_size("keys", torch.ones(2, 7), 0, 3, "with the batch of queries")


def test_same_dtype():
    require_same_dtype("keys", torch.ones(2), "queries", torch.ones(3))
    with pytest.raises(TypeError, match=r"expected torch.float32 to match queries"):
        require_same_dtype("keys", torch.ones(2).double(), "queries", torch.ones(3))


def test_nan_and_infinity_are_counted():
    holes = torch.tensor([torch.nan, 1.0, torch.inf, torch.nan, 0.0])
    require_no_nan("scores", torch.tensor([torch.inf, 1.0]))
    require_finite("scores", torch.tensor([1.0, -1e30]))
    with pytest.raises(ValueError, match=r"scores: expected numbers, got 2 NaN of 5"):
        require_no_nan("scores", holes)
    with pytest.raises(ValueError, match=r"got 3 NaN or infinite of 5"):
        require_finite("scores", holes)


def test_empty_tensors_hold_no_nan():
    require_no_nan("scores", torch.empty(0, 3))
    require_finite("scores", torch.empty(0, 3))


@pytest.mark.parametrize("shape", [(2, 3, 5), (1, 3, 5), (2, 1, 5), (5,), ()])
def test_mask_accepts_what_broadcasts(shape):
    require_mask("mask", torch.ones(shape, dtype=torch.bool), (2, 3, 5))


@pytest.mark.parametrize("shape", [(3,), (2, 5, 3), (7, 2, 3, 5), (2, 3, 7)])
def test_mask_of_another_shape(shape):
    with pytest.raises(ValueError, match=r"broadcasts to \(2, 3, 5\), got"):
        require_mask("mask", torch.ones(shape, dtype=torch.bool), (2, 3, 5))


def test_mask_may_not_enlarge_the_scores():
    with pytest.raises(ValueError, match=r"broadcasts to \(1, 5\)"):
        require_mask("mask", torch.ones(3, 5, dtype=torch.bool), (1, 5))


@pytest.mark.parametrize(
    ("mask", "says"),
    [
        (torch.ones(5), r"got torch.float32; compare first"),
        (torch.ones(5, dtype=torch.int64), r"got torch.int64"),
        ([True, False], r"got list"),
    ],
)
def test_mask_that_is_not_boolean(mask, says):
    with pytest.raises(TypeError, match=says):
        require_mask("mask", mask, (5,))


@pytest.mark.parametrize("value", [1, 0.5, 1e-30, torch.tensor(2.0), torch.tensor([3])])
def test_positive_accepts(value):
    require_positive("bandwidth", value)


@pytest.mark.parametrize(
    ("value", "error", "says"),
    [
        (0, ValueError, "above 0, got 0"),
        (-1.5, ValueError, "got -1.5"),
        (float("inf"), ValueError, "got inf"),
        (float("nan"), ValueError, "got nan"),
        (torch.tensor(-2.0), ValueError, "got -2"),
        (torch.ones(3), ValueError, r"got shape \(3,\)"),
        ("1", TypeError, "got str"),
        (None, TypeError, "got NoneType"),
        (True, TypeError, "got bool"),
        (torch.tensor(True), TypeError, "got bool"),
    ],
)
def test_positive_refuses(value, error, says):
    with pytest.raises(error, match=f"bandwidth: expected .*{says}"):
        require_positive("bandwidth", value)


def test_count():
    require_count("steps", 1)
    require_count("steps", 0, least=0)
    with pytest.raises(ValueError, match="steps: expected at least 2, got 1"):
        require_count("steps", 1, least=2)
    for wrong in (1.0, True, "3", None):
        with pytest.raises(TypeError, match="steps: expected a whole number"):
            require_count("steps", wrong)


def test_choice_lists_the_choices():
    require_choice("kernel", "boxcar", ("boxcar", "gaussian"))
    with pytest.raises(ValueError, match="one of 'boxcar', 'gaussian', got 'box'"):
        require_choice("kernel", "box", ("boxcar", "gaussian"))


def test_some_key_for_every_query():
    require_some_key("mask", torch.tensor([[True, False], [False, True]]))
    with pytest.raises(ValueError, match=r"mask: expected a key for every .* got 2"):
        require_some_key(
            "mask", torch.tensor([[False, False, True], [False] * 3])[:, :2]
        )


def test_number_between_two_ends():
    for value in (-1, 0.5, 1):
        require_number("share", value, -1, 1)
    require_number("noise", 1e9, 0)
    with pytest.raises(ValueError, match="noise: expected a number of at least 0, got"):
        require_number("noise", -1e-9, 0)
    for value in (math.nan, math.inf, 1.01):
        with pytest.raises(ValueError, match="share: expected a number of at least -1"):
            require_number("share", value, -1, 1)
    for value in (True, "1", torch.tensor(1.0)):
        with pytest.raises(TypeError, match="share: expected a number, got"):
            require_number("share", value, -1, 1)


def test_variances_are_not_negative():
    require_not_negative("variances", torch.tensor([0.0, 2.0]))
    with pytest.raises(ValueError, match=r"of at least 0, got -2; a variance"):
        require_not_negative("variances", torch.tensor([0.0, -2.0]))
    with pytest.raises(ValueError, match="expected numbers above 0, got 0"):
        require_not_negative("variances", torch.tensor([0.0, 2.0]), zero=False)


def test_rank_does_not_depend_on_the_unit():
    require_invertible("S", torch.diag(torch.tensor([1e20, 1.0, 1e-20])))
    require_invertible("S", torch.eye(3).half())
    for matrix in (
        torch.zeros(2, 2),
        torch.ones(5, 3, 3),
        torch.diag(torch.arange(3.0)),
    ):
        with pytest.raises(ValueError, match="S: expected a matrix with an inverse"):
            require_invertible("S", matrix)
