"""Scoring a network on harbours that nobody has trained on."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import nn
from torch.nn import functional as F

from course_utils.arguments import require_count, require_instance
from course_utils.blobs import label_blobs
from course_utils.metrics import intersection_over_union, pointing_game
from course_utils.worlds import HarbourScenes, harbour

SCENES = 400  # pictures of one seed
LEVEL = 0.4  # a pixel belongs to the drawn region above this share of the maximum


class Score(NamedTuple):
    """What a network reaches, each a mean over all pictures of all seeds.

    fair: accuracy where the water's tint says nothing, 0 to 1; chance is 0.5.
    against: accuracy where the tint always lies.
    overlap: intersection over union of the map with the asked ship.
    pointing: share of maps whose highest pixel is on the asked ship.
    blobs: regions above a map's own mean, at least 0; 1 is best.
    total: the mean of fair, against and overlap, the number that ranks.
    """

    fair: float
    against: float
    overlap: float
    pointing: float
    blobs: float
    total: float


def score_network(
    network: nn.Module, seeds: Sequence[int], scenes: int = SCENES
) -> Score:
    """Return the score of ``network`` on one fair and one lying harbour per seed.

    The map that counts is that of the class which the network itself names: at the
    time of use nobody knows the right one. Overlap and pointing take the ReLU of its
    scores, enlarged bilinearly to the picture; blobs, the scores themselves. Leaves
    the network in evaluation mode.

    Args:
        network: returns ``(logits (batch, 2), maps (batch, 2, h, w))``.
        seeds: of the harbours; those of the training pictures are a mistake.
        scenes: pictures for each seed and kind.

    Raises:
        TypeError, ValueError: no seed, a bad count, a network whose logits or maps
            hold NaN or infinity.
    """
    require_instance("network", network, nn.Module)
    require_instance("seeds", seeds, Sequence)
    require_count("the number of seeds", len(seeds))
    for seed in seeds:
        require_count("seeds", seed, least=0)
    require_count("scenes", scenes)
    network.eval()
    rows = []
    for seed in seeds:
        fair = _one_harbour(network, harbour(scenes, bias=0.5, seed=seed))
        lying = _one_harbour(network, harbour(scenes, bias=0.0, seed=seed))
        total = (fair[0] + lying[0] + fair[1]) / 3
        rows.append([fair[0], lying[0], *fair[1:], total])
    return Score(*torch.tensor(rows).mean(dim=0).tolist())


def _one_harbour(network: nn.Module, world: HarbourScenes) -> list[float]:
    """Return accuracy, overlap, pointing game and blobs per map."""
    with torch.no_grad():
        logits, maps = network(world.images)
    for name, values in (("logits", logits), ("maps", maps)):
        if not torch.isfinite(values).all():
            raise ValueError(
                f"the network's {name}: expected finite numbers on every picture, got "
                "NaN or infinity; train with a smaller rate"
            )
    named = logits.argmax(dim=1)  # (scenes,)
    own = maps[torch.arange(len(maps)), named]  # (scenes, h, w)
    positive = own.relu()[:, None]  # (scenes, 1, h, w)
    size = world.masks.shape[1:]
    seen = F.interpolate(positive, size=size, mode="bilinear")[:, 0]
    overlap = intersection_over_union(seen, world.masks, LEVEL).mean()
    pointing = pointing_game(seen, world.masks).mean()
    above = own > own.double().mean(dim=(1, 2), keepdim=True)
    blobs = label_blobs(above).amax(dim=(1, 2)).float().mean()
    right = (named == world.classes).float().mean()
    return [number.item() for number in (right, overlap, pointing, blobs)]
