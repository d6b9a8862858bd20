# %% wrong: the pull of a dot product | says: the slope of a score at its key is q - k
def pulled_keys(query, keys, values, target, rate):
    weights = (-(query - keys).square().sum(-1) / 2).softmax(-1)
    output = weights @ values
    gain = (values - output) @ (output - target)
    return keys - rate * (weights * gain)[:, None] * query


# %% wrong: pulls along the key | says: print and compare one by one
def pulled_keys(query, keys, values, target, rate):
    weights = (-(query - keys).square().sum(-1) / 2).softmax(-1)
    output = weights @ values
    gain = (values - output) @ (output - target)
    return keys - rate * (weights * gain)[:, None] * -2 * keys


# %% wrong: adds the gradient | says: the useful first key goes away from the query
def pulled_keys(query, keys, values, target, rate):
    toward = query - keys
    weights = (-toward.square().sum(-1) / 2).softmax(-1)
    output = weights @ values
    gain = (values - output) @ (output - target)
    return keys + rate * (weights * gain)[:, None] * toward


# %% wrong: leaves the weight out | says: print and compare one by one
def pulled_keys(query, keys, values, target, rate):
    toward = query - keys
    output = (-toward.square().sum(-1) / 2).softmax(-1) @ values
    gain = (values - output) @ (output - target)
    return keys - rate * gain[:, None] * toward


# %% wrong: the value in place of value minus output | says: print and compare one by one
def pulled_keys(query, keys, values, target, rate):
    toward = query - keys
    weights = (-toward.square().sum(-1) / 2).softmax(-1)
    output = weights @ values
    gain = values @ (output - target)
    return keys - rate * (weights * gain)[:, None] * toward


# %% wrong: a score without the half | says: print and compare one by one
def pulled_keys(query, keys, values, target, rate):
    moving = keys.detach().clone().requires_grad_()
    weights = (-(query - moving).square().sum(-1)).softmax(-1)
    (weights @ values - target).square().sum().div(2).backward()
    return keys - rate * moving.grad


# %% wrong: a loss without the half | says: print and compare one by one
def pulled_keys(query, keys, values, target, rate):
    moving = keys.detach().clone().requires_grad_()
    weights = (-(query - moving).square().sum(-1) / 2).softmax(-1)
    (weights @ values - target).square().sum().backward()
    return keys - rate * moving.grad


# %% wrong: the mean over the numbers of a value | says: a sum over the v numbers
def pulled_keys(query, keys, values, target, rate):
    moving = keys.detach().clone().requires_grad_()
    weights = (-(query - moving).square().sum(-1) / 2).softmax(-1)
    ((weights @ values - target).square().mean() / 2).backward()
    return keys - rate * moving.grad


# %% wrong: the distance, not squared | says: print and compare one by one
def pulled_keys(query, keys, values, target, rate):
    moving = keys.detach().clone().requires_grad_()
    weights = (-(query - moving).norm(dim=-1)).softmax(-1)
    ((weights @ values - target).square().sum() / 2).backward()
    return keys - rate * moving.grad


# %% wrong: a score that grows with the distance | says: the useful first key goes away from the query
def pulled_keys(query, keys, values, target, rate):
    moving = keys.detach().clone().requires_grad_()
    weights = ((query - moving).square().sum(-1) / 2).softmax(-1)
    ((weights @ values - target).square().sum() / 2).backward()
    return keys - rate * moving.grad


# %% wrong: returns the gradient | says: print and compare one by one
def pulled_keys(query, keys, values, target, rate):
    moving = keys.detach().clone().requires_grad_()
    weights = (-(query - moving).square().sum(-1) / 2).softmax(-1)
    ((weights @ values - target).square().sum() / 2).backward()
    return -rate * moving.grad


# %% wrong: steps in place | says: was changed by your function
def pulled_keys(query, keys, values, target, rate):
    toward = query - keys
    weights = (-toward.square().sum(-1) / 2).softmax(-1)
    output = weights @ values
    gain = (values - output) @ (output - target)
    keys -= rate * (weights * gain)[:, None] * toward
    return keys


# %% wrong: exponentials by hand | says: keys at distance 20 and 20.05
def pulled_keys(query, keys, values, target, rate):
    toward = query - keys
    powers = torch.exp(-toward.square().sum(-1) / 2)
    weights = powers / powers.sum()
    output = weights @ values
    gain = (values - output) @ (output - target)
    return keys - rate * (weights * gain)[:, None] * toward


# %% wrong: keys that carry a gradient | says: keys that still carry a gradient
def pulled_keys(query, keys, values, target, rate):
    moving = keys.detach().clone().requires_grad_()
    weights = (-(query - moving).square().sum(-1) / 2).softmax(-1)
    ((weights @ values - target).square().sum() / 2).backward()
    return moving - rate * moving.grad


# %% right: autograd, the step detached
def pulled_keys(query, keys, values, target, rate):
    moving = keys.detach().clone().requires_grad_()
    weights = (-(query - moving).square().sum(-1) / 2).softmax(-1)
    ((weights @ values - target).square().sum() / 2).backward()
    return (keys - rate * moving.grad).detach()


# %% right: autograd on detached copies
def pulled_keys(query, keys, values, target, rate):
    query, values, target = query.detach(), values.detach(), target.detach()
    moving = keys.detach().clone().requires_grad_()
    weights = (-(query - moving).square().sum(-1) / 2).softmax(-1)
    ((weights @ values - target).square().sum() / 2).backward()
    return moving.detach() - rate * moving.grad


# %% right: torch.autograd.grad
def pulled_keys(query, keys, values, target, rate):
    moving = keys.detach().clone().requires_grad_()
    scores = query @ moving.T - moving.square().sum(-1) / 2
    loss = (scores.softmax(-1) @ values - target).square().sum() / 2
    (gradient,) = torch.autograd.grad(loss, moving)
    return keys.detach() - rate * gradient


# %% right: with a loop
def pulled_keys(query, keys, values, target, rate):
    query, keys = query.detach(), keys.detach()
    values, target = values.detach(), target.detach()
    scores = torch.stack([-(query - key).square().sum() / 2 for key in keys])
    weights = scores.softmax(0)
    output = sum(w * v for w, v in zip(weights, values))
    new = keys.clone()
    for i in range(len(keys)):
        slope = weights[i] * torch.dot(values[i] - output, output - target)
        new[i] = keys[i] - rate * slope * (query - keys[i])
    return new


# %% wrong: a small number in the denominator | says: keys at distance 20 and 20.05
def pulled_keys(query, keys, values, target, rate):
    toward = query - keys
    powers = torch.exp(-toward.square().sum(-1) / 2)
    weights = powers / (powers.sum() + 1e-12)
    output = weights @ values
    gain = (values - output) @ (output - target)
    return keys - rate * (weights * gain)[:, None] * toward


# %% wrong: NaN made zero | says: keys at distance 20 and 20.05
def pulled_keys(query, keys, values, target, rate):
    toward = query - keys
    powers = torch.exp(-toward.square().sum(-1) / 2)
    weights = torch.nan_to_num(powers / powers.sum())
    output = weights @ values
    gain = (values - output) @ (output - target)
    return keys - rate * (weights * gain)[:, None] * toward


# %% wrong: scores cut off | says: keys at distance 20 and 20.05
def pulled_keys(query, keys, values, target, rate):
    toward = query - keys
    weights = (-toward.square().sum(-1) / 2).clamp(min=-50).softmax(-1)
    output = weights @ values
    gain = (values - output) @ (output - target)
    return keys - rate * (weights * gain)[:, None] * toward


# %% wrong: float64 whatever comes | says: keys of torch.float64
def pulled_keys(query, keys, values, target, rate):
    query, keys = query.double(), keys.double()
    values, target = values.double(), target.double()
    toward = query - keys
    weights = (-toward.square().sum(-1) / 2).softmax(-1)
    output = weights @ values
    gain = (values - output) @ (output - target)
    return keys - rate * (weights * gain)[:, None] * toward


# %% right: the plain formula
def pulled_keys(query, keys, values, target, rate):
    toward = query - keys
    weights = (-toward.square().sum(-1) / 2).softmax(-1)
    output = weights @ values
    gain = (values - output) @ (output - target)
    return keys - rate * (weights * gain)[:, None] * toward


# %% right: in NumPy
def pulled_keys(query, keys, values, target, rate):
    import numpy as np

    query, keys, values, target = (
        part.numpy() for part in (query, keys, values, target)
    )
    toward = query - keys
    scores = -(toward**2).sum(-1) / 2
    powers = np.exp(scores - scores.max())
    weights = powers / powers.sum()
    output = weights @ values
    gain = (values - output) @ (output - target)
    return torch.from_numpy(keys - rate * (weights * gain)[:, None] * toward)
