"""Animals of three parts: a head that gives the class away, and two plainer parts.

Two kinds of animal stand among clutter. All three parts tell the kind, each by
another cue: the head by its colour (the strongest), the body by the direction of
its hatching, the legs by how close their stripes are. A classifier needs one of
them; an honest map of the animal has all three.
"""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from course_utils.arguments import require_count, require_share

SIDE = 32  # pixels of a picture, in height and width
PARTS = ("head", "body", "legs")


class AnimalScenes(NamedTuple):
    """Pictures of animals with the place of each part.

    images: (scenes, 3, 32, 32), red, green and blue, centred on 0.
    classes: (scenes,), the kind, 0 or 1.
    parts: (scenes, 3, 32, 32), boolean masks in the order of ``PARTS``.
    masks: (scenes, 32, 32), boolean, True on the animal: all parts together.
    """

    images: Tensor
    classes: Tensor
    parts: Tensor
    masks: Tensor


def animals(
    scenes: int,
    seed: int = 0,
    body: float = 0.2,
    legs: float = 0.15,
    noise: float = 0.15,
) -> AnimalScenes:
    """Return pictures, half of either kind (to within one).

    Args:
        scenes: how many.
        seed: the same seed gives the same pictures.
        body, legs: contrast of the pattern on that part, 0 to 1; the lower, the
            less a classifier can read from it. The head's colours lie at 0.6.
        noise: standard deviation of the noise on the animal.

    Raises:
        TypeError, ValueError: a count, contrast, noise or seed out of range.

    Source: objects whose most telling part is not all of them, Wei and others,
        "Object Region Mining with Adversarial Erasing", 2017, arXiv 1703.08448.
    """
    require_count("scenes", scenes)
    require_count("seed", seed, least=0)
    for name, value in (("body", body), ("legs", legs), ("noise", noise)):
        require_share(name, value)
    rng = np.random.default_rng(seed)
    classes = np.arange(scenes) % 2
    sign = np.where(classes == 1, 1.0, -1.0)[:, None, None]  # (scenes, 1, 1)
    rows, columns = np.mgrid[:SIDE, :SIDE]
    pictures = _clutter(scenes, rng)
    y = rows - rng.integers(2, 14, (scenes, 1, 1))
    x = columns - rng.integers(2, 12, (scenes, 1, 1))
    on_head = (y >= 0) & (y < 7) & (x >= 12) & (x < 18)
    on_body = (y >= 3) & (y < 11) & (x >= 0) & (x < 12)
    on_legs = (y >= 11) & (y < 16) & (x >= 0) & (x < 12)
    phase = 2 * np.pi * rng.random((scenes, 1, 1))
    hatching = np.sign(np.sin(np.pi / 2 * (columns + sign * rows) + phase))
    pace = np.where(sign > 0, np.pi, np.pi / 3)  # radians a pixel: stripes of 1 or 3
    stripes = np.sign(np.sin(pace * columns + phase + 0.3))
    colour = 0.6 * sign[..., None] * np.array([1, 0, -1])[:, None, None]
    for region, paint in (
        (on_body, (body * hatching)[:, None]),
        (on_legs, (legs * stripes)[:, None]),
        (on_head, colour),
    ):
        grain = noise * rng.standard_normal(pictures.shape)
        pictures = np.where(region[:, None], paint + grain, pictures)
    parts = torch.from_numpy(np.stack([on_head, on_body, on_legs], axis=1))
    return AnimalScenes(
        images=torch.from_numpy(pictures).float(),
        classes=torch.from_numpy(classes),
        parts=parts,
        masks=parts.any(dim=1),
    )


def _clutter(scenes: int, rng: np.random.Generator) -> np.ndarray:
    """Return noise with three striped rectangles that tell nothing of the kind."""
    rows, columns = np.mgrid[:SIDE, :SIDE]
    pictures = 0.25 * rng.standard_normal((scenes, 3, SIDE, SIDE))
    for _ in range(3):
        y = rows - rng.integers(0, SIDE - 8, (scenes, 1, 1))
        x = columns - rng.integers(0, SIDE - 8, (scenes, 1, 1))
        inside = (y >= 0) & (y < 7) & (x >= 0) & (x < 7)
        phase = 2 * np.pi * rng.random((scenes, 1, 1))
        stripes = 0.35 * np.sign(np.sin(np.pi / 2 * rows + phase))
        tint = 0.2 * rng.standard_normal((scenes, 3, 1, 1))
        pictures = np.where(inside[:, None], stripes[:, None] + tint, pictures)
    return pictures
