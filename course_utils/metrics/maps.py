"""How a map over the cells of a picture is measured against the truth."""

from torch import Tensor

from course_utils.arguments import require_cells, require_no_nan, require_tensor


def hit_rate(maps: Tensor, targets: Tensor) -> Tensor:
    """Return the share of maps whose highest cell is the target's cell.

    A peak that k cells share earns 1/k, as guessing among them would on average;
    a uniform map over n cells therefore scores exactly 1/n, which is chance.

    Args:
        maps: (displays, height, width), scores or weights.
        targets: (displays,), whole numbers: the target's cell, counted row by
            row from 0.

    Returns:
        one number, from 0 to 1.

    Raises:
        TypeError: maps are not floating point, or targets not whole numbers.
        ValueError: no display, NaN, or targets that are no cells of the maps.
    """
    require_tensor("maps", maps, "displays, height, width")
    require_no_nan("maps", maps)
    require_cells("targets", targets, maps)
    flat = maps.flatten(1)  # (displays, cells)
    peak = flat == flat.max(dim=1, keepdim=True).values  # (displays, cells)
    found = peak.gather(1, targets[:, None])[:, 0]  # (displays,)
    return (found / peak.sum(dim=1)).mean()
