"""The stored times of the blob entropy, and the loop that they are measured against."""

import json
import math
import sys

import numpy as np
import pytest
import torch

from course_utils.blobs import blob_entropy, label_stack
from course_utils.experiments import FOLDER
from course_utils.explorers import Regions
from course_utils.explorers.regions import LETTERS, MAPS, OFFSETS, TIE, regions_of

sys.path.insert(0, str(FOLDER.parent))
try:
    import blobs as script
finally:
    sys.path.remove(str(FOLDER.parent))

STORED = json.loads((FOLDER.parent / "blobs.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("kind", ["noise", "smooth"])
def test_the_published_loop_returns_our_loss_and_gradient(kind):
    maps = script.maps_of(kind, 7)[:5]
    label, _ = script.labellers()
    value, slope = script.forward_and_backward(script.ours, maps)
    for loss in (
        script.published_loop(label["scipy"]),
        script.with_labeller(script.stack_labeller(label["scipy"])),
        script.with_labeller(script.loop_labeller(label["scipy"])),
    ):
        other, gradient = script.forward_and_backward(loss, maps)
        assert other == pytest.approx(value, rel=1e-5)
        torch.testing.assert_close(gradient, slope, rtol=1e-3, atol=1e-7)


def test_one_tall_picture_gives_the_labels_of_the_stack():
    label, _ = script.labellers()
    for side in (6, 7):
        masks = torch.rand(11, side, 5) < 0.5
        for name, labeller in label.items():
            labels, counts = script.stack_labeller(labeller)(masks, 8)
            wanted, wanted_counts = label_stack(masks, 8)
            assert torch.equal(counts.long(), wanted_counts.long()), name
            assert torch.equal(labels > 0, wanted > 0), name
            labels, counts = script.loop_labeller(labeller)(masks, 8)
            assert torch.equal(counts, wanted_counts), name
            assert torch.equal(labels > 0, wanted > 0), name


def test_the_loop_ends_where_no_map_has_a_blob():
    label, _ = script.labellers()
    with pytest.raises(RuntimeError, match="non-empty"):
        script.published_loop(label["scipy"])(torch.zeros(2, 3, 7, 5))


def test_stored_times_are_complete_and_say_what_the_lesson_says():
    assert {(r["kind"], r["side"]) for r in STORED["rows"]} == {
        (kind, side) for kind in ("noise", "smooth") for side in script.COMPARED
    }
    for row in STORED["rows"]:
        times = row["milliseconds"]
        faster = times["published loop"] / times["ours"]
        assert row["times_faster_than_loop"] == pytest.approx(faster, rel=0.02)
        for end, name in (("", ""), ("_with_scipy", ", scipy")):
            one_call = row[f"times_faster_than_label_loop{end}"]
            loop = times[f"label loop{name}"]
            assert one_call == pytest.approx(loop / times["ours"], rel=0.02)
            gathering = times[f"published loop{name}"] / loop
            assert 1.2 < one_call < 4 and 2.9 < gathering < 14
            assert row[f"times_faster_than_loop{end}"] > 8
        assert 1 < row["ours_over_fastest_package"] < 1.3
    for kind, slopes in STORED["slopes"].items():
        assert script.slopes_of(STORED["growth"], kind) == slopes
        assert max(slopes[:-1]) < 0.95 < slopes[-1] < 1.1


def test_slopes_of_times_that_grow_in_proportion_or_not_at_all():
    rows = [
        {"kind": kind, "side": n, "milliseconds": time}
        for n in script.SIDES
        for kind, time in (("even", 3.0 * n * n), ("flat", 5.0))
    ]
    assert script.slopes_of(rows, "even") == [1, 1, 1, 1]
    assert script.slopes_of(rows, "flat") == [0, 0, 0, 0]


# -------------------------------------------------------- the explorer's regions


@pytest.mark.parametrize("name", MAPS)
@pytest.mark.parametrize(("neighbours", "connectivity"), [("four", 4), ("eight", 8)])
def test_the_explorer_agrees_with_the_package(name, neighbours, connectivity):
    """With its margin for ties everywhere; against the mean where no pixel ties."""
    compared = 0
    for offset in OFFSETS:
        for value in (-0.1, 0.0, 0.4, 0.5, 0.9):
            found = Regions.compute(name, offset, neighbours, 2, 3, value)
            grid = torch.tensor(found["values"], dtype=torch.float64)
            level = found["threshold"]
            wanted = blob_entropy(grid, level + TIE, connectivity).item()
            assert math.isclose(found["entropy"], wanted, abs_tol=1e-6)
            if offset == 0 and (grid - level).abs().min() > TIE:
                wanted = blob_entropy(grid, "mean", connectivity).item()
                assert math.isclose(found["entropy"], wanted, abs_tol=1e-9)
                compared += 1
    assert compared >= 4


def test_there_are_letters_for_all_regions_of_a_small_map():
    board = (np.indices((4, 4)).sum(axis=0) % 2 == 0).tolist()
    assert max(map(max, regions_of(board, "four"))) == len(LETTERS)
