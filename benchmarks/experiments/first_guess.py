"""A maximum pool learns from the patch it already likes best: does the start matter?

A network is first trained for a few steps to name the animal from one region alone:
the head, the body, or the legs. Then the region is forgotten: a maximum pool trains
on, and picks the patch it learns from by its own map. Boats that are always on water,
cars that are always on a road: the same with the object, and with what is around it.

Run it in the folder of the course: ``python benchmarks/experiments/first_guess.py``.
It stores one row per seed, world and start, for lesson 14.
"""

from collections.abc import Iterable, Iterator

import torch
from torch import Tensor
from torch.nn import functional as F

from course_utils.class_maps import (
    MapClassifier,
    maps_and_hits,
    max_pool_logits,
    train_map_classifier,
)
from course_utils.experiments import store
from course_utils.metrics import pointing_game
from course_utils.overlays import enlarge_maps
from course_utils.training import fit
from course_utils.worlds import PARTS, animals, boats_and_cars

SEEDS = range(5)
FIRST, THEN = 40, 80  # steps on the given region, steps on the own choice
TRAINED_ON, MEASURED_ON = 800, 300


def scenes_and_regions(
    world: str, scenes: int, seed: int, bias: float = 1.0
) -> tuple[Tensor, Tensor, dict[str, Tensor]]:
    """Return images, classes, and masks (scenes, 32, 32) of the regions by name."""
    if world == "animals":
        drawn = animals(scenes, seed=seed, body=0.3, legs=0.3)
        regions = {name: drawn.parts[:, i] for i, name in enumerate(PARTS)}
    else:
        drawn = boats_and_cars(scenes, bias, seed)
        regions = {"object": drawn.masks}
    return drawn.images, drawn.classes, {**regions, "ground": ~drawn.masks}


def start(network: MapClassifier, world: str, region: str, seed: int) -> None:
    """Train ``network`` to name the class from one region: a mean over its patches."""
    images, classes, regions = scenes_and_regions(world, TRAINED_ON, seed)
    whole = F.avg_pool2d(regions[region][:, None].float(), 2) == 1
    inside = whole.float()  # (scenes, 1, 16, 16): patches that lie in it

    def loss(step: int) -> Tensor:
        chosen = torch.randint(len(images), (50,))
        _, maps = network(images[chosen])
        kept = inside[chosen]
        total = kept.sum(dim=(2, 3)).clamp(min=1)
        logits = (kept * maps).sum(dim=(2, 3)) / total
        return F.cross_entropy(logits, classes[chosen])

    network.train()
    fit(network.parameters(), loss, FIRST, 0.003, seed)
    network.eval()


def go_on(network: MapClassifier, world: str, seed: int) -> None:
    """Train with the maximum pool: the map itself picks the patch to learn from."""
    images, classes, _ = scenes_and_regions(world, TRAINED_ON, seed)
    train_map_classifier(network, images, classes, THEN, seed)


def peaks(network: MapClassifier, world: str, seed: int) -> dict[str, float]:
    """Return how often the peak lies in each region, and two accuracies.

    ``conflict`` is the accuracy on boats on roads and cars on water.
    """
    images, classes, regions = scenes_and_regions(world, MEASURED_ON, 1000 + seed)
    maps, hits = maps_and_hits(network, images, classes)
    large = enlarge_maps(maps, 32, 32)
    found = {
        name: pointing_game(large, masks).mean().item()
        for name, masks in regions.items()
    }
    found["accuracy"] = hits.float().mean().item()
    if world == "boats":
        images, classes, _ = scenes_and_regions(world, MEASURED_ON, 2000 + seed, 0.0)
        _, hits = maps_and_hits(network, images, classes)
        found["conflict"] = hits.float().mean().item()
    return found


def row_of(world: str, region: str, seed: int) -> dict:
    """Return one row: the peaks after the start, and after going on."""
    torch.manual_seed(seed)
    network = MapClassifier(pool=max_pool_logits)
    start(network, world, region, seed)
    before = peaks(network, world, seed)
    go_on(network, world, seed)
    after = peaks(network, world, seed)
    row = {"seed": seed, "world": world, "start": region}
    row |= {f"{name} at first": value for name, value in before.items()}
    return row | {f"{name} at last": value for name, value in after.items()}


def rows(seeds: Iterable[int]) -> Iterator[dict]:
    """Yield every row."""
    torch.set_num_threads(1)
    for seed in seeds:
        for region in PARTS:
            yield row_of("animals", region, seed)
        for region in ("object", "ground"):
            yield row_of("boats", region, seed)


if __name__ == "__main__":
    print(store("first_guess", rows(SEEDS)))
