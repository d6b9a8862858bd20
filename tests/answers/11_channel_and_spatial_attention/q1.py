# %% wrong: turns the kernel round | says: a kernel that is turned round
def neighbour_gate(features, kernel):
    z = features.mean(dim=(2, 3))
    scores = F.conv1d(z[:, None], kernel.flip(0)[None, None], padding=len(kernel) // 2)
    s = scores[:, 0].sigmoid()
    return features * s[:, :, None, None], s


# %% wrong: wraps round at the ends | says: no wrapping round
def neighbour_gate(features, kernel):
    z = features.mean(dim=(2, 3))
    half = len(kernel) // 2
    scores = sum(u * z.roll(half - j, dims=1) for j, u in enumerate(kernel))
    s = scores.sigmoid()
    return features * s[:, :, None, None], s


# %% wrong: copies the last channel outwards | says: channels that do not exist count as 0
def neighbour_gate(features, kernel):
    z = features.mean(dim=(2, 3))
    half = len(kernel) // 2
    padded = F.pad(z[:, None], (half, half), mode="replicate")
    s = F.conv1d(padded, kernel[None, None])[:, 0].sigmoid()
    return features * s[:, :, None, None], s


# %% wrong: no padding | says: shape
def neighbour_gate(features, kernel):
    z = features.mean(dim=(2, 3))
    s = F.conv1d(z[:, None], kernel[None, None])[:, 0].sigmoid()
    return features * s[:, : features.shape[1], None, None], s


# %% wrong: a softmax over the channels | says: weights that sum to one
def neighbour_gate(features, kernel):
    z = features.mean(dim=(2, 3))
    scores = F.conv1d(z[:, None], kernel[None, None], padding=len(kernel) // 2)
    s = scores[:, 0].softmax(dim=1)
    return features * s[:, :, None, None], s


# %% wrong: forgets the sigmoid | says: send it through a sigmoid
def neighbour_gate(features, kernel):
    z = features.mean(dim=(2, 3))
    s = F.conv1d(z[:, None], kernel[None, None], padding=len(kernel) // 2)[:, 0]
    return features * s[:, :, None, None], s


# %% wrong: sums over places | says: average over height and width
def neighbour_gate(features, kernel):
    z = features.sum(dim=(2, 3))
    s = F.conv1d(z[:, None], kernel[None, None], padding=len(kernel) // 2)[:, 0]
    s = s.sigmoid()
    return features * s[:, :, None, None], s


# %% wrong: maxima for averages | says: average over height and width
def neighbour_gate(features, kernel):
    z = features.amax(dim=(2, 3))
    s = F.conv1d(z[:, None], kernel[None, None], padding=len(kernel) // 2)[:, 0]
    s = s.sigmoid()
    return features * s[:, :, None, None], s


# %% wrong: returns the weights only | says: return 2 results
def neighbour_gate(features, kernel):
    z = features.mean(dim=(2, 3))
    s = F.conv1d(z[:, None], kernel[None, None], padding=len(kernel) // 2)[:, 0]
    return s.sigmoid()


# %% wrong: returns the features ungated | says: multiply every channel by its own weight
def neighbour_gate(features, kernel):
    z = features.mean(dim=(2, 3))
    s = F.conv1d(z[:, None], kernel[None, None], padding=len(kernel) // 2)[:, 0]
    return features, s.sigmoid()


# %% wrong: three neighbours whatever the kernel | says: weights of channels
def neighbour_gate(features, kernel):
    z = features.mean(dim=(2, 3))
    u = kernel if len(kernel) == 3 else torch.ones(3, dtype=features.dtype)
    s = F.conv1d(z[:, None], u[None, None], padding=1)[:, 0].sigmoid()
    return features * s[:, :, None, None], s


# %% wrong: gates in place | says: was changed by your function
def neighbour_gate(features, kernel):
    z = features.mean(dim=(2, 3))
    s = F.conv1d(z[:, None], kernel[None, None], padding=len(kernel) // 2)[:, 0]
    s = s.sigmoid()
    gated = features.detach().clone() * s[:, :, None, None]
    with torch.no_grad():
        features *= s[:, :, None, None]
    return gated, s


# %% wrong: takes the kernel as plain numbers | says: none reaches the kernel
def neighbour_gate(features, kernel):
    z = F.pad(features.mean(dim=(2, 3)), 2 * [len(kernel) // 2])
    channels = features.shape[1]
    scores = sum(u * z[:, j : j + channels] for j, u in enumerate(kernel.tolist()))
    s = scores.sigmoid()
    return features * s[:, :, None, None], s


# %% wrong: the weights do not reach back to the features | says: none reaches the features
def neighbour_gate(features, kernel):
    z = features.detach().mean(dim=(2, 3))
    s = F.conv1d(z[:, None], kernel[None, None], padding=len(kernel) // 2)[:, 0]
    s = s.sigmoid()
    return features * s[:, :, None, None], s


# %% wrong: float32 whatever comes | says: gradient
def neighbour_gate(features, kernel):
    z = features.float().mean(dim=(2, 3))
    u = kernel.float()
    s = F.conv1d(z[:, None], u[None, None], padding=len(kernel) // 2)[:, 0].sigmoid()
    return features * s[:, :, None, None], s


# %% wrong: float64 whatever comes | says: compute in the number type of the features
def neighbour_gate(features, kernel):
    features, kernel = features.double(), kernel.double()
    z = features.mean(dim=(2, 3))
    s = F.conv1d(z[:, None], kernel[None, None], padding=len(kernel) // 2)[:, 0]
    s = s.sigmoid()
    return features * s[:, :, None, None], s


# %% wrong: float64 weights beside float32 features | says: weights of float32 features
def neighbour_gate(features, kernel):
    z = features.mean(dim=(2, 3))
    s = F.conv1d(z[:, None], kernel[None, None], padding=len(kernel) // 2)[:, 0]
    s = s.sigmoid()
    return features * s[:, :, None, None], s.double()


# %% wrong: averages over the width only | says: average over height *and* width
def neighbour_gate(features, kernel):
    z = features.mean(dim=3)[:, :, 0]
    s = F.conv1d(z[:, None], kernel[None, None], padding=len(kernel) // 2)[:, 0]
    s = s.sigmoid()
    return features * s[:, :, None, None], s


# %% wrong: averages over the batch | says: not over the batch
def neighbour_gate(features, kernel):
    z = features.mean(dim=(0, 2, 3)).repeat(len(features), 1)
    s = F.conv1d(z[:, None], kernel[None, None], padding=len(kernel) // 2)[:, 0]
    s = s.sigmoid()
    return features * s[:, :, None, None], s


# %% wrong: a kernel cut to the number of channels | says: 3 channels, a kernel of 9
def neighbour_gate(features, kernel):
    z = features.mean(dim=(2, 3))
    u = kernel[: features.shape[1] // 2 * 2 + 1]
    s = F.conv1d(z[:, None], u[None, None], padding=len(u) // 2)[:, 0].sigmoid()
    return features * s[:, :, None, None], s


# %% wrong: padding for three numbers | says: pad the averages with (k - 1) / 2
def neighbour_gate(features, kernel):
    z = features.mean(dim=(2, 3))
    s = F.conv1d(z[:, None], kernel[None, None], padding=1)[:, 0].sigmoid()
    return features * s[:, :, None, None], s


# %% wrong: the gate does not carry a gradient into the product | says: not the slope of your function
def neighbour_gate(features, kernel):
    z = features.mean(dim=(2, 3))
    s = F.conv1d(z[:, None], kernel[None, None], padding=len(kernel) // 2)[:, 0]
    s = s.sigmoid()
    return features * s.detach()[:, :, None, None], s


# %% wrong: the features do not carry a gradient into the product | says: not the slope of your function
def neighbour_gate(features, kernel):
    z = features.mean(dim=(2, 3))
    s = F.conv1d(z[:, None], kernel[None, None], padding=len(kernel) // 2)[:, 0]
    s = s.sigmoid()
    return features.detach() * s[:, :, None, None], s


# %% right: with a loop over the kernel
def neighbour_gate(features, kernel):
    channels, half = features.shape[1], (len(kernel) - 1) // 2
    z = F.pad(features.flatten(2).mean(-1), (half, half))
    scores = 0
    for j in range(len(kernel)):
        scores = scores + kernel[j] * z[:, j : j + channels]
    weights = 1 / (1 + torch.exp(-scores))
    return torch.einsum("bchw,bc->bchw", features, weights), weights


# %% right: with a band matrix
def neighbour_gate(features, kernel):
    channels, half = features.shape[1], len(kernel) // 2
    place = torch.arange(channels)
    offset = place[None, :] - place[:, None] + half
    inside = (offset >= 0) & (offset < len(kernel))
    band = torch.where(inside, kernel[offset.clamp(0, len(kernel) - 1)], 0.0)
    weights = (features.mean((-1, -2)) @ band.to(features.dtype).T).sigmoid()
    return features * weights.unsqueeze(-1).unsqueeze(-1), weights
