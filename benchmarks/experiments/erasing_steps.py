"""Erasing in five worlds of animals: step by step, two kinds of hole, rivals.

Writes erasing_steps.json beside this file. ``what`` is "step", one row for each seed,
pool, hole and step, or "rival", one row for each seed, pool and other way to mark as
many pixels. With ``--explorer`` it writes the explorer's table instead: windows of
three sizes, six steps, seed 0. Lesson 16 shows both and runs seed 0 live.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from scipy import ndimage
from torch import Tensor, nn

from course_utils.class_maps import (
    MapClassifier,
    average_pool_logits,
    max_pool_logits,
    train_map_classifier,
)
from course_utils.experiments import store
from course_utils.guidance import (
    erase,
    merge_maps,
    region_of_area,
    strong_region,
    window_at_peak,
)
from course_utils.overlays import enlarge_maps
from course_utils.worlds import AnimalScenes, animals

SEEDS = (0, 1, 2, 3, 4)
SIDE = 32
POOLS = {"GAP": average_pool_logits, "GMP": max_pool_logits}
HOLES = {"window": {"size": 9}, "shape": {"threshold": 0.4}}
STEPS = {
    ("GAP", "window"): 4,
    ("GAP", "shape"): 4,
    ("GMP", "window"): 3,
    ("GMP", "shape"): 3,
}
TRAINING = 60  # steps of 50 pictures for each network
AREA = 200  # pixels of the rivals: about what three windows cover
EXPLORER = Path(__file__).parents[2] / "course_utils/explorers/erasing_steps.json"


def worlds(seed: int) -> tuple[AnimalScenes, AnimalScenes]:
    """Return 1000 pictures to train on, and 500 that no network sees."""
    return animals(1000, seed=seed), animals(500, seed=1000 + seed)


def trained(images: Tensor, classes: Tensor, pool: str, seed: int) -> nn.Module:
    """Return a new network, trained on these pictures."""
    torch.manual_seed(seed)
    network = MapClassifier(pool=POOLS[pool])
    train_map_classifier(network, images, classes, TRAINING, seed)
    return network


def looks(
    network: nn.Module, images: Tensor, classes: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Return the class that the network names, and maps at the size of the pictures.

    The maps are those of ``classes``, or of the named classes where none are given.
    """
    with torch.no_grad():
        logits, maps = network(images)
    named = logits.argmax(dim=1)
    chosen = named if classes is None else classes
    own = maps[torch.arange(len(images)), chosen]  # (pictures, h, w)
    return named, enlarge_maps(own, SIDE, SIDE, "bilinear")


def share(hits: Tensor) -> float:
    """Return how many are true."""
    return hits.float().mean().item()


def scores(region: Tensor, scenes: AnimalScenes) -> dict[str, float]:
    """Return recall, precision and IoU of a region, means over the pictures."""
    both = (region & scenes.masks).sum(dim=(1, 2))
    either = (region | scenes.masks).sum(dim=(1, 2))
    area = region.sum(dim=(1, 2))
    parts = (region[:, None] & scenes.parts).sum(dim=(2, 3))
    head, body, legs = (parts / scenes.parts.sum(dim=(2, 3))).mean(dim=0).tolist()
    return {
        "recall": (both / scenes.masks.sum(dim=(1, 2))).mean().item(),
        "precision": (both / area.clamp(min=1)).mean().item(),
        "iou": (both / either).mean().item(),
        "head": head,
        "body": body,
        "legs": legs,
        "area": area.float().mean().item(),
    }


def leak(holes: Tensor, classes: Tensor, test_holes: Tensor, answers: Tensor) -> float:
    """Return how often a network that sees nothing but the holes names the class."""

    def drawn(masks: Tensor) -> Tensor:
        return (masks[:, None].float() - 0.5).expand(-1, 3, -1, -1)

    torch.manual_seed(0)
    network = MapClassifier(strides=(2, 2, 1))  # a patch sees 15 by 15 pixels or more
    train_map_classifier(network, drawn(holes), classes, 80)
    return share(looks(network, drawn(test_holes))[0] == answers)


def steps(seed: int, pool: str, hole: str, count: int) -> Iterator[dict]:
    """Yield one row for each step of erasing.

    Training pictures lose the region of their label's map. Test pictures go two ways:
    by the class that the network predicts, and, as if it were known, by their label.
    """
    scenes, test = worlds(seed)
    images, guessed, told = scenes.images, test.images, test.images
    found = torch.zeros_like(scenes.masks)
    found_guessed = found_told = torch.zeros_like(test.masks)
    how = HOLES[hole]
    for step in range(1, count + 1):
        network = trained(images, scenes.classes, pool, 10 * seed + step)
        named, maps = looks(network, images, scenes.classes)
        images, new = erase(images, maps, **how)
        found = found | new
        guess, maps = looks(network, guessed)
        guessed, new = erase(guessed, maps, **how)
        found_guessed = found_guessed | new
        guess_told, maps = looks(network, told, test.classes)
        told, new = erase(told, maps, **how)
        found_told = found_told | new
        row = {
            "what": "step",
            "seed": seed,
            "pool": pool,
            "hole": hole,
            "step": step,
            "train": share(named == scenes.classes),
            "test": share(guess == test.classes),
            "test_told": share(guess_told == test.classes),
            **scores(found_guessed, test),
        }
        if step < 3:
            row["leak"] = leak(found, scenes.classes, found_told, test.classes)
        yield row


class HideAndSeek(nn.Module):
    """A network whose training pictures lose cells at random, each time others.

    Source: Singh and Lee, "Hide-and-Seek", 2017, arXiv 1704.04232.
    """

    def __init__(self, network: nn.Module, cell: int = 8) -> None:
        super().__init__()
        self.network, self.cell = network, cell

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Return what the network says of the pictures, with holes while training."""
        if self.training:
            grid = torch.rand(len(images), 1, *(SIDE // self.cell,) * 2) < 0.5
            hidden = grid.repeat_interleave(self.cell, 2)
            images = images.masked_fill(hidden.repeat_interleave(self.cell, 3), 0.0)
        return self.network(images)


def rivals(seed: int, pool: str) -> Iterator[dict]:
    """Yield one row for each other way to mark about as many pixels.

    "three maps, nothing erased" is the control: as many networks as three windows take,
    trained on whole pictures. "first map, cut at .3" marks as many pixels as it likes.
    """
    scenes, test = worlds(seed)
    network = trained(scenes.images, scenes.classes, pool, 10 * seed + 1)
    torch.manual_seed(10 * seed + 1)
    seeking = HideAndSeek(MapClassifier(pool=POOLS[pool]))
    count = 2 * TRAINING  # twice as long: half of each picture is hidden
    train_map_classifier(seeking, scenes.images, scenes.classes, count, 10 * seed + 1)
    _, first = looks(network, test.images)
    _, found = looks(seeking, test.images)
    three = [first]
    for step in (2, 3):
        other = trained(scenes.images, scenes.classes, pool, 10 * seed + step)
        three.append(looks(other, test.images)[1])
    windows = window_at_peak(first, HOLES["window"]["size"]).numpy()
    near = [-ndimage.distance_transform_edt(~window) for window in windows]
    away = (torch.arange(SIDE) - (SIDE - 1) / 2).abs()
    centre = -torch.maximum(away[:, None], away[None, :])  # (height, width)
    ways = {
        "first map": first,
        "first window, grown": torch.from_numpy(np.stack(near)),
        "centre square": centre.expand_as(first),
        "hide-and-seek": found,
        "three maps, nothing erased": merge_maps(torch.stack(three)),
    }
    areas = torch.full((len(first),), AREA)
    regions = {way: region_of_area(maps, areas) for way, maps in ways.items()}
    regions["first map, cut at .3"] = strong_region(first, 0.3)
    for way, region in regions.items():
        names = {"what": "rival", "seed": seed, "pool": pool, "way": way}
        yield {**names, **scores(region, test)}


def rows() -> Iterator[dict]:
    """Yield every row of the table."""
    for (pool, hole), count in STEPS.items():
        for seed in SEEDS:
            yield from steps(seed, pool, hole, count)
    for seed in SEEDS:
        yield from rivals(seed, "GAP")


def explorer_table(sizes: tuple[int, ...] = (5, 9, 13), count: int = 6) -> dict:
    """Return windows of three test pictures, and mean scores, for each size."""
    scenes, test = worlds(0)
    shown = SHOWN
    table: dict = {"pictures": [], "sizes": {}}
    for index in shown:
        levels = (test.images[index] / 1.6 + 0.5).clamp(0, 1).mul(15).round().int()
        parts = torch.tensor([1, 2, 3]).view(3, 1, 1) * test.parts[index]
        table["pictures"].append(
            {
                "pixels": "".join(f"{n:x}" for n in levels.permute(1, 2, 0).flatten()),
                "parts": "".join(str(int(n)) for n in parts.amax(dim=0).flatten()),
            }
        )
    for size in sizes:
        images, seen = scenes.images, test.images
        found = torch.zeros_like(test.masks)
        means, corners = [], [[] for _ in shown]
        for step in range(1, count + 1):
            network = trained(images, scenes.classes, "GAP", step)
            named, maps = looks(network, images, scenes.classes)
            accuracy = share(named == scenes.classes)
            images, _ = erase(images, maps, size)
            _, maps = looks(network, seen)
            seen, new = erase(seen, maps, size)
            found = found | new
            now = scores(found, test)
            means.append(
                [round(v, 3) for v in (now["recall"], now["precision"], now["iou"])]
                + [round(accuracy, 3)]
            )
            for corner, index in zip(corners, shown, strict=True):
                corner.append(new[index].nonzero()[0].tolist())
        table["sizes"][str(size)] = {"means": means, "corners": corners}
    return table


SHOWN = (0, 1, 2)  # test pictures of the explorer

if __name__ == "__main__":
    torch.set_num_threads(1)
    if "--explorer" in sys.argv:
        text = json.dumps(explorer_table(), separators=(",", ":"))
        EXPLORER.write_text(text + "\n", encoding="utf-8")
    else:
        print(store("erasing_steps", rows()))
