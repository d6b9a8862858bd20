"""What exercise checks say: the case, what came, a hint, never the answer."""

import pytest
import torch

from course_utils.checks import (
    expect,
    expect_close,
    expect_parts,
    expect_rows_sum_to_one,
    expect_tensor,
    expect_unchanged,
    fail,
    passed,
)


def message_of(function, *arguments, **options):
    with pytest.raises(AssertionError) as caught:
        function(*arguments, **options)
    return str(caught.value)


def test_fail_reads_as_three_lines():
    message = message_of(fail, "two keys", "a negative weight", "square it")
    assert message == "two keys\n  found: a negative weight\n  hint:  square it"


def test_expect_takes_booleans_and_tensors():
    expect(True, "case", "finding", "hint")
    expect(torch.tensor(True), "case", "finding", "hint")
    assert "finding" in message_of(
        expect, torch.tensor(False), "case", "finding", "hint"
    )


def test_expect_tensor_returns_what_it_got():
    got = torch.ones(2, 3)
    assert expect_tensor(got, "case", (2, 3)) is got
    assert expect_tensor(got, "case") is got


@pytest.mark.parametrize(
    ("got", "says"),
    [
        (None, "returned None"),
        ([1.0], "returned list"),
        (torch.ones(3, 2), r"shape (3, 2) where (2, 3)"),
        (torch.tensor([[1.0, torch.nan, 1.0], [torch.nan, 1.0, 1.0]]), "2 of 6"),
    ],
)
def test_expect_tensor_says_what_came(got, says):
    assert says in message_of(expect_tensor, got, "case", (2, 3))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_expect_close_accepts_every_float_type(dtype):
    exact = torch.tensor([0.5, 2.0], dtype=torch.float64)
    expect_close(exact.to(dtype), exact, "case", "hint")


def test_expect_close_accepts_numbers_integers_and_nothing():
    expect_close(2, torch.tensor(2.0), "case", "hint")
    expect_close(2.0, 2.0, "case", "hint")
    expect_close(torch.tensor([1, 2]), torch.tensor([1.0, 2.0]), "case", "hint")
    expect_close(torch.empty(0, 3), torch.empty(0, 3), "case", "hint")


def test_expect_close_is_relative_above_one_and_absolute_below():
    expect_close(torch.tensor(1000.005), torch.tensor(1000.0), "case", "hint")
    assert "off by" in message_of(expect_close, 1000.05, 1000.0, "case", "hint")
    expect_close(torch.tensor(5e-6), torch.tensor(0.0), "case", "hint")
    assert "off by 2e-05" in message_of(expect_close, 2e-5, 0.0, "case", "hint")


def test_expect_close_names_the_worst_place_and_hides_the_answer():
    expected = torch.tensor([[0.125, 7.25, 3.5], [9.75, 0.0, 1.0]])
    got = expected.clone()
    got[0, 1] += 0.5
    got[1, 1] += 2.0
    message = message_of(expect_close, got, expected, "case", "look again")
    assert "off by 2 at index (1, 1)" in message
    assert "look again" in message
    assert "7.25" not in message and "9.75" not in message


def test_expect_close_of_one_number_names_no_place():
    message = message_of(expect_close, torch.tensor(3.0), 1.0, "case", "hint")
    assert "off by 2\n" in message


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (torch.inf, 1.0),
        (1.0, torch.inf),
        (-torch.inf, torch.inf),
        (1.0, torch.nan),
    ],
)
def test_expect_close_does_not_wave_infinity_through(got, expected):
    assert "off by" in message_of(expect_close, got, expected, "case", "hint")


def test_expect_close_accepts_the_same_infinity():
    expect_close(torch.tensor([torch.inf]), torch.tensor([torch.inf]), "case", "hint")


def test_expect_close_leaves_a_gradient_alone():
    got = torch.ones(2, requires_grad=True)
    expect_close(got, torch.ones(2), "case", "hint")
    assert got.requires_grad


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
def test_rows_sum_to_one_in_every_float_type(dtype):
    scores = torch.linspace(-3, 3, 2 * 5 * 7).view(2, 5, 7)
    expect_rows_sum_to_one(scores.to(dtype).softmax(dim=-1), "case")
    expect_rows_sum_to_one(scores.to(dtype).softmax(dim=1), "case", dim=1)
    assert "along which axis" in message_of(
        expect_rows_sum_to_one, scores.to(dtype).softmax(dim=1), "case"
    )


def test_rows_sum_to_one_sees_negative_weights():
    weights = torch.tensor([[1.5, -0.5]])
    assert "negative weight of -0.5" in message_of(
        expect_rows_sum_to_one, weights, "case"
    )


def test_rows_sum_to_one_accepts_weights_with_a_gradient():
    expect_rows_sum_to_one(torch.zeros(2, 3, requires_grad=True).softmax(-1), "case")


def test_rows_sum_to_one_of_no_queries():
    expect_rows_sum_to_one(torch.empty(0, 3), "case")


def test_unchanged_accepts_a_pure_function():
    expect_unchanged(torch.add, [torch.ones(3), torch.ones(3)], "case")
    expect_unchanged(torch.neg, [torch.tensor([torch.nan])], "case")
    expect_unchanged(torch.logical_not, [torch.tensor([True, False])], "case")


@pytest.mark.parametrize(
    "function",
    [
        lambda a, b: b.mul_(2),
        lambda a, b: b.unsqueeze_(0),
        lambda a, b: b.fill_(torch.nan),
    ],
)
def test_unchanged_names_the_argument(function):
    message = message_of(
        expect_unchanged, function, [torch.ones(2), torch.ones(3)], "case"
    )
    assert "argument number 2 was changed" in message


@pytest.mark.parametrize(
    ("got", "found"),
    [
        (None, "returned None"),
        (torch.zeros(2, 3), "returned one Tensor"),
        ((1, 2, 3), "returned 3 results"),
        ([], "returned 0 results"),
    ],
)
def test_parts_are_counted_before_they_are_unpacked(got, found):
    message = message_of(expect_parts, got, "case", ["output", "weights"])
    assert found in message and "in this order: output, weights" in message


def test_parts_come_back_as_they_were():
    for got in ((1, 2), [1, 2]):
        assert expect_parts(got, "case", ["output", "weights"]) is got


def test_passed_prints_one_line(capsys):
    passed("masked softmax")
    assert capsys.readouterr().out == "passed: masked softmax\n"
