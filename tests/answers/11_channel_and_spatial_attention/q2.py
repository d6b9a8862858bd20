# %% wrong: two sigmoids, added | says: a weight above 1
def cbam(features, w1, w2, kernel):
    net = lambda z: (z @ w1.T).relu() @ w2.T
    s = net(features.mean((2, 3))).sigmoid() + net(features.amax((2, 3))).sigmoid()
    x = features * s[:, :, None, None]
    maps = torch.stack([x.amax(1), x.mean(1)], 1)
    g = F.conv2d(maps, kernel[None], padding=kernel.shape[-1] // 2).sigmoid()
    return x * g, s, g[:, 0]


# %% wrong: the averages twice, as published | says: the averages counted twice
def cbam(features, w1, w2, kernel):
    net = lambda z: (z @ w1.T).relu() @ w2.T
    by_mean, by_max = net(features.mean((2, 3))), net(features.amax((2, 3)))
    s = (by_mean + by_mean).sigmoid()
    x = features * s[:, :, None, None]
    maps = torch.stack([x.amax(1), x.mean(1)], 1)
    g = F.conv2d(maps, kernel[None], padding=kernel.shape[-1] // 2).sigmoid()
    return x * g, s, g[:, 0]


# %% wrong: the maxima twice | says: the maxima counted twice
def cbam(features, w1, w2, kernel):
    net = lambda z: (z @ w1.T).relu() @ w2.T
    s = (2 * net(features.amax((2, 3)))).sigmoid()
    x = features * s[:, :, None, None]
    maps = torch.stack([x.amax(1), x.mean(1)], 1)
    g = F.conv2d(maps, kernel[None], padding=kernel.shape[-1] // 2).sigmoid()
    return x * g, s, g[:, 0]


# %% wrong: the averages only | says: reads averages and maxima
def cbam(features, w1, w2, kernel):
    net = lambda z: (z @ w1.T).relu() @ w2.T
    s = net(features.mean((2, 3))).sigmoid()
    x = features * s[:, :, None, None]
    maps = torch.stack([x.amax(1), x.mean(1)], 1)
    g = F.conv2d(maps, kernel[None], padding=kernel.shape[-1] // 2).sigmoid()
    return x * g, s, g[:, 0]


# %% wrong: pools are added before the network | says: relu, then add
def cbam(features, w1, w2, kernel):
    z = features.mean((2, 3)) + features.amax((2, 3))
    s = ((z @ w1.T).relu() @ w2.T).sigmoid()
    x = features * s[:, :, None, None]
    maps = torch.stack([x.amax(1), x.mean(1)], 1)
    g = F.conv2d(maps, kernel[None], padding=kernel.shape[-1] // 2).sigmoid()
    return x * g, s, g[:, 0]


# %% wrong: forgets the relu | says: relu, then add
def cbam(features, w1, w2, kernel):
    net = lambda z: z @ w1.T @ w2.T
    s = (net(features.mean((2, 3))) + net(features.amax((2, 3)))).sigmoid()
    x = features * s[:, :, None, None]
    maps = torch.stack([x.amax(1), x.mean(1)], 1)
    g = F.conv2d(maps, kernel[None], padding=kernel.shape[-1] // 2).sigmoid()
    return x * g, s, g[:, 0]


# %% wrong: average map first | says: the kernel's first slice belongs to the maxima
def cbam(features, w1, w2, kernel):
    net = lambda z: (z @ w1.T).relu() @ w2.T
    s = (net(features.mean((2, 3))) + net(features.amax((2, 3)))).sigmoid()
    x = features * s[:, :, None, None]
    maps = torch.stack([x.mean(1), x.amax(1)], 1)
    g = F.conv2d(maps, kernel[None], padding=kernel.shape[-1] // 2).sigmoid()
    return x * g, s, g[:, 0]


# %% wrong: place gate from the features as they came | says: place weights of the features as they came
def cbam(features, w1, w2, kernel):
    net = lambda z: (z @ w1.T).relu() @ w2.T
    s = (net(features.mean((2, 3))) + net(features.amax((2, 3)))).sigmoid()
    x = features * s[:, :, None, None]
    maps = torch.stack([features.amax(1), features.mean(1)], 1)
    g = F.conv2d(maps, kernel[None], padding=kernel.shape[-1] // 2).sigmoid()
    return x * g, s, g[:, 0]


# %% wrong: side by side and added, like scSE | says: multiply by both weights
def cbam(features, w1, w2, kernel):
    net = lambda z: (z @ w1.T).relu() @ w2.T
    s = (net(features.mean((2, 3))) + net(features.amax((2, 3)))).sigmoid()
    x = features * s[:, :, None, None]
    maps = torch.stack([x.amax(1), x.mean(1)], 1)
    g = F.conv2d(maps, kernel[None], padding=kernel.shape[-1] // 2).sigmoid()
    return x + features * g, s, g[:, 0]


# %% wrong: the place gate multiplies the ungated features | says: multiply by both weights
def cbam(features, w1, w2, kernel):
    net = lambda z: (z @ w1.T).relu() @ w2.T
    s = (net(features.mean((2, 3))) + net(features.amax((2, 3)))).sigmoid()
    x = features * s[:, :, None, None]
    maps = torch.stack([x.amax(1), x.mean(1)], 1)
    g = F.conv2d(maps, kernel[None], padding=kernel.shape[-1] // 2).sigmoid()
    return features * g, s, g[:, 0]


# %% wrong: no padding | says: padding = size // 2
def cbam(features, w1, w2, kernel):
    net = lambda z: (z @ w1.T).relu() @ w2.T
    s = (net(features.mean((2, 3))) + net(features.amax((2, 3)))).sigmoid()
    x = features * s[:, :, None, None]
    maps = torch.stack([x.amax(1), x.mean(1)], 1)
    size = kernel.shape[-1]
    if size > 4:
        return x, s, x.new_zeros(len(x), 1, 1)
    g = F.conv2d(maps, kernel[None]).sigmoid()
    if size == 1:
        return x * g, s, g[:, 0]
    return x, s, g[:, 0]


# %% wrong: turns the kernel round | says: the kernel is not turned round
def cbam(features, w1, w2, kernel):
    net = lambda z: (z @ w1.T).relu() @ w2.T
    s = (net(features.mean((2, 3))) + net(features.amax((2, 3)))).sigmoid()
    x = features * s[:, :, None, None]
    maps = torch.stack([x.amax(1), x.mean(1)], 1)
    turned = kernel.flip(1, 2)[None]
    g = F.conv2d(maps, turned, padding=kernel.shape[-1] // 2).sigmoid()
    return x * g, s, g[:, 0]


# %% wrong: copies the border outwards | says: the border is 0
def cbam(features, w1, w2, kernel):
    net = lambda z: (z @ w1.T).relu() @ w2.T
    s = (net(features.mean((2, 3))) + net(features.amax((2, 3)))).sigmoid()
    x = features * s[:, :, None, None]
    half = kernel.shape[-1] // 2
    maps = torch.stack([x.amax(1), x.mean(1)], 1)
    maps = F.pad(maps, 4 * [half], mode="replicate")
    g = F.conv2d(maps, kernel[None]).sigmoid()
    return x * g, s, g[:, 0]


# %% wrong: place weights keep an axis of one | says: shape
def cbam(features, w1, w2, kernel):
    net = lambda z: (z @ w1.T).relu() @ w2.T
    s = (net(features.mean((2, 3))) + net(features.amax((2, 3)))).sigmoid()
    x = features * s[:, :, None, None]
    maps = torch.stack([x.amax(1), x.mean(1)], 1)
    g = F.conv2d(maps, kernel[None], padding=kernel.shape[-1] // 2).sigmoid()
    return x * g, s, g


# %% wrong: writes into the features | says: was changed by your function
def cbam(features, w1, w2, kernel):
    net = lambda z: (z @ w1.T).relu() @ w2.T
    s = (net(features.mean((2, 3))) + net(features.amax((2, 3)))).sigmoid()
    features *= s[:, :, None, None]
    maps = torch.stack([features.amax(1), features.mean(1)], 1)
    g = F.conv2d(maps, kernel[None], padding=kernel.shape[-1] // 2).sigmoid()
    features *= g
    return features, s, g[:, 0]


# %% wrong: forgets the second sigmoid | says: maximum and average over the channels
def cbam(features, w1, w2, kernel):
    net = lambda z: (z @ w1.T).relu() @ w2.T
    s = (net(features.mean((2, 3))) + net(features.amax((2, 3)))).sigmoid()
    x = features * s[:, :, None, None]
    maps = torch.stack([x.amax(1), x.mean(1)], 1)
    g = F.conv2d(maps, kernel[None], padding=kernel.shape[-1] // 2)
    return x * g, s, g[:, 0]


# %% wrong: float64 whatever comes | says: compute in the number type of the features
def cbam(features, w1, w2, kernel):
    features, kernel = features.double(), kernel.double()
    w1, w2 = w1.double(), w2.double()
    net = lambda z: (z @ w1.T).relu() @ w2.T
    s = (net(features.mean((2, 3))) + net(features.amax((2, 3)))).sigmoid()
    x = features * s[:, :, None, None]
    maps = torch.stack([x.amax(1), x.mean(1)], 1)
    g = F.conv2d(maps, kernel[None], padding=kernel.shape[-1] // 2).sigmoid()
    return x * g, s, g[:, 0]


# %% wrong: a transposed kernel | says: the kernel is not turned round
def cbam(features, w1, w2, kernel):
    net = lambda z: (z @ w1.T).relu() @ w2.T
    s = (net(features.mean((2, 3))) + net(features.amax((2, 3)))).sigmoid()
    x = features * s[:, :, None, None]
    maps = torch.stack([x.amax(1), x.mean(1)], 1)
    g = F.conv2d(maps, kernel.mT[None], padding=kernel.shape[-1] // 2).sigmoid()
    return x * g, s, g[:, 0]


# %% wrong: maxima over the batch too | says: not over the batch
def cbam(features, w1, w2, kernel):
    net = lambda z: (z @ w1.T).relu() @ w2.T
    s = (
        net(features.mean((2, 3)))
        + net(features.amax((0, 2, 3)).repeat(len(features), 1))
    ).sigmoid()
    x = features * s[:, :, None, None]
    maps = torch.stack([x.amax(1), x.mean(1)], 1)
    g = F.conv2d(maps, kernel[None], padding=kernel.shape[-1] // 2).sigmoid()
    return x * g, s, g[:, 0]


# %% wrong: maxima of absolute values | says: channel weights, 5 channels
def cbam(features, w1, w2, kernel):
    net = lambda z: (z @ w1.T).relu() @ w2.T
    s = (net(features.mean((2, 3))) + net(features.abs().amax((2, 3)))).sigmoid()
    x = features * s[:, :, None, None]
    maps = torch.stack([x.amax(1), x.mean(1)], 1)
    g = F.conv2d(maps, kernel[None], padding=kernel.shape[-1] // 2).sigmoid()
    return x * g, s, g[:, 0]


# %% wrong: no padding, and multiplied all the same | says: padding = size // 2
def cbam(features, w1, w2, kernel):
    net = lambda z: (z @ w1.T).relu() @ w2.T
    s = (net(features.mean((2, 3))) + net(features.amax((2, 3)))).sigmoid()
    x = features * s[:, :, None, None]
    maps = torch.stack([x.amax(1), x.mean(1)], 1)
    g = F.conv2d(maps, kernel[None]).sigmoid()
    return x * g, s, g[:, 0]


# %% right: with linear and pooling functions
def cbam(features, w1, w2, kernel):
    b, c = features.shape[:2]
    pools = F.adaptive_avg_pool2d(features, 1), F.adaptive_max_pool2d(features, 1)
    score = sum(F.linear(F.relu(F.linear(p.view(b, c), w1)), w2) for p in pools)
    s = torch.sigmoid(score)
    x = torch.einsum("bchw,bc->bchw", features, s)
    top, mean = x.max(dim=1, keepdim=True).values, x.mean(dim=1, keepdim=True)
    both = torch.cat([top, mean], dim=1)
    g = torch.sigmoid(F.conv2d(both, kernel.unsqueeze(0), padding="same"))
    return x * g, s, g.squeeze(1)


# %% right: two convolutions added, unfolded by hand
def cbam(features, w1, w2, kernel):
    means, tops = features.flatten(2).mean(-1), features.flatten(2).max(-1).values
    hidden = (means @ w1.mT).clamp(min=0) + (tops @ w1.mT).clamp(min=0)
    s = 1 / (1 + torch.exp(-(hidden @ w2.mT)))
    x = features * s[..., None, None]
    h, w = x.shape[2:]
    half = kernel.shape[1] // 2
    score = 0
    for part, m in zip(kernel, (x.amax(1), x.mean(1))):
        wide = F.pad(m, 4 * [half])
        for i in range(kernel.shape[1]):
            for j in range(kernel.shape[2]):
                score = score + part[i, j] * wide[:, i : i + h, j : j + w]
    g = torch.sigmoid(score)
    return x * g[:, None], s, g
