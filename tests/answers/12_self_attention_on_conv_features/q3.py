# %% wrong: builds the whole table | says: scores may exist at a time
def attention_in_blocks(queries, keys, values, block):
    return (queries @ keys.mT).softmax(-1) @ values


# %% wrong: calls the fused function | says: scores may exist at a time
def attention_in_blocks(queries, keys, values, block):
    return F.scaled_dot_product_attention(queries, keys, values, scale=1.0)


# %% wrong: averages the answers of the blocks | says: shrink by exp
def attention_in_blocks(queries, keys, values, block):
    answers = []
    for first in range(0, keys.shape[1], block):
        k = keys[:, first : first + block]
        v = values[:, first : first + block]
        answers.append((queries @ k.mT).softmax(-1) @ v)
    return torch.stack(answers).mean(0)


# %% wrong: leaves out the last, smaller block | says: the last block may be smaller
def attention_in_blocks(queries, keys, values, block):
    shape = (*queries.shape[:2], 1)
    top = queries.new_full(shape, -math.inf)
    total = queries.new_zeros(shape)
    found = queries.new_zeros(*queries.shape[:2], values.shape[-1])
    for first in range(0, keys.shape[1] // block * block, block):
        k = keys[:, first : first + block]
        v = values[:, first : first + block]
        scores = queries @ k.transpose(1, 2)
        new_top = torch.maximum(top, scores.amax(dim=-1, keepdim=True))
        old = torch.exp(top - new_top)
        powers = torch.exp(scores - new_top)
        total = old * total + powers.sum(dim=-1, keepdim=True)
        found = old * found + powers @ v
        top = new_top
    return found / total


# %% wrong: never shrinks the past | says: both old sums shrink
def attention_in_blocks(queries, keys, values, block):
    shape = (*queries.shape[:2], 1)
    top = queries.new_full(shape, -math.inf)
    total = queries.new_zeros(shape)
    found = queries.new_zeros(*queries.shape[:2], values.shape[-1])
    for first in range(0, keys.shape[1], block):
        k = keys[:, first : first + block]
        v = values[:, first : first + block]
        scores = queries @ k.transpose(1, 2)
        new_top = torch.maximum(top, scores.amax(dim=-1, keepdim=True))
        old = 1.0
        powers = torch.exp(scores - new_top)
        total = old * total + powers.sum(dim=-1, keepdim=True)
        found = old * found + powers @ v
        top = new_top
    return found / total


# %% wrong: shrinks the numerator only | says: both old sums shrink
def attention_in_blocks(queries, keys, values, block):
    shape = (*queries.shape[:2], 1)
    top = queries.new_full(shape, -math.inf)
    total = queries.new_zeros(shape)
    found = queries.new_zeros(*queries.shape[:2], values.shape[-1])
    for first in range(0, keys.shape[1], block):
        k = keys[:, first : first + block]
        v = values[:, first : first + block]
        scores = queries @ k.transpose(1, 2)
        new_top = torch.maximum(top, scores.amax(dim=-1, keepdim=True))
        old = torch.exp(top - new_top)
        powers = torch.exp(scores - new_top)
        total = total + powers.sum(dim=-1, keepdim=True)
        found = old * found + powers @ v
        top = new_top
    return found / total


# %% wrong: shrinks the denominator only | says: both old sums shrink
def attention_in_blocks(queries, keys, values, block):
    shape = (*queries.shape[:2], 1)
    top = queries.new_full(shape, -math.inf)
    total = queries.new_zeros(shape)
    found = queries.new_zeros(*queries.shape[:2], values.shape[-1])
    for first in range(0, keys.shape[1], block):
        k = keys[:, first : first + block]
        v = values[:, first : first + block]
        scores = queries @ k.transpose(1, 2)
        new_top = torch.maximum(top, scores.amax(dim=-1, keepdim=True))
        old = torch.exp(top - new_top)
        powers = torch.exp(scores - new_top)
        total = old * total + powers.sum(dim=-1, keepdim=True)
        found = found + powers @ v
        top = new_top
    return found / total


# %% wrong: shrinks the wrong way round | says: both old sums shrink
def attention_in_blocks(queries, keys, values, block):
    shape = (*queries.shape[:2], 1)
    top = queries.new_full(shape, -math.inf)
    total = queries.new_zeros(shape)
    found = queries.new_zeros(*queries.shape[:2], values.shape[-1])
    for first in range(0, keys.shape[1], block):
        k = keys[:, first : first + block]
        v = values[:, first : first + block]
        scores = queries @ k.transpose(1, 2)
        new_top = torch.maximum(top, scores.amax(dim=-1, keepdim=True))
        old = torch.exp(new_top - top).nan_to_num(posinf=0.0)
        powers = torch.exp(scores - new_top)
        total = old * total + powers.sum(dim=-1, keepdim=True)
        found = old * found + powers @ v
        top = new_top
    return found / total


# %% wrong: begins with a maximum of 0 | says: numbers are NaN
def attention_in_blocks(queries, keys, values, block):
    shape = (*queries.shape[:2], 1)
    top = queries.new_zeros(shape)
    total = queries.new_zeros(shape)
    found = queries.new_zeros(*queries.shape[:2], values.shape[-1])
    for first in range(0, keys.shape[1], block):
        k = keys[:, first : first + block]
        v = values[:, first : first + block]
        scores = queries @ k.transpose(1, 2)
        new_top = torch.maximum(top, scores.amax(dim=-1, keepdim=True))
        old = torch.exp(top - new_top)
        powers = torch.exp(scores - new_top)
        total = old * total + powers.sum(dim=-1, keepdim=True)
        found = old * found + powers @ v
        top = new_top
    return found / total


# %% wrong: exponentials without a maximum | says: numbers are NaN
def attention_in_blocks(queries, keys, values, block):
    total = found = 0.0
    for first in range(0, keys.shape[1], block):
        powers = torch.exp(queries @ keys[:, first : first + block].mT)
        total = total + powers.sum(-1, keepdim=True)
        found = found + powers @ values[:, first : first + block]
    return found / total


# %% wrong: one maximum for the whole block of queries | says: numbers are NaN
def attention_in_blocks(queries, keys, values, block):
    shape = (*queries.shape[:2], 1)
    top = queries.new_full(shape, -math.inf)
    total = queries.new_zeros(shape)
    found = queries.new_zeros(*queries.shape[:2], values.shape[-1])
    for first in range(0, keys.shape[1], block):
        k = keys[:, first : first + block]
        v = values[:, first : first + block]
        scores = queries @ k.transpose(1, 2)
        new_top = torch.maximum(top, scores.amax())
        old = torch.exp(top - new_top)
        powers = torch.exp(scores - new_top)
        total = old * total + powers.sum(dim=-1, keepdim=True)
        found = old * found + powers @ v
        top = new_top
    return found / total


# %% wrong: divides the scores by the root of d | says: off by
def attention_in_blocks(queries, keys, values, block):
    shape = (*queries.shape[:2], 1)
    top = queries.new_full(shape, -math.inf)
    total = queries.new_zeros(shape)
    found = queries.new_zeros(*queries.shape[:2], values.shape[-1])
    for first in range(0, keys.shape[1], block):
        k = keys[:, first : first + block]
        v = values[:, first : first + block]
        scores = queries @ k.transpose(1, 2) / math.sqrt(queries.shape[-1])
        new_top = torch.maximum(top, scores.amax(dim=-1, keepdim=True))
        old = torch.exp(top - new_top)
        powers = torch.exp(scores - new_top)
        total = old * total + powers.sum(dim=-1, keepdim=True)
        found = old * found + powers @ v
        top = new_top
    return found / total


# %% wrong: forgets to divide by the total | says: off by
def attention_in_blocks(queries, keys, values, block):
    shape = (*queries.shape[:2], 1)
    top = queries.new_full(shape, -math.inf)
    total = queries.new_zeros(shape)
    found = queries.new_zeros(*queries.shape[:2], values.shape[-1])
    for first in range(0, keys.shape[1], block):
        k = keys[:, first : first + block]
        v = values[:, first : first + block]
        scores = queries @ k.transpose(1, 2)
        new_top = torch.maximum(top, scores.amax(dim=-1, keepdim=True))
        old = torch.exp(top - new_top)
        powers = torch.exp(scores - new_top)
        total = old * total + powers.sum(dim=-1, keepdim=True)
        found = old * found + powers @ v
        top = new_top
    return found


# %% wrong: first maximum kept for ever | says: numbers are NaN
def attention_in_blocks(queries, keys, values, block):
    shape = (*queries.shape[:2], 1)
    top = queries.new_full(shape, -math.inf)
    total = queries.new_zeros(shape)
    found = queries.new_zeros(*queries.shape[:2], values.shape[-1])
    for first in range(0, keys.shape[1], block):
        k = keys[:, first : first + block]
        v = values[:, first : first + block]
        scores = queries @ k.transpose(1, 2)
        new_top = torch.where(top.isinf(), scores.amax(dim=-1, keepdim=True), top)
        old = torch.exp(top - new_top)
        powers = torch.exp(scores - new_top)
        total = old * total + powers.sum(dim=-1, keepdim=True)
        found = old * found + powers @ v
        top = new_top
    return found / total


# %% wrong: loops over queries, with all keys at a time | says: scores may exist at a time
def attention_in_blocks(queries, keys, values, block):
    rows = []
    for first in range(0, queries.shape[1], block):
        scores = queries[:, first : first + block] @ keys.mT
        rows.append(scores.softmax(-1) @ values)
    return torch.cat(rows, 1)


# %% wrong: computes in float32 | says: float64
def attention_in_blocks(queries, keys, values, block):
    kind = queries.dtype
    queries, keys, values = queries.float(), keys.float(), values.float()
    shape = (*queries.shape[:2], 1)
    top = queries.new_full(shape, -math.inf)
    total = queries.new_zeros(shape)
    found = queries.new_zeros(*queries.shape[:2], values.shape[-1])
    for first in range(0, keys.shape[1], block):
        k = keys[:, first : first + block]
        v = values[:, first : first + block]
        scores = queries @ k.transpose(1, 2)
        new_top = torch.maximum(top, scores.amax(dim=-1, keepdim=True))
        old = torch.exp(top - new_top)
        powers = torch.exp(scores - new_top)
        total = old * total + powers.sum(dim=-1, keepdim=True)
        found = old * found + powers @ v
        top = new_top
    return (found / total).to(kind)


# %% right: log-sum-exp of each block, weighed against each other
def attention_in_blocks(queries, keys, values, block):
    answer = norm = None
    for k, v in zip(keys.split(block, 1), values.split(block, 1)):
        scores = queries @ k.mT
        here = scores.logsumexp(-1, keepdim=True)
        part = scores.softmax(-1) @ v
        if norm is None:
            answer, norm = part, here
            continue
        both = torch.logaddexp(norm, here)
        answer = answer * (norm - both).exp() + part * (here - both).exp()
        norm = both
    return answer


# %% right: two passes: the maximum, then the sums
def attention_in_blocks(queries, keys, values, block):
    blocks = range(0, keys.shape[1], block)
    top = None
    for first in blocks:
        here = (queries @ keys[:, first : first + block].mT).amax(-1, keepdim=True)
        top = here if top is None else torch.maximum(top, here)
    total, found = 0.0, 0.0
    for first in blocks:
        end = first + block
        powers = torch.exp(queries @ keys[:, first:end].mT - top)
        total = total + powers.sum(-1, keepdim=True)
        found = found + powers @ values[:, first:end]
    return found / total
