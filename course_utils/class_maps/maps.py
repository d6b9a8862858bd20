"""Which region made the decision: class maps from features.

With a linear head after an average, moving the head before it changes nothing:
sum_k w_k mean(f_k) = mean(sum_k w_k f_k), and the map inside the last mean is the
class-activation map. Grad-CAM asks the gradient for the weights, so that any head
will do. Shapes by axis name: features (batch, channels, height, width), maps (batch,
height, width) of one class.
"""

import torch
from torch import Tensor

from course_utils.arguments import (
    require_count,
    require_index_type,
    require_indices,
    require_same_dtype,
    require_size,
    require_tensor,
)


def class_activation_map(
    features: Tensor, weight: Tensor, class_index: int | Tensor
) -> Tensor:
    """Return sum_k w_k f_k of one class for each picture: (batch, height, width).

    The scores are signed: a negative one speaks against the class. The mean of
    the map plus the head's bias is the logit of that class.

    Args:
        features: (batch, channels, height, width), what the average pool sees.
        weight: (classes, channels) of the linear head behind it.
        class_index: one class for all pictures, or (batch,) one for each, int64 or
            int32.

    Raises:
        TypeError, ValueError: shapes that do not match, an unknown class.

    Source: Zhou and others, "Learning Deep Features for Discriminative
        Localization", 2016, arXiv 1512.04150.
    """
    require_tensor("features", features, "batch, channels, height, width")
    require_tensor("weight", weight, "classes, channels")
    require_size("weight", weight, 1, features.shape[1], "with one per channel")
    require_same_dtype("weight", weight, "features", features)
    require_class_index("class_index", class_index, len(weight), len(features))
    chosen = weight[class_index].expand(len(features), -1)  # (batch, channels)
    return torch.einsum("bchw,bc->bhw", features, chosen)


def grad_cam(
    features: Tensor,
    logits: Tensor,
    class_index: int | Tensor,
    create_graph: bool = False,
) -> Tensor:
    """Return Grad-CAM of one class for each picture: (batch, height, width).

    Each channel is weighted with the mean over patches of d logit / d feature, a
    signed number, and the sum goes through a ReLU:
    relu(sum_k (1/Z sum_ij dy/df_kij) f_k), Z patches.

    Args:
        features: (batch, channels, height, width), a layer on the way to the
            logits, not detached.
        logits: (batch, classes), computed from these features.
        class_index: one class for all pictures, or (batch,) one for each, int64 or
            int32.
        create_graph: keep the graph of the weights, for a loss on the map.

    Raises:
        TypeError, ValueError: shapes that do not match, an unknown class, logits
            that do not depend on the features.

    Source: Selvaraju and others, "Grad-CAM", 2017, arXiv 1610.02391.
    """
    require_tensor("features", features, "batch, channels, height, width")
    require_tensor("logits", logits, "batch, classes")
    require_size("logits", logits, 0, len(features), "with the batch of features")
    require_class_index("class_index", class_index, logits.shape[1], len(logits))
    require_graph(features, logits)
    rows = torch.arange(len(logits), device=logits.device)
    score = logits[rows, class_index].sum()  # pictures do not touch each other
    (slope,) = torch.autograd.grad(
        score, features, retain_graph=True, create_graph=create_graph, allow_unused=True
    )
    require_slope(slope)
    weights = slope.mean(dim=(2, 3), keepdim=True)  # (batch, channels, 1, 1)
    return torch.relu((weights * features).sum(dim=1))  # (batch, height, width)


def require_class_index(name: str, value: object, classes: int, batch: int) -> None:
    """Raise unless ``value`` is one class, or one class for each picture."""
    if isinstance(value, Tensor):
        require_tensor(name, value, "batch", floating=False)
        require_size(name, value, 0, batch, "with one class per picture")
        require_indices(name, value, classes)
        require_index_type(name, value)
        return
    require_count(name, value, least=0)
    if value >= classes:
        raise ValueError(
            f"{name}: expected classes from 0 to {classes - 1}, got {value}"
        )


NO_GRAPH = (
    "logits: expected numbers that depend on the features, got none that do; compute "
    "the logits from this very tensor, without detach() or torch.no_grad()"
)


def require_graph(features: Tensor, logits: Tensor) -> None:
    """Raise unless both can carry a gradient."""
    if not (features.requires_grad and logits.requires_grad):
        raise ValueError(NO_GRAPH)


def require_slope(slope: Tensor | None) -> None:
    """Raise where no gradient came: the logits were not made from the features."""
    if slope is None:
        raise ValueError(NO_GRAPH)
