# %% wrong: turns the other way | says: a turn in the other direction
def rotary(x, places):
    size = x.shape[-1]
    speeds = 10000.0 ** (-torch.arange(0, size, 2, dtype=torch.float64) / size)
    angles = places.double()[:, None] * speeds
    a, b = x[..., 0::2].double(), x[..., 1::2].double()
    first = a * angles.cos() + b * angles.sin()
    second = b * angles.cos() - a * angles.sin()
    return torch.stack([first, second], dim=-1).flatten(-2).to(x.dtype)


# %% wrong: the rotation of the lesson, which turns the other way | says: a turn in the other direction
def rotary(x, places):
    from course_utils.sequence import position_rotation

    rows = [
        x[:, i] @ position_rotation(int(p), x.shape[-1]).T.to(x)
        for i, p in enumerate(places)
    ]
    return torch.stack(rows, dim=1)


# %% wrong: pairs number i with i + size / 2 | says: pairs are numbers 0 and 1
def rotary(x, places):
    size = x.shape[-1]
    speeds = 10000.0 ** (-torch.arange(0, size, 2, dtype=torch.float64) / size)
    angles = places.double()[:, None] * speeds
    a, b = x.double().chunk(2, dim=-1)
    first = a * angles.cos() - b * angles.sin()
    second = a * angles.sin() + b * angles.cos()
    return torch.cat([first, second], dim=-1).to(x.dtype)


# %% wrong: puts all first numbers before all second ones | says: put a and b back alternately
def rotary(x, places):
    size = x.shape[-1]
    speeds = 10000.0 ** (-torch.arange(0, size, 2, dtype=torch.float64) / size)
    angles = places.double()[:, None] * speeds
    a, b = x[..., 0::2].double(), x[..., 1::2].double()
    first = a * angles.cos() - b * angles.sin()
    second = a * angles.sin() + b * angles.cos()
    return torch.cat([first, second], dim=-1).to(x.dtype)


# %% wrong: speeds one per pair number, not per two | says: their speeds are 1 and 0.01
def rotary(x, places):
    size = x.shape[-1]
    speeds = 10000.0 ** (-torch.arange(size // 2, dtype=torch.float64) / size)
    angles = places.double()[:, None] * speeds
    a, b = x[..., 0::2].double(), x[..., 1::2].double()
    first = a * angles.cos() - b * angles.sin()
    second = a * angles.sin() + b * angles.cos()
    return torch.stack([first, second], dim=-1).flatten(-2).to(x.dtype)


# %% wrong: adds the code of the lesson | says: turn the vector, add nothing
def rotary(x, places):
    codes = torch.cat([sinusoidal_positions(1, x.shape[-1], int(p)) for p in places])
    return x + codes.to(x)


# %% wrong: takes the number of the token for its place | says: use the numbers in places
def rotary(x, places):
    size = x.shape[-1]
    speeds = 10000.0 ** (-torch.arange(0, size, 2, dtype=torch.float64) / size)
    angles = torch.arange(x.shape[1]).double()[:, None] * speeds
    a, b = x[..., 0::2].double(), x[..., 1::2].double()
    first = a * angles.cos() - b * angles.sin()
    second = a * angles.sin() + b * angles.cos()
    return torch.stack([first, second], dim=-1).flatten(-2).to(x.dtype)


# %% wrong: sorts the places | says: off by
def rotary(x, places):
    size = x.shape[-1]
    speeds = 10000.0 ** (-torch.arange(0, size, 2, dtype=torch.float64) / size)
    angles = places.sort().values.double()[:, None] * speeds
    a, b = x[..., 0::2].double(), x[..., 1::2].double()
    first = a * angles.cos() - b * angles.sin()
    second = a * angles.sin() + b * angles.cos()
    return torch.stack([first, second], dim=-1).flatten(-2).to(x.dtype)


# %% wrong: angles in float32 | says: far out a float32 angle is wrong
def rotary(x, places):
    size = x.shape[-1]
    speeds = 10000.0 ** (-torch.arange(0, size, 2) / size)
    angles = places.float()[:, None] * speeds
    a, b = x[..., 0::2], x[..., 1::2]
    first = a * angles.cos() - b * angles.sin()
    second = a * angles.sin() + b * angles.cos()
    return torch.stack([first, second], dim=-1).flatten(-2).to(x.dtype)


# %% wrong: always returns float64 | says: a result of another number type
def rotary(x, places):
    size = x.shape[-1]
    speeds = 10000.0 ** (-torch.arange(0, size, 2, dtype=torch.float64) / size)
    angles = places.double()[:, None] * speeds
    a, b = x[..., 0::2], x[..., 1::2]
    first = a * angles.cos() - b * angles.sin()
    second = a * angles.sin() + b * angles.cos()
    return torch.stack([first, second], dim=-1).flatten(-2)


# %% wrong: writes into x | says: was changed by your function
def rotary(x, places):
    size = x.shape[-1]
    speeds = 10000.0 ** (-torch.arange(0, size, 2, dtype=torch.float64) / size)
    angles = places.double()[:, None] * speeds
    a, b = x[..., 0::2].clone().double(), x[..., 1::2].clone().double()
    x[..., 0::2] = (a * angles.cos() - b * angles.sin()).to(x.dtype)
    x[..., 1::2] = (a * angles.sin() + b * angles.cos()).to(x.dtype)
    return x


# %% wrong: the second number uses the first one after its turn | says: off by
def rotary(x, places):
    x, size = x.clone(), x.shape[-1]
    speeds = 10000.0 ** (-torch.arange(0, size, 2, dtype=torch.float64) / size)
    angles = places.double()[:, None] * speeds
    x[..., 0::2] = x[..., 0::2] * angles.cos() - x[..., 1::2] * angles.sin()
    x[..., 1::2] = x[..., 0::2] * angles.sin() + x[..., 1::2] * angles.cos()
    return x


# %% wrong: multiplies and does not turn | says: off by
def rotary(x, places):
    size = x.shape[-1]
    speeds = 10000.0 ** (-torch.arange(0, size, 2, dtype=torch.float64) / size)
    angles = (places.double()[:, None] * speeds).repeat_interleave(2, dim=-1)
    return (x * angles.cos()).to(x.dtype)


# %% wrong: ignores the places | says: off by
def rotary(x, places):
    return x.clone()


# %% wrong: speeds in float32, angles in float64 | says: compute speeds, angles, cosines, sines and products in float64
def rotary(x, places):
    size = x.shape[-1]
    speeds = 10000.0 ** (-torch.arange(0, size, 2) / size)
    angles = places.double()[:, None] * speeds
    a, b = x[..., 0::2].double(), x[..., 1::2].double()
    first = a * angles.cos() - b * angles.sin()
    second = a * angles.sin() + b * angles.cos()
    return torch.stack([first, second], dim=-1).flatten(-2).to(x.dtype)


# %% wrong: cosines and sines from the codes of the lesson, which are float32 | says: float64 vectors
def rotary(x, places):
    codes = sinusoidal_positions(int(places.max()) + 1, x.shape[-1])[places]
    sine, cosine = codes[:, 0::2], codes[:, 1::2]
    a, b = x[..., 0::2], x[..., 1::2]
    first, second = a * cosine - b * sine, a * sine + b * cosine
    return torch.stack([first, second], dim=-1).flatten(-2).to(x.dtype)


# %% wrong: the rotation of the lesson, turned back, but float32 | says: float64 vectors
def rotary(x, places):
    from course_utils.sequence import position_rotation

    rows = [
        x[:, i] @ position_rotation(int(p), x.shape[-1]).to(x)
        for i, p in enumerate(places)
    ]
    return torch.stack(rows, dim=1)


# %% wrong: angles in float64, the product in complex64 | says: float64 vectors
def rotary(x, places):
    size = x.shape[-1]
    speeds = 10000.0 ** (-torch.arange(0, size, 2, dtype=torch.float64) / size)
    angles = places.double()[:, None] * speeds
    pairs = torch.view_as_complex(x.float().unflatten(-1, (-1, 2)).contiguous())
    turns = torch.polar(torch.ones_like(angles), angles).to(torch.complex64)
    return torch.view_as_real(pairs * turns).flatten(-2).to(x.dtype)


# %% right: complex numbers
def rotary(x, places):
    pairs = torch.view_as_complex(x.double().unflatten(-1, (-1, 2)).contiguous())
    steps = torch.arange(pairs.shape[-1], dtype=torch.float64)
    speeds = 10000.0 ** (-2 * steps / x.shape[-1])
    angles = places[:, None] * speeds
    turned = pairs * torch.polar(torch.ones_like(angles), angles)
    return torch.view_as_real(turned).flatten(-2).to(x.dtype)


# %% right: one rotation matrix for each token, by loops
def rotary(x, places):
    size = x.shape[-1]
    result = torch.empty_like(x)
    for token, place in enumerate(places.tolist()):
        turn = torch.zeros(size, size, dtype=torch.float64)
        for i in range(0, size, 2):
            angle = place * 10000 ** (-i / size)
            turn[i, i] = turn[i + 1, i + 1] = math.cos(angle)
            turn[i, i + 1], turn[i + 1, i] = -math.sin(angle), math.sin(angle)
        result[:, token] = (x[:, token].double() @ turn.T).to(x.dtype)
    return result


# %% right: cosine times x plus sine times x turned by 90 degrees
def rotary(x, places):
    size, wide = x.shape[-1], x.double()
    index = torch.arange(size, dtype=torch.float64).div(2, rounding_mode="floor")
    angles = places.double()[:, None] * 10000 ** (-2 * index / size)
    quarter = torch.stack([-wide[..., 1::2], wide[..., 0::2]], -1).reshape(x.shape)
    return (wide * angles.cos() + quarter * angles.sin()).to(x.dtype)
