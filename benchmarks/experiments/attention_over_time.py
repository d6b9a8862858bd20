"""A decoder with attention, and the same decoder with a fixed context.

Texts with one date or two, a short training or a long one, one reading direction
or two, five seeds each. The lesson 09_attention_over_time shows the table.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course_utils.experiments import store
from course_utils.metrics import alignment_accuracy, alignment_mass
from course_utils.scoring import AdditiveAttention
from course_utils.sequence import (
    AttentionDecoder,
    FixedContext,
    TextEncoder,
    Translator,
)
from course_utils.training import fit
from course_utils.worlds import DATE_READ, DATE_WRITTEN, WrittenDates, written_dates

# context, dates in a text, training steps, reading directions; cheapest first
SETTINGS = (
    ("attention", 1, 300, 1),
    ("max", 1, 300, 2),
    ("attention", 1, 300, 2),
    ("max", 2, 300, 2),
    ("attention", 2, 300, 2),
    ("mean", 1, 1200, 2),
    ("max", 1, 1200, 2),
    ("max", 2, 1200, 2),
)
SEEDS = range(5)
WORDS = (0, 6, 12, 24)  # filler words of the test texts; 0 to 6 in training
TEXTS = 20_000


def build(context: str, directions: int = 2) -> Translator:
    """Return an untrained translator; a fixed context gets the larger decoder."""
    key_size = 32 * directions
    encoder = TextEncoder(len(DATE_READ), 16, 32, directions)
    attention: nn.Module = (
        FixedContext(context)
        if context != "attention"
        else (AdditiveAttention(64, key_size, 32))
    )
    hidden_size = 64 if context == "attention" else 72
    decoder = AttentionDecoder(len(DATE_WRITTEN), 16, hidden_size, key_size, attention)
    return Translator(encoder, decoder)


def train(model: Translator, texts: WrittenDates, steps: int, seed: int) -> Tensor:
    """Return the history of the loss; train ``model`` under teacher forcing."""

    def loss(step: int) -> Tensor:
        batch = torch.randint(len(texts.lengths), (64,))
        longest = texts.lengths[batch].max()
        answers = texts.answers[batch]  # (batch, answer)
        scores, _ = model(
            texts.characters[batch, :longest],
            texts.lengths[batch],
            steps=answers.shape[1],
            truth=answers,
        )
        return F.cross_entropy(scores.flatten(0, 1), answers.flatten())

    return fit(model.parameters(), loss, steps, 0.005, seed)


@torch.no_grad()
def measure(model: Translator, dates: int, seed: int) -> dict:
    """Return what the trained model gets right, and where it looks."""
    found: dict = {}
    for words in WORDS:
        test = written_dates(500, words, 2 * seed + 1, dates)
        inputs = test.characters, test.lengths, test.answers.shape[1]
        scores, weights = model(*inputs)
        free = scores.argmax(-1) == test.answers  # (texts, answer)
        found[f"exact {words}"] = free.all(dim=1).float().mean().item()
        if words == 6:
            scores, _ = model(*inputs, truth=test.answers)
            forced = scores.argmax(-1) == test.answers  # (texts, answer)
            digits = test.alignment.any(dim=-1)  # (texts, answer)
            late = (~free).cumsum(dim=1) - (~free).long() > 0
            late = late & digits  # after the first wrong character
            found |= {
                "free": free[digits].float().mean().item(),
                "forced": forced[digits].float().mean().item(),
                "late": int(late.sum()),
                "late free": share(free[late]),
                "late forced": share(forced[late]),
                "peak": alignment_accuracy(weights, test.alignment).item(),
                "peak +-1": alignment_accuracy(weights, test.alignment, 1).item(),
                "mass": alignment_mass(weights, test.alignment).item(),
            }
    return found


def share(right: Tensor) -> float | None:
    """Return the share that is true, or None where there is nothing to share."""
    return right.float().mean().item() if len(right) else None


def row(context: str, dates: int, steps: int, directions: int, seed: int) -> dict:
    """Return the settings and the results of one run."""
    texts = written_dates(TEXTS, (0, 6), 2 * seed, dates)
    torch.manual_seed(seed)
    model = build(context, directions)
    train(model, texts, steps, seed)
    settings = {
        "context": context,
        "dates": dates,
        "steps": steps,
        "directions": directions,
        "seed": seed,
        "parameters": sum(weights.numel() for weights in model.parameters()),
    }
    return settings | measure(model, dates, seed)


if __name__ == "__main__":
    torch.set_num_threads(1)
    runs = (row(*setting, seed) for setting in SETTINGS for seed in SEEDS)
    print(store("attention_over_time", runs))
