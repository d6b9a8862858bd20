"""Hierarchical attention: by hand, without padding, against PyTorch, at the edges."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from course_utils.scoring import AdditiveAttention
from course_utils.sequence import (
    ContextAttention,
    HierarchicalAttention,
    RecurrentEncoder,
)

BATCH, SENTENCES, WORDS, SIZE, HIDDEN, CLASSES, VOCABULARY = 3, 5, 7, 11, 13, 2, 17
FLOATS = [torch.float16, torch.bfloat16, torch.float32, torch.float64]
# A review of one sentence, one that fills the batch, one of three.
LENGTHS = torch.tensor([[7, 1, 2, 7, 3], [4, 0, 0, 0, 0], [1, 6, 2, 0, 0]])


def documents(seed=0):
    noise = torch.Generator().manual_seed(seed)
    return torch.randint(VOCABULARY, (BATCH, SENTENCES, WORDS), generator=noise)


def classifier(seed=0, dtype=torch.float64):
    torch.manual_seed(seed)
    return HierarchicalAttention(VOCABULARY, SIZE, HIDDEN, CLASSES).to(dtype)


def is_padding(lengths=LENGTHS, words=WORDS):
    return torch.arange(words) >= lengths[..., None]  # (batch, sentences, words)


# ------------------------------------------------------------- ContextAttention


def by_hand():
    """An attention with u = tanh(h) and context (ln 4 / .8, 0)."""
    layer = ContextAttention(2).double()
    layer.projection.weight.data = torch.eye(2).double()
    layer.projection.bias.data.zero_()
    layer.context.data = torch.tensor([math.log(4) / 0.8, 0]).double()
    return layer


def test_weights_by_hand():
    first = math.atanh(0.8)  # tanh gives .8, so its score is ln 4
    states = torch.tensor([[first, 3.0], [0.0, 5.0], [0.0, -7.0]]).double()
    output, weights = by_hand()(states)
    assert weights.tolist() == pytest.approx([4 / 6, 1 / 6, 1 / 6])
    assert output.tolist() == pytest.approx([4 / 6 * first, (4 * 3 + 5 - 7) / 6])
    _, weights = by_hand()(states, torch.tensor([True, False, True]))
    assert weights.tolist() == pytest.approx([4 / 5, 0, 1 / 5])


@pytest.mark.parametrize("leading", [(), (BATCH,), (BATCH, SENTENCES)])
def test_same_as_pytorchs_attention_with_one_query(leading):
    layer = ContextAttention(SIZE).double()
    states = torch.randn(*leading, WORDS, SIZE).double()
    mask = torch.rand(*leading, WORDS) < 0.6
    mask[..., 2] = True
    output, weights = layer(states, mask)
    assert output.shape == (*leading, SIZE) and weights.shape == (*leading, WORDS)
    u = torch.tanh(layer.projection(states))
    query = layer.context.expand(*leading, 1, SIZE)
    expected = F.scaled_dot_product_attention(
        query, u, states, mask.unsqueeze(-2), scale=1.0
    )
    torch.testing.assert_close(output, expected.squeeze(-2))


def test_it_is_additive_attention_with_a_constant_query():
    layer = ContextAttention(SIZE).double()
    additive = AdditiveAttention(1, SIZE, SIZE).double()
    additive.key_projection.weight.data = layer.projection.weight.data
    additive.query_projection.weight.data = layer.projection.bias.data[:, None]
    additive.hidden_to_score.weight.data = layer.context.data[None]
    states = torch.randn(BATCH, WORDS, SIZE).double()
    expected, weights = additive(torch.ones(BATCH, 1, 1).double(), states, states)
    output, got = layer(states)
    torch.testing.assert_close(output, expected[:, 0])
    torch.testing.assert_close(got, weights[:, 0])


def test_no_bound_on_a_weight():
    """With a tanh on the scores the heaviest of 40 weights stays below .16."""
    layer = by_hand()
    layer.context.data *= 100
    states = torch.zeros(40, 2).double()
    states[3, 0] = 1.0
    _, weights = layer(states)
    assert weights[3] > 0.999


@pytest.mark.parametrize("dtype", FLOATS)
def test_nothing_to_attend_is_zero_with_a_finite_gradient(dtype):
    layer = ContextAttention(SIZE).to(dtype)
    states = torch.randn(BATCH, WORDS, SIZE).to(dtype).requires_grad_()
    mask = torch.ones(BATCH, WORDS, dtype=torch.bool)
    mask[1] = False
    output, weights = layer(states, mask)
    assert output.dtype == weights.dtype == dtype
    assert (output[1] == 0).all() and (weights[1] == 0).all()
    output.float().square().sum().backward()
    for tensor in (states, *layer.parameters()):
        assert tensor.grad.isfinite().all()


def test_gradient_of_context_attention():
    layer = ContextAttention(3).double()
    states = torch.randn(2, 5, 3).double().requires_grad_()
    mask = torch.tensor([[True] * 5, [True, False, True, True, False]])
    assert torch.autograd.gradcheck(lambda s: layer(s, mask), states)


def test_order_of_the_items_does_not_matter():
    layer = ContextAttention(SIZE).double()
    states, order = torch.randn(WORDS, SIZE).double(), torch.randperm(WORDS)
    output, weights = layer(states)
    moved, same = layer(states[order])
    torch.testing.assert_close(moved, output)
    torch.testing.assert_close(same, weights[order])


def test_no_items_and_one_item():
    output, weights = ContextAttention(SIZE)(torch.zeros(BATCH, 0, SIZE))
    assert weights.shape == (BATCH, 0) and (output == 0).all()
    state = torch.randn(1, SIZE)
    output, weights = ContextAttention(SIZE)(state)
    assert weights.tolist() == [1.0] and torch.equal(output, state[0])


# ------------------------------------------------------------- RecurrentEncoder


def test_states_are_those_of_each_sequence_alone():
    encoder = RecurrentEncoder(SIZE, HIDDEN).double()
    inputs = torch.randn(BATCH, WORDS, SIZE).double()
    lengths = torch.tensor([3, 7, 1])
    states = encoder(inputs, lengths)
    assert states.shape == (BATCH, WORDS, 2 * HIDDEN)
    for row, length in enumerate(lengths.tolist()):
        alone, _ = encoder.gru(inputs[row : row + 1, :length])
        torch.testing.assert_close(states[row, :length], alone[0])
        assert (states[row, length:] == 0).all()


def test_both_directions_are_read():
    encoder = RecurrentEncoder(SIZE, HIDDEN).double()
    inputs, lengths = torch.randn(1, WORDS, SIZE).double(), torch.tensor([WORDS])
    before = encoder(inputs, lengths)
    inputs[0, 3] += 1.0
    changed = (encoder(inputs, lengths) != before).any(-1)[0]
    assert changed.all(), "a word is felt in every state, before it and after it"


@pytest.mark.parametrize("kind", [torch.int32, torch.int64, torch.uint8])
def test_lengths_of_any_whole_type(kind):
    encoder = RecurrentEncoder(SIZE, HIDDEN)
    lengths = torch.tensor([2, 0, 5], dtype=kind)
    assert encoder(torch.randn(BATCH, WORDS, SIZE), lengths).isfinite().all()


# -------------------------------------------------------- HierarchicalAttention


def test_same_as_one_sentence_after_the_other_without_padding():
    model = classifier()
    words = documents()
    logits, word_weights, sentence_weights = model(words, LENGTHS)
    assert logits.shape == (BATCH, CLASSES)
    assert word_weights.shape == (BATCH, SENTENCES, WORDS)
    assert sentence_weights.shape == (BATCH, SENTENCES)

    def pooled(attention, states):
        u = torch.tanh(F.linear(states, *attention.projection.parameters()))
        weights = torch.softmax((u * attention.context).sum(-1), dim=0)
        return (weights[:, None] * states).sum(0), weights

    for number in range(BATCH):
        vectors = []
        for place, length in enumerate(LENGTHS[number].tolist()):
            if length:
                embedded = model.embedding(words[number, place, :length])
                states, _ = model.word_encoder.gru(embedded)
                vector, weights = pooled(model.word_attention, states)
                vectors.append(vector)
                got = word_weights[number, place, :length]
                torch.testing.assert_close(got, weights)
        states, _ = model.sentence_encoder.gru(torch.stack(vectors))
        vector, weights = pooled(model.sentence_attention, states)
        got = sentence_weights[number, : len(vectors)]
        torch.testing.assert_close(got, weights)
        torch.testing.assert_close(logits[number], model.head(vector))


def test_padding_gets_exactly_nothing():
    _, word_weights, sentence_weights = classifier()(documents(), LENGTHS)
    assert (word_weights[is_padding()] == 0).all()
    assert (sentence_weights[LENGTHS == 0] == 0).all()
    ones = torch.ones(BATCH).double()
    torch.testing.assert_close(sentence_weights.sum(1), ones)
    shares = word_weights * sentence_weights[..., None]
    torch.testing.assert_close(shares.sum((1, 2)), ones)


def test_content_of_padding_cannot_be_felt():
    model, words = classifier(), documents()
    others = torch.where(is_padding(), documents(seed=1), words)
    assert not torch.equal(words, others)
    for one, other in zip(model(words, LENGTHS), model(others, LENGTHS), strict=True):
        assert torch.equal(one, other)


def test_amount_of_padding_cannot_be_felt():
    model, words = classifier(), documents()
    wide = F.pad(words, (0, 4, 0, 3), value=1)  # words, then sentences
    lengths = F.pad(LENGTHS, (0, 3))
    logits, word_weights, sentence_weights = model(words, LENGTHS)
    wider = model(wide, lengths)
    torch.testing.assert_close(wider[0], logits)
    torch.testing.assert_close(wider[1][:, :SENTENCES, :WORDS], word_weights)
    torch.testing.assert_close(wider[2][:, :SENTENCES], sentence_weights)


def test_gradient_reaches_every_parameter_and_no_padding():
    model, words = classifier(), documents()
    words = torch.where(is_padding(), VOCABULARY - 1, words % (VOCABULARY - 1))
    logits, _, _ = model(words, LENGTHS)
    F.cross_entropy(logits, torch.tensor([0, 1, 1])).backward()
    for name, weights in model.named_parameters():
        assert weights.grad.isfinite().all() and (weights.grad != 0).any(), name
    assert (model.embedding.weight.grad[VOCABULARY - 1] == 0).all()


@pytest.mark.parametrize("dtype", FLOATS)
def test_every_precision(dtype):
    model = classifier(dtype=dtype)
    exact = classifier()(documents(), LENGTHS)
    for got, wanted in zip(model(documents(), LENGTHS), exact, strict=True):
        assert got.dtype == dtype
        torch.testing.assert_close(got.double(), wanted, atol=0.03, rtol=0)


def test_document_without_words():
    model = classifier()
    logits, word_weights, sentence_weights = model(
        documents()[:1], torch.zeros(1, SENTENCES, dtype=torch.long)
    )
    assert (word_weights == 0).all() and (sentence_weights == 0).all()
    torch.testing.assert_close(logits[0], model.head.bias)
    logits.sum().backward()
    assert all(p.grad is None or p.grad.isfinite().all() for p in model.parameters())


def test_parts_may_be_replaced():
    class Uniform(nn.Module):
        def forward(self, states, mask):
            weights = mask.to(states.dtype)
            weights = weights / weights.sum(-1, keepdim=True).clamp(min=1)
            return (weights[..., None] * states).sum(-2), weights

    model = classifier()
    model.word_attention, model.sentence_attention = Uniform(), Uniform()
    _, word_weights, sentence_weights = model(documents(), LENGTHS)
    assert word_weights[0, 0].tolist() == pytest.approx([1 / 7] * 7)
    assert sentence_weights[2].tolist() == pytest.approx([1 / 3] * 3 + [0, 0])


WRONG = [
    (lambda: ContextAttention(0), "size: expected at least 1, got 0"),
    (lambda: RecurrentEncoder(3, 0), "hidden_size: expected at least 1"),
    (lambda: HierarchicalAttention(0, 3, 3, 2), "vocabulary: expected at least 1"),
    (
        lambda: ContextAttention(3)(torch.zeros(2, 4)),
        r"states: expected shape \(2, 3\) as this layer was built",
    ),
    (lambda: ContextAttention(3)(torch.zeros(3)), r"states: .*\(\.\.\., items, size"),
    (lambda: ContextAttention(3)([1.0]), "states: expected a torch.Tensor, got list"),
    (
        lambda: ContextAttention(3)(torch.zeros(2, 3), torch.ones(2)),
        "mask: expected a boolean tensor",
    ),
    (
        lambda: RecurrentEncoder(3, 2)(torch.zeros(2, 5, 4), torch.tensor([1, 2])),
        r"inputs: expected shape \(2, 5, 3\)",
    ),
    (
        lambda: RecurrentEncoder(3, 2)(torch.zeros(2, 5, 3), torch.tensor([1, 6])),
        "lengths: expected lengths from 0 to 5",
    ),
    (
        lambda: RecurrentEncoder(3, 2)(torch.zeros(2, 5, 3), torch.tensor([1])),
        "lengths: .*with one per sequence",
    ),
    (
        lambda: RecurrentEncoder(3, 2)(torch.zeros(2, 5, 3), torch.tensor([[1, 2]])),
        "lengths: ",
    ),
    (
        lambda: classifier()(documents()[0], LENGTHS[0]),
        r"words: expected shape \(batch, sentences, words\)",
    ),
    (
        lambda: classifier()(documents().double(), LENGTHS),
        "words: expected whole numbers, got torch.float64",
    ),
    (
        lambda: classifier()(documents() + 1, LENGTHS),
        "words: expected numbers from 0 to 16, got 1 to 17; each stands",
    ),
    (
        lambda: classifier()(documents(), LENGTHS[:, :4]),
        r"word_lens: expected shape \(3, 5\) with one length for each sentence",
    ),
    (
        lambda: classifier()(documents(), LENGTHS.flip(1)),
        "word_lens: expected padding sentences .* last",
    ),
    (
        lambda: ContextAttention(3)(torch.zeros(2, 3).double()),
        "states: expected torch.float32 like the weights of this layer",
    ),
    (
        lambda: ContextAttention(3)(torch.full((2, 3), math.nan)),
        "states: expected numbers, got 6 NaN",
    ),
    (
        lambda: RecurrentEncoder(3, 2)(torch.zeros(0, 5, 3), torch.zeros(0).long()),
        "inputs: expected at least one sequence",
    ),
    (
        lambda: RecurrentEncoder(3, 2)(torch.zeros(2, 0, 3), torch.zeros(2).long()),
        "inputs: expected at least one sequence",
    ),
    (
        lambda: classifier()(documents()[:, :0], LENGTHS[:, :0]),
        r"words: expected at least one sequence .* got shape \(3, 0, 7\)",
    ),
    (
        lambda: classifier()(documents()[..., :0], LENGTHS * 0),
        "words: expected at least one sequence",
    ),
    (
        lambda: classifier()(documents().to(torch.uint8), LENGTHS),
        "words: expected int64 or int32, got torch.uint8",
    ),
]


@pytest.mark.parametrize(("call", "message"), WRONG)
def test_says_what_is_wrong(call, message):
    with pytest.raises((TypeError, ValueError), match=message):
        call()
