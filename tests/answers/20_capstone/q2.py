# %% wrong: the best of all | says: average its best over all
def expected_best(totals, k):
    return totals.max().item()


# %% wrong: the mean of the best k | says: average its best over all
def expected_best(totals, k):
    return totals.sort(descending=True).values[:k].mean().item()


# %% wrong: with replacement | says: a choice holds k *different* trainings
def expected_best(totals, k):
    ranked = totals.double().sort().values
    n = len(ranked)
    rank = torch.arange(1, n + 1, dtype=torch.float64)
    shares = (rank / n) ** k - ((rank - 1) / n) ** k
    return (shares * ranked).sum().item()


# %% wrong: counts from one | says: average its best over all
def expected_best(totals, k):
    ranked = totals.double().sort().values
    n = len(ranked)
    shares = [math.comb(i + 1, k - 1) / math.comb(n, k) for i in range(n)]
    return sum(s * t for s, t in zip(shares, ranked.tolist()))


# %% wrong: forgets to sort | says: average its best over all
def expected_best(totals, k):
    n = len(totals)
    shares = [math.comb(i, k - 1) / math.comb(n, k) for i in range(n)]
    return sum(s * t for s, t in zip(shares, totals.tolist()))


# %% wrong: the worst of k | says: average its best over all
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
