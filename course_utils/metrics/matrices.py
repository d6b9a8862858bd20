"""How an attention matrix is measured instead of looked at.

An attention matrix ``weights`` has one row per query and one column per key;
each row shares out exactly 1. Two kinds of number describe it:

- how widely a row spreads: its entropy ``H = -sum_j a_j ln a_j``, and the
  effective number of keys ``exp(H)``;
- how much of it follows a known pattern: the average weight that falls on the
  token itself, on the previous token, on near tokens, or on the own block.

A score means something only beside chance: uniform weights over the keys that
each query may see. Cut padding off before you average over queries: a row of
zeros counts as a query that follows no pattern.
"""

import torch
from torch import Tensor

from course_utils.arguments import (
    require_attention,
    require_count,
    require_same_tokens,
    require_size,
    require_tensor,
)


def row_entropy(weights: Tensor) -> Tensor:
    """Return the Shannon entropy of each row, in nats.

    Args:
        weights: (..., queries, keys), rows sum to one. A row of zeros (a
            query with nothing to attend) is allowed; its entropy is 0.

    Returns:
        (..., queries), from 0 (one key takes all) to ln(keys) (uniform).
        Its gradient is finite, also where a weight is exactly 0.

    Raises:
        TypeError: weights are not a floating-point tensor.
        ValueError: fewer than two axes, NaN, a row that does not sum to one, or
            a negative weight.

    Source: Shannon, "A Mathematical Theory of Communication", 1948.
    """
    require_attention("weights", weights)
    # H = sum_j a_j (-ln a_j): the average surprise; 0 ln 0 counts as 0
    tiny = torch.finfo(weights.dtype).tiny
    surprise = -weights.clamp(min=tiny).log()  # (..., queries, keys)
    return (weights * surprise).sum(dim=-1)  # (..., queries)


def effective_keys(weights: Tensor) -> Tensor:
    """Return how many keys each query attends to, effectively.

    ``exp(H)``: a row that is uniform over n keys and zero elsewhere gives n.

    Args:
        weights: (..., queries, keys), rows sum to one (or are all zero).

    Returns:
        (..., queries), from 1 to the number of keys (up to rounding, which in
        float16 is coarse above 1000 keys); 0 for a row of zeros.

    Raises:
        TypeError, ValueError: as ``row_entropy``.

    Source: Hill, "Diversity and Evenness", Ecology 54, 1973 (order 1).
    """
    spread = row_entropy(weights).exp()  # (..., queries)
    attends = weights.sum(dim=-1) > 0  # (..., queries)
    return spread * attends  # (..., queries)


def self_score(weights: Tensor) -> Tensor:
    """Return the average weight that a token gives to itself.

    ``1/n sum_i a[i, i]``; chance for uniform weights is 1/n.

    Args:
        weights: (..., tokens, tokens), rows are queries and sum to one.

    Returns:
        (...), from 0 to 1.

    Raises:
        TypeError, ValueError: not attention weights, or not square.

    Source: named heads, Clark and others, "What Does BERT Look At?", 2019,
        arXiv 1906.04341.
    """
    require_attention("weights", weights)
    require_same_tokens("weights", weights)
    itself = weights.diagonal(dim1=-2, dim2=-1)  # (..., tokens)
    return itself.mean(dim=-1)  # (...)


def previous_token_score(weights: Tensor) -> Tensor:
    """Return the average weight that a token gives to the one before it.

    ``1/(n-1) sum_{i>0} a[i, i-1]``; the first token has no previous token and
    is left out. Chance for uniform weights is 1/n.

    Args:
        weights: (..., tokens, tokens), rows are queries and sum to one.

    Returns:
        (...), from 0 to 1.

    Raises:
        TypeError, ValueError: not attention weights, not square, or fewer
            than two tokens.

    Source: positional heads, Voita and others, "Analyzing Multi-Head
        Self-Attention", 2019, arXiv 1905.09418.
    """
    require_attention("weights", weights)
    require_same_tokens("weights", weights, least=2)
    before = weights.diagonal(offset=-1, dim1=-2, dim2=-1)  # (..., tokens - 1)
    return before.mean(dim=-1)  # (...)


def block_score(weights: Tensor, blocks: Tensor) -> Tensor:
    """Return the average weight that stays inside a token's own block.

    Args:
        weights: (..., tokens, tokens), rows are queries and sum to one.
        blocks: (tokens,), the number of each token's block (its sentence,
            its speaker, its object). Chance for uniform weights is the
            average over tokens of (size of its block) / tokens.

    Returns:
        (...), from 0 to 1.

    Raises:
        TypeError, ValueError: not attention weights, not square, or one
            block number too few or too many.
    """
    require_attention("weights", weights)
    require_same_tokens("weights", weights)
    require_tensor("blocks", blocks, "tokens", floating=False)
    require_size("blocks", blocks, 0, weights.shape[-1], "with one number per token")
    inside = blocks[:, None] == blocks[None, :]  # (tokens, tokens)
    return (weights * inside).sum(dim=-1).mean(dim=-1)  # (...)


def band_score(weights: Tensor, width: int = 1) -> Tensor:
    """Return the average weight on tokens at most ``width`` places away.

    ``1/n sum_i sum_j a[i, j]`` over ``|i - j| <= width``: the band along the
    diagonal, on both sides, the diagonal included (hide it with a mask if a token
    may not attend to itself).

    Args:
        weights: (..., tokens, tokens), rows are queries and sum to one.
        width: how far the band reaches; 0 is the diagonal alone. Chance is the
            score of uniform weights over the keys that each query may see.

    Returns:
        (...), from 0 to 1.

    Raises:
        TypeError, ValueError: not attention weights, not square, or a width that
            is no whole number of at least 0.
    """
    require_attention("weights", weights)
    require_same_tokens("weights", weights)
    require_count("width", width, least=0)
    band = weights.triu(-width).tril(width)  # (..., tokens, tokens)
    return band.sum(dim=-1).mean(dim=-1)  # (...)
