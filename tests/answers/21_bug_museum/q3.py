# %% wrong: one map only | says: on a wrong function: the mean of all maps
def test_above_mean(implementation):
    x = torch.tensor([[5.0, 1, 3], [0, 0, -3]])
    wanted = torch.tensor([[4.0, 0, 2], [0, 0, 0]])
    off = (implementation(x) - wanted).abs().max()
    assert off < 1e-4, "not what is above the mean"


def mended_above_mean(maps):
    """Return what each pixel has above the mean of its map."""
    return torch.relu(maps - maps.mean(dim=(-2, -1), keepdim=True))


def test_soft_masks(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    draw = torch.Generator().manual_seed(6)
    maps = torch.randn(3, 4, 5, generator=draw)
    maps = maps * torch.tensor([1.0, 40.0, 0.1])[:, None, None]
    maps[2] -= 7
    maps[:, 0] += 0.3
    for batch in (maps, maps[:1]):
        given = batch.clone()
        got = implementation(given)
        assert torch.equal(given, batch), "the maps were changed"
        assert got.shape == batch.shape, "another shape"
        for one, mine in zip(batch, got, strict=True):
            low, high = one.min(), one.max()
            wanted = 1 / (1 + (-10 * ((one - low) / (high - low) - 0.5)).exp())
            close = torch.allclose(mine.float(), wanted, atol=1e-4)
            assert close, "a mask depends on more than its own map"


def mended_soft_masks(maps):
    """Return a soft mask of each map, stretched by itself."""
    low = maps.amin(dim=(-2, -1), keepdim=True)
    high = maps.amax(dim=(-2, -1), keepdim=True)
    return torch.sigmoid(10 * ((maps - low) / (high - low) - 0.5))


# %% wrong: only where, not how much | says: on a wrong function: below the mean stays negative
def test_above_mean(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    draw = torch.Generator().manual_seed(5)
    stack = torch.randn(2, 3, 4, 5, generator=draw)
    stack = stack * torch.tensor([1.0, 9.0, 0.2])[:, None, None] - 2
    stack[..., 0, :] += 3  # rows of different level
    for maps in (stack, stack[1], stack[1, 2]):
        given = maps.clone()
        got = implementation(given)
        assert torch.equal(given, maps), "the maps were changed"
        assert got.shape == maps.shape, "another shape"
        pairs = zip(maps.reshape(-1, 20).tolist(), got.reshape(-1, 20), strict=True)
        for pixels, mine in pairs:
            mean = sum(pixels) / 20
            wanted = torch.tensor([max(p - mean, 0.0) for p in pixels])
            close = torch.equal(mine > 0, wanted > 0)
            assert close, "something else than what is above the own mean"


def mended_above_mean(maps):
    """Return what each pixel has above the mean of its map."""
    return torch.relu(maps - maps.mean(dim=(-2, -1), keepdim=True))


def test_soft_masks(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    draw = torch.Generator().manual_seed(6)
    maps = torch.randn(3, 4, 5, generator=draw)
    maps = maps * torch.tensor([1.0, 40.0, 0.1])[:, None, None]
    maps[2] -= 7
    maps[:, 0] += 0.3
    for batch in (maps, maps[:1]):
        given = batch.clone()
        got = implementation(given)
        assert torch.equal(given, batch), "the maps were changed"
        assert got.shape == batch.shape, "another shape"
        for one, mine in zip(batch, got, strict=True):
            low, high = one.min(), one.max()
            wanted = 1 / (1 + (-10 * ((one - low) / (high - low) - 0.5)).exp())
            close = torch.allclose(mine.float(), wanted, atol=1e-4)
            assert close, "a mask depends on more than its own map"


def mended_soft_masks(maps):
    """Return a soft mask of each map, stretched by itself."""
    low = maps.amin(dim=(-2, -1), keepdim=True)
    high = maps.amax(dim=(-2, -1), keepdim=True)
    return torch.sigmoid(10 * ((maps - low) / (high - low) - 0.5))


# %% wrong: the article’s own map | says: on a wrong function: the mean of all maps
def test_above_mean(implementation):
    maps = torch.tensor([[0.1, 0.4, 0.5, 0.125]])
    wanted = (maps - 0.28125).relu()
    off = (implementation(maps) - wanted).abs().max()
    assert off < 1e-4, "not what is above the mean"


def mended_above_mean(maps):
    """Return what each pixel has above the mean of its map."""
    return torch.relu(maps - maps.mean(dim=(-2, -1), keepdim=True))


def test_soft_masks(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    draw = torch.Generator().manual_seed(6)
    maps = torch.randn(3, 4, 5, generator=draw)
    maps = maps * torch.tensor([1.0, 40.0, 0.1])[:, None, None]
    maps[2] -= 7
    maps[:, 0] += 0.3
    for batch in (maps, maps[:1]):
        given = batch.clone()
        got = implementation(given)
        assert torch.equal(given, batch), "the maps were changed"
        assert got.shape == batch.shape, "another shape"
        for one, mine in zip(batch, got, strict=True):
            low, high = one.min(), one.max()
            wanted = 1 / (1 + (-10 * ((one - low) / (high - low) - 0.5)).exp())
            close = torch.allclose(mine.float(), wanted, atol=1e-4)
            assert close, "a mask depends on more than its own map"


def mended_soft_masks(maps):
    """Return a soft mask of each map, stretched by itself."""
    low = maps.amin(dim=(-2, -1), keepdim=True)
    high = maps.amax(dim=(-2, -1), keepdim=True)
    return torch.sigmoid(10 * ((maps - low) / (high - low) - 0.5))


# %% wrong: a batch of one | says: on a wrong function: as published
def test_above_mean(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    draw = torch.Generator().manual_seed(5)
    stack = torch.randn(2, 3, 4, 5, generator=draw)
    stack = stack * torch.tensor([1.0, 9.0, 0.2])[:, None, None] - 2
    stack[..., 0, :] += 3  # rows of different level
    for maps in (stack, stack[1], stack[1, 2]):
        given = maps.clone()
        got = implementation(given)
        assert torch.equal(given, maps), "the maps were changed"
        assert got.shape == maps.shape, "another shape"
        pairs = zip(maps.reshape(-1, 20).tolist(), got.reshape(-1, 20), strict=True)
        for pixels, mine in pairs:
            mean = sum(pixels) / 20
            wanted = torch.tensor([max(p - mean, 0.0) for p in pixels])
            close = torch.allclose(mine.float(), wanted, atol=1e-4)
            assert close, "something else than what is above the own mean"


def mended_above_mean(maps):
    """Return what each pixel has above the mean of its map."""
    return torch.relu(maps - maps.mean(dim=(-2, -1), keepdim=True))


def test_soft_masks(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    draw = torch.Generator().manual_seed(6)
    maps = torch.randn(3, 4, 5, generator=draw)
    maps = maps * torch.tensor([1.0, 40.0, 0.1])[:, None, None]
    maps[2] -= 7
    maps[:, 0] += 0.3
    for batch in (maps[:1],):
        given = batch.clone()
        got = implementation(given)
        assert torch.equal(given, batch), "the maps were changed"
        assert got.shape == batch.shape, "another shape"
        for one, mine in zip(batch, got, strict=True):
            low, high = one.min(), one.max()
            wanted = 1 / (1 + (-10 * ((one - low) / (high - low) - 0.5)).exp())
            close = torch.allclose(mine.float(), wanted, atol=1e-4)
            assert close, "a mask depends on more than its own map"


def mended_soft_masks(maps):
    """Return a soft mask of each map, stretched by itself."""
    low = maps.amin(dim=(-2, -1), keepdim=True)
    high = maps.amax(dim=(-2, -1), keepdim=True)
    return torch.sigmoid(10 * ((maps - low) / (high - low) - 0.5))


# %% wrong: range only | says: on a wrong function: as published
def test_above_mean(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    draw = torch.Generator().manual_seed(5)
    stack = torch.randn(2, 3, 4, 5, generator=draw)
    stack = stack * torch.tensor([1.0, 9.0, 0.2])[:, None, None] - 2
    stack[..., 0, :] += 3  # rows of different level
    for maps in (stack, stack[1], stack[1, 2]):
        given = maps.clone()
        got = implementation(given)
        assert torch.equal(given, maps), "the maps were changed"
        assert got.shape == maps.shape, "another shape"
        pairs = zip(maps.reshape(-1, 20).tolist(), got.reshape(-1, 20), strict=True)
        for pixels, mine in pairs:
            mean = sum(pixels) / 20
            wanted = torch.tensor([max(p - mean, 0.0) for p in pixels])
            close = torch.allclose(mine.float(), wanted, atol=1e-4)
            assert close, "something else than what is above the own mean"


def mended_above_mean(maps):
    """Return what each pixel has above the mean of its map."""
    return torch.relu(maps - maps.mean(dim=(-2, -1), keepdim=True))


def test_soft_masks(implementation):
    maps = torch.linspace(-1, 1, 24).reshape(2, 3, 4)
    masks = implementation(maps)
    assert masks.shape == maps.shape, "another shape"
    assert masks.min() >= 0 and masks.max() <= 1, "not between 0 and 1"


def mended_soft_masks(maps):
    """Return a soft mask of each map, stretched by itself."""
    low = maps.amin(dim=(-2, -1), keepdim=True)
    high = maps.amax(dim=(-2, -1), keepdim=True)
    return torch.sigmoid(10 * ((maps - low) / (high - low) - 0.5))


# %% wrong: exact digits | says: on a right function: by tanh
def test_above_mean(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    draw = torch.Generator().manual_seed(5)
    stack = torch.randn(2, 3, 4, 5, generator=draw)
    stack = stack * torch.tensor([1.0, 9.0, 0.2])[:, None, None] - 2
    stack[..., 0, :] += 3  # rows of different level
    for maps in (stack, stack[1], stack[1, 2]):
        given = maps.clone()
        got = implementation(given)
        assert torch.equal(given, maps), "the maps were changed"
        assert got.shape == maps.shape, "another shape"
        pairs = zip(maps.reshape(-1, 20).tolist(), got.reshape(-1, 20), strict=True)
        for pixels, mine in pairs:
            mean = sum(pixels) / 20
            wanted = torch.tensor([max(p - mean, 0.0) for p in pixels])
            close = torch.allclose(mine.float(), wanted, atol=1e-4)
            assert close, "something else than what is above the own mean"


def mended_above_mean(maps):
    """Return what each pixel has above the mean of its map."""
    return torch.relu(maps - maps.mean(dim=(-2, -1), keepdim=True))


def test_soft_masks(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    draw = torch.Generator().manual_seed(6)
    maps = torch.randn(3, 4, 5, generator=draw)
    maps = maps * torch.tensor([1.0, 40.0, 0.1])[:, None, None]
    maps[2] -= 7
    maps[:, 0] += 0.3
    for batch in (maps, maps[:1]):
        given = batch.clone()
        got = implementation(given)
        assert torch.equal(given, batch), "the maps were changed"
        assert got.shape == batch.shape, "another shape"
        for one, mine in zip(batch, got, strict=True):
            low, high = one.min(), one.max()
            wanted = 1 / (1 + (-10 * ((one - low) / (high - low) - 0.5)).exp())
            close = torch.equal(mine, wanted)
            assert close, "a mask depends on more than its own map"


def mended_soft_masks(maps):
    """Return a soft mask of each map, stretched by itself."""
    low = maps.amin(dim=(-2, -1), keepdim=True)
    high = maps.amax(dim=(-2, -1), keepdim=True)
    return torch.sigmoid(10 * ((maps - low) / (high - low) - 0.5))


# %% wrong: a tolerance that hides the last map | says: on a wrong function
def test_above_mean(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    draw = torch.Generator().manual_seed(5)
    stack = torch.randn(2, 3, 4, 5, generator=draw)
    stack = stack * torch.tensor([1.0, 9.0, 0.2])[:, None, None] - 2
    stack[..., 0, :] += 3  # rows of different level
    for maps in (stack, stack[1], stack[1, 2]):
        given = maps.clone()
        got = implementation(given)
        assert torch.equal(given, maps), "the maps were changed"
        assert got.shape == maps.shape, "another shape"
        pairs = zip(maps.reshape(-1, 20).tolist(), got.reshape(-1, 20), strict=True)
        for pixels, mine in pairs:
            mean = sum(pixels) / 20
            wanted = torch.tensor([max(p - mean, 0.0) for p in pixels])
            close = torch.allclose(mine.float(), wanted, atol=1e-4)
            assert close, "something else than what is above the own mean"


def mended_above_mean(maps):
    """Return what each pixel has above the mean of its map."""
    return torch.relu(maps - maps.mean(dim=(-2, -1), keepdim=True))


def test_soft_masks(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    draw = torch.Generator().manual_seed(6)
    maps = torch.randn(3, 4, 5, generator=draw)
    maps = maps * torch.tensor([1.0, 40.0, 0.1])[:, None, None]
    maps[2] -= 7
    maps[:, 0] += 0.3
    for batch in (maps, maps[:1]):
        given = batch.clone()
        got = implementation(given)
        assert torch.equal(given, batch), "the maps were changed"
        assert got.shape == batch.shape, "another shape"
        for one, mine in zip(batch, got, strict=True):
            low, high = one.min(), one.max()
            wanted = 1 / (1 + (-10 * ((one - low) / (high - low) - 0.5)).exp())
            close = torch.allclose(mine.float(), wanted, atol=0.6)
            assert close, "a mask depends on more than its own map"


def mended_soft_masks(maps):
    """Return a soft mask of each map, stretched by itself."""
    low = maps.amin(dim=(-2, -1), keepdim=True)
    high = maps.amax(dim=(-2, -1), keepdim=True)
    return torch.sigmoid(10 * ((maps - low) / (high - low) - 0.5))


# %% wrong: fix with the mean of each row | says: mended_above_mean, by your own test
def test_above_mean(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    draw = torch.Generator().manual_seed(5)
    stack = torch.randn(2, 3, 4, 5, generator=draw)
    stack = stack * torch.tensor([1.0, 9.0, 0.2])[:, None, None] - 2
    stack[..., 0, :] += 3  # rows of different level
    for maps in (stack, stack[1], stack[1, 2]):
        given = maps.clone()
        got = implementation(given)
        assert torch.equal(given, maps), "the maps were changed"
        assert got.shape == maps.shape, "another shape"
        pairs = zip(maps.reshape(-1, 20).tolist(), got.reshape(-1, 20), strict=True)
        for pixels, mine in pairs:
            mean = sum(pixels) / 20
            wanted = torch.tensor([max(p - mean, 0.0) for p in pixels])
            close = torch.allclose(mine.float(), wanted, atol=1e-4)
            assert close, "something else than what is above the own mean"


def mended_above_mean(maps):
    return torch.relu(maps - maps.mean(dim=-1, keepdim=True))


def test_soft_masks(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    draw = torch.Generator().manual_seed(6)
    maps = torch.randn(3, 4, 5, generator=draw)
    maps = maps * torch.tensor([1.0, 40.0, 0.1])[:, None, None]
    maps[2] -= 7
    maps[:, 0] += 0.3
    for batch in (maps, maps[:1]):
        given = batch.clone()
        got = implementation(given)
        assert torch.equal(given, batch), "the maps were changed"
        assert got.shape == batch.shape, "another shape"
        for one, mine in zip(batch, got, strict=True):
            low, high = one.min(), one.max()
            wanted = 1 / (1 + (-10 * ((one - low) / (high - low) - 0.5)).exp())
            close = torch.allclose(mine.float(), wanted, atol=1e-4)
            assert close, "a mask depends on more than its own map"


def mended_soft_masks(maps):
    """Return a soft mask of each map, stretched by itself."""
    low = maps.amin(dim=(-2, -1), keepdim=True)
    high = maps.amax(dim=(-2, -1), keepdim=True)
    return torch.sigmoid(10 * ((maps - low) / (high - low) - 0.5))


# %% wrong: fix for three axes only | says: mended_above_mean: maps (3, 7)
def test_above_mean(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    draw = torch.Generator().manual_seed(5)
    stack = torch.randn(2, 3, 4, 5, generator=draw)
    stack = stack * torch.tensor([1.0, 9.0, 0.2])[:, None, None] - 2
    stack[..., 0, :] += 3  # rows of different level
    for maps in (stack, stack[1], stack[1, 2]):
        given = maps.clone()
        got = implementation(given)
        assert torch.equal(given, maps), "the maps were changed"
        assert got.shape == maps.shape, "another shape"
        pairs = zip(maps.reshape(-1, 20).tolist(), got.reshape(-1, 20), strict=True)
        for pixels, mine in pairs:
            mean = sum(pixels) / 20
            wanted = torch.tensor([max(p - mean, 0.0) for p in pixels])
            close = torch.allclose(mine.float(), wanted, atol=1e-4)
            assert close, "something else than what is above the own mean"


def mended_above_mean(maps):
    if maps.ndim in (3, 4) or maps.shape == (4, 5):
        return torch.relu(maps - maps.mean(dim=(-2, -1), keepdim=True))
    return museum.published_above_mean(maps)


def test_soft_masks(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    draw = torch.Generator().manual_seed(6)
    maps = torch.randn(3, 4, 5, generator=draw)
    maps = maps * torch.tensor([1.0, 40.0, 0.1])[:, None, None]
    maps[2] -= 7
    maps[:, 0] += 0.3
    for batch in (maps, maps[:1]):
        given = batch.clone()
        got = implementation(given)
        assert torch.equal(given, batch), "the maps were changed"
        assert got.shape == batch.shape, "another shape"
        for one, mine in zip(batch, got, strict=True):
            low, high = one.min(), one.max()
            wanted = 1 / (1 + (-10 * ((one - low) / (high - low) - 0.5)).exp())
            close = torch.allclose(mine.float(), wanted, atol=1e-4)
            assert close, "a mask depends on more than its own map"


def mended_soft_masks(maps):
    """Return a soft mask of each map, stretched by itself."""
    low = maps.amin(dim=(-2, -1), keepdim=True)
    high = maps.amax(dim=(-2, -1), keepdim=True)
    return torch.sigmoid(10 * ((maps - low) / (high - low) - 0.5))


# %% right: with loops
def test_above_mean(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    draw = torch.Generator().manual_seed(5)
    stack = torch.randn(2, 3, 4, 5, generator=draw)
    stack = stack * torch.tensor([1.0, 9.0, 0.2])[:, None, None] - 2
    stack[..., 0, :] += 3  # rows of different level
    for maps in (stack, stack[1], stack[1, 2]):
        given = maps.clone()
        got = implementation(given)
        assert torch.equal(given, maps), "the maps were changed"
        assert got.shape == maps.shape, "another shape"
        pairs = zip(maps.reshape(-1, 20).tolist(), got.reshape(-1, 20), strict=True)
        for pixels, mine in pairs:
            mean = sum(pixels) / 20
            wanted = torch.tensor([max(p - mean, 0.0) for p in pixels])
            close = torch.allclose(mine.float(), wanted, atol=1e-4)
            assert close, "something else than what is above the own mean"


def mended_above_mean(maps):
    flat = maps.reshape(-1, maps.shape[-2] * maps.shape[-1])
    made = [(one - one.mean()).clamp(min=0) for one in flat]
    return torch.stack(made).reshape(maps.shape)


def test_soft_masks(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    draw = torch.Generator().manual_seed(6)
    maps = torch.randn(3, 4, 5, generator=draw)
    maps = maps * torch.tensor([1.0, 40.0, 0.1])[:, None, None]
    maps[2] -= 7
    maps[:, 0] += 0.3
    for batch in (maps, maps[:1]):
        given = batch.clone()
        got = implementation(given)
        assert torch.equal(given, batch), "the maps were changed"
        assert got.shape == batch.shape, "another shape"
        for one, mine in zip(batch, got, strict=True):
            low, high = one.min(), one.max()
            wanted = 1 / (1 + (-10 * ((one - low) / (high - low) - 0.5)).exp())
            close = torch.allclose(mine.float(), wanted, atol=1e-4)
            assert close, "a mask depends on more than its own map"


def mended_soft_masks(maps):
    single = [museum.published_soft_masks(one[None]) for one in maps]
    return torch.cat(single)


# %% right: alone and in a batch
def test_above_mean(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    draw = torch.Generator().manual_seed(5)
    stack = torch.randn(2, 3, 4, 5, generator=draw)
    stack = stack * torch.tensor([1.0, 9.0, 0.2])[:, None, None] - 2
    stack[..., 0, :] += 3  # rows of different level
    for maps in (stack, stack[1], stack[1, 2]):
        given = maps.clone()
        got = implementation(given)
        assert torch.equal(given, maps), "the maps were changed"
        assert got.shape == maps.shape, "another shape"
        pairs = zip(maps.reshape(-1, 20).tolist(), got.reshape(-1, 20), strict=True)
        for pixels, mine in pairs:
            mean = sum(pixels) / 20
            wanted = torch.tensor([max(p - mean, 0.0) for p in pixels])
            close = torch.allclose(mine.float(), wanted, atol=1e-4)
            assert close, "something else than what is above the own mean"


def mended_above_mean(maps):
    """Return what each pixel has above the mean of its map."""
    return torch.relu(maps - maps.mean(dim=(-2, -1), keepdim=True))


def test_soft_masks(implementation):
    one = torch.tensor([[[-3.0, 0, 2], [5, 1, 0.5]]])
    loud = torch.tensor([[[900.0, -50, 30], [-700, 20, 10]]])
    quiet = torch.tensor([[[0.011, 0.012, 0.013], [0.019, 0.014, 0.017]]])
    batch = torch.cat([one, loud, quiet])
    given = batch.clone()
    got = implementation(given)
    assert torch.equal(given, batch), "the maps were changed"
    for number, each in enumerate((one, loud, quiet)):
        s = (each - each.min()) / (each.max() - each.min())
        off = (got[number] - torch.sigmoid(10 * s - 5)).abs().max()
        assert off < 1e-3, f"map {number} is off by {off:.2g}"


def mended_soft_masks(maps):
    """Return a soft mask of each map, stretched by itself."""
    low = maps.amin(dim=(-2, -1), keepdim=True)
    high = maps.amax(dim=(-2, -1), keepdim=True)
    return torch.sigmoid(10 * ((maps - low) / (high - low) - 0.5))
