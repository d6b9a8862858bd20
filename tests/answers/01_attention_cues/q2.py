# %% wrong: weighs the size of the contrast with on alone | says: the gap itself has a score
def on_off_scores(features, on, off):
    return (on * centre_surround(features).abs()).sum(dim=1)


# %% wrong: swaps ON and OFF | says: on weighs the places where the centre has more
def on_off_scores(features, on, off):
    contrast = centre_surround(features)
    return (off * contrast.clamp(min=0) - on * contrast.clamp(max=0)).sum(dim=1)


# %% wrong: adds the channels before it splits them | says: before you add channels up
def on_off_scores(features, on, off):
    contrast = centre_surround(features).sum(dim=1)
    return on * contrast.relu() + off * (-contrast).relu()


# %% wrong: leaves the negative part negative | says: less there is than around
def on_off_scores(features, on, off):
    contrast = centre_surround(features)
    return (on * contrast.clamp(min=0) + off * contrast.clamp(max=0)).sum(dim=1)


# %% wrong: takes the strongest channel | says: before you add channels up
def on_off_scores(features, on, off):
    contrast = centre_surround(features)
    return torch.where(contrast > 0, on * contrast, -off * contrast).amax(dim=1)


# %% wrong: splits the features, not their contrast | says: the gap itself has a score, or its neighbours have none
def on_off_scores(features, on, off):
    more = centre_surround(features.clamp(min=0)).abs()
    less = centre_surround((-features).clamp(min=0)).abs()
    return (on * more + off * less).sum(dim=1)


# %% wrong: takes the weights for switches | says: on is a weight, not a switch
def on_off_scores(features, on, off):
    contrast = centre_surround(features)
    more = contrast.relu() if on else 0 * contrast
    less = (-contrast).relu() if off else 0 * contrast
    return (more + less).sum(dim=1)


# %% wrong: cuts the gradient | says: no gradient arrives at the features
def on_off_scores(features, on, off):
    contrast = centre_surround(features.detach())
    return (on * contrast.relu() + off * (-contrast).relu()).sum(dim=1)


# %% wrong: forgets to add the channels up | says: a result of shape
def on_off_scores(features, on, off):
    contrast = centre_surround(features)
    return on * contrast.relu() + off * (-contrast).relu()


# %% wrong: the features instead of their contrast | says: less there is than around
def on_off_scores(features, on, off):
    return (on * features.relu() + off * (-features).relu()).sum(dim=1)


# %% wrong: cuts the gradient of the OFF part | says: not the slope of your scores
def on_off_scores(features, on, off):
    contrast = centre_surround(features)
    less = (-contrast.detach()).relu()
    return (on * contrast.relu() + off * less).sum(dim=1)


# %% wrong: cuts the gradient of the surround | says: not the slope of your scores
def on_off_scores(features, on, off):
    contrast = centre_surround(features)
    contrast = features + (contrast - features).detach()
    return (on * contrast.relu() + off * (-contrast).relu()).sum(dim=1)


# %% wrong: NumPy inside, no gradient | says: no gradient arrives at the features
def on_off_scores(features, on, off):
    contrast = centre_surround(features).detach().numpy()
    scores = on * np.maximum(contrast, 0) + off * np.maximum(-contrast, 0)
    return torch.from_numpy(scores.sum(axis=1))


# %% wrong: clamps the contrast | says: features of size 100
def on_off_scores(features, on, off):
    contrast = centre_surround(features).clamp(-3, 3)
    return (on * contrast.relu() + off * (-contrast).relu()).sum(dim=1)


# %% wrong: a threshold above 0 | says: features of size 0.001
def on_off_scores(features, on, off):
    contrast = centre_surround(features)
    return torch.where(contrast > 0.01, on * contrast, off * contrast.abs()).sum(1)


# %% wrong: always float32 | says: keep the dtype of the features
def on_off_scores(features, on, off):
    contrast = centre_surround(features.float())
    return (on * contrast.relu() + off * (-contrast).relu()).sum(dim=1)


# %% wrong: zero padding | says: every channel adds its |contrast|
def on_off_scores(features, on, off):
    ring = torch.ones(1, 1, 3, 3, dtype=features.dtype) / 8
    ring[..., 1, 1] = 0
    maps = features.flatten(0, 1)[:, None]
    around = torch.nn.functional.conv2d(maps, ring, padding=1)
    contrast = (maps - around).view_as(features)
    return (on * contrast.relu() + off * (-contrast).relu()).sum(dim=1)


# %% right: where the contrast is positive
def on_off_scores(features, on, off):
    contrast = centre_surround(features)
    weight = torch.where(contrast > 0, on, off)
    return (weight * contrast.abs()).sum(dim=1)


# %% right: half the sum and half the difference
def on_off_scores(features, on, off):
    contrast = centre_surround(features)
    size = contrast.abs().sum(dim=1)
    return (on + off) / 2 * size + (on - off) / 2 * contrast.sum(dim=1)


# %% right: pools instead of convolving
def on_off_scores(features, on, off):
    pool = torch.nn.functional.avg_pool2d
    total = pool(features, 3, 1, 1, divisor_override=1) - features
    ones = torch.ones_like(features)
    count = pool(ones, 3, 1, 1, divisor_override=1) - 1
    contrast = features - total / count
    return (on * contrast.relu() + off * (-contrast).relu()).sum(dim=1)


# %% right: saliency and what ON has more than OFF
def on_off_scores(features, on, off):
    more = centre_surround(features).clamp(min=0).sum(dim=1)
    return off * saliency_scores(features) + (on - off) * more
