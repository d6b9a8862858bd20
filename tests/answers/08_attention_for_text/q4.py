# %% wrong: decides again without the word | says: keep the class that was decided
def erasure_drop(model, words, word_lens, filler):
    logits = model(words, word_lens)
    drops = torch.zeros(words.shape, dtype=logits.dtype)
    for s in range(words.shape[1]):
        for w in range(words.shape[2]):
            erased = words.clone()
            erased[:, s, w] = filler
            left = model(erased, word_lens).max(1).values
            drops[:, s, w] = logits.max(1).values - left
    real = torch.arange(words.shape[2]) < word_lens[..., None]
    return drops * real


# %% wrong: the wrong sign | says: drops with the wrong sign
def erasure_drop(model, words, word_lens, filler):
    logits = model(words, word_lens)
    decision = logits.argmax(1, keepdim=True)
    drops = torch.zeros(words.shape, dtype=logits.dtype)
    for s in range(words.shape[1]):
        for w in range(words.shape[2]):
            erased = words.clone()
            erased[:, s, w] = filler
            left = model(erased, word_lens)
            drops[:, s, w] = (left - logits).gather(1, decision)[:, 0]
    real = torch.arange(words.shape[2]) < word_lens[..., None]
    return drops * real


# %% wrong: probabilities in place of logits | says: 9 replaced by 2
def erasure_drop(model, words, word_lens, filler):
    chances = model(words, word_lens).softmax(1)
    decision = chances.argmax(1, keepdim=True)
    drops = torch.zeros(words.shape, dtype=chances.dtype)
    for s in range(words.shape[1]):
        for w in range(words.shape[2]):
            erased = words.clone()
            erased[:, s, w] = filler
            left = model(erased, word_lens).softmax(1)
            drops[:, s, w] = (chances - left).gather(1, decision)[:, 0]
    real = torch.arange(words.shape[2]) < word_lens[..., None]
    return drops * real


# %% wrong: never puts a word back | says: the next word starts afresh
def erasure_drop(model, words, word_lens, filler):
    logits = model(words, word_lens)
    decision = logits.argmax(1, keepdim=True)
    drops = torch.zeros(words.shape, dtype=logits.dtype)
    erased = words.clone()
    for s in range(words.shape[1]):
        for w in range(words.shape[2]):
            erased[:, s, w] = filler
            left = model(erased, word_lens)
            drops[:, s, w] = (logits - left).gather(1, decision)[:, 0]
    real = torch.arange(words.shape[2]) < word_lens[..., None]
    return drops * real


# %% wrong: writes into words | says: was changed by your function
def erasure_drop(model, words, word_lens, filler):
    logits = model(words, word_lens)
    decision = logits.argmax(1, keepdim=True)
    drops = torch.zeros(words.shape, dtype=logits.dtype)
    for s in range(words.shape[1]):
        for w in range(words.shape[2]):
            words[:, s, w] = filler
            left = model(words, word_lens)
            drops[:, s, w] = (logits - left).gather(1, decision)[:, 0]
    return drops


# %% wrong: erases padding as well | says: a place where no word stands
def erasure_drop(model, words, word_lens, filler):
    logits = model(words, word_lens)
    decision = logits.argmax(1, keepdim=True)
    drops = torch.ones(words.shape, dtype=logits.dtype)
    for s in range(words.shape[1]):
        for w in range(words.shape[2]):
            erased = words.clone()
            erased[:, s, w] = filler
            left = model(erased, word_lens)
            drops[:, s, w] = (logits - left).gather(1, decision)[:, 0]
    return drops


# %% wrong: knows padding by its number | says: 0 is a word like any other
def erasure_drop(model, words, word_lens, filler):
    logits = model(words, word_lens)
    decision = logits.argmax(1, keepdim=True)
    drops = torch.zeros(words.shape, dtype=logits.dtype)
    for s in range(words.shape[1]):
        for w in range(words.shape[2]):
            erased = words.clone()
            erased[:, s, w] = filler
            left = model(erased, word_lens)
            drops[:, s, w] = (logits - left).gather(1, decision)[:, 0]
    real = torch.arange(words.shape[2]) < word_lens[..., None]
    return drops * (words != 0) * real


# %% wrong: only the size of the change | says: no negative drop
def erasure_drop(model, words, word_lens, filler):
    logits = model(words, word_lens)
    decision = logits.argmax(1, keepdim=True)
    drops = torch.zeros(words.shape, dtype=logits.dtype)
    for s in range(words.shape[1]):
        for w in range(words.shape[2]):
            erased = words.clone()
            erased[:, s, w] = filler
            left = model(erased, word_lens)
            drops[:, s, w] = (logits - left).gather(1, decision)[:, 0]
    real = torch.arange(words.shape[2]) < word_lens[..., None]
    return (drops * real).abs()


# %% wrong: always watches class 1 | says: the decision is class 0 here
def erasure_drop(model, words, word_lens, filler):
    logits = model(words, word_lens)
    drops = torch.zeros(words.shape, dtype=logits.dtype)
    for s in range(words.shape[1]):
        for w in range(words.shape[2]):
            erased = words.clone()
            erased[:, s, w] = filler
            drops[:, s, w] = (logits - model(erased, word_lens))[:, 1]
    real = torch.arange(words.shape[2]) < word_lens[..., None]
    return drops * real


# %% wrong: float32 whatever the logits are | says: return the number type of the logits
def erasure_drop(model, words, word_lens, filler):
    logits = model(words, word_lens)
    decision = logits.argmax(1, keepdim=True)
    drops = torch.zeros(words.shape)
    for s in range(words.shape[1]):
        for w in range(words.shape[2]):
            erased = words.clone()
            erased[:, s, w] = filler
            left = model(erased, word_lens)
            drops[:, s, w] = (logits - left).gather(1, decision)[:, 0]
    real = torch.arange(words.shape[2]) < word_lens[..., None]
    return drops * real


# %% right: review after review, word after word
def erasure_drop(model, words, word_lens, filler):
    rows = []
    for b in range(len(words)):
        review, lengths = words[b : b + 1], word_lens[b : b + 1]
        logits = model(review, lengths)[0].detach()
        decided = int(logits.argmax())
        row = torch.zeros(review.shape[1:], dtype=logits.dtype)
        for s, length in enumerate(lengths[0].tolist()):
            for w in range(length):
                changed = review.clone()
                changed[0, s, w] = filler
                left = model(changed, lengths)[0].detach()
                row[s, w] = logits[decided] - left[decided]
        rows.append(row)
    return torch.stack(rows)


# %% right: all erasures of a review in one batch
def erasure_drop(model, words, word_lens, filler):
    batch, sentences, places = words.shape
    logits = model(words, word_lens).detach()
    decision = logits.argmax(1)
    drops = logits.new_zeros(words.shape)
    number = sentences * places
    for b in range(batch):
        copies = words[b].expand(number, -1, -1).clone().flatten(1)
        copies[torch.arange(number), torch.arange(number)] = filler
        copies = copies.view(number, sentences, places)
        lens = word_lens[b].expand(number, -1)
        left = model(copies, lens).detach()[:, decision[b]]
        found = (logits[b, decision[b]] - left).view(sentences, places)
        real = torch.arange(places) < word_lens[b][:, None]
        drops[b] = torch.where(real, found, torch.zeros_like(found))
    return drops
