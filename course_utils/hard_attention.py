"""Attention that looks at one place: how to train what is drawn by lot.

Soft attention averages the values of all keys. Hard attention draws one key from
the same weights and reads its value alone. Two ways to a gradient:

    REINFORCE       the gradient of log(weight of the place drawn), times how much
                    better than a baseline the look turned out; right on average
    Gumbel-softmax  scores plus Gumbel noise, softmax at a temperature; a gradient
                    from every look, of an objective that is hard attention's own
                    only in the limit of temperature 0

Sizes by axis name: scores (..., keys), one score for each place; values
(..., keys, v). A mask is boolean, True = may be attended.
"""

import math

import torch
from torch import Tensor

from course_utils.arguments import (
    require_finite,
    require_generator,
    require_mask,
    require_positive,
    require_same_dtype,
    require_size,
    require_tensor,
)
from course_utils.scoring import masked_softmax


# loss = - mean over looks of (reward - baseline) * log(weight of the place drawn)
def reinforce_surrogate(
    scores: Tensor,
    places: Tensor,
    rewards: Tensor,
    baseline: float | Tensor = 0.0,
    mask: Tensor | None = None,
) -> Tensor:
    """Return a loss whose gradient is the REINFORCE estimate for hard attention.

    Its value means nothing. Its gradient in the scores is, on average over the
    draw of the places, the gradient of minus the expected reward. No gradient
    reaches the rewards or the baseline. The baseline may be anything that does
    not depend on the place drawn: it changes the spread of the estimate, not
    its average.

    Args:
        scores: (..., keys); the places were drawn from softmax(scores).
        places: (...), whole numbers: the place drawn at each look.
        rewards: (...), what each look was worth; larger is better.
        baseline: a number, or a tensor that broadcasts to the rewards.
        mask: boolean, True = may be attended; broadcasts to ``scores``.

    Returns:
        one number: the mean over all looks.

    Raises:
        TypeError: scores or rewards that are not floating point, places that are
            not whole numbers, a mask that is not boolean.
        ValueError: shapes that do not fit, no look, NaN or infinity, a place that
            is no key, or is hidden by the mask.

    Source: Williams, "Simple statistical gradient-following algorithms for
        connectionist reinforcement learning", Machine Learning 8, 1992; for
        attention Mnih et al. 2014, arXiv 1406.6247, and Xu et al. 2015, arXiv
        1502.03044.
    """
    require_tensor("scores", scores)
    require_finite("scores", scores)
    require_tensor("rewards", rewards)
    require_places(places, scores, mask)
    require_one_for_each_look("rewards", rewards, places, exactly=True)
    require_one_for_each_look("baseline", baseline, places)
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    log_weights = scores.log_softmax(dim=-1)  # (..., keys)
    chosen = log_weights.gather(-1, places.unsqueeze(-1)).squeeze(-1)  # (...)
    advantages = (rewards - baseline).detach()  # (...)
    return -(advantages * chosen).mean()


def require_places(places: object, scores: Tensor, mask: Tensor | None) -> None:
    """Raise unless ``places`` (...) names one allowed key of each row of scores."""
    require_tensor("places", places, floating=False)
    if places.dtype != torch.int64:
        raise TypeError(
            f"places: expected whole numbers (torch.int64), got {places.dtype}; draw "
            "them with torch.multinomial, or convert them with places.long()"
        )
    keys = scores.shape[-1] if scores.ndim else 0
    if scores.ndim == 0 or places.shape != scores.shape[:-1]:
        raise ValueError(
            f"places: expected shape {tuple(scores.shape[:-1])}, one for each row of "
            f"scores {tuple(scores.shape)}, got {tuple(places.shape)}; "
            "torch.multinomial needs squeeze(-1)"
        )
    if places.numel() == 0:
        raise ValueError("places: expected at least one look, got none")
    if keys == 0:
        raise ValueError("scores: expected at least one key, got none")
    if places.min() < 0 or places.max() >= keys:
        raise ValueError(
            f"places: expected numbers from 0 to {keys - 1}, got {int(places.min())} "
            f"to {int(places.max())}"
        )
    if mask is not None:
        require_mask("mask", mask, scores.shape)
        allowed = mask.expand(scores.shape).gather(-1, places.unsqueeze(-1))
        if not allowed.all():
            raise ValueError(
                f"places: expected places that the mask allows, got "
                f"{int((~allowed).sum())} hidden ones; draw from the masked weights"
            )


def require_one_for_each_look(
    name: str, value: object, places: Tensor, exactly: bool = False
) -> None:
    """Raise unless ``value`` is finite and broadcasts to the shape of ``places``."""
    if not isinstance(value, Tensor):
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise TypeError(
                f"{name}: expected a number or a torch.Tensor, got "
                f"{type(value).__name__}; convert it with torch.as_tensor({name})"
            )
        value = torch.tensor(float(value))
    require_finite(name, value)
    try:
        fits = torch.broadcast_shapes(value.shape, places.shape) == places.shape
    except RuntimeError:
        fits = False
    if not fits or (exactly and value.shape != places.shape):
        raise ValueError(
            f"{name}: expected shape {tuple(places.shape)}, one number for each "
            f"place, got {tuple(value.shape)}; remove an axis with squeeze, or take "
            "the mean over it"
        )


# g = - log(wait), the wait exponential with mean 1
def gumbel_noise(like: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """Return independent Gumbel numbers in the shape of ``like``.

    The largest of scores + noise stands at place i with probability
    softmax(scores)_i: this is how to draw a place with an arg max (Gumbel-max).

    They are float32 for half-precision scores, so that the sum is float32 too: a
    sum rounded to half precision no longer draws in these proportions.

    Args:
        like: any shape; only shape, type and device count.
        generator: source of the random numbers; PyTorch's own if left out.

    Returns:
        finite numbers with mean 0.577 and standard deviation 1.28.

    Raises:
        TypeError: not a floating-point tensor.

    Source: Gumbel, Statistical Theory of Extreme Values and Some Practical
        Applications, 1954.
    """
    require_tensor("like", like)
    require_generator("generator", generator)
    wide = torch.promote_types(like.dtype, torch.float32)  # float16 is too coarse
    waits = torch.empty(like.shape, dtype=wide, device=like.device)
    waits.exponential_(generator=generator)  # above 0, with mean 1
    return -waits.log()


def require_table(scores: Tensor, values: Tensor) -> None:
    """Raise unless scores (..., queries, keys) fit values (..., keys, v)."""
    for name, value, axes in (
        ("scores", scores, "(..., queries, keys)"),
        ("values", values, "(..., keys, v)"),
    ):
        require_tensor(name, value)
        if value.ndim < 2:
            raise ValueError(
                f"{name}: expected shape {axes}, got {tuple(value.shape)}; one row "
                "alone needs unsqueeze(0), one number a key unsqueeze(-1)"
            )
    require_size("values", values, -2, scores.shape[-1], "with one value for each key")
    try:
        torch.broadcast_shapes(scores.shape[:-2], values.shape[:-2])
    except RuntimeError:
        raise ValueError(
            f"values: expected leading axes that broadcast to those of scores "
            f"{tuple(scores.shape)}, got {tuple(values.shape)}"
        ) from None
    require_same_dtype("values", values, "scores", scores)


# weights = softmax((scores + g) / temperature); output = weights @ values
def gumbel_softmax_attention(
    scores: Tensor,
    values: Tensor,
    temperature: float = 1.0,
    hard: bool = False,
    mask: Tensor | None = None,
    generator: torch.Generator | None = None,
) -> tuple[Tensor, Tensor]:
    """Return the output and the weights of one noisy look for each query.

    As the temperature falls to 0 the weights become one-hot, at a place drawn
    from softmax(scores); as it grows they become uniform. With ``hard`` the
    weights are one-hot at every temperature, and the gradient is that of the
    weights before they were made so (straight-through).

    Args:
        scores: (..., queries, keys).
        values: (..., keys, v).
        temperature: above 0.
        hard: the output is one value exactly. The gradient stays soft, and needs
            all of them: this does not save reading while training.
        mask: boolean, True = may be attended; broadcasts to ``scores``. A query
            with nothing to attend gets zeros.
        generator: source of the random numbers; PyTorch's own if left out.

    Returns:
        output (..., queries, v) and weights (..., queries, keys).

    Raises:
        TypeError: tensors that are not floating point or of two types, a mask
            that is not boolean, a temperature that is no number.
        ValueError: shapes that do not fit, NaN, a temperature not above 0 or so
            small that scores / temperature is infinite, no key to look at with
            ``hard``.

    Source: Jang, Gu and Poole 2017, arXiv 1611.01144; Maddison et al. 2017,
        arXiv 1611.00712.
    """
    require_table(scores, values)
    require_positive("temperature", temperature)
    if hard and scores.shape[-1] == 0:
        raise ValueError("scores: expected at least one key to look at, got none")
    noisy = (scores + gumbel_noise(scores, generator)) / temperature
    weights = masked_softmax(noisy, mask)  # (..., queries, keys)
    if hard:
        top = weights.argmax(dim=-1, keepdim=True)  # (..., queries, 1)
        one_hot = torch.zeros_like(weights).scatter(-1, top, 1.0) * (weights > 0)
        weights = one_hot + (weights - weights.detach())  # the bracket is 0
    weights = weights.to(scores.dtype)
    return weights @ values, weights
