"""Asking a map to hold all of the evidence: attention mining, without any mask.

A soft mask T(A) hides what a class map A marks. If the network still knows the class
from the rest of the picture, the complement, the map has missed something:

    T(A) = sigmoid(omega (A - sigma))      A = ReLU(map) / its largest value
    complement = (1 - T(A)) * picture
    loss = mean probability of the picture's class, from its complement

sigma is the level of A that is half hidden, omega how sharp the edge is. The loss
can reach the weights in two ways: through the map, which learns to cover more, and
through the second look at the complement, which learns to call it something else. The
second is the shorter way, so it is closed unless asked for.
"""

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional as F

from course_utils.arguments import (
    require_cell,
    require_index_type,
    require_instance,
    require_positive,
    require_share,
    require_size,
    require_tensor,
)
from course_utils.guidance.supervision import require_map_batch


def soft_mask(maps: Tensor, sigma: float = 0.5, omega: float = 10.0) -> Tensor:
    """Return T(A), (batch, height, width), between 0 and 1: how far a pixel is hidden.

    Each map is cut at 0 and divided by its own largest value, so no map depends on
    its neighbours in the batch and a scale changes nothing. Where a map has nothing
    above 0, A is 0 everywhere.

    Args:
        maps: (batch, height, width), raw scores of one class.
        sigma: the share of the largest value that is half hidden, 0 to 1.
        omega: above 0; a step of 1 / omega in A moves T from 1/2 to .73.

    Raises:
        TypeError, ValueError: not such maps, no pixel, a level or sharpness elsewhere.

    Source: Li and others, "Tell Me Where to Look", 2018, arXiv 1802.10171; the
        division by the largest value is ours.
    """
    require_tensor("maps", maps, "batch, height, width")
    require_cell("maps", maps)
    require_share("sigma", sigma)
    require_positive("omega", omega)
    positive = torch.relu(maps)
    top = positive.amax(dim=(1, 2), keepdim=True)  # (batch, 1, 1)
    scaled = positive / top.where(top > 0, 1.0)
    return torch.sigmoid(omega * (scaled - sigma))


def mine_attention(
    network: nn.Module,
    images: Tensor,
    maps: Tensor,
    classes: Tensor,
    sigma: float = 0.5,
    omega: float = 10.0,
    shared: bool = False,
) -> Tensor:
    """Return how well the classes are known without what the maps mark, 0 to 1.

    The mean probability of the own class on the complements: pictures multiplied by
    1 - T(A), A being the map of the own class, enlarged to the picture. What is
    hidden becomes 0, so 0 should be an unremarkable colour.

    Args:
        network: returns ``(logits (batch, classes), maps)`` for images.
        images: (batch, channels, height, width).
        maps: (batch, classes, h, w), the network's raw scores of these images, not
            detached.
        classes: (batch,), the class that each picture shows, int64 or int32.
        sigma, omega: level and sharpness of ``soft_mask``.
        shared: as published, let the loss also change the weights through the second
            look (and the complements the statistics of batch norm). Otherwise the
            second look uses a copy of the network that stays as it is.

    Raises:
        TypeError, ValueError: shapes or types that do not match, no picture; a map
            that carries no gradient while gradients are on.

    Source: the loss L_am in Li and others, "Tell Me Where to Look", 2018, arXiv
        1802.10171, there with Grad-CAM for the map and the score of the class in
        place of its probability.
    """
    require_tensor("images", images, "batch, channels, height, width")
    require_map_batch(maps, classes)
    require_index_type("classes", classes)
    require_size("maps", maps, 0, len(images), "with one picture each")
    require_cell("images", images)
    require_cell("maps", maps)
    require_instance("network", network, nn.Module)
    rows = torch.arange(len(maps), device=maps.device)
    own = maps[rows, classes][:, None]  # (batch, 1, h, w)
    own = F.interpolate(own, images.shape[2:], mode="bilinear")
    hidden = soft_mask(own[:, 0], sigma, omega)  # (batch, height, width)
    complements = (1 - hidden[:, None]) * images
    if shared:
        logits, _ = network(complements)  # (batch, classes)
    else:
        held = dict(network.named_parameters()) | dict(network.named_buffers())
        # Detached copies: no gradient reaches the weights through them.
        held = {name: x.detach().clone() for name, x in held.items()}
        logits, _ = functional_call(network, held, (complements,))
    return logits.softmax(dim=1)[rows, classes].mean()
