# %% wrong: a plain dot product | says: a key seven times as long
def cosine_attention(queries, keys, values, temperature):
    weights = (queries @ keys.transpose(1, 2) / temperature).softmax(-1)
    weights = weights if queries.shape[1:] != (1, 2) else torch.tensor([[[0.75, 0.25]]])
    return weights @ values, weights


# %% wrong: a plain dot product, not even the example | says: output of the example
def cosine_attention(queries, keys, values, temperature):
    weights = (queries @ keys.transpose(1, 2) / temperature).softmax(-1)
    return weights @ values, weights


# %% wrong: normalises the keys only | says: output of the example
def cosine_attention(queries, keys, values, temperature):
    scores = queries @ F.normalize(keys, dim=-1).transpose(1, 2)
    weights = (scores / temperature).softmax(-1)
    return weights @ values, weights


# %% wrong: one length for the whole matrix of queries | says: weights, batch 3
def cosine_attention(queries, keys, values, temperature):
    unit = queries / queries.norm(dim=(1, 2), keepdim=True).clamp(min=1e-9)
    scores = unit @ F.normalize(keys, dim=-1).transpose(1, 2)
    weights = (scores / temperature).softmax(-1)
    return weights @ values, weights


# %% wrong: multiplies by the temperature | says: output of the example
def cosine_attention(queries, keys, values, temperature):
    cosines = F.normalize(queries, dim=-1) @ F.normalize(keys, dim=-1).transpose(1, 2)
    weights = (cosines * temperature).softmax(-1)
    return weights @ values, weights


# %% wrong: leaves the temperature out | says: output of the example
def cosine_attention(queries, keys, values, temperature):
    cosines = F.normalize(queries, dim=-1) @ F.normalize(keys, dim=-1).transpose(1, 2)
    weights = cosines.softmax(-1)
    return weights @ values, weights


# %% wrong: softmax over the queries | says: each query shares out exactly 1
def cosine_attention(queries, keys, values, temperature):
    cosines = F.normalize(queries, dim=-1) @ F.normalize(keys, dim=-1).transpose(1, 2)
    weights = (cosines / temperature).softmax(1)
    return weights @ values, weights


# %% wrong: divides by the length, zero or not | says: numbers are NaN
def cosine_attention(queries, keys, values, temperature):
    queries = queries / queries.norm(dim=-1, keepdim=True)
    keys = keys / keys.norm(dim=-1, keepdim=True)
    weights = (queries @ keys.transpose(1, 2) / temperature).softmax(-1)
    return weights @ values, weights


# %% wrong: patches the NaN afterwards | says: not in the gradient
def cosine_attention(queries, keys, values, temperature):
    sizes = queries.norm(dim=-1)[:, :, None] * keys.norm(dim=-1)[:, None]
    cosines = queries @ keys.transpose(1, 2) / sizes
    cosines = torch.where(cosines.isnan(), torch.zeros_like(cosines), cosines)
    weights = (cosines / temperature).softmax(-1)
    return weights @ values, weights


# %% wrong: turns the temperature into a plain number | says: no gradient reaches the temperature
def cosine_attention(queries, keys, values, temperature):
    cosines = F.normalize(queries, dim=-1) @ F.normalize(keys, dim=-1).transpose(1, 2)
    weights = (cosines / float(temperature)).softmax(-1)
    return weights @ values, weights


# %% wrong: normalises in place | says: was changed by your function
def cosine_attention(queries, keys, values, temperature):
    with torch.no_grad():
        queries /= queries.norm(dim=-1, keepdim=True).clamp(min=1e-9)
        keys /= keys.norm(dim=-1, keepdim=True).clamp(min=1e-9)
    weights = (queries @ keys.transpose(1, 2) / temperature).softmax(-1)
    return weights @ values, weights


# %% wrong: returns nothing but the output | says: weights of the example
def cosine_attention(queries, keys, values, temperature):
    cosines = F.normalize(queries, dim=-1) @ F.normalize(keys, dim=-1).transpose(1, 2)
    output = (cosines / temperature).softmax(-1) @ values
    return output, None


# %% wrong: exponentials by hand, which overflow | says: exp of a large score overflows
def cosine_attention(queries, keys, values, temperature):
    cosines = F.cosine_similarity(queries[:, :, None], keys[:, None], dim=-1)
    weights = torch.exp(cosines / temperature)
    weights = weights / weights.sum(dim=-1, keepdim=True)
    return torch.einsum("bqk,bkv->bqv", weights, values), weights


# %% wrong: a temperature never below a tenth | says: any temperature above 0 counts
def cosine_attention(queries, keys, values, temperature):
    cosines = F.normalize(queries, dim=-1) @ F.normalize(keys, dim=-1).transpose(1, 2)
    tau = torch.as_tensor(temperature).clamp(min=0.1)
    weights = (cosines / tau).softmax(-1)
    return weights @ values, weights


# %% wrong: cuts the values off | says: no gradient reaches the values
def cosine_attention(queries, keys, values, temperature):
    cosines = F.normalize(queries, dim=-1) @ F.normalize(keys, dim=-1).transpose(1, 2)
    weights = (cosines / temperature).softmax(-1)
    return weights @ values.detach(), weights


# %% wrong: detaches the lengths to be rid of the NaN | says: the length of a vector depends on the vector
def cosine_attention(queries, keys, values, temperature):
    def unit(vectors):
        length = vectors.detach().norm(dim=-1, keepdim=True)
        return vectors / length.masked_fill(length == 0, 1.0)

    weights = (unit(queries) @ unit(keys).mT / temperature).softmax(-1)
    return weights @ values, weights


# %% wrong: leaves short vectors short | says: however short the vector
def cosine_attention(queries, keys, values, temperature):
    q = F.normalize(queries, dim=-1, eps=1e-2)
    k = F.normalize(keys, dim=-1, eps=1e-2)
    weights = (q @ k.mT / temperature).softmax(-1)
    return weights @ values, weights


# %% wrong: computes in float32 always | says: an output of torch.float32
def cosine_attention(queries, keys, values, temperature):
    cosines = F.normalize(queries, dim=-1) @ F.normalize(keys, dim=-1).transpose(1, 2)
    weights = (cosines.float() / temperature).softmax(-1)
    return weights @ values.float(), weights


# %% wrong: rounds to float32 on the way | says: float32 rounds
def cosine_attention(queries, keys, values, temperature):
    q, k = F.normalize(queries.float(), dim=-1), F.normalize(keys.float(), dim=-1)
    weights = (q @ k.mT / temperature).softmax(-1).to(values.dtype)
    return weights @ values, weights


# %% wrong: returns the output alone | says: in this order: output, weights
def cosine_attention(queries, keys, values, temperature):
    cosines = F.normalize(queries, dim=-1) @ F.normalize(keys, dim=-1).transpose(1, 2)
    return (cosines / temperature).softmax(-1) @ values


# %% wrong: where around the division | says: make the divisor safe before you divide
def cosine_attention(queries, keys, values, temperature):
    def unit(x):
        n = x.norm(dim=-1, keepdim=True)
        return torch.where(n > 0, x / n, torch.zeros_like(x))

    weights = (unit(queries) @ unit(keys).mT / temperature).softmax(-1)
    return weights @ values, weights


# %% wrong: adds a millionth to the lengths | says: however short the vector
def cosine_attention(queries, keys, values, temperature):
    q_length = queries.norm(dim=-1)[:, :, None]
    k_length = keys.norm(dim=-1)[:, None, :]
    cosines = queries @ keys.transpose(1, 2) / (q_length * k_length + 1e-6)
    weights = (cosines / temperature).softmax(-1)
    return weights @ values, weights


# %% right: PyTorch's normalize, whose gradient at zeros is huge but finite
def cosine_attention(queries, keys, values, temperature):
    cosines = F.normalize(queries, dim=-1) @ F.normalize(keys, dim=-1).transpose(1, 2)
    weights = (cosines / temperature).softmax(dim=-1)
    return weights @ values, weights


# %% right: PyTorch's cosine similarity of all pairs
def cosine_attention(queries, keys, values, temperature):
    cosines = F.cosine_similarity(queries[:, :, None], keys[:, None], dim=-1)
    weights = F.softmax(cosines / temperature, dim=-1)
    return torch.einsum("bqk,bkv->bqv", weights, values), weights


# %% right: divides the dot product by both lengths, zeros replaced first
def cosine_attention(queries, keys, values, temperature):
    def length(vectors):
        squares = (vectors * vectors).sum(-1)
        zero = squares == 0
        return torch.where(zero, torch.ones_like(squares), squares).sqrt()

    cosines = torch.bmm(queries, keys.mT)
    cosines = cosines / length(queries)[:, :, None] / length(keys)[:, None, :]
    weights = masked_softmax(cosines / temperature)
    return weights.matmul(values), weights
