"""How attention over a text is measured against the true alignment.

The alignment says which keys are true for each query. A query without any true
key (the dash of a date) is left out of every measure. Chance is what uniform
weights score in the same function.
"""

from torch import Tensor
from torch.nn import functional as F

from course_utils.arguments import (
    require_alignment,
    require_attention,
    require_count,
)


def alignment_accuracy(
    weights: Tensor, alignment: Tensor, tolerance: int = 0
) -> Tensor:
    """Return the share of queries whose largest weight lies on a true key.

    A peak that k keys share earns the share of them that are true; uniform
    weights therefore score the share of keys that are true, which is chance.

    Args:
        weights: (samples, queries, keys), rows sum to one (or are all zero).
        alignment: (samples, queries, keys), boolean, True = a true key.
        tolerance: a key counts as true if it lies within so many places of a
            true key.

    Returns:
        one number, from 0 to 1.

    Raises:
        TypeError: weights are not floating point, the alignment is not boolean.
        ValueError: rows that do not sum to one, an alignment of another shape or
            without any true key, a negative tolerance.
    """
    require_attention("weights", weights)
    require_alignment("alignment", alignment, weights)
    require_count("tolerance", tolerance, least=0)
    width = 2 * tolerance + 1
    near = F.max_pool1d(alignment.float(), width, stride=1, padding=tolerance)
    peak = (weights == weights.amax(dim=-1, keepdim=True)).float()
    peak = peak * (weights > 0)  # a row of zeros has no peak
    found = (peak * near).sum(dim=-1) / peak.sum(dim=-1).clamp(min=1)
    return found[alignment.any(dim=-1)].mean()


def alignment_mass(weights: Tensor, alignment: Tensor) -> Tensor:
    """Return the weight on true keys, on average over the queries that have one.

    Args and Raises: as ``alignment_accuracy``. Returns one number, from 0 to 1.
    """
    require_attention("weights", weights)
    require_alignment("alignment", alignment, weights)
    mass = (weights * alignment).sum(dim=-1)  # (samples, queries)
    return mass[alignment.any(dim=-1)].mean()
