"""Five trained decoders up close: where each looks, and what padding does to it.

The same trainings as the rows ``attention, 1 date, 300 steps`` of
``attention_over_time``. The lesson 09_attention_over_time shows the table.
"""

from collections.abc import Iterator

import torch
from attention_over_time import SEEDS, TEXTS, build, train
from torch import Tensor
from torch.nn import functional as F

from course_utils.experiments import store
from course_utils.metrics import alignment_accuracy
from course_utils.scoring import lengths_to_mask
from course_utils.sequence import Translator
from course_utils.worlds import WrittenDates, written_dates


def cases(test: WrittenDates) -> dict[str, Tensor]:
    """Return the alignment of each part: (texts, answer, length) by name."""
    short = (test.answers[:, 8] == 0)[:, None, None]  # days of one digit

    def only(*places: int) -> Tensor:
        kept = torch.zeros(test.answers.shape[1], dtype=torch.bool)
        kept[list(places)] = True
        return test.alignment & kept[:, None]

    either = only(0)
    either[:, 0] = test.alignment[:, :2].any(dim=1)
    return {
        "year": only(0, 1, 2, 3),
        "month": only(5, 6),
        "day": only(8, 9),
        "all": test.alignment,
        "year's 1st digit": only(0),
        "1st or 2nd digit": either,
        "tens, day 10-28": only(8) & ~short,
        "the 0, day 1-9": only(8) & short,
    }


@torch.no_grad()
def without(half: str, extra: int, model: Translator, test: WrittenDates) -> float:
    """Return the exact match with more padding, and one guard against it taken away."""
    characters = F.pad(test.characters, (0, extra))
    mask = None if half == "mask" else lengths_to_mask(test.lengths, len(characters[0]))
    if half == "packing":  # the encoder reads on over the padding
        keys, last = model.encoder.gru(model.encoder.embedding(characters))
        summary = last.transpose(0, 1).flatten(1)
    else:
        keys, summary = model.encoder(characters, test.lengths)
    scores, _ = model.decoder(keys, summary, mask, 10)
    return (scores.argmax(-1) == test.answers).all(dim=1).float().mean().item()


def rows() -> Iterator[dict]:
    """Yield one row per seed."""
    for seed in SEEDS:
        texts = written_dates(TEXTS, (0, 6), 2 * seed)
        torch.manual_seed(seed)
        model = build("attention")
        train(model, texts, 300, seed)
        test = written_dates(500, 6, 2 * seed + 1)
        with torch.no_grad():
            _, weights = model(test.characters, test.lengths, 10)
        peaks = {
            name: alignment_accuracy(weights, true).item()
            for name, true in cases(test).items()
        }
        padded = {
            f"no {half}, {extra}": without(half, extra, model, test)
            for half in ("nothing", "mask", "packing")
            for extra in (0, 100)
        }
        yield {"seed": seed} | peaks | padded


if __name__ == "__main__":
    torch.set_num_threads(1)
    print(store("five_decoders", rows()))
