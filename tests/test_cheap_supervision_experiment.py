"""The stored rows of lesson 17 come from the script beside them."""

import sys

import pytest
import torch
from torch.nn.functional import adaptive_avg_pool2d

from course_utils.experiments import FOLDER, load
from course_utils.guidance import boxes_of
from course_utils.metrics import edge_maps
from course_utils.worlds import boats_and_cars

sys.path.insert(0, str(FOLDER))
try:
    import cheap_supervision as script
finally:
    sys.path.remove(str(FOLDER))

Plan = script.Plan


def scores(masks, boxes, how, key):
    """One score of one plan, by seed."""
    found = {
        row["seed"]: row[key]
        for row in load("cheap_supervision").rows
        if (row["masks"], row["boxes"], row["how"]) == (masks, boxes, how)
    }
    return [found[seed] for seed in script.SEEDS]


def mean(values):
    return sum(values) / len(values)


def test_every_seed_and_plan_has_its_row():
    keys = [
        (row["seed"], row["masks"], row["boxes"], row["how"])
        for row in load("cheap_supervision").rows
    ]
    assert keys == [(seed, *plan) for seed in script.SEEDS for plan in script.PLANS]


def test_a_cheap_row_comes_again():
    torch.set_num_threads(1)
    seed = script.SEEDS[0]
    (again,) = script.rows_of(seed, [Plan(0, 0)])
    (row,) = (
        row
        for row in load("cheap_supervision").rows
        if row["seed"] == seed and row["masks"] == row["boxes"] == 0
    )
    for key, value in row.items():
        if isinstance(value, float):
            assert again[key] == pytest.approx(value, abs=0.05), key
        else:
            assert again[key] == value, key


def test_the_second_half_is_new_and_level_where_asked():
    first = torch.tensor([5, 2, 9, 7])
    doubts = torch.arange(script.SCENES).float()
    classes = script.pictures(3).classes
    doubts[classes == 1] += 1000  # boats only, unless level
    for level, boats in ((False, 4), (True, 2)):
        chosen = script.second_half(first, doubts, level, 3)
        assert len(set(chosen.tolist()) | {2, 5, 7, 9}) == 8
        assert int(classes[chosen].sum()) == boats


def test_plans_of_a_seed_annotate_the_same_pictures_first(monkeypatch):
    seen = []

    def note(plan, seed, masked, boxed, steps):
        seen.append((masked.tolist(), boxed.tolist()))
        return script.MapClassifier()

    monkeypatch.setattr(script, "train", note)
    monkeypatch.setattr(script, "measure", lambda network: {})
    monkeypatch.setattr(script, "under_attack", lambda network: 0.0)
    monkeypatch.setattr(script, "unsure", lambda *_: torch.arange(400.0))
    list(script.rows_of(3, script.PLANS))
    order = script.in_order(3).tolist()
    for plan, (masked, boxed) in zip(script.PLANS, seen, strict=True):
        assert (len(masked), len(boxed)) == (plan.masks, plan.boxes)
        assert not set(masked) & set(boxed)
        sure = len(masked) if plan.how == "random" else len(masked) // 2
        assert masked[:sure] == order[:sure]
        assert boxed == order[len(masked) : len(masked) + len(boxed)]


def test_filled_boxes_are_learned_as_masks(monkeypatch):
    seen = {}

    class Note:
        def __init__(self, network, images, classes, masks, masked, boxed, **options):
            seen.update(masks=masks, masked=masked, boxed=boxed, **options)

    monkeypatch.setattr(script, "AnnotationLoss", Note)
    monkeypatch.setattr(script, "train_map_classifier", lambda *given: None)
    few, none = torch.arange(3), torch.arange(0)
    world = script.pictures(3)
    for how, masks, masked, boxed, epsilon in [
        ("random", world.masks, none, few, 0.0),
        ("adversarial", world.masks, none, few, script.EPSILON),
        ("filled", boxes_of(world.masks), few, none, 0.0),
    ]:
        script.train(Plan(0, 3, how), 3, none, few)
        assert torch.equal(seen["masks"], masks)
        assert torch.equal(seen["masked"], masked)
        assert torch.equal(seen["boxed"], boxed)
        assert seen["epsilon"] == epsilon


def test_quality_of_the_truth_is_high():
    world = boats_and_cars(11, 1.0, 5)
    found = script.quality(world.masks.float(), world.masks)
    assert found == pytest.approx({"iou": 1, "inside": 1, "pointing": 1})
    nothing = script.quality(-world.masks.float(), world.masks)
    assert nothing["iou"] == nothing["inside"] == 0


def test_what_the_lesson_says_of_the_stored_rows():
    assert max(scores(0, 0, "random", "conflict_accuracy")) < 0.05
    eight, eighty = (scores(*plan, "random", "inside") for plan in ((8, 0), (0, 80)))
    assert all(b > a + 0.05 for a, b in zip(eight, eighty, strict=True))
    filled = scores(0, 400, "filled", "inside")
    free = scores(0, 400, "random", "inside")
    assert all(b > a + 0.1 for a, b in zip(filled, free, strict=True))
    filled, free = (scores(0, 400, how, "iou") for how in ("filled", "random"))
    assert mean(filled) > mean(free)
    full, some, mixed = (
        scores(*plan, "random", "iou") for plan in ((400, 0), (80, 0), (80, 320))
    )
    for a, b, c in zip(full, some, mixed, strict=True):
        assert a - 0.05 < c < b < a + 0.02
    drawn, level, blobs, doubts = (
        scores(8, 0, how, "iou")
        for how in ("random", "random, level", "blobs", "prediction")
    )
    assert min(drawn) < 0.35 and min(blobs) > 0.45
    assert mean(blobs) > mean(level) > mean(drawn) + 0.03
    assert mean(doubts) < mean(drawn) + 0.03
    assert sum(b > a for a, b in zip(drawn, blobs, strict=True)) == 2
    drawn, blobs = (scores(16, 0, how, "iou") for how in ("random", "blobs"))
    assert mean(blobs) < mean(drawn)


def test_a_filter_without_labels_outlines_as_well_as_many_masks():
    world = boats_and_cars(script.SCENES, 1.0, script.TEST_SEED, script.HATCHING)
    edges = adaptive_avg_pool2d(edge_maps(world.images), 8)
    usual = edges.flatten(1).median(dim=1).values[:, None, None]
    found = script.quality(edges - usual, world.masks)
    assert found["iou"] > mean(scores(16, 0, "random", "iou"))
    assert found["iou"] > max(scores(0, 80, "random", "iou")) + 0.1
    assert found["inside"] < min(scores(0, 80, "random", "inside")) - 0.1


def test_five_seeds_cannot_tell_the_rules_of_choice_apart():
    drawn = torch.tensor(scores(8, 0, "random", "iou"))
    for how, wins in (("blobs", 2), ("prediction", 3), ("random, level", 2)):
        gains = torch.tensor(scores(8, 0, how, "iou")) - drawn
        assert abs(gains.mean()) < 1.5 * gains.std() / 5**0.5
        assert (gains > 0).sum() == wins


def test_boxes_beside_masks_take_iou_and_add_mass_inside():
    for key, sign in (("iou", -1), ("inside", 1)):
        with_boxes, without = (
            scores(*plan, "random", key) for plan in ((80, 320), (80, 0))
        )
        pairs = zip(with_boxes, without, strict=True)
        assert all(sign * (a - b) > 0 for a, b in pairs)
