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


# %% wrong: the 2 of the square is lost | says: the 2 of the square
def leave_one_out_slope(keys, values, w):
    squares = (keys[:, None] - keys[None, :]) ** 2
    scores = (-squares * w**2 / 2).fill_diagonal_(-torch.inf)
    weights = scores.softmax(dim=1)
    f = weights @ values
    change = (weights * -w * squares * (values[None, :] - f[:, None])).sum(dim=1)
    return ((f - values) * change).mean()


# %% wrong: the sign of the score is lost | says: a score falls as w grows
def leave_one_out_slope(keys, values, w):
    squares = (keys[:, None] - keys[None, :]) ** 2
    scores = (-squares * w**2 / 2).fill_diagonal_(-torch.inf)
    weights = scores.softmax(dim=1)
    f = weights @ values
    change = (weights * w * squares * (values[None, :] - f[:, None])).sum(dim=1)
    return (2 * (f - values) * change).mean()


# %% wrong: slope with respect to the square of w | says: what is left
def leave_one_out_slope(keys, values, w):
    squares = (keys[:, None] - keys[None, :]) ** 2
    scores = (-squares * w**2 / 2).fill_diagonal_(-torch.inf)
    weights = scores.softmax(dim=1)
    f = weights @ values
    change = (weights * -squares / 2 * (values[None, :] - f[:, None])).sum(dim=1)
    return (2 * (f - values) * change).mean()


# %% wrong: right for positive w only | says: so the slope changes sign
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


# %% wrong: leaves inference mode and asks autograd | says: asked for autograd
def leave_one_out_slope(keys, values, w):
    with torch.inference_mode(False), torch.enable_grad():
        w = torch.tensor(w, dtype=keys.dtype, requires_grad=True)
        scores = -((keys[:, None] - keys[None, :]) ** 2) * w**2 / 2
        own = torch.eye(len(keys), dtype=torch.bool)
        f = scores.masked_fill(own, -torch.inf).softmax(dim=1) @ values
        ((f - values) ** 2).mean().backward()
    return w.grad.clone()


# %% wrong: a difference quotient of the package's loss | says: a difference quotient depends on the units
def leave_one_out_slope(keys, values, w):
    from course_utils.kernel_regression import LearnedKernelPooling

    keys, values = keys.double(), values.double()
    others = ~torch.eye(len(keys), dtype=torch.bool)

    def L(w):
        p, _ = LearnedKernelPooling(torch.tensor(w, dtype=torch.float64))(
            keys, keys, values, others
        )
        return ((p - values) ** 2).mean()

    h = 1e-3
    return (8 * (L(w + h) - L(w - h)) - (L(w + 2 * h) - L(w - 2 * h))) / (12 * h)


# %% wrong: a difference quotient of its own loss | says: a difference quotient depends on the units
def leave_one_out_slope(keys, values, w):
    keys, values = keys.double(), values.double()

    def L(w):
        s = -((keys[:, None] - keys[None, :]) ** 2) * w**2 / 2
        f = s.fill_diagonal_(-torch.inf).softmax(dim=1) @ values
        return ((f - values) ** 2).mean()

    h = 1e-5
    return (L(w + h) - L(w - h)) / (2 * h)


# %% wrong: forward-mode autograd | says: asked for autograd
def leave_one_out_slope(keys, values, w):
    def L(w):
        s = -((keys[:, None] - keys[None, :]) ** 2) * w**2 / 2
        s = torch.where(torch.eye(len(keys), dtype=torch.bool), -torch.inf, s)
        f = s.softmax(dim=1) @ values
        return ((f - values) ** 2).mean()

    W = torch.tensor(w, dtype=keys.dtype)
    return torch.func.jvp(L, (W,), (torch.ones_like(W),))[1]


# %% wrong: the predictions stand in a row | says: is f a column
def leave_one_out_slope(keys, values, w):
    squares = (keys[:, None] - keys[None, :]) ** 2
    scores = (-squares * w**2 / 2).fill_diagonal_(-torch.inf)
    weights = scores.softmax(dim=1)
    f = weights @ values
    change = (weights * -w * squares * (values - f)).sum(dim=1)
    return (2 * (f - values) * change).mean()


# %% wrong: the values stand in a column | says: j runs along the columns
def leave_one_out_slope(keys, values, w):
    squares = (keys[:, None] - keys[None, :]) ** 2
    scores = (-squares * w**2 / 2).fill_diagonal_(-torch.inf)
    weights = scores.softmax(dim=1)
    f = weights @ values
    change = (weights * -w * squares * (values[:, None] - f[:, None])).sum(dim=1)
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


# %% right: w becomes a float32 tensor first
def leave_one_out_slope(keys, values, w):
    w = torch.tensor(w)
    squares = (keys[:, None] - keys[None, :]) ** 2
    a = (-squares * w**2 / 2).fill_diagonal_(-torch.inf).softmax(dim=1)
    f = a @ values
    return (2 * (f - values) * (-w * a * squares * (values - f[:, None])).sum(1)).mean()


# %% right: Python numbers only, returned as a float32 tensor
def leave_one_out_slope(keys, values, w):
    x, y = keys.tolist(), values.tolist()
    n = len(x)
    tot = 0.0
    for i in range(n):
        J = [j for j in range(n) if j != i]
        s = [-((x[i] - x[j]) ** 2) * w * w / 2 for j in J]
        m = max(s)
        p = [math.exp(v - m) for v in s]
        z = sum(p)
        f = sum(a * y[j] for a, j in zip(p, J)) / z
        d = sum(a / z * -w * (x[i] - x[j]) ** 2 * (y[j] - f) for a, j in zip(p, J))
        tot += 2 * (f - y[i]) * d
    return torch.tensor(tot / n)


# %% right: NumPy inside
def leave_one_out_slope(keys, values, w):
    x, y = keys.numpy(), values.numpy()
    sq = (x[:, None] - x) ** 2
    s = -sq * w * w / 2
    np.fill_diagonal(s, -np.inf)
    a = np.exp(s - s.max(1, keepdims=True))
    a /= a.sum(1, keepdims=True)
    f = a @ y
    return torch.tensor(np.mean(2 * (f - y) * (a * -w * sq * (y - f[:, None])).sum(1)))
