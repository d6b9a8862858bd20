# %% wrong: pixels outside the mask instead of whole blobs | says: whole blobs
def stray_share(scores, masks):
    level = scores.mean(dim=(2, 3), keepdim=True)
    excess = (scores - level).clamp(min=0)
    astray = (excess * ~masks[:, None]).sum(dim=(2, 3))
    return astray / excess.sum(dim=(2, 3)).clamp(min=1e-12)


# %% wrong: a share of blobs, not of mass | says: each weighed by what it has above
def stray_share(scores, masks):
    level = scores.mean(dim=(2, 3), keepdim=True)
    labels = label_blobs((scores > level) & (scores > scores.amin((2, 3), True)))
    found = scores.new_zeros(scores.shape[:2])
    for b in range(len(scores)):
        for h in range(scores.shape[1]):
            on = set(labels[b, h][masks[b]].tolist()) - {0}
            count = int(labels[b, h].max())
            found[b, h] = (count - len(on)) / max(count, 1)
    return found


# %% wrong: a share of pixels, not of mass | says: each weighed by what it has above
def stray_share(scores, masks):
    level = scores.mean(dim=(2, 3), keepdim=True)
    above = (scores > level) & (scores > scores.amin((2, 3), True))
    labels = label_blobs(above)
    found = scores.new_zeros(scores.shape[:2])
    for b in range(len(scores)):
        for h in range(scores.shape[1]):
            on = torch.isin(labels[b, h], labels[b, h][masks[b]])
            found[b, h] = (above[b, h] & ~on).sum() / above[b, h].sum().clamp(min=1)
    return found


# %% wrong: masses of raw scores, without the mean | says: each weighed by what it has above
def stray_share(scores, masks):
    level = scores.mean(dim=(2, 3), keepdim=True)
    above = (scores > level) & (scores > scores.amin((2, 3), True))
    labels = label_blobs(above)
    touches = torch.zeros_like(above)
    for b in range(len(scores)):
        for h in range(scores.shape[1]):
            touches[b, h] = torch.isin(labels[b, h], labels[b, h][masks[b]])
    mass = scores * above
    total = mass.sum(dim=(2, 3))
    return (mass * ~touches).sum(dim=(2, 3)) / total.masked_fill(total == 0, 1.0)


# %% wrong: the share that is not astray | says: whole blobs
def stray_share(scores, masks):
    level = scores.mean(dim=(2, 3), keepdim=True)
    above = (scores > level) & (scores > scores.amin((2, 3), True))
    labels = label_blobs(above)
    touches = torch.zeros_like(above)
    for b in range(len(scores)):
        for h in range(scores.shape[1]):
            touches[b, h] = torch.isin(labels[b, h], labels[b, h][masks[b]])
    mass = (scores - level) * above
    total = mass.sum(dim=(2, 3))
    return (mass * touches).sum(dim=(2, 3)) / total.masked_fill(total == 0, 1.0)


# %% wrong: 4-connected | says: pixels that meet at a corner
def stray_share(scores, masks):
    level = scores.mean(dim=(2, 3), keepdim=True)
    above = (scores > level) & (scores > scores.amin((2, 3), True))
    labels = label_blobs(above, connectivity=4)
    touches = torch.zeros_like(above)
    for b in range(len(scores)):
        for h in range(scores.shape[1]):
            touches[b, h] = torch.isin(labels[b, h], labels[b, h][masks[b]])
    mass = (scores - level) * above
    total = mass.sum(dim=(2, 3))
    return (mass * ~touches).sum(dim=(2, 3)) / total.masked_fill(total == 0, 1.0)


# %% wrong: the threshold is 0 | says: a shift of all scores
def stray_share(scores, masks):
    above = scores > 0
    labels = label_blobs(above)
    touches = torch.zeros_like(above)
    for b in range(len(scores)):
        for h in range(scores.shape[1]):
            touches[b, h] = torch.isin(labels[b, h], labels[b, h][masks[b]])
    mass = (scores - scores.mean(dim=(2, 3), keepdim=True)) * above
    total = mass.sum(dim=(2, 3))
    return (mass * ~touches).sum(dim=(2, 3)) / total.masked_fill(total == 0, 1.0)


# %% wrong: the labels of head 0 for all heads | says: blobs are numbered anew
def stray_share(scores, masks):
    level = scores.mean(dim=(2, 3), keepdim=True)
    above = (scores > level) & (scores > scores.amin((2, 3), True))
    labels = label_blobs(above)
    touches = torch.zeros_like(above)
    for b in range(len(scores)):
        for h in range(scores.shape[1]):
            touches[b, h] = torch.isin(labels[b, h], labels[b, 0][masks[b]])
    mass = (scores - level) * above
    total = mass.sum(dim=(2, 3))
    return (mass * ~touches).sum(dim=(2, 3)) / total.masked_fill(total == 0, 1.0)


# %% wrong: the mask of the first picture for all | says: picture number b has mask
def stray_share(scores, masks):
    level = scores.mean(dim=(2, 3), keepdim=True)
    above = (scores > level) & (scores > scores.amin((2, 3), True))
    labels = label_blobs(above)
    touches = torch.zeros_like(above)
    for b in range(len(scores)):
        for h in range(scores.shape[1]):
            touches[b, h] = torch.isin(labels[b, h], labels[b, h][masks[0]])
    mass = (scores - level) * above
    total = mass.sum(dim=(2, 3))
    return (mass * ~touches).sum(dim=(2, 3)) / total.masked_fill(total == 0, 1.0)


# %% wrong: an even map gives 0/0 | says: are NaN
def stray_share(scores, masks):
    level = scores.mean(dim=(2, 3), keepdim=True)
    above = (scores > level) & (scores > scores.amin((2, 3), True))
    labels = label_blobs(above)
    touches = torch.zeros_like(above)
    for b in range(len(scores)):
        for h in range(scores.shape[1]):
            touches[b, h] = torch.isin(labels[b, h], labels[b, h][masks[b]])
    mass = (scores - level) * above
    return (mass * ~touches).sum(dim=(2, 3)) / mass.sum(dim=(2, 3))


# %% wrong: cuts the masses off | says: cut off from the scores
def stray_share(scores, masks):
    scores = scores.detach()
    level = scores.mean(dim=(2, 3), keepdim=True)
    above = (scores > level) & (scores > scores.amin((2, 3), True))
    labels = label_blobs(above)
    touches = torch.zeros_like(above)
    for b in range(len(scores)):
        for h in range(scores.shape[1]):
            touches[b, h] = torch.isin(labels[b, h], labels[b, h][masks[b]])
    mass = (scores - level) * above
    total = mass.sum(dim=(2, 3))
    return (mass * ~touches).sum(dim=(2, 3)) / total.masked_fill(total == 0, 1.0)


# %% wrong: a threshold without gradient | says: moves with every pixel
def stray_share(scores, masks):
    level = scores.mean(dim=(2, 3), keepdim=True).detach()
    above = (scores > level) & (scores > scores.amin((2, 3), True))
    labels = label_blobs(above)
    touches = torch.zeros_like(above)
    for b in range(len(scores)):
        for h in range(scores.shape[1]):
            touches[b, h] = torch.isin(labels[b, h], labels[b, h][masks[b]])
    mass = (scores - level) * above
    total = mass.sum(dim=(2, 3))
    return (mass * ~touches).sum(dim=(2, 3)) / total.masked_fill(total == 0, 1.0)


# %% wrong: a total without gradient | says: the total below the line
def stray_share(scores, masks):
    level = scores.mean(dim=(2, 3), keepdim=True)
    above = (scores > level) & (scores > scores.amin((2, 3), True))
    labels = label_blobs(above)
    touches = torch.zeros_like(above)
    for b in range(len(scores)):
        for h in range(scores.shape[1]):
            touches[b, h] = torch.isin(labels[b, h], labels[b, h][masks[b]])
    mass = (scores - level) * above
    total = mass.sum(dim=(2, 3)).detach()
    return (mass * ~touches).sum(dim=(2, 3)) / total.masked_fill(total == 0, 1.0)


# %% right: loops over maps and blobs
def stray_share(scores, masks):
    rows = []
    for picture, mask in zip(scores, masks, strict=True):
        row = []
        for grid in picture:
            level = grid.mean()
            labels = label_blobs((grid > level) & (grid > grid.min()))
            good = bad = 0.0 * grid.sum()
            for n in range(1, int(labels.max()) + 1):
                inside = labels == n
                mass = (grid[inside] - level).sum()
                if (inside & mask).any():
                    good = good + mass
                else:
                    bad = bad + mass
            total = good + bad
            row.append(bad / total if total > 0 else total)
        rows.append(torch.stack(row))
    return torch.stack(rows)


# %% right: masses collected by index_add
def stray_share(scores, masks):
    b, heads = scores.shape[:2]
    level = scores.mean(dim=(2, 3), keepdim=True)
    above = (scores > level) & (scores > scores.amin((2, 3), True))
    labels = label_blobs(above).flatten(0, 1).flatten(1)
    top = int(labels.max()) + 1
    index = labels + top * torch.arange(b * heads)[:, None]
    excess = ((scores - level) * above).flatten()
    masses = excess.new_zeros(b * heads * top).index_add(0, index.flatten(), excess)
    on = masks[:, None].expand_as(scores).reshape(b * heads, -1).long()
    hits = torch.zeros(b * heads * top, dtype=torch.long)
    hits = hits.index_add(0, index.flatten(), on.flatten()).view(-1, top)
    masses = masses.view(-1, top)
    total = masses[:, 1:].sum(dim=1)
    bad = (masses * (hits == 0))[:, 1:].sum(dim=1)
    return (bad / total.where(total > 0, 1.0)).view(b, heads)


# %% wrong: an even map whose mean is rounded below it | says: may be rounded below them
def stray_share(scores, masks):
    level = scores.mean(dim=(2, 3), keepdim=True)
    above = scores > level
    labels = label_blobs(above)
    touches = torch.zeros_like(above)
    for b in range(len(scores)):
        for h in range(scores.shape[1]):
            touches[b, h] = torch.isin(labels[b, h], labels[b, h][masks[b]])
    mass = (scores - level) * above
    total = mass.sum(dim=(2, 3))
    return (mass * ~touches).sum(dim=(2, 3)) / total.masked_fill(total == 0, 1.0)


# %% wrong: an absolute floor | says: no floors
def stray_share(scores, masks):
    level = scores.mean(dim=(2, 3), keepdim=True)
    above = scores - level > 1e-5
    labels = label_blobs(above)
    touches = torch.zeros_like(above)
    for b in range(len(scores)):
        for h in range(scores.shape[1]):
            touches[b, h] = torch.isin(labels[b, h], labels[b, h][masks[b]])
    mass = (scores - level) * above
    total = mass.sum(dim=(2, 3))
    return (mass * ~touches).sum(dim=(2, 3)) / (total + 1e-6)


# %% wrong: most of the blob must lie on the object | says: whole blobs, each weighed
def stray_share(scores, masks):
    level = scores.mean(dim=(2, 3), keepdim=True)
    above = (scores > level) & (scores > scores.amin((2, 3), True))
    labels = label_blobs(above)
    touches = torch.zeros_like(above)
    for b in range(len(scores)):
        for h in range(scores.shape[1]):
            for n in range(1, int(labels[b, h].max()) + 1):
                inside = labels[b, h] == n
                if (inside & masks[b]).sum() * 2 > inside.sum():
                    touches[b, h] |= inside
    mass = (scores - level) * above
    total = mass.sum(dim=(2, 3))
    return (mass * ~touches).sum(dim=(2, 3)) / total.masked_fill(total == 0, 1.0)


# %% wrong: the blob's highest pixel must lie on the object | says: whole blobs, each weighed
def stray_share(scores, masks):
    level = scores.mean(dim=(2, 3), keepdim=True)
    above = (scores > level) & (scores > scores.amin((2, 3), True))
    labels = label_blobs(above)
    touches = torch.zeros_like(above)
    for b in range(len(scores)):
        for h in range(scores.shape[1]):
            for n in range(1, int(labels[b, h].max()) + 1):
                inside = labels[b, h] == n
                peak = scores[b, h].masked_fill(~inside, -1e9).argmax()
                if masks[b].flatten()[peak]:
                    touches[b, h] |= inside
    mass = (scores - level) * above
    total = mass.sum(dim=(2, 3))
    return (mass * ~touches).sum(dim=(2, 3)) / total.masked_fill(total == 0, 1.0)


# %% wrong: one mean for the whole batch | says: its own mean
def stray_share(scores, masks):
    level = scores.mean().expand(*scores.shape[:2], 1, 1)
    above = (scores > level) & (scores > scores.amin((2, 3), True))
    labels = label_blobs(above)
    touches = torch.zeros_like(above)
    for b in range(len(scores)):
        for h in range(scores.shape[1]):
            touches[b, h] = torch.isin(labels[b, h], labels[b, h][masks[b]])
    mass = (scores - level) * above
    total = mass.sum(dim=(2, 3))
    return (mass * ~touches).sum(dim=(2, 3)) / total.masked_fill(total == 0, 1.0)


# %% wrong: counts the ground as astray | says: label 0 is ground
def stray_share(scores, masks):
    level = scores.mean(dim=(2, 3), keepdim=True)
    labels = label_blobs((scores > level) & (scores > scores.amin((2, 3), True)))
    above = labels > 0
    touches = torch.zeros_like(above)
    for b in range(len(scores)):
        for h in range(scores.shape[1]):
            touches[b, h] = torch.isin(labels[b, h], labels[b, h][masks[b]])
    excess = scores - level
    total = (excess * above).sum(dim=(2, 3))
    astray = (excess * ~touches).sum(dim=(2, 3))
    return astray / total.masked_fill(total == 0, 1.0)


# %% wrong: a picture without an object counts 0 | says: no object
def stray_share(scores, masks):
    level = scores.mean(dim=(2, 3), keepdim=True)
    above = (scores > level) & (scores > scores.amin((2, 3), True))
    labels = label_blobs(above)
    touches = torch.zeros_like(above)
    for b in range(len(scores)):
        for h in range(scores.shape[1]):
            touches[b, h] = torch.isin(labels[b, h], labels[b, h][masks[b]])
    mass = (scores - level) * above
    total = mass.sum(dim=(2, 3))
    share = (mass * ~touches).sum(dim=(2, 3)) / total.masked_fill(total == 0, 1.0)
    return share * masks.flatten(1).any(dim=1)[:, None]


# %% wrong: the object grown by one place | says: an object on ground
def stray_share(scores, masks):
    level = scores.mean(dim=(2, 3), keepdim=True)
    above = (scores > level) & (scores > scores.amin((2, 3), True))
    labels = label_blobs(above)
    masks = torch.nn.functional.max_pool2d(masks.float()[:, None], 3, 1, 1)[:, 0] > 0
    touches = torch.zeros_like(above)
    for b in range(len(scores)):
        for h in range(scores.shape[1]):
            touches[b, h] = torch.isin(labels[b, h], labels[b, h][masks[b]])
    mass = (scores - level) * above
    total = mass.sum(dim=(2, 3))
    return (mass * ~touches).sum(dim=(2, 3)) / total.masked_fill(total == 0, 1.0)


# %% wrong: a floor of 1e-7 under the total | says: no floors
def stray_share(scores, masks):
    level = scores.mean(dim=(2, 3), keepdim=True)
    lowest = scores.amin(dim=(2, 3), keepdim=True)
    above = (scores > level) & (scores > lowest)
    labels = label_blobs(above)
    touches = torch.zeros_like(above)
    for b, mask in enumerate(masks):
        for h, numbers in enumerate(labels[b]):
            touches[b, h] = torch.isin(numbers, numbers[mask])
    excess = (scores - level) * above
    astray = (excess * ~touches).sum(dim=(2, 3))
    total = excess.sum(dim=(2, 3))
    return astray / total.clamp(min=1e-7)


# %% wrong: a small number added to the total | says: no floors
def stray_share(scores, masks):
    level = scores.mean(dim=(2, 3), keepdim=True)
    lowest = scores.amin(dim=(2, 3), keepdim=True)
    above = (scores > level) & (scores > lowest)
    labels = label_blobs(above)
    touches = torch.zeros_like(above)
    for b, mask in enumerate(masks):
        for h, numbers in enumerate(labels[b]):
            touches[b, h] = torch.isin(numbers, numbers[mask])
    excess = (scores - level) * above
    astray = (excess * ~touches).sum(dim=(2, 3))
    total = excess.sum(dim=(2, 3))
    return astray / (total + 1e-12)


# %% wrong: above by 1e-8 at least | says: no floors
def stray_share(scores, masks):
    level = scores.mean(dim=(2, 3), keepdim=True)
    lowest = scores.amin(dim=(2, 3), keepdim=True)
    above = (scores > level + 1e-8) & (scores > lowest)
    labels = label_blobs(above)
    touches = torch.zeros_like(above)
    for b, mask in enumerate(masks):
        for h, numbers in enumerate(labels[b]):
            touches[b, h] = torch.isin(numbers, numbers[mask])
    excess = (scores - level) * above
    astray = (excess * ~touches).sum(dim=(2, 3))
    total = excess.sum(dim=(2, 3))
    return astray / total.masked_fill(total == 0, 1.0)


# %% wrong: a margin in proportion to the scores | says: above is above, however little
def stray_share(scores, masks):
    level = scores.mean(dim=(2, 3), keepdim=True)
    lowest = scores.amin(dim=(2, 3), keepdim=True)
    largest = scores.abs().amax(dim=(2, 3), keepdim=True)
    above = (scores > level + 1e-6 * largest) & (scores > lowest)
    labels = label_blobs(above)
    touches = torch.zeros_like(above)
    for b, mask in enumerate(masks):
        for h, numbers in enumerate(labels[b]):
            touches[b, h] = torch.isin(numbers, numbers[mask])
    excess = (scores - level) * above
    astray = (excess * ~touches).sum(dim=(2, 3))
    total = excess.sum(dim=(2, 3))
    return astray / total.masked_fill(total == 0, 1.0)


# %% wrong: a score at the mean counts as above | says: equal to the mean is not above it
def stray_share(scores, masks):
    level = scores.mean(dim=(2, 3), keepdim=True)
    lowest = scores.amin(dim=(2, 3), keepdim=True)
    above = (scores >= level) & (scores > lowest)
    labels = label_blobs(above)
    touches = torch.zeros_like(above)
    for b, mask in enumerate(masks):
        for h, numbers in enumerate(labels[b]):
            touches[b, h] = torch.isin(numbers, numbers[mask])
    excess = (scores - level) * above
    astray = (excess * ~touches).sum(dim=(2, 3))
    total = excess.sum(dim=(2, 3))
    return astray / total.masked_fill(total == 0, 1.0)
