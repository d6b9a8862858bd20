# %% wrong: an empty sentence takes weight | says: must not take weight from the others
def document_vector(states, word_scores, sentence_scores, mask):
    word_weights = masked_softmax(word_scores, mask)
    shares = word_weights * sentence_scores.softmax(1)[..., None]
    return torch.einsum("bsw,bswd->bd", shares, states), shares


# %% wrong: one softmax over the document | says: one softmax over all words
def document_vector(states, word_scores, sentence_scores, mask):
    scores = word_scores + sentence_scores[..., None]
    shares = masked_softmax(scores.flatten(1), mask.flatten(1))
    shares = shares.view(mask.shape)
    return torch.einsum("bsw,bswd->bd", shares, states), shares


# %% wrong: takes padding to stand at the end | says: not the first ones of a sentence
def document_vector(states, word_scores, sentence_scores, mask):
    first = torch.arange(mask.shape[2]) < mask.sum(2, keepdim=True)
    word_weights = masked_softmax(word_scores, first)
    sentence_weights = masked_softmax(sentence_scores, mask.any(2))
    shares = word_weights * sentence_weights[..., None]
    return torch.einsum("bsw,bswd->bd", shares, states), shares


# %% wrong: takes empty sentences to stand at the end | says: sum of the shares
def document_vector(states, word_scores, sentence_scores, mask):
    word_weights = masked_softmax(word_scores, mask)
    count = mask.any(2).sum(1, keepdim=True)
    first = torch.arange(mask.shape[1]) < count
    shares = word_weights * masked_softmax(sentence_scores, first)[..., None]
    return torch.einsum("bsw,bswd->bd", shares, states), shares


# %% wrong: returns word weights in place of shares | says: share = word weight
def document_vector(states, word_scores, sentence_scores, mask):
    word_weights = masked_softmax(word_scores, mask)
    sentence_weights = masked_softmax(sentence_scores, mask.any(2))
    vectors = torch.einsum("bsw,bswd->bsd", word_weights, states)
    return (sentence_weights[..., None] * vectors).sum(1), word_weights


# %% wrong: the root of the product, as in some pictures | says: share = word weight
def document_vector(states, word_scores, sentence_scores, mask):
    word_weights = masked_softmax(word_scores, mask)
    sentence_weights = masked_softmax(sentence_scores, mask.any(2))
    shares = word_weights * sentence_weights[..., None]
    vector = torch.einsum("bsw,bswd->bd", shares, states)
    return vector, sentence_weights[..., None].sqrt() * word_weights


# %% wrong: hides with a score of 0 | says: share = word weight
def document_vector(states, word_scores, sentence_scores, mask):
    word_weights = (word_scores * mask).softmax(2)
    real = mask.any(2)
    shares = word_weights * masked_softmax(sentence_scores, real)[..., None]
    return torch.einsum("bsw,bswd->bd", shares, states), shares


# %% wrong: zeroes hidden shares afterwards | says: share = word weight
def document_vector(states, word_scores, sentence_scores, mask):
    shares = word_scores.softmax(2) * sentence_scores.softmax(1)[..., None]
    shares = shares * mask
    return torch.einsum("bsw,bswd->bd", shares, states), shares


# %% wrong: zeroes and divides, huge hidden scores leave nothing | says: hidden scores of 10000
def document_vector(states, word_scores, sentence_scores, mask):
    def shared(scores, real):
        weights = scores.softmax(-1) * real
        total = weights.sum(-1, keepdim=True)
        return weights / total.masked_fill(total == 0, 1.0)

    word_weights = shared(word_scores, mask)
    shares = word_weights * shared(sentence_scores, mask.any(2))[..., None]
    return torch.einsum("bsw,bswd->bd", shares, states), shares


# %% wrong: NaN in an empty sentence | says: NaN
def document_vector(states, word_scores, sentence_scores, mask):
    word_weights = word_scores.masked_fill(~mask, -math.inf).softmax(2)
    hidden = ~mask.any(2)
    betas = sentence_scores.masked_fill(hidden, -math.inf).softmax(1)
    shares = word_weights * betas[..., None]
    return torch.einsum("bsw,bswd->bd", shares, states), shares


# %% wrong: NaN in the gradient only | says: NaN, infinity, or no gradient
def document_vector(states, word_scores, sentence_scores, mask):
    hide = torch.zeros_like(word_scores).masked_fill(~mask, -math.inf)
    word_weights = (word_scores + hide).softmax(2)
    hidden = ~mask.any(2)
    betas = sentence_scores.masked_fill(hidden, -math.inf).softmax(1)
    shares = word_weights * betas[..., None]
    shares = torch.where(mask, shares, torch.zeros_like(shares))
    return torch.einsum("bsw,bswd->bd", shares, states), shares


# %% wrong: a large negative number | says: an empty document needs its own rule
def document_vector(states, word_scores, sentence_scores, mask):
    word_weights = word_scores.masked_fill(~mask, -1e9).softmax(2)
    real = mask.any(2)
    betas = sentence_scores.masked_fill(~real, -1e9).softmax(1)
    shares = word_weights * betas[..., None]
    return torch.einsum("bsw,bswd->bd", shares, states), shares


# %% wrong: sums over sentences in place of averaging | says: share = word weight
def document_vector(states, word_scores, sentence_scores, mask):
    shares = masked_softmax(word_scores, mask)
    return torch.einsum("bsw,bswd->bd", shares, states), shares


# %% wrong: cuts the gradient of the scores | says: no gradient at all
def document_vector(states, word_scores, sentence_scores, mask):
    word_weights = masked_softmax(word_scores.detach(), mask)
    betas = masked_softmax(sentence_scores, mask.any(2))
    shares = word_weights * betas[..., None]
    return torch.einsum("bsw,bswd->bd", shares, states), shares


# %% right: in two averages
def document_vector(states, word_scores, sentence_scores, mask):
    alphas = masked_softmax(word_scores, mask)
    vectors = (alphas.unsqueeze(-2) @ states).squeeze(-2)
    betas = masked_softmax(sentence_scores, mask.sum(2) > 0)
    return (betas.unsqueeze(1) @ vectors).squeeze(1), betas.unsqueeze(2) * alphas


# %% right: document after document
def document_vector(states, word_scores, sentence_scores, mask):
    vectors, everything = [], []
    for b in range(len(mask)):
        real = mask[b].any(1)
        shares = torch.zeros(mask[b].shape, dtype=states.dtype)
        if real.any():
            betas = sentence_scores[b][real].softmax(0)
            rows = []
            for beta, place in zip(betas, real.nonzero()[:, 0]):
                kept = mask[b, place]
                row = torch.zeros(len(kept), dtype=states.dtype)
                part = beta * word_scores[b, place][kept].softmax(0)
                rows.append(row.masked_scatter(kept, part))
            order = torch.full((len(real),), -1)
            order[real] = torch.arange(int(real.sum()))
            rows.append(torch.zeros(mask.shape[2], dtype=states.dtype))
            shares = torch.stack(rows)[order]
        everything.append(shares)
        vectors.append((shares[..., None] * states[b]).sum((0, 1)))
    return torch.stack(vectors), torch.stack(everything)
