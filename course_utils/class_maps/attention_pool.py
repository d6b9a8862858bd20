"""Attention-MIL: a bag is the average of its instances, weighted by attention.

    weight_p = softmax over patches of v . tanh(W h_p + b)
    bag = sum over patches of weight_p h_p

It is additive attention whose query never changes: b = W_q q is what a constant
query q adds to every patch. Shapes by axis name: features (batch, channels, height,
width), bags (batch, channels), weights (batch, height, width).
"""

import torch
from torch import Tensor, nn

from course_utils.arguments import (
    require_count,
    require_feature_map,
    require_layer_dtype,
)


class AttentionPool(nn.Module):
    """An average over patches whose weights are learned from the patches.

    Called with features (batch, channels, height, width), it returns the bags
    (batch, channels) and the weights (batch, height, width), which sum to 1. The
    order of the patches does not matter. The weights belong to the picture, not to
    a class: a linear head behind the pool reads every class from the same bag.

    Raises:
        TypeError, ValueError: counts below 1, features of other axes or channels,
            or without a patch.

    Source: Ilse, Tomczak and Welling, "Attention-based Deep Multiple Instance
        Learning", 2018, arXiv 1802.04712; there without the bias.
    """

    def __init__(self, channels: int, hidden_size: int) -> None:
        require_count("channels", channels)
        require_count("hidden_size", hidden_size)
        super().__init__()
        self.hidden = nn.Linear(channels, hidden_size)
        self.score = nn.Linear(hidden_size, 1, bias=False)

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Return ``(bags, weights)``; see the class for the shapes."""
        require_feature_map("features", features, self.hidden.in_features)
        require_layer_dtype("features", features, self.score.weight)
        patches = features.flatten(2).mT  # (batch, patches, channels)
        scores = self.score(torch.tanh(self.hidden(patches)))[..., 0]
        weights = scores.softmax(dim=-1)  # (batch, patches)
        bags = (weights[:, None] @ patches)[:, 0]  # (batch, channels)
        return bags, weights.unflatten(-1, features.shape[2:])
