# %% wrong: does not count the look that finds the target | says: the look that finds the target counts
def expected_looks(scores, targets):
    flat = scores.flatten(1)
    own = flat.gather(1, targets[:, None])
    return (flat > own).sum(dim=1) + ((flat == own).sum(dim=1) - 1) / 2


# %% wrong: visits the lowest score first | says: the look that finds the target counts
def expected_looks(scores, targets):
    flat = scores.flatten(1)
    own = flat.gather(1, targets[:, None])
    return 1 + (flat < own).sum(dim=1) + ((flat == own).sum(dim=1) - 1) / 2


# %% wrong: the target wins every tie | says: half of the others come before it
def expected_looks(scores, targets):
    flat = scores.flatten(1)
    own = flat.gather(1, targets[:, None])
    return 1.0 + (flat > own).sum(dim=1)


# %% wrong: the target loses every tie | says: half of the others come before it
def expected_looks(scores, targets):
    flat = scores.flatten(1)
    own = flat.gather(1, targets[:, None])
    return (flat >= own).sum(dim=1).float()


# %% wrong: ties in the order of the cells | says: half of the others come before it
def expected_looks(scores, targets):
    order = scores.flatten(1).argsort(dim=1, descending=True, stable=True)
    return (order == targets[:, None]).double().argmax(dim=1) + 1.0


# %% wrong: half of the equals, the target among them | says: the look that finds the target counts
def expected_looks(scores, targets):
    flat = scores.flatten(1)
    own = flat.gather(1, targets[:, None])
    return 1 + (flat > own).sum(dim=1) + (flat == own).sum(dim=1) / 2


# %% wrong: looks only in the target's row | says: every other bar is visited first
def expected_looks(scores, targets):
    width = scores.shape[2]
    row = scores[torch.arange(len(scores)), targets // width]
    own = row.gather(1, (targets % width)[:, None])
    return 1 + (row > own).sum(dim=1) + ((row == own).sum(dim=1) - 1) / 2


# %% wrong: one average over all displays | says: a result of shape ()
def expected_looks(scores, targets):
    flat = scores.flatten(1)
    own = flat.gather(1, targets[:, None])
    looks = 1 + (flat > own).sum(dim=1) + ((flat == own).sum(dim=1) - 1) / 2
    return looks.mean()


# %% wrong: whole numbers only | says: an expectation may end in .5
def expected_looks(scores, targets):
    flat = scores.flatten(1)
    own = flat.gather(1, targets[:, None])
    return 1 + (flat > own).sum(dim=1) + ((flat == own).sum(dim=1) - 1) // 2


# %% wrong: counts scores that are close as equal | says: 1 + bars that score higher
def expected_looks(scores, targets):
    flat = scores.flatten(1)
    gap = flat - flat.gather(1, targets[:, None])
    equal = (gap.abs() <= 1).sum(dim=1) - 1
    if flat[0].unique().numel() == flat.shape[1]:
        equal = 0 * equal
        return 1.0 + (gap > 0).sum(dim=1)
    return 1 + (gap > 1).sum(dim=1) + equal / 2


# %% wrong: halves with a whole-number division | says: equally often second, third, fourth and fifth
def expected_looks(scores, targets):
    flat = scores.flatten(1)
    own = flat.gather(1, targets[:, None])
    equal = (flat == own).sum(dim=1) - 1
    return (1 + (flat > own).sum(dim=1) + equal // 2).float()


# %% wrong: every display meets every target | says: a result of shape
def expected_looks(scores, targets):
    flat = scores.flatten(1)
    own = flat[:, targets]
    looks = (flat[:, :, None] > own[:, None, :]).sum(dim=1)
    return 1.0 + looks


# %% wrong: rounds the scores | says: do not round them
def expected_looks(scores, targets):
    flat = scores.flatten(1).round(decimals=1)
    own = flat.gather(1, targets[:, None])
    return 1 + (flat > own).sum(dim=1) + ((flat == own).sum(dim=1) - 1) / 2


# %% wrong: whole scores only | says: do not round them
def expected_looks(scores, targets):
    flat = scores.flatten(1).long()
    own = flat.gather(1, targets[:, None])
    return 1 + (flat > own).sum(dim=1) + ((flat == own).sum(dim=1) - 1) / 2


# %% wrong: scores in half precision | says: do not round them
def expected_looks(scores, targets):
    flat = scores.flatten(1).half()
    own = flat.gather(1, targets[:, None])
    return 1 + (flat > own).sum(dim=1) + ((flat == own).sum(dim=1) - 1) / 2


# %% wrong: counts the cells column by column | says: counted row by row from 0
def expected_looks(scores, targets):
    flat = scores.transpose(1, 2).flatten(1)
    own = flat.gather(1, targets[:, None])
    return 1 + (flat > own).sum(dim=1) + ((flat == own).sum(dim=1) - 1) / 2


# %% wrong: close counts as equal | says: close is not equal
def expected_looks(scores, targets):
    flat = scores.flatten(1)
    own = flat.gather(1, targets[:, None])
    equal = torch.isclose(flat, own, atol=0.1)
    return 1 + ((flat > own) & ~equal).sum(dim=1) + (equal.sum(dim=1) - 1) / 2


# %% wrong: softmax first, which rounds low scores to one and the same 0 | says: softmax rounds
def expected_looks(scores, targets):
    flat = scores.flatten(1).softmax(dim=1)
    own = flat.gather(1, targets[:, None])
    return 1 + (flat > own).sum(dim=1) + ((flat == own).sum(dim=1) - 1) / 2


# %% right: the mean of the best and the worst place
def expected_looks(scores, targets):
    flat = scores.flatten(1)
    own = flat[torch.arange(len(flat)), targets].unsqueeze(1)
    best = (flat > own).sum(dim=1) + 1
    worst = (flat >= own).sum(dim=1)
    return (best + worst).double() / 2


# %% right: loops over displays and bars
def expected_looks(scores, targets):
    looks = []
    for display, target in zip(scores, targets.tolist(), strict=True):
        bars = display.flatten().tolist()
        count = 1.0
        for cell, score in enumerate(bars):
            if score > bars[target]:
                count += 1
            elif score == bars[target] and cell != target:
                count += 0.5
        looks.append(count)
    return torch.tensor(looks)


# %% right: signs of the gaps
def expected_looks(scores, targets):
    flat = scores.flatten(1)
    gap = flat - flat.gather(1, targets[:, None])
    return (gap.sign() + 1).sum(dim=1) / 2 + 0.5


# %% right: SciPy's ranks
def expected_looks(scores, targets):
    from scipy.stats import rankdata

    ranks = rankdata(-scores.flatten(1).numpy(), axis=1)
    return torch.from_numpy(ranks)[torch.arange(len(ranks)), targets]


# %% right: a sorted list
def expected_looks(scores, targets):
    looks = []
    for bars, target in zip(scores.flatten(1).tolist(), targets.tolist(), strict=True):
        order = sorted(bars, reverse=True)
        first = order.index(bars[target])
        looks.append(first + 1 + (order.count(bars[target]) - 1) / 2)
    return torch.tensor(looks)
