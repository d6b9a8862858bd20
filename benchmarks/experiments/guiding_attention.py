"""Does guiding the map mend the decision? Three pools, with and without masks, a dial.

Run it in the folder of the course:
``python benchmarks/experiments/guiding_attention.py``.
It stores one row per network for lesson 15, and for the explorer ``SoftMask`` the map
of one picture from networks of several biases.
"""

import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from torch import Tensor

from course_utils.class_maps import (
    MapClassifier,
    average_pool_logits,
    lse_pool_logits,
    maps_and_hits,
    max_pool_logits,
    train_map_classifier,
)
from course_utils.experiments import store
from course_utils.guidance import mask_loss, mine_attention
from course_utils.metrics import intersection_over_union, mass_inside
from course_utils.overlays import enlarge_maps
from course_utils.worlds import boats_and_cars

SEEDS = range(5)
LATER = range(5, 10)  # with masks only, added after the lesson was written
DIAL = (0.5, 0.9, 0.98)  # 1 is among the other rows
DIAL_SEEDS = 3
HATCHING = 0.35
PICTURES, STEPS, MASKS = 1000, 200, 100
POOLS: dict[str, Callable[[Tensor], Tensor]] = {
    "average": average_pool_logits,
    "log-sum-exp": lse_pool_logits,
    "maximum": max_pool_logits,
}
EXPLORER = Path(__file__).parents[2] / "course_utils" / "explorers" / "soft_mask.json"
SHOWN = 1001  # the seed of the explorer's pictures; number 1, a boat on water


def trained(
    pool: str,
    seed: int,
    bias: float = 1.0,
    masks: int = 0,
    mining: float = 0.0,
    shared: bool = False,
    pictures: int = 0,
    hatching: float = HATCHING,
) -> MapClassifier:
    """Return a network, trained as in lesson 15.

    Args:
        pool: a name in ``POOLS``.
        seed: of the pictures, the first weights and the order.
        bias: of the 1000 pictures.
        masks: so many of the first pictures have a mask that the loss uses.
        mining: weight of the attention mining loss.
        shared: let that loss change the weights through the second look, too.
        pictures: so many further pictures whose background misleads.
        hatching: contrast of the lines on an object.
    """
    scenes = boats_and_cars(PICTURES, bias, seed, hatching)
    images, classes = scenes.images, scenes.classes
    if pictures:
        more = boats_and_cars(pictures, 0.0, 5000 + seed, hatching)
        images = torch.cat([images, more.images])
        classes = torch.cat([classes, more.classes])
    torch.manual_seed(seed)
    network = MapClassifier(
        pool=POOLS[pool], strides=(1, 2, 2), scale=math.e**2, depth=2
    )

    def extra(_: Tensor, maps: Tensor, chosen: Tensor) -> Tensor:
        value = maps.new_zeros(())
        if masks:
            some = torch.randint(masks, (16,))
            guided = network(images[some])[1]
            value = value + 10 * mask_loss(guided, classes[some], scenes.masks[some])
        if mining:
            value = value + mining * mine_attention(
                network, images[chosen], maps, classes[chosen], shared=shared
            )
        return value

    guided = extra if masks or mining else None
    train_map_classifier(network, images, classes, STEPS, seed, guided)
    return network


def measured(network: MapClassifier, seed: int, hatching: float = HATCHING) -> dict:
    """Return accuracies and how the maps fit, on 600 pictures of each kind.

    ``read_by_<pool>`` is the accuracy on the conflict set when the trained network's
    maps are pooled in another way.
    """
    result = {}
    for name, bias in (("usual", 1.0), ("conflict", 0.0)):
        scenes = boats_and_cars(600, bias, 1000 + seed, hatching)
        maps, hits = maps_and_hits(network, scenes.images, scenes.classes)
        large = enlarge_maps(maps.relu(), 32, 32, "bilinear")
        result |= {
            f"{name}_accuracy": hits.float().mean().item(),
            f"{name}_iou": intersection_over_union(large, scenes.masks, 0.4)
            .mean()
            .item(),
            f"{name}_mass": mass_inside(large, scenes.masks).mean().item(),
        }
    own_pool = network.pool
    for name, pool in POOLS.items():  # the scenes are those of the conflict set
        network.pool = pool
        _, hits = maps_and_hits(network, scenes.images, scenes.classes)
        result[f"read_by_{name}"] = hits.float().mean().item()
    network.pool = own_pool
    return result


def rows() -> Iterator[dict]:
    """Yield every row; write the explorer's table at the end."""
    torch.set_num_threads(1)
    shown = {}
    for seed in SEEDS:
        for pool in POOLS:
            for training, masks in {"labels": 0, "masks": MASKS}.items():
                network = trained(pool, seed, masks=masks)
                yield row(pool, training, seed, 1.0, network)
                if (pool, training, seed) == ("log-sum-exp", "labels", 0):
                    shown[1.0] = network
        for bias in DIAL if seed < DIAL_SEEDS else ():
            network = trained("log-sum-exp", seed, bias)
            yield row("log-sum-exp", "labels", seed, bias, network)
            if seed == 0:
                shown[bias] = network
    for seed in LATER:
        for pool in POOLS:
            yield row(pool, "masks", seed, 1.0, trained(pool, seed, masks=MASKS))
    write_explorer(shown)


def row(
    pool: str, training: str, seed: int, bias: float, network: MapClassifier
) -> dict:
    """Return one stored row."""
    settings = {"pool": pool, "training": training, "bias": bias, "seed": seed}
    return settings | measured(network, seed)


def write_explorer(networks: dict[float, MapClassifier]) -> None:
    """Store each network's map of one boat on water, in hundredths of its largest."""
    scenes = boats_and_cars(2, 1.0, SHOWN, HATCHING)
    covered = torch.nn.functional.avg_pool2d(scenes.masks[1][None].float(), 4)[0]
    table = {
        "grey": (100 * (scenes.images[1].mean(dim=0) + 0.5)).round().int().tolist(),
        "covered": covered.flatten().tolist(),
        "maps": {},
    }
    for bias in sorted(networks):
        own, _ = maps_and_hits(networks[bias], scenes.images, scenes.classes)
        own = own[1].relu()
        shares = (100 * own / own.max().clamp(min=1e-9)).round().int()
        table["maps"][f"{bias:g}"] = shares.flatten().tolist()
    EXPLORER.write_text(json.dumps(table, separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    print(store("guiding_attention", rows()))
