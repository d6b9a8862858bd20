"""The one training loop: it learns, repeats itself, and names what is wrong."""

import math

import pytest
import torch

from course_utils.training import fit, progress


@pytest.fixture(autouse=True)
def no_bar(monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", "off")


def test_first_adam_step_is_one_learning_rate_against_the_sign():
    # Adam's first step is learning_rate * gradient / (|gradient| + 1e-8).
    point = torch.tensor([3.0, -5.0], requires_grad=True)
    history = fit([point], lambda step: (point**2).sum(), 1, learning_rate=0.25)
    assert history.tolist() == [34.0]
    torch.testing.assert_close(point.detach(), torch.tensor([2.75, -4.75]))


def test_history_is_the_loss_before_each_step_and_reaches_the_minimum():
    point = torch.tensor(4.0, requires_grad=True)
    history = fit([point], lambda step: (point - 1) ** 2 + 7, 300, learning_rate=0.1)
    assert history.shape == (300,)
    assert history[0] == 16
    assert not history.requires_grad
    assert math.isclose(history[-1].item(), 7, abs_tol=1e-3)
    assert math.isclose(point.item(), 1, abs_tol=1e-2)


def test_same_adam_as_a_loop_written_out():
    def start():
        return torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64, requires_grad=True)

    target = torch.tensor([0.3, 0.1, -0.7], dtype=torch.float64)
    ours = start()
    fit([ours], lambda step: ((ours - target) ** 4).mean(), 13, learning_rate=0.05)
    point, first, second = start().detach(), torch.zeros(3), torch.zeros(3)
    for step in range(1, 14):
        gradient = 4 * (point - target) ** 3 / 3
        first = 0.9 * first + 0.1 * gradient
        second = 0.999 * second + 0.001 * gradient**2
        mean, spread = first / (1 - 0.9**step), second / (1 - 0.999**step)
        point = point - 0.05 * mean / (spread.sqrt() + 1e-8)
    torch.testing.assert_close(ours.detach(), point)


def test_same_seed_same_history():
    def run(seed):
        weight = torch.zeros(5, requires_grad=True)
        noisy = lambda step: ((weight - torch.randn(5)) ** 2).mean()  # noqa: E731
        return fit([weight], noisy, 7, seed=seed)

    assert torch.equal(run(0), run(0))
    assert not torch.equal(run(0), run(1))


def test_steps_are_numbered_from_zero():
    seen = []
    weight = torch.ones(1, requires_grad=True)

    def loss(step):
        seen.append(step)
        return weight.sum()

    fit([weight], loss, 3)
    assert seen == [0, 1, 2]


def test_parameters_may_be_a_generator():
    model = torch.nn.Linear(3, 2)
    before = model.weight.detach().clone()
    fit(model.parameters(), lambda step: model(torch.ones(5, 3)).pow(2).mean(), 2)
    assert not torch.equal(model.weight, before)


def test_gradients_do_not_pile_up():
    weight = torch.tensor(1.0, requires_grad=True)
    fit([weight], lambda step: 3 * weight, 5)
    assert weight.grad == 3


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"steps": 0}, ValueError, "steps: expected at least 1, got 0"),
        ({"steps": 2.0}, TypeError, "steps: expected a whole number"),
        ({"learning_rate": 0}, ValueError, "learning_rate: expected a number above 0"),
        ({"parameters": []}, ValueError, "at least one tensor to train, got none"),
        ({"loss": lambda step: 1.0}, TypeError, "at step 0, got float"),
        ({"loss": lambda step: torch.tensor(1.0)}, ValueError, "without gradient"),
    ],
)
def test_wrong_input(options, error, says):
    weight = torch.ones(3, requires_grad=True)
    right = {"parameters": [weight], "loss": lambda step: weight.sum(), "steps": 2}
    with pytest.raises(error, match=says):
        fit(**(right | options))


def test_a_loss_of_several_numbers():
    weight = torch.ones(3, requires_grad=True)
    with pytest.raises(ValueError, match=r"shape \(3,\); take the mean"):
        fit([weight], lambda step: weight * 2, 1)


@pytest.mark.parametrize("bad", [torch.nan, torch.inf])
def test_the_step_at_which_the_loss_breaks_is_named(bad):
    weight = torch.ones((), requires_grad=True)
    with pytest.raises(ValueError, match=f"finite number at step 2, got {bad}"):
        fit([weight], lambda step: weight * (bad if step == 2 else 1), 5)


def test_a_loss_that_reaches_none_of_the_parameters_is_named():
    weight, other = (torch.ones(3, requires_grad=True) for _ in range(2))
    with pytest.raises(ValueError, match="at step 0, got one that reaches none"):
        fit([weight], lambda step: other.sum(), 3)
    fit([weight, other], lambda step: other.sum(), 1)  # one of them is enough


def test_a_parameter_that_ends_as_nan_is_named():
    point = torch.zeros((), requires_grad=True)
    with pytest.raises(ValueError, match=r"parameter 0 after training: .* got 1 NaN"):
        fit([point], lambda step: torch.sqrt(point * 0) + point, 1)


def test_the_bar_says_what_runs_and_leaves_no_trace(monkeypatch):
    monkeypatch.delenv("COURSE_PROGRESS")
    seen = {}

    def record(steps, **options):
        seen.update(options)
        return steps

    monkeypatch.setattr("course_utils.training.tqdm", record)
    weight = torch.ones((), requires_grad=True)
    fit([weight], lambda step: weight * 1, 1, describe="widths")
    assert seen == {"desc": "widths", "leave": False, "disable": False}


def test_the_bar_can_be_hidden(monkeypatch, capsys):
    assert list(progress(3)) == [0, 1, 2]
    captured = capsys.readouterr()
    assert captured.out + captured.err == ""
