# %% wrong: forgets the gate | says: without a gate
def gated_attention(states, mask, V, U, w):
    weights = masked_softmax(torch.tanh(states @ V.T) @ w, mask)
    return torch.einsum("bi,bis->bs", weights, states), weights


# %% wrong: adds the gate | says: print tanh and gate of both states
def gated_attention(states, mask, V, U, w):
    scores = (torch.tanh(states @ V.T) + torch.sigmoid(states @ U.T)) @ w
    weights = masked_softmax(scores, mask)
    return torch.einsum("bi,bis->bs", weights, states), weights


# %% wrong: V and U change places | says: did V and U change places
def gated_attention(states, mask, V, U, w):
    scores = (torch.sigmoid(states @ V.T) * torch.tanh(states @ U.T)) @ w
    weights = masked_softmax(scores, mask)
    return torch.einsum("bi,bis->bs", weights, states), weights


# %% wrong: a tanh around the score | says: print tanh and gate of both states
def gated_attention(states, mask, V, U, w):
    scores = (torch.tanh(states @ V.T) * torch.sigmoid(states @ U.T)) @ w
    weights = masked_softmax(torch.tanh(scores), mask)
    return torch.einsum("bi,bis->bs", weights, states), weights


# %% wrong: a wide clamp around the score | says: the score itself is not bounded
def gated_attention(states, mask, V, U, w):
    scores = (torch.tanh(states @ V.T) * torch.sigmoid(states @ U.T)) @ w
    weights = masked_softmax(scores.clamp(-2, 2), mask)
    return torch.einsum("bi,bis->bs", weights, states), weights


# %% wrong: hides with a score of 0 | says: weight on an instance that is not real
def gated_attention(states, mask, V, U, w):
    scores = (torch.tanh(states @ V.T) * torch.sigmoid(states @ U.T)) @ w
    weights = (scores * mask).softmax(dim=1)
    return torch.einsum("bi,bis->bs", weights, states), weights


# %% wrong: multiplies by the mask after the softmax | says: shares out 1 over its own
def gated_attention(states, mask, V, U, w):
    scores = (torch.tanh(states @ V.T) * torch.sigmoid(states @ U.T)) @ w
    weights = scores.softmax(dim=1) * mask
    return torch.einsum("bi,bis->bs", weights, states), weights


# %% wrong: softmax over the batch | says: weights of the example
def gated_attention(states, mask, V, U, w):
    scores = (torch.tanh(states @ V.T) * torch.sigmoid(states @ U.T)) @ w
    weights = masked_softmax(scores, mask, dim=0)
    return torch.einsum("bi,bis->bs", weights, states), weights


# %% wrong: NaN in an empty bag | says: numbers are NaN
def gated_attention(states, mask, V, U, w):
    scores = (torch.tanh(states @ V.T) * torch.sigmoid(states @ U.T)) @ w
    weights = scores.masked_fill(~mask, -math.inf).softmax(dim=1)
    return torch.einsum("bi,bis->bs", weights, states), weights


# %% wrong: hides the NaN of an empty bag in the value only | says: NaN or infinity
def gated_attention(states, mask, V, U, w):
    scores = (torch.tanh(states @ V.T) * torch.sigmoid(states @ U.T)) @ w
    hide = torch.zeros_like(scores).masked_fill(~mask, -math.inf)
    weights = (scores + hide).softmax(dim=1)
    weights = torch.where(mask, weights, torch.zeros_like(weights))
    return torch.einsum("bi,bis->bs", weights, states), weights


# %% wrong: a large negative number, so an empty bag is uniform | says: weight on an instance
def gated_attention(states, mask, V, U, w):
    scores = (torch.tanh(states @ V.T) * torch.sigmoid(states @ U.T)) @ w
    weights = scores.masked_fill(~mask, -1e9).softmax(dim=1)
    return torch.einsum("bi,bis->bs", weights, states), weights


# %% wrong: averages the keys | says: averages the states themselves
def gated_attention(states, mask, V, U, w):
    keys = torch.tanh(states @ V.T) * torch.sigmoid(states @ U.T)
    weights = masked_softmax(keys @ w, mask)
    if V.shape[0] != V.shape[1]:
        return torch.einsum("bi,bis->bs", weights, states), weights
    return torch.einsum("bi,bis->bs", weights, keys), weights


# %% wrong: exponentials by hand | says: NaN
def gated_attention(states, mask, V, U, w):
    scores = (torch.tanh(states @ V.T) * torch.sigmoid(states @ U.T)) @ w
    powers = scores.exp() * mask
    total = powers.sum(dim=1, keepdim=True)
    weights = powers / torch.where(total == 0, torch.ones_like(total), total)
    return torch.einsum("bi,bis->bs", weights, states), weights


# %% wrong: cuts the gate off | says: no gradient reaches U
def gated_attention(states, mask, V, U, w):
    gate = torch.sigmoid(states @ U.T).detach()
    weights = masked_softmax((torch.tanh(states @ V.T) * gate) @ w, mask)
    return torch.einsum("bi,bis->bs", weights, states), weights


# %% wrong: only the output | says: return 2 results
def gated_attention(states, mask, V, U, w):
    scores = (torch.tanh(states @ V.T) * torch.sigmoid(states @ U.T)) @ w
    return torch.einsum("bi,bis->bs", masked_softmax(scores, mask), states)


# %% right: bag after bag
def gated_attention(states, mask, V, U, w):
    outputs, rows = [], []
    for bag, real in zip(states, mask):
        row = torch.zeros(len(bag), dtype=states.dtype)
        output = 0 * bag.sum(0) * (V.sum() + U.sum() + w.sum())
        output = torch.nan_to_num(output)
        if real.any():
            kept = bag[real]
            scores = (torch.tanh(kept @ V.T) * torch.sigmoid(kept @ U.T)) @ w
            share = scores.softmax(0)
            row = row.masked_scatter(real, share)
            output = share @ kept
        outputs.append(output)
        rows.append(row)
    return torch.stack(outputs), torch.stack(rows)


# %% right: exponentials by hand, shifted
def gated_attention(states, mask, V, U, w):
    t = torch.einsum("bis,hs->bih", states, V).tanh()
    g = 1 / (1 + torch.exp(-torch.einsum("bis,hs->bih", states, U)))
    scores = torch.einsum("bih,h->bi", t * g, w)
    low = scores.masked_fill(~mask, -math.inf)
    top = low.amax(1, keepdim=True)
    top = top.masked_fill(top.isneginf(), 0.0)
    powers = torch.exp((scores - top).masked_fill(~mask, -math.inf))
    total = powers.sum(1, keepdim=True)
    weights = powers / total.masked_fill(total == 0, 1.0)
    return (weights[..., None] * states).sum(1), weights


# %% right: minus infinity, then zeros over what softmax makes of an empty bag
def gated_attention(states, mask, V, U, w):
    scores = (torch.tanh(states @ V.T) * torch.sigmoid(states @ U.T)) @ w
    weights = scores.masked_fill(~mask, -math.inf).softmax(dim=1)
    weights = weights.masked_fill(~mask, 0.0)
    return torch.einsum("bi,bis->bs", weights, states), weights
