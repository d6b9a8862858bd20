"""Written dates: what the texts say, and that the alignment is the true one."""

import re
from datetime import date

import pytest
import torch

from course_utils.worlds import (
    DATE_READ,
    DATE_WRITTEN,
    decode_answers,
    encode_texts,
    written_dates,
)
from course_utils.worlds.dates import FILLERS, MONTHS


def read(text):
    """Read one date out of a text, with another method than the one that wrote it."""
    words = text.replace(",", "").split()
    day = month = year = None
    for word in words:
        if word.count(".") == 2:
            day, month, year = (int(part) for part in word.split("."))
        elif word[:3] in {name[:3] for name in MONTHS}:
            month = [name[:3] for name in MONTHS].index(word[:3]) + 1
        elif word.isdigit() and len(word) == 4:
            year = int(word)
        elif word[0].isdigit():
            day = int("".join(c for c in word if c.isdigit()))
    return date(year, month, day).isoformat()


def test_every_text_says_its_answer():
    made = written_dates(307, (0, 5), seed=3)
    assert [read(text) for text in made.texts] == decode_answers(made.answers)
    assert len({text for text in made.texts}) > 300


def test_ordinal_endings():
    low = {1: "st", 2: "nd", 3: "rd"}  # codespell:ignore nd
    special = low | {20 + day: ending for day, ending in low.items()}
    seen = set()
    for text in written_dates(700, 0, seed=17).texts:
        for day, ending in re.findall(r"(\d+)([a-z]{2})\b", text):
            assert ending == special.get(int(day), "th")
            seen.add(int(day))
    assert seen == set(range(1, 29))


def test_true_characters_decide():
    """A true digit is the digit of the answer, or its number is shorter by one."""
    made = written_dates(211, (0, 5), seed=5)
    answers = decode_answers(made.answers)
    for text, answer, alignment in zip(
        made.texts, answers, made.alignment, strict=True
    ):
        for place, written in enumerate(answer):
            true = "".join(
                text[key] for key in alignment[place, : len(text)].nonzero().flatten()
            )
            if written == "-":
                assert true == ""
            elif true.isalpha():
                assert place in (5, 6)
                number = [name[:3] for name in MONTHS].index(true[:3]) + 1
                assert answer[5:7] == f"{number:02d}" and len(true) in (
                    3,
                    len(MONTHS[number - 1]),
                )
            elif place in (5, 8) and true != written:
                assert (written, true) == ("0", answer[place + 1])
            else:
                assert true == written


def test_several_dates_come_in_the_order_of_the_text():
    made = written_dates(97, 3, seed=7, dates=3)
    assert made.answers.shape == (97, 32)
    for text, answer in zip(made.texts, decode_answers(made.answers), strict=True):
        assert len(answer.split(" ")) == 3
        rest = text
        for part in answer.split(" "):
            year = part[:4]
            assert year in rest
            rest = rest[rest.index(year) + 1 :]
    first = made.alignment[:, 0].float().argmax(-1)
    second = made.alignment[:, 11].float().argmax(-1)
    assert (first < second).all()
    assert not made.alignment[:, 10].any()


def test_shapes_lengths_and_padding():
    made = written_dates(53, (1, 4), seed=11)
    longest = max(len(text) for text in made.texts)
    assert made.characters.shape == (53, longest)
    assert made.alignment.shape == (53, 10, longest)
    assert made.lengths.tolist() == [len(text) for text in made.texts]
    beyond = torch.arange(longest) >= made.lengths[:, None]
    assert ((made.characters == 0) == beyond).all()
    assert not made.alignment.any(1)[beyond].any()
    assert (encode_texts(made.texts) == made.characters).all()


@pytest.mark.parametrize("words", [0, 4, 9])
def test_filler_words(words):
    for text in written_dates(61, words, seed=13).texts:
        fillers = [word for word in text.split() if word in FILLERS]
        assert len(fillers) == words
        assert text == text.strip() and "  " not in text


def test_seed_formats_and_spread():
    one, same, other = (written_dates(2000, 2, seed) for seed in (1, 1, 2))
    assert one.texts == same.texts and torch.equal(one.answers, same.answers)
    assert one.texts != other.texts
    counts = one.answers[:, 5:7].unique(dim=0, return_counts=True)[1]
    assert len(counts) == 12 and counts.min() > 110
    assert sum("." in text for text in one.texts) == pytest.approx(2000 / 6, abs=80)
    assert set("".join(one.texts)) <= set(DATE_READ)
    assert DATE_WRITTEN == "0123456789- "


def test_wrong_arguments_are_named():
    with pytest.raises(ValueError, match="samples: expected at least 1"):
        written_dates(0)
    with pytest.raises(ValueError, match=r"words \(the most\): expected at least 3"):
        written_dates(1, (3, 2))
    with pytest.raises(ValueError, match=r"words: expected two numbers .*\(1, 2, 3\)"):
        written_dates(1, (1, 2, 3))
    with pytest.raises(TypeError, match="words: expected"):
        written_dates(1, 2.5)
    with pytest.raises(ValueError, match="dates: expected at least 1"):
        written_dates(1, dates=0)
    with pytest.raises(ValueError, match=r"texts: expected characters from .*'!'"):
        encode_texts(["3 May 1998!"])
    with pytest.raises(ValueError, match="texts: expected at least one"):
        encode_texts([])


def test_every_year_of_two_centuries_is_written():
    years = {a[:4] for a in decode_answers(written_dates(3001, 0, seed=5).answers)}
    assert years == {str(year) for year in range(1900, 2100)}


def test_numbers_that_are_no_characters_are_not_decoded():
    for number in (-1, len(DATE_WRITTEN)):
        with pytest.raises(ValueError, match="answers: expected numbers from 0 to 11"):
            decode_answers(torch.tensor([[number, 11]]))
    with pytest.raises(TypeError, match="answers: expected whole numbers"):
        decode_answers(torch.zeros(2, 3))
    with pytest.raises(ValueError, match="answers: expected"):
        decode_answers(torch.tensor([1, 2]))
