"""Several attentions side by side, each in its own part of the vector.

One head looks once: its weights for a query sum to 1, so what it fetches is one
mixture. Multi-head attention fetches several: it cuts the projected vectors into
``heads`` parts of ``size / heads`` numbers, attends in each part on its own, and
puts the parts together again:

    head_h  = softmax(q_h k_h^T / sqrt(size / heads)) v_h
    output  = W_o [head_1, ..., head_heads]

Cutting is a reshape, so the number of parameters does not depend on ``heads``.
"""

import math

from torch import Tensor, nn

from course_utils.arguments import (
    require_count,
    require_divisor,
    require_head_mask,
    require_layer_dtype,
    require_queries_keys_values,
    require_share,
    require_size,
    require_tensor,
)
from course_utils.scoring import masked_softmax

AS_BUILT = "as this layer was built (see size)"


class MultiHeadAttention(nn.Module):
    """Scaled dot-product attention in ``heads`` parts of the vector.

    Called with queries (batch, queries, size), keys and values (batch, keys,
    size) and a boolean mask, True = may be attended. Returns the output (batch,
    queries, size) and the weights (batch, heads, queries, keys) as they were
    before dropout. ``layer(x, x, x)`` is self-attention.

    A mask of up to three axes broadcasts to (batch, queries, keys) and holds for
    every head; only a mask of four axes, which broadcasts to (batch, heads, queries,
    keys), may tell the heads apart.
    A query with no key allowed gets the bias of ``output_projection``: an average
    of nothing counts as zero.

    Parameters: four linear layers, 4 size (size + 1) numbers, for any ``heads``.

    Raises:
        ValueError: a size that ``heads`` does not divide, tensors whose sizes do
            not match, a mask that does not broadcast.
        TypeError: inputs of another number type than the layer, or than each other.

    Source: Vaswani et al. 2017, arXiv 1706.03762, section 3.2.2.
    """

    def __init__(self, size: int, heads: int, dropout: float = 0.0) -> None:
        require_count("size", size)
        require_count("heads", heads)
        require_divisor("heads", heads, "size", size)
        require_share("dropout", dropout)
        super().__init__()
        self.heads = heads
        self.query_projection = nn.Linear(size, size)
        self.key_projection = nn.Linear(size, size)
        self.value_projection = nn.Linear(size, size)
        self.output_projection = nn.Linear(size, size)
        self.dropout = nn.Dropout(dropout)

    def split(self, x: Tensor) -> Tensor:
        """Cut (batch, tokens, size) into (batch, heads, tokens, size / heads)."""
        require_tensor("x", x, "batch, tokens, size")
        require_size("x", x, 2, self.query_projection.in_features, AS_BUILT)
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    def forward(
        self, queries: Tensor, keys: Tensor, values: Tensor, mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Return ``(output, weights)``; see the class for the shapes."""
        require_queries_keys_values(queries, keys, values)
        for name, value in (("queries", queries), ("keys", keys), ("values", values)):
            require_size(name, value, -1, self.query_projection.in_features, AS_BUILT)
        require_layer_dtype("queries", queries, self.query_projection.weight)
        q = self.split(self.query_projection(queries))  # (batch, heads, queries, part)
        k = self.split(self.key_projection(keys))  # (batch, heads, keys, part)
        v = self.split(self.value_projection(values))  # (batch, heads, keys, part)
        scores = q / math.sqrt(q.shape[-1]) @ k.mT  # (batch, heads, queries, keys)
        if mask is not None:
            require_head_mask("mask", mask, scores.shape)
            mask = mask[:, None] if mask.ndim == 3 else mask  # alike for all heads
        weights = masked_softmax(scores, mask)  # one distribution per head and query
        parts = self.dropout(weights) @ v  # (batch, heads, queries, part)
        joined = parts.transpose(1, 2).flatten(2)  # (batch, queries, size)
        return self.output_projection(joined), weights
