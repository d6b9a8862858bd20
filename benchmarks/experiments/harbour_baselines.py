"""The final project's baselines: what does each part bring in the harbour?

Eight ways to train, five seeds each, scored on two harbours that nobody trained on.
Training pictures: 2000, the water's tint agreeing with the class in nine of ten.
Run from the folder of the course:

    python benchmarks/experiments/harbour_baselines.py
"""

from collections.abc import Iterator

import torch

from course_utils.capstone import (
    Settings,
    build_network,
    score_network,
    train_on_harbour,
)
from course_utils.classroom.score import PRACTICE
from course_utils.experiments import store
from course_utils.worlds import harbour, repaint_flags

SEEDS, STEPS, PICTURES = range(5), 700, 2000
# name: settings of the network, weights of the mask loss and of the blob loss
BASELINES = {
    "convolution": (Settings("none", "lse"), 0.0, 0.0),
    "convolution + masks": (Settings("none", "lse"), 10.0, 0.0),
    "gate + masks": (Settings("gate", "lse"), 10.0, 0.0),
    "attention": (Settings("attention", "lse"), 0.0, 0.0),
    "attention + blobs": (Settings("attention", "lse"), 0.0, 0.03),
    "attention + masks, average": (Settings("attention", "average"), 10.0, 0.0),
    "attention + masks": (Settings("attention", "lse"), 10.0, 0.0),
    "attention + masks + blobs": (Settings("attention", "lse"), 10.0, 0.03),
}


def one_row(name: str, seed: int, steps: int = STEPS) -> dict:
    """Return the score of one training."""
    settings, mask_weight, blob_weight = BASELINES[name]
    world = harbour(PICTURES, bias=0.9, seed=seed)
    torch.manual_seed(seed)
    network = build_network(settings)
    train_on_harbour(
        network,
        world,
        seed,
        mask_weight=mask_weight,
        blob_weight=blob_weight,
        steps=steps,
    )
    score = score_network(network, PRACTICE)._asdict()
    return {"name": name, "seed": seed, **score, "flag": flag_use(network)}


def flag_use(network: torch.nn.Module) -> float:
    """Return how often a repainted flag changes the answer where it should.

    On fair practice pictures whose ships are hatched in different directions: 1 for
    a network that reads flag and ship, 0 for one that never looks at the flag.
    """
    changes = []
    for seed in PRACTICE:
        world = harbour(400, bias=0.5, seed=seed)
        with torch.no_grad():
            before = network(world.images)[0].argmax(dim=1)
            after = network(repaint_flags(world).images)[0].argmax(dim=1)
        changes.append((before != after)[~world.alike].float().mean())
    return torch.stack(changes).mean().item()


def rows() -> Iterator[dict]:
    """Yield one row for each baseline and seed."""
    for name in BASELINES:
        for seed in SEEDS:
            yield one_row(name, seed)


if __name__ == "__main__":
    torch.set_num_threads(1)
    store("harbour_baselines", rows())
