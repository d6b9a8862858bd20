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
    require_same_dtype,
    require_size,
    require_some_key,
    require_tensor,
)


def boxcar(u: Tensor) -> Tensor:
    """Return K(u) = 1/2 for |u| <= 1, else 0: all keys in reach count alike.

    Second moment 1/3. ``u`` has any shape; so has the result.
    """
    require_tensor("u", u)
    require_no_nan("u", u)
    return (u.abs() <= 1).to(u.dtype) / 2


def triangular(u: Tensor) -> Tensor:
    """Return K(u) = 1 - |u| for |u| <= 1, else 0.

    Second moment 1/6. ``u`` has any shape; so has the result.
    """
    require_tensor("u", u)
    require_no_nan("u", u)
    return torch.relu(1 - u.abs())


def epanechnikov(u: Tensor) -> Tensor:
    """Return K(u) = 3/4 (1 - u^2) for |u| <= 1, else 0: a parabola.

    Second moment 1/5. ``u`` has any shape; so has the result.

    Source: Epanechnikov, "Non-parametric estimation of a multivariate
    probability density", Theory of Probability and its Applications, 1969.
    """
    require_tensor("u", u)
    require_no_nan("u", u)
    return 0.75 * torch.relu(1 - u**2)


def gaussian(u: Tensor) -> Tensor:
    """Return K(u) = exp(-u^2 / 2) / sqrt(2 pi): never quite 0 on paper.

    Second moment 1. ``u`` has any shape; so has the result. In float32 it is 0
    from about |u| = 14.5 on, so weights are not computed as a ratio of these.
    """
    require_tensor("u", u)
    require_no_nan("u", u)
    return torch.exp(-(u**2) / 2) / (2 * torch.pi) ** 0.5


KERNELS = {
    "boxcar": boxcar,
    "triangular": triangular,
    "epanechnikov": epanechnikov,
    "gaussian": gaussian,
}


def kernel_weights(
    distances: Tensor, bandwidth: float | Tensor, kernel: str = "gaussian"
) -> Tensor:
    """Return the weight of each key for each query, shape (queries, keys).

    A row sums to 1, or is all 0 where a compact kernel has no key in reach.
    Arguments as in ``nadaraya_watson``; ``distances`` (queries, keys) are at
    least 0, and the bandwidth is in their units. Float16 is widened on the way.

    Raises:
        TypeError: distances that are not floating-point, a bandwidth not a number.
        ValueError: wrong shapes, no keys, distances that are negative or not
            finite, an unknown kernel, or a bandwidth too small for the type.
    """
    require_tensor("distances", distances, "queries, keys")
    require_finite("distances", distances)
    require_positive("bandwidth", bandwidth)
    require_choice("kernel", kernel, tuple(KERNELS))
    if distances.shape[1] == 0:
        raise ValueError("keys: expected at least one, got none; nothing to average")
    if (distances < 0).any():
        raise ValueError("distances: expected at least 0, got one below; take .abs()")
    wide = distances.to(torch.promote_types(distances.dtype, torch.float32))
    if bandwidth < torch.finfo(wide.dtype).tiny:
        raise ValueError(
            f"bandwidth: expected at least {torch.finfo(wide.dtype).tiny:.3g} for "
            f"{wide.dtype}, got {float(bandwidth):.3g}; count in smaller units"
        )
    if kernel == "gaussian":
        # A softmax ignores a shift of its scores: the nearest key gets score 0.
        # a^2 - b^2 is (a - b)(a + b), which no large or small square can spoil.
        nearest = wide.min(dim=1, keepdim=True).values  # (queries, 1)
        excess = (wide - nearest) / bandwidth * (wide + nearest) / bandwidth
        return torch.softmax(-excess / 2, dim=1).to(distances.dtype)
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

    A compact kernel (boxcar, triangular, Epanechnikov) can leave a query with no
    key within the bandwidth. No weighted average exists then, and no number would
    be honest: by default this raises and names the queries. ``out_of_reach="nan"``
    gives them weights that are all 0 and NaN as prediction: a gap in a plot.

    Args:
        queries: (queries,), where to predict; may be empty.
        keys, values: (keys,) each, where something was observed, and what.
        bandwidth: h > 0, in the units of the keys; a number or a tensor with one
            entry, which may require a gradient.
        kernel: "boxcar", "triangular", "epanechnikov" or "gaussian".
        out_of_reach: "raise" or "nan".

    Raises:
        TypeError: not a floating-point tensor, or tensors of different types.
        ValueError: wrong shapes, no keys, numbers that are not finite, a bandwidth
            not above 0, an unknown kernel, or a query without a key in reach.

    Source: Nadaraya, "On estimating regression", 1964; Watson, "Smooth
    regression analysis", 1964.
    """
    require_pairs(keys, values)
    require_tensor("queries", queries, "queries")
    require_finite("queries", queries)
    require_same_dtype("queries", queries, "keys", keys)
    require_choice("out_of_reach", out_of_reach, ("raise", "nan"))
    distances = (queries[:, None] - keys[None, :]).abs()  # (queries, keys)
    weights = kernel_weights(distances, bandwidth, kernel)  # (queries, keys)
    lonely = weights.sum(dim=1) == 0  # (queries,)
    if out_of_reach == "raise" and lonely.any():
        places = ", ".join(f"{float(x):.4g}" for x in queries[lonely][:3])
        raise ValueError(
            f"queries: expected a key within {float(bandwidth):.4g} of each, got none "
            f"for {int(lonely.sum())} of {len(queries)} (the first at {places}), where "
            f"the {kernel} kernel is 0; take a larger bandwidth, kernel='gaussian', or "
            "out_of_reach='nan' for a gap"
        )
    predictions = (weights @ values).masked_fill(lonely, torch.nan)  # (queries,)
    return predictions, weights


def leave_one_out_error(
    keys: Tensor,
    values: Tensor,
    bandwidth: float | Tensor,
    kernel: str = "gaussian",
) -> Tensor:
    """Return the mean squared error of predicting each value from the others.

        1/n sum_i (y_i - f_without_i(x_i))^2

    A scalar tensor, differentiable in the bandwidth. It is infinite where a compact
    kernel leaves some key with no other in reach: a bandwidth that cannot predict
    every point is never the best one. Arguments as in ``nadaraya_watson``.

    Raises:
        TypeError, ValueError: as ``nadaraya_watson``, and fewer than two keys.

    Source: Stone, "Cross-validatory choice and assessment of statistical
    predictions", Journal of the Royal Statistical Society B 36, 1974.
    """
    require_pairs(keys, values)
    n = len(keys)
    if n < 2:
        raise ValueError(f"keys: expected at least two to leave one out, got {n}")
    others = ~torch.eye(n, dtype=torch.bool, device=keys.device)  # (keys, keys)
    distances = (keys[:, None] - keys[None, :]).abs()  # (keys, keys)
    distances = distances[others].view(n, n - 1)  # (keys, other keys)
    candidates = values.expand(n, n)[others].view(n, n - 1)  # (keys, other keys)
    weights = kernel_weights(distances, bandwidth, kernel)  # (keys, other keys)
    error = (((weights * candidates).sum(dim=1) - values) ** 2).mean()  # ()
    return torch.where((weights.sum(dim=1) > 0).all(), error, torch.inf)


def require_pairs(keys: Tensor, values: Tensor) -> None:
    """Raise unless every key has one value, all finite and of one type."""
    for name, tensor in (("keys", keys), ("values", values)):
        require_tensor(name, tensor, "keys")
        require_finite(name, tensor)
    require_size("values", values, 0, len(keys), "to give every key its value")
    require_same_dtype("values", values, "keys", keys)


class LearnedKernelPooling(nn.Module):
    """Returns Gaussian-kernel averages whose inverse bandwidth w is learned.

        f(x) = sum_i weight_i y_i      weights = softmax_i(-((x - x_i) w)^2 / 2)

    The bandwidth is 1 / |w|: only w^2 counts, so w and -w are one model, and at
    w = 0 the gradient is 0. While training, hide each query's own pair with a
    mask; otherwise the loss falls for as long as w grows. ``initial_w`` is one
    number, or (batch,) to learn one w for each of several data sets at once.

    Raises:
        TypeError, ValueError: an ``initial_w`` that is no number, or not finite.

    Source: Zhang, Lipton, Li, Smola, "Dive into Deep Learning", 2021, arXiv
    2106.11342, chapter on Nadaraya-Watson regression (Chinese edition).
    """

    def __init__(self, initial_w: float | Tensor = 1.0) -> None:
        if isinstance(initial_w, bool) or not isinstance(
            initial_w, int | float | Tensor
        ):
            raise TypeError(
                f"initial_w: expected a number or a torch.Tensor, got {initial_w!r}; "
                "convert a list with torch.tensor(initial_w)"
            )
        super().__init__()
        self.w = nn.Parameter(torch.as_tensor(initial_w) * 1.0)
        require_finite("initial_w", self.w)

    def forward(
        self, queries: Tensor, keys: Tensor, values: Tensor, mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Return predictions (..., queries) and weights (..., queries, keys).

        ``queries``: (..., queries); ``keys``, ``values``: (..., keys); ``mask``:
        boolean, True = may be attended, broadcasts to the weights.

        Raises:
            TypeError: not floating-point tensors of one type, a w of a wider
                type, or a mask that is not boolean.
            ValueError: shapes that do not fit, NaN or infinite numbers, a query
                without any key, or scores beyond the range of the type.
        """
        require_poolable(self.w, queries, keys, values)
        distances = queries.unsqueeze(-1) - keys.unsqueeze(-2)  # (..., queries, keys)
        scores = -((distances * self.w[..., None, None]) ** 2) / 2
        if mask is not None:
            require_mask("mask", mask, scores.shape)
            require_some_key("mask", mask)
            scores = scores.masked_fill(~mask, -torch.inf)
        if (scores == -torch.inf).all(dim=-1).any():
            raise ValueError(
                "scores: expected a finite one for every query, got a query too far "
                f"from all its keys for {scores.dtype}; use a wider type or a smaller w"
            )
        weights = scores.softmax(dim=-1)  # (..., queries, keys)
        require_no_nan("weights", weights)
        predictions = (weights @ values.unsqueeze(-1)).squeeze(-1)  # (..., queries)
        return predictions, weights


def require_poolable(w: Tensor, queries: Tensor, keys: Tensor, values: Tensor) -> None:
    """Raise unless queries, keys, values and w fit together and are finite."""
    for name, tensor in (("keys", keys), ("queries", queries), ("values", values)):
        require_tensor(name, tensor)
        require_finite(name, tensor)
        require_same_dtype(name, tensor, "keys", keys)
    if torch.promote_types(w.dtype, keys.dtype) != keys.dtype:
        raise TypeError(
            f"keys: expected {w.dtype} like w, got {keys.dtype}; convert the module "
            "with .to(keys.dtype)"
        )
    if keys.ndim == 0 or keys.shape[-1] == 0 or values.shape != keys.shape:
        raise ValueError(
            "keys, values: expected at least one key, and one value for each, got "
            f"shapes {tuple(keys.shape)} and {tuple(values.shape)}"
        )
    batches = [tuple(x) for x in (queries.shape[:-1], keys.shape[:-1], w.shape)]
    if len({batch for batch in batches if batch}) > 1:
        raise ValueError(
            "queries, keys, w: expected one batch of data sets, got batches of shape "
            f"{batches[0]}, {batches[1]} and {batches[2]}"
        )
