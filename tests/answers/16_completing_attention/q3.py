# %% wrong: the leak after the same step | says: the leak after step t - 1
def steps_to_keep(accuracies, leaks, chance, margin):
    floors = leaks.clamp(min=chance)
    counts = accuracies > floors + margin
    return counts.long().cumprod(1).sum(1)


# %% wrong: counts all steps that pass | says: later ones are dropped
def steps_to_keep(accuracies, leaks, chance, margin):
    first = torch.full_like(accuracies[:, :1], chance)
    floors = torch.cat([first, leaks[:, :-1].clamp(min=chance)], 1)
    return (accuracies > floors + margin).sum(1)


# %% wrong: the last step that passes | says: later ones are dropped
def steps_to_keep(accuracies, leaks, chance, margin):
    first = torch.full_like(accuracies[:, :1], chance)
    floors = torch.cat([first, leaks[:, :-1].clamp(min=chance)], 1)
    counts = accuracies > floors + margin
    numbers = torch.arange(1, counts.shape[1] + 1)
    return (counts * numbers).amax(1)


# %% wrong: a leak below chance lowers the floor | says: the floor is at least chance
def steps_to_keep(accuracies, leaks, chance, margin):
    first = torch.full_like(accuracies[:, :1], chance)
    floors = torch.cat([first, leaks[:, :-1]], 1)
    return (accuracies > floors + margin).long().cumprod(1).sum(1)


# %% wrong: reaching the floor and the margin is enough | says: above means above
def steps_to_keep(accuracies, leaks, chance, margin):
    first = torch.full_like(accuracies[:, :1], chance)
    floors = torch.cat([first, leaks[:, :-1].clamp(min=chance)], 1)
    return (accuracies >= floors + margin).long().cumprod(1).sum(1)


# %% wrong: no margin | says: found: off by
def steps_to_keep(accuracies, leaks, chance, margin):
    first = torch.full_like(accuracies[:, :1], chance)
    floors = torch.cat([first, leaks[:, :-1].clamp(min=chance)], 1)
    return (accuracies > floors).long().cumprod(1).sum(1)


# %% wrong: counts from 0, the index of the last kept step | says: how many steps come before
def steps_to_keep(accuracies, leaks, chance, margin):
    first = torch.full_like(accuracies[:, :1], chance)
    floors = torch.cat([first, leaks[:, :-1].clamp(min=chance)], 1)
    return (accuracies > floors + margin).long().cumprod(1).sum(1) - 1


# %% wrong: argmin finds no failure and keeps nothing | says: every step counts
def steps_to_keep(accuracies, leaks, chance, margin):
    first = torch.full_like(accuracies[:, :1], chance)
    floors = torch.cat([first, leaks[:, :-1].clamp(min=chance)], 1)
    return (accuracies > floors + margin).long().argmin(1)


# %% wrong: chance is always one half | says: use `chance` as given
def steps_to_keep(accuracies, leaks, chance, margin):
    first = torch.full_like(accuracies[:, :1], 0.5)
    floors = torch.cat([first, leaks[:, :-1].clamp(min=0.5)], 1)
    return (accuracies > floors + margin).long().cumprod(1).sum(1)


# %% wrong: the margin is a factor | says: found: off by
def steps_to_keep(accuracies, leaks, chance, margin):
    first = torch.full_like(accuracies[:, :1], chance)
    floors = torch.cat([first, leaks[:, :-1].clamp(min=chance)], 1)
    return (accuracies > floors * (1 + margin)).long().cumprod(1).sum(1)


# %% wrong: the lesson's rule, the leak ignored | says: network t saw the holes
def steps_to_keep(accuracies, leaks, chance, margin):
    return (accuracies > chance + margin).long().cumprod(1).sum(1)


# %% wrong: all runs stop with the first | says: each run stops by itself
def steps_to_keep(accuracies, leaks, chance, margin):
    first = torch.full_like(accuracies[:, :1], chance)
    floors = torch.cat([first, leaks[:, :-1].clamp(min=chance)], 1)
    counts = (accuracies > floors + margin).all(0)
    kept = counts.long().cumprod(0).sum()
    return kept.expand(len(accuracies))


# %% wrong: floating-point numbers | says: return whole numbers
def steps_to_keep(accuracies, leaks, chance, margin):
    first = torch.full_like(accuracies[:, :1], chance)
    floors = torch.cat([first, leaks[:, :-1].clamp(min=chance)], 1)
    return (accuracies > floors + margin).float().cumprod(1).sum(1)


# %% right: loops
def steps_to_keep(accuracies, leaks, chance, margin):
    kept = []
    for run, leak in zip(accuracies.tolist(), leaks.tolist()):
        floor, total = chance, 0
        for accuracy, after in zip(run, leak):
            if accuracy <= floor + margin:
                break
            total += 1
            floor = max(chance, after)
        kept.append(total)
    return torch.tensor(kept)


# %% right: NumPy, the first failure of a padded table
def steps_to_keep(accuracies, leaks, chance, margin):
    a, b = accuracies.numpy(), leaks.numpy()
    floors = np.full_like(a, chance)
    floors[:, 1:] = np.maximum(b[:, :-1], chance)
    failed = ~(a > floors + np.asarray(margin, a.dtype))
    failed = np.concatenate([failed, np.ones((len(a), 1), bool)], axis=1)
    return torch.from_numpy(failed.argmax(axis=1))


# %% wrong: the largest leak of all earlier steps | says: no earlier one
def steps_to_keep(accuracies, leaks, chance, margin):
    first = torch.full_like(accuracies[:, :1], chance)
    largest = leaks[:, :-1].cummax(1).values.clamp(min=chance)
    floors = torch.cat([first, largest], 1)
    return (accuracies > floors + margin).long().cumprod(1).sum(1)


# %% wrong: no margin at the first step | says: at the first step, too
def steps_to_keep(accuracies, leaks, chance, margin):
    first = torch.full_like(accuracies[:, :1], chance)
    floors = torch.cat([first, (leaks[:, :-1] + margin).clamp(min=chance)], 1)
    return (accuracies > floors).long().cumprod(1).sum(1)


# %% wrong: a millionth above is not above | says: a hair above
def steps_to_keep(accuracies, leaks, chance, margin):
    first = torch.full_like(accuracies[:, :1], chance)
    floors = torch.cat([first, leaks[:, :-1].clamp(min=chance)], dim=1)
    counts = accuracies - floors > margin + 1e-6
    return counts.long().cumprod(dim=1).sum(dim=1)


# %% wrong: the margin before the larger of leak and chance | says: the margin comes on top
def steps_to_keep(accuracies, leaks, chance, margin):
    first = torch.full_like(accuracies[:, :1], chance)
    floors = torch.cat([first, leaks[:, :-1]], dim=1) + margin
    counts = accuracies > floors.clamp(min=chance)
    return counts.long().cumprod(dim=1).sum(dim=1)
