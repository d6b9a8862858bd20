"""Three ways to combine a channel gate and a place gate, on the task that needs both.

A linear read-out or one with a hidden layer, a short training or a long one, five
seeds each. The lesson 11_channel_and_spatial_attention shows the table.
"""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course_utils.conv_attention import (
    ChannelSpatialGate,
    SpatialGate,
    SqueezeExcitation,
)
from course_utils.experiments import store
from course_utils.training import fit
from course_utils.worlds import gate_task

COMBINATIONS: dict[str, Callable[[], nn.Module]] = {
    "one after the other": lambda: nn.Sequential(
        SqueezeExcitation(10, reduction=1), SpatialGate(10)
    ),
    "sum": lambda: ChannelSpatialGate(10, reduction=1),
    "larger": lambda: ChannelSpatialGate(10, reduction=1, combine="max"),
}
READ_OUTS: dict[str, Callable[[], nn.Module]] = {
    "linear": lambda: nn.Linear(8, 4),
    "hidden layer": lambda: nn.Sequential(
        nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 4)
    ),
}
STEPS = (300, 2000)
SEEDS = range(5)
SAMPLES = 8192


def accuracy(combination: str, read_out: str, steps: int, seed: int) -> float:
    """Return the test accuracy of one training run, as the lesson computes it."""
    train = gate_task("both", SAMPLES, seed=2 * seed)
    test = gate_task("both", SAMPLES, seed=2 * seed + 1)
    torch.manual_seed(seed)
    layer, read = COMBINATIONS[combination](), READ_OUTS[read_out]()

    def logits(maps: Tensor) -> Tensor:
        return read(layer(maps)[:, :8].sum(dim=(2, 3)))

    def loss(step: int) -> Tensor:
        batch = torch.randint(SAMPLES, (128,))
        return F.cross_entropy(logits(train.features[batch]), train.answers[batch])

    fit([*layer.parameters(), *read.parameters()], loss, steps, 0.03, seed)
    with torch.no_grad():
        right = logits(test.features).argmax(dim=1) == test.answers
    return right.float().mean().item()


def rows() -> Iterator[dict]:
    """Yield one row per run, the cheapest first."""
    for steps in STEPS:
        for read_out in READ_OUTS:
            for combination in COMBINATIONS:
                for seed in SEEDS:
                    yield {
                        "combination": combination,
                        "read_out": read_out,
                        "steps": steps,
                        "seed": seed,
                        "accuracy": accuracy(combination, read_out, steps, seed),
                    }


if __name__ == "__main__":
    torch.set_num_threads(1)
    print(store("gate_combinations", rows()))
