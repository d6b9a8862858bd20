"""The stored table of lesson 08 is what its script gives, and says what is claimed."""

import runpy
from statistics import median

import pytest

from course_utils.experiments import FOLDER, load
from course_utils.explorers.review_weights import REVIEWS
from course_utils.worlds import cinema_reviews

ROWS = load("reading_reviews").rows
KINDS = sorted({row["kind"] for row in ROWS})


def stored(kind, name):
    return [row[name] for row in ROWS if row["kind"] == kind]


def test_a_rerun_gives_the_stored_rows():
    script = runpy.run_path(str(FOLDER / "reading_reviews.py"))
    (wanted,) = (r for r in ROWS if r["kind"] == "word scores" and r["seed"] == 0)
    assert script["row"]("word scores", 0) == pytest.approx(wanted, abs=0.002)


@pytest.mark.slow
def test_a_rerun_of_a_network_gives_the_stored_row():
    script = runpy.run_path(str(FOLDER / "reading_reviews.py"))
    (wanted,) = (r for r in ROWS if r["kind"] == "reads back" and r["seed"] == 6)
    assert script["row"]("reads back", 6) == pytest.approx(wanted, abs=0.05)


def test_ten_seeds_of_every_kind():
    assert set(script_kinds()) == set(KINDS)
    for kind in KINDS:
        assert sorted(stored(kind, "seed")) == list(range(10))


def script_kinds():
    return runpy.run_path(str(FOLDER / "reading_reviews.py"))["KINDS"]


def test_what_the_lesson_claims_of_all_ten():
    for kind in KINDS:
        if kind != "word scores":
            assert min(stored(kind, "accuracy")) > 0.95
            assert median(stored(kind, "accuracy")) > 0.99
    assert max(stored("attention", "negated")) < 0.01
    assert min(stored("attention", "not")) > 0.99
    assert min(stored("word scores", "negated")) > 0.99
    assert min(stored("attention", "sentence")) > max(stored("word scores", "sentence"))
    assert min(stored("reads back", "sentence")) > 0.8
    assert max(stored("reads back", "topic")) < 0.01
    assert median(stored("reads both sides", "topic")) > 0.8
    assert min(stored("attention", "long accuracy")) > 0.9
    assert max(stored("tanh", "long largest")) < 0.164  # 39 words or more


def test_the_explorer_shows_reviews_of_the_test():
    world = cinema_reviews(1000, seed=1004)
    for number, review in enumerate(REVIEWS):
        assert review["words"] == world.text(number)
        assert review["good"] == bool(world.labels[number])
        assert review["sentence"] == world.sentence[number]
        assert review["word"] == world.word[number]
        for words, scores in zip(review["words"], review["word_scores"], strict=True):
            assert len(words) == len(scores)
