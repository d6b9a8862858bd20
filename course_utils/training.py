"""One training loop for the whole course: seed, progress bar, history."""

import os
from collections.abc import Callable, Iterable

import torch
from torch import Tensor
from tqdm.auto import tqdm

from course_utils.arguments import require_count, require_positive


def fit(
    parameters: Iterable[Tensor],
    loss: Callable[[int], Tensor],
    steps: int,
    learning_rate: float = 0.01,
    seed: int = 0,
    describe: str = "training",
) -> Tensor:
    """Return the loss at every step, shape (steps,), after Adam on ``parameters``.

    ``loss(step)`` computes the scalar loss of that step, drawing its own batch.
    The seed is set first, so the same call gives the same history. The progress
    bar disappears when it is done; ``COURSE_PROGRESS=off`` hides it.

    Raises:
        ValueError: no parameters, a non-positive step count or learning rate,
            or a loss that is not one finite number (the step is named).
    """
    require_count("steps", steps)
    require_positive("learning_rate", learning_rate)
    parameters = list(parameters)
    if not parameters:
        raise ValueError(
            "parameters: expected at least one tensor to train, got none; pass "
            "model.parameters()"
        )
    torch.manual_seed(seed)
    optimiser = torch.optim.Adam(parameters, lr=learning_rate)
    history = torch.empty(steps)
    hidden = os.environ.get("COURSE_PROGRESS") == "off"
    for step in tqdm(range(steps), desc=describe, leave=False, disable=hidden):
        value = loss(step)
        if value.ndim != 0 or not torch.isfinite(value):
            raise ValueError(
                f"loss: expected one finite number at step {step}, got "
                f"{value.detach()}; lower the learning rate, or average the loss"
            )
        optimiser.zero_grad()
        value.backward()
        optimiser.step()
        history[step] = value.detach()
    return history
