# %% wrong: counts combinations of features | says: count one dimension at a time
def rarity_map(labels):
    dimensions, height, width = labels.shape
    _, kind, counts = labels.flatten(1).unique(
        dim=1, return_inverse=True, return_counts=True
    )
    return -(counts[kind] / (height * width)).log().view(height, width)


# %% wrong: the shares themselves, not their information | says: a score that is not 0
def rarity_map(labels):
    cells = labels[0].numel()
    shares = [(d[..., None, None] == d).sum(dim=(2, 3)) / cells for d in labels]
    return sum(shares)


# %% wrong: bits instead of nats | says: is your logarithm the natural one?
def rarity_map(labels):
    cells = labels[0].numel()
    shares = [(d[..., None, None] == d).sum(dim=(2, 3)) / cells for d in labels]
    return -sum(share.log2() for share in shares)


# %% wrong: one minus the share | says: is your logarithm the natural one?
def rarity_map(labels):
    cells = labels[0].numel()
    shares = [(d[..., None, None] == d).sum(dim=(2, 3)) / cells for d in labels]
    return sum(1 - share for share in shares)


# %% wrong: forgets the minus sign | says: the highest score is not on the odd bar
def rarity_map(labels):
    cells = labels[0].numel()
    shares = [(d[..., None, None] == d).sum(dim=(2, 3)) / cells for d in labels]
    return sum(share.log() for share in shares)


# %% wrong: counts inside each row only | says: is your logarithm the natural one?
def rarity_map(labels):
    height, width = labels.shape[1:]
    scores = torch.zeros(height, width)
    for dimension in labels:
        same = (dimension[:, :, None] == dimension[:, None, :]).sum(dim=2)
        scores = scores - (same / width).log()
    return scores


# %% wrong: averages over the dimensions | says: is your logarithm the natural one?
def rarity_map(labels):
    cells = labels[0].numel()
    shares = [(d[..., None, None] == d).sum(dim=(2, 3)) / cells for d in labels]
    return -torch.stack(shares).log().mean(dim=0)


# %% wrong: only two labels, 0 and 1 | says: numbers are NaN
def rarity_map(labels):
    share = labels.float().mean(dim=(1, 2), keepdim=True)
    share = torch.where(labels == 1, share, 1 - share)
    return -share.log().sum(dim=0)


# %% wrong: only the first dimension | says: each orientation has its own share
def rarity_map(labels):
    same = labels[0][..., None, None] == labels[0]
    return -same.double().mean(dim=(2, 3)).log()


# %% wrong: counts all dimensions together | says: count one dimension at a time
def rarity_map(labels):
    _, kind, counts = labels.unique(return_inverse=True, return_counts=True)
    return -(counts[kind] / labels.numel()).log().sum(dim=0)


# %% wrong: the logarithm of the mean share | says: count one dimension at a time
def rarity_map(labels):
    cells = labels[0].numel()
    shares = [(d[..., None, None] == d).sum(dim=(2, 3)) / cells for d in labels]
    return -torch.stack(shares).mean(dim=0).log()


# %% wrong: counts instead of shares | says: a score that is not 0
def rarity_map(labels):
    scores = 0
    for d in labels:
        _, kind, counts = d.unique(return_inverse=True, return_counts=True)
        scores = scores - counts[kind].log()
    return scores


# %% wrong: labels as places in a table of counts | says: a label is a name
def rarity_map(labels):
    scores = torch.zeros(labels.shape[1:])
    for d in labels:
        share = torch.bincount(d.flatten())[d] / d.numel()
        scores = scores - share.log()
    return scores


# %% wrong: returns a NumPy array | says: the task asks for a torch.Tensor
def rarity_map(labels):
    scores = 0
    for d in labels.numpy():
        same = (d[..., None, None] == d).mean(axis=(2, 3))
        scores = scores - np.log(same)
    return scores


# %% wrong: labels as float32, where large ones collide | says: change no label on the way
def rarity_map(labels):
    flat = labels.float().flatten(1)
    same = (flat[:, :, None] == flat[:, None, :]).double()
    return -same.mean(dim=2).log().sum(dim=0).view(labels.shape[1:])


# %% wrong: labels as int16 | says: change no label on the way
def rarity_map(labels):
    flat = labels.to(torch.int16).flatten(1)
    same = (flat[:, :, None] == flat[:, None, :]).double()
    return -same.mean(dim=2).log().sum(dim=0).view(labels.shape[1:])


# %% wrong: the grid transposed | says: compare a bar's label with all bars
def rarity_map(labels):
    flat = labels.flatten(1)
    same = (flat[:, :, None] == flat[:, None, :]).double()
    scores = -same.mean(dim=2).log().sum(dim=0)
    return scores.view(labels.shape[2], labels.shape[1]).T


# %% right: every bar against every bar
def rarity_map(labels):
    flat = labels.flatten(1)
    same = (flat[:, :, None] == flat[:, None, :]).double()
    return -same.mean(dim=2).log().sum(dim=0).view(labels.shape[1:])


# %% right: dictionaries and loops
def rarity_map(labels):
    dimensions, height, width = labels.shape
    scores = torch.zeros(height, width)
    for d in range(dimensions):
        counts = {}
        for label in labels[d].flatten().tolist():
            counts[label] = counts.get(label, 0) + 1
        for row in range(height):
            for column in range(width):
                count = counts[int(labels[d, row, column])]
                scores[row, column] += math.log(height * width / count)
    return scores


# %% right: the difference of two logarithms
def rarity_map(labels):
    cells = labels[0].numel()
    information = 0
    for dimension in labels:
        found, counts = np.unique(dimension.numpy(), return_counts=True)
        place = np.searchsorted(found, dimension.numpy())
        information = information + np.log(cells) - np.log(counts[place])
    return torch.from_numpy(information)


# %% right: one-hot counts
def rarity_map(labels):
    scores = 0
    for d in labels:
        names, kind = d.unique(return_inverse=True)
        which = torch.nn.functional.one_hot(kind, len(names)).float()
        scores = scores - (which @ which.mean(dim=(0, 1))).log()
    return scores
