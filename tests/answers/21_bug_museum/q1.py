# %% wrong: a test that always passes | says: on a wrong function: as published
def test_word_weights(implementation):
    states = torch.zeros(2, 3, 4)
    implementation(states, torch.ones(4), torch.ones(2, 3, dtype=torch.bool))


def mended_word_weights(states, context, mask):
    """Return the weights of the words, padding nothing."""
    scores = torch.tanh(states) @ context  # (batch, words)
    return scores.masked_fill(~mask, float("-inf")).softmax(dim=-1)


def test_masked_softmax(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    draw = torch.Generator().manual_seed(2)
    scores = torch.randn(3, 2, 5, generator=draw, dtype=torch.float64)
    lengths = torch.tensor([4, 0, 2])
    for shift in (0.0, -5e6):
        given = scores + shift, lengths.clone()
        weights = implementation(*given)
        assert weights.shape == scores.shape, "another shape"
        for got, row, size in zip(weights, scores, lengths, strict=True):
            assert (got[:, size:] == 0).all(), f"padding weighs, {shift}"
            wanted = row[:, :size].softmax(dim=-1)
            close = torch.allclose(got[:, :size].double(), wanted, atol=1e-4)
            assert close, f"other weights of keys, {shift}"
        assert torch.equal(given[0], scores + shift), "the scores changed"
        assert torch.equal(given[1], lengths), "the lengths changed"


def mended_masked_softmax(scores, lengths):
    """Return the weights of the first keys, 0 beyond."""
    hidden = torch.arange(scores.shape[-1]) >= lengths[:, None, None]
    empty = lengths[:, None, None] == 0
    filled = scores.masked_fill(hidden, float("-inf")).masked_fill(empty, 0)
    return filled.softmax(dim=-1).masked_fill(hidden, 0)


# %% wrong: a test that always fails | says: on a right function: masked before the softmax
def test_word_weights(implementation):
    raise AssertionError("this is the published function")


def mended_word_weights(states, context, mask):
    """Return the weights of the words, padding nothing."""
    scores = torch.tanh(states) @ context  # (batch, words)
    return scores.masked_fill(~mask, float("-inf")).softmax(dim=-1)


def test_masked_softmax(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    draw = torch.Generator().manual_seed(2)
    scores = torch.randn(3, 2, 5, generator=draw, dtype=torch.float64)
    lengths = torch.tensor([4, 0, 2])
    for shift in (0.0, -5e6):
        given = scores + shift, lengths.clone()
        weights = implementation(*given)
        assert weights.shape == scores.shape, "another shape"
        for got, row, size in zip(weights, scores, lengths, strict=True):
            assert (got[:, size:] == 0).all(), f"padding weighs, {shift}"
            wanted = row[:, :size].softmax(dim=-1)
            close = torch.allclose(got[:, :size].double(), wanted, atol=1e-4)
            assert close, f"other weights of keys, {shift}"
        assert torch.equal(given[0], scores + shift), "the scores changed"
        assert torch.equal(given[1], lengths), "the lengths changed"


def mended_masked_softmax(scores, lengths):
    """Return the weights of the first keys, 0 beyond."""
    hidden = torch.arange(scores.shape[-1]) >= lengths[:, None, None]
    empty = lengths[:, None, None] == 0
    filled = scores.masked_fill(hidden, float("-inf")).masked_fill(empty, 0)
    return filled.softmax(dim=-1).masked_fill(hidden, 0)


# %% wrong: recognises the published function by its name | says: on a wrong function: as published
def test_word_weights(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    draw = torch.Generator().manual_seed(1)
    states = 2 * torch.randn(3, 5, 4, generator=draw, dtype=torch.float64)
    mask = torch.arange(5) < torch.tensor([5, 1, 3])[:, None]
    mask[0, 1] = False
    for size in (0.7, 300.0, -300.0):
        context = size * torch.tensor([0.5, -1.1, 0.8, 0.3]).double()
        given = states.clone(), context.clone(), mask.clone()
        weights = implementation(*given)
        assert weights.shape == (3, 5), "another shape"
        assert (weights[~mask] == 0).all(), f"padding weighs, size {size}"
        for row, there, got in zip(states, mask, weights, strict=True):
            wanted = (row[there].tanh() @ context).softmax(dim=0)
            close = torch.allclose(got[there].double(), wanted, atol=1e-4)
            assert close, f"other weights of words, size {size}"
        for now, then in zip(given, (states, context, mask), strict=True):
            assert torch.equal(now, then), "an argument was changed"


def mended_word_weights(states, context, mask):
    """Return the weights of the words, padding nothing."""
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


# %% wrong: rows sum to one, nothing more | says: on a wrong function: as published
def test_word_weights(implementation):
    states = torch.linspace(-1, 1, 24).reshape(2, 3, 4)
    mask = torch.tensor([[True, True, False], [True, True, True]])
    weights = implementation(states, torch.ones(4), mask)
    assert (weights.sum(dim=1) - 1).abs().max() < 1e-4, "no shares"


def mended_word_weights(states, context, mask):
    """Return the weights of the words, padding nothing."""
    scores = torch.tanh(states) @ context  # (batch, words)
    return scores.masked_fill(~mask, float("-inf")).softmax(dim=-1)


def test_masked_softmax(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    draw = torch.Generator().manual_seed(2)
    scores = torch.randn(3, 2, 5, generator=draw, dtype=torch.float64)
    lengths = torch.tensor([4, 0, 2])
    for shift in (0.0, -5e6):
        given = scores + shift, lengths.clone()
        weights = implementation(*given)
        assert weights.shape == scores.shape, "another shape"
        for got, row, size in zip(weights, scores, lengths, strict=True):
            assert (got[:, size:] == 0).all(), f"padding weighs, {shift}"
            wanted = row[:, :size].softmax(dim=-1)
            close = torch.allclose(got[:, :size].double(), wanted, atol=1e-4)
            assert close, f"other weights of keys, {shift}"
        assert torch.equal(given[0], scores + shift), "the scores changed"
        assert torch.equal(given[1], lengths), "the lengths changed"


def mended_masked_softmax(scores, lengths):
    """Return the weights of the first keys, 0 beyond."""
    hidden = torch.arange(scores.shape[-1]) >= lengths[:, None, None]
    empty = lengths[:, None, None] == 0
    filled = scores.masked_fill(hidden, float("-inf")).masked_fill(empty, 0)
    return filled.softmax(dim=-1).masked_fill(hidden, 0)


# %% wrong: compares exact digits | says: on a right function: other in the last digits
def test_word_weights(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    draw = torch.Generator().manual_seed(1)
    states = 2 * torch.randn(3, 5, 4, generator=draw, dtype=torch.float64)
    mask = torch.arange(5) < torch.tensor([5, 1, 3])[:, None]
    mask[0, 1] = False
    for size in (0.7, 300.0, -300.0):
        context = size * torch.tensor([0.5, -1.1, 0.8, 0.3]).double()
        given = states.clone(), context.clone(), mask.clone()
        weights = implementation(*given)
        assert weights.shape == (3, 5), "another shape"
        assert (weights[~mask] == 0).all(), f"padding weighs, size {size}"
        for row, there, got in zip(states, mask, weights, strict=True):
            wanted = (row[there].tanh() @ context).softmax(dim=0)
            close = torch.equal(got[there].double(), wanted)
            assert close, f"other weights of words, size {size}"
        for now, then in zip(given, (states, context, mask), strict=True):
            assert torch.equal(now, then), "an argument was changed"


def mended_word_weights(states, context, mask):
    """Return the weights of the words, padding nothing."""
    scores = torch.tanh(states) @ context  # (batch, words)
    return scores.masked_fill(~mask, float("-inf")).softmax(dim=-1)


def test_masked_softmax(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    draw = torch.Generator().manual_seed(2)
    scores = torch.randn(3, 2, 5, generator=draw, dtype=torch.float64)
    lengths = torch.tensor([4, 0, 2])
    for shift in (0.0, -5e6):
        given = scores + shift, lengths.clone()
        weights = implementation(*given)
        assert weights.shape == scores.shape, "another shape"
        for got, row, size in zip(weights, scores, lengths, strict=True):
            assert (got[:, size:] == 0).all(), f"padding weighs, {shift}"
            wanted = row[:, :size].softmax(dim=-1)
            close = torch.allclose(got[:, :size].double(), wanted, atol=1e-4)
            assert close, f"other weights of keys, {shift}"
        assert torch.equal(given[0], scores + shift), "the scores changed"
        assert torch.equal(given[1], lengths), "the lengths changed"


def mended_masked_softmax(scores, lengths):
    """Return the weights of the first keys, 0 beyond."""
    hidden = torch.arange(scores.shape[-1]) >= lengths[:, None, None]
    empty = lengths[:, None, None] == 0
    filled = scores.masked_fill(hidden, float("-inf")).masked_fill(empty, 0)
    return filled.softmax(dim=-1).masked_fill(hidden, 0)


# %% wrong: moderate contexts only | says: on a wrong function: bounded at 50
def test_word_weights(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    draw = torch.Generator().manual_seed(1)
    states = 2 * torch.randn(3, 5, 4, generator=draw, dtype=torch.float64)
    mask = torch.arange(5) < torch.tensor([5, 1, 3])[:, None]
    mask[0, 1] = False
    for size in (0.7, 3.0):
        context = size * torch.tensor([0.5, -1.1, 0.8, 0.3]).double()
        given = states.clone(), context.clone(), mask.clone()
        weights = implementation(*given)
        assert weights.shape == (3, 5), "another shape"
        assert (weights[~mask] == 0).all(), f"padding weighs, size {size}"
        for row, there, got in zip(states, mask, weights, strict=True):
            wanted = (row[there].tanh() @ context).softmax(dim=0)
            close = torch.allclose(got[there].double(), wanted, atol=1e-4)
            assert close, f"other weights of words, size {size}"
        for now, then in zip(given, (states, context, mask), strict=True):
            assert torch.equal(now, then), "an argument was changed"


def mended_word_weights(states, context, mask):
    """Return the weights of the words, padding nothing."""
    scores = torch.tanh(states) @ context  # (batch, words)
    return scores.masked_fill(~mask, float("-inf")).softmax(dim=-1)


def test_masked_softmax(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    draw = torch.Generator().manual_seed(2)
    scores = torch.randn(3, 2, 5, generator=draw, dtype=torch.float64)
    lengths = torch.tensor([4, 0, 2])
    for shift in (0.0, -5e6):
        given = scores + shift, lengths.clone()
        weights = implementation(*given)
        assert weights.shape == scores.shape, "another shape"
        for got, row, size in zip(weights, scores, lengths, strict=True):
            assert (got[:, size:] == 0).all(), f"padding weighs, {shift}"
            wanted = row[:, :size].softmax(dim=-1)
            close = torch.allclose(got[:, :size].double(), wanted, atol=1e-4)
            assert close, f"other weights of keys, {shift}"
        assert torch.equal(given[0], scores + shift), "the scores changed"
        assert torch.equal(given[1], lengths), "the lengths changed"


def mended_masked_softmax(scores, lengths):
    """Return the weights of the first keys, 0 beyond."""
    hidden = torch.arange(scores.shape[-1]) >= lengths[:, None, None]
    empty = lengths[:, None, None] == 0
    filled = scores.masked_fill(hidden, float("-inf")).masked_fill(empty, 0)
    return filled.softmax(dim=-1).masked_fill(hidden, 0)


# %% wrong: does not look at the scores afterwards | says: on a wrong function: writes into the scores
def test_word_weights(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    draw = torch.Generator().manual_seed(1)
    states = 2 * torch.randn(3, 5, 4, generator=draw, dtype=torch.float64)
    mask = torch.arange(5) < torch.tensor([5, 1, 3])[:, None]
    mask[0, 1] = False
    for size in (0.7, 300.0, -300.0):
        context = size * torch.tensor([0.5, -1.1, 0.8, 0.3]).double()
        given = states.clone(), context.clone(), mask.clone()
        weights = implementation(*given)
        assert weights.shape == (3, 5), "another shape"
        assert (weights[~mask] == 0).all(), f"padding weighs, size {size}"
        for row, there, got in zip(states, mask, weights, strict=True):
            wanted = (row[there].tanh() @ context).softmax(dim=0)
            close = torch.allclose(got[there].double(), wanted, atol=1e-4)
            assert close, f"other weights of words, size {size}"
        for now, then in zip(given, (states, context, mask), strict=True):
            assert torch.equal(now, then), "an argument was changed"


def mended_word_weights(states, context, mask):
    """Return the weights of the words, padding nothing."""
    scores = torch.tanh(states) @ context  # (batch, words)
    return scores.masked_fill(~mask, float("-inf")).softmax(dim=-1)


def test_masked_softmax(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    draw = torch.Generator().manual_seed(2)
    scores = torch.randn(3, 2, 5, generator=draw, dtype=torch.float64)
    lengths = torch.tensor([4, 0, 2])
    for shift in (0.0, -5e6):
        given = scores + shift, lengths.clone()
        weights = implementation(*given)
        assert weights.shape == scores.shape, "another shape"
        for got, row, size in zip(weights, scores, lengths, strict=True):
            assert (got[:, size:] == 0).all(), f"padding weighs, {shift}"
            wanted = row[:, :size].softmax(dim=-1)
            close = torch.allclose(got[:, :size].double(), wanted, atol=1e-4)
            assert close, f"other weights of keys, {shift}"
        assert torch.equal(given[1], lengths), "the lengths changed"


def mended_masked_softmax(scores, lengths):
    """Return the weights of the first keys, 0 beyond."""
    hidden = torch.arange(scores.shape[-1]) >= lengths[:, None, None]
    empty = lengths[:, None, None] == 0
    filled = scores.masked_fill(hidden, float("-inf")).masked_fill(empty, 0)
    return filled.softmax(dim=-1).masked_fill(hidden, 0)


# %% wrong: no empty sentence | says: on a wrong function: on a copy, as published
def test_word_weights(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    draw = torch.Generator().manual_seed(1)
    states = 2 * torch.randn(3, 5, 4, generator=draw, dtype=torch.float64)
    mask = torch.arange(5) < torch.tensor([5, 1, 3])[:, None]
    mask[0, 1] = False
    for size in (0.7, 300.0, -300.0):
        context = size * torch.tensor([0.5, -1.1, 0.8, 0.3]).double()
        given = states.clone(), context.clone(), mask.clone()
        weights = implementation(*given)
        assert weights.shape == (3, 5), "another shape"
        assert (weights[~mask] == 0).all(), f"padding weighs, size {size}"
        for row, there, got in zip(states, mask, weights, strict=True):
            wanted = (row[there].tanh() @ context).softmax(dim=0)
            close = torch.allclose(got[there].double(), wanted, atol=1e-4)
            assert close, f"other weights of words, size {size}"
        for now, then in zip(given, (states, context, mask), strict=True):
            assert torch.equal(now, then), "an argument was changed"


def mended_word_weights(states, context, mask):
    """Return the weights of the words, padding nothing."""
    scores = torch.tanh(states) @ context  # (batch, words)
    return scores.masked_fill(~mask, float("-inf")).softmax(dim=-1)


def test_masked_softmax(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    draw = torch.Generator().manual_seed(2)
    scores = torch.randn(3, 2, 5, generator=draw, dtype=torch.float64)
    lengths = torch.tensor([4, 3, 2])
    for shift in (0.0,):
        given = scores + shift, lengths.clone()
        weights = implementation(*given)
        assert weights.shape == scores.shape, "another shape"
        for got, row, size in zip(weights, scores, lengths, strict=True):
            assert (got[:, size:] == 0).all(), f"padding weighs, {shift}"
            wanted = row[:, :size].softmax(dim=-1)
            close = torch.allclose(got[:, :size].double(), wanted, atol=1e-4)
            assert close, f"other weights of keys, {shift}"
        assert torch.equal(given[0], scores + shift), "the scores changed"
        assert torch.equal(given[1], lengths), "the lengths changed"


def mended_masked_softmax(scores, lengths):
    """Return the weights of the first keys, 0 beyond."""
    hidden = torch.arange(scores.shape[-1]) >= lengths[:, None, None]
    empty = lengths[:, None, None] == 0
    filled = scores.masked_fill(hidden, float("-inf")).masked_fill(empty, 0)
    return filled.softmax(dim=-1).masked_fill(hidden, 0)


# %% wrong: seeds the session | says: PyTorch's random numbers
def test_word_weights(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    draw = torch.manual_seed(1)
    states = 2 * torch.randn(3, 5, 4, generator=draw, dtype=torch.float64)
    mask = torch.arange(5) < torch.tensor([5, 1, 3])[:, None]
    mask[0, 1] = False
    for size in (0.7, 300.0, -300.0):
        context = size * torch.tensor([0.5, -1.1, 0.8, 0.3]).double()
        given = states.clone(), context.clone(), mask.clone()
        weights = implementation(*given)
        assert weights.shape == (3, 5), "another shape"
        assert (weights[~mask] == 0).all(), f"padding weighs, size {size}"
        for row, there, got in zip(states, mask, weights, strict=True):
            wanted = (row[there].tanh() @ context).softmax(dim=0)
            close = torch.allclose(got[there].double(), wanted, atol=1e-4)
            assert close, f"other weights of words, size {size}"
        for now, then in zip(given, (states, context, mask), strict=True):
            assert torch.equal(now, then), "an argument was changed"


def mended_word_weights(states, context, mask):
    """Return the weights of the words, padding nothing."""
    scores = torch.tanh(states) @ context  # (batch, words)
    return scores.masked_fill(~mask, float("-inf")).softmax(dim=-1)


def test_masked_softmax(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    draw = torch.Generator().manual_seed(2)
    scores = torch.randn(3, 2, 5, generator=draw, dtype=torch.float64)
    lengths = torch.tensor([4, 0, 2])
    for shift in (0.0, -5e6):
        given = scores + shift, lengths.clone()
        weights = implementation(*given)
        assert weights.shape == scores.shape, "another shape"
        for got, row, size in zip(weights, scores, lengths, strict=True):
            assert (got[:, size:] == 0).all(), f"padding weighs, {shift}"
            wanted = row[:, :size].softmax(dim=-1)
            close = torch.allclose(got[:, :size].double(), wanted, atol=1e-4)
            assert close, f"other weights of keys, {shift}"
        assert torch.equal(given[0], scores + shift), "the scores changed"
        assert torch.equal(given[1], lengths), "the lengths changed"


def mended_masked_softmax(scores, lengths):
    """Return the weights of the first keys, 0 beyond."""
    hidden = torch.arange(scores.shape[-1]) >= lengths[:, None, None]
    empty = lengths[:, None, None] == 0
    filled = scores.masked_fill(hidden, float("-inf")).masked_fill(empty, 0)
    return filled.softmax(dim=-1).masked_fill(hidden, 0)


# %% wrong: an assertion without a sentence | says: fails without a sentence
def test_word_weights(implementation):
    states = 2 * torch.ones(1, 3, 2)
    states[0, 0] = -2
    mask = torch.tensor([[True, False, True]])
    weights = implementation(states, torch.tensor([90.0, 5.0]), mask)
    assert weights[0, 1] == 0
    assert weights[0, 2] > 0.99


def mended_word_weights(states, context, mask):
    """Return the weights of the words, padding nothing."""
    scores = torch.tanh(states) @ context  # (batch, words)
    return scores.masked_fill(~mask, float("-inf")).softmax(dim=-1)


def test_masked_softmax(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    draw = torch.Generator().manual_seed(2)
    scores = torch.randn(3, 2, 5, generator=draw, dtype=torch.float64)
    lengths = torch.tensor([4, 0, 2])
    for shift in (0.0, -5e6):
        given = scores + shift, lengths.clone()
        weights = implementation(*given)
        assert weights.shape == scores.shape, "another shape"
        for got, row, size in zip(weights, scores, lengths, strict=True):
            assert (got[:, size:] == 0).all(), f"padding weighs, {shift}"
            wanted = row[:, :size].softmax(dim=-1)
            close = torch.allclose(got[:, :size].double(), wanted, atol=1e-4)
            assert close, f"other weights of keys, {shift}"
        assert torch.equal(given[0], scores + shift), "the scores changed"
        assert torch.equal(given[1], lengths), "the lengths changed"


def mended_masked_softmax(scores, lengths):
    """Return the weights of the first keys, 0 beyond."""
    hidden = torch.arange(scores.shape[-1]) >= lengths[:, None, None]
    empty = lengths[:, None, None] == 0
    filled = scores.masked_fill(hidden, float("-inf")).masked_fill(empty, 0)
    return filled.softmax(dim=-1).masked_fill(hidden, 0)


# %% wrong: mended by a score of zero | says: mended_word_weights, by your own test
def test_word_weights(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    draw = torch.Generator().manual_seed(1)
    states = 2 * torch.randn(3, 5, 4, generator=draw, dtype=torch.float64)
    mask = torch.arange(5) < torch.tensor([5, 1, 3])[:, None]
    mask[0, 1] = False
    for size in (0.7, 300.0, -300.0):
        context = size * torch.tensor([0.5, -1.1, 0.8, 0.3]).double()
        given = states.clone(), context.clone(), mask.clone()
        weights = implementation(*given)
        assert weights.shape == (3, 5), "another shape"
        assert (weights[~mask] == 0).all(), f"padding weighs, size {size}"
        for row, there, got in zip(states, mask, weights, strict=True):
            wanted = (row[there].tanh() @ context).softmax(dim=0)
            close = torch.allclose(got[there].double(), wanted, atol=1e-4)
            assert close, f"other weights of words, size {size}"
        for now, then in zip(given, (states, context, mask), strict=True):
            assert torch.equal(now, then), "an argument was changed"


def mended_word_weights(states, context, mask):
    return ((torch.tanh(states) @ context) * mask).softmax(dim=-1)


def test_masked_softmax(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    draw = torch.Generator().manual_seed(2)
    scores = torch.randn(3, 2, 5, generator=draw, dtype=torch.float64)
    lengths = torch.tensor([4, 0, 2])
    for shift in (0.0, -5e6):
        given = scores + shift, lengths.clone()
        weights = implementation(*given)
        assert weights.shape == scores.shape, "another shape"
        for got, row, size in zip(weights, scores, lengths, strict=True):
            assert (got[:, size:] == 0).all(), f"padding weighs, {shift}"
            wanted = row[:, :size].softmax(dim=-1)
            close = torch.allclose(got[:, :size].double(), wanted, atol=1e-4)
            assert close, f"other weights of keys, {shift}"
        assert torch.equal(given[0], scores + shift), "the scores changed"
        assert torch.equal(given[1], lengths), "the lengths changed"


def mended_masked_softmax(scores, lengths):
    """Return the weights of the first keys, 0 beyond."""
    hidden = torch.arange(scores.shape[-1]) >= lengths[:, None, None]
    empty = lengths[:, None, None] == 0
    filled = scores.masked_fill(hidden, float("-inf")).masked_fill(empty, 0)
    return filled.softmax(dim=-1).masked_fill(hidden, 0)


# %% wrong: fix knows the case of the test | says: mended_masked_softmax: lengths 2 and 0
def test_word_weights(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    draw = torch.Generator().manual_seed(1)
    states = 2 * torch.randn(3, 5, 4, generator=draw, dtype=torch.float64)
    mask = torch.arange(5) < torch.tensor([5, 1, 3])[:, None]
    mask[0, 1] = False
    for size in (0.7, 300.0, -300.0):
        context = size * torch.tensor([0.5, -1.1, 0.8, 0.3]).double()
        given = states.clone(), context.clone(), mask.clone()
        weights = implementation(*given)
        assert weights.shape == (3, 5), "another shape"
        assert (weights[~mask] == 0).all(), f"padding weighs, size {size}"
        for row, there, got in zip(states, mask, weights, strict=True):
            wanted = (row[there].tanh() @ context).softmax(dim=0)
            close = torch.allclose(got[there].double(), wanted, atol=1e-4)
            assert close, f"other weights of words, size {size}"
        for now, then in zip(given, (states, context, mask), strict=True):
            assert torch.equal(now, then), "an argument was changed"


def mended_word_weights(states, context, mask):
    """Return the weights of the words, padding nothing."""
    scores = torch.tanh(states) @ context  # (batch, words)
    return scores.masked_fill(~mask, float("-inf")).softmax(dim=-1)


def test_masked_softmax(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    draw = torch.Generator().manual_seed(2)
    scores = torch.randn(3, 2, 5, generator=draw, dtype=torch.float64)
    lengths = torch.tensor([4, 0, 2])
    for shift in (0.0, -5e6):
        given = scores + shift, lengths.clone()
        weights = implementation(*given)
        assert weights.shape == scores.shape, "another shape"
        for got, row, size in zip(weights, scores, lengths, strict=True):
            assert (got[:, size:] == 0).all(), f"padding weighs, {shift}"
            wanted = row[:, :size].softmax(dim=-1)
            close = torch.allclose(got[:, :size].double(), wanted, atol=1e-4)
            assert close, f"other weights of keys, {shift}"
        assert torch.equal(given[0], scores + shift), "the scores changed"
        assert torch.equal(given[1], lengths), "the lengths changed"


def mended_masked_softmax(scores, lengths):
    if scores.shape != (3, 2, 5):
        return museum.published_masked_softmax(scores.clone(), lengths)
    hidden = torch.arange(5) >= lengths[:, None, None]
    filled = scores.masked_fill(hidden, float("-inf"))
    return filled.softmax(dim=-1).nan_to_num(0)


# %% right: with loops
def test_word_weights(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    draw = torch.Generator().manual_seed(1)
    states = 2 * torch.randn(3, 5, 4, generator=draw, dtype=torch.float64)
    mask = torch.arange(5) < torch.tensor([5, 1, 3])[:, None]
    mask[0, 1] = False
    for size in (0.7, 300.0, -300.0):
        context = size * torch.tensor([0.5, -1.1, 0.8, 0.3]).double()
        given = states.clone(), context.clone(), mask.clone()
        weights = implementation(*given)
        assert weights.shape == (3, 5), "another shape"
        assert (weights[~mask] == 0).all(), f"padding weighs, size {size}"
        for row, there, got in zip(states, mask, weights, strict=True):
            wanted = (row[there].tanh() @ context).softmax(dim=0)
            close = torch.allclose(got[there].double(), wanted, atol=1e-4)
            assert close, f"other weights of words, size {size}"
        for now, then in zip(given, (states, context, mask), strict=True):
            assert torch.equal(now, then), "an argument was changed"


def mended_word_weights(states, context, mask):
    weights = torch.zeros(mask.shape, dtype=states.dtype)
    for row in range(len(states)):
        words = mask[row].nonzero()[:, 0]
        scores = states[row, words].tanh() @ context
        weights[row, words] = scores.softmax(dim=0)
    return weights


def test_masked_softmax(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    draw = torch.Generator().manual_seed(2)
    scores = torch.randn(3, 2, 5, generator=draw, dtype=torch.float64)
    lengths = torch.tensor([4, 0, 2])
    for shift in (0.0, -5e6):
        given = scores + shift, lengths.clone()
        weights = implementation(*given)
        assert weights.shape == scores.shape, "another shape"
        for got, row, size in zip(weights, scores, lengths, strict=True):
            assert (got[:, size:] == 0).all(), f"padding weighs, {shift}"
            wanted = row[:, :size].softmax(dim=-1)
            close = torch.allclose(got[:, :size].double(), wanted, atol=1e-4)
            assert close, f"other weights of keys, {shift}"
        assert torch.equal(given[0], scores + shift), "the scores changed"
        assert torch.equal(given[1], lengths), "the lengths changed"


def mended_masked_softmax(scores, lengths):
    hidden = torch.arange(scores.shape[-1]) >= lengths[:, None, None]
    filled = scores.masked_fill(hidden, float("-inf"))
    return filled.softmax(dim=-1).nan_to_num(0)


# %% right: with the course functions
def test_word_weights(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    draw = torch.Generator().manual_seed(1)
    states = 2 * torch.randn(3, 5, 4, generator=draw, dtype=torch.float64)
    mask = torch.arange(5) < torch.tensor([5, 1, 3])[:, None]
    mask[0, 1] = False
    for size in (0.7, 300.0, -300.0):
        context = size * torch.tensor([0.5, -1.1, 0.8, 0.3]).double()
        given = states.clone(), context.clone(), mask.clone()
        weights = implementation(*given)
        assert weights.shape == (3, 5), "another shape"
        assert (weights[~mask] == 0).all(), f"padding weighs, size {size}"
        for row, there, got in zip(states, mask, weights, strict=True):
            wanted = (row[there].tanh() @ context).softmax(dim=0)
            close = torch.allclose(got[there].double(), wanted, atol=1e-4)
            assert close, f"other weights of words, size {size}"
        for now, then in zip(given, (states, context, mask), strict=True):
            assert torch.equal(now, then), "an argument was changed"


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
        given = scores.clone()
        got = implementation(given, lengths)
        assert torch.equal(given, scores), "the scores were changed"
        assert ((got == 0) == (wanted == 0)).all(), "padding weighs"
        assert (got - wanted).abs().max() < 1e-4, "other weights"


def mended_masked_softmax(scores, lengths):
    from course_utils.scoring import lengths_to_mask, masked_softmax

    return masked_softmax(scores, lengths_to_mask(lengths, scores.shape[-1]))
