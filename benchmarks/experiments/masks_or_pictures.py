"""A few masks, or a few pictures in which the background misleads: what does each buy?

Run it in the folder of the course:
``python benchmarks/experiments/masks_or_pictures.py``.
It stores one row per network for lesson 15: so many of the 1000 pictures have a mask,
or so many pictures of boats on roads and cars on water join them.
"""

from collections.abc import Iterator

import torch
from guiding_attention import measured, trained

from course_utils.experiments import store

SEEDS = range(5)
PLANS = (
    ("log-sum-exp", "masks", (3, 10, 30)),
    ("log-sum-exp", "pictures", (3, 10, 30)),
    ("average", "pictures", (10, 30)),
)
OUTLINES = 3  # seeds without any hatching: the class shows in the outline alone


def rows() -> Iterator[dict]:
    """Yield every row."""
    torch.set_num_threads(1)
    for pool, kind, counts in PLANS:
        for count in counts:
            for seed in SEEDS:
                yield row(pool, kind, count, seed)
    for seed in range(OUTLINES):
        yield row("log-sum-exp", "masks", 100, seed, hatching=0.0)


def row(pool: str, kind: str, count: int, seed: int, hatching: float = 0.35) -> dict:
    """Return one stored row."""
    bought = {"masks": count} if kind == "masks" else {"pictures": count}
    network = trained(pool, seed, hatching=hatching, **bought)
    settings = {"pool": pool, "kind": kind, "count": count, "hatching": hatching}
    return settings | {"seed": seed} | measured(network, seed, hatching)


if __name__ == "__main__":
    print(store("masks_or_pictures", rows()))
