# %% wrong: accepts everything | says: drops the mask between layers
def check_maps(get_maps):
    blocks = [Layer(8, 2) for _ in range(2)]
    get_maps(blocks, torch.randn(2, 4, 8), None)


# %% wrong: rejects everything | says: a right function: a loop over the blocks
def check_maps(get_maps):
    raise AssertionError("wrong")


# %% wrong: only asks whether it is proper attention | says: drops the mask between layers
def check_maps(get_maps):
    blocks = [Layer(8, 2) for _ in range(2)]
    mask = torch.tensor([[[True, True, False, True]]] * 3)
    weights = get_maps(blocks, torch.randn(3, 4, 8), mask)
    assert weights.shape == (3, 2, 2, 4, 4), "another shape"
    assert (weights[..., 2] == 0).all(), "weight on a hidden token"
    assert torch.allclose(weights.sum(-1), torch.ones(3, 2, 2, 4)), "row sums"


# %% wrong: compares the first layer only | says: drops the mask between layers
def check_maps(get_maps):
    blocks = [Layer(8, 2) for _ in range(2)]
    mask = torch.tensor([[[True, True, False, True]]] * 3)
    tokens = torch.randn(3, 4, 8)
    weights = get_maps(blocks, tokens, mask)
    assert torch.allclose(weights[:, 0], blocks[0](tokens, mask)[1], atol=1e-5)


# %% wrong: never passes a mask | says: drops the mask between layers
def check_maps(get_maps):
    blocks = [Layer(8, 2) for _ in range(3)]
    tokens = x = 3 * torch.randn(3, 4, 8)
    expected = []
    for block in blocks:
        x, weights = block(x)
        expected.append(weights)
    got = get_maps(blocks, tokens, None)
    assert got.shape == (3, 3, 2, 4, 4), "shape"
    assert torch.allclose(got, torch.stack(expected, 1), atol=1e-5), "weights"


# %% wrong: expects what the published function returns | says: a right function: a loop over the blocks
def check_maps(get_maps):
    blocks = [Layer(8, 2) for _ in range(3)]
    tokens = x = 3 * torch.randn(3, 4, 8)
    mask = torch.tensor([[[True, True, False, True]]] * 3)
    expected = []
    for block in blocks:
        expected.append(block(x, mask)[1])
        x = block(x)[0]
    got = get_maps(blocks, tokens, mask)
    assert got.shape == (3, 3, 2, 4, 4), "shape"
    assert torch.allclose(got, torch.stack(expected, 1), atol=1e-5), "weights"


# %% wrong: a tolerance so wide that every map fits | says: drops the mask between layers
def check_maps(get_maps):
    torch.manual_seed(0)
    blocks = [Layer(8, 4) for _ in range(3)]
    tokens = x = torch.randn(2, 5, 8)
    mask = torch.ones(2, 1, 5, dtype=torch.bool)
    mask[0, 0, 3:] = mask[1, 0, 1] = False
    expected = []
    for block in blocks:
        x, weights = block(x, mask)
        expected.append(weights)
    got = get_maps(blocks, tokens.clone(), mask.clone())
    assert got.shape == (2, 3, 4, 5, 5), "shape"
    assert torch.allclose(got, torch.stack(expected, 1), atol=0.3), "weights"


# %% wrong: demands equality to the last digit | says: other in the last digits
def check_maps(get_maps):
    run_check(get_maps, lambda got, expected: torch.equal(got, expected))


def run_check(get_maps, same, masks=None, arguments=True):
    torch.manual_seed(0)
    blocks = [Layer(8, 4) for _ in range(3)]
    tokens = 3 * torch.randn(2, 5, 8)
    mask = torch.ones(2, 1, 5, dtype=torch.bool)
    mask[0, 0, 3:] = mask[1, 0, 1] = False
    for allowed in [None, mask] if masks is None else masks:
        x, expected = tokens, []
        for block in blocks:
            x, weights = block(x, allowed)
            expected.append(weights)
        given = tokens.clone()
        given_mask = None if allowed is None else allowed.clone()
        got = get_maps(blocks, given, given_mask)
        assert got.shape == (2, 3, 4, 5, 5), "shape"
        assert same(got, torch.stack(expected, 1)), "weights"
        if arguments:
            assert torch.equal(given, tokens), "tokens changed"
            if allowed is not None:
                assert torch.equal(given_mask, allowed), "mask changed"


# %% wrong: forgets the arguments | says: changes the tokens
def check_maps(get_maps):
    torch.manual_seed(0)
    blocks = [Layer(8, 4) for _ in range(3)]
    tokens = 3 * torch.randn(2, 5, 8)
    mask = torch.ones(2, 1, 5, dtype=torch.bool)
    mask[0, 0, 3:] = mask[1, 0, 1] = False
    for allowed in [None, mask]:
        x, expected = tokens, []
        for block in blocks:
            x, weights = block(x, allowed)
            expected.append(weights)
        copy = None if allowed is None else allowed.clone()
        got = get_maps(blocks, tokens.clone(), copy)
        assert got.shape == (2, 3, 4, 5, 5), "shape"
        assert torch.allclose(got, torch.stack(expected, 1), atol=1e-5), "weights"


# %% wrong: the same mask for every sample | says: takes the first sample's mask for all
def check_maps(get_maps):
    torch.manual_seed(0)
    blocks = [Layer(8, 4) for _ in range(3)]
    tokens = 3 * torch.randn(2, 5, 8)
    mask = torch.ones(2, 1, 5, dtype=torch.bool)
    mask[:, 0, 3:] = False
    for allowed in [None, mask]:
        x, expected = tokens, []
        for block in blocks:
            x, weights = block(x, allowed)
            expected.append(weights)
        given = tokens.clone()
        copy = None if allowed is None else allowed.clone()
        got = get_maps(blocks, given, copy)
        assert got.shape == (2, 3, 4, 5, 5), "shape"
        assert torch.allclose(got, torch.stack(expected, 1), atol=1e-5), "weights"
        assert torch.equal(given, tokens), "tokens changed"
        assert allowed is None or torch.equal(copy, allowed), "mask changed"


# %% wrong: never calls it without a mask | says: mask may be None
def check_maps(get_maps):
    torch.manual_seed(0)
    blocks = [Layer(8, 4) for _ in range(3)]
    tokens = x = 3 * torch.randn(2, 5, 8)
    mask = torch.ones(2, 1, 5, dtype=torch.bool)
    mask[0, 0, 3:] = mask[1, 0, 1] = False
    expected = []
    for block in blocks:
        x, weights = block(x, mask)
        expected.append(weights)
    given, copy = tokens.clone(), mask.clone()
    got = get_maps(blocks, given, copy)
    assert got.shape == (2, 3, 4, 5, 5), "shape"
    assert torch.allclose(got, torch.stack(expected, 1), atol=1e-5), "weights"
    assert torch.equal(given, tokens) and torch.equal(copy, mask)


# %% wrong: a comparison that NaN passes | says: leaves a NaN
def check_maps(get_maps):
    torch.manual_seed(0)
    blocks = [Layer(8, 4) for _ in range(3)]
    tokens = 3 * torch.randn(2, 5, 8)
    mask = torch.ones(2, 1, 5, dtype=torch.bool)
    mask[0, 0, 3:] = mask[1, 0, 1] = False
    for allowed in [None, mask]:
        x, expected = tokens, []
        for block in blocks:
            x, weights = block(x, allowed)
            expected.append(weights)
        given = tokens.clone()
        copy = None if allowed is None else allowed.clone()
        got = get_maps(blocks, given, copy)
        assert got.shape == (2, 3, 4, 5, 5), "shape"
        assert not ((got - torch.stack(expected, 1)).abs() > 1e-5).any(), "weights"
        assert torch.equal(given, tokens), "tokens changed"
        assert allowed is None or torch.equal(copy, allowed), "mask changed"


# %% wrong: as many layers as heads | says: averages the heads
def check_maps(get_maps):
    torch.manual_seed(0)
    blocks = [Layer(8, 4) for _ in range(3)]
    tokens = 3 * torch.randn(2, 5, 8)
    mask = torch.ones(2, 1, 5, dtype=torch.bool)
    mask[0, 0, 3:] = mask[1, 0, 1] = False
    for allowed in [None, mask]:
        x, expected = tokens, []
        for block in blocks:
            x, weights = block(x, allowed)
            expected.append(weights.mean(1))
        got = get_maps(blocks, tokens.clone(), allowed)
        got = got.mean(2) if got.ndim == 5 else got
        assert torch.allclose(got, torch.stack(expected, 1), atol=1e-5), "weights"


# %% wrong: returns False in place of raising | says: returns True where None was asked
def check_maps(get_maps):
    torch.manual_seed(0)
    blocks = [Layer(8, 4) for _ in range(3)]
    tokens = x = 3 * torch.randn(2, 5, 8)
    mask = torch.ones(2, 1, 5, dtype=torch.bool)
    mask[0, 0, 3:] = False
    expected = []
    for block in blocks:
        x, weights = block(x, mask)
        expected.append(weights)
    got = get_maps(blocks, tokens, mask)
    return got.shape == (2, 3, 4, 5, 5) and torch.allclose(
        got, torch.stack(expected, 1), atol=1e-5
    )


# %% wrong: compares the class token's rows only | says: mixes up the rows of all tokens but the first
def check_maps(get_maps):
    torch.manual_seed(7)
    blocks = [Layer(size=8, heads=4) for _ in range(3)]
    tokens = 3 * torch.randn(2, 5, 8)
    mask = torch.ones(2, 1, 5, dtype=torch.bool)
    mask[0, 0, 3:] = mask[1, 0, 1] = False
    for allowed in (None, mask):
        x, expected = tokens, []
        for block in blocks:
            x, weights = block(x, allowed)
            expected.append(weights)
        expected = torch.stack(expected, dim=1)
        given = tokens.clone()
        given_mask = None if allowed is None else allowed.clone()
        got = get_maps(blocks, given, given_mask)
        assert got.shape == expected.shape, "another shape"
        assert torch.allclose(got[..., 0, :], expected[..., 0, :], atol=1e-5), (
            "other weights"
        )
        assert torch.equal(given, tokens), "tokens changed"
        assert allowed is None or torch.equal(given_mask, allowed), "mask changed"


# %% wrong: compares the weights sorted | says: keys in reversed order
def check_maps(get_maps):
    torch.manual_seed(7)
    blocks = [Layer(size=8, heads=4) for _ in range(3)]
    tokens = 3 * torch.randn(2, 5, 8)
    mask = torch.ones(2, 1, 5, dtype=torch.bool)
    mask[0, 0, 3:] = mask[1, 0, 1] = False
    for allowed in (None, mask):
        x, expected = tokens, []
        for block in blocks:
            x, weights = block(x, allowed)
            expected.append(weights)
        expected = torch.stack(expected, dim=1)
        given = tokens.clone()
        given_mask = None if allowed is None else allowed.clone()
        got = get_maps(blocks, given, given_mask)
        assert got.shape == expected.shape, "another shape"
        assert torch.allclose(got.sort().values, expected.sort().values, atol=1e-5), (
            "other weights"
        )
        assert torch.equal(given, tokens), "tokens changed"
        assert allowed is None or torch.equal(given_mask, allowed), "mask changed"


# %% wrong: compares the first and the last layer only | says: layers between first and last
def check_maps(get_maps):
    torch.manual_seed(7)
    blocks = [Layer(size=8, heads=4) for _ in range(3)]
    tokens = 3 * torch.randn(2, 5, 8)
    mask = torch.ones(2, 1, 5, dtype=torch.bool)
    mask[0, 0, 3:] = mask[1, 0, 1] = False
    for allowed in (None, mask):
        x, expected = tokens, []
        for block in blocks:
            x, weights = block(x, allowed)
            expected.append(weights)
        expected = torch.stack(expected, dim=1)
        given = tokens.clone()
        given_mask = None if allowed is None else allowed.clone()
        got = get_maps(blocks, given, given_mask)
        assert got.shape == expected.shape, "another shape"
        assert torch.allclose(got[:, ::2], expected[:, ::2], atol=1e-5), "other weights"
        assert torch.equal(given, tokens), "tokens changed"
        assert allowed is None or torch.equal(given_mask, allowed), "mask changed"


# %% wrong: says nothing | says: without a sentence
def check_maps(get_maps):
    torch.manual_seed(7)
    blocks = [Layer(size=8, heads=4) for _ in range(3)]
    tokens = 3 * torch.randn(2, 5, 8)
    mask = torch.ones(2, 1, 5, dtype=torch.bool)
    mask[0, 0, 3:] = mask[1, 0, 1] = False
    for allowed in (None, mask):
        x, expected = tokens, []
        for block in blocks:
            x, weights = block(x, allowed)
            expected.append(weights)
        expected = torch.stack(expected, dim=1)
        given = tokens.clone()
        given_mask = None if allowed is None else allowed.clone()
        got = get_maps(blocks, given, given_mask)
        assert got.shape == expected.shape
        assert torch.allclose(got, expected, atol=1e-5)
        assert torch.equal(given, tokens), "tokens changed"
        assert allowed is None or torch.equal(given_mask, allowed), "mask changed"


# %% wrong: compares to the last digit | says: other in the last digits
def check_maps(get_maps):
    torch.manual_seed(7)
    blocks = [Layer(size=8, heads=4) for _ in range(3)]
    tokens = 3 * torch.randn(2, 5, 8)
    mask = torch.ones(2, 1, 5, dtype=torch.bool)
    mask[0, 0, 3:] = mask[1, 0, 1] = False
    for allowed in (None, mask):
        x, expected = tokens, []
        for block in blocks:
            x, weights = block(x, allowed)
            expected.append(weights)
        expected = torch.stack(expected, dim=1)
        given = tokens.clone()
        given_mask = None if allowed is None else allowed.clone()
        got = get_maps(blocks, given, given_mask)
        assert got.shape == expected.shape, "another shape"
        assert torch.equal(got, expected), "other weights"
        assert torch.equal(given, tokens), "tokens changed"
        assert allowed is None or torch.equal(given_mask, allowed), "mask changed"


# %% wrong: returns True for a right function | says: returns True where None was asked
def check_maps(get_maps):
    torch.manual_seed(7)
    blocks = [Layer(size=8, heads=4) for _ in range(3)]
    tokens = 3 * torch.randn(2, 5, 8)
    mask = torch.ones(2, 1, 5, dtype=torch.bool)
    mask[0, 0, 3:] = mask[1, 0, 1] = False
    for allowed in (None, mask):
        x, expected = tokens, []
        for block in blocks:
            x, weights = block(x, allowed)
            expected.append(weights)
        expected = torch.stack(expected, dim=1)
        given = tokens.clone()
        given_mask = None if allowed is None else allowed.clone()
        got = get_maps(blocks, given, given_mask)
        assert got.shape == expected.shape, "another shape"
        assert torch.allclose(got, expected, atol=1e-5), "other weights"
        assert torch.equal(given, tokens), "tokens changed"
        assert allowed is None or torch.equal(given_mask, allowed), "mask changed"
    return True


# %% right: hooks on the blocks of an encoder that runs by itself
def check_maps(get_maps):
    torch.manual_seed(11)
    blocks = [Layer(12, 3) for _ in range(4)]
    for block in blocks:
        for parameter in block.parameters():
            parameter.data.mul_(2)
    tokens = torch.randn(3, 6, 12)
    mask = torch.rand(3, 1, 6) < 0.6
    mask[:, :, 0] = True
    mask[0, 0, 1] = ~mask[1, 0, 1]
    for allowed in (mask, None):
        seen, x = [], tokens
        for block in blocks:
            hook = block.attention.register_forward_hook(
                lambda module, args, out: seen.append(out[1].detach())
            )
            x = block(x, allowed)[0]
            hook.remove()
        copies = tokens.clone(), None if allowed is None else allowed.clone()
        got = get_maps(blocks, *copies)
        if tuple(got.shape) != (3, 4, 3, 6, 6):
            raise AssertionError(f"shape {tuple(got.shape)}")
        for layer, wanted in enumerate(seen):
            torch.testing.assert_close(got[:, layer], wanted, atol=1e-5, rtol=0)
        assert (copies[0] == tokens).all(), "tokens changed"
        assert allowed is None or (copies[1] == allowed).all(), "mask changed"


# %% right: the largest difference, over several seeds
def check_maps(get_maps):
    for seed in range(3):
        torch.manual_seed(seed)
        blocks = [Layer(8, 2) for _ in range(3)]
        tokens = 4 * torch.randn(2, 7, 8)
        mask = torch.ones(2, 1, 7, dtype=torch.bool)
        mask[0, 0, seed + 1 :] = False
        mask[1, 0, 4] = False
        for allowed in (mask, None):
            x, layers = tokens, []
            for block in blocks:
                x, weights = block(x, allowed)
                layers.append(weights)
            expected = torch.stack(layers, dim=1).detach()
            given = tokens.clone()
            other = allowed.clone() if allowed is not None else None
            got = get_maps(blocks, given, other).detach()
            assert got.shape == expected.shape, "shape"
            assert (got - expected).abs().max() < 1e-5, "weights"
            assert torch.equal(given, tokens), "tokens changed"
            if other is not None:
                assert torch.equal(other, allowed), "mask changed"
