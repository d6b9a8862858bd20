"""Small feature maps with a cue that says which channel counts, or which place.

Eight channels hold what two detectors, A and B, report: one channel for each of
four classes and each detector. Two more channels hold cues. A *marker* stands on
the object that counts, or beside it; a *signal* in the corner of the map says
which detector counts. Whoever reads the answer sees the eight object channels
only, so a cue can act through a gate and in no other way.
"""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from course_utils.arguments import require_choice, require_count

CLASSES = 4
OBJECT_CHANNELS = 8  # detector A: channels 0 to 3, detector B: channels 4 to 7
MARKER, SIGNAL = 8, 9  # the two cue channels
GATE_TASKS = ("channel", "place", "both", "beside")
STRENGTH = 4.0  # how strongly an object or a cue shows, give or take a tenth


class GateTask(NamedTuple):
    """Feature maps of one task, with the answer and where it stands.

    features: (samples, 10, side, side), at least 0; empty cells are exactly 0.
    answers: (samples,), the class, 0 to 3, of the object that counts.
    channels: (samples,), the channel of that object, 0 to 7.
    cells: (samples,), the cell of that object, counted row by row from 0.
    """

    features: Tensor
    answers: Tensor
    channels: Tensor
    cells: Tensor


def gate_task(task: str, samples: int, seed: int = 0, side: int = 4) -> GateTask:
    """Return ``samples`` feature maps whose answer hangs on a cue.

    Args:
        task: ``"channel"``: one object from each detector; the signal in the
            corner shows if B counts and is absent if A counts. ``"place"``: two
            objects from A; the marker stands in the cell of the one that counts.
            ``"both"``: two objects from each detector, one of each with a marker;
            the signal says which of the two marked objects counts. ``"beside"``:
            as ``"place"``, the marker one cell to the right of the object.
        samples: how many; every class, cue and place is drawn evenly.
        seed: the same seed gives the same maps.
        side: cells in a row and in a column; at least 4.

    Raises:
        TypeError, ValueError: a task, count or seed that makes no maps.
    """
    require_choice("task", task, GATE_TASKS)
    require_count("samples", samples)
    require_count("seed", seed, least=0)
    require_count("side", side, least=4)
    rng = np.random.default_rng(seed)
    row = np.arange(samples)
    detectors = {"channel": [0, 1], "both": [0, 0, 1, 1]}.get(task, [0, 0])
    cells = _places(rng, samples, side, len(detectors))  # (samples, objects)
    classes = rng.integers(CLASSES, size=cells.shape)  # (samples, objects)
    channels = classes + CLASSES * np.array(detectors)  # (samples, objects)
    marked, b_counts = rng.integers(2, size=(2, samples))  # (samples,) each
    counts = {"channel": b_counts, "both": 2 * b_counts + marked}.get(task, marked)

    maps = np.zeros((samples, MARKER + 2, side * side))
    for number in range(len(detectors)):
        maps[row, channels[:, number], cells[:, number]] = 1
    for first in {"place": [0], "both": [0, 2], "beside": [0]}.get(task, []):
        cell = cells[row, first + marked] + (task == "beside")
        maps[row, MARKER, cell] = 1
    if task in ("channel", "both"):
        maps[:, SIGNAL, 0] = b_counts
    maps *= STRENGTH * rng.uniform(0.9, 1.1, maps.shape)
    return GateTask(
        features=torch.from_numpy(maps.reshape(samples, -1, side, side)).float(),
        answers=torch.from_numpy(classes[row, counts]),
        channels=torch.from_numpy(channels[row, counts]),
        cells=torch.from_numpy(cells[row, counts]),
    )


def _places(
    rng: np.random.Generator, samples: int, side: int, objects: int
) -> np.ndarray:
    """Return distinct cells (samples, objects), each with an empty cell on its right.

    Objects stand below the first row, in every second column.
    """
    free = [
        row * side + column
        for row in range(1, side)
        for column in range(0, side - 1, 2)
    ]
    order = rng.permuted(np.tile(free, (samples, 1)), axis=1)
    return order[:, :objects]
