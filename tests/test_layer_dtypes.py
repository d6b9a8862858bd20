"""Layers and features of another number type: a clear error, except under autocast."""

import pytest
import torch

from course_utils.arguments import (
    require_layer_dtype,
    require_queries_and_keys,
    require_same_dtype,
)
from course_utils.class_maps import MapClassifier, class_activation_map
from course_utils.conv_attention import (
    ChannelSpatialGate,
    NonLocal2d,
    SelfAttention2d,
    SpatialGate,
    SqueezeExcitation,
    TwinNetwork,
)
from course_utils.scoring import AdditiveAttention, BilinearAttention
from course_utils.sequence import (
    AttentionDecoder,
    ContextAttention,
    FixedContext,
    HierarchicalAttention,
    MultiHeadAttention,
    RecurrentEncoder,
    TextEncoder,
    Translator,
)
from course_utils.vision_transformer import TransformerBlock, VisionTransformer

BATCH, KEYS, SIZE = 2, 7, 6
FORMS = ("gaussian", "embedded gaussian", "dot product", "concatenation")
MAP, PICTURE, TOKENS = (BATCH, SIZE, 3, 5), (BATCH, 3, 16, 32), (BATCH, KEYS, SIZE)


def decoder(attention):
    return AttentionDecoder(11, 3, 5, SIZE, attention)


def cases():
    """Name: (layer, the argument that is named, how to call it with numbers)."""

    def one(layer, name, shape):
        return layer, name, lambda kind: layer(torch.randn(shape).to(kind))

    def three(layer, name="queries"):
        def call(kind):
            x = torch.randn(TOKENS).to(kind)
            return layer(x, x, x)

        return layer, name, call

    def write(layer):
        def call(kind):
            keys, summary = torch.randn(TOKENS).to(kind), torch.randn(BATCH, SIZE)
            return layer(keys, summary.to(kind), None, 4)

        return layer, "keys", call

    def read(layer):
        lengths = torch.tensor([KEYS, 3])
        return (
            layer,
            "inputs",
            lambda kind: layer(torch.randn(TOKENS).to(kind), lengths),
        )

    found = {
        "SqueezeExcitation": one(SqueezeExcitation(SIZE, 2), "features", MAP),
        "SpatialGate": one(SpatialGate(SIZE), "features", MAP),
        "ChannelSpatialGate": one(ChannelSpatialGate(SIZE), "features", MAP),
        "SelfAttention2d": one(SelfAttention2d(SIZE, 2), "features", MAP),
        "TwinNetwork": one(TwinNetwork(torch.nn.Identity()), "images", PICTURE),
        "MapClassifier": one(MapClassifier(), "images", PICTURE),
        "VisionTransformer": one(VisionTransformer(), "pictures", (BATCH, 1, 28, 28)),
        "TransformerBlock": one(TransformerBlock(SIZE, 2), "tokens", TOKENS),
        "ContextAttention": one(ContextAttention(SIZE), "states", TOKENS),
        "MultiHeadAttention": three(MultiHeadAttention(SIZE, 2)),
        "AdditiveAttention": three(AdditiveAttention(SIZE, SIZE, 5)),
        "BilinearAttention": three(BilinearAttention(SIZE, SIZE)),
        "BilinearAttention, rank": three(BilinearAttention(SIZE, SIZE, rank=2)),
        "RecurrentEncoder": read(RecurrentEncoder(SIZE, 5)),
        "AttentionDecoder": write(decoder(AdditiveAttention(5, SIZE, 3))),
        "AttentionDecoder, mean": write(decoder(FixedContext("mean"))),
        "AttentionDecoder, max": write(decoder(FixedContext("max"))),
    }
    for form in FORMS:
        found[form] = one(NonLocal2d(SIZE, form), "features", MAP)
    return found


def tensors(result):
    return result if isinstance(result, tuple) else (result,)


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16, torch.float64])
@pytest.mark.parametrize("name", cases())
def test_another_type_than_the_layer_is_named_with_the_way_out(name, kind):
    _, argument, call = cases()[name]
    says = rf"{argument}: expected torch.float32 like the weights of this layer, got "
    says += rf"{kind}; convert it with {argument}.to\(torch.float32\), or the layer wi"
    with pytest.raises(TypeError, match=says):
        call(kind)


@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("name", cases())
def test_autocast_converts_by_itself(name, kind):
    torch.manual_seed(0)
    layer, _, call = cases()[name]
    layer.eval()
    torch.manual_seed(1)
    expected = tensors(call(torch.float32))
    torch.manual_seed(1)
    with torch.autocast("cpu", torch.bfloat16):
        got = tensors(call(kind))
    if "Decoder" in name:  # it runs freely: one step may choose another character
        got, expected = [[each[:, 0] for each in both] for both in (got, expected)]
    for ours, theirs in zip(got, expected, strict=True):
        torch.testing.assert_close(ours.float(), theirs, atol=0.1, rtol=0.1)


@pytest.mark.parametrize("name", cases())
def test_autocast_leaves_float64_alone_and_so_do_we(name):
    _, argument, call = cases()[name]
    with (
        torch.autocast("cpu", torch.bfloat16),
        pytest.raises(TypeError, match=f"{argument}: expected torch.float32"),
    ):
        call(torch.float64)


def test_autocast_through_whole_networks():
    translator = Translator(TextEncoder(11, 3, 3), decoder(AdditiveAttention(5, 6, 3)))
    documents = HierarchicalAttention(13, 3, 5, 2)
    characters, lengths = torch.randint(1, 11, (2, 7)), torch.tensor([7, 4])
    words, counts = torch.randint(13, (2, 3, 5)), torch.tensor([[5, 2, 1], [3, 4, 0]])
    plain = *translator(characters, lengths, 1), *documents(words, counts)
    with torch.autocast("cpu", torch.bfloat16):
        cast = *translator(characters, lengths, 1), *documents(words, counts)
    for ours, theirs in zip(cast, plain, strict=True):
        torch.testing.assert_close(ours.float(), theirs, atol=0.1, rtol=0.1)


def test_weights_of_non_local_are_checked_without_the_call():
    with pytest.raises(TypeError, match=r"features: expected torch.float32 like"):
        NonLocal2d(SIZE).weigh(torch.randn(MAP).double())


def test_class_maps_want_weights_and_features_of_one_type():
    with pytest.raises(TypeError, match=r"weight: expected torch.float64 to match"):
        class_activation_map(torch.randn(MAP).double(), torch.randn(3, SIZE), 0)


def test_helpers_alone():
    single, double = torch.ones(1, 2, 3), torch.ones(1, 2, 3).double()
    require_layer_dtype("features", single, single)
    for check in (
        lambda: require_layer_dtype("features", double, single),
        lambda: require_same_dtype("values", double, "keys", single),
        lambda: require_queries_and_keys(double, single),
    ):
        with pytest.raises(TypeError, match=r"expected torch.float"):
            check()
        with (
            torch.autocast("cpu", torch.bfloat16),
            pytest.raises(TypeError, match=r"expected torch.float"),
        ):
            check()
    half = single.half()
    with torch.autocast("cpu", torch.bfloat16):
        require_layer_dtype("features", half, single)
        require_same_dtype("values", half, "keys", single)
        require_queries_and_keys(half, single)
        with pytest.raises(TypeError, match=r"values: expected torch.float32"):
            require_same_dtype("values", single.int(), "keys", single)
