"""No token may see the future: the mask, and the test that finds a leak.

A decoder learns to predict the next token from the tokens so far. While it trains,
all tokens lie before it at once; a mask hides those to come. A mask that is missing
somewhere raises no error, and no loss or accuracy on real data says "leak", so it
takes a test to find it.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from course_utils.arguments import (
    require_callable,
    require_count,
    require_device,
    require_tensor,
)


def causal_mask(size: int, device: torch.device | str | None = None) -> Tensor:
    """Return a boolean mask (size, size): query i may attend to keys 0 to i.

    True = may be attended. Broadcasts to (batch, queries, keys).

    Raises:
        TypeError, ValueError: a size below 1, or no device.
    """
    require_count("size", size)
    require_device("device", device)
    return torch.ones(size, size, dtype=torch.bool, device=device).tril()


@torch.no_grad()
def future_leak(function: Callable[[Tensor], Tensor], x: Tensor) -> float:
    """Return how far the future moves the past: 0 for a causal ``function``.

    For every place t the tokens after t are exchanged for noise; the result is the
    largest change of an output up to t, over all t. ``function`` maps ``x`` (batch,
    tokens, size) to one tensor of outputs (batch, tokens, ...), the last of which may
    be missing, and must give the same for the same: set dropout to 0 if it is tested
    in training mode. Test it as it trains and as it is used, ``model.train()`` and
    ``model.eval()``: a leak may be in one of them only. A model that takes letters is
    tested behind its embedding.

    Raises:
        TypeError, ValueError: ``x`` without three axes, empty or with fewer than 2
            tokens; outputs that are no floating-point tensor with those axes.
    """
    require_callable("function", function, "a function of x")
    require_tensor("x", x, "batch, tokens, size")
    require_count("rows of x", x.shape[0])
    require_count("tokens of x", x.shape[1], least=2)
    require_count("numbers in a token of x", x.shape[2])
    noise, before, moved = torch.randn_like(x), function(x.clone()), []
    if not isinstance(before, Tensor):
        raise TypeError(
            f"function: expected one tensor of outputs, got {type(before).__name__}; "
            "for a layer that returns (output, weights) write "
            "lambda x: layer(x, x, x)[0]"
        )
    if not before.is_floating_point():
        raise TypeError(
            f"function: expected floating-point outputs, got {before.dtype}; "
            "hand over the logits, not the choice"
        )
    if before.ndim < 2 or len(before) != len(x) or before.shape[1] < x.shape[1] - 1:
        raise ValueError(
            f"function: expected outputs (batch, tokens, ...) for x of shape "
            f"{tuple(x.shape)}, got {tuple(before.shape)}"
        )
    for t in range(x.shape[1] - 1):
        changed = torch.cat([x[:, : t + 1], noise[:, t + 1 :]], dim=1)
        after = function(changed)  # (batch, tokens, ...)
        moved.append((after - before)[:, : t + 1].abs().max())
    return torch.stack(moved).max().item()  # NaN stays NaN
