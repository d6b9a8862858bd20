# %% wrong: mass is the number of pixels | says: mass is what a blob has above the mean
def rivals(maps):
    return each(maps, lambda x, inside: inside.sum() + 0 * x.sum())


def each(maps, weigh, connectivity=8):
    largest, effective = [], []
    for x in maps.reshape(-1, *maps.shape[-2:]):
        labels = label_blobs(x > x.mean(), connectivity)
        n = int(labels.max()) if x.min() < x.max() else 0
        if not n:
            largest.append(0 * x.sum())
            effective.append(0 * x.sum())
            continue
        masses = torch.stack([weigh(x, labels == k) for k in range(1, n + 1)])
        shares = masses / masses.sum()
        largest.append(shares.max())
        effective.append(1 / shares.square().sum())
    shape = maps.shape[:-2]
    return torch.stack(largest).reshape(shape), torch.stack(effective).reshape(shape)


# %% wrong: mass without subtracting the mean | says: mass is what a blob has above the mean
def rivals(maps):
    largest, effective = [], []
    for x in maps.reshape(-1, *maps.shape[-2:]):
        labels = label_blobs(x > x.mean())
        n = int(labels.max()) if x.min() < x.max() else 0
        if not n:
            largest.append(0 * x.sum())
            effective.append(0 * x.sum())
            continue
        masses = torch.stack([x[labels == k].sum() for k in range(1, n + 1)])
        shares = masses / masses.sum()
        largest.append(shares.max())
        effective.append(1 / shares.square().sum())
    shape = maps.shape[:-2]
    return torch.stack(largest).reshape(shape), torch.stack(effective).reshape(shape)


# %% wrong: four neighbours | says: 8 neighbours: a corner joins
def rivals(maps):
    largest, effective = [], []
    for x in maps.reshape(-1, *maps.shape[-2:]):
        excess = x - x.mean()
        labels = label_blobs(excess > 0, 4)
        n = int(labels.max()) if x.min() < x.max() else 0
        if not n:
            largest.append(0 * x.sum())
            effective.append(0 * x.sum())
            continue
        masses = torch.stack([excess[labels == k].sum() for k in range(1, n + 1)])
        shares = masses / masses.sum()
        largest.append(shares.max())
        effective.append(1 / shares.square().sum())
    shape = maps.shape[:-2]
    return torch.stack(largest).reshape(shape), torch.stack(effective).reshape(shape)


# %% wrong: exp of the entropy | says: one over the sum of the squared shares
def rivals(maps):
    x = maps
    excess = x - x.mean((-2, -1), keepdim=True)
    labels = label_blobs(excess > 0).flatten(-2)
    n = int(labels.max())
    excess = excess.relu().flatten(-2)
    masses = [(excess * (labels == k)).sum(-1) for k in range(1, n + 1)]
    masses = torch.stack(masses, -1)
    shares = masses / masses.sum(-1, keepdim=True)
    return shares.amax(-1), torch.special.entr(shares).sum(-1).exp()


# %% wrong: one mean for the whole batch | says: cut at its own mean
def rivals(maps):
    largest, effective = [], []
    level = maps.mean()
    for x in maps.reshape(-1, *maps.shape[-2:]):
        excess = x - level
        labels = label_blobs(excess > 0)
        n = int(labels.max())
        if not n:
            largest.append(0 * x.sum())
            effective.append(0 * x.sum())
            continue
        masses = torch.stack([excess[labels == k].sum() for k in range(1, n + 1)])
        shares = masses / masses.sum()
        largest.append(shares.max())
        effective.append(1 / shares.square().sum())
    shape = maps.shape[:-2]
    return torch.stack(largest).reshape(shape), torch.stack(effective).reshape(shape)


# %% wrong: the mean is detached | says: the mean depends on the map too
def rivals(maps):
    largest, effective = [], []
    for x in maps.reshape(-1, *maps.shape[-2:]):
        excess = x - x.mean().detach()
        labels = label_blobs(excess > 0)
        n = int(labels.max()) if x.min() < x.max() else 0
        if not n:
            largest.append(0 * x.sum())
            effective.append(0 * x.sum())
            continue
        masses = torch.stack([excess[labels == k].sum() for k in range(1, n + 1)])
        shares = masses / masses.sum()
        largest.append(shares.max())
        effective.append(1 / shares.square().sum())
    shape = maps.shape[:-2]
    return torch.stack(largest).reshape(shape), torch.stack(effective).reshape(shape)


# %% wrong: cut off from the maps | says: item(), float() and detach() cut the graph
def rivals(maps):
    largest, effective = [], []
    for x in maps.detach().reshape(-1, *maps.shape[-2:]):
        excess = x - x.mean()
        labels = label_blobs(excess > 0)
        n = int(labels.max()) if x.min() < x.max() else 0
        masses = [excess[labels == k].sum().item() for k in range(1, n + 1)]
        shares = [m / sum(masses) for m in masses]
        largest.append(max(shares, default=0.0))
        effective.append(1 / sum(s * s for s in shares) if shares else 0.0)
    shape = maps.shape[:-2]
    kind = {"dtype": maps.dtype}
    largest = torch.tensor(largest, **kind).reshape(shape)
    return largest, torch.tensor(effective, **kind).reshape(shape)


# %% wrong: a flat map may have a blob of rounding errors | says: may be rounded below them
def rivals(maps):
    excess = (maps - maps.mean((-2, -1), keepdim=True)).relu()
    labels = label_blobs(excess > 0).flatten(-2)
    n = max(1, int(labels.max()))
    pixels = excess.flatten(-2)
    masses = [(pixels * (labels == k)).sum(-1) for k in range(1, n + 1)]
    masses = torch.stack(masses, -1)
    shares = torch.nan_to_num(masses / masses.sum(-1, keepdim=True))
    square = shares.square().sum(-1)
    return shares.amax(-1), torch.where(square > 0, 1 / square, 0)


# %% wrong: the number of blobs | says: one over the sum of the squared shares
def rivals(maps):
    excess = (maps - maps.mean((-2, -1), keepdim=True)).relu()
    labels = label_blobs(excess > 0).flatten(-2)
    pixels = excess.flatten(-2)
    n = int(labels.max())
    masses = [(pixels * (labels == k)).sum(-1) for k in range(1, n + 1)]
    masses = torch.stack(masses, -1)
    return masses.amax(-1) / masses.sum(-1), (masses > 0).sum(-1) + 0 * pixels.sum(-1)


# %% wrong: a pixel at the mean counts as above | says: a pixel equal to the mean is not above
def rivals(maps):
    largest, effective = [], []
    for x in maps.reshape(-1, *maps.shape[-2:]):
        excess = x - x.mean()
        labels = label_blobs(excess >= 0)
        numbers = range(1, int(labels.max()) + 1)
        masses = [excess[labels == n].sum() for n in numbers]
        if not masses or x.min() == x.max():
            largest.append(0 * x.sum())
            effective.append(0 * x.sum())
            continue
        masses = torch.stack(masses)
        shares = masses / masses.sum()
        largest.append(shares.max())
        effective.append(1 / shares.square().sum())
    shape = maps.shape[:-2]
    largest = torch.stack(largest).reshape(shape)
    return largest, torch.stack(effective).reshape(shape)


# %% wrong: a margin around the mean | says: above is above, however little
def rivals(maps):
    largest, effective = [], []
    for x in maps.reshape(-1, *maps.shape[-2:]):
        excess = x - x.mean()
        labels = label_blobs((excess > 0) & ~torch.isclose(x, x.mean()))
        numbers = range(1, int(labels.max()) + 1)
        masses = [excess[labels == n].sum() for n in numbers]
        if not masses or x.min() == x.max():
            largest.append(0 * x.sum())
            effective.append(0 * x.sum())
            continue
        masses = torch.stack(masses)
        shares = masses / masses.sum()
        largest.append(shares.max())
        effective.append(1 / shares.square().sum())
    shape = maps.shape[:-2]
    largest = torch.stack(largest).reshape(shape)
    return largest, torch.stack(effective).reshape(shape)


# %% wrong: flat by a small range | says: a constant such as 1e-6 knows no unit
def rivals(maps):
    largest, effective = [], []
    for x in maps.reshape(-1, *maps.shape[-2:]):
        excess = x - x.mean()
        labels = label_blobs(excess > 0)
        numbers = range(1, int(labels.max()) + 1)
        masses = [excess[labels == n].sum() for n in numbers]
        if not masses or x.max() - x.min() < 1e-6:
            largest.append(0 * x.sum())
            effective.append(0 * x.sum())
            continue
        masses = torch.stack(masses)
        shares = masses / masses.sum()
        largest.append(shares.max())
        effective.append(1 / shares.square().sum())
    shape = maps.shape[:-2]
    largest = torch.stack(largest).reshape(shape)
    return largest, torch.stack(effective).reshape(shape)


# %% wrong: flat by a small deviation | says: a constant such as 1e-6 knows no unit
def rivals(maps):
    largest, effective = [], []
    for x in maps.reshape(-1, *maps.shape[-2:]):
        excess = x - x.mean()
        labels = label_blobs(excess > 0)
        numbers = range(1, int(labels.max()) + 1)
        masses = [excess[labels == n].sum() for n in numbers]
        if not masses or x.std() < 1e-4:
            largest.append(0 * x.sum())
            effective.append(0 * x.sum())
            continue
        masses = torch.stack(masses)
        shares = masses / masses.sum()
        largest.append(shares.max())
        effective.append(1 / shares.square().sum())
    shape = maps.shape[:-2]
    largest = torch.stack(largest).reshape(shape)
    return largest, torch.stack(effective).reshape(shape)


# %% wrong: above by a millionth at least | says: above is above, however little
def rivals(maps):
    largest, effective = [], []
    for x in maps.reshape(-1, *maps.shape[-2:]):
        excess = x - x.mean()
        labels = label_blobs(excess > 1e-6)
        numbers = range(1, int(labels.max()) + 1)
        masses = [excess[labels == n].sum() for n in numbers]
        if not masses or x.min() == x.max():
            largest.append(0 * x.sum())
            effective.append(0 * x.sum())
            continue
        masses = torch.stack(masses)
        shares = masses / masses.sum()
        largest.append(shares.max())
        effective.append(1 / shares.square().sum())
    shape = maps.shape[:-2]
    largest = torch.stack(largest).reshape(shape)
    return largest, torch.stack(effective).reshape(shape)


# %% wrong: a small number added to the sum | says: a constant such as 1e-6 knows no unit
def rivals(maps):
    largest, effective = [], []
    for x in maps.reshape(-1, *maps.shape[-2:]):
        excess = x - x.mean()
        labels = label_blobs(excess > 0)
        numbers = range(1, int(labels.max()) + 1)
        masses = [excess[labels == n].sum() for n in numbers]
        if not masses or x.min() == x.max():
            largest.append(0 * x.sum())
            effective.append(0 * x.sum())
            continue
        masses = torch.stack(masses)
        shares = masses / (masses.sum() + 1e-6)
        largest.append(shares.max())
        effective.append(1 / shares.square().sum())
    shape = maps.shape[:-2]
    largest = torch.stack(largest).reshape(shape)
    return largest, torch.stack(effective).reshape(shape)


# %% wrong: always float64 | says: keep the type of the maps
def rivals(maps):
    maps = maps.double()
    largest, effective = [], []
    for x in maps.reshape(-1, *maps.shape[-2:]):
        excess = x - x.mean()
        labels = label_blobs(excess > 0)
        numbers = range(1, int(labels.max()) + 1)
        masses = [excess[labels == n].sum() for n in numbers]
        if not masses or x.min() == x.max():
            largest.append(0 * x.sum())
            effective.append(0 * x.sum())
            continue
        masses = torch.stack(masses)
        shares = masses / masses.sum()
        largest.append(shares.max())
        effective.append(1 / shares.square().sum())
    shape = maps.shape[:-2]
    largest = torch.stack(largest).reshape(shape)
    return largest, torch.stack(effective).reshape(shape)


# %% wrong: a zero without a graph | says: 0 * x.sum() is 0 and hangs on the map
def rivals(maps):
    largest, effective = [], []
    for x in maps.reshape(-1, *maps.shape[-2:]):
        excess = x - x.mean()
        labels = label_blobs(excess > 0)
        numbers = range(1, int(labels.max()) + 1)
        masses = [excess[labels == n].sum() for n in numbers]
        if not masses or x.min() == x.max():
            largest.append(x.new_zeros(()))
            effective.append(x.new_zeros(()))
            continue
        masses = torch.stack(masses)
        shares = masses / masses.sum()
        largest.append(shares.max())
        effective.append(1 / shares.square().sum())
    shape = maps.shape[:-2]
    largest = torch.stack(largest).reshape(shape)
    return largest, torch.stack(effective).reshape(shape)


# %% wrong: the mean of all maps, flat maps apart | says: each map by itself, cut at its own mean
def rivals(maps):
    largest, effective = [], []
    for x in maps.reshape(-1, *maps.shape[-2:]):
        excess = x - maps.mean()
        labels = label_blobs(excess > 0)
        numbers = range(1, int(labels.max()) + 1)
        masses = [excess[labels == n].sum() for n in numbers]
        if not masses or x.min() == x.max():
            largest.append(0 * x.sum())
            effective.append(0 * x.sum())
            continue
        masses = torch.stack(masses)
        shares = masses / masses.sum()
        largest.append(shares.max())
        effective.append(1 / shares.square().sum())
    shape = maps.shape[:-2]
    largest = torch.stack(largest).reshape(shape)
    return largest, torch.stack(effective).reshape(shape)


# %% wrong: masses by item | says: item(), float() and detach() cut the graph
def rivals(maps):
    largest, effective = [], []
    for x in maps.reshape(-1, *maps.shape[-2:]):
        excess = x - x.mean()
        labels = label_blobs(excess > 0)
        numbers = range(1, int(labels.max()) + 1)
        masses = [excess[labels == n].sum() for n in numbers]
        if not masses or x.min() == x.max():
            largest.append(0 * x.sum())
            effective.append(0 * x.sum())
            continue
        masses = torch.tensor([m.item() for m in masses]).to(maps)
        shares = masses / masses.sum()
        largest.append(shares.max())
        effective.append(1 / shares.square().sum())
    shape = maps.shape[:-2]
    largest = torch.stack(largest).reshape(shape)
    return largest, torch.stack(effective).reshape(shape)


# %% wrong: shares detached | says: detach none of them
def rivals(maps):
    largest, effective = [], []
    for x in maps.reshape(-1, *maps.shape[-2:]):
        excess = x - x.mean()
        labels = label_blobs(excess > 0)
        numbers = range(1, int(labels.max()) + 1)
        masses = [excess[labels == n].sum() for n in numbers]
        if not masses or x.min() == x.max():
            largest.append(0 * x.sum())
            effective.append(0 * x.sum())
            continue
        masses = torch.stack(masses)
        shares = masses / (masses.sum().detach())
        largest.append(shares.max())
        effective.append(1 / shares.square().sum())
    shape = maps.shape[:-2]
    largest = torch.stack(largest).reshape(shape)
    return largest, torch.stack(effective).reshape(shape)


# %% wrong: nothing where no map has a blob | says: a map without blobs has no masses to stack
def rivals(maps):
    largest, effective = [], []
    for x in maps.reshape(-1, *maps.shape[-2:]):
        excess = x - x.mean()
        labels = label_blobs(excess > 0)
        numbers = range(1, int(labels.max()) + 1)
        masses = [excess[labels == n].sum() for n in numbers]
        if False:
            largest.append(0 * x.sum())
            effective.append(0 * x.sum())
            continue
        masses = torch.stack(masses)
        shares = masses / masses.sum()
        largest.append(shares.max())
        effective.append(1 / shares.square().sum())
    shape = maps.shape[:-2]
    largest = torch.stack(largest).reshape(shape)
    return largest, torch.stack(effective).reshape(shape)


# %% right: all maps at once, a column for each blob
def rivals(maps):
    excess = (maps - maps.mean((-2, -1), keepdim=True)).relu()
    bumpy = (maps.amax((-2, -1)) > maps.amin((-2, -1)))[..., None, None]
    labels = label_blobs((excess > 0) & bumpy).flatten(-2)
    pixels = excess.flatten(-2)
    n = max(1, int(labels.max()))
    masses = [(pixels * (labels == k)).sum(-1) for k in range(1, n + 1)]
    masses = torch.stack(masses, -1)
    total = masses.sum(-1, keepdim=True)
    none = total == 0
    shares = masses / total.masked_fill(none, 1.0)
    square = shares.square().sum(-1)
    effective = (~none[..., 0]) / square.masked_fill(none[..., 0], 1.0)
    return shares.amax(-1), effective.to(maps.dtype)


# %% right: index_add, one map after the other
def rivals(maps):
    if maps.ndim > 2:
        pairs = [rivals(x) for x in maps]
        return torch.stack([a for a, _ in pairs]), torch.stack([b for _, b in pairs])
    zero = (maps * 0).sum()
    if maps.max() == maps.min():
        return zero, zero.clone()
    excess = torch.relu(maps - maps.mean())
    labels = label_blobs(excess > 0)
    masses = excess.new_zeros(1 + int(labels.max()))
    masses = masses.index_add(0, labels.flatten(), excess.flatten())[1:]
    p = masses / masses.sum()
    return p.max(), 1 / (p * p).sum()
