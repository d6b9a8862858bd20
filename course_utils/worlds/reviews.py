"""Cinema reviews in which one opinion decides: it is known which sentence and word.

A review is a row of pairs. A topic sentence names a subject ("later the film"); the
sentence after it holds one opinion word about that subject ("really not superb
today"), turned round by "not" or as it stands. Only the opinion about **the film**
counts: the label says whether it is good or bad. The other opinions are drawn
independently, so nothing but the order of sentences says which one decides, and
nothing but the order of words says whether "not" turns it round.
"""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from course_utils.arguments import require_count, require_number

PADDING, THE, FILM, NOT = "<pad>", "the", "film", "not"
SUBJECTS = ("seats", "queue", "popcorn", "trailer", "tickets", "foyer")
GOOD = ("good", "great", "fine", "lovely", "superb")
BAD = ("bad", "awful", "poor", "dull", "boring")
FILLERS = ("well", "honestly", "so", "again", "today", "friday")
FILLERS += ("really", "perhaps", "still", "there", "outside", "later")
VOCABULARY = (PADDING, THE, FILM, NOT, *SUBJECTS, *GOOD, *BAD, *FILLERS)
_NUMBER = {word: number for number, word in enumerate(VOCABULARY)}


class Reviews(NamedTuple):
    """Reviews of two or three subjects, one of which is the film.

    words: (reviews, sentences, words), numbers of words in ``VOCABULARY``,
        0 where there is padding.
    word_lens: (reviews, sentences), the words of each sentence; 0 = padding.
    labels: (reviews,), 1 = the film is good, 0 = it is bad.
    sentence: (reviews,), the number of the sentence that decides.
    word: (reviews,), the place of the opinion word in that sentence.
    negated: (reviews,), boolean: "not" stands before that word.
    """

    words: Tensor
    word_lens: Tensor
    labels: Tensor
    sentence: Tensor
    word: Tensor
    negated: Tensor

    def text(self, number: int) -> list[list[str]]:
        """Return one review as its sentences, each a list of words."""
        require_count("number", number, least=0)
        require_number("number", number, 0, len(self.words) - 1)
        sentences = self.words[number].tolist()
        lengths = self.word_lens[number].tolist()
        return [
            [VOCABULARY[word] for word in sentence[:length]]
            for sentence, length in zip(sentences, lengths, strict=True)
            if length
        ]


def cinema_reviews(
    reviews: int,
    seed: int = 0,
    fillers: tuple[int, int] = (1, 4),
    negation: float = 0.3,
) -> Reviews:
    """Return generated reviews with the word and the sentence that decide.

    Args:
        reviews: how many.
        seed: the same seed gives the same reviews.
        fillers: least and most meaningless words in each sentence.
        negation: how often "not" stands before an opinion word, from 0 to 1.

    Half of the reviews (on average) are good, whatever ``negation`` is; where "not"
    stands, a bad word means good.

    Raises:
        TypeError, ValueError: a count, seed, range or share that makes no review.
    """
    require_count("reviews", reviews)
    require_count("seed", seed, least=0)
    if not isinstance(fillers, tuple | list) or len(fillers) != 2:
        raise TypeError(f"fillers: expected two numbers (least, most), got {fillers!r}")
    require_count("fillers[0]", fillers[0], least=0)
    require_count("fillers[1]", fillers[1], least=max(1, fillers[0]))
    if isinstance(negation, bool) or not isinstance(negation, int | float):
        raise TypeError(f"negation: expected a number, got {negation!r}")
    if not 0 <= negation <= 1:
        raise ValueError(f"negation: expected a share from 0 to 1, got {negation}")
    rng = np.random.default_rng(seed)
    words = np.zeros((reviews, 6, fillers[1] + 2), dtype=np.int64)
    lengths = np.zeros((reviews, 6), dtype=np.int64)
    truth = np.zeros((reviews, 4), dtype=np.int64)  # label, sentence, word, negated
    for review in range(reviews):
        pairs = rng.integers(2, 4)
        film = rng.integers(pairs)
        subjects = rng.permutation(SUBJECTS)
        for pair in range(pairs):
            subject = FILM if pair == film else subjects[pair]
            good, negated = rng.integers(2), rng.random() < negation
            opinion = rng.choice(GOOD if good != negated else BAD)
            cores = [THE, subject], [NOT, opinion] if negated else [opinion]
            for sentence, core in enumerate(cores, start=2 * pair):
                written, before = _written(core, fillers, rng)
                lengths[review, sentence] = len(written)
                words[review, sentence, : len(written)] = written
            if pair == film:
                word = before + int(negated)
                truth[review] = good, 2 * pair + 1, word, negated
    label, sentence, word, negated = torch.from_numpy(truth).unbind(dim=1)
    kept = torch.from_numpy(words), torch.from_numpy(lengths)
    return Reviews(*kept, label, sentence, word, negated.bool())


def _written(
    core: list[str], fillers: tuple[int, int], rng: np.random.Generator
) -> tuple[list[int], int]:
    """Return a sentence with ``core`` somewhere in it, and the words before it."""
    count = rng.integers(fillers[0], fillers[1] + 1)
    rounds = -(-count // len(FILLERS))  # each round uses every filler once
    drawn = [word for _ in range(rounds) for word in rng.permutation(FILLERS)][:count]
    before = int(rng.integers(count + 1))
    sentence = [*drawn[:before], *core, *drawn[before:]]
    return [_NUMBER[str(word)] for word in sentence], before
