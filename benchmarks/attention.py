"""Attention layers against d2l's, ``nn.MultiheadAttention`` and PyTorch's fused one.

d2l is the library of Dive into Deep Learning; its layers get copies of our weights.
Bilinear attention has no layer there: the peer is the fused function on projected
keys, which stores no weights.
"""

from itertools import chain

import torch
from comparing import Pair, compare_lengths
from measuring import Settings, one_thread
from table import Part
from torch import Tensor, nn
from torch.nn import functional as F

from course_utils.d2l_peer import HOW_TO_INSTALL, load_d2l
from course_utils.scoring import (
    AdditiveAttention,
    BilinearAttention,
    DotProductAttention,
    lengths_to_mask,
)
from course_utils.sequence import MultiHeadAttention

TITLE = "Attention layers"
LENGTHS, TINY = (64, 256, 1024), (5,)
SIZE, HIDDEN, HEADS = 64, 32, 4
BATCH = {"additive": 1, "multi-head": 2}
FUSED = "F.scaled_dot_product_attention"
STORES = "we return the weights of every pair, which the peer never stores"
EMPTY = "`masked_softmax`, as it is taught, copies the scores to give empty rows zeros"


def tensors(batch: int, length: int) -> list[Tensor]:
    """Return queries, keys, values, (batch, length, SIZE) each."""
    return [torch.randn(batch, length, SIZE) for _ in range(3)]


def weights_of(*layers: nn.Module) -> list[Tensor]:
    return list(chain.from_iterable(layer.parameters() for layer in layers))


def first(layer: nn.Module, **named: object):
    """Return the function that gives a layer's output without its weights."""
    return lambda *inputs: layer(*inputs, **named)[0]


# ------------------------------------------------------------------- against d2l


def d2l_pairs(length: int, d2l) -> list[Pair]:
    """Return additive, dot-product and multi-head attention beside d2l's."""
    inputs = tensors(BATCH["additive"], length)
    additive = AdditiveAttention(SIZE, SIZE, HIDDEN)
    peer = d2l.AdditiveAttention(num_hiddens=HIDDEN, dropout=0.0)
    peer(*inputs, None)  # its layers take their sizes from the first call
    copy(additive.query_projection, peer.W_q)
    copy(additive.key_projection, peer.W_k)
    copy(additive.hidden_to_score, peer.w_v)
    found = [
        Pair(
            "AdditiveAttention",
            "d2l.AdditiveAttention",
            first(additive),
            lambda q, k, v: peer(q, k, v, None),
            inputs,
            (weights_of(additive), [peer.W_q.weight, peer.W_k.weight, peer.w_v.weight]),
        )
    ]
    inputs = tensors(2, length)
    dot, other = DotProductAttention(), d2l.DotProductAttention(dropout=0.0)
    found.append(
        Pair(
            "DotProductAttention",
            "d2l.DotProductAttention",
            first(dot),
            lambda q, k, v: other(q, k, v, None),
            inputs,
            ([], []),
            EMPTY,
        )
    )
    lengths = torch.tensor([length, length // 2])
    mask = lengths_to_mask(lengths, length)
    found.append(
        Pair(
            "DotProductAttention with lengths",
            "d2l.DotProductAttention",
            first(dot, mask=mask),
            lambda q, k, v: other(q, k, v, lengths),
            inputs,
            ([], []),
            EMPTY,
        )
    )
    layer = multi_head()
    several = d2l.MultiHeadAttention(SIZE, HEADS, dropout=0.0, bias=True)
    several(*inputs, None)
    theirs = several.W_q, several.W_k, several.W_v, several.W_o
    for ours, linear in zip(projections(layer), theirs, strict=True):
        copy(ours, linear)
    found.append(
        Pair(
            "MultiHeadAttention",
            "d2l.MultiHeadAttention",
            first(layer),
            lambda q, k, v: several(q, k, v, None),
            inputs,
            (weights_of(layer), weights_of(*theirs)),
            EMPTY,
        )
    )
    return found


def copy(ours: nn.Linear, theirs: nn.Linear) -> None:
    theirs.load_state_dict(ours.state_dict())


def multi_head() -> MultiHeadAttention:
    return MultiHeadAttention(SIZE, HEADS)


def projections(layer: MultiHeadAttention) -> tuple[nn.Linear, ...]:
    return (
        layer.query_projection,
        layer.key_projection,
        layer.value_projection,
        layer.output_projection,
    )


# --------------------------------------------------------------- against PyTorch


def as_pytorch(layer: MultiHeadAttention) -> nn.MultiheadAttention:
    """Return PyTorch's layer with the same weights, in evaluation mode."""
    peer = nn.MultiheadAttention(SIZE, HEADS, batch_first=True).eval()
    *inner, outer = projections(layer)
    with torch.no_grad():
        peer.in_proj_weight.copy_(torch.cat([each.weight for each in inner]))
        peer.in_proj_bias.copy_(torch.cat([each.bias for each in inner]))
    peer.out_proj.load_state_dict(outer.state_dict())
    return peer


def pytorch_pairs(length: int) -> list[Pair]:
    """Return dot-product, bilinear and multi-head attention beside PyTorch's."""
    inputs = tensors(2, length)
    dot, bilinear = DotProductAttention(), BilinearAttention(SIZE, SIZE)
    layer = multi_head()
    peer = as_pytorch(layer)
    matrix = weights_of(bilinear)

    def fused_bilinear(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        projected = F.linear(k, matrix[0])
        return one_head(q, projected, v, scale=1.0)

    found = [
        Pair(
            "DotProductAttention", FUSED, first(dot), one_head, inputs, ([], []), STORES
        ),
        Pair(
            "BilinearAttention",
            f"{FUSED} on projected keys",
            first(bilinear),
            fused_bilinear,
            inputs,
            (matrix, matrix),
            STORES,
        ),
    ]
    for needed in (True, False):
        named = {"need_weights": needed, "average_attn_weights": False}
        found.append(
            Pair(
                "MultiHeadAttention",
                f"nn.MultiheadAttention, {'with' if needed else 'without'} weights",
                first(layer),
                first(peer, **named),
                inputs,
                (weights_of(layer), weights_of(peer)),
                EMPTY if needed else STORES,
            )
        )
    return found


def one_head(q: Tensor, k: Tensor, v: Tensor, **named: float) -> Tensor:
    """Return fused attention; it is fused only where there is an axis of heads."""
    found = F.scaled_dot_product_attention(q[:, None], k[:, None], v[:, None], **named)
    return found[:, 0]


def measure(settings: Settings) -> Part:
    """Return the part; ``settings.tiny`` for lengths that take no time."""
    one_thread()
    part, d2l = Part(TITLE), load_d2l()
    if d2l is None:
        part.missing.append(HOW_TO_INSTALL)

    def pairs(length: int) -> list[Pair]:
        return (d2l_pairs(length, d2l) if d2l else []) + pytorch_pairs(length)

    part.rows, part.growth = compare_lengths(
        pairs,
        TINY if settings.tiny else LENGTHS,
        "attention",
        str,
        budget=settings.budget,
    )
    return part
