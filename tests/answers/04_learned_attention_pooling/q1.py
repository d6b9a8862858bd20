# %% wrong: sees its own pair | says: is the own pair hidden
def leave_one_out_slope(keys, values, w):
    squares = (keys[:, None] - keys[None, :]) ** 2
    weights = (-squares * w**2 / 2).softmax(dim=1)
    f = weights @ values
    change = (weights * -w * squares * (values[None, :] - f[:, None])).sum(dim=1)
    return (2 * (f - values) * change).mean()


# %% wrong: forgets that the exponentials are divided by their sum | says: off by
def leave_one_out_slope(keys, values, w):
    squares = (keys[:, None] - keys[None, :]) ** 2
    scores = (-squares * w**2 / 2).fill_diagonal_(-torch.inf)
    weights = scores.softmax(dim=1)
    change = (weights * -w * squares * values[None, :]).sum(dim=1)
    return (2 * (weights @ values - values) * change).mean()


# %% wrong: slope of the sum of squares | says: is the loss a mean
def leave_one_out_slope(keys, values, w):
    squares = (keys[:, None] - keys[None, :]) ** 2
    scores = (-squares * w**2 / 2).fill_diagonal_(-torch.inf)
    weights = scores.softmax(dim=1)
    f = weights @ values
    change = (weights * -w * squares * (values[None, :] - f[:, None])).sum(dim=1)
    return (2 * (f - values) * change).sum()


# %% wrong: the sign of the score is lost | says: a score falls as w grows
def leave_one_out_slope(keys, values, w):
    squares = (keys[:, None] - keys[None, :]) ** 2
    scores = (-squares * w**2 / 2).fill_diagonal_(-torch.inf)
    weights = scores.softmax(dim=1)
    f = weights @ values
    change = (weights * w * squares * (values[None, :] - f[:, None])).sum(dim=1)
    return (2 * (f - values) * change).mean()


# %% wrong: slope with respect to the square of w | says: off by
def leave_one_out_slope(keys, values, w):
    squares = (keys[:, None] - keys[None, :]) ** 2
    scores = (-squares * w**2 / 2).fill_diagonal_(-torch.inf)
    weights = scores.softmax(dim=1)
    f = weights @ values
    change = (weights * -squares / 2 * (values[None, :] - f[:, None])).sum(dim=1)
    return (2 * (f - values) * change).mean()


# %% wrong: right for positive w only | says: test a mean against a sum, and w against
def leave_one_out_slope(keys, values, w):
    squares = (keys[:, None] - keys[None, :]) ** 2
    scores = (-squares * w**2 / 2).fill_diagonal_(-torch.inf)
    weights = scores.softmax(dim=1)
    f = weights @ values
    change = (weights * squares * (values[None, :] - f[:, None])).sum(dim=1)
    return (2 * (f - values) * change).mean() * -abs(w)


# %% wrong: asks autograd | says: your function asked for autograd
def leave_one_out_slope(keys, values, w):
    w = torch.tensor(w, requires_grad=True)
    scores = -((keys[:, None] - keys[None, :]) ** 2) * w**2 / 2
    own = torch.eye(len(keys), dtype=torch.bool)
    f = scores.masked_fill(own, -torch.inf).softmax(dim=1) @ values
    ((f - values) ** 2).mean().backward()
    return w.grad


# %% wrong: exponentials without a softmax, which vanish for a large w | says: NaN
def leave_one_out_slope(keys, values, w):
    squares = (keys[:, None] - keys[None, :]) ** 2
    powers = torch.exp(-squares * w**2 / 2).fill_diagonal_(0)
    weights = powers / powers.sum(dim=1, keepdim=True)
    f = weights @ values
    change = (weights * -w * squares * (values[None, :] - f[:, None])).sum(dim=1)
    return (2 * (f - values) * change).mean()


# %% right: reading by reading
def leave_one_out_slope(keys, values, w):
    total = 0.0
    for i in range(len(keys)):
        rest = torch.arange(len(keys)) != i
        squares = (keys[i] - keys[rest]) ** 2
        weights = torch.softmax(-0.5 * w * w * squares, dim=0)
        f = (weights * values[rest]).sum()
        # covariance of score slope and value under the weights
        slope = -w * ((weights * squares * values[rest]).sum())
        slope = slope + w * (weights * squares).sum() * f
        total = total + 2 * (f - values[i]) * slope
    return total / len(keys)


# %% right: with the whole Jacobian of the softmax
def leave_one_out_slope(keys, values, w):
    n = len(keys)
    squares = (keys.view(n, 1) - keys.view(1, n)).square()
    scores = squares * (-0.5 * w**2)
    scores = torch.where(torch.eye(n, dtype=torch.bool), -torch.inf, scores)
    a = torch.softmax(scores, dim=-1)
    jacobian = torch.diag_embed(a) - a[:, :, None] * a[:, None, :]
    moved = torch.einsum("ijk,ik->ij", jacobian, -w * squares) @ values
    return 2 / n * torch.dot(a @ values - values, moved)
