# %% wrong: rounds down | says: 2.4 is rounded up
def best_patches_pool(maps, share):
    flat = maps.flatten(2)
    count = max(1, int(share * flat.shape[-1]))
    return flat.topk(count, dim=-1).values.mean(dim=-1)


# %% wrong: rounds to the nearest | says: 2.4 is rounded up
def best_patches_pool(maps, share):
    flat = maps.flatten(2)
    count = max(1, round(share * flat.shape[-1]))
    return flat.topk(count, dim=-1).values.mean(dim=-1)


# %% wrong: the sum of the best | says: a mean divides
def best_patches_pool(maps, share):
    flat = maps.flatten(2)
    count = -int(-share * flat.shape[-1] // 1)
    return flat.topk(count, dim=-1).values.sum(dim=-1)


# %% wrong: divides by all patches | says: a mean divides
def best_patches_pool(maps, share):
    flat = maps.flatten(2)
    count = -int(-share * flat.shape[-1] // 1)
    return flat.topk(count, dim=-1).values.sum(dim=-1) / flat.shape[-1]


# %% wrong: classes compete for the places | says: each map picks its own
def best_patches_pool(maps, share):
    flat = maps.flatten(2)
    count = -int(-share * flat.shape[-1] // 1)
    last = flat.flatten(1).topk(count * maps.shape[1], dim=-1).values[:, -1]
    kept = flat >= last[:, None, None]
    return (flat * kept).sum(dim=-1) / kept.sum(dim=-1).clamp(min=1)


# %% wrong: one threshold for the whole batch | says: each picture picks its own
def best_patches_pool(maps, share):
    flat = maps.flatten(2)
    count = -int(-share * flat.shape[-1] // 1)
    rows = []
    for k in range(flat.shape[1]):
        last = flat[:, k].flatten().topk(count * len(flat)).values[-1]
        kept = flat[:, k] >= last
        rows.append((flat[:, k] * kept).sum(dim=-1) / kept.sum(dim=-1).clamp(min=1))
    return torch.stack(rows, dim=1)


# %% wrong: everything above the k-th score | says: equal scores count one by one
def best_patches_pool(maps, share):
    flat = maps.flatten(2)
    count = -int(-share * flat.shape[-1] // 1)
    last = flat.topk(count, dim=-1).values[..., -1:]
    kept = flat >= last
    # ties enter twice: once as patches, once as their number
    return (flat * kept).sum(dim=-1) / count


# %% wrong: only different scores | says: equal scores count one by one
def best_patches_pool(maps, share):
    count = -int(-share * maps[0, 0].numel() // 1)
    out = torch.empty(maps.shape[:2], dtype=maps.dtype)
    for b in range(maps.shape[0]):
        for k in range(maps.shape[1]):
            different = maps[b, k].unique().flip(0)
            out[b, k] = different[:count].mean()
    return out


# %% wrong: no patch for a tiny share | says: rounded up
def best_patches_pool(maps, share):
    flat = maps.flatten(2)
    count = int(share * flat.shape[-1] + 0.5)
    return flat.topk(count, dim=-1).values.mean(dim=-1)


# %% wrong: adds a half and truncates, but never in the example | says: a mean of no patches
def best_patches_pool(maps, share):
    flat = maps.flatten(2)
    count = int(share * flat.shape[-1] + 0.95)
    return flat.topk(count, dim=-1).values.mean(dim=-1)


# %% wrong: the lowest scores | says: the mean of the 3 highest scores
def best_patches_pool(maps, share):
    flat = maps.flatten(2).sort(dim=-1).values
    count = -int(-share * flat.shape[-1] // 1)
    return flat[..., :count].mean(dim=-1)


# %% wrong: log-sum-exp after all | says: the mean of the 3 highest scores
def best_patches_pool(maps, share):
    flat = maps.flatten(2)
    r = 1 / share
    return (torch.logsumexp(r * flat, dim=-1) - torch.tensor(flat.shape[-1]).log()) / r


# %% wrong: scores above a share of the maximum | says: half of 6 patches is 3
def best_patches_pool(maps, share):
    flat = maps.flatten(2)
    kept = flat > share * flat.amax(dim=-1, keepdim=True)
    return (flat * kept).sum(dim=-1) / kept.sum(dim=-1)


# %% wrong: the largest in size | says: each map picks its own best patches, also where all scores are negative
def best_patches_pool(maps, share):
    flat = maps.flatten(2)
    count = -int(-share * flat.shape[-1] // 1)
    places = flat.abs().topk(count, dim=-1).indices
    return flat.gather(-1, places).mean(dim=-1)


# %% wrong: sorts the argument in place | says: was changed by your function
def best_patches_pool(maps, share):
    flat = maps.view(*maps.shape[:2], -1)
    flat[:] = flat.sort(dim=-1, descending=True).values
    count = -int(-share * flat.shape[-1] // 1)
    return flat[..., :count].mean(dim=-1)


# %% wrong: in double, and stays there | says: return the type of the maps
def best_patches_pool(maps, share):
    flat = maps.double().flatten(2)
    count = -int(-share * flat.shape[-1] // 1)
    return flat.topk(count, dim=-1).values.mean(dim=-1)


# %% wrong: one more where the product is whole | says: a whole number is not rounded up further
def best_patches_pool(maps, share):
    flat = maps.flatten(2)
    count = min(flat.shape[-1], int(share * flat.shape[-1]) + 1)
    return flat.topk(count, dim=-1).values.mean(dim=-1)


# %% wrong: rounds up from a twentieth | says: k rounded up
def best_patches_pool(maps, share):
    flat = maps.flatten(2)
    count = max(1, int(share * flat.shape[-1] + 0.95))
    return flat.topk(count, dim=-1).values.mean(dim=-1)


# %% right: sorted, the first k
def best_patches_pool(maps, share):
    ordered = maps.flatten(2).sort(dim=-1, descending=True).values
    count = max(1, -int(-share * ordered.shape[-1] // 1))
    return ordered[..., :count].mean(dim=-1)


# %% right: loops and lists
def best_patches_pool(maps, share):
    import math

    out = maps.new_zeros(maps.shape[:2])
    for b in range(maps.shape[0]):
        for k in range(maps.shape[1]):
            scores = sorted(maps[b, k].flatten().tolist(), reverse=True)
            count = max(1, math.ceil(share * len(scores)))
            out[b, k] = sum(scores[:count]) / count
    return out


# %% right: with NumPy
def best_patches_pool(maps, share):
    import numpy as np

    flat = np.sort(maps.numpy().reshape(*maps.shape[:2], -1), axis=-1)
    count = max(1, int(np.ceil(share * flat.shape[-1])))
    best = flat[..., flat.shape[-1] - count :]
    return torch.from_numpy(best.mean(axis=-1, dtype="float64")).to(maps.dtype)


# %% wrong: rounds up from a thousandth | says: k rounded up
def best_patches_pool(maps, share):
    import math

    flat = maps.flatten(2)
    count = max(1, math.ceil(share * flat.shape[-1] - 1e-3))
    return flat.topk(count, dim=-1).values.mean(dim=-1)


# %% wrong: adds up in half precision | says: a mean of numbers that fit
def best_patches_pool(maps, share):
    import math

    flat = maps.flatten(2)
    count = max(1, math.ceil(share * flat.shape[-1]))
    return flat.topk(count, dim=-1).values.sum(dim=-1) / count
