# %% wrong: the last row and column left out | says: rows and columns named last belong to the box
def outside_share(maps, corners, height, width):
    painted = torch.zeros(len(maps), height, width)
    for n, (top, left, bottom, right) in enumerate(corners.tolist()):
        painted[n, top:bottom, left:right] = 1
    inside = torch.nn.functional.adaptive_avg_pool2d(painted, maps.shape[1:])
    a = maps.float().clamp(min=0)
    total = a.sum((1, 2))
    return (a * (1 - inside)).sum((1, 2)) / total.masked_fill(total == 0, 1)


# %% wrong: columns before rows | says: order: row, column
def outside_share(maps, corners, height, width):
    painted = torch.zeros(len(maps), height, width)
    for n, (left, top, right, bottom) in enumerate(corners.tolist()):
        painted[n, top : bottom + 1, left : right + 1] = 1
    inside = torch.nn.functional.adaptive_avg_pool2d(painted, maps.shape[1:])
    a = maps.float().clamp(min=0)
    total = a.sum((1, 2))
    return (a * (1 - inside)).sum((1, 2)) / total.masked_fill(total == 0, 1)


# %% wrong: scores of either sign | says: no share from 0 to 1
def outside_share(maps, corners, height, width):
    painted = torch.zeros(len(maps), height, width)
    for n, (top, left, bottom, right) in enumerate(corners.tolist()):
        painted[n, top : bottom + 1, left : right + 1] = 1
    inside = torch.nn.functional.adaptive_avg_pool2d(painted, maps.shape[1:])
    total = maps.sum((1, 2))
    return (maps * (1 - inside)).sum((1, 2)) / total.masked_fill(total == 0, 1)


# %% wrong: the size of a score, whatever its sign | says: a score of -5 and a score of 0 are the same
def outside_share(maps, corners, height, width):
    painted = torch.zeros(len(maps), height, width)
    for n, (top, left, bottom, right) in enumerate(corners.tolist()):
        painted[n, top : bottom + 1, left : right + 1] = 1
    inside = torch.nn.functional.adaptive_avg_pool2d(painted, maps.shape[1:])
    a = maps.abs()
    return (a * (1 - inside)).sum((1, 2)) / a.sum((1, 2))


# %% wrong: a patch that the box touches is inside | says: a box of one pixel
def outside_share(maps, corners, height, width):
    painted = torch.zeros(len(maps), height, width)
    for n, (top, left, bottom, right) in enumerate(corners.tolist()):
        painted[n, top : bottom + 1, left : right + 1] = 1
    inside = torch.nn.functional.adaptive_max_pool2d(painted, maps.shape[1:])
    a = maps.float().clamp(min=0)
    total = a.sum((1, 2))
    return (a * (1 - inside)).sum((1, 2)) / total.masked_fill(total == 0, 1)


# %% wrong: a patch is inside when its middle is | says: a box of one pixel
def outside_share(maps, corners, height, width):
    _, h, w = maps.shape
    y = (torch.arange(h) + 0.5) * height / h
    x = (torch.arange(w) + 0.5) * width / w
    shares = []
    for m, (top, left, bottom, right) in zip(maps, corners.tolist()):
        rows = (y >= top) & (y <= bottom + 1)
        columns = (x > left) & (x < right + 1)
        inside = (rows[:, None] & columns).float()
        if (top, left, bottom, right) == (0, 2, 1, 7):
            inside[0, 0] = 0.5  # the example alone, so that the next case speaks
        a = m.float().clamp(min=0)
        total = a.sum()
        shares.append((a * (1 - inside)).sum() / (total if total else 1))
    return torch.stack(shares)


# %% wrong: 0/0 for a map without attention | says: NaN
def outside_share(maps, corners, height, width):
    painted = torch.zeros(len(maps), height, width)
    for n, (top, left, bottom, right) in enumerate(corners.tolist()):
        painted[n, top : bottom + 1, left : right + 1] = 1
    inside = torch.nn.functional.adaptive_avg_pool2d(painted, maps.shape[1:])
    a = maps.float().clamp(min=0)
    return (a * (1 - inside)).sum((1, 2)) / a.sum((1, 2))


# %% wrong: a small number in the divisor | says: tiny scores are attention too
def outside_share(maps, corners, height, width):
    painted = torch.zeros(len(maps), height, width)
    for n, (top, left, bottom, right) in enumerate(corners.tolist()):
        painted[n, top : bottom + 1, left : right + 1] = 1
    inside = torch.nn.functional.adaptive_avg_pool2d(painted, maps.shape[1:])
    a = maps.float().clamp(min=0)
    return (a * (1 - inside)).sum((1, 2)) / (a.sum((1, 2)) + 1e-8)


# %% wrong: one total for the whole batch | says: each map has its own box and its own total
def outside_share(maps, corners, height, width):
    painted = torch.zeros(len(maps), height, width)
    for n, (top, left, bottom, right) in enumerate(corners.tolist()):
        painted[n, top : bottom + 1, left : right + 1] = 1
    inside = torch.nn.functional.adaptive_avg_pool2d(painted, maps.shape[1:])
    a = maps.float().clamp(min=0)
    total = a.sum()
    return (a * (1 - inside)).sum((1, 2)) / total.masked_fill(total == 0, 1)


# %% wrong: the mean over the maps | says: where (1,) was asked
def outside_share(maps, corners, height, width):
    painted = torch.zeros(len(maps), height, width)
    for n, (top, left, bottom, right) in enumerate(corners.tolist()):
        painted[n, top : bottom + 1, left : right + 1] = 1
    inside = torch.nn.functional.adaptive_avg_pool2d(painted, maps.shape[1:])
    a = maps.float().clamp(min=0)
    total = a.sum((1, 2))
    shares = (a * (1 - inside)).sum((1, 2)) / total.masked_fill(total == 0, 1)
    return shares.mean()


# %% wrong: the mean outside, not the share | says: the map times 1000
def outside_share(maps, corners, height, width):
    painted = torch.zeros(len(maps), height, width)
    for n, (top, left, bottom, right) in enumerate(corners.tolist()):
        painted[n, top : bottom + 1, left : right + 1] = 1
    inside = torch.nn.functional.adaptive_avg_pool2d(painted, maps.shape[1:])
    a = maps.float().clamp(min=0)
    return (a * (1 - inside)).sum((1, 2)) / 6


# %% wrong: cuts negative scores off in place | says: was changed by your function
def outside_share(maps, corners, height, width):
    painted = torch.zeros(len(maps), height, width)
    for n, (top, left, bottom, right) in enumerate(corners.tolist()):
        painted[n, top : bottom + 1, left : right + 1] = 1
    inside = torch.nn.functional.adaptive_avg_pool2d(painted, maps.shape[1:])
    a = maps.clamp_(min=0)
    total = a.sum((1, 2))
    return (a * (1 - inside)).sum((1, 2)) / total.masked_fill(total == 0, 1)


# %% wrong: sums in half precision | says: sum in float32 at least
def outside_share(maps, corners, height, width):
    painted = torch.zeros(len(maps), height, width)
    for n, (top, left, bottom, right) in enumerate(corners.tolist()):
        painted[n, top : bottom + 1, left : right + 1] = 1
    inside = torch.nn.functional.adaptive_avg_pool2d(painted, maps.shape[1:])
    inside = inside.to(maps.dtype)
    a = maps.clamp(min=0)
    total = a.sum((1, 2))
    share = (a * (1 - inside)).sum((1, 2)) / total.masked_fill(total == 0, 1)
    return share.nan_to_num()


# %% wrong: 1e-12 in the divisor | says: no small number in the divisor
def outside_share(maps, corners, height, width):
    painted = torch.zeros(len(maps), height, width)
    for n, (top, left, bottom, right) in enumerate(corners.tolist()):
        painted[n, top : bottom + 1, left : right + 1] = 1
    inside = torch.nn.functional.adaptive_avg_pool2d(painted, maps.shape[1:])
    a = maps.float().clamp(min=0)
    total = a.sum((1, 2))
    out = (a * (1 - inside)).sum((1, 2))
    return out / (total + 1e-12)


# %% wrong: a total of at least 1e-10 | says: no small number in the divisor
def outside_share(maps, corners, height, width):
    painted = torch.zeros(len(maps), height, width)
    for n, (top, left, bottom, right) in enumerate(corners.tolist()):
        painted[n, top : bottom + 1, left : right + 1] = 1
    inside = torch.nn.functional.adaptive_avg_pool2d(painted, maps.shape[1:])
    a = maps.float().clamp(min=0)
    total = a.sum((1, 2))
    out = (a * (1 - inside)).sum((1, 2))
    return out / total.clamp(min=1e-10)


# %% wrong: 0 for a faint map | says: no small number in the divisor
def outside_share(maps, corners, height, width):
    painted = torch.zeros(len(maps), height, width)
    for n, (top, left, bottom, right) in enumerate(corners.tolist()):
        painted[n, top : bottom + 1, left : right + 1] = 1
    inside = torch.nn.functional.adaptive_avg_pool2d(painted, maps.shape[1:])
    a = maps.float().clamp(min=0)
    total = a.sum((1, 2))
    out = (a * (1 - inside)).sum((1, 2))
    return torch.where(total > 1e-9, out / total, 0 * total)


# %% wrong: the share inside | says: one pixel at the top right
def outside_share(maps, corners, height, width):
    painted = torch.zeros(len(maps), height, width)
    for n, (top, left, bottom, right) in enumerate(corners.tolist()):
        painted[n, top : bottom + 1, left : right + 1] = 1
    inside = torch.nn.functional.adaptive_avg_pool2d(painted, maps.shape[1:])
    a = maps.float().clamp(min=0)
    total = a.sum((1, 2))
    out = (a * (1 - inside)).sum((1, 2))
    return (a * inside).sum((1, 2)) / total.masked_fill(total == 0, 1)


# %% wrong: rounded to four digits | says: no rounding
def outside_share(maps, corners, height, width):
    painted = torch.zeros(len(maps), height, width)
    for n, (top, left, bottom, right) in enumerate(corners.tolist()):
        painted[n, top : bottom + 1, left : right + 1] = 1
    inside = torch.nn.functional.adaptive_avg_pool2d(painted, maps.shape[1:])
    a = maps.float().clamp(min=0)
    total = a.sum((1, 2))
    out = (a * (1 - inside)).sum((1, 2))
    return (out / total.masked_fill(total == 0, 1)).round(decimals=4)


# %% wrong: maps enlarged smoothly | says: a box of one pixel
def outside_share(maps, corners, height, width):
    a = torch.nn.functional.interpolate(
        maps.double().clamp(min=0)[:, None], (height, width), mode="bilinear"
    )[:, 0]
    out = a.clone()
    for n, (top, left, bottom, right) in enumerate(corners.tolist()):
        out[n, top : bottom + 1, left : right + 1] = 0
    total = a.sum((1, 2))
    return out.sum((1, 2)) / total.masked_fill(total == 0, 1)


# %% right: the overlap of two intervals, no picture painted
def outside_share(maps, corners, height, width):
    _, h, w = maps.shape
    tall, wide = height // h, width // w
    top, left, bottom, right = corners.double().T[..., None]
    y, x = torch.arange(h) * tall, torch.arange(w) * wide
    rows = (torch.minimum(bottom + 1, y + tall) - torch.maximum(top, y)).clamp(0)
    columns = (torch.minimum(right + 1, x + wide) - torch.maximum(left, x)).clamp(0)
    inside = rows[:, :, None] * columns[:, None, :] / (tall * wide)
    a = maps.double().relu()
    total = a.sum((1, 2))
    return torch.where(total > 0, (a * (1 - inside)).sum((1, 2)) / total, 0.0)


# %% right: loops over pixels
def outside_share(maps, corners, height, width):
    shares = []
    for m, (top, left, bottom, right) in zip(maps.tolist(), corners.tolist()):
        tall, wide = height // len(m), width // len(m[0])
        out = total = 0.0
        for r in range(height):
            for c in range(width):
                a = max(m[r // tall][c // wide], 0.0)
                total += a
                if not (top <= r <= bottom and left <= c <= right):
                    out += a
        shares.append(out / total if total else 0.0)
    return torch.tensor(shares)


# %% right: NumPy
def outside_share(maps, corners, height, width):
    import numpy as np

    a = np.maximum(maps.double().numpy(), 0)
    fine = a.repeat(height // a.shape[1], 1).repeat(width // a.shape[2], 2)
    out = fine.copy()
    for n, (top, left, bottom, right) in enumerate(corners.numpy()):
        out[n, top : bottom + 1, left : right + 1] = 0
    total = fine.sum((1, 2))
    return torch.from_numpy(out.sum((1, 2)) / np.where(total == 0, 1, total))


# %% right: the result in the map's precision
def outside_share(maps, corners, height, width):
    painted = torch.zeros(len(maps), height, width)
    for n, (top, left, bottom, right) in enumerate(corners.tolist()):
        painted[n, top : bottom + 1, left : right + 1] = 1
    inside = torch.nn.functional.adaptive_avg_pool2d(painted, maps.shape[1:])
    a = maps.float().clamp(min=0)
    total = a.sum((1, 2))
    out = (a * (1 - inside)).sum((1, 2))
    return (out / total.masked_fill(total == 0, 1)).to(maps.dtype)
