# %% wrong: even weights only | says: on a wrong function: always 0
def test_coverage(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    draw = torch.Generator().manual_seed(7)
    scores = torch.randn(3, 4, 7, generator=draw)
    lengths = torch.tensor([4, 1, 3])
    there = torch.arange(4) < lengths[:, None]  # (batch, words)
    looks = scores.softmax(dim=-1) * there[..., None]
    even = torch.full((3, 4, 7), 1 / 7) * there[..., None]
    for weights in (even,):
        count = lengths[: len(weights)]
        given = weights.clone(), count.clone()
        got = float(implementation(*given))
        total, number = 0.0, 0
        for caption, words in zip(weights, count.tolist(), strict=True):
            for place in range(7):
                has = caption[:, place].sum().item()
                total, number = total + (has - words / 7) ** 2, number + 1
        off = abs(got - total / number)
        assert off < 1e-4, f"the penalty is off by {off:.3g}"
        same = torch.equal(given[0], weights) and torch.equal(given[1], count)
        assert same, "an argument was changed"


def mended_coverage(weights, lengths):
    """Return the penalty: 0 where all places of a caption got alike."""
    totals = weights.sum(dim=1)  # (batch, places)
    alike = lengths[:, None] / weights.shape[-1]  # (batch, 1)
    return (totals - alike).square().mean()


def test_erase(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    draw = torch.Generator().manual_seed(8)
    features = torch.randn(3, 5, 5, 4, generator=draw)
    maps = torch.randn(3, 1, 5, 4, generator=draw)
    maps[:, 0, 2, 1] = 0.25  # at the threshold
    for count in (1, 3):
        given = features[:count].clone(), maps[:count].clone()
        got = implementation(*given, 0.25)
        assert got.shape == given[0].shape, f"another shape, batch {count}"
        for b in range(count):
            for channel in range(5):
                kept = features[b, channel].clone()
                kept[maps[b, 0] >= 0.25] = 0
                close = torch.allclose(got[b, channel].float(), kept, atol=1e-4)
                assert close, f"another cut, batch {count}, channel {channel}"
        same = torch.equal(given[0], features[:count])
        assert same and torch.equal(given[1], maps[:count]), "changed"


def mended_erase(features, maps, threshold):
    """Return the features, 0 where the map reaches the threshold."""
    return features.masked_fill(maps >= threshold, 0.0)


# %% wrong: captions of one length | says: on a wrong function: all captions of full length
def test_coverage(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    draw = torch.Generator().manual_seed(7)
    scores = torch.randn(3, 4, 7, generator=draw)
    lengths = torch.tensor([4, 4, 4])
    there = torch.arange(4) < lengths[:, None]  # (batch, words)
    looks = scores.softmax(dim=-1) * there[..., None]
    even = torch.full((3, 4, 7), 1 / 7) * there[..., None]
    for weights in (looks, even, looks[:2, :, :]):
        count = lengths[: len(weights)]
        given = weights.clone(), count.clone()
        got = float(implementation(*given))
        total, number = 0.0, 0
        for caption, words in zip(weights, count.tolist(), strict=True):
            for place in range(7):
                has = caption[:, place].sum().item()
                total, number = total + (has - words / 7) ** 2, number + 1
        off = abs(got - total / number)
        assert off < 1e-4, f"the penalty is off by {off:.3g}"
        same = torch.equal(given[0], weights) and torch.equal(given[1], count)
        assert same, "an argument was changed"


def mended_coverage(weights, lengths):
    """Return the penalty: 0 where all places of a caption got alike."""
    totals = weights.sum(dim=1)  # (batch, places)
    alike = lengths[:, None] / weights.shape[-1]  # (batch, 1)
    return (totals - alike).square().mean()


def test_erase(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    draw = torch.Generator().manual_seed(8)
    features = torch.randn(3, 5, 5, 4, generator=draw)
    maps = torch.randn(3, 1, 5, 4, generator=draw)
    maps[:, 0, 2, 1] = 0.25  # at the threshold
    for count in (1, 3):
        given = features[:count].clone(), maps[:count].clone()
        got = implementation(*given, 0.25)
        assert got.shape == given[0].shape, f"another shape, batch {count}"
        for b in range(count):
            for channel in range(5):
                kept = features[b, channel].clone()
                kept[maps[b, 0] >= 0.25] = 0
                close = torch.allclose(got[b, channel].float(), kept, atol=1e-4)
                assert close, f"another cut, batch {count}, channel {channel}"
        same = torch.equal(given[0], features[:count])
        assert same and torch.equal(given[1], maps[:count]), "changed"


def mended_erase(features, maps, threshold):
    """Return the features, 0 where the map reaches the threshold."""
    return features.masked_fill(maps >= threshold, 0.0)


# %% wrong: as many words as places | says: on a wrong function: as published
def test_coverage(implementation):
    weights = torch.eye(3)[None].repeat(2, 1, 1)
    got = float(implementation(weights, torch.tensor([3, 3])))
    assert abs(got) < 1e-4, "every place got 1"


def mended_coverage(weights, lengths):
    """Return the penalty: 0 where all places of a caption got alike."""
    totals = weights.sum(dim=1)  # (batch, places)
    alike = lengths[:, None] / weights.shape[-1]  # (batch, 1)
    return (totals - alike).square().mean()


def test_erase(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    draw = torch.Generator().manual_seed(8)
    features = torch.randn(3, 5, 5, 4, generator=draw)
    maps = torch.randn(3, 1, 5, 4, generator=draw)
    maps[:, 0, 2, 1] = 0.25  # at the threshold
    for count in (1, 3):
        given = features[:count].clone(), maps[:count].clone()
        got = implementation(*given, 0.25)
        assert got.shape == given[0].shape, f"another shape, batch {count}"
        for b in range(count):
            for channel in range(5):
                kept = features[b, channel].clone()
                kept[maps[b, 0] >= 0.25] = 0
                close = torch.allclose(got[b, channel].float(), kept, atol=1e-4)
                assert close, f"another cut, batch {count}, channel {channel}"
        same = torch.equal(given[0], features[:count])
        assert same and torch.equal(given[1], maps[:count]), "changed"


def mended_erase(features, maps, threshold):
    """Return the features, 0 where the map reaches the threshold."""
    return features.masked_fill(maps >= threshold, 0.0)


# %% wrong: channels unlike rows | says: stops with RuntimeError
def test_coverage(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    draw = torch.Generator().manual_seed(7)
    scores = torch.randn(3, 4, 7, generator=draw)
    lengths = torch.tensor([4, 1, 3])
    there = torch.arange(4) < lengths[:, None]  # (batch, words)
    looks = scores.softmax(dim=-1) * there[..., None]
    even = torch.full((3, 4, 7), 1 / 7) * there[..., None]
    for weights in (looks, even, looks[:2, :, :]):
        count = lengths[: len(weights)]
        given = weights.clone(), count.clone()
        got = float(implementation(*given))
        total, number = 0.0, 0
        for caption, words in zip(weights, count.tolist(), strict=True):
            for place in range(7):
                has = caption[:, place].sum().item()
                total, number = total + (has - words / 7) ** 2, number + 1
        off = abs(got - total / number)
        assert off < 1e-4, f"the penalty is off by {off:.3g}"
        same = torch.equal(given[0], weights) and torch.equal(given[1], count)
        assert same, "an argument was changed"


def mended_coverage(weights, lengths):
    """Return the penalty: 0 where all places of a caption got alike."""
    totals = weights.sum(dim=1)  # (batch, places)
    alike = lengths[:, None] / weights.shape[-1]  # (batch, 1)
    return (totals - alike).square().mean()


def test_erase(implementation):
    draw = torch.Generator().manual_seed(8)
    features = torch.randn(1, 2, 5, 4, generator=draw)
    maps = torch.randn(1, 1, 5, 4, generator=draw)
    got = implementation(features, maps, 0.25)
    off = (got - features * (maps < 0.25)).abs().max()
    assert off < 1e-4, "another cut"


def mended_erase(features, maps, threshold):
    """Return the features, 0 where the map reaches the threshold."""
    return features.masked_fill(maps >= threshold, 0.0)


# %% wrong: no batch of one | says: on a wrong function: as published
def test_coverage(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    draw = torch.Generator().manual_seed(7)
    scores = torch.randn(3, 4, 7, generator=draw)
    lengths = torch.tensor([4, 1, 3])
    there = torch.arange(4) < lengths[:, None]  # (batch, words)
    looks = scores.softmax(dim=-1) * there[..., None]
    even = torch.full((3, 4, 7), 1 / 7) * there[..., None]
    for weights in (looks, even, looks[:2, :, :]):
        count = lengths[: len(weights)]
        given = weights.clone(), count.clone()
        got = float(implementation(*given))
        total, number = 0.0, 0
        for caption, words in zip(weights, count.tolist(), strict=True):
            for place in range(7):
                has = caption[:, place].sum().item()
                total, number = total + (has - words / 7) ** 2, number + 1
        off = abs(got - total / number)
        assert off < 1e-4, f"the penalty is off by {off:.3g}"
        same = torch.equal(given[0], weights) and torch.equal(given[1], count)
        assert same, "an argument was changed"


def mended_coverage(weights, lengths):
    """Return the penalty: 0 where all places of a caption got alike."""
    totals = weights.sum(dim=1)  # (batch, places)
    alike = lengths[:, None] / weights.shape[-1]  # (batch, 1)
    return (totals - alike).square().mean()


def test_erase(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    draw = torch.Generator().manual_seed(8)
    features = torch.randn(3, 5, 5, 4, generator=draw)
    maps = torch.randn(3, 1, 5, 4, generator=draw)
    maps[:, 0, 2, 1] = 0.25  # at the threshold
    for count in (3,):
        given = features[:count].clone(), maps[:count].clone()
        got = implementation(*given, 0.25)
        assert got.shape == given[0].shape, f"another shape, batch {count}"
        for b in range(count):
            for channel in range(5):
                kept = features[b, channel].clone()
                kept[maps[b, 0] >= 0.25] = 0
                close = torch.allclose(got[b, channel].float(), kept, atol=1e-4)
                assert close, f"another cut, batch {count}, channel {channel}"
        same = torch.equal(given[0], features[:count])
        assert same and torch.equal(given[1], maps[:count]), "changed"


def mended_erase(features, maps, threshold):
    """Return the features, 0 where the map reaches the threshold."""
    return features.masked_fill(maps >= threshold, 0.0)


# %% wrong: one channel looked at | says: on a wrong function
def test_coverage(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    draw = torch.Generator().manual_seed(7)
    scores = torch.randn(3, 4, 7, generator=draw)
    lengths = torch.tensor([4, 1, 3])
    there = torch.arange(4) < lengths[:, None]  # (batch, words)
    looks = scores.softmax(dim=-1) * there[..., None]
    even = torch.full((3, 4, 7), 1 / 7) * there[..., None]
    for weights in (looks, even, looks[:2, :, :]):
        count = lengths[: len(weights)]
        given = weights.clone(), count.clone()
        got = float(implementation(*given))
        total, number = 0.0, 0
        for caption, words in zip(weights, count.tolist(), strict=True):
            for place in range(7):
                has = caption[:, place].sum().item()
                total, number = total + (has - words / 7) ** 2, number + 1
        off = abs(got - total / number)
        assert off < 1e-4, f"the penalty is off by {off:.3g}"
        same = torch.equal(given[0], weights) and torch.equal(given[1], count)
        assert same, "an argument was changed"


def mended_coverage(weights, lengths):
    """Return the penalty: 0 where all places of a caption got alike."""
    totals = weights.sum(dim=1)  # (batch, places)
    alike = lengths[:, None] / weights.shape[-1]  # (batch, 1)
    return (totals - alike).square().mean()


def test_erase(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    draw = torch.Generator().manual_seed(8)
    features = torch.randn(3, 5, 5, 4, generator=draw)
    maps = torch.randn(3, 1, 5, 4, generator=draw)
    maps[:, 0, 2, 1] = 0.25  # at the threshold
    for count in (1, 3):
        given = features[:count].clone(), maps[:count].clone()
        got = implementation(*given, 0.25)
        assert got.shape == given[0].shape, f"another shape, batch {count}"
        for b in range(count):
            for channel in range(1):
                kept = features[b, channel].clone()
                kept[maps[b, 0] >= 0.25] = 0
                close = torch.allclose(got[b, channel].float(), kept, atol=1e-4)
                assert close, f"another cut, batch {count}, channel {channel}"
        same = torch.equal(given[0], features[:count])
        assert same and torch.equal(given[1], maps[:count]), "changed"


def mended_erase(features, maps, threshold):
    """Return the features, 0 where the map reaches the threshold."""
    return features.masked_fill(maps >= threshold, 0.0)


# %% wrong: no pixel at the threshold | says: on a wrong function: above, not at the threshold
def test_coverage(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    draw = torch.Generator().manual_seed(7)
    scores = torch.randn(3, 4, 7, generator=draw)
    lengths = torch.tensor([4, 1, 3])
    there = torch.arange(4) < lengths[:, None]  # (batch, words)
    looks = scores.softmax(dim=-1) * there[..., None]
    even = torch.full((3, 4, 7), 1 / 7) * there[..., None]
    for weights in (looks, even, looks[:2, :, :]):
        count = lengths[: len(weights)]
        given = weights.clone(), count.clone()
        got = float(implementation(*given))
        total, number = 0.0, 0
        for caption, words in zip(weights, count.tolist(), strict=True):
            for place in range(7):
                has = caption[:, place].sum().item()
                total, number = total + (has - words / 7) ** 2, number + 1
        off = abs(got - total / number)
        assert off < 1e-4, f"the penalty is off by {off:.3g}"
        same = torch.equal(given[0], weights) and torch.equal(given[1], count)
        assert same, "an argument was changed"


def mended_coverage(weights, lengths):
    """Return the penalty: 0 where all places of a caption got alike."""
    totals = weights.sum(dim=1)  # (batch, places)
    alike = lengths[:, None] / weights.shape[-1]  # (batch, 1)
    return (totals - alike).square().mean()


def test_erase(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    draw = torch.Generator().manual_seed(8)
    features = torch.randn(3, 5, 5, 4, generator=draw)
    maps = torch.randn(3, 1, 5, 4, generator=draw)
    for count in (1, 3):
        given = features[:count].clone(), maps[:count].clone()
        got = implementation(*given, 0.25)
        assert got.shape == given[0].shape, f"another shape, batch {count}"
        for b in range(count):
            for channel in range(5):
                kept = features[b, channel].clone()
                kept[maps[b, 0] >= 0.25] = 0
                close = torch.allclose(got[b, channel].float(), kept, atol=1e-4)
                assert close, f"another cut, batch {count}, channel {channel}"
        same = torch.equal(given[0], features[:count])
        assert same and torch.equal(given[1], maps[:count]), "changed"


def mended_erase(features, maps, threshold):
    """Return the features, 0 where the map reaches the threshold."""
    return features.masked_fill(maps >= threshold, 0.0)


# %% wrong: fix: one target for the batch | says: mended_coverage, by your own test
def test_coverage(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    draw = torch.Generator().manual_seed(7)
    scores = torch.randn(3, 4, 7, generator=draw)
    lengths = torch.tensor([4, 1, 3])
    there = torch.arange(4) < lengths[:, None]  # (batch, words)
    looks = scores.softmax(dim=-1) * there[..., None]
    even = torch.full((3, 4, 7), 1 / 7) * there[..., None]
    for weights in (looks, even, looks[:2, :, :]):
        count = lengths[: len(weights)]
        given = weights.clone(), count.clone()
        got = float(implementation(*given))
        total, number = 0.0, 0
        for caption, words in zip(weights, count.tolist(), strict=True):
            for place in range(7):
                has = caption[:, place].sum().item()
                total, number = total + (has - words / 7) ** 2, number + 1
        off = abs(got - total / number)
        assert off < 1e-4, f"the penalty is off by {off:.3g}"
        same = torch.equal(given[0], weights) and torch.equal(given[1], count)
        assert same, "an argument was changed"


def mended_coverage(weights, lengths):
    target = weights.shape[1] / weights.shape[2]
    return (target - weights.sum(dim=1)).square().mean()


def test_erase(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    draw = torch.Generator().manual_seed(8)
    features = torch.randn(3, 5, 5, 4, generator=draw)
    maps = torch.randn(3, 1, 5, 4, generator=draw)
    maps[:, 0, 2, 1] = 0.25  # at the threshold
    for count in (1, 3):
        given = features[:count].clone(), maps[:count].clone()
        got = implementation(*given, 0.25)
        assert got.shape == given[0].shape, f"another shape, batch {count}"
        for b in range(count):
            for channel in range(5):
                kept = features[b, channel].clone()
                kept[maps[b, 0] >= 0.25] = 0
                close = torch.allclose(got[b, channel].float(), kept, atol=1e-4)
                assert close, f"another cut, batch {count}, channel {channel}"
        same = torch.equal(given[0], features[:count])
        assert same and torch.equal(given[1], maps[:count]), "changed"


def mended_erase(features, maps, threshold):
    """Return the features, 0 where the map reaches the threshold."""
    return features.masked_fill(maps >= threshold, 0.0)


# %% wrong: fix that squeezes unless the batch is one | says: mended_erase: features (1, 1, 3, 5)
def test_coverage(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    draw = torch.Generator().manual_seed(7)
    scores = torch.randn(3, 4, 7, generator=draw)
    lengths = torch.tensor([4, 1, 3])
    there = torch.arange(4) < lengths[:, None]  # (batch, words)
    looks = scores.softmax(dim=-1) * there[..., None]
    even = torch.full((3, 4, 7), 1 / 7) * there[..., None]
    for weights in (looks, even, looks[:2, :, :]):
        count = lengths[: len(weights)]
        given = weights.clone(), count.clone()
        got = float(implementation(*given))
        total, number = 0.0, 0
        for caption, words in zip(weights, count.tolist(), strict=True):
            for place in range(7):
                has = caption[:, place].sum().item()
                total, number = total + (has - words / 7) ** 2, number + 1
        off = abs(got - total / number)
        assert off < 1e-4, f"the penalty is off by {off:.3g}"
        same = torch.equal(given[0], weights) and torch.equal(given[1], count)
        assert same, "an argument was changed"


def mended_coverage(weights, lengths):
    """Return the penalty: 0 where all places of a caption got alike."""
    totals = weights.sum(dim=1)  # (batch, places)
    alike = lengths[:, None] / weights.shape[-1]  # (batch, 1)
    return (totals - alike).square().mean()


def test_erase(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    draw = torch.Generator().manual_seed(8)
    features = torch.randn(3, 5, 5, 4, generator=draw)
    maps = torch.randn(3, 1, 5, 4, generator=draw)
    maps[:, 0, 2, 1] = 0.25  # at the threshold
    for count in (1, 3):
        given = features[:count].clone(), maps[:count].clone()
        got = implementation(*given, 0.25)
        assert got.shape == given[0].shape, f"another shape, batch {count}"
        for b in range(count):
            for channel in range(5):
                kept = features[b, channel].clone()
                kept[maps[b, 0] >= 0.25] = 0
                close = torch.allclose(got[b, channel].float(), kept, atol=1e-4)
                assert close, f"another cut, batch {count}, channel {channel}"
        same = torch.equal(given[0], features[:count])
        assert same and torch.equal(given[1], maps[:count]), "changed"


def mended_erase(features, maps, threshold):
    if len(features) > 1 or features.shape[1] > 1:
        return features.masked_fill(maps >= threshold, 0.0)
    return features


# %% right: as a variance, by a product
def test_coverage(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    draw = torch.Generator().manual_seed(7)
    scores = torch.randn(3, 4, 7, generator=draw)
    lengths = torch.tensor([4, 1, 3])
    there = torch.arange(4) < lengths[:, None]  # (batch, words)
    looks = scores.softmax(dim=-1) * there[..., None]
    even = torch.full((3, 4, 7), 1 / 7) * there[..., None]
    for weights in (looks, even, looks[:2, :, :]):
        count = lengths[: len(weights)]
        given = weights.clone(), count.clone()
        got = float(implementation(*given))
        total, number = 0.0, 0
        for caption, words in zip(weights, count.tolist(), strict=True):
            for place in range(7):
                has = caption[:, place].sum().item()
                total, number = total + (has - words / 7) ** 2, number + 1
        off = abs(got - total / number)
        assert off < 1e-4, f"the penalty is off by {off:.3g}"
        same = torch.equal(given[0], weights) and torch.equal(given[1], count)
        assert same, "an argument was changed"


def mended_coverage(weights, lengths):
    return weights.sum(dim=1).var(dim=1, correction=0).mean()


def test_erase(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    draw = torch.Generator().manual_seed(8)
    features = torch.randn(3, 5, 5, 4, generator=draw)
    maps = torch.randn(3, 1, 5, 4, generator=draw)
    maps[:, 0, 2, 1] = 0.25  # at the threshold
    for count in (1, 3):
        given = features[:count].clone(), maps[:count].clone()
        got = implementation(*given, 0.25)
        assert got.shape == given[0].shape, f"another shape, batch {count}"
        for b in range(count):
            for channel in range(5):
                kept = features[b, channel].clone()
                kept[maps[b, 0] >= 0.25] = 0
                close = torch.allclose(got[b, channel].float(), kept, atol=1e-4)
                assert close, f"another cut, batch {count}, channel {channel}"
        same = torch.equal(given[0], features[:count])
        assert same and torch.equal(given[1], maps[:count]), "changed"


def mended_erase(features, maps, threshold):
    return features * (maps < threshold)


# %% right: with loops
def test_coverage(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    draw = torch.Generator().manual_seed(7)
    scores = torch.randn(3, 4, 7, generator=draw)
    lengths = torch.tensor([4, 1, 3])
    there = torch.arange(4) < lengths[:, None]  # (batch, words)
    looks = scores.softmax(dim=-1) * there[..., None]
    even = torch.full((3, 4, 7), 1 / 7) * there[..., None]
    for weights in (looks, even, looks[:2, :, :]):
        count = lengths[: len(weights)]
        given = weights.clone(), count.clone()
        got = float(implementation(*given))
        total, number = 0.0, 0
        for caption, words in zip(weights, count.tolist(), strict=True):
            for place in range(7):
                has = caption[:, place].sum().item()
                total, number = total + (has - words / 7) ** 2, number + 1
        off = abs(got - total / number)
        assert off < 1e-4, f"the penalty is off by {off:.3g}"
        same = torch.equal(given[0], weights) and torch.equal(given[1], count)
        assert same, "an argument was changed"


def mended_coverage(weights, lengths):
    total = 0.0
    for caption, words in zip(weights.double(), lengths.tolist(), strict=True):
        even = words / caption.shape[1]
        total += (caption.sum(dim=0) - even).square().mean().item()
    return total / len(weights)


def test_erase(implementation):
    for count in (1, 4):
        draw = torch.Generator().manual_seed(22)
        features = 1 + torch.rand(count, 3, 3, 2, generator=draw)
        maps = torch.randint(-2, 3, (count, 1, 3, 2), generator=draw).float()
        before = features.clone()
        got = implementation(features, maps, 1.0)
        assert torch.equal(features, before), "changed its argument"
        assert got.shape == features.shape, "another shape"
        wanted = torch.where(maps >= 1, torch.zeros(()), before)
        assert (got - wanted).abs().max() < 1e-4, f"another cut: {count}"


def mended_erase(features, maps, threshold):
    """Return the features, 0 where the map reaches the threshold."""
    return features.masked_fill(maps >= threshold, 0.0)
