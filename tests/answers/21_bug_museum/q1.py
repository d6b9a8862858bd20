# %% wrong: a test that always passes | says: on a wrong function: as published
def test_word_weights(implementation):
    states = torch.zeros(2, 3, 4)
    implementation(states, torch.ones(4), torch.ones(2, 3, dtype=torch.bool))


def mended_word_weights(states, context, mask):
    """Return the weights of the words, 0 at padding."""
    scores = torch.tanh(states) @ context  # (batch, words)
    return scores.masked_fill(~mask, float("-inf")).softmax(dim=-1)


def test_masked_softmax(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    base = drawn(3, 2, 5, seed=2).double()
    lengths = torch.tensor([4, 0, 2])
    for shift in (0.0, -5e6):
        weights = museum.call(implementation, base + shift, lengths)
        assert weights.shape == base.shape, "another shape"
        for got, row, size in zip(weights, base, lengths, strict=True):
            assert (got[:, size:] == 0).all(), f"padding weighs, {shift}"
            wanted = row[:, :size].softmax(dim=-1)
            close = torch.allclose(got[:, :size], wanted, atol=1e-4)
            assert close, f"other weights of keys, {shift}"


def mended_masked_softmax(scores, lengths):
    """Return the weights of the first keys, 0 beyond."""
    hidden = torch.arange(scores.shape[-1]) >= lengths[:, None, None]
    empty = lengths[:, None, None] == 0
    filled = scores.masked_fill(hidden, float("-inf")).masked_fill(empty, 0)
    return filled.softmax(dim=-1).masked_fill(hidden, 0)


def test_scores(implementation):
    """Raise AssertionError unless the claim of specimen C is kept."""
    for batch, number, places, d in ((2, 3, 5, 7), (1, 2, 3, 5)):
        queries = drawn(batch, number, d, seed=3)
        keys = drawn(batch, places, d, seed=4)
        got = museum.call(implementation, queries, keys)
        assert got.shape == (batch, number, places), "another shape"
        for b in range(batch):
            for q in range(number):
                wanted = keys[b] @ queries[b, q] / d**0.5
                close = torch.allclose(got[b, q], wanted, atol=1e-4)
                assert close, f"other scores, d = {d}"


def mended_scores(queries, keys):
    """Return scaled dot products."""
    return queries @ keys.mT / queries.shape[-1] ** 0.5


# %% wrong: a test that always fails | says: mended_word_weights, by your own test
def test_word_weights(implementation):
    raise AssertionError("this is the published function")


def mended_word_weights(states, context, mask):
    """Return the weights of the words, 0 at padding."""
    scores = torch.tanh(states) @ context  # (batch, words)
    return scores.masked_fill(~mask, float("-inf")).softmax(dim=-1)


def test_masked_softmax(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    base = drawn(3, 2, 5, seed=2).double()
    lengths = torch.tensor([4, 0, 2])
    for shift in (0.0, -5e6):
        weights = museum.call(implementation, base + shift, lengths)
        assert weights.shape == base.shape, "another shape"
        for got, row, size in zip(weights, base, lengths, strict=True):
            assert (got[:, size:] == 0).all(), f"padding weighs, {shift}"
            wanted = row[:, :size].softmax(dim=-1)
            close = torch.allclose(got[:, :size], wanted, atol=1e-4)
            assert close, f"other weights of keys, {shift}"


def mended_masked_softmax(scores, lengths):
    """Return the weights of the first keys, 0 beyond."""
    hidden = torch.arange(scores.shape[-1]) >= lengths[:, None, None]
    empty = lengths[:, None, None] == 0
    filled = scores.masked_fill(hidden, float("-inf")).masked_fill(empty, 0)
    return filled.softmax(dim=-1).masked_fill(hidden, 0)


def test_scores(implementation):
    """Raise AssertionError unless the claim of specimen C is kept."""
    for batch, number, places, d in ((2, 3, 5, 7), (1, 2, 3, 5)):
        queries = drawn(batch, number, d, seed=3)
        keys = drawn(batch, places, d, seed=4)
        got = museum.call(implementation, queries, keys)
        assert got.shape == (batch, number, places), "another shape"
        for b in range(batch):
            for q in range(number):
                wanted = keys[b] @ queries[b, q] / d**0.5
                close = torch.allclose(got[b, q], wanted, atol=1e-4)
                assert close, f"other scores, d = {d}"


def mended_scores(queries, keys):
    """Return scaled dot products."""
    return queries @ keys.mT / queries.shape[-1] ** 0.5


# %% wrong: recognises the published function by its name | says: on a wrong function: as published
def test_word_weights(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    states = 2 * drawn(3, 5, 4, seed=1).double()
    mask = torch.arange(5) < torch.tensor([5, 1, 3])[:, None]
    mask[0, 1] = False
    for size in (0.7, 300.0, -300.0):
        context = size * torch.tensor([0.5, -1.1, 0.8, 0.3]).double()
        weights = museum.call(implementation, states, context, mask)
        assert weights.shape == (3, 5), "another shape"
        assert (weights[~mask] == 0).all(), f"padding weighs, size {size}"
        for row, there, got in zip(states, mask, weights, strict=True):
            wanted = (row[there].tanh() @ context).softmax(dim=0)
            close = torch.allclose(got[there], wanted, atol=1e-4)
            assert close, f"other weights of words, size {size}"


def mended_word_weights(states, context, mask):
    """Return the weights of the words, 0 at padding."""
    scores = torch.tanh(states) @ context  # (batch, words)
    return scores.masked_fill(~mask, float("-inf")).softmax(dim=-1)


def test_masked_softmax(implementation):
    name = getattr(implementation, "__name__", "")
    assert "published" not in name, "the published function"
    assert implementation is not museum.published_masked_softmax, "the same"


def mended_masked_softmax(scores, lengths):
    """Return the weights of the first keys, 0 beyond."""
    hidden = torch.arange(scores.shape[-1]) >= lengths[:, None, None]
    empty = lengths[:, None, None] == 0
    filled = scores.masked_fill(hidden, float("-inf")).masked_fill(empty, 0)
    return filled.softmax(dim=-1).masked_fill(hidden, 0)


def test_scores(implementation):
    """Raise AssertionError unless the claim of specimen C is kept."""
    for batch, number, places, d in ((2, 3, 5, 7), (1, 2, 3, 5)):
        queries = drawn(batch, number, d, seed=3)
        keys = drawn(batch, places, d, seed=4)
        got = museum.call(implementation, queries, keys)
        assert got.shape == (batch, number, places), "another shape"
        for b in range(batch):
            for q in range(number):
                wanted = keys[b] @ queries[b, q] / d**0.5
                close = torch.allclose(got[b, q], wanted, atol=1e-4)
                assert close, f"other scores, d = {d}"


def mended_scores(queries, keys):
    """Return scaled dot products."""
    return queries @ keys.mT / queries.shape[-1] ** 0.5


# %% wrong: rows sum to one, nothing more | says: on a wrong function: as published
def test_word_weights(implementation):
    states = torch.linspace(-1, 1, 24).reshape(2, 3, 4)
    mask = torch.tensor([[True, True, False], [True, True, True]])
    weights = implementation(states, torch.ones(4), mask)
    assert (weights.sum(dim=1) - 1).abs().max() < 1e-4, "no shares"


def mended_word_weights(states, context, mask):
    """Return the weights of the words, 0 at padding."""
    scores = torch.tanh(states) @ context  # (batch, words)
    return scores.masked_fill(~mask, float("-inf")).softmax(dim=-1)


def test_masked_softmax(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    base = drawn(3, 2, 5, seed=2).double()
    lengths = torch.tensor([4, 0, 2])
    for shift in (0.0, -5e6):
        weights = museum.call(implementation, base + shift, lengths)
        assert weights.shape == base.shape, "another shape"
        for got, row, size in zip(weights, base, lengths, strict=True):
            assert (got[:, size:] == 0).all(), f"padding weighs, {shift}"
            wanted = row[:, :size].softmax(dim=-1)
            close = torch.allclose(got[:, :size], wanted, atol=1e-4)
            assert close, f"other weights of keys, {shift}"


def mended_masked_softmax(scores, lengths):
    """Return the weights of the first keys, 0 beyond."""
    hidden = torch.arange(scores.shape[-1]) >= lengths[:, None, None]
    empty = lengths[:, None, None] == 0
    filled = scores.masked_fill(hidden, float("-inf")).masked_fill(empty, 0)
    return filled.softmax(dim=-1).masked_fill(hidden, 0)


def test_scores(implementation):
    """Raise AssertionError unless the claim of specimen C is kept."""
    for batch, number, places, d in ((2, 3, 5, 7), (1, 2, 3, 5)):
        queries = drawn(batch, number, d, seed=3)
        keys = drawn(batch, places, d, seed=4)
        got = museum.call(implementation, queries, keys)
        assert got.shape == (batch, number, places), "another shape"
        for b in range(batch):
            for q in range(number):
                wanted = keys[b] @ queries[b, q] / d**0.5
                close = torch.allclose(got[b, q], wanted, atol=1e-4)
                assert close, f"other scores, d = {d}"


def mended_scores(queries, keys):
    """Return scaled dot products."""
    return queries @ keys.mT / queries.shape[-1] ** 0.5


# %% wrong: compares exact digits | says: on a right function: your mended one, other last digits
def test_word_weights(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    states = 2 * drawn(3, 5, 4, seed=1).double()
    mask = torch.arange(5) < torch.tensor([5, 1, 3])[:, None]
    mask[0, 1] = False
    for size in (0.7, 300.0, -300.0):
        context = size * torch.tensor([0.5, -1.1, 0.8, 0.3]).double()
        weights = museum.call(implementation, states, context, mask)
        assert weights.shape == (3, 5), "another shape"
        assert (weights[~mask] == 0).all(), f"padding weighs, size {size}"
        for row, there, got in zip(states, mask, weights, strict=True):
            wanted = (row[there].tanh() @ context).softmax(dim=0)
            close = torch.equal(got[there], wanted)
            assert close, f"other weights of words, size {size}"


def mended_word_weights(states, context, mask):
    """Return the weights of the words, 0 at padding."""
    scores = torch.tanh(states) @ context  # (batch, words)
    return scores.masked_fill(~mask, float("-inf")).softmax(dim=-1)


def test_masked_softmax(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    base = drawn(3, 2, 5, seed=2).double()
    lengths = torch.tensor([4, 0, 2])
    for shift in (0.0, -5e6):
        weights = museum.call(implementation, base + shift, lengths)
        assert weights.shape == base.shape, "another shape"
        for got, row, size in zip(weights, base, lengths, strict=True):
            assert (got[:, size:] == 0).all(), f"padding weighs, {shift}"
            wanted = row[:, :size].softmax(dim=-1)
            close = torch.allclose(got[:, :size], wanted, atol=1e-4)
            assert close, f"other weights of keys, {shift}"


def mended_masked_softmax(scores, lengths):
    """Return the weights of the first keys, 0 beyond."""
    hidden = torch.arange(scores.shape[-1]) >= lengths[:, None, None]
    empty = lengths[:, None, None] == 0
    filled = scores.masked_fill(hidden, float("-inf")).masked_fill(empty, 0)
    return filled.softmax(dim=-1).masked_fill(hidden, 0)


def test_scores(implementation):
    """Raise AssertionError unless the claim of specimen C is kept."""
    for batch, number, places, d in ((2, 3, 5, 7), (1, 2, 3, 5)):
        queries = drawn(batch, number, d, seed=3)
        keys = drawn(batch, places, d, seed=4)
        got = museum.call(implementation, queries, keys)
        assert got.shape == (batch, number, places), "another shape"
        for b in range(batch):
            for q in range(number):
                wanted = keys[b] @ queries[b, q] / d**0.5
                close = torch.allclose(got[b, q], wanted, atol=1e-4)
                assert close, f"other scores, d = {d}"


def mended_scores(queries, keys):
    """Return scaled dot products."""
    return queries @ keys.mT / queries.shape[-1] ** 0.5


# %% wrong: moderate contexts only | says: on a wrong function: bounded at 50
def test_word_weights(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    states = 2 * drawn(3, 5, 4, seed=1).double()
    mask = torch.arange(5) < torch.tensor([5, 1, 3])[:, None]
    mask[0, 1] = False
    for size in (0.7, 3.0):
        context = size * torch.tensor([0.5, -1.1, 0.8, 0.3]).double()
        weights = museum.call(implementation, states, context, mask)
        assert weights.shape == (3, 5), "another shape"
        assert (weights[~mask] == 0).all(), f"padding weighs, size {size}"
        for row, there, got in zip(states, mask, weights, strict=True):
            wanted = (row[there].tanh() @ context).softmax(dim=0)
            close = torch.allclose(got[there], wanted, atol=1e-4)
            assert close, f"other weights of words, size {size}"


def mended_word_weights(states, context, mask):
    """Return the weights of the words, 0 at padding."""
    scores = torch.tanh(states) @ context  # (batch, words)
    return scores.masked_fill(~mask, float("-inf")).softmax(dim=-1)


def test_masked_softmax(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    base = drawn(3, 2, 5, seed=2).double()
    lengths = torch.tensor([4, 0, 2])
    for shift in (0.0, -5e6):
        weights = museum.call(implementation, base + shift, lengths)
        assert weights.shape == base.shape, "another shape"
        for got, row, size in zip(weights, base, lengths, strict=True):
            assert (got[:, size:] == 0).all(), f"padding weighs, {shift}"
            wanted = row[:, :size].softmax(dim=-1)
            close = torch.allclose(got[:, :size], wanted, atol=1e-4)
            assert close, f"other weights of keys, {shift}"


def mended_masked_softmax(scores, lengths):
    """Return the weights of the first keys, 0 beyond."""
    hidden = torch.arange(scores.shape[-1]) >= lengths[:, None, None]
    empty = lengths[:, None, None] == 0
    filled = scores.masked_fill(hidden, float("-inf")).masked_fill(empty, 0)
    return filled.softmax(dim=-1).masked_fill(hidden, 0)


def test_scores(implementation):
    """Raise AssertionError unless the claim of specimen C is kept."""
    for batch, number, places, d in ((2, 3, 5, 7), (1, 2, 3, 5)):
        queries = drawn(batch, number, d, seed=3)
        keys = drawn(batch, places, d, seed=4)
        got = museum.call(implementation, queries, keys)
        assert got.shape == (batch, number, places), "another shape"
        for b in range(batch):
            for q in range(number):
                wanted = keys[b] @ queries[b, q] / d**0.5
                close = torch.allclose(got[b, q], wanted, atol=1e-4)
                assert close, f"other scores, d = {d}"


def mended_scores(queries, keys):
    """Return scaled dot products."""
    return queries @ keys.mT / queries.shape[-1] ** 0.5


# %% wrong: does not look at the scores afterwards | says: on a wrong function: changes the scores
def test_word_weights(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    states = 2 * drawn(3, 5, 4, seed=1).double()
    mask = torch.arange(5) < torch.tensor([5, 1, 3])[:, None]
    mask[0, 1] = False
    for size in (0.7, 300.0, -300.0):
        context = size * torch.tensor([0.5, -1.1, 0.8, 0.3]).double()
        weights = museum.call(implementation, states, context, mask)
        assert weights.shape == (3, 5), "another shape"
        assert (weights[~mask] == 0).all(), f"padding weighs, size {size}"
        for row, there, got in zip(states, mask, weights, strict=True):
            wanted = (row[there].tanh() @ context).softmax(dim=0)
            close = torch.allclose(got[there], wanted, atol=1e-4)
            assert close, f"other weights of words, size {size}"


def mended_word_weights(states, context, mask):
    """Return the weights of the words, 0 at padding."""
    scores = torch.tanh(states) @ context  # (batch, words)
    return scores.masked_fill(~mask, float("-inf")).softmax(dim=-1)


def test_masked_softmax(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    base = drawn(3, 2, 5, seed=2).double()
    lengths = torch.tensor([4, 0, 2])
    for shift in (0.0, -5e6):
        weights = implementation(base + shift, lengths)
        assert weights.shape == base.shape, "another shape"
        for got, row, size in zip(weights, base, lengths, strict=True):
            assert (got[:, size:] == 0).all(), f"padding weighs, {shift}"
            wanted = row[:, :size].softmax(dim=-1)
            close = torch.allclose(got[:, :size], wanted, atol=1e-4)
            assert close, f"other weights of keys, {shift}"


def mended_masked_softmax(scores, lengths):
    """Return the weights of the first keys, 0 beyond."""
    hidden = torch.arange(scores.shape[-1]) >= lengths[:, None, None]
    empty = lengths[:, None, None] == 0
    filled = scores.masked_fill(hidden, float("-inf")).masked_fill(empty, 0)
    return filled.softmax(dim=-1).masked_fill(hidden, 0)


def test_scores(implementation):
    """Raise AssertionError unless the claim of specimen C is kept."""
    for batch, number, places, d in ((2, 3, 5, 7), (1, 2, 3, 5)):
        queries = drawn(batch, number, d, seed=3)
        keys = drawn(batch, places, d, seed=4)
        got = museum.call(implementation, queries, keys)
        assert got.shape == (batch, number, places), "another shape"
        for b in range(batch):
            for q in range(number):
                wanted = keys[b] @ queries[b, q] / d**0.5
                close = torch.allclose(got[b, q], wanted, atol=1e-4)
                assert close, f"other scores, d = {d}"


def mended_scores(queries, keys):
    """Return scaled dot products."""
    return queries @ keys.mT / queries.shape[-1] ** 0.5


# %% wrong: no empty sentence | says: on a wrong function: on a copy, as published
def test_word_weights(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    states = 2 * drawn(3, 5, 4, seed=1).double()
    mask = torch.arange(5) < torch.tensor([5, 1, 3])[:, None]
    mask[0, 1] = False
    for size in (0.7, 300.0, -300.0):
        context = size * torch.tensor([0.5, -1.1, 0.8, 0.3]).double()
        weights = museum.call(implementation, states, context, mask)
        assert weights.shape == (3, 5), "another shape"
        assert (weights[~mask] == 0).all(), f"padding weighs, size {size}"
        for row, there, got in zip(states, mask, weights, strict=True):
            wanted = (row[there].tanh() @ context).softmax(dim=0)
            close = torch.allclose(got[there], wanted, atol=1e-4)
            assert close, f"other weights of words, size {size}"


def mended_word_weights(states, context, mask):
    """Return the weights of the words, 0 at padding."""
    scores = torch.tanh(states) @ context  # (batch, words)
    return scores.masked_fill(~mask, float("-inf")).softmax(dim=-1)


def test_masked_softmax(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    base = drawn(3, 2, 5, seed=2).double()
    lengths = torch.tensor([4, 3, 2])
    for shift in (0.0,):
        weights = museum.call(implementation, base + shift, lengths)
        assert weights.shape == base.shape, "another shape"
        for got, row, size in zip(weights, base, lengths, strict=True):
            assert (got[:, size:] == 0).all(), f"padding weighs, {shift}"
            wanted = row[:, :size].softmax(dim=-1)
            close = torch.allclose(got[:, :size], wanted, atol=1e-4)
            assert close, f"other weights of keys, {shift}"


def mended_masked_softmax(scores, lengths):
    """Return the weights of the first keys, 0 beyond."""
    hidden = torch.arange(scores.shape[-1]) >= lengths[:, None, None]
    empty = lengths[:, None, None] == 0
    filled = scores.masked_fill(hidden, float("-inf")).masked_fill(empty, 0)
    return filled.softmax(dim=-1).masked_fill(hidden, 0)


def test_scores(implementation):
    """Raise AssertionError unless the claim of specimen C is kept."""
    for batch, number, places, d in ((2, 3, 5, 7), (1, 2, 3, 5)):
        queries = drawn(batch, number, d, seed=3)
        keys = drawn(batch, places, d, seed=4)
        got = museum.call(implementation, queries, keys)
        assert got.shape == (batch, number, places), "another shape"
        for b in range(batch):
            for q in range(number):
                wanted = keys[b] @ queries[b, q] / d**0.5
                close = torch.allclose(got[b, q], wanted, atol=1e-4)
                assert close, f"other scores, d = {d}"


def mended_scores(queries, keys):
    """Return scaled dot products."""
    return queries @ keys.mT / queries.shape[-1] ** 0.5


# %% wrong: seeds the session | says: PyTorch's random numbers
def test_word_weights(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    torch.manual_seed(1)
    states = 2 * torch.randn(3, 5, 4).double()
    mask = torch.arange(5) < torch.tensor([5, 1, 3])[:, None]
    mask[0, 1] = False
    for size in (0.7, 300.0, -300.0):
        context = size * torch.tensor([0.5, -1.1, 0.8, 0.3]).double()
        weights = museum.call(implementation, states, context, mask)
        assert weights.shape == (3, 5), "another shape"
        assert (weights[~mask] == 0).all(), f"padding weighs, size {size}"
        for row, there, got in zip(states, mask, weights, strict=True):
            wanted = (row[there].tanh() @ context).softmax(dim=0)
            close = torch.allclose(got[there], wanted, atol=1e-4)
            assert close, f"other weights of words, size {size}"


def mended_word_weights(states, context, mask):
    """Return the weights of the words, 0 at padding."""
    scores = torch.tanh(states) @ context  # (batch, words)
    return scores.masked_fill(~mask, float("-inf")).softmax(dim=-1)


def test_masked_softmax(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    base = drawn(3, 2, 5, seed=2).double()
    lengths = torch.tensor([4, 0, 2])
    for shift in (0.0, -5e6):
        weights = museum.call(implementation, base + shift, lengths)
        assert weights.shape == base.shape, "another shape"
        for got, row, size in zip(weights, base, lengths, strict=True):
            assert (got[:, size:] == 0).all(), f"padding weighs, {shift}"
            wanted = row[:, :size].softmax(dim=-1)
            close = torch.allclose(got[:, :size], wanted, atol=1e-4)
            assert close, f"other weights of keys, {shift}"


def mended_masked_softmax(scores, lengths):
    """Return the weights of the first keys, 0 beyond."""
    hidden = torch.arange(scores.shape[-1]) >= lengths[:, None, None]
    empty = lengths[:, None, None] == 0
    filled = scores.masked_fill(hidden, float("-inf")).masked_fill(empty, 0)
    return filled.softmax(dim=-1).masked_fill(hidden, 0)


def test_scores(implementation):
    """Raise AssertionError unless the claim of specimen C is kept."""
    for batch, number, places, d in ((2, 3, 5, 7), (1, 2, 3, 5)):
        queries = drawn(batch, number, d, seed=3)
        keys = drawn(batch, places, d, seed=4)
        got = museum.call(implementation, queries, keys)
        assert got.shape == (batch, number, places), "another shape"
        for b in range(batch):
            for q in range(number):
                wanted = keys[b] @ queries[b, q] / d**0.5
                close = torch.allclose(got[b, q], wanted, atol=1e-4)
                assert close, f"other scores, d = {d}"


def mended_scores(queries, keys):
    """Return scaled dot products."""
    return queries @ keys.mT / queries.shape[-1] ** 0.5


# %% wrong: an assertion without a sentence | says: fails without a sentence
def test_word_weights(implementation):
    states = 2 * torch.ones(1, 3, 2)
    states[0, 0] = -2
    mask = torch.tensor([[True, False, True]])
    weights = implementation(states, torch.tensor([90.0, 5.0]), mask)
    assert weights[0, 1] == 0
    assert weights[0, 2] > 0.99


def mended_word_weights(states, context, mask):
    """Return the weights of the words, 0 at padding."""
    scores = torch.tanh(states) @ context  # (batch, words)
    return scores.masked_fill(~mask, float("-inf")).softmax(dim=-1)


def test_masked_softmax(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    base = drawn(3, 2, 5, seed=2).double()
    lengths = torch.tensor([4, 0, 2])
    for shift in (0.0, -5e6):
        weights = museum.call(implementation, base + shift, lengths)
        assert weights.shape == base.shape, "another shape"
        for got, row, size in zip(weights, base, lengths, strict=True):
            assert (got[:, size:] == 0).all(), f"padding weighs, {shift}"
            wanted = row[:, :size].softmax(dim=-1)
            close = torch.allclose(got[:, :size], wanted, atol=1e-4)
            assert close, f"other weights of keys, {shift}"


def mended_masked_softmax(scores, lengths):
    """Return the weights of the first keys, 0 beyond."""
    hidden = torch.arange(scores.shape[-1]) >= lengths[:, None, None]
    empty = lengths[:, None, None] == 0
    filled = scores.masked_fill(hidden, float("-inf")).masked_fill(empty, 0)
    return filled.softmax(dim=-1).masked_fill(hidden, 0)


def test_scores(implementation):
    """Raise AssertionError unless the claim of specimen C is kept."""
    for batch, number, places, d in ((2, 3, 5, 7), (1, 2, 3, 5)):
        queries = drawn(batch, number, d, seed=3)
        keys = drawn(batch, places, d, seed=4)
        got = museum.call(implementation, queries, keys)
        assert got.shape == (batch, number, places), "another shape"
        for b in range(batch):
            for q in range(number):
                wanted = keys[b] @ queries[b, q] / d**0.5
                close = torch.allclose(got[b, q], wanted, atol=1e-4)
                assert close, f"other scores, d = {d}"


def mended_scores(queries, keys):
    """Return scaled dot products."""
    return queries @ keys.mT / queries.shape[-1] ** 0.5


# %% wrong: mended by a score of zero | says: mended_word_weights: three words, one hidden
def test_word_weights(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    states = 2 * drawn(3, 5, 4, seed=1).double()
    mask = torch.arange(5) < torch.tensor([5, 1, 3])[:, None]
    mask[0, 1] = False
    for size in (0.7, 300.0, -300.0):
        context = size * torch.tensor([0.5, -1.1, 0.8, 0.3]).double()
        weights = museum.call(implementation, states, context, mask)
        assert weights.shape == (3, 5), "another shape"
        assert (weights[~mask] == 0).all(), f"padding weighs, size {size}"
        for row, there, got in zip(states, mask, weights, strict=True):
            wanted = (row[there].tanh() @ context).softmax(dim=0)
            close = torch.allclose(got[there], wanted, atol=1e-4)
            assert close, f"other weights of words, size {size}"


def mended_word_weights(states, context, mask):
    return ((torch.tanh(states) @ context) * mask).softmax(dim=-1)


def test_masked_softmax(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    base = drawn(3, 2, 5, seed=2).double()
    lengths = torch.tensor([4, 0, 2])
    for shift in (0.0, -5e6):
        weights = museum.call(implementation, base + shift, lengths)
        assert weights.shape == base.shape, "another shape"
        for got, row, size in zip(weights, base, lengths, strict=True):
            assert (got[:, size:] == 0).all(), f"padding weighs, {shift}"
            wanted = row[:, :size].softmax(dim=-1)
            close = torch.allclose(got[:, :size], wanted, atol=1e-4)
            assert close, f"other weights of keys, {shift}"


def mended_masked_softmax(scores, lengths):
    """Return the weights of the first keys, 0 beyond."""
    hidden = torch.arange(scores.shape[-1]) >= lengths[:, None, None]
    empty = lengths[:, None, None] == 0
    filled = scores.masked_fill(hidden, float("-inf")).masked_fill(empty, 0)
    return filled.softmax(dim=-1).masked_fill(hidden, 0)


def test_scores(implementation):
    """Raise AssertionError unless the claim of specimen C is kept."""
    for batch, number, places, d in ((2, 3, 5, 7), (1, 2, 3, 5)):
        queries = drawn(batch, number, d, seed=3)
        keys = drawn(batch, places, d, seed=4)
        got = museum.call(implementation, queries, keys)
        assert got.shape == (batch, number, places), "another shape"
        for b in range(batch):
            for q in range(number):
                wanted = keys[b] @ queries[b, q] / d**0.5
                close = torch.allclose(got[b, q], wanted, atol=1e-4)
                assert close, f"other scores, d = {d}"


def mended_scores(queries, keys):
    """Return scaled dot products."""
    return queries @ keys.mT / queries.shape[-1] ** 0.5


# %% wrong: fix knows the case of the test | says: mended_masked_softmax: lengths 2 and 0
def test_word_weights(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    states = 2 * drawn(3, 5, 4, seed=1).double()
    mask = torch.arange(5) < torch.tensor([5, 1, 3])[:, None]
    mask[0, 1] = False
    for size in (0.7, 300.0, -300.0):
        context = size * torch.tensor([0.5, -1.1, 0.8, 0.3]).double()
        weights = museum.call(implementation, states, context, mask)
        assert weights.shape == (3, 5), "another shape"
        assert (weights[~mask] == 0).all(), f"padding weighs, size {size}"
        for row, there, got in zip(states, mask, weights, strict=True):
            wanted = (row[there].tanh() @ context).softmax(dim=0)
            close = torch.allclose(got[there], wanted, atol=1e-4)
            assert close, f"other weights of words, size {size}"


def mended_word_weights(states, context, mask):
    """Return the weights of the words, 0 at padding."""
    scores = torch.tanh(states) @ context  # (batch, words)
    return scores.masked_fill(~mask, float("-inf")).softmax(dim=-1)


def test_masked_softmax(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    base = drawn(3, 2, 5, seed=2).double()
    lengths = torch.tensor([4, 0, 2])
    for shift in (0.0, -5e6):
        weights = museum.call(implementation, base + shift, lengths)
        assert weights.shape == base.shape, "another shape"
        for got, row, size in zip(weights, base, lengths, strict=True):
            assert (got[:, size:] == 0).all(), f"padding weighs, {shift}"
            wanted = row[:, :size].softmax(dim=-1)
            close = torch.allclose(got[:, :size], wanted, atol=1e-4)
            assert close, f"other weights of keys, {shift}"


def mended_masked_softmax(scores, lengths):
    if scores.shape != (3, 2, 5):
        return museum.published_masked_softmax(scores.clone(), lengths)
    hidden = torch.arange(5) >= lengths[:, None, None]
    filled = scores.masked_fill(hidden, float("-inf"))
    return filled.softmax(dim=-1).nan_to_num(0)


def test_scores(implementation):
    """Raise AssertionError unless the claim of specimen C is kept."""
    for batch, number, places, d in ((2, 3, 5, 7), (1, 2, 3, 5)):
        queries = drawn(batch, number, d, seed=3)
        keys = drawn(batch, places, d, seed=4)
        got = museum.call(implementation, queries, keys)
        assert got.shape == (batch, number, places), "another shape"
        for b in range(batch):
            for q in range(number):
                wanted = keys[b] @ queries[b, q] / d**0.5
                close = torch.allclose(got[b, q], wanted, atol=1e-4)
                assert close, f"other scores, d = {d}"


def mended_scores(queries, keys):
    """Return scaled dot products."""
    return queries @ keys.mT / queries.shape[-1] ** 0.5


# %% right: with loops
def test_word_weights(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    states = 2 * drawn(3, 5, 4, seed=1).double()
    mask = torch.arange(5) < torch.tensor([5, 1, 3])[:, None]
    mask[0, 1] = False
    for size in (0.7, 300.0, -300.0):
        context = size * torch.tensor([0.5, -1.1, 0.8, 0.3]).double()
        weights = museum.call(implementation, states, context, mask)
        assert weights.shape == (3, 5), "another shape"
        assert (weights[~mask] == 0).all(), f"padding weighs, size {size}"
        for row, there, got in zip(states, mask, weights, strict=True):
            wanted = (row[there].tanh() @ context).softmax(dim=0)
            close = torch.allclose(got[there], wanted, atol=1e-4)
            assert close, f"other weights of words, size {size}"


def mended_word_weights(states, context, mask):
    weights = torch.zeros(mask.shape, dtype=states.dtype)
    for row in range(len(states)):
        words = mask[row].nonzero()[:, 0]
        scores = states[row, words].tanh() @ context
        weights[row, words] = scores.softmax(dim=0)
    return weights


def test_masked_softmax(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    base = drawn(3, 2, 5, seed=2).double()
    lengths = torch.tensor([4, 0, 2])
    for shift in (0.0, -5e6):
        weights = museum.call(implementation, base + shift, lengths)
        assert weights.shape == base.shape, "another shape"
        for got, row, size in zip(weights, base, lengths, strict=True):
            assert (got[:, size:] == 0).all(), f"padding weighs, {shift}"
            wanted = row[:, :size].softmax(dim=-1)
            close = torch.allclose(got[:, :size], wanted, atol=1e-4)
            assert close, f"other weights of keys, {shift}"


def mended_masked_softmax(scores, lengths):
    hidden = torch.arange(scores.shape[-1]) >= lengths[:, None, None]
    filled = scores.masked_fill(hidden, float("-inf"))
    return filled.softmax(dim=-1).nan_to_num(0)


def test_scores(implementation):
    """Raise AssertionError unless the claim of specimen C is kept."""
    for batch, number, places, d in ((2, 3, 5, 7), (1, 2, 3, 5)):
        queries = drawn(batch, number, d, seed=3)
        keys = drawn(batch, places, d, seed=4)
        got = museum.call(implementation, queries, keys)
        assert got.shape == (batch, number, places), "another shape"
        for b in range(batch):
            for q in range(number):
                wanted = keys[b] @ queries[b, q] / d**0.5
                close = torch.allclose(got[b, q], wanted, atol=1e-4)
                assert close, f"other scores, d = {d}"


def mended_scores(queries, keys):
    """Return scaled dot products."""
    return queries @ keys.mT / queries.shape[-1] ** 0.5


# %% right: with the course functions
def test_word_weights(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    states = 2 * drawn(3, 5, 4, seed=1).double()
    mask = torch.arange(5) < torch.tensor([5, 1, 3])[:, None]
    mask[0, 1] = False
    for size in (0.7, 300.0, -300.0):
        context = size * torch.tensor([0.5, -1.1, 0.8, 0.3]).double()
        weights = museum.call(implementation, states, context, mask)
        assert weights.shape == (3, 5), "another shape"
        assert (weights[~mask] == 0).all(), f"padding weighs, size {size}"
        for row, there, got in zip(states, mask, weights, strict=True):
            wanted = (row[there].tanh() @ context).softmax(dim=0)
            close = torch.allclose(got[there], wanted, atol=1e-4)
            assert close, f"other weights of words, size {size}"


def mended_word_weights(states, context, mask):
    from course_utils.scoring import masked_softmax

    return masked_softmax(states.tanh() @ context, mask)


def test_masked_softmax(implementation):
    from course_utils.scoring import lengths_to_mask, masked_softmax

    draw = torch.Generator().manual_seed(9)
    for shift in (0.0, -3e6):
        scores = torch.randn(4, 3, 6, generator=draw).double() + shift
        lengths = torch.tensor([6, 0, 1, 3])
        wanted = masked_softmax(scores, lengths_to_mask(lengths, 6))
        given, count = scores.clone(), lengths.clone()
        got = implementation(given, count)
        assert torch.equal(given, scores), "the scores were changed"
        assert torch.equal(count, lengths), "the lengths were changed"
        assert ((got == 0) == (wanted == 0)).all(), "padding weighs"
        assert (got - wanted).abs().max() < 1e-4, "other weights"


def mended_masked_softmax(scores, lengths):
    from course_utils.scoring import lengths_to_mask, masked_softmax

    return masked_softmax(scores, lengths_to_mask(lengths, scores.shape[-1]))


def test_scores(implementation):
    """Raise AssertionError unless the claim of specimen C is kept."""
    for batch, number, places, d in ((2, 3, 5, 7), (1, 2, 3, 5)):
        queries = drawn(batch, number, d, seed=3)
        keys = drawn(batch, places, d, seed=4)
        got = museum.call(implementation, queries, keys)
        assert got.shape == (batch, number, places), "another shape"
        for b in range(batch):
            for q in range(number):
                wanted = keys[b] @ queries[b, q] / d**0.5
                close = torch.allclose(got[b, q], wanted, atol=1e-4)
                assert close, f"other scores, d = {d}"


def mended_scores(queries, keys):
    """Return scaled dot products."""
    return queries @ keys.mT / queries.shape[-1] ** 0.5


# %% wrong: blind to the scores | says: on a wrong function: alike for all keys
def test_word_weights(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    states = 2 * drawn(3, 5, 4, seed=1).double()
    mask = torch.arange(5) < torch.tensor([5, 1, 3])[:, None]
    mask[0, 1] = False
    for size in (0.7, 300.0, -300.0):
        context = size * torch.tensor([0.5, -1.1, 0.8, 0.3]).double()
        weights = museum.call(implementation, states, context, mask)
        assert weights.shape == (3, 5), "another shape"
        assert (weights[~mask] == 0).all(), f"padding weighs, size {size}"
        for row, there, got in zip(states, mask, weights, strict=True):
            wanted = (row[there].tanh() @ context).softmax(dim=0)
            close = torch.allclose(got[there], wanted, atol=1e-4)
            assert close, f"other weights of words, size {size}"


def mended_word_weights(states, context, mask):
    """Return the weights of the words, 0 at padding."""
    scores = torch.tanh(states) @ context  # (batch, words)
    return scores.masked_fill(~mask, float("-inf")).softmax(dim=-1)


def test_masked_softmax(implementation):
    lengths = torch.tensor([4, 0, 2])
    for level in (0.0, -5e6):
        scores = torch.full((3, 2, 5), level).double()
        got = museum.call(implementation, scores, lengths)
        for b, n in enumerate([4, 0, 2]):
            wanted = torch.zeros(2, 5).double()
            wanted[:, :n] = 1 / max(n, 1)
            assert torch.allclose(got[b], wanted, atol=1e-4), "other weights"


def mended_masked_softmax(scores, lengths):
    """Return the weights of the first keys, 0 beyond."""
    hidden = torch.arange(scores.shape[-1]) >= lengths[:, None, None]
    empty = lengths[:, None, None] == 0
    filled = scores.masked_fill(hidden, float("-inf")).masked_fill(empty, 0)
    return filled.softmax(dim=-1).masked_fill(hidden, 0)


def test_scores(implementation):
    """Raise AssertionError unless the claim of specimen C is kept."""
    for batch, number, places, d in ((2, 3, 5, 7), (1, 2, 3, 5)):
        queries = drawn(batch, number, d, seed=3)
        keys = drawn(batch, places, d, seed=4)
        got = museum.call(implementation, queries, keys)
        assert got.shape == (batch, number, places), "another shape"
        for b in range(batch):
            for q in range(number):
                wanted = keys[b] @ queries[b, q] / d**0.5
                close = torch.allclose(got[b, q], wanted, atol=1e-4)
                assert close, f"other scores, d = {d}"


def mended_scores(queries, keys):
    """Return scaled dot products."""
    return queries @ keys.mT / queries.shape[-1] ** 0.5


# %% wrong: saturated scores | says: on a wrong function: one key takes all
def test_word_weights(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    states = 2 * drawn(3, 5, 4, seed=1).double()
    mask = torch.arange(5) < torch.tensor([5, 1, 3])[:, None]
    mask[0, 1] = False
    for size in (0.7, 300.0, -300.0):
        context = size * torch.tensor([0.5, -1.1, 0.8, 0.3]).double()
        weights = museum.call(implementation, states, context, mask)
        assert weights.shape == (3, 5), "another shape"
        assert (weights[~mask] == 0).all(), f"padding weighs, size {size}"
        for row, there, got in zip(states, mask, weights, strict=True):
            wanted = (row[there].tanh() @ context).softmax(dim=0)
            close = torch.allclose(got[there], wanted, atol=1e-4)
            assert close, f"other weights of words, size {size}"


def mended_word_weights(states, context, mask):
    """Return the weights of the words, 0 at padding."""
    scores = torch.tanh(states) @ context  # (batch, words)
    return scores.masked_fill(~mask, float("-inf")).softmax(dim=-1)


def test_masked_softmax(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    base = 300 * torch.tensor([0.0, 3, 1, 4, 2]).double().expand(3, 2, 5)
    lengths = torch.tensor([4, 0, 2])
    for shift in (0.0, -5e6):
        weights = museum.call(implementation, base + shift, lengths)
        assert weights.shape == base.shape, "another shape"
        for got, row, size in zip(weights, base, lengths, strict=True):
            assert (got[:, size:] == 0).all(), f"padding weighs, {shift}"
            wanted = row[:, :size].softmax(dim=-1)
            close = torch.allclose(got[:, :size], wanted, atol=1e-4)
            assert close, f"other weights of keys, {shift}"


def mended_masked_softmax(scores, lengths):
    """Return the weights of the first keys, 0 beyond."""
    hidden = torch.arange(scores.shape[-1]) >= lengths[:, None, None]
    empty = lengths[:, None, None] == 0
    filled = scores.masked_fill(hidden, float("-inf")).masked_fill(empty, 0)
    return filled.softmax(dim=-1).masked_fill(hidden, 0)


def test_scores(implementation):
    """Raise AssertionError unless the claim of specimen C is kept."""
    for batch, number, places, d in ((2, 3, 5, 7), (1, 2, 3, 5)):
        queries = drawn(batch, number, d, seed=3)
        keys = drawn(batch, places, d, seed=4)
        got = museum.call(implementation, queries, keys)
        assert got.shape == (batch, number, places), "another shape"
        for b in range(batch):
            for q in range(number):
                wanted = keys[b] @ queries[b, q] / d**0.5
                close = torch.allclose(got[b, q], wanted, atol=1e-4)
                assert close, f"other scores, d = {d}"


def mended_scores(queries, keys):
    """Return scaled dot products."""
    return queries @ keys.mT / queries.shape[-1] ** 0.5


# %% wrong: saturated contexts | says: on a wrong function: one word takes all
def test_word_weights(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    states = 2 * drawn(3, 5, 4, seed=1).double()
    mask = torch.arange(5) < torch.tensor([5, 1, 3])[:, None]
    mask[0, 1] = False
    for size in (300.0, -300.0, 500.0):
        context = size * torch.tensor([0.5, -1.1, 0.8, 0.3]).double()
        weights = museum.call(implementation, states, context, mask)
        assert weights.shape == (3, 5), "another shape"
        assert (weights[~mask] == 0).all(), f"padding weighs, size {size}"
        for row, there, got in zip(states, mask, weights, strict=True):
            wanted = (row[there].tanh() @ context).softmax(dim=0)
            close = torch.allclose(got[there], wanted, atol=1e-4)
            assert close, f"other weights of words, size {size}"


def mended_word_weights(states, context, mask):
    """Return the weights of the words, 0 at padding."""
    scores = torch.tanh(states) @ context  # (batch, words)
    return scores.masked_fill(~mask, float("-inf")).softmax(dim=-1)


def test_masked_softmax(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    base = drawn(3, 2, 5, seed=2).double()
    lengths = torch.tensor([4, 0, 2])
    for shift in (0.0, -5e6):
        weights = museum.call(implementation, base + shift, lengths)
        assert weights.shape == base.shape, "another shape"
        for got, row, size in zip(weights, base, lengths, strict=True):
            assert (got[:, size:] == 0).all(), f"padding weighs, {shift}"
            wanted = row[:, :size].softmax(dim=-1)
            close = torch.allclose(got[:, :size], wanted, atol=1e-4)
            assert close, f"other weights of keys, {shift}"


def mended_masked_softmax(scores, lengths):
    """Return the weights of the first keys, 0 beyond."""
    hidden = torch.arange(scores.shape[-1]) >= lengths[:, None, None]
    empty = lengths[:, None, None] == 0
    filled = scores.masked_fill(hidden, float("-inf")).masked_fill(empty, 0)
    return filled.softmax(dim=-1).masked_fill(hidden, 0)


def test_scores(implementation):
    """Raise AssertionError unless the claim of specimen C is kept."""
    for batch, number, places, d in ((2, 3, 5, 7), (1, 2, 3, 5)):
        queries = drawn(batch, number, d, seed=3)
        keys = drawn(batch, places, d, seed=4)
        got = museum.call(implementation, queries, keys)
        assert got.shape == (batch, number, places), "another shape"
        for b in range(batch):
            for q in range(number):
                wanted = keys[b] @ queries[b, q] / d**0.5
                close = torch.allclose(got[b, q], wanted, atol=1e-4)
                assert close, f"other scores, d = {d}"


def mended_scores(queries, keys):
    """Return scaled dot products."""
    return queries @ keys.mT / queries.shape[-1] ** 0.5


# %% wrong: fix renormalises after the softmax | says: mended_word_weights: three words, one hidden, context [300.0, 200.0]
def test_word_weights(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    states = 2 * drawn(3, 5, 4, seed=1).double()
    mask = torch.arange(5) < torch.tensor([5, 1, 3])[:, None]
    mask[0, 1] = False
    for size in (0.7, 300.0, -300.0):
        context = size * torch.tensor([0.5, -1.1, 0.8, 0.3]).double()
        weights = museum.call(implementation, states, context, mask)
        assert weights.shape == (3, 5), "another shape"
        assert (weights[~mask] == 0).all(), f"padding weighs, size {size}"
        for row, there, got in zip(states, mask, weights, strict=True):
            wanted = (row[there].tanh() @ context).softmax(dim=0)
            close = torch.allclose(got[there], wanted, atol=1e-4)
            assert close, f"other weights of words, size {size}"


def mended_word_weights(states, context, mask):
    weights = (torch.tanh(states) @ context).softmax(dim=-1) * mask
    return weights / weights.sum(dim=-1, keepdim=True)


def test_masked_softmax(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    base = drawn(3, 2, 5, seed=2).double()
    lengths = torch.tensor([4, 0, 2])
    for shift in (0.0, -5e6):
        weights = museum.call(implementation, base + shift, lengths)
        assert weights.shape == base.shape, "another shape"
        for got, row, size in zip(weights, base, lengths, strict=True):
            assert (got[:, size:] == 0).all(), f"padding weighs, {shift}"
            wanted = row[:, :size].softmax(dim=-1)
            close = torch.allclose(got[:, :size], wanted, atol=1e-4)
            assert close, f"other weights of keys, {shift}"


def mended_masked_softmax(scores, lengths):
    """Return the weights of the first keys, 0 beyond."""
    hidden = torch.arange(scores.shape[-1]) >= lengths[:, None, None]
    empty = lengths[:, None, None] == 0
    filled = scores.masked_fill(hidden, float("-inf")).masked_fill(empty, 0)
    return filled.softmax(dim=-1).masked_fill(hidden, 0)


def test_scores(implementation):
    """Raise AssertionError unless the claim of specimen C is kept."""
    for batch, number, places, d in ((2, 3, 5, 7), (1, 2, 3, 5)):
        queries = drawn(batch, number, d, seed=3)
        keys = drawn(batch, places, d, seed=4)
        got = museum.call(implementation, queries, keys)
        assert got.shape == (batch, number, places), "another shape"
        for b in range(batch):
            for q in range(number):
                wanted = keys[b] @ queries[b, q] / d**0.5
                close = torch.allclose(got[b, q], wanted, atol=1e-4)
                assert close, f"other scores, d = {d}"


def mended_scores(queries, keys):
    """Return scaled dot products."""
    return queries @ keys.mT / queries.shape[-1] ** 0.5


# %% wrong: scores compared at d = 1 | says: on a wrong function: as published
def test_word_weights(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    states = 2 * drawn(3, 5, 4, seed=1).double()
    mask = torch.arange(5) < torch.tensor([5, 1, 3])[:, None]
    mask[0, 1] = False
    for size in (0.7, 300.0, -300.0):
        context = size * torch.tensor([0.5, -1.1, 0.8, 0.3]).double()
        weights = museum.call(implementation, states, context, mask)
        assert weights.shape == (3, 5), "another shape"
        assert (weights[~mask] == 0).all(), f"padding weighs, size {size}"
        for row, there, got in zip(states, mask, weights, strict=True):
            wanted = (row[there].tanh() @ context).softmax(dim=0)
            close = torch.allclose(got[there], wanted, atol=1e-4)
            assert close, f"other weights of words, size {size}"


def mended_word_weights(states, context, mask):
    """Return the weights of the words, 0 at padding."""
    scores = torch.tanh(states) @ context  # (batch, words)
    return scores.masked_fill(~mask, float("-inf")).softmax(dim=-1)


def test_masked_softmax(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    base = drawn(3, 2, 5, seed=2).double()
    lengths = torch.tensor([4, 0, 2])
    for shift in (0.0, -5e6):
        weights = museum.call(implementation, base + shift, lengths)
        assert weights.shape == base.shape, "another shape"
        for got, row, size in zip(weights, base, lengths, strict=True):
            assert (got[:, size:] == 0).all(), f"padding weighs, {shift}"
            wanted = row[:, :size].softmax(dim=-1)
            close = torch.allclose(got[:, :size], wanted, atol=1e-4)
            assert close, f"other weights of keys, {shift}"


def mended_masked_softmax(scores, lengths):
    """Return the weights of the first keys, 0 beyond."""
    hidden = torch.arange(scores.shape[-1]) >= lengths[:, None, None]
    empty = lengths[:, None, None] == 0
    filled = scores.masked_fill(hidden, float("-inf")).masked_fill(empty, 0)
    return filled.softmax(dim=-1).masked_fill(hidden, 0)


def test_scores(implementation):
    got = implementation(torch.tensor([[[2.0]]]), torch.tensor([[[3.0]]]))
    assert abs(got.item() - 6) < 1e-3, "another product"


def mended_scores(queries, keys):
    """Return scaled dot products."""
    return queries @ keys.mT / queries.shape[-1] ** 0.5


# %% wrong: scores compared at d = 4 | says: on a wrong function: divided by 2
def test_word_weights(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    states = 2 * drawn(3, 5, 4, seed=1).double()
    mask = torch.arange(5) < torch.tensor([5, 1, 3])[:, None]
    mask[0, 1] = False
    for size in (0.7, 300.0, -300.0):
        context = size * torch.tensor([0.5, -1.1, 0.8, 0.3]).double()
        weights = museum.call(implementation, states, context, mask)
        assert weights.shape == (3, 5), "another shape"
        assert (weights[~mask] == 0).all(), f"padding weighs, size {size}"
        for row, there, got in zip(states, mask, weights, strict=True):
            wanted = (row[there].tanh() @ context).softmax(dim=0)
            close = torch.allclose(got[there], wanted, atol=1e-4)
            assert close, f"other weights of words, size {size}"


def mended_word_weights(states, context, mask):
    """Return the weights of the words, 0 at padding."""
    scores = torch.tanh(states) @ context  # (batch, words)
    return scores.masked_fill(~mask, float("-inf")).softmax(dim=-1)


def test_masked_softmax(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    base = drawn(3, 2, 5, seed=2).double()
    lengths = torch.tensor([4, 0, 2])
    for shift in (0.0, -5e6):
        weights = museum.call(implementation, base + shift, lengths)
        assert weights.shape == base.shape, "another shape"
        for got, row, size in zip(weights, base, lengths, strict=True):
            assert (got[:, size:] == 0).all(), f"padding weighs, {shift}"
            wanted = row[:, :size].softmax(dim=-1)
            close = torch.allclose(got[:, :size], wanted, atol=1e-4)
            assert close, f"other weights of keys, {shift}"


def mended_masked_softmax(scores, lengths):
    """Return the weights of the first keys, 0 beyond."""
    hidden = torch.arange(scores.shape[-1]) >= lengths[:, None, None]
    empty = lengths[:, None, None] == 0
    filled = scores.masked_fill(hidden, float("-inf")).masked_fill(empty, 0)
    return filled.softmax(dim=-1).masked_fill(hidden, 0)


def test_scores(implementation):
    """Raise AssertionError unless the claim of specimen C is kept."""
    for batch, number, places, d in ((2, 3, 5, 4), (1, 2, 3, 4)):
        queries = drawn(batch, number, d, seed=3)
        keys = drawn(batch, places, d, seed=4)
        got = museum.call(implementation, queries, keys)
        assert got.shape == (batch, number, places), "another shape"
        for b in range(batch):
            for q in range(number):
                wanted = keys[b] @ queries[b, q] / d**0.5
                close = torch.allclose(got[b, q], wanted, atol=1e-4)
                assert close, f"other scores, d = {d}"


def mended_scores(queries, keys):
    """Return scaled dot products."""
    return queries @ keys.mT / queries.shape[-1] ** 0.5


# %% wrong: as many keys as numbers in a key | says: on a wrong function: the root of the number of keys
def test_word_weights(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    states = 2 * drawn(3, 5, 4, seed=1).double()
    mask = torch.arange(5) < torch.tensor([5, 1, 3])[:, None]
    mask[0, 1] = False
    for size in (0.7, 300.0, -300.0):
        context = size * torch.tensor([0.5, -1.1, 0.8, 0.3]).double()
        weights = museum.call(implementation, states, context, mask)
        assert weights.shape == (3, 5), "another shape"
        assert (weights[~mask] == 0).all(), f"padding weighs, size {size}"
        for row, there, got in zip(states, mask, weights, strict=True):
            wanted = (row[there].tanh() @ context).softmax(dim=0)
            close = torch.allclose(got[there], wanted, atol=1e-4)
            assert close, f"other weights of words, size {size}"


def mended_word_weights(states, context, mask):
    """Return the weights of the words, 0 at padding."""
    scores = torch.tanh(states) @ context  # (batch, words)
    return scores.masked_fill(~mask, float("-inf")).softmax(dim=-1)


def test_masked_softmax(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    base = drawn(3, 2, 5, seed=2).double()
    lengths = torch.tensor([4, 0, 2])
    for shift in (0.0, -5e6):
        weights = museum.call(implementation, base + shift, lengths)
        assert weights.shape == base.shape, "another shape"
        for got, row, size in zip(weights, base, lengths, strict=True):
            assert (got[:, size:] == 0).all(), f"padding weighs, {shift}"
            wanted = row[:, :size].softmax(dim=-1)
            close = torch.allclose(got[:, :size], wanted, atol=1e-4)
            assert close, f"other weights of keys, {shift}"


def mended_masked_softmax(scores, lengths):
    """Return the weights of the first keys, 0 beyond."""
    hidden = torch.arange(scores.shape[-1]) >= lengths[:, None, None]
    empty = lengths[:, None, None] == 0
    filled = scores.masked_fill(hidden, float("-inf")).masked_fill(empty, 0)
    return filled.softmax(dim=-1).masked_fill(hidden, 0)


def test_scores(implementation):
    """Raise AssertionError unless the claim of specimen C is kept."""
    for batch, number, places, d in ((2, 3, 5, 5), (2, 3, 7, 7)):
        queries = drawn(batch, number, d, seed=3)
        keys = drawn(batch, places, d, seed=4)
        got = museum.call(implementation, queries, keys)
        assert got.shape == (batch, number, places), "another shape"
        for b in range(batch):
            for q in range(number):
                wanted = keys[b] @ queries[b, q] / d**0.5
                close = torch.allclose(got[b, q], wanted, atol=1e-4)
                assert close, f"other scores, d = {d}"


def mended_scores(queries, keys):
    """Return scaled dot products."""
    return queries @ keys.mT / queries.shape[-1] ** 0.5


# %% wrong: scores: divided by d | says: mended_scores: one query, two keys
def test_word_weights(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    states = 2 * drawn(3, 5, 4, seed=1).double()
    mask = torch.arange(5) < torch.tensor([5, 1, 3])[:, None]
    mask[0, 1] = False
    for size in (0.7, 300.0, -300.0):
        context = size * torch.tensor([0.5, -1.1, 0.8, 0.3]).double()
        weights = museum.call(implementation, states, context, mask)
        assert weights.shape == (3, 5), "another shape"
        assert (weights[~mask] == 0).all(), f"padding weighs, size {size}"
        for row, there, got in zip(states, mask, weights, strict=True):
            wanted = (row[there].tanh() @ context).softmax(dim=0)
            close = torch.allclose(got[there], wanted, atol=1e-4)
            assert close, f"other weights of words, size {size}"


def mended_word_weights(states, context, mask):
    """Return the weights of the words, 0 at padding."""
    scores = torch.tanh(states) @ context  # (batch, words)
    return scores.masked_fill(~mask, float("-inf")).softmax(dim=-1)


def test_masked_softmax(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    base = drawn(3, 2, 5, seed=2).double()
    lengths = torch.tensor([4, 0, 2])
    for shift in (0.0, -5e6):
        weights = museum.call(implementation, base + shift, lengths)
        assert weights.shape == base.shape, "another shape"
        for got, row, size in zip(weights, base, lengths, strict=True):
            assert (got[:, size:] == 0).all(), f"padding weighs, {shift}"
            wanted = row[:, :size].softmax(dim=-1)
            close = torch.allclose(got[:, :size], wanted, atol=1e-4)
            assert close, f"other weights of keys, {shift}"


def mended_masked_softmax(scores, lengths):
    """Return the weights of the first keys, 0 beyond."""
    hidden = torch.arange(scores.shape[-1]) >= lengths[:, None, None]
    empty = lengths[:, None, None] == 0
    filled = scores.masked_fill(hidden, float("-inf")).masked_fill(empty, 0)
    return filled.softmax(dim=-1).masked_fill(hidden, 0)


def test_scores(implementation):
    """Raise AssertionError unless the claim of specimen C is kept."""
    for batch, number, places, d in ((2, 3, 5, 7), (1, 2, 3, 5)):
        queries = drawn(batch, number, d, seed=3)
        keys = drawn(batch, places, d, seed=4)
        got = museum.call(implementation, queries, keys)
        assert got.shape == (batch, number, places), "another shape"
        for b in range(batch):
            for q in range(number):
                wanted = keys[b] @ queries[b, q] / d**0.5
                close = torch.allclose(got[b, q], wanted, atol=1e-4)
                assert close, f"other scores, d = {d}"


def mended_scores(queries, keys):
    return queries @ keys.mT / queries.shape[-1]


# %% right: lengths by comparison, scores by einsum
def test_word_weights(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    states = 2 * drawn(3, 5, 4, seed=1).double()
    mask = torch.arange(5) < torch.tensor([5, 1, 3])[:, None]
    mask[0, 1] = False
    for size in (0.7, 300.0, -300.0):
        context = size * torch.tensor([0.5, -1.1, 0.8, 0.3]).double()
        weights = museum.call(implementation, states, context, mask)
        assert weights.shape == (3, 5), "another shape"
        assert (weights[~mask] == 0).all(), f"padding weighs, size {size}"
        for row, there, got in zip(states, mask, weights, strict=True):
            wanted = (row[there].tanh() @ context).softmax(dim=0)
            close = torch.allclose(got[there], wanted, atol=1e-4)
            assert close, f"other weights of words, size {size}"


def mended_word_weights(states, context, mask):
    """Return the weights of the words, 0 at padding."""
    scores = torch.tanh(states) @ context  # (batch, words)
    return scores.masked_fill(~mask, float("-inf")).softmax(dim=-1)


def test_masked_softmax(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    base = drawn(3, 2, 5, seed=2).double()
    lengths = torch.tensor([4, 0, 2])
    for shift in (0.0, -5e6):
        weights = museum.call(implementation, base + shift, lengths)
        assert weights.shape == base.shape, "another shape"
        for got, row, size in zip(weights, base, lengths, strict=True):
            assert (got[:, size:] == 0).all(), f"padding weighs, {shift}"
            wanted = row[:, :size].softmax(dim=-1)
            close = torch.allclose(got[:, :size], wanted, atol=1e-4)
            assert close, f"other weights of keys, {shift}"


def mended_masked_softmax(scores, lengths):
    """Return the weights of the first keys, 0 beyond."""
    hidden = torch.arange(scores.shape[-1]) >= lengths[:, None, None]
    empty = lengths[:, None, None] == 0
    filled = scores.masked_fill(hidden, float("-inf")).masked_fill(empty, 0)
    return filled.softmax(dim=-1).masked_fill(hidden, 0)


def test_scores(implementation):
    queries = drawn(2, 3, 6, seed=31).double()
    keys = drawn(2, 5, 6, seed=32).double()
    wanted = torch.einsum("bqd,bkd->bqk", queries, keys) / 6**0.5
    got = museum.call(implementation, queries, keys)
    torch.testing.assert_close(got, wanted, atol=1e-4, rtol=1e-4)


def mended_scores(queries, keys):
    scaled = queries / queries.shape[-1] ** 0.25
    return scaled @ (keys / keys.shape[-1] ** 0.25).transpose(1, 2)


# %% wrong: fix in float64 always | says: a result of type torch.float64
def test_word_weights(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    states = 2 * drawn(3, 5, 4, seed=1).double()
    mask = torch.arange(5) < torch.tensor([5, 1, 3])[:, None]
    mask[0, 1] = False
    for size in (0.7, 300.0, -300.0):
        context = size * torch.tensor([0.5, -1.1, 0.8, 0.3]).double()
        weights = museum.call(implementation, states, context, mask)
        assert weights.shape == (3, 5), "another shape"
        assert (weights[~mask] == 0).all(), f"padding weighs, size {size}"
        for row, there, got in zip(states, mask, weights, strict=True):
            wanted = (row[there].tanh() @ context).softmax(dim=0)
            close = torch.allclose(got[there], wanted, atol=1e-4)
            assert close, f"other weights of words, size {size}"


def mended_word_weights(states, context, mask):
    """Return the weights of the words, 0 at padding."""
    scores = torch.tanh(states) @ context  # (batch, words)
    return scores.masked_fill(~mask, float("-inf")).softmax(dim=-1)


def test_masked_softmax(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    base = drawn(3, 2, 5, seed=2).double()
    lengths = torch.tensor([4, 0, 2])
    for shift in (0.0, -5e6):
        weights = museum.call(implementation, base + shift, lengths)
        assert weights.shape == base.shape, "another shape"
        for got, row, size in zip(weights, base, lengths, strict=True):
            assert (got[:, size:] == 0).all(), f"padding weighs, {shift}"
            wanted = row[:, :size].softmax(dim=-1)
            close = torch.allclose(got[:, :size], wanted, atol=1e-4)
            assert close, f"other weights of keys, {shift}"


def mended_masked_softmax(scores, lengths):
    hidden = torch.arange(scores.shape[-1]) >= lengths[:, None, None]
    filled = scores.double().masked_fill(hidden, -torch.inf)
    return filled.softmax(dim=-1).nan_to_num(0)


def test_scores(implementation):
    """Raise AssertionError unless the claim of specimen C is kept."""
    for batch, number, places, d in ((2, 3, 5, 7), (1, 2, 3, 5)):
        queries = drawn(batch, number, d, seed=3)
        keys = drawn(batch, places, d, seed=4)
        got = museum.call(implementation, queries, keys)
        assert got.shape == (batch, number, places), "another shape"
        for b in range(batch):
            for q in range(number):
                wanted = keys[b] @ queries[b, q] / d**0.5
                close = torch.allclose(got[b, q], wanted, atol=1e-4)
                assert close, f"other scores, d = {d}"


def mended_scores(queries, keys):
    """Return scaled dot products."""
    return queries @ keys.mT / queries.shape[-1] ** 0.5


# %% wrong: fix fills with the lowest score | says: mended_masked_softmax: scores from -10000000.0
def test_word_weights(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    states = 2 * drawn(3, 5, 4, seed=1).double()
    mask = torch.arange(5) < torch.tensor([5, 1, 3])[:, None]
    mask[0, 1] = False
    for size in (0.7, 300.0, -300.0):
        context = size * torch.tensor([0.5, -1.1, 0.8, 0.3]).double()
        weights = museum.call(implementation, states, context, mask)
        assert weights.shape == (3, 5), "another shape"
        assert (weights[~mask] == 0).all(), f"padding weighs, size {size}"
        for row, there, got in zip(states, mask, weights, strict=True):
            wanted = (row[there].tanh() @ context).softmax(dim=0)
            close = torch.allclose(got[there], wanted, atol=1e-4)
            assert close, f"other weights of words, size {size}"


def mended_word_weights(states, context, mask):
    """Return the weights of the words, 0 at padding."""
    scores = torch.tanh(states) @ context  # (batch, words)
    return scores.masked_fill(~mask, float("-inf")).softmax(dim=-1)


def test_masked_softmax(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    base = drawn(3, 2, 5, seed=2).double()
    lengths = torch.tensor([4, 0, 2])
    for shift in (0.0, -5e6):
        weights = museum.call(implementation, base + shift, lengths)
        assert weights.shape == base.shape, "another shape"
        for got, row, size in zip(weights, base, lengths, strict=True):
            assert (got[:, size:] == 0).all(), f"padding weighs, {shift}"
            wanted = row[:, :size].softmax(dim=-1)
            close = torch.allclose(got[:, :size], wanted, atol=1e-4)
            assert close, f"other weights of keys, {shift}"


def mended_masked_softmax(scores, lengths):
    hidden = torch.arange(scores.shape[-1]) >= lengths[:, None, None]
    weights = scores.masked_fill(hidden, -1e7).softmax(dim=-1)
    return weights * (lengths[:, None, None] > 0)


def test_scores(implementation):
    """Raise AssertionError unless the claim of specimen C is kept."""
    for batch, number, places, d in ((2, 3, 5, 7), (1, 2, 3, 5)):
        queries = drawn(batch, number, d, seed=3)
        keys = drawn(batch, places, d, seed=4)
        got = museum.call(implementation, queries, keys)
        assert got.shape == (batch, number, places), "another shape"
        for b in range(batch):
            for q in range(number):
                wanted = keys[b] @ queries[b, q] / d**0.5
                close = torch.allclose(got[b, q], wanted, atol=1e-4)
                assert close, f"other scores, d = {d}"


def mended_scores(queries, keys):
    """Return scaled dot products."""
    return queries @ keys.mT / queries.shape[-1] ** 0.5
