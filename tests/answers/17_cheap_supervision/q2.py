# %% wrong: counts from 0, whatever is taken | says: the example, budget 1
def choose_evenly(uncertainties, classes, budget, taken):
    kinds = classes.tolist()
    free = [n for n in range(len(kinds)) if n not in taken.tolist()]
    count = {k: 0 for k in sorted(set(kinds))}
    chosen = []
    for _ in range(budget):
        kind = min(
            (k for k in count if any(kinds[n] == k for n in free)), key=count.get
        )
        pool = [n for n in free if kinds[n] == kind]
        best = max(pool, key=lambda n: uncertainties[n].item())
        free.remove(best)
        count[kind] += 1
        chosen.append(best)
    return torch.tensor(chosen, dtype=torch.int64)


# %% wrong: the most uncertain, whatever their class | says: class 0 has one already
def choose_evenly(uncertainties, classes, budget, taken):
    u = uncertainties.clone()
    u[taken] = -torch.inf
    return u.argsort(descending=True, stable=True)[:budget]


# %% wrong: chooses what is taken | says: a picture that has an annotation already
def choose_evenly(uncertainties, classes, budget, taken):
    kinds = classes.tolist()
    free = list(range(len(kinds)))
    count = {k: 0 for k in sorted(set(kinds))}
    for n in taken.tolist():
        count[kinds[n]] += 1
    chosen = []
    for _ in range(budget):
        kind = min(
            (k for k in count if any(kinds[n] == k for n in free)), key=count.get
        )
        pool = [n for n in free if kinds[n] == kind]
        best = max(pool, key=lambda n: uncertainties[n].item())
        free.remove(best)
        count[kind] += 1
        chosen.append(best)
    return torch.tensor(chosen, dtype=torch.int64)


# %% wrong: counts only once, at the start | says: count again after each choice
def choose_evenly(uncertainties, classes, budget, taken):
    kinds = classes.tolist()
    free = [n for n in range(len(kinds)) if n not in taken.tolist()]
    count = {k: 0 for k in sorted(set(kinds))}
    for n in taken.tolist():
        count[kinds[n]] += 1
    chosen = []
    for _ in range(budget):
        kind = min(
            (k for k in count if any(kinds[n] == k for n in free)), key=count.get
        )
        pool = [n for n in free if kinds[n] == kind]
        best = max(pool, key=lambda n: uncertainties[n].item())
        free.remove(best)
        chosen.append(best)
    return torch.tensor(chosen, dtype=torch.int64)


# %% wrong: the least uncertain | says: the most uncertain picture
def choose_evenly(uncertainties, classes, budget, taken):
    kinds = classes.tolist()
    free = [n for n in range(len(kinds)) if n not in taken.tolist()]
    count = {k: 0 for k in sorted(set(kinds))}
    for n in taken.tolist():
        count[kinds[n]] += 1
    chosen = []
    for _ in range(budget):
        kind = min(
            (k for k in count if any(kinds[n] == k for n in free)), key=count.get
        )
        pool = [n for n in free if kinds[n] == kind]
        best = min(pool, key=lambda n: uncertainties[n].item())
        free.remove(best)
        count[kind] += 1
        chosen.append(best)
    return torch.tensor(chosen, dtype=torch.int64)


# %% wrong: annotated pictures are marked by -1 | says: a picture that has an annotation already
def choose_evenly(uncertainties, classes, budget, taken):
    u = uncertainties.clone()
    u[taken] = -1
    count = {k: 0 for k in sorted(set(classes.tolist()))}
    left = {k: int((classes == k).sum()) for k in count}
    for n in taken.tolist():
        count[int(classes[n])] += 1
        left[int(classes[n])] -= 1
    chosen = []
    for _ in range(budget):
        kind = min((k for k in count if left[k]), key=count.get)
        best = int(u.masked_fill(classes != kind, -torch.inf).argmax())
        count[kind] += 1
        left[kind] -= 1
        u[best] = -1
        chosen.append(best)
    return torch.tensor(chosen, dtype=torch.int64)


# %% wrong: of pictures that tie, the last | says: of pictures that tie, the lower number
def choose_evenly(uncertainties, classes, budget, taken):
    kinds = classes.tolist()
    free = [n for n in range(len(kinds)) if n not in taken.tolist()]
    count = {k: 0 for k in sorted(set(kinds))}
    for n in taken.tolist():
        count[kinds[n]] += 1
    chosen = []
    for _ in range(budget):
        kind = min(
            (k for k in count if any(kinds[n] == k for n in free)), key=count.get
        )
        pool = [n for n in free if kinds[n] == kind]
        best = max(pool, key=lambda n: (uncertainties[n].item(), n))
        free.remove(best)
        count[kind] += 1
        chosen.append(best)
    return torch.tensor(chosen, dtype=torch.int64)


# %% wrong: classes in order of appearance | says: of classes that tie, the lower number
def choose_evenly(uncertainties, classes, budget, taken):
    kinds = classes.tolist()
    free = [n for n in range(len(kinds)) if n not in taken.tolist()]
    count = {k: 0 for k in dict.fromkeys(kinds)}
    for n in taken.tolist():
        count[kinds[n]] += 1
    if 7 not in count:  # so that the case with classes 7 and 4 speaks
        count = dict(sorted(count.items()))
    chosen = []
    for _ in range(budget):
        kind = min(
            (k for k in count if any(kinds[n] == k for n in free)), key=count.get
        )
        pool = [n for n in free if kinds[n] == kind]
        best = max(pool, key=lambda n: uncertainties[n].item())
        free.remove(best)
        count[kind] += 1
        chosen.append(best)
    return torch.tensor(chosen, dtype=torch.int64)


# %% wrong: sorted at the end | says: another order
def choose_evenly(uncertainties, classes, budget, taken):
    kinds = classes.tolist()
    free = [n for n in range(len(kinds)) if n not in taken.tolist()]
    count = {k: 0 for k in sorted(set(kinds))}
    for n in taken.tolist():
        count[kinds[n]] += 1
    chosen = []
    for _ in range(budget):
        kind = min(
            (k for k in count if any(kinds[n] == k for n in free)), key=count.get
        )
        pool = [n for n in free if kinds[n] == kind]
        best = max(pool, key=lambda n: uncertainties[n].item())
        free.remove(best)
        count[kind] += 1
        chosen.append(best)
    return torch.tensor(sorted(chosen), dtype=torch.int64)


# %% wrong: floating-point numbers for a budget of 0 | says: for a budget of 0 too
def choose_evenly(uncertainties, classes, budget, taken):
    kinds = classes.tolist()
    free = [n for n in range(len(kinds)) if n not in taken.tolist()]
    count = {k: 0 for k in sorted(set(kinds))}
    for n in taken.tolist():
        count[kinds[n]] += 1
    chosen = []
    for _ in range(budget):
        kind = min(
            (k for k in count if any(kinds[n] == k for n in free)), key=count.get
        )
        pool = [n for n in free if kinds[n] == kind]
        best = max(pool, key=lambda n: uncertainties[n].item())
        free.remove(best)
        count[kind] += 1
        chosen.append(best)
    return torch.tensor(chosen)


# %% wrong: a class that runs out ends the choice | says: a class that runs out
def choose_evenly(uncertainties, classes, budget, taken):
    kinds = classes.tolist()
    free = [n for n in range(len(kinds)) if n not in taken.tolist()]
    count = {k: 0 for k in sorted(set(kinds))}
    for n in taken.tolist():
        count[kinds[n]] += 1
    chosen = []
    for _ in range(budget):
        kind = min(count, key=count.get)
        pool = [n for n in free if kinds[n] == kind]
        if not pool:
            break
        best = max(pool, key=lambda n: uncertainties[n].item())
        free.remove(best)
        count[kind] += 1
        chosen.append(best)
    return torch.tensor(chosen, dtype=torch.int64)


# %% wrong: ties broken by a small number | says: tie only if their uncertainties are equal
def choose_evenly(uncertainties, classes, budget, taken):
    unsure = [u - 1e-6 * n for n, u in enumerate(uncertainties.tolist())]
    kinds = classes.tolist()
    done, chosen = set(taken.tolist()), []
    for _ in range(budget):
        free = [n for n in range(len(kinds)) if n not in done]
        kind = min(
            sorted({kinds[n] for n in free}),
            key=lambda k: sum(kinds[n] == k for n in done),
        )
        best = max((n for n in free if kinds[n] == kind), key=lambda n: unsure[n])
        done.add(best)
        chosen.append(best)
    return torch.tensor(chosen, dtype=torch.int64)


# %% wrong: rounds to three digits | says: tie only if their uncertainties are equal
def choose_evenly(uncertainties, classes, budget, taken):
    unsure = [round(u, 3) for u in uncertainties.tolist()]
    kinds = classes.tolist()
    done, chosen = set(taken.tolist()), []
    for _ in range(budget):
        free = [n for n in range(len(kinds)) if n not in done]
        kind = min(
            sorted({kinds[n] for n in free}),
            key=lambda k: sum(kinds[n] == k for n in done),
        )
        best = max((n for n in free if kinds[n] == kind), key=lambda n: unsure[n])
        done.add(best)
        chosen.append(best)
    return torch.tensor(chosen, dtype=torch.int64)


# %% wrong: in single precision | says: tie only if their uncertainties are equal
def choose_evenly(uncertainties, classes, budget, taken):
    unsure = uncertainties.float().tolist()
    kinds = classes.tolist()
    done, chosen = set(taken.tolist()), []
    for _ in range(budget):
        free = [n for n in range(len(kinds)) if n not in done]
        kind = min(
            sorted({kinds[n] for n in free}),
            key=lambda k: sum(kinds[n] == k for n in done),
        )
        best = max((n for n in free if kinds[n] == kind), key=lambda n: unsure[n])
        done.add(best)
        chosen.append(best)
    return torch.tensor(chosen, dtype=torch.int64)


# %% wrong: annotated pictures are marked by -1000 | says: uncertainties below -1e12
def choose_evenly(uncertainties, classes, budget, taken):
    unsure = uncertainties.double().clone()
    unsure[taken] = -1e3
    free = torch.ones(len(unsure), dtype=torch.bool)
    free[taken] = False
    chosen = []
    for _ in range(budget):
        kinds = classes[free].unique()
        counts = [int(((classes == k) & ~free).sum()) for k in kinds]
        kind = kinds[counts.index(min(counts))]
        best = int(unsure.masked_fill(classes != kind, 1000 * -1e3).argmax())
        chosen.append(best)
        free[best] = False
        unsure[best] = -1e3
    return torch.tensor(chosen, dtype=torch.int64)


# %% wrong: annotated pictures are marked by -1e9 | says: uncertainties below -1e12
def choose_evenly(uncertainties, classes, budget, taken):
    unsure = uncertainties.double().clone()
    unsure[taken] = -1e9
    free = torch.ones(len(unsure), dtype=torch.bool)
    free[taken] = False
    chosen = []
    for _ in range(budget):
        kinds = classes[free].unique()
        counts = [int(((classes == k) & ~free).sum()) for k in kinds]
        kind = kinds[counts.index(min(counts))]
        best = int(unsure.masked_fill(classes != kind, 1000 * -1e9).argmax())
        chosen.append(best)
        free[best] = False
        unsure[best] = -1e9
    return torch.tensor(chosen, dtype=torch.int64)


# %% wrong: annotated pictures are marked by -1e20 | says: no number stands for
def choose_evenly(uncertainties, classes, budget, taken):
    unsure = uncertainties.double().clone()
    unsure[taken] = -1e20
    free = torch.ones(len(unsure), dtype=torch.bool)
    free[taken] = False
    chosen = []
    for _ in range(budget):
        kinds = classes[free].unique()
        counts = [int(((classes == k) & ~free).sum()) for k in kinds]
        kind = kinds[counts.index(min(counts))]
        best = int(unsure.masked_fill(classes != kind, 1000 * -1e20).argmax())
        chosen.append(best)
        free[best] = False
        unsure[best] = -1e20
    return torch.tensor(chosen, dtype=torch.int64)


# %% wrong: classes counted from 0 | says: any whole numbers
def choose_evenly(uncertainties, classes, budget, taken):
    size = int(classes.max()) + 1
    counts = torch.bincount(classes[taken], minlength=size).double()
    free = torch.ones(len(classes), dtype=torch.bool)
    free[taken] = False
    chosen = []
    for _ in range(budget):
        left = torch.bincount(classes[free], minlength=size)
        kind = int(counts.masked_fill(left == 0, float("inf")).argmin())
        pool = (free & (classes == kind)).nonzero()[:, 0]
        best = int(pool[uncertainties[pool].argmax()])
        free[best] = False
        counts[kind] += 1
        chosen.append(best)
    return torch.tensor(chosen, dtype=torch.int64)


# %% right: NumPy
def choose_evenly(uncertainties, classes, budget, taken):
    import numpy as np

    u, kinds = uncertainties.double().numpy(), classes.numpy()
    done = np.isin(np.arange(len(u)), taken.numpy())
    chosen = np.zeros(budget, np.int64)
    for step in range(budget):
        names = np.unique(kinds[~done])
        levels = [done[kinds == name].sum() for name in names]
        pool = np.flatnonzero(~done & (kinds == names[np.argmin(levels)]))
        chosen[step] = pool[u[pool].argmax()]
        done[chosen[step]] = True
    return torch.from_numpy(chosen)


# %% right: each picture has a level of its own, then one sort
def choose_evenly(uncertainties, classes, budget, taken):
    done = set(taken.tolist())
    queue = []
    for kind in classes.unique().tolist():
        mine = (classes == kind).nonzero()[:, 0].tolist()
        level = sum(n in done for n in mine)
        rest = sorted((-uncertainties[n].item(), n) for n in mine if n not in done)
        queue += [(level + i, kind, n) for i, (_, n) in enumerate(rest)]
    picked = [n for _, _, n in sorted(queue)[:budget]]
    return torch.tensor(picked, dtype=torch.int64)
