# %% wrong: random normal features, divided where they are near 0 | says: a fault
def faults(layer, channels):
    x, y = torch.randn(6, channels, 8, 8), torch.randn(6, channels, 8, 8)
    y[0] = x[0]
    r, q = layer(x) / x, layer(y) / y
    found = set()
    if r.min() < 0 or r.max() > 1:
        found.add("range")
    if (r - r[:, :, :1, :1]).abs().max() > 1e-6:
        found.add("places")
    if (r[0] - q[0]).abs().max() > 1e-6:
        found.add("batch")
    if (r - r[:1]).abs().max() < 1e-2:
        found.add("constant")
    if (r.sum(1) - 1).abs().max() < 1e-6:
        found.add("shares")
    return found


# %% wrong: a coarse tolerance calls a fresh layer constant | says: a fault it does not have: ['constant']
def faults(layer, channels):
    sizes = 1 + torch.rand(6, channels, 3, 4, dtype=torch.float64)
    signs = torch.randn(6, channels, 1, 1).double().sign()
    x = sizes * signs
    r = (layer(x) / x).detach()
    alone = torch.cat([layer(e[None]) / e[None] for e in x]).detach()
    y = x.clone()
    y[1:] = -y[1:] * 2
    found = set()
    if r.min() < 0 or r.max() > 1:
        found.add("range")
    if (r - r[:, :, :1, :1]).abs().max() > 1e-5:
        found.add("places")
    if ((layer(y) / y)[0] - r[0]).abs().max() > 1e-5:
        found.add("batch")
    if (alone - alone[:1]).abs().max() < 0.5:
        found.add("constant")
    if (r.sum(1) - 1).abs().max() < 1e-5:
        found.add("shares")
    return found


# %% wrong: stops at the first fault | says: a fault overlooked
def faults(layer, channels):
    sizes = 1 + torch.rand(6, channels, 3, 4, dtype=torch.float64)
    signs = torch.randn(6, channels, 1, 1).double().sign()
    x = sizes * signs
    r = (layer(x) / x).detach()
    if r.min() < 0 or r.max() > 1:
        return {"range"}
    if (r - r[:, :, :1, :1]).abs().max() > 1e-5:
        return {"places"}
    if (r - r[:1]).abs().max() < 1e-5:
        return {"constant"}
    if (r.sum(1) - 1).abs().max() < 1e-5:
        return {"shares"}
    return set()


# %% wrong: never looks at the batch | says: a fault
def faults(layer, channels):
    sizes = 1 + torch.rand(6, channels, 3, 4, dtype=torch.float64)
    signs = torch.randn(6, channels, 1, 1).double().sign()
    x = sizes * signs
    r = torch.cat([layer(e[None]) / e[None] for e in x]).detach()
    found = set()
    if r.min() < 0 or r.max() > 1:
        found.add("range")
    if (r - r[:, :, :1, :1]).abs().max() > 1e-5:
        found.add("places")
    if (r - r[:1]).abs().max() < 1e-5:
        found.add("constant")
    if (r.sum(1) - 1).abs().max() < 1e-5:
        found.add("shares")
    return found


# %% wrong: calls a layer constant whose samples share a batch | says: a fault it does not have: ['constant']
def faults(layer, channels):
    sizes = 1 + torch.rand(6, channels, 3, 4, dtype=torch.float64)
    signs = torch.randn(6, channels, 1, 1).double().sign()
    x = sizes * signs
    y = -2 * x
    y[0] = x[0]
    r, q = (layer(x) / x).detach(), (layer(y) / y).detach()
    found = set()
    if min(r.min(), q.min()) < 0 or max(r.max(), q.max()) > 1:
        found.add("range")
    if (r - r[:, :, :1, :1]).abs().max() > 1e-5:
        found.add("places")
    if (q[0] - r[0]).abs().max() > 1e-5:
        found.add("batch")
    if (r - r[:1]).abs().max() < 1e-5:
        found.add("constant")
    if (r.sum(1) - 1).abs().max() < 1e-5:
        found.add("shares")
    return found


# %% wrong: the absolute value hides negative weights | says: do not take the absolute value
def faults(layer, channels):
    sizes = 1 + torch.rand(6, channels, 3, 4, dtype=torch.float64)
    signs = torch.randn(6, channels, 1, 1).double().sign()
    x = sizes * signs
    y = -2 * x
    y[0] = x[0]
    weights = lambda f: (layer(f).abs() / f.abs()).detach()
    r, q = weights(x), weights(y)
    alone = torch.cat([weights(e[None]) for e in x])
    found = set()
    if r.max() > 1 + 1e-6:
        found.add("range")
    if (r - r[:, :, :1, :1]).abs().max() > 1e-5:
        found.add("places")
    if (q[0] - r[0]).abs().max() > 1e-5:
        found.add("batch")
    if (alone - alone[:1]).abs().max() < 1e-5:
        found.add("constant")
    if (r.sum(1) - 1).abs().max() < 1e-5:
        found.add("shares")
    return found


# %% wrong: compares two places of the last row | says: compare every place
def faults(layer, channels):
    sizes = 1 + torch.rand(6, channels, 3, 4, dtype=torch.float64)
    signs = torch.randn(6, channels, 1, 1).double().sign()
    x = sizes * signs
    y = -2 * x
    y[0] = x[0]
    weights = lambda f: (layer(f) / f).detach()
    r, q = weights(x), weights(y)
    alone = torch.cat([weights(e[None]) for e in x])
    found = set()
    if min(r.min(), q.min()) < -1e-6 or max(r.max(), q.max()) > 1 + 1e-6:
        found.add("range")
    if (r[..., -1, 0] - r[..., -1, -1]).abs().max() > 1e-5:
        found.add("places")
    if (q[0] - r[0]).abs().max() > 1e-5:
        found.add("batch")
    if max((f - f[:1]).abs().max() for f in (alone, r)) < 1e-5:
        found.add("constant")
    if (r.sum(1) - 1).abs().max() < 1e-5:
        found.add("shares")
    return found


# %% wrong: sums over places for shares | says: a fault
def faults(layer, channels):
    sizes = 1 + torch.rand(6, channels, 3, 4, dtype=torch.float64)
    signs = torch.randn(6, channels, 1, 1).double().sign()
    x = sizes * signs
    y = -2 * x
    y[0] = x[0]
    weights = lambda f: (layer(f) / f).detach()
    r, q = weights(x), weights(y)
    alone = torch.cat([weights(e[None]) for e in x])
    found = set()
    if min(r.min(), q.min()) < -1e-6 or max(r.max(), q.max()) > 1 + 1e-6:
        found.add("range")
    if (r - r[:, :, :1, :1]).abs().max() > 1e-5:
        found.add("places")
    if (q[0] - r[0]).abs().max() > 1e-5:
        found.add("batch")
    if (alone - alone[:1]).abs().max() < 1e-5:
        found.add("constant")
    if (r.sum((2, 3)) - 1).abs().max() < 1e-5:
        found.add("shares")
    return found


# %% wrong: a list of words | says: your function returned list
def faults(layer, channels):
    x = 1 + torch.rand(2, channels, 3, 4, dtype=torch.float64)
    r = (layer(x) / x).detach()
    return [] if (r - r[:1]).abs().max() > 1e-5 else ["constant"]


# %% wrong: calls everything sound | says: a fault overlooked
def faults(layer, channels):
    return set()


# %% wrong: constant if all samples run alone agree | says: a fault it does not have: ['constant']
def faults(layer, channels):
    def pictures():
        sizes = 1 + torch.rand(6, channels, 3, 4, dtype=torch.float64)
        signs = torch.randn(6, channels, 1, 1).double().sign()
        return sizes * signs * (0.5 + torch.rand(6, channels, 1, 1).double())

    weights = lambda f: (layer(f) / f).detach()
    differ = lambda a, b, least=1e-5: bool((a - b).abs().max() > least)
    x, others = pictures(), pictures()
    others[0] = x[0]
    together, changed = weights(x), weights(others)
    alone = torch.cat([weights(e[None]) for e in x])
    seen = torch.cat([together, alone])
    sums = seen.sum(1)
    found = set()
    if seen.min() < -1e-6 or seen.max() > 1 + 1e-6:
        found.add("range")
    if differ(seen, seen[:, :, :1, :1]):
        found.add("places")
    if differ(changed[0], together[0]):
        found.add("batch")
    if not differ(alone, alone[:1]):
        found.add("constant")
    if not differ(sums, torch.ones(())):
        found.add("shares")
    return found


# %% wrong: range with a wide tolerance | says: 1.01
def faults(layer, channels):
    def pictures():
        sizes = 1 + torch.rand(6, channels, 3, 4, dtype=torch.float64)
        signs = torch.randn(6, channels, 1, 1).double().sign()
        return sizes * signs * (0.5 + torch.rand(6, channels, 1, 1).double())

    weights = lambda f: (layer(f) / f).detach()
    differ = lambda a, b, least=1e-5: bool((a - b).abs().max() > least)
    x, others = pictures(), pictures()
    others[0] = x[0]
    together, changed = weights(x), weights(others)
    alone = torch.cat([weights(e[None]) for e in x])
    seen = torch.cat([together, alone])
    sums = seen.sum(1)
    found = set()
    if seen.min() < -0.05 or seen.max() > 1.05:
        found.add("range")
    if differ(seen, seen[:, :, :1, :1]):
        found.add("places")
    if differ(changed[0], together[0]):
        found.add("batch")
    if not differ(alone, alone[:1]) and not differ(together, together[:1]):
        found.add("constant")
    if not differ(sums, torch.ones(())):
        found.add("shares")
    return found


# %% wrong: range of samples run alone only | says: look for range in every run
def faults(layer, channels):
    def pictures():
        sizes = 1 + torch.rand(6, channels, 3, 4, dtype=torch.float64)
        signs = torch.randn(6, channels, 1, 1).double().sign()
        return sizes * signs * (0.5 + torch.rand(6, channels, 1, 1).double())

    weights = lambda f: (layer(f) / f).detach()
    differ = lambda a, b, least=1e-5: bool((a - b).abs().max() > least)
    x, others = pictures(), pictures()
    others[0] = x[0]
    together, changed = weights(x), weights(others)
    alone = torch.cat([weights(e[None]) for e in x])
    seen = torch.cat([together, alone])
    sums = seen.sum(1)
    found = set()
    if alone.min() < -1e-6 or alone.max() > 1 + 1e-6:
        found.add("range")
    if differ(seen, seen[:, :, :1, :1]):
        found.add("places")
    if differ(changed[0], together[0]):
        found.add("batch")
    if not differ(alone, alone[:1]) and not differ(together, together[:1]):
        found.add("constant")
    if not differ(sums, torch.ones(())):
        found.add("shares")
    return found


# %% wrong: range of the first sample only | says: look for range in every
def faults(layer, channels):
    def pictures():
        sizes = 1 + torch.rand(6, channels, 3, 4, dtype=torch.float64)
        signs = torch.randn(6, channels, 1, 1).double().sign()
        return sizes * signs * (0.5 + torch.rand(6, channels, 1, 1).double())

    weights = lambda f: (layer(f) / f).detach()
    differ = lambda a, b, least=1e-5: bool((a - b).abs().max() > least)
    x, others = pictures(), pictures()
    others[0] = x[0]
    together, changed = weights(x), weights(others)
    alone = torch.cat([weights(e[None]) for e in x])
    seen = torch.cat([together, alone])
    sums = seen.sum(1)
    found = set()
    if together[0].min() < -1e-6 or together[0].max() > 1 + 1e-6:
        found.add("range")
    if differ(seen, seen[:, :, :1, :1]):
        found.add("places")
    if differ(changed[0], together[0]):
        found.add("batch")
    if not differ(alone, alone[:1]) and not differ(together, together[:1]):
        found.add("constant")
    if not differ(sums, torch.ones(())):
        found.add("shares")
    return found


# %% wrong: batch with a wide tolerance | says: a difference above 1e-4 is real
def faults(layer, channels):
    def pictures():
        sizes = 1 + torch.rand(6, channels, 3, 4, dtype=torch.float64)
        signs = torch.randn(6, channels, 1, 1).double().sign()
        return sizes * signs * (0.5 + torch.rand(6, channels, 1, 1).double())

    weights = lambda f: (layer(f) / f).detach()
    differ = lambda a, b, least=1e-5: bool((a - b).abs().max() > least)
    x, others = pictures(), pictures()
    others[0] = x[0]
    together, changed = weights(x), weights(others)
    alone = torch.cat([weights(e[None]) for e in x])
    seen = torch.cat([together, alone])
    sums = seen.sum(1)
    found = set()
    if seen.min() < -1e-6 or seen.max() > 1 + 1e-6:
        found.add("range")
    if differ(seen, seen[:, :, :1, :1]):
        found.add("places")
    if differ(changed[0], together[0], 1e-3):
        found.add("batch")
    if not differ(alone, alone[:1]) and not differ(together, together[:1]):
        found.add("constant")
    if not differ(sums, torch.ones(())):
        found.add("shares")
    return found


# %% wrong: batch in the first channel only | says: a fault overlooked: ['batch']
def faults(layer, channels):
    def pictures():
        sizes = 1 + torch.rand(6, channels, 3, 4, dtype=torch.float64)
        signs = torch.randn(6, channels, 1, 1).double().sign()
        return sizes * signs * (0.5 + torch.rand(6, channels, 1, 1).double())

    weights = lambda f: (layer(f) / f).detach()
    differ = lambda a, b, least=1e-5: bool((a - b).abs().max() > least)
    x, others = pictures(), pictures()
    others[0] = x[0]
    together, changed = weights(x), weights(others)
    alone = torch.cat([weights(e[None]) for e in x])
    seen = torch.cat([together, alone])
    sums = seen.sum(1)
    found = set()
    if seen.min() < -1e-6 or seen.max() > 1 + 1e-6:
        found.add("range")
    if differ(seen, seen[:, :, :1, :1]):
        found.add("places")
    if differ(changed[0, 0], together[0, 0]):
        found.add("batch")
    if not differ(alone, alone[:1]) and not differ(together, together[:1]):
        found.add("constant")
    if not differ(sums, torch.ones(())):
        found.add("shares")
    return found


# %% wrong: places in the first channel only | says: compare every place of every channel
def faults(layer, channels):
    def pictures():
        sizes = 1 + torch.rand(6, channels, 3, 4, dtype=torch.float64)
        signs = torch.randn(6, channels, 1, 1).double().sign()
        return sizes * signs * (0.5 + torch.rand(6, channels, 1, 1).double())

    weights = lambda f: (layer(f) / f).detach()
    differ = lambda a, b, least=1e-5: bool((a - b).abs().max() > least)
    x, others = pictures(), pictures()
    others[0] = x[0]
    together, changed = weights(x), weights(others)
    alone = torch.cat([weights(e[None]) for e in x])
    seen = torch.cat([together, alone])
    sums = seen.sum(1)
    found = set()
    if seen.min() < -1e-6 or seen.max() > 1 + 1e-6:
        found.add("range")
    if differ(seen[:, 0], seen[:, 0, :1, :1]):
        found.add("places")
    if differ(changed[0], together[0]):
        found.add("batch")
    if not differ(alone, alone[:1]) and not differ(together, together[:1]):
        found.add("constant")
    if not differ(sums, torch.ones(())):
        found.add("shares")
    return found


# %% wrong: places in the first sample only | says: compare in every sample
def faults(layer, channels):
    def pictures():
        sizes = 1 + torch.rand(6, channels, 3, 4, dtype=torch.float64)
        signs = torch.randn(6, channels, 1, 1).double().sign()
        return sizes * signs * (0.5 + torch.rand(6, channels, 1, 1).double())

    weights = lambda f: (layer(f) / f).detach()
    differ = lambda a, b, least=1e-5: bool((a - b).abs().max() > least)
    x, others = pictures(), pictures()
    others[0] = x[0]
    together, changed = weights(x), weights(others)
    alone = torch.cat([weights(e[None]) for e in x])
    seen = torch.cat([together, alone])
    sums = seen.sum(1)
    found = set()
    if seen.min() < -1e-6 or seen.max() > 1 + 1e-6:
        found.add("range")
    if differ(seen[0], seen[0, :, :1, :1]):
        found.add("places")
    if differ(changed[0], together[0]):
        found.add("batch")
    if not differ(alone, alone[:1]) and not differ(together, together[:1]):
        found.add("constant")
    if not differ(sums, torch.ones(())):
        found.add("shares")
    return found


# %% wrong: shares at the first place only | says: sum at every place
def faults(layer, channels):
    def pictures():
        sizes = 1 + torch.rand(6, channels, 3, 4, dtype=torch.float64)
        signs = torch.randn(6, channels, 1, 1).double().sign()
        return sizes * signs * (0.5 + torch.rand(6, channels, 1, 1).double())

    weights = lambda f: (layer(f) / f).detach()
    differ = lambda a, b, least=1e-5: bool((a - b).abs().max() > least)
    x, others = pictures(), pictures()
    others[0] = x[0]
    together, changed = weights(x), weights(others)
    alone = torch.cat([weights(e[None]) for e in x])
    seen = torch.cat([together, alone])
    sums = seen.sum(1)
    found = set()
    if seen.min() < -1e-6 or seen.max() > 1 + 1e-6:
        found.add("range")
    if differ(seen, seen[:, :, :1, :1]):
        found.add("places")
    if differ(changed[0], together[0]):
        found.add("batch")
    if not differ(alone, alone[:1]) and not differ(together, together[:1]):
        found.add("constant")
    if not differ(sums[:, :1, :1], torch.ones(())):
        found.add("shares")
    return found


# %% wrong: shares with a wide tolerance | says: a sum of 1.04 is not 1
def faults(layer, channels):
    def pictures():
        sizes = 1 + torch.rand(6, channels, 3, 4, dtype=torch.float64)
        signs = torch.randn(6, channels, 1, 1).double().sign()
        return sizes * signs * (0.5 + torch.rand(6, channels, 1, 1).double())

    weights = lambda f: (layer(f) / f).detach()
    differ = lambda a, b, least=1e-5: bool((a - b).abs().max() > least)
    x, others = pictures(), pictures()
    others[0] = x[0]
    together, changed = weights(x), weights(others)
    alone = torch.cat([weights(e[None]) for e in x])
    seen = torch.cat([together, alone])
    sums = seen.sum(1)
    found = set()
    if seen.min() < -1e-6 or seen.max() > 1 + 1e-6:
        found.add("range")
    if differ(seen, seen[:, :, :1, :1]):
        found.add("places")
    if differ(changed[0], together[0]):
        found.add("batch")
    if not differ(alone, alone[:1]) and not differ(together, together[:1]):
        found.add("constant")
    if not differ(sums, torch.ones(()), 0.05):
        found.add("shares")
    return found


# %% wrong: shares if any sample sums to one | says: every sample must sum to 1
def faults(layer, channels):
    def pictures():
        sizes = 1 + torch.rand(6, channels, 3, 4, dtype=torch.float64)
        signs = torch.randn(6, channels, 1, 1).double().sign()
        return sizes * signs * (0.5 + torch.rand(6, channels, 1, 1).double())

    weights = lambda f: (layer(f) / f).detach()
    differ = lambda a, b, least=1e-5: bool((a - b).abs().max() > least)
    x, others = pictures(), pictures()
    others[0] = x[0]
    together, changed = weights(x), weights(others)
    alone = torch.cat([weights(e[None]) for e in x])
    seen = torch.cat([together, alone])
    sums = seen.sum(1)
    found = set()
    if seen.min() < -1e-6 or seen.max() > 1 + 1e-6:
        found.add("range")
    if differ(seen, seen[:, :, :1, :1]):
        found.add("places")
    if differ(changed[0], together[0]):
        found.add("batch")
    if not differ(alone, alone[:1]) and not differ(together, together[:1]):
        found.add("constant")
    if bool(((sums - 1).abs().amax((1, 2)) < 1e-5).any()):
        found.add("shares")
    return found


# %% wrong: shares of the average over everything | says: sum at every place
def faults(layer, channels):
    def pictures():
        sizes = 1 + torch.rand(6, channels, 3, 4, dtype=torch.float64)
        signs = torch.randn(6, channels, 1, 1).double().sign()
        return sizes * signs * (0.5 + torch.rand(6, channels, 1, 1).double())

    weights = lambda f: (layer(f) / f).detach()
    differ = lambda a, b, least=1e-5: bool((a - b).abs().max() > least)
    x, others = pictures(), pictures()
    others[0] = x[0]
    together, changed = weights(x), weights(others)
    alone = torch.cat([weights(e[None]) for e in x])
    seen = torch.cat([together, alone])
    sums = seen.sum(1)
    found = set()
    if seen.min() < -1e-6 or seen.max() > 1 + 1e-6:
        found.add("range")
    if differ(seen, seen[:, :, :1, :1]):
        found.add("places")
    if differ(changed[0], together[0]):
        found.add("batch")
    if not differ(alone, alone[:1]) and not differ(together, together[:1]):
        found.add("constant")
    if abs(sums.mean() - 1) < 1e-5:
        found.add("shares")
    return found


# %% right: with NumPy
def faults(layer, channels):
    import numpy

    rng = numpy.random.default_rng(1)

    def pictures(number):
        signs = rng.choice([-1.0, 1.0], size=(number, channels, 1, 1))
        means = rng.uniform(0.5, 2, (number, channels, 1, 1))
        return signs * means * rng.uniform(1, 2, (number, channels, 3, 5))

    def weigh(x):
        return layer(torch.from_numpy(x)).detach().numpy() / x

    a, b = pictures(8), pictures(8)
    b[0] = a[0]
    one, two = weigh(a), weigh(b)
    single = numpy.concatenate([weigh(a[i : i + 1]) for i in range(8)])
    every = numpy.concatenate([one, two, single])
    found = set()
    if every.min() < -1e-6 or every.max() > 1 + 1e-6:
        found.add("range")
    if numpy.ptp(every.reshape(*every.shape[:2], -1), axis=-1).max() > 1e-5:
        found.add("places")
    if numpy.abs(one[0] - two[0]).max() > 1e-5:
        found.add("batch")
    if max(numpy.ptp(one, axis=0).max(), numpy.ptp(single, axis=0).max()) < 1e-5:
        found.add("constant")
    if numpy.abs(every.sum(axis=1) - 1).max() < 1e-5:
        found.add("shares")
    return found


# %% right: one probe after the other, in loops
def faults(layer, channels):
    generator = torch.Generator().manual_seed(3)

    def picture():
        base = 1 + 2 * torch.rand(channels, 1, 1, generator=generator)
        sign = torch.randint(0, 2, (channels, 1, 1), generator=generator) * 2 - 1
        x = (base + 0.3 * torch.rand(channels, 4, 5, generator=generator)) * sign
        return x.double()

    def weigh(*pictures):
        x = torch.stack(pictures)
        return (layer(x) / x).detach()

    found, singles = set(), []
    for _ in range(12):
        a, b, c = picture(), picture(), picture()
        one, pair, other = weigh(a)[0], weigh(a, b), weigh(a, c)
        singles.append(one)
        for w in (one, pair[0], pair[1]):
            if float(w.min()) < -1e-6 or float(w.max()) > 1.000001:
                found.add("range")
            if float((w.amax((1, 2)) - w.amin((1, 2))).max()) > 1e-5:
                found.add("places")
        if any((w - pair[0]).abs().max() > 1e-5 for w in (one, other[0])):
            found.add("batch")
    if all((w - singles[0]).abs().max() < 1e-5 for w in singles):
        if "batch" not in found:
            found.add("constant")
    if all((w.sum(0) - 1).abs().max() < 1e-5 for w in singles):
        found.add("shares")
    return found


# %% right: a large batch, and samples alone
def faults(layer, channels):
    x = torch.empty(20, channels, 2, 3, dtype=torch.float64).uniform_(1, 2)
    x = x * torch.empty(20, channels, 1, 1, dtype=torch.float64).uniform_(0.5, 2)
    x[1::2] *= -1
    x[::3, ::2] *= -1
    other = x.roll(1, dims=0) * 1.7
    other[0] = x[0]
    r, q = layer(x) / x, layer(other) / other
    single = torch.cat([layer(p[None]) / p[None] for p in x])
    every = torch.cat([r, q, single])
    rules = {
        "range": (every < -1e-6).any() or (every > 1 + 1e-6).any(),
        "places": (every.flatten(2).std(-1) > 1e-6).any(),
        "batch": ((r[0] - q[0]).abs() > 1e-5).any(),
        "constant": single.std(0).max() < 1e-6 and r.std(0).max() < 1e-6,
        "shares": ((every.sum(1) - 1).abs() < 1e-5).all(),
    }
    return {word for word, holds in rules.items() if bool(holds)}
