"""Gates: weights between 0 and 1 that let a channel, or a place, through.

A gate multiplies. It has no query: the weight comes from the features alone. A
channel gate reads the average of every channel over the whole map and says *what*
passes; a place gate reads the channels of one cell and says *where* something passes:

    channel gate  s = sigmoid(W_2 relu(W_1 mean over places of x))    (batch, c, 1, 1)
    place gate    g = sigmoid(w . x at each place)                    (batch, 1, h, w)

Each weight is its own sigmoid. Weights do not compete and do not sum to one, and
multiplication moves nothing: what was 0 at a place stays 0 there.
Features are (batch, channels, height, width) throughout.
"""

import torch
from torch import Tensor, nn

from course_utils.arguments import (
    require_choice,
    require_count,
    require_feature_map,
    require_layer_dtype,
    require_reducible,
)


class SqueezeExcitation(nn.Module):
    """A gate for every channel, from the averages of all channels: SE, or cSE.

    ``squeeze`` has ``channels // reduction`` outputs, ``excite`` ``channels``; with
    ``bias=False`` the two have 2 * channels * (channels // reduction) parameters.
    ``gate`` gives the weights (batch, channels, 1, 1), calling the layer gives
    features times weights, (batch, channels, height, width). A cell that is not
    finite, or an average that overflows, reaches all numbers of its sample.

    Raises:
        TypeError, ValueError: counts below 1, or a reduction that leaves no unit.

    Source: Hu, Shen, Albanie, Sun and Wu 2017, arXiv 1709.01507; reduction 16.
    """

    def __init__(self, channels: int, reduction: int = 16, bias: bool = True) -> None:
        require_reducible(channels, reduction)
        super().__init__()
        self.squeeze = nn.Linear(channels, channels // reduction, bias=bias)
        self.excite = nn.Linear(channels // reduction, channels, bias=bias)

    def gate(self, features: Tensor) -> Tensor:
        """Return the weight of every channel, (batch, channels, 1, 1), in 0 to 1.

        Raises:
            TypeError, ValueError: no floating-point (batch, channels, height, width)
                with the channels and the dtype of this layer, or maps without a cell.
        """
        require_feature_map("features", features, self.excite.out_features)
        require_layer_dtype("features", features, self.squeeze.weight)
        averages = features.mean(dim=(2, 3))  # (batch, channels)
        hidden = self.squeeze(averages).relu()  # (batch, channels // reduction)
        return self.excite(hidden).sigmoid()[:, :, None, None]

    def forward(self, features: Tensor) -> Tensor:
        """Return features times their channels' weights, in the same shape."""
        return features * self.gate(features)


class SpatialGate(nn.Module):
    """A gate for every place, from the channels at that place: sSE.

    ``gate`` gives the weights (batch, 1, height, width), calling the layer gives
    features times weights. It has channels + 1 parameters.

    Source: Roy, Navab and Wachinger 2018, arXiv 1803.02579.
    """

    def __init__(self, channels: int, bias: bool = True) -> None:
        require_count("channels", channels)
        super().__init__()
        self.score = nn.Conv2d(channels, 1, kernel_size=1, bias=bias)

    def gate(self, features: Tensor) -> Tensor:
        """Return the weight of every place, (batch, 1, height, width), in 0 to 1.

        Raises:
            TypeError, ValueError: no floating-point (batch, channels, height, width)
                with the channels and the dtype of this layer, or maps without a cell.
        """
        require_feature_map("features", features, self.score.in_channels)
        require_layer_dtype("features", features, self.score.weight)
        return self.score(features).sigmoid()

    def forward(self, features: Tensor) -> Tensor:
        """Return features times their places' weights, in the same shape."""
        return features * self.gate(features)


class ChannelSpatialGate(nn.Module):
    """Both gates side by side: scSE.

    The two gated maps are combined by ``"add"``, as the paper has it, or by
    ``"max"``, as the authors' package has it: the larger of the two numbers.

    Source: Roy, Navab and Wachinger 2018, arXiv 1803.02579; reduction 2.
    """

    def __init__(self, channels: int, reduction: int = 2, combine: str = "add") -> None:
        require_choice("combine", combine, ("add", "max"))
        super().__init__()
        self.channel_gate = SqueezeExcitation(channels, reduction)
        self.spatial_gate = SpatialGate(channels)
        self.combine = combine

    def forward(self, features: Tensor) -> Tensor:
        """Return the combined maps, (batch, channels, height, width)."""
        by_channel = self.channel_gate(features)  # (batch, channels, h, w)
        by_place = self.spatial_gate(features)  # (batch, channels, h, w)
        if self.combine == "max":
            return torch.maximum(by_channel, by_place)
        return by_channel + by_place
