"""Position codes and their rotation; the causal mask and the test for leaks."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from course_utils.d2l_peer import HOW_TO_INSTALL, load_d2l
from course_utils.sequence import (
    MultiHeadAttention,
    causal_mask,
    clock_speeds,
    future_leak,
    position_rotation,
    sinusoidal_positions,
)

COUNT, SIZE = 11, 14

# ------------------------------------------------------------------ positions


def test_codes_by_hand():
    codes = sinusoidal_positions(2, 4)
    expected = [
        [0.0, 1.0, 0.0, 1.0],
        [math.sin(1), math.cos(1), math.sin(0.01), math.cos(0.01)],
    ]
    torch.testing.assert_close(codes, torch.tensor(expected))
    assert clock_speeds(4).tolist() == [1.0, 0.01]


@pytest.mark.parametrize("size", [1, 2, 7, SIZE])
@pytest.mark.parametrize("start", [0, 5, 90_000])
def test_codes_match_loops_over_the_formula(size, start):
    codes = sinusoidal_positions(COUNT, size, start)
    assert codes.shape == (COUNT, size) and codes.dtype == torch.float32
    for p in range(COUNT):
        for j in range(size):
            angle = (start + p) / 10000 ** (2 * (j // 2) / size)
            wanted = math.cos(angle) if j % 2 else math.sin(angle)
            assert codes[p, j].item() == pytest.approx(wanted, abs=1e-6)


def test_codes_are_those_of_d2l():
    d2l = load_d2l()
    if d2l is None:
        pytest.skip(HOW_TO_INSTALL)
    theirs = d2l.PositionalEncoding(SIZE, dropout=0, max_len=COUNT).P[0]
    torch.testing.assert_close(sinusoidal_positions(COUNT, SIZE), theirs)


def test_start_continues_the_row():
    whole = sinusoidal_positions(COUNT, SIZE)
    pieces = [sinusoidal_positions(1, SIZE, start=p) for p in range(COUNT)]
    assert torch.equal(torch.cat(pieces), whole)


def test_codes_follow_the_default_type():
    torch.set_default_dtype(torch.float64)
    try:
        codes = sinusoidal_positions(COUNT, SIZE)
        turn = position_rotation(3, SIZE)
    finally:
        torch.set_default_dtype(torch.float32)
    assert codes.dtype == turn.dtype == torch.float64
    torch.testing.assert_close(codes[:-3] @ turn.T, codes[3:])


@pytest.mark.parametrize("distance", [0, 1, 5, -3, 1000])
def test_rotation_moves_every_code_by_the_same_matrix(distance):
    turn = position_rotation(distance, SIZE)
    start = max(0, -distance)
    here = sinusoidal_positions(COUNT, SIZE, start)
    there = sinusoidal_positions(COUNT, SIZE, start + distance)
    torch.testing.assert_close(here @ turn.T, there, atol=1e-5, rtol=0)


def test_rotations_are_orthogonal_and_add_up():
    two, five = position_rotation(2, SIZE), position_rotation(5, SIZE)
    eye = torch.eye(SIZE)
    torch.testing.assert_close(two @ two.T, eye)
    torch.testing.assert_close(torch.linalg.det(two), torch.tensor(1.0))
    torch.testing.assert_close(two @ five, position_rotation(7, SIZE))
    torch.testing.assert_close(two @ position_rotation(-2, SIZE), eye)


def test_product_of_codes_depends_on_the_distance_alone():
    codes = sinusoidal_positions(50, SIZE)
    products = codes @ codes.T
    for distance in (0, 1, 7):
        diagonal = products.diagonal(distance)
        expected = torch.cos(distance * clock_speeds(SIZE)).sum().float()
        torch.testing.assert_close(diagonal, expected.expand(50 - distance))


def test_a_far_place_keeps_its_precision():
    far = sinusoidal_positions(1, 2, start=10_000_001)
    assert far[0, 0].item() == pytest.approx(math.sin(10_000_001), abs=1e-6)


def test_positions_say_what_is_wrong():
    with pytest.raises(ValueError, match="count: expected at least 1, got 0"):
        sinusoidal_positions(0, SIZE)
    with pytest.raises(TypeError, match="size: expected a whole number"):
        sinusoidal_positions(3, 4.0)
    with pytest.raises(ValueError, match="start: expected at least 0, got -1"):
        sinusoidal_positions(3, SIZE, start=-1)
    with pytest.raises(ValueError, match="size: expected an even number, got 7"):
        position_rotation(1, 7)
    with pytest.raises(TypeError, match="size: expected a whole number"):
        clock_speeds(3.5)
    with pytest.raises(ValueError, match="size: expected at least 1, got 0"):
        clock_speeds(0)
    with pytest.raises(ValueError, match="distance: expected a finite number, got nan"):
        position_rotation(math.nan, 4)
    for distance in ("a", None, True, torch.tensor([1.0, 2.0])):
        with pytest.raises(TypeError, match="distance: expected one number, got"):
            position_rotation(distance, 4)


# --------------------------------------------------------------------- causal


def test_causal_mask_by_hand():
    assert causal_mask(3).tolist() == [
        [True, False, False],
        [True, True, False],
        [True, True, True],
    ]
    assert causal_mask(1).tolist() == [[True]]
    with pytest.raises(ValueError, match="size: expected at least 1, got 0"):
        causal_mask(0)


def test_causal_mask_equals_pytorch():
    x = torch.randn(2, 3, COUNT, 5)
    expected = F.scaled_dot_product_attention(x, x, x, is_causal=True)
    got = F.scaled_dot_product_attention(x, x, x, causal_mask(COUNT))
    torch.testing.assert_close(got, expected)
    hidden = nn.Transformer.generate_square_subsequent_mask(COUNT).isneginf()
    assert torch.equal(causal_mask(COUNT), ~hidden)


class Decoder(nn.Module):
    """One layer of self-attention with a mask for training and one for use."""

    def __init__(self, train_mask, eval_mask):
        super().__init__()
        self.attention = MultiHeadAttention(6, 2)
        self.masks = {True: train_mask, False: eval_mask}

    def forward(self, x):
        return self.attention(x, x, x, self.masks[self.training])[0]


def test_leak_is_found_in_the_mode_that_leaks():
    mask, x = causal_mask(7), torch.randn(3, 7, 6)
    decoder = Decoder(mask, None)
    assert future_leak(decoder.train(), x) == 0
    assert future_leak(decoder.eval(), x) > 0.01
    assert future_leak(Decoder(mask, mask).eval(), x) == 0


def into(place, source, change=lambda token: token):
    """A function in which one later token reaches one earlier place, and no other."""

    def function(x):
        outputs = x.clone()
        outputs[:, place] += change(x[:, source])
        return outputs

    return function


@pytest.mark.parametrize(
    ("name", "function", "leaks"),
    [
        ("itself", lambda x: x, False),
        ("running sum", lambda x: x.cumsum(1), False),
        ("running sum in place", lambda x: x.cumsum_(1), False),
        ("an earlier token", into(3, 2), False),
        ("the first cut only", into(0, 1), True),
        ("a cut in the middle only", into(2, 3), True),
        ("the cut before the last token only", into(3, 4), True),
        ("one step ahead", lambda x: x.roll(-1, 1), True),
        ("the last token, for the first", lambda x: x + x[:, -1:] * 1e-3, True),
        ("mean", lambda x: x.mean(1, keepdim=True).expand_as(x), True),
    ],
)
def test_leaks_of_functions(name, function, leaks):
    assert (future_leak(function, torch.randn(2, 5, 3)) > 0) is leaks


@pytest.mark.parametrize(("sign", "above"), [(1, 0.1), (-1, 0.1)])
def test_leaks_of_either_sign_count(sign, above):
    late = torch.zeros(2, 5, 3)
    function = into(1, 2, lambda token: sign * token.abs())
    assert future_leak(function, late) > above  # from 0, only one sign is possible


def test_the_leak_is_the_largest_change(monkeypatch):
    noise, x = torch.randn(2, 5, 3), torch.randn(2, 5, 3)
    monkeypatch.setattr(torch, "randn_like", lambda like: noise)
    # One step ahead, place t alone sees the exchanged token t + 1.
    wanted = (noise - x)[:, 1:].abs().max().item()
    got = future_leak(lambda x: x.roll(-1, 1)[:, :-1], x)
    assert got == pytest.approx(wanted)


def test_the_noise_is_as_large_as_a_token():
    leak = future_leak(lambda x: x.roll(-1, 1)[:, :-1], torch.zeros(3, 7, 5))
    assert 1 < leak < 6  # the largest of 90 standard normal numbers


def test_the_leak_test_builds_no_graph():
    weight, seen = torch.ones(3, requires_grad=True), []

    def function(x):
        seen.append((x * weight).requires_grad)
        return x * weight

    future_leak(function, torch.randn(2, 5, 3))
    assert seen and not any(seen)


def test_the_leak_test_leaves_x_alone():
    x = torch.randn(2, 5, 3)
    before = x.clone()
    future_leak(lambda x: x.mul_(2), x)
    assert torch.equal(x, before)


def test_a_mask_one_too_far_leaks():
    mask = torch.ones(7, 7, dtype=torch.bool).tril(1)
    assert future_leak(Decoder(mask, mask), torch.randn(2, 7, 6)) > 0.01


def test_nan_is_no_proof_of_innocence():
    leak = future_leak(lambda x: x / 0 * 0, torch.randn(2, 5, 3))
    assert math.isnan(leak)


def test_leak_needs_a_future():
    with pytest.raises(ValueError, match="tokens of x: expected at least 2, got 1"):
        future_leak(lambda x: x, torch.randn(2, 1, 3))
    with pytest.raises(ValueError, match=r"x: expected shape \(batch, tokens, size\)"):
        future_leak(lambda x: x, torch.randn(2, 5))
    with pytest.raises(ValueError, match="rows of x: expected at least 1, got 0"):
        future_leak(lambda x: x, torch.randn(0, 5, 3))


def test_leak_says_what_it_needs_of_the_function():
    x = torch.randn(2, 5, 6)
    layer = MultiHeadAttention(6, 2)
    with pytest.raises(TypeError, match=r"got tuple; .* layer\(x, x, x\)\[0\]"):
        future_leak(lambda x: layer(x, x, x), x)
    with pytest.raises(TypeError, match=r"floating-point outputs, got .*int64"):
        future_leak(lambda x: x.argmax(-1), x)
    for function in (
        lambda x: x.sum((1, 2)),
        lambda x: x.mean(1)[:, :3],
        lambda x: x.mT[:1],
    ):
        with pytest.raises(
            ValueError, match=r"expected outputs \(batch, tokens, ...\)"
        ):
            future_leak(function, x)
