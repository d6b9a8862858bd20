# %% wrong: looks with the state before the step | says: the query is the new state
def step_then_look(told, state, keys, mask, cell, M, W):
    scores = torch.einsum("bk,bik->bi", state @ M, keys)
    weights = masked_softmax(scores, mask)
    state = cell(told, state)
    context = torch.einsum("bi,bik->bk", weights, keys)
    return torch.tanh(torch.cat([context, state], -1) @ W.T), state, weights


# %% wrong: returns the state before the step | says: return the state after the step
def step_then_look(told, state, keys, mask, cell, M, W):
    new = cell(told, state)
    weights = masked_softmax(torch.einsum("bk,bik->bi", new @ M, keys), mask)
    context = torch.einsum("bi,bik->bk", weights, keys)
    return torch.tanh(torch.cat([context, new], -1) @ W.T), state, weights


# %% wrong: state first, then context | says: context first, then state
def step_then_look(told, state, keys, mask, cell, M, W):
    state = cell(told, state)
    weights = masked_softmax(torch.einsum("bk,bik->bi", state @ M, keys), mask)
    context = torch.einsum("bi,bik->bk", weights, keys)
    return torch.tanh(torch.cat([state, context], -1) @ W.T), state, weights


# %% wrong: forgets the tanh | says: then tanh
def step_then_look(told, state, keys, mask, cell, M, W):
    state = cell(told, state)
    weights = masked_softmax(torch.einsum("bk,bik->bi", state @ M, keys), mask)
    context = torch.einsum("bi,bik->bk", weights, keys)
    return torch.cat([context, state], -1) @ W.T, state, weights


# %% wrong: M turned over | says: not turned over
def step_then_look(told, state, keys, mask, cell, M, W):
    state = cell(told, state)
    weights = masked_softmax(torch.einsum("bk,bik->bi", state @ M.T, keys), mask)
    context = torch.einsum("bi,bik->bk", weights, keys)
    return torch.tanh(torch.cat([context, state], -1) @ W.T), state, weights


# %% wrong: forgets the mask | says: on padding
def step_then_look(told, state, keys, mask, cell, M, W):
    state = cell(told, state)
    weights = torch.einsum("bk,bik->bi", state @ M, keys).softmax(-1)
    context = torch.einsum("bi,bik->bk", weights, keys)
    return torch.tanh(torch.cat([context, state], -1) @ W.T), state, weights


# %% wrong: zeroes weights after the softmax | says: leave a sum below 1
def step_then_look(told, state, keys, mask, cell, M, W):
    state = cell(told, state)
    weights = torch.einsum("bk,bik->bi", state @ M, keys).softmax(-1) * mask
    context = torch.einsum("bi,bik->bk", weights, keys)
    return torch.tanh(torch.cat([context, state], -1) @ W.T), state, weights


# %% wrong: sets hidden scores to 0 | says: on padding
def step_then_look(told, state, keys, mask, cell, M, W):
    state = cell(told, state)
    scores = torch.einsum("bk,bik->bi", state @ M, keys).masked_fill(~mask, 0.0)
    weights = scores.softmax(-1)
    context = torch.einsum("bi,bik->bk", weights, keys)
    return torch.tanh(torch.cat([context, state], -1) @ W.T), state, weights


# %% wrong: renormalises after the softmax, which loud padding empties | says: no hidden score may be felt
def step_then_look(told, state, keys, mask, cell, M, W):
    state = cell(told, state)
    weights = torch.einsum("bk,bik->bi", state @ M, keys).softmax(-1) * mask
    weights = weights / weights.sum(-1, keepdim=True).clamp(min=1e-30)
    context = torch.einsum("bi,bik->bk", weights, keys)
    return torch.tanh(torch.cat([context, state], -1) @ W.T), state, weights


# %% wrong: the context is a plain mean | says: off by
def step_then_look(told, state, keys, mask, cell, M, W):
    state = cell(told, state)
    weights = masked_softmax(torch.einsum("bk,bik->bi", state @ M, keys), mask)
    return torch.tanh(torch.cat([keys.mean(1), state], -1) @ W.T), state, weights


# %% wrong: cuts the weights off | says: detach nothing
def step_then_look(told, state, keys, mask, cell, M, W):
    state = cell(told, state)
    scores = torch.einsum("bk,bik->bi", state @ M, keys)
    weights = masked_softmax(scores, mask)
    looked = weights.detach() + 1e-9 * scores.masked_fill(~mask, 0.0)
    context = torch.einsum("bi,bik->bk", looked, keys)
    return torch.tanh(torch.cat([context, state], -1) @ W.T), state, weights


# %% wrong: divides by the root of the size | says: off by
def step_then_look(told, state, keys, mask, cell, M, W):
    state = cell(told, state)
    scores = torch.einsum("bk,bik->bi", state @ M, keys) / math.sqrt(keys.shape[-1])
    weights = masked_softmax(scores, mask)
    context = torch.einsum("bi,bik->bk", weights, keys)
    return torch.tanh(torch.cat([context, state], -1) @ W.T), state, weights


# %% right: with batched products
def step_then_look(told, state, keys, mask, cell, M, W):
    new = cell(told, state)
    query = (new @ M)[:, None]
    scores = query @ keys.transpose(1, 2)
    weights = scores.masked_fill(~mask[:, None], -math.inf).softmax(-1)
    both = torch.cat([weights @ keys, new[:, None]], dim=2)
    mixed = torch.tanh(nn.functional.linear(both, W))[:, 0]
    return mixed, new, weights[:, 0]


# %% right: one text at a time
def step_then_look(told, state, keys, mask, cell, M, W):
    new, mixed, weights = cell(told, state), [], []
    for s, h, allowed in zip(new, keys, mask):
        scores = torch.where(allowed, h @ (M.T @ s), torch.tensor(-math.inf).to(h))
        alpha = scores.softmax(0)
        context = (alpha[:, None] * h).sum(0)
        mixed.append(torch.tanh(W @ torch.cat([context, s])))
        weights.append(alpha)
    return torch.stack(mixed), new, torch.stack(weights)


# %% wrong: fills hidden scores with -1e4 | says: hide with minus infinity
def step_then_look(told, state, keys, mask, cell, M, W):
    state = cell(told, state)
    scores = torch.einsum("bk,bik->bi", state @ M, keys).masked_fill(~mask, -1e4)
    weights = scores.softmax(-1)
    context = torch.einsum("bi,bik->bk", weights, keys)
    return torch.tanh(torch.cat([context, state], -1) @ W.T), state, weights


# %% wrong: adds -1e6 to hidden scores | says: hide with minus infinity
def step_then_look(told, state, keys, mask, cell, M, W):
    state = cell(told, state)
    scores = torch.einsum("bk,bik->bi", state @ M, keys) - 1e6 * (~mask)
    weights = scores.softmax(-1)
    context = torch.einsum("bi,bik->bk", weights, keys)
    return torch.tanh(torch.cat([context, state], -1) @ W.T), state, weights
