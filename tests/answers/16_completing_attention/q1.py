# %% wrong: height and width exchanged | says: height counts rows, width counts columns
def erase_rectangle(images, maps, height, width):
    return build(images, maps, width, height)


def build(images, maps, height, width, fill=None, place=None):
    holes = torch.zeros_like(maps, dtype=torch.bool)
    for n, one in enumerate(maps.double()):
        table = one.unfold(0, height, 1).unfold(1, width, 1).sum((-1, -2))
        flat = int(table.argmax())
        top, left = flat // table.shape[1], flat % table.shape[1]
        holes[n, top : top + height, left : left + width] = True
    erased = images.clone()
    for n in range(len(images)):
        for c in range(images.shape[1]):
            plane = images[n, c].double()
            erased[n, c][holes[n]] = plane[~holes[n]].mean().to(images.dtype)
    return erased, holes


# %% wrong: centred on the largest number, cut off at the rim | says: not the largest number
def erase_rectangle(images, maps, height, width):
    holes = torch.zeros_like(maps, dtype=torch.bool)
    for n, one in enumerate(maps):
        row, column = divmod(int(one.argmax()), one.shape[1])
        top, left = row - height // 2, column - width // 2
        holes[n, max(top, 0) : top + height, max(left, 0) : left + width] = True
    outside = ~holes[:, None]
    total = (images * outside).sum((2, 3), keepdim=True)
    mean = total / outside.sum((2, 3), keepdim=True)
    return torch.where(outside, images, mean), holes


# %% wrong: the best rectangle of a padded map, cut off at the rim | says: rectangles lie wholly within the picture
def erase_rectangle(images, maps, height, width):
    holes = torch.zeros_like(maps, dtype=torch.bool)
    for n, one in enumerate(maps.double()):
        low = float(one.min())
        around = F.pad(one[None] - low, (width, width, height, height))[0]
        table = around.unfold(0, height, 1).unfold(1, width, 1).sum((-1, -2))
        ties = (table >= table.max() - 1e-9).nonzero()
        top, left = (ties[0] - torch.tensor([height, width])).tolist()
        if len(ties) > 1 and n == 0:
            top, left = (ties[-1] - torch.tensor([height, width])).tolist()
        rows, columns = torch.arange(one.shape[0]), torch.arange(one.shape[1])
        rows = (rows >= top) & (rows < top + height)
        columns = (columns >= left) & (columns < left + width)
        holes[n] = rows[:, None] & columns
    outside = ~holes[:, None]
    total = (images * outside).sum((2, 3), keepdim=True)
    mean = total / outside.sum((2, 3), keepdim=True)
    return torch.where(outside, images, mean), holes


# %% wrong: divides by the columns of the picture | says: compare the sums of rectangles
def erase_rectangle(images, maps, height, width):
    holes = torch.zeros_like(maps, dtype=torch.bool)
    for n, one in enumerate(maps.double()):
        table = one.unfold(0, height, 1).unfold(1, width, 1).sum((-1, -2))
        top, left = divmod(int(table.argmax()), one.shape[1])
        if table.shape[0] == 2:
            top, left = divmod(int(table.argmax()), table.shape[1])
        left = min(left, one.shape[1] - width)
        holes[n, top : top + height, left : left + width] = True
    outside = ~holes[:, None]
    total = (images * outside).sum((2, 3), keepdim=True)
    mean = total / outside.sum((2, 3), keepdim=True)
    return torch.where(outside, images, mean), holes


# %% wrong: the mean of the whole picture | says: without those in the hole
def erase_rectangle(images, maps, height, width):
    holes = torch.zeros_like(maps, dtype=torch.bool)
    for n, one in enumerate(maps.double()):
        table = one.unfold(0, height, 1).unfold(1, width, 1).sum((-1, -2))
        top, left = divmod(int(table.argmax()), table.shape[1])
        holes[n, top : top + height, left : left + width] = True
    mean = images.mean((2, 3), keepdim=True)
    return torch.where(~holes[:, None], images, mean), holes


# %% wrong: divides by all pixels | says: without those in the hole
def erase_rectangle(images, maps, height, width):
    holes = torch.zeros_like(maps, dtype=torch.bool)
    for n, one in enumerate(maps.double()):
        table = one.unfold(0, height, 1).unfold(1, width, 1).sum((-1, -2))
        top, left = divmod(int(table.argmax()), table.shape[1])
        holes[n, top : top + height, left : left + width] = True
    outside = ~holes[:, None]
    mean = (images * outside).mean((2, 3), keepdim=True)
    return torch.where(outside, images, mean), holes


# %% wrong: fills with 0 as the lesson does | says: without those in the hole
def erase_rectangle(images, maps, height, width):
    holes = torch.zeros_like(maps, dtype=torch.bool)
    for n, one in enumerate(maps.double()):
        table = one.unfold(0, height, 1).unfold(1, width, 1).sum((-1, -2))
        top, left = divmod(int(table.argmax()), table.shape[1])
        holes[n, top : top + height, left : left + width] = True
    return images.masked_fill(holes[:, None], 0.0), holes


# %% wrong: one filling for all channels | says: one filling for both channels
def erase_rectangle(images, maps, height, width):
    holes = torch.zeros_like(maps, dtype=torch.bool)
    for n, one in enumerate(maps.double()):
        table = one.unfold(0, height, 1).unfold(1, width, 1).sum((-1, -2))
        top, left = divmod(int(table.argmax()), table.shape[1])
        holes[n, top : top + height, left : left + width] = True
    outside = (~holes[:, None]).expand_as(images)
    total = (images * outside).sum((1, 2, 3), keepdim=True)
    mean = total / outside.sum((1, 2, 3), keepdim=True)
    return torch.where(outside, images, mean), holes


# %% wrong: one filling for all pictures | says: one filling for both pictures
def erase_rectangle(images, maps, height, width):
    holes = torch.zeros_like(maps, dtype=torch.bool)
    for n, one in enumerate(maps.double()):
        table = one.unfold(0, height, 1).unfold(1, width, 1).sum((-1, -2))
        top, left = divmod(int(table.argmax()), table.shape[1])
        holes[n, top : top + height, left : left + width] = True
    outside = (~holes[:, None]).expand_as(images)
    total = (images * outside).sum((0, 2, 3), keepdim=True)
    mean = total / outside.sum((0, 2, 3), keepdim=True)
    return torch.where(outside, images, mean), holes


# %% wrong: negative numbers of the map become 0 | says: maps may be negative
def erase_rectangle(images, maps, height, width):
    holes = torch.zeros_like(maps, dtype=torch.bool)
    for n, one in enumerate(maps.double().relu()):
        table = one.unfold(0, height, 1).unfold(1, width, 1).sum((-1, -2))
        top, left = divmod(int(table.argmax()), table.shape[1])
        holes[n, top : top + height, left : left + width] = True
    outside = ~holes[:, None]
    total = (images * outside).sum((2, 3), keepdim=True)
    mean = total / outside.sum((2, 3), keepdim=True)
    return torch.where(outside, images, mean), holes


# %% wrong: writes into the images | says: was changed by your function
def erase_rectangle(images, maps, height, width):
    holes = torch.zeros_like(maps, dtype=torch.bool)
    for n, one in enumerate(maps.double()):
        table = one.unfold(0, height, 1).unfold(1, width, 1).sum((-1, -2))
        top, left = divmod(int(table.argmax()), table.shape[1])
        holes[n, top : top + height, left : left + width] = True
        for plane in images[n]:
            plane[holes[n]] = plane[~holes[n]].mean()
    return images, holes


# %% wrong: adds up in float16 | says: add up in a wider type
def erase_rectangle(images, maps, height, width):
    holes = torch.zeros_like(maps, dtype=torch.bool)
    for n, one in enumerate(maps):
        table = one.unfold(0, height, 1).unfold(1, width, 1).sum((-1, -2))
        top, left = divmod(int(table.argmax()), table.shape[1])
        holes[n, top : top + height, left : left + width] = True
    outside = ~holes[:, None]
    total = (images * outside).sum((2, 3), keepdim=True)
    mean = total / outside.sum((2, 3), keepdim=True)
    return torch.where(outside, images, mean), holes


# %% wrong: marks what is left instead of the hole | says: the largest sum of a rectangle
def erase_rectangle(images, maps, height, width):
    holes = torch.zeros_like(maps, dtype=torch.bool)
    for n, one in enumerate(maps.double()):
        table = one.unfold(0, height, 1).unfold(1, width, 1).sum((-1, -2))
        top, left = divmod(int(table.argmax()), table.shape[1])
        holes[n, top : top + height, left : left + width] = True
    outside = ~holes[:, None]
    total = (images * outside).sum((2, 3), keepdim=True)
    mean = total / outside.sum((2, 3), keepdim=True)
    return torch.where(outside, images, mean), ~holes


# %% right: loops and slices
def erase_rectangle(images, maps, height, width):
    erased, holes = images.clone(), torch.zeros(maps.shape, dtype=torch.bool)
    for n in range(len(maps)):
        best, place = -float("inf"), None
        for top in range(maps.shape[1] - height + 1):
            for left in range(maps.shape[2] - width + 1):
                block = maps[n, top : top + height, left : left + width]
                total = float(block.double().sum())
                if total > best:
                    best, place = total, (top, left)
        top, left = place
        holes[n, top : top + height, left : left + width] = True
        for c in range(images.shape[1]):
            rest = images[n, c][~holes[n]].double().mean()
            erased[n, c][holes[n]] = rest.to(images.dtype)
    return erased, holes


# %% right: NumPy with cumulative sums
def erase_rectangle(images, maps, height, width):
    numbers = maps.detach().numpy().astype(np.float64)
    sums = np.pad(numbers, ((0, 0), (1, 0), (1, 0))).cumsum(1).cumsum(2)
    table = (
        sums[:, height:, width:]
        - sums[:, :-height, width:]
        - sums[:, height:, :-width]
        + sums[:, :-height, :-width]
    )
    spots = table.reshape(len(table), -1).argmax(1)
    tops, lefts = np.unravel_index(spots, table.shape[1:])
    rows = np.arange(maps.shape[1])[None] - tops[:, None]
    columns = np.arange(maps.shape[2])[None] - lefts[:, None]
    rows, columns = (rows >= 0) & (rows < height), (columns >= 0) & (columns < width)
    holes = torch.from_numpy(rows[:, :, None] & columns[:, None, :])
    pixels = images.double()
    outside = (~holes)[:, None].double()
    mean = (
        torch.einsum("bcij,bxij->bc", pixels, outside) / outside.sum((1, 2, 3))[:, None]
    )
    filled = pixels * outside + mean[:, :, None, None] * (1 - outside)
    return filled.to(images.dtype), holes


# %% wrong: counts what is not 0 | says: a pixel that is 0 counts like any other
def erase_rectangle(images, maps, height, width):
    holes = build(images, maps, height, width)[1]
    kept = images.double() * ~holes[:, None]
    mean = kept.sum((2, 3), keepdim=True) / (kept != 0).sum((2, 3), keepdim=True)
    return torch.where(~holes[:, None], images, mean.to(images.dtype)), holes


def build(images, maps, height, width):
    holes = torch.zeros_like(maps, dtype=torch.bool)
    for n, one in enumerate(maps.double()):
        table = one.unfold(0, height, 1).unfold(1, width, 1).sum((-1, -2))
        top, left = divmod(int(table.argmax()), table.shape[1])
        holes[n, top : top + height, left : left + width] = True
    return images, holes


# %% wrong: fills whatever is 0 | says: a pixel that is 0 counts like any other
def erase_rectangle(images, maps, height, width):
    holes = build(images, maps, height, width)[1]
    erased = images.masked_fill(holes[:, None], 0)
    total = erased.double().sum((2, 3), keepdim=True)
    mean = total / (erased != 0).sum((2, 3), keepdim=True)
    return torch.where(erased == 0, mean.to(images.dtype), images), holes


def build(images, maps, height, width):
    holes = torch.zeros_like(maps, dtype=torch.bool)
    for n, one in enumerate(maps.double()):
        table = one.unfold(0, height, 1).unfold(1, width, 1).sum((-1, -2))
        top, left = divmod(int(table.argmax()), table.shape[1])
        holes[n, top : top + height, left : left + width] = True
    return images, holes


# %% wrong: compares in single precision | says: keep double numbers double
def erase_rectangle(images, maps, height, width):
    means = F.avg_pool2d(maps.float()[:, None], (height, width), stride=1)[:, 0]
    holes = torch.zeros_like(maps, dtype=torch.bool)
    for number, table in enumerate(means):
        top, left = divmod(int(table.argmax()), table.shape[1])
        holes[number, top : top + height, left : left + width] = True
    outside = ~holes[:, None]
    left = images.double().masked_fill(~outside, 0.0)
    mean = left.sum(dim=(2, 3), keepdim=True) / outside.sum(dim=(2, 3), keepdim=True)
    return torch.where(outside, images, mean.to(images.dtype)), holes
