"""Does a blob-entropy loss gather the maps of class attention onto the digit?

Run it in the folder of the course:
``python benchmarks/experiments/blob_entropy_loss.py``. It stores one row per
network for lesson 19, and one row for each map that knows no network.
"""

import math
from collections.abc import Callable, Iterator

import torch
from torch import Tensor
from torch.nn import functional as F

from course_utils.blobs import BlobEntropyLoss
from course_utils.class_attention import (
    ClassAttentionNetwork,
    as_weights,
    train_class_attention,
)
from course_utils.experiments import store
from course_utils.metrics import (
    blobs_per_map,
    centre_map,
    heaviest_blob,
    intersection_over_union,
    measure_maps,
)
from course_utils.worlds import ClutteredDigits, cluttered_digits

STEPS = 300
SEEDS = range(5)
FEW_SEEDS = range(2)  # of the side questions
FRESH_SEEDS = range(5, 10)  # on which nothing was chosen
WEIGHTS = (0.0, 0.01, 0.1, 0.3, 1.0, 10.0)
STRONG = 0.3  # of the side questions
LOST = 0.1  # a head with a lower mean overlap points elsewhere

blob_loss = BlobEntropyLoss()


def even(done: float) -> float:
    """Return the share of the weight at each moment: all of it, always."""
    return 1.0


def published(done: float) -> float:
    """Return the published course: a tenth of the way up, then a cosine to 0."""
    if done < 0.1:
        return done / 0.1
    return (1 + math.cos(math.pi * (done - 0.1) / 0.9)) / 2


def late(done: float) -> float:
    """Return 0 for a third of the steps, then soon all of the weight."""
    return min(max((done - 1 / 3) / 0.1, 0.0), 1.0)


def shannon(scores: Tensor) -> Tensor:
    """Return the mean entropy of the weights over all places of a map, in nats."""
    return torch.special.entr(as_weights(scores)).sum(dim=(2, 3)).mean()


LOSSES: dict[str, Callable[[Tensor], Tensor]] = {
    "scores": blob_loss,
    "weights": lambda scores: blob_loss(as_weights(scores)),
    "mean of the heads": lambda scores: blob_loss(scores.mean(dim=1)),
    "shannon": shannon,
}


def worlds() -> tuple[ClutteredDigits, ClutteredDigits]:
    """Return the pictures that all networks learn from and are measured on."""
    return two_worlds(tile=False)


def two_worlds(tile: bool) -> tuple[ClutteredDigits, ClutteredDigits]:
    """Return pictures to learn from and to measure on, with or without a tile."""
    return (
        cluttered_digits(16000, seed=0, tile=tile),
        cluttered_digits(1000, "test", seed=1, tile=tile),
    )


def one_row(
    train: ClutteredDigits,
    test: ClutteredDigits,
    seed: int,
    weight: float = 0.0,
    on: str = "scores",
    schedule: Callable[[float], float] = even,
    decide: float = 1.0,
    steps: int = STEPS,
) -> dict:
    """Train a network with ``weight`` times the loss ``on``; return what it reached."""
    torch.manual_seed(seed)
    network = ClassAttentionNetwork()

    def extra(scores: Tensor, step: int) -> Tensor:
        return weight * schedule(step / steps) * LOSSES[on](scores)

    train_class_attention(
        network,
        train.images,
        train.digits,
        steps,
        seed,
        extra if weight else None,
        decide,
    )
    with torch.no_grad():
        logits, scores = network(test.images)
    right = (logits.argmax(dim=1) == test.digits).float().mean()
    return {
        "seed": seed,
        "weight": weight,
        "on": on,
        "tile": bool(test.tiles.any()),
        "schedule": schedule.__name__,
        "decide": decide,
        "steps": steps,
        "right": float(right),
        **numbers(scores, test),
    }


def numbers(scores: Tensor, test: ClutteredDigits) -> dict:
    """Return what the maps of one network reach, as they are and cleaned up."""
    found = measure_maps(scores, test.masks)
    if test.tiles.any():
        found["mean head, tile"] = float(each_head(scores, test.tiles).mean())
    fits = each_head(scores, test.masks).mean(dim=0)  # (heads,)
    found["one head"] = float(fits.max())
    found["lost heads"] = int((fits < LOST).sum())
    found["above mean"] = float((scores > scores.mean((2, 3), True)).float().mean())
    soft = smooth(scores)
    high = above_spread(soft)
    ways = {
        "heaviest blob": (of_maps(heaviest_blob, scores), 0.0),
        "smoothed": (soft, None),
        "smoothed, heaviest": (of_maps(heaviest_blob, soft), 0.0),
        "cleaned": (high, 0.5),
        "object's area": (strongest(scores, test.masks), 0.5),
    }
    for name, (maps, threshold) in ways.items():
        fits = each_head(maps, test.masks, threshold)
        found[name] = float(fits.amax(dim=1).mean())
        found[f"{name}, mean head"] = float(fits.mean())
    found["cleaned, blobs"] = float(blobs_per_map(high.flatten(0, 1)).float().mean())
    return found


def above_spread(maps: Tensor) -> Tensor:
    """Return 1 where a map exceeds its mean by one standard deviation, else 0."""
    spread = maps.std((2, 3), keepdim=True)
    return (maps > maps.mean((2, 3), True) + spread).to(maps.dtype)


def strongest(maps: Tensor, masks: Tensor) -> Tensor:
    """Return 1 on as many of the highest places as the object has, else 0.

    The threshold no longer matters: what is left is the order of the places.
    """
    places = truth_of(masks, maps).flatten(1).sum(dim=1)  # (pictures,)
    order = maps.flatten(2).argsort(dim=2, descending=True).argsort(dim=2)
    return (order < places[:, None, None]).to(maps.dtype).view_as(maps)


def truth_of(masks: Tensor, maps: Tensor) -> Tensor:
    """Return the places (pictures, 1, h, w) of which more than half is object."""
    return F.adaptive_avg_pool2d(masks[:, None].float(), maps.shape[2:]) > 0.5


def each_head(maps: Tensor, masks: Tensor, threshold: float | None = None) -> Tensor:
    """Return the overlap (pictures, heads) of maps (pictures, heads, h, w)."""
    truth = truth_of(masks, maps).expand_as(maps).flatten(0, 1)
    found = intersection_over_union(maps.flatten(0, 1), truth, threshold)
    return found.view(maps.shape[:2])


def of_maps(function: Callable[[Tensor], Tensor], scores: Tensor) -> Tensor:
    """Apply a function of (maps, h, w) to scores (pictures, heads, h, w)."""
    return function(scores.flatten(0, 1)).view_as(scores)


def smooth(scores: Tensor, size: int = 3) -> Tensor:
    """Return each map averaged over ``size`` by ``size`` places."""
    return F.avg_pool2d(scores, size, 1, size // 2, count_include_pad=False)


def rows_without_network(test: ClutteredDigits) -> Iterator[dict]:
    """Yield the overlap of maps that have learned nothing."""
    ink = F.avg_pool2d(test.images, 2)  # (pictures, 1, 14, 14)
    centre = centre_map(14, 14).expand_as(ink).contiguous()
    maps = {
        "ink": ink,
        "ink, smoothed 5 by 5": smooth(ink, 5),
        "heaviest blob of that": of_maps(heaviest_blob, smooth(ink, 5)),
        "centre": centre,
    }
    for name, each in maps.items():
        threshold = 0.0 if "heaviest" in name else None
        fit = each_head(each, test.masks, threshold).mean()
        yield {"seed": -1, "on": name, "steps": 0, "best head": float(fit)}


def rows() -> Iterator[dict]:
    """Yield the row of every network."""
    train, test = worlds()
    yield from rows_without_network(test)
    for seed in SEEDS:
        for weight in WEIGHTS:
            yield one_row(train, test, seed, weight)
    for seed in SEEDS:
        yield one_row(train, test, seed, STRONG, schedule=late)
    for seed in FRESH_SEEDS:
        yield one_row(train, test, seed)
        yield one_row(train, test, seed, STRONG)
        yield one_row(train, test, seed, STRONG, schedule=late)
    side = [
        {"weight": STRONG, "on": "weights"},
        {"weight": STRONG, "on": "mean of the heads"},
        {"weight": STRONG, "on": "shannon"},
        {"weight": STRONG, "schedule": published},
        {"weight": 1.0, "decide": 0.0},
    ]
    hard = two_worlds(tile=True)
    for seed in FEW_SEEDS:
        for options in side:
            yield one_row(train, test, seed, **options)
        yield one_row(*hard, seed)
        yield one_row(*hard, seed, STRONG)
        yield one_row(*hard, seed, STRONG, schedule=late)
        yield one_row(*hard, seed, 1.0, decide=0.0)


if __name__ == "__main__":
    torch.set_num_threads(1)
    store("blob_entropy_loss", rows())
