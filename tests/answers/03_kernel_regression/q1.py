# %% wrong: forgets the constant | says: integral of the kernel
def tricube(u):
    return torch.relu(1 - u.abs() ** 3) ** 3


# %% wrong: forgets the absolute value | says: a kernel takes a distance
def tricube(u):
    return 70 / 81 * torch.relu(1 - u**3) ** 3


# %% wrong: no end beyond one bandwidth | says: beyond one bandwidth
def tricube(u):
    return 70 / 81 * (1 - u.abs() ** 3) ** 3


# %% wrong: the triangular kernel under this name | says: the distance is cubed first
def tricube(u):
    return torch.relu(1 - u.abs())


# %% wrong: the square inside, as in the triweight kernel | says: K(0.5) / K(0)
def tricube(u):
    return 35 / 32 * torch.relu(1 - u**2) ** 3


# %% wrong: integrates one side only | says: divide by the integral over both sides
def tricube(u):
    return 140 / 81 * torch.relu(1 - u.abs() ** 3) ** 3


# %% wrong: writes into its argument | says: was changed by your function
def tricube(u):
    u.abs_()
    return 70 / 81 * torch.relu(1 - u**3) ** 3


# %% wrong: turns everything into float32 | says: do not convert it
def tricube(u):
    return 70 / 81 * torch.relu(1 - u.float().abs() ** 3) ** 3


# %% wrong: always answers in float64 | says: do not convert it
def tricube(u):
    return 70 / 81 * torch.relu(1 - u.double().abs() ** 3) ** 3


# %% wrong: widens half precision and leaves it wide | says: whatever the type of u
def tricube(u):
    wide = u.float() if u.dtype == torch.float16 else u
    return 70 / 81 * torch.relu(1 - wide.abs() ** 3) ** 3


# %% right: with where
def tricube(u):
    distance = torch.abs(u)
    inside = distance <= 1
    height = (1 - distance**3).pow(3) * 0.8641975308641975
    return torch.where(inside, height, torch.zeros_like(u))


# %% right: the constant found numerically, the ends clamped
def tricube(u):
    def shape(v):
        return (1 - v.abs().clamp(max=1) ** 3) ** 3

    grid = torch.linspace(-1, 1, 20001, dtype=torch.float64)
    area = float(torch.trapezoid(shape(grid), grid))
    return shape(u) / area


# %% right: one number at a time
def tricube(u):
    flat = []
    for x in u.flatten().tolist():
        flat.append(70 / 81 * (1 - abs(x) ** 3) ** 3 if abs(x) < 1 else 0.0)
    return torch.tensor(flat, dtype=u.dtype).reshape(u.shape)
