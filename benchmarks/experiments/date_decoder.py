"""The small trained decoder behind the explorer of lesson 09.

Trains a translator small enough to run in a page, checks that it reads the
explorer's texts rightly, and stores its rounded weights, and what its encoder made
of the texts, in ``course_utils/explorers/date_decoder.json``.
"""

import json
from pathlib import Path

import torch
from attention_over_time import train

from course_utils.scoring import AdditiveAttention
from course_utils.sequence import AttentionDecoder, TextEncoder, Translator
from course_utils.worlds import (
    DATE_READ,
    DATE_WRITTEN,
    decode_answers,
    encode_texts,
    written_dates,
)

# The text; what each character belongs to (y year, m month, d day); the answer.
TEXTS = (
    ("we met on 3rd of March 1998", "..........ddd....mmmmm.yyyy", "1998-03-03"),
    ("October 12, 2047 in rain", "mmmmmmm.dd..yyyy........", "2047-10-12"),
    ("late 1956 June 25", ".....yyyy.mmmm.dd", "1956-06-25"),
    ("the train left 17.8.2013", "...............dd.m.yyyy", "2013-08-17"),
    ("aunt came May 21st, 1904", "..........mmm.dddd..yyyy", "1904-05-21"),
)
PLACE = Path(__file__).parents[2] / "course_utils" / "explorers" / "date_decoder.json"


def rounded(tensor: torch.Tensor) -> list:
    """Return the numbers as lists, with three decimals."""
    return json.loads(
        json.dumps(tensor.tolist()), parse_float=lambda x: round(float(x), 3)
    )


def main() -> None:
    """Train, round, check and store."""
    torch.manual_seed(0)
    encoder = TextEncoder(len(DATE_READ), 8, 12)
    attention = AdditiveAttention(24, 24, 12)
    decoder = AttentionDecoder(len(DATE_WRITTEN), 6, 24, 24, attention)
    model = Translator(encoder, decoder)
    train(model, written_dates(20_000, (0, 4), seed=0), 2500, seed=0)

    weights = {name: rounded(value) for name, value in decoder.state_dict().items()}
    decoder.load_state_dict({name: torch.tensor(v) for name, v in weights.items()})
    texts, parts, answers = zip(*TEXTS, strict=True)
    characters = encode_texts(texts)
    lengths = torch.tensor([len(text) for text in texts])
    with torch.no_grad():
        keys, summary = encoder(characters, lengths)
        first = torch.tanh(decoder.first_state(summary))
        scores, _ = model(characters, lengths, 10)
    found = decode_answers(scores.argmax(-1))
    assert found == list(answers), found
    test = written_dates(500, 4, seed=1)
    with torch.no_grad():
        scores, _ = model(test.characters, test.lengths, 10)
    exact = (scores.argmax(-1) == test.answers).all(dim=1).float().mean()
    print(f"exact match on 500 new texts, weights rounded: {exact:.3f}")
    del weights["first_state.weight"], weights["first_state.bias"]
    stored = {
        "weights": weights,
        "texts": [
            {
                "text": text,
                "parts": parts[number],
                "truth": answers[number],
                "keys": rounded(keys[number, : len(text)]),
                "state": rounded(first[number]),
            }
            for number, text in enumerate(texts)
        ],
    }
    PLACE.write_text(json.dumps(stored, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
