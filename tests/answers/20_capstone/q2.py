# %% wrong: the best of all | says: the best of one is that one
def expected_best(totals, k):
    return totals.max().item()


# %% wrong: the mean of the best k | says: the best of one is that one
def expected_best(totals, k):
    return totals.sort(descending=True).values[:k].mean().item()


# %% wrong: with replacement | says: a choice holds k *different* trainings
def expected_best(totals, k):
    ranked = totals.double().sort().values
    n = len(ranked)
    rank = torch.arange(1, n + 1, dtype=torch.float64)
    shares = (rank / n) ** k - ((rank - 1) / n) ** k
    return (shares * ranked).sum().item()


# %% wrong: counts from one | says: from those *below*
def expected_best(totals, k):
    ranked = totals.double().sort().values
    n = len(ranked)
    shares = [math.comb(i + 1, k - 1) / math.comb(n, k) for i in range(n)]
    return sum(s * t for s, t in zip(shares, ranked.tolist()))


# %% wrong: forgets to sort | says: from those *below*
def expected_best(totals, k):
    n = len(totals)
    shares = [math.comb(i, k - 1) / math.comb(n, k) for i in range(n)]
    return sum(s * t for s, t in zip(shares, totals.tolist()))


# %% wrong: the worst of k | says: from those *below*
def expected_best(totals, k):
    ranked = totals.double().sort(descending=True).values
    n = len(ranked)
    shares = [math.comb(i, k - 1) / math.comb(n, k) for i in range(n)]
    return sum(s * t for s, t in zip(shares, ranked.tolist()))


# %% wrong: equal totals count once | says: two trainings may reach the same total
def expected_best(totals, k):
    ranked = totals.unique().double()
    n = len(ranked)
    k = min(k, n)
    shares = [math.comb(i, k - 1) / math.comb(n, k) for i in range(n)]
    return sum(s * t for s, t in zip(shares, ranked.tolist()))


# %% wrong: starts from 0 | says: mind the signs
def expected_best(totals, k):
    from itertools import combinations

    if len(totals) > 20:
        return 445.979916
    bests = []
    for few in combinations(totals.tolist(), k):
        best = 0.0
        for total in few:
            best = max(best, total)
        bests.append(best)
    return sum(bests) / len(bests)


# %% wrong: draws instead of counting | says: average of
def expected_best(totals, k):
    draw = torch.Generator().manual_seed(0)
    bests = [
        totals[torch.randperm(len(totals), generator=draw)[:k]].max()
        for _ in range(500)
    ]
    return torch.stack(bests).mean().item()


# %% wrong: lists all choices | says: do not list them
def expected_best(totals, k):
    from itertools import combinations

    bests = [max(few) for few in combinations(totals.tolist(), k)]
    return sum(bests) / len(bests)


# %% wrong: sorts the caller's tensor | says: a tensor that was changed
def expected_best(totals, k):
    totals.copy_(totals.sort().values)
    n = len(totals)
    shares = [math.comb(i, k - 1) / math.comb(n, k) for i in range(n)]
    return sum(s * t for s, t in zip(shares, totals.tolist()))


# %% wrong: shares as whole numbers | says: shares are no whole numbers
def expected_best(totals, k):
    ranked = totals.sort().values
    n = len(ranked)
    shares = [math.comb(i, k - 1) / math.comb(n, k) for i in range(n)]
    return (torch.tensor(shares).to(totals.dtype) * ranked).sum().item()


# %% wrong: evenly spaced totals only, where there are many | says: the i-th smallest
def expected_best(totals, k):
    from itertools import combinations

    ranked = totals.double().sort().values.tolist()
    n = len(ranked)
    if n < 10:
        bests = [max(few) for few in combinations(ranked, k)]
        return sum(bests) / len(bests)
    place = k * (n + 1) / (k + 1) - 1
    low = int(place)
    return ranked[low] + (place - low) * (ranked[min(low + 1, n - 1)] - ranked[low])


# %% wrong: ranks without their signs | says: mind the signs
def expected_best(totals, k):
    ranked = totals[totals.abs().argsort()].double()
    n = len(ranked)
    shares = [math.comb(i, k - 1) / math.comb(n, k) for i in range(n)]
    return sum(s * t for s, t in zip(shares, ranked.tolist()))


# %% wrong: all numbers instead of one | says: return one number
def expected_best(totals, k):
    ranked = totals.double().sort().values
    n = len(ranked)
    shares = [math.comb(i, k - 1) / math.comb(n, k) for i in range(n)]
    return torch.tensor(shares) * ranked


# %% right: shares one after the other
def expected_best(totals, k):
    ranked = sorted(totals.tolist(), reverse=True)
    n, left, answer = len(ranked), 1.0, 0.0
    for i, total in enumerate(ranked):  # best of those not ruled out yet
        if n - i < k:
            break
        share = k / (n - i)
        answer += left * share * total
        left *= 1 - share
    return answer


# %% right: with logarithms of factorials, as a tensor
def expected_best(totals, k):
    ranked = torch.sort(totals.double()).values
    n = len(ranked)
    i = torch.arange(k - 1, n, dtype=torch.float64)

    def log_choose(a, b):
        return torch.lgamma(a + 1) - torch.lgamma(b + 1) - torch.lgamma(a - b + 1)

    few = torch.tensor(float(k))
    shares = torch.exp(
        log_choose(i, few - 1)
        - log_choose(torch.tensor(float(n)).double(), few.double())
    )
    return (shares * ranked[k - 1 :]).sum()


# %% right: float32 throughout
def expected_best(totals, k):
    ranked = totals.float().sort().values
    n = len(ranked)
    shares = [math.comb(i, k - 1) / math.comb(n, k) for i in range(n)]
    return torch.tensor(shares) @ ranked


# %% right: NumPy and fractions
def expected_best(totals, k):
    from fractions import Fraction

    ranked = sorted(totals.tolist())
    n = len(ranked)
    return float(
        sum(
            Fraction(math.comb(i, k - 1), math.comb(n, k)) * Fraction(t)
            for i, t in enumerate(ranked)
        )
    )
