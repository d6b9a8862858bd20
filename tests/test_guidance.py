"""Losses on maps: by hand, their gradients, and what is wrong with bad input."""

import pytest
import torch

from course_utils.class_maps import MapClassifier, train_map_classifier
from course_utils.guidance import mask_loss


def example(batch=3, classes=2, size=(5, 7)):
    maps = torch.randn(batch, classes, *size, dtype=torch.float64, requires_grad=True)
    masks = torch.rand(batch, 2 * size[0], 3 * size[1]) > 0.5
    return maps, torch.arange(batch) % classes, masks


def test_mask_loss_by_hand():
    # One picture of 2 x 2 pixels, one patch: half covered, so the target is 1/2.
    maps = torch.tensor([[[[2.0]], [[-3.0]]]], requires_grad=True)
    mask = torch.tensor([[[True, False], [True, False]]])
    assert mask_loss(maps, torch.tensor([0]), mask).item() == 1.5**2 + 3.0**2
    assert mask_loss(maps, torch.tensor([1]), mask).item() == 2.0**2 + 3.5**2


def test_mask_loss_is_zero_only_at_the_target():
    maps, classes, masks = example()
    perfect = torch.zeros_like(maps)
    for number, (kind, mask) in enumerate(zip(classes, masks, strict=True)):
        blocks = mask.double().unflatten(1, (-1, 3)).unflatten(0, (-1, 2))
        perfect[number, kind] = blocks.mean(dim=(1, 3))
    with torch.no_grad():
        assert mask_loss(perfect, classes, masks) == pytest.approx(0, abs=1e-15)
        for place in [(0, 0, 0, 0), (2, 1, 4, 6)]:
            wrong = perfect.clone()
            wrong[place] -= 0.5
            assert mask_loss(wrong, classes, masks).item() == pytest.approx(
                0.25 / (3 * 35)
            )


def test_mask_loss_reaches_every_patch_of_every_map():
    maps, classes, masks = example()
    mask_loss(maps, classes, masks).backward()
    assert (maps.grad != 0).all()


def test_a_detached_map_is_refused_while_training():
    maps, classes, masks = example()
    with pytest.raises(ValueError, match="carry a gradient"):
        mask_loss(maps.detach(), classes, masks)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"maps": torch.zeros(3, 5, 7)}, ValueError, "batch, classes, h, w"),
        ({"classes": torch.tensor([0, 1, 2])}, ValueError, "from 0 to 1"),
        ({"classes": torch.tensor([0, 1])}, ValueError, "one class per picture"),
        ({"classes": torch.tensor([0, 1, 0]).byte()}, TypeError, "int64 or int32"),
        ({"maps": torch.zeros(3, 2, 0, 7).requires_grad_()}, ValueError, "multiples"),
        ({"masks": torch.zeros(3, 10, 21)}, TypeError, "mask"),
        ({"masks": torch.zeros(2, 10, 21).bool()}, ValueError, "one mask per"),
        ({"masks": torch.zeros(3, 10, 20).bool()}, ValueError, "multiples"),
    ],
)
def test_mask_loss_says_what_is_wrong(change, error, message):
    maps, classes, masks = example()
    call = {"maps": maps, "classes": classes, "masks": masks, **change}
    with pytest.raises(error, match=message):
        mask_loss(**call)


# -------------------------------------------------------- training of the network


def pictures(scenes=60):
    images = 0.1 * torch.randn(scenes, 3, 8, 12)
    classes = torch.arange(scenes) % 2
    images[classes == 1, :, 2:5, 3:6] += 1
    return images, classes


def test_training_learns_and_repeats_itself():
    def train():
        torch.manual_seed(0)
        network = MapClassifier(channels=8, strides=(1, 1, 1))
        return train_map_classifier(network, *pictures(), steps=60), network

    torch.manual_seed(0)
    history, network = train()
    torch.manual_seed(0)
    again, _ = train()
    assert history.shape == (60,)
    assert torch.equal(history, again)
    assert history[-5:].mean() < 0.3 * history[:5].mean()
    assert not network.training


def test_every_epoch_shows_every_picture_once_to_the_extra_loss():
    images, classes = pictures(60)
    seen = []

    def extra(logits, maps, chosen):
        assert logits.shape == (len(chosen), 2) and maps.shape[:2] == (len(chosen), 2)
        seen.append(chosen)
        return 0 * maps.sum()

    network = MapClassifier(channels=5, strides=(1, 2, 1))
    train_map_classifier(network, images[:50], classes[:50], 3, extra=extra)
    for chosen in seen:
        assert sorted(chosen.tolist()) == list(range(50))


def test_training_refuses_classes_that_do_not_match():
    images, classes = pictures(10)
    with pytest.raises(ValueError, match="one class per picture"):
        train_map_classifier(MapClassifier(), images, classes[:7])


def test_no_picture_is_refused():
    maps = torch.zeros(0, 2, 5, 7, requires_grad=True)
    with pytest.raises(ValueError, match="at least one picture"):
        mask_loss(maps, torch.zeros(0).long(), torch.zeros(0, 10, 21).bool())
