# %% wrong: keeps the diagonal | says: each reading copies itself
def left_out_errors(keys, values, bandwidths):
    errors = []
    for h in bandwidths:
        scores = -(((keys[:, None] - keys) / h) ** 2).sum(-1) / 2
        errors.append(((torch.softmax(scores, dim=1) @ values - values) ** 2).mean())
    return torch.stack(errors)


# %% wrong: gives the diagonal the score 0, the best of all | says: a score of 0 hides nothing
def left_out_errors(keys, values, bandwidths):
    errors = []
    for h in bandwidths:
        scores = -(((keys[:, None] - keys) / h) ** 2).sum(-1) / 2
        scores = scores * (1 - torch.eye(len(keys), dtype=keys.dtype))
        errors.append(((torch.softmax(scores, dim=1) @ values - values) ** 2).mean())
    return torch.stack(errors)


# %% wrong: sets the own weight to 0 after the softmax | says: the weights of the others must sum to 1
def left_out_errors(keys, values, bandwidths):
    errors = []
    for h in bandwidths:
        scores = -(((keys[:, None] - keys) / h) ** 2).sum(-1) / 2
        weights = torch.softmax(scores, dim=1)
        weights = weights * (1 - torch.eye(len(keys), dtype=keys.dtype))
        errors.append(((weights @ values - values) ** 2).mean())
    return torch.stack(errors)


# %% wrong: normalised over the queries | says: the weights of the others must sum to 1
def left_out_errors(keys, values, bandwidths):
    own = torch.eye(len(keys), dtype=torch.bool)
    errors = []
    for h in bandwidths:
        scores = -(((keys[:, None] - keys) / h) ** 2).sum(-1) / 2
        weights = torch.softmax(scores.masked_fill(own, -torch.inf), dim=0)
        errors.append(((weights @ values - values) ** 2).mean())
    return torch.stack(errors)


# %% wrong: the squared bandwidth, squared again | says: divide each axis by its own bandwidth, once
def left_out_errors(keys, values, bandwidths):
    own = torch.eye(len(keys), dtype=torch.bool)
    errors = []
    for h in bandwidths:
        scores = -(((keys[:, None] - keys) / h**2) ** 2).sum(-1) / 2
        weights = torch.softmax(scores.masked_fill(own, -torch.inf), dim=1)
        errors.append(((weights @ values - values) ** 2).mean())
    return torch.stack(errors)


# %% wrong: the first bandwidth for every axis | says: which axis does it ignore
def left_out_errors(keys, values, bandwidths):
    own = torch.eye(len(keys), dtype=torch.bool)
    errors = []
    for h in bandwidths:
        scores = -(((keys[:, None] - keys) / h[0]) ** 2).sum(-1) / 2
        weights = torch.softmax(scores.masked_fill(own, -torch.inf), dim=1)
        errors.append(((weights @ values - values) ** 2).mean())
    return torch.stack(errors)


# %% wrong: the sum instead of the mean | says: the mean
def left_out_errors(keys, values, bandwidths):
    own = torch.eye(len(keys), dtype=torch.bool)
    errors = []
    for h in bandwidths:
        scores = -(((keys[:, None] - keys) / h) ** 2).sum(-1) / 2
        weights = torch.softmax(scores.masked_fill(own, -torch.inf), dim=1)
        errors.append(((weights @ values - values) ** 2).sum())
    return torch.stack(errors)


# %% wrong: forgets the factor one half | says: the factor 1/2
def left_out_errors(keys, values, bandwidths):
    own = torch.eye(len(keys), dtype=torch.bool)
    errors = []
    for h in bandwidths:
        scores = -(((keys[:, None] - keys) / h) ** 2).sum(-1)
        weights = torch.softmax(scores.masked_fill(own, -torch.inf), dim=1)
        errors.append(((weights @ values - values) ** 2).mean())
    return torch.stack(errors)


# %% wrong: the shortcut formula, 0/0 for a tiny bandwidth | says: are NaN
def left_out_errors(keys, values, bandwidths):
    errors = []
    for h in bandwidths:
        scores = -(((keys[:, None] - keys) / h) ** 2).sum(-1) / 2
        weights = torch.softmax(scores, dim=1)
        missing = (values - weights @ values) / (1 - weights.diagonal())
        errors.append((missing**2).mean())
    return torch.stack(errors)


# %% wrong: a ratio of exponentials that underflow | says: are NaN
def left_out_errors(keys, values, bandwidths):
    others = 1 - torch.eye(len(keys), dtype=keys.dtype)
    errors = []
    for h in bandwidths:
        u2 = (((keys[:, None] - keys) / h) ** 2).sum(-1)
        heights = torch.exp(-u2 / 2) * others
        predictions = heights @ values / heights.sum(1)
        errors.append(((predictions - values) ** 2).mean())
    return torch.stack(errors)


# %% wrong: the two axes swapped | says: which axis does it ignore
def left_out_errors(keys, values, bandwidths):
    own = torch.eye(len(keys), dtype=torch.bool)
    errors = []
    for h in bandwidths:
        scores = -(((keys[:, None] - keys) / h.flip(0)) ** 2).sum(-1) / 2
        weights = torch.softmax(scores.masked_fill(own, -torch.inf), dim=1)
        errors.append(((weights @ values - values) ** 2).mean())
    return torch.stack(errors)


# %% wrong: hides every reading at distance 0 | says: hide the reading itself
def left_out_errors(keys, values, bandwidths):
    own = (keys[:, None] == keys).all(-1)
    errors = []
    for h in bandwidths:
        scores = -(((keys[:, None] - keys) / h) ** 2).sum(-1) / 2
        weights = torch.softmax(scores.masked_fill(own, -torch.inf), dim=1)
        errors.append(((weights @ values - values) ** 2).mean())
    return torch.stack(errors)


# %% wrong: a score of minus a billion for the own reading | says: each reading copies itself
def left_out_errors(keys, values, bandwidths):
    own = torch.eye(len(keys), dtype=torch.bool)
    errors = []
    for h in bandwidths:
        scores = -(((keys[:, None] - keys) / h) ** 2).sum(-1) / 2
        weights = torch.softmax(scores.masked_fill(own, -1e9), dim=1)
        errors.append(((weights @ values - values) ** 2).mean())
    return torch.stack(errors)


# %% wrong: no bandwidth below 0.02 | says: no smallest or largest one
def left_out_errors(keys, values, bandwidths):
    own = torch.eye(len(keys), dtype=torch.bool)
    errors = []
    for h in bandwidths:
        scores = -(((keys[:, None] - keys) / h.clamp(min=0.02)) ** 2).sum(-1) / 2
        weights = torch.softmax(scores.masked_fill(own, -torch.inf), dim=1)
        errors.append(((weights @ values - values) ** 2).mean())
    return torch.stack(errors)


# %% wrong: no bandwidth above 1000 | says: no smallest or largest one
def left_out_errors(keys, values, bandwidths):
    own = torch.eye(len(keys), dtype=torch.bool)
    errors = []
    for h in bandwidths:
        scores = -(((keys[:, None] - keys) / h.clamp(max=1e3)) ** 2).sum(-1) / 2
        weights = torch.softmax(scores.masked_fill(own, -torch.inf), dim=1)
        errors.append(((weights @ values - values) ** 2).mean())
    return torch.stack(errors)


# %% wrong: without any axis the variance, its own value included | says: mean over readings
def left_out_errors(keys, values, bandwidths):
    own = torch.eye(len(keys), dtype=torch.bool)
    errors = []
    for h in bandwidths:
        scores = -(((keys[:, None] - keys) / h) ** 2).sum(-1) / 2
        weights = torch.softmax(scores.masked_fill(own, -torch.inf), dim=1)
        left_out = ((weights @ values - values) ** 2).mean()
        errors.append(values.var() if h.isinf().all() else left_out)
    return torch.stack(errors)


# %% right: every candidate at once
def left_out_errors(keys, values, bandwidths):
    scaled = (keys[:, None] - keys[None]) / bandwidths[:, None, None]
    scores = -0.5 * scaled.square().sum(-1)
    hidden = torch.full((len(keys),), -torch.inf, dtype=keys.dtype)
    scores = scores + torch.diag(hidden).nan_to_num(nan=0.0, neginf=-torch.inf)
    predictions = scores.softmax(-1) @ values
    return (predictions - values).square().mean(-1)


# %% right: one reading at a time
def left_out_errors(keys, values, bandwidths):
    n = len(keys)
    errors = torch.zeros(len(bandwidths), dtype=values.dtype)
    for c, h in enumerate(bandwidths):
        for i in range(n):
            rest = [j for j in range(n) if j != i]
            u = (keys[rest] - keys[i]) / h
            weights = torch.softmax(-(u**2).sum(1) / 2, dim=0)
            errors[c] += (weights @ values[rest] - values[i]) ** 2 / n
    return errors


# %% right: distances without the diagonal, handed to the package
def left_out_errors(keys, values, bandwidths):
    from course_utils.kernel_regression import kernel_weights

    n = len(keys)
    others = ~torch.eye(n, dtype=torch.bool)
    candidates = values.expand(n, n)[others].view(n, n - 1)
    found = []
    for h in bandwidths:
        scaled = (keys[:, None] - keys) / h
        distances = scaled.norm(dim=-1)[others].view(n, n - 1)
        predictions = (kernel_weights(distances, 1.0) * candidates).sum(1)
        found.append(((predictions - values) ** 2).mean())
    return torch.stack(found)


# %% wrong: adds the axes before squaring | says: an axis written twice
def left_out_errors(keys, values, bandwidths):
    apart = (keys[:, None] - keys[None]).abs()
    itself = torch.eye(len(keys), dtype=torch.bool)
    errors = []
    for widths in bandwidths:
        scores = -((apart / widths).sum(-1) ** 2) / 2
        weights = torch.softmax(scores.masked_fill(itself, -torch.inf), dim=1)
        errors.append(((weights @ values - values) ** 2).mean())
    return torch.stack(errors)
