"""Boxes, adversarial pictures, what to annotate: by hand, gradients, bad input."""

import math

import numpy as np
import pytest
import torch
from scipy import ndimage
from torch import nn
from torch.nn import functional as F

from course_utils.class_maps import MapClassifier, train_map_classifier
from course_utils.guidance import (
    AnnotationLoss,
    adversarial_images,
    annotation_cost,
    box_loss,
    boxes_of,
    choose_to_annotate,
    mask_loss,
    prediction_entropy,
)

# ----------------------------------------------------------------------- boxes


def test_boxes_agree_with_scipy():
    masks = torch.from_numpy(np.random.default_rng(0).random((13, 7, 11)) > 0.9)
    boxes = boxes_of(masks)
    for mask, box in zip(masks.numpy(), boxes.numpy(), strict=True):
        wanted = np.zeros_like(mask)
        if mask.any():
            wanted[ndimage.find_objects(mask.astype(int))[0]] = True
        assert (box == wanted).all()


def test_boxes_keep_leading_axes_and_empty_masks():
    masks = torch.zeros(2, 3, 5, 7, dtype=torch.bool)
    masks[1, 2, 1, 6] = masks[1, 2, 3, 4] = True
    boxes = boxes_of(masks)
    assert boxes.sum() == 3 * 3
    assert boxes[1, 2, 1:4, 4:7].all()
    with pytest.raises(TypeError, match="boolean"):
        boxes_of(masks.float())
    with pytest.raises(ValueError, match="height, width"):
        boxes_of(torch.ones(5, dtype=torch.bool))


# -------------------------------------------------------------------- box loss


def example(batch=3, classes=2, size=(5, 7)):
    torch.manual_seed(0)
    maps = torch.randn(batch, classes, *size, dtype=torch.float64, requires_grad=True)
    masks = torch.rand(batch, 2 * size[0], 3 * size[1]) > 0.9
    return maps, torch.arange(batch) % classes, boxes_of(masks)


def test_box_loss_by_hand():
    # One picture of 2 x 4 pixels, two patches: the left one half inside the box.
    maps = torch.tensor([[[[2.0, 3.0]], [[-1.0, 5.0]]]], requires_grad=True)
    box = torch.tensor([[[True, False, False, False]] * 2])
    own = (0.5 * 4 + 9) / 2
    other = (1 + 25) / 2
    assert box_loss(maps, torch.tensor([0]), box).item() == own + other
    own = (0.5 * 1 + 25) / 2
    other = (4 + 9) / 2
    assert box_loss(maps, torch.tensor([1]), box).item() == own + other


def test_box_loss_is_mask_loss_outside_and_nothing_inside():
    maps, classes, _ = example()
    nowhere = torch.zeros(3, 10, 21, dtype=torch.bool)
    nothing, everything = (box_loss(maps, classes, b) for b in (nowhere, ~nowhere))
    assert nothing.item() == pytest.approx(mask_loss(maps, classes, nowhere).item())
    other = maps[torch.arange(3), 1 - classes].square().mean()
    assert everything.item() == pytest.approx(other.item())


def test_gradient_of_box_loss_reaches_what_it_shall_and_no_more():
    maps, classes, boxes = example()
    torch.autograd.gradcheck(lambda given: box_loss(given, classes, boxes), maps)
    box_loss(maps, classes, boxes).backward()
    inside = F.adaptive_avg_pool2d(boxes.double(), (5, 7)) == 1
    assert inside.any()
    for number, kind in enumerate(classes):
        own, other = maps.grad[number, kind], maps.grad[number, 1 - kind]
        assert ((own == 0) == inside[number]).all()
        assert (other != 0).all()


def test_box_loss_in_half_precision():
    maps, classes, boxes = example()
    half = maps.detach().half().requires_grad_()
    assert box_loss(half, classes, boxes).dtype == torch.float16
    assert box_loss(half, classes, boxes).item() == pytest.approx(
        box_loss(maps, classes, boxes).item(), rel=0.01
    )


@pytest.mark.parametrize("kind", [torch.uint8, torch.int8, torch.int32])
def test_classes_may_have_any_integer_type(kind):
    maps, classes, boxes = example(batch=2, size=(2, 2))
    assert torch.equal(
        box_loss(maps, classes.to(kind), boxes), box_loss(maps, classes, boxes)
    )
    images, classes, masks = small_scenes()
    losses = []
    for given in (classes, classes.to(kind)):
        extra = AnnotationLoss(Sum(), images, given, masks, few(1, 2), few(3))
        losses.append(extra(torch.zeros(1), torch.zeros(1), few(0)).item())
    assert losses[0] == losses[1]


def test_scores_inside_a_box_are_free_however_large():
    for kind, score in ((torch.float16, 300.0), (torch.float32, 1e20)):
        maps = torch.zeros(1, 2, 1, 2, dtype=kind)
        maps[0, 0] = score
        everything = torch.ones(1, 2, 4, dtype=torch.bool)
        maps.requires_grad_()
        loss = box_loss(maps, torch.tensor([0]), everything)
        loss.backward()
        assert loss.item() == 0 and (maps.grad == 0).all()


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"maps": torch.zeros(0, 2, 5, 7)}, ValueError, "at least one picture"),
        ({"maps": torch.zeros(3, 5, 7)}, ValueError, "batch, classes, h, w"),
        ({"maps": torch.zeros(3, 2, 5, 7)}, ValueError, "carry a gradient"),
        ({"classes": torch.tensor([0, 1, 2])}, ValueError, "from 0 to 1"),
        ({"classes": torch.tensor([0, 1])}, ValueError, "one class per picture"),
        ({"boxes": torch.zeros(3, 10, 21)}, TypeError, "boolean"),
        ({"boxes": torch.zeros(2, 10, 21).bool()}, ValueError, "one box per picture"),
        ({"boxes": torch.zeros(3, 11, 21).bool()}, ValueError, "multiples"),
    ],
)
def test_box_loss_says_what_is_wrong(change, error, message):
    maps, classes, boxes = example()
    call = {"maps": maps, "classes": classes, "boxes": boxes, **change}
    with pytest.raises(error, match=message):
        box_loss(**call)


# --------------------------------------------------------- adversarial pictures


class Sum(nn.Module):
    """A network whose maps are known: class 0 sees red, class 1 minus green."""

    def __init__(self):
        super().__init__()
        self.slope = nn.Parameter(torch.ones(()))

    def forward(self, images):
        maps = self.slope * torch.stack([images[:, 0], -images[:, 1]], dim=1)
        return maps.mean(dim=(2, 3)), maps


def test_adversarial_pictures_by_hand():
    images = torch.full((1, 3, 2, 2), 0.5)
    box = torch.tensor([[[True, False], [False, False]]])
    moved = adversarial_images(Sum(), images, torch.tensor([0]), box, 0.25) - images
    # Own class: red rises outside the box only. Other class: its score, minus green,
    # shall become larger in size, so green rises everywhere. Blue counts for nothing.
    assert torch.equal(moved[0, 0], 0.25 * (~box[0]).float())
    assert torch.equal(moved[0, 1], torch.full((2, 2), 0.25))
    assert torch.equal(moved[0, 2], torch.zeros(2, 2))


def small_scenes(scenes=23):
    torch.manual_seed(1)
    images = 0.1 * torch.randn(scenes, 3, 8, 12)
    classes = torch.arange(scenes) % 2
    masks = torch.zeros(scenes, 8, 12, dtype=torch.bool)
    masks[:, 2:4, 3:7] = True
    masks[:, 4, 4] = True
    images[classes == 1, :, 2:5, 3:6] += 1
    return images, classes, masks


def test_adversarial_pictures_raise_the_loss_and_leave_the_network_alone():
    images, classes, masks = small_scenes()
    boxes = boxes_of(masks)
    torch.manual_seed(0)
    network = MapClassifier(channels=5).train()
    network(images)
    before = {name: each.clone() for name, each in network.state_dict().items()}
    moved = adversarial_images(network, images, classes, boxes, 0.02)
    assert network.training and not moved.requires_grad
    assert all(each.grad is None for each in network.parameters())
    for name, each in network.state_dict().items():
        assert torch.equal(each, before[name]), name
    assert (moved - images).abs().max() <= 0.02 + 1e-6
    network.eval()
    with torch.no_grad():
        losses = [box_loss(network(x)[1], classes, boxes) for x in (images, moved)]
        still = adversarial_images(network, images, classes, boxes, 0.0)
    assert losses[1] > losses[0]
    assert torch.equal(still, images)
    assert not network.training
    with pytest.raises(ValueError, match="at least 0"):
        adversarial_images(network, images, classes, boxes, -0.1)


def test_adversarial_pictures_move_every_pixel_by_the_same_step():
    class Unequal(Sum):
        def forward(self, images):
            maps = torch.stack([images[:, 0], 5 * images[:, 1]], dim=1)
            return maps.mean(dim=(2, 3)), self.slope * maps

    images = torch.full((1, 3, 2, 2), 0.5)
    nowhere = torch.zeros(1, 2, 2, dtype=torch.bool)
    moved = adversarial_images(Unequal(), images, few(0), nowhere, 0.25) - images
    assert torch.equal(moved[0, :2], torch.full((2, 2, 2), 0.25))


def test_adversarial_pictures_give_each_module_its_mode_back():
    images, classes, masks = small_scenes()
    network = MapClassifier(channels=5).train()
    frozen = next(m for m in network.modules() if isinstance(m, nn.BatchNorm2d))
    frozen.eval()
    before = [module.training for module in network.modules()]
    adversarial_images(network, images, classes, boxes_of(masks))
    assert [module.training for module in network.modules()] == before
    with pytest.raises(TypeError, match="boolean"):
        adversarial_images(network, images, classes, masks.float())
    assert [module.training for module in network.modules()] == before


# -------------------------------------------------------------------- choosing


def test_entropy_of_predictions():
    logits = torch.tensor([[0.0, 0.0, 0.0], [0.0, 1000.0, 0.0], [math.log(3), 0, -1e4]])
    got = prediction_entropy(logits)
    wanted = [math.log(3), 0, -0.75 * math.log(0.75) - 0.25 * math.log(0.25)]
    assert got.tolist() == pytest.approx(wanted, abs=1e-6)
    torch.manual_seed(0)
    logits = torch.randn(7, 5)
    peer = torch.distributions.Categorical(logits=logits).entropy()
    assert torch.allclose(prediction_entropy(logits), peer, atol=1e-6)
    for kind, far in ((torch.float16, 6e4), (torch.float32, 3e38)):
        sure = torch.tensor([[far, -far]], dtype=kind)
        assert prediction_entropy(sure).item() == 0
    with pytest.raises(ValueError, match="batch, classes"):
        prediction_entropy(logits[0])


def test_the_most_uncertain_are_chosen_once():
    unsure = torch.tensor([0.1, 0.7, 0.3, 0.9, 0.7])
    assert choose_to_annotate(unsure, 1).tolist() == [3]
    assert set(choose_to_annotate(unsure, 3).tolist()) == {1, 3, 4}
    taken = torch.tensor([3, 1])
    assert choose_to_annotate(unsure, 2, taken).tolist() == [4, 2]
    assert choose_to_annotate(unsure, 0).tolist() == []
    with pytest.raises(ValueError, match="at most 3"):
        choose_to_annotate(unsure, 4, taken)
    with pytest.raises(ValueError, match="from 0 to 4"):
        choose_to_annotate(unsure, 1, torch.tensor([5]))
    with pytest.raises(ValueError, match="some"):
        choose_to_annotate(unsure, 1, torch.tensor([[0, 1]]))
    with pytest.raises(ValueError, match="NaN"):
        choose_to_annotate(unsure * math.nan, 1)


def test_ties_are_drawn_at_random():
    counts = torch.zeros(11)
    for seed in range(300):
        chosen = choose_to_annotate(torch.zeros(11), 3, torch.tensor([4]), seed)
        assert len(set(chosen.tolist())) == 3
        counts[chosen] += 1
    assert counts[4] == 0
    rest = counts[torch.arange(11) != 4]
    assert rest.min() > 60 and rest.max() < 120  # 90 expected
    same = [choose_to_annotate(torch.zeros(11), 3, seed=5).tolist() for _ in range(2)]
    assert same[0] == same[1]
    many = torch.arange(5000) % 2.0  # long enough for an unstable sort to show
    order = torch.randperm(5000, generator=torch.Generator().manual_seed(3))
    wanted = [n for n in order.tolist() if n % 2]
    assert choose_to_annotate(many, 2500, seed=3).tolist() == wanted


def test_cost_of_annotations():
    assert annotation_cost(9, 0) == 9
    assert annotation_cost(0, 7) == pytest.approx(79)
    assert annotation_cost(3, 2, mask_cost=4) == 11
    for wrong in ({"boxes": -1}, {"masks": -1}, {"mask_cost": -1.0}):
        with pytest.raises(ValueError, match="at least 0"):
            annotation_cost(**{"boxes": 1, "masks": 1, **wrong})


# ------------------------------------------------------- learning from the few


def few(*numbers):
    return torch.tensor(numbers, dtype=torch.int64)


@pytest.mark.parametrize("which", ["masked", "boxed", "adversarial"])
def test_each_auxiliary_loss_reaches_the_weights_behind_the_maps(which):
    images, classes, masks = small_scenes()
    network = MapClassifier(channels=5)
    chosen = {"masked": few(), "boxed": few()}
    chosen["masked" if which == "masked" else "boxed"] = few(3, 4)
    epsilon = 0.05 if which == "adversarial" else 0.0
    extra = AnnotationLoss(network, images, classes, masks, **chosen, epsilon=epsilon)
    logits, maps = network(images)
    extra(logits, maps, few(0)).backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad.abs().sum() > 0, name


def test_other_rows_of_masks_are_never_read():
    images, classes, masks = small_scenes()
    garbled = masks.clone()
    garbled[[0, 5, 22]] = ~masks[[0, 5, 22]]
    results = []
    for given in (masks, garbled):
        torch.manual_seed(3)
        network = MapClassifier(channels=5)
        extra = AnnotationLoss(
            network, images, classes, given, few(1, 2), few(3, 4, 6), seed=2
        )
        logits, maps = network(images)
        results.append(extra(logits, maps, few(0)).item())
    assert results[0] == results[1]


def test_annotation_loss_by_hand_and_in_handfuls():
    images, classes, masks = small_scenes()
    seen = []

    class Noting(Sum):
        def forward(self, images):
            seen.append(len(images))
            return super().forward(images)

    network = Noting()
    chosen = (few(2), few(7, 9))
    extra = AnnotationLoss(network, images, classes, masks, *chosen, weight=3.0)
    _, maps = Sum()(images)
    wanted = mask_loss(maps[[2]], classes[[2]], masks[[2]])
    wanted = wanted + box_loss(maps[[7, 9]], classes[[7, 9]], boxes_of(masks[[7, 9]]))
    got = extra(maps[:, :, 0, 0], maps, few(0))
    assert got.item() == pytest.approx(3 * wanted.item(), rel=1e-5)
    assert seen == [1, 2]
    seen.clear()
    extra = AnnotationLoss(
        network, images, classes, masks, torch.arange(19), torch.arange(9)
    )
    extra(maps[:, :, 0, 0], maps, few(0))
    assert seen == [8, 8]
    moved = adversarial_images(
        Sum(), images[[7, 9]], classes[[7, 9]], boxes_of(masks[[7, 9]]), 0.3
    )
    wanted = box_loss(Sum()(moved)[1], classes[[7, 9]], boxes_of(masks[[7, 9]]))
    chosen = (few(), few(7, 9))
    extra = AnnotationLoss(
        network, images, classes, masks, *chosen, weight=1.0, epsilon=0.3
    )
    got = extra(maps[:, :, 0, 0], maps, few(0))
    assert got.item() == pytest.approx(wanted.item(), rel=1e-5)
    none = AnnotationLoss(network, images, classes, masks, few(), few())
    assert none(maps[:, :, 0, 0], maps, few(0)).item() == 0


def test_handfuls_meet_every_picture_and_follow_the_seed():
    images, classes, masks = small_scenes()
    chosen = torch.arange(20)

    def draws(seed):
        extra = AnnotationLoss(Sum(), images, classes, masks, chosen, few(), seed=seed)
        return [extra.handful(chosen).tolist() for _ in range(30)]

    drawn = draws(1)
    assert {number for each in drawn for number in each} == set(range(20))
    assert all(len(set(each)) == 8 for each in drawn)
    assert drawn == draws(1) != draws(2)


def test_training_with_annotations_moves_attention_onto_the_object():
    images, classes, masks = small_scenes(60)
    inside = F.adaptive_avg_pool2d(masks.float(), (4, 6))
    shares = []
    for masked in (few(), few(0, 1, 2, 3)):
        torch.manual_seed(0)
        network = MapClassifier(channels=8)
        extra = AnnotationLoss(network, images, classes, masks, masked, few())
        train_map_classifier(network, images, classes, 60, extra=extra)
        with torch.no_grad():
            own = network(images)[1][torch.arange(60), classes].clamp(min=0)
        shares.append(((own * inside).sum() / own.sum()).item())
    assert shares[1] > shares[0] + 0.2
    assert shares[1] > 2 * masks.float().mean()  # twice as much as an even map


def test_annotation_loss_says_what_is_wrong():
    images, classes, masks = small_scenes()
    network = MapClassifier(channels=5)
    with pytest.raises(ValueError, match="from 0 to 22"):
        AnnotationLoss(network, images, classes, masks, few(23), few())
    with pytest.raises(ValueError, match="one per picture"):
        AnnotationLoss(network, images, classes[:7], masks, few(), few())
    with pytest.raises(ValueError, match="at least 0"):
        AnnotationLoss(network, images, classes, masks, few(), few(), weight=-1.0)
    with pytest.raises(ValueError, match="at least 0"):
        AnnotationLoss(network, images, classes, masks, few(), few(), epsilon=-1.0)
    with pytest.raises(TypeError, match="boxed: expected int64 or int32"):
        AnnotationLoss(network, images, classes, masks, few(), few(3).byte())
    with pytest.raises(ValueError, match="each picture once"):
        AnnotationLoss(network, images, classes, masks, few(3, 3), few())
    with pytest.raises(ValueError, match="some"):
        AnnotationLoss(network, images, classes, masks, few(), few(3)[None])
