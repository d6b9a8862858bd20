"""Telling a map where to look: losses on maps from masks of a few pictures."""

import torch
from torch import Tensor
from torch.nn import functional as F

from course_utils.arguments import (
    require_index_type,
    require_indices,
    require_mask,
    require_size,
    require_tensor,
)


def mask_loss(maps: Tensor, classes: Tensor, masks: Tensor) -> Tensor:
    """Return how far the maps are from the masks, one number, at least 0.

    Two-sided: the map of a picture's own class shall be its mask, 1 on the object and
    0 elsewhere, and the maps of all other classes shall be 0 everywhere. A squared
    error, averaged over patches and pictures, summed over classes. Masks are averaged
    down to the size of the maps: a patch half covered has target one half.

    Args:
        maps: (batch, classes, h, w), raw scores before any ReLU, not detached.
        classes: (batch,), the class that each picture shows, int64 or int32.
        masks: (batch, height, width), boolean, True on the object; h and w divide
            height and width.

    Raises:
        TypeError, ValueError: shapes or types that do not match; a map that carries
            no gradient while gradients are on: supervision would do nothing.

    Source: external supervision (L_e) in Li and others, "Tell Me Where to Look",
        2018, arXiv 1802.10171; there for the own class only, on a map cut at 0.
    """
    require_map_batch(maps, classes)
    require_index_type("classes", classes)  # uint8 would be read as a mask
    require_tensor("masks", masks, "batch, height, width", floating=False)
    require_mask("masks", masks, masks.shape)
    require_size("masks", masks, 0, len(maps), "with one mask per picture")
    require_fine_masks(maps, masks)
    covered = F.adaptive_avg_pool2d(masks.to(maps.dtype), maps.shape[2:])
    targets = torch.zeros_like(maps)
    targets[torch.arange(len(maps)), classes] = covered
    return (maps - targets).square().mean(dim=(0, 2, 3)).sum()


def require_map_batch(maps: Tensor, classes: Tensor) -> None:
    """Raise unless there are pictures, trainable maps of them, and their classes."""
    require_tensor("maps", maps, "batch, classes, h, w")
    if len(maps) == 0:
        raise ValueError(
            f"maps: expected at least one picture, got {tuple(maps.shape)}; leave the "
            "loss out of a step without pictures"
        )
    require_trainable_maps(maps)
    require_tensor("classes", classes, "batch", floating=False)
    require_size("classes", classes, 0, len(maps), "with one class per picture")
    require_indices("classes", classes, maps.shape[1])


def require_trainable_maps(maps: Tensor) -> None:
    """Raise where a loss on ``maps`` would train nothing."""
    if torch.is_grad_enabled() and not maps.requires_grad:
        raise ValueError(
            "maps: expected maps that carry a gradient, got maps without; a loss on "
            "them would train nothing: leave detach() and torch.no_grad() out, or "
            "measure inside torch.no_grad()"
        )


def require_fine_masks(maps: Tensor, masks: Tensor, name: str = "masks") -> None:
    """Raise unless each patch of a map covers a whole number of pixels."""
    (h, w), (height, width) = maps.shape[-2:], masks.shape[-2:]
    if 0 in (h, w, height, width) or height % h or width % w:
        raise ValueError(
            f"{name}: expected a height and width that are multiples of the map's "
            f"{h} x {w}, got {height} x {width}; they have the size of the picture"
        )
