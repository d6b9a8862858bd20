# %% wrong: looks along rows whatever was asked | says: where (1, 3, 2, 2) was asked
def line_attention(queries, keys, values, along):
    order = (0, 2, 3, 1)
    q, k, v = (maps.permute(order) for maps in (queries, keys, values))
    scores = q @ k.transpose(-2, -1)
    weights = (scores / math.sqrt(queries.shape[1])).softmax(dim=-1)
    found = weights @ v
    back = (0, 3, 1, 2)
    return found.permute(back), weights


# %% wrong: swaps rows and columns | says: was asked
def line_attention(queries, keys, values, along):
    order = (0, 2, 3, 1) if along == "column" else (0, 3, 2, 1)
    q, k, v = (maps.permute(order) for maps in (queries, keys, values))
    scores = q @ k.transpose(-2, -1)
    weights = (scores / math.sqrt(queries.shape[1])).softmax(dim=-1)
    found = weights @ v
    back = (0, 3, 1, 2) if along == "column" else (0, 3, 2, 1)
    return found.permute(back), weights


# %% wrong: normalises over the places that ask | says: weights = softmax over the places of the line
def line_attention(queries, keys, values, along):
    order = (0, 2, 3, 1) if along == "row" else (0, 3, 2, 1)
    q, k, v = (maps.permute(order) for maps in (queries, keys, values))
    scores = q @ k.transpose(-2, -1)
    weights = (scores / math.sqrt(queries.shape[1])).softmax(dim=-2)
    found = weights @ v
    back = (0, 3, 1, 2) if along == "row" else (0, 3, 2, 1)
    return found.permute(back), weights


# %% wrong: normalises over the lines | says: sum to
def line_attention(queries, keys, values, along):
    order = (0, 2, 3, 1) if along == "row" else (0, 3, 2, 1)
    q, k, v = (maps.permute(order) for maps in (queries, keys, values))
    scores = q @ k.transpose(-2, -1)
    weights = (scores / math.sqrt(queries.shape[1])).softmax(dim=1)
    found = weights @ v
    back = (0, 3, 1, 2) if along == "row" else (0, 3, 2, 1)
    return found.permute(back), weights


# %% wrong: does not divide | says: two weights of place (2, 4)
def line_attention(queries, keys, values, along):
    order = (0, 2, 3, 1) if along == "row" else (0, 3, 2, 1)
    q, k, v = (maps.permute(order) for maps in (queries, keys, values))
    scores = q @ k.transpose(-2, -1)
    weights = (scores).softmax(dim=-1)
    found = weights @ v
    back = (0, 3, 1, 2) if along == "row" else (0, 3, 2, 1)
    return found.permute(back), weights


# %% wrong: divides by d | says: two weights of place (2, 4)
def line_attention(queries, keys, values, along):
    order = (0, 2, 3, 1) if along == "row" else (0, 3, 2, 1)
    q, k, v = (maps.permute(order) for maps in (queries, keys, values))
    scores = q @ k.transpose(-2, -1)
    weights = (scores / queries.shape[1]).softmax(dim=-1)
    found = weights @ v
    back = (0, 3, 1, 2) if along == "row" else (0, 3, 2, 1)
    return found.permute(back), weights


# %% wrong: divides by the root of the length | says: off by
def line_attention(queries, keys, values, along):
    order = (0, 2, 3, 1) if along == "row" else (0, 3, 2, 1)
    q, k, v = (maps.permute(order) for maps in (queries, keys, values))
    scores = q @ k.transpose(-2, -1)
    weights = (scores / math.sqrt(scores.shape[-1])).softmax(dim=-1)
    found = weights @ v
    back = (0, 3, 1, 2) if along == "row" else (0, 3, 2, 1)
    return found.permute(back), weights


# %% wrong: views where it should permute | says: off by
def line_attention(queries, keys, values, along):
    b, d, h, w = queries.shape
    shape = (b, h, w) if along == "row" else (b, w, h)
    q, k = queries.reshape(*shape, d), keys.reshape(*shape, d)
    v = values.reshape(*shape, values.shape[1])
    weights = (q @ k.transpose(-2, -1) / math.sqrt(d)).softmax(dim=-1)
    return (weights @ v).reshape(values.shape), weights


# %% wrong: leaves the output in the order of the lines | says: of shape
def line_attention(queries, keys, values, along):
    order = (0, 2, 3, 1) if along == "row" else (0, 3, 2, 1)
    q, k, v = (maps.permute(order) for maps in (queries, keys, values))
    scores = q @ k.transpose(-2, -1)
    weights = (scores / math.sqrt(queries.shape[1])).softmax(dim=-1)
    found = weights @ v
    back = (0, 3, 1, 2) if along == "row" else (0, 3, 2, 1)
    return found.permute(0, 3, 1, 2), weights


# %% wrong: turns the output back with a view | says: off by
def line_attention(queries, keys, values, along):
    order = (0, 2, 3, 1) if along == "row" else (0, 3, 2, 1)
    q, k, v = (maps.permute(order) for maps in (queries, keys, values))
    scores = q @ k.transpose(-2, -1)
    weights = (scores / math.sqrt(queries.shape[1])).softmax(dim=-1)
    found = weights @ v
    back = (0, 3, 1, 2) if along == "row" else (0, 3, 2, 1)
    return found.reshape(values.shape), weights


# %% wrong: returns the table turned round | says: sum to
def line_attention(queries, keys, values, along):
    order = (0, 2, 3, 1) if along == "row" else (0, 3, 2, 1)
    q, k, v = (maps.permute(order) for maps in (queries, keys, values))
    scores = q @ k.transpose(-2, -1)
    weights = (scores / math.sqrt(queries.shape[1])).softmax(dim=-1)
    found = weights @ v
    back = (0, 3, 1, 2) if along == "row" else (0, 3, 2, 1)
    return found.permute(back), weights.mT


# %% wrong: masks the table of all pairs | says: keep the lines apart
def line_attention(queries, keys, values, along):
    b, d, h, w = queries.shape
    q, k = queries.flatten(2).mT, keys.flatten(2).mT
    place = torch.arange(h * w)
    line = place // w if along == "row" else place % w
    same = line[:, None] == line
    scores = (q @ k.mT / math.sqrt(d)).masked_fill(~same, -math.inf)
    full = scores.softmax(-1)
    output = (full @ values.flatten(2).mT).mT.unflatten(2, (h, w))
    lines = h if along == "row" else w
    weights = torch.stack(
        [full[:, line == i][:, :, line == i] for i in range(lines)], 1
    )
    return output, weights


# %% wrong: looks at all places | says: was asked
def line_attention(queries, keys, values, along):
    b, d, h, w = queries.shape
    q, k = queries.flatten(2).mT, keys.flatten(2).mT
    weights = (q @ k.mT / math.sqrt(d)).softmax(-1)
    output = (weights @ values.flatten(2).mT).mT.unflatten(2, (h, w))
    return output, weights


# %% wrong: exponentials by hand | says: NaN or infinity
def line_attention(queries, keys, values, along):
    order = (0, 2, 3, 1) if along == "row" else (0, 3, 2, 1)
    q, k, v = (maps.permute(order) for maps in (queries, keys, values))
    scores = q @ k.transpose(-2, -1)
    powers = torch.exp(scores / math.sqrt(queries.shape[1]))
    weights = powers / powers.sum(-1, keepdim=True)
    found = weights @ v
    back = (0, 3, 1, 2) if along == "row" else (0, 3, 2, 1)
    return found.permute(back), weights


# %% wrong: sums over the wrong axis of the weights | says: off by
def line_attention(queries, keys, values, along):
    order = (0, 2, 3, 1) if along == "row" else (0, 3, 2, 1)
    q, k, v = (maps.permute(order) for maps in (queries, keys, values))
    scores = q @ k.transpose(-2, -1)
    weights = (scores / math.sqrt(queries.shape[1])).softmax(dim=-1)
    found = weights.mT @ v
    back = (0, 3, 1, 2) if along == "row" else (0, 3, 2, 1)
    return found.permute(back), weights


# %% right: with einsum
def line_attention(queries, keys, values, along):
    if along == "column":
        turned = (maps.transpose(2, 3) for maps in (queries, keys, values))
        output, weights = line_attention(*turned, "row")
        return output.transpose(2, 3), weights
    scores = torch.einsum("bdhi,bdhj->bhij", queries, keys)
    weights = torch.softmax(scores / queries.shape[1] ** 0.5, dim=3)
    return torch.einsum("bhij,bvhj->bvhi", weights, values), weights


# %% right: one line after the other
def line_attention(queries, keys, values, along):
    axis = 2 if along == "row" else 3
    outputs, tables = [], []
    for q, k, v in zip(queries.unbind(axis), keys.unbind(axis), values.unbind(axis)):
        scores = q.mT @ k / math.sqrt(q.shape[1])
        tables.append(scores.softmax(-1))
        outputs.append(v @ tables[-1].mT)
    return torch.stack(outputs, axis), torch.stack(tables, 1)
