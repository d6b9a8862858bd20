# %% wrong: the mean of all looks, its own among them | says: two thirds of the right gradient
def several_looks_loss(scores, places, rewards):
    baselines = rewards.mean(dim=1, keepdim=True)
    log_weights = scores.log_softmax(dim=-1).gather(-1, places)
    return -((rewards - baselines).detach() * log_weights).mean()


# %% wrong: no minus | says: points the other way
def several_looks_loss(scores, places, rewards):
    others = (rewards.sum(1, keepdim=True) - rewards) / (rewards.shape[1] - 1)
    log_weights = scores.log_softmax(dim=-1).gather(-1, places)
    return ((rewards - others).detach() * log_weights).mean()


# %% wrong: the sum over the looks | says: three times the right gradient
def several_looks_loss(scores, places, rewards):
    others = (rewards.sum(1, keepdim=True) - rewards) / (rewards.shape[1] - 1)
    log_weights = scores.log_softmax(dim=-1).gather(-1, places)
    return -((rewards - others).detach() * log_weights).sum(1).mean()


# %% wrong: no baseline | says: off by
def several_looks_loss(scores, places, rewards):
    log_weights = scores.log_softmax(dim=-1).gather(-1, places)
    return -(rewards.detach() * log_weights).mean()


# %% wrong: divides the others by the number of looks | says: off by
def several_looks_loss(scores, places, rewards):
    others = (rewards.sum(1, keepdim=True) - rewards) / rewards.shape[1]
    log_weights = scores.log_softmax(dim=-1).gather(-1, places)
    return -((rewards - others).detach() * log_weights).mean()


# %% wrong: the look before serves as baseline | says: the example counts its looks
def several_looks_loss(scores, places, rewards):
    log_weights = scores.log_softmax(dim=-1).gather(-1, places)
    return -((rewards - rewards.roll(1, dims=1)).detach() * log_weights).mean()


# %% wrong: the others of the whole batch | says: at the same scene
def several_looks_loss(scores, places, rewards):
    others = (rewards.sum() - rewards) / (rewards.numel() - 1)
    log_weights = scores.log_softmax(dim=-1).gather(-1, places)
    return -((rewards - others).detach() * log_weights).mean()


# %% wrong: rewards not detached | says: a gradient that reaches the rewards
def several_looks_loss(scores, places, rewards):
    others = (rewards.sum(1, keepdim=True) - rewards) / (rewards.shape[1] - 1)
    log_weights = scores.log_softmax(dim=-1).gather(-1, places)
    return -((rewards - others) * log_weights).mean()


# %% wrong: only the baseline detached | says: a gradient that reaches the rewards
def several_looks_loss(scores, places, rewards):
    others = (rewards.sum(1, keepdim=True) - rewards) / (rewards.shape[1] - 1)
    log_weights = scores.log_softmax(dim=-1).gather(-1, places)
    return -((rewards - others.detach()) * log_weights).mean()


# %% wrong: weights in place of their logarithms | says: log_softmax, not softmax
def several_looks_loss(scores, places, rewards):
    others = (rewards.sum(1, keepdim=True) - rewards) / (rewards.shape[1] - 1)
    weights = scores.softmax(dim=-1).gather(-1, places)
    return -((rewards - others).detach() * weights).mean()


# %% wrong: detaches everything | says: cut off from the scores
def several_looks_loss(scores, places, rewards):
    others = (rewards.sum(1, keepdim=True) - rewards) / (rewards.shape[1] - 1)
    log_weights = scores.log_softmax(dim=-1).gather(-1, places)
    return -((rewards - others) * log_weights).detach().mean()


# %% wrong: one number for each scene | says: return one number
def several_looks_loss(scores, places, rewards):
    others = (rewards.sum(1, keepdim=True) - rewards) / (rewards.shape[1] - 1)
    log_weights = scores.log_softmax(dim=-1).gather(-1, places)
    return -((rewards - others).detach() * log_weights).mean(1)


# %% wrong: divides by the spread of the rewards as well | says: off by
def several_looks_loss(scores, places, rewards):
    others = (rewards.sum(1, keepdim=True) - rewards) / (rewards.shape[1] - 1)
    gains = (rewards - others) / (rewards.std(1, keepdim=True) + 1e-6)
    log_weights = scores.log_softmax(dim=-1).gather(-1, places)
    return -(gains.detach() * log_weights).mean()


# %% wrong: writes the advantages into the rewards | says: was changed by your function
def several_looks_loss(scores, places, rewards):
    others = (rewards.sum(1, keepdim=True) - rewards) / (rewards.shape[1] - 1)
    with torch.no_grad():
        rewards -= others
    log_weights = scores.log_softmax(dim=-1).gather(-1, places)
    return -(rewards.detach() * log_weights).mean()


# %% wrong: every scene's log weights for every look | says: own log weights
def several_looks_loss(scores, places, rewards):
    others = (rewards.sum(1, keepdim=True) - rewards) / (rewards.shape[1] - 1)
    log_weights = scores.log_softmax(-1)[:, places].mean(0)
    return -((rewards - others).detach() * log_weights).mean()


# %% wrong: mean over the looks, sum over the scenes | says: the mean over scenes too
def several_looks_loss(scores, places, rewards):
    others = (rewards.sum(1, keepdim=True) - rewards) / (rewards.shape[1] - 1)
    log_weights = scores.log_softmax(dim=-1).gather(-1, places)
    return -((rewards - others).detach() * log_weights).mean(1).sum()


# %% wrong: the median of the others | says: the mean of all other looks
def several_looks_loss(scores, places, rewards):
    looks = rewards.shape[1]
    others = torch.stack(
        [
            rewards[:, [j for j in range(looks) if j != k]].quantile(0.5, dim=1)
            for k in range(looks)
        ],
        1,
    )
    log_weights = scores.log_softmax(dim=-1).gather(-1, places)
    return -((rewards - others).detach() * log_weights).mean()


# %% wrong: the neighbours left and right | says: the mean of all other looks
def several_looks_loss(scores, places, rewards):
    others = (rewards.roll(1, dims=1) + rewards.roll(-1, dims=1)) / 2
    log_weights = scores.log_softmax(dim=-1).gather(-1, places)
    return -((rewards - others).detach() * log_weights).mean()


# %% wrong: cuts the caller's rewards off their graph | says: detach_() cuts the argument
def several_looks_loss(scores, places, rewards):
    rewards = rewards.detach_()
    others = (rewards.sum(1, keepdim=True) - rewards) / (rewards.shape[1] - 1)
    log_weights = scores.log_softmax(dim=-1).gather(-1, places)
    return -((rewards - others) * log_weights).mean()


# %% wrong: keepdim forgotten | says: keep the axis of the looks
def several_looks_loss(scores, places, rewards):
    others = (rewards.sum(1) - rewards) / (rewards.shape[1] - 1)
    log_weights = scores.log_softmax(dim=-1).gather(-1, places)
    return -((rewards - others).detach() * log_weights).mean()


# %% right: with loops
def several_looks_loss(scores, places, rewards):
    batch, looks = places.shape
    terms = []
    for n in range(batch):
        log_weights = torch.log_softmax(scores[n], 0)
        for k in range(looks):
            others = [rewards[n, j].item() for j in range(looks) if j != k]
            gain = rewards[n, k].item() - sum(others) / len(others)
            terms.append(-gain * log_weights[places[n, k]])
    return sum(terms) / len(terms)


# %% right: the package's surrogate, one row for each look
def several_looks_loss(scores, places, rewards):
    from course_utils.hard_attention import reinforce_surrogate

    looks = places.shape[1]
    rewards = rewards.detach()
    others = (rewards.sum(1, keepdim=True) - rewards) / (looks - 1)
    rows = scores[:, None].expand(-1, looks, -1)
    return reinforce_surrogate(rows, places, rewards, others)


# %% right: the mean of all looks, and a factor that mends it
def several_looks_loss(scores, places, rewards):
    looks = places.shape[1]
    gains = (rewards - rewards.mean(1, keepdim=True)) * looks / (looks - 1)
    chosen = torch.nn.functional.one_hot(places, scores.shape[-1]).to(scores.dtype)
    log_weights = scores - scores.logsumexp(-1, keepdim=True)
    return -(gains.detach()[..., None] * chosen * log_weights[:, None]).sum() / (
        places.numel()
    )


# %% right: raw scores, for the advantages of a scene sum to 0
def several_looks_loss(scores, places, rewards):
    others = (rewards.sum(1, keepdim=True) - rewards) / (rewards.shape[1] - 1)
    return -((rewards - others).detach() * scores.gather(-1, places)).mean()
