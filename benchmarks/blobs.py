"""Milliseconds for the blob entropy of a batch: ours, the published loop, packages.

    python benchmarks/blobs.py                    the whole table, about a minute
    python benchmarks/blobs.py --peers FOLDER     with packages from FOLDER

Forward and backward of one loss on 64 x 6 maps, one run, one thread, CPU time. All
implementations get the same maps, take turns, and must return the same loss and
gradient. Two kinds of maps: noise, and noise that was smoothed.

The published loop is written anew from its description: for each sample and head
one call of a labeller, and for each blob one vector of booleans as long as the map
(Peruzzo and others 2022, arXiv 2206.04636). A rival between the two labels one map
after the other and gathers the masses as we do, so that the one call and the
gathering are told apart. The fastest labellers that come as a package,
``connected-components-3d`` and ``opencv-python-headless``, are no part of the
course: where they are absent, the table says so. They may stand in a folder of
their own: ``pip install --target FOLDER --no-deps`` and their names. They get the
maps as one tall picture with empty rows between maps, and the rest of our code.
Results go to ``benchmarks/blobs.json``.
"""

import argparse
import json
import math
import platform
import sys
import time
from collections.abc import Callable
from importlib import import_module, metadata
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from scipy import ndimage
from torch import Tensor
from torch.nn import functional as F

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from course_utils import blobs  # noqa: E402

SAMPLES, HEADS = 64, 6
SIDES = [7, 14, 28, 56, 112]
COMPARED = [14, 28]
IN_A_ROW = 5  # measurements of one implementation before the next has its turn
Label = Callable[[np.ndarray], tuple[int, np.ndarray]]  # of one picture


def maps_of(kind: str, side: int, seed: int = 0) -> Tensor:
    """Return logits (samples, heads, side, side)."""
    generator = torch.Generator().manual_seed(seed)
    maps = torch.randn(SAMPLES, HEADS, side, side, generator=generator)
    if kind == "smooth":
        maps = F.avg_pool2d(maps, 3, stride=1, padding=1, count_include_pad=False)
    return maps


# --------------------------------------------------------------- implementations


def published_loop(label: Label) -> Callable[[Tensor], Tensor]:
    """The loss as published: two loops over samples and heads, in which each mask is
    cast and labelled by itself; for each blob a vector of whole numbers, its row of
    the maps, and once more the total of its map."""

    def loss(maps: Tensor) -> Tensor:
        samples, heads = maps.shape[:2]
        flat = maps.flatten(2)  # (samples, heads, pixels)
        level = flat.mean(dim=2, keepdim=True)
        masks = (flat > level).long()
        pictures = masks.cpu().numpy().reshape(maps.shape)
        sample_of, head_of, vectors = [], [], []
        for sample in range(samples):
            for head in range(heads):
                picture = ((pictures[sample, head] > 0) * 1).astype(np.uint8)
                count, found = label(picture)
                for blob in range(1, count + 1):
                    sample_of.append(sample)
                    head_of.append(head)
                    member = torch.tensor((found == blob) * 1.0)
                    vectors.append(member.reshape(-1).long())
        members = torch.stack(vectors)  # (blobs, pixels)
        owner = torch.tensor(sample_of), torch.tensor(head_of)
        excess = F.relu(flat - level) + 1e-9
        masses = (excess[owner] * members).sum(dim=1)  # (blobs,)
        totals = (excess[owner] * masks[owner]).sum(dim=1)  # (blobs,)
        shares = masses / totals
        return -(shares * shares.log()).sum() / (samples * heads)

    return loss


def ours(maps: Tensor) -> Tensor:
    """The package's loss."""
    return blobs.BlobEntropyLoss()(maps)


def loop_labeller(label: Label) -> Callable[[Tensor, int], tuple[Tensor, Tensor]]:
    """What ``course_utils.blobs.label_stack`` does, with one call for each map."""

    def label_stack(masks: Tensor, connectivity: int) -> tuple[Tensor, Tensor]:
        labels = np.zeros(tuple(masks.shape), np.int32)
        counts, before = [], 0
        for found, mask in zip(labels, masks.numpy().astype(np.uint8), strict=True):
            count, picture = label(mask)
            np.add(picture, before, out=found, where=picture > 0)
            counts.append(count)
            before += count
        return torch.from_numpy(labels), torch.tensor(counts, dtype=torch.int32)

    return label_stack


def stack_labeller(label: Label) -> Callable[[Tensor, int], tuple[Tensor, Tensor]]:
    """What ``course_utils.blobs.label_stack`` does, from one tall picture."""

    def label_stack(masks: Tensor, connectivity: int) -> tuple[Tensor, Tensor]:
        count, height, width = masks.shape
        rows = height + 2 - height % 2  # OpenCV reads blocks of two rows
        tall = np.zeros((count, rows, width), np.uint8)
        tall[:, :height] = masks.numpy()
        _, found = label(tall.reshape(-1, width))
        labels = torch.from_numpy(found).view(count, rows, width)[:, :height]
        labels = labels.to(torch.int32).contiguous()
        highest = labels.flatten(1).amax(dim=1).cummax(0).values
        return labels, highest.diff(prepend=highest.new_zeros(1))

    return label_stack


def with_labeller(label_stack: Callable) -> Callable[[Tensor], Tensor]:
    """The package's loss with another labeller of stacks."""

    def loss(maps: Tensor) -> Tensor:
        kept = blobs.label_stack
        blobs.label_stack = label_stack
        try:
            return ours(maps)
        finally:
            blobs.label_stack = kept

    return loss


def labellers() -> tuple[dict[str, Label], dict[str, str]]:
    """Return the labellers that can be imported, and the version of each package."""
    eight = np.ones((3, 3), int)
    found = {"scipy": lambda picture: ndimage.label(picture, eight)[::-1]}
    versions = {}
    for name, module in [
        ("scipy", "scipy"),
        ("opencv-python-headless", "cv2"),
        ("connected-components-3d", "cc3d"),
    ]:
        try:
            peer = import_module(module)
        except ImportError:
            versions[name] = "absent"
            continue
        versions[name] = metadata.version(name)
        if module == "cv2":
            peer.setNumThreads(1)

            def by_cv2(picture: np.ndarray, cv2=peer) -> tuple[int, np.ndarray]:
                count, labels = cv2.connectedComponents(picture, connectivity=8)
                return count - 1, labels

            found[name] = by_cv2
        elif module == "cc3d":

            def by_cc3d(picture: np.ndarray, cc3d=peer) -> tuple[int, np.ndarray]:
                labels, count = cc3d.connected_components(
                    picture, connectivity=8, return_N=True
                )
                return count, labels

            found[name] = by_cc3d
    return found, versions


# --------------------------------------------------------------------- measuring


def labelling_alone(labels: dict[str, Callable], maps: Tensor, repeats: int) -> dict:
    """Return the median CPU milliseconds of each labeller, measured in turn."""
    masks = (maps > maps.mean(dim=(-2, -1), keepdim=True)).flatten(0, 1)
    wanted, counts = blobs.label_stack(masks, 8)
    times = {name: [] for name in labels}
    for name, label_stack in labels.items():
        found = label_stack(masks, 8)
        assert torch.equal(found[1], counts), name
        assert torch.equal(found[0] > 0, wanted > 0), name
    for _ in range(repeats):
        for name, label_stack in labels.items():
            began = time.process_time()
            label_stack(masks, 8)
            times[name].append(time.process_time() - began)
    return {name: milliseconds(seconds) for name, seconds in times.items()}


def milliseconds(seconds: list[float]) -> float:
    return round(1000 * float(np.median(seconds)), 3)


def forward_and_backward(loss: Callable, maps: Tensor) -> tuple[float, Tensor]:
    """Return the loss and its gradient."""
    leaf = maps.clone().requires_grad_()
    value = loss(leaf)
    value.backward()
    return value.item(), leaf.grad


def turns(losses: dict[str, Callable], maps: Tensor, repeats: int) -> dict[str, float]:
    """Return the median CPU milliseconds of each, measured in turn; same results."""
    times = {name: [] for name in losses}
    reference, slope = forward_and_backward(ours, maps)
    for name, loss in losses.items():
        value, gradient = forward_and_backward(loss, maps)
        assert math.isclose(value, reference, rel_tol=1e-5), (name, value, reference)
        assert torch.allclose(gradient, slope, rtol=1e-3, atol=1e-7), name
    for _ in range(repeats):
        for name, loss in losses.items():
            for _ in range(IN_A_ROW):
                began = time.process_time()
                forward_and_backward(loss, maps)
                times[name].append(time.process_time() - began)
    return {name: milliseconds(seconds) for name, seconds in times.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", help="a folder with the two packages")
    parser.add_argument("--repeats", type=int, default=7)
    options = parser.parse_args()
    if options.peers:
        sys.path.append(options.peers)
    torch.set_num_threads(1)
    label, versions = labellers()
    # The published loop with the quickest labeller here, so that it loses no time.
    quickest = next(
        name for name in ("opencv-python-headless", "scipy") if name in label
    )
    losses = {"ours": ours, "published loop": published_loop(label[quickest])}
    if quickest != "scipy":
        losses["published loop, scipy"] = published_loop(label["scipy"])
        losses["label loop, scipy"] = with_labeller(loop_labeller(label["scipy"]))
    losses["label loop"] = with_labeller(loop_labeller(label[quickest]))
    labels = {"ours": blobs.label_stack}
    for name in label:
        if name != "scipy":
            losses[name] = with_labeller(stack_labeller(label[name]))
            labels[name] = stack_labeller(label[name])
    rows = []
    for kind in ("noise", "smooth"):
        for side in COMPARED:
            maps = maps_of(kind, side)
            found = turns(losses, maps, options.repeats)
            peers = [found[name] for name in losses if name in versions]
            rows.append(
                {
                    "kind": kind,
                    "side": side,
                    "blobs_per_map": blobs_per_map(maps),
                    "milliseconds": found,
                    "times_faster_than_loop": ratio(
                        found["published loop"], found["ours"]
                    ),
                    "times_faster_than_loop_with_scipy": ratio(
                        found.get("published loop, scipy", found["published loop"]),
                        found["ours"],
                    ),
                    "times_faster_than_label_loop": ratio(
                        found["label loop"], found["ours"]
                    ),
                    "times_faster_than_label_loop_with_scipy": ratio(
                        found.get("label loop, scipy", found["label loop"]),
                        found["ours"],
                    ),
                    "ours_over_fastest_package": ratio(found["ours"], min(peers))
                    if peers
                    else None,
                    "labelling_alone": labelling_alone(labels, maps, options.repeats),
                }
            )
            print(rows[-1], flush=True)
    growth = [
        {
            "kind": kind,
            "side": side,
            "milliseconds": turns({"ours": ours}, maps_of(kind, side), options.repeats)[
                "ours"
            ],
        }
        for kind in ("noise", "smooth")
        for side in SIDES
    ]
    result = {
        "maps": SAMPLES * HEADS,
        "threads": 1,
        "repeats": options.repeats * IN_A_ROW,
        "loop_labels_with": quickest,
        "rows": rows,
        "growth": growth,
        "slopes": {kind: slopes_of(growth, kind) for kind in ("noise", "smooth")},
        "versions": {
            "python": platform.python_version(),
            "torch": torch.__version__.partition("+")[0],
            "numpy": np.__version__,
            **versions,
        },
    }
    print(json.dumps(result["slopes"]), versions)
    place = ROOT / "benchmarks" / "blobs.json"
    place.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def ratio(above: float, below: float) -> float:
    return round(above / below, 1 if above > 3 * below else 2)


def blobs_per_map(maps: Tensor) -> float:
    level = maps.mean(dim=(-2, -1), keepdim=True)
    counts = blobs.label_blobs(maps > level).amax(dim=(-2, -1))
    return round(counts.double().mean().item(), 2)


def slopes_of(growth: list[dict], kind: str) -> list[float]:
    """Slope of log milliseconds against log pixels from each side to the next."""
    rows = [row for row in growth if row["kind"] == kind]
    return [
        round(
            math.log(b["milliseconds"] / a["milliseconds"])
            / (2 * math.log(b["side"] / a["side"])),
            2,
        )
        for a, b in pairwise(rows)
    ]


if __name__ == "__main__":
    main()
