"""Recall and precision of a map's strong part: by hand, edges, independently."""

import pytest
import torch
from sklearn.metrics import precision_score, recall_score

from course_utils.metrics import intersection_over_union, recall_and_precision


def test_by_hand():
    maps = torch.tensor([[[1.0, 0.5, 0.4], [0.3, 0.0, 0.6]]])
    masks = torch.tensor([[[True, True, True], [False, True, False]]])
    # above .4 are 1, .5 and .6: two of four object cells, two of three marked
    recall, precision = recall_and_precision(maps, masks)
    torch.testing.assert_close(recall, torch.tensor([0.5]))
    torch.testing.assert_close(precision, torch.tensor([2 / 3]))


@pytest.mark.parametrize("dtype", [torch.float16, torch.float32, torch.float64])
def test_agrees_with_scikit_learn(dtype):
    maps = torch.rand(5, 7, 11).to(dtype)
    masks = torch.rand(5, 7, 11) < 0.3
    recall, precision = recall_and_precision(maps, masks, 0.6)
    iou = intersection_over_union(maps, masks, 0.6)
    for i in range(5):
        strong = (maps[i] > 0.6 * maps[i].max()).flatten()
        truth = masks[i].flatten()
        r, p = recall_score(truth, strong), precision_score(truth, strong)
        assert recall[i].item() == pytest.approx(r)
        assert precision[i].item() == pytest.approx(p)
        assert iou[i].item() == pytest.approx(r * p / (r + p - r * p))


def test_the_scale_of_a_map_does_not_matter_and_each_has_its_own():
    maps, masks = torch.rand(3, 5, 7), torch.rand(3, 5, 7) < 0.4
    factors = torch.tensor([1.0, 8.0, 0.25])[:, None, None]
    for one, other in zip(
        recall_and_precision(maps, masks),
        recall_and_precision(factors * maps, masks),
        strict=True,
    ):
        torch.testing.assert_close(one, other)


def test_extremes():
    masks = torch.zeros(1, 5, 7, dtype=torch.bool)
    masks[0, 2, 3] = True
    recall, precision = recall_and_precision(torch.ones(1, 5, 7), masks)
    assert recall.item() == 1 and precision.item() == pytest.approx(1 / 35)
    recall, precision = recall_and_precision(torch.zeros(1, 5, 7), masks)
    assert recall.item() == 0 and precision.item() == 0
    recall, precision = recall_and_precision(masks.float(), masks)
    assert recall.item() == precision.item() == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"threshold": 1.0}, "share of the maximum"),
        ({"threshold": -0.1}, "share of the maximum"),
        ({"maps": torch.full((2, 3, 5), -1.0)}, "at least 0"),
        ({"maps": torch.rand(2, 3, 4)}, "expected shape"),
        ({"masks": torch.zeros(2, 3, 5, dtype=torch.bool)}, "expected an object"),
    ],
)
def test_wrong_input_is_named(change, message):
    call = {"maps": torch.rand(2, 3, 5), "masks": torch.ones(2, 3, 5) > 0} | change
    with pytest.raises(ValueError, match=message):
        recall_and_precision(**call)
