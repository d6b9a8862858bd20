"""The stored rows of lesson 14 come from the scripts beside them."""

import sys

import pytest

from course_utils.experiments import FOLDER, load

sys.path.insert(0, str(FOLDER))
try:
    import first_guess
    import which_pool
finally:
    sys.path.remove(str(FOLDER))


@pytest.mark.parametrize("seed", [0, 3])
def test_rows_of_maps_that_know_nothing_come_again(seed):
    stored = load("which_pool").rows
    for row in which_pool.rows_without_training(seed):
        kept = [r for r in stored if (r["seed"], r["map"]) == (seed, row["map"])]
        assert len(kept) == 1
        for score in ("recall", "precision", "iou", "head", "body", "legs"):
            assert kept[0][score] == pytest.approx(row[score], abs=0.002), row


def test_every_pool_and_seed_has_its_row():
    rows = load("which_pool").rows
    names = {*which_pool.pools(), *which_pool.null_maps(which_pool.test_scenes(0), 0)}
    found = {(row["seed"], row["map"]) for row in rows}
    assert found == {(s, name) for s in which_pool.SEEDS for name in names}
    assert len(found) == len(rows)


def test_every_start_has_its_row():
    rows = load("first_guess").rows
    found = {(row["seed"], row["world"], row["start"]) for row in rows}
    starts = {("animals", part) for part in ("head", "body", "legs")}
    starts |= {("boats", "object"), ("boats", "ground")}
    assert found == {(s, *start) for s in first_guess.SEEDS for start in starts}
    assert len(found) == len(rows)


def test_cheapest_start_comes_again():
    row = first_guess.row_of("boats", "ground", 0)
    stored = load("first_guess").rows
    (kept,) = (r for r in stored if all(r[k] == row[k] for k in ("seed", "start")))
    assert kept["ground at last"] == pytest.approx(row["ground at last"], abs=0.1)
    assert kept["conflict at last"] == pytest.approx(row["conflict at last"], abs=0.1)


def test_regions_are_those_of_the_world():
    _, classes, regions = first_guess.scenes_and_regions("boats", 7, 1, 0.0)
    assert set(regions) == {"object", "ground"} and len(classes) == 7
    assert (regions["object"] ^ regions["ground"]).all()
