"""Attention between pairs of places of a feature map, near or far.

A convolution mixes places that lie side by side. The layers here let every place
look at every other one in a single step: the h * w places of a feature map become
tokens, each with a query, a key and a value, and the two steps of ``scoring``
follow. One layer holds (h * w)^2 weights for each image.

``SelfAttention2d`` is the layer of SAGAN. ``NonLocal2d`` is the non-local block in
its four forms. Both add what they found to what came in, and both begin as the
identity: gamma, or the last convolution, starts at 0.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course_utils.arguments import (
    require_choice,
    require_feature_map,
    require_finite,
    require_layer_dtype,
    require_queries_keys_values,
    require_reducible,
    require_size,
)

FORMS = ("gaussian", "embedded gaussian", "dot product", "concatenation")


def as_tokens(features: Tensor) -> Tensor:
    """Return one row for each place: (batch, c, h, w) becomes (batch, h * w, c).

    Places are counted row by row: row * w + column.

    Raises:
        TypeError, ValueError: not a floating-point tensor of four axes.
    """
    require_feature_map("features", features)
    return features.flatten(2).transpose(1, 2)


class SelfAttention2d(nn.Module):
    """Self-attention over the places of a feature map, as in SAGAN.

    weight_ij = softmax over j of query_i . key_j
    output_i = feature_i + gamma * sum over j of weight_ij value_j

    Query and key have channels // reduction numbers, the value has ``channels``.
    ``gamma`` is one learned number that starts at 0: a new layer returns its input.
    The paper does not divide the score by the root of the size; ``scaled`` does.

    Called with features (batch, channels, h, w), it returns the same shape; with
    ``return_weights=True`` also the weights (batch, h * w, h * w), rows = queries.
    Without the weights a fused kernel may be used, which never stores them; it has
    no second derivative. In float16 an unscaled score may pass 65504: the call with
    weights then says so. What comes in NaN or infinite is reported by both.

    Raises:
        TypeError, ValueError: channels below the reduction, features of other axes,
            channels or type, or scores that are not finite.

    Source: Zhang, Goodfellow, Metaxas and Odena 2018, arXiv 1805.08318.
    """

    def __init__(self, channels: int, reduction: int = 8, scaled: bool = False) -> None:
        require_reducible(channels, reduction)
        super().__init__()
        size = channels // reduction
        self.query = nn.Conv2d(channels, size, kernel_size=1)
        self.key = nn.Conv2d(channels, size, kernel_size=1)
        self.value = nn.Conv2d(channels, channels, kernel_size=1)
        self.gamma = nn.Parameter(torch.zeros(()))
        self.scale = size**-0.5 if scaled else 1.0

    def forward(
        self, features: Tensor, return_weights: bool = False
    ) -> Tensor | tuple[Tensor, Tensor]:
        """Return the output, or ``(output, weights)``; see the class."""
        require_feature_map("features", features, self.value.in_channels)
        require_layer_dtype("features", features, self.value.weight)
        queries = self.scale * as_tokens(self.query(features))  # (b, hw, size)
        keys = as_tokens(self.key(features))  # (b, hw, size)
        values = as_tokens(self.value(features))  # (b, hw, channels)
        if return_weights:
            scores = queries @ keys.transpose(1, 2)  # (b, hw, hw)
            require_finite("scores", scores.detach())
            weights = scores.softmax(dim=-1)
            found = weights @ values  # (b, hw, channels)
        else:
            found = fused_attention(queries, keys, values)
            require_finite("what attention found", found.detach())
        found = found.transpose(1, 2).view_as(features)
        output = features + self.gamma * found
        return (output, weights) if return_weights else output


def fused_attention(queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
    """Return softmax(q . k) v without storing the weights, (batch, queries, v).

    PyTorch's fused kernel for the CPU wants three things at once: four axes (a head
    axis after the batch), one width for queries, keys and values, and each row in
    one piece of memory. Otherwise code that stores every weight takes its place, in
    silence. Zeros make up the width: they add nothing to a dot product. Numbers are
    not searched for NaN or infinity; what comes in infinite comes out as NaN.

    Args:
        queries: (batch, queries, d), keys: (batch, keys, d), at least one key.
        values: (batch, keys, v), v of at least d.

    Raises:
        TypeError, ValueError: other axes or types, another number of values than
            of keys, no key, values narrower than the keys.

    Source: the kernels are those of Dao, Fu, Ermon, Rudra and Re 2022,
        arXiv 2205.14135, and of others; PyTorch chooses.
    """
    require_queries_keys_values(queries, keys, values)
    require_size("keys", keys, 2, queries.shape[2], "as wide as the queries")
    if keys.shape[1] == 0:
        raise ValueError("keys: expected at least 1 key, got 0")
    if values.shape[-1] < queries.shape[-1]:
        raise ValueError(
            f"values: expected at least {queries.shape[-1]} numbers each, as many as "
            f"a key has, got {values.shape[-1]}"
        )
    missing = (0, values.shape[-1] - queries.shape[-1])
    one_head = [
        rows.contiguous()[:, None]  # (batch, 1 head, rows, v)
        for rows in (F.pad(queries, missing), F.pad(keys, missing), values)
    ]
    return F.scaled_dot_product_attention(*one_head, scale=1.0)[:, 0]


class NonLocal2d(nn.Module):
    """The non-local block over the places of a feature map, in one of four forms.

    output_i = feature_i + W_z (sum over j of weight_ij g_j), where the weight is

        gaussian            softmax over j of x_i . x_j
        embedded gaussian   softmax over j of theta_i . phi_j
        dot product         theta_i . phi_j / N
        concatenation       relu(w . [theta_i, phi_j]) / N

    with N = h * w places. The last two may be negative or sum to anything: they are
    weights, but no average. theta, phi and g have channels // reduction numbers.
    W_z starts at 0, so that a new block returns its input. The paper adds batch
    normalisation after W_z and may pool phi and g; this block does neither.

    Called with features (batch, channels, h, w), it returns the same shape; with
    ``return_weights=True`` also the weights (batch, h * w, h * w), rows = queries.

    Raises:
        TypeError, ValueError: an unknown form, channels below the reduction,
            features of other axes, channels or type, or weights or averages that are
            not finite.

    Source: Wang, Girshick, Gupta and He 2017, arXiv 1711.07971.
    """

    def __init__(
        self, channels: int, form: str = "embedded gaussian", reduction: int = 2
    ) -> None:
        require_choice("form", form, FORMS)
        require_reducible(channels, reduction)
        super().__init__()
        self.form = form
        size = channels // reduction
        if form != "gaussian":
            self.theta = nn.Conv2d(channels, size, kernel_size=1)
            self.phi = nn.Conv2d(channels, size, kernel_size=1)
        if form == "concatenation":
            self.of_query = nn.Linear(size, 1, bias=False)  # first half of w
            self.of_key = nn.Linear(size, 1, bias=False)  # second half of w
        self.g = nn.Conv2d(channels, size, kernel_size=1)
        self.w_z = nn.Conv2d(size, channels, kernel_size=1)
        nn.init.zeros_(self.w_z.weight)
        nn.init.zeros_(self.w_z.bias)

    def weigh(self, features: Tensor) -> Tensor:
        """Return the weight of every pair of places, (batch, h * w, h * w)."""
        require_feature_map("features", features, self.g.in_channels)
        require_layer_dtype("features", features, self.g.weight)
        if self.form == "gaussian":
            queries = keys = as_tokens(features)  # (batch, hw, channels)
        else:
            queries = as_tokens(self.theta(features))  # (batch, hw, size)
            keys = as_tokens(self.phi(features))  # (batch, hw, size)
        if self.form == "concatenation":
            # w . [q, k] = w_1 . q + w_2 . k: no pair of vectors is stored.
            of_keys = self.of_key(keys).transpose(1, 2)  # (batch, 1, hw)
            return F.relu(self.of_query(queries) + of_keys) / keys.shape[1]
        scores = queries @ keys.transpose(1, 2)  # (batch, hw, hw)
        if self.form == "dot product":
            return scores / keys.shape[1]
        return scores.softmax(dim=-1)

    def forward(
        self, features: Tensor, return_weights: bool = False
    ) -> Tensor | tuple[Tensor, Tensor]:
        """Return the output, or ``(output, weights)``; see the class."""
        weights = self.weigh(features)  # (batch, hw, hw)
        require_finite("weights", weights.detach())
        found = weights @ as_tokens(self.g(features))  # (batch, hw, size)
        require_finite("what attention found", found.detach())
        found = found.transpose(1, 2).unflatten(2, features.shape[2:])
        output = features + self.w_z(found)
        return (output, weights) if return_weights else output
