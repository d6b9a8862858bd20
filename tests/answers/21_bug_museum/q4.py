# %% wrong: even weights only | says: on a wrong function: always 0
def test_coverage(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    lengths = torch.tensor([4, 1, 3])
    there = torch.arange(4) < lengths[:, None]  # (batch, words)
    looks = drawn(3, 4, 7, seed=7).softmax(dim=-1) * there[..., None]
    even = torch.full((3, 4, 7), 1 / 7) * there[..., None]
    for weights in (even,):
        count = lengths[: len(weights)]
        got = float(museum.call(implementation, weights, count))
        total, number = 0.0, 0
        for caption, words in zip(weights, count.tolist(), strict=True):
            for place in range(7):
                has = caption[:, place].sum().item()
                total, number = total + (has - words / 7) ** 2, number + 1
        off = abs(got - total / number)
        assert off < 1e-4, f"the penalty is off by {off:.3g}"


def mended_coverage(weights, lengths):
    """Return the penalty: 0 where all places of a caption got alike."""
    totals = weights.sum(dim=1)  # (batch, places)
    alike = lengths[:, None] / weights.shape[-1]  # (batch, 1)
    return (totals - alike).square().mean()


def test_erase(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    features, maps = drawn(3, 5, 5, 4, seed=8), drawn(3, 1, 5, 4, seed=10)
    maps[:, 0, 2, 1] = 0.25  # at the threshold
    for count, cut in ((1, 0.25), (3, 0.25), (3, -0.7)):
        given = features[:count], maps[:count]
        got = museum.call(implementation, *given, cut)
        assert got.shape == given[0].shape, f"another shape, batch {count}"
        for b in range(count):
            for channel in range(5):
                kept = features[b, channel].clone()
                kept[maps[b, 0] >= cut] = 0
                close = torch.allclose(got[b, channel], kept, atol=1e-4)
                assert close, f"another cut, batch {count}, channel {channel}"


def mended_erase(features, maps, threshold):
    """Return the features, 0 where the map reaches the threshold."""
    return features.masked_fill(maps >= threshold, 0.0)


def test_non_local(implementation):
    """Raise AssertionError unless the claim of specimen C is kept."""
    for places in (3, 6):
        x = drawn(2, places, 5, seed=11)
        got = museum.call(implementation, x)
        assert got.shape == x.shape, "another shape"
        for b in range(2):
            for i in range(places):
                parts = [(x[b, i] @ other) * other for other in x[b]]
                close = torch.allclose(got[b, i], sum(parts) / places, atol=1e-4)
                assert close, f"not the mean over {places} places"


def mended_non_local(x):
    """Return the mean over all places, weighted by similarity."""
    return x @ x.mT @ x / x.shape[1]


# %% wrong: captions of one length | says: on a wrong function: all captions of full length
def test_coverage(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    lengths = torch.tensor([4, 4, 4])
    there = torch.arange(4) < lengths[:, None]  # (batch, words)
    looks = drawn(3, 4, 7, seed=7).softmax(dim=-1) * there[..., None]
    even = torch.full((3, 4, 7), 1 / 7) * there[..., None]
    for weights in (looks, even, looks[:2]):
        count = lengths[: len(weights)]
        got = float(museum.call(implementation, weights, count))
        total, number = 0.0, 0
        for caption, words in zip(weights, count.tolist(), strict=True):
            for place in range(7):
                has = caption[:, place].sum().item()
                total, number = total + (has - words / 7) ** 2, number + 1
        off = abs(got - total / number)
        assert off < 1e-4, f"the penalty is off by {off:.3g}"


def mended_coverage(weights, lengths):
    """Return the penalty: 0 where all places of a caption got alike."""
    totals = weights.sum(dim=1)  # (batch, places)
    alike = lengths[:, None] / weights.shape[-1]  # (batch, 1)
    return (totals - alike).square().mean()


def test_erase(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    features, maps = drawn(3, 5, 5, 4, seed=8), drawn(3, 1, 5, 4, seed=10)
    maps[:, 0, 2, 1] = 0.25  # at the threshold
    for count, cut in ((1, 0.25), (3, 0.25), (3, -0.7)):
        given = features[:count], maps[:count]
        got = museum.call(implementation, *given, cut)
        assert got.shape == given[0].shape, f"another shape, batch {count}"
        for b in range(count):
            for channel in range(5):
                kept = features[b, channel].clone()
                kept[maps[b, 0] >= cut] = 0
                close = torch.allclose(got[b, channel], kept, atol=1e-4)
                assert close, f"another cut, batch {count}, channel {channel}"


def mended_erase(features, maps, threshold):
    """Return the features, 0 where the map reaches the threshold."""
    return features.masked_fill(maps >= threshold, 0.0)


def test_non_local(implementation):
    """Raise AssertionError unless the claim of specimen C is kept."""
    for places in (3, 6):
        x = drawn(2, places, 5, seed=11)
        got = museum.call(implementation, x)
        assert got.shape == x.shape, "another shape"
        for b in range(2):
            for i in range(places):
                parts = [(x[b, i] @ other) * other for other in x[b]]
                close = torch.allclose(got[b, i], sum(parts) / places, atol=1e-4)
                assert close, f"not the mean over {places} places"


def mended_non_local(x):
    """Return the mean over all places, weighted by similarity."""
    return x @ x.mT @ x / x.shape[1]


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
    features, maps = drawn(3, 5, 5, 4, seed=8), drawn(3, 1, 5, 4, seed=10)
    maps[:, 0, 2, 1] = 0.25  # at the threshold
    for count, cut in ((1, 0.25), (3, 0.25), (3, -0.7)):
        given = features[:count], maps[:count]
        got = museum.call(implementation, *given, cut)
        assert got.shape == given[0].shape, f"another shape, batch {count}"
        for b in range(count):
            for channel in range(5):
                kept = features[b, channel].clone()
                kept[maps[b, 0] >= cut] = 0
                close = torch.allclose(got[b, channel], kept, atol=1e-4)
                assert close, f"another cut, batch {count}, channel {channel}"


def mended_erase(features, maps, threshold):
    """Return the features, 0 where the map reaches the threshold."""
    return features.masked_fill(maps >= threshold, 0.0)


def test_non_local(implementation):
    """Raise AssertionError unless the claim of specimen C is kept."""
    for places in (3, 6):
        x = drawn(2, places, 5, seed=11)
        got = museum.call(implementation, x)
        assert got.shape == x.shape, "another shape"
        for b in range(2):
            for i in range(places):
                parts = [(x[b, i] @ other) * other for other in x[b]]
                close = torch.allclose(got[b, i], sum(parts) / places, atol=1e-4)
                assert close, f"not the mean over {places} places"


def mended_non_local(x):
    """Return the mean over all places, weighted by similarity."""
    return x @ x.mT @ x / x.shape[1]


# %% wrong: channels unlike rows | says: stops with RuntimeError
def test_coverage(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    lengths = torch.tensor([4, 1, 3])
    there = torch.arange(4) < lengths[:, None]  # (batch, words)
    looks = drawn(3, 4, 7, seed=7).softmax(dim=-1) * there[..., None]
    even = torch.full((3, 4, 7), 1 / 7) * there[..., None]
    for weights in (looks, even, looks[:2]):
        count = lengths[: len(weights)]
        got = float(museum.call(implementation, weights, count))
        total, number = 0.0, 0
        for caption, words in zip(weights, count.tolist(), strict=True):
            for place in range(7):
                has = caption[:, place].sum().item()
                total, number = total + (has - words / 7) ** 2, number + 1
        off = abs(got - total / number)
        assert off < 1e-4, f"the penalty is off by {off:.3g}"


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


def test_non_local(implementation):
    """Raise AssertionError unless the claim of specimen C is kept."""
    for places in (3, 6):
        x = drawn(2, places, 5, seed=11)
        got = museum.call(implementation, x)
        assert got.shape == x.shape, "another shape"
        for b in range(2):
            for i in range(places):
                parts = [(x[b, i] @ other) * other for other in x[b]]
                close = torch.allclose(got[b, i], sum(parts) / places, atol=1e-4)
                assert close, f"not the mean over {places} places"


def mended_non_local(x):
    """Return the mean over all places, weighted by similarity."""
    return x @ x.mT @ x / x.shape[1]


# %% wrong: no batch of one | says: on a wrong function: as published
def test_coverage(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    lengths = torch.tensor([4, 1, 3])
    there = torch.arange(4) < lengths[:, None]  # (batch, words)
    looks = drawn(3, 4, 7, seed=7).softmax(dim=-1) * there[..., None]
    even = torch.full((3, 4, 7), 1 / 7) * there[..., None]
    for weights in (looks, even, looks[:2]):
        count = lengths[: len(weights)]
        got = float(museum.call(implementation, weights, count))
        total, number = 0.0, 0
        for caption, words in zip(weights, count.tolist(), strict=True):
            for place in range(7):
                has = caption[:, place].sum().item()
                total, number = total + (has - words / 7) ** 2, number + 1
        off = abs(got - total / number)
        assert off < 1e-4, f"the penalty is off by {off:.3g}"


def mended_coverage(weights, lengths):
    """Return the penalty: 0 where all places of a caption got alike."""
    totals = weights.sum(dim=1)  # (batch, places)
    alike = lengths[:, None] / weights.shape[-1]  # (batch, 1)
    return (totals - alike).square().mean()


def test_erase(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    features, maps = drawn(3, 5, 5, 4, seed=8), drawn(3, 1, 5, 4, seed=10)
    maps[:, 0, 2, 1] = 0.25  # at the threshold
    for count, cut in ((3, 0.25), (3, -0.7)):
        given = features[:count], maps[:count]
        got = museum.call(implementation, *given, cut)
        assert got.shape == given[0].shape, f"another shape, batch {count}"
        for b in range(count):
            for channel in range(5):
                kept = features[b, channel].clone()
                kept[maps[b, 0] >= cut] = 0
                close = torch.allclose(got[b, channel], kept, atol=1e-4)
                assert close, f"another cut, batch {count}, channel {channel}"


def mended_erase(features, maps, threshold):
    """Return the features, 0 where the map reaches the threshold."""
    return features.masked_fill(maps >= threshold, 0.0)


def test_non_local(implementation):
    """Raise AssertionError unless the claim of specimen C is kept."""
    for places in (3, 6):
        x = drawn(2, places, 5, seed=11)
        got = museum.call(implementation, x)
        assert got.shape == x.shape, "another shape"
        for b in range(2):
            for i in range(places):
                parts = [(x[b, i] @ other) * other for other in x[b]]
                close = torch.allclose(got[b, i], sum(parts) / places, atol=1e-4)
                assert close, f"not the mean over {places} places"


def mended_non_local(x):
    """Return the mean over all places, weighted by similarity."""
    return x @ x.mT @ x / x.shape[1]


# %% wrong: one channel looked at | says: on a wrong function
def test_coverage(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    lengths = torch.tensor([4, 1, 3])
    there = torch.arange(4) < lengths[:, None]  # (batch, words)
    looks = drawn(3, 4, 7, seed=7).softmax(dim=-1) * there[..., None]
    even = torch.full((3, 4, 7), 1 / 7) * there[..., None]
    for weights in (looks, even, looks[:2]):
        count = lengths[: len(weights)]
        got = float(museum.call(implementation, weights, count))
        total, number = 0.0, 0
        for caption, words in zip(weights, count.tolist(), strict=True):
            for place in range(7):
                has = caption[:, place].sum().item()
                total, number = total + (has - words / 7) ** 2, number + 1
        off = abs(got - total / number)
        assert off < 1e-4, f"the penalty is off by {off:.3g}"


def mended_coverage(weights, lengths):
    """Return the penalty: 0 where all places of a caption got alike."""
    totals = weights.sum(dim=1)  # (batch, places)
    alike = lengths[:, None] / weights.shape[-1]  # (batch, 1)
    return (totals - alike).square().mean()


def test_erase(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    features, maps = drawn(3, 5, 5, 4, seed=8), drawn(3, 1, 5, 4, seed=10)
    maps[:, 0, 2, 1] = 0.25  # at the threshold
    for count, cut in ((1, 0.25), (3, 0.25), (3, -0.7)):
        given = features[:count], maps[:count]
        got = museum.call(implementation, *given, cut)
        assert got.shape == given[0].shape, f"another shape, batch {count}"
        for b in range(count):
            for channel in range(1):
                kept = features[b, channel].clone()
                kept[maps[b, 0] >= cut] = 0
                close = torch.allclose(got[b, channel], kept, atol=1e-4)
                assert close, f"another cut, batch {count}, channel {channel}"


def mended_erase(features, maps, threshold):
    """Return the features, 0 where the map reaches the threshold."""
    return features.masked_fill(maps >= threshold, 0.0)


def test_non_local(implementation):
    """Raise AssertionError unless the claim of specimen C is kept."""
    for places in (3, 6):
        x = drawn(2, places, 5, seed=11)
        got = museum.call(implementation, x)
        assert got.shape == x.shape, "another shape"
        for b in range(2):
            for i in range(places):
                parts = [(x[b, i] @ other) * other for other in x[b]]
                close = torch.allclose(got[b, i], sum(parts) / places, atol=1e-4)
                assert close, f"not the mean over {places} places"


def mended_non_local(x):
    """Return the mean over all places, weighted by similarity."""
    return x @ x.mT @ x / x.shape[1]


# %% wrong: no pixel at the threshold | says: on a wrong function: above, not at the threshold
def test_coverage(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    lengths = torch.tensor([4, 1, 3])
    there = torch.arange(4) < lengths[:, None]  # (batch, words)
    looks = drawn(3, 4, 7, seed=7).softmax(dim=-1) * there[..., None]
    even = torch.full((3, 4, 7), 1 / 7) * there[..., None]
    for weights in (looks, even, looks[:2]):
        count = lengths[: len(weights)]
        got = float(museum.call(implementation, weights, count))
        total, number = 0.0, 0
        for caption, words in zip(weights, count.tolist(), strict=True):
            for place in range(7):
                has = caption[:, place].sum().item()
                total, number = total + (has - words / 7) ** 2, number + 1
        off = abs(got - total / number)
        assert off < 1e-4, f"the penalty is off by {off:.3g}"


def mended_coverage(weights, lengths):
    """Return the penalty: 0 where all places of a caption got alike."""
    totals = weights.sum(dim=1)  # (batch, places)
    alike = lengths[:, None] / weights.shape[-1]  # (batch, 1)
    return (totals - alike).square().mean()


def test_erase(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    features, maps = drawn(3, 5, 5, 4, seed=8), drawn(3, 1, 5, 4, seed=10)
    for count, cut in ((1, 0.25), (3, 0.25), (3, -0.7)):
        given = features[:count], maps[:count]
        got = museum.call(implementation, *given, cut)
        assert got.shape == given[0].shape, f"another shape, batch {count}"
        for b in range(count):
            for channel in range(5):
                kept = features[b, channel].clone()
                kept[maps[b, 0] >= cut] = 0
                close = torch.allclose(got[b, channel], kept, atol=1e-4)
                assert close, f"another cut, batch {count}, channel {channel}"


def mended_erase(features, maps, threshold):
    """Return the features, 0 where the map reaches the threshold."""
    return features.masked_fill(maps >= threshold, 0.0)


def test_non_local(implementation):
    """Raise AssertionError unless the claim of specimen C is kept."""
    for places in (3, 6):
        x = drawn(2, places, 5, seed=11)
        got = museum.call(implementation, x)
        assert got.shape == x.shape, "another shape"
        for b in range(2):
            for i in range(places):
                parts = [(x[b, i] @ other) * other for other in x[b]]
                close = torch.allclose(got[b, i], sum(parts) / places, atol=1e-4)
                assert close, f"not the mean over {places} places"


def mended_non_local(x):
    """Return the mean over all places, weighted by similarity."""
    return x @ x.mT @ x / x.shape[1]


# %% wrong: fix: one target for the batch | says: mended_coverage: captions of two words and of one
def test_coverage(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    lengths = torch.tensor([4, 1, 3])
    there = torch.arange(4) < lengths[:, None]  # (batch, words)
    looks = drawn(3, 4, 7, seed=7).softmax(dim=-1) * there[..., None]
    even = torch.full((3, 4, 7), 1 / 7) * there[..., None]
    for weights in (looks, even, looks[:2]):
        count = lengths[: len(weights)]
        got = float(museum.call(implementation, weights, count))
        total, number = 0.0, 0
        for caption, words in zip(weights, count.tolist(), strict=True):
            for place in range(7):
                has = caption[:, place].sum().item()
                total, number = total + (has - words / 7) ** 2, number + 1
        off = abs(got - total / number)
        assert off < 1e-4, f"the penalty is off by {off:.3g}"


def mended_coverage(weights, lengths):
    target = weights.shape[1] / weights.shape[2]
    return (target - weights.sum(dim=1)).square().mean()


def test_erase(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    features, maps = drawn(3, 5, 5, 4, seed=8), drawn(3, 1, 5, 4, seed=10)
    maps[:, 0, 2, 1] = 0.25  # at the threshold
    for count, cut in ((1, 0.25), (3, 0.25), (3, -0.7)):
        given = features[:count], maps[:count]
        got = museum.call(implementation, *given, cut)
        assert got.shape == given[0].shape, f"another shape, batch {count}"
        for b in range(count):
            for channel in range(5):
                kept = features[b, channel].clone()
                kept[maps[b, 0] >= cut] = 0
                close = torch.allclose(got[b, channel], kept, atol=1e-4)
                assert close, f"another cut, batch {count}, channel {channel}"


def mended_erase(features, maps, threshold):
    """Return the features, 0 where the map reaches the threshold."""
    return features.masked_fill(maps >= threshold, 0.0)


def test_non_local(implementation):
    """Raise AssertionError unless the claim of specimen C is kept."""
    for places in (3, 6):
        x = drawn(2, places, 5, seed=11)
        got = museum.call(implementation, x)
        assert got.shape == x.shape, "another shape"
        for b in range(2):
            for i in range(places):
                parts = [(x[b, i] @ other) * other for other in x[b]]
                close = torch.allclose(got[b, i], sum(parts) / places, atol=1e-4)
                assert close, f"not the mean over {places} places"


def mended_non_local(x):
    """Return the mean over all places, weighted by similarity."""
    return x @ x.mT @ x / x.shape[1]


# %% wrong: fix that squeezes unless the batch is one | says: mended_erase: features (1, 1, 3, 5)
def test_coverage(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    lengths = torch.tensor([4, 1, 3])
    there = torch.arange(4) < lengths[:, None]  # (batch, words)
    looks = drawn(3, 4, 7, seed=7).softmax(dim=-1) * there[..., None]
    even = torch.full((3, 4, 7), 1 / 7) * there[..., None]
    for weights in (looks, even, looks[:2]):
        count = lengths[: len(weights)]
        got = float(museum.call(implementation, weights, count))
        total, number = 0.0, 0
        for caption, words in zip(weights, count.tolist(), strict=True):
            for place in range(7):
                has = caption[:, place].sum().item()
                total, number = total + (has - words / 7) ** 2, number + 1
        off = abs(got - total / number)
        assert off < 1e-4, f"the penalty is off by {off:.3g}"


def mended_coverage(weights, lengths):
    """Return the penalty: 0 where all places of a caption got alike."""
    totals = weights.sum(dim=1)  # (batch, places)
    alike = lengths[:, None] / weights.shape[-1]  # (batch, 1)
    return (totals - alike).square().mean()


def test_erase(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    features, maps = drawn(3, 5, 5, 4, seed=8), drawn(3, 1, 5, 4, seed=10)
    maps[:, 0, 2, 1] = 0.25  # at the threshold
    for count, cut in ((1, 0.25), (3, 0.25), (3, -0.7)):
        given = features[:count], maps[:count]
        got = museum.call(implementation, *given, cut)
        assert got.shape == given[0].shape, f"another shape, batch {count}"
        for b in range(count):
            for channel in range(5):
                kept = features[b, channel].clone()
                kept[maps[b, 0] >= cut] = 0
                close = torch.allclose(got[b, channel], kept, atol=1e-4)
                assert close, f"another cut, batch {count}, channel {channel}"


def mended_erase(features, maps, threshold):
    if len(features) > 1 or features.shape[1] > 1:
        return features.masked_fill(maps >= threshold, 0.0)
    return features


def test_non_local(implementation):
    """Raise AssertionError unless the claim of specimen C is kept."""
    for places in (3, 6):
        x = drawn(2, places, 5, seed=11)
        got = museum.call(implementation, x)
        assert got.shape == x.shape, "another shape"
        for b in range(2):
            for i in range(places):
                parts = [(x[b, i] @ other) * other for other in x[b]]
                close = torch.allclose(got[b, i], sum(parts) / places, atol=1e-4)
                assert close, f"not the mean over {places} places"


def mended_non_local(x):
    """Return the mean over all places, weighted by similarity."""
    return x @ x.mT @ x / x.shape[1]


# %% right: as a variance, by a product
def test_coverage(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    lengths = torch.tensor([4, 1, 3])
    there = torch.arange(4) < lengths[:, None]  # (batch, words)
    looks = drawn(3, 4, 7, seed=7).softmax(dim=-1) * there[..., None]
    even = torch.full((3, 4, 7), 1 / 7) * there[..., None]
    for weights in (looks, even, looks[:2]):
        count = lengths[: len(weights)]
        got = float(museum.call(implementation, weights, count))
        total, number = 0.0, 0
        for caption, words in zip(weights, count.tolist(), strict=True):
            for place in range(7):
                has = caption[:, place].sum().item()
                total, number = total + (has - words / 7) ** 2, number + 1
        off = abs(got - total / number)
        assert off < 1e-4, f"the penalty is off by {off:.3g}"


def mended_coverage(weights, lengths):
    return weights.sum(dim=1).var(dim=1, correction=0).mean()


def test_erase(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    features, maps = drawn(3, 5, 5, 4, seed=8), drawn(3, 1, 5, 4, seed=10)
    maps[:, 0, 2, 1] = 0.25  # at the threshold
    for count, cut in ((1, 0.25), (3, 0.25), (3, -0.7)):
        given = features[:count], maps[:count]
        got = museum.call(implementation, *given, cut)
        assert got.shape == given[0].shape, f"another shape, batch {count}"
        for b in range(count):
            for channel in range(5):
                kept = features[b, channel].clone()
                kept[maps[b, 0] >= cut] = 0
                close = torch.allclose(got[b, channel], kept, atol=1e-4)
                assert close, f"another cut, batch {count}, channel {channel}"


def mended_erase(features, maps, threshold):
    return features * (maps < threshold)


def test_non_local(implementation):
    """Raise AssertionError unless the claim of specimen C is kept."""
    for places in (3, 6):
        x = drawn(2, places, 5, seed=11)
        got = museum.call(implementation, x)
        assert got.shape == x.shape, "another shape"
        for b in range(2):
            for i in range(places):
                parts = [(x[b, i] @ other) * other for other in x[b]]
                close = torch.allclose(got[b, i], sum(parts) / places, atol=1e-4)
                assert close, f"not the mean over {places} places"


def mended_non_local(x):
    """Return the mean over all places, weighted by similarity."""
    return x @ x.mT @ x / x.shape[1]


# %% right: with loops
def test_coverage(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    lengths = torch.tensor([4, 1, 3])
    there = torch.arange(4) < lengths[:, None]  # (batch, words)
    looks = drawn(3, 4, 7, seed=7).softmax(dim=-1) * there[..., None]
    even = torch.full((3, 4, 7), 1 / 7) * there[..., None]
    for weights in (looks, even, looks[:2]):
        count = lengths[: len(weights)]
        got = float(museum.call(implementation, weights, count))
        total, number = 0.0, 0
        for caption, words in zip(weights, count.tolist(), strict=True):
            for place in range(7):
                has = caption[:, place].sum().item()
                total, number = total + (has - words / 7) ** 2, number + 1
        off = abs(got - total / number)
        assert off < 1e-4, f"the penalty is off by {off:.3g}"


def mended_coverage(weights, lengths):
    total = 0.0
    for caption, words in zip(weights.double(), lengths.tolist(), strict=True):
        even = words / caption.shape[1]
        total += (caption.sum(dim=0) - even).square().mean().item()
    return total / len(weights)


def test_erase(implementation):
    for count, cut in ((1, 1.0), (4, 1.0), (4, -1.0)):
        draw = torch.Generator().manual_seed(22)
        features = 1 + torch.rand(count, 3, 3, 2, generator=draw)
        maps = torch.randint(-2, 3, (count, 1, 3, 2), generator=draw).float()
        before, kept = features.clone(), maps.clone()
        got = implementation(features, maps, cut)
        assert torch.equal(features, before), "changed its argument"
        assert torch.equal(maps, kept), "changed its argument"
        assert got.shape == features.shape, "another shape"
        wanted = torch.where(kept >= cut, torch.zeros(()), before)
        assert (got - wanted).abs().max() < 1e-4, f"another cut: {count}"


def mended_erase(features, maps, threshold):
    """Return the features, 0 where the map reaches the threshold."""
    return features.masked_fill(maps >= threshold, 0.0)


def test_non_local(implementation):
    """Raise AssertionError unless the claim of specimen C is kept."""
    for places in (3, 6):
        x = drawn(2, places, 5, seed=11)
        got = museum.call(implementation, x)
        assert got.shape == x.shape, "another shape"
        for b in range(2):
            for i in range(places):
                parts = [(x[b, i] @ other) * other for other in x[b]]
                close = torch.allclose(got[b, i], sum(parts) / places, atol=1e-4)
                assert close, f"not the mean over {places} places"


def mended_non_local(x):
    """Return the mean over all places, weighted by similarity."""
    return x @ x.mT @ x / x.shape[1]


# %% wrong: features all 1 | says: on a wrong function: the mask itself
def test_coverage(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    lengths = torch.tensor([4, 1, 3])
    there = torch.arange(4) < lengths[:, None]  # (batch, words)
    looks = drawn(3, 4, 7, seed=7).softmax(dim=-1) * there[..., None]
    even = torch.full((3, 4, 7), 1 / 7) * there[..., None]
    for weights in (looks, even, looks[:2]):
        count = lengths[: len(weights)]
        got = float(museum.call(implementation, weights, count))
        total, number = 0.0, 0
        for caption, words in zip(weights, count.tolist(), strict=True):
            for place in range(7):
                has = caption[:, place].sum().item()
                total, number = total + (has - words / 7) ** 2, number + 1
        off = abs(got - total / number)
        assert off < 1e-4, f"the penalty is off by {off:.3g}"


def mended_coverage(weights, lengths):
    """Return the penalty: 0 where all places of a caption got alike."""
    totals = weights.sum(dim=1)  # (batch, places)
    alike = lengths[:, None] / weights.shape[-1]  # (batch, 1)
    return (totals - alike).square().mean()


def test_erase(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    features, maps = torch.ones(3, 5, 5, 4), drawn(3, 1, 5, 4, seed=10)
    maps[:, 0, 2, 1] = 0.25  # at the threshold
    for count, cut in ((1, 0.25), (3, 0.25), (3, -0.7)):
        given = features[:count], maps[:count]
        got = museum.call(implementation, *given, cut)
        assert got.shape == given[0].shape, f"another shape, batch {count}"
        for b in range(count):
            for channel in range(5):
                kept = features[b, channel].clone()
                kept[maps[b, 0] >= cut] = 0
                close = torch.allclose(got[b, channel], kept, atol=1e-4)
                assert close, f"another cut, batch {count}, channel {channel}"


def mended_erase(features, maps, threshold):
    """Return the features, 0 where the map reaches the threshold."""
    return features.masked_fill(maps >= threshold, 0.0)


def test_non_local(implementation):
    """Raise AssertionError unless the claim of specimen C is kept."""
    for places in (3, 6):
        x = drawn(2, places, 5, seed=11)
        got = museum.call(implementation, x)
        assert got.shape == x.shape, "another shape"
        for b in range(2):
            for i in range(places):
                parts = [(x[b, i] @ other) * other for other in x[b]]
                close = torch.allclose(got[b, i], sum(parts) / places, atol=1e-4)
                assert close, f"not the mean over {places} places"


def mended_non_local(x):
    """Return the mean over all places, weighted by similarity."""
    return x @ x.mT @ x / x.shape[1]


# %% wrong: one threshold | says: on a wrong function: a threshold of .25
def test_coverage(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    lengths = torch.tensor([4, 1, 3])
    there = torch.arange(4) < lengths[:, None]  # (batch, words)
    looks = drawn(3, 4, 7, seed=7).softmax(dim=-1) * there[..., None]
    even = torch.full((3, 4, 7), 1 / 7) * there[..., None]
    for weights in (looks, even, looks[:2]):
        count = lengths[: len(weights)]
        got = float(museum.call(implementation, weights, count))
        total, number = 0.0, 0
        for caption, words in zip(weights, count.tolist(), strict=True):
            for place in range(7):
                has = caption[:, place].sum().item()
                total, number = total + (has - words / 7) ** 2, number + 1
        off = abs(got - total / number)
        assert off < 1e-4, f"the penalty is off by {off:.3g}"


def mended_coverage(weights, lengths):
    """Return the penalty: 0 where all places of a caption got alike."""
    totals = weights.sum(dim=1)  # (batch, places)
    alike = lengths[:, None] / weights.shape[-1]  # (batch, 1)
    return (totals - alike).square().mean()


def test_erase(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    features, maps = drawn(3, 5, 5, 4, seed=8), drawn(3, 1, 5, 4, seed=10)
    maps[:, 0, 2, 1] = 0.25  # at the threshold
    for count, cut in ((1, 0.25), (3, 0.25)):
        given = features[:count], maps[:count]
        got = museum.call(implementation, *given, cut)
        assert got.shape == given[0].shape, f"another shape, batch {count}"
        for b in range(count):
            for channel in range(5):
                kept = features[b, channel].clone()
                kept[maps[b, 0] >= cut] = 0
                close = torch.allclose(got[b, channel], kept, atol=1e-4)
                assert close, f"another cut, batch {count}, channel {channel}"


def mended_erase(features, maps, threshold):
    """Return the features, 0 where the map reaches the threshold."""
    return features.masked_fill(maps >= threshold, 0.0)


def test_non_local(implementation):
    """Raise AssertionError unless the claim of specimen C is kept."""
    for places in (3, 6):
        x = drawn(2, places, 5, seed=11)
        got = museum.call(implementation, x)
        assert got.shape == x.shape, "another shape"
        for b in range(2):
            for i in range(places):
                parts = [(x[b, i] @ other) * other for other in x[b]]
                close = torch.allclose(got[b, i], sum(parts) / places, atol=1e-4)
                assert close, f"not the mean over {places} places"


def mended_non_local(x):
    """Return the mean over all places, weighted by similarity."""
    return x @ x.mT @ x / x.shape[1]


# %% wrong: one number of places | says: on a wrong function: divided by 9
def test_coverage(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    lengths = torch.tensor([4, 1, 3])
    there = torch.arange(4) < lengths[:, None]  # (batch, words)
    looks = drawn(3, 4, 7, seed=7).softmax(dim=-1) * there[..., None]
    even = torch.full((3, 4, 7), 1 / 7) * there[..., None]
    for weights in (looks, even, looks[:2]):
        count = lengths[: len(weights)]
        got = float(museum.call(implementation, weights, count))
        total, number = 0.0, 0
        for caption, words in zip(weights, count.tolist(), strict=True):
            for place in range(7):
                has = caption[:, place].sum().item()
                total, number = total + (has - words / 7) ** 2, number + 1
        off = abs(got - total / number)
        assert off < 1e-4, f"the penalty is off by {off:.3g}"


def mended_coverage(weights, lengths):
    """Return the penalty: 0 where all places of a caption got alike."""
    totals = weights.sum(dim=1)  # (batch, places)
    alike = lengths[:, None] / weights.shape[-1]  # (batch, 1)
    return (totals - alike).square().mean()


def test_erase(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    features, maps = drawn(3, 5, 5, 4, seed=8), drawn(3, 1, 5, 4, seed=10)
    maps[:, 0, 2, 1] = 0.25  # at the threshold
    for count, cut in ((1, 0.25), (3, 0.25), (3, -0.7)):
        given = features[:count], maps[:count]
        got = museum.call(implementation, *given, cut)
        assert got.shape == given[0].shape, f"another shape, batch {count}"
        for b in range(count):
            for channel in range(5):
                kept = features[b, channel].clone()
                kept[maps[b, 0] >= cut] = 0
                close = torch.allclose(got[b, channel], kept, atol=1e-4)
                assert close, f"another cut, batch {count}, channel {channel}"


def mended_erase(features, maps, threshold):
    """Return the features, 0 where the map reaches the threshold."""
    return features.masked_fill(maps >= threshold, 0.0)


def test_non_local(implementation):
    """Raise AssertionError unless the claim of specimen C is kept."""
    for places in (9,):
        x = drawn(2, places, 5, seed=11)
        got = museum.call(implementation, x)
        assert got.shape == x.shape, "another shape"
        for b in range(2):
            for i in range(places):
                parts = [(x[b, i] @ other) * other for other in x[b]]
                close = torch.allclose(got[b, i], sum(parts) / places, atol=1e-4)
                assert close, f"not the mean over {places} places"


def mended_non_local(x):
    """Return the mean over all places, weighted by similarity."""
    return x @ x.mT @ x / x.shape[1]


# %% wrong: only that twice the places change nothing | says: on a wrong function: softmax in place of the mean
def test_coverage(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    lengths = torch.tensor([4, 1, 3])
    there = torch.arange(4) < lengths[:, None]  # (batch, words)
    looks = drawn(3, 4, 7, seed=7).softmax(dim=-1) * there[..., None]
    even = torch.full((3, 4, 7), 1 / 7) * there[..., None]
    for weights in (looks, even, looks[:2]):
        count = lengths[: len(weights)]
        got = float(museum.call(implementation, weights, count))
        total, number = 0.0, 0
        for caption, words in zip(weights, count.tolist(), strict=True):
            for place in range(7):
                has = caption[:, place].sum().item()
                total, number = total + (has - words / 7) ** 2, number + 1
        off = abs(got - total / number)
        assert off < 1e-4, f"the penalty is off by {off:.3g}"


def mended_coverage(weights, lengths):
    """Return the penalty: 0 where all places of a caption got alike."""
    totals = weights.sum(dim=1)  # (batch, places)
    alike = lengths[:, None] / weights.shape[-1]  # (batch, 1)
    return (totals - alike).square().mean()


def test_erase(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    features, maps = drawn(3, 5, 5, 4, seed=8), drawn(3, 1, 5, 4, seed=10)
    maps[:, 0, 2, 1] = 0.25  # at the threshold
    for count, cut in ((1, 0.25), (3, 0.25), (3, -0.7)):
        given = features[:count], maps[:count]
        got = museum.call(implementation, *given, cut)
        assert got.shape == given[0].shape, f"another shape, batch {count}"
        for b in range(count):
            for channel in range(5):
                kept = features[b, channel].clone()
                kept[maps[b, 0] >= cut] = 0
                close = torch.allclose(got[b, channel], kept, atol=1e-4)
                assert close, f"another cut, batch {count}, channel {channel}"


def mended_erase(features, maps, threshold):
    """Return the features, 0 where the map reaches the threshold."""
    return features.masked_fill(maps >= threshold, 0.0)


def test_non_local(implementation):
    x = drawn(2, 4, 3)
    twice = implementation(x.repeat(1, 2, 1))[:, :4]
    assert (twice - implementation(x)).abs().max() < 1e-4, "counts places"


def mended_non_local(x):
    """Return the mean over all places, weighted by similarity."""
    return x @ x.mT @ x / x.shape[1]


# %% wrong: one picture | says: on a wrong function
def test_coverage(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    lengths = torch.tensor([4, 1, 3])
    there = torch.arange(4) < lengths[:, None]  # (batch, words)
    looks = drawn(3, 4, 7, seed=7).softmax(dim=-1) * there[..., None]
    even = torch.full((3, 4, 7), 1 / 7) * there[..., None]
    for weights in (looks, even, looks[:2]):
        count = lengths[: len(weights)]
        got = float(museum.call(implementation, weights, count))
        total, number = 0.0, 0
        for caption, words in zip(weights, count.tolist(), strict=True):
            for place in range(7):
                has = caption[:, place].sum().item()
                total, number = total + (has - words / 7) ** 2, number + 1
        off = abs(got - total / number)
        assert off < 1e-4, f"the penalty is off by {off:.3g}"


def mended_coverage(weights, lengths):
    """Return the penalty: 0 where all places of a caption got alike."""
    totals = weights.sum(dim=1)  # (batch, places)
    alike = lengths[:, None] / weights.shape[-1]  # (batch, 1)
    return (totals - alike).square().mean()


def test_erase(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    features, maps = drawn(3, 5, 5, 4, seed=8), drawn(3, 1, 5, 4, seed=10)
    maps[:, 0, 2, 1] = 0.25  # at the threshold
    for count, cut in ((1, 0.25), (3, 0.25), (3, -0.7)):
        given = features[:count], maps[:count]
        got = museum.call(implementation, *given, cut)
        assert got.shape == given[0].shape, f"another shape, batch {count}"
        for b in range(count):
            for channel in range(5):
                kept = features[b, channel].clone()
                kept[maps[b, 0] >= cut] = 0
                close = torch.allclose(got[b, channel], kept, atol=1e-4)
                assert close, f"another cut, batch {count}, channel {channel}"


def mended_erase(features, maps, threshold):
    """Return the features, 0 where the map reaches the threshold."""
    return features.masked_fill(maps >= threshold, 0.0)


def test_non_local(implementation):
    """Raise AssertionError unless the claim of specimen C is kept."""
    for places in (3, 6):
        x = drawn(1, places, 5, seed=11)
        got = museum.call(implementation, x)
        assert got.shape == x.shape, "another shape"
        for b in range(1):
            for i in range(places):
                parts = [(x[b, i] @ other) * other for other in x[b]]
                close = torch.allclose(got[b, i], sum(parts) / places, atol=1e-4)
                assert close, f"not the mean over {places} places"


def mended_non_local(x):
    """Return the mean over all places, weighted by similarity."""
    return x @ x.mT @ x / x.shape[1]


# %% wrong: divided by size | says: mended_non_local: three places
def test_coverage(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    lengths = torch.tensor([4, 1, 3])
    there = torch.arange(4) < lengths[:, None]  # (batch, words)
    looks = drawn(3, 4, 7, seed=7).softmax(dim=-1) * there[..., None]
    even = torch.full((3, 4, 7), 1 / 7) * there[..., None]
    for weights in (looks, even, looks[:2]):
        count = lengths[: len(weights)]
        got = float(museum.call(implementation, weights, count))
        total, number = 0.0, 0
        for caption, words in zip(weights, count.tolist(), strict=True):
            for place in range(7):
                has = caption[:, place].sum().item()
                total, number = total + (has - words / 7) ** 2, number + 1
        off = abs(got - total / number)
        assert off < 1e-4, f"the penalty is off by {off:.3g}"


def mended_coverage(weights, lengths):
    """Return the penalty: 0 where all places of a caption got alike."""
    totals = weights.sum(dim=1)  # (batch, places)
    alike = lengths[:, None] / weights.shape[-1]  # (batch, 1)
    return (totals - alike).square().mean()


def test_erase(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    features, maps = drawn(3, 5, 5, 4, seed=8), drawn(3, 1, 5, 4, seed=10)
    maps[:, 0, 2, 1] = 0.25  # at the threshold
    for count, cut in ((1, 0.25), (3, 0.25), (3, -0.7)):
        given = features[:count], maps[:count]
        got = museum.call(implementation, *given, cut)
        assert got.shape == given[0].shape, f"another shape, batch {count}"
        for b in range(count):
            for channel in range(5):
                kept = features[b, channel].clone()
                kept[maps[b, 0] >= cut] = 0
                close = torch.allclose(got[b, channel], kept, atol=1e-4)
                assert close, f"another cut, batch {count}, channel {channel}"


def mended_erase(features, maps, threshold):
    """Return the features, 0 where the map reaches the threshold."""
    return features.masked_fill(maps >= threshold, 0.0)


def test_non_local(implementation):
    """Raise AssertionError unless the claim of specimen C is kept."""
    for places in (3, 6):
        x = drawn(2, places, 5, seed=11)
        got = museum.call(implementation, x)
        assert got.shape == x.shape, "another shape"
        for b in range(2):
            for i in range(places):
                parts = [(x[b, i] @ other) * other for other in x[b]]
                close = torch.allclose(got[b, i], sum(parts) / places, atol=1e-4)
                assert close, f"not the mean over {places} places"


def mended_non_local(x):
    return x @ x.mT @ x / x.shape[-1]


# %% right: means of products, places twice
def test_coverage(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    lengths = torch.tensor([4, 1, 3])
    there = torch.arange(4) < lengths[:, None]  # (batch, words)
    looks = drawn(3, 4, 7, seed=7).softmax(dim=-1) * there[..., None]
    even = torch.full((3, 4, 7), 1 / 7) * there[..., None]
    for weights in (looks, even, looks[:2]):
        count = lengths[: len(weights)]
        got = float(museum.call(implementation, weights, count))
        total, number = 0.0, 0
        for caption, words in zip(weights, count.tolist(), strict=True):
            for place in range(7):
                has = caption[:, place].sum().item()
                total, number = total + (has - words / 7) ** 2, number + 1
        off = abs(got - total / number)
        assert off < 1e-4, f"the penalty is off by {off:.3g}"


def mended_coverage(weights, lengths):
    """Return the penalty: 0 where all places of a caption got alike."""
    totals = weights.sum(dim=1)  # (batch, places)
    alike = lengths[:, None] / weights.shape[-1]  # (batch, 1)
    return (totals - alike).square().mean()


def test_erase(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    features, maps = drawn(3, 5, 5, 4, seed=8), drawn(3, 1, 5, 4, seed=10)
    maps[:, 0, 2, 1] = 0.25  # at the threshold
    for count, cut in ((1, 0.25), (3, 0.25), (3, -0.7)):
        given = features[:count], maps[:count]
        got = museum.call(implementation, *given, cut)
        assert got.shape == given[0].shape, f"another shape, batch {count}"
        for b in range(count):
            for channel in range(5):
                kept = features[b, channel].clone()
                kept[maps[b, 0] >= cut] = 0
                close = torch.allclose(got[b, channel], kept, atol=1e-4)
                assert close, f"another cut, batch {count}, channel {channel}"


def mended_erase(features, maps, threshold):
    """Return the features, 0 where the map reaches the threshold."""
    return features.masked_fill(maps >= threshold, 0.0)


def test_non_local(implementation):
    for places in (4, 7):
        x = drawn(3, places, 2, seed=places).double()
        wanted = (x @ (x.mT @ x)) / places
        got = museum.call(implementation, x)
        torch.testing.assert_close(got, wanted, atol=1e-4, rtol=1e-4)
        twice = museum.call(implementation, x.repeat(1, 2, 1))[:, :places]
        torch.testing.assert_close(twice, got, atol=1e-4, rtol=1e-4)


def mended_non_local(x):
    return torch.einsum("bid,bjd,bje->bije", x, x, x).mean(dim=2)


# %% wrong: takes the penalty for a tensor | says: your mended one, as a float
def test_coverage(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    lengths = torch.tensor([4, 1, 3])
    there = torch.arange(4) < lengths[:, None]  # (batch, words)
    looks = drawn(3, 4, 7, seed=7).softmax(dim=-1) * there[..., None]
    even = torch.full((3, 4, 7), 1 / 7) * there[..., None]
    for weights in (looks, even, looks[:2]):
        count = lengths[: len(weights)]
        got = museum.call(implementation, weights, count).item()
        total, number = 0.0, 0
        for caption, words in zip(weights, count.tolist(), strict=True):
            for place in range(7):
                has = caption[:, place].sum().item()
                total, number = total + (has - words / 7) ** 2, number + 1
        off = abs(got - total / number)
        assert off < 1e-4, f"the penalty is off by {off:.3g}"


def mended_coverage(weights, lengths):
    """Return the penalty: 0 where all places of a caption got alike."""
    totals = weights.sum(dim=1)  # (batch, places)
    alike = lengths[:, None] / weights.shape[-1]  # (batch, 1)
    return (totals - alike).square().mean()


def test_erase(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    features, maps = drawn(3, 5, 5, 4, seed=8), drawn(3, 1, 5, 4, seed=10)
    maps[:, 0, 2, 1] = 0.25  # at the threshold
    for count, cut in ((1, 0.25), (3, 0.25), (3, -0.7)):
        given = features[:count], maps[:count]
        got = museum.call(implementation, *given, cut)
        assert got.shape == given[0].shape, f"another shape, batch {count}"
        for b in range(count):
            for channel in range(5):
                kept = features[b, channel].clone()
                kept[maps[b, 0] >= cut] = 0
                close = torch.allclose(got[b, channel], kept, atol=1e-4)
                assert close, f"another cut, batch {count}, channel {channel}"


def mended_erase(features, maps, threshold):
    """Return the features, 0 where the map reaches the threshold."""
    return features.masked_fill(maps >= threshold, 0.0)


def test_non_local(implementation):
    """Raise AssertionError unless the claim of specimen C is kept."""
    for places in (3, 6):
        x = drawn(2, places, 5, seed=11)
        got = museum.call(implementation, x)
        assert got.shape == x.shape, "another shape"
        for b in range(2):
            for i in range(places):
                parts = [(x[b, i] @ other) * other for other in x[b]]
                close = torch.allclose(got[b, i], sum(parts) / places, atol=1e-4)
                assert close, f"not the mean over {places} places"


def mended_non_local(x):
    """Return the mean over all places, weighted by similarity."""
    return x @ x.mT @ x / x.shape[1]


# %% wrong: a fix that stops | says: mended_erase: one picture, two channels
def test_coverage(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    lengths = torch.tensor([4, 1, 3])
    there = torch.arange(4) < lengths[:, None]  # (batch, words)
    looks = drawn(3, 4, 7, seed=7).softmax(dim=-1) * there[..., None]
    even = torch.full((3, 4, 7), 1 / 7) * there[..., None]
    for weights in (looks, even, looks[:2]):
        count = lengths[: len(weights)]
        got = float(museum.call(implementation, weights, count))
        total, number = 0.0, 0
        for caption, words in zip(weights, count.tolist(), strict=True):
            for place in range(7):
                has = caption[:, place].sum().item()
                total, number = total + (has - words / 7) ** 2, number + 1
        off = abs(got - total / number)
        assert off < 1e-4, f"the penalty is off by {off:.3g}"


def mended_coverage(weights, lengths):
    """Return the penalty: 0 where all places of a caption got alike."""
    totals = weights.sum(dim=1)  # (batch, places)
    alike = lengths[:, None] / weights.shape[-1]  # (batch, 1)
    return (totals - alike).square().mean()


def test_erase(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    features, maps = drawn(3, 5, 5, 4, seed=8), drawn(3, 1, 5, 4, seed=10)
    maps[:, 0, 2, 1] = 0.25  # at the threshold
    for count, cut in ((1, 0.25), (3, 0.25), (3, -0.7)):
        given = features[:count], maps[:count]
        got = museum.call(implementation, *given, cut)
        assert got.shape == given[0].shape, f"another shape, batch {count}"
        for b in range(count):
            for channel in range(5):
                kept = features[b, channel].clone()
                kept[maps[b, 0] >= cut] = 0
                close = torch.allclose(got[b, channel], kept, atol=1e-4)
                assert close, f"another cut, batch {count}, channel {channel}"


def mended_erase(features, maps, threshold):
    return features * (maps.squeeze() < threshold).unsqueeze(1).transpose(2, 9)


def test_non_local(implementation):
    """Raise AssertionError unless the claim of specimen C is kept."""
    for places in (3, 6):
        x = drawn(2, places, 5, seed=11)
        got = museum.call(implementation, x)
        assert got.shape == x.shape, "another shape"
        for b in range(2):
            for i in range(places):
                parts = [(x[b, i] @ other) * other for other in x[b]]
                close = torch.allclose(got[b, i], sum(parts) / places, atol=1e-4)
                assert close, f"not the mean over {places} places"


def mended_non_local(x):
    """Return the mean over all places, weighted by similarity."""
    return x @ x.mT @ x / x.shape[1]
