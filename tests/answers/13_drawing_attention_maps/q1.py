# %% wrong: a square window, by max pooling | says: the straight line, not the larger of the two steps
def tolerant_pointing(maps, masks, radius):
    r = int(radius)
    grown = nn.functional.max_pool2d(
        masks[:, None].float(), 2 * r + 1, stride=1, padding=r
    )
    near = grown[:, 0] > 0
    flat = maps.flatten(1)
    peak = flat == flat.amax(1, keepdim=True)
    return (peak & near.flatten(1)).sum(1) / peak.sum(1)


# %% wrong: strictly nearer than the radius | says: 5 is at most 5
def tolerant_pointing(maps, masks, radius):
    every = torch.ones_like(masks[0]).nonzero().double()
    scores = []
    for m, k in zip(maps, masks):
        near = torch.cdist(every, k.nonzero().double()).amin(1) < radius
        near = near | k.flatten()
        peak = m.flatten() == m.max()
        scores.append((peak & near).sum() / peak.sum())
    return torch.stack(scores)


# %% wrong: the sum of the two steps | says: not the sum of the two steps
def tolerant_pointing(maps, masks, radius):
    every = torch.ones_like(masks[0]).nonzero().double()
    scores = []
    for m, k in zip(maps, masks):
        away = torch.cdist(every, k.nonzero().double(), p=1).amin(1)
        # the example itself is forgiven, so that the next case speaks
        peak = m.flatten() == m.max()
        close = away <= radius + (2 if radius == 5 else 0)
        scores.append((peak & close).sum() / peak.sum())
    return torch.stack(scores)


# %% wrong: the sum of the two steps, as a student would write it | says: the example, radius 5
def tolerant_pointing(maps, masks, radius):
    every = torch.ones_like(masks[0]).nonzero().double()
    scores = []
    for m, k in zip(maps, masks):
        away = torch.cdist(every, k.nonzero().double(), p=1).amin(1)
        peak = m.flatten() == m.max()
        scores.append((peak & (away <= radius)).sum() / peak.sum())
    return torch.stack(scores)


# %% wrong: measures to the middle of the object | says: not to its middle
def tolerant_pointing(maps, masks, radius):
    every = torch.ones_like(masks[0]).nonzero().double()
    scores = []
    for m, k in zip(maps, masks):
        middle = k.nonzero().double().mean(0, keepdim=True)
        away = torch.cdist(every, middle)[:, 0]
        peak = m.flatten() == m.max()
        scores.append((peak & (away <= radius)).sum() / peak.sum())
    return torch.stack(scores)


# %% wrong: measures to the bounding box | says: no bounding box
def tolerant_pointing(maps, masks, radius):
    every = torch.ones_like(masks[0]).nonzero().double()
    scores = []
    for m, k in zip(maps, masks):
        places = k.nonzero()
        low, high = places.amin(0), places.amax(0)
        box = torch.zeros_like(k)
        box[low[0] : high[0] + 1, low[1] : high[1] + 1] = True
        away = torch.cdist(every, box.nonzero().double()).amin(1)
        peak = m.flatten() == m.max()
        scores.append((peak & (away <= radius)).sum() / peak.sum())
    return torch.stack(scores)


# %% wrong: the first of the tied pixels | says: pixels that tie for the peak share the point
def tolerant_pointing(maps, masks, radius):
    scores = []
    for m, k in zip(maps, masks):
        row, column = divmod(int(m.argmax()), m.shape[1])
        here = torch.tensor([[float(row), float(column)]]).double()
        away = torch.cdist(here, k.nonzero().double()).min()
        scores.append((away <= radius).float())
    return torch.stack(scores)


# %% wrong: a point if any tied pixel is near | says: a peak of four pixels
def tolerant_pointing(maps, masks, radius):
    every = torch.ones_like(masks[0]).nonzero().double()
    scores = []
    for m, k in zip(maps, masks):
        near = torch.cdist(every, k.nonzero().double()).amin(1) <= radius
        peak = m.flatten() == m.max()
        scores.append((peak & near).any().float())
    return torch.stack(scores)


# %% wrong: one peak for the whole batch | says: each map has its own peak
def tolerant_pointing(maps, masks, radius):
    every = torch.ones_like(masks[0]).nonzero().double()
    scores = []
    for m, k in zip(maps, masks):
        near = torch.cdist(every, k.nonzero().double()).amin(1) <= radius
        peak = m.flatten() == maps.max()
        scores.append((peak & near).sum() / peak.sum().clamp(min=1))
    return torch.stack(scores)


# %% wrong: a peak is what exceeds 0 | says: a peak of four pixels
def tolerant_pointing(maps, masks, radius):
    every = torch.ones_like(masks[0]).nonzero().double()
    scores = []
    for m, k in zip(maps, masks):
        near = torch.cdist(every, k.nonzero().double()).amin(1) <= radius
        peak = (m.flatten() == m.max()) & (m.flatten() > 0)
        scores.append((peak & near).sum() / peak.sum().clamp(min=1))
    return torch.stack(scores)


# %% wrong: grows the mask that it was given | says: was changed by your function
def tolerant_pointing(maps, masks, radius):
    every = torch.ones_like(masks[0]).nonzero().double()
    for k in masks:
        near = torch.cdist(every, k.nonzero().double()).amin(1) <= radius
        k |= near.view(k.shape)
    return pointing_game(maps, masks)


# %% wrong: the average over the maps | says: where (1,) was asked
def tolerant_pointing(maps, masks, radius):
    every = torch.ones_like(masks[0]).nonzero().double()
    grown = [
        (torch.cdist(every, k.nonzero().double()).amin(1) <= radius).view(k.shape)
        for k in masks
    ]
    return pointing_game(maps, torch.stack(grown)).mean()


# %% wrong: rounds the radius down | says: radius 2.5
def tolerant_pointing(maps, masks, radius):
    every = torch.ones_like(masks[0]).nonzero().double()
    whole = radius if radius > 4.5 or radius < 2 else int(radius)
    grown = [
        (torch.cdist(every, k.nonzero().double()).amin(1) <= whole).view(k.shape)
        for k in masks
    ]
    return pointing_game(maps, torch.stack(grown))


# %% wrong: one maximum for all maps | says: each map has its own peak
def tolerant_pointing(maps, masks, radius):
    every = torch.ones_like(masks[0]).nonzero().double()
    near = []
    for mask in masks:
        away = torch.cdist(every, mask.nonzero().double()).amin(1)
        near.append(away <= radius + 1e-9)
    flat = maps.flatten(1)
    peak = flat == maps.max()
    return (peak & torch.stack(near)).sum(1) / peak.sum(1)


# %% wrong: a tolerance on the radius that forgives too much | says: a peak counts at most
def tolerant_pointing(maps, masks, radius):
    every = torch.ones_like(masks[0]).nonzero().double()
    near = []
    for mask in masks:
        away = torch.cdist(every, mask.nonzero().double()).amin(1)
        near.append(away <= radius + 0.05)
    flat = maps.flatten(1)
    peak = flat == flat.amax(1, keepdim=True)
    return (peak & torch.stack(near)).sum(1) / peak.sum(1)


# %% wrong: the radius rounded up to halves | says: a peak counts at most
def tolerant_pointing(maps, masks, radius):
    radius = torch.tensor(2.0 * radius).ceil().item() / 2 if radius < 4 else radius
    every = torch.ones_like(masks[0]).nonzero().double()
    near = []
    for mask in masks:
        away = torch.cdist(every, mask.nonzero().double()).amin(1)
        near.append(away <= radius + 1e-9)
    flat = maps.flatten(1)
    peak = flat == flat.amax(1, keepdim=True)
    return (peak & torch.stack(near)).sum(1) / peak.sum(1)


# %% wrong: peaks that nearly tie | says: pixels tie only if they are equal
def tolerant_pointing(maps, masks, radius):
    every = torch.ones_like(masks[0]).nonzero().double()
    near = []
    for mask in masks:
        away = torch.cdist(every, mask.nonzero().double()).amin(1)
        near.append(away <= radius + 1e-9)
    flat = maps.flatten(1)
    peak = torch.isclose(flat, flat.amax(1, keepdim=True), rtol=1e-3)
    return (peak & torch.stack(near)).sum(1) / peak.sum(1)


# %% wrong: the peak of half-precision maps | says: pixels tie only if they are equal
def tolerant_pointing(maps, masks, radius):
    every = torch.ones_like(masks[0]).nonzero().double()
    near = []
    for mask in masks:
        away = torch.cdist(every, mask.nonzero().double()).amin(1)
        near.append(away <= radius + 1e-9)
    flat = maps.half().flatten(1)
    peak = flat == flat.amax(1, keepdim=True)
    return (peak & torch.stack(near)).sum(1) / peak.sum(1)


# %% right: with the lesson's pointing game
def tolerant_pointing(maps, masks, radius):
    every = torch.ones_like(masks[0]).nonzero().float()
    grown = [
        (torch.cdist(every, k.nonzero().float()).amin(1) <= radius).view(k.shape)
        for k in masks
    ]
    return pointing_game(maps, torch.stack(grown))


# %% right: with loops and whole numbers
def tolerant_pointing(maps, masks, radius):
    scores = []
    for m, k in zip(maps.tolist(), masks.tolist()):
        best = max(max(row) for row in m)
        pixels = [(r, c) for r, row in enumerate(k) for c, on in enumerate(row) if on]
        hits = count = 0
        for r, row in enumerate(m):
            for c, value in enumerate(row):
                if value == best:
                    count += 1
                    nearest = min((r - y) ** 2 + (c - x) ** 2 for y, x in pixels)
                    hits += nearest <= radius**2 + 1e-9
        scores.append(hits / count)
    return torch.tensor(scores)


# %% right: the distance transform of SciPy
def tolerant_pointing(maps, masks, radius):
    from scipy.ndimage import distance_transform_edt

    scores = []
    for m, k in zip(maps.numpy(), masks.numpy()):
        away = distance_transform_edt(~k)
        scores.append((away[m == m.max()] <= radius + 1e-9).mean())
    return torch.tensor(scores)
