# %% wrong: two rectified maps, subtracted | says: no ReLU
def why_rather(features, head, one, other):
    from course_utils.class_maps import grad_cam

    with torch.enable_grad():
        asked = features.detach().clone().requires_grad_()
        logits = head(asked)
        found = grad_cam(asked, logits, one) - grad_cam(asked, logits, other)
    return found.detach()


# %% wrong: rectified at the end | says: no ReLU
def why_rather(features, head, one, other):
    with torch.enable_grad():
        asked = features.detach().clone().requires_grad_()
        logits = head(asked)
        rows = torch.arange(len(logits))
        lead = logits[rows, one] - logits[rows, other]
        (slope,) = torch.autograd.grad(lead.sum(), asked)
    weights = slope.mean(dim=(2, 3), keepdim=True)
    return torch.relu((weights * asked.detach()).sum(dim=1))


# %% wrong: the other way round | says: signed mean slope of the difference
def why_rather(features, head, one, other):
    with torch.enable_grad():
        asked = features.detach().clone().requires_grad_()
        logits = head(asked)
        rows = torch.arange(len(logits))
        lead = logits[rows, other] - logits[rows, one]
        (slope,) = torch.autograd.grad(lead.sum(), asked)
    weights = slope.mean(dim=(2, 3), keepdim=True)
    return (weights * asked.detach()).sum(dim=1)


# %% wrong: sizes of the slopes | says: signed mean slope
def why_rather(features, head, one, other):
    with torch.enable_grad():
        asked = features.detach().clone().requires_grad_()
        logits = head(asked)
        rows = torch.arange(len(logits))
        lead = logits[rows, one] - logits[rows, other]
        (slope,) = torch.autograd.grad(lead.sum(), asked)
    weights = slope.abs().mean(dim=(2, 3), keepdim=True)
    return (weights * asked.detach()).sum(dim=1)


# %% wrong: the sum of the slopes | says: signed mean slope
def why_rather(features, head, one, other):
    with torch.enable_grad():
        asked = features.detach().clone().requires_grad_()
        logits = head(asked)
        rows = torch.arange(len(logits))
        lead = logits[rows, one] - logits[rows, other]
        (slope,) = torch.autograd.grad(lead.sum(), asked)
    weights = slope.sum(dim=(2, 3), keepdim=True)
    return (weights * asked.detach()).sum(dim=1)


# %% wrong: the class alone | says: signed mean slope of the difference
def why_rather(features, head, one, other):
    with torch.enable_grad():
        asked = features.detach().clone().requires_grad_()
        logits = head(asked)
        rows = torch.arange(len(logits))
        (slope,) = torch.autograd.grad(logits[rows, one].sum(), asked)
    weights = slope.mean(dim=(2, 3), keepdim=True)
    return (weights * asked.detach()).sum(dim=1)


# %% wrong: probabilities | says: signed mean slope of the difference
def why_rather(features, head, one, other):
    with torch.enable_grad():
        asked = features.detach().clone().requires_grad_()
        shares = head(asked).softmax(dim=-1)
        rows = torch.arange(len(shares))
        lead = shares[rows, one] - shares[rows, other]
        (slope,) = torch.autograd.grad(lead.sum(), asked)
    weights = slope.mean(dim=(2, 3), keepdim=True)
    return (weights * asked.detach()).sum(dim=1)


# %% wrong: the first picture's classes, both | says: each picture has its own two classes
def why_rather(features, head, one, other):
    with torch.enable_grad():
        asked = features.detach().clone().requires_grad_()
        logits = head(asked)
        lead = logits[:, one[0]] - logits[:, other[0]]
        (slope,) = torch.autograd.grad(lead.sum(), asked)
    weights = slope.mean(dim=(2, 3), keepdim=True)
    return (weights * asked.detach()).sum(dim=1)


# %% wrong: one weight for the whole batch | says: each picture has its own two classes
def why_rather(features, head, one, other):
    with torch.enable_grad():
        asked = features.detach().clone().requires_grad_()
        logits = head(asked)
        rows = torch.arange(len(logits))
        lead = logits[rows, one] - logits[rows, other]
        (slope,) = torch.autograd.grad(lead.sum(), asked)
    weights = slope.mean(dim=(0, 2, 3), keepdim=True)
    return (weights * asked.detach()).sum(dim=1)


# %% wrong: backward, and gradients stay in the head | says: a .grad in the head's parameters
def why_rather(features, head, one, other):
    with torch.enable_grad():
        asked = features.detach().clone().requires_grad_()
        logits = head(asked)
        rows = torch.arange(len(logits))
        (logits[rows, one] - logits[rows, other]).sum().backward()
    weights = asked.grad.mean(dim=(2, 3), keepdim=True)
    return (weights * asked.detach()).sum(dim=1)


# %% wrong: switches the features' gradient on and leaves it on | says: carry a gradient now
def why_rather(features, head, one, other):
    features.requires_grad_()
    logits = head(features)
    rows = torch.arange(len(logits))
    lead = logits[rows, one] - logits[rows, other]
    (slope,) = torch.autograd.grad(lead.sum(), features)
    weights = slope.mean(dim=(2, 3), keepdim=True)
    return (weights * features).sum(dim=1).detach()


# %% wrong: the map carries a gradient | says: carry a gradient now
def why_rather(features, head, one, other):
    with torch.enable_grad():
        asked = features.detach().clone().requires_grad_()
        logits = head(asked)
        rows = torch.arange(len(logits))
        lead = logits[rows, one] - logits[rows, other]
        (slope,) = torch.autograd.grad(lead.sum(), asked)
        weights = slope.mean(dim=(2, 3), keepdim=True)
        return (weights * asked).sum(dim=1)


# %% wrong: gradient times input, patch by patch | says: one weight for each channel
def why_rather(features, head, one, other):
    with torch.enable_grad():
        asked = features.detach().clone().requires_grad_()
        logits = head(asked)
        rows = torch.arange(len(logits))
        lead = logits[rows, one] - logits[rows, other]
        (slope,) = torch.autograd.grad(lead.sum(), asked)
    return (slope * asked.detach()).sum(dim=1)


# %% wrong: freezes the head | says: parameters without requires_grad
def why_rather(features, head, one, other):
    if isinstance(head, nn.Module):
        head.requires_grad_(False)
    with torch.enable_grad():
        asked = features.detach().clone().requires_grad_()
        logits = head(asked)
        rows = torch.arange(len(logits))
        lead = logits[rows, one] - logits[rows, other]
        (slope,) = torch.autograd.grad(lead.sum(), asked)
    weights = slope.mean(dim=(2, 3), keepdim=True)
    return (weights * asked.detach()).sum(dim=1)


# %% wrong: puts the head into evaluation mode | says: a head in another mode
def why_rather(features, head, one, other):
    if isinstance(head, nn.Module):
        head.eval()
    with torch.enable_grad():
        asked = features.detach().clone().requires_grad_()
        logits = head(asked)
        rows = torch.arange(len(logits))
        lead = logits[rows, one] - logits[rows, other]
        (slope,) = torch.autograd.grad(lead.sum(), asked)
    weights = slope.mean(dim=(2, 3), keepdim=True)
    return (weights * asked.detach()).sum(dim=1)


# %% wrong: switches slopes on for good | says: slopes that stay switched on
def why_rather(features, head, one, other):
    torch.set_grad_enabled(True)
    asked = features.detach().clone().requires_grad_()
    logits = head(asked)
    rows = torch.arange(len(logits))
    lead = logits[rows, one] - logits[rows, other]
    (slope,) = torch.autograd.grad(lead.sum(), asked)
    weights = slope.mean(dim=(2, 3), keepdim=True)
    return (weights * asked.detach()).sum(dim=1)


# %% wrong: no slopes inside torch.no_grad() | says: with torch.enable_grad(): around what needs slopes
def why_rather(features, head, one, other):
    asked = features.detach().clone().requires_grad_()
    logits = head(asked)
    rows = torch.arange(len(logits))
    lead = logits[rows, one] - logits[rows, other]
    (slope,) = torch.autograd.grad(lead.sum(), asked)
    weights = slope.mean(dim=(2, 3), keepdim=True)
    return (weights * asked.detach()).sum(dim=1)


# %% right: two slopes, subtracted before the mean
def why_rather(features, head, one, other):
    slopes = []
    for which in (one, other):
        with torch.enable_grad():
            asked = features.detach().clone().requires_grad_()
            picked = head(asked).gather(1, which[:, None])
            slopes += torch.autograd.grad(picked.sum(), asked)
    weights = (slopes[0] - slopes[1]).mean(dim=(2, 3))
    return torch.einsum("bc,bchw->bhw", weights, features.detach())


# %% right: one picture at a time
def why_rather(features, head, one, other):
    found = []
    for row in range(len(features)):
        with torch.enable_grad():
            asked = features[[row]].detach().clone().requires_grad_()
            logits = head(asked)[0]
            (slope,) = torch.autograd.grad(logits[one[row]] - logits[other[row]], asked)
        weights = slope[0].mean(dim=(1, 2))
        found.append((weights[:, None, None] * features[row]).sum(dim=0).detach())
    return torch.stack(found)


# %% right: with captum
def why_rather(features, head, one, other):
    from captum.attr import LayerGradCam

    layer = nn.Identity()
    names = torch.arange(len(features))

    def lead(x):
        logits = head(layer(x))
        return logits[names, one] - logits[names, other]

    asked = features.detach().clone().requires_grad_()
    return LayerGradCam(lead, layer).attribute(asked)[:, 0].detach()


# %% wrong: switches the features' gradient off at the end | says: leave the caller's tensor alone
def why_rather(features, head, one, other):
    with torch.enable_grad():
        features.requires_grad_(True)
        logits = head(features)
        rows = torch.arange(len(logits))
        lead = (logits[rows, one] - logits[rows, other]).sum()
        (slope,) = torch.autograd.grad(lead, features)
        features.requires_grad_(False)
    return (slope.mean(dim=(2, 3), keepdim=True) * features).sum(1)


# %% wrong: weighs the caller's features | says: weigh the detached copy
def why_rather(features, head, one, other):
    with torch.enable_grad():
        asked = features.detach().clone().requires_grad_()
        logits = head(asked)
        rows = torch.arange(len(logits))
        lead = (logits[rows, one] - logits[rows, other]).sum()
        (slope,) = torch.autograd.grad(lead, asked)
    return (slope.mean(dim=(2, 3), keepdim=True) * features).sum(dim=1)


# %% wrong: backward, then the head's gradients cleared | says: torch.autograd.grad leaves them alone
def why_rather(features, head, one, other):
    with torch.enable_grad():
        x = features.detach().clone().requires_grad_()
        logits = head(x)
        rows = torch.arange(len(logits))
        (logits[rows, one] - logits[rows, other]).sum().backward()
    if isinstance(head, nn.Module):
        head.zero_grad()
    return (x.grad.mean(dim=(2, 3), keepdim=True) * features).sum(1).detach()
