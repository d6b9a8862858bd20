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


# %% wrong: stops long before the optimum | says: until the widths stand still
def pool_with_widths(queries, keys, values, widths, mask=None):
    gaps = (queries[:, None, :] - keys[None, :, :]) * widths
    scores = -(gaps**2).sum(dim=-1) / 2
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    weights = scores.softmax(dim=1)
    return weights @ values, weights


def learn_widths(keys, values):
    widths = torch.tensor([3.0, 1.5, 0.3], dtype=keys.dtype)[: keys.shape[1]]
    widths = widths.clone().requires_grad_()
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


# %% wrong: three inputs and float64 are written into it | says: do not write a number of inputs
def pool_with_widths(queries, keys, values, widths, mask=None):
    gaps = (queries[:, None, :] - keys[None, :, :]) * widths
    scores = -(gaps**2).sum(dim=-1) / 2
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    weights = scores.softmax(dim=1)
    return weights @ values, weights


def learn_widths(keys, values):
    widths = torch.ones(3, dtype=torch.float64, requires_grad=True)
    others = ~torch.eye(len(keys), dtype=torch.bool)

    def loss(step):
        return (
            (pool_with_widths(keys, keys, values, widths, others)[0] - values) ** 2
        ).mean()

    fit([widths], loss, steps=400, learning_rate=0.1)
    return widths.detach().abs()


# %% wrong: standardises the keys in place | says: changed its arguments
def pool_with_widths(queries, keys, values, widths, mask=None):
    gaps = (queries[:, None, :] - keys[None, :, :]) * widths
    scores = -(gaps**2).sum(dim=-1) / 2
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    weights = scores.softmax(dim=1)
    return weights @ values, weights


def learn_widths(keys, values):
    keys -= keys.mean(0)
    keys /= keys.std(0)
    widths = torch.ones_like(keys[0], requires_grad=True)
    others = ~torch.eye(len(keys), dtype=torch.bool)

    def loss(step):
        return (
            (pool_with_widths(keys, keys, values, widths, others)[0] - values) ** 2
        ).mean()

    fit([widths], loss, steps=400, learning_rate=0.1)
    return widths.detach().abs()


# %% wrong: returns the widths of standardised keys | says: bring the widths back
def pool_with_widths(queries, keys, values, widths, mask=None):
    gaps = (queries[:, None, :] - keys[None, :, :]) * widths
    scores = -(gaps**2).sum(dim=-1) / 2
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    weights = scores.softmax(dim=1)
    return weights @ values, weights


def learn_widths(keys, values):
    spread = keys.std(0)
    keys = keys / spread
    widths = torch.ones_like(keys[0], requires_grad=True)
    others = ~torch.eye(len(keys), dtype=torch.bool)

    def loss(step):
        return (
            (pool_with_widths(keys, keys, values, widths, others)[0] - values) ** 2
        ).mean()

    fit([widths], loss, steps=400, learning_rate=0.1)
    return widths.detach().abs()


# %% wrong: ignores the data, tries three stored vectors | says: do not write a number of inputs
def pool_with_widths(queries, keys, values, widths, mask=None):
    gaps = (queries[:, None, :] - keys[None, :, :]) * widths
    scores = -(gaps**2).sum(dim=-1) / 2
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    weights = scores.softmax(dim=1)
    return weights @ values, weights


def learn_widths(keys, values):
    others = ~torch.eye(len(keys), dtype=torch.bool)
    best = None
    for c in ([4.3, 1.5, 0.02], [4.3, 0.02, 1.5], [0.02, 4.3, 1.5]):
        c = torch.tensor(c, dtype=keys.dtype)
        l = ((pool_with_widths(keys, keys, values, c, others)[0] - values) ** 2).mean()
        if best is None or l < best[0]:
            best = (l, c)
    return best[1]


# %% wrong: the own pair is kept, and training stopped early | says: own pair hidden while training
def pool_with_widths(queries, keys, values, widths, mask=None):
    gaps = (queries[:, None, :] - keys[None, :, :]) * widths
    scores = -(gaps**2).sum(dim=-1) / 2
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    weights = scores.softmax(dim=1)
    return weights @ values, weights


def learn_widths(keys, values):
    widths = torch.ones_like(keys[0], requires_grad=True)
    others = None

    def loss(step):
        return (
            (pool_with_widths(keys, keys, values, widths, others)[0] - values) ** 2
        ).mean()

    fit([widths], loss, steps=25, learning_rate=0.1)
    return widths.detach().abs()


# %% wrong: hides the diagonal of a square mask, whatever the mask | says: weight on a masked key
def pool_with_widths(queries, keys, values, widths, mask=None):
    gaps = (queries[:, None, :] - keys[None, :, :]) * widths
    scores = -(gaps**2).sum(dim=-1) / 2
    if mask is not None and mask.shape[0] != mask.shape[1]:
        scores = scores.masked_fill(~mask, -torch.inf)
    elif mask is not None:
        scores = scores.fill_diagonal_(-torch.inf)
    weights = scores.softmax(dim=1)
    return weights @ values, weights


def learn_widths(keys, values):
    widths = torch.ones_like(keys[0], requires_grad=True)
    others = ~torch.eye(len(keys), dtype=torch.bool)

    def loss(step):
        return (
            (pool_with_widths(keys, keys, values, widths, others)[0] - values) ** 2
        ).mean()

    fit([widths], loss, steps=400, learning_rate=0.1)
    return widths.detach().abs()


# %% wrong: a gradient that is twice too large | says: the gradient for the widths
def pool_with_widths(queries, keys, values, widths, mask=None):
    gaps = (queries[:, None, :] - keys[None, :, :]) * widths
    g2 = gaps**2
    scores = -(g2 * 2 - g2.detach()).sum(dim=-1) / 2
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    weights = scores.softmax(dim=1)
    return weights @ values, weights


def learn_widths(keys, values):
    widths = torch.ones_like(keys[0], requires_grad=True)
    others = ~torch.eye(len(keys), dtype=torch.bool)

    def loss(step):
        return (
            (pool_with_widths(keys, keys, values, widths, others)[0] - values) ** 2
        ).mean()

    fit([widths], loss, steps=400, learning_rate=0.1)
    return widths.detach().abs()


# %% wrong: a gradient that is always 0 | says: the gradient for the widths
def pool_with_widths(queries, keys, values, widths, mask=None):
    gaps = (queries[:, None, :] - keys[None, :, :]) * widths.detach()
    scores = -(gaps**2).sum(dim=-1) / 2
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    weights = scores.softmax(dim=1) + 0 * widths.sum()
    return weights @ values, weights


def learn_widths(keys, values):
    W = torch.ones_like(keys[0])
    widths = torch.ones_like(keys[0], requires_grad=True)
    others = ~torch.eye(len(keys), dtype=torch.bool)

    def loss(step):
        s = -(((keys[:, None] - keys) * widths) ** 2).sum(-1) / 2
        return (
            (s.masked_fill(~others, -torch.inf).softmax(1) @ values - values) ** 2
        ).mean()

    fit([widths], loss, steps=400, learning_rate=0.1)
    return widths.detach().abs()


# %% wrong: the smallest width is set to 0, whatever the data | says: let the loss decide
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
        return (
            (pool_with_widths(keys, keys, values, widths, others)[0] - values) ** 2
        ).mean()

    fit([widths], loss, steps=400, learning_rate=0.1)
    w = widths.detach().abs().clone()
    w[w.argmin()] = 0
    return w


# %% right: standardises the keys inside and brings the widths back
def pool_with_widths(queries, keys, values, widths, mask=None):
    gaps = (queries[:, None, :] - keys[None, :, :]) * widths
    scores = -(gaps**2).sum(dim=-1) / 2
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    weights = scores.softmax(dim=1)
    return weights @ values, weights


def learn_widths(keys, values):
    spread = keys.std(0)
    keys = keys / spread
    widths = torch.ones_like(keys[0], requires_grad=True)
    others = ~torch.eye(len(keys), dtype=torch.bool)

    def loss(step):
        return (
            (pool_with_widths(keys, keys, values, widths, others)[0] - values) ** 2
        ).mean()

    fit([widths], loss, steps=400, learning_rate=0.1)
    return widths.detach().abs() / spread


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


# %% right: learns in float32 whatever came
def pool_with_widths(queries, keys, values, widths, mask=None):
    gaps = (queries[:, None, :] - keys[None, :, :]) * widths
    scores = -(gaps**2).sum(dim=-1) / 2
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    weights = scores.softmax(dim=1)
    return weights @ values, weights


def learn_widths(keys, values):
    keys, values = keys.float(), values.float()
    widths = torch.ones_like(keys[0], requires_grad=True)
    others = ~torch.eye(len(keys), dtype=torch.bool)

    def loss(step):
        return (
            (pool_with_widths(keys, keys, values, widths, others)[0] - values) ** 2
        ).mean()

    fit([widths], loss, steps=400, learning_rate=0.1)
    return widths.detach().abs()


# %% right: starts from random widths
def pool_with_widths(queries, keys, values, widths, mask=None):
    gaps = (queries[:, None, :] - keys[None, :, :]) * widths
    scores = -(gaps**2).sum(dim=-1) / 2
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    weights = scores.softmax(dim=1)
    return weights @ values, weights


def learn_widths(keys, values):
    torch.manual_seed(3)
    widths = torch.rand_like(keys[0]).requires_grad_()
    others = ~torch.eye(len(keys), dtype=torch.bool)

    def loss(step):
        return (
            (pool_with_widths(keys, keys, values, widths, others)[0] - values) ** 2
        ).mean()

    fit([widths], loss, steps=500, learning_rate=0.1)
    return widths.detach().abs()


# %% right: starts at one over the standard deviation
def pool_with_widths(queries, keys, values, widths, mask=None):
    gaps = (queries[:, None, :] - keys[None, :, :]) * widths
    scores = -(gaps**2).sum(dim=-1) / 2
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    weights = scores.softmax(dim=1)
    return weights @ values, weights


def learn_widths(keys, values):
    widths = (1 / keys.std(0)).requires_grad_()
    others = ~torch.eye(len(keys), dtype=torch.bool)

    def loss(step):
        return (
            (pool_with_widths(keys, keys, values, widths, others)[0] - values) ** 2
        ).mean()

    fit([widths], loss, steps=500, learning_rate=0.1)
    return widths.detach().abs()


# %% right: small steps, more of them
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
        return (
            (pool_with_widths(keys, keys, values, widths, others)[0] - values) ** 2
        ).mean()

    fit([widths], loss, steps=1500, learning_rate=0.01)
    return widths.detach().abs()
