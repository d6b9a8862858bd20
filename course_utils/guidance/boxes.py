"""Boxes instead of masks: attention outside the box is punished, inside it is free.

A mask says of each pixel whether it belongs to the object. A box, four numbers, says
only where the object is *not*: outside. So its loss is one-sided,

    own class       sum over patches outside the box of score^2
    other classes   sum over all patches of score^2

and the patches inside are left to the classification. A box also says nothing about
which slight changes of the picture call attention back to its old place; an
adversarial picture looks for such a change, within epsilon per pixel.

Source: boxes as labels of a mixed supervision, Huang and others, "Rectifying
Supporting Regions With Mixed and Active Supervision for Rib Fracture Recognition",
IEEE Transactions on Medical Imaging, 2020. There an adversarial classifier decouples
attention from its surroundings; the loss and the perturbation here are simpler.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course_utils.arguments import (
    require_count,
    require_finite,
    require_instance,
    require_mask,
    require_number,
    require_size,
    require_tensor,
)
from course_utils.guidance.supervision import (
    require_fine_masks,
    require_map_batch,
)


def boxes_of(masks: Tensor) -> Tensor:
    """Return the smallest upright box around each mask, filled in.

    Args:
        masks: (..., height, width), boolean, True on the object.

    Returns:
        (..., height, width), boolean; a mask without a pixel has an empty box.

    Raises:
        TypeError, ValueError: not boolean, or fewer than two axes.
    """
    require_tensor("masks", masks, floating=False)
    require_mask("masks", masks, masks.shape)
    require_two_axes("masks", masks)
    rows = masks.any(dim=-1, keepdim=True)  # (..., height, 1)
    columns = masks.any(dim=-2, keepdim=True)  # (..., 1, width)
    spans = []
    for hits, axis in ((rows, -2), (columns, -1)):
        begun = hits.cummax(axis).values
        to_come = hits.flip(axis).cummax(axis).values.flip(axis)
        spans.append(begun & to_come)  # from the first hit to the last
    return spans[0] & spans[1]


def box_loss(maps: Tensor, classes: Tensor, boxes: Tensor) -> Tensor:
    """Return how much attention lies outside the boxes, one number, at least 0.

    The squared scores of the own class outside the box, and those of every other
    class anywhere, averaged over patches and pictures, summed over classes: the
    same units as ``mask_loss``. A patch that the box covers in part counts as far as
    it is outside.

    Args:
        maps: (batch, classes, h, w), raw scores before any ReLU, not detached.
        classes: (batch,), the class that each picture shows, of any integer type.
        boxes: (batch, height, width), boolean, True inside the box; h and w divide
            height and width.

    Raises:
        TypeError, ValueError: shapes or types that do not match; no picture; a map
            that carries no gradient while gradients are on: supervision would do
            nothing.
    """
    require_tensor("maps", maps, "batch, classes, h, w")
    require_map_batch(maps, classes)
    require_boxes(maps, boxes)
    inside = F.adaptive_avg_pool2d(boxes.to(maps.dtype), maps.shape[2:])
    punished = torch.ones_like(maps)  # (batch, classes, h, w)
    punished[torch.arange(len(maps)), classes.long()] = 1 - inside
    return (punished * maps * maps).mean(dim=(0, 2, 3)).sum()


def adversarial_images(
    network: nn.Module,
    images: Tensor,
    classes: Tensor,
    boxes: Tensor,
    epsilon: float = 0.05,
) -> Tensor:
    """Return the pictures, each pixel moved by epsilon to draw attention outside.

    One step along the sign of the gradient of ``box_loss`` with respect to the
    picture. The network is left as it was, after an error too: no gradient reaches
    its weights; it is in evaluation mode meanwhile, so that batch norm collects
    nothing, and then each module has its own mode again.

    Args:
        network: returns ``(logits (batch, classes), maps (batch, classes, h, w))``.
        images: (batch, 3, height, width).
        classes: (batch,), the class that each picture shows.
        boxes: (batch, height, width), boolean, True inside the box.
        epsilon: how far each number of a picture moves, at least 0.

    Returns:
        (batch, 3, height, width), detached.

    Raises:
        TypeError, ValueError: shapes or types that do not match.

    Source: the sign step, Goodfellow, Shlens and Szegedy, "Explaining and
        Harnessing Adversarial Examples", 2015, arXiv 1412.6572, there against the
        label; here against the box.
    """
    require_tensor("images", images, "batch, 3, height, width")
    require_finite("images", images)
    require_count("the number of images", len(images))
    require_number("epsilon", epsilon, 0)
    require_instance("network", network, nn.Module)
    modes = {module: module.training for module in network.modules()}
    network.eval()
    try:
        with torch.enable_grad():
            pixels = images.detach().clone().requires_grad_()
            _, maps = network(pixels)
            (slope,) = torch.autograd.grad(box_loss(maps, classes, boxes), pixels)
    finally:  # after an error, too
        for module, mode in modes.items():
            module.training = mode
    return images.detach() + epsilon * slope.sign()


def require_two_axes(name: str, value: Tensor) -> None:
    """Raise unless ``value`` has a height and a width."""
    if value.ndim < 2:
        raise ValueError(
            f"{name}: expected shape (..., height, width), got {tuple(value.shape)}"
        )


def require_boxes(maps: Tensor, boxes: object) -> None:
    """Raise unless there is one boolean box of the picture's size for each map."""
    require_tensor("boxes", boxes, "batch, height, width", floating=False)
    require_mask("boxes", boxes, boxes.shape)
    require_size("boxes", boxes, 0, len(maps), "with one box per picture")
    require_fine_masks(maps, boxes, "boxes")
