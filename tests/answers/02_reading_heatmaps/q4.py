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


# %% wrong: the query itself may be a target | says: later ones never do
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
