# %% wrong: drops the pixel that crosses the line | says: the 5 alone holds exactly one half
def keep_mass(maps, share):
    flat = maps.double().flatten(-2)
    ordered = flat.sort(dim=-1, descending=True).values
    kept = ordered.cumsum(-1) < share * ordered.sum(-1, keepdim=True)
    least = ordered.masked_fill(~kept, torch.inf).amin(-1, keepdim=True)
    return ((flat >= least) & (flat > 0)).reshape(maps.shape)


# %% wrong: cumsum at most the share | says: 5 and 2 are needed, and the other 2
def keep_mass(maps, share):
    flat = maps.double().flatten(-2)
    ordered = flat.sort(dim=-1, descending=True).values
    kept = ordered.cumsum(-1) <= (share + 1e-6) * ordered.sum(-1, keepdim=True)
    least = ordered.masked_fill(~kept, torch.inf).amin(-1, keepdim=True)
    return ((flat >= least) & (flat > 0)).reshape(maps.shape)


# %% wrong: a share of the maximum | says: 5 and 2 are needed, and the other 2
def keep_mass(maps, share):
    top = maps.amax((-2, -1), keepdim=True)
    return (maps >= share * top) & (maps > 0)


# %% wrong: drops ties | says: 5 and 2 are needed, and the other 2
def keep_mass(maps, share):
    flat = maps.double().flatten(-2)
    ordered, order = flat.sort(dim=-1, descending=True, stable=True)
    before = ordered.cumsum(-1) - ordered
    needed = before < (share - 1e-6) * ordered.sum(-1, keepdim=True)
    kept = torch.zeros_like(needed).scatter(-1, order, needed)
    return (kept & (flat > 0)).reshape(maps.shape)


# %% wrong: one sum for the whole batch | says: sort, sum and cut each map by itself
def keep_mass(maps, share):
    flat = maps.double().flatten()
    ordered = flat.sort(descending=True).values
    before = ordered.cumsum(-1) - ordered
    needed = before < (share - 1e-6) * ordered.sum()
    least = ordered[needed].min() if needed.any() else torch.inf
    return (maps.double() >= least) & (maps > 0)


# %% wrong: keeps pixels of 0 | says: 0 is never kept
def keep_mass(maps, share):
    flat = maps.double().flatten(-2)
    ordered = flat.sort(dim=-1, descending=True).values
    before = ordered.cumsum(-1) - ordered
    needed = before <= (share - 1e-6) * ordered.sum(-1, keepdim=True)
    needed[..., 0] = True
    least = ordered.masked_fill(~needed, torch.inf).amin(-1, keepdim=True)
    return (flat >= least).reshape(maps.shape)


# %% wrong: sums in the type of the maps | says: sums in float16 stop growing
def keep_mass(maps, share):
    flat = maps.flatten(-2)
    ordered = flat.sort(dim=-1, descending=True).values
    sums = torch.zeros_like(ordered)
    total = torch.zeros_like(ordered[..., 0])
    for n in range(ordered.shape[-1]):
        sums[..., n] = total
        total = total + ordered[..., n]
    needed = sums < (share - 1e-6) * total[..., None]
    least = ordered.masked_fill(~needed, torch.inf).amin(-1, keepdim=True)
    return ((flat >= least) & (flat > 0)).reshape(maps.shape)


# %% wrong: a tolerance that does not know the unit | says: the tolerance is a millionth of the map's sum
def keep_mass(maps, share):
    flat = maps.double().flatten(-2)
    ordered = flat.sort(dim=-1, descending=True).values
    before = ordered.cumsum(-1) - ordered
    needed = before < share * ordered.sum(-1, keepdim=True) - 1e-6
    needed[..., 0] = True
    least = ordered.masked_fill(~needed, torch.inf).amin(-1, keepdim=True)
    return ((flat >= least) & (flat > 0)).reshape(maps.shape)


# %% wrong: no tolerance | says: misses 0.9 by a rounding error
def keep_mass(maps, share):
    flat = maps.double().flatten(-2)
    ordered = flat.sort(dim=-1, descending=True).values
    before = ordered.cumsum(-1) - ordered
    needed = before < share * ordered.sum(-1, keepdim=True)
    least = ordered.masked_fill(~needed, torch.inf).amin(-1, keepdim=True)
    return ((flat >= least) & (flat > 0)).reshape(maps.shape)


# %% wrong: sorts from the smallest | says: the 5 alone holds exactly one half
def keep_mass(maps, share):
    flat = maps.double().flatten(-2)
    ordered = flat.sort(dim=-1).values
    before = ordered.cumsum(-1) - ordered
    needed = before < (share - 1e-6) * ordered.sum(-1, keepdim=True)
    least = ordered.masked_fill(~needed, torch.inf).amin(-1, keepdim=True)
    return ((flat >= least) & (flat > 0)).reshape(maps.shape)


# %% wrong: float32 throughout | says: two numbers that differ are not equal
def keep_mass(maps, share):
    flat = maps.float().flatten(-2)
    ordered = flat.sort(dim=-1, descending=True).values
    before = ordered.cumsum(-1) - ordered
    needed = before < (share - 1e-6) * ordered.sum(-1, keepdim=True)
    least = ordered.masked_fill(~needed, torch.inf).amin(-1, keepdim=True)
    return ((flat >= least) & (flat > 0)).reshape(maps.shape)


# %% wrong: a tolerance of five millionths | says: the tolerance is a millionth of the map's sum
def keep_mass(maps, share):
    flat = maps.double().flatten(-2)
    ordered = flat.sort(dim=-1, descending=True).values
    before = ordered.cumsum(-1) - ordered
    needed = before < (share - 5e-6) * ordered.sum(-1, keepdim=True)
    least = ordered.masked_fill(~needed, torch.inf).amin(-1, keepdim=True)
    return ((flat >= least) & (flat > 0)).reshape(maps.shape)


# %% wrong: a tolerance of a tenth of a millionth | says: the tolerance is a millionth of the map's sum
def keep_mass(maps, share):
    flat = maps.double().flatten(-2)
    ordered = flat.sort(dim=-1, descending=True).values
    before = ordered.cumsum(-1) - ordered
    needed = before < (share - 1e-7) * ordered.sum(-1, keepdim=True)
    least = ordered.masked_fill(~needed, torch.inf).amin(-1, keepdim=True)
    return ((flat >= least) & (flat > 0)).reshape(maps.shape)


# %% wrong: sums in float16 by cumsum | says: convert first
def keep_mass(maps, share):
    flat = maps.flatten(-2)
    ordered = flat.sort(dim=-1, descending=True).values
    before = ordered.cumsum(-1) - ordered
    needed = before < (share - 1e-6) * ordered.sum(-1, keepdim=True)
    least = ordered.masked_fill(~needed, torch.inf).amin(-1, keepdim=True)
    return ((flat >= least) & (flat > 0)).reshape(maps.shape)


# %% wrong: the total from cumsum in float16 | says: convert first
def keep_mass(maps, share):
    flat = maps.flatten(-2)
    ordered = flat.sort(dim=-1, descending=True).values
    before = ordered.cumsum(-1) - ordered
    needed = before < (share - 1e-6) * ordered.cumsum(-1)[..., -1:]
    least = ordered.masked_fill(~needed, torch.inf).amin(-1, keepdim=True)
    return ((flat >= least) & (flat > 0)).reshape(maps.shape)


# %% wrong: forgets to return | says: is there a return statement?
def keep_mass(maps, share):
    flat = maps.double().flatten(-2)
    ordered = flat.sort(dim=-1, descending=True).values
    before = ordered.cumsum(-1) - ordered
    needed = before < (share - 1e-6) * ordered.sum(-1, keepdim=True)
    least = ordered.masked_fill(~needed, torch.inf).amin(-1, keepdim=True)


# %% wrong: a tolerance in proportion to the share | says: not of the share
def keep_mass(maps, share):
    flat = maps.double().flatten(-2)
    ordered = flat.sort(dim=-1, descending=True).values
    before = ordered.cumsum(-1) - ordered
    needed = before < share * (1 - 1e-6) * ordered.sum(-1, keepdim=True)
    least = ordered.masked_fill(~needed, torch.inf).amin(-1, keepdim=True)
    return ((flat >= least) & (flat > 0)).reshape(maps.shape)


# %% right: a loop over maps and sorted pixels, in NumPy
def keep_mass(maps, share):
    values = maps.double().numpy().reshape(-1, maps.shape[-2] * maps.shape[-1])
    result = np.zeros(values.shape, bool)
    for row, kept in zip(values, result, strict=True):
        held = 0.0
        for value in np.sort(row)[::-1]:
            if held >= (share - 1e-6) * row.sum() or value == 0:
                break
            held += value
            kept |= row == value
    return torch.from_numpy(result.reshape(maps.shape))


# %% right: compares every pixel with the sum of the higher ones
def keep_mass(maps, share):
    flat = maps.double().flatten(-2)
    higher = flat[..., None, :] > flat[..., None]  # (..., pixels, others)
    above = (higher * flat[..., None, :]).sum(-1)
    total = flat.sum(-1, keepdim=True)
    return ((above < (share - 1e-6) * total) & (flat > 0)).reshape(maps.shape)


# %% right: the first value whose running sum is enough
def keep_mass(maps, share):
    flat = maps.double().flatten(-2)
    ordered = flat.sort(dim=-1, descending=True).values
    total = ordered.sum(-1, keepdim=True)
    short = ordered.cumsum(-1) < (share - 1e-6) * total
    place = short.sum(-1, keepdim=True).clamp(max=ordered.shape[-1] - 1)
    least = ordered.gather(-1, place)
    return ((flat >= least) & (flat > 0)).reshape(maps.shape)
