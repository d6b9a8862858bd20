"""The reference training: class, masks of a few pictures, and gathered maps."""

import torch
from torch import Tensor

from course_utils.arguments import (
    require_count,
    require_fields,
    require_number,
    require_share,
)
from course_utils.blobs import BlobEntropyLoss
from course_utils.class_maps import MapClassifier, train_map_classifier
from course_utils.guidance import mask_loss
from course_utils.worlds import HarbourScenes


def train_on_harbour(
    network: MapClassifier,
    world: HarbourScenes,
    seed: int = 0,
    masked: float = 0.1,
    mask_weight: float = 10.0,
    blob_weight: float = 0.0,
    steps: int = 700,
) -> Tensor:
    """Train ``network`` on the pictures of ``world``; return the loss of each step.

    The loss is the cross-entropy of the classes, plus ``mask_weight`` times the mask
    loss of the pictures that have a mask, plus ``blob_weight`` times the blob entropy
    of each picture's map of its own class.

    Args:
        network: as ``build_network`` makes it.
        world: the pictures; the masks of all but a few are not looked at.
        seed: of the order of the pictures, and of who has a mask.
        masked: share of pictures with a mask, 0 to 1.
        mask_weight, blob_weight: at least 0.
        steps: of 50 pictures.

    Raises:
        TypeError, ValueError: a share, weight or count out of range.
    """
    require_fields("world", world, "images, classes, masks", "harbour")
    require_share("masked", masked)
    require_number("mask_weight", mask_weight, 0)
    require_number("blob_weight", blob_weight, 0)
    require_count("seed", seed, least=0)
    has_mask = few_with_masks(len(world.images), masked, seed)
    gather = BlobEntropyLoss()

    def extra(logits: Tensor, maps: Tensor, chosen: Tensor) -> Tensor:
        classes, told = world.classes[chosen], has_mask[chosen]
        value = 0 * maps.sum()
        if mask_weight and told.any():
            masks = world.masks[chosen][told]
            away = mask_loss(maps[told], classes[told], masks)
            value = value + mask_weight * away
        if blob_weight:
            own = maps[torch.arange(len(maps)), classes]  # (batch, h, w)
            value = value + blob_weight * gather(own)
        return value

    return train_map_classifier(
        network, world.images, world.classes, steps, seed, extra
    )


def few_with_masks(scenes: int, masked: float, seed: int) -> Tensor:
    """Return (scenes,), True for the share ``masked`` of them, drawn with ``seed``."""
    draw = torch.Generator().manual_seed(seed)
    few = torch.randperm(scenes, generator=draw)[: round(masked * scenes)]
    has_mask = torch.zeros(scenes, dtype=torch.bool)
    has_mask[few] = True
    return has_mask
