"""Attention over feature maps against the two layers that most code copies.

Both are written anew here, with their ways of reshaping: ``Self_Attn`` of
github.com/heykeetae/Self-Attention-GAN, after Zhang and others 2018 (arXiv
1805.08318), and ``_NonLocalBlockND`` of github.com/AlexHex7/Non-local_pytorch, after
Wang and others 2017 (arXiv 1711.07971), without its pooling and batch norm, which
our block does not have. They get our weights.
"""

from itertools import chain

import torch
from comparing import Pair, compare_lengths
from measuring import Settings, one_thread
from table import Part
from torch import Tensor, nn

from course_utils.conv_attention import NonLocal2d, SelfAttention2d

TITLE = "Attention over feature maps"
SIDES, TINY = (8, 16, 32), (3,)
BATCH, CHANNELS = 2, 64
WIDE = (
    "the fused kernel needs keys filled up from 8 to 64 numbers: 0.42 ms at 256 places "
    "where plain products take 0.29, 6.1 against 7.2 at 1024"
)
ROWS = "places are laid out as rows of tokens, and the scores stay until the call ends"
FORMS = {"embedded gaussian": "softmax", "dot product": "product"}


class PopularSelfAttention(nn.Module):
    """The layer of many GANs: two batched products around a stored softmax."""

    def __init__(self, ours: SelfAttention2d) -> None:
        super().__init__()
        self.query_conv, self.key_conv = ours.query, ours.key
        self.value_conv, self.gamma = ours.value, ours.gamma

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        batch, channels, first, second = x.shape
        places = first * second
        rows = self.query_conv(x).view(batch, -1, places).permute(0, 2, 1)
        columns = self.key_conv(x).view(batch, -1, places)
        attention = torch.bmm(rows, columns).softmax(dim=-1)
        values = self.value_conv(x).view(batch, -1, places)
        mixed = torch.bmm(values, attention.permute(0, 2, 1))
        return self.gamma * mixed.view(batch, channels, first, second) + x, attention


class PopularNonLocal(nn.Module):
    """The block of many recognition networks, softmax or plain product."""

    def __init__(self, ours: NonLocal2d) -> None:
        super().__init__()
        self.theta, self.phi, self.g = ours.theta, ours.phi, ours.g
        self.out, self.softmax = ours.w_z, ours.form == "embedded gaussian"

    def forward(self, x: Tensor) -> Tensor:
        batch, inner = x.shape[0], self.g.out_channels
        g = self.g(x).view(batch, inner, -1).permute(0, 2, 1)
        theta = self.theta(x).view(batch, inner, -1).permute(0, 2, 1)
        phi = self.phi(x).view(batch, inner, -1)
        pairs = torch.matmul(theta, phi)
        pairs = pairs.softmax(dim=-1) if self.softmax else pairs / pairs.shape[-1]
        mixed = torch.matmul(pairs, g).permute(0, 2, 1).contiguous()
        return self.out(mixed.view(batch, inner, *x.shape[2:])) + x


def pairs(side: int) -> list[Pair]:
    """Return both layers beside their popular twins; every weight counts."""
    features = [torch.randn(BATCH, CHANNELS, side, side)]
    layer = SelfAttention2d(CHANNELS)
    nn.init.constant_(layer.gamma, 0.7)  # at 0 the layer would return its input
    popular = PopularSelfAttention(layer)
    weights = list(layer.parameters())
    peer = "Self_Attn (heykeetae), rewritten"
    found = [
        Pair(
            "SelfAttention2d",
            peer,
            layer,
            lambda x: popular(x)[0],
            features,
            (weights, weights),
            WIDE,
        ),
        Pair(
            "SelfAttention2d with weights",
            peer,
            lambda x: layer(x, return_weights=True)[0],
            lambda x: popular(x)[0],
            features,
            (weights, weights),
            ROWS,
        ),
    ]
    for form in FORMS:
        block = NonLocal2d(CHANNELS, form)
        block.w_z.reset_parameters()  # at 0 the block would return its input
        twin = PopularNonLocal(block)
        shared = list(chain(block.parameters()))
        found.append(
            Pair(
                f"NonLocal2d, {form}",
                "_NonLocalBlockND (AlexHex7), rewritten",
                block,
                twin,
                features,
                (shared, shared),
                ROWS,
            )
        )
    return found


def measure(settings: Settings) -> Part:
    """Return the part; ``settings.tiny`` for maps that take no time."""
    one_thread()
    part = Part(TITLE)
    part.rows, part.growth = compare_lengths(
        pairs,
        TINY if settings.tiny else SIDES,
        "conv_attention",
        lambda side: f"{side} x {side}",
        tokens=lambda side: side * side,
        budget=settings.budget,
    )
    part.notes.append("Length is the number of places of the map.")
    return part
