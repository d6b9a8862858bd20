"""The stored rows of the blob-entropy loss come from the script beside them."""

import math
import sys

import pytest

from course_utils.experiments import FOLDER, load

sys.path.insert(0, str(FOLDER))
try:
    import blob_entropy_loss as script
finally:
    sys.path.remove(str(FOLDER))

torch = script.torch


def test_rows_without_network_come_again():
    stored = {row["on"]: row for row in load("blob_entropy_loss").rows}
    test = script.cluttered_digits(1000, "test", seed=1)
    for row in script.rows_without_network(test):
        kept = stored[row["on"]]["best head"]
        assert kept == pytest.approx(row["best head"], abs=0.002), row


def test_the_cheapest_trained_row_comes_again():
    """Ten numbers of one network; the lesson trains it too, beside another."""
    (kept,) = (
        row
        for row in load("blob_entropy_loss").rows
        if row["seed"] == 0 and row["on"] == "scores" and not row["tile"]
        if row["weight"] == script.STRONG and row["decide"] == 1
        if row["schedule"] == "even"
    )
    row = script.one_row(*script.worlds(), 0, script.STRONG)
    assert row["right"] == pytest.approx(kept["right"], abs=0.03)
    assert row["blobs"] == pytest.approx(kept["blobs"], abs=0.6)
    for key in ("inside", "best head", "mean head", "cleaned", "object's area"):
        assert row[key] == pytest.approx(kept[key], abs=0.08), key


def test_every_run_has_its_row():
    rows = load("blob_entropy_loss").rows
    names = ("seed", "weight", "on", "tile", "schedule", "decide")
    found = {tuple(row.get(name) for name in names) for row in rows}
    sweep = len(script.SEEDS) * len(script.WEIGHTS)
    fresh, side = 3 * len(script.FRESH_SEEDS), 9 * len(script.FEW_SEEDS)
    assert len(found) == len(rows) == 4 + sweep + 5 + fresh + side


def test_cleaned_and_strongest_by_hand():
    row = torch.tensor([9.0, 1, 0, 0, 0, 2, 0, 0]).view(1, 1, 1, 8)
    kept = script.above_spread(row)  # mean 1.5, sd 3.12
    assert kept.flatten().tolist() == [1, 0, 0, 0, 0, 0, 0, 0]
    masks = torch.zeros(1, 1, 8, dtype=torch.bool)
    masks[..., 3:6] = True  # three places: so many of the highest are kept
    highest = script.strongest(row, masks)[0, 0, 0]
    assert highest.nonzero().flatten().tolist() == [0, 1, 5]
    world = script.cluttered_digits(3, "test", seed=4)
    perfect = script.truth_of(world.masks, torch.zeros(3, 2, 14, 14)).float()
    found = script.numbers(perfect.expand(-1, 2, -1, -1).contiguous(), world)
    assert found["best head"] == found["object's area, mean head"] == 1
    assert found["lost heads"] == 0 and 0.12 < found["above mean"] < 0.19


def test_published_course_rises_for_a_tenth_and_falls_to_nothing():
    assert script.published(0.0) == 0.0
    assert script.published(0.05) == pytest.approx(0.5)
    assert script.published(0.1) == pytest.approx(1.0)
    assert script.published(0.55) == pytest.approx(0.5)
    assert script.published(1.0) == pytest.approx(0.0)


def test_losses_look_at_what_their_names_say():
    torch.manual_seed(0)
    scores = torch.randn(2, 3, 5, 7)
    found = {name: loss(scores).item() for name, loss in script.LOSSES.items()}
    weights = scores.flatten(2).softmax(-1).view_as(scores)
    each = [script.blob_loss(grid) for grid in scores.flatten(0, 1)]
    assert found["scores"] == pytest.approx(sum(each).item() / 6)
    assert found["weights"] == pytest.approx(script.blob_loss(weights).item())
    means = [script.blob_loss(picture.mean(dim=0)) for picture in scores]
    assert found["mean of the heads"] == pytest.approx(sum(means).item() / 2)
    even = script.LOSSES["shannon"](torch.zeros(2, 3, 5, 7)).item()
    assert even == pytest.approx(math.log(35))
    assert found["shannon"] < even
