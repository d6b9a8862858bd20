"""One training loop for the whole course: seed, progress bar, history.

Every training run repeats four moves: compute a loss, forget the last
gradient, compute this one, take a step. ``fit`` does that with Adam and
keeps the loss of each step. Lesson 04 writes it out.
"""

import os
from collections.abc import Callable, Iterable

import torch
from torch import Tensor
from tqdm.auto import tqdm

from course_utils.arguments import (
    require_callable,
    require_count,
    require_instance,
    require_no_nan,
    require_positive,
)


def fit(
    parameters: Iterable[Tensor],
    loss: Callable[[int], Tensor],
    steps: int,
    learning_rate: float = 0.01,
    seed: int = 0,
    describe: str = "training",
) -> Tensor:
    """Return the loss before every step, shape (steps,); train ``parameters``.

    ``loss(step)`` computes the scalar loss of that step, drawing its own batch.
    The parameters are changed in place by Adam. The seed is set first, so the
    same call gives the same history.

    Raises:
        TypeError: the loss is not a tensor.
        ValueError: no parameters, a non-positive step count or learning rate,
            or a loss that is not one finite number that depends on the
            parameters (the step is named), or a parameter that ends as NaN.
    Source: Kingma and Ba, Adam, 2015, arXiv 1412.6980.
    """
    require_count("steps", steps)
    require_positive("learning_rate", learning_rate)
    require_count("seed", seed, least=0)
    require_callable("loss", loss, "a function of the step")
    require_instance("parameters", parameters, Iterable, "pass model.parameters()")
    parameters = list(parameters)
    if not parameters:
        raise ValueError(
            "parameters: expected at least one tensor to train, got none; pass "
            "model.parameters()"
        )
    for each in parameters:
        require_instance("parameters", each, Tensor, "pass model.parameters()")
    torch.manual_seed(seed)
    optimiser = torch.optim.Adam(parameters, lr=learning_rate)
    history = torch.empty(steps)
    for step in progress(steps, describe):
        value = loss(step)
        require_usable_loss(value, step)
        optimiser.zero_grad()
        value.backward()
        if all(tensor.grad is None for tensor in parameters):
            raise ValueError(
                f"loss: expected a number that depends on the parameters at step "
                f"{step}, got one that reaches none of them; are these the tensors "
                "that the loss uses?"
            )
        optimiser.step()
        history[step] = value.detach()
    for number, tensor in enumerate(parameters):
        require_no_nan(f"parameter {number} after training", tensor)
    return history


def progress(steps: int, describe: str = "training") -> Iterable[int]:
    """Return the numbers 0 to ``steps - 1`` behind a bar that leaves no trace.

    ``COURSE_PROGRESS=off`` in the environment hides the bar.
    """
    require_count("steps", steps, least=0)
    hidden = os.environ.get("COURSE_PROGRESS") == "off"
    return tqdm(range(steps), desc=describe, leave=False, disable=hidden)


def require_usable_loss(value: object, step: int) -> None:
    """Raise unless ``value`` is one finite number with a gradient.

    Raises:
        TypeError: not a tensor.
        ValueError: several numbers, NaN, infinite, or nothing to differentiate.
    """
    if not isinstance(value, Tensor):
        raise TypeError(
            f"loss: expected a torch.Tensor at step {step}, got "
            f"{type(value).__name__}; return the tensor, without .item()"
        )
    if value.ndim != 0:
        raise ValueError(
            f"loss: expected one number at step {step}, got shape "
            f"{tuple(value.shape)}; take the mean"
        )
    if not torch.isfinite(value):
        raise ValueError(
            f"loss: expected a finite number at step {step}, got {value.item()}; "
            "lower the learning rate, or average the loss instead of summing it"
        )
    if not value.requires_grad:
        raise ValueError(
            f"loss: expected a number that depends on the parameters at step "
            f"{step}, got one without gradient; look for .detach(), .item() or "
            "torch.no_grad() on the way"
        )
