"""How much of an animal does a class map find? It depends on the pool.

Networks that differ in the pool alone: mean, maximum, and log-sum-exp with several
r, with a free map and with one that a tanh bounds. Beside them maps that know
nothing of any network.

Run it in the folder of the course: ``python benchmarks/experiments/which_pool.py``.
It stores one row per seed and map, for lesson 14.
"""

from collections.abc import Iterable, Iterator
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from course_utils.class_maps import (
    MapClassifier,
    average_pool_logits,
    lse_pool_logits,
    maps_and_hits,
    max_pool_logits,
    train_map_classifier,
)
from course_utils.experiments import store
from course_utils.metrics import (
    centre_map,
    edge_maps,
    intersection_over_union,
    random_maps,
    recall_and_precision,
)
from course_utils.overlays import enlarge_maps
from course_utils.worlds import AnimalScenes, animals

SEEDS = range(5)
STEPS = 80
TRAINED_ON, MEASURED_ON = 1000, 300
CONTRAST = {"body": 0.3, "legs": 0.3}
THRESHOLD = 0.4
BOUNDED_SCALE = 6.0  # a bounded logit must still be able to reach 6
FREE_R, BOUNDED_R = (0.25, 4.0), (0.25, 1.0, 4.0, 16.0)


def pools() -> dict[str, dict]:
    """Return what differs between the networks, by name."""
    found = {
        "mean": {"pool": average_pool_logits},
        "maximum": {"pool": max_pool_logits},
    }
    for r in FREE_R:
        found[f"LSE, r = {r:g}"] = {"pool": partial(lse_pool_logits, r=r)}
    bound = {"bounded": True, "scale": BOUNDED_SCALE}
    found["mean, bounded"] = {"pool": average_pool_logits, **bound}
    for r in BOUNDED_R:
        pool = partial(lse_pool_logits, r=r)
        found[f"LSE, r = {r:g}, bounded"] = {"pool": pool, **bound}
    return found


def training_scenes(seed: int) -> AnimalScenes:
    """Return what network ``seed`` is trained on."""
    return animals(TRAINED_ON, seed=seed, **CONTRAST)


def test_scenes(seed: int) -> AnimalScenes:
    """Return what network ``seed`` is measured on."""
    return animals(MEASURED_ON, seed=1000 + seed, **CONTRAST)


def trained(options: dict, seed: int) -> MapClassifier:
    """Return network ``seed`` with one of ``pools()``, as lesson 14 trains it."""
    scenes = training_scenes(seed)
    torch.manual_seed(seed)
    network = MapClassifier(**options)
    train_map_classifier(network, scenes.images, scenes.classes, STEPS, seed)
    return network


def scores(maps: Tensor, scenes: AnimalScenes) -> dict[str, float]:
    """Return recall, precision and IoU of maps (scenes, h, w), means over pictures."""
    large = enlarge_maps(maps.clamp(min=0), *scenes.masks.shape[1:])
    recall, precision = recall_and_precision(large, scenes.masks, THRESHOLD)
    iou = intersection_over_union(large, scenes.masks, THRESHOLD)
    found = {"recall": recall, "precision": precision, "iou": iou}
    for place, part in enumerate(("head", "body", "legs")):
        found[part], _ = recall_and_precision(large, scenes.parts[:, place], THRESHOLD)
    return {name: each.mean().item() for name, each in found.items()}


def null_maps(scenes: AnimalScenes, seed: int) -> dict[str, Tensor]:
    """Return maps that know no network, (scenes, 16, 16) each.

    The mean mask, one map for all, is the strongest: it has seen the training masks.
    """
    count = len(scenes.images)
    usual = training_scenes(seed).masks.float().mean(dim=0)  # (32, 32)
    edges = F.avg_pool2d(edge_maps(scenes.images), 5, stride=2, padding=2)
    return {
        "everything": torch.ones(count, 16, 16),
        "random": random_maps(count, 16, 16, seed=seed),
        "centre": centre_map(16, 16).expand(count, 16, 16),
        "mean mask": F.avg_pool2d(usual[None], 2).expand(count, 16, 16),
        "smooth places": edges.amax(dim=(1, 2), keepdim=True) - edges,
    }


def rows_without_training(seed: int) -> Iterator[dict]:
    """Yield the rows of the null maps."""
    scenes = test_scenes(seed)
    for name, maps in null_maps(scenes, seed).items():
        yield {"seed": seed, "map": name, **scores(maps, scenes)}


def row_of(name: str, network: MapClassifier, seed: int) -> dict:
    """Return the row of one trained network."""
    scenes = test_scenes(seed)
    maps, hits = maps_and_hits(network, scenes.images, scenes.classes)
    row = {"seed": seed, "map": name, **scores(maps, scenes)}
    row["accuracy"] = hits.float().mean().item()
    row["steepness"] = maps.amax(dim=(1, 2)).mean().item()  # mean highest score
    return row


def rows(seeds: Iterable[int]) -> Iterator[dict]:
    """Yield every row."""
    torch.set_num_threads(1)
    for seed in seeds:
        yield from rows_without_training(seed)
        for name, options in pools().items():
            yield row_of(name, trained(options, seed), seed)


if __name__ == "__main__":
    print(store("which_pool", rows(SEEDS)))
