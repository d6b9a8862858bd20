# %% wrong: averages over padding queries too | says: average over real queries only
def attention_distance(weights, lengths):
    place = torch.arange(weights.shape[-1])
    gap = (place[:, None] - place).abs()
    real = place < lengths[:, None]
    kept = weights * real[:, None, :]
    left = kept.sum(dim=-1).clamp(min=1e-9)
    return ((kept * gap).sum(dim=-1) / left).mean(dim=-1)


# %% wrong: padding keys count | says: leave out padding keys
def attention_distance(weights, lengths):
    place = torch.arange(weights.shape[-1])
    gap = (place[:, None] - place).abs()
    real = place < lengths[:, None]
    distance = (weights * gap).sum(dim=-1)
    return (distance * real).sum(dim=-1) / lengths


# %% wrong: forgets to divide by the weight that is left | says: divide each row by the weight that is left
def attention_distance(weights, lengths):
    place = torch.arange(weights.shape[-1])
    gap = (place[:, None] - place).abs()
    real = place < lengths[:, None]
    kept = weights * real[:, None, :]
    return ((kept * gap).sum(dim=-1) * real).sum(dim=-1) / lengths


# %% wrong: signed distance | says: a distance has no sign
def attention_distance(weights, lengths):
    place = torch.arange(weights.shape[-1])
    gap = place[:, None] - place
    real = place < lengths[:, None]
    kept = weights * real[:, None, :]
    left = torch.where(real, kept.sum(dim=-1), 1.0)
    distance = (kept * gap).sum(dim=-1) / left
    return (distance * real).sum(dim=-1) / lengths


# %% wrong: distance of the brightest key only | says: divide each row by the weight that is left
def attention_distance(weights, lengths):
    place = torch.arange(weights.shape[-1])
    real = place < lengths[:, None]
    brightest = (weights * real[:, None, :]).argmax(dim=-1)
    gap = (place - brightest).abs()
    return (gap * real).sum(dim=-1) / lengths


# %% wrong: divides columns instead of rows | says: four distances of 1, one of 0
def attention_distance(weights, lengths):
    place = torch.arange(weights.shape[-1])
    gap = (place[:, None] - place).abs()
    real = place < lengths[:, None]
    kept = weights * (real[:, None, :] & real[:, :, None])
    kept = kept / kept.sum(dim=-2, keepdim=True).clamp(min=1e-9)
    return (kept * gap).sum(dim=(-2, -1)) / lengths


# %% wrong: divides by zero in padding rows, then masks | says: numbers are NaN
def attention_distance(weights, lengths):
    place = torch.arange(weights.shape[-1])
    gap = (place[:, None] - place).abs()
    real = place < lengths[:, None]
    kept = weights * real[:, None, :]
    distance = (kept * gap).sum(dim=-1) / kept.sum(dim=-1)
    return (distance * real).sum(dim=-1) / lengths


# %% wrong: repairs NaN afterwards, so the gradient is NaN | says: do not divide by 0 even where the result is thrown away
def attention_distance(weights, lengths):
    place = torch.arange(weights.shape[-1])
    gap = (place[:, None] - place).abs()
    real = place < lengths[:, None]
    kept = weights * real[:, None, :]
    distance = (kept * gap).sum(dim=-1) / kept.sum(dim=-1)
    return torch.where(real, distance, 0.0).sum(dim=-1) / lengths


# %% wrong: one length for the whole batch | says: each sentence has its own length
def attention_distance(weights, lengths):
    size = int(lengths.max())
    place = torch.arange(size)
    gap = (place[:, None] - place).abs()
    kept = weights[:, :size, :size]
    kept = kept / kept.sum(dim=-1, keepdim=True).clamp(min=1e-9)
    return (kept * gap).sum(dim=-1).mean(dim=-1)


# %% right: sentence by sentence
def attention_distance(weights, lengths):
    result = []
    for matrix, length in zip(weights, lengths.tolist(), strict=True):
        real = matrix[:length, :length]
        real = real / real.sum(dim=1, keepdim=True)
        place = torch.arange(length, dtype=real.dtype)
        result.append(
            (real * torch.cdist(place[:, None], place[:, None])).sum() / length
        )
    return torch.stack(result)


# %% right: mask queries before the division, with einsum
def attention_distance(weights, lengths):
    size = weights.shape[1]
    real = torch.arange(size)[None] < lengths[:, None]
    kept = weights.masked_fill(~(real[:, :, None] & real[:, None, :]), 0.0)
    share = 1 / (kept.sum(dim=2) + (~real).float())
    rows, columns = torch.meshgrid(
        torch.arange(size), torch.arange(size), indexing="ij"
    )
    gap = (rows - columns).abs().to(weights.dtype)
    return torch.einsum("bqk,qk,bq->b", kept, gap, share) / lengths


# %% wrong: a product with the mask, which keeps NaN | says: do not multiply by a mask
def attention_distance(weights, lengths):
    place = torch.arange(weights.shape[-1])
    gap = (place[:, None] - place).abs()
    real = place < lengths[:, None]
    kept = weights * real[:, None, :]
    left = torch.where(real, kept.sum(dim=-1), 1.0)
    distance = (kept * gap).sum(dim=-1) / left
    return (distance * real).sum(dim=-1) / lengths


# %% wrong: a floor under the weight that is left | says: no floor, no epsilon
def attention_distance(weights, lengths):
    place = torch.arange(weights.shape[-1])
    gap = (place[:, None] - place).abs()
    real = place < lengths[:, None]
    both = real[:, None, :] & real[:, :, None]
    kept = torch.where(both, weights, 0.0)
    left = kept.sum(dim=-1).clamp(min=1e-2)
    return ((kept * gap).sum(dim=-1) / left).sum(dim=-1) / lengths


# %% wrong: fills the argument in place | says: was changed by your function
def attention_distance(weights, lengths):
    place = torch.arange(weights.shape[-1])
    gap = (place[:, None] - place).abs()
    real = place < lengths[:, None]
    weights.data.masked_fill_(~(real[:, None, :] & real[:, :, None]), 0.0)
    left = weights.sum(dim=-1) + (~real).float()
    return ((weights * gap).sum(dim=-1) / left).sum(dim=-1) / lengths


# %% wrong: multiplies the argument in place | says: was changed by your function
def attention_distance(weights, lengths):
    place = torch.arange(weights.shape[-1])
    gap = (place[:, None] - place).abs()
    real = place < lengths[:, None]
    weights *= real[:, None, :]
    left = torch.where(real, weights.sum(dim=-1), 1.0)
    return ((weights * gap).sum(dim=-1) / left * real).sum(dim=-1) / lengths


# %% wrong: one division for the whole sentence | says: divide each row by the weight that is left
def attention_distance(weights, lengths):
    place = torch.arange(weights.shape[-1])
    gap = (place[:, None] - place).abs()
    real = place < lengths[:, None]
    both = real[:, None, :] & real[:, :, None]
    kept = torch.where(both, weights, 0.0)
    return (kept * gap).sum(dim=(1, 2)) / kept.sum(dim=(1, 2))


# %% right: plain loops, without a gradient
def attention_distance(weights, lengths):
    result = []
    for matrix, length in zip(weights.tolist(), lengths.tolist(), strict=True):
        total = 0.0
        for i in range(length):
            row = matrix[i][:length]
            total += sum(w * abs(i - j) for j, w in enumerate(row)) / sum(row)
        result.append(total / length)
    return torch.tensor(result)


# %% right: with NumPy, which refuses tensors that ask for a gradient
def attention_distance(weights, lengths):
    result = []
    for matrix, length in zip(weights.numpy(), lengths.numpy(), strict=True):
        real = matrix[:length, :length]
        place = torch.arange(length).numpy()
        gap = abs(place[:, None] - place)
        result.append(((real * gap).sum(1) / real.sum(1)).mean())
    return torch.tensor(result)


# %% wrong: squared distance | says: a key three tokens away counts 3
def attention_distance(weights, lengths):
    place = torch.arange(weights.shape[-1])
    real = place < lengths[:, None]
    both = real[:, :, None] & real[:, None, :]
    kept = torch.where(both, weights, 0.0)
    left = torch.where(real, kept.sum(dim=-1), 1.0)
    gap = (place[:, None] - place) ** 2
    return ((kept * gap).sum(dim=-1) / left).sum(dim=-1) / lengths
