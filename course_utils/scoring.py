"""How a query and a key are compared, and what the comparison is used for.

Attention takes two steps. The scores come from a function a(q, k) of one query
and one key; the steps are the same for every such function:

    1. attention distribution   weights = softmax over keys of a(q, k)
    2. weighted average         output  = sum over keys of weight * value

This module holds the softmax that can leave keys out, the scores

    dot            q . k
    scaled dot     q . k / sqrt(d)
    bilinear       q^T M k,  M full or M = W_q^T W_k of low rank
    additive       w^T tanh(W_q q + W_k k)

and one ``nn.Module`` for each, all called in the same way. Sizes by axis name:
queries (batch, queries, .), keys (batch, keys, .), values (batch, keys, v).
"""

import math

import torch
from torch import Tensor, nn

from course_utils.arguments import (
    require_axis,
    require_count,
    require_layer_dtype,
    require_lengths,
    require_mask,
    require_no_nan,
    require_queries_and_keys,
    require_queries_keys_values,
    require_share,
    require_size,
    require_tensor,
)

# Ends of messages: which size was expected, and the way out.
SAME_SIZE = "to match queries (project one of them, or use AdditiveAttention)"
AS_BUILT = "as this layer was built (see query_size and key_size)"


def masked_softmax(scores: Tensor, mask: Tensor | None = None, dim: int = -1) -> Tensor:
    """Return the attention weights of ``scores``: softmax over what is allowed.

    weight_i = exp(s_i) / sum over allowed j of exp(s_j), and 0 where not allowed.

    Masked weights are exactly 0. Where nothing is allowed every weight is 0,
    and so is every gradient. A score of minus infinity counts as masked.
    ``scores`` stays as it was.

    Args:
        scores: (..., keys), any floating-point type.
        mask: boolean, True = may be attended; broadcasts to ``scores``.
        dim: the axis of the keys.

    Raises:
        TypeError: scores that are not floating point, a mask that is not boolean.
        ValueError: NaN or plus infinity in ``scores``, a mask of another shape.
    """
    require_tensor("scores", scores)
    require_no_nan("scores", scores)
    if scores.numel() and scores.detach().amax() == math.inf:
        raise ValueError(
            f"scores: expected numbers below infinity, got {scores.dtype} with plus "
            "infinity; scale the scores down, or compute them in float32"
        )
    require_axis("dim", dim, scores)
    hidden = scores.isneginf()  # (..., keys)
    if mask is not None:
        require_mask("mask", mask, scores.shape)
        hidden = hidden | ~mask
    empty = hidden.all(dim=dim, keepdim=True)  # (..., 1)
    # Softmax over nothing but minus infinity is NaN, and so is its gradient:
    # an empty row is given zeros instead, and its weights are then taken away.
    safe = scores.masked_fill(hidden, -math.inf).masked_fill(empty, 0.0)
    return safe.softmax(dim=dim).masked_fill(hidden, 0.0)


def lengths_to_mask(valid_lens: Tensor, size: int) -> Tensor:
    """Return the mask that allows the first ``valid_lens`` of ``size`` keys.

    Lengths (batch,) hold for every query of a sample and give (batch, 1, keys);
    lengths (batch, queries) give (batch, queries, keys). Both broadcast to
    scores (batch, queries, keys). True = may be attended.

    Raises:
        TypeError: lengths that are not whole numbers.
        ValueError: another number of axes, a length below 0 or above ``size``.
    """
    require_count("size", size)
    require_lengths("valid_lens", valid_lens, size)
    positions = torch.arange(size, device=valid_lens.device)  # (keys,)
    mask = positions < valid_lens[..., None]  # (batch, keys) or (batch, queries, keys)
    return mask[:, None, :] if valid_lens.ndim == 1 else mask


def dot_score(queries: Tensor, keys: Tensor) -> Tensor:
    """Return q . k for every pair, shape (batch, queries, keys).

    Args:
        queries: (batch, queries, d).
        keys: (batch, keys, d), the same d.

    Raises:
        ValueError: sizes that do not match; the message names a way out.

    Source: Luong, Pham and Manning 2015, arXiv 1508.04025, "dot".
    """
    require_queries_and_keys(queries, keys)
    require_size("keys", keys, -1, queries.shape[-1], SAME_SIZE)
    return queries @ keys.transpose(-2, -1)


def scaled_dot_score(queries: Tensor, keys: Tensor) -> Tensor:
    """Return q . k / sqrt(d) for every pair, shape (batch, queries, keys).

    With independent entries of mean 0 and variance 1, q . k has variance d;
    the division brings it back to 1 for every d. The queries are divided, not
    the product: the same numbers, and float16 does not overflow on the way.

    Source: Vaswani et al. 2017, arXiv 1706.03762, section 3.2.1.
    """
    require_queries_and_keys(queries, keys)
    return dot_score(queries / math.sqrt(queries.shape[-1]), keys)


class Attention(nn.Module):
    """The two steps of attention; a subclass says how to ``score``.

    Called with queries (batch, queries, .), keys (batch, keys, .), values
    (batch, keys, v) and a boolean mask that broadcasts to (batch, queries,
    keys), True = may be attended. Returns the output (batch, queries, v) and
    the weights (batch, queries, keys) as they were before dropout.

    A hidden value gets weight 0. It must be a number all the same: 0 times NaN
    or infinity is NaN, so fill padding with zeros.
    """

    def __init__(self, dropout: float = 0.0) -> None:
        require_share("dropout", dropout)
        super().__init__()
        self.dropout = nn.Dropout(dropout)

    def score(self, queries: Tensor, keys: Tensor) -> Tensor:
        """Return one score for every query and key: (batch, queries, keys)."""
        raise NotImplementedError("a subclass of Attention defines score")

    def forward(
        self, queries: Tensor, keys: Tensor, values: Tensor, mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Return ``(output, weights)``; see the class for the shapes."""
        require_queries_keys_values(queries, keys, values)
        scores = self.score(queries, keys)  # (batch, queries, keys)
        weights = masked_softmax(scores, mask)  # step 1: distribution
        return self.dropout(weights) @ values, weights  # step 2: average


class DotProductAttention(Attention):
    """Attention that compares by q . k / sqrt(d), or q . k if not ``scaled``.

    Has no parameters; queries and keys need the same size d.
    """

    def __init__(self, dropout: float = 0.0, scaled: bool = True) -> None:
        super().__init__(dropout)
        self.scaled = scaled

    def score(self, queries: Tensor, keys: Tensor) -> Tensor:
        """Return q . k / sqrt(d), or q . k, shape (batch, queries, keys)."""
        if self.scaled:
            return scaled_dot_score(queries, keys)
        return dot_score(queries, keys)


class BilinearAttention(Attention):
    """Attention that compares by q^T M k with a learned M (query_size, key_size).

    M k is the key, projected into the space of the queries. Without ``rank``, M is
    one full matrix, ``key_projection.weight``. With ``rank``, M = W_q^T W_k: query
    and key are projected to ``rank`` numbers each and compared by a dot product.
    Scores are not scaled: training sets the size of M.

    Source: Luong, Pham and Manning 2015, arXiv 1508.04025, "general".
    """

    def __init__(
        self,
        query_size: int,
        key_size: int,
        rank: int | None = None,
        dropout: float = 0.0,
    ) -> None:
        require_count("query_size", query_size)
        require_count("key_size", key_size)
        require_count("rank", 1 if rank is None else rank)
        super().__init__(dropout)
        self.key_projection = nn.Linear(key_size, rank or query_size, bias=False)
        self.query_projection = (
            nn.Linear(query_size, rank, bias=False) if rank else nn.Identity()
        )

    def score(self, queries: Tensor, keys: Tensor) -> Tensor:
        """Return q^T M k for every pair, shape (batch, queries, keys)."""
        require_queries_and_keys(queries, keys)
        require_size("queries", queries, -1, _query_size(self), AS_BUILT)
        require_size("keys", keys, -1, self.key_projection.in_features, AS_BUILT)
        require_layer_dtype("queries", queries, self.key_projection.weight)
        projected = self.query_projection(queries)  # (batch, queries, rank)
        return dot_score(projected, self.key_projection(keys))


def _query_size(layer: BilinearAttention) -> int:
    shared = layer.key_projection.out_features
    return getattr(layer.query_projection, "in_features", shared)


class AdditiveAttention(Attention):
    """Attention that compares by w^T tanh(W_q q + W_k k).

    A network with one hidden layer reads query and key side by side, so their
    sizes may differ. Without the tanh the query would cancel in the softmax.
    The hidden layer takes (batch, queries, keys, hidden_size) of memory.

    Source: Bahdanau, Cho and Bengio 2014, arXiv 1409.0473.
    """

    def __init__(
        self, query_size: int, key_size: int, hidden_size: int, dropout: float = 0.0
    ) -> None:
        require_count("query_size", query_size)
        require_count("key_size", key_size)
        require_count("hidden_size", hidden_size)
        super().__init__(dropout)
        self.query_projection = nn.Linear(query_size, hidden_size, bias=False)
        self.key_projection = nn.Linear(key_size, hidden_size, bias=False)
        self.hidden_to_score = nn.Linear(hidden_size, 1, bias=False)

    def score(self, queries: Tensor, keys: Tensor) -> Tensor:
        """Return w^T tanh(W_q q + W_k k), shape (batch, queries, keys)."""
        require_queries_and_keys(queries, keys)
        require_size(
            "queries", queries, -1, self.query_projection.in_features, AS_BUILT
        )
        require_size("keys", keys, -1, self.key_projection.in_features, AS_BUILT)
        require_layer_dtype("queries", queries, self.key_projection.weight)
        q = self.query_projection(queries)[:, :, None]  # (batch, queries, 1, hidden)
        k = self.key_projection(keys)[:, None]  # (batch, 1, keys, hidden)
        return self.hidden_to_score(torch.tanh(q + k)).squeeze(-1)
