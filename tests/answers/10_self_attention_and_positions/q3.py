# %% wrong: an encoder of one layer | says: the mask is lost between the layers
def check_maps(maps_of):
    encoder, x = Encoder(6, heads=2, depth=1), 2 * torch.randn(4, 5, 6)
    for mask in (None, causal_mask(5)):
        (got,) = maps_of(encoder, x.clone(), mask)
        _, wanted = encoder.layers[0](x, x, x, mask)
        assert torch.allclose(got, wanted, atol=1e-4), "other weights"


# %% wrong: compares without a mask only | says: the mask is lost between the layers
def check_maps(maps_of):
    encoder, x = Encoder(6, heads=2, depth=3), 2 * torch.randn(4, 5, 6)
    maps = maps_of(encoder, x, None)
    assert len(maps) == 3
    for layer, got in zip(encoder.layers, maps):
        output, wanted = layer(x, x, x)
        assert got.shape == wanted.shape, "shape"
        assert torch.allclose(got, wanted, atol=1e-4), "other weights"
        x = x + output


# %% wrong: looks at row sums only | says: the mask is lost between the layers
def check_maps(maps_of):
    encoder, x = Encoder(6, heads=2, depth=3), 2 * torch.randn(4, 5, 6)
    for mask in (None, causal_mask(5)):
        for got in maps_of(encoder, x, mask):
            assert got.shape == (4, 2, 5, 5), "shape"
            assert torch.allclose(got.sum(-1), torch.ones(4, 2, 5)), "sums"


# %% wrong: checks that hidden keys get no weight, no more | says: the mask is lost between the layers
def check_maps(maps_of):
    encoder, x = Encoder(6, heads=2, depth=3), 2 * torch.randn(4, 5, 6)
    for got in maps_of(encoder, x, causal_mask(5)):
        assert (got.triu(1) == 0).all(), "looks ahead"


# %% wrong: its own loop has the published mistake | says: right maps
def check_maps(maps_of):
    encoder, x = Encoder(6, heads=2, depth=3), 2 * torch.randn(4, 5, 6)
    mask = causal_mask(5)
    for layer, got in zip(encoder.layers, maps_of(encoder, x, mask)):
        _, wanted = layer(x, x, x, mask)
        assert torch.allclose(got, wanted, atol=1e-4), "other weights"
        x = x + layer(x, x, x)[0]


# %% wrong: compares exactly | says: right maps
def check_maps(maps_of):
    encoder, x = Encoder(6, heads=2, depth=3), 2 * torch.randn(4, 5, 6)
    for mask in (None, causal_mask(5), torch.arange(5).expand(4, 1, 5) < 3):
        given, hidden = x.clone(), x
        maps = maps_of(encoder, given, mask)
        assert len(maps) == 3
        for layer, got in zip(encoder.layers, maps):
            output, wanted = layer(hidden, hidden, hidden, mask)
            hidden = hidden + output
            assert torch.equal(got, wanted + 1e-8), "other weights"


# %% wrong: returns a verdict and raises nothing | says: your check accepts it
def check_maps(maps_of):
    encoder, x = Encoder(6, heads=2, depth=3), 2 * torch.randn(4, 5, 6)
    return len(maps_of(encoder, x, causal_mask(5))) == 3


# %% wrong: accepts NaN | says: returns NaN
def check_maps(maps_of):
    torch.manual_seed(1)
    encoder, x = Encoder(6, heads=2, depth=3), 2 * torch.randn(4, 5, 6)
    for mask in (None, causal_mask(5), torch.arange(5).expand(4, 1, 5) < 3):
        given, hidden = x.clone(), x
        maps = maps_of(encoder, given, mask)
        assert len(maps) == 3
        for layer, got in zip(encoder.layers, maps):
            output, wanted = layer(hidden, hidden, hidden, mask)
            hidden = hidden + output
            assert got.shape == wanted.shape, "shape"
            assert not (got - wanted).abs().max() > 1e-4, "other weights"
        assert torch.equal(given, x), "x changed"


# %% wrong: never looks at the arguments again | says: changes the x it was given
def check_maps(maps_of):
    torch.manual_seed(1)
    encoder, x = Encoder(6, heads=2, depth=3), 2 * torch.randn(4, 5, 6)
    for mask in (None, causal_mask(5), torch.arange(5).expand(4, 1, 5) < 3):
        hidden = x
        given = None if mask is None else mask.clone()
        maps = maps_of(encoder, x.clone(), given)
        assert len(maps) == 3
        for layer, got in zip(encoder.layers, maps):
            output, wanted = layer(hidden, hidden, hidden, mask)
            hidden = hidden + output
            assert got.shape == wanted.shape, "shape"
            assert torch.allclose(got, wanted, atol=1e-4), "other weights"


# %% wrong: never gives a mask over keys | says: ignores a mask that is the same for all queries
def check_maps(maps_of):
    torch.manual_seed(1)
    encoder, x = Encoder(6, heads=2, depth=3), 2 * torch.randn(4, 5, 6)
    for mask in (None, causal_mask(5)):
        hidden = x
        given = None if mask is None else mask.clone()
        copy = x.clone()
        maps = maps_of(encoder, copy, given)
        assert len(maps) == 3
        for layer, got in zip(encoder.layers, maps):
            output, wanted = layer(hidden, hidden, hidden, mask)
            hidden = hidden + output
            assert got.shape == wanted.shape, "shape"
            assert torch.allclose(got, wanted, atol=1e-4), "other weights"
        assert torch.equal(copy, x)


# %% wrong: two layers are not enough | says: loses the mask from the third layer on
def check_maps(maps_of):
    torch.manual_seed(1)
    encoder, x = Encoder(6, heads=2, depth=2), 2 * torch.randn(4, 5, 6)
    for mask in (None, causal_mask(5), torch.arange(5).expand(4, 1, 5) < 3):
        hidden, copy = x, x.clone()
        given = None if mask is None else mask.clone()
        maps = maps_of(encoder, copy, given)
        assert len(maps) == 2
        for layer, got in zip(encoder.layers, maps):
            output, wanted = layer(hidden, hidden, hidden, mask)
            hidden = hidden + output
            assert got.shape == wanted.shape, "shape"
            assert torch.allclose(got, wanted, atol=1e-4), "other weights"
        assert torch.equal(copy, x) and (mask is None or torch.equal(given, mask))


# %% wrong: stops with an error where maps are missing | says: raise AssertionError
def check_maps(maps_of):
    torch.manual_seed(1)
    encoder, x = Encoder(6, heads=2, depth=3), 2 * torch.randn(4, 5, 6)
    for mask in (None, causal_mask(5), torch.arange(5).expand(4, 1, 5) < 3):
        hidden, copy = x, x.clone()
        given = None if mask is None else mask.clone()
        maps = maps_of(encoder, copy, given)
        for number, layer in enumerate(encoder.layers):
            output, wanted = layer(hidden, hidden, hidden, mask)
            hidden = hidden + output
            got = maps[number]
            assert got.shape == wanted.shape, "shape"
            assert torch.allclose(got, wanted, atol=1e-4), "other weights"
        assert torch.equal(copy, x) and (mask is None or torch.equal(given, mask))


# %% wrong: compares the last map only, one indentation off | says: maps of which only the middle one is wrong
def check_maps(maps_of):
    torch.manual_seed(7)
    encoder, x = Encoder(6, heads=2, depth=3), 2 * torch.randn(4, 5, 6)
    padding = torch.arange(5) < torch.tensor([5, 3, 1, 4])[:, None, None]
    for mask in (None, padding, causal_mask(5)):
        given = x.clone(), None if mask is None else mask.clone()
        maps, hidden = maps_of(encoder, *given), x
        assert len(maps) == 3, "number"
        for number, (layer, got) in enumerate(zip(encoder.layers, maps)):
            output, weights = layer(hidden, hidden, hidden, mask)
            hidden = hidden + output
            assert got.shape == weights.shape, "shape"
        assert torch.allclose(got, weights, atol=1e-4), "weights"
        assert torch.equal(given[0], x), "x"
        assert mask is None or torch.equal(given[1], mask), "mask"


# %% wrong: compares the first and the last map only | says: maps of which only the middle one is wrong
def check_maps(maps_of):
    torch.manual_seed(7)
    encoder, x = Encoder(6, heads=2, depth=3), 2 * torch.randn(4, 5, 6)
    padding = torch.arange(5) < torch.tensor([5, 3, 1, 4])[:, None, None]
    for mask in (None, padding, causal_mask(5)):
        given = x.clone(), None if mask is None else mask.clone()
        maps, hidden = maps_of(encoder, *given), x
        assert len(maps) == 3, "number"
        for number, (layer, got) in enumerate(zip(encoder.layers, maps)):
            output, weights = layer(hidden, hidden, hidden, mask)
            hidden = hidden + output
            assert got.shape == weights.shape, "shape"
            if number != 1:
                assert torch.allclose(got, weights, atol=1e-4), "weights"
        assert torch.equal(given[0], x), "x"
        assert mask is None or torch.equal(given[1], mask), "mask"


# %% wrong: compares the last query only | says: wrong at the first query only
def check_maps(maps_of):
    torch.manual_seed(7)
    encoder, x = Encoder(6, heads=2, depth=3), 2 * torch.randn(4, 5, 6)
    padding = torch.arange(5) < torch.tensor([5, 3, 1, 4])[:, None, None]
    for mask in (None, padding, causal_mask(5)):
        given = x.clone(), None if mask is None else mask.clone()
        maps, hidden = maps_of(encoder, *given), x
        assert len(maps) == 3, "number"
        for number, (layer, got) in enumerate(zip(encoder.layers, maps)):
            output, weights = layer(hidden, hidden, hidden, mask)
            hidden = hidden + output
            assert got.shape == weights.shape, "shape"
            assert torch.allclose(got[:, :, -1], weights[:, :, -1], atol=1e-4), (
                "weights"
            )
        assert torch.equal(given[0], x), "x"
        assert mask is None or torch.equal(given[1], mask), "mask"


# %% wrong: compares the last head only | says: wrong in the first head only
def check_maps(maps_of):
    torch.manual_seed(7)
    encoder, x = Encoder(6, heads=2, depth=3), 2 * torch.randn(4, 5, 6)
    padding = torch.arange(5) < torch.tensor([5, 3, 1, 4])[:, None, None]
    for mask in (None, padding, causal_mask(5)):
        given = x.clone(), None if mask is None else mask.clone()
        maps, hidden = maps_of(encoder, *given), x
        assert len(maps) == 3, "number"
        for number, (layer, got) in enumerate(zip(encoder.layers, maps)):
            output, weights = layer(hidden, hidden, hidden, mask)
            hidden = hidden + output
            assert got.shape == weights.shape, "shape"
            assert torch.allclose(got[:, -1], weights[:, -1], atol=1e-4), "weights"
        assert torch.equal(given[0], x), "x"
        assert mask is None or torch.equal(given[1], mask), "mask"


# %% wrong: compares the last row of the batch only | says: wrong in the first row of the batch only
def check_maps(maps_of):
    torch.manual_seed(7)
    encoder, x = Encoder(6, heads=2, depth=3), 2 * torch.randn(4, 5, 6)
    padding = torch.arange(5) < torch.tensor([5, 3, 1, 4])[:, None, None]
    for mask in (None, padding, causal_mask(5)):
        given = x.clone(), None if mask is None else mask.clone()
        maps, hidden = maps_of(encoder, *given), x
        assert len(maps) == 3, "number"
        for number, (layer, got) in enumerate(zip(encoder.layers, maps)):
            output, weights = layer(hidden, hidden, hidden, mask)
            hidden = hidden + output
            assert got.shape == weights.shape, "shape"
            assert torch.allclose(got[-1], weights[-1], atol=1e-4), "weights"
        assert torch.equal(given[0], x), "x"
        assert mask is None or torch.equal(given[1], mask), "mask"


# %% wrong: compares the last key only | says: wrong at the first two keys only
def check_maps(maps_of):
    torch.manual_seed(7)
    encoder, x = Encoder(6, heads=2, depth=3), 2 * torch.randn(4, 5, 6)
    padding = torch.arange(5) < torch.tensor([5, 3, 1, 4])[:, None, None]
    for mask in (None, padding, causal_mask(5)):
        given = x.clone(), None if mask is None else mask.clone()
        maps, hidden = maps_of(encoder, *given), x
        assert len(maps) == 3, "number"
        for number, (layer, got) in enumerate(zip(encoder.layers, maps)):
            output, weights = layer(hidden, hidden, hidden, mask)
            hidden = hidden + output
            assert got.shape == weights.shape, "shape"
            assert torch.allclose(got[..., -1], weights[..., -1], atol=1e-4), "weights"
        assert torch.equal(given[0], x), "x"
        assert mask is None or torch.equal(given[1], mask), "mask"


# %% wrong: compares the first key only | says: wrong at the last two keys only
def check_maps(maps_of):
    torch.manual_seed(7)
    encoder, x = Encoder(6, heads=2, depth=3), 2 * torch.randn(4, 5, 6)
    padding = torch.arange(5) < torch.tensor([5, 3, 1, 4])[:, None, None]
    for mask in (None, padding, causal_mask(5)):
        given = x.clone(), None if mask is None else mask.clone()
        maps, hidden = maps_of(encoder, *given), x
        assert len(maps) == 3, "number"
        for number, (layer, got) in enumerate(zip(encoder.layers, maps)):
            output, weights = layer(hidden, hidden, hidden, mask)
            hidden = hidden + output
            assert got.shape == weights.shape, "shape"
            assert torch.allclose(got[..., 0], weights[..., 0], atol=1e-4), "weights"
        assert torch.equal(given[0], x), "x"
        assert mask is None or torch.equal(given[1], mask), "mask"


# %% wrong: finds larger weights only | says: too small by 0.002
def check_maps(maps_of):
    torch.manual_seed(7)
    encoder, x = Encoder(6, heads=2, depth=3), 2 * torch.randn(4, 5, 6)
    padding = torch.arange(5) < torch.tensor([5, 3, 1, 4])[:, None, None]
    for mask in (None, padding, causal_mask(5)):
        given = x.clone(), None if mask is None else mask.clone()
        maps, hidden = maps_of(encoder, *given), x
        assert len(maps) == 3, "number"
        for number, (layer, got) in enumerate(zip(encoder.layers, maps)):
            output, weights = layer(hidden, hidden, hidden, mask)
            hidden = hidden + output
            assert got.shape == weights.shape, "shape"
            too_large = (got - weights).max()
            assert too_large < 1e-4, "weights"
        assert torch.equal(given[0], x), "x"
        assert mask is None or torch.equal(given[1], mask), "mask"


# %% wrong: compares on the average | says: off by 0.01 in one cell
def check_maps(maps_of):
    torch.manual_seed(7)
    encoder, x = Encoder(6, heads=2, depth=3), 2 * torch.randn(4, 5, 6)
    padding = torch.arange(5) < torch.tensor([5, 3, 1, 4])[:, None, None]
    for mask in (None, padding, causal_mask(5)):
        given = x.clone(), None if mask is None else mask.clone()
        maps, hidden = maps_of(encoder, *given), x
        assert len(maps) == 3, "number"
        for number, (layer, got) in enumerate(zip(encoder.layers, maps)):
            output, weights = layer(hidden, hidden, hidden, mask)
            hidden = hidden + output
            assert got.shape == weights.shape, "shape"
            assert (got - weights).abs().mean() < 1e-3, "weights"
        assert torch.equal(given[0], x), "x"
        assert mask is None or torch.equal(given[1], mask), "mask"


# %% wrong: has one head only | says: heads in another order
def check_maps(maps_of):
    torch.manual_seed(7)
    encoder, x = Encoder(6, heads=1, depth=3), 2 * torch.randn(4, 5, 6)
    padding = torch.arange(5) < torch.tensor([5, 3, 1, 4])[:, None, None]
    for mask in (None, padding, causal_mask(5)):
        given = x.clone(), None if mask is None else mask.clone()
        maps, hidden = maps_of(encoder, *given), x
        assert len(maps) == 3, "number"
        for number, (layer, got) in enumerate(zip(encoder.layers, maps)):
            output, weights = layer(hidden, hidden, hidden, mask)
            hidden = hidden + output
            assert got.shape == weights.shape, "shape"
            assert torch.allclose(got, weights, atol=1e-4), "weights"
        assert torch.equal(given[0], x), "x"
        assert mask is None or torch.equal(given[1], mask), "mask"


# %% right: hooks record what the encoder itself uses
def check_maps(maps_of):
    torch.manual_seed(3)
    encoder, x = Encoder(10, heads=2, depth=4), 2 * torch.randn(3, 7, 10)
    padding = torch.arange(7) < torch.tensor([7, 2, 4])[:, None, None]
    for mask in (None, padding, causal_mask(7)):
        seen = []
        hooks = [
            layer.register_forward_hook(lambda *call: seen.append(call[-1][1]))
            for layer in encoder.layers
        ]
        encoder(x, mask)
        for hook in hooks:
            hook.remove()
        given = [x.clone(), None if mask is None else mask.clone()]
        maps = maps_of(encoder, *given)
        if len(maps) != len(seen):
            raise AssertionError("as many maps as layers, please")
        for one, other in zip(maps, seen):
            if one.shape != other.shape or not ((one - other).abs() < 1e-4).all():
                raise AssertionError("this is not what the encoder used")
        assert torch.equal(given[0], x)
        assert mask is None or torch.equal(given[1], mask)


# %% right: uses assert_close and a loop of its own
def check_maps(maps_of):
    noise = torch.Generator().manual_seed(11)
    encoder = Encoder(4, heads=2, depth=3)
    with torch.no_grad():
        for weights in encoder.parameters():
            weights.copy_(torch.randn(weights.shape, generator=noise) / 2)
    x = torch.randn(5, 3, 4, generator=noise)
    keys = torch.tensor([3, 2, 1, 3, 2])[:, None, None]
    for mask in (None, torch.arange(3) < keys, causal_mask(3)):
        before = (x.clone(), None if mask is None else mask.clone())
        maps, hidden = list(maps_of(encoder, x, mask)), before[0]
        assert len(maps) == 3, "number of maps"
        for layer, got in zip(encoder.layers, maps):
            output, wanted = layer(hidden, hidden, hidden, before[1])
            torch.testing.assert_close(got, wanted, atol=1e-4, rtol=0)
            hidden = hidden + output
        assert torch.equal(x, before[0]), "x"
        assert mask is None or torch.equal(mask, before[1]), "mask"
