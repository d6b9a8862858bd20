"""Rows of the layers and networks: sequences, images, class maps, transformers."""

from functools import partial

import torch
from torch import nn

from course_utils import class_attention, class_maps, conv_attention, sequence
from course_utils import vision_transformer as vit
from course_utils.scoring import AdditiveAttention
from course_utils.worlds import find_the_twin
from wrong_input.kinds import (
    EMPTY,
    SAME,
    SHOWS,
    Kind,
    Outcome,
    Row,
    about,
    alike,
    choice,
    count,
    drawn,
    flag,
    floats,
    indices,
    masks,
    number,
    optional,
    positive,
    seed,
    share,
    thing,
    weights,
    works,
)

BROADCAST = works("it broadcasts")


def shows(*names: str) -> dict[str, Outcome]:
    """Return that a network hands on what is not a number."""
    return {f"{name}: NaN, inf, -inf": SHOWS for name in names}


def features(*shape: int) -> dict[str, Kind]:
    """Return the kind of a feature map whose channels fit a layer."""
    return {"features": floats(*shape, fit=(1,))}


NONE_IN = {"features: no entry": EMPTY}
ON = shows("features") | NONE_IN
SATURATES = works("a gate or a state has its limits, 0 and 1, also at infinity")
UNSEEN = works("a key at minus infinity counts as masked; at most it is averaged")


def told(what: str, *names: str) -> dict[str, Outcome]:
    """Return that NaN and infinity are noticed in what comes of them."""
    return {f"{name}: NaN, inf, -inf": about(what) for name in names}


CHARACTERS, LENGTHS = indices(2, 4, below=8, fit=(0,)), torch.tensor([4, 2])
READ = {
    "characters": CHARACTERS,
    "lengths": indices(2, below=5, valid=LENGTHS, fit=(0,)),
}
DECODER = sequence.AttentionDecoder(5, 3, 4, 6, AdditiveAttention(4, 6, 3))
ENCODER = sequence.TextEncoder(7, 3, 3)
WRITE = {
    "keys": floats(2, 4, 6, fit=(0, 2)),
    "summary": floats(2, 6, fit=(0, 1)),
    "mask": optional(masks(2, 1, 4, fit=(0, 1, 2))),
    "steps": count(3),
    "truth": optional(indices(2, 3, below=5, fit=(0, 1))),
}
TOKENS = floats(2, 4, 6, fit=(0, 2))
ATTEND = {"queries": TOKENS, "keys": TOKENS, "values": floats(2, 4, 6, fit=(0, 1, 2))}
HAN = sequence.HierarchicalAttention(9, 3, 2, 2)
HAN_LENS = torch.tensor([[4, 2, 0], [3, 1, 1]])
HEADS = {
    "mask: fewer axes": BROADCAST,
    "mask: more axes": works("four axes: a mask for each head"),
}
SEQUENCE = [
    Row(
        "sequence.causal.causal_mask",
        sequence.causal_mask,
        {"size": count(4), "device": Kind("cpu", {"fraction": 1.5, "text": "three"})},
    ),
    Row(
        "sequence.causal.future_leak",
        sequence.future_leak,
        {
            "function": thing(
                lambda x: x.cumsum(1),
                letters=lambda x: x.argmax(-1),
                pair=lambda x: (x, x),
            ),
            "x": floats(2, 4, 3),
        },
        {"x: NaN, inf, -inf": Outcome("NaN stays NaN", lambda r, usual: r != r)},
    ),
    Row(
        "sequence.decoder.TextEncoder",
        sequence.TextEncoder,
        {
            "characters": count(5),
            "embedding_size": count(3),
            "hidden_size": count(3),
            "directions": choice(2),
        },
    ),
    Row("sequence.decoder.TextEncoder.forward", ENCODER, READ),
    Row(
        "sequence.decoder.FixedContext", sequence.FixedContext, {"pool": choice("max")}
    ),
    Row(
        "sequence.decoder.FixedContext.forward",
        sequence.FixedContext("mean"),
        ATTEND | {"mask": optional(masks(2, 4, 4, fit=(0, 1, 2)))},
        {
            "queries: longer 2, empty, NaN, inf, -inf": SAME,
            "keys: longer 2, empty, NaN, inf, -inf": SAME,
            "values: longer 2": works("any size"),
            "values: empty": EMPTY,
            "mask: fewer axes": BROADCAST,
        }
        | shows("values"),
    ),
    Row(
        "sequence.decoder.AttentionDecoder",
        sequence.AttentionDecoder,
        {
            "characters": count(5),
            "embedding_size": count(3),
            "hidden_size": count(4),
            "key_size": count(6),
            "attention": thing(AdditiveAttention(4, 6, 3)),
        },
    ),
    Row(
        "sequence.decoder.AttentionDecoder.forward",
        DECODER,
        WRITE,
        {
            "keys: NaN": about("scores"),
            "summary: NaN": about("scores"),
            "keys: inf, -inf": SHOWS,
            "summary: inf, -inf": SATURATES,
            "mask: fewer axes": BROADCAST,
        },
    ),
    Row(
        "sequence.decoder.AttentionDecoder.step",
        DECODER.step,
        {
            "written": indices(2, below=6, fit=(0,)),
            "state": floats(2, 4, fit=(0, 1)),
            "keys": WRITE["keys"],
            "mask": WRITE["mask"],
        },
        {
            "state: NaN": about("scores"),
            "keys: NaN": about("scores"),
            "keys: inf, -inf": SHOWS,
            "state: inf, -inf": SHOWS,
            "mask: fewer axes": BROADCAST,
        },
    ),
    Row(
        "sequence.decoder.Translator",
        sequence.Translator,
        {"encoder": thing(ENCODER), "decoder": thing(DECODER)},
    ),
    Row(
        "sequence.decoder.Translator.forward",
        sequence.Translator(ENCODER, DECODER),
        READ | {"steps": count(3), "truth": WRITE["truth"]},
    ),
    Row(
        "sequence.hierarchical.ContextAttention",
        sequence.ContextAttention,
        {"size": count(3)},
    ),
    Row(
        "sequence.hierarchical.ContextAttention.score",
        sequence.ContextAttention(3).score,
        {"states": floats(4, 3, free=True, fit=(1,))},
        {"states: no entry": EMPTY, "states: inf, -inf": SATURATES},
    ),
    Row(
        "sequence.hierarchical.ContextAttention.forward",
        sequence.ContextAttention(3),
        {
            "states": floats(4, 3, free=True, fit=(1,)),
            "mask": optional(masks(4, fit=(0,))),
        },
        {"states: inf, -inf": SHOWS, "mask: fewer axes": BROADCAST},
    ),
    Row(
        "sequence.hierarchical.RecurrentEncoder",
        sequence.RecurrentEncoder,
        {"size": count(3), "hidden_size": count(2)},
    ),
    Row(
        "sequence.hierarchical.RecurrentEncoder.forward",
        sequence.RecurrentEncoder(3, 2),
        {
            "inputs": floats(2, 4, 3, fit=(0, 2)),
            "lengths": indices(2, below=5, fit=(0,)),
        },
        {"inputs: NaN": SHOWS, "inputs: inf, -inf": SATURATES},
    ),
    Row(
        "sequence.hierarchical.HierarchicalAttention",
        sequence.HierarchicalAttention,
        {
            "vocabulary": count(5),
            "embedding_size": count(3),
            "hidden_size": count(3),
            "classes": count(2),
        },
    ),
    Row(
        "sequence.hierarchical.HierarchicalAttention.forward",
        HAN,
        {
            "words": indices(2, 3, 4, below=9, fit=(0, 1)),
            "word_lens": indices(2, 3, below=5, valid=HAN_LENS, fit=(0, 1)),
        },
    ),
    Row(
        "sequence.multi_head.MultiHeadAttention",
        sequence.MultiHeadAttention,
        {"size": count(6).but(odd=7), "heads": count(2), "dropout": share(0.0)},
        {"size: odd": about("heads")},
    ),
    Row(
        "sequence.multi_head.MultiHeadAttention.forward",
        sequence.MultiHeadAttention(6, 2),
        ATTEND | {"mask": optional(masks(2, 4, 4, fit=(0, 1, 2)))},
        told("scores", "queries", "keys") | shows("values") | HEADS,
    ),
    Row(
        "sequence.multi_head.MultiHeadAttention.split",
        sequence.MultiHeadAttention(6, 2).split,
        {"x": floats(2, 4, 6, fit=(2,)).but("float64")},
        shows("x") | {"x: no entry": EMPTY},
    ),
    Row("sequence.positions.clock_speeds", sequence.clock_speeds, {"size": count(6)}),
    Row(
        "sequence.positions.sinusoidal_positions",
        sequence.sinusoidal_positions,
        {"count": count(3), "size": count(6), "start": count(2, 0)},
    ),
    Row(
        "sequence.positions.position_rotation",
        sequence.position_rotation,
        {"distance": number(2), "size": count(6, 2).but(odd=7)},
    ),
]

TWO = {"channels": count(6), "reduction": count(2)}
MAP = features(2, 6, 3, 4)
WORLD = find_the_twin(3)
LOOKER = conv_attention.TwinNetwork(conv_attention.SelfAttention2d(8, 4), 8).eval()
WORLDS = thing(WORLD)
ANYTHING = Outcome(
    "a fused kernel: what is not finite is not searched for",
    lambda r, usual: r.shape == usual.shape,
)
GATED = {"features: NaN": SHOWS, "features: inf, -inf": SATURATES} | NONE_IN
IMAGES = [
    Row(
        "conv_attention.backbone.dilated_backbone",
        conv_attention.dilated_backbone,
        {"name": choice("resnet18")},
    ),
    Row(
        "conv_attention.backbone.dilate",
        conv_attention.dilate,
        {
            "stage": thing(nn.Sequential(nn.Conv2d(2, 2, 3, 2))),
            "first": count(1),
            "then": count(2),
        },
    ),
    Row(
        "conv_attention.gates.SqueezeExcitation",
        conv_attention.SqueezeExcitation,
        TWO | {"bias": flag(True)},
    ),
    Row(
        "conv_attention.gates.SqueezeExcitation.gate",
        conv_attention.SqueezeExcitation(6, 2).gate,
        MAP,
        GATED
        | {
            "features: inf, -inf": Outcome(
                "it reaches all of its sample", lambda r, usual: alike(r[1], usual[1])
            )
        },
    ),
    Row(
        "conv_attention.gates.SqueezeExcitation.forward",
        conv_attention.SqueezeExcitation(6, 2),
        MAP,
        ON,
    ),
    Row(
        "conv_attention.gates.SpatialGate",
        conv_attention.SpatialGate,
        {"channels": count(6), "bias": flag(True)},
    ),
    Row(
        "conv_attention.gates.SpatialGate.gate",
        conv_attention.SpatialGate(6).gate,
        MAP,
        GATED,
    ),
    Row(
        "conv_attention.gates.SpatialGate.forward",
        conv_attention.SpatialGate(6),
        MAP,
        ON,
    ),
    Row(
        "conv_attention.gates.ChannelSpatialGate",
        conv_attention.ChannelSpatialGate,
        TWO | {"combine": choice("add")},
    ),
    Row(
        "conv_attention.gates.ChannelSpatialGate.forward",
        conv_attention.ChannelSpatialGate(6),
        MAP,
        ON,
    ),
    Row(
        "conv_attention.pairs.as_tokens",
        conv_attention.as_tokens,
        {"features": floats(2, 6, 3, 4)},
        ON,
    ),
    Row(
        "conv_attention.pairs.SelfAttention2d",
        conv_attention.SelfAttention2d,
        TWO | {"scaled": flag()},
    ),
    Row(
        "conv_attention.pairs.SelfAttention2d.forward",
        conv_attention.SelfAttention2d(6, 2),
        MAP | {"return_weights": flag()},
        told("what attention found", "features") | NONE_IN,
    ),
    Row(
        "conv_attention.pairs.SelfAttention2d.forward",
        partial(conv_attention.SelfAttention2d(6, 2), return_weights=True),
        MAP,
        told("scores", "features") | NONE_IN,
    ),
    Row(
        "conv_attention.pairs.fused_attention",
        conv_attention.fused_attention,
        {
            "queries": floats(2, 3, 5, fit=(0, 2)),
            "keys": floats(2, 4, 5, fit=(0, 1, 2)),
            "values": floats(2, 4, 6, fit=(0, 1)),
        },
        shows("values")
        | {"queries: NaN, inf, -inf": ANYTHING, "keys: NaN, inf, -inf": ANYTHING},
    ),
    Row(
        "conv_attention.pairs.NonLocal2d",
        conv_attention.NonLocal2d,
        {"channels": count(6), "form": choice("gaussian"), "reduction": count(2)},
    ),
    Row(
        "conv_attention.pairs.NonLocal2d.weigh",
        conv_attention.NonLocal2d(6).weigh,
        MAP,
        ON,
    ),
    Row(
        "conv_attention.pairs.NonLocal2d.forward",
        conv_attention.NonLocal2d(6),
        MAP | {"return_weights": flag()},
        told("weights", "features") | NONE_IN,
    ),
    Row(
        "conv_attention.twin_network.conv_block",
        conv_attention.conv_block,
        {
            "inputs": count(3),
            "outputs": count(4),
            "stride": count(1),
            "dilation": count(1),
        },
    ),
    Row(
        "conv_attention.twin_network.TwinNetwork",
        conv_attention.TwinNetwork,
        {"middle": thing(nn.Identity()), "channels": count(8)},
    ),
    Row(
        "conv_attention.twin_network.TwinNetwork.forward",
        LOOKER,
        {"images": floats(2, 3, 8, 8, fit=(1,))},
        told("what attention found", "images") | {"images: no entry": EMPTY},
    ),
    Row(
        "conv_attention.twin_network.at_pixels",
        conv_attention.at_pixels,
        {
            "maps": floats(2, 6, 3, 4, fit=(0,)).but("float64"),
            "pixels": indices(
                2, 2, below=6, valid=torch.tensor([[1, 0], [5, 7]]), fit=(0, 1)
            ),
        },
        shows("maps"),
    ),
    Row(
        "conv_attention.twin_network.train_on_twins",
        conv_attention.train_on_twins,
        {"network": thing(LOOKER), "seed": seed(), "steps": count(6, 6)},
    ),
    Row(
        "conv_attention.twin_network.right_colours",
        conv_attention.right_colours,
        {"network": thing(LOOKER), "world": WORLDS},
    ),
    Row(
        "conv_attention.twin_network.where_it_looks",
        conv_attention.where_it_looks,
        {
            "network": thing(
                LOOKER, blind=conv_attention.TwinNetwork(nn.Identity(), 8)
            ),
            "world": WORLDS,
        },
    ),
    Row(
        "conv_attention.twin_network.peaks_on_twin",
        conv_attention.peaks_on_twin,
        {"maps": floats(3, 8, 16, fit=(0,)).but("float64"), "world": WORLDS},
        {"maps: inf, -inf": works("infinity has a rank")},
    ),
]

NET = class_maps.MapClassifier(channels=4).eval()
CAM = features(2, 4, 3, 5) | {
    "weight": floats(3, 4, fit=(1,)),
    "class_index": indices(2, below=3, fit=(0,)),
}
LABELLED = {
    "images": floats(4, 3, 8, 8, fit=(0, 1)),
    "classes": indices(4, below=2, fit=(0,)),
}
MAPS = {"maps": floats(2, 3, 4, 5)}


def seen(features, class_index, create_graph=False):
    """Call grad_cam with logits that are made from the features."""
    fit = isinstance(features, torch.Tensor) and features.requires_grad
    source = (
        features if fit and features.ndim == 4 else drawn(2, 4, 3, 5).requires_grad_()
    )
    return class_maps.grad_cam(features, source.mean((2, 3)), class_index, create_graph)


def read(logits):
    """Call grad_cam; the usual logits are made from the features."""
    features = drawn(2, 4, 3, 5).requires_grad_()
    made = features.mean((2, 3)) if isinstance(logits, str) else logits
    return class_maps.grad_cam(features, made, 0)


LOGITS = {"list": [[1.0]], "None": None, "number": 1.5, "int": torch.ones(2, 4).long()}
LOGITS |= {"fewer axes": drawn(4), "longer 0": drawn(3, 4), "detached": drawn(2, 4)}
LOGITS["of other features"] = drawn(2, 4).requires_grad_()
POOLED = {
    "maps: no entry": EMPTY,
    "maps: NaN, inf": SHOWS,
    "maps: -inf": Outcome(
        "at most a logit of minus infinity", lambda r, usual: not r.isnan().any()
    ),
}
CLASS_MAPS = [
    Row(
        "class_maps.attention_pool.AttentionPool",
        class_maps.AttentionPool,
        {"channels": count(4), "hidden_size": count(3)},
    ),
    Row(
        "class_maps.attention_pool.AttentionPool.forward",
        class_maps.AttentionPool(4, 3),
        features(2, 4, 3, 5),
        ON,
    ),
    Row(
        "class_maps.classifier.MapClassifier",
        class_maps.MapClassifier,
        {
            "classes": count(2),
            "pool": thing(class_maps.max_pool_logits),
            "strides": Kind(
                (1, 2, 1),
                {
                    "text": "abc",
                    "None": None,
                    "number": 1,
                    "two": (1, 2),
                    "zero": (1, 0, 1),
                },
            ),
            "channels": count(4),
            "scale": positive(2.0),
            "depth": count(1, 0),
            "bounded": flag(),
        },
    ),
    Row(
        "class_maps.classifier.MapClassifier.forward",
        NET,
        {"images": floats(2, 3, 8, 8, fit=(1,))},
        shows("images") | {"images: no entry": EMPTY},
    ),
    Row(
        "class_maps.classifier.train_map_classifier",
        class_maps.train_map_classifier,
        {
            "network": thing(NET),
            **LABELLED,
            "steps": count(1),
            "seed": seed(),
            "extra": optional(thing(lambda logits, maps, chosen: 0 * maps.sum())),
        },
        told("loss", "images"),
    ),
    Row(
        "class_maps.classifier.maps_and_hits",
        class_maps.maps_and_hits,
        {"network": thing(NET), **LABELLED},
        shows("images"),
    ),
    Row(
        "class_maps.maps.class_activation_map",
        class_maps.class_activation_map,
        CAM,
        shows("features", "weight") | {"features: empty": EMPTY},
    ),
    Row(
        "class_maps.maps.class_activation_map",
        class_maps.class_activation_map,
        CAM | {"class_index": count(1, 0).but(**{"too large": 3})},
        shows("features")
        | {"weight: NaN, inf, -inf": SAME, "features: empty, no entry": EMPTY},
    ),
    Row("class_maps.maps.grad_cam", read, {"logits": Kind("usual", LOGITS)}),
    Row(
        "class_maps.maps.grad_cam",
        seen,
        {
            "features": floats(2, 4, 3, 5, grad=True),
            "class_index": indices(2, below=4, fit=(0,)),
            "create_graph": flag(),
        },
        {
            "features: empty": EMPTY,
            "features: NaN, inf": SHOWS,
            "features: -inf": works("the ReLU cuts it off"),
        },
    ),
    *[
        Row(f"class_maps.pools.{pool.__name__}", pool, MAPS, POOLED)
        for pool in (class_maps.average_pool_logits, class_maps.max_pool_logits)
    ],
    Row(
        "class_maps.pools.lse_pool_logits",
        class_maps.lse_pool_logits,
        MAPS | {"r": positive(8.0)},
        POOLED,
    ),
]

LOOK = class_attention.ClassAttentionNetwork(3, 8, 2).eval()
SIGHT = [
    Row(
        "class_attention.ClassAttention",
        class_attention.ClassAttention,
        {"channels": count(8), "heads": count(2)},
    ),
    Row(
        "class_attention.ClassAttention.forward",
        class_attention.ClassAttention(8, 2),
        features(2, 8, 3, 5),
        ON,
    ),
    Row(
        "class_attention.as_weights",
        class_attention.as_weights,
        {"scores": floats(2, 3, 4, 5)},
        {
            "scores: no entry": EMPTY,
            "scores: NaN, inf": SHOWS,
            "scores: -inf": works("minus infinity gets weight 0"),
        },
    ),
    Row(
        "class_attention.ClassAttentionNetwork",
        class_attention.ClassAttentionNetwork,
        {"classes": count(3), "channels": count(8), "heads": count(2)},
    ),
    Row(
        "class_attention.ClassAttentionNetwork.forward",
        LOOK,
        {"images": floats(2, 1, 8, 8, fit=(1,))},
        shows("images") | {"images: no entry": EMPTY},
    ),
    Row(
        "class_attention.train_class_attention",
        class_attention.train_class_attention,
        {
            "network": thing(LOOK),
            "images": floats(4, 1, 8, 8, fit=(0, 1)),
            "classes": indices(4, below=3, fit=(0,)),
            "steps": count(1),
            "seed": seed(),
            "extra": optional(thing(lambda scores, step: 0 * scores.sum())),
            "decide": number(1.0, 0),
        },
        told("loss", "images"),
    ),
    Row(
        "vision_transformer.TransformerBlock",
        vit.TransformerBlock,
        {"size": count(6), "heads": count(2)},
    ),
    Row(
        "vision_transformer.TransformerBlock.forward",
        vit.TransformerBlock(6, 2),
        {
            "tokens": floats(2, 4, 6, fit=(2,)),
            "mask": optional(masks(2, 4, 4, fit=(0, 1, 2))),
        },
        told("scores", "tokens") | HEADS,
    ),
    Row(
        "vision_transformer.VisionTransformer",
        vit.VisionTransformer,
        {
            "side": count(8).but(uneven=9),
            "patch": count(4),
            "classes": count(3),
            "size": count(6),
            "heads": count(2),
            "layers": count(1),
            "channels": count(1),
        },
        {"side: uneven": about("patch")},
    ),
    Row(
        "vision_transformer.VisionTransformer.forward",
        vit.VisionTransformer(8, 4, 3, 6, 2, 1),
        {"pictures": floats(2, 1, 8, 8, fit=(1, 2, 3))},
        told("scores", "pictures") | {"pictures: no entry": EMPTY},
    ),
    Row(
        "vision_transformer.patch_map",
        vit.patch_map,
        {
            "weights": weights(2, 5, 5, free=True, fit=(1, 2)).but("float64"),
            "query": count(0, 0).but(**{"too large": 5}),
        },
        {"weights: no entry": EMPTY},
    ),
    Row(
        "vision_transformer.attention_rollout",
        vit.attention_rollout,
        {"weights": weights(2, 1, 2, 5, 5, fit=(3,)).but("float64")},
        {"weights: no entry": EMPTY},
    ),
]

ROWS = SEQUENCE + IMAGES + CLASS_MAPS + SIGHT
