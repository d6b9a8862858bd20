"""The stored rows of lesson 15: complete, as claimed, and one of them comes again."""

import json
import sys

import pytest

from course_utils.experiments import FOLDER, load

sys.path.insert(0, str(FOLDER))
try:
    import attention_mining
    import guiding_attention
    import masks_or_pictures
finally:
    sys.path.remove(str(FOLDER))


def rows_of(name, **settings):
    return [
        row
        for row in load(name).rows
        if all(row[key] == value for key, value in settings.items())
    ]


def test_every_network_has_its_row():
    rows = load("guiding_attention").rows
    found = {(r["pool"], r["training"], r["bias"], r["seed"]) for r in rows}
    dial = guiding_attention.DIAL_SEEDS * len(guiding_attention.DIAL)
    later = 3 * len(guiding_attention.LATER)
    assert len(found) == len(rows) == 6 * len(guiding_attention.SEEDS) + dial + later
    rows = load("attention_mining").rows
    assert len(rows) == len(attention_mining.SEEDS) * len(attention_mining.PLANS)
    rows = load("masks_or_pictures").rows
    bought = sum(len(counts) for *_, counts in masks_or_pictures.PLANS)
    outlines = masks_or_pictures.OUTLINES
    assert len(rows) == bought * len(masks_or_pictures.SEEDS) + outlines


def test_a_row_with_masks_comes_again():
    network = guiding_attention.trained("average", 0, masks=guiding_attention.MASKS)
    again = guiding_attention.measured(network, 0)
    (row,) = rows_of(
        "guiding_attention", pool="average", training="masks", bias=1.0, seed=0
    )
    for name, value in again.items():
        assert row[name] == pytest.approx(value, abs=0.05), name


def test_a_row_with_mining_comes_again():
    again = attention_mining.row("log-sum-exp", "held", 0)
    (row,) = rows_of("attention_mining", pool="log-sum-exp", second_look="held", seed=0)
    assert set(again) == set(row)
    for name in ("left", "usual_accuracy", "usual_iou", "conflict_accuracy"):
        assert row[name] == pytest.approx(again[name], abs=0.05), name
    assert row["hidden"] == pytest.approx(again["hidden"], abs=0.15)


def test_masks_mend_every_map_and_only_some_decisions():
    for seed in guiding_attention.SEEDS:
        for pool in guiding_attention.POOLS:
            labels, masks = (
                rows_of(
                    "guiding_attention", pool=pool, training=how, bias=1.0, seed=seed
                )[0]
                for how in ("labels", "masks")
            )
            assert min(labels["usual_accuracy"], masks["usual_accuracy"]) > 0.99
            assert labels["conflict_accuracy"] < 0.05
            assert labels["usual_iou"] < 0.15 < 0.6 < masks["usual_iou"]
            if pool == "average":
                assert masks["conflict_accuracy"] < 0.05
                assert masks["read_by_log-sum-exp"] > 0.9
                assert labels["read_by_log-sum-exp"] < 0.2
            else:
                assert masks["conflict_accuracy"] > 0.85
                assert masks["read_by_average"] > 0.6
    for seed in guiding_attention.LATER:
        for pool in guiding_attention.POOLS:
            (masks,) = rows_of(
                "guiding_attention", pool=pool, training="masks", bias=1.0, seed=seed
            )
            assert masks["usual_iou"] > 0.6
            mended = masks["conflict_accuracy"]
            assert mended < 0.25 if pool == "average" else mended > 0.95
            assert masks["read_by_log-sum-exp"] > 0.9
            if pool != "average":
                assert masks["read_by_average"] > 0.6


def test_the_table_of_the_explorer_belongs_to_the_dial():
    table = json.loads(guiding_attention.EXPLORER.read_text(encoding="utf-8"))
    biases = [float(name) for name in table["maps"]]
    assert biases == sorted([*guiding_attention.DIAL, 1.0])
    assert all(len(each) == 64 and max(each) == 100 for each in table["maps"].values())


def test_masks_are_drawn_from_the_first_pictures_and_pictures_mislead(monkeypatch):
    seen = {}

    def note(network, images, classes, steps, seed, extra):
        seen.update(count=len(images), classes=classes, extra=extra)

    monkeypatch.setattr(guiding_attention, "train_map_classifier", note)
    guiding_attention.trained("average", 0, pictures=7)
    assert seen["count"] == guiding_attention.PICTURES + 7
    assert seen["extra"] is None
    guiding_attention.trained("average", 0, masks=5)
    assert seen["count"] == guiding_attention.PICTURES
    assert seen["extra"] is not None


def mean(rows, column):
    return sum(row[column] for row in rows) / len(rows)


def test_mining_completes_a_map_and_does_not_correct_it():
    none, held, shared = (
        rows_of("attention_mining", pool="log-sum-exp", second_look=look)
        for look in ("none", "held", "shared")
    )
    assert all(row["left"] < 0.51 for row in held)  # nothing is known any longer
    assert mean(none, "left") > 0.9
    assert mean(held, "hidden") > 1.5 * mean(none, "hidden")
    assert all(row["usual_iou"] < 0.1 for row in held)
    assert all(row["conflict_accuracy"] < 0.1 for row in held)
    assert mean(shared, "hidden") < mean(none, "hidden")
    assert mean(shared, "left") < 0.2  # below chance, though less is hidden
    assert sum(row["usual_accuracy"] < 0.9 for row in shared) == 2


def test_pictures_mend_decisions_and_leave_the_map():
    masks = rows_of("masks_or_pictures", kind="masks", count=10)
    assert min(row["conflict_accuracy"] for row in masks) > 0.9
    for count, least in ((10, 0.7), (30, 0.99)):
        bought = rows_of(
            "masks_or_pictures", pool="log-sum-exp", kind="pictures", count=count
        )
        assert mean(bought, "conflict_accuracy") > least
        assert mean(bought, "usual_iou") < 0.4 < 0.6 < mean(masks, "usual_iou")
    average = rows_of("masks_or_pictures", pool="average", kind="pictures", count=10)
    assert mean(average, "conflict_accuracy") > 0.8


def test_without_hatching_a_mended_map_mends_nothing():
    outlines = rows_of("masks_or_pictures", hatching=0.0)
    assert all(row["usual_iou"] > 0.6 for row in outlines)
    assert all(row["conflict_accuracy"] < 0.05 for row in outlines)
