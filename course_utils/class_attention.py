"""Class attention: a learned query looks once at every place of a picture.

A stem of three convolutions turns a picture into a grid of places. Each head has a
query of its own, the same for all pictures; it is what the class token of a vision
transformer asks in the last layer, without the layers before. With k_i and v_i the
key and the value of place i, for one head:

    score     s_i = q . k_i / sqrt(size)
    weight    a_i = exp(s_i) / sum over j of exp(s_j)
    found     sum over i of a_i v_i

What all heads found, side by side, decides the class. The scores of a head, laid out
on the grid, are its map. Shapes by axis name: images (batch, channels, height,
width), scores and weights (batch, heads, h, w), logits (batch, classes).

Source: Touvron and others, "Going deeper with Image Transformers", 2021, arXiv
2103.17239 (class attention; there over the tokens of a transformer, and the class
token attends to itself as well).
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course_utils.arguments import (
    require_count,
    require_divisor,
    require_feature_map,
    require_index_type,
    require_indices,
    require_layer_dtype,
    require_number,
    require_size,
    require_tensor,
)
from course_utils.class_maps.classifier import require_trainable
from course_utils.conv_attention import as_tokens, conv_block
from course_utils.training import fit

BATCH = 50  # pictures of a training step
FAST, SLOW = 3e-3, 4e-4  # learning rates; the last quarter of the steps is slow

ScoreLoss = Callable[[Tensor, int], Tensor]


class ClassAttention(nn.Module):
    """One learned query per head attends to the places of a feature map.

    Called with features (batch, channels, h, w); returns what the heads found
    (batch, channels) and the scores before the softmax (batch, heads, h, w).

    Args:
        channels: of the features; each head reads ``channels / heads`` numbers of
            its keys and values.
        heads: how many queries.

    Raises:
        TypeError, ValueError: counts below 1, heads that do not divide channels,
            features of another shape.

    Source: Touvron and others 2021, arXiv 2103.17239.
    """

    def __init__(self, channels: int, heads: int = 4) -> None:
        require_count("channels", channels)
        require_count("heads", heads)
        require_divisor("heads", heads, "channels", channels)
        super().__init__()
        self.norm = nn.LayerNorm(channels)
        self.query = nn.Parameter(torch.randn(heads, channels // heads))
        self.key = nn.Linear(channels, channels)
        self.value = nn.Linear(channels, channels)

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Return what was found and the scores; see the class for the shapes."""
        require_feature_map("features", features, self.key.in_features)
        require_layer_dtype("features", features, self.key.weight)
        tokens = self.norm(as_tokens(features))  # (batch, places, channels)
        heads, size = self.query.shape
        keys = self.key(tokens).unflatten(2, (heads, size))
        values = self.value(tokens).unflatten(2, (heads, size))
        scores = torch.einsum("hd,bnhd->bhn", self.query, keys) / size**0.5
        weights = scores.softmax(dim=-1)  # (batch, heads, places)
        found = torch.einsum("bhn,bnhd->bhd", weights, values)
        scores = scores.unflatten(2, features.shape[2:])
        return found.flatten(1), scores  # (batch, channels), (batch, heads, h, w)


def as_weights(scores: Tensor) -> Tensor:
    """Return the weights of each map: softmax over its places, in the same shape.

    Args:
        scores: (batch, heads, h, w).

    Returns:
        (batch, heads, h, w), each map at least 0 and summing to 1.

    Raises:
        TypeError, ValueError: not such a tensor, or maps without a place.
    """
    require_feature_map("scores", scores)
    return scores.flatten(2).softmax(dim=-1).view_as(scores)


class ClassAttentionNetwork(nn.Module):
    """A stem, class attention over its places, and a small classifier.

    Called with images (batch, 1, height, width); returns the logits
    (batch, classes) and the scores (batch, heads, height / 2, width / 2), rounded up.
    A place sees 11 by 11 pixels of the picture.

    Raises:
        TypeError, ValueError: counts below 1, heads that do not divide channels,
            pictures that are not grey.
    """

    def __init__(self, classes: int = 10, channels: int = 32, heads: int = 4) -> None:
        require_count("classes", classes)
        require_count("channels", channels)
        super().__init__()
        self.stem = nn.Sequential(
            conv_block(1, 16, stride=2),
            conv_block(16, channels),
            conv_block(channels, channels),
        )
        self.attend = ClassAttention(channels, heads)
        self.decide = nn.Sequential(
            nn.LayerNorm(channels),
            nn.Linear(channels, 64),
            nn.ReLU(),
            nn.Linear(64, classes),
        )
        # The same numbers in an order that a CPU reads faster.
        self.to(memory_format=torch.channels_last)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Return ``(logits, scores)``; see the class for the shapes."""
        require_feature_map("images", images)
        require_size("images", images, 1, 1, "of grey pictures")
        require_layer_dtype("images", images, self.attend.key.weight)
        found, scores = self.attend(self.stem(images))
        return self.decide(found), scores


def train_class_attention(
    network: nn.Module,
    images: Tensor,
    classes: Tensor,
    steps: int = 300,
    seed: int = 0,
    extra: ScoreLoss | None = None,
    decide: float = 1.0,
) -> Tensor:
    """Train ``network`` to name the classes; return the loss of each step.

    A step draws 50 pictures. The last quarter of the steps is slower. Leaves the
    network in evaluation mode.

    Args:
        network: returns ``(logits (batch, classes), scores (batch, heads, h, w))``.
        images: (scenes, 1, height, width).
        classes: (scenes,), int64 or int32, from 0.
        steps: how many steps of Adam.
        seed: of the order of the pictures.
        extra: a further loss, called with the scores of the step and the step's
            number; it is added to the cross-entropy.
        decide: weight of the cross-entropy, at least 0; 0 leaves only the further
            loss.

    Raises:
        TypeError, ValueError: shapes that do not match, no pictures, classes of
            another type, a weight below 0, a loss that is not one finite number.
    """
    require_tensor("images", images, "scenes, 1, height, width")
    require_tensor("classes", classes, "scenes", floating=False)
    require_index_type("classes", classes)
    require_size("classes", classes, 0, len(images), "with one class per picture")
    require_count("the number of images", len(images))
    require_count("steps", steps)
    require_number("decide", decide, 0)
    require_trainable(network, classes, seed, extra)
    classes = classes.long()
    draw = torch.Generator().manual_seed(seed)
    slow = steps // 4
    done = 0

    def loss(step: int) -> Tensor:
        chosen = torch.randint(len(images), (BATCH,), generator=draw)
        logits, scores = network(images[chosen])
        require_indices("classes", classes[chosen], logits.shape[1])
        value = decide * F.cross_entropy(logits, classes[chosen])
        return value if extra is None else value + extra(scores, done + step)

    network.train()
    history = []
    for count, rate in ((steps - slow, FAST), (slow, SLOW)):
        if count:
            history.append(fit(network.parameters(), loss, count, rate, seed))
            done += count
    network.eval()
    return torch.cat(history)
