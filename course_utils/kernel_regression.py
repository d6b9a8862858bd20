"""Prediction without training: attention whose weights come from a kernel.

A query x is answered by a weighted average of the values y_i. The weight of
key x_i falls with its distance from x, and a kernel K says how fast:

    f(x) = sum_i w_i y_i      w_i = K(u_i) / sum_j K(u_j)      u_i = |x - x_i| / h

The bandwidth h is the only number to choose. For the Gaussian kernel the
weights are exactly a softmax, softmax_i(-(x - x_i)^2 / (2 h^2)): the first
attention scores of this course.
"""

import torch
from torch import Tensor, nn

from course_utils.arguments import (
    require_choice,
    require_finite,
    require_mask,
    require_no_nan,
    require_positive,
    require_size,
    require_tensor,
)


def boxcar(u: Tensor) -> Tensor:
    """Return K(u) = 1/2 for |u| <= 1, else 0: all keys in reach count alike.

    Second moment 1/3. ``u`` has any shape; so has the result.
    """
    return (u.abs() <= 1).to(u.dtype) / 2


def triangular(u: Tensor) -> Tensor:
    """Return K(u) = 1 - |u| for |u| <= 1, else 0.

    Second moment 1/6. ``u`` has any shape; so has the result.
    """
    return torch.relu(1 - u.abs())


def epanechnikov(u: Tensor) -> Tensor:
    """Return K(u) = 3/4 (1 - u^2) for |u| <= 1, else 0: a parabola.

    Second moment 1/5. ``u`` has any shape; so has the result.

    Source: Epanechnikov, "Non-parametric estimation of a multivariate
    probability density", Theory of Probability and its Applications, 1969.
    """
    return 0.75 * torch.relu(1 - u**2)


def gaussian(u: Tensor) -> Tensor:
    """Return K(u) = exp(-u^2 / 2) / sqrt(2 pi): never quite 0 on paper.

    Second moment 1. ``u`` has any shape; so has the result. In float32 it is 0
    from about |u| = 14.5 on, so weights are not computed as a ratio of these.
    """
    return torch.exp(-(u**2) / 2) / (2 * torch.pi) ** 0.5


KERNELS = {
    "boxcar": boxcar,
    "triangular": triangular,
    "epanechnikov": epanechnikov,
    "gaussian": gaussian,
}


def gaussian_weights(distances: Tensor, bandwidth: float | Tensor) -> Tensor:
    """Return softmax(-distances^2 / (2 bandwidth^2)), shape (queries, keys).

    Rows sum to 1 however far a query is from every key. A softmax does not
    change when one number is added to all its scores; so each row measures
    from its nearest key, whose score is 0 and whose exponential is 1.
    """
    nearest = distances.min(dim=1, keepdim=True).values  # (queries, 1)
    excess = (distances**2 - nearest**2) / bandwidth / bandwidth  # (queries, keys)
    return torch.softmax(-excess / 2, dim=1)  # (queries, keys)


def kernel_weights(
    distances: Tensor, bandwidth: float | Tensor, kernel: str = "gaussian"
) -> Tensor:
    """Return the weight of each key for each query, shape (queries, keys).

    A row sums to 1, or is all 0 where a compact kernel (boxcar, triangular,
    Epanechnikov) has no key in reach. Half precision is widened to float32 in
    between, because it overflows at 65504.

    Args:
        distances: (queries, keys), not negative.
        bandwidth: h > 0, in the units of the distances; a number or a tensor
            with one entry, which may require a gradient.
        kernel: a name in ``KERNELS``.

    Raises:
        TypeError: ``distances`` is not a floating-point tensor.
        ValueError: another number of axes, no keys, a bandwidth that is not
            above 0, or an unknown kernel.
    """
    require_tensor("distances", distances, "queries, keys")
    require_positive("bandwidth", bandwidth)
    require_choice("kernel", kernel, tuple(KERNELS))
    if distances.shape[1] == 0:
        raise ValueError("keys: expected at least one, got none; nothing to average")
    wide = distances.to(torch.promote_types(distances.dtype, torch.float32))
    if kernel == "gaussian":
        return gaussian_weights(wide, bandwidth).to(distances.dtype)
    heights = KERNELS[kernel](wide / bandwidth)  # (queries, keys)
    total = heights.sum(dim=1, keepdim=True)  # (queries, 1)
    weights = heights / total.masked_fill(total == 0, 1.0)  # (queries, keys)
    return weights.to(distances.dtype)


def nadaraya_watson(
    queries: Tensor,
    keys: Tensor,
    values: Tensor,
    bandwidth: float | Tensor,
    kernel: str = "gaussian",
    out_of_reach: str = "raise",
) -> tuple[Tensor, Tensor]:
    """Return predictions (queries,) and the weights (queries, keys) behind them.

        f(x) = sum_i w_i y_i      w_i = K(|x - x_i| / h) / sum_j K(|x - x_j| / h)

    A compact kernel (boxcar, triangular, Epanechnikov) can leave a query with
    no key within the bandwidth. Then no weighted average exists, and no number
    would be honest: by default this raises and names the queries. With
    ``out_of_reach="nan"`` those rows of weights are all 0 and their predictions
    NaN, which a plot shows as a gap.

    Args:
        queries: (queries,), where to predict; may be empty.
        keys: (keys,), where something was observed; at least one.
        values: (keys,), what was observed there.
        bandwidth: h > 0, in the units of the keys; a number or a tensor with
            one entry, which may require a gradient.
        kernel: "boxcar", "triangular", "epanechnikov" or "gaussian".
        out_of_reach: "raise" or "nan".

    Raises:
        TypeError: an argument that is not a floating-point tensor, or tensors
            of different types.
        ValueError: another number of axes, as many values as keys missing, NaN
            or infinite numbers, a bandwidth that is not above 0, an unknown
            kernel, or a query without a key in reach.

    Source: Nadaraya, "On estimating regression", 1964; Watson, "Smooth
    regression analysis", 1964.
    """
    require_pairs(keys, values)
    require_tensor("queries", queries, "queries")
    require_finite("queries", queries)
    require_same_type("queries", queries, "keys", keys)
    require_choice("out_of_reach", out_of_reach, ("raise", "nan"))
    distances = (queries[:, None] - keys[None, :]).abs()  # (queries, keys)
    weights = kernel_weights(distances, bandwidth, kernel)  # (queries, keys)
    in_reach = weights.sum(dim=1) > 0  # (queries,)
    if out_of_reach == "raise" and not in_reach.all():
        raise ValueError(_describe_gap(queries[~in_reach], kernel, float(bandwidth)))
    predictions = (weights @ values).masked_fill(~in_reach, torch.nan)  # (queries,)
    return predictions, weights


def leave_one_out_error(
    keys: Tensor,
    values: Tensor,
    bandwidth: float | Tensor,
    kernel: str = "gaussian",
) -> Tensor:
    """Return the mean squared error of predicting each value from the others.

        1/n sum_i (y_i - f_without_i(x_i))^2

    A scalar tensor, differentiable in the bandwidth. It is infinite where a
    compact kernel leaves some key with no other key in reach: that bandwidth
    cannot predict every point, so a search for the smallest error avoids it.

    Args:
        keys: (keys,), at least two.
        values: (keys,).
        bandwidth: h > 0, in the units of the keys.
        kernel: a name in ``KERNELS``.

    Raises:
        TypeError, ValueError: as ``nadaraya_watson``; fewer than two keys.
    """
    require_pairs(keys, values)
    if len(keys) < 2:
        raise ValueError(
            f"keys: expected at least two to leave one out, got {len(keys)}"
        )
    n = len(keys)
    others = ~torch.eye(n, dtype=torch.bool, device=keys.device)  # (keys, keys)
    distances = (keys[:, None] - keys[None, :]).abs()[others]  # (keys * (keys - 1),)
    weights = kernel_weights(distances.view(n, n - 1), bandwidth, kernel)
    candidates = values.expand(n, n)[others].view(n, n - 1)  # (keys, keys - 1)
    predictions = (weights * candidates).sum(dim=1)  # (keys,)
    error = ((values - predictions) ** 2).mean()  # ()
    return error if (weights.sum(dim=1) > 0).all() else error + torch.inf


def require_pairs(keys: Tensor, values: Tensor) -> None:
    """Raise unless every key has one value, both finite and of one type."""
    require_tensor("keys", keys, "keys")
    require_tensor("values", values, "keys")
    require_size("values", values, 0, len(keys), "to give every key its value")
    require_same_type("values", values, "keys", keys)
    require_finite("keys", keys)
    require_finite("values", values)


def require_same_type(name: str, tensor: Tensor, other: str, like: Tensor) -> None:
    """Raise unless two tensors have the same floating-point type."""
    if tensor.dtype != like.dtype:
        raise TypeError(
            f"{name}: expected {like.dtype} like {other}, got {tensor.dtype}; "
            f"convert one of them, for example {name}.to({other}.dtype)"
        )


def _describe_gap(lonely: Tensor, kernel: str, bandwidth: float) -> str:
    """Return the message for queries that no key can answer."""
    shown = ", ".join(f"{float(x):.4g}" for x in lonely[:3])
    more = f" and {len(lonely) - 3} more" if len(lonely) > 3 else ""
    return (
        f"queries: expected a key within {bandwidth:.4g} of each, got none for "
        f"{len(lonely)} of them (at {shown}{more}): the {kernel} kernel is 0 there; "
        'take a larger bandwidth, kernel="gaussian", or out_of_reach="nan" for a gap'
    )


class LearnedKernelPooling(nn.Module):
    """Returns Gaussian-kernel averages whose inverse bandwidth w is learned.

        f(x) = sum_i weight_i y_i      weights = softmax_i(-((x - x_i) w)^2 / 2)

    The bandwidth is 1 / |w|: only w^2 counts, so w and -w are one model, and at
    w = 0 the gradient is 0. While training, hide each query's own pair with a
    mask; otherwise the loss falls for as long as w grows. ``initial_w`` is one
    number, or (batch,) to learn one w for each of several data sets at once.
    """

    def __init__(self, initial_w: float | Tensor = 1.0) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.as_tensor(initial_w) * 1.0)

    def forward(
        self, queries: Tensor, keys: Tensor, values: Tensor, mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Return predictions (..., queries) and weights (..., queries, keys).

        ``queries``: (..., queries); ``keys``, ``values``: (..., keys); ``mask``:
        boolean, True = may be attended, broadcasts to the weights.

        Raises:
            TypeError: a mask that is not boolean.
            ValueError: a mask of another shape, NaN, or a query without any key.
        """
        distances = queries.unsqueeze(-1) - keys.unsqueeze(-2)  # (..., queries, keys)
        scores = -((distances * self.w[..., None, None]) ** 2) / 2
        if mask is not None:
            require_mask("mask", mask, scores.shape)
            scores = scores.masked_fill(~mask, -torch.inf)
        weights = scores.softmax(dim=-1)  # (..., queries, keys)
        require_no_nan("weights (is there a key for every query?)", weights)
        predictions = (weights @ values.unsqueeze(-1)).squeeze(-1)  # (..., queries)
        return predictions, weights
