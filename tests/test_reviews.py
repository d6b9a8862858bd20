"""Cinema reviews keep their promises; recall of a rationale is what it says."""

import math

import pytest
import torch

from course_utils.metrics import rationale_recall
from course_utils.worlds import VOCABULARY, cinema_reviews
from course_utils.worlds.reviews import BAD, FILLERS, GOOD, SUBJECTS

OPINIONS = {**dict.fromkeys(GOOD, 1), **dict.fromkeys(BAD, 0)}


def opinion_of(sentence):
    """What a sentence says: 1 good, 0 bad, None nothing."""
    places = [place for place, word in enumerate(sentence) if word in OPINIONS]
    assert len(places) <= 1
    if not places:
        return None
    place = places[0]
    negated = place > 0 and sentence[place - 1] == "not"
    return OPINIONS[sentence[place]] ^ int(negated)


class TestCinemaReviews:
    def test_shapes_and_kinds(self):
        world = cinema_reviews(7, fillers=(2, 5))
        assert world.words.shape == (7, 6, 7)
        assert world.word_lens.shape == (7, 6)
        for part in (world.labels, world.sentence, world.word, world.negated):
            assert part.shape == (7,)
        assert world.words.dtype == world.labels.dtype == torch.int64
        assert world.negated.dtype == torch.bool

    def test_the_sentence_after_the_film_decides(self):
        world = cinema_reviews(300, seed=3)
        for number in range(300):
            text = world.text(number)
            (film,) = (k for k, sentence in enumerate(text) if "film" in sentence)
            assert film + 1 == world.sentence[number]
            decides = text[film + 1]
            assert opinion_of(decides) == world.labels[number]
            place = int(world.word[number])
            assert decides[place] in OPINIONS
            before = decides[place - 1] if place else None
            assert (before == "not") == bool(world.negated[number])

    def test_topics_and_opinions_take_turns(self):
        world = cinema_reviews(200, seed=5)
        for number in range(200):
            text = world.text(number)
            assert len(text) in (4, 6)
            for place, sentence in enumerate(text):
                is_topic = place % 2 == 0
                assert (opinion_of(sentence) is None) == is_topic
                assert ("the" in sentence) == is_topic
                assert sum(word in (*SUBJECTS, "film") for word in sentence) == is_topic
                assert 1 <= sum(word in FILLERS for word in sentence) <= 4

    def test_padding_is_zero_and_comes_last(self):
        world = cinema_reviews(100)
        real = torch.arange(6) < world.word_lens[..., None]
        assert (world.words[~real] == 0).all() and (world.words[real] > 0).all()
        assert VOCABULARY[0] == "<pad>" and len(set(VOCABULARY)) == len(VOCABULARY)

    @pytest.mark.parametrize("negation", [0.0, 0.3, 1.0])
    def test_labels_are_balanced_and_not_is_as_frequent_as_stated(self, negation):
        world = cinema_reviews(2000, seed=1, negation=negation)
        assert world.labels.float().mean() == pytest.approx(0.5, abs=0.04)
        assert world.negated.float().mean() == pytest.approx(negation, abs=0.04)
        for label in (0, 1):
            kept = world.negated[world.labels == label].float().mean()
            assert kept == pytest.approx(negation, abs=0.05)

    def test_opinions_without_their_topics_give_three_quarters(self):
        """Two other opinions outvote the film's in one of four reviews."""
        world = cinema_reviews(3000, seed=2)
        right = 0.0
        for number, label in enumerate(world.labels.tolist()):
            votes = [opinion_of(s) for s in world.text(number)[1::2]]
            share = sum(votes) / len(votes)
            right += 0.5 if share == 0.5 else float((share > 0.5) == label)
        assert right / 3000 == pytest.approx(0.75, abs=0.02)

    def test_the_film_stands_anywhere(self):
        places = cinema_reviews(2000).sentence.bincount(minlength=6)
        assert (places[::2] == 0).all() and (places[1::2] > 200).all()

    def test_long_sentences_use_every_filler(self):
        world = cinema_reviews(5, fillers=(38, 38))
        text = world.text(0)
        assert len(text[0]) == 40 and set(FILLERS) <= set(text[0])
        assert (world.word_lens[world.word_lens > 0] >= 39).all()

    def test_same_seed_same_reviews(self):
        one, same, other = cinema_reviews(9), cinema_reviews(9), cinema_reviews(9, 1)
        for a, b in zip(one, same, strict=True):
            assert torch.equal(a, b)
        assert not torch.equal(one.words, other.words)

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"reviews": 0}, "reviews: expected at least 1, got 0"),
            ({"reviews": 3, "seed": -1}, "seed: expected at least 0"),
            ({"reviews": 3, "fillers": (3, 2)}, r"fillers\[1\]: expected at least 3"),
            ({"reviews": 3, "fillers": (-1, 2)}, r"fillers\[0\]: expected at least 0"),
            ({"reviews": 3, "negation": 1.5}, "negation: expected a share"),
        ],
    )
    def test_says_what_is_wrong(self, arguments, message):
        with pytest.raises(ValueError, match=message):
            cinema_reviews(**arguments)


class TestRationaleRecall:
    def test_by_hand(self):
        weights = torch.tensor([[0.5, 0.3, 0.2], [0.2, 0.7, 0.1]])
        decides = torch.tensor([[True, False, False], [True, False, False]])
        assert rationale_recall(weights, decides) == 0.5
        both = torch.tensor([[True, False, True], [True, True, False]])
        assert rationale_recall(weights, both) == pytest.approx((1 / 2 + 1) / 2)

    @pytest.mark.parametrize("items", [2, 5, 11])
    def test_equal_weights_score_chance(self, items):
        weights = torch.full((3, items), 1 / items)
        decides = torch.arange(items) == torch.tensor([0, 1, items - 1])[:, None]
        assert rationale_recall(weights, decides) == pytest.approx(1 / items)

    def test_ties_for_the_last_place_share_it(self):
        weights = torch.tensor([[0.4, 0.2, 0.2, 0.2]])
        decides = torch.tensor([[True, True, False, False]])
        assert rationale_recall(weights, decides) == pytest.approx((1 + 1 / 3) / 2)

    def test_is_the_mean_over_random_orders_of_ties(self):
        noise = torch.Generator().manual_seed(0)
        scores = torch.randint(3, (1, 7), generator=noise).double()
        decides = torch.rand(1, 7, generator=noise) < 0.5
        k = int(decides.sum())
        found = 0.0
        for _ in range(4000):
            broken = scores + 0.1 * torch.rand(1, 7, generator=noise)
            top = broken.topk(k).indices
            found += decides.gather(1, top).double().mean().item()
        assert rationale_recall(scores, decides) == pytest.approx(
            found / 4000, abs=0.02
        )

    def test_padding_is_never_looked_at(self):
        scores = torch.tensor([[-1.0, -2.0, 5.0]])
        decides = torch.tensor([[True, False, False]])
        mask = torch.tensor([[True, True, False]])
        assert rationale_recall(scores, decides) == 0
        assert rationale_recall(scores, decides, mask) == 1

    @pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
    def test_every_precision(self, dtype):
        weights = torch.tensor([[0.25, 0.75], [0.5, 0.5]]).to(dtype)
        decides = torch.tensor([[False, True], [False, True]])
        assert rationale_recall(weights, decides) == 0.75

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"scores": torch.zeros(2, 3).long()}, "scores: expected floating-point"),
            ({"scores": torch.zeros(3)}, r"scores: expected shape \(samples, items\)"),
            ({"scores": torch.full((2, 3), math.nan)}, "scores: .* 6 NaN of 6"),
            ({"rationale": torch.ones(2, 3)}, "rationale: expected a boolean tensor"),
            ({"rationale": torch.ones(2, 1).bool()}, r"rationale: .*\(2, 3\) like"),
            ({"rationale": torch.zeros(2, 3).bool()}, "2 samples, 2 of them without"),
            ({"mask": torch.ones(2, 3)}, "mask: expected a boolean tensor"),
            ({"mask": torch.zeros(2, 3).bool()}, "rationale: .* got padding"),
        ],
    )
    def test_says_what_is_wrong(self, change, message):
        given = {"scores": torch.zeros(2, 3), "rationale": torch.eye(3)[:2] > 0}
        with pytest.raises((TypeError, ValueError), match=message):
            rationale_recall(**{**given, **change})

    def test_no_samples(self):
        with pytest.raises(ValueError, match="got 0 samples"):
            rationale_recall(torch.zeros(0, 3), torch.zeros(0, 3).bool())
