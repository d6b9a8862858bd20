# %% wrong: pools the features, then projects | says: project first, pool then
def pooled_attention(
    features, query_weight, key_weight, value_weight, output_weight, gamma
):
    def tokens(weight, pool):
        maps = F.max_pool2d(features, 2) if pool else features
        maps = torch.einsum("dc,bchw->bdhw", weight, maps)
        return maps.flatten(2).transpose(1, 2)

    queries = tokens(query_weight, False)
    keys, values = tokens(key_weight, True), tokens(value_weight, True)
    weights = (queries @ keys.transpose(1, 2)).softmax(dim=-1)
    found = weights @ values @ output_weight.T
    found = found.transpose(1, 2).reshape(features.shape)
    return features + gamma * found, weights


# %% wrong: takes the mean of a block | says: the key of a block is its largest one
def pooled_attention(
    features, query_weight, key_weight, value_weight, output_weight, gamma
):
    def tokens(weight, pool):
        maps = torch.einsum("dc,bchw->bdhw", weight, features)
        maps = F.avg_pool2d(maps, 2) if pool else maps
        return maps.flatten(2).transpose(1, 2)

    queries = tokens(query_weight, False)
    keys, values = tokens(key_weight, True), tokens(value_weight, True)
    weights = (queries @ keys.transpose(1, 2)).softmax(dim=-1)
    found = weights @ values @ output_weight.T
    found = found.transpose(1, 2).reshape(features.shape)
    return features + gamma * found, weights


# %% wrong: normalises over the places that ask | says: sum to
def pooled_attention(
    features, query_weight, key_weight, value_weight, output_weight, gamma
):
    def tokens(weight, pool):
        maps = torch.einsum("dc,bchw->bdhw", weight, features)
        maps = F.max_pool2d(maps, 2) if pool else maps
        return maps.flatten(2).transpose(1, 2)

    queries = tokens(query_weight, False)
    keys, values = tokens(key_weight, True), tokens(value_weight, True)
    weights = (queries @ keys.transpose(1, 2)).softmax(dim=1)
    found = weights @ values @ output_weight.T
    found = found.transpose(1, 2).reshape(features.shape)
    return features + gamma * found, weights


# %% wrong: divides by the root of the size | says: in the ratio exp(score - score)
def pooled_attention(
    features, query_weight, key_weight, value_weight, output_weight, gamma
):
    def tokens(weight, pool):
        maps = torch.einsum("dc,bchw->bdhw", weight, features)
        maps = F.max_pool2d(maps, 2) if pool else maps
        return maps.flatten(2).transpose(1, 2)

    queries = tokens(query_weight, False)
    keys, values = tokens(key_weight, True), tokens(value_weight, True)
    weights = (queries @ keys.transpose(1, 2) / math.sqrt(queries.shape[-1])).softmax(
        dim=-1
    )
    found = weights @ values @ output_weight.T
    found = found.transpose(1, 2).reshape(features.shape)
    return features + gamma * found, weights


# %% wrong: forgets the residual | says: the output is the features plus gamma
def pooled_attention(
    features, query_weight, key_weight, value_weight, output_weight, gamma
):
    def tokens(weight, pool):
        maps = torch.einsum("dc,bchw->bdhw", weight, features)
        maps = F.max_pool2d(maps, 2) if pool else maps
        return maps.flatten(2).transpose(1, 2)

    queries = tokens(query_weight, False)
    keys, values = tokens(key_weight, True), tokens(value_weight, True)
    weights = (queries @ keys.transpose(1, 2)).softmax(dim=-1)
    found = weights @ values @ output_weight.T
    found = found.transpose(1, 2).reshape(features.shape)
    return gamma * found, weights


# %% wrong: forgets gamma | says: the output is the features plus gamma
def pooled_attention(
    features, query_weight, key_weight, value_weight, output_weight, gamma
):
    def tokens(weight, pool):
        maps = torch.einsum("dc,bchw->bdhw", weight, features)
        maps = F.max_pool2d(maps, 2) if pool else maps
        return maps.flatten(2).transpose(1, 2)

    queries = tokens(query_weight, False)
    keys, values = tokens(key_weight, True), tokens(value_weight, True)
    weights = (queries @ keys.transpose(1, 2)).softmax(dim=-1)
    found = weights @ values @ output_weight.T
    found = found.transpose(1, 2).reshape(features.shape)
    return features + found, weights


# %% wrong: multiplies the residual too | says: the output is the features plus gamma
def pooled_attention(
    features, query_weight, key_weight, value_weight, output_weight, gamma
):
    def tokens(weight, pool):
        maps = torch.einsum("dc,bchw->bdhw", weight, features)
        maps = F.max_pool2d(maps, 2) if pool else maps
        return maps.flatten(2).transpose(1, 2)

    queries = tokens(query_weight, False)
    keys, values = tokens(key_weight, True), tokens(value_weight, True)
    weights = (queries @ keys.transpose(1, 2)).softmax(dim=-1)
    found = weights @ values @ output_weight.T
    found = found.transpose(1, 2).reshape(features.shape)
    return gamma * (features + found), weights


# %% wrong: views the map as tokens where it should turn it | says: transpose, not view
def pooled_attention(
    features, query_weight, key_weight, value_weight, output_weight, gamma
):
    def tokens(weight, pool):
        maps = torch.einsum("dc,bchw->bdhw", weight, features)
        maps = F.max_pool2d(maps, 2) if pool else maps
        return maps.reshape(len(maps), -1, maps.shape[1])

    queries = tokens(query_weight, False)
    keys, values = tokens(key_weight, True), tokens(value_weight, True)
    weights = (queries @ keys.transpose(1, 2)).softmax(dim=-1)
    found = weights @ values @ output_weight.T
    found = found.transpose(1, 2).reshape(features.shape)
    return features + gamma * found, weights


# %% wrong: views the tokens as a map where it should turn them | says: moves along
def pooled_attention(
    features, query_weight, key_weight, value_weight, output_weight, gamma
):
    def tokens(weight, pool):
        maps = torch.einsum("dc,bchw->bdhw", weight, features)
        maps = F.max_pool2d(maps, 2) if pool else maps
        return maps.flatten(2).transpose(1, 2)

    queries = tokens(query_weight, False)
    keys, values = tokens(key_weight, True), tokens(value_weight, True)
    weights = (queries @ keys.transpose(1, 2)).softmax(dim=-1)
    found = weights @ values @ output_weight.T
    found = found.reshape(features.shape)
    return features + gamma * found, weights


# %% wrong: counts places column by column | says: off by
def pooled_attention(
    features, query_weight, key_weight, value_weight, output_weight, gamma
):
    def tokens(weight, pool):
        maps = torch.einsum("dc,bchw->bdhw", weight, features)
        maps = F.max_pool2d(maps, 2) if pool else maps
        return maps.transpose(2, 3).flatten(2).transpose(1, 2)

    queries = tokens(query_weight, False)
    keys, values = tokens(key_weight, True), tokens(value_weight, True)
    weights = (queries @ keys.transpose(1, 2)).softmax(dim=-1)
    found = weights @ values @ output_weight.T
    found = found.transpose(1, 2).reshape(features.shape)
    return features + gamma * found, weights


# %% wrong: pools the queries as well | says: where (1, 8, 2) was asked
def pooled_attention(
    features, query_weight, key_weight, value_weight, output_weight, gamma
):
    def tokens(weight, pool):
        maps = torch.einsum("dc,bchw->bdhw", weight, features)
        maps = F.max_pool2d(maps, 2) if pool else maps
        return maps.flatten(2).transpose(1, 2)

    queries = tokens(query_weight, True)
    keys, values = tokens(key_weight, True), tokens(value_weight, True)
    weights = (queries @ keys.transpose(1, 2)).softmax(dim=-1)
    found = weights @ values @ output_weight.T
    b, c, h, w = features.shape
    found = found.transpose(1, 2).reshape(b, c, h // 2, w // 2)
    found = F.interpolate(found, scale_factor=2)
    return features + gamma * found, weights


# %% wrong: keeps every key | says: where (1, 8, 2) was asked
def pooled_attention(
    features, query_weight, key_weight, value_weight, output_weight, gamma
):
    def tokens(weight, pool):
        maps = torch.einsum("dc,bchw->bdhw", weight, features)
        maps = F.max_pool2d(maps, 2) if pool else maps
        return maps.flatten(2).transpose(1, 2)

    queries = tokens(query_weight, False)
    keys, values = tokens(key_weight, False), tokens(value_weight, False)
    weights = (queries @ keys.transpose(1, 2)).softmax(dim=-1)
    found = weights @ values @ output_weight.T
    found = found.transpose(1, 2).reshape(features.shape)
    return features + gamma * found, weights


# %% wrong: pools flat runs of four places | says: the key of a block is its largest one
def pooled_attention(
    features, query_weight, key_weight, value_weight, output_weight, gamma
):
    def tokens(weight, pool):
        maps = torch.einsum("dc,bchw->bdhw", weight, features)
        maps = maps.flatten(2)
        maps = F.max_pool1d(maps, 4) if pool else maps
        return maps.transpose(1, 2)

    queries = tokens(query_weight, False)
    keys, values = tokens(key_weight, True), tokens(value_weight, True)
    weights = (queries @ keys.transpose(1, 2)).softmax(dim=-1)
    found = weights @ values @ output_weight.T
    found = found.transpose(1, 2).reshape(features.shape)
    return features + gamma * found, weights


# %% wrong: swaps query and key | says: in the ratio exp(score - score)
def pooled_attention(
    features, query_weight, key_weight, value_weight, output_weight, gamma
):
    def tokens(weight, pool):
        maps = torch.einsum("dc,bchw->bdhw", weight, features)
        maps = F.max_pool2d(maps, 2) if pool else maps
        return maps.flatten(2).transpose(1, 2)

    queries = tokens(key_weight, False)
    keys, values = tokens(query_weight, True), tokens(value_weight, True)
    weights = (queries @ keys.transpose(1, 2)).softmax(dim=-1)
    found = weights @ values @ output_weight.T
    found = found.transpose(1, 2).reshape(features.shape)
    return features + gamma * found, weights


# %% wrong: cuts gamma off with float() | says: gradient of gamma
def pooled_attention(
    features, query_weight, key_weight, value_weight, output_weight, gamma
):
    def tokens(weight, pool):
        maps = torch.einsum("dc,bchw->bdhw", weight, features)
        maps = F.max_pool2d(maps, 2) if pool else maps
        return maps.flatten(2).transpose(1, 2)

    queries = tokens(query_weight, False)
    keys, values = tokens(key_weight, True), tokens(value_weight, True)
    weights = (queries @ keys.transpose(1, 2)).softmax(dim=-1)
    found = weights @ values @ output_weight.T
    found = found.transpose(1, 2).reshape(features.shape)
    return features + float(gamma) * found, weights


# %% wrong: mixes the samples of a batch | says: a batch of one and a batch of two
def pooled_attention(
    features, query_weight, key_weight, value_weight, output_weight, gamma
):
    def tokens(weight, pool):
        maps = torch.einsum("dc,bchw->bdhw", weight, features)
        maps = F.max_pool2d(maps, 2) if pool else maps
        return maps.flatten(2).transpose(1, 2)

    queries = tokens(query_weight, False)
    keys, values = tokens(key_weight, True), tokens(value_weight, True)
    weights = (queries @ keys.transpose(1, 2)).softmax(dim=-1)
    found = weights @ values @ output_weight.T
    found = found.permute(2, 0, 1).reshape(features.shape)
    return features + gamma * found, weights


# %% wrong: returns only the output | says: your function returned
def pooled_attention(
    features, query_weight, key_weight, value_weight, output_weight, gamma
):
    def tokens(weight, pool):
        maps = torch.einsum("dc,bchw->bdhw", weight, features)
        maps = F.max_pool2d(maps, 2) if pool else maps
        return maps.flatten(2).transpose(1, 2)

    queries = tokens(query_weight, False)
    keys, values = tokens(key_weight, True), tokens(value_weight, True)
    weights = (queries @ keys.transpose(1, 2)).softmax(dim=-1)
    found = weights @ values @ output_weight.T
    found = found.transpose(1, 2).reshape(features.shape)
    return features + gamma * found


# %% right: with convolutions and scaled_dot_product_attention
def pooled_attention(
    features, query_weight, key_weight, value_weight, output_weight, gamma
):
    b, c, h, w = features.shape

    def conv(weight):
        return F.conv2d(features, weight[:, :, None, None])

    q = conv(query_weight).flatten(2).mT
    k = F.max_pool2d(conv(key_weight), 2).flatten(2).mT
    v = F.max_pool2d(conv(value_weight), 2).flatten(2).mT
    eye = torch.eye(h * w // 4, dtype=features.dtype).expand(b, -1, -1)
    weights = F.scaled_dot_product_attention(q, k, eye, scale=1.0)
    found = torch.einsum("bnm,bmv,cv->bcn", weights, v, output_weight)
    return features + gamma * found.unflatten(2, (h, w)), weights


# %% right: blocks by reshaping and amax
def pooled_attention(
    features, query_weight, key_weight, value_weight, output_weight, gamma
):
    b, c, h, w = features.shape

    def blocks(maps):
        split = maps.reshape(b, -1, h // 2, 2, w // 2, 2)
        return split.amax(dim=(3, 5)).reshape(b, maps.shape[1], -1)

    project = "dc,bchw->bdhw"
    q = torch.einsum(project, query_weight, features).reshape(b, -1, h * w)
    k = blocks(torch.einsum(project, key_weight, features))
    v = blocks(torch.einsum(project, value_weight, features))
    scores = torch.einsum("bdn,bdm->bnm", q, k)
    powers = torch.exp(scores - scores.amax(-1, keepdim=True))
    weights = powers / powers.sum(-1, keepdim=True)
    found = output_weight @ torch.einsum("bnm,bvm->bvn", weights, v)
    return features + gamma * found.reshape(b, c, h, w), weights
