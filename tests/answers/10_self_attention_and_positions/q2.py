# %% wrong: place 0 in every step, as published | says: the second token stands at place 1
def decode_step(decoder, letters, cache):
    x = decoder.embedding(letters)[:, None]
    x = x + sinusoidal_positions(1, x.shape[2])
    cache = x if cache is None else torch.cat([cache, x], dim=1)
    output, _ = decoder.attention(x, cache, cache)
    return decoder.to_letters(output[:, 0]), cache


# %% wrong: counts the places from 1 | says: at place 0
def decode_step(decoder, letters, cache):
    a = decoder.attention
    place = 1 if cache is None else cache[0].shape[2] + 1
    x = decoder.embedding(letters)[:, None]
    x = x + sinusoidal_positions(1, x.shape[2], start=place)
    keys, values = a.split(a.key_projection(x)), a.split(a.value_projection(x))
    if cache is not None:
        keys = torch.cat([cache[0], keys], dim=2)
        values = torch.cat([cache[1], values], dim=2)
    query = a.split(a.query_projection(x))
    weights = (query @ keys.mT / math.sqrt(query.shape[-1])).softmax(-1)
    joined = (weights @ values).transpose(1, 2).flatten(2)
    return decoder.to_letters(a.output_projection(joined))[:, 0], (keys, values)


# %% wrong: no position at all | says: at place 0
def decode_step(decoder, letters, cache):
    a = decoder.attention
    x = decoder.embedding(letters)[:, None]
    keys, values = a.split(a.key_projection(x)), a.split(a.value_projection(x))
    if cache is not None:
        keys = torch.cat([cache[0], keys], dim=2)
        values = torch.cat([cache[1], values], dim=2)
    query = a.split(a.query_projection(x))
    weights = (query @ keys.mT / math.sqrt(query.shape[-1])).softmax(-1)
    joined = (weights @ values).transpose(1, 2).flatten(2)
    return decoder.to_letters(a.output_projection(joined))[:, 0], (keys, values)


# %% wrong: right numbers, but projects every token again | says: project only the new token
def decode_step(decoder, letters, cache):
    place = 0 if cache is None else cache.shape[1]
    x = decoder.embedding(letters)[:, None]
    x = x + sinusoidal_positions(1, x.shape[2], start=place)
    cache = x if cache is None else torch.cat([cache, x], dim=1)
    output, _ = decoder.attention(x, cache, cache)
    return decoder.to_letters(output[:, 0]), cache


# %% wrong: runs the whole row again | says: project only the new token
def decode_step(decoder, letters, cache):
    row = letters[:, None]
    cache = row if cache is None else torch.cat([cache, row], dim=1)
    return decoder(cache)[:, -1], cache


# %% wrong: the new token does not see itself | says: the newest too
def decode_step(decoder, letters, cache):
    a = decoder.attention
    place = 0 if cache is None else cache[0].shape[2]
    x = decoder.embedding(letters)[:, None]
    x = x + sinusoidal_positions(1, x.shape[2], start=place)
    keys, values = a.split(a.key_projection(x)), a.split(a.value_projection(x))
    query = a.split(a.query_projection(x))
    old = (keys, values) if cache is None else cache
    weights = (query @ old[0].mT / math.sqrt(query.shape[-1])).softmax(-1)
    joined = (weights @ old[1]).transpose(1, 2).flatten(2)
    if cache is not None:
        keys = torch.cat([cache[0], keys], dim=2)
        values = torch.cat([cache[1], values], dim=2)
    return decoder.to_letters(a.output_projection(joined))[:, 0], (keys, values)


# %% wrong: remembers the last token only | says: attend to all keys so far
def decode_step(decoder, letters, cache):
    a = decoder.attention
    place = 0 if cache is None else cache[2]
    x = decoder.embedding(letters)[:, None]
    x = x + sinusoidal_positions(1, x.shape[2], start=place)
    k, v = a.split(a.key_projection(x)), a.split(a.value_projection(x))
    keys, values = k, v
    if cache is not None:
        keys = torch.cat([cache[0], k], dim=2)
        values = torch.cat([cache[1], v], dim=2)
    query = a.split(a.query_projection(x))
    weights = (query @ keys.mT / math.sqrt(query.shape[-1])).softmax(-1)
    joined = (weights @ values).transpose(1, 2).flatten(2)
    logits = decoder.to_letters(a.output_projection(joined))[:, 0]
    return logits, (k, v, place + 1)


# %% wrong: divides by the root of the size, not of the part | says: divide by the root of size / heads
def decode_step(decoder, letters, cache):
    a = decoder.attention
    place = 0 if cache is None else cache[0].shape[2]
    x = decoder.embedding(letters)[:, None]
    x = x + sinusoidal_positions(1, x.shape[2], start=place)
    keys, values = a.split(a.key_projection(x)), a.split(a.value_projection(x))
    if cache is not None:
        keys = torch.cat([cache[0], keys], dim=2)
        values = torch.cat([cache[1], values], dim=2)
    query = a.split(a.query_projection(x))
    weights = (query @ keys.mT / math.sqrt(x.shape[-1])).softmax(-1)
    joined = (weights @ values).transpose(1, 2).flatten(2)
    return decoder.to_letters(a.output_projection(joined))[:, 0], (keys, values)


# %% wrong: one head where the decoder has several | says: off by
def decode_step(decoder, letters, cache):
    a = decoder.attention
    place = 0 if cache is None else cache[0].shape[1]
    x = decoder.embedding(letters)[:, None]
    x = x + sinusoidal_positions(1, x.shape[2], start=place)
    keys, values = a.key_projection(x), a.value_projection(x)
    if cache is not None:
        keys = torch.cat([cache[0], keys], dim=1)
        values = torch.cat([cache[1], values], dim=1)
    weights = (a.query_projection(x) @ keys.mT / math.sqrt(x.shape[-1])).softmax(-1)
    output = a.output_projection(weights @ values)
    return decoder.to_letters(output)[:, 0], (keys, values)


# %% wrong: forgets the output projection | says: at the first step the token attends to itself alone
def decode_step(decoder, letters, cache):
    a = decoder.attention
    place = 0 if cache is None else cache[0].shape[2]
    x = decoder.embedding(letters)[:, None]
    x = x + sinusoidal_positions(1, x.shape[2], start=place)
    keys, values = a.split(a.key_projection(x)), a.split(a.value_projection(x))
    if cache is not None:
        keys = torch.cat([cache[0], keys], dim=2)
        values = torch.cat([cache[1], values], dim=2)
    query = a.split(a.query_projection(x))
    weights = (query @ keys.mT / math.sqrt(query.shape[-1])).softmax(-1)
    joined = (weights @ values).transpose(1, 2).flatten(2)
    return decoder.to_letters(joined)[:, 0], (keys, values)


# %% wrong: appends to the list it was given | says: leave the cache alone
def decode_step(decoder, letters, cache):
    a = decoder.attention
    cache = [] if cache is None else cache
    x = decoder.embedding(letters)[:, None]
    x = x + sinusoidal_positions(1, x.shape[2], start=len(cache))
    cache.append((a.split(a.key_projection(x)), a.split(a.value_projection(x))))
    keys = torch.cat([k for k, _ in cache], dim=2)
    values = torch.cat([v for _, v in cache], dim=2)
    query = a.split(a.query_projection(x))
    weights = (query @ keys.mT / math.sqrt(query.shape[-1])).softmax(-1)
    joined = (weights @ values).transpose(1, 2).flatten(2)
    return decoder.to_letters(a.output_projection(joined))[:, 0], cache


# %% wrong: returns the logits only | says: return 2 results, in this order: logits, cache
def decode_step(decoder, letters, cache):
    return decoder(letters[:, None])[:, 0]


# %% wrong: logits with an axis too many | says: a result of shape (2, 1, 10)
def decode_step(decoder, letters, cache):
    row = letters[:, None]
    cache = row if cache is None else torch.cat([cache, row], dim=1)
    return decoder(cache)[:, -1:], cache


# %% wrong: a window of the last 64 keys | says: attend to all keys from the first token on
def decode_step(decoder, letters, cache):
    place = 0 if cache is None else cache[2]
    a = decoder.attention
    x = decoder.embedding(letters)[:, None]
    x = x + sinusoidal_positions(1, x.shape[2], start=place)
    query = a.split(a.query_projection(x))
    k, v = a.split(a.key_projection(x)), a.split(a.value_projection(x))
    keys, values = k, v
    if cache is not None:
        keys = torch.cat([cache[0], k], dim=2)
        values = torch.cat([cache[1], v], dim=2)
    keys, values = keys[:, :, -64:], values[:, :, -64:]
    weights = (query @ keys.mT / math.sqrt(query.shape[-1])).softmax(-1)
    joined = (weights @ values).transpose(1, 2).flatten(2)
    logits = decoder.to_letters(a.output_projection(joined))[:, 0]
    return logits, (keys, values, place + 1)


# %% wrong: one buffer, written in place | says: two caches share memory
def decode_step(decoder, letters, cache):
    place = 0 if cache is None else cache[2]
    a = decoder.attention
    x = decoder.embedding(letters)[:, None]
    x = x + sinusoidal_positions(1, x.shape[2], start=place)
    query = a.split(a.query_projection(x))
    k, v = a.split(a.key_projection(x)), a.split(a.value_projection(x))
    if cache is None:
        shape = len(letters), a.heads, 512, k.shape[-1]
        cache = torch.zeros(shape), torch.zeros(shape)
    cache[0][:, :, place] = k[:, :, 0]
    cache[1][:, :, place] = v[:, :, 0]
    keys, values = cache[0][:, :, : place + 1], cache[1][:, :, : place + 1]
    weights = (query @ keys.mT / math.sqrt(query.shape[-1])).softmax(-1)
    joined = (weights @ values).transpose(1, 2).flatten(2)
    logits = decoder.to_letters(a.output_projection(joined))[:, 0]
    return logits, (cache[0], cache[1], place + 1)


# %% wrong: keeps its state on the decoder | says: two caches share memory
def decode_step(decoder, letters, cache):
    place = cache or 0
    a = decoder.attention
    x = decoder.embedding(letters)[:, None]
    x = x + sinusoidal_positions(1, x.shape[2], start=place)
    query = a.split(a.query_projection(x))
    k, v = a.split(a.key_projection(x)), a.split(a.value_projection(x))
    past = decoder.past[:place] if place else []
    decoder.past = [*past, (k, v)]
    keys = torch.cat([key for key, _ in decoder.past], dim=2)
    values = torch.cat([value for _, value in decoder.past], dim=2)
    weights = (query @ keys.mT / math.sqrt(query.shape[-1])).softmax(-1)
    joined = (weights @ values).transpose(1, 2).flatten(2)
    logits = decoder.to_letters(a.output_projection(joined))[:, 0]
    return logits, place + 1


# %% wrong: the scale of the first case, hard-wired | says: off by
def decode_step(decoder, letters, cache):
    place = 0 if cache is None else cache[0].shape[2]
    a = decoder.attention
    x = decoder.embedding(letters)[:, None]
    x = x + sinusoidal_positions(1, x.shape[2], start=place)
    query = a.split(a.query_projection(x))
    k, v = a.split(a.key_projection(x)), a.split(a.value_projection(x))
    keys, values = k, v
    if cache is not None:
        keys = torch.cat([cache[0], k], dim=2)
        values = torch.cat([cache[1], v], dim=2)
    weights = (query @ keys.mT / 2).softmax(-1)
    joined = (weights @ values).transpose(1, 2).flatten(2)
    logits = decoder.to_letters(a.output_projection(joined))[:, 0]
    return logits, (keys, values)


# %% wrong: takes the number of heads for the place | says: which axis of the cache are the tokens
def decode_step(decoder, letters, cache):
    place = 0 if cache is None else cache[0].shape[1]
    a = decoder.attention
    x = decoder.embedding(letters)[:, None]
    x = x + sinusoidal_positions(1, x.shape[2], start=place)
    query = a.split(a.query_projection(x))
    k, v = a.split(a.key_projection(x)), a.split(a.value_projection(x))
    keys, values = k, v
    if cache is not None:
        keys = torch.cat([cache[0], k], dim=2)
        values = torch.cat([cache[1], v], dim=2)
    weights = (query @ keys.mT / math.sqrt(query.shape[-1])).softmax(-1)
    joined = (weights @ values).transpose(1, 2).flatten(2)
    logits = decoder.to_letters(a.output_projection(joined))[:, 0]
    return logits, (keys, values)


# %% wrong: takes the number of rows for the place | says: which axis of the cache are the tokens
def decode_step(decoder, letters, cache):
    place = 0 if cache is None else len(cache[0])
    a = decoder.attention
    x = decoder.embedding(letters)[:, None]
    x = x + sinusoidal_positions(1, x.shape[2], start=place)
    query = a.split(a.query_projection(x))
    k, v = a.split(a.key_projection(x)), a.split(a.value_projection(x))
    keys, values = k, v
    if cache is not None:
        keys = torch.cat([cache[0], k], dim=2)
        values = torch.cat([cache[1], v], dim=2)
    weights = (query @ keys.mT / math.sqrt(query.shape[-1])).softmax(-1)
    joined = (weights @ values).transpose(1, 2).flatten(2)
    logits = decoder.to_letters(a.output_projection(joined))[:, 0]
    return logits, (keys, values)


# %% wrong: projects every token again, in NumPy, where no products are counted | says: project each token once
def decode_step(decoder, letters, cache):
    place = 0 if cache is None else cache.shape[1]
    a = decoder.attention
    x = decoder.embedding(letters)[:, None]
    x = x + sinusoidal_positions(1, x.shape[2], start=place)
    cache = x if cache is None else torch.cat([cache, x], dim=1)
    query = a.split(a.query_projection(x))

    def project(layer):
        W, bias = layer.weight.detach().numpy(), layer.bias.detach().numpy()
        return a.split(torch.from_numpy(cache.numpy() @ W.T + bias))

    keys = project(a.key_projection)
    values = project(a.value_projection)
    weights = (query @ keys.mT / math.sqrt(query.shape[-1])).softmax(-1)
    joined = (weights @ values).transpose(1, 2).flatten(2)
    logits = decoder.to_letters(a.output_projection(joined))[:, 0]
    return logits, cache


# %% wrong: projects every token again, by elementwise products | says: project each token once
def decode_step(decoder, letters, cache):
    place = 0 if cache is None else cache.shape[1]
    a = decoder.attention
    x = decoder.embedding(letters)[:, None]
    x = x + sinusoidal_positions(1, x.shape[2], start=place)
    cache = x if cache is None else torch.cat([cache, x], dim=1)
    query = a.split(a.query_projection(x))

    def project(layer):
        products = cache[:, :, None] * layer.weight
        return a.split(products.sum(-1) + layer.bias)

    keys = project(a.key_projection)
    values = project(a.value_projection)
    weights = (query @ keys.mT / math.sqrt(query.shape[-1])).softmax(-1)
    joined = (weights @ values).transpose(1, 2).flatten(2)
    logits = decoder.to_letters(a.output_projection(joined))[:, 0]
    return logits, cache


# %% right: PyTorch's fused attention, tokens joined before they are cut into heads
def decode_step(decoder, letters, cache):
    from torch.nn import functional as F

    a = decoder.attention
    tokens = 0 if cache is None else cache["keys"].shape[1]
    x = decoder.embedding(letters).unsqueeze(1)
    x = x + sinusoidal_positions(1, x.shape[2], start=tokens)
    new = {"keys": a.key_projection(x), "values": a.value_projection(x)}
    if cache is not None:
        new = {name: torch.cat([cache[name], part], 1) for name, part in new.items()}
    mixed = F.scaled_dot_product_attention(
        a.split(a.query_projection(x)), a.split(new["keys"]), a.split(new["values"])
    )
    output = a.output_projection(mixed.transpose(1, 2).flatten(2))
    return decoder.to_letters(output).squeeze(1), new


# %% right: head by head, with a list that is copied
def decode_step(decoder, letters, cache):
    a = decoder.attention
    past = list(cache or [])
    size = decoder.embedding.embedding_dim
    part = size // a.heads
    x = decoder.embedding(letters) + sinusoidal_positions(1, size, len(past))[0]
    past.append((a.key_projection(x), a.value_projection(x)))
    query, heads = a.query_projection(x), []
    for h in range(a.heads):
        own = slice(h * part, (h + 1) * part)
        keys = torch.stack([k[:, own] for k, _ in past], dim=1)
        values = torch.stack([v[:, own] for _, v in past], dim=1)
        scores = (keys * query[:, None, own]).sum(-1) / math.sqrt(part)
        heads.append((scores.softmax(-1)[..., None] * values).sum(1))
    output = a.output_projection(torch.cat(heads, dim=-1))
    return decoder.to_letters(output), past


# %% right: NumPy from the embedding to the logits
def decode_step(decoder, letters, cache):
    import numpy as np

    numbers = {name: p.detach().numpy() for name, p in decoder.named_parameters()}

    def linear(name, x):
        return x @ numbers[f"{name}.weight"].T + numbers[f"{name}.bias"]

    def role(name):
        return linear(f"attention.{name}_projection", x).reshape(len(x), heads, -1)

    past, heads = cache or (), decoder.attention.heads
    table = numbers["embedding.weight"]
    x = table[letters.numpy()]
    x = x + sinusoidal_positions(1, table.shape[1], start=len(past)).numpy()[0]
    past = (*past, (role("key"), role("value")))
    query = role("query")
    scores = np.stack([(query * key).sum(-1) for key, _ in past], -1)
    weights = np.exp(scores / np.sqrt(query.shape[-1]))
    weights = weights / weights.sum(-1, keepdims=True)
    mixed = sum(weights[..., i : i + 1] * value for i, (_, value) in enumerate(past))
    output = linear("attention.output_projection", mixed.reshape(len(x), -1))
    return torch.from_numpy(linear("to_letters", output)).float(), past
