"""Counting blobs, keeping the heaviest, and the report on the maps of many heads."""

import numpy as np
import pytest
import torch
from scipy import ndimage

from course_utils.metrics import blobs_per_map, heaviest_blob, measure_maps

ROW = [[4.0, 0.0, 1.0, 2.0, 0.0, 3.0, 3.0]]  # mean 13/7: blobs 4 | 2 | 3 3


def test_by_hand():
    maps = torch.tensor([ROW])
    assert blobs_per_map(maps).tolist() == [3]
    kept = heaviest_blob(maps)[0, 0]
    # masses 4 - 13/7 = 2.143, 2 - 13/7 = 0.143 and 6 - 26/7 = 2.286
    wanted = [0, 0, 0, 0, 0, 3 - 13 / 7, 3 - 13 / 7]
    assert kept.tolist() == pytest.approx(wanted)
    torch.testing.assert_close(heaviest_blob(100 + maps)[0, 0], kept, atol=1e-4, rtol=0)


@pytest.mark.parametrize("connectivity", [4, 8])
def test_agrees_with_a_loop_over_scipy_s_labels(connectivity):
    torch.manual_seed(0)
    maps = torch.randn(13, 7, 11)
    structure = np.ones((3, 3)) if connectivity == 8 else None
    for each, count, kept in zip(
        maps.double().numpy(),
        blobs_per_map(maps, connectivity),
        heaviest_blob(maps, connectivity),
        strict=True,
    ):
        labels, wanted = ndimage.label(each > each.mean(), structure)
        assert count == wanted
        above = each - each.mean()
        masses = ndimage.sum(above, labels, range(1, wanted + 1))
        best = above * (labels == 1 + np.argmax(masses))
        np.testing.assert_allclose(kept.numpy(), best, atol=1e-5)


@pytest.mark.parametrize("value", [0.0, 0.1, 1e30])
def test_even_maps_have_no_blob_among_busy_ones(value):
    maps = torch.stack([torch.full((1, 7), value), torch.tensor(ROW)])
    assert blobs_per_map(maps).tolist() == [0, 3]
    kept = heaviest_blob(maps)
    assert (kept[0] == 0).all() and (kept[1] > 0).sum() == 2


def test_half_precision_keeps_the_sums():
    maps = torch.zeros(1, 30, 30).half()
    maps[0, :, ::3] = 200.0
    assert blobs_per_map(maps).item() == 10
    assert heaviest_blob(maps).isfinite().all()


def report_case():
    masks = torch.zeros(2, 4, 6, dtype=torch.bool)
    masks[:, :, :2] = True  # the first of three columns of a map of 2 by 3
    good, bad = [[5.0, 0, 0], [5.0, 0, 0]], [[0.0, 0, 5], [5.0, 0, 0]]
    scores = torch.tensor([[good, bad], [bad, good]])
    return scores, masks


def test_report_by_hand():
    scores, masks = report_case()
    found = measure_maps(scores, masks)
    assert found["blobs"] == 1.5
    assert found["entropy"] == pytest.approx(np.log(2) / 2)
    power = np.exp(5.0)
    heavy, light = power / (2 * power + 4), 1 / (2 * power + 4)
    assert found["inside"] == pytest.approx((2 * heavy + heavy + light) / 2, rel=1e-5)
    assert found["pointing"] == 1.0
    assert found["best head"] == 1.0
    assert found["mean head"] == pytest.approx((1 + 1 / 3) / 2)


def test_report_takes_the_best_head_of_each_picture_not_one_for_all():
    scores, masks = report_case()
    assert measure_maps(scores[:, :1], masks)["best head"] == pytest.approx(2 / 3)
    shifted = measure_maps(scores - 7.0, masks)
    assert shifted == pytest.approx(measure_maps(scores, masks), rel=1e-5)


def test_pointing_follows_the_mean_weights_not_the_mean_scores():
    masks = torch.zeros(1, 1, 3, dtype=torch.bool)
    masks[0, 0, 0] = True
    # mean scores point at the second place, mean weights at the first
    scores = torch.tensor([[[[9.0, 0.0, 0.0]], [[-9.0, 8.0, 7.9]]]])
    weights = scores.flatten(2).softmax(-1).mean(1)
    assert scores.mean(1).argmax() == 1 and weights.argmax() == 0
    assert measure_maps(scores, masks)["pointing"] == 1.0


def test_a_place_belongs_to_the_object_from_more_than_half():
    masks = torch.zeros(1, 2, 6, dtype=torch.bool)
    masks[0, 0, :] = True  # half of every place
    masks[0, 1, 2] = True  # three quarters of the middle one
    scores = torch.tensor([[[[0.0, 1.0, 0.0]]]])
    assert measure_maps(scores, masks)["best head"] == 1.0


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: blobs_per_map(torch.zeros(3, 5)), ValueError, "maps, height, width"),
        (
            lambda: heaviest_blob(torch.full((1, 2, 3), torch.nan)),
            ValueError,
            "finite",
        ),
        (lambda: heaviest_blob(torch.zeros(2, 0, 3)), ValueError, "one pixel"),
        (lambda: blobs_per_map(torch.zeros(2, 3, 0)), ValueError, "one pixel"),
        (lambda: heaviest_blob(torch.zeros(0, 2, 3)), ValueError, "number of maps"),
        (
            lambda: measure_maps(torch.zeros(2, 1, 3, 3), torch.zeros(2, 6, 6)),
            TypeError,
            "boolean",
        ),
        (
            lambda: measure_maps(
                torch.zeros(2, 1, 3, 3), torch.ones(3, 6, 6, dtype=torch.bool)
            ),
            ValueError,
            "one for each picture",
        ),
        (
            lambda: measure_maps(
                torch.zeros(1, 1, 3, 3), torch.zeros(1, 6, 6, dtype=torch.bool)
            ),
            ValueError,
            "object",
        ),
    ],
)
def test_says_what_is_wrong(call, error, message):
    with pytest.raises(error, match=message):
        call()
