"""Blobs: how many places a map points at, and the entropy of their shares.

A map is cut at a threshold, by default its own mean. The pixels above it fall
into connected regions, the blobs. With C_n the pixels of blob n and x_i the map:

    mass of a blob    P_n = sum over i in C_n of (x_i - threshold)
    share of a blob   p_n = P_n / M,   M = sum over n of P_n
    blob entropy      H   = -sum over n of p_n ln p_n          (nats)

H is 0 for one blob, ln n for n blobs of equal mass. The labels of the pixels are
constants; the masses are differentiable, and with them H:

    dH / dP_n = -(ln p_n + H) / M

With a given threshold a blob with a share above e^-H grows under a step that lowers
H and a smaller one shrinks; with the mean, up to a shift that all pixels share.
Shapes by axis name: maps (..., height, width), entropies (...).

Source: Peruzzo and others, "Spatial Entropy as an Inductive Bias for Vision
Transformers", 2022, arXiv 2206.04636.
"""

import warnings
from numbers import Real

import numpy as np
import torch
from scipy import ndimage
from torch import Tensor, nn

from course_utils.arguments import (
    require_choice,
    require_finite,
    require_mask,
    require_tensor,
)

NEIGHBOURS = {4: ndimage.generate_binary_structure(2, 1), 8: np.ones((3, 3), bool)}


def label_blobs(masks: Tensor, connectivity: int = 8) -> Tensor:
    """Return the number of each pixel's blob: 0 outside, from 1 in each map.

    Two pixels of a mask belong to one blob when a path of neighbours joins them.
    Blobs are numbered in the order in which reading, row by row, meets them.

    Args:
        masks: (..., height, width), boolean.
        connectivity: 4 (a pixel's neighbours share an edge with it) or 8 (or a
            corner).

    Returns:
        (..., height, width), whole numbers, on the device of ``masks``.

    Raises:
        TypeError, ValueError: not boolean, fewer than two axes, no pixel, another
            connectivity.
    """
    require_tensor("masks", masks, floating=False)
    require_mask("masks", masks, masks.shape)
    require_maps_axes("masks", masks)
    require_choice("connectivity", connectivity, tuple(NEIGHBOURS))
    labels, counts = label_stack(as_stack(masks), connectivity)
    before = counts.cumsum(0) - counts  # (maps,)
    own = (labels - before[:, None, None]).clamp(min=0)  # (maps, height, width)
    return own.reshape(masks.shape)


def label_stack(masks: Tensor, connectivity: int) -> tuple[Tensor, Tensor]:
    """Return labels that count on from map to map, and how many blobs each map has.

    One call of SciPy labels all maps: its structure, (3, 3, 3) with the maps on the
    first axis, joins no neighbours there.

    Args:
        masks: (maps, height, width), boolean.
        connectivity: 4 or 8.

    Returns:
        (maps, height, width) and (maps,), whole numbers.
    """
    structure = np.zeros((3, 3, 3), bool)  # (maps, rows, columns) around a pixel
    structure[1] = NEIGHBOURS[connectivity]
    found, _ = ndimage.label(masks.cpu().numpy(), structure)
    labels = torch.from_numpy(found).to(masks.device)  # int32
    highest = labels.flatten(1).amax(dim=1)  # (maps,)
    highest = highest.cummax(0).values  # a map without blobs keeps the one before
    counts = highest.diff(prepend=highest.new_zeros(1))  # (maps,)
    return labels, counts


def excess_of(maps: Tensor, threshold: float | str) -> Tensor:
    """Return by how much each pixel exceeds the threshold, 0 where it does not.

    The excess is in a unit of its map, a power of 2 near the largest number: H does
    not feel the unit, and huge or tiny maps neither overflow nor vanish. Dividing
    by a power of 2 rounds nothing (but for numbers some 10^38 times smaller than the
    largest), so a tie with a given threshold stays a tie. The mean itself is rounded:
    a pixel that equals it exactly may fall on either side.

    Args:
        maps: (maps, pixels), float32 or float64.
        threshold: ``"mean"`` or a number.

    Returns:
        (maps, pixels).
    """
    given = 0.0 if threshold == "mean" else threshold
    peak = maps.detach().abs().amax(dim=1, keepdim=True)  # (maps, 1)
    unit = peak.clamp(min=abs(given)).log2().floor().clamp(-100, 100).exp2()
    maps = maps / unit  # (maps, pixels)
    level = given / unit  # (maps, 1)
    if threshold == "mean":
        level = maps.sum(dim=1, keepdim=True) / maps.shape[1]
    return torch.relu(maps - level)


def blob_entropy(
    maps: Tensor, threshold: float | str = "mean", connectivity: int = 8
) -> Tensor:
    """Return the entropy of the blobs' shares for each map, in nats.

    A pixel belongs to a blob if it is above the threshold; equal is not above.
    With the mean as threshold unchanged by ``a * map + b``, ``a > 0``, apart from
    maps with a pixel within rounding of their mean. A map with nothing above its
    threshold has no blob: entropy 0, gradient 0. The gradient grows as 1 / M, so it
    is steep for maps that are nearly flat. Computed in float32 at least.

    Args:
        maps: (..., height, width), any floating-point numbers, negative ones too:
            logits or weights.
        threshold: ``"mean"`` (of each map; it carries a gradient) or a number.
        connectivity: 4 or 8, as in ``label_blobs``.

    Returns:
        (...), from 0 (one blob, or none) to ln(number of blobs).

    Raises:
        TypeError: maps that are not floating point.
        ValueError: fewer than two axes, no pixel, NaN or infinity, another
            connectivity or threshold.

    Source: Peruzzo and others 2022, arXiv 2206.04636.
    """
    require_tensor("maps", maps)
    require_maps_axes("maps", maps)
    require_whole("maps", maps)
    require_threshold(threshold)
    require_choice("connectivity", connectivity, tuple(NEIGHBOURS))
    wide = torch.promote_types(maps.dtype, torch.float32)
    stack = as_stack(maps).to(wide)  # (maps, height, width)
    excess = excess_of(stack.flatten(1), threshold)  # (maps, pixels)
    labels, counts = label_stack(excess.view(stack.shape) > 0, connectivity)
    owner = torch.arange(len(counts), device=maps.device)  # the map of each blob
    owner = owner.repeat_interleave(counts)  # (blobs,)
    masses = excess.new_zeros(1 + len(owner))  # label 0 is no blob
    masses = masses.index_add(0, labels.flatten(), excess.flatten())[1:]
    total = masses.new_zeros(len(counts)).index_add(0, owner, masses)  # (maps,)
    shares = masses / total[owner]  # (blobs,)
    smallest = torch.finfo(wide).tiny  # so that a share of 0 has a finite slope
    terms = -shares * shares.clamp(min=smallest).log()  # (blobs,)
    entropies = total.new_zeros(len(counts)).index_add(0, owner, terms)
    return entropies.reshape(maps.shape[:-2])


class BlobEntropyLoss(nn.Module):
    """The mean blob entropy of all maps: samples and heads alike.

    Called with maps (..., height, width), in the paper the logits of class
    attention before the softmax, one map for each sample and head. Returns one
    number, at least 0. Any single blob anywhere costs nothing: add this loss,
    with a small weight, to one that says where to look.

    A map with NaN or infinity, such as mixed precision now and then produces, must
    not end a training run: it counts as 0, without gradient, and a warning says so.

    Source: Peruzzo and others 2022, arXiv 2206.04636.
    """

    def __init__(self, threshold: float | str = "mean", connectivity: int = 8) -> None:
        require_threshold(threshold)
        require_choice("connectivity", connectivity, tuple(NEIGHBOURS))
        super().__init__()
        self.threshold = threshold
        self.connectivity = connectivity

    def forward(self, maps: Tensor) -> Tensor:
        """Return the mean of ``blob_entropy`` over every leading axis."""
        require_tensor("maps", maps)
        require_maps_axes("maps", maps)
        if maps.numel() == 0:
            return maps.sum()  # nothing to gather: 0
        maps = without_broken(maps)
        return blob_entropy(maps, self.threshold, self.connectivity).mean()


def without_broken(maps: Tensor) -> Tensor:
    """Return the maps (..., height, width), zeros for each with NaN or infinity."""
    whole = whole_maps(maps)  # (...)
    if whole.all():
        return maps
    warnings.warn(
        f"{int((~whole).sum())} of {whole.numel()} maps hold NaN or infinity; they "
        "count 0 in the blob entropy loss, without gradient",
        RuntimeWarning,
        stacklevel=3,
    )
    return maps.where(whole[..., None, None], 0.0)


def whole_maps(maps: Tensor) -> Tensor:
    """Return (...), False for each map (..., height, width) with NaN or infinity."""
    return maps.detach().abs().amax(dim=(-2, -1)) < torch.inf


def as_stack(maps: Tensor) -> Tensor:
    """Return (maps, height, width): every leading axis in one."""
    return maps.flatten(0, -3) if maps.ndim > 2 else maps[None]


def require_maps_axes(name: str, maps: Tensor) -> None:
    """Raise unless ``maps`` has a height and a width."""
    if maps.ndim < 2 or 0 in maps.shape[-2:]:
        raise ValueError(
            f"{name}: expected shape (..., height, width) with at least one pixel, "
            f"got {tuple(maps.shape)}; reshape tokens to their grid first, without "
            "the class token"
        )


def require_whole(name: str, maps: Tensor) -> None:
    """Raise where a map holds NaN or infinity."""
    if not whole_maps(maps).all():
        require_finite(name, maps)


def require_threshold(threshold: object) -> None:
    """Raise unless ``threshold`` is ``"mean"`` or a number that float32 can hold."""
    if isinstance(threshold, str) and threshold == "mean":
        return
    number = isinstance(threshold, Real) and not isinstance(threshold, bool)
    if not (number and abs(threshold) < 3e38):
        raise ValueError(
            f"threshold: expected 'mean' or a finite number, got {threshold!r}"
        )
