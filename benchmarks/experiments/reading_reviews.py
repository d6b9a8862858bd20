"""Ten seeds of lesson 08: which sentence and which word get the weight?

Each seed draws its own reviews and trains six classifiers that begin with the same
numbers and differ in one thing:

    attention          hierarchical attention as published
    mean pooling       every score is 0: the weights are uniform
    reads back         attention; the state of a sentence has read the one before it
    reads both sides   the same, and the one after it
    tanh               attention with a tanh on the scores
    no mask            attention that reads and weighs padding

They are measured on new reviews like those of the training, and on reviews with 38
fillers in every sentence. Two cheaper ways to name the reason stand beside them: the
scores of a bag of words, and the gradient of mean pooling.
"""

from collections.abc import Iterator

import torch
from sklearn.linear_model import LogisticRegression
from torch import Tensor, nn
from torch.nn import functional as F

from course_utils.experiments import store
from course_utils.metrics import rationale_recall
from course_utils.scoring import lengths_to_mask
from course_utils.sequence import (
    ContextAttention,
    HierarchicalAttention,
    RecurrentEncoder,
)
from course_utils.training import fit
from course_utils.worlds import VOCABULARY, Reviews, cinema_reviews

SEEDS = range(10)
KINDS = ("word scores", "gradient of mean pooling", "mean pooling")
KINDS += ("attention", "reads back", "reads both sides", "tanh", "no mask")
WINDOWS = {"reads back": (-1, 0), "reads both sides": (-1, 0, 1)}


class MeanPooling(ContextAttention):
    """Attention whose scores are all 0."""

    def score(self, states: Tensor) -> Tensor:
        """Return zeros, one per item."""
        return 0 * super().score(states)


class TanhScores(ContextAttention):
    """The published mistake: scores between -1 and 1."""

    def score(self, states: Tensor) -> Tensor:
        """Return tanh of the score."""
        return torch.tanh(super().score(states))


class Unmasked(ContextAttention):
    """The second published mistake: padding is weighed ..."""

    def forward(self, states: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Return what attention without a mask returns."""
        return super().forward(states)


class ReadsPadding(RecurrentEncoder):
    """... and read."""

    def forward(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        """Return the states of items and padding alike."""
        return self.gru(inputs)[0]


class Window(nn.Module):
    """An encoder whose states have read the items at these offsets, no others."""

    def __init__(self, size: int, offsets: tuple[int, ...]) -> None:
        super().__init__()
        self.offsets = offsets
        self.mix = nn.Linear(len(offsets) * size, size)

    def forward(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        """Return states of the size of the inputs (batch, items, size)."""
        wide = F.pad(inputs, (0, 0, 1, 1))  # zeros before and after
        count = inputs.shape[1]
        read = [wide[:, 1 + offset : 1 + offset + count] for offset in self.offsets]
        return torch.tanh(self.mix(torch.cat(read, dim=-1)))


def build(kind: str, seed: int) -> HierarchicalAttention:
    """Return an untrained classifier; kinds of one seed share what they can."""
    torch.manual_seed(seed)
    model = HierarchicalAttention(len(VOCABULARY), 16, 16, classes=2)
    if kind in WINDOWS:
        torch.manual_seed(seed)
        model.sentence_encoder = Window(32, WINDOWS[kind])
    attentions = {"mean pooling": MeanPooling, "tanh": TanhScores, "no mask": Unmasked}
    other = attentions.get(kind)
    for name in ("word_attention", "sentence_attention") if other else ():
        part = other(32)
        part.load_state_dict(getattr(model, name).state_dict())
        setattr(model, name, part)
    if kind == "no mask":
        weights = model.state_dict()
        model.word_encoder = ReadsPadding(16, 16)
        model.sentence_encoder = ReadsPadding(32, 16)
        model.load_state_dict(weights)
    return model


def train(model: nn.Module, reviews: Reviews, seed: int) -> None:
    """Train for 400 steps on batches of 64."""

    def loss(step: int) -> Tensor:
        batch = torch.randint(len(reviews.labels), (64,))
        logits, _, _ = model(reviews.words[batch], reviews.word_lens[batch])
        return F.cross_entropy(logits, reviews.labels[batch])

    fit(model.parameters(), loss, steps=400, learning_rate=0.01, seed=seed)


def recalls(sentence_scores: Tensor, word_scores: Tensor, reviews: Reviews) -> dict:
    """Return how often the heaviest sentence and word are those that decide.

    Words are ranked inside the deciding sentence. "topic" is the sentence before it,
    "not" the word before a negated opinion word.
    """
    each = torch.arange(len(word_scores))
    sentences, words = torch.arange(6), torch.arange(word_scores.shape[2])
    inside = word_scores[each, reviews.sentence]  # (reviews, words)
    length = reviews.word_lens[each, reviews.sentence]
    real = lengths_to_mask(length, len(words))[:, 0]  # (reviews, words)

    def sentence_recall(place: Tensor) -> Tensor:
        is_there = sentences == place[:, None]
        return rationale_recall(sentence_scores, is_there, reviews.word_lens > 0)

    def word_recall(place: Tensor, kept: Tensor) -> Tensor:
        is_there = words == place[:, None]
        return rationale_recall(inside[kept], is_there[kept], real[kept])

    negated = reviews.negated
    found = {
        "sentence": sentence_recall(reviews.sentence),
        "topic": sentence_recall(reviews.sentence - 1),
        "plain": word_recall(reviews.word, ~negated),
        "negated": word_recall(reviews.word, negated),
        "not": word_recall(reviews.word - negated.long(), negated),
    }
    return {name: value.item() for name, value in found.items()}


@torch.no_grad()
def measure(model: nn.Module, reviews: Reviews) -> dict:
    """Return accuracy, recalls of the weights, and the largest weight of a word."""
    logits, word_weights, sentence_weights = model(reviews.words, reviews.word_lens)
    accuracy = (logits.argmax(1) == reviews.labels).float().mean().item()
    found = recalls(sentence_weights, word_weights, reviews)
    return {"accuracy": accuracy, **found, "largest": word_weights.max().item()}


@torch.no_grad()
def padding_felt(model: nn.Module, reviews: Reviews) -> dict:
    """Return the weight on padding, and what 38 more places of padding change."""
    before, weights, _ = model(reviews.words, reviews.word_lens)
    after, _, _ = model(F.pad(reviews.words, (0, 38)), reviews.word_lens)
    real = (reviews.word_lens > 0)[..., None]
    lost = weights[(reviews.words == 0) & real].sum() / real.sum()
    change = (after.softmax(1) - before.softmax(1)).abs().max()
    right = (after.argmax(1) == reviews.labels).float().mean()
    return {
        "padding weight": lost.item(),
        "padding change": change.item(),
        "padded accuracy": right.item(),
    }


def gradients(model: nn.Module, reviews: Reviews) -> Tensor:
    """Return the length of the gradient at each word (reviews, sentences, words)."""
    kept = []

    def keep(module: nn.Module, inputs: tuple, embedded: Tensor) -> None:
        embedded.retain_grad()
        kept.append(embedded)

    hook = model.embedding.register_forward_hook(keep)
    logits, _, _ = model(reviews.words, reviews.word_lens)
    hook.remove()
    (logits[:, 1] - logits[:, 0]).sum().backward()
    return kept[0].grad.norm(dim=-1).unflatten(0, reviews.words.shape[:2])


def counts(reviews: Reviews) -> Tensor:
    """Return how often each word stands in each review (reviews, vocabulary)."""
    numbers = torch.arange(1, len(VOCABULARY))  # 0 is padding
    return torch.stack([(reviews.words == n).sum((1, 2)) for n in numbers], dim=1)


def row(kind: str, seed: int) -> dict:
    """Return what one classifier does on short and on long reviews."""
    reviews = cinema_reviews(4000, seed)
    short = cinema_reviews(1000, seed=1000 + seed)
    if kind == "word scores":
        bag = LogisticRegression(max_iter=500).fit(counts(reviews), reviews.labels)
        size = torch.tensor([0.0, *abs(bag.coef_[0])])[short.words]
        accuracy = bag.score(counts(short), short.labels)
        found = recalls(size.sum(2), size, short)
        return {"kind": kind, "seed": seed, "accuracy": accuracy, **found}
    model = build(kind.removeprefix("gradient of "), seed)
    train(model, reviews, seed)
    result = {"kind": kind, "seed": seed, **measure(model, short)}
    if kind.startswith("gradient"):
        size = gradients(model, short)
        return {**result, **recalls(size.sum(2), size, short)}
    if kind == "no mask":
        return {**result, **padding_felt(model, short)}
    long = measure(model, cinema_reviews(300, seed=2000 + seed, fillers=(38, 38)))
    return {**result, **{f"long {name}": value for name, value in long.items()}}


def rows() -> Iterator[dict]:
    """Yield one row for each kind and seed."""
    for seed in SEEDS:
        for kind in KINDS:
            yield row(kind, seed)


if __name__ == "__main__":
    torch.set_num_threads(1)
    store("reading_reviews", rows())
