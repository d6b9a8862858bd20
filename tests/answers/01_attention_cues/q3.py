# %% wrong: the query is ignored | says: nothing but the query may make scores differ
def guided_read_out(features, queries, values, temperature):
    scores = centre_surround(features[None])[0].abs().sum(dim=0).flatten()
    weights = (scores / temperature).softmax(dim=0).expand(len(queries), -1)
    output = weights @ values.flatten(0, 1)
    return output, weights.view(-1, *features.shape[1:])


# %% wrong: the query is added after the softmax | says: weights that sum to between
def guided_read_out(features, queries, values, temperature):
    contrast = centre_surround(features[None])[0]
    salient = (contrast.abs().sum(dim=0).flatten() / temperature).softmax(dim=0)
    wanted = (queries @ features.flatten(1) / temperature).softmax(dim=1)
    weights = salient + wanted
    return weights @ values.flatten(0, 1), weights.view(-1, *features.shape[1:])


# %% wrong: the mean of two maps, query after the softmax | says: may make scores differ, before the softmax
def guided_read_out(features, queries, values, temperature):
    contrast = centre_surround(features[None])[0]
    salient = (contrast.abs().sum(dim=0).flatten() / temperature).softmax(dim=0)
    wanted = (queries @ contrast.flatten(1) / temperature).softmax(dim=1)
    weights = (salient + wanted) / 2
    return weights @ values.flatten(0, 1), weights.view(-1, *features.shape[1:])


# %% wrong: scores the keys, not their contrast | says: not the keys
def guided_read_out(features, queries, values, temperature):
    weights = (queries @ features.flatten(1) / temperature).softmax(dim=1)
    return weights @ values.flatten(0, 1), weights.view(-1, *features.shape[1:])


# %% wrong: the size of the contrast | says: score the signed contrast
def guided_read_out(features, queries, values, temperature):
    contrast = centre_surround(features[None])[0].abs()
    weights = (queries @ contrast.flatten(1) / temperature).softmax(dim=1)
    return weights @ values.flatten(0, 1), weights.view(-1, *features.shape[1:])


# %% wrong: softmax over the queries | says: along which axis did you normalise?
def guided_read_out(features, queries, values, temperature):
    contrast = centre_surround(features[None])[0]
    weights = (queries @ contrast.flatten(1) / temperature).softmax(dim=0)
    return weights @ values.flatten(0, 1), weights.view(-1, *features.shape[1:])


# %% wrong: softmax over each row of the grid | says: along which axis did you normalise?
def guided_read_out(features, queries, values, temperature):
    contrast = centre_surround(features[None])[0]
    scores = torch.einsum("mc,chw->mhw", queries, contrast)
    weights = (scores / temperature).softmax(dim=-1)
    return torch.einsum("mhw,hwv->mv", weights, values), weights


# %% wrong: multiplies by the temperature | says: a low T sharpens
def guided_read_out(features, queries, values, temperature):
    contrast = centre_surround(features[None])[0]
    weights = (queries @ contrast.flatten(1) * temperature).softmax(dim=1)
    return weights @ values.flatten(0, 1), weights.view(-1, *features.shape[1:])


# %% wrong: forgets the temperature | says: a low T sharpens
def guided_read_out(features, queries, values, temperature):
    contrast = centre_surround(features[None])[0]
    weights = (queries @ contrast.flatten(1)).softmax(dim=1)
    return weights @ values.flatten(0, 1), weights.view(-1, *features.shape[1:])


# %% wrong: looks at the peak only | says: it wants nothing, so all its scores are equal
def guided_read_out(features, queries, values, temperature):
    contrast = centre_surround(features[None])[0]
    scores = queries @ contrast.flatten(1)
    weights = torch.nn.functional.one_hot(scores.argmax(dim=1), scores.shape[1])
    weights = weights.to(values.dtype)
    return weights @ values.flatten(0, 1), weights.view(-1, *features.shape[1:])


# %% wrong: exponentials by hand overflow | says: leave the exponentials to softmax
def guided_read_out(features, queries, values, temperature):
    contrast = centre_surround(features[None])[0]
    powers = (queries @ contrast.flatten(1) / temperature).exp()
    weights = powers / powers.sum(dim=1, keepdim=True)
    return weights @ values.flatten(0, 1), weights.view(-1, *features.shape[1:])


# %% wrong: cuts the gradient of the query | says: none arrives at the queries
def guided_read_out(features, queries, values, temperature):
    contrast = centre_surround(features[None])[0]
    scores = queries.detach() @ contrast.flatten(1)
    weights = (scores / temperature).softmax(dim=1)
    return weights @ values.flatten(0, 1), weights.view(-1, *features.shape[1:])


# %% wrong: the values in the opposite order | says: the value of its own cell
def guided_read_out(features, queries, values, temperature):
    contrast = centre_surround(features[None])[0]
    weights = (queries @ contrast.flatten(1) / temperature).softmax(dim=1)
    output = weights @ values.flatten(0, 1).flip(0)
    return output, weights.view(-1, *features.shape[1:])


# %% wrong: the values column by column | says: cells are counted row by row in both
def guided_read_out(features, queries, values, temperature):
    contrast = centre_surround(features[None])[0]
    weights = (queries @ contrast.flatten(1) / temperature).softmax(dim=1)
    output = weights @ values.transpose(0, 1).flatten(0, 1)
    return output, weights.view(-1, *features.shape[1:])


# %% wrong: weights first | says: a result of shape (2, 3, 5) where (2, 7) was asked
def guided_read_out(features, queries, values, temperature):
    contrast = centre_surround(features[None])[0]
    weights = (queries @ contrast.flatten(1) / temperature).softmax(dim=1)
    output = weights @ values.flatten(0, 1)
    return weights.view(-1, *features.shape[1:]), output


# %% wrong: one softmax over all queries and cells | says: along which axis did you normalise?
def guided_read_out(features, queries, values, temperature):
    contrast = centre_surround(features[None])[0]
    scores = queries @ contrast.flatten(1) / temperature
    weights = scores.flatten().softmax(dim=0).view_as(scores)
    output = weights @ values.flatten(0, 1)
    return output, weights.view(-1, *features.shape[1:])


# %% wrong: no temperature below 0.02 | says: three queries of very different size
def guided_read_out(features, queries, values, temperature):
    contrast = centre_surround(features[None])[0]
    weights = (queries @ contrast.flatten(1) / max(temperature, 0.02)).softmax(dim=1)
    output = weights @ values.flatten(0, 1)
    return output, weights.view(-1, *features.shape[1:])


# %% wrong: the square of the temperature | says: divide by the temperature, then softmax
def guided_read_out(features, queries, values, temperature):
    contrast = centre_surround(features[None])[0]
    weights = (queries @ contrast.flatten(1) / temperature**2).softmax(dim=1)
    output = weights @ values.flatten(0, 1)
    return output, weights.view(-1, *features.shape[1:])


# %% wrong: divides by the root of the channels as well | says: divide by the temperature, then softmax
def guided_read_out(features, queries, values, temperature):
    contrast = centre_surround(features[None])[0]
    weights = (
        queries @ contrast.flatten(1) / temperature / len(features) ** 0.5
    ).softmax(dim=1)
    output = weights @ values.flatten(0, 1)
    return output, weights.view(-1, *features.shape[1:])


# %% wrong: no temperature above 1 | says: divide by the temperature, then softmax
def guided_read_out(features, queries, values, temperature):
    contrast = centre_surround(features[None])[0]
    weights = (queries @ contrast.flatten(1) / min(temperature, 1)).softmax(dim=1)
    output = weights @ values.flatten(0, 1)
    return output, weights.view(-1, *features.shape[1:])


# %% wrong: the largest score of all queries is taken off | says: no query may depend on another
def guided_read_out(features, queries, values, temperature):
    contrast = centre_surround(features[None])[0]
    scores = queries @ contrast.flatten(1) / temperature
    powers = (scores - scores.max()).exp()
    weights = powers / powers.sum(dim=1, keepdim=True).clamp(min=1e-30)
    output = weights @ values.flatten(0, 1)
    return output, weights.view(-1, *features.shape[1:])


# %% wrong: exponentials by hand, clamped | says: leave the exponentials to softmax
def guided_read_out(features, queries, values, temperature):
    contrast = centre_surround(features[None])[0]
    scores = (queries @ contrast.flatten(1) / temperature).clamp(-80, 80)
    powers = scores.exp()
    weights = powers / powers.sum(dim=1, keepdim=True)
    output = weights @ values.flatten(0, 1)
    return output, weights.view(-1, *features.shape[1:])


# %% wrong: cuts the gradient of the surround | says: not the slope of your output
def guided_read_out(features, queries, values, temperature):
    contrast = centre_surround(features[None])[0]
    contrast = features + (contrast - features).detach()
    weights = (queries @ contrast.flatten(1) / temperature).softmax(dim=1)
    output = weights @ values.flatten(0, 1)
    return output, weights.view(-1, *features.shape[1:])


# %% wrong: cuts the gradient of the weights | says: none arrives at the features
def guided_read_out(features, queries, values, temperature):
    contrast = centre_surround(features[None])[0]
    weights = (queries @ contrast.flatten(1) / temperature).softmax(dim=1)
    output = weights.detach() @ values.flatten(0, 1)
    return output, weights.view(-1, *features.shape[1:])


# %% wrong: NumPy inside, no gradient | says: none arrives anywhere
def guided_read_out(features, queries, values, temperature):
    contrast = centre_surround(features[None])[0].detach().numpy()
    wanted = queries.detach().numpy()
    scores = np.einsum("mc,chw->mhw", wanted, contrast) / temperature
    powers = np.exp(scores - scores.max(axis=(1, 2), keepdims=True))
    weights = powers / powers.sum(axis=(1, 2), keepdims=True)
    output = np.einsum("mhw,hwv->mv", weights, values.detach().numpy())
    return torch.from_numpy(output), torch.from_numpy(weights)


# %% wrong: always float32 | says: keep the dtype of the arguments
def guided_read_out(features, queries, values, temperature):
    features, queries, values = features.float(), queries.float(), values.float()
    contrast = centre_surround(features[None])[0]
    weights = (queries @ contrast.flatten(1) / temperature).softmax(dim=1)
    output = weights @ values.flatten(0, 1)
    return output, weights.view(-1, *features.shape[1:])


# %% right: named axes
def guided_read_out(features, queries, values, temperature):
    contrast = centre_surround(features.unsqueeze(0)).squeeze(0)
    scores = torch.einsum("mc,chw->mhw", queries, contrast) / temperature
    powers = (scores - scores.amax(dim=(1, 2), keepdim=True)).exp()
    weights = powers / powers.sum(dim=(1, 2), keepdim=True)
    return torch.einsum("mhw,hwv->mv", weights, values), weights


# %% right: one query at a time
def guided_read_out(features, queries, values, temperature):
    contrast = centre_surround(features[None])[0]
    outputs, maps = [], []
    for query in queries:
        scores = sum(q * c for q, c in zip(query, contrast, strict=True))
        weights = torch.softmax(scores.reshape(-1) / temperature, 0)
        maps.append(weights.reshape(scores.shape))
        outputs.append((maps[-1][..., None] * values).sum(dim=(0, 1)))
    return torch.stack(outputs), torch.stack(maps)


# %% right: PyTorch's own attention, queries over contrasts
def guided_read_out(features, queries, values, temperature):
    height, width = features.shape[1:]
    keys = centre_surround(features[None])[0].flatten(1).T
    attend = torch.nn.functional.scaled_dot_product_attention
    places = torch.eye(height * width, dtype=values.dtype)
    both = torch.cat([values.flatten(0, 1), places], dim=1)
    read = attend(queries[None], keys[None], both[None], scale=1 / temperature)[0]
    size = values.shape[2]
    return read[:, :size], read[:, size:].view(-1, height, width)


# %% right: the functions of the package, one display per query, as a list
def guided_read_out(features, queries, values, temperature):
    from course_utils.cues import query_map, read_out

    count = len(queries)
    contrast = centre_surround(features[None]).expand(count, -1, -1, -1)
    weights = query_map(contrast, queries, temperature)
    return [read_out(weights, values.expand(count, -1, -1, -1)), weights]


# %% right: loops with the logarithm of the sum
def guided_read_out(features, queries, values, temperature):
    contrast = centre_surround(features[None])[0]
    outputs, maps = [], []
    for query in queries:
        scores = (query[:, None, None] * contrast).sum(dim=0) / temperature
        maps.append((scores - scores.flatten().logsumexp(dim=0)).exp())
        outputs.append(torch.tensordot(maps[-1], values, 2))
    return torch.stack(outputs), torch.stack(maps)
