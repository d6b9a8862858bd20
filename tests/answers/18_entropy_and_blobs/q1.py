# %% wrong: odd and even rows exchanged | says: even row 0: below stand columns -1 and 0
def honeycomb_labels(mask):
    return fill(mask, lambda i: (0, 1) if i % 2 == 0 else (-1, 0))


def fill(mask, offsets, sides=(-1, 1), first=1):
    height, width = mask.shape
    labels = torch.zeros(height, width, dtype=torch.int64)
    count = first - 1
    for start in mask.nonzero().tolist():
        if labels[tuple(start)]:
            continue
        count += 1
        labels[tuple(start)] = count
        waiting = [start]
        while waiting:
            i, j = waiting.pop()
            near = [(i, j + k) for k in sides]
            near += [(i + d, j + k) for d in (-1, 1) for k in offsets(i)]
            for y, x in near:
                inside = 0 <= y < height and 0 <= x < width
                if inside and mask[y, x] and not labels[y, x]:
                    labels[y, x] = count
                    waiting.append((y, x))
    return labels


# %% wrong: eight neighbours | says: even row 0: column +1 of the row below is far
def honeycomb_labels(mask):
    return label_blobs(mask, 8)


# %% wrong: four neighbours | says: even row 0: below stand columns -1 and 0
def honeycomb_labels(mask):
    return label_blobs(mask, 4)


# %% wrong: the same offsets in every row | says: odd row 1: below stand columns 0 and +1
def honeycomb_labels(mask):
    return fill(mask, lambda i: (-1, 0))


def fill(mask, offsets):
    height, width = mask.shape
    parent = {tuple(p): tuple(p) for p in mask.nonzero().tolist()}

    def root(p):
        while parent[p] != p:
            p = parent[p]
        return p

    for i, j in parent:
        for near in [(i, j + 1), *((i + 1, j + k) for k in offsets(i))]:
            if near in parent:
                parent[root(near)] = root((i, j))
    names = {}
    labels = torch.zeros(height, width, dtype=torch.int64)
    for p in parent:
        labels[p] = names.setdefault(root(p), len(names) + 1)
    return labels


# %% wrong: one pass that never unites two numbers | says: two arms that meet further down are one region
def honeycomb_labels(mask):
    height, width = mask.shape
    labels = torch.zeros(height, width, dtype=torch.int64)
    count = 0
    for i, j in mask.nonzero().tolist():
        push = i % 2
        found = 0
        for y, x in [(i, j - 1), (i - 1, j + push - 1), (i - 1, j + push)]:
            if y >= 0 and 0 <= x < width and labels[y, x]:
                found = found or int(labels[y, x])
        if not found:
            count += 1
            found = count
        labels[i, j] = found
    return labels


# %% wrong: index -1 is the last column | says: the two ends of a row do not touch
def honeycomb_labels(mask):
    height, width = mask.shape
    labels = torch.zeros(height, width, dtype=torch.int64)
    count = 0
    for start in mask.nonzero().tolist():
        if labels[tuple(start)]:
            continue
        count += 1
        labels[tuple(start)] = count
        waiting = [start]
        while waiting:
            i, j = waiting.pop()
            push = i % 2
            near = [(i, j - 1), (i, j + 1)]
            near += [(i + d, j + push - k) for d in (-1, 1) for k in (0, 1)]
            for y, x in near:
                if y < 0 or y >= height or x >= width:
                    continue
                if mask[y, x] and not labels[y, x]:
                    labels[y, x] = count
                    waiting.append((y, x % width))
    return labels


# %% wrong: calls itself | says: keep a list of pixels to visit instead of calling yourself
def honeycomb_labels(mask):
    height, width = mask.shape
    labels = torch.zeros(height, width, dtype=torch.int64)

    def visit(i, j, number):
        inside = 0 <= i < height and 0 <= j < width
        if not inside or not mask[i, j] or labels[i, j]:
            return
        labels[i, j] = number
        push = i % 2
        near = [(i, j - 1), (i, j + 1)]
        near += [(i + d, j + push - k) for d in (-1, 1) for k in (0, 1)]
        for y, x in near:
            visit(y, x, number)

    count = 0
    for i, j in mask.nonzero().tolist():
        if not labels[i, j]:
            count += 1
            visit(i, j, count)
    return labels


# %% wrong: numbers from 0 | says: count the regions from 1: 0 means outside
def honeycomb_labels(mask):
    height, width = mask.shape
    labels = torch.zeros(height, width, dtype=torch.int64)
    seen, count = set(), 0
    for start in map(tuple, mask.nonzero().tolist()):
        if start in seen:
            continue
        waiting = [start]
        seen.add(start)
        while waiting:
            i, j = waiting.pop()
            labels[i, j] = count
            push = i % 2
            near = [(i, j - 1), (i, j + 1)]
            near += [(i + d, j + push - k) for d in (-1, 1) for k in (0, 1)]
            for y, x in near:
                inside = 0 <= y < height and 0 <= x < width
                if inside and mask[y, x] and (y, x) not in seen:
                    seen.add((y, x))
                    waiting.append((y, x))
        count += 1
    return labels


# %% wrong: numbers the last region first | says: number the regions in the order in which reading meets them
def honeycomb_labels(mask):
    height, width = mask.shape
    labels = torch.zeros(height, width, dtype=torch.int64)
    count = 0
    for start in reversed(mask.nonzero().tolist()):
        if labels[tuple(start)]:
            continue
        count += 1
        labels[tuple(start)] = count
        waiting = [start]
        while waiting:
            i, j = waiting.pop()
            push = i % 2
            near = [(i, j - 1), (i, j + 1)]
            near += [(i + d, j + push - k) for d in (-1, 1) for k in (0, 1)]
            for y, x in near:
                inside = 0 <= y < height and 0 <= x < width
                if inside and mask[y, x] and not labels[y, x]:
                    labels[y, x] = count
                    waiting.append((y, x))
    return labels


# %% wrong: writes into the mask | says: a changed mask
def honeycomb_labels(mask):
    height, width = mask.shape
    labels = torch.zeros(height, width, dtype=torch.int64)
    count = 0
    for start in mask.nonzero().tolist():
        if not mask[tuple(start)]:
            continue
        count += 1
        waiting = [tuple(start)]
        mask[tuple(start)] = False
        while waiting:
            i, j = waiting.pop()
            labels[i, j] = count
            push = i % 2
            near = [(i, j - 1), (i, j + 1)]
            near += [(i + d, j + push - k) for d in (-1, 1) for k in (0, 1)]
            for y, x in near:
                if 0 <= y < height and 0 <= x < width and mask[y, x]:
                    mask[y, x] = False
                    waiting.append((y, x))
    return labels


# %% wrong: numbers that a byte holds | says: does the type of your labels hold 400?
def honeycomb_labels(mask):
    height, width = mask.shape
    labels = torch.zeros(height, width, dtype=torch.uint8)
    count = 0
    for start in mask.nonzero().tolist():
        if labels[tuple(start)]:
            continue
        count += 1
        labels[tuple(start)] = count
        waiting = [start]
        while waiting:
            i, j = waiting.pop()
            push = i % 2
            near = [(i, j - 1), (i, j + 1)]
            near += [(i + d, j + push - k) for d in (-1, 1) for k in (0, 1)]
            for y, x in near:
                inside = 0 <= y < height and 0 <= x < width
                if inside and mask[y, x] and not labels[y, x]:
                    labels[y, x] = count
                    waiting.append((y, x))
    return labels


# %% wrong: forgets to return | says: is there a return statement?
def honeycomb_labels(mask):
    height, width = mask.shape
    labels = torch.zeros(height, width, dtype=torch.int64)
    count = 0
    for start in mask.nonzero().tolist():
        if labels[tuple(start)]:
            continue
        count += 1
        labels[tuple(start)] = count
        waiting = [start]
        while waiting:
            i, j = waiting.pop()
            push = i % 2
            near = [(i, j - 1), (i, j + 1)]
            near += [(i + d, j + push - k) for d in (-1, 1) for k in (0, 1)]
            for y, x in near:
                inside = 0 <= y < height and 0 <= x < width
                if inside and mask[y, x] and not labels[y, x]:
                    labels[y, x] = count
                    waiting.append((y, x))


# %% wrong: numbers 2, 4, 6 | says: number the regions 1, 2, 3, ... without gaps
def honeycomb_labels(mask):
    height, width = mask.shape
    labels = torch.zeros(height, width, dtype=torch.int64)
    count = 0
    for start in mask.nonzero().tolist():
        if labels[tuple(start)]:
            continue
        count += 2
        labels[tuple(start)] = count
        waiting = [start]
        while waiting:
            i, j = waiting.pop()
            push = i % 2
            near = [(i, j - 1), (i, j + 1)]
            near += [(i + d, j + push - k) for d in (-1, 1) for k in (0, 1)]
            for y, x in near:
                inside = 0 <= y < height and 0 <= x < width
                if inside and mask[y, x] and not labels[y, x]:
                    labels[y, x] = count
                    waiting.append((y, x))
    return labels


# %% wrong: row -1 is the last row | says: does your code take row or column -1
def honeycomb_labels(mask):
    height, width = mask.shape
    labels = torch.zeros(height, width, dtype=torch.int64)
    count = 0
    for start in mask.nonzero().tolist():
        if labels[tuple(start)]:
            continue
        count += 1
        labels[tuple(start)] = count
        waiting = [start]
        while waiting:
            i, j = waiting.pop()
            push = i % 2
            near = [(i, j - 1), (i, j + 1)]
            near += [(i + d, j + push - k) for d in (-1, 1) for k in (0, 1)]
            for y, x in near:
                inside = y < height and x < width
                if inside and mask[y, x] and not labels[y, x]:
                    labels[y, x] = count
                    waiting.append((y, x))
    return labels


# %% wrong: labels that are no whole numbers | says: whole numbers: an integer type
def honeycomb_labels(mask):
    height, width = mask.shape
    labels = torch.zeros(height, width, dtype=torch.float32)
    count = 0
    for start in mask.nonzero().tolist():
        if labels[tuple(start)]:
            continue
        count += 1
        labels[tuple(start)] = count
        waiting = [start]
        while waiting:
            i, j = waiting.pop()
            push = i % 2
            near = [(i, j - 1), (i, j + 1)]
            near += [(i + d, j + push - k) for d in (-1, 1) for k in (0, 1)]
            for y, x in near:
                inside = 0 <= y < height and 0 <= x < width
                if inside and mask[y, x] and not labels[y, x]:
                    labels[y, x] = count
                    waiting.append((y, x))
    return labels


# %% right: union-find
def honeycomb_labels(mask):
    height, width = mask.shape
    parent = {tuple(p): tuple(p) for p in mask.nonzero().tolist()}

    def root(p):
        while parent[p] != p:
            parent[p] = parent[parent[p]]
            p = parent[p]
        return p

    for i, j in parent:
        push = i % 2
        for near in [(i, j + 1), (i + 1, j + push - 1), (i + 1, j + push)]:
            if near in parent:
                parent[root(near)] = root((i, j))
    names = {}
    labels = torch.zeros(height, width, dtype=torch.int32)
    for p in parent:
        labels[p] = names.setdefault(root(p), len(names) + 1)
    return labels


# %% right: numbers that spread until nothing changes, in NumPy
def honeycomb_labels(mask):
    m = mask.numpy()
    h, w = m.shape
    big = h * w + 1
    ids = np.where(m, np.arange(1, h * w + 1).reshape(h, w), big)
    odd = (np.arange(h) % 2)[:, None]
    while True:
        wide = np.full((h + 2, w + 2), big)
        wide[1:-1, 1:-1] = ids
        views = [wide[1:-1, :-2], wide[1:-1, 2:]]
        for rows in (wide[:-2], wide[2:]):
            left, middle, right = rows[:, :-2], rows[:, 1:-1], rows[:, 2:]
            views += [middle, np.where(odd == 1, right, left)]
        new = np.where(m, np.minimum(ids, np.min(views, axis=0)), big)
        if (new == ids).all():
            break
        ids = new
    names = {n: k for k, n in enumerate(sorted(set(ids[m].tolist())), 1)}
    return np.array([[names.get(n, 0) for n in row] for row in ids.tolist()])
