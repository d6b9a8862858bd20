"""Written dates: a text with dates in it, and the dates in digits.

    "we met on 3rd of March 1998 in rain"   ->   "1998-03-03"

Characters of the text are numbered from 1, in the order of ``DATE_READ``; 0 is
padding. Characters of the answer are numbered from 0, in the order of
``DATE_WRITTEN``. Because the text is generated, it is known which characters
decide each character of the answer: the true alignment.
"""

import re
import string
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.random import Generator
from torch import Tensor

from course_utils.arguments import (
    require_count,
    require_indices,
    require_instance,
    require_tensor,
)

MONTHS = [
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
]
# d day, o its ordinal ending, M month, m its first three letters, n its number, y year
DATE_FORMATS = (
    "{d}{o} of {M} {y}",
    "{M} {d}, {y}",
    "{d} {m} {y}",
    "{y} {M} {d}",
    "{d}.{n}.{y}",
    "{m} {d}{o}, {y}",
)
FILLERS = [
    *("a", "and", "at", "aunt", "boat", "by", "came", "cold", "friend", "had"),
    *("hat", "in", "it", "late", "left", "met", "my", "noon", "old", "on"),
    *("rain", "red", "she", "so", "the", "they", "train", "was", "we", "with"),
]
DATE_READ = " ,." + string.digits + "ADFJMNOS" + string.ascii_lowercase
DATE_WRITTEN = string.digits + "- "
STRIDE = len("1998-03-03 ")  # from one date of an answer to the next


class WrittenDates(NamedTuple):
    """Texts with dates in them, and the dates in digits.

    texts: the texts as strings.
    characters: (samples, length) whole numbers, 0 where a text has ended.
    lengths: (samples,), characters of each text.
    answers: (samples, answer), whole numbers from 0 to 11: year, month, day; ten
        characters for one date, eleven more (a space first) for each further one.
    alignment: (samples, answer, length), True where a character of the text decides
        a character of the answer. Dashes and spaces have no such character.
    """

    texts: list[str]
    characters: Tensor
    lengths: Tensor
    answers: Tensor
    alignment: Tensor


def written_dates(
    samples: int,
    words: int | tuple[int, int] = (0, 6),
    seed: int = 0,
    dates: int = 1,
) -> WrittenDates:
    """Return texts that hold dates, each in one of six ways of writing it.

    Years run from 1900 to 2099, days from 1 to 28; format, month and fillers are
    drawn evenly. The dates stand at random places among the filler words, which
    hold no digit and no month; the answer names them in the order of the text.

    What decides a character of the answer: a digit of the year, that digit of the
    text. A month written as a word, every letter of the word, for both digits. A
    number of two digits, one digit each; a number of one digit, that digit, for
    both. This is a rule, and not the only road: an ordinal ending such as "rd" says
    something about the day, and the second digit of a year, 9 or 0, tells the first.

    Args:
        samples: how many texts.
        words: filler words in each text, or the least and the most of them.
        seed: the same seed gives the same texts.
        dates: dates in each text.

    Raises:
        TypeError, ValueError: a count or a range that makes no texts.
    """
    require_count("samples", samples)
    require_count("seed", seed, least=0)
    require_count("dates", dates)
    if not isinstance(words, int | tuple | list):
        raise TypeError(f"words: expected one number or (least, most), got {words!r}")
    if not isinstance(words, int) and len(words) != 2:
        raise ValueError(f"words: expected two numbers (least, most), got {words}")
    fewest, most = (words, words) if isinstance(words, int) else words
    require_count("words", fewest, least=0)
    require_count("words (the most)", most, least=fewest)
    rng = np.random.default_rng(seed)
    counts = rng.integers(fewest, most + 1, size=samples).tolist()
    drawn = [_one_text(rng, count, dates) for count in counts]
    texts = [text for text, _, _ in drawn]
    answers = [[DATE_WRITTEN.index(c) for c in answer] for _, answer, _ in drawn]
    alignment = torch.zeros(samples, len(answers[0]), max(map(len, texts))).bool()
    for sample, (_, _, places) in enumerate(drawn):
        for character, (start, end) in places.items():
            alignment[sample, character, start:end] = True
    return WrittenDates(
        texts=texts,
        characters=encode_texts(texts),
        lengths=torch.tensor([len(text) for text in texts]),
        answers=torch.tensor(answers),
        alignment=alignment,
    )


def encode_texts(texts: Sequence[str]) -> Tensor:
    """Return the characters of ``texts`` as numbers (texts, longest), 0 at the end.

    Raises:
        ValueError: no text, or a character that no generated text holds.
    """
    if isinstance(texts, str) or not isinstance(texts, Sequence):
        raise TypeError(f"texts: expected a list of texts, got {type(texts).__name__}")
    for text in texts:
        require_instance("texts", text, str)
    if not texts:
        raise ValueError("texts: expected at least one text, got none")
    strange = sorted(set("".join(texts)) - set(DATE_READ))
    if strange:
        raise ValueError(
            f"texts: expected characters from {DATE_READ!r}, got {strange}"
        )
    encoded = torch.zeros(len(texts), max(map(len, texts)), dtype=torch.int64)
    for row, text in zip(encoded, texts, strict=True):
        row[: len(text)] = torch.tensor([DATE_READ.index(c) + 1 for c in text])
    return encoded


def decode_answers(answers: Tensor) -> list[str]:
    """Return answers (samples, characters), numbers from 0 to 11, as strings."""
    require_tensor("answers", answers, "samples, characters", floating=False)
    require_indices("answers", answers, len(DATE_WRITTEN))
    return ["".join(DATE_WRITTEN[c] for c in row) for row in answers.tolist()]


Places = dict[int, tuple[int, int]]  # character of the answer: its stretch of text


def _one_text(rng: Generator, words: int, dates: int) -> tuple[str, str, Places]:
    """Return a text, its answer, and what decides each character of it."""
    pieces = [FILLERS[number] for number in rng.integers(len(FILLERS), size=words)]
    text, answers, places = "", [], Places()
    gaps = np.diff(np.sort(rng.integers(words + 1, size=dates)), prepend=0)
    for number, gap in enumerate(gaps):  # filler words before this date
        text += "".join(f"{word} " for word in pieces[:gap])
        pieces = pieces[gap:]
        date, answer, decides = _one_date(rng)
        for character, (start, end) in decides.items():
            place = start + len(text), end + len(text)
            places[character + STRIDE * number] = place
        text += f"{date} "
        answers.append(answer)
    return (text + " ".join(pieces)).rstrip(), " ".join(answers), places


def _one_date(rng: Generator) -> tuple[str, str, Places]:
    """Return a date as it may be written, in digits, and what decides each digit."""
    year, month, day = (int(rng.integers(*r)) for r in ((1900, 2100), (1, 13), (1, 29)))
    style = DATE_FORMATS[rng.integers(len(DATE_FORMATS))]
    text, places = "", Places()
    for name, between in re.findall(r"\{(\w)\}|([^{}]+)", style):
        start = len(text)
        text += between or _spelt(name, year, month, day)
        places.update(_decides(name, start, len(text)))
    return text, f"{year:04d}-{month:02d}-{day:02d}", places


def _spelt(name: str, year: int, month: int, day: int) -> str:
    """Return one part of a date as its format spells it."""
    if name == "o":
        teens = day in (11, 12, 13)
        endings = {1: "st", 2: "nd", 3: "rd"}  # codespell:ignore nd
        return "th" if teens else endings.get(day % 10, "th")
    word = MONTHS[month - 1]
    return str({"d": day, "M": word, "m": word[:3], "n": month, "y": year}[name])


def _decides(name: str, start: int, end: int) -> Places:
    """Return the stretch of text that decides each digit which a part stands for."""
    if name == "y":
        return {digit: (start + digit, start + digit + 1) for digit in range(4)}
    if name in ("M", "m"):
        return {5: (start, end), 6: (start, end)}
    if name in ("n", "d"):
        first = 5 if name == "n" else 8
        return {first: (start, start + 1), first + 1: (end - 1, end)}
    return {}
