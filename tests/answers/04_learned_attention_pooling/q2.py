# %% wrong: only the own reading is hidden | says: on the own group
def pool_without_group(places, readings, groups, w):
    scores = -(((places[:, None] - places[None, :]) * w) ** 2) / 2
    same = groups[:, None] == groups[None, :]
    scores = scores - same.sum(dim=0).log()
    weights = scores.fill_diagonal_(-torch.inf).softmax(dim=1)
    return weights @ readings, weights


# %% wrong: the companions are hidden, the reading itself is kept | says: on the own group
def pool_without_group(places, readings, groups, w):
    scores = -(((places[:, None] - places[None, :]) * w) ** 2) / 2
    same = groups[:, None] == groups[None, :]
    scores = scores - same.sum(dim=0).log()
    hidden = same.clone().fill_diagonal_(False)
    weights = scores.masked_fill(hidden, -torch.inf).softmax(dim=1)
    return weights @ readings, weights


# %% wrong: every reading counts, not every moment | says: divided by the number of readings
def pool_without_group(places, readings, groups, w):
    scores = -(((places[:, None] - places[None, :]) * w) ** 2) / 2
    same = groups[:, None] == groups[None, :]
    weights = scores.masked_fill(same, -torch.inf).softmax(dim=1)
    return weights @ readings, weights


# %% wrong: the package in one line | says: divided by the number of readings
def pool_without_group(places, readings, groups, w):
    from course_utils.kernel_regression import LearnedKernelPooling

    others = groups[:, None] != groups[None, :]
    return LearnedKernelPooling(w)(places, places, readings, others)


# %% wrong: the score itself is divided by the size | says: divided by the number of readings
def pool_without_group(places, readings, groups, w):
    scores = -(((places[:, None] - places[None, :]) * w) ** 2) / 2
    same = groups[:, None] == groups[None, :]
    scores = scores / same.sum(dim=0)
    weights = scores.masked_fill(same, -torch.inf).softmax(dim=1)
    return weights @ readings, weights


# %% wrong: divided by the size of the query's group | says: divided by the number of readings
def pool_without_group(places, readings, groups, w):
    scores = -(((places[:, None] - places[None, :]) * w) ** 2) / 2
    same = groups[:, None] == groups[None, :]
    scores = scores - same.sum(dim=1, keepdim=True).log()
    weights = scores.masked_fill(same, -torch.inf).softmax(dim=1)
    return weights @ readings, weights


# %% wrong: multiplied by the size of the group | says: divided by the number of readings
def pool_without_group(places, readings, groups, w):
    scores = -(((places[:, None] - places[None, :]) * w) ** 2) / 2
    same = groups[:, None] == groups[None, :]
    scores = scores + same.sum(dim=0).log()
    weights = scores.masked_fill(same, -torch.inf).softmax(dim=1)
    return weights @ readings, weights


# %% wrong: weights are divided by the size and not shared out again | says: weights that sum to
def pool_without_group(places, readings, groups, w):
    scores = -(((places[:, None] - places[None, :]) * w) ** 2) / 2
    same = groups[:, None] == groups[None, :]
    weights = scores.masked_fill(same, -torch.inf).softmax(dim=1)
    weights = weights / same.sum(dim=0)
    return weights @ readings, weights


# %% wrong: weights are masked and not shared out again | says: weights that sum to
def pool_without_group(places, readings, groups, w):
    scores = -(((places[:, None] - places[None, :]) * w) ** 2) / 2
    same = groups[:, None] == groups[None, :]
    scores = scores - same.sum(dim=0).log()
    weights = scores.softmax(dim=1) * ~same
    return weights @ readings, weights


# %% wrong: weights are masked after the softmax and divided by their sums | says: NaN
def pool_without_group(places, readings, groups, w):
    scores = -(((places[:, None] - places[None, :]) * w) ** 2) / 2
    same = groups[:, None] == groups[None, :]
    scores = scores - same.sum(dim=0).log()
    weights = scores.softmax(dim=1) * ~same
    weights = weights / weights.sum(dim=1, keepdim=True)
    return weights @ readings, weights


# %% wrong: normalised over the queries | says: along which axis
def pool_without_group(places, readings, groups, w):
    scores = -(((places[:, None] - places[None, :]) * w) ** 2) / 2
    same = groups[:, None] == groups[None, :]
    scores = scores - same.sum(dim=0).log()
    weights = scores.masked_fill(same, -torch.inf).softmax(dim=0)
    return weights @ readings, weights


# %% wrong: the mask the wrong way round | says: on the own group
def pool_without_group(places, readings, groups, w):
    scores = -(((places[:, None] - places[None, :]) * w) ** 2) / 2
    same = groups[:, None] == groups[None, :]
    scores = scores - same.sum(dim=0).log()
    weights = scores.masked_fill(~same, -torch.inf).softmax(dim=1)
    return weights @ readings, weights


# %% wrong: hidden scores are set to 0 | says: on the own group
def pool_without_group(places, readings, groups, w):
    scores = -(((places[:, None] - places[None, :]) * w) ** 2) / 2
    same = groups[:, None] == groups[None, :]
    scores = scores - same.sum(dim=0).log()
    weights = scores.masked_fill(same, 0.0).softmax(dim=1)
    return weights @ readings, weights


# %% wrong: hidden scores are set to a number that is not low enough | says: on the own group
def pool_without_group(places, readings, groups, w):
    scores = -(((places[:, None] - places[None, :]) * w) ** 2) / 2
    same = groups[:, None] == groups[None, :]
    scores = scores - same.sum(dim=0).log()
    weights = scores.masked_fill(same, -1e4).softmax(dim=1)
    return weights @ readings, weights


# %% wrong: takes w for the bandwidth | says: divided by the number of readings
def pool_without_group(places, readings, groups, w):
    scores = -(((places[:, None] - places[None, :]) / (w or 1e-3)) ** 2) / 2
    same = groups[:, None] == groups[None, :]
    scores = scores - same.sum(dim=0).log()
    weights = scores.masked_fill(same, -torch.inf).softmax(dim=1)
    return weights @ readings, weights


# %% wrong: forgets the half in the score | says: divided by the number of readings
def pool_without_group(places, readings, groups, w):
    scores = -(((places[:, None] - places[None, :]) * w) ** 2)
    same = groups[:, None] == groups[None, :]
    scores = scores - same.sum(dim=0).log()
    weights = scores.masked_fill(same, -torch.inf).softmax(dim=1)
    return weights @ readings, weights


# %% wrong: a negative w counts as 0 | says: only the square of w counts
def pool_without_group(places, readings, groups, w):
    scores = -(((places[:, None] - places[None, :]) * max(w, 0)) ** 2) / 2
    same = groups[:, None] == groups[None, :]
    scores = scores - same.sum(dim=0).log()
    weights = scores.masked_fill(same, -torch.inf).softmax(dim=1)
    return weights @ readings, weights


# %% wrong: takes it that groups are runs in the list | says: on the own group
def pool_without_group(places, readings, groups, w):
    scores = -(((places[:, None] - places[None, :]) * w) ** 2) / 2
    runs = (groups.diff(prepend=groups[:1]) != 0).cumsum(dim=0)
    same = runs[:, None] == runs[None, :]
    scores = scores - same.sum(dim=0).log()
    weights = scores.masked_fill(same, -torch.inf).softmax(dim=1)
    return weights @ readings, weights


# %% wrong: takes it that groups are numbered from 0 to 19 | says: on the own group
def pool_without_group(places, readings, groups, w):
    scores = -(((places[:, None] - places[None, :]) * w) ** 2) / 2
    same = groups[:, None] == groups[None, :]
    scores = scores - same.sum(dim=0).log()
    weights = torch.zeros_like(scores)
    for group in range(20):
        own = groups == group
        if own.any():
            weights[own] = scores[own].masked_fill(own, -torch.inf).softmax(dim=1)
    rest = weights.sum(dim=1) == 0
    weights[rest] = 1 / len(groups)
    return weights @ readings, weights


# %% wrong: exponentials without a softmax, which vanish for a large w | says: NaN
def pool_without_group(places, readings, groups, w):
    powers = torch.exp(-(((places[:, None] - places[None, :]) * w) ** 2) / 2)
    same = groups[:, None] == groups[None, :]
    powers = powers * ~same / same.sum(dim=0)
    weights = powers / powers.sum(dim=1, keepdim=True)
    return weights @ readings, weights


# %% wrong: writes into its argument | says: changed its arguments
def pool_without_group(places, readings, groups, w):
    scores = -(((places[:, None] - places[None, :]) * w) ** 2) / 2
    same = groups[:, None] == groups[None, :]
    scores = scores - same.sum(dim=0).log()
    weights = scores.masked_fill(same, -torch.inf).softmax(dim=1)
    return readings.copy_(weights @ readings), weights


# %% right: query by query
def pool_without_group(places, readings, groups, w):
    n = len(places)
    weights = torch.zeros(n, n, dtype=places.dtype)
    for i in range(n):
        others = groups != groups[i]
        sizes = torch.stack([(groups == g).sum() for g in groups[others]])
        scores = -0.5 * (places[i] - places[others]) ** 2 * w**2 - torch.log(sizes)
        weights[i, others] = torch.softmax(scores, dim=0)
    return (weights * readings).sum(dim=1), weights


# %% right: exponentials measured from the nearest allowed key
def pool_without_group(places, readings, groups, w):
    squares = torch.cdist(places[:, None], places[:, None]) ** 2
    others = groups.unsqueeze(1).ne(groups.unsqueeze(0))
    sizes = len(groups) - others.sum(dim=0)
    nearest = torch.where(others, squares, torch.inf).amin(dim=1, keepdim=True)
    powers = torch.exp((nearest - squares) * w**2 / 2) / sizes
    powers = torch.where(others, powers, 0.0)
    weights = powers / powers.sum(dim=1, keepdim=True)
    return torch.einsum("ij,j->i", weights, readings), weights


# %% right: NumPy inside
def pool_without_group(places, readings, groups, w):
    x, y, g = places.numpy(), readings.numpy(), groups.numpy()
    _, number, sizes = np.unique(g, return_inverse=True, return_counts=True)
    scores = -(((x[:, None] - x) * w) ** 2) / 2 - np.log(sizes[number])
    scores[g[:, None] == g] = -np.inf
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = powers / powers.sum(axis=1, keepdims=True)
    return torch.tensor(weights @ y), torch.tensor(weights)


# %% right: the package's weights, shared out anew by size
def pool_without_group(places, readings, groups, w):
    from course_utils.kernel_regression import LearnedKernelPooling

    same = groups[:, None] == groups[None, :]
    weights = LearnedKernelPooling(w)(places, places, readings, ~same)[1]
    weights = weights / same.sum(dim=0)
    weights = weights / weights.sum(dim=1, keepdim=True)
    return weights @ readings, weights
