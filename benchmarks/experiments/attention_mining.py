"""Where does a map go that is asked to hold all of the evidence, without any mask?

Run it in the folder of the course:
``python benchmarks/experiments/attention_mining.py``.
It stores one row per network for lesson 15, measured on pictures of bias 1.
``hidden`` is the mean of the soft mask over the pixels; ``left`` is the mean
probability of the picture's class from its complement, one half being chance, and
``left_boats`` and ``left_cars`` are the means of the two classes.
"""

from collections.abc import Iterator

import torch
from guiding_attention import HATCHING, measured, trained
from torch.nn import functional as F

from course_utils.class_maps import maps_and_hits
from course_utils.experiments import store
from course_utils.guidance import mine_attention
from course_utils.guidance.mining import soft_mask
from course_utils.worlds import boats_and_cars

SEEDS = range(5)
PLANS = (
    ("log-sum-exp", "none"),
    ("log-sum-exp", "held"),
    ("log-sum-exp", "shared"),
    ("average", "held"),
)


def rows() -> Iterator[dict]:
    """Yield every row."""
    torch.set_num_threads(1)
    for seed in SEEDS:
        for pool, second_look in PLANS:
            yield row(pool, second_look, seed)


def row(pool: str, second_look: str, seed: int) -> dict:
    """Return one stored row."""
    mining = 0.0 if second_look == "none" else 1.0
    network = trained(pool, seed, mining=mining, shared=second_look == "shared")
    settings = {"pool": pool, "second_look": second_look, "seed": seed}
    scenes = boats_and_cars(600, 1.0, 1000 + seed, HATCHING)
    maps, _ = maps_and_hits(network, scenes.images, scenes.classes)
    large = F.interpolate(maps[:, None], scenes.images.shape[2:], mode="bilinear")
    found = {"hidden": soft_mask(large[:, 0]).mean().item()}
    kinds = {"left": None, "left_boats": 1, "left_cars": 0}
    for name, kind in kinds.items():
        chosen = torch.arange(600)
        if kind is not None:
            chosen = chosen[scenes.classes == kind]
        with torch.no_grad():
            _, both = network(scenes.images[chosen])
            left = mine_attention(
                network, scenes.images[chosen], both, scenes.classes[chosen]
            )
        found[name] = left.item()
    return settings | found | measured(network, seed)


if __name__ == "__main__":
    print(store("attention_mining", rows()))
