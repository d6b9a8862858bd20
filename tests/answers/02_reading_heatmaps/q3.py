# %% wrong: no case for order 1 | says: order 1 has a limit
def keys_of_order(weights, order):
    if order == 0:
        return (weights > 0).sum(dim=-1).float()
    if order == math.inf:
        return 1 / weights.amax(dim=-1)
    return (weights**order).sum(dim=-1) ** (1 / (1 - order))


# %% wrong: order 0 counts masked keys | says: 0 to the power 0 is 1 in PyTorch
def keys_of_order(weights, order):
    if order == 1:
        return torch.exp(-torch.xlogy(weights, weights).sum(dim=-1))
    if order == math.inf:
        return 1 / weights.amax(dim=-1)
    return (weights**order).sum(dim=-1) ** (1 / (1 - order))


# %% wrong: forgets 0 log 0 | says: numbers are NaN
def keys_of_order(weights, order):
    if order == 0:
        return (weights > 0).sum(dim=-1).float()
    if order == 1:
        return torch.exp(-(weights * weights.log()).sum(dim=-1))
    if order == math.inf:
        return 1 / weights.amax(dim=-1)
    return (weights**order).sum(dim=-1) ** (1 / (1 - order))


# %% wrong: bits in, exp out | says: is it exp and ln
def keys_of_order(weights, order):
    if order == 0:
        return (weights > 0).sum(dim=-1).float()
    if order == 1:
        bits = -(weights * weights.clamp(min=1e-30).log2()).sum(dim=-1)
        return bits.exp()
    if order == math.inf:
        return 1 / weights.amax(dim=-1)
    return (weights**order).sum(dim=-1) ** (1 / (1 - order))


# %% wrong: returns the entropy, not the number of keys | says: did you forget the outer power or exp
def keys_of_order(weights, order):
    if order == 0:
        return (weights > 0).sum(dim=-1).float().log()
    if order == 1:
        return -torch.xlogy(weights, weights).sum(dim=-1)
    if order == math.inf:
        return -weights.amax(dim=-1).log()
    return (weights**order).sum(dim=-1).log() / (1 - order)


# %% wrong: over the queries instead of the keys | says: where (1,) was asked
def keys_of_order(weights, order):
    if order == 0:
        return (weights > 0).sum(dim=-2).float()
    if order == 1:
        return torch.exp(-torch.xlogy(weights, weights).sum(dim=-2))
    if order == math.inf:
        return 1 / weights.amax(dim=-2)
    return (weights**order).sum(dim=-2) ** (1 / (1 - order))


# %% wrong: mean over heads before the count | says: where (2, 5) was asked
def keys_of_order(weights, order):
    if weights.ndim == 3:
        weights = weights.mean(dim=0)
    weights = weights.double()
    if order == 0:
        return (weights > 0).sum(dim=-1).float()
    if order == 1:
        count = torch.exp(-torch.xlogy(weights, weights).sum(dim=-1))
    elif order == math.inf:
        count = 1 / weights.amax(dim=-1)
    else:
        count = (weights**order).sum(dim=-1) ** (1 / (1 - order))
    return torch.where(weights.sum(dim=-1) == 0, 0.0, count)


# %% wrong: mean over heads before the count, repeated to fit | says: each query has its own number, from its own row
def keys_of_order(weights, order):
    if weights.ndim == 3:
        weights = weights.mean(dim=0, keepdim=True).expand_as(weights)
    weights = weights.double()
    if order == 0:
        return (weights > 0).sum(dim=-1).float()
    if order == 1:
        count = torch.exp(-torch.xlogy(weights, weights).sum(dim=-1))
    elif order == math.inf:
        count = 1 / weights.amax(dim=-1)
    else:
        count = (weights**order).sum(dim=-1) ** (1 / (1 - order))
    return torch.where(weights.sum(dim=-1) == 0, 0.0, count)


# %% wrong: a row of zeros has one key, or infinitely many | says: a query with nothing to attend has 0 keys
def keys_of_order(weights, order):
    if order == 0:
        return (weights > 0).sum(dim=-1).float()
    if order == 1:
        return torch.exp(-torch.xlogy(weights, weights).sum(dim=-1))
    if order == math.inf:
        return 1 / weights.amax(dim=-1)
    return (weights**order).sum(dim=-1) ** (1 / (1 - order))


# %% right: row by row in Python
def keys_of_order(weights, order):
    def count(row):
        row = [w for w in row if w > 0]
        if not row:
            return 0.0
        if order == 1:
            return math.prod(w**-w for w in row)
        if order == math.inf:
            return 1 / max(row)
        return sum(w**order for w in row) ** (1 / (1 - order))

    rows = weights.reshape(-1, weights.shape[-1]).tolist()
    return torch.tensor([count(row) for row in rows]).view(weights.shape[:-1])


# %% right: in logarithms, masked keys at minus infinity
def keys_of_order(weights, order):
    empty = ~(weights > 0).any(dim=-1)
    logs = weights.log()
    if order == 1:
        nats = -(weights * logs.masked_fill(weights == 0, 0.0)).sum(dim=-1)
    elif order == math.inf:
        nats = -logs.amax(dim=-1)
    elif order == 0:
        nats = (weights > 0).sum(dim=-1).to(weights.dtype).log()
    else:
        nats = torch.logsumexp(order * logs, dim=-1) / (1 - order)
    return nats.exp().masked_fill(empty, 0.0)


# %% wrong: the formula as it stands, in float32 | says: compute in float64 or in logarithms
def keys_of_order(weights, order):
    if order == 0:
        return (weights > 0).sum(dim=-1).to(weights.dtype)
    if order == 1:
        count = torch.exp(-torch.xlogy(weights, weights).sum(dim=-1))
    elif order == math.inf:
        count = 1 / weights.amax(dim=-1)
    else:
        count = (weights**order).sum(dim=-1) ** (1 / (1 - order))
    return torch.where(weights.sum(dim=-1) == 0, 0.0, count)


# %% wrong: no order above 5 | says: at its own order
def keys_of_order(weights, order):
    if order == 0:
        return (weights > 0).sum(dim=-1).to(weights.dtype)
    if order not in (1, math.inf):
        order = min(order, 5)
    if order == 1:
        count = torch.exp(-torch.xlogy(weights, weights).sum(dim=-1))
    elif order == math.inf:
        count = 1 / weights.amax(dim=-1)
    else:
        count = (weights**order).sum(dim=-1) ** (1 / (1 - order))
    return torch.where(weights.sum(dim=-1) == 0, 0.0, count)


# %% wrong: a floor of 1e-12 under the weights | says: a small number put in place of 0 counts at low orders
def keys_of_order(weights, order):
    if order == 0:
        return (weights > 0).sum(dim=-1).to(weights.dtype)
    floored = weights.double().clamp(min=1e-12)
    if order == 1:
        count = (-(floored * floored.log()).sum(dim=-1)).exp()
    elif order == math.inf:
        count = 1 / floored.amax(dim=-1)
    else:
        count = (floored**order).sum(dim=-1) ** (1 / (1 - order))
    return torch.where(weights.sum(dim=-1) == 0, 0.0, count)


# %% wrong: a floor as small as float32 allows | says: a floor instead of 0 counts
def keys_of_order(weights, order):
    if order == 0:
        return (weights > 0).sum(dim=-1).to(weights.dtype)
    floored = weights.double().clamp(min=1e-38)
    if order == 1:
        count = (-(floored * floored.log()).sum(dim=-1)).exp()
    elif order == math.inf:
        count = 1 / floored.amax(dim=-1)
    else:
        count = (floored**order).sum(dim=-1) ** (1 / (1 - order))
    return torch.where(weights.sum(dim=-1) == 0, 0.0, count)


# %% wrong: order 0 leaves small weights out | says: every weight above 0 counts
def keys_of_order(weights, order):
    if order == 0:
        return (weights > 1e-4).sum(dim=-1).to(weights.dtype)
    weights = weights.double()
    if order == 1:
        count = torch.exp(-torch.xlogy(weights, weights).sum(dim=-1))
    elif order == math.inf:
        count = 1 / weights.amax(dim=-1)
    else:
        count = (weights**order).sum(dim=-1) ** (1 / (1 - order))
    return torch.where(weights.sum(dim=-1) == 0, 0.0, count)


# %% wrong: writes a small number into the argument | says: was changed by your function
def keys_of_order(weights, order):
    empty = weights.sum(dim=-1) < 1e-12
    if order == 0:
        return (weights > 1e-20).sum(dim=-1).to(weights.dtype)
    weights[weights == 0] = 1e-30
    wide = weights.double()
    if order == 1:
        count = torch.exp(-(wide * wide.log()).sum(dim=-1))
    elif order == math.inf:
        count = 1 / wide.amax(dim=-1)
    else:
        count = (wide**order).sum(dim=-1) ** (1 / (1 - order))
    return torch.where(empty, 0.0, count)


# %% right: relative to the largest weight, whole numbers at order 0
def keys_of_order(weights, order):
    if order == 0:
        return (weights > 0).sum(dim=-1)
    top = weights.max(dim=-1).values
    share = weights / torch.where(top > 0, top, 1.0)[..., None]
    if order == 1:
        count = torch.special.entr(weights).sum(dim=-1).exp()
    elif order == math.inf:
        count = 1 / top
    else:
        power = 1 / (1 - order)
        count = top.pow(order * power) * share.pow(order).sum(dim=-1).pow(power)
    return count.masked_fill(top == 0, 0)


# %% right: the formula in float64
def keys_of_order(weights, order):
    wide = weights.double()
    if order == 0:
        count = (wide > 0).sum(dim=-1).double()
    elif order == 1:
        count = torch.exp(-torch.xlogy(wide, wide).sum(dim=-1))
    elif order == math.inf:
        count = 1 / wide.amax(dim=-1)
    else:
        count = (wide**order).sum(dim=-1) ** (1 / (1 - order))
    return torch.where(wide.sum(dim=-1) == 0, 0.0, count).float()


# %% wrong: a row of zeros has one key at order 1 only | says: a query with nothing to attend has 0 keys
def keys_of_order(weights, order):
    precise = weights.double()
    if order == 0:
        return (weights > 0).sum(dim=-1).float()
    if order == 1:
        return torch.exp(-torch.xlogy(precise, precise).sum(dim=-1)).float()
    if order == math.inf:
        count = 1 / precise.amax(dim=-1)
    else:
        count = (precise**order).sum(dim=-1) ** (1 / (1 - order))
    return torch.where(precise.sum(dim=-1) > 0, count, 0.0).float()
