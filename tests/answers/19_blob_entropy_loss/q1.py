# %% wrong: the descent ends one step late | says: the last step is steps - 1
def weight_at(step, steps, peak, warm):
    if step < warm:
        return peak * step / warm
    done = (step - warm) / (steps - warm)
    return peak * (1 + math.cos(math.pi * done)) / 2


# %% wrong: the rise begins above 0 | says: peak times step over warm
def weight_at(step, steps, peak, warm):
    if step < warm:
        return peak * (step + 1) / warm
    done = (step - warm) / (steps - 1 - warm)
    return peak * (1 + math.cos(math.pi * done)) / 2


# %% wrong: the rise ends one step early | says: peak times step over warm
def weight_at(step, steps, peak, warm):
    if step < warm:
        return peak * step / max(warm - 1, 1)
    done = (step - warm) / (steps - 1 - warm)
    return peak * (1 + math.cos(math.pi * done)) / 2


# %% wrong: the cosine counts from step 0 | says: the rise ends at step warm itself
def weight_at(step, steps, peak, warm):
    if step < warm:
        return peak * step / warm
    return peak * (1 + math.cos(math.pi * step / (steps - 1))) / 2


# %% wrong: falls on a line | says: (1 + cos(pi t)) / 2
def weight_at(step, steps, peak, warm):
    if step < warm:
        return peak * step / warm
    return peak * (1 - (step - warm) / (steps - 1 - warm))


# %% wrong: a quarter of a cosine | says: half of the peak in the middle
def weight_at(step, steps, peak, warm):
    if step < warm:
        return peak * step / warm
    done = (step - warm) / (steps - 1 - warm)
    return peak * math.cos(math.pi * done / 2)


# %% wrong: a cosine that goes below 0 | says: the last step is steps - 1
def weight_at(step, steps, peak, warm):
    if step < warm:
        return peak * step / warm
    done = (step - warm) / (steps - 1 - warm)
    return peak * math.cos(math.pi * done)


# %% wrong: treats every warm as at least 1 | says: with warm = 0 nothing is divided
def weight_at(step, steps, peak, warm):
    warm = max(warm, 1)
    if step < warm:
        return peak * step / warm
    done = (step - warm) / (steps - 1 - warm)
    return peak * (1 + math.cos(math.pi * done)) / 2


# %% wrong: forgets the peak in the rise | says: peak times step over warm
def weight_at(step, steps, peak, warm):
    if step < warm:
        return step / warm
    done = (step - warm) / (steps - 1 - warm)
    return peak * (1 + math.cos(math.pi * done)) / 2


# %% wrong: returns nothing in the descent | says: returned None
def weight_at(step, steps, peak, warm):
    if step <= warm:
        return peak * (step / warm if warm else 1.0)


# %% right: squares a cosine of half the angle
def weight_at(step, steps, peak, warm):
    if warm and step <= warm:
        return peak / warm * step
    angle = math.pi / 2 * (step - warm) / (steps - 1 - warm)
    return peak * math.cos(angle) ** 2


# %% right: takes the smaller of a line and a cosine, as a tensor
def weight_at(step, steps, peak, warm):
    rise = torch.tensor(step / warm if warm else 1.0, dtype=torch.float64)
    done = torch.tensor((step - warm) / (steps - 1 - warm), dtype=torch.float64)
    fall = (1 + torch.cos(torch.pi * done.clamp(min=0))) / 2
    return peak * torch.minimum(rise.clamp(max=1), fall)


# %% right: with NumPy
def weight_at(step, steps, peak, warm):
    import numpy as np

    fall = 0.5 * peak * (1 + np.cos(np.linspace(0, np.pi, steps - warm)))
    rise = np.arange(warm) * (peak / max(warm, 1))
    return float(np.concatenate([rise, fall])[step])


# %% right: as a tensor with one element
def weight_at(step, steps, peak, warm):
    if step < warm:
        return torch.tensor([peak * step / warm])
    done = (step - warm) / (steps - 1 - warm)
    return torch.tensor([peak * (1 + math.cos(math.pi * done)) / 2])


# %% right: as a NumPy float32
def weight_at(step, steps, peak, warm):
    import numpy as np

    if step < warm:
        return np.float32(peak * step / warm)
    done = (step - warm) / (steps - 1 - warm)
    return np.float32(peak * (1 + np.cos(np.pi * done)) / 2)
