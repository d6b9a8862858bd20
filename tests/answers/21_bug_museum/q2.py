# %% wrong: single tokens only | says: on a wrong function: one code for the whole chunk
def test_next_codes(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    draw = torch.Generator().manual_seed(3)
    x = torch.randn(2, 7, 3, generator=draw)
    codes = torch.randn(11, 3, generator=draw)
    for cuts in ((1,) * 7,):
        seen = 0
        for size in cuts:
            chunk, given = x[:, seen : seen + size].clone(), codes.clone()
            wanted = chunk + codes[seen : seen + size]
            got = implementation(chunk, given, seen)
            case = f"{size} tokens after {seen}"
            assert got.shape == wanted.shape, f"another shape: {case}"
            close = torch.allclose(got.float(), wanted, atol=1e-4)
            assert close, f"other codes: {case}"
            same = torch.equal(chunk, x[:, seen : seen + size])
            assert same and torch.equal(given, codes), "an argument changed"
            seen += size


def mended_next_codes(chunk, codes, seen):
    """Return the chunk plus the codes of its places."""
    return chunk + codes[seen : seen + chunk.shape[1]]


def test_causal(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    draw = torch.Generator().manual_seed(4)
    x = torch.randn(2, 5, 3, generator=draw)
    for training in (True, False):
        given = x.clone()
        got = implementation(given, training)
        assert torch.equal(given, x), "the argument changed"
        assert got.shape == x.shape, "another shape"
        for t in range(5):
            past = x[:, : t + 1]  # (batch, t + 1, size)
            scores = (past @ x[:, t, :, None] / 3**0.5).squeeze(-1)
            wanted = (scores.softmax(dim=-1)[..., None] * past).sum(dim=1)
            close = torch.allclose(got[:, t].float(), wanted, atol=1e-4)
            assert close, f"token {t} is another, training {training}"


def mended_causal(x, training):
    """Return causal self-attention, in training and in use."""
    scores = x @ x.mT / x.shape[-1] ** 0.5  # (batch, tokens, tokens)
    future = torch.ones_like(scores, dtype=torch.bool).triu(1)
    return scores.masked_fill(future, float("-inf")).softmax(dim=-1) @ x


# %% wrong: the first chunk only | says: on a wrong function: as published
def test_next_codes(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    draw = torch.Generator().manual_seed(3)
    x = torch.randn(2, 7, 3, generator=draw)
    codes = torch.randn(11, 3, generator=draw)
    for cuts in ((7,), (4,)):
        seen = 0
        for size in cuts:
            chunk, given = x[:, seen : seen + size].clone(), codes.clone()
            wanted = chunk + codes[seen : seen + size]
            got = implementation(chunk, given, seen)
            case = f"{size} tokens after {seen}"
            assert got.shape == wanted.shape, f"another shape: {case}"
            close = torch.allclose(got.float(), wanted, atol=1e-4)
            assert close, f"other codes: {case}"
            same = torch.equal(chunk, x[:, seen : seen + size])
            assert same and torch.equal(given, codes), "an argument changed"
            seen += size


def mended_next_codes(chunk, codes, seen):
    """Return the chunk plus the codes of its places."""
    return chunk + codes[seen : seen + chunk.shape[1]]


def test_causal(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    draw = torch.Generator().manual_seed(4)
    x = torch.randn(2, 5, 3, generator=draw)
    for training in (True, False):
        given = x.clone()
        got = implementation(given, training)
        assert torch.equal(given, x), "the argument changed"
        assert got.shape == x.shape, "another shape"
        for t in range(5):
            past = x[:, : t + 1]  # (batch, t + 1, size)
            scores = (past @ x[:, t, :, None] / 3**0.5).squeeze(-1)
            wanted = (scores.softmax(dim=-1)[..., None] * past).sum(dim=1)
            close = torch.allclose(got[:, t].float(), wanted, atol=1e-4)
            assert close, f"token {t} is another, training {training}"


def mended_causal(x, training):
    """Return causal self-attention, in training and in use."""
    scores = x @ x.mT / x.shape[-1] ** 0.5  # (batch, tokens, tokens)
    future = torch.ones_like(scores, dtype=torch.bool).triu(1)
    return scores.masked_fill(future, float("-inf")).softmax(dim=-1) @ x


# %% wrong: pieces against the whole only | says: on a wrong function: one place too far
def test_next_codes(implementation):
    draw = torch.Generator().manual_seed(3)
    x = torch.randn(2, 7, 3, generator=draw)
    codes = torch.randn(11, 3, generator=draw)
    whole = implementation(x.clone(), codes, 0)
    parts = [implementation(x[:, :3], codes, 0)]
    parts += [implementation(x[:, 3:], codes, 3)]
    close = torch.allclose(torch.cat(parts, dim=1), whole, atol=1e-4)
    assert close, "pieces and whole differ"


def mended_next_codes(chunk, codes, seen):
    """Return the chunk plus the codes of its places."""
    return chunk + codes[seen : seen + chunk.shape[1]]


def test_causal(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    draw = torch.Generator().manual_seed(4)
    x = torch.randn(2, 5, 3, generator=draw)
    for training in (True, False):
        given = x.clone()
        got = implementation(given, training)
        assert torch.equal(given, x), "the argument changed"
        assert got.shape == x.shape, "another shape"
        for t in range(5):
            past = x[:, : t + 1]  # (batch, t + 1, size)
            scores = (past @ x[:, t, :, None] / 3**0.5).squeeze(-1)
            wanted = (scores.softmax(dim=-1)[..., None] * past).sum(dim=1)
            close = torch.allclose(got[:, t].float(), wanted, atol=1e-4)
            assert close, f"token {t} is another, training {training}"


def mended_causal(x, training):
    """Return causal self-attention, in training and in use."""
    scores = x @ x.mT / x.shape[-1] ** 0.5  # (batch, tokens, tokens)
    future = torch.ones_like(scores, dtype=torch.bool).triu(1)
    return scores.masked_fill(future, float("-inf")).softmax(dim=-1) @ x


# %% wrong: training mode only | says: on a wrong function: as published
def test_next_codes(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    draw = torch.Generator().manual_seed(3)
    x = torch.randn(2, 7, 3, generator=draw)
    codes = torch.randn(11, 3, generator=draw)
    for cuts in ((7,), (3, 4), (2, 1, 4), (1,) * 7):
        seen = 0
        for size in cuts:
            chunk, given = x[:, seen : seen + size].clone(), codes.clone()
            wanted = chunk + codes[seen : seen + size]
            got = implementation(chunk, given, seen)
            case = f"{size} tokens after {seen}"
            assert got.shape == wanted.shape, f"another shape: {case}"
            close = torch.allclose(got.float(), wanted, atol=1e-4)
            assert close, f"other codes: {case}"
            same = torch.equal(chunk, x[:, seen : seen + size])
            assert same and torch.equal(given, codes), "an argument changed"
            seen += size


def mended_next_codes(chunk, codes, seen):
    """Return the chunk plus the codes of its places."""
    return chunk + codes[seen : seen + chunk.shape[1]]


def test_causal(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    draw = torch.Generator().manual_seed(4)
    x = torch.randn(2, 5, 3, generator=draw)
    for training in (True,):
        given = x.clone()
        got = implementation(given, training)
        assert torch.equal(given, x), "the argument changed"
        assert got.shape == x.shape, "another shape"
        for t in range(5):
            past = x[:, : t + 1]  # (batch, t + 1, size)
            scores = (past @ x[:, t, :, None] / 3**0.5).squeeze(-1)
            wanted = (scores.softmax(dim=-1)[..., None] * past).sum(dim=1)
            close = torch.allclose(got[:, t].float(), wanted, atol=1e-4)
            assert close, f"token {t} is another, training {training}"


def mended_causal(x, training):
    """Return causal self-attention, in training and in use."""
    scores = x @ x.mT / x.shape[-1] ** 0.5  # (batch, tokens, tokens)
    future = torch.ones_like(scores, dtype=torch.bool).triu(1)
    return scores.masked_fill(future, float("-inf")).softmax(dim=-1) @ x


# %% wrong: asks only whether the future leaks | says: on a wrong function: each token sees itself
def test_next_codes(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    draw = torch.Generator().manual_seed(3)
    x = torch.randn(2, 7, 3, generator=draw)
    codes = torch.randn(11, 3, generator=draw)
    for cuts in ((7,), (3, 4), (2, 1, 4), (1,) * 7):
        seen = 0
        for size in cuts:
            chunk, given = x[:, seen : seen + size].clone(), codes.clone()
            wanted = chunk + codes[seen : seen + size]
            got = implementation(chunk, given, seen)
            case = f"{size} tokens after {seen}"
            assert got.shape == wanted.shape, f"another shape: {case}"
            close = torch.allclose(got.float(), wanted, atol=1e-4)
            assert close, f"other codes: {case}"
            same = torch.equal(chunk, x[:, seen : seen + size])
            assert same and torch.equal(given, codes), "an argument changed"
            seen += size


def mended_next_codes(chunk, codes, seen):
    """Return the chunk plus the codes of its places."""
    return chunk + codes[seen : seen + chunk.shape[1]]


def test_causal(implementation):
    draw = torch.Generator().manual_seed(4)
    x = torch.randn(2, 5, 3, generator=draw)
    for training in (True, False):
        before = implementation(x, training)
        for t in range(1, 5):
            other = x.clone()
            other[:, t:] += 1
            moved = implementation(other, training) - before
            assert moved[:, :t].abs().max() < 1e-4, "the future leaks"


def mended_causal(x, training):
    """Return causal self-attention, in training and in use."""
    scores = x @ x.mT / x.shape[-1] ** 0.5  # (batch, tokens, tokens)
    future = torch.ones_like(scores, dtype=torch.bool).triu(1)
    return scores.masked_fill(future, float("-inf")).softmax(dim=-1) @ x


# %% wrong: numbers too large | says: on a wrong function: no root
def test_next_codes(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    draw = torch.Generator().manual_seed(3)
    x = torch.randn(2, 7, 3, generator=draw)
    codes = torch.randn(11, 3, generator=draw)
    for cuts in ((7,), (3, 4), (2, 1, 4), (1,) * 7):
        seen = 0
        for size in cuts:
            chunk, given = x[:, seen : seen + size].clone(), codes.clone()
            wanted = chunk + codes[seen : seen + size]
            got = implementation(chunk, given, seen)
            case = f"{size} tokens after {seen}"
            assert got.shape == wanted.shape, f"another shape: {case}"
            close = torch.allclose(got.float(), wanted, atol=1e-4)
            assert close, f"other codes: {case}"
            same = torch.equal(chunk, x[:, seen : seen + size])
            assert same and torch.equal(given, codes), "an argument changed"
            seen += size


def mended_next_codes(chunk, codes, seen):
    """Return the chunk plus the codes of its places."""
    return chunk + codes[seen : seen + chunk.shape[1]]


def test_causal(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    draw = torch.Generator().manual_seed(4)
    x = 500 * torch.randn(2, 5, 3, generator=draw)
    for training in (True, False):
        given = x.clone()
        got = implementation(given, training)
        assert torch.equal(given, x), "the argument changed"
        assert got.shape == x.shape, "another shape"
        for t in range(5):
            past = x[:, : t + 1]  # (batch, t + 1, size)
            scores = (past @ x[:, t, :, None] / 3**0.5).squeeze(-1)
            wanted = (scores.softmax(dim=-1)[..., None] * past).sum(dim=1)
            close = torch.allclose(got[:, t].float(), wanted, atol=1e-4)
            assert close, f"token {t} is another, training {training}"


def mended_causal(x, training):
    """Return causal self-attention, in training and in use."""
    scores = x @ x.mT / x.shape[-1] ** 0.5  # (batch, tokens, tokens)
    future = torch.ones_like(scores, dtype=torch.bool).triu(1)
    return scores.masked_fill(future, float("-inf")).softmax(dim=-1) @ x


# %% wrong: calls it with the wrong arguments | says: the test stops with TypeError
def test_next_codes(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    draw = torch.Generator().manual_seed(3)
    x = torch.randn(2, 7, 3, generator=draw)
    codes = torch.randn(11, 3, generator=draw)
    for cuts in ((7,), (3, 4), (2, 1, 4), (1,) * 7):
        seen = 0
        for size in cuts:
            chunk, given = x[:, seen : seen + size].clone(), codes.clone()
            wanted = chunk + codes[seen : seen + size]
            got = implementation(chunk, given, seen)
            case = f"{size} tokens after {seen}"
            assert got.shape == wanted.shape, f"another shape: {case}"
            close = torch.allclose(got.float(), wanted, atol=1e-4)
            assert close, f"other codes: {case}"
            same = torch.equal(chunk, x[:, seen : seen + size])
            assert same and torch.equal(given, codes), "an argument changed"
            seen += size


def mended_next_codes(chunk, codes, seen):
    """Return the chunk plus the codes of its places."""
    return chunk + codes[seen : seen + chunk.shape[1]]


def test_causal(implementation):
    implementation(torch.zeros(2, 3, 4), torch.ones(3, 3), True)


def mended_causal(x, training):
    """Return causal self-attention, in training and in use."""
    scores = x @ x.mT / x.shape[-1] ** 0.5  # (batch, tokens, tokens)
    future = torch.ones_like(scores, dtype=torch.bool).triu(1)
    return scores.masked_fill(future, float("-inf")).softmax(dim=-1) @ x


# %% wrong: mended in validation, broken in training | says: mended_causal, by your own test
def test_next_codes(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    draw = torch.Generator().manual_seed(3)
    x = torch.randn(2, 7, 3, generator=draw)
    codes = torch.randn(11, 3, generator=draw)
    for cuts in ((7,), (3, 4), (2, 1, 4), (1,) * 7):
        seen = 0
        for size in cuts:
            chunk, given = x[:, seen : seen + size].clone(), codes.clone()
            wanted = chunk + codes[seen : seen + size]
            got = implementation(chunk, given, seen)
            case = f"{size} tokens after {seen}"
            assert got.shape == wanted.shape, f"another shape: {case}"
            close = torch.allclose(got.float(), wanted, atol=1e-4)
            assert close, f"other codes: {case}"
            same = torch.equal(chunk, x[:, seen : seen + size])
            assert same and torch.equal(given, codes), "an argument changed"
            seen += size


def mended_next_codes(chunk, codes, seen):
    """Return the chunk plus the codes of its places."""
    return chunk + codes[seen : seen + chunk.shape[1]]


def test_causal(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    draw = torch.Generator().manual_seed(4)
    x = torch.randn(2, 5, 3, generator=draw)
    for training in (True, False):
        given = x.clone()
        got = implementation(given, training)
        assert torch.equal(given, x), "the argument changed"
        assert got.shape == x.shape, "another shape"
        for t in range(5):
            past = x[:, : t + 1]  # (batch, t + 1, size)
            scores = (past @ x[:, t, :, None] / 3**0.5).squeeze(-1)
            wanted = (scores.softmax(dim=-1)[..., None] * past).sum(dim=1)
            close = torch.allclose(got[:, t].float(), wanted, atol=1e-4)
            assert close, f"token {t} is another, training {training}"


def mended_causal(x, training):
    return museum.published_causal(x, not training)


# %% wrong: a fix that changes its chunk | says: mended_next_codes, by your own test
def test_next_codes(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    draw = torch.Generator().manual_seed(3)
    x = torch.randn(2, 7, 3, generator=draw)
    codes = torch.randn(11, 3, generator=draw)
    for cuts in ((7,), (3, 4), (2, 1, 4), (1,) * 7):
        seen = 0
        for size in cuts:
            chunk, given = x[:, seen : seen + size].clone(), codes.clone()
            wanted = chunk + codes[seen : seen + size]
            got = implementation(chunk, given, seen)
            case = f"{size} tokens after {seen}"
            assert got.shape == wanted.shape, f"another shape: {case}"
            close = torch.allclose(got.float(), wanted, atol=1e-4)
            assert close, f"other codes: {case}"
            same = torch.equal(chunk, x[:, seen : seen + size])
            assert same and torch.equal(given, codes), "an argument changed"
            seen += size


def mended_next_codes(chunk, codes, seen):
    chunk += codes[seen : seen + chunk.shape[1]]
    return chunk


def test_causal(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    draw = torch.Generator().manual_seed(4)
    x = torch.randn(2, 5, 3, generator=draw)
    for training in (True, False):
        given = x.clone()
        got = implementation(given, training)
        assert torch.equal(given, x), "the argument changed"
        assert got.shape == x.shape, "another shape"
        for t in range(5):
            past = x[:, : t + 1]  # (batch, t + 1, size)
            scores = (past @ x[:, t, :, None] / 3**0.5).squeeze(-1)
            wanted = (scores.softmax(dim=-1)[..., None] * past).sum(dim=1)
            close = torch.allclose(got[:, t].float(), wanted, atol=1e-4)
            assert close, f"token {t} is another, training {training}"


def mended_causal(x, training):
    """Return causal self-attention, in training and in use."""
    scores = x @ x.mT / x.shape[-1] ** 0.5  # (batch, tokens, tokens)
    future = torch.ones_like(scores, dtype=torch.bool).triu(1)
    return scores.masked_fill(future, float("-inf")).softmax(dim=-1) @ x


# %% right: course and PyTorch functions
def test_next_codes(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    draw = torch.Generator().manual_seed(3)
    x = torch.randn(2, 7, 3, generator=draw)
    codes = torch.randn(11, 3, generator=draw)
    for cuts in ((7,), (3, 4), (2, 1, 4), (1,) * 7):
        seen = 0
        for size in cuts:
            chunk, given = x[:, seen : seen + size].clone(), codes.clone()
            wanted = chunk + codes[seen : seen + size]
            got = implementation(chunk, given, seen)
            case = f"{size} tokens after {seen}"
            assert got.shape == wanted.shape, f"another shape: {case}"
            close = torch.allclose(got.float(), wanted, atol=1e-4)
            assert close, f"other codes: {case}"
            same = torch.equal(chunk, x[:, seen : seen + size])
            assert same and torch.equal(given, codes), "an argument changed"
            seen += size


def mended_next_codes(chunk, codes, seen):
    places = seen + torch.arange(chunk.shape[1])
    return chunk + codes[places]


def test_causal(implementation):
    """Raise AssertionError unless the claim of specimen B is kept."""
    draw = torch.Generator().manual_seed(4)
    x = torch.randn(2, 5, 3, generator=draw)
    for training in (True, False):
        given = x.clone()
        got = implementation(given, training)
        assert torch.equal(given, x), "the argument changed"
        assert got.shape == x.shape, "another shape"
        for t in range(5):
            past = x[:, : t + 1]  # (batch, t + 1, size)
            scores = (past @ x[:, t, :, None] / 3**0.5).squeeze(-1)
            wanted = (scores.softmax(dim=-1)[..., None] * past).sum(dim=1)
            close = torch.allclose(got[:, t].float(), wanted, atol=1e-4)
            assert close, f"token {t} is another, training {training}"


def mended_causal(x, training):
    from course_utils.sequence import causal_mask
    from torch.nn import functional as F

    return F.scaled_dot_product_attention(x, x, x, causal_mask(x.shape[1]))


# %% right: always in use
def test_next_codes(implementation):
    """Raise AssertionError unless the claim of specimen A is kept."""
    draw = torch.Generator().manual_seed(3)
    x = torch.randn(2, 7, 3, generator=draw)
    codes = torch.randn(11, 3, generator=draw)
    for cuts in ((7,), (3, 4), (2, 1, 4), (1,) * 7):
        seen = 0
        for size in cuts:
            chunk, given = x[:, seen : seen + size].clone(), codes.clone()
            wanted = chunk + codes[seen : seen + size]
            got = implementation(chunk, given, seen)
            case = f"{size} tokens after {seen}"
            assert got.shape == wanted.shape, f"another shape: {case}"
            close = torch.allclose(got.float(), wanted, atol=1e-4)
            assert close, f"other codes: {case}"
            same = torch.equal(chunk, x[:, seen : seen + size])
            assert same and torch.equal(given, codes), "an argument changed"
            seen += size


def mended_next_codes(chunk, codes, seen):
    """Return the chunk plus the codes of its places."""
    return chunk + codes[seen : seen + chunk.shape[1]]


def test_causal(implementation):
    draw = torch.Generator().manual_seed(12)
    x = torch.randn(3, 6, 4, generator=draw)
    wanted = museum.published_causal(x, True)  # right while training
    for training in (True, False):
        given = x.clone()
        off = (implementation(given, training) - wanted).abs().max()
        assert off < 1e-3, f"training {training}: off by {off:.3g}"
        assert torch.equal(given, x), "changed its argument"


def mended_causal(x, training):
    return museum.published_causal(x, True)
