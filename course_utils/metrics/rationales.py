"""How weights over words or sentences are measured against those that decide."""

import math

import torch
from torch import Tensor

from course_utils.arguments import (
    require_mask,
    require_no_nan,
    require_tensor,
)


def rationale_recall(
    scores: Tensor, rationale: Tensor, mask: Tensor | None = None
) -> Tensor:
    """Return the share of the deciding items found among the heaviest ones.

    A sample with k deciding items has its k heaviest items looked at. Items that
    tie for the last places share them, as guessing among them would on average: a
    sample with one deciding item among n equal weights scores exactly 1/n, which
    is chance.

    Args:
        scores: (samples, items), weights or any other measure of importance.
        rationale: (samples, items), boolean, True = decides; at least one each.
        mask: (samples, items), boolean, True = a real item; padding is never
            looked at.

    Returns:
        one number, the mean over samples, from 0 to 1.

    Raises:
        TypeError: scores that are not floating point, masks that are not boolean.
        ValueError: NaN, no sample, a sample without a deciding item, or a deciding
            item that is padding.

    Source: DeYoung et al., "ERASER", 2020, arXiv 1911.03429, scores rationales
        that people marked; here the generator marks them.
    """
    require_tensor("scores", scores, "samples, items")
    require_no_nan("scores", scores)
    require_rationale("rationale", rationale, scores, mask)
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    count = rationale.sum(dim=1, keepdim=True)  # (samples, 1)
    ranked = scores.sort(dim=1, descending=True).values  # (samples, items)
    last = ranked.gather(1, count - 1)  # (samples, 1) the weight at place k
    above, tied = scores > last, scores == last  # (samples, items)
    places = count - above.sum(dim=1, keepdim=True)  # left for those that tie
    share = places / tied.sum(dim=1, keepdim=True)
    found = torch.where(rationale, above + tied * share, 0.0).sum(dim=1)
    return (found / count[:, 0]).mean()


def require_rationale(
    name: str, value: object, scores: Tensor, mask: Tensor | None = None
) -> None:
    """Raise unless ``value`` marks an item of every sample, and no padding."""
    if mask is not None:
        require_mask("mask", mask, scores.shape)
    if not isinstance(value, Tensor) or value.dtype != torch.bool:
        came = value.dtype if isinstance(value, Tensor) else type(value).__name__
        raise TypeError(
            f"{name}: expected a boolean tensor (True = decides), got {came}; compare "
            f"first, for example torch.arange(items) == {name}[:, None]"
        )
    if value.shape != scores.shape:
        raise ValueError(
            f"{name}: expected shape {tuple(scores.shape)} like the scores, got "
            f"{tuple(value.shape)}"
        )
    none = int((~value.any(dim=-1)).sum())
    if len(value) == 0 or none:
        raise ValueError(
            f"{name}: expected samples that each have a deciding item, got "
            f"{len(value)} samples, {none} of them without one"
        )
    if mask is not None and (value & ~mask).any():
        raise ValueError(f"{name}: expected deciding items that are real, got padding")
