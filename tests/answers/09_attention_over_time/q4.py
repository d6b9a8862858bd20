# %% wrong: looks at the padding's weights alone | says: an encoder that reads on over padding
def check_company(translate):
    lengths = torch.tensor([3, 6, 5])
    real = torch.arange(6) < lengths[:, None]
    characters = torch.randint(1, 41, (3, 6)) * real
    scores, weights = translate(characters, lengths)
    assert (weights.movedim(-1, 1)[~real] == 0).all(), "weight on padding"
    assert torch.allclose(weights.sum(-1), torch.ones(weights.shape[:2]), atol=1e-4)


# %% wrong: forgives a millionth | says: padding with a weight of a millionth
def check_company(translate):
    lengths = torch.tensor([3, 6, 5])
    real = torch.arange(6) < lengths[:, None]
    characters = torch.randint(1, 41, (3, 6)) * real
    scores, weights = translate(characters, lengths)
    assert (weights.movedim(-1, 1)[~real] < 1e-3).all(), "weight on padding"
    for i, n in enumerate(lengths.tolist()):
        alone, looked = translate(characters[i : i + 1, :n], lengths[i : i + 1])
        assert torch.allclose(alone[0], scores[i], atol=1e-4), "company"
        assert torch.allclose(looked[0], weights[i, :, :n], atol=1e-4), "company"


# %% wrong: texts of one length | says: an attention that may look at padding
def check_company(translate):
    characters, lengths = torch.randint(1, 41, (3, 6)), torch.tensor([6, 6, 6])
    scores, weights = translate(characters, lengths)
    for i in range(3):
        alone, _ = translate(characters[i : i + 1], lengths[i : i + 1])
        assert torch.allclose(alone[0], scores[i], atol=1e-4), "company"


# %% wrong: tests the padding, never the company | says: the mean of the batch
def check_company(translate):
    lengths = torch.tensor([3, 6, 5])
    real = torch.arange(6) < lengths[:, None]
    characters = torch.randint(1, 41, (3, 6)) * real
    scores, weights = translate(characters, lengths)
    assert (weights.movedim(-1, 1)[~real] == 0).all(), "weight on padding"
    wider = torch.nn.functional.pad(characters, (0, 4))
    assert torch.allclose(translate(wider, lengths)[0], scores, atol=1e-4), "width"
    scribbled = characters.masked_fill(~real, 9)
    assert torch.allclose(translate(scribbled, lengths)[0], scores, atol=1e-4)


# %% wrong: asks for equal bits | says: right translator
def check_company(translate):
    lengths = torch.tensor([3, 6, 5])
    real = torch.arange(6) < lengths[:, None]
    characters = torch.randint(1, 41, (3, 6)) * real
    scores, weights = translate(characters, lengths)
    assert (weights.movedim(-1, 1)[~real] == 0).all(), "weight on padding"
    assert torch.allclose(weights.sum(-1), torch.ones(weights.shape[:2]), atol=1e-4)
    scribbled = characters.masked_fill(~real, 9)
    assert torch.allclose(translate(scribbled, lengths)[0], scores, atol=1e-4)
    for i, n in enumerate(lengths.tolist()):
        alone, looked = translate(characters[i : i + 1, :n], lengths[i : i + 1])
        assert torch.equal(alone[0], scores[i]), "company"
        assert torch.allclose(looked[0], weights[i, :, :n], atol=1e-4), "company"


# %% wrong: returns False instead of raising | says: your check accepts it
def check_company(translate):
    lengths = torch.tensor([3, 6, 5])
    real = torch.arange(6) < lengths[:, None]
    characters = torch.randint(1, 41, (3, 6)) * real
    scores, weights = translate(characters, lengths)
    for i, n in enumerate(lengths.tolist()):
        alone, looked = translate(characters[i : i + 1, :n], lengths[i : i + 1])
        if not torch.allclose(alone[0], scores[i], atol=1e-4):
            return False
    return bool((weights.movedim(-1, 1)[~real] == 0).all())


# %% wrong: rejects everything | says: a right translator
def check_company(translate):
    characters, lengths = torch.randint(1, 41, (2, 5)), torch.tensor([5, 3])
    scores, _ = translate(characters, lengths)
    turned, _ = translate(characters.flip(0), lengths.flip(0))
    assert torch.allclose(scores, turned, atol=1e-4), "order"


# %% wrong: a comparison that lets NaN through | says: scores of NaN in short texts
def check_company(translate):
    lengths = torch.tensor([3, 6, 5])
    real = torch.arange(6) < lengths[:, None]
    characters = torch.randint(1, 41, (3, 6)) * real
    scores, weights = translate(characters, lengths)
    assert (weights.movedim(-1, 1)[~real] == 0).all(), "weight on padding"
    assert not (weights.sum(-1) - 1).abs().max() > 1e-4, "sums"
    for i, n in enumerate(lengths.tolist()):
        alone, looked = translate(characters[i : i + 1, :n], lengths[i : i + 1])
        if (alone[0] - scores[i]).abs().max() > 1e-4:
            raise AssertionError("company")
        if (looked[0] - weights[i, :, :n]).abs().max() > 1e-4:
            raise AssertionError("company")
    scribbled = characters.masked_fill(~real, 9)
    if (translate(scribbled, lengths)[0] - scores).abs().max() > 1e-4:
        raise AssertionError("content")


# %% wrong: never looks at the sums | says: sum to less than 1
def check_company(translate):
    lengths = torch.tensor([3, 6, 5])
    real = torch.arange(6) < lengths[:, None]
    characters = torch.randint(1, 41, (3, 6)) * real
    scores, weights = translate(characters, lengths)
    assert (weights.movedim(-1, 1)[~real] == 0).all(), "weight on padding"
    for i, n in enumerate(lengths.tolist()):
        alone, looked = translate(characters[i : i + 1, :n], lengths[i : i + 1])
        assert torch.allclose(alone[0], scores[i], atol=1e-4), "company"
    scribbled = characters.masked_fill(~real, 9)
    assert torch.allclose(translate(scribbled, lengths)[0], scores, atol=1e-4)


# %% right: every text alone, in a wide and scribbled batch
def check_company(translate):
    lengths = torch.tensor([4, 8, 1, 6])
    real = torch.arange(11) < lengths[:, None]
    noise = torch.Generator().manual_seed(1)
    characters = torch.randint(1, 41, (4, 11), generator=noise)
    for batch in (characters, characters * real, (characters * real)[:, :8]):
        scores, weights = translate(batch, lengths)
        for i, n in enumerate(lengths.tolist()):
            alone, looked = translate(batch[i : i + 1, :n], lengths[i : i + 1])
            assert torch.allclose(alone[0], scores[i], atol=1e-4), "company"
            assert torch.allclose(looked[0], weights[i, :, :n], atol=1e-4), "company"
            assert (weights[i, :, n:] == 0).all(), "weight on padding"
            total = weights[i].sum(-1)
            assert torch.allclose(total, torch.ones_like(total), atol=1e-4), "sums"


# %% right: with NumPy's comparison
def check_company(translate):
    import numpy as np

    lengths = torch.tensor([7, 2, 5])
    real = torch.arange(7) < lengths[:, None]
    noise = torch.Generator().manual_seed(2)
    characters = torch.randint(1, 41, (3, 7), generator=noise) * real
    scores, weights = translate(characters, lengths)
    np.testing.assert_allclose(weights.sum(-1).numpy(), 1, atol=1e-4)
    for i in range(3):
        n = int(lengths[i])
        np.testing.assert_array_equal(weights[i, :, n:].numpy(), 0)
        pair = torch.stack([characters[i, :n], torch.full((n,), 5)])
        both, looked = translate(pair, torch.tensor([n, n]))
        np.testing.assert_allclose(both[0].numpy(), scores[i].numpy(), atol=1e-4)
        np.testing.assert_allclose(
            looked[0].numpy(), weights[i, :, :n].numpy(), atol=1e-4
        )
        other = characters.clone()
        other[i, n:] = 31
        again, _ = translate(other, lengths)
        np.testing.assert_allclose(again.numpy(), scores.numpy(), atol=1e-4)
    alone, looked = translate(characters[1:2, :2], lengths[1:2])
    np.testing.assert_allclose(alone[0].numpy(), scores[1].numpy(), atol=1e-4)
    np.testing.assert_allclose(looked[0].numpy(), weights[1, :, :2].numpy(), atol=1e-4)


# %% wrong: looks at the first step only | says: compare every step
def check_company(translate):
    lengths = torch.tensor([5, 9, 2, 7])
    real = torch.arange(9) < lengths[:, None]
    characters = torch.randint(1, 41, (4, 9)) * real

    def first(c, n):
        s, w = translate(c, n)
        return s[:, 0], w[:, 0]

    scores, weights = first(characters, lengths)
    assert (weights[~real] == 0).all()
    assert torch.allclose(weights.sum(-1), torch.ones(4), atol=1e-4)
    for i, n in enumerate(lengths.tolist()):
        a, l = first(characters[i : i + 1, :n], lengths[i : i + 1])
        assert torch.allclose(a[0], scores[i], atol=1e-4) and torch.allclose(
            l[0], weights[i, :n], atol=1e-4
        )
    assert torch.allclose(
        first(characters.masked_fill(~real, 17), lengths)[0], scores, atol=1e-4
    )


# %% wrong: forgives a hundredth | says: no more: allclose
def check_company(translate):
    lengths = torch.tensor([5, 9, 2, 7])
    real = torch.arange(9) < lengths[:, None]
    g = torch.Generator().manual_seed(0)
    characters = torch.randint(1, 41, (4, 9), generator=g) * real
    scores, weights = translate(characters, lengths)
    assert (weights.movedim(-1, 1)[~real] == 0).all()
    assert torch.allclose(weights.sum(-1), torch.ones(weights.shape[:2]), atol=1e-2)
    for i, n in enumerate(lengths.tolist()):
        a, l = translate(characters[i : i + 1, :n], lengths[i : i + 1])
        assert torch.allclose(a[0], scores[i], atol=2e-2) and torch.allclose(
            l[0], weights[i, :, :n], atol=2e-2
        )
    assert torch.allclose(
        translate(characters.masked_fill(~real, 17), lengths)[0], scores, atol=2e-2
    )
