"""A fixed context that writes more and keeps no more: one date, written twice.

The network, texts and training are those of ``attention_over_time`` ("max", one
date, 300 steps); only the answer is longer: "1998-03-03 1998-03-03". The lesson
09_attention_over_time shows the rows beside those of one date and of two.
"""

import torch
from attention_over_time import TEXTS, WORDS, build, train

from course_utils.experiments import store
from course_utils.worlds import DATE_WRITTEN, WrittenDates, written_dates


def twice(texts: WrittenDates) -> WrittenDates:
    """Return the texts with answers that say their date twice."""
    space = torch.full((len(texts.answers), 1), DATE_WRITTEN.index(" "))
    nothing = torch.zeros_like(texts.alignment[:, :1])
    return texts._replace(
        answers=torch.cat([texts.answers, space, texts.answers], dim=1),
        alignment=torch.cat([texts.alignment, nothing, texts.alignment], dim=1),
    )


def row(seed: int) -> dict:
    """Return the exact match of one training."""
    texts = twice(written_dates(TEXTS, (0, 6), 2 * seed))
    torch.manual_seed(seed)
    model = build("max")
    train(model, texts, 300, seed)
    found: dict = {"context": "max", "steps": 300, "seed": seed}
    for words in WORDS:
        test = twice(written_dates(500, words, 2 * seed + 1))
        with torch.no_grad():
            scores, _ = model(test.characters, test.lengths, test.answers.shape[1])
        right = (scores.argmax(dim=-1) == test.answers).all(dim=1)
        found[f"exact {words}"] = right.float().mean().item()
    return found


if __name__ == "__main__":
    torch.set_num_threads(1)
    print(store("one_date_twice", (row(seed) for seed in range(5))))
