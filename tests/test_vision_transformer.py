"""The small vision transformer, its maps, and attention rollout."""

import pytest
import torch
from torch import nn

from course_utils.vision_transformer import (
    TransformerBlock,
    VisionTransformer,
    attention_rollout,
    patch_map,
)

# prime where they may be: batch 3, grid 5, patch 7, heads 2, layers 11, classes 13
BATCH, GRID, PATCH, HEADS, LAYERS, CLASSES, SIZE = 3, 5, 7, 2, 3, 13, 22
DTYPES = [torch.float16, torch.bfloat16, torch.float32, torch.float64]


def network(**options) -> VisionTransformer:
    torch.manual_seed(0)
    return VisionTransformer(
        GRID * PATCH, PATCH, CLASSES, SIZE, HEADS, LAYERS, channels=2, **options
    )


def pictures(dtype=torch.float32) -> torch.Tensor:
    noise = torch.Generator().manual_seed(1)
    return torch.rand(BATCH, 2, GRID * PATCH, GRID * PATCH, generator=noise).to(dtype)


def weights(*shape: int, seed: int = 0, dtype=torch.float64) -> torch.Tensor:
    noise = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=noise).double().softmax(-1).to(dtype)


class TestBlock:
    def test_equals_the_layer_of_pytorch(self):
        torch.manual_seed(2)
        block = TransformerBlock(SIZE, HEADS)
        peer = nn.TransformerEncoderLayer(
            SIZE, HEADS, 2 * SIZE, 0.0, "gelu", batch_first=True, norm_first=True
        )
        attention = block.attention
        projections = ("query_projection", "key_projection", "value_projection")
        parts = [getattr(attention, name) for name in projections]
        with torch.no_grad():
            peer.self_attn.in_proj_weight.copy_(torch.cat([p.weight for p in parts]))
            peer.self_attn.in_proj_bias.copy_(torch.cat([p.bias for p in parts]))
            for mine, theirs in [
                (attention.output_projection, peer.self_attn.out_proj),
                (block.mlp[0], peer.linear1),
                (block.mlp[2], peer.linear2),
                (block.norm_1, peer.norm1),
                (block.norm_2, peer.norm2),
            ]:
                nn.init.normal_(mine.bias)
                theirs.load_state_dict(mine.state_dict())
        tokens = torch.randn(BATCH, 7, SIZE)
        hidden = torch.zeros(BATCH, 7, dtype=torch.bool)
        hidden[1, 4:] = True
        got, maps = block(tokens, ~hidden[:, None])
        expected = peer(tokens, src_key_padding_mask=hidden)
        torch.testing.assert_close(got, expected, rtol=1e-4, atol=1e-5)
        assert maps.shape == (BATCH, HEADS, 7, 7)
        assert (maps[1, :, :, 4:] == 0).all()


class TestVisionTransformer:
    @pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float32, torch.float64])
    def test_shapes_and_rows(self, dtype):
        logits, maps = network().to(dtype)(pictures(dtype))
        tokens = 1 + GRID**2
        assert logits.shape == (BATCH, CLASSES)
        assert maps.shape == (BATCH, LAYERS, HEADS, tokens, tokens)
        assert logits.dtype == maps.dtype == dtype
        sums = maps.double().sum(-1)
        torch.testing.assert_close(sums, torch.ones_like(sums), rtol=0, atol=2e-2)

    def test_patches_are_numbered_row_by_row(self):
        net = network()
        net.embed.weight.data.fill_(1.0)
        net.embed.bias.data.zero_()
        seen = {}
        net.blocks[0].register_forward_pre_hook(lambda _, args: seen.update(x=args[0]))
        one = torch.zeros(1, 2, GRID * PATCH, GRID * PATCH)
        one[0, 1, 2 * PATCH + 3, 4 * PATCH + 6] = 1.0  # row 2, column 4 of patches
        net(one)
        changed = (seen["x"] - net.places)[0, 1:, 0]  # (patches,)
        assert changed.abs().argmax() == 2 * GRID + 4
        assert (changed.abs() > 1e-4).sum() == 1

    def test_each_layer_hands_out_its_own_weights(self):
        net = network()
        seen = []
        for block in net.blocks:
            block.attention.register_forward_hook(lambda *call: seen.append(call[2][1]))
        _, maps = net(pictures())
        assert torch.equal(maps, torch.stack(seen, dim=1))
        assert not torch.allclose(maps[:, 0], maps[:, 1])

    def test_the_class_token_alone_is_classified(self):
        net = network()
        seen = []
        net.norm.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
        out = []
        net.blocks[-1].register_forward_hook(lambda *call: out.append(call[2][0]))
        net(pictures())
        assert seen[0].shape == out[0][:, 0].shape
        assert torch.equal(seen[0], out[0][:, 0])

    def test_gradient_reaches_every_parameter(self):
        net = network()
        net(pictures())[0].square().sum().backward()
        for name, parameter in net.named_parameters():
            assert parameter.grad is not None, name
            assert parameter.grad.isfinite().all(), name

    def test_pictures_of_a_batch_do_not_meet(self):
        net = network()
        one, together = net(pictures()[1:2])[1], net(pictures())[1]
        torch.testing.assert_close(one[0], together[1])

    def test_wrong_input(self):
        with pytest.raises(ValueError, match="patch: expected a number that divides"):
            VisionTransformer(side=28, patch=5)
        with pytest.raises(ValueError, match="heads: expected a number that divides"):
            VisionTransformer(size=32, heads=5)
        with pytest.raises(ValueError, match="as this network was built"):
            network()(torch.rand(1, 2, 28, 35))
        with pytest.raises(
            ValueError, match=r"pictures: expected shape \(1, 2, 35, 35"
        ):
            network()(torch.rand(1, 3, 35, 35))
        with pytest.raises(ValueError, match=r"tokens: expected .* 22\) as built"):
            TransformerBlock(SIZE, HEADS)(torch.randn(BATCH, 5, SIZE + 1))
        with pytest.raises(ValueError, match="batch, channels, side, side"):
            network()(torch.rand(2, 35, 35))


class TestPatchMap:
    def test_by_hand(self):
        matrix = torch.tensor(
            [
                [0.6, 0.1, 0.1, 0.1, 0.1],
                [0.0, 1.0, 0.0, 0.0, 0.0],
                [0.2, 0.1, 0.4, 0.0, 0.3],
                [0.2, 0.2, 0.2, 0.2, 0.2],
                [0.2, 0.2, 0.2, 0.2, 0.2],
            ]
        )
        assert patch_map(matrix, 2).tolist() == matrix[2, 1:].view(2, 2).tolist()
        assert patch_map(matrix).sum().item() == pytest.approx(0.4)

    def test_leading_axes_stay(self):
        maps = weights(2, 3, 5, 10, 10)
        assert patch_map(maps, 7).shape == (2, 3, 5, 3, 3)
        assert torch.equal(patch_map(maps, 7)[1, 2, 4].flatten(), maps[1, 2, 4, 7, 1:])

    def test_wrong_input(self):
        with pytest.raises(ValueError, match="1 \\+ grid"):
            patch_map(weights(8, 8))
        with pytest.raises(ValueError, match="query: expected a token from 0 to 4"):
            patch_map(weights(5, 5), 5)
        with pytest.raises(ValueError, match="query: expected at least 0"):
            patch_map(weights(5, 5), -1)
        with pytest.raises(ValueError, match="rows that sum to 1"):
            patch_map(torch.rand(5, 5))


class TestRollout:
    def test_by_hand(self):
        first = torch.tensor([[0.0, 1.0], [0.0, 1.0]])
        second = torch.tensor([[1.0, 0.0], [1.0, 0.0]])
        maps = torch.stack([first, second])[None, :, None]  # one picture, one head
        # hats: [.5 .5; 0 1] and [1 0; .5 .5]; second times first
        expected = torch.tensor([[[0.5, 0.5], [0.25, 0.75]]])
        torch.testing.assert_close(attention_rollout(maps), expected)

    def test_equals_a_sum_over_all_paths(self):
        maps = weights(2, 3, 5, 4, 4)
        hats = 0.5 * maps.numpy().mean(2) + 0.5 * torch.eye(4).numpy()
        got = attention_rollout(maps)
        for b in range(2):
            for i in range(4):
                for j in range(4):
                    paths = sum(
                        hats[b, 2, i, k] * hats[b, 1, k, m] * hats[b, 0, m, j]
                        for k in range(4)
                        for m in range(4)
                    )
                    assert got[b, i, j].item() == pytest.approx(paths)

    @pytest.mark.parametrize("dtype", DTYPES)
    def test_rows_sum_to_one(self, dtype):
        rollout = attention_rollout(weights(3, 5, 2, 7, 7, dtype=dtype))
        assert rollout.dtype == dtype
        assert rollout.shape == (3, 7, 7)
        sums = rollout.double().sum(-1)
        torch.testing.assert_close(sums, torch.ones_like(sums), rtol=0, atol=2e-2)

    def test_tokens_that_attend_to_themselves_stay(self):
        itself = torch.eye(5).expand(2, 3, 1, 5, 5)
        assert torch.equal(attention_rollout(itself), torch.eye(5).expand(2, 5, 5))

    def test_one_layer_is_half_itself(self):
        maps = weights(2, 1, 3, 5, 5)
        expected = 0.5 * maps[:, 0].mean(1) + 0.5 * torch.eye(5)
        torch.testing.assert_close(attention_rollout(maps), expected.double())

    def test_gradient(self):
        maps = weights(1, 2, 2, 3, 3).log().requires_grad_()
        assert torch.autograd.gradcheck(
            lambda scores: attention_rollout(scores.softmax(-1)), (maps,)
        )

    def test_wrong_input(self):
        with pytest.raises(ValueError, match="batch, layers, heads, tokens, tokens"):
            attention_rollout(weights(3, 5, 5))
        with pytest.raises(ValueError, match="rows that sum to 1"):
            attention_rollout(torch.rand(1, 2, 3, 5, 5))
        with pytest.raises(ValueError, match="at least one layer and one head"):
            attention_rollout(torch.zeros(1, 0, 2, 3, 3))
        with pytest.raises(ValueError, match="tokens, tokens"):
            attention_rollout(weights(1, 2, 3, 4, 5))
