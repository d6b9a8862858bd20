# %% wrong: greedy whatever the width | says: keep both beginnings
def beam_search(step, state, start, width, steps):
    last, logs, written = torch.tensor([start]), 0.0, []
    for _ in range(steps):
        scores, state = step(last, state)
        log = scores.log_softmax(-1)
        last = log.argmax(-1)
        logs += log.max().item()
        written.append(last.item())
    return torch.tensor(written), logs


# %% wrong: adds raw scores | says: add the log_softmax
def beam_search(step, state, start, width, steps):
    written, last = torch.empty(1, 0).long(), torch.tensor([start])
    logs = torch.zeros(1)
    for _ in range(steps):
        scores, state = step(last, state)
        totals = logs[:, None] + scores
        logs, flat = totals.flatten().topk(min(width, totals.numel()))
        parent, last = flat // scores.shape[-1], flat % scores.shape[-1]
        written = torch.cat([written[parent], last[:, None]], 1)
        state = state[parent]
    return written[0], logs[0].item()


# %% wrong: the states stay where they were | says: pick the states of the parents too
def beam_search(step, state, start, width, steps):
    written, last = torch.empty(1, 0).long(), torch.tensor([start])
    logs = torch.zeros(1)
    for _ in range(steps):
        scores, state = step(last, state)
        totals = logs[:, None] + scores.log_softmax(-1)
        logs, flat = totals.flatten().topk(min(width, totals.numel()))
        parent, last = flat // scores.shape[-1], flat % scores.shape[-1]
        written = torch.cat([written[parent], last[:, None]], 1)
        state = (
            state
            if len(state) == len(last)
            else state[torch.arange(len(last)) % len(state)]
        )
    return written[0], logs[0].item()


# %% wrong: the characters stay where they were | says: pick the characters written so far
def beam_search(step, state, start, width, steps):
    written, last = torch.empty(1, 0).long(), torch.tensor([start])
    logs = torch.zeros(1)
    for _ in range(steps):
        scores, state = step(last, state)
        totals = logs[:, None] + scores.log_softmax(-1)
        logs, flat = totals.flatten().topk(min(width, totals.numel()))
        parent, last = flat // scores.shape[-1], flat % scores.shape[-1]
        kept = written[torch.arange(len(last)) % len(written)]
        written = torch.cat([kept, last[:, None]], 1)
        state = state[parent]
    return written[0], logs[0].item()


# %% wrong: starts with copies of the start | says: keep both beginnings
def beam_search(step, state, start, width, steps):
    written, last = torch.empty(width, 0).long(), torch.full((width,), start)
    state, logs = state.expand(width, -1), torch.zeros(width)
    for _ in range(steps):
        scores, state = step(last, state)
        totals = logs[:, None] + scores.log_softmax(-1)
        logs, flat = totals.flatten().topk(width)
        parent, last = flat // scores.shape[-1], flat % scores.shape[-1]
        written = torch.cat([written[parent], last[:, None]], 1)
        state = state[parent]
    return written[0], logs[0].item()


# %% wrong: forgets what the beginning was worth | says: what the beginning was worth
def beam_search(step, state, start, width, steps):
    written, last = torch.empty(1, 0).long(), torch.tensor([start])
    for _ in range(steps):
        scores, state = step(last, state)
        totals = scores.log_softmax(-1)
        logs, flat = totals.flatten().topk(min(width, totals.numel()))
        parent, last = flat // scores.shape[-1], flat % scores.shape[-1]
        written = torch.cat([written[parent], last[:, None]], 1)
        state = state[parent]
    return written[0], logs[0].item()


# %% wrong: more beginnings than there are | says: RuntimeError
def beam_search(step, state, start, width, steps):
    written, last = torch.empty(1, 0).long(), torch.tensor([start])
    logs = torch.zeros(1)
    for _ in range(steps):
        scores, state = step(last, state)
        totals = logs[:, None] + scores.log_softmax(-1)
        logs, flat = totals.flatten().topk(width)
        parent, last = flat // scores.shape[-1], flat % scores.shape[-1]
        written = torch.cat([written[parent], last[:, None]], 1)
        state = state[parent]
    return written[0], logs[0].item()


# %% wrong: multiplies probabilities | says: a product of 60 probabilities is rounded to 0
def beam_search(step, state, start, width, steps):
    written, last = torch.empty(1, 0).long(), torch.tensor([start])
    worth = torch.ones(1)
    for _ in range(steps):
        scores, state = step(last, state)
        totals = worth[:, None] * scores.softmax(-1)
        worth, flat = totals.flatten().topk(min(width, totals.numel()))
        parent, last = flat // scores.shape[-1], flat % scores.shape[-1]
        written = torch.cat([written[parent], last[:, None]], 1)
        state = state[parent]
    return written[0], worth[0].log().item()


# %% wrong: returns the last characters of all beginnings | says: one answer with a character for each step
def beam_search(step, state, start, width, steps):
    written, last = torch.empty(1, 0).long(), torch.tensor([start])
    logs = torch.zeros(1)
    for _ in range(steps):
        scores, state = step(last, state)
        totals = logs[:, None] + scores.log_softmax(-1)
        logs, flat = totals.flatten().topk(min(width, totals.numel()))
        parent, last = flat // scores.shape[-1], flat % scores.shape[-1]
        written = torch.cat([written[parent], last[:, None]], 1)
        state = state[parent]
    return written, logs[0].item()


# %% wrong: returns a probability, not its logarithm | says: another log-probability
def beam_search(step, state, start, width, steps):
    written, last = torch.empty(1, 0).long(), torch.tensor([start])
    logs = torch.zeros(1)
    for _ in range(steps):
        scores, state = step(last, state)
        totals = logs[:, None] + scores.log_softmax(-1)
        logs, flat = totals.flatten().topk(min(width, totals.numel()))
        parent, last = flat // scores.shape[-1], flat % scores.shape[-1]
        written = torch.cat([written[parent], last[:, None]], 1)
        state = state[parent]
    return written[0], logs[0].exp().item()


# %% wrong: one child for each beginning | says: an answer that is not the best
def beam_search(step, state, start, width, steps):
    scores, state = step(torch.tensor([start]), state)
    logs, last = scores.log_softmax(-1)[0].topk(min(width, scores.shape[-1]))
    state, written = state.expand(len(last), -1), last[:, None]
    for _ in range(steps - 1):
        scores, state = step(last, state)
        more, last = scores.log_softmax(-1).max(-1)
        logs = logs + more
        written = torch.cat([written, last[:, None]], 1)
    best = logs.argmax()
    return written[best], logs[best].item()


# %% wrong: divides by the length | says: another log-probability
def beam_search(step, state, start, width, steps):
    written, last = torch.empty(1, 0).long(), torch.tensor([start])
    logs = torch.zeros(1)
    for _ in range(steps):
        scores, state = step(last, state)
        totals = logs[:, None] + scores.log_softmax(-1)
        logs, flat = totals.flatten().topk(min(width, totals.numel()))
        parent, last = flat // scores.shape[-1], flat % scores.shape[-1]
        written = torch.cat([written[parent], last[:, None]], 1)
        state = state[parent]
    return written[0], logs[0].item() / steps


# %% right: with a list of tuples
def beam_search(step, state, start, width, steps):
    beams = [(0.0, [start], state)]
    for _ in range(steps):
        grown = []
        for log, answer, own in beams:
            scores, after = step(torch.tensor([answer[-1]]), own)
            for character, more in enumerate(scores.log_softmax(-1)[0].tolist()):
                grown.append((log + more, answer + [character], after))
        grown.sort(key=lambda beam: beam[0], reverse=True)
        beams = grown[:width]
    log, answer, _ = beams[0]
    return torch.tensor(answer[1:]), log


# %% right: a sort, divmod by hand, log-sum-exp
def beam_search(step, state, start, width, steps):
    answers, logs, last = [[]], torch.zeros(1), torch.tensor([start])
    for _ in range(steps):
        scores, state = step(last, state)
        totals = logs[:, None] + scores - scores.logsumexp(-1, keepdim=True)
        order = totals.flatten().argsort(descending=True)[:width].tolist()
        pairs = [divmod(index, scores.shape[-1]) for index in order]
        answers = [answers[p] + [c] for p, c in pairs]
        logs = torch.stack([totals[p, c] for p, c in pairs])
        state = torch.stack([state[p] for p, _ in pairs])
        last = torch.tensor([c for _, c in pairs])
    return torch.tensor(answers[0]), float(logs[0])


# %% wrong: never more beams than characters | says: width may be larger than the number of characters
def beam_search(step, state, start, width, steps):
    written, last, logs = (
        torch.empty(1, 0).long(),
        torch.tensor([start]),
        torch.zeros(1),
    )
    for _ in range(steps):
        scores, state = step(last, state)
        totals = logs[:, None] + scores.log_softmax(-1)
        logs, flat = totals.flatten().topk(min(width, scores.shape[-1]))
        parent, last = flat // scores.shape[-1], flat % scores.shape[-1]
        written = torch.cat([written[parent], last[:, None]], 1)
        state = state[parent]
    return written[0], logs[0].item()


# %% wrong: softmax then log | says: raw scores may be large
def beam_search(step, state, start, width, steps):
    written, last, logs = (
        torch.empty(1, 0).long(),
        torch.tensor([start]),
        torch.zeros(1),
    )
    for _ in range(steps):
        scores, state = step(last, state)
        totals = (
            logs[:, None] + scores.exp().div(scores.exp().sum(-1, keepdim=True)).log()
        )
        logs, flat = totals.flatten().topk(min(width, totals.numel()))
        parent, last = flat // scores.shape[-1], flat % scores.shape[-1]
        written = torch.cat([written[parent], last[:, None]], 1)
        state = state[parent]
    return written[0], logs[0].item()
