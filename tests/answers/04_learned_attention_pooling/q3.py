# %% wrong: sums before it squares | says: then sum
def pool_with_widths(queries, keys, values, widths, mask=None):
    gaps = (queries[:, None, :] - keys[None, :, :]) * widths
    scores = -(gaps.sum(dim=-1) ** 2) / 2
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    weights = scores.softmax(dim=1)
    return weights @ values, weights


def learn_widths(keys, values):
    widths = torch.ones_like(keys[0], requires_grad=True)
    others = ~torch.eye(len(keys), dtype=torch.bool)

    def loss(step):
        predictions, _ = pool_with_widths(keys, keys, values, widths, others)
        return ((predictions - values) ** 2).mean()

    fit([widths], loss, steps=400, learning_rate=0.1)
    return widths.detach().abs()


# %% wrong: divides by the width, as by a bandwidth | says: off by
def pool_with_widths(queries, keys, values, widths, mask=None):
    gaps = (queries[:, None, :] - keys[None, :, :]) / (widths + 1e-6)
    scores = -(gaps**2).sum(dim=-1) / 2
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    weights = scores.softmax(dim=1)
    return weights @ values, weights


def learn_widths(keys, values):
    widths = torch.ones_like(keys[0], requires_grad=True)
    others = ~torch.eye(len(keys), dtype=torch.bool)

    def loss(step):
        predictions, _ = pool_with_widths(keys, keys, values, widths, others)
        return ((predictions - values) ** 2).mean()

    fit([widths], loss, steps=400, learning_rate=0.1)
    return widths.detach().abs()


# %% wrong: widths enter without being squared | says: off by
def pool_with_widths(queries, keys, values, widths, mask=None):
    gaps = queries[:, None, :] - keys[None, :, :]
    scores = -(gaps**2 * widths).sum(dim=-1) / 2
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    weights = scores.softmax(dim=1)
    return weights @ values, weights


def learn_widths(keys, values):
    widths = torch.ones_like(keys[0], requires_grad=True)
    others = ~torch.eye(len(keys), dtype=torch.bool)

    def loss(step):
        predictions, _ = pool_with_widths(keys, keys, values, widths, others)
        return ((predictions - values) ** 2).mean()

    fit([widths], loss, steps=400, learning_rate=0.1)
    return widths.detach().abs()


# %% wrong: normalised over the queries | says: along which axis
def pool_with_widths(queries, keys, values, widths, mask=None):
    gaps = (queries[:, None, :] - keys[None, :, :]) * widths
    scores = -(gaps**2).sum(dim=-1) / 2
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    weights = scores.softmax(dim=0)
    return weights @ values, weights


def learn_widths(keys, values):
    widths = torch.ones_like(keys[0], requires_grad=True)
    others = ~torch.eye(len(keys), dtype=torch.bool)

    def loss(step):
        predictions, _ = pool_with_widths(keys, keys, values, widths, others)
        return ((predictions - values) ** 2).mean()

    fit([widths], loss, steps=400, learning_rate=0.1)
    return widths.detach().abs()


# %% wrong: the mask the wrong way round | says: weight on a masked key
def pool_with_widths(queries, keys, values, widths, mask=None):
    gaps = (queries[:, None, :] - keys[None, :, :]) * widths
    scores = -(gaps**2).sum(dim=-1) / 2
    if mask is not None:
        scores = scores.masked_fill(mask, -torch.inf)
    weights = scores.softmax(dim=1)
    return weights @ values, weights


def learn_widths(keys, values):
    widths = torch.ones_like(keys[0], requires_grad=True)
    others = torch.eye(len(keys), dtype=torch.bool)

    def loss(step):
        predictions, _ = pool_with_widths(keys, keys, values, widths, others)
        return ((predictions - values) ** 2).mean()

    fit([widths], loss, steps=400, learning_rate=0.1)
    return widths.detach().abs()


# %% wrong: masked scores are set to 0 | says: weight on a masked key
def pool_with_widths(queries, keys, values, widths, mask=None):
    gaps = (queries[:, None, :] - keys[None, :, :]) * widths
    scores = -(gaps**2).sum(dim=-1) / 2
    if mask is not None:
        scores = scores.masked_fill(~mask, 0.0)
    weights = scores.softmax(dim=1)
    return weights @ values, weights


def learn_widths(keys, values):
    widths = torch.ones_like(keys[0], requires_grad=True)
    others = ~torch.eye(len(keys), dtype=torch.bool)

    def loss(step):
        predictions, _ = _honest(keys, values, widths, others)
        return ((predictions - values) ** 2).mean()

    fit([widths], loss, steps=400, learning_rate=0.1)
    return widths.detach().abs()


def _honest(keys, values, widths, others):
    scores = -((((keys[:, None] - keys[None]) * widths) ** 2).sum(dim=-1)) / 2
    weights = scores.masked_fill(~others, -torch.inf).softmax(dim=1)
    return weights @ values, weights


# %% wrong: each reading sees its own pair while training | says: own pair hidden while training
def pool_with_widths(queries, keys, values, widths, mask=None):
    gaps = (queries[:, None, :] - keys[None, :, :]) * widths
    scores = -(gaps**2).sum(dim=-1) / 2
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    weights = scores.softmax(dim=1)
    return weights @ values, weights


def learn_widths(keys, values):
    widths = torch.ones_like(keys[0], requires_grad=True)

    def loss(step):
        predictions, _ = pool_with_widths(keys, keys, values, widths)
        return ((predictions - values) ** 2).mean()

    fit([widths], loss, steps=400, learning_rate=0.1)
    return widths.detach().abs()


# %% wrong: one width for all inputs | says: width of its own
def pool_with_widths(queries, keys, values, widths, mask=None):
    gaps = (queries[:, None, :] - keys[None, :, :]) * widths
    scores = -(gaps**2).sum(dim=-1) / 2
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    weights = scores.softmax(dim=1)
    return weights @ values, weights


def learn_widths(keys, values):
    widths = torch.ones(1, dtype=keys.dtype, requires_grad=True)
    others = ~torch.eye(len(keys), dtype=torch.bool)

    def loss(step):
        predictions, _ = pool_with_widths(keys, keys, values, widths, others)
        return ((predictions - values) ** 2).mean()

    fit([widths], loss, steps=400, learning_rate=0.1)
    return widths.detach().abs().expand(keys.shape[1])


# %% wrong: starts where the slope is 0 | says: start away from 0
def pool_with_widths(queries, keys, values, widths, mask=None):
    gaps = (queries[:, None, :] - keys[None, :, :]) * widths
    scores = -(gaps**2).sum(dim=-1) / 2
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    weights = scores.softmax(dim=1)
    return weights @ values, weights


def learn_widths(keys, values):
    widths = torch.zeros_like(keys[0], requires_grad=True)
    others = ~torch.eye(len(keys), dtype=torch.bool)

    def loss(step):
        predictions, _ = pool_with_widths(keys, keys, values, widths, others)
        return ((predictions - values) ** 2).mean()

    fit([widths], loss, steps=400, learning_rate=0.1)
    return widths.detach().abs()


# %% wrong: stops long before the optimum | says: 20% above the best
def pool_with_widths(queries, keys, values, widths, mask=None):
    gaps = (queries[:, None, :] - keys[None, :, :]) * widths
    scores = -(gaps**2).sum(dim=-1) / 2
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    weights = scores.softmax(dim=1)
    return weights @ values, weights


def learn_widths(keys, values):
    widths = torch.tensor([3.0, 1.5, 0.3], dtype=keys.dtype).requires_grad_()
    others = ~torch.eye(len(keys), dtype=torch.bool)

    def loss(step):
        predictions, _ = pool_with_widths(keys, keys, values, widths, others)
        return ((predictions - values) ** 2).mean()

    fit([widths], loss, steps=3)
    return widths.detach().abs()


# %% wrong: returns the widths with their gradient | says: still carry a gradient
def pool_with_widths(queries, keys, values, widths, mask=None):
    gaps = (queries[:, None, :] - keys[None, :, :]) * widths
    scores = -(gaps**2).sum(dim=-1) / 2
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    weights = scores.softmax(dim=1)
    return weights @ values, weights


def learn_widths(keys, values):
    widths = torch.ones_like(keys[0], requires_grad=True)
    others = ~torch.eye(len(keys), dtype=torch.bool)

    def loss(step):
        predictions, _ = pool_with_widths(keys, keys, values, widths, others)
        return ((predictions - values) ** 2).mean()

    fit([widths], loss, steps=400, learning_rate=0.1)
    return widths


# %% wrong: predictions are cut off from the widths | says: without a gradient for the widths
def pool_with_widths(queries, keys, values, widths, mask=None):
    gaps = (queries[:, None, :] - keys[None, :, :]) * widths
    scores = -(gaps**2).sum(dim=-1) / 2
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    weights = scores.softmax(dim=1)
    return weights.detach() @ values, weights


def learn_widths(keys, values):
    widths = torch.ones_like(keys[0], requires_grad=True)
    others = ~torch.eye(len(keys), dtype=torch.bool)

    def loss(step):
        predictions, _ = _attached(keys, values, widths, others)
        return ((predictions - values) ** 2).mean()

    fit([widths], loss, steps=400, learning_rate=0.1)
    return widths.detach().abs()


def _attached(keys, values, widths, others):
    weights = pool_with_widths(keys, keys, values, widths, others)[1]
    return weights @ values, weights


# %% right: distances by torch.cdist, training by L-BFGS
def pool_with_widths(queries, keys, values, widths, mask=None):
    wide_queries, wide_keys = queries * widths, keys * widths
    squares = (
        (wide_queries**2).sum(dim=1, keepdim=True)
        + (wide_keys**2).sum(dim=1)
        - 2 * wide_queries @ wide_keys.T
    )
    if mask is None:
        mask = torch.ones_like(squares, dtype=torch.bool)
    weights = torch.softmax(torch.where(mask, -squares / 2, -torch.inf), dim=-1)
    return (weights * values).sum(dim=-1), weights


def learn_widths(keys, values):
    widths = torch.full((keys.shape[1],), 1.5, dtype=keys.dtype)
    widths.requires_grad_()
    others = torch.ones(len(keys), len(keys), dtype=torch.bool).fill_diagonal_(False)
    optimiser = torch.optim.LBFGS([widths], max_iter=80, line_search_fn="strong_wolfe")

    def closure():
        optimiser.zero_grad()
        predictions, _ = pool_with_widths(keys, keys, values, widths, others)
        loss = (predictions - values).square().mean()
        loss.backward()
        return loss

    optimiser.step(closure)
    return widths.abs().detach()


# %% right: with loops, and learned without a gradient by SciPy
def pool_with_widths(queries, keys, values, widths, mask=None):
    rows = []
    for i in range(len(queries)):
        score = -0.5 * ((queries[i] - keys) ** 2 @ widths**2)
        if mask is not None:
            score = torch.where(mask[i], score, -torch.inf)
        rows.append(torch.softmax(score, dim=0))
    weights = torch.stack(rows)
    return weights @ values, weights


def learn_widths(keys, values):
    from scipy.optimize import minimize

    n = len(keys)
    squares = ((keys[:, None] - keys[None, :]) ** 2).numpy()

    def loss(logs):
        scores = -0.5 * squares @ np.exp(2 * logs)
        np.fill_diagonal(scores, -np.inf)
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        predictions = powers @ values.numpy() / powers.sum(axis=1)
        return np.sum((predictions - values.numpy()) ** 2) / n

    found = minimize(loss, np.zeros(keys.shape[1]), method="Nelder-Mead")
    return torch.from_numpy(np.exp(found.x))
