# %% wrong: the average of the losses, which is the hard objective | says: which is the hard objective
def marginal_loss(scores, log_likelihoods, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return -(scores.softmax(-1) * log_likelihoods).sum(-1)


# %% wrong: leaves the minus out | says: a negative loss
def marginal_loss(scores, log_likelihoods, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return torch.logsumexp(scores.log_softmax(-1) + log_likelihoods, -1)


# %% wrong: scores are logarithms of weights, everywhere | says: a softmax makes the weights
def marginal_loss(scores, log_likelihoods, mask=None):
    return -torch.logsumexp(scores + log_likelihoods, -1)


# %% wrong: right on paper, 0 in float32 | says: exp(-1000) is 0
def marginal_loss(scores, log_likelihoods, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return -(scores.softmax(-1) * log_likelihoods.exp()).sum(-1).log()


# %% wrong: exponentials, clamped | says: stay with logarithms
def marginal_loss(scores, log_likelihoods, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    total = (scores.softmax(-1) * log_likelihoods.exp()).sum(-1)
    return -total.clamp(min=1e-12).log()


# %% wrong: ignores the weights | says: weights from a softmax
def marginal_loss(scores, log_likelihoods, mask=None):
    return math.log(scores.shape[-1]) - torch.logsumexp(
        log_likelihoods + 0 * scores, -1
    )


# %% wrong: ignores the mask | says: hide a place before the softmax
def marginal_loss(scores, log_likelihoods, mask=None):
    return -torch.logsumexp(scores.log_softmax(-1) + log_likelihoods, -1)


# %% wrong: hides after the softmax | says: hide a place before the softmax
def marginal_loss(scores, log_likelihoods, mask=None):
    terms = scores.log_softmax(-1) + log_likelihoods
    if mask is not None:
        terms = terms.masked_fill(~mask, -math.inf)
    return -torch.logsumexp(terms, -1)


# %% wrong: a score of 0 for a hidden place | says: hide a place before the softmax
def marginal_loss(scores, log_likelihoods, mask=None):
    if mask is not None:
        scores = scores * mask
    return -torch.logsumexp(scores.log_softmax(-1) + log_likelihoods, -1)


# %% wrong: one number for the batch | says: one loss for each sample
def marginal_loss(scores, log_likelihoods, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return -torch.logsumexp(scores.log_softmax(-1) + log_likelihoods, -1).mean()


# %% wrong: softmax over the batch | says: a negative loss
def marginal_loss(scores, log_likelihoods, mask=None):
    return -torch.logsumexp(scores.log_softmax(0) + log_likelihoods, -1)


# %% wrong: writes into the scores | says: was changed by your function
def marginal_loss(scores, log_likelihoods, mask=None):
    scores -= scores.logsumexp(-1, keepdim=True)
    return -torch.logsumexp(scores + log_likelihoods, -1)


# %% wrong: the largest term by hand, from the likelihoods alone | says: a term is the sum of both logarithms
def marginal_loss(scores, log_likelihoods, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    top = log_likelihoods.max(-1, keepdim=True).values
    total = (scores.softmax(-1) * (log_likelihoods - top).exp()).sum(-1)
    return -total.log() - top.squeeze(-1)


# %% wrong: detaches the weights | says: no gradient reaches them
def marginal_loss(scores, log_likelihoods, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = scores.log_softmax(-1).detach()
    return -torch.logsumexp(weights + log_likelihoods, -1)


# %% wrong: a finite score for a hidden place (-30.0) | says: not a large negative number
def marginal_loss(scores, log_likelihoods, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -30.0)
    return -torch.logsumexp(scores.log_softmax(-1) + log_likelihoods, -1)


# %% wrong: a finite score for a hidden place (-100.0) | says: not a large negative number
def marginal_loss(scores, log_likelihoods, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -100.0)
    return -torch.logsumexp(scores.log_softmax(-1) + log_likelihoods, -1)


# %% wrong: a finite score for a hidden place (-1e3) | says: not a large negative number
def marginal_loss(scores, log_likelihoods, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -1e3)
    return -torch.logsumexp(scores.log_softmax(-1) + log_likelihoods, -1)


# %% wrong: a finite score for a hidden place (-1e4) | says: not a large negative number
def marginal_loss(scores, log_likelihoods, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -1e4)
    return -torch.logsumexp(scores.log_softmax(-1) + log_likelihoods, -1)


# %% wrong: hides the scores the wrong way round | says: True = may be attended
def marginal_loss(scores, log_likelihoods, mask=None):
    if mask is not None:
        scores = scores.masked_fill(mask, -math.inf)
    return -torch.logsumexp(scores.log_softmax(-1) + log_likelihoods, -1)


# %% wrong: writes minus infinity into the scores | says: was changed by your function
def marginal_loss(scores, log_likelihoods, mask=None):
    if mask is not None:
        scores[~mask] = -math.inf
    return -torch.logsumexp(scores.log_softmax(-1) + log_likelihoods, -1)


# %% wrong: weights added to logarithms | says: log_softmax, not softmax
def marginal_loss(scores, log_likelihoods, mask=None):
    return -torch.logsumexp(scores.softmax(-1) + log_likelihoods, -1)


# %% wrong: scores as logarithms of weights, and no minus | says: a softmax makes the weights
def marginal_loss(scores, log_likelihoods, mask=None):
    return torch.logsumexp(scores + log_likelihoods, -1)


# %% wrong: clamps the log-likelihoods | says: do not clamp them
def marginal_loss(scores, log_likelihoods, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    likely = log_likelihoods.clamp(min=-1e4)
    return -torch.logsumexp(scores.log_softmax(-1) + likely, -1)


# %% wrong: a tiny weight for a hidden place, after the softmax | says: hide a place before the softmax
def marginal_loss(scores, log_likelihoods, mask=None):
    log_weights = scores.log_softmax(-1)
    if mask is not None:
        log_weights = log_weights + torch.log(mask + 1e-30)
    return -torch.logsumexp(log_weights + log_likelihoods, -1)


# %% wrong: a tiny weight for a hidden place, before the softmax | says: not a large negative number
def marginal_loss(scores, log_likelihoods, mask=None):
    if mask is not None:
        scores = scores + torch.log(mask + 1e-30)
    return -torch.logsumexp(scores.log_softmax(-1) + log_likelihoods, -1)


# %% right: the largest term taken out by hand
def marginal_loss(scores, log_likelihoods, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    top = scores.amax(-1, keepdim=True).detach()
    log_weights = scores - top - (scores - top).exp().sum(-1, keepdim=True).log()
    terms = log_weights + log_likelihoods
    best = terms.amax(-1, keepdim=True).detach()
    return -((terms - best).exp().sum(-1).log() + best.squeeze(-1))


# %% right: two sums of exponentials, one minus the other
def marginal_loss(scores, log_likelihoods, mask=None):
    if mask is not None:
        scores = torch.where(mask, scores, torch.full_like(scores, -math.inf))
    above = (scores + log_likelihoods).logsumexp(1)
    return scores.logsumexp(1) - above


# %% right: with a loop over the samples
def marginal_loss(scores, log_likelihoods, mask=None):
    losses = []
    for n in range(len(scores)):
        kept = slice(None) if mask is None else mask[n]
        s, p = scores[n][kept], log_likelihoods[n][kept]
        losses.append(-(torch.log_softmax(s, 0) + p).logsumexp(0))
    return torch.stack(losses)


# %% wrong: a finite score for a hidden place (-1e9) | says: not a large negative number
def marginal_loss(scores, log_likelihoods, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -1e9)
    return -torch.logsumexp(scores.log_softmax(-1) + log_likelihoods, -1)


# %% wrong: clamps the log-likelihoods far down | says: do not clamp them
def marginal_loss(scores, log_likelihoods, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    terms = scores.log_softmax(-1) + log_likelihoods.clamp(min=-1e6)
    return -torch.logsumexp(terms, -1)
