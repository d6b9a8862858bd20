# %% wrong: forgets r | says: r multiplies the score
def object_say(maps, classes, masks, r):
    own = maps[torch.arange(len(maps)), classes].flatten(1)
    say = (2 * own).softmax(dim=1)
    covered = F.adaptive_avg_pool2d(masks.to(maps.dtype), maps.shape[2:])
    return (say * covered.flatten(1)).sum(dim=1)


# %% wrong: a plain softmax | says: the example
def object_say(maps, classes, masks, r):
    own = maps[torch.arange(len(maps)), classes].flatten(1)
    say = own.softmax(dim=1)
    covered = F.adaptive_avg_pool2d(masks.to(maps.dtype), maps.shape[2:])
    return (say * covered.flatten(1)).sum(dim=1)


# %% wrong: divides by r | says: the example
def object_say(maps, classes, masks, r):
    own = maps[torch.arange(len(maps)), classes].flatten(1)
    say = (own / r).softmax(dim=1)
    covered = F.adaptive_avg_pool2d(masks.to(maps.dtype), maps.shape[2:])
    return (say * covered.flatten(1)).sum(dim=1)


# %% wrong: keeps the 1 / r in front | says: the example
def object_say(maps, classes, masks, r):
    own = maps[torch.arange(len(maps)), classes].flatten(1)
    say = (r * own).softmax(dim=1) / r
    covered = F.adaptive_avg_pool2d(masks.to(maps.dtype), maps.shape[2:])
    return (say * covered.flatten(1)).sum(dim=1)


# %% wrong: a plain exponential overflows | says: NaN
def object_say(maps, classes, masks, r):
    own = maps[torch.arange(len(maps)), classes].flatten(1)
    powers = (r * own).exp()
    say = powers / powers.sum(dim=1, keepdim=True)
    covered = F.adaptive_avg_pool2d(masks.to(maps.dtype), maps.shape[2:])
    return (say * covered.flatten(1)).sum(dim=1)


# %% wrong: softmax along each row of patches | says: not row by row
def object_say(maps, classes, masks, r):
    own = maps[torch.arange(len(maps)), classes]
    say = (r * own).softmax(dim=-1)
    covered = F.adaptive_avg_pool2d(masks.to(maps.dtype), maps.shape[2:])
    return (say * covered).sum(dim=(1, 2)) / own.shape[1]


# %% wrong: cuts the scores at 0 first | says: a shift of all scores
def object_say(maps, classes, masks, r):
    own = maps[torch.arange(len(maps)), classes].relu().flatten(1)
    say = (r * own).softmax(dim=1)
    covered = F.adaptive_avg_pool2d(masks.to(maps.dtype), maps.shape[2:])
    return (say * covered.flatten(1)).sum(dim=1)


# %% wrong: counts a half covered patch as covered | says: the example
def object_say(maps, classes, masks, r):
    own = maps[torch.arange(len(maps)), classes].flatten(1)
    say = (r * own).softmax(dim=1)
    covered = F.adaptive_max_pool2d(masks.to(maps.dtype), maps.shape[2:])
    return (say * covered.flatten(1)).sum(dim=1)


# %% wrong: always the first class | says: each picture's own class
def object_say(maps, classes, masks, r):
    own = maps[:, 0].flatten(1)
    say = (r * own).softmax(dim=1)
    covered = F.adaptive_avg_pool2d(masks.to(maps.dtype), maps.shape[2:])
    return (say * covered.flatten(1)).sum(dim=1)


# %% wrong: one softmax for the whole batch | says: two pictures, two classes
def object_say(maps, classes, masks, r):
    own = maps[torch.arange(len(maps)), classes]
    say = (r * own).flatten().softmax(dim=0).view_as(own)
    covered = F.adaptive_avg_pool2d(masks.to(maps.dtype), maps.shape[2:])
    return (say * covered).sum(dim=(1, 2))


# %% wrong: the average over the batch | says: where (1,) was asked
def object_say(maps, classes, masks, r):
    own = maps[torch.arange(len(maps)), classes].flatten(1)
    say = (r * own).softmax(dim=1)
    covered = F.adaptive_avg_pool2d(masks.to(maps.dtype), maps.shape[2:])
    return (say * covered.flatten(1)).sum(dim=1).mean()


# %% wrong: clamps the exponent | says: hint
def object_say(maps, classes, masks, r):
    own = maps[torch.arange(len(maps)), classes].flatten(1)
    powers = (r * own).clamp(-80, 80).exp()
    say = powers / powers.sum(dim=1, keepdim=True)
    covered = F.adaptive_avg_pool2d(masks.to(maps.dtype), maps.shape[2:])
    return (say * covered.flatten(1)).sum(dim=1)


# %% wrong: softmax along each row, not divided by the rows | says: not row by row
def object_say(maps, classes, masks, r):
    own = maps[torch.arange(len(maps)), classes]
    say = (r * own).softmax(dim=-1).flatten(1)
    covered = F.adaptive_avg_pool2d(masks.to(maps.dtype), maps.shape[2:])
    return (say * covered.flatten(1)).sum(dim=1)


# %% wrong: one largest score for the batch | says: its own largest score
def object_say(maps, classes, masks, r):
    own = maps[torch.arange(len(maps)), classes].flatten(1)
    powers = (r * (own - own.max())).exp()
    say = powers / powers.sum(dim=1, keepdim=True).clamp(min=1e-30)
    covered = F.adaptive_avg_pool2d(masks.to(maps.dtype), maps.shape[2:])
    return (say * covered.flatten(1)).sum(dim=1)


# %% wrong: r is cut at 500 | says: r is used as it is
def object_say(maps, classes, masks, r):
    own = maps[torch.arange(len(maps)), classes].flatten(1)
    say = (min(r, 500) * own).softmax(dim=1)
    covered = F.adaptive_avg_pool2d(masks.to(maps.dtype), maps.shape[2:])
    return (say * covered.flatten(1)).sum(dim=1)


# %% wrong: a patch is covered from one half on | says: the covered share
def object_say(maps, classes, masks, r):
    own = maps[torch.arange(len(maps)), classes].flatten(1)
    say = (r * own).softmax(dim=1)
    covered = F.adaptive_avg_pool2d(masks.to(maps.dtype), maps.shape[2:]) >= 0.5
    return (say * covered.flatten(1)).sum(dim=1)


# %% right: by autograd on logsumexp
def object_say(maps, classes, masks, r):
    leaf = maps.detach().clone().requires_grad_()
    own = leaf[torch.arange(len(maps)), classes].flatten(1)
    (torch.logsumexp(r * own, dim=1) / r).sum().backward()
    say = leaf.grad[torch.arange(len(maps)), classes]
    covered = F.adaptive_avg_pool2d(masks.to(maps.dtype), maps.shape[2:])
    return (say * covered).sum(dim=(1, 2))


# %% right: picture by picture with NumPy
def object_say(maps, classes, masks, r):
    import numpy as np

    shares = []
    for picture, label, mask in zip(maps, classes.tolist(), masks.numpy()):
        own = picture[label].detach().double().numpy()
        powers = np.exp(r * (own - own.max()))
        say = powers / powers.sum()
        (h, w), (height, width) = own.shape, mask.shape
        blocks = mask.reshape(h, height // h, w, width // w).mean(axis=(1, 3))
        shares.append(float((say * blocks).sum()))
    return torch.tensor(shares, dtype=maps.dtype)
