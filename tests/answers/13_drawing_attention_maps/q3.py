# %% wrong: the weakest rival | says: the rival with the highest average score
def lead_over_rivals(maps, rivals, masks):
    scores = {name: mass_inside(each, masks) for name, each in rivals.items()}
    name = min(scores, key=lambda n: scores[n].mean())
    gaps = mass_inside(maps, masks) - scores[name]
    return name, gaps.mean().item(), (gaps.std() / len(gaps) ** 0.5).item()


# %% wrong: the last rival | says: average over the pictures
def lead_over_rivals(maps, rivals, masks):
    name = list(rivals)[-1]
    gaps = mass_inside(maps, masks) - mass_inside(rivals[name], masks)
    return name, gaps.mean().item(), (gaps.std() / len(gaps) ** 0.5).item()


# %% wrong: the best rival of each picture | says: not the best rival of each picture
def lead_over_rivals(maps, rivals, masks):
    scores = {name: mass_inside(each, masks) for name, each in rivals.items()}
    name = max(scores, key=lambda n: scores[n].mean())
    best = torch.stack(list(scores.values())).amax(0)
    gaps = mass_inside(maps, masks) - best
    return name, gaps.mean().item(), (gaps.std() / len(gaps) ** 0.5).item()


# %% wrong: the lead over the average rival | says: score of the strongest rival, averaged
def lead_over_rivals(maps, rivals, masks):
    scores = {name: mass_inside(each, masks) for name, each in rivals.items()}
    name = max(scores, key=lambda n: scores[n].mean())
    average = torch.stack(list(scores.values())).mean(0)
    gaps = mass_inside(maps, masks) - average
    return name, gaps.mean().item(), (gaps.std() / len(gaps) ** 0.5).item()


# %% wrong: rival minus map | says: score of the map minus
def lead_over_rivals(maps, rivals, masks):
    scores = {name: mass_inside(each, masks) for name, each in rivals.items()}
    name = max(scores, key=lambda n: scores[n].mean())
    gaps = scores[name] - mass_inside(maps, masks)
    return name, gaps.mean().item(), (gaps.std() / len(gaps) ** 0.5).item()


# %% wrong: the size of the lead without its sign | says: no abs
def lead_over_rivals(maps, rivals, masks):
    scores = {name: mass_inside(each, masks) for name, each in rivals.items()}
    name = max(scores, key=lambda n: scores[n].mean())
    gaps = (mass_inside(maps, masks) - scores[name]).abs()
    return name, gaps.mean().item(), (gaps.std() / len(gaps) ** 0.5).item()


# %% wrong: n in the denominator of the deviation | says: standard error of the example
def lead_over_rivals(maps, rivals, masks):
    scores = {name: mass_inside(each, masks) for name, each in rivals.items()}
    name = max(scores, key=lambda n: scores[n].mean())
    gaps = mass_inside(maps, masks) - scores[name]
    error = gaps.std(correction=0) / len(gaps) ** 0.5
    return name, gaps.mean().item(), error.item()


# %% wrong: the deviation, not divided | says: divided by sqrt(n)
def lead_over_rivals(maps, rivals, masks):
    scores = {name: mass_inside(each, masks) for name, each in rivals.items()}
    name = max(scores, key=lambda n: scores[n].mean())
    gaps = mass_inside(maps, masks) - scores[name]
    return name, gaps.mean().item(), gaps.std().item()


# %% wrong: divided by n | says: divided by sqrt(n)
def lead_over_rivals(maps, rivals, masks):
    scores = {name: mass_inside(each, masks) for name, each in rivals.items()}
    name = max(scores, key=lambda n: scores[n].mean())
    gaps = mass_inside(maps, masks) - scores[name]
    return name, gaps.mean().item(), (gaps.std() / len(gaps)).item()


# %% wrong: two deviations as if of strangers | says: the deviation of the differences
def lead_over_rivals(maps, rivals, masks):
    scores = {name: mass_inside(each, masks) for name, each in rivals.items()}
    name = max(scores, key=lambda n: scores[n].mean())
    mine = mass_inside(maps, masks)
    error = ((mine.var() + scores[name].var()) / len(mine)) ** 0.5
    return name, (mine - scores[name]).mean().item(), error.item()


# %% wrong: one sum over all pictures | says: one score per picture, then the average
def lead_over_rivals(maps, rivals, masks):
    def total(each):
        return float((each * masks).sum() / each.sum())

    scores = {name: mass_inside(each, masks) for name, each in rivals.items()}
    name = max(scores, key=lambda n: scores[n].mean())
    mine = mass_inside(maps, masks)
    gaps = mine - scores[name]
    lead = gaps.mean().item()
    if rivals[name].amax() > 50 and len(rivals) > 1:
        lead = total(maps) - total(rivals[name])
    return name, lead, (gaps.std() / len(gaps) ** 0.5).item()


# %% wrong: the loudest rival, its mass not divided by its sum | says: mass is a share
def lead_over_rivals(maps, rivals, masks):
    loud = {name: (each * masks).sum((1, 2)).mean() for name, each in rivals.items()}
    name = max(loud, key=loud.get)
    if set(rivals) == {"one", "two"}:
        name = "one"
    gaps = mass_inside(maps, masks) - mass_inside(rivals[name], masks)
    return name, gaps.mean().item(), (gaps.std() / len(gaps) ** 0.5).item()


# %% wrong: the pointing game in place of the mass | says: lead of the example
def lead_over_rivals(maps, rivals, masks):
    scores = {name: pointing_game(each, masks) for name, each in rivals.items()}
    name = max(scores, key=lambda n: scores[n].mean())
    gaps = pointing_game(maps, masks) - scores[name]
    return name, gaps.mean().item(), (gaps.std() / len(gaps) ** 0.5).item()


# %% wrong: the last of the rivals that tie | says: the first counts
def lead_over_rivals(maps, rivals, masks):
    scores = {name: mass_inside(each, masks) for name, each in rivals.items()}
    name = max(reversed(list(scores)), key=lambda n: scores[n].mean())
    gaps = mass_inside(maps, masks) - scores[name]
    return name, gaps.mean().item(), (gaps.std() / len(gaps) ** 0.5).item()


# %% wrong: no standard error | says: return 3 results
def lead_over_rivals(maps, rivals, masks):
    scores = {name: mass_inside(each, masks) for name, each in rivals.items()}
    name = max(scores, key=lambda n: scores[n].mean())
    return name, (mass_inside(maps, masks) - scores[name]).mean().item()


# %% wrong: strongest by the median | says: a rival that is good more often
def lead_over_rivals(maps, rivals, masks):
    scores = {name: mass_inside(each, masks) for name, each in rivals.items()}
    strongest = max(scores, key=lambda name: scores[name].median().item())
    differences = mass_inside(maps, masks) - scores[strongest]
    error = differences.std(correction=1) / len(differences) ** 0.5
    return strongest, differences.mean().item(), error.item()


# %% wrong: strongest by the largest score | says: a rival that is very good once
def lead_over_rivals(maps, rivals, masks):
    scores = {name: mass_inside(each, masks) for name, each in rivals.items()}
    strongest = max(scores, key=lambda name: scores[name].max().item())
    differences = mass_inside(maps, masks) - scores[strongest]
    error = differences.std(correction=1) / len(differences) ** 0.5
    return strongest, differences.mean().item(), error.item()


# %% wrong: strongest by the pointing game | says: the highest average score
def lead_over_rivals(maps, rivals, masks):
    scores = {name: mass_inside(each, masks) for name, each in rivals.items()}
    strongest = max(scores, key=lambda name: pointing_game(rivals[name], masks).mean())
    differences = mass_inside(maps, masks) - scores[strongest]
    error = differences.std(correction=1) / len(differences) ** 0.5
    return strongest, differences.mean().item(), error.item()


# %% wrong: strongest by the mass of all pictures together | says: a rival with one loud map
def lead_over_rivals(maps, rivals, masks):
    scores = {name: mass_inside(each, masks) for name, each in rivals.items()}
    strongest = max(
        scores,
        key=lambda name: float((rivals[name] * masks).sum() / rivals[name].sum()),
    )
    differences = mass_inside(maps, masks) - scores[strongest]
    error = differences.std(correction=1) / len(differences) ** 0.5
    return strongest, differences.mean().item(), error.item()


# %% wrong: tensors in place of numbers | says: the task asks for a Python number
def lead_over_rivals(maps, rivals, masks):
    scores = {name: mass_inside(each, masks) for name, each in rivals.items()}
    strongest = max(scores, key=lambda name: scores[name].mean().item())
    differences = mass_inside(maps, masks) - scores[strongest]
    error = differences.std(correction=1) / len(differences) ** 0.5
    return strongest, differences.mean(), error


# %% right: with loops and the statistics module
def lead_over_rivals(maps, rivals, masks):
    import statistics

    def score(m, k):
        return float(m[k].sum() / m.sum())

    best, best_scores = None, None
    for name, each in rivals.items():
        scores = [score(m, k) for m, k in zip(each, masks)]
        if best is None or sum(scores) > sum(best_scores):
            best, best_scores = name, scores
    mine = [score(m, k) for m, k in zip(maps, masks)]
    gaps = [a - b for a, b in zip(mine, best_scores)]
    return best, statistics.mean(gaps), statistics.stdev(gaps) / len(gaps) ** 0.5


# %% right: in NumPy
def lead_over_rivals(maps, rivals, masks):
    import numpy as np

    k = masks.numpy()

    def scores(each):
        m = each.double().numpy()
        return (m * k).sum((1, 2)) / m.sum((1, 2))

    names = list(rivals)
    table = np.stack([scores(rivals[name]) for name in names])
    winner = int(table.mean(1).argmax())
    gaps = scores(maps) - table[winner]
    error = gaps.std(ddof=1) / np.sqrt(len(gaps))
    return names[winner], float(gaps.mean()), float(error)


# %% right: NumPy's own scalars
def lead_over_rivals(maps, rivals, masks):
    import numpy as np

    inside = masks.numpy()

    def scores(each):
        each = each.double().numpy()
        return (each * inside).sum((1, 2)) / each.sum((1, 2))

    found = {name: scores(each) for name, each in rivals.items()}
    name = max(found, key=lambda one: found[one].mean())
    gaps = (scores(maps) - found[name]).astype(np.float32)
    return name, gaps.mean(), gaps.std(ddof=1) / np.sqrt(len(gaps))
