# %% wrong: the earlier occurrence itself | says: the target is the key after the earlier occurrence
def induction_score(weights, tokens):
    size = len(tokens)
    target = (tokens[:, None] == tokens).tril(diagonal=-1)
    asks = target.any(dim=-1)
    mass = (weights * target).sum(dim=-1)
    even = target.sum(dim=-1) / torch.arange(1, size + 1)
    return mass[:, asks].mean(dim=-1), even[asks].mean()


# %% wrong: two keys after the earlier occurrence | says: the target is the key after the earlier occurrence
def induction_score(weights, tokens):
    size = len(tokens)
    target = torch.zeros(size, size, dtype=torch.bool)
    target[:, 2:] = tokens[:, None] == tokens[:-2]
    target = target.tril(diagonal=-1)
    asks = target.any(dim=-1)
    mass = (weights * target).sum(dim=-1)
    even = target.sum(dim=-1) / torch.arange(1, size + 1)
    return mass[:, asks].mean(dim=-1), even[asks].mean()


# %% wrong: looks into the future | says: two queries have a target, and only they are averaged
def induction_score(weights, tokens):
    size = len(tokens)
    target = torch.zeros(size, size, dtype=torch.bool)
    target[:, 1:] = tokens[:, None] == tokens[:-1]
    asks = target.any(dim=-1)
    mass = (weights * target).sum(dim=-1)
    even = target.sum(dim=-1) / torch.arange(1, size + 1)
    return mass[:, asks].mean(dim=-1), even[asks].mean()


# %% wrong: the query itself may be a target | says: its key would be itself
def induction_score(weights, tokens):
    size = len(tokens)
    target = torch.zeros(size, size, dtype=torch.bool)
    target[:, 1:] = tokens[:, None] == tokens[:-1]
    target = target.tril()
    asks = target.any(dim=-1)
    mass = (weights * target).sum(dim=-1)
    even = target.sum(dim=-1) / torch.arange(1, size + 1)
    return mass[:, asks].mean(dim=-1), even[asks].mean()


# %% wrong: averages over all queries | says: only they are averaged
def induction_score(weights, tokens):
    size = len(tokens)
    target = torch.zeros(size, size, dtype=torch.bool)
    target[:, 1:] = tokens[:, None] == tokens[:-1]
    target = target.tril(diagonal=-1)
    mass = (weights * target).sum(dim=-1)
    even = target.sum(dim=-1) / torch.arange(1, size + 1)
    return mass.mean(dim=-1), even.mean()


# %% wrong: only the most recent occurrence | says: all earlier occurrences count
def induction_score(weights, tokens):
    size = len(tokens)
    target = torch.zeros(size, size, dtype=torch.bool)
    for i in range(size):
        for j in range(i - 1, 0, -1):
            if tokens[j - 1] == tokens[i]:
                target[i, j] = True
                break
    asks = target.any(dim=-1)
    if not asks.any():
        return torch.zeros(len(weights)), torch.tensor(0.0)
    mass = (weights * target).sum(dim=-1)
    even = target.sum(dim=-1) / torch.arange(1, size + 1)
    return mass[:, asks].mean(dim=-1), even[asks].mean()


# %% wrong: chance forgets the causal mask | says: query i shares over i + 1 keys
def induction_score(weights, tokens):
    size = len(tokens)
    target = torch.zeros(size, size, dtype=torch.bool)
    target[:, 1:] = tokens[:, None] == tokens[:-1]
    target = target.tril(diagonal=-1)
    asks = target.any(dim=-1)
    mass = (weights * target).sum(dim=-1)
    even = target.sum(dim=-1) / size
    return mass[:, asks].mean(dim=-1), even[asks].mean()


# %% wrong: queries in columns | says: two queries have a target
def induction_score(weights, tokens):
    size = len(tokens)
    target = torch.zeros(size, size, dtype=torch.bool)
    target[:, 1:] = tokens[:, None] == tokens[:-1]
    target = target.tril(diagonal=-1)
    asks = target.any(dim=-1)
    mass = (weights.transpose(-2, -1) * target).sum(dim=-1)
    even = target.sum(dim=-1) / torch.arange(1, size + 1)
    return mass[:, asks].mean(dim=-1), even[asks].mean()


# %% wrong: a fixed distance, read off the first repeat | says: all earlier occurrences count
def induction_score(weights, tokens):
    size = len(tokens)
    first = next(i for i in range(size) if tokens[i] in tokens[:i])
    offset = first - int((tokens == tokens[first]).nonzero()[0]) - 1
    diagonal = weights.diagonal(offset=-max(offset, 1), dim1=-2, dim2=-1)
    places = torch.arange(first, size)
    return diagonal[..., -len(places) :].mean(dim=-1), (1 / (places + 1)).mean()


# %% wrong: no repeat gives NaN | says: an average over no query is NaN
def induction_score(weights, tokens):
    size = len(tokens)
    target = torch.zeros(size, size, dtype=torch.bool)
    target[:, 1:] = tokens[:, None] == tokens[:-1]
    target = target.tril(diagonal=-1)
    asks = target.any(dim=-1)
    mass = (weights * target).sum(dim=-1)
    even = target.sum(dim=-1) / torch.arange(1, size + 1)
    return mass[:, asks].mean(dim=-1), even[asks].mean()


# %% right: with loops and lists
def induction_score(weights, tokens):
    scores, chances = [], []
    for query in range(len(tokens)):
        keys = [key for key in range(1, query) if tokens[key - 1] == tokens[query]]
        if keys:
            scores.append(weights[:, query, keys].sum(dim=-1))
            chances.append(len(keys) / (query + 1))
    if not chances:
        return torch.zeros(weights.shape[0]), torch.tensor(0.0)
    return torch.stack(scores).mean(dim=0), torch.tensor(chances).mean()


# %% right: shifted comparison, chance from a causal uniform head
def induction_score(weights, tokens):
    size = tokens.numel()
    same = tokens.view(-1, 1).eq(tokens.view(1, -1)).roll(1, dims=1)
    place = torch.arange(size)
    target = same & (place >= 1) & (place < place.view(-1, 1))
    causal = torch.ones(size, size).tril()
    heads = torch.cat([weights, (causal / causal.sum(1, keepdim=True))[None]])
    asking = max(int(target.any(dim=1).sum()), 1)
    marks = torch.einsum("hqk,qk->h", heads, target.float()) / asking
    return marks[:-1], marks[-1]


# %% wrong: always two keys back | says: at any distance
def induction_score(weights, tokens):
    size = len(tokens)
    again = torch.tensor([bool((tokens[:i] == tokens[i]).any()) for i in range(size)])
    query = torch.arange(size)[again]
    return weights[:, query, query - 2].mean(dim=-1), (1 / (query + 1)).mean()


# %% wrong: column 0 wraps around | says: a roll brings the last token before it
def induction_score(weights, tokens):
    size = len(tokens)
    target = (tokens[:, None] == tokens).roll(1, dims=-1).tril(diagonal=-1)
    asks = target.any(dim=-1)
    mass = (weights * target).sum(dim=-1)
    even = target.sum(dim=-1) / torch.arange(1, size + 1)
    return mass[:, asks].mean(dim=-1), even[asks].mean()


# %% wrong: chance counts one target, where there are several | says: number of targets over number of visible keys
def induction_score(weights, tokens):
    size = len(tokens)
    target = torch.zeros(size, size, dtype=torch.bool)
    target[:, 1:] = tokens[:, None] == tokens[:-1]
    target = target.tril(diagonal=-1)
    asks = target.any(dim=-1)
    if not asks.any():
        return weights.new_zeros(len(weights)), weights.new_zeros(())
    mass = (weights * target).sum(dim=-1)
    even = 1 / torch.arange(1, size + 1)
    return mass[:, asks].mean(dim=-1), even[asks].mean()


# %% wrong: room for token numbers up to 99 only | says: a query without target is left out
def induction_score(weights, tokens):
    size = len(tokens)
    hot = torch.zeros(size, 100)
    hot[torch.arange(size), tokens % 100] = 1.0
    target = torch.zeros(size, size)
    target[:, 1:] = (hot @ hot.T)[:, :-1]
    target = target.tril(diagonal=-1)
    asks = target.any(dim=-1)
    if not asks.any():
        return torch.zeros(len(weights)), torch.tensor(0.0)
    mass = (weights * target).sum(dim=-1)
    even = target.sum(dim=-1) / torch.arange(1, size + 1)
    return mass[:, asks].mean(dim=-1), even[asks].mean()


# %% wrong: sets other weights to zero in the argument | says: was changed by your function
def induction_score(weights, tokens):
    size = len(tokens)
    target = torch.zeros(size, size, dtype=torch.bool)
    target[:, 1:] = tokens[:, None] == tokens[:-1]
    target = target.tril(diagonal=-1)
    asks = target.any(dim=-1)
    if not asks.any():
        return weights.new_zeros(len(weights)), weights.new_zeros(())
    weights *= target
    even = target.sum(dim=-1) / torch.arange(1, size + 1)
    return weights.sum(dim=-1)[:, asks].mean(dim=-1), even[asks].mean()


# %% wrong: averages over targets instead of over queries | says: query 3 alone has targets
def induction_score(weights, tokens):
    size = len(tokens)
    target = torch.zeros(size, size, dtype=torch.bool)
    target[:, 1:] = tokens[:, None] == tokens[:-1]
    target = target.tril(diagonal=-1)
    asks = target.any(dim=-1)
    if not asks.any():
        return weights.new_zeros(len(weights)), weights.new_zeros(())
    even = target / torch.arange(1, size + 1)[:, None]
    count = target.sum()
    return (weights * target).sum(dim=(-2, -1)) / count, even.sum() / count


# %% right: with NumPy
def induction_score(weights, tokens):
    heads, numbers = weights.detach().numpy(), tokens.tolist()
    rows = {
        i: [j for j in range(1, i) if numbers[j - 1] == numbers[i]]
        for i in range(len(numbers))
    }
    rows = {i: keys for i, keys in rows.items() if keys}
    if not rows:
        return torch.zeros(len(weights)), torch.tensor(0.0)
    mass = [heads[:, i, keys].sum(axis=1) for i, keys in rows.items()]
    chance = [len(keys) / (i + 1) for i, keys in rows.items()]
    scores = torch.from_numpy(sum(mass) / len(mass))
    return scores, torch.tensor(chance).mean()


# %% wrong: returns the scores without chance | says: return 2 results, in this order: scores, chance
def induction_score(weights, tokens):
    size = len(tokens)
    target = torch.zeros(size, size, dtype=torch.bool)
    target[:, 1:] = tokens[:, None] == tokens[:-1]
    target = target.tril(diagonal=-1)
    asks = target.any(dim=-1)
    return (weights * target).sum(dim=-1)[:, asks].mean(dim=-1)
