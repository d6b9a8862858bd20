# %% wrong: looks into the future | says: weight on a key in the future
def local_weights(scores, valid_lens, slope, window):
    positions = torch.arange(scores.shape[-1])
    distance = (positions[:, None] - positions[None, :]).abs()
    mask = (distance < window) & lengths_to_mask(valid_lens, scores.shape[-1])
    return masked_softmax(scores - slope * distance, mask)


# %% wrong: does not see itself | says: a token that does not attend to itself
def local_weights(scores, valid_lens, slope, window):
    positions = torch.arange(scores.shape[-1])
    distance = positions[:, None] - positions[None, :]
    mask = (distance > 0) & (distance < window)
    mask = mask & lengths_to_mask(valid_lens, scores.shape[-1])
    return masked_softmax(scores - slope * distance, mask)


# %% wrong: a window one too wide | says: smaller than window, not equal to it
def local_weights(scores, valid_lens, slope, window):
    positions = torch.arange(scores.shape[-1])
    distance = positions[:, None] - positions[None, :]
    mask = (distance >= 0) & (distance <= window)
    mask = mask & lengths_to_mask(valid_lens, scores.shape[-1])
    return masked_softmax(scores - slope * distance, mask)


# %% wrong: rewards distance | says: subtract slope * distance from the score
def local_weights(scores, valid_lens, slope, window):
    positions = torch.arange(scores.shape[-1])
    distance = positions[:, None] - positions[None, :]
    mask = (distance >= 0) & (distance < window)
    mask = mask & lengths_to_mask(valid_lens, scores.shape[-1])
    return masked_softmax(scores + slope * distance, mask)


# %% wrong: leaves the fine out | says: off by
def local_weights(scores, valid_lens, slope, window):
    positions = torch.arange(scores.shape[-1])
    distance = positions[:, None] - positions[None, :]
    mask = (distance >= 0) & (distance < window)
    return masked_softmax(scores, mask & lengths_to_mask(valid_lens, scores.shape[-1]))


# %% wrong: forgets the padding | says: weight on padding
def local_weights(scores, valid_lens, slope, window):
    positions = torch.arange(scores.shape[-1])
    distance = positions[:, None] - positions[None, :]
    mask = (distance >= 0) & (distance < window)
    return masked_softmax(scores - slope * distance, mask)


# %% wrong: sets hidden scores to 0 | says: weight on a key in the future
def local_weights(scores, valid_lens, slope, window):
    positions = torch.arange(scores.shape[-1])
    distance = positions[:, None] - positions[None, :]
    mask = (distance >= 0) & (distance < window)
    mask = mask & lengths_to_mask(valid_lens, scores.shape[-1])
    return (scores - slope * distance).masked_fill(~mask, 0.0).softmax(-1)


# %% wrong: zeroes weights after the softmax | says: zeroing weights after the softmax
def local_weights(scores, valid_lens, slope, window):
    positions = torch.arange(scores.shape[-1])
    distance = positions[:, None] - positions[None, :]
    mask = (distance >= 0) & (distance < window)
    mask = mask & lengths_to_mask(valid_lens, scores.shape[-1])
    return (scores - slope * distance).softmax(-1) * mask


# %% wrong: inverts the padding mask | says: a token that does not attend to itself
def local_weights(scores, valid_lens, slope, window):
    positions = torch.arange(scores.shape[-1])
    distance = positions[:, None] - positions[None, :]
    mask = (distance >= 0) & (distance < window)
    mask = mask & ~lengths_to_mask(valid_lens, scores.shape[-1])
    return masked_softmax(scores - slope * distance, mask)


# %% wrong: minus infinity and nothing more, NaN in an empty row | says: numbers are NaN
def local_weights(scores, valid_lens, slope, window):
    positions = torch.arange(scores.shape[-1])
    distance = positions[:, None] - positions[None, :]
    mask = (distance >= 0) & (distance < window)
    mask = mask & lengths_to_mask(valid_lens, scores.shape[-1])
    return (scores - slope * distance).masked_fill(~mask, -math.inf).softmax(-1)


# %% wrong: a large negative number, uniform in an empty row | says: an empty row needs its own rule
def local_weights(scores, valid_lens, slope, window):
    positions = torch.arange(scores.shape[-1])
    distance = positions[:, None] - positions[None, :]
    mask = (distance >= 0) & (distance < window)
    mask = mask & lengths_to_mask(valid_lens, scores.shape[-1])
    return (scores - slope * distance).masked_fill(~mask, -1e9).softmax(-1)


# %% wrong: renormalises after the softmax, which a loud hidden score empties | says: hidden scores of 10000
def local_weights(scores, valid_lens, slope, window):
    positions = torch.arange(scores.shape[-1])
    distance = positions[:, None] - positions[None, :]
    mask = (distance >= 0) & (distance < window)
    mask = mask & lengths_to_mask(valid_lens, scores.shape[-1])
    weights = (scores - (slope * distance).to(scores.dtype)).softmax(-1) * mask
    return weights / weights.sum(-1, keepdim=True).clamp(min=1e-30)


# %% wrong: adds minus infinity and overwrites the NaN, which stays in the gradient | says: makes NaN of the gradient
def local_weights(scores, valid_lens, slope, window):
    positions = torch.arange(scores.shape[-1])
    distance = positions[:, None] - positions[None, :]
    mask = (distance >= 0) & (distance < window)
    mask = mask & lengths_to_mask(valid_lens, scores.shape[-1])
    bias = torch.zeros(mask.shape, dtype=scores.dtype).masked_fill(~mask, -math.inf)
    weights = (scores - (slope * distance).to(scores.dtype) + bias).softmax(-1)
    return torch.nan_to_num(weights, nan=0.0)


# %% wrong: minus one billion by torch.where, an error in float16 only | says: -1e9 does not fit into float16
def local_weights(scores, valid_lens, slope, window):
    positions = torch.arange(scores.shape[-1])
    distance = positions[:, None] - positions[None, :]
    mask = (distance >= 0) & (distance < window)
    mask = mask & lengths_to_mask(valid_lens, scores.shape[-1])
    low = torch.full_like(scores, -1e9)
    weights = torch.where(
        mask, scores - (slope * distance).to(scores.dtype), low
    ).softmax(-1)
    return weights * mask


# %% wrong: writes into the scores | says: was changed by your function
def local_weights(scores, valid_lens, slope, window):
    positions = torch.arange(scores.shape[-1])
    distance = positions[:, None] - positions[None, :]
    mask = (distance >= 0) & (distance < window)
    mask = mask & lengths_to_mask(valid_lens, scores.shape[-1])
    scores -= slope * distance
    return masked_softmax(scores, mask)


# %% wrong: float16 scores give float32 weights | says: slope * distance is float32
def local_weights(scores, valid_lens, slope, window):
    positions = torch.arange(scores.shape[-1])
    distance = positions[:, None] - positions[None, :]
    mask = (distance >= 0) & (distance < window)
    mask = mask & lengths_to_mask(valid_lens, scores.shape[-1])
    fined = scores - (slope * distance).to(scores.dtype)
    return masked_softmax(scores - slope * distance, mask)


# %% wrong: minus one hundred, then times the mask | says: no number is low enough
def local_weights(scores, valid_lens, slope, window):
    positions = torch.arange(scores.shape[-1])
    distance = positions[:, None] - positions[None, :]
    mask = (distance >= 0) & (distance < window)
    mask = mask & lengths_to_mask(valid_lens, scores.shape[-1])
    fined = scores - (slope * distance).to(scores.dtype)
    return fined.masked_fill(~mask, -100.0).softmax(-1) * mask


# %% wrong: minus ten thousand, then times the mask | says: no number is low enough
def local_weights(scores, valid_lens, slope, window):
    positions = torch.arange(scores.shape[-1])
    distance = positions[:, None] - positions[None, :]
    mask = (distance >= 0) & (distance < window)
    mask = mask & lengths_to_mask(valid_lens, scores.shape[-1])
    fined = scores - (slope * distance).to(scores.dtype)
    return fined.masked_fill(~mask, -1e4).softmax(-1) * mask


# %% wrong: exponentials by hand, clamped | says: all scores
def local_weights(scores, valid_lens, slope, window):
    positions = torch.arange(scores.shape[-1])
    distance = positions[:, None] - positions[None, :]
    mask = (distance >= 0) & (distance < window)
    mask = mask & lengths_to_mask(valid_lens, scores.shape[-1])
    fined = scores - (slope * distance).to(scores.dtype)
    powers = torch.exp(fined.clamp(max=80 if scores.dtype != torch.half else 10)) * mask
    return powers / powers.sum(-1, keepdim=True).masked_fill(~mask.any(-1, True), 1)


# %% wrong: cuts the gradient off and hides it | says: gradient of the scores
def local_weights(scores, valid_lens, slope, window):
    positions = torch.arange(scores.shape[-1])
    distance = positions[:, None] - positions[None, :]
    mask = (distance >= 0) & (distance < window)
    mask = mask & lengths_to_mask(valid_lens, scores.shape[-1])
    fined = scores - (slope * distance).to(scores.dtype)
    return masked_softmax(fined.detach(), mask) + 0 * scores


# %% wrong: computes in NumPy | says: weights that are cut off from the scores
def local_weights(scores, valid_lens, slope, window):
    positions = torch.arange(scores.shape[-1])
    distance = positions[:, None] - positions[None, :]
    mask = (distance >= 0) & (distance < window)
    mask = mask & lengths_to_mask(valid_lens, scores.shape[-1])
    fined = scores - (slope * distance).to(scores.dtype)
    return masked_softmax(torch.from_numpy(fined.detach().numpy()), mask)


# %% wrong: only the first and the last sample | says: lengths
def local_weights(scores, valid_lens, slope, window):
    positions = torch.arange(scores.shape[-1])
    distance = positions[:, None] - positions[None, :]
    mask = (distance >= 0) & (distance < window)
    mask = mask & lengths_to_mask(valid_lens, scores.shape[-1])
    fined = scores - (slope * distance).to(scores.dtype)
    weights = masked_softmax(fined, mask)
    weights[1:-1] = 0
    return weights


# %% wrong: looks ahead in place of back | says: weight on a key in the future
def local_weights(scores, valid_lens, slope, window):
    n = scores.shape[-1]
    p = torch.arange(n)
    d = p[None, :] - p[:, None]
    m = (d >= 0) & (d < window) & lengths_to_mask(valid_lens, n)
    return masked_softmax(scores - slope * d, m)


# %% wrong: hides padded queries too | says: hide padded keys, not padded queries
def local_weights(scores, valid_lens, slope, window):
    positions = torch.arange(scores.shape[-1])
    distance = positions[:, None] - positions[None, :]
    real = lengths_to_mask(valid_lens, scores.shape[-1])
    mask = (distance >= 0) & (distance < window) & real
    mask = mask & real.transpose(1, 2)
    fine = (slope * distance).to(scores.dtype)
    return masked_softmax(scores - fine, mask)


# %% right: builds the mask with tril and triu, exponentials by hand
def local_weights(scores, valid_lens, slope, window):
    n = scores.shape[-1]
    near = torch.ones(n, n, dtype=torch.bool).tril().triu(1 - window)
    real = torch.arange(n) < valid_lens[:, None]
    mask = near[None] & real[:, None, :]
    steps = torch.arange(n, dtype=scores.dtype)
    fined = scores - slope * (steps[:, None] - steps)
    top = fined.masked_fill(~mask, -math.inf).amax(-1, keepdim=True)
    top = top.masked_fill(top.isneginf(), 0.0)
    powers = torch.exp((fined - top).masked_fill(~mask, -math.inf))
    total = powers.sum(-1, keepdim=True)
    return powers / total.masked_fill(total == 0, 1.0)


# %% right: with loops
def local_weights(scores, valid_lens, slope, window):
    rows = []
    for row_scores, length in zip(scores, valid_lens.tolist()):
        for i in range(len(row_scores)):
            first = max(0, i - window + 1)
            last = min(i + 1, length)
            row = torch.zeros_like(row_scores[i])
            if first < last:
                away = torch.arange(i - first, i - last, -1)
                part = (
                    row_scores[i, first:last] - slope * away.to(scores.dtype)
                ).softmax(0)
                row = torch.cat([row[:first], part, row[last:]])
            rows.append(row)
    return torch.stack(rows).reshape(scores.shape)


# %% right: minus infinity, then zeros over what softmax makes of an empty row
def local_weights(scores, valid_lens, slope, window):
    positions = torch.arange(scores.shape[-1])
    distance = positions[:, None] - positions[None, :]
    hidden = (distance < 0) | (distance >= window)
    hidden = hidden | ~lengths_to_mask(valid_lens, scores.shape[-1])
    fined = scores - (slope * distance).to(scores.dtype)
    return fined.masked_fill(hidden, -math.inf).softmax(-1).masked_fill(hidden, 0.0)
