"""Hierarchical attention: words make a sentence, sentences make a document.

The same three steps run twice, on words and then on sentences:

    1. read       states h = two-way GRU over the items
    2. weigh      u = tanh(W h + b), score = u . c, weights = softmax of the scores
    3. average    the weighted average of the states is one vector

The **context vector** c is learned and is the same for every text: a query that
asks "does this item matter?". Padding is neither read nor weighed.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from course_utils.arguments import (
    require_count,
    require_index_type,
    require_indices,
    require_layer_dtype,
    require_lengths,
    require_no_nan,
    require_size,
    require_some,
    require_tensor,
)
from course_utils.scoring import lengths_to_mask, masked_softmax

AS_BUILT = "as this layer was built (see size)"


class ContextAttention(nn.Module):
    """Weighted average of states; the weights come from a learned context vector.

    u_i = tanh(W h_i + b), weights = softmax of u_i . c, output = sum weights * h_i.
    A dot product of keys u_i with one constant query c; or additive attention, whose
    constant query has become the bias b.

    Called with states (..., items, size) and a boolean mask that broadcasts to
    (..., items), True = may be attended. Returns the output (..., size) and the
    weights (..., items). Where nothing is allowed both are 0.

    Raises:
        TypeError, ValueError: states of another size or kind, NaN, a wrong mask.

    Source: Yang et al., "Hierarchical Attention Networks for Document
        Classification", NAACL 2016, equations 5 to 10.
    """

    def __init__(self, size: int) -> None:
        require_count("size", size)
        super().__init__()
        self.projection = nn.Linear(size, size)
        self.context = nn.Parameter(torch.randn(size) / math.sqrt(size))

    def score(self, states: Tensor) -> Tensor:
        """Return u . c for each state, shape (..., items)."""
        require_tensor("states", states)
        if states.ndim < 2:
            raise ValueError(
                f"states: expected shape (..., items, size), got {tuple(states.shape)}"
                "; one item alone needs unsqueeze(0)"
            )
        require_size("states", states, -1, len(self.context), AS_BUILT)
        require_layer_dtype("states", states, self.context)
        require_no_nan("states", states)
        return torch.tanh(self.projection(states)) @ self.context

    def forward(
        self, states: Tensor, mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Return ``(output, weights)``; see the class for the shapes."""
        weights = masked_softmax(self.score(states), mask)  # (..., items)
        output = (weights.unsqueeze(-2) @ states).squeeze(-2)  # (..., size)
        return output, weights


class RecurrentEncoder(nn.Module):
    """A GRU that reads each sequence in both directions, and no padding.

    Called with inputs (batch, items, size) and lengths (batch,), whole numbers
    from 0 to items. Returns states (batch, items, 2 * hidden_size): the state of
    an item has read everything before it and everything after it. States of
    padding are 0, except item 0 of an empty sequence: mask those.

    Without the lengths the backward direction would begin with the padding.

    Raises:
        TypeError, ValueError: inputs or lengths of another shape or kind.

    Source: Cho et al. 2014, arXiv 1406.1078 (the GRU); Yang et al., NAACL 2016.
    """

    def __init__(self, size: int, hidden_size: int) -> None:
        require_count("size", size)
        require_count("hidden_size", hidden_size)
        super().__init__()
        self.gru = nn.GRU(size, hidden_size, batch_first=True, bidirectional=True)

    def forward(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        """Return the states; see the class for the shapes."""
        require_tensor("inputs", inputs, "batch, items, size")
        require_size("inputs", inputs, -1, self.gru.input_size, AS_BUILT)
        require_some("inputs", inputs)
        require_layer_dtype("inputs", inputs, self.gru.weight_ih_l0)
        require_lengths("lengths", lengths, inputs.shape[1])
        require_size("lengths", lengths, 0, len(inputs), "with one per sequence")
        packed = pack_padded_sequence(
            inputs,
            lengths.clamp(min=1).cpu(),  # an empty sequence reads one item
            batch_first=True,
            enforce_sorted=False,
        )
        states, _ = self.gru(packed)
        states, _ = pad_packed_sequence(
            states, batch_first=True, total_length=inputs.shape[1]
        )
        return states  # (batch, items, 2 * hidden_size)


class HierarchicalAttention(nn.Module):
    """A classifier of documents that weighs words, then sentences.

    Called with words (batch, sentences, words), whole numbers below
    ``vocabulary``, and word_lens (batch, sentences), the words in each sentence.
    A sentence of length 0 is padding; padding sentences come last. Returns

        logits (batch, classes),
        word weights (batch, sentences, words), which sum to 1 in each sentence,
        sentence weights (batch, sentences), which sum to 1 in each document;

    weights of padding are exactly 0, and all weights of a document without words.
    word weight * sentence weight is a word's share of the document; the shares of a
    document with words sum to 1.

    The four parts may be replaced: encoders are called (inputs, lengths), the
    attentions (states, mask).

    Raises:
        TypeError, ValueError: words or lengths of another shape, kind or range,
            an empty sentence before the last one.

    Source: Yang, Yang, Dyer, He, Smola and Hovy, "Hierarchical Attention
        Networks for Document Classification", NAACL 2016.
    """

    def __init__(
        self, vocabulary: int, embedding_size: int, hidden_size: int, classes: int
    ) -> None:
        require_count("vocabulary", vocabulary)
        require_count("embedding_size", embedding_size)
        require_count("hidden_size", hidden_size)
        require_count("classes", classes)
        super().__init__()
        both_ways = 2 * hidden_size
        self.embedding = nn.Embedding(vocabulary, embedding_size)
        self.word_encoder = RecurrentEncoder(embedding_size, hidden_size)
        self.word_attention = ContextAttention(both_ways)
        self.sentence_encoder = RecurrentEncoder(both_ways, hidden_size)
        self.sentence_attention = ContextAttention(both_ways)
        self.head = nn.Linear(both_ways, classes)

    def forward(
        self, words: Tensor, word_lens: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return ``(logits, word_weights, sentence_weights)``; see the class."""
        require_tensor("words", words, "batch, sentences, words", floating=False)
        require_some("words", words)
        require_indices("words", words, self.embedding.num_embeddings)
        require_index_type("words", words)
        require_lengths("word_lens", word_lens, words.shape[2])
        if word_lens.shape != words.shape[:2]:
            raise ValueError(
                f"word_lens: expected shape {tuple(words.shape[:2])} with one length "
                f"for each sentence, got {tuple(word_lens.shape)}"
            )
        if ((word_lens[:, :-1] == 0) & (word_lens[:, 1:] > 0)).any():
            raise ValueError(
                "word_lens: expected padding sentences (length 0) last, got an empty "
                "sentence before one with words; leave empty sentences out"
            )
        batch, sentences, places = words.shape
        counts = (word_lens > 0).sum(dim=1)  # (batch,) sentences of each
        word_mask = lengths_to_mask(word_lens, places)  # (batch, sentences, words)
        sentence_mask = lengths_to_mask(counts, sentences)[:, 0]

        inputs = self.embedding(words.flatten(0, 1))  # (batch * sentences, words, .)
        states = self.word_encoder(inputs, word_lens.flatten())
        states = states.unflatten(0, (batch, sentences))
        vectors, word_weights = self.word_attention(states, word_mask)
        states = self.sentence_encoder(vectors, counts)  # (batch, sentences, .)
        document, sentence_weights = self.sentence_attention(states, sentence_mask)
        return self.head(document), word_weights, sentence_weights
