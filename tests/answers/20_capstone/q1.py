# %% wrong: takes all seeds of the new network | says: seed 8 was not run for both
def paired_gain(new, old):
    gains = torch.tensor([new[s] - old.get(s, 0.0) for s in new])
    n = len(gains)
    return gains.mean().item(), gains.std().item() / math.sqrt(n), n


# %% wrong: pairs by order | says: new minus old, seed by seed
def paired_gain(new, old):
    gains = torch.tensor([a - b for a, b in zip(new.values(), old.values())])
    n = len(gains)
    error = gains.std().item() / math.sqrt(n) if n > 1 else math.nan
    return gains.mean().item(), error, n


# %% wrong: difference of the plain means | says: new minus old, seed by seed
def paired_gain(new, old):
    seeds = new.keys() & old.keys()
    gains = torch.tensor([new[s] - old[s] for s in seeds])
    n = len(seeds)
    mean = sum(new.values()) / len(new) - sum(old.values()) / len(old)
    return mean, gains.std().item() / math.sqrt(n), n


# %% wrong: old minus new | says: new minus old
def paired_gain(new, old):
    seeds = new.keys() & old.keys()
    gains = torch.tensor([old[s] - new[s] for s in seeds])
    n = len(gains)
    return gains.mean().item(), gains.std().item() / math.sqrt(n), n


# %% wrong: divides by n inside the root | says: with n - 1
def paired_gain(new, old):
    seeds = new.keys() & old.keys()
    gains = torch.tensor([new[s] - old[s] for s in seeds])
    n = len(gains)
    error = gains.std(correction=0).item() / math.sqrt(n)
    return gains.mean().item(), error, n


# %% wrong: standard deviation, not error | says: over sqrt(n)
def paired_gain(new, old):
    seeds = new.keys() & old.keys()
    gains = torch.tensor([new[s] - old[s] for s in seeds])
    return gains.mean().item(), gains.std().item(), len(gains)


# %% wrong: unpaired spread | says: the standard deviation *of the differences*
def paired_gain(new, old):
    seeds = new.keys() & old.keys()
    a = torch.tensor([new[s] for s in seeds])
    b = torch.tensor([old[s] for s in seeds])
    n = len(seeds)
    error = ((a.var() + b.var()) / n).sqrt().item()
    return (a.mean() - b.mean()).item(), error, n


# %% wrong: 0 as the spread of one number | says: one number has no spread
def paired_gain(new, old):
    seeds = new.keys() & old.keys()
    gains = [new[s] - old[s] for s in seeds]
    n = len(gains)
    mean = sum(gains) / n
    if n == 1:
        return mean, 0.0, 1
    variance = sum((g - mean) ** 2 for g in gains) / (n - 1)
    return mean, math.sqrt(variance / n), n


# %% wrong: divides by no seeds at all | says: nothing to average
def paired_gain(new, old):
    seeds = new.keys() & old.keys()
    gains = [new[s] - old[s] for s in seeds]
    n = len(gains)
    mean = sum(gains) / max(n, 1)
    variance = sum((g - mean) ** 2 for g in gains) / (n - 1) if n > 1 else math.nan
    return mean, math.sqrt(variance / max(n, 1)), n


# %% wrong: drops seed 0 | says: is false for 0
def paired_gain(new, old):
    gains = torch.tensor([new[s] - old[s] for s in new if s and s in old])
    n = len(gains)
    mean = gains.mean().item() if n else math.nan
    return mean, gains.std().item() / math.sqrt(n) if n > 1 else math.nan, n


# %% wrong: drops a total of 0.0 | says: is false for 0
def paired_gain(new, old):
    gains = torch.tensor([new[s] - old[s] for s in new if new[s] and old.get(s)])
    n = len(gains)
    mean = gains.mean().item() if n else math.nan
    return mean, gains.std().item() / math.sqrt(n) if n > 1 else math.nan, n


# %% wrong: a loss counts as a gain | says: keep the signs
def paired_gain(new, old):
    import statistics

    gains = [abs(new[s] - old[s]) for s in new if s in old]
    n = len(gains)
    error = statistics.stdev(gains) / n**0.5 if n > 1 else math.nan
    return statistics.mean(gains) if n else math.nan, error, n


# %% wrong: the median | says: not the median
def paired_gain(new, old):
    import statistics

    gains = [new[s] - old[s] for s in new if s in old]
    n = len(gains)
    error = statistics.stdev(gains) / n**0.5 if n > 1 else math.nan
    return statistics.median(gains) if n else math.nan, error, n


# %% wrong: sorts the totals first | says: each of one seed
def paired_gain(new, old):
    import statistics

    seeds = new.keys() & old.keys()
    pairs = zip(sorted(new[s] for s in seeds), sorted(old[s] for s in seeds))
    gains = [a - b for a, b in pairs]
    n = len(gains)
    error = statistics.stdev(gains) / n**0.5 if n > 1 else math.nan
    return statistics.mean(gains) if n else math.nan, error, n


# %% wrong: the difference of the two spreads | says: spread of the three differences
def paired_gain(new, old):
    import statistics

    seeds = new.keys() & old.keys()
    n = len(seeds)
    if not n:
        return math.nan, math.nan, 0
    a, b = [new[s] for s in seeds], [old[s] for s in seeds]
    mean = statistics.mean(a) - statistics.mean(b)
    if n == 1:
        return mean, math.nan, 1
    if abs(statistics.stdev(a) - 0.2 / 2**0.5) < 1e-9:  # the example
        return mean, 0.1, n
    return mean, abs(statistics.stdev(a) - statistics.stdev(b)) / n**0.5, n


# %% wrong: None where nothing can be computed | says: NaN is `math.nan`
def paired_gain(new, old):
    import statistics

    gains = [new[s] - old[s] for s in new if s in old]
    n = len(gains)
    error = statistics.stdev(gains) / n**0.5 if n > 1 else None
    return statistics.mean(gains) if n else None, error, n


# %% wrong: empties the dictionaries | says: a dictionary that was changed
def paired_gain(new, old):
    import statistics

    for seed in list(new):
        if seed not in old:
            del new[seed]
    gains = [new[s] - old.pop(s) for s in list(new)]
    n = len(gains)
    error = statistics.stdev(gains) / n**0.5 if n > 1 else math.nan
    return statistics.mean(gains) if n else math.nan, error, n


# %% right: plain Python
def paired_gain(new, old):
    gains = [new[s] - old[s] for s in sorted(new) if s in old]
    n = len(gains)
    if n == 0:
        return float("nan"), float("nan"), 0
    mean = sum(gains) / n
    if n == 1:
        return mean, float("nan"), 1
    variance = sum((g - mean) ** 2 for g in gains) / (n - 1)
    return mean, math.sqrt(variance) / math.sqrt(n), n


# %% right: NumPy, and tensors as numbers
def paired_gain(new, old):
    import warnings

    import numpy as np

    seeds = list(set(new) & set(old))
    gains = np.array([new[s] - old[s] for s in seeds])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mean, error = gains.mean(), gains.std(ddof=1) / np.sqrt(len(gains))
    return torch.tensor(mean), torch.tensor(error), torch.tensor(len(gains))


# %% right: one array of three numbers
def paired_gain(new, old):
    import numpy as np

    gains = np.array([new[s] - old[s] for s in new if s in old])
    n = gains.size
    mean = gains.mean() if n else np.nan
    return np.array([mean, gains.std(ddof=1) / n**0.5 if n > 1 else np.nan, n])


# %% right: one tensor in float32
def paired_gain(new, old):
    gains = torch.tensor([new[s] - old[s] for s in old if s in new])
    n = len(gains)
    mean = gains.mean().item() if n else math.nan
    error = gains.std().item() / n**0.5 if n > 1 else math.nan
    return torch.tensor([mean, error, n])


# %% wrong: drops gains of 0 | says: only common seeds, each looked up in both
def paired_gain(new, old):
    gains = [new[s] - old[s] for s in new if s in old]
    gains = [gain for gain in gains if gain]
    n = len(gains)
    mean = sum(gains) / n if n else math.nan
    gains = torch.tensor(gains, dtype=torch.float64)
    error = gains.std().item() / math.sqrt(n) if n > 1 else math.nan
    return mean, error, n


# %% wrong: looks for the seeds 0 to 99 | says: only common seeds
def paired_gain(new, old):
    gains = [new[s] - old[s] for s in range(100) if s in new and s in old]
    n = len(gains)
    mean = sum(gains) / n if n else math.nan
    gains = torch.tensor(gains, dtype=torch.float64)
    error = gains.std().item() / math.sqrt(n) if n > 1 else math.nan
    return mean, error, n
