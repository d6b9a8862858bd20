# %% wrong: holds the total mass still | says: and M is in every share
def gini_gradient(maps, labels):
    out = torch.zeros_like(maps)
    for n, (grid, numbers) in enumerate(zip(maps, labels, strict=True)):
        count = int(numbers.max())
        if count:
            above = grid - grid.mean()
            P = torch.stack([above[numbers == k + 1].sum() for k in range(count)])
            sizes = numbers.flatten().bincount(minlength=count + 1)[1:]
            p = P / P.sum()
            g = -2 * p / P.sum()
            own = torch.cat([g.new_zeros(1), g])[numbers]
            out[n] = own - (sizes * g).sum() / grid.numel()
    return out


# %% wrong: forgets the threshold | says: through the mean as well
def gini_gradient(maps, labels):
    out = torch.zeros_like(maps)
    for n, (grid, numbers) in enumerate(zip(maps, labels, strict=True)):
        count = int(numbers.max())
        if count:
            above = grid - grid.mean()
            P = torch.stack([above[numbers == k + 1].sum() for k in range(count)])
            p = P / P.sum()
            g = 2 * (p.square().sum() - p) / P.sum()
            out[n] = torch.cat([g.new_zeros(1), g])[numbers]
    return out


# %% wrong: the slope of the entropy | says: dD/dP_n first
def gini_gradient(maps, labels):
    out = torch.zeros_like(maps)
    for n, (grid, numbers) in enumerate(zip(maps, labels, strict=True)):
        count = int(numbers.max())
        if count:
            above = grid - grid.mean()
            P = torch.stack([above[numbers == k + 1].sum() for k in range(count)])
            p = P / P.sum()
            g = -(p.log() - (p * p.log()).sum()) / P.sum()
            own = torch.cat([g.new_zeros(1), g])[numbers]
            out[n] = own - own.mean()
    return out


# %% wrong: the other sign | says: the larger share must grow under descent
def gini_gradient(maps, labels):
    out = torch.zeros_like(maps)
    for n, (grid, numbers) in enumerate(zip(maps, labels, strict=True)):
        count = int(numbers.max())
        if count:
            above = grid - grid.mean()
            P = torch.stack([above[numbers == k + 1].sum() for k in range(count)])
            p = P / P.sum()
            g = 2 * (p - p.square().sum()) / P.sum()
            own = torch.cat([g.new_zeros(1), g])[numbers]
            out[n] = own - own.mean()
    return out


# %% wrong: forgets to divide by the total mass | says: dD/dP_n first
def gini_gradient(maps, labels):
    out = torch.zeros_like(maps)
    for n, (grid, numbers) in enumerate(zip(maps, labels, strict=True)):
        count = int(numbers.max())
        if count:
            above = grid - grid.mean()
            P = torch.stack([above[numbers == k + 1].sum() for k in range(count)])
            p = P / P.sum()
            g = 2 * (p.square().sum() - p)
            own = torch.cat([g.new_zeros(1), g])[numbers]
            out[n] = own - own.mean()
    return out


# %% wrong: masses of raw numbers, without the mean | says: dD/dP_n first
def gini_gradient(maps, labels):
    out = torch.zeros_like(maps)
    for n, (grid, numbers) in enumerate(zip(maps, labels, strict=True)):
        count = int(numbers.max())
        if count:
            P = torch.stack([grid[numbers == k + 1].sum() for k in range(count)])
            p = P / P.sum()
            g = 2 * (p.square().sum() - p) / P.sum()
            own = torch.cat([g.new_zeros(1), g])[numbers]
            out[n] = own - own.mean()
    return out


# %% wrong: one list of masses for the whole batch | says: labels count from 1 in each map
def gini_gradient(maps, labels):
    count = int(labels.max())
    above = maps - maps.mean(dim=(1, 2), keepdim=True)
    P = torch.stack([above[labels == k + 1].sum() for k in range(count)])
    p = P / P.sum()
    g = 2 * (p.square().sum() - p) / P.sum()
    own = torch.cat([g.new_zeros(1), g])[labels]
    return own - own.mean(dim=(1, 2), keepdim=True)


# %% wrong: one mean for the whole batch | says: labels count from 1 in each map
def gini_gradient(maps, labels):
    out = torch.zeros_like(maps)
    for n, (grid, numbers) in enumerate(zip(maps, labels, strict=True)):
        count = int(numbers.max())
        if count:
            above = grid - maps.mean()
            P = torch.stack([above[numbers == k + 1].sum() for k in range(count)])
            p = P / P.sum()
            g = 2 * (p.square().sum() - p) / P.sum()
            own = torch.cat([g.new_zeros(1), g])[numbers]
            out[n] = own - own.mean()
    return out


# %% wrong: divides by 0 on an even map | says: are NaN
def gini_gradient(maps, labels):
    out = []
    for grid, numbers in zip(maps, labels, strict=True):
        members = torch.nn.functional.one_hot(numbers, int(labels.max()) + 1)
        members = members[..., 1:].to(grid.dtype)
        P = ((grid - grid.mean())[..., None] * members).sum(dim=(0, 1))
        p = P / P.sum()
        g = 2 * (p.square().sum() - p) / P.sum()
        own = members @ g
        out.append(own - own.mean())
    return torch.stack(out)


# %% wrong: the ground stays at 0 | says: a constant added to a map changes nothing
def gini_gradient(maps, labels):
    out = torch.zeros_like(maps)
    for n, (grid, numbers) in enumerate(zip(maps, labels, strict=True)):
        count = int(numbers.max())
        if count:
            above = grid - grid.mean()
            P = torch.stack([above[numbers == k + 1].sum() for k in range(count)])
            p = P / P.sum()
            g = 2 * (p.square().sum() - p) / P.sum()
            own = torch.cat([g.new_zeros(1), g])[numbers]
            out[n] = (own - own.mean()) * (numbers > 0)
    return out


# %% wrong: counts blobs instead of their pixels | says: a constant added to a map
def gini_gradient(maps, labels):
    out = torch.zeros_like(maps)
    for n, (grid, numbers) in enumerate(zip(maps, labels, strict=True)):
        count = int(numbers.max())
        if count:
            above = grid - grid.mean()
            P = torch.stack([above[numbers == k + 1].sum() for k in range(count)])
            p = P / P.sum()
            g = 2 * (p.square().sum() - p) / P.sum()
            own = torch.cat([g.new_zeros(1), g])[numbers]
            out[n] = own - g.sum() / grid.numel()
    return out


# %% right: one_hot and a product of matrices
def gini_gradient(maps, labels):
    members = torch.nn.functional.one_hot(labels, int(labels.max()) + 1)
    members = members[..., 1:].to(maps.dtype)  # (batch, h, w, blobs)
    above = maps - maps.mean(dim=(1, 2), keepdim=True)
    P = torch.einsum("bhw,bhwn->bn", above, members)
    M = P.sum(dim=1, keepdim=True)
    M = M.where(M != 0, 1.0)
    p = P / M
    g = 2 * (p.square().sum(dim=1, keepdim=True) - p) / M
    own = torch.einsum("bhwn,bn->bhw", members, g)
    return own - own.mean(dim=(1, 2), keepdim=True)


# %% right: loops in NumPy
def gini_gradient(maps, labels):
    import numpy as np

    found = np.zeros(tuple(maps.shape))
    for grid, numbers, out in zip(maps.numpy(), labels.numpy(), found, strict=True):
        grid = grid.astype(np.float64)
        above = grid - grid.mean()
        blobs = [n for n in np.unique(numbers) if n > 0]
        masses = [above[numbers == n].sum() for n in blobs]
        for n, mass in zip(blobs, masses, strict=True):
            square = sum((m / sum(masses)) ** 2 for m in masses)
            slope = 2 * (square - mass / sum(masses)) / sum(masses)
            out[numbers == n] += slope
            out -= slope * (numbers == n).sum() / numbers.size
    return torch.from_numpy(found).to(maps.dtype)


# %% wrong: autograd, switched on again | says: a call of autograd
def gini_gradient(maps, labels):
    with torch.inference_mode(False), torch.enable_grad():
        x = maps.detach().clone().requires_grad_()
        total = 0 * x.sum()
        for grid, numbers in zip(x, labels.clone(), strict=True):
            above = grid - grid.mean()
            P = [above[numbers == n].sum() for n in range(1, int(numbers.max()) + 1)]
            if P:
                p = torch.stack(P) / sum(P)
                total = total + 1 - (p * p).sum()
        return torch.autograd.grad(total, x)[0]


# %% wrong: a floor under the total mass | says: no absolute floors
def gini_gradient(maps, labels):
    out = torch.zeros_like(maps)
    for n, (grid, numbers) in enumerate(zip(maps, labels, strict=True)):
        count = int(numbers.max())
        if count:
            above = grid - grid.mean()
            P = torch.stack([above[numbers == k + 1].sum() for k in range(count)])
            total = P.sum() + 1e-6
            p = P / total
            g = 2 * (p.square().sum() - p) / total
            own = torch.cat([g.new_zeros(1), g])[numbers]
            out[n] = own - own.mean()
    return out


# %% right: labels the maps anew
def gini_gradient(maps, labels):
    out = []
    for grid in maps:
        above = grid - grid.mean()
        numbers = label_blobs((above > 0) & (grid > grid.min())).long()
        count = int(numbers.max())
        if count == 0:
            out.append(torch.zeros_like(grid))
            continue
        P = torch.stack([above[numbers == k + 1].sum() for k in range(count)])
        p = P / P.sum()
        g = torch.cat([P.new_zeros(1), 2 * (p.square().sum() - p) / P.sum()])
        out.append(g[numbers] - g[numbers].mean())
    return torch.stack(out)


# %% wrong: a floor of 1e-8 under the total mass | says: no absolute floors
def gini_gradient(maps, labels):
    gradients = torch.zeros_like(maps)
    for gradient, grid, numbers in zip(gradients, maps, labels, strict=True):
        count = int(numbers.max())
        if count == 0:
            continue
        members = numbers == torch.arange(1, count + 1).view(-1, 1, 1)
        sizes = members.sum(dim=(1, 2))
        masses = ((grid - grid.mean()) * members).sum(dim=(1, 2))
        total = masses.sum().clamp(min=1e-8)
        shares = masses / total
        slopes = 2 * (shares.square().sum() - shares) / total
        own = (members * slopes.view(-1, 1, 1)).sum(dim=0)
        gradient += own - (sizes * slopes).sum() / grid.numel()
    return gradients
