# %% wrong: as if places could repeat | says: as if places could repeat
def log_prob_of_looks(scores, places):
    return scores.log_softmax(-1).gather(-1, places).sum(-1)


# %% wrong: probabilities, not logarithms | says: return logarithms
def log_prob_of_looks(scores, places):
    total = torch.ones(len(scores), dtype=scores.dtype)
    seen = torch.zeros_like(scores, dtype=torch.bool)
    for k in range(places.shape[1]):
        weights = scores.masked_fill(seen, -math.inf).softmax(-1)
        total = total * weights.gather(-1, places[:, k : k + 1]).squeeze(-1)
        seen = seen.scatter(-1, places[:, k : k + 1], True)
    return total


# %% wrong: divides by 1 minus the weight | says: 1 minus a weight that rounds to 1
def log_prob_of_looks(scores, places):
    weights = scores.softmax(-1).gather(-1, places)
    before = weights.cumsum(-1) - weights
    return (weights / (1 - before)).log().sum(-1)


# %% wrong: takes only the last place away | says: all seen ones, not only the last
def log_prob_of_looks(scores, places):
    total = scores.log_softmax(-1).gather(-1, places[:, :1]).squeeze(-1)
    for k in range(1, places.shape[1]):
        left = scores.scatter(-1, places[:, k - 1 : k], -math.inf)
        now = places[:, k : k + 1]
        total = total + left.log_softmax(-1).gather(-1, now).squeeze(-1)
    return total


# %% wrong: two looks only | says: any number of looks
def log_prob_of_looks(scores, places):
    first, second = places.unbind(-1)
    log_weights = scores.log_softmax(-1)
    left = scores.scatter(-1, first[:, None], -math.inf).log_softmax(-1)
    one = log_weights.gather(-1, first[:, None])
    return (one + left.gather(-1, second[:, None])).squeeze(-1)


# %% wrong: two looks, more are ignored | says: not only the last
def log_prob_of_looks(scores, places):
    total = scores.log_softmax(-1).gather(-1, places[:, :1]).squeeze(-1)
    if places.shape[1] > 1:
        left = scores.scatter(-1, places[:, :1], -math.inf).log_softmax(-1)
        total = total + left.gather(-1, places[:, 1:2]).squeeze(-1)
    return total


# %% wrong: the probability of the set, whatever the order | says: off by
def log_prob_of_looks(scores, places):
    import itertools

    orders = itertools.permutations(range(places.shape[1]))
    every = []
    for order in orders:
        total, seen = 0.0, torch.zeros_like(scores, dtype=torch.bool)
        for now in places[:, list(order)].unsqueeze(-1).unbind(1):
            left = scores.masked_fill(seen, -math.inf).log_softmax(-1)
            total = total + left.gather(-1, now).squeeze(-1)
            seen = seen.scatter(-1, now, True)
        every.append(total)
    return torch.stack(every).logsumexp(0)


# %% wrong: reads the looks backwards | says: off by
def log_prob_of_looks(scores, places):
    total, seen = 0.0, torch.zeros_like(scores, dtype=torch.bool)
    for now in places.flip(-1).unsqueeze(-1).unbind(1):
        left = scores.masked_fill(seen, -math.inf).log_softmax(-1)
        total = total + left.gather(-1, now).squeeze(-1)
        seen = seen.scatter(-1, now, True)
    return total


# %% wrong: a score of 0 for a seen place | says: off by
def log_prob_of_looks(scores, places):
    total, seen = 0.0, torch.zeros_like(scores, dtype=torch.bool)
    for now in places.unsqueeze(-1).unbind(1):
        left = scores.masked_fill(seen, 0.0).log_softmax(-1)
        total = total + left.gather(-1, now).squeeze(-1)
        seen = seen.scatter(-1, now, True)
    return total


# %% wrong: writes minus infinity into the scores | says: was changed by your function
def log_prob_of_looks(scores, places):
    total = 0.0
    for now in places.unsqueeze(-1).unbind(1):
        total = total + scores.log_softmax(-1).gather(-1, now).squeeze(-1)
        scores.scatter_(-1, now, -math.inf)
    return total


# %% wrong: takes the scores for logarithms of weights | says: a softmax ignores a shift
def log_prob_of_looks(scores, places):
    chosen = scores.gather(-1, places)
    weights = chosen.exp()
    before = weights.cumsum(-1) - weights
    return (chosen - torch.log((1 - before).clamp(min=1e-6))).sum(-1)


# %% wrong: only the last look counts | says: off by
def log_prob_of_looks(scores, places):
    seen = torch.zeros_like(scores, dtype=torch.bool)
    seen = seen.scatter(-1, places[:, :-1], True)
    left = scores.masked_fill(seen, -math.inf).log_softmax(-1)
    return left.gather(-1, places[:, -1:]).squeeze(-1)


# %% wrong: the sum over the batch | says: one number for each row
def log_prob_of_looks(scores, places):
    total, seen = 0.0, torch.zeros_like(scores, dtype=torch.bool)
    for now in places.unsqueeze(-1).unbind(1):
        left = scores.masked_fill(seen, -math.inf).log_softmax(-1)
        total = total + left.gather(-1, now).squeeze(-1)
        seen = seen.scatter(-1, now, True)
    return total.sum()


# %% wrong: what is left is detached | says: the gradient of every look counts
def log_prob_of_looks(scores, places):
    total, seen = 0.0, torch.zeros_like(scores, dtype=torch.bool)
    for now in places.unsqueeze(-1).unbind(1):
        rest = scores.masked_fill(seen, -math.inf).logsumexp(-1).detach()
        total = total + scores.gather(-1, now).squeeze(-1) - rest
        seen = seen.scatter(-1, now, True)
    return total


# %% wrong: a finite score for a seen place (-50.0) | says: a seen place is gone
def log_prob_of_looks(scores, places):
    total, left = 0.0, scores
    for now in places.unsqueeze(-1).unbind(1):
        total = total + left.log_softmax(-1).gather(-1, now).squeeze(-1)
        left = left.scatter(-1, now, -50.0)
    return total


# %% wrong: a finite score for a seen place (-100.0) | says: a seen place is gone
def log_prob_of_looks(scores, places):
    total, left = 0.0, scores
    for now in places.unsqueeze(-1).unbind(1):
        total = total + left.log_softmax(-1).gather(-1, now).squeeze(-1)
        left = left.scatter(-1, now, -100.0)
    return total


# %% wrong: a finite score for a seen place (-1000.0) | says: a seen place is gone
def log_prob_of_looks(scores, places):
    total, left = 0.0, scores
    for now in places.unsqueeze(-1).unbind(1):
        total = total + left.log_softmax(-1).gather(-1, now).squeeze(-1)
        left = left.scatter(-1, now, -1000.0)
    return total


# %% wrong: takes 100.0 off a seen place | says: a seen place is gone
def log_prob_of_looks(scores, places):
    total, left = 0.0, scores
    for now in places.unsqueeze(-1).unbind(1):
        total = total + left.log_softmax(-1).gather(-1, now).squeeze(-1)
        left = left - 100.0 * torch.zeros_like(left).scatter(-1, now, 1.0)
    return total


# %% wrong: takes 1000.0 off a seen place | says: a seen place is gone
def log_prob_of_looks(scores, places):
    total, left = 0.0, scores
    for now in places.unsqueeze(-1).unbind(1):
        total = total + left.log_softmax(-1).gather(-1, now).squeeze(-1)
        left = left - 1000.0 * torch.zeros_like(left).scatter(-1, now, 1.0)
    return total


# %% right: from the back, with logcumsumexp
def log_prob_of_looks(scores, places):
    rest = torch.ones_like(scores, dtype=torch.bool).scatter(-1, places, False)
    never = scores.masked_fill(~rest, -math.inf)
    never = never.logsumexp(-1, keepdim=True) if rest.any() else never[:, :1]
    chosen = scores.gather(-1, places)
    back = torch.cat([never, chosen.flip(-1)], -1)
    left = torch.stack([back[:, : k + 2].logsumexp(-1) for k in range(places.shape[1])])
    return chosen.sum(-1) - left.sum(0)


# %% right: row by row, dropping the seen place
def log_prob_of_looks(scores, places):
    totals = []
    for row, order in zip(scores, places.tolist()):
        left, total = list(range(len(row))), row.new_zeros(())
        for place in order:
            total = total + row[left].log_softmax(0)[left.index(place)]
            left.remove(place)
        totals.append(total)
    return torch.stack(totals)
