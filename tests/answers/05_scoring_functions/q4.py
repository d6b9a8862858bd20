# %% wrong: accepts everything | says: your check accepts it
def check_attention(attention):
    return None


# %% wrong: rejects everything | says: a right attention (PyTorch's)
def check_attention(attention):
    raise AssertionError("wrong")


# %% wrong: scores near 5560, as published | says: an attention that never divides by the root of d
def check_attention(attention):
    queries = torch.arange(60.0).reshape(1, 3, 20)
    keys = torch.arange(100.0).reshape(1, 5, 20)
    values = torch.arange(20.0).reshape(1, 5, 4)
    mask = torch.ones(1, 3, 5, dtype=torch.bool)
    mask[0, 0, 4] = False
    for allowed in (None, mask):
        output, weights = attention(queries, keys, values, allowed)
        expected = masked_softmax(queries @ keys.mT / 20**0.5, allowed)
        assert torch.allclose(weights, expected, atol=1e-4), "weights"
        assert torch.allclose(output, expected @ values, atol=1e-4), "output"


# %% wrong: looks only at shapes and row sums | says: never divides by the root of d
def check_attention(attention):
    output, weights = attention(
        torch.randn(2, 3, 6), torch.randn(2, 5, 6), torch.randn(2, 5, 4), None
    )
    assert output.shape == (2, 3, 4) and weights.shape == (2, 3, 5)
    assert torch.allclose(weights.sum(-1), torch.ones(2, 3))


# %% wrong: never hands over a mask | says: an attention that ignores its mask
def check_attention(attention):
    queries, keys, values = (
        torch.randn(2, 3, 6),
        torch.randn(2, 5, 6),
        torch.randn(2, 5, 4),
    )
    output, weights = attention(queries, keys, values, None)
    expected = (queries @ keys.mT / 6**0.5).softmax(-1)
    assert torch.allclose(weights, expected, atol=1e-4)
    assert torch.allclose(output, expected @ values, atol=1e-4)


# %% wrong: asks for equality to the last bit | says: a right attention
def check_attention(attention):
    torch.manual_seed(0)
    queries, keys, values = (
        torch.randn(2, 3, 6),
        torch.randn(2, 5, 6),
        torch.randn(2, 5, 4),
    )
    mask = torch.rand(2, 3, 5) < 0.5
    output, weights = attention(queries, keys, values, mask)
    scores = torch.einsum("bqd,bkd->bqk", queries, keys) / 6**0.5
    assert torch.equal(weights, masked_softmax(scores, mask))
    assert torch.equal(output, masked_softmax(scores, mask) @ values)


# %% wrong: no query without keys | says: where nothing is allowed
def check_attention(attention):
    torch.manual_seed(0)
    queries, keys, values = (
        torch.randn(2, 3, 6),
        torch.randn(2, 5, 6),
        torch.randn(2, 5, 4),
    )
    mask = torch.ones(2, 3, 5, dtype=torch.bool)
    mask[:, :, 3:] = False
    for allowed in (None, mask):
        given = [t.clone() for t in (queries, keys, values)]
        output, weights = attention(*given, allowed)
        expected = masked_softmax(queries @ keys.mT / 6**0.5, allowed)
        assert torch.allclose(weights, expected, atol=1e-4), "weights"
        assert torch.allclose(output, expected @ values, atol=1e-4), "output"
        assert torch.equal(given[0], queries), "changed"


# %% wrong: a comparison that NaN slips through | says: NaN where nothing is allowed
def check_attention(attention):
    torch.manual_seed(0)
    queries, keys, values = (
        torch.randn(2, 3, 6),
        torch.randn(2, 5, 6),
        torch.randn(2, 5, 4),
    )
    mask = torch.ones(2, 3, 5, dtype=torch.bool)
    mask[:, :, 3:] = False
    mask[0, 1] = False
    for allowed in (None, mask):
        given = [t.clone() for t in (queries, keys, values)]
        output, weights = attention(*given, allowed)
        expected = masked_softmax(queries @ keys.mT / 6**0.5, allowed)
        for got, wanted in ((weights, expected), (output, expected @ values)):
            if ((got - wanted).abs() > 1e-4).any():
                raise AssertionError("numbers")
        assert torch.equal(given[0], queries), "changed"


# %% wrong: never looks at its arguments afterwards | says: changes the queries it was given
def check_attention(attention):
    torch.manual_seed(0)
    queries, keys, values = (
        torch.randn(2, 3, 6),
        torch.randn(2, 5, 6),
        torch.randn(2, 5, 4),
    )
    mask = torch.ones(2, 3, 5, dtype=torch.bool)
    mask[:, :, 3:] = False
    mask[0, 1] = False
    for allowed in (None, mask):
        expected = masked_softmax(queries @ keys.mT / 6**0.5, allowed)
        output, weights = attention(queries.clone(), keys.clone(), values, allowed)
        assert torch.allclose(weights, expected, atol=1e-4), "weights"
        assert torch.allclose(output, expected @ values, atol=1e-4), "output"


# %% wrong: looks at the output only | says: returns weights that are not those it used
def check_attention(attention):
    torch.manual_seed(0)
    queries, keys, values = (
        torch.randn(2, 3, 6),
        torch.randn(2, 5, 6),
        torch.randn(2, 5, 4),
    )
    mask = torch.ones(2, 3, 5, dtype=torch.bool)
    mask[:, :, 3:] = False
    mask[0, 1] = False
    for allowed in (None, mask):
        given = [t.clone() for t in (queries, keys, values)]
        output, _ = attention(*given, allowed)
        expected = masked_softmax(queries @ keys.mT / 6**0.5, allowed)
        assert torch.allclose(output, expected @ values, atol=1e-4), "output"
        assert torch.equal(given[0], queries), "changed"


# %% wrong: a batch of one | says: shows every sample the keys of the first
def check_attention(attention):
    torch.manual_seed(0)
    queries, keys, values = (
        torch.randn(1, 3, 6),
        torch.randn(1, 5, 6),
        torch.randn(1, 5, 4),
    )
    mask = torch.ones(1, 3, 5, dtype=torch.bool)
    mask[:, :, 3:] = False
    mask[0, 1] = False
    for allowed in (None, mask):
        given = [t.clone() for t in (queries, keys, values)]
        output, weights = attention(*given, allowed)
        expected = masked_softmax(queries @ keys.mT / 6**0.5, allowed)
        assert torch.allclose(weights, expected, atol=1e-4), "weights"
        assert torch.allclose(output, expected @ values, atol=1e-4), "output"
        assert torch.equal(given[0], queries), "changed"


# %% wrong: returns False where it should raise | says: your check accepts it
def check_attention(attention):
    queries, keys, values = (
        torch.randn(2, 3, 6),
        torch.randn(2, 5, 6),
        torch.randn(2, 5, 4),
    )
    _, weights = attention(queries, keys, values, None)
    return torch.allclose(weights, (queries @ keys.mT / 6**0.5).softmax(-1), atol=1e-4)


# %% wrong: raises another kind of error | says: stops with ValueError
def check_attention(attention):
    queries, keys, values = (
        torch.randn(2, 3, 6),
        torch.randn(2, 5, 6),
        torch.randn(2, 5, 4),
    )
    _, weights = attention(queries, keys, values, None)
    if not torch.allclose(weights, (queries @ keys.mT / 6**0.5).softmax(-1), atol=1e-4):
        raise ValueError("wrong weights")


# %% wrong: never looks at the keys afterwards | says: changes the keys it was given
def check_attention(attention):
    torch.manual_seed(0)
    queries, keys = torch.randn(2, 3, 6), torch.randn(2, 5, 6)
    values = torch.randn(2, 5, 4)
    full = torch.ones(2, 3, 5, dtype=torch.bool)
    full[:, :, 3:] = False
    full[0, 1] = False
    row = lengths_to_mask(torch.tensor([2, 1]), 5)
    for allowed in (None, full, row):
        given = [t.clone() for t in (queries, keys, values)]
        mask = None if allowed is None else allowed.clone()
        output, weights = attention(*given, mask)
        expected = masked_softmax(queries @ keys.mT / 6**0.5, allowed)
        assert torch.allclose(weights, expected, atol=1e-4), "weights"
        assert torch.allclose(output, expected @ values, atol=1e-4), "output"
        assert torch.equal(given[0], queries), "changed"


# %% wrong: never looks at the mask afterwards | says: changes the mask it was given
def check_attention(attention):
    torch.manual_seed(0)
    queries, keys = torch.randn(2, 3, 6), torch.randn(2, 5, 6)
    values = torch.randn(2, 5, 4)
    full = torch.ones(2, 3, 5, dtype=torch.bool)
    full[:, :, 3:] = False
    full[0, 1] = False
    row = lengths_to_mask(torch.tensor([2, 1]), 5)
    for allowed in (None, full, row):
        given = [t.clone() for t in (queries, keys, values)]
        mask = None if allowed is None else allowed.clone()
        output, weights = attention(*given, mask)
        expected = masked_softmax(queries @ keys.mT / 6**0.5, allowed)
        assert torch.allclose(weights, expected, atol=1e-4), "weights"
        assert torch.allclose(output, expected @ values, atol=1e-4), "output"
        assert all(map(torch.equal, given, (queries, keys, values))), "changed"


# %% wrong: never calls without a mask | says: is given no mask
def check_attention(attention):
    torch.manual_seed(0)
    queries, keys = torch.randn(2, 3, 6), torch.randn(2, 5, 6)
    values = torch.randn(2, 5, 4)
    full = torch.ones(2, 3, 5, dtype=torch.bool)
    full[:, :, 3:] = False
    full[0, 1] = False
    row = lengths_to_mask(torch.tensor([2, 1]), 5)
    for allowed in (full, row):
        given = [t.clone() for t in (queries, keys, values)]
        mask = None if allowed is None else allowed.clone()
        output, weights = attention(*given, mask)
        expected = masked_softmax(queries @ keys.mT / 6**0.5, allowed)
        assert torch.allclose(weights, expected, atol=1e-4), "weights"
        assert torch.allclose(output, expected @ values, atol=1e-4), "output"
        assert all(map(torch.equal, given, (queries, keys, values))), "changed"
        assert mask is None or torch.equal(mask, allowed), "mask changed"


# %% wrong: every mask of full size | says: the same for all queries
def check_attention(attention):
    torch.manual_seed(0)
    queries, keys = torch.randn(2, 3, 6), torch.randn(2, 5, 6)
    values = torch.randn(2, 5, 4)
    full = torch.ones(2, 3, 5, dtype=torch.bool)
    full[:, :, 3:] = False
    full[0, 1] = False
    row = lengths_to_mask(torch.tensor([2, 1]), 5)
    for allowed in (None, full):
        given = [t.clone() for t in (queries, keys, values)]
        mask = None if allowed is None else allowed.clone()
        output, weights = attention(*given, mask)
        expected = masked_softmax(queries @ keys.mT / 6**0.5, allowed)
        assert torch.allclose(weights, expected, atol=1e-4), "weights"
        assert torch.allclose(output, expected @ values, atol=1e-4), "output"
        assert all(map(torch.equal, given, (queries, keys, values))), "changed"
        assert mask is None or torch.equal(mask, allowed), "mask changed"


# %% wrong: a loose tolerance | says: is off by 0.002
def check_attention(attention):
    torch.manual_seed(0)
    queries, keys = torch.randn(2, 3, 6), torch.randn(2, 5, 6)
    values = torch.randn(2, 5, 4)
    full = torch.ones(2, 3, 5, dtype=torch.bool)
    full[:, :, 3:] = False
    full[0, 1] = False
    row = lengths_to_mask(torch.tensor([2, 1]), 5)
    for allowed in (None, full, row):
        given = [t.clone() for t in (queries, keys, values)]
        mask = None if allowed is None else allowed.clone()
        output, weights = attention(*given, mask)
        expected = masked_softmax(queries @ keys.mT / 6**0.5, allowed)
        assert torch.allclose(weights, expected, atol=0.02), "weights"
        assert torch.allclose(output, expected @ values, atol=0.02), "output"
        assert all(map(torch.equal, given, (queries, keys, values))), "changed"
        assert mask is None or torch.equal(mask, allowed), "mask changed"


# %% wrong: equal sizes | says: root of the number of keys
def check_attention(attention):
    torch.manual_seed(0)
    queries, keys = torch.randn(2, 4, 4), torch.randn(2, 4, 4)
    values = torch.randn(2, 4, 4)
    full = torch.ones(2, 4, 4, dtype=torch.bool)
    full[:, :, 3:] = False
    full[0, 1] = False
    row = lengths_to_mask(torch.tensor([2, 1]), 4)
    for allowed in (None, full, row):
        given = [t.clone() for t in (queries, keys, values)]
        mask = None if allowed is None else allowed.clone()
        output, weights = attention(*given, mask)
        expected = masked_softmax(queries @ keys.mT / 4**0.5, allowed)
        assert torch.allclose(weights, expected, atol=1e-4), "weights"
        assert torch.allclose(output, expected @ values, atol=1e-4), "output"
        assert all(map(torch.equal, given, (queries, keys, values))), "changed"
        assert mask is None or torch.equal(mask, allowed), "mask changed"


# %% wrong: four numbers a query, whose root is 2 | says: always divides by 2
def check_attention(attention):
    torch.manual_seed(0)
    queries, keys = torch.randn(2, 3, 4), torch.randn(2, 5, 4)
    values = torch.randn(2, 5, 6)
    full = torch.ones(2, 3, 5, dtype=torch.bool)
    full[:, :, 3:] = False
    full[0, 1] = False
    row = lengths_to_mask(torch.tensor([2, 1]), 5)
    for allowed in (None, full, row):
        given = [t.clone() for t in (queries, keys, values)]
        mask = None if allowed is None else allowed.clone()
        output, weights = attention(*given, mask)
        expected = masked_softmax(queries @ keys.mT / 4**0.5, allowed)
        assert torch.allclose(weights, expected, atol=1e-4), "weights"
        assert torch.allclose(output, expected @ values, atol=1e-4), "output"
        assert all(map(torch.equal, given, (queries, keys, values))), "changed"
        assert mask is None or torch.equal(mask, allowed), "mask changed"


# %% right: compares with PyTorch, on copies
def check_attention(attention):
    torch.manual_seed(11)
    q, k, v = torch.randn(3, 4, 5), torch.randn(3, 6, 5), torch.randn(3, 6, 7)
    eye = torch.eye(6).expand(3, 6, 6)
    mask = torch.rand(3, 4, 6) < 0.6
    mask[2, 3] = False
    for m in (None, mask, lengths_to_mask(torch.tensor([6, 2, 0]), 6)):
        wanted = (
            F.scaled_dot_product_attention(q, k, v, m),
            F.scaled_dot_product_attention(q, k, eye, m),
        )
        copies = q.clone(), k.clone(), v.clone()
        kept = None if m is None else m.clone()
        got = attention(*copies, kept)
        for mine, theirs in zip(got, wanted):
            torch.testing.assert_close(mine, theirs, atol=1e-4, rtol=1e-3)
        assert all(map(torch.equal, copies, (q, k, v))), "arguments changed"
        assert m is None or torch.equal(m, kept), "mask changed"


# %% right: own loops in plain Python, one property after the other
def check_attention(attention):
    generator = torch.Generator().manual_seed(5)
    b, n, m, d, size = 2, 3, 4, 9, 5
    q = torch.randn(b, n, d, generator=generator)
    k = torch.randn(b, m, d, generator=generator)
    v = torch.randn(b, m, size, generator=generator)
    allowed = torch.tensor([[[1, 1, 0, 1], [0, 0, 0, 0], [0, 1, 1, 1]]] * b).bool()
    short = torch.tensor([[[True, True, True, False]]] * b)
    for mask in (allowed, short, None):
        given = [q, k, v, mask]
        handed = [None if t is None else t.clone() for t in given]
        output, weights = attention(*handed)
        for x, y in zip(given, handed):
            assert x is None or torch.equal(x, y), "changed"
        mask = None if mask is None else mask.expand(b, n, m)
        if tuple(weights.shape) != (b, n, m) or tuple(output.shape) != (b, n, size):
            raise AssertionError("a wrong shape")
        if weights.isnan().any() or output.isnan().any():
            raise AssertionError("NaN")
        for i in range(b):
            for j in range(n):
                seen = [x for x in range(m) if mask is None or mask[i, j, x]]
                scores = {x: float(q[i, j] @ k[i, x]) / math.sqrt(d) for x in seen}
                total = sum(math.exp(s) for s in scores.values())
                average = torch.zeros(size)
                for x in range(m):
                    w = math.exp(scores[x]) / total if x in scores else 0.0
                    average += w * v[i, x]
                    assert abs(float(weights[i, j, x]) - w) < 1e-4, "weight"
                assert (output[i, j] - average).abs().max() < 1e-4, "output"
