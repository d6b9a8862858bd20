"""A network that reads a text and writes another one, a character at a time.

The encoder reads: one state h_i for every character of the text. The decoder
writes. Before each character it asks the text a question, with its own state as
the query; the states of the encoder are keys and values:

    weights  alpha_t = softmax over i of a(s_{t-1}, h_i)
    context  c_t     = sum over i of alpha_ti h_i
    state    s_t     = GRU([y_{t-1}, c_t], s_{t-1})
    scores   o_t     = W [s_t, c_t] + b,   y_t the character with the largest

Texts end at different places. Padding is read by neither: the encoder runs over
packed sequences, and the mask gives padding weight 0.

Source: Bahdanau, Cho and Bengio 2014, arXiv 1409.0473, without its maxout layer.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from course_utils.arguments import (
    require_callable,
    require_choice,
    require_count,
    require_indices,
    require_layer_dtype,
    require_lengths,
    require_queries_keys_values,
    require_same_dtype,
    require_size,
    require_some_key,
    require_tensor,
)
from course_utils.scoring import lengths_to_mask, masked_softmax


class TextEncoder(nn.Module):
    """Reads texts: a state for every character, and a summary of each text.

    With ``directions=2`` one recurrent network reads forwards and one backwards,
    and a state holds both: it knows what came before and what comes after.

    Called with characters (batch, length), whole numbers from 0 to
    ``characters``, 0 = padding, and lengths (batch,), from 1 to length. Returns
    the states (batch, length, directions * hidden_size), zeros at padding, and
    the summary (batch, directions * hidden_size): what each direction knew at its
    end. Padding changes neither.
    """

    def __init__(
        self,
        characters: int,
        embedding_size: int,
        hidden_size: int,
        directions: int = 2,
    ) -> None:
        require_count("characters", characters)
        require_count("embedding_size", embedding_size)
        require_count("hidden_size", hidden_size)
        require_choice("directions", directions, (1, 2))
        super().__init__()
        self.embedding = nn.Embedding(characters + 1, embedding_size)
        both = directions == 2
        self.gru = nn.GRU(
            embedding_size, hidden_size, batch_first=True, bidirectional=both
        )

    def forward(self, characters: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """Return ``(states, summary)``; see the class for the shapes."""
        require_indices("characters", characters, self.embedding.num_embeddings)
        require_tensor("characters", characters, "batch, length", floating=False)
        size = characters.shape[1]
        require_tensor("lengths", lengths, "batch", floating=False)
        require_lengths("lengths", lengths, size, least=1)
        require_size("lengths", lengths, 0, len(characters), "with one for each text")
        embedded = self.embedding(characters)  # (batch, length, embedding)
        packed = pack_padded_sequence(
            embedded, lengths.cpu(), batch_first=True, enforce_sorted=False
        )
        states, last = self.gru(packed)
        states, _ = pad_packed_sequence(states, batch_first=True, total_length=size)
        return states, last.transpose(0, 1).flatten(1)


class FixedContext(nn.Module):
    """Stands in for attention: the same context at every step, whatever is asked.

    Called like ``AdditiveAttention``; the queries are not looked at. ``"mean"``:
    the average of the values, each with the same weight. ``"max"``: the largest
    value of each component; the weight of a key is the share of the components
    that it wins.
    """

    def __init__(self, pool: str = "max") -> None:
        require_choice("pool", pool, ("max", "mean"))
        super().__init__()
        self.pool = pool

    def forward(
        self, queries: Tensor, keys: Tensor, values: Tensor, mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Return ``(output, weights)`` as attention does."""
        require_queries_keys_values(queries, keys, values)
        shape = len(keys), queries.shape[1], keys.shape[1]
        weights = masked_softmax(values.new_zeros(shape), mask)
        if self.pool == "mean":
            return weights @ values, weights
        require_some_key("mask", weights > 0)
        allowed = (weights > 0)[..., None]  # (batch, queries, keys, 1)
        hidden = values[:, None].masked_fill(~allowed, -math.inf)
        largest, winner = hidden.max(dim=2)  # (batch, queries, v)
        won = F.one_hot(winner, keys.shape[1]).to(values.dtype)
        return largest, won.mean(dim=2)


class AttentionDecoder(nn.Module):
    """Writes an answer, a character at a time, and looks at the text before each.

    Where it looks is up to ``attention``, any module that is called like
    ``AdditiveAttention(hidden_size, key_size, .)``: with queries (batch, 1,
    hidden_size), keys and values (batch, keys, key_size) and a mask.

    Args:
        characters: how many different characters it can write.
        embedding_size: numbers that stand for the character written last.
        hidden_size: size of its state, the query.
        key_size: size of the encoder's states and of its summary.
        attention: gives the context and the weights.

    Source: Bahdanau, Cho and Bengio 2014, arXiv 1409.0473.
    """

    def __init__(
        self,
        characters: int,
        embedding_size: int,
        hidden_size: int,
        key_size: int,
        attention: nn.Module,
    ) -> None:
        require_count("characters", characters)
        require_count("embedding_size", embedding_size)
        require_count("hidden_size", hidden_size)
        require_count("key_size", key_size)
        require_callable("attention", attention, "a module that attends")
        super().__init__()
        self.start = characters  # one more character: "nothing written yet"
        self.embedding = nn.Embedding(characters + 1, embedding_size)
        self.first_state = nn.Linear(key_size, hidden_size)
        self.attention = attention
        self.cell = nn.GRUCell(embedding_size + key_size, hidden_size)
        self.to_scores = nn.Linear(hidden_size + key_size, characters)

    def step(
        self, written: Tensor, state: Tensor, keys: Tensor, mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return the scores of the next character, the new state and the weights.

        Args:
            written: (batch,), the character written last; ``start`` at first.
            state: (batch, hidden_size).
            keys: (batch, keys, key_size), the states of the encoder.
            mask: boolean, broadcasts to (batch, 1, keys), True = may be attended.

        Returns:
            scores (batch, characters), state (batch, hidden_size) and weights
            (batch, 1, keys).
        """
        require_step(self, written, state, keys)
        context, weights = self.attention(state[:, None], keys, keys, mask)
        context = context.squeeze(1)  # (batch, key_size)
        told = torch.cat([self.embedding(written), context], dim=-1)
        state = self.cell(told, state)  # (batch, hidden)
        scores = self.to_scores(torch.cat([state, context], dim=-1))
        return scores, state, weights

    def forward(
        self,
        keys: Tensor,
        summary: Tensor,
        mask: Tensor | None,
        steps: int,
        truth: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        """Return the scores and the weights of every step.

        Without ``truth`` the decoder runs freely: each step is told the character
        that the step before found best. With ``truth`` (teacher forcing) it is
        told the true one, whatever it wrote.

        Args:
            keys: (batch, keys, key_size), the states of the encoder.
            summary: (batch, key_size), from which the first state is made.
            mask: boolean, broadcasts to (batch, 1, keys), True = may be attended.
            steps: characters to write.
            truth: (batch, steps), the true answer, or None.

        Returns:
            scores (batch, steps, characters) and weights (batch, steps, keys).
        """
        require_decodable(self, keys, summary, steps, truth)
        state = torch.tanh(self.first_state(summary))  # (batch, hidden)
        written = torch.full((len(keys),), self.start, device=keys.device)
        scores, weights = [], []
        for t in range(steps):
            now, state, looked = self.step(written, state, keys, mask)
            scores.append(now)
            weights.append(looked)
            written = now.argmax(dim=-1) if truth is None else truth[:, t]
        return torch.stack(scores, dim=1), torch.cat(weights, dim=1)


class Translator(nn.Module):
    """Encoder and decoder together, with attention or what stands in for it.

    Called with characters (batch, length), lengths (batch,), the number of steps
    and, for teacher forcing, the truth (batch, steps). Returns scores (batch,
    steps, characters written) and weights (batch, steps, length).
    """

    def __init__(self, encoder: TextEncoder, decoder: AttentionDecoder) -> None:
        require_callable("encoder", encoder, "a module that reads texts")
        require_callable("decoder", decoder, "a module that writes texts")
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder

    def forward(
        self,
        characters: Tensor,
        lengths: Tensor,
        steps: int,
        truth: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        """Return ``(scores, weights)``; see the class for the shapes."""
        keys, summary = self.encoder(characters, lengths)
        mask = lengths_to_mask(lengths, characters.shape[1])  # (batch, 1, length)
        return self.decoder(keys, summary, mask, steps, truth)


def require_step(
    decoder: AttentionDecoder, written: Tensor, state: Tensor, keys: Tensor
) -> None:
    """Raise unless a decoder in this state can write after these characters."""
    require_tensor("keys", keys, "batch, keys, size")
    require_indices("written", written, decoder.embedding.num_embeddings)
    require_tensor("written", written, "batch", floating=False)
    require_tensor("state", state, "batch, hidden_size")
    require_size("written", written, 0, len(keys), "with the batch of keys")
    require_size("state", state, 0, len(keys), "with the batch of keys")
    hidden = decoder.first_state.out_features
    require_size("state", state, 1, hidden, "as this decoder was built (hidden_size)")


def require_decodable(
    decoder: AttentionDecoder,
    keys: Tensor,
    summary: Tensor,
    steps: int,
    truth: Tensor | None,
) -> None:
    """Raise unless a decoder can write ``steps`` characters from these states."""
    require_tensor("keys", keys, "batch, keys, size")
    require_tensor("summary", summary, "batch, size")
    require_same_dtype("summary", summary, "keys", keys)
    require_layer_dtype("keys", keys, decoder.first_state.weight)
    require_size("summary", summary, 0, len(keys), "with the batch of keys")
    key_size = decoder.first_state.in_features
    require_size("keys", keys, 2, key_size, "as this decoder was built (key_size)")
    require_size("summary", summary, 1, key_size, "as this decoder was built")
    require_count("steps", steps)
    if truth is not None:
        require_indices("truth", truth, decoder.start)
        require_tensor("truth", truth, "batch, steps", floating=False)
        require_size("truth", truth, 0, len(keys), "with the batch of keys")
        require_size("truth", truth, 1, steps, "with one character for each step")
