"""Masks of a few pictures, boxes of many, chosen at random or actively.

400 pictures of boats and cars, every boat on water and every car on road. A plan says
how many of them get a mask, and how many a box. Five seeds; a seed makes the pictures,
their order, the first weights and the draws. All plans of a seed annotate the same
pictures first, so that they can be compared seed by seed.

    python benchmarks/experiments/cheap_supervision.py
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from course_utils.blobs import blob_entropy
from course_utils.class_maps import (
    MapClassifier,
    lse_pool_logits,
    maps_and_hits,
    train_map_classifier,
)
from course_utils.experiments import store
from course_utils.guidance import (
    AnnotationLoss,
    adversarial_images,
    boxes_of,
    choose_to_annotate,
    prediction_entropy,
)
from course_utils.metrics import intersection_over_union, mass_inside, pointing_game
from course_utils.overlays import enlarge_maps
from course_utils.worlds import boats_and_cars
from course_utils.worlds.boats import BoatScenes

SCENES, STEPS, HATCHING, EPSILON = 400, 140, 0.35, 0.05
TEST_SEED = 90_000
SEEDS = (10, 11, 12, 13, 14)


class Plan(NamedTuple):
    """How many pictures get a mask and a box, and how they are chosen and learned."""

    masks: int
    boxes: int
    how: str = "random"


# "filled": boxes are learned as if they were masks; "adversarial": on pictures moved
# by 0.05. "blobs" and "prediction": the second half of the masks goes to the pictures
# of which a network that has the first half is most unsure. "level": of the second
# half, as many are boats as cars.
PLANS = [
    Plan(0, 0),
    Plan(4, 0),
    Plan(8, 0),
    Plan(8, 0, "blobs"),
    Plan(8, 0, "prediction"),
    Plan(8, 0, "random, level"),
    Plan(8, 0, "blobs, level"),
    Plan(16, 0),
    Plan(16, 0, "blobs"),
    Plan(40, 0),
    Plan(80, 0),
    Plan(400, 0),
    Plan(0, 40),
    Plan(0, 80),
    Plan(0, 400),
    Plan(0, 400, "filled"),
    Plan(0, 400, "adversarial"),
    Plan(8, 80),
    Plan(80, 320),
]


def pictures(seed: int) -> BoatScenes:
    """Return the training pictures of a seed."""
    return boats_and_cars(SCENES, bias=1.0, seed=1000 + seed, hatching=HATCHING)


def in_order(seed: int) -> Tensor:
    """Return the numbers of all pictures in the order in which they are annotated."""
    return torch.randperm(SCENES, generator=torch.Generator().manual_seed(seed))


def train(
    plan: Plan, seed: int, masked: Tensor, boxed: Tensor, steps: int = STEPS
) -> MapClassifier:
    """Return a network trained with these annotations."""
    world = pictures(seed)
    masks = world.masks
    if plan.how == "filled":
        masks, masked, boxed = boxes_of(masks), boxed, masked
    torch.manual_seed(seed)
    network = MapClassifier(
        pool=lse_pool_logits, strides=(1, 2, 2), scale=math.e**2, depth=2
    )
    extra = AnnotationLoss(
        network,
        world.images,
        world.classes,
        masks,
        masked,
        boxed,
        epsilon=EPSILON if plan.how == "adversarial" else 0.0,
        seed=seed,
    )
    train_map_classifier(network, world.images, world.classes, steps, seed, extra)
    return network


def unsure(network: MapClassifier, how: str, world: BoatScenes) -> Tensor:
    """Return how unsure the network is of each picture, (scenes,)."""
    if how == "blobs":
        own, _ = maps_and_hits(network, world.images, world.classes)
        return blob_entropy(own)
    if how == "prediction":
        with torch.no_grad():
            return prediction_entropy(network(world.images)[0])
    return torch.zeros(len(world.images))  # all alike: a random choice


def second_half(first: Tensor, doubts: Tensor, level: bool, seed: int) -> Tensor:
    """Return as many pictures as ``first`` has, the most doubtful of the others.

    With ``level``, half of them are boats and half cars.
    """
    if not level:
        return choose_to_annotate(doubts, len(first), first, seed)
    classes = pictures(seed).classes
    chosen = []
    for kind in (0, 1):
        others = (classes == kind).nonzero()[:, 0]  # of one class
        others = others[~torch.isin(others, first)]
        ranks = choose_to_annotate(doubts[others], len(first) // 2, seed=seed)
        chosen.append(others[ranks])
    return torch.cat(chosen)


def quality(maps: Tensor, masks: Tensor) -> dict[str, float]:
    """Return three scores of maps (scenes, h, w) against masks, each a mean."""
    smooth = enlarge_maps(maps.clamp(min=0), *masks.shape[1:], "bilinear")
    cells = enlarge_maps(maps, *masks.shape[1:])
    return {
        "iou": intersection_over_union(smooth, masks, 0.4).mean().item(),
        "inside": mass_inside(smooth, masks).mean().item(),
        "pointing": pointing_game(cells, masks).mean().item(),
    }


def under_attack(network: MapClassifier) -> float:
    """Return the mass inside on new pictures that were moved against the box."""
    world = boats_and_cars(SCENES, 1.0, TEST_SEED, HATCHING)
    told = world.classes, boxes_of(world.masks)
    images = adversarial_images(network, world.images, *told, EPSILON)
    own, _ = maps_and_hits(network, images, world.classes)
    return quality(own, world.masks)["inside"]


def measure(network: MapClassifier) -> dict[str, float]:
    """Return quality and accuracy on new pictures, and on the conflict set."""
    scores = {}
    for bias, name in ((1.0, ""), (0.0, "conflict_")):
        world = boats_and_cars(SCENES, bias, TEST_SEED, HATCHING)
        own, hits = maps_and_hits(network, world.images, world.classes)
        found = quality(own, world.masks)
        found["accuracy"] = hits.float().mean().item()
        scores |= {name + key: value for key, value in found.items()}
    return scores


def rows_of(seed: int, plans: list[Plan], steps: int = STEPS) -> Iterator[dict]:
    """Yield one row for each plan; active plans need their pilot before them."""
    order, world = in_order(seed), pictures(seed)
    pilots = {}
    for plan in plans:
        masked = order[: plan.masks]
        boxed = order[plan.masks : plan.masks + plan.boxes]
        how, _, level = plan.how.partition(", ")
        if how in ("blobs", "prediction") or level:
            first = masked[: plan.masks // 2]
            doubts = unsure(pilots[len(first)], how, world)
            masked = torch.cat([first, second_half(first, doubts, bool(level), seed)])
        network = train(plan, seed, masked, boxed, steps)
        if plan == Plan(plan.masks, 0):
            pilots[plan.masks] = network
        boats = int(world.classes[masked].sum())
        row = {"seed": seed, **plan._asdict(), "boats": boats, **measure(network)}
        if plan.boxes == SCENES:
            row["attacked_inside"] = under_attack(network)
        yield row


if __name__ == "__main__":
    torch.set_num_threads(1)
    store(
        "cheap_supervision",
        (row for seed in SEEDS for row in rows_of(seed, PLANS)),
    )
