"""Which weights are best when inputs are noisy, and when that is one over the noise.

A target y is predicted as w . z from noisy inputs z = x + noise. The noise has mean
0, is independent of x and y, and of input to input. Multiply out the square; every
product with a single noise averages to 0, and what stays is

    E (y - w . z)^2  =  E (y - w . x)^2  +  sum_i var_i w_i^2

So noise acts as a penalty on its own weight, and the best w is a ridge regression
with one penalty per input:

    w*  =  (S + diag(var))^-1 c,    S = E x x^T,   c = E x y

In general w* is not inverse to the noise variance. It is where every input carries
one common signal, equally strong; also among weights that sum to one.
"""

import torch
from torch import Tensor

from course_utils.arguments import (
    require_finite,
    require_invertible,
    require_not_negative,
    require_number,
    require_same_dtype,
    require_size,
    require_tensor,
)


def inverse_variance_weights(noise_variances: Tensor) -> Tensor:
    """Return weights that sum to one, each inverse to the noise of its channel.

    Every channel reads one and the same signal, plus its own independent noise of
    mean 0. Among all averages of the channels (weights that sum to one) this one
    has the least error, 1 / sum_i (1 / var_i):

        weight_i  =  (1 / var_i) / sum_j (1 / var_j)  =  softmax_i(-ln var)

    Args:
        noise_variances: (..., channels), above 0, in any unit.

    Returns:
        (..., channels), above 0 (or rounded to it), summing to one.

    Raises:
        TypeError: not a floating-point tensor.
        ValueError: no channel, or a variance that is 0, negative, or not finite.

    Source: the Gauss-Markov theorem; Aitken, "On Least Squares and Linear
        Combinations of Observations", 1936.
    """
    require_inputs("noise_variances", noise_variances)
    require_not_negative("noise_variances", noise_variances, zero=False)
    return (-noise_variances.log()).softmax(dim=-1)  # (..., channels)


def best_weights(
    second_moments: Tensor, relevance: Tensor, noise_variances: Tensor
) -> Tensor:
    """Return the weights w that predict a target best from noisy inputs.

    w = (S + diag(var))^-1 c: ridge regression with one penalty per input. The
    weights are free: they may be negative and need not sum to one.

    Args:
        second_moments: S, (..., inputs, inputs), the mean of x_i x_j; symmetric
            and positive semi-definite.
        relevance: c, (..., inputs), the mean of x_i y.
        noise_variances: (..., inputs), at least 0. Leading axes broadcast.

    Returns:
        (..., inputs). Half precision is solved in float32 and rounded back.

    Raises:
        TypeError: not floating-point tensors, or of several types.
        ValueError: sizes that do not fit, NaN, a negative variance, second moments
            that are not symmetric or not positive semi-definite, or inputs that
            repeat one another without noise, so that no weights are the best.

    Source: Bishop, "Training with Noise is Equivalent to Tikhonov Regularization",
        Neural Computation 7(1), 1995; exact here, where the prediction is linear.
    """
    require_problem(second_moments, relevance, noise_variances)
    wide = torch.promote_types(relevance.dtype, torch.float32)
    penalties = torch.diag_embed(noise_variances.to(wide))
    penalised = second_moments.to(wide) + penalties  # (..., inputs, inputs)
    require_invertible("second_moments + noise", penalised)
    columns = relevance.to(wide).unsqueeze(-1)  # (..., inputs, 1)
    weights = torch.linalg.solve(penalised, columns).squeeze(-1)
    return weights.to(relevance.dtype)  # (..., inputs)


def expected_error(
    weights: Tensor,
    second_moments: Tensor,
    relevance: Tensor,
    noise_variances: Tensor,
    target_power: float,
) -> Tensor:
    """Return E (y - w . z)^2, the error of any weights, without drawing a sample.

    E y^2 - 2 w . c + w^T S w + sum_i var_i w_i^2.

    Args:
        weights: w, (..., inputs); the other tensors as for ``best_weights``.
        target_power: E y^2. It must belong to the same y as the relevance: with
            a smaller number the "error" may come out below 0.

    Returns:
        (...), one error for each row of weights. Half precision is computed in
        float32 and rounded back.

    Raises:
        TypeError, ValueError: as ``best_weights``, or weights of another size.
    """
    require_problem(second_moments, relevance, noise_variances)
    require_inputs("weights", weights)
    require_size("weights", weights, -1, relevance.shape[-1], "with one per input")
    require_same_dtype("weights", weights, "relevance", relevance)
    require_leading("weights", weights.shape[:-1], relevance.shape[:-1])
    require_number("target_power", target_power, 0)
    w = weights.to(torch.promote_types(weights.dtype, torch.float32))
    gain = (w * relevance).sum(dim=-1)  # w . c, (...)
    spread = (w.unsqueeze(-2) @ second_moments.to(w)).squeeze(-2)  # w^T S
    clean = target_power - 2 * gain + (spread * w).sum(dim=-1)  # no noise
    error = clean + (noise_variances * w**2).sum(dim=-1)  # and its penalty
    return error.to(weights.dtype)


def require_inputs(name: str, value: Tensor) -> None:
    """Raise unless ``value`` is (..., inputs), with an input, and finite."""
    require_tensor(name, value)
    if value.ndim == 0 or value.shape[-1] == 0:
        raise ValueError(
            f"{name}: expected shape (..., inputs) with at least one input, got "
            f"{tuple(value.shape)}"
        )
    require_finite(name, value)


def require_problem(
    second_moments: Tensor, relevance: Tensor, noise_variances: Tensor
) -> None:
    """Raise unless the three belong together; see ``best_weights``."""
    require_inputs("relevance", relevance)
    require_inputs("noise_variances", noise_variances)
    require_tensor("second_moments", second_moments)
    inputs = relevance.shape[-1]
    if second_moments.shape[-2:] != (inputs, inputs):
        raise ValueError(
            f"second_moments: expected shape (..., {inputs}, {inputs}) to match "
            f"relevance, got {tuple(second_moments.shape)}; it holds the mean of "
            "x_i x_j for every pair of inputs"
        )
    require_finite("second_moments", second_moments)
    require_size("noise_variances", noise_variances, -1, inputs, "with one per input")
    require_not_negative("noise_variances", noise_variances)
    require_same_dtype("second_moments", second_moments, "relevance", relevance)
    require_same_dtype("noise_variances", noise_variances, "relevance", relevance)
    leading = relevance.shape[:-1]
    require_leading("second_moments", second_moments.shape[:-2], leading)
    require_leading("noise_variances", noise_variances.shape[:-1], leading)
    require_moments("second_moments", second_moments)


def require_leading(name: str, axes: tuple, others: tuple) -> None:
    """Raise unless the leading axes ``axes`` broadcast with those of relevance."""
    try:
        torch.broadcast_shapes(axes, others)
    except RuntimeError:
        raise ValueError(
            f"{name}: expected leading axes that broadcast with those of relevance, "
            f"{tuple(others)}, got {tuple(axes)}"
        ) from None


def require_moments(name: str, value: Tensor) -> None:
    """Raise unless ``value`` can hold means of x_i x_j, rounding apart."""
    wide = value.detach().to(torch.promote_types(value.dtype, torch.float32))
    slack = torch.finfo(value.dtype).eps ** 0.5 * wide.abs().amax((-2, -1))  # (...)
    if ((wide - wide.mT).abs().amax((-2, -1)) > slack).any():
        raise ValueError(
            f"{name}: expected a symmetric matrix, got one that differs from its "
            "transpose; the mean of x_i x_j is the mean of x_j x_i"
        )
    if (torch.linalg.eigvalsh(wide)[..., 0] < -slack).any():
        raise ValueError(
            f"{name}: expected a positive semi-definite matrix, got a negative "
            "eigenvalue; no data have such means of x_i x_j"
        )
