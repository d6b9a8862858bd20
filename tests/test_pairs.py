"""Attention between places: against other code, by hand, and at the edges."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from course_utils.conv_attention import (
    FORMS,
    NonLocal2d,
    SelfAttention2d,
    as_tokens,
    fused_attention,
)
from course_utils.scoring import DotProductAttention

BATCH, CHANNELS, HEIGHT, WIDTH = 2, 11, 3, 5


def layer_with_gamma(scaled=False, reduction=5, dtype=torch.float64):
    torch.manual_seed(1)
    layer = SelfAttention2d(CHANNELS, reduction, scaled).to(dtype)
    nn.init.constant_(layer.gamma, 0.7)
    return layer


def block_that_acts(form, dtype=torch.float64):
    torch.manual_seed(1)
    block = NonLocal2d(CHANNELS, form).to(dtype)
    block.w_z.reset_parameters()
    return block


def some_features(dtype=torch.float64):
    noise = torch.Generator().manual_seed(2)
    return torch.randn(BATCH, CHANNELS, HEIGHT, WIDTH, generator=noise).to(dtype)


def every_layer(dtype=torch.float64):
    yield layer_with_gamma(dtype=dtype)
    yield layer_with_gamma(scaled=True, dtype=dtype)
    for form in FORMS:
        yield block_that_acts(form, dtype)


def test_tokens_are_places_row_by_row():
    features = some_features()
    tokens = as_tokens(features)
    assert tokens.shape == (BATCH, HEIGHT * WIDTH, CHANNELS)
    for row in range(HEIGHT):
        for column in range(WIDTH):
            place = tokens[:, row * WIDTH + column]
            assert torch.equal(place, features[:, :, row, column])


class TestSelfAttention2d:
    def test_by_hand(self):
        """Two places with features 1 and 3; scores 2 * key, value = minus feature."""
        layer = SelfAttention2d(1, reduction=1)
        for conv, weight, bias in (
            (layer.query, 0.0, 2.0),
            (layer.key, math.log(3) / 4, 0.0),
            (layer.value, -1.0, 0.0),
        ):
            nn.init.constant_(conv.weight, weight)
            nn.init.constant_(conv.bias, bias)
        nn.init.constant_(layer.gamma, 2.0)
        features = torch.tensor([[[[1.0, 3.0]]]])
        output, weights = layer(features, return_weights=True)
        # scores ln 3 / 2 and 3 ln 3 / 2: the second key counts three times
        assert torch.allclose(weights, torch.tensor([[[0.25, 0.75]] * 2]))
        assert torch.allclose(output, features - 2 * (0.25 * 1 + 0.75 * 3))

    @pytest.mark.parametrize("scaled", [False, True])
    def test_equals_one_head_of_the_package_and_of_pytorch(self, scaled):
        layer, features = layer_with_gamma(scaled), some_features()
        output, weights = layer(features, return_weights=True)
        tokens = features.flatten(2).transpose(1, 2)
        q, k, v = (
            F.linear(tokens, conv.weight[:, :, 0, 0], conv.bias)
            for conv in (layer.query, layer.key, layer.value)
        )
        found, expected = DotProductAttention(scaled=scaled)(q, k, v)
        assert torch.allclose(weights, expected, atol=1e-12)
        scale = q.shape[-1] ** -0.5 if scaled else 1.0
        peer = F.scaled_dot_product_attention(q, k, v, scale=scale)
        assert torch.allclose(found, peer, atol=1e-12)
        expected = tokens + 0.7 * peer
        assert torch.allclose(output.flatten(2).transpose(1, 2), expected, atol=1e-12)

    def test_equals_loops_over_places(self):
        layer, features = layer_with_gamma(), some_features()
        q, k, v = layer.query(features), layer.key(features), layer.value(features)
        output, weights = layer(features, return_weights=True)
        places = [(r, c) for r in range(HEIGHT) for c in range(WIDTH)]
        for i, (row, column) in enumerate(places):
            scores = torch.stack(
                [q[1, :, row, column] @ k[1, :, r, c] for r, c in places]
            )
            assert torch.allclose(weights[1, i], scores.softmax(0))
            found = sum(
                w * v[1, :, r, c]
                for w, (r, c) in zip(scores.softmax(0), places, strict=True)
            )
            expected = features[1, :, row, column] + 0.7 * found
            assert torch.allclose(output[1, :, row, column], expected)

    @pytest.mark.parametrize("scaled", [False, True])
    def test_same_output_and_gradients_without_the_weights(self, scaled):
        layer = layer_with_gamma(scaled)
        features = some_features().requires_grad_()
        leaves = [features, *layer.parameters()]
        direction = torch.randn(features.shape, dtype=torch.float64)
        with_weights, _ = layer(features, return_weights=True)
        without = layer(features)
        assert torch.allclose(with_weights, without, atol=1e-12)
        wanted = torch.autograd.grad((with_weights * direction).sum(), leaves)
        got = torch.autograd.grad((without * direction).sum(), leaves)
        for one, other in zip(got, wanted, strict=True):
            assert torch.allclose(one, other, atol=1e-10)

    def test_new_layer_is_the_identity_and_only_gamma_learns(self):
        for return_weights in (False, True):
            layer = SelfAttention2d(CHANNELS, reduction=3)
            features = some_features(torch.float32)
            result = layer(features, return_weights)
            output = result[0] if return_weights else result
            assert torch.equal(output, features)
            output.square().sum().backward()
            for name, weights in layer.named_parameters():
                moved = weights.grad.abs().sum() > 0
                assert moved == (name == "gamma"), name

    def test_unscaled_is_the_default_and_scaled_divides_by_the_root(self):
        scaled, plain = layer_with_gamma(scaled=True), layer_with_gamma(scaled=False)
        features = some_features()
        default = SelfAttention2d(CHANNELS, 5).double()
        default.load_state_dict(plain.state_dict())
        _, weights = plain(features, return_weights=True)
        assert torch.equal(default(features, return_weights=True)[1], weights)
        with torch.no_grad():
            plain.query.weight.div_(math.sqrt(2))  # 11 // 5 = 2 numbers to compare
            plain.query.bias.div_(math.sqrt(2))
        _, divided = plain(features, return_weights=True)
        assert torch.allclose(scaled(features, return_weights=True)[1], divided)

    def test_parameters_of_the_published_layer(self):
        layer = SelfAttention2d(256)
        count = sum(weights.numel() for weights in layer.parameters())
        assert count == 82_241  # 1.25 * 256^2 weights, 1.25 * 256 biases, gamma

    def test_fewer_channels_than_the_reduction(self):
        with pytest.raises(
            ValueError, match=r"at least 8, the reduction, got 7; 7 // 8"
        ):
            SelfAttention2d(7)
        SelfAttention2d(7, reduction=7)

    def test_float16_says_when_scores_overflow(self):
        layer = layer_with_gamma(dtype=torch.float16)
        with pytest.raises(ValueError, match="scores: expected finite"):
            layer(some_features(torch.float16) * 3000, return_weights=True)

    @pytest.mark.parametrize("bad", [math.nan, math.inf])
    def test_one_bad_feature_is_reported_even_when_gamma_is_0(self, bad):
        features = some_features(torch.float32)
        features[0, 3, 1, 2] = bad
        for return_weights in (False, True):
            with pytest.raises(ValueError, match="expected finite numbers"):
                SelfAttention2d(CHANNELS)(features, return_weights)

    def test_keeps_no_weight_of_a_pair_when_none_is_asked_for(self):
        layer = SelfAttention2d(16)
        features = torch.randn(1, 16, 23, 29)
        pairs = 4 * (23 * 29) ** 2  # bytes in float32

        def kept(return_weights):
            sizes = {}

            def note(tensor):
                storage = tensor.untyped_storage()
                sizes[storage.data_ptr()] = storage.nbytes()
                return tensor

            with torch.autograd.graph.saved_tensors_hooks(note, lambda kept: kept):
                layer(features, return_weights)
            return sum(sizes.values())

        assert pairs <= kept(return_weights=True) < 2 * pairs
        assert kept(return_weights=False) < pairs / 4


class TestFusedAttention:
    def test_equals_the_two_steps(self):
        torch.manual_seed(3)
        q, k = torch.randn(2, 5, 3), torch.randn(2, 7, 3)
        v = torch.randn(2, 7, 11)
        expected = (q @ k.transpose(1, 2)).softmax(-1) @ v
        assert torch.allclose(fused_attention(q, k, v), expected, atol=1e-6)
        same_width = torch.randn(2, 7, 3)
        expected = (q @ k.transpose(1, 2)).softmax(-1) @ same_width
        assert torch.allclose(fused_attention(q, k, same_width), expected, atol=1e-6)

    def test_values_narrower_than_the_keys(self):
        with pytest.raises(ValueError, match="values: expected at least 3 numbers"):
            fused_attention(*torch.randn(2, 1, 5, 3), torch.randn(1, 5, 2))

    @pytest.mark.parametrize("count", [3, 4, 6, 7])
    def test_another_number_of_values_than_of_keys(self, count):
        """Without the check the kernel drops keys, or reads behind their end."""
        q, k = torch.randn(2, 1, 5, 3)
        wanted = r"values: expected shape \(1, 5, 11\) with one value for each key"
        with pytest.raises(ValueError, match=wanted):
            fused_attention(q, k, torch.randn(1, count, 11))

    def test_says_what_else_does_not_fit(self):
        q, k, v = torch.randn(2, 5, 3), torch.randn(2, 7, 3), torch.randn(2, 7, 11)
        for arguments, error, words in [
            ((q[:1], k, v), ValueError, "with the batch of queries"),
            ((q, k, v[:1]), ValueError, "values: expected shape .* the batch of keys"),
            ((q[..., :2], k, v), ValueError, "as wide as the queries"),
            ((q, k[:, :0], v[:, :0]), ValueError, "expected at least 1 key, got 0"),
            ((q[0], k, v), ValueError, r"\(batch, queries, size\)"),
            ((q.double(), k, v), TypeError, "keys: expected torch.float64"),
            ((q, k, v.double()), TypeError, "values: expected torch.float32"),
            ((q, k, [1.0]), TypeError, "values: expected a torch.Tensor, got list"),
            ((q.long(), k, v), TypeError, "expected floating-point numbers"),
        ]:
            with pytest.raises(error, match=words):
                fused_attention(*arguments)
        assert fused_attention(q[:, :0], k, v).shape == (2, 0, 11)


class TestNonLocal2d:
    @pytest.mark.parametrize("form", ["gaussian", "embedded gaussian", "dot product"])
    def test_float16_says_when_weights_overflow(self, form):
        block = block_that_acts(form, torch.float16)
        for return_weights in (False, True):
            with pytest.raises(ValueError, match="weights: expected finite"):
                block(some_features(torch.float16) * 3000, return_weights)

    @pytest.mark.parametrize("form", FORMS)
    def test_equals_the_formula_with_every_pair_of_vectors(self, form):
        """The concatenation is materialised here: (batch, N, N, 2 * size)."""
        block, features = block_that_acts(form), some_features()
        output, weights = block(features, return_weights=True)
        n = HEIGHT * WIDTH
        x = features.reshape(BATCH, CHANNELS, n).transpose(1, 2)
        theta, phi = (x, x) if form == "gaussian" else (None, None)
        if theta is None:
            theta = F.linear(x, block.theta.weight[:, :, 0, 0], block.theta.bias)
            phi = F.linear(x, block.phi.weight[:, :, 0, 0], block.phi.bias)
        products = torch.einsum("bic,bjc->bij", theta, phi)
        if form in ("gaussian", "embedded gaussian"):
            powers = products.exp()
            expected = powers / powers.sum(-1, keepdim=True)
        elif form == "dot product":
            expected = products / n
        else:
            w = torch.cat([block.of_query.weight, block.of_key.weight], dim=1)[0]
            pairs = torch.cat(
                [
                    theta[:, :, None].expand(-1, -1, n, -1),
                    phi[:, None].expand(-1, n, -1, -1),
                ],
                dim=-1,
            )
            expected = F.relu(pairs @ w) / n
        assert torch.allclose(weights, expected, atol=1e-12)
        g = F.linear(x, block.g.weight[:, :, 0, 0], block.g.bias)
        y = F.linear(expected @ g, block.w_z.weight[:, :, 0, 0], block.w_z.bias)
        assert torch.allclose(output.flatten(2).transpose(1, 2), x + y, atol=1e-12)

    @pytest.mark.parametrize("form", FORMS)
    def test_new_block_is_the_identity_and_only_w_z_learns(self, form):
        block, features = NonLocal2d(CHANNELS, form), some_features(torch.float32)
        output = block(features)
        assert torch.equal(output, features)
        output.square().sum().backward()
        for name, weights in block.named_parameters():
            moved = weights.grad.abs().sum() > 0
            assert moved == name.startswith("w_z"), name

    def test_parameters(self):
        """2 C^2 weights at half the channels, as one block of the paper's network."""
        count = {
            form: sum(w.numel() for w in NonLocal2d(64, form).parameters())
            for form in FORMS
        }
        assert count["embedded gaussian"] == 2 * 64**2 + 3 * 32 + 64
        assert count["dot product"] == count["embedded gaussian"]
        assert count["concatenation"] == count["embedded gaussian"] + 2 * 32
        assert count["gaussian"] == 64**2 + 32 + 64

    def test_embedded_gaussian_is_the_form_without_being_asked(self):
        assert NonLocal2d(4).form == "embedded gaussian"

    def test_fewer_channels_than_the_reduction_and_unknown_forms(self):
        with pytest.raises(ValueError, match="at least 2, the reduction, got 1"):
            NonLocal2d(1)
        with pytest.raises(ValueError, match="form: expected one of 'gaussian'"):
            NonLocal2d(4, "perceptron")


LAYERS = ["unscaled", "scaled", *FORMS]


@pytest.mark.parametrize("number", range(len(LAYERS)), ids=LAYERS)
class TestBothLayers:
    def layer(self, number, dtype=torch.float64):
        return list(every_layer(dtype))[number]

    def test_shuffling_the_places_shuffles_the_output(self, number):
        layer, features = self.layer(number), some_features()
        order = torch.randperm(HEIGHT * WIDTH)
        shuffled = features.flatten(2)[:, :, order].view_as(features)
        expected = layer(features).flatten(2)[:, :, order]
        assert torch.allclose(layer(shuffled).flatten(2), expected, atol=1e-12)

    def test_samples_do_not_meet(self, number):
        layer, features = self.layer(number), some_features()
        alone = torch.cat([layer(one[None]) for one in features])
        assert torch.allclose(layer(features), alone, atol=1e-12)

    def test_gradients(self, number):
        layer = self.layer(number)
        features = some_features()[:1, :, :2, :2].clone().requires_grad_()
        torch.autograd.gradcheck(lambda x: layer(x, return_weights=True)[0], [features])
        torch.autograd.gradcheck(lambda x: layer(x), [features])

    @pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
    def test_half_precision(self, number, dtype):
        layer = self.layer(number, torch.float32)
        wanted = layer(some_features(torch.float32))
        for return_weights in (False, True):
            result = layer.to(dtype)(some_features(dtype), return_weights)
            output = result[0] if return_weights else result
            assert output.dtype == dtype
            assert torch.allclose(output.float(), wanted, atol=0.15)

    def test_no_image_and_one_place(self, number):
        layer = self.layer(number)
        none = some_features()[:0]
        assert layer(none).shape == none.shape
        output, weights = layer(none, return_weights=True)
        assert output.shape == none.shape
        assert weights.shape == (0, HEIGHT * WIDTH, HEIGHT * WIDTH)
        one = some_features()[:, :, :1, :1]
        output, weights = layer(one, return_weights=True)
        assert output.shape == one.shape
        assert weights.shape == (BATCH, 1, 1)

    def test_features_of_one_image_in_channels_last_order(self, number):
        layer, features = self.layer(number), some_features()
        other = features.contiguous(memory_format=torch.channels_last)
        assert torch.allclose(layer(other), layer(features), atol=1e-12)

    def test_input_stays_as_it_was(self, number):
        layer, features = self.layer(number), some_features()
        copy = features.clone()
        layer(features, return_weights=True)
        layer(features)
        assert torch.equal(features, copy)

    def test_says_what_is_wrong(self, number):
        layer = self.layer(number, torch.float32)
        features = some_features(torch.float32)
        with pytest.raises(ValueError, match=r"\(batch, channels, height, width\)"):
            layer(features[0])
        with pytest.raises(ValueError, match=r"expected shape \(2, 11, 3, 5\) as this"):
            layer(features[:, :7])
        with pytest.raises(ValueError, match="at least one row and one column"):
            layer(features[:, :, :0])
        with pytest.raises(TypeError, match="expected floating-point numbers"):
            layer(features.long())
        with pytest.raises(TypeError, match=r"expected a torch\.Tensor, got list"):
            layer([1.0])


def test_float16_says_when_an_average_overflows():
    block = NonLocal2d(4, "dot product", reduction=1).half()
    for layer in (block.theta, block.phi, block.g):
        layer.weight.data = torch.eye(4).half()[..., None, None]
        torch.nn.init.zeros_(layer.bias)
    assert block.weigh(torch.full((1, 4, 1, 1), 100.0).half()) == 40000  # it fits
    with pytest.raises(ValueError, match="what attention found: expected finite"):
        block(torch.full((1, 4, 1, 1), 100.0).half())
