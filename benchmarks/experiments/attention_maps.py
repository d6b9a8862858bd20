"""Do the maps of a small vision transformer fall on the object? Fifteen networks.

And does the network need them: how accurate is it when a layer attends evenly?

Run it in the folder of the course: ``python benchmarks/experiments/attention_maps.py``.
It stores one row per network, kind of picture and map, for lesson 13, and the queries
and keys of network 0 on three pictures, for the explorer ``OneQuery``.
"""

import copy
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from course_utils.experiments import store
from course_utils.metrics import (
    centre_map,
    edge_maps,
    intersection_over_union,
    mass_inside,
    pointing_game,
    random_maps,
)
from course_utils.overlays import enlarge_maps
from course_utils.training import fit
from course_utils.vision_transformer import (
    VisionTransformer,
    attention_rollout,
    patch_map,
)
from course_utils.worlds import ObjectScenes, object_scenes

SEEDS = range(15)  # 10 to 14 were added after the lesson was written on the others
PICTURES = 500  # measured on, from seed 1000 + the network's
KINDS = {
    "among decoys": {},
    "centred": {"place": "centre"},
    "plain ground": {"decoys": 0},
}
SHOWN = {"among decoys": 0, "centred": 1, "plain ground": 0}  # in the explorer
EXPLORER = Path(__file__).parents[2] / "course_utils" / "explorers" / "one_query.json"
HALF = 127  # a stored number is a whole number from -127 to 127, times a step


def trained(seed: int) -> VisionTransformer:
    """Return network ``seed``, as lesson 13 trains it."""
    scenes = object_scenes(4000, seed=seed)
    torch.manual_seed(seed)
    network = VisionTransformer()

    def loss(step: int) -> Tensor:
        batch = torch.randint(4000, (64,))
        logits, _ = network(scenes.pictures[batch])
        return F.cross_entropy(logits, scenes.labels[batch])

    fit(network.parameters(), loss, steps=500, learning_rate=0.002, seed=seed)
    return network


def untrained(seed: int) -> VisionTransformer:
    """Return a network that has learned nothing."""
    torch.manual_seed(100 + seed)
    return VisionTransformer()


def network_maps(network: VisionTransformer, pictures: Tensor) -> dict[str, Tensor]:
    """Return the class token's maps, (pictures, 7, 7) each, heads averaged."""
    with torch.no_grad():
        _, weights = network(pictures)
    mean = weights.mean(dim=2)  # (pictures, layers, tokens, tokens)
    return {
        "layer 1": patch_map(mean[:, 0]),
        "layer 2": patch_map(mean[:, 1]),
        "rollout": patch_map(attention_rollout(weights)),
    }


def null_maps(pictures: Tensor, seed: int) -> dict[str, Tensor]:
    """Return maps that know no network, (pictures, 7, 7) each."""
    count = len(pictures)
    return {
        "random": random_maps(count, 7, 7, seed=seed),
        "centre": centre_map(7, 7).expand(count, 7, 7),
        "edges": F.avg_pool2d(edge_maps(pictures), 4),
        "brightness": F.avg_pool2d(pictures[:, 0], 4),
    }


def scores(maps: Tensor, masks: Tensor) -> dict[str, float]:
    """Return the three scores of maps (pictures, 7, 7), averaged over the pictures."""
    large = enlarge_maps(maps, *masks.shape[1:])
    return {
        "pointing": pointing_game(large, masks).mean().item(),
        "mass": mass_inside(large, masks).mean().item(),
        "iou": intersection_over_union(large, masks).mean().item(),
    }


def rows_without_training(seed: int) -> Iterator[dict]:
    """Yield the rows of the null maps and of the untrained network."""
    for kind, options in KINDS.items():
        scenes = object_scenes(PICTURES, seed=1000 + seed, **options)
        maps = null_maps(scenes.pictures, seed)
        for name, each in network_maps(untrained(seed), scenes.pictures).items():
            maps[f"untrained, {name}"] = each
        for name, each in maps.items():
            yield {
                "seed": seed,
                "kind": kind,
                "map": name,
                **scores(each, scenes.masks),
            }


def accuracy(network: VisionTransformer, scenes: ObjectScenes) -> float:
    """Return the share of pictures whose stripes the network names rightly."""
    with torch.no_grad():
        logits, _ = network(scenes.pictures)
    return (logits.argmax(dim=1) == scenes.labels).float().mean().item()


def attending_evenly(network: VisionTransformer, layer: int) -> VisionTransformer:
    """Return a copy in which every token of ``layer`` attends to all tokens alike."""
    changed = copy.deepcopy(network)
    projection = changed.blocks[layer].attention.query_projection
    torch.nn.init.zeros_(projection.weight)
    torch.nn.init.zeros_(projection.bias)
    return changed


def rows_of_training(seed: int, network: VisionTransformer) -> Iterator[dict]:
    """Yield the rows of one trained network."""
    for kind, options in KINDS.items():
        scenes = object_scenes(PICTURES, seed=1000 + seed, **options)
        right = accuracy(network, scenes)
        for name, maps in network_maps(network, scenes.pictures).items():
            row = {"seed": seed, "kind": kind, "map": name}
            row |= scores(maps, scenes.masks) | {"accuracy": right}
            if name != "rollout":
                even = attending_evenly(network, int(name[-1]) - 1)
                row["accuracy_attending_evenly"] = accuracy(even, scenes)
            yield row


def rows(seeds: Iterable[int]) -> Iterator[dict]:
    """Yield every row; write the explorer's table on the way."""
    torch.set_num_threads(1)
    for seed in seeds:
        yield from rows_without_training(seed)
        network = trained(seed)
        yield from rows_of_training(seed, network)
        if seed == 0:
            write_explorer(network)


def write_explorer(network: VisionTransformer) -> None:
    """Store queries and keys of ``network`` on one picture of each kind."""
    pictures = {}
    for kind, options in KINDS.items():
        scenes = object_scenes(PICTURES, seed=1000, **options)
        number = SHOWN[kind]
        picture, mask = scenes.pictures[number][None], scenes.masks[number]
        pictures[kind] = {
            "grey": [round(100 * value) for value in picture.flatten().tolist()],
            "mask": [int(value) for value in mask.flatten().tolist()],
            "layers": queries_and_keys(network, picture),
        }
    EXPLORER.write_text(json.dumps(pictures, separators=(",", ":")) + "\n", "utf-8")


def queries_and_keys(network: VisionTransformer, picture: Tensor) -> list[dict]:
    """Return for each layer the step and the whole numbers of queries and keys.

    A layer's "queries" and "keys" are lists over heads of texts with two hexadecimal
    digits per number, token by token; 7f stands for 0. The score of a query and a
    key is ``step`` times the product of their whole numbers, summed.
    """
    seen = []
    hooks = [
        block.attention.register_forward_pre_hook(lambda _, x: seen.append(x[0]))
        for block in network.blocks
    ]
    with torch.no_grad():
        network(picture)
    for hook in hooks:
        hook.remove()
    found = []
    for block, tokens in zip(network.blocks, seen, strict=True):
        layer = block.attention
        layer_table, step = {}, layer.query_projection(tokens).new_tensor(1.0)
        for name, projection in (
            ("queries", layer.query_projection),
            ("keys", layer.key_projection),
        ):
            parts = layer.split(projection(tokens))[0]  # (heads, tokens, part)
            unit = parts.abs().max() / HALF
            step = step * unit
            whole = (parts / unit).round().long() + HALF  # (heads, tokens, part)
            layer_table[name] = [
                "".join(f"{number:02x}" for number in head.flatten().tolist())
                for head in whole
            ]
        part = parts.shape[-1]
        found.append({"step": float(f"{step.item() / part**0.5:.6g}"), **layer_table})
    return found


if __name__ == "__main__":
    print(store("attention_maps", rows(SEEDS)))
