# %% wrong: the average of the lesson | says: a line must come back as that line
def local_line(queries, keys, values, bandwidth):
    u = (keys - queries[:, None]) / bandwidth
    return torch.softmax(-(u**2) / 2, dim=1) @ values


# %% wrong: one line for the whole river | says: the line is fitted near the query
def local_line(queries, keys, values, bandwidth):
    offsets = keys - keys.mean()
    slope = (offsets * values).sum() / (offsets**2).sum()
    return values.mean() + slope * (queries - keys.mean())


# %% wrong: the height of the line at time 0 | says: is a the height at the query
def local_line(queries, keys, values, bandwidth):
    answers = []
    for query in queries:
        root = torch.exp(-(((keys - query) / bandwidth) ** 2) / 4)
        design = torch.stack([torch.ones_like(keys), keys], dim=1)
        fit = torch.linalg.lstsq(root[:, None] * design, (root * values)[:, None])
        answers.append(fit.solution[0, 0])
    return torch.stack(answers)


# %% wrong: lets the solver square the weights | says: counted alpha twice
def local_line(queries, keys, values, bandwidth):
    answers = []
    for query in queries:
        alpha = torch.softmax(-(((keys - query) / bandwidth) ** 2) / 2, dim=0)
        design = torch.stack([torch.ones_like(keys), keys - query], dim=1)
        fit = torch.linalg.lstsq(alpha[:, None] * design, (alpha * values)[:, None])
        answers.append(fit.solution[0, 0])
    return torch.stack(answers)


# %% wrong: divides by the squared bandwidth before squaring | says: in minutes instead of hours
def local_line(queries, keys, values, bandwidth):
    offsets = keys - queries[:, None]
    weights = torch.softmax(-((offsets / bandwidth**2) ** 2) / 2, dim=1)
    s1, s2 = (weights * offsets).sum(1), (weights * offsets**2).sum(1)
    t0, t1 = weights @ values, (weights * offsets) @ values
    return (s2 * t0 - s1 * t1) / (s2 - s1**2)


# %% wrong: weighs by softmax of the distance, sign lost | says: the line is fitted near the query
def local_line(queries, keys, values, bandwidth):
    offsets = keys - queries[:, None]
    weights = torch.softmax((offsets / bandwidth).abs(), dim=1)
    s1, s2 = (weights * offsets).sum(1), (weights * offsets**2).sum(1)
    t0, t1 = weights @ values, (weights * offsets) @ values
    return (s2 * t0 - s1 * t1) / (s2 - s1**2)


# %% wrong: normalised over the queries | says: where do your weights enter
def local_line(queries, keys, values, bandwidth):
    offsets = keys - queries[:, None]
    scores = -((offsets / bandwidth) ** 2) / 2
    weights = torch.softmax(scores, dim=0)
    s0, s1 = weights.sum(1), (weights * offsets).sum(1)
    s2 = (weights * offsets**2).sum(1)
    t0, t1 = weights @ values, (weights * offsets) @ values
    return (s2 * t0 - s1 * t1) / (s2 * s0 - s1**2)


# %% wrong: a kernel of half the width, the 1/2 of the score forgotten | says: a kernel lifts the bottom
def local_line(queries, keys, values, bandwidth):
    offsets = keys - queries[:, None]
    weights = torch.softmax(-((offsets / bandwidth) ** 2), dim=1)
    s1, s2 = (weights * offsets).sum(1), (weights * offsets**2).sum(1)
    t0, t1 = weights @ values, (weights * offsets) @ values
    return (s2 * t0 - s1 * t1) / (s2 - s1**2)


# %% wrong: ignores every narrow bandwidth | says: bandwidth 0.12
def local_line(queries, keys, values, bandwidth):
    offsets = keys - queries[:, None]
    weights = torch.softmax(-((offsets / max(bandwidth, 0.29)) ** 2) / 2, dim=1)
    s1, s2 = (weights * offsets).sum(1), (weights * offsets**2).sum(1)
    t0, t1 = weights @ values, (weights * offsets) @ values
    return (s2 * t0 - s1 * t1) / (s2 - s1**2)


# %% wrong: everything in float64 | says: a result of another type
def local_line(queries, keys, values, bandwidth):
    queries, keys, values = queries.double(), keys.double(), values.double()
    offsets = keys - queries[:, None]
    weights = torch.softmax(-((offsets / bandwidth) ** 2) / 2, dim=1)
    s1, s2 = (weights * offsets).sum(1), (weights * offsets**2).sum(1)
    t0, t1 = weights @ values, (weights * offsets) @ values
    return (s2 * t0 - s1 * t1) / (s2 - s1**2)


# %% right: weighted least squares, one query at a time
def local_line(queries, keys, values, bandwidth):
    answers = []
    for query in queries:
        alpha = torch.softmax(-(((keys - query) / bandwidth) ** 2) / 2, dim=0)
        root = alpha.sqrt()
        design = torch.stack([torch.ones_like(keys), keys - query], dim=1)
        fit = torch.linalg.lstsq(root[:, None] * design, (root * values)[:, None])
        answers.append(fit.solution[0, 0])
    return torch.stack(answers)


# %% right: weighted means, then a slope through them
def local_line(queries, keys, values, bandwidth):
    scores = -((queries[:, None] - keys[None, :]) ** 2) / (2 * bandwidth**2)
    alpha = torch.softmax(scores, dim=1)
    centre, height = alpha @ keys, alpha @ values
    spread = keys[None, :] - centre[:, None]
    slope = (alpha * spread * values).sum(1) / (alpha * spread**2).sum(1)
    return height + slope * (queries - centre)


# %% right: two normal equations, solved in a batch
def local_line(queries, keys, values, bandwidth):
    d = keys - queries[:, None]
    alpha = torch.softmax(-((d / bandwidth) ** 2) / 2, dim=1)
    s = [(alpha * d**power).sum(1) for power in range(3)]
    t = torch.stack([(alpha * values).sum(1), (alpha * d * values).sum(1)], dim=1)
    left = torch.stack([torch.stack(s[:2], 1), torch.stack(s[1:], 1)], dim=1)
    return torch.linalg.solve(left, t)[:, 0]


# %% right: the closed form of the hint
def local_line(queries, keys, values, bandwidth):
    offsets = keys - queries[:, None]
    weights = torch.softmax(-((offsets / bandwidth) ** 2) / 2, dim=1)
    s1, s2 = (weights * offsets).sum(1), (weights * offsets**2).sum(1)
    t0, t1 = weights @ values, (weights * offsets) @ values
    return (s2 * t0 - s1 * t1) / (s2 - s1**2)
