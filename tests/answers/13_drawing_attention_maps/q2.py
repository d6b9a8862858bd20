# %% wrong: the mean over the heads | says: the largest weight over the heads, not the mean
def sharp_rollout(weights, keep):
    fused = weights.mean(2)
    return finish(product(mix(fused, keep)))


def mix(fused, keep):
    return keep * torch.eye(fused.shape[-1], dtype=fused.dtype) + (1 - keep) * fused


def product(mixed):
    rollout = mixed[:, 0]
    for layer in range(1, mixed.shape[1]):
        rollout = mixed[:, layer] @ rollout
    return rollout


def finish(rollout):
    row = rollout[:, 0]
    patches, share = row[:, 1:], row[:, 0]
    total = patches.sum(-1, keepdim=True)
    grid = round(patches.shape[-1] ** 0.5)
    maps = patches / total.masked_fill(total == 0, 1.0)
    return maps.reshape(-1, grid, grid), share


# %% wrong: does not bring the rows back to 1 | says: divide each row of the fused matrix by its own sum
def sharp_rollout(weights, keep):
    n = weights.shape[-1]
    mixed = keep * torch.eye(n) + (1 - keep) * weights.amax(2)
    rollout = mixed[:, 0]
    for layer in range(1, mixed.shape[1]):
        rollout = mixed[:, layer] @ rollout
    row, grid = rollout[:, 0], round((n - 1) ** 0.5)
    total = row[:, 1:].sum(-1, keepdim=True)
    maps = row[:, 1:] / total.masked_fill(total == 0, 1.0)
    return maps.reshape(-1, grid, grid), row[:, 0]


# %% wrong: divides without keepdim, columns by row sums | says: row 0, columns 1 on
def sharp_rollout(weights, keep):
    n = weights.shape[-1]
    layers = []
    for picture in weights.amax(2):
        layers.append(torch.stack([one / one.sum(-1) for one in picture]))
    mixed = keep * torch.eye(n) + (1 - keep) * torch.stack(layers)
    rollout = mixed[:, 0]
    for layer in range(1, mixed.shape[1]):
        rollout = mixed[:, layer] @ rollout
    row, grid = rollout[:, 0], round((n - 1) ** 0.5)
    total = row[:, 1:].sum(-1, keepdim=True)
    maps = row[:, 1:] / total.masked_fill(total == 0, 1.0)
    return maps.reshape(-1, grid, grid), row[:, 0]


# %% wrong: divides by the sum over the queries | says: row 0, columns 1 on
def sharp_rollout(weights, keep):
    n = weights.shape[-1]
    fused = weights.amax(2)
    fused = fused / fused.sum(-2, keepdim=True)
    mixed = keep * torch.eye(n) + (1 - keep) * fused
    rollout = mixed[:, 0]
    for layer in range(1, mixed.shape[1]):
        rollout = mixed[:, layer] @ rollout
    row, grid = rollout[:, 0], round((n - 1) ** 0.5)
    total = row[:, 1:].sum(-1, keepdim=True)
    maps = row[:, 1:] / total.masked_fill(total == 0, 1.0)
    return maps.reshape(-1, grid, grid), row[:, 0]


# %% wrong: the last layer on the right | says: the last layer stands on the left
def sharp_rollout(weights, keep):
    n = weights.shape[-1]
    fused = weights.amax(2)
    fused = fused / fused.sum(-1, keepdim=True)
    mixed = keep * torch.eye(n) + (1 - keep) * fused
    rollout = mixed[:, 0]
    for layer in range(1, mixed.shape[1]):
        rollout = rollout @ mixed[:, layer]
    row, grid = rollout[:, 0], round((n - 1) ** 0.5)
    total = row[:, 1:].sum(-1, keepdim=True)
    maps = row[:, 1:] / total.masked_fill(total == 0, 1.0)
    return maps.reshape(-1, grid, grid), row[:, 0]


# %% wrong: the last layer alone | says: the last layer stands on the left
def sharp_rollout(weights, keep):
    n = weights.shape[-1]
    fused = weights[:, -1].amax(1)
    fused = fused / fused.sum(-1, keepdim=True)
    row = (keep * torch.eye(n) + (1 - keep) * fused)[:, 0]
    grid = round((n - 1) ** 0.5)
    total = row[:, 1:].sum(-1, keepdim=True)
    maps = row[:, 1:] / total.masked_fill(total == 0, 1.0)
    return maps.reshape(-1, grid, grid), row[:, 0]


# %% wrong: keep and 1 - keep exchanged | says: which of the two terms does it multiply
def sharp_rollout(weights, keep):
    n = weights.shape[-1]
    fused = weights.amax(2)
    fused = fused / fused.sum(-1, keepdim=True)
    mixed = (1 - keep) * torch.eye(n) + keep * fused
    rollout = mixed[:, 0]
    for layer in range(1, mixed.shape[1]):
        rollout = mixed[:, layer] @ rollout
    row, grid = rollout[:, 0], round((n - 1) ** 0.5)
    total = row[:, 1:].sum(-1, keepdim=True)
    maps = row[:, 1:] / total.masked_fill(total == 0, 1.0)
    return maps.reshape(-1, grid, grid), row[:, 0]


# %% wrong: one half whatever keep is, except at the ends | says: a large keep gives a large share
def sharp_rollout(weights, keep):
    n = weights.shape[-1]
    share = keep if keep in (0, 1) else 0.5
    fused = weights.amax(2)
    fused = fused / fused.sum(-1, keepdim=True)
    mixed = share * torch.eye(n) + (1 - share) * fused
    rollout = mixed[:, 0]
    for layer in range(1, mixed.shape[1]):
        rollout = mixed[:, layer] @ rollout
    row, grid = rollout[:, 0], round((n - 1) ** 0.5)
    total = row[:, 1:].sum(-1, keepdim=True)
    maps = row[:, 1:] / total.masked_fill(total == 0, 1.0)
    return maps.reshape(-1, grid, grid), row[:, 0]


# %% wrong: 0/0 where a token keeps everything | says: numbers are NaN
def sharp_rollout(weights, keep):
    n = weights.shape[-1]
    fused = weights.amax(2)
    fused = fused / fused.sum(-1, keepdim=True)
    mixed = keep * torch.eye(n) + (1 - keep) * fused
    rollout = mixed[:, 0]
    for layer in range(1, mixed.shape[1]):
        rollout = mixed[:, layer] @ rollout
    row, grid = rollout[:, 0], round((n - 1) ** 0.5)
    maps = row[:, 1:] / row[:, 1:].sum(-1, keepdim=True)
    return maps.reshape(-1, grid, grid), row[:, 0]


# %% wrong: leaves the map undivided | says: divide it by its sum
def sharp_rollout(weights, keep):
    n = weights.shape[-1]
    fused = weights.amax(2)
    fused = fused / fused.sum(-1, keepdim=True)
    mixed = keep * torch.eye(n) + (1 - keep) * fused
    rollout = mixed[:, 0]
    for layer in range(1, mixed.shape[1]):
        rollout = mixed[:, layer] @ rollout
    row, grid = rollout[:, 0], round((n - 1) ** 0.5)
    return row[:, 1:].reshape(-1, grid, grid), row[:, 0]


# %% wrong: the class token's column in place of its row | says: row 0, columns 1 on
def sharp_rollout(weights, keep):
    n = weights.shape[-1]
    fused = weights.amax(2)
    fused = fused / fused.sum(-1, keepdim=True)
    mixed = keep * torch.eye(n) + (1 - keep) * fused
    rollout = mixed[:, 0]
    for layer in range(1, mixed.shape[1]):
        rollout = mixed[:, layer] @ rollout
    row, grid = rollout[:, :, 0], round((n - 1) ** 0.5)
    total = row[:, 1:].sum(-1, keepdim=True)
    maps = row[:, 1:] / total.masked_fill(total == 0, 1.0)
    return maps.reshape(-1, grid, grid), row[:, 0]


# %% wrong: the last column left out in place of the first | says: row 0, columns 1 on
def sharp_rollout(weights, keep):
    n = weights.shape[-1]
    fused = weights.amax(2)
    fused = fused / fused.sum(-1, keepdim=True)
    mixed = keep * torch.eye(n) + (1 - keep) * fused
    rollout = mixed[:, 0]
    for layer in range(1, mixed.shape[1]):
        rollout = mixed[:, layer] @ rollout
    row, grid = rollout[:, 0], round((n - 1) ** 0.5)
    total = row[:, :-1].sum(-1, keepdim=True)
    maps = row[:, :-1] / total.masked_fill(total == 0, 1.0)
    return maps.reshape(-1, grid, grid), row[:, -1]


# %% wrong: divides by the sum over the batch | says: pictures must not meet
def sharp_rollout(weights, keep):
    n = weights.shape[-1]
    fused = weights.amax(2)
    fused = fused / fused.sum(-1, keepdim=True)
    mixed = keep * torch.eye(n) + (1 - keep) * fused
    rollout = mixed[:, 0]
    for layer in range(1, mixed.shape[1]):
        rollout = mixed[:, layer] @ rollout
    row, grid = rollout[:, 0], round((n - 1) ** 0.5)
    total = row[:, 1:].sum()
    maps = row[:, 1:] / (total if total > 0 else 1.0)
    return maps.reshape(-1, grid, grid), row[:, 0]


# %% wrong: a fixed grid of 2 by 2 | says: where (3, 3, 3) was asked
def sharp_rollout(weights, keep):
    n = weights.shape[-1]
    fused = weights.amax(2)
    fused = fused / fused.sum(-1, keepdim=True)
    mixed = keep * torch.eye(n) + (1 - keep) * fused
    rollout = mixed[:, 0]
    for layer in range(1, mixed.shape[1]):
        rollout = mixed[:, layer] @ rollout
    row = rollout[:, 0]
    total = row[:, 1:].sum(-1, keepdim=True)
    maps = row[:, 1:5] / total.masked_fill(total == 0, 1.0)
    return maps.reshape(-1, 2, 2), row[:, 0]


# %% wrong: writes into the weights | says: was changed by your function
def sharp_rollout(weights, keep):
    n = weights.shape[-1]
    weights *= 1 - keep
    fused = weights.amax(2)
    mixed = keep * torch.eye(n) + fused
    return mixed[:, 0], mixed[:, 0, 0]


# %% wrong: a small number added to every sum | says: divide by the sum itself
def sharp_rollout(weights, keep):
    fused = weights.amax(dim=2)
    fused = fused / fused.sum(dim=-1, keepdim=True)
    itself = torch.eye(fused.shape[-1], dtype=fused.dtype)
    mixed = keep * itself + (1 - keep) * fused
    rollout = mixed[:, 0]
    for layer in range(1, mixed.shape[1]):
        rollout = mixed[:, layer] @ rollout
    row = rollout[:, 0]
    patches = row[:, 1:]
    total = patches.sum(dim=-1, keepdim=True)
    grid = round(patches.shape[-1] ** 0.5)
    maps = patches / (total + 1e-6)
    return maps.view(-1, grid, grid), row[:, 0]


# %% wrong: sums below a hundredth replaced | says: divide by the sum itself
def sharp_rollout(weights, keep):
    fused = weights.amax(dim=2)
    fused = fused / fused.sum(dim=-1, keepdim=True)
    itself = torch.eye(fused.shape[-1], dtype=fused.dtype)
    mixed = keep * itself + (1 - keep) * fused
    rollout = mixed[:, 0]
    for layer in range(1, mixed.shape[1]):
        rollout = mixed[:, layer] @ rollout
    row = rollout[:, 0]
    patches = row[:, 1:]
    total = patches.sum(dim=-1, keepdim=True)
    grid = round(patches.shape[-1] ** 0.5)
    maps = patches / total.clamp(min=1e-2)
    return maps.view(-1, grid, grid), row[:, 0]


# %% right: pushes the class token's row down through the layers
def sharp_rollout(weights, keep):
    batch, layers, _, tokens, _ = weights.shape
    row = torch.zeros(batch, 1, tokens, dtype=weights.dtype)
    row[:, 0, 0] = 1.0
    for layer in reversed(range(layers)):
        fused = weights[:, layer].max(dim=1).values
        fused = nn.functional.normalize(fused, p=1, dim=-1)
        row = keep * row + (1 - keep) * (row @ fused)
    patches = row[:, 0, 1:]
    maps = nn.functional.normalize(patches, p=1, dim=-1)
    return maps.unflatten(-1, (round((tokens - 1) ** 0.5), -1)), row[:, 0, 0]


# %% right: picture by picture, with einsum
def sharp_rollout(weights, keep):
    maps, shares = [], []
    for picture in weights:
        rollout = torch.eye(picture.shape[-1], dtype=picture.dtype)
        for layer in picture:
            fused = layer.amax(0)
            fused = torch.einsum("ij,i->ij", fused, 1 / fused.sum(1))
            step = (1 - keep) * fused
            step.diagonal().add_(keep)
            rollout = torch.einsum("ij,jk->ik", step, rollout)
        row = rollout[0]
        total = float(row[1:].sum())
        one = row[1:] / total if total > 0 else row[1:]
        grid = int(round(len(one) ** 0.5))
        maps.append(one.view(grid, grid))
        shares.append(row[0])
    return torch.stack(maps), torch.stack(shares)
