"""Specimens from sentences: weights of words, places, and the future.

Each function is a published behaviour in our own words, as small as it gets. It
raises no error on what it is made for, and its results have the right shape. The
docstring says what the text or the interface promises; the function does not keep it.
"""

import torch
from torch import Tensor


def published_positions(x: Tensor, codes: Tensor) -> Tensor:
    """Add to each token the code of its place in the sentence (so the claim).

    ``x`` (batch, tokens, size), ``codes`` (places, size), at least as many places as
    rows and tokens. Not kept: the slice counts sentences, so all tokens of a sentence
    get one code, that of the sentence's number in the batch.

    Source: a course's tutorial on transformers, ``x + self.pe[:x.size(0)]`` with
    ``pe`` (places, 1, size), in the version read.
    """
    pe = codes[:, None]  # (places, 1, size)
    return x + pe[: x.shape[0]]


def published_zero_scores(scores: Tensor, mask: Tensor) -> Tensor:
    """Return weights that look only where ``mask`` is True (so the claim).

    Both (..., keys). Not kept: a score of 0 is a score like any other.

    Source: a popular course, "set the score to 0", in the version read.
    """
    return (scores * mask).softmax(dim=-1)


def published_word_weights(states: Tensor, context: Tensor, mask: Tensor) -> Tensor:
    """Return how much each word counts, padding nothing (so the claim).

    ``states`` (batch, words, size), ``context`` (size,), ``mask`` (batch, words),
    True = a word. The weights are to be the softmax of tanh(state) . context over the
    words that are there. Not kept: the scores go through a second tanh, so no word
    of 20 can exceed .28, and padding is weighed like words.

    Source: a PyTorch implementation of hierarchical attention (Yang et al. 2016),
    whose one helper for both products ends in a tanh, in the version read.
    """
    scores = torch.tanh(torch.tanh(states) @ context)  # (batch, words)
    return scores.softmax(dim=-1)


def published_masked_softmax(scores: Tensor, lengths: Tensor) -> Tensor:
    """Return weights over the first ``lengths`` keys of each sentence (so the claim).

    ``scores`` (batch, queries, keys), ``lengths`` (batch,) from 0 to keys. Not kept:
    it writes -1e6 into the caller's scores, gives an empty sentence even weights,
    and a score below -1e6 loses against padding.

    Source: ``masked_softmax`` of Dive into Deep Learning (d2l 1.0.3), shortened.
    """
    places = torch.arange(scores.shape[-1])
    hidden = places >= lengths[:, None, None]  # (batch, 1, keys)
    scores[hidden.expand(scores.shape)] = -1e6
    return scores.softmax(dim=-1)


def published_next_codes(chunk: Tensor, codes: Tensor, seen: int) -> Tensor:
    """Add the codes of the places that come after ``seen`` tokens (so the claim).

    ``chunk`` (batch, tokens, size): a sentence goes on where it stopped, perhaps one
    token at a time. ``codes`` (places, size). Not kept: every chunk begins at place 0.

    Source: Dive into Deep Learning, ``predict_step`` with ``PositionalEncoding``, in
    the version read.
    """
    return chunk + codes[: chunk.shape[1]]


def published_causal(x: Tensor, training: bool) -> Tensor:
    """Return self-attention in which no token sees a later one (so the claim).

    ``x`` (batch, tokens, size) is query, key and value; the score is
    q . k / sqrt(size). Not kept: hidden only while ``training``; validation sees the
    future.

    Source: Dive into Deep Learning, ``TransformerDecoderBlock``, in the version read.
    """
    scores = x @ x.mT / x.shape[-1] ** 0.5  # (batch, tokens, tokens)
    if training:
        future = torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1)
        scores = scores.masked_fill(future, float("-inf"))
    return scores.softmax(dim=-1) @ x


def published_scores(queries: Tensor, keys: Tensor) -> Tensor:
    """Return scaled dot products (so the claim).

    ``queries`` (batch, queries, d), ``keys`` (batch, keys, d); the result (batch,
    queries, keys) is q . k divided by the root of d. Not kept: multiplied by it.

    Source: lecture notes that print a(q, k) = <q, k> sqrt(d), in the version read.
    """
    return queries @ keys.mT * queries.shape[-1] ** 0.5


def published_leave_one_out(x: Tensor, y: Tensor, width: float) -> Tensor:
    """Predict each point of a curve from the other points (so the claim).

    ``x`` and ``y`` (points,); point i averages the values y of all others, weighted by
    the softmax of -((x_i - x_j) / width)^2 / 2. Not kept: each point sees itself, and
    the narrower the width, the better it looks.

    Source: lecture notes on kernel regression with a learned width, which do not leave
    a point's own pair out, in the version read.
    """
    scores = -(((x[:, None] - x) / width) ** 2) / 2  # (points, points)
    return scores.softmax(dim=-1) @ y
