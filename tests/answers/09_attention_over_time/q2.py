# %% wrong: compares the whole rows | says: what stands after the first stop counts for nothing
def judge(written, truth, stop):
    width = max(written.shape[1], truth.shape[1])
    pad = torch.nn.functional.pad
    a = pad(written, (0, width - written.shape[1]), value=stop)
    b = pad(truth, (0, width - truth.shape[1]), value=stop)
    right = (a == b).int().cumprod(1).sum(1)
    return (a == b).all(1), right


# %% wrong: compares columns that do not exist | says: the two numbers of steps may differ
def judge(written, truth, stop):
    a = written.masked_fill((written == stop).cumsum(1) > 0, -1)
    b = truth.masked_fill((truth == stop).cumsum(1) > 0, -1)
    same = a == b
    ends = (a == -1) & (b == -1)
    return same.all(1), (same & ~ends).int().cumprod(1).sum(1)


# %% wrong: cuts what was written where the truth ends | says: the truth ends here and the answer goes on
def judge(written, truth, stop):
    exact, until = [], []
    for a, b in zip(written.tolist(), truth.tolist()):
        b = b[: b.index(stop)] if stop in b else b
        a = a[: len(b)]
        exact.append(a == b)
        n = 0
        while n < min(len(a), len(b)) and a[n] == b[n]:
            n += 1
        until.append(n)
    return torch.tensor(exact), torch.tensor(until)


# %% wrong: a beginning of the truth is good enough | says: the answers must be equally long
def judge(written, truth, stop):
    exact, until = [], []
    for a, b in zip(written.tolist(), truth.tolist()):
        a = a[: a.index(stop)] if stop in a else a
        b = b[: b.index(stop)] if stop in b else b
        n = 0
        while n < min(len(a), len(b)) and a[n] == b[n]:
            n += 1
        exact.append(n == len(a))
        until.append(n)
    return torch.tensor(exact), torch.tensor(until)


# %% wrong: counts every place that agrees | says: right by luck later is none
def judge(written, truth, stop):
    exact, until = [], []
    for a, b in zip(written.tolist(), truth.tolist()):
        a = a[: a.index(stop)] if stop in a else a
        b = b[: b.index(stop)] if stop in b else b
        exact.append(a == b)
        until.append(sum(x == y for x, y in zip(a, b)))
    return torch.tensor(exact), torch.tensor(until)


# %% wrong: the stop counts as a character | says: the stop itself is no character
def judge(written, truth, stop):
    exact, until = [], []
    for a, b in zip(written.tolist(), truth.tolist()):
        a = a[: a.index(stop) + 1] if stop in a else a
        b = b[: b.index(stop) + 1] if stop in b else b
        exact.append(a == b)
        n = 0
        while n < min(len(a), len(b)) and a[n] == b[n]:
            n += 1
        until.append(n)
    return torch.tensor(exact), torch.tensor(until)


# %% wrong: needs a stop in every row | says: ValueError
def judge(written, truth, stop):
    exact, until = [], []
    for a, b in zip(written.tolist(), truth.tolist()):
        a, b = a[: a.index(stop)], b[: b.index(stop)]
        exact.append(a == b)
        n = 0
        while n < min(len(a), len(b)) and a[n] == b[n]:
            n += 1
        until.append(n)
    return torch.tensor(exact), torch.tensor(until)


# %% wrong: 0 is always the stop | says: the stop is an argument
def judge(written, truth, stop):
    exact, until = [], []
    for a, b in zip(written.tolist(), truth.tolist()):
        a = a[: a.index(0)] if 0 in a else a
        b = b[: b.index(0)] if 0 in b else b
        exact.append(a == b)
        n = 0
        while n < min(len(a), len(b)) and a[n] == b[n]:
            n += 1
        until.append(n)
    return torch.tensor(exact), torch.tensor(until)


# %% wrong: one number for the whole batch | says: one number for each sample
def judge(written, truth, stop):
    exact, until = [], []
    for a, b in zip(written.tolist(), truth.tolist()):
        a = a[: a.index(stop)] if stop in a else a
        b = b[: b.index(stop)] if stop in b else b
        exact.append(a == b)
        n = 0
        while n < min(len(a), len(b)) and a[n] == b[n]:
            n += 1
        until.append(n)
    return torch.tensor(exact).float().mean(), torch.tensor(until)


# %% wrong: takes the stop out instead of stopping at it | says: what stands after the first stop
def judge(written, truth, stop):
    exact, until = [], []
    for a, b in zip(written.tolist(), truth.tolist()):
        a, b = [x for x in a if x != stop], [x for x in b if x != stop]
        exact.append(a == b)
        n = 0
        while n < min(len(a), len(b)) and a[n] == b[n]:
            n += 1
        until.append(n)
    return torch.tensor(exact), torch.tensor(until)


# %% wrong: exact as numbers | says: exact that is not boolean
def judge(written, truth, stop):
    exact, until = [], []
    for a, b in zip(written.tolist(), truth.tolist()):
        a = a[: a.index(stop)] if stop in a else a
        b = b[: b.index(stop)] if stop in b else b
        exact.append(float(a == b))
        n = 0
        while n < min(len(a), len(b)) and a[n] == b[n]:
            n += 1
        until.append(n)
    return torch.tensor(exact), torch.tensor(until)


# %% right: without a loop
def judge(written, truth, stop):
    def cut(rows, width, end):
        rows = rows.masked_fill((rows == stop).cumsum(1) > 0, end)
        return torch.nn.functional.pad(rows, (0, width - rows.shape[1]), value=end)

    width = max(written.shape[1], truth.shape[1])
    a, b = cut(written, width, -1), cut(truth, width, -1)
    until = ((a == b) & (a != -1)).int().cumprod(1).sum(1)
    return (a == b).all(1), until


# %% right: by counting the length of the common beginning
def judge(written, truth, stop):
    from itertools import takewhile

    exact, until = [], []
    for a, b in zip(written.tolist(), truth.tolist()):
        a = list(takewhile(lambda x: x != stop, a))
        b = list(takewhile(lambda x: x != stop, b))
        n = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(a, b))))
        exact.append(n == len(a) == len(b))
        until.append(n)
    return torch.tensor(exact), torch.tensor(until)


# %% wrong: fills up with 99 | says: your filler is a character
def judge(written, truth, stop):
    import torch.nn.functional as F

    n = max(written.shape[1], truth.shape[1])

    def cut(x):
        x = x.masked_fill((x == stop).cumsum(-1) > 0, 99)
        return F.pad(x, (0, n - x.shape[1]), value=99)

    a, b = cut(written), cut(truth)
    same = a == b
    exact = same.all(-1)
    until = (same & (a != 99)).long().cumprod(-1).sum(-1)
    return exact, until


# %% wrong: fills up with one more than the largest written | says: your filler is a character
def judge(written, truth, stop):
    import torch.nn.functional as F

    n = max(written.shape[1], truth.shape[1])
    f = int(written.max()) + 1

    def cut(x):
        x = x.masked_fill((x == stop).cumsum(-1) > 0, f)
        return F.pad(x, (0, n - x.shape[1]), value=f)

    a, b = cut(written), cut(truth)
    same = a == b
    return same.all(-1), (same & (a != f)).long().cumprod(-1).sum(-1)


# %% wrong: right_until as float | says: right_until holds whole numbers
def judge(written, truth, stop):
    import torch.nn.functional as F

    n = max(written.shape[1], truth.shape[1])

    def cut(x):
        x = x.masked_fill((x == stop).cumsum(-1) > 0, -1)
        return F.pad(x, (0, n - x.shape[1]), value=-1)

    a, b = cut(written), cut(truth)
    same = a == b
    return same.all(-1), (same & (a != -1)).float().cumprod(-1).sum(-1)


# %% wrong: returns lists not tensors | says: asks for a torch.Tensor
def judge(written, truth, stop):
    E, R = [], []
    for m, t in zip(written.tolist(), truth.tolist()):
        m = m[: m.index(stop)] if stop in m else m
        t = t[: t.index(stop)] if stop in t else t
        r = 0
        while r < min(len(m), len(t)) and m[r] == t[r]:
            r += 1
        E.append(m == t)
        R.append(r)
    return E, R
