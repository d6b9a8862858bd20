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
    if (alone - alone[:1]).abs().max() < 1e-5:
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
