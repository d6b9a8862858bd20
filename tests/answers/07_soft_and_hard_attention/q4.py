# %% wrong: the published target, 1 for every pixel | says: asks every pixel for 1
def coverage_penalty(attention, lengths, allowed):
    real = torch.arange(attention.shape[1]) < lengths[:, None]
    coverage = (attention * real[..., None]).sum(1)
    squares = ((1 - coverage) ** 2).masked_fill(~allowed, 0.0)
    return (squares.sum(-1) / allowed.sum(-1)).mean()


# %% wrong: counts padding words | says: leave rows from lengths on out of the sum
def coverage_penalty(attention, lengths, allowed):
    pixels = allowed.sum(-1, keepdim=True)
    share = lengths[:, None] / pixels
    squares = ((share - attention.sum(1)) ** 2).masked_fill(~allowed, 0.0)
    return (squares.sum(-1) / pixels.squeeze(-1)).mean()


# %% wrong: the longest caption's number of words | says: the number of real words is in lengths
def coverage_penalty(attention, lengths, allowed):
    real = torch.arange(attention.shape[1]) < lengths[:, None]
    coverage = (attention * real[..., None]).sum(1)
    pixels = allowed.sum(-1, keepdim=True)
    share = attention.shape[1] / pixels
    squares = ((share - coverage) ** 2).masked_fill(~allowed, 0.0)
    return (squares.sum(-1) / pixels.squeeze(-1)).mean()


# %% wrong: a mean over all pixels, hidden ones squared too | says: a hidden pixel that counts
def coverage_penalty(attention, lengths, allowed):
    real = torch.arange(attention.shape[1]) < lengths[:, None]
    coverage = (attention * real[..., None]).sum(1)
    share = lengths[:, None] / allowed.sum(-1, keepdim=True)
    return ((share - coverage) ** 2).mean()


# %% wrong: hidden squares are 0, the mean divides by all pixels | says: a hidden pixel that counts
def coverage_penalty(attention, lengths, allowed):
    real = torch.arange(attention.shape[1]) < lengths[:, None]
    coverage = (attention * real[..., None]).sum(1)
    share = lengths[:, None] / allowed.sum(-1, keepdim=True)
    return (((share - coverage) ** 2) * allowed).mean()


# %% wrong: a share of all pixels | says: a hidden pixel that counts
def coverage_penalty(attention, lengths, allowed):
    real = torch.arange(attention.shape[1]) < lengths[:, None]
    coverage = (attention * real[..., None]).sum(1)
    share = lengths[:, None] / attention.shape[2]
    return ((share - coverage) ** 2).mean()


# %% wrong: one mean over the pixels of the whole batch | says: first a mean over the pixels of each sample
def coverage_penalty(attention, lengths, allowed):
    real = torch.arange(attention.shape[1]) < lengths[:, None]
    coverage = (attention * real[..., None]).sum(1)
    share = lengths[:, None] / allowed.sum(-1, keepdim=True)
    return ((share - coverage) ** 2)[allowed].mean()


# %% wrong: the first length for the whole batch | says: each sample has its own fair share
def coverage_penalty(attention, lengths, allowed):
    real = torch.arange(attention.shape[1]) < lengths[:, None]
    coverage = (attention * real[..., None]).sum(1)
    pixels = allowed.sum(-1, keepdim=True)
    share = lengths[0] / pixels
    squares = ((share - coverage) ** 2).masked_fill(~allowed, 0.0)
    return (squares.sum(-1) / pixels.squeeze(-1)).mean()


# %% wrong: a sum over the pixels | says: mean over existing pixels
def coverage_penalty(attention, lengths, allowed):
    real = torch.arange(attention.shape[1]) < lengths[:, None]
    coverage = (attention * real[..., None]).sum(1)
    share = lengths[:, None] / allowed.sum(-1, keepdim=True)
    squares = ((share - coverage) ** 2).masked_fill(~allowed, 0.0)
    return squares.sum(-1).mean()


# %% wrong: absolute differences | says: mean over existing pixels
def coverage_penalty(attention, lengths, allowed):
    real = torch.arange(attention.shape[1]) < lengths[:, None]
    coverage = (attention * real[..., None]).sum(1)
    pixels = allowed.sum(-1, keepdim=True)
    misses = (lengths[:, None] / pixels - coverage).abs().masked_fill(~allowed, 0.0)
    return (misses.sum(-1) / pixels.squeeze(-1)).mean()


# %% wrong: one word too many | says: leave rows from lengths on out of the sum
def coverage_penalty(attention, lengths, allowed):
    real = torch.arange(attention.shape[1]) <= lengths[:, None]
    coverage = (attention * real[..., None]).sum(1)
    pixels = allowed.sum(-1, keepdim=True)
    share = lengths[:, None] / pixels
    squares = ((share - coverage) ** 2).masked_fill(~allowed, 0.0)
    return (squares.sum(-1) / pixels.squeeze(-1)).mean()


# %% wrong: zeroes the padding rows of the argument | says: was changed by your function
def coverage_penalty(attention, lengths, allowed):
    padding = torch.arange(attention.shape[1]) >= lengths[:, None]
    attention[padding] = 0.0
    pixels = allowed.sum(-1, keepdim=True)
    share = lengths[:, None] / pixels
    squares = ((share - attention.sum(1)) ** 2).masked_fill(~allowed, 0.0)
    return (squares.sum(-1) / pixels.squeeze(-1)).mean()


# %% wrong: one number for each sample | says: return one number
def coverage_penalty(attention, lengths, allowed):
    real = torch.arange(attention.shape[1]) < lengths[:, None]
    coverage = (attention * real[..., None]).sum(1)
    pixels = allowed.sum(-1, keepdim=True)
    share = lengths[:, None] / pixels
    squares = ((share - coverage) ** 2).masked_fill(~allowed, 0.0)
    return squares.sum(-1) / pixels.squeeze(-1)


# %% wrong: detaches the coverage | says: cut off from the attention
def coverage_penalty(attention, lengths, allowed):
    real = torch.arange(attention.shape[1]) < lengths[:, None]
    coverage = (attention * real[..., None]).sum(1).detach()
    pixels = allowed.sum(-1, keepdim=True)
    share = lengths[:, None] / pixels
    squares = ((share - coverage) ** 2).masked_fill(~allowed, 0.0)
    return (squares.sum(-1) / pixels.squeeze(-1)).mean()


# %% wrong: a fair share of one word | says: a fair share of one word
def coverage_penalty(attention, lengths, allowed):
    real = torch.arange(attention.shape[1]) < lengths[:, None]
    coverage = (attention * real[..., None]).sum(1)
    pixels = allowed.sum(-1, keepdim=True)
    squares = ((1 / pixels - coverage) ** 2).masked_fill(~allowed, 0.0)
    return (squares.sum(-1) / pixels.squeeze(-1)).mean()


# %% wrong: coverage as a mean over the words | says: coverage is a sum over the real words
def coverage_penalty(attention, lengths, allowed):
    real = torch.arange(attention.shape[1]) < lengths[:, None]
    coverage = (attention * real[..., None]).sum(1) / lengths[:, None]
    pixels = allowed.sum(-1, keepdim=True)
    squares = ((1 / pixels - coverage) ** 2).masked_fill(~allowed, 0.0)
    return (squares.sum(-1) / pixels.squeeze(-1)).mean()


# %% right: with a loop over the captions
def coverage_penalty(attention, lengths, allowed):
    samples = []
    for a, length, ok in zip(attention, lengths.tolist(), allowed):
        coverage = a[:length].sum(0)[ok]
        samples.append(((length / len(coverage) - coverage) ** 2).mean())
    return torch.stack(samples).mean()


# %% right: an einsum and a weighted mean
def coverage_penalty(attention, lengths, allowed):
    steps = torch.arange(attention.shape[1])[None]
    real = (steps < lengths[:, None]).to(attention.dtype)
    coverage = torch.einsum("bwp,bw->bp", attention, real)
    each = allowed.to(attention.dtype)
    each = each / each.sum(1, keepdim=True)
    gap = coverage - lengths[:, None] * each
    return (gap.square() * each).sum() / len(attention)
