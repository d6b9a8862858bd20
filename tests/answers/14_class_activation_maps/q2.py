# %% wrong: the halves exchanged | says: weights of the means come first
def two_pool_map(features, weight, class_index):
    of_max, of_mean = weight[class_index].view(2, -1)
    top = features.amax(dim=(2, 3), keepdim=True)
    at_top = features == top
    owners = at_top / at_top.sum(dim=(2, 3), keepdim=True)
    found = torch.einsum("k,bkhw->bhw", of_mean, features) / features[0, 0].numel()
    return found + torch.einsum("k,bkhw->bhw", of_max, owners * top)


# %% wrong: means and maxima side by side for each channel | says: weights of the means come first
def two_pool_map(features, weight, class_index):
    of_mean, of_max = weight[class_index].view(-1, 2).T
    top = features.amax(dim=(2, 3), keepdim=True)
    at_top = features == top
    owners = at_top / at_top.sum(dim=(2, 3), keepdim=True)
    found = torch.einsum("k,bkhw->bhw", of_mean, features) / features[0, 0].numel()
    return found + torch.einsum("k,bkhw->bhw", of_max, owners * top)


# %% wrong: the mean's part without 1/Z | says: each patch has 1/Z of a mean
def two_pool_map(features, weight, class_index):
    of_mean, of_max = weight[class_index].view(2, -1)
    top = features.amax(dim=(2, 3), keepdim=True)
    at_top = features == top
    owners = at_top / at_top.sum(dim=(2, 3), keepdim=True)
    found = torch.einsum("k,bkhw->bhw", of_mean, features)
    return found + torch.einsum("k,bkhw->bhw", of_max, owners * top)


# %% wrong: one patch for the maxima of all channels | says: where that channel is highest
def two_pool_map(features, weight, class_index):
    of_mean, of_max = weight[class_index].view(2, -1)
    found = torch.einsum("k,bkhw->bhw", of_mean, features) / features[0, 0].numel()
    of_top = torch.einsum("k,bkhw->bhw", of_max, features)
    at_top = of_top == of_top.amax(dim=(1, 2), keepdim=True)
    total = (of_max * features.amax(dim=(2, 3))).sum(dim=1)
    return found + at_top * total[:, None, None]


# %% wrong: the maximum for all patches | says: where that channel is highest
def two_pool_map(features, weight, class_index):
    of_mean, of_max = weight[class_index].view(2, -1)
    top = features.amax(dim=(2, 3), keepdim=True).expand_as(features)
    found = torch.einsum("k,bkhw->bhw", of_mean, features) / features[0, 0].numel()
    return found + torch.einsum("k,bkhw->bhw", of_max, top)


# %% wrong: the maximum shared out over all patches | says: where that channel is highest
def two_pool_map(features, weight, class_index):
    of_mean, of_max = weight[class_index].view(2, -1)
    count = features[0, 0].numel()
    top = features.amax(dim=(2, 3), keepdim=True).expand_as(features)
    found = torch.einsum("k,bkhw->bhw", of_mean, features)
    return (found + torch.einsum("k,bkhw->bhw", of_max, top)) / count


# %% wrong: the first of the tied patches | says: patches that tie share the maximum equally
def two_pool_map(features, weight, class_index):
    of_mean, of_max = weight[class_index].view(2, -1)
    found = torch.einsum("k,bkhw->bhw", of_mean, features) / features[0, 0].numel()
    flat = features.flatten(2)
    first = flat.argmax(dim=-1, keepdim=True)
    owners = torch.zeros_like(flat).scatter(-1, first, 1.0).view_as(features)
    return found + torch.einsum("k,bkhw->bhw", of_max, owners * features)


# %% wrong: tied patches get the whole maximum each | says: patches that tie share the maximum equally
def two_pool_map(features, weight, class_index):
    of_mean, of_max = weight[class_index].view(2, -1)
    at_top = features == features.amax(dim=(2, 3), keepdim=True)
    found = torch.einsum("k,bkhw->bhw", of_mean, features) / features[0, 0].numel()
    return found + torch.einsum("k,bkhw->bhw", of_max, at_top * features)


# %% wrong: one maximum for the batch | says: each picture has its own maxima
def two_pool_map(features, weight, class_index):
    of_mean, of_max = weight[class_index].view(2, -1)
    top = features.amax(dim=(0, 2, 3), keepdim=True)
    at_top = features == top
    owners = at_top / at_top.sum(dim=(2, 3), keepdim=True).clamp(min=1)
    found = torch.einsum("k,bkhw->bhw", of_mean, features) / features[0, 0].numel()
    return found + torch.einsum("k,bkhw->bhw", of_max, owners * features)


# %% wrong: rectified | says: each patch has 1/Z of a mean, and its sign
def two_pool_map(features, weight, class_index):
    of_mean, of_max = weight[class_index].view(2, -1)
    top = features.amax(dim=(2, 3), keepdim=True)
    at_top = features == top
    owners = at_top / at_top.sum(dim=(2, 3), keepdim=True)
    found = torch.einsum("k,bkhw->bhw", of_mean, features) / features[0, 0].numel()
    return torch.relu(found + torch.einsum("k,bkhw->bhw", of_max, owners * top))


# %% wrong: negative maxima count as nothing | says: a maximum may be negative
def two_pool_map(features, weight, class_index):
    of_mean, of_max = weight[class_index].view(2, -1)
    top = features.amax(dim=(2, 3), keepdim=True)
    at_top = features == top
    owners = at_top / at_top.sum(dim=(2, 3), keepdim=True)
    found = torch.einsum("k,bkhw->bhw", of_mean, features) / features[0, 0].numel()
    return found + torch.einsum("k,bkhw->bhw", of_max, owners * top.relu())


# %% wrong: always class 0 | says: add the two parts
def two_pool_map(features, weight, class_index):
    of_mean, of_max = weight[0].view(2, -1)
    top = features.amax(dim=(2, 3), keepdim=True)
    at_top = features == top
    owners = at_top / at_top.sum(dim=(2, 3), keepdim=True)
    found = torch.einsum("k,bkhw->bhw", of_mean, features) / features[0, 0].numel()
    return found + torch.einsum("k,bkhw->bhw", of_max, owners * top)


# %% wrong: nearly equal is a tie | says: patches tie only where they are equal
def two_pool_map(features, weight, class_index):
    of_mean, of_max = weight[class_index].view(2, -1)
    top = features.amax(dim=(2, 3), keepdim=True)
    at_top = torch.isclose(features, top, rtol=1e-3).to(features.dtype)
    owners = at_top / at_top.sum(dim=(2, 3), keepdim=True)
    found = torch.einsum("k,bkhw->bhw", of_mean, features) / features[0, 0].numel()
    return found + torch.einsum("k,bkhw->bhw", of_max, owners * top)


# %% wrong: keeps an axis for the channels | says: where (1, 1, 3) was asked
def two_pool_map(features, weight, class_index):
    of_mean, of_max = weight[class_index].view(2, -1, 1, 1)
    top = features.amax(dim=(2, 3), keepdim=True)
    at_top = features == top
    owners = at_top / at_top.sum(dim=(2, 3), keepdim=True)
    parts = of_mean * features / features[0, 0].numel() + of_max * owners * top
    return parts.sum(dim=1, keepdim=True)


# %% wrong: equal to a millionth is a tie | says: patches tie only where they are equal
def two_pool_map(features, weight, class_index):
    of_mean, of_max = weight[class_index].view(2, -1)
    top = features.amax(dim=(2, 3), keepdim=True)
    at_top = torch.isclose(features, top).to(features.dtype)
    owners = at_top / at_top.sum(dim=(2, 3), keepdim=True)
    found = torch.einsum("k,bkhw->bhw", of_mean, features) / features[0, 0].numel()
    return found + torch.einsum("k,bkhw->bhw", of_max, owners * top)


# %% wrong: a sharp softmax for the maximum | says: patches tie only where they are equal
def two_pool_map(features, weight, class_index):
    of_mean, of_max = weight[class_index].view(2, -1)
    top = features.amax(dim=(2, 3), keepdim=True)
    sharp = 1e4 if features.dtype == torch.float16 else 1e6
    owners = (sharp * (features - top)).flatten(2).softmax(dim=-1).view_as(features)
    found = torch.einsum("k,bkhw->bhw", of_mean, features) / features[0, 0].numel()
    return found + torch.einsum("k,bkhw->bhw", of_max, owners * top)


# %% wrong: everything in float32 | says: stay in the type of the features
def two_pool_map(features, weight, class_index):
    features, weight = features.float(), weight.float()
    of_mean, of_max = weight[class_index].view(2, -1)
    top = features.amax(dim=(2, 3), keepdim=True)
    at_top = (features == top).float()
    owners = at_top / at_top.sum(dim=(2, 3), keepdim=True)
    found = torch.einsum("k,bkhw->bhw", of_mean, features) / features[0, 0].numel()
    return found + torch.einsum("k,bkhw->bhw", of_max, owners * top)


# %% wrong: shares in float32 | says: .to(features.dtype) turns them
def two_pool_map(features, weight, class_index):
    of_mean, of_max = weight[class_index].view(2, -1)
    top = features.amax(dim=(2, 3), keepdim=True)
    at_top = features == top
    owners = at_top / at_top.sum(dim=(2, 3), keepdim=True)
    found = torch.einsum("k,bkhw->bhw", of_mean, features) / features[0, 0].numel()
    return found + torch.einsum("k,bkhw->bhw", of_max, owners * top)


# %% wrong: through float32 and back | says: stay in the type of the features
def two_pool_map(features, weight, class_index):
    of_mean, of_max = weight[class_index].view(2, -1)
    top = features.amax(dim=(2, 3), keepdim=True)
    at_top = (features == top).float()
    owners = (at_top / at_top.sum(dim=(2, 3), keepdim=True)).to(features.dtype)
    found = torch.einsum("k,bkhw->bhw", of_mean, features) / features[0, 0].numel()
    return found + torch.einsum("k,bkhw->bhw", of_max, owners * top)


# %% right: with autograd, for both pools at once
def two_pool_map(features, weight, class_index):
    f = features.detach().clone().requires_grad_()
    pooled = torch.cat([f.mean(dim=(2, 3)), f.amax(dim=(2, 3))], dim=1)
    (slope,) = torch.autograd.grad((pooled @ weight[class_index]).sum(), f)
    return (slope * f.detach()).sum(dim=1)  # amax shares its slope among ties


# %% right: with loops
def two_pool_map(features, weight, class_index):
    batch, channels, height, width = features.shape
    row = weight[class_index].tolist()
    out = features.new_zeros(batch, height, width)
    for b in range(batch):
        for k in range(channels):
            plane = features[b, k]
            at_top = (plane == plane.max()).to(plane.dtype)
            out[b] += row[k] * plane / plane.numel()
            out[b] += row[channels + k] * at_top * plane.max() / at_top.sum()
    return out


# %% right: with the lesson's map, for half of it
def two_pool_map(features, weight, class_index):
    from course_utils.class_maps import class_activation_map

    half = features.shape[1]
    mean_part = class_activation_map(features, weight[:, :half], class_index)
    flat = features.flatten(2)
    at_top = (flat == flat.max(dim=-1, keepdim=True).values).to(flat.dtype)
    kept = (flat * at_top / at_top.sum(dim=-1, keepdim=True)).view_as(features)
    max_part = class_activation_map(kept, weight[:, half:], class_index)
    return mean_part / flat.shape[-1] + max_part


# %% right: slopes of the pooled logit, times the features
def two_pool_map(features, weight, class_index):
    x = features.clone().requires_grad_()
    pooled = torch.cat([x.mean(dim=(2, 3)), x.amax(dim=(2, 3))], dim=1)
    (s,) = torch.autograd.grad((pooled @ weight[class_index]).sum(), x)
    return (s * features).sum(1)
