# %% wrong: only the own reading is hidden | says: on the own group
def pool_without_group(places, readings, groups, w):
    scores = -(((places[:, None] - places[None, :]) * w) ** 2) / 2
    weights = scores.fill_diagonal_(-torch.inf).softmax(dim=1)
    return weights @ readings, weights


# %% wrong: the companions are hidden, the reading itself is kept | says: on the own group
def pool_without_group(places, readings, groups, w):
    scores = -(((places[:, None] - places[None, :]) * w) ** 2) / 2
    hidden = groups[:, None] == groups[None, :]
    hidden.fill_diagonal_(False)
    weights = scores.masked_fill(hidden, -torch.inf).softmax(dim=1)
    return weights @ readings, weights


# %% wrong: weights are masked and not shared out again | says: weights that sum to
def pool_without_group(places, readings, groups, w):
    scores = -(((places[:, None] - places[None, :]) * w) ** 2) / 2
    others = groups[:, None] != groups[None, :]
    weights = scores.softmax(dim=1) * others
    return weights @ readings, weights


# %% wrong: queries with companions get no weights at all | says: weights that sum to
def pool_without_group(places, readings, groups, w):
    scores = -(((places[:, None] - places[None, :]) * w) ** 2) / 2
    same = groups[:, None] == groups[None, :]
    weights = scores.masked_fill(same, -torch.inf).softmax(dim=1)
    weights = weights * (same.sum(dim=1, keepdim=True) == 1)
    return weights @ readings, weights


# %% wrong: normalised over the queries | says: along which axis
def pool_without_group(places, readings, groups, w):
    scores = -(((places[:, None] - places[None, :]) * w) ** 2) / 2
    same = groups[:, None] == groups[None, :]
    weights = scores.masked_fill(same, -torch.inf).softmax(dim=0)
    return weights @ readings, weights


# %% wrong: the mask the wrong way round | says: on the own group
def pool_without_group(places, readings, groups, w):
    scores = -(((places[:, None] - places[None, :]) * w) ** 2) / 2
    others = groups[:, None] != groups[None, :]
    weights = scores.masked_fill(others, -torch.inf).softmax(dim=1)
    return weights @ readings, weights


# %% wrong: hidden scores are set to 0 | says: on the own group
def pool_without_group(places, readings, groups, w):
    scores = -(((places[:, None] - places[None, :]) * w) ** 2) / 2
    same = groups[:, None] == groups[None, :]
    weights = scores.masked_fill(same, 0.0).softmax(dim=1)
    return weights @ readings, weights


# %% wrong: takes w for the bandwidth | says: the error is least at w
def pool_without_group(places, readings, groups, w):
    w = max(w, 1e-3)
    scores = -(((places[:, None] - places[None, :]) / w) ** 2) / 2
    same = groups[:, None] == groups[None, :]
    weights = scores.masked_fill(same, -torch.inf).softmax(dim=1)
    return weights @ readings, weights


# %% wrong: takes it that groups are runs in the list | says: on the own group
def pool_without_group(places, readings, groups, w):
    scores = -(((places[:, None] - places[None, :]) * w) ** 2) / 2
    runs = (groups.diff(prepend=groups[:1]) != 0).cumsum(dim=0)
    same = runs[:, None] == runs[None, :]
    weights = scores.masked_fill(same, -torch.inf).softmax(dim=1)
    return weights @ readings, weights


# %% wrong: exponentials without a softmax, which vanish for a large w | says: NaN
def pool_without_group(places, readings, groups, w):
    powers = torch.exp(-(((places[:, None] - places[None, :]) * w) ** 2) / 2)
    powers = powers * (groups[:, None] != groups[None, :])
    weights = powers / powers.sum(dim=1, keepdim=True)
    return weights @ readings, weights


# %% right: query by query
def pool_without_group(places, readings, groups, w):
    n = len(places)
    weights = torch.zeros(n, n, dtype=places.dtype)
    for i in range(n):
        others = groups != groups[i]
        scores = -0.5 * (places[i] - places[others]) ** 2 * w**2
        weights[i, others] = torch.softmax(scores, dim=0)
    return (weights * readings).sum(dim=1), weights


# %% right: exponentials measured from the nearest allowed key
def pool_without_group(places, readings, groups, w):
    squares = torch.cdist(places[:, None], places[:, None]) ** 2
    others = groups.unsqueeze(1).ne(groups.unsqueeze(0))
    nearest = torch.where(others, squares, torch.inf).amin(dim=1, keepdim=True)
    powers = torch.exp((nearest - squares) * w**2 / 2)
    powers = torch.where(others, powers, 0.0)
    weights = powers / powers.sum(dim=1, keepdim=True)
    return torch.einsum("ij,j->i", weights, readings), weights
