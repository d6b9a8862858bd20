# %% wrong: every panel on its own scale, whatever is asked | says: every panel gets the largest number of the whole grid
def colour_limits(grid, share):
    upper = grid.abs().amax(dim=(2, 3))
    upper = torch.where(upper == 0, 1.0, upper)
    lower = torch.where(grid.amin(dim=(2, 3)) < 0, -upper, 0.0)
    return torch.stack([lower, upper], dim=-1)


# %% wrong: automatic limits, from the smallest weight | says: a scale of weights starts at 0
def colour_limits(grid, share):
    axes = {"all": (0, 1, 2, 3), "row": (1, 2, 3), "panel": (2, 3)}[share]
    lower = grid.amin(dim=axes, keepdim=True)[..., 0, 0]
    upper = grid.amax(dim=axes, keepdim=True)[..., 0, 0]
    return torch.stack([lower, upper], dim=-1).expand(*grid.shape[:2], 2)


# %% wrong: the scale of the last panel for all | says: look at every panel, not at the last one only
def colour_limits(grid, share):
    if share == "all":
        grid = grid[-1:, -1:].expand_as(grid)
    axes = {"all": (0, 1, 2, 3), "row": (1, 2, 3), "panel": (2, 3)}[share]
    upper = grid.abs().amax(dim=axes, keepdim=True)
    upper = torch.where(upper == 0, 1.0, upper)
    lower = torch.where(grid.amin(dim=axes, keepdim=True) < 0, -upper, 0.0)
    limits = torch.cat([lower, upper], dim=-1)[:, :, 0]
    return limits.expand(*grid.shape[:2], 2)


# %% wrong: panels above each other share instead of panels side by side | says: panels side by side share
def colour_limits(grid, share):
    axes = {"all": (0, 1, 2, 3), "row": (0, 2, 3), "panel": (2, 3)}[share]
    upper = grid.abs().amax(dim=axes, keepdim=True)
    upper = torch.where(upper == 0, 1.0, upper)
    lower = torch.where(grid.amin(dim=axes, keepdim=True) < 0, -upper, 0.0)
    limits = torch.cat([lower, upper], dim=-1)[:, :, 0]
    return limits.expand(*grid.shape[:2], 2)


# %% wrong: differences keep their smallest and largest number | says: 0 must lie in the middle of the scale
def colour_limits(grid, share):
    axes = {"all": (0, 1, 2, 3), "row": (1, 2, 3), "panel": (2, 3)}[share]
    upper = grid.amax(dim=axes, keepdim=True)
    lower = grid.amin(dim=axes, keepdim=True).clamp(max=0)
    limits = torch.cat([lower, upper], dim=-1)[:, :, 0]
    return limits.expand(*grid.shape[:2], 2)


# %% wrong: symmetric as soon as any panel of the grid is negative | says: a group is symmetric only if it holds a negative number
def colour_limits(grid, share):
    axes = {"all": (0, 1, 2, 3), "row": (1, 2, 3), "panel": (2, 3)}[share]
    upper = grid.abs().amax(dim=axes, keepdim=True)
    upper = torch.where(upper == 0, 1.0, upper)
    lower = -upper if (grid < 0).any() else torch.zeros_like(upper)
    limits = torch.cat([lower, upper], dim=-1)[:, :, 0]
    return limits.expand(*grid.shape[:2], 2)


# %% wrong: a panel of zeros gets a scale of no length | says: a scale needs a length
def colour_limits(grid, share):
    axes = {"all": (0, 1, 2, 3), "row": (1, 2, 3), "panel": (2, 3)}[share]
    upper = grid.abs().amax(dim=axes, keepdim=True)
    lower = torch.where(grid.amin(dim=axes, keepdim=True) < 0, -upper, 0.0)
    limits = torch.cat([lower, upper], dim=-1)[:, :, 0]
    return limits.expand(*grid.shape[:2], 2)


# %% right: with loops over groups
def colour_limits(grid, share):
    rows, columns = grid.shape[:2]
    limits = torch.empty(rows, columns, 2)
    for row in range(rows):
        for column in range(columns):
            group = {"all": grid, "row": grid[row], "panel": grid[row, column]}[share]
            most = group.abs().max().item() or 1.0
            limits[row, column, 1] = most
            limits[row, column, 0] = -most if group.min() < 0 else 0.0
    return limits


# %% right: reduce each panel first, then the groups
def colour_limits(grid, share):
    low, high = grid.flatten(2).aminmax(dim=-1)
    if share == "all":
        low, high = low.min().expand_as(low), high.max().expand_as(high)
    elif share == "row":
        low = low.min(dim=1, keepdim=True).values.expand_as(low)
        high = high.max(dim=1, keepdim=True).values.expand_as(high)
    most = torch.maximum(-low, high)
    most = most + (most == 0).float()
    return torch.stack([-most * (low < 0).float() + 0.0, most], dim=2)


# %% wrong: symmetric to minus the smallest number | says: the limits reach the largest absolute value
def colour_limits(grid, share):
    rows, columns = grid.shape[:2]
    limits = torch.empty(rows, columns, 2)
    for row in range(rows):
        for column in range(columns):
            group = {"all": grid, "row": grid[row], "panel": grid[row, column]}[share]
            most = group.max() if group.min() >= 0 else -group.min()
            most = torch.tensor(1.0) if most == 0 else most
            limits[row, column, 1] = most
            limits[row, column, 0] = -most if group.min() < 0 else 0.0
    return limits


# %% wrong: largest instead of largest absolute number | says: the limits reach the largest absolute value
def colour_limits(grid, share):
    axes = {"all": (0, 1, 2, 3), "row": (1, 2, 3), "panel": (2, 3)}[share]
    upper = grid.amax(dim=axes, keepdim=True)
    upper = torch.where(upper == 0, 1.0, upper)
    lower = torch.where(grid.amin(dim=axes, keepdim=True) < 0, -upper, 0.0)
    limits = torch.cat([lower, upper], dim=-1)[:, :, 0]
    return limits.expand(*grid.shape[:2], 2)


# %% wrong: the rule for zeros applied to each panel before the group | says: the rule for zeros is about a whole group
def colour_limits(grid, share):
    low, high = grid.amin(dim=(2, 3)), grid.abs().amax(dim=(2, 3))
    high = torch.where(high == 0, 1.0, high)
    if share == "all":
        low, high = low.min().expand_as(low), high.max().expand_as(high)
    elif share == "row":
        low = low.min(1, keepdim=True).values.expand_as(low)
        high = high.max(1, keepdim=True).values.expand_as(high)
    return torch.stack([torch.where(low < 0, -high, 0.0), high], dim=-1)


# %% wrong: the rule for zeros for share="panel" only | says: a scale needs a length
def colour_limits(grid, share):
    axes = {"all": (0, 1, 2, 3), "row": (1, 2, 3), "panel": (2, 3)}[share]
    upper = grid.abs().amax(dim=axes, keepdim=True)
    if share == "panel":
        upper = torch.where(upper == 0, 1.0, upper)
    lower = torch.where(grid.amin(dim=axes, keepdim=True) < 0, -upper, 0.0)
    limits = torch.cat([lower, upper], dim=-1)[:, :, 0]
    return limits.expand(*grid.shape[:2], 2)


# %% wrong: nearly zero counts as zero | says: only a group of exact zeros
def colour_limits(grid, share):
    axes = {"all": (0, 1, 2, 3), "row": (1, 2, 3), "panel": (2, 3)}[share]
    upper = grid.abs().amax(dim=axes, keepdim=True)
    upper = torch.where(upper < 1e-2, 1.0, upper)
    lower = torch.where(grid.amin(dim=axes, keepdim=True) < 0, -upper, 0.0)
    limits = torch.cat([lower, upper], dim=-1)[:, :, 0]
    return limits.expand(*grid.shape[:2], 2)


# %% wrong: a small negative number does not count | says: any number below 0 makes its group symmetric
def colour_limits(grid, share):
    axes = {"all": (0, 1, 2, 3), "row": (1, 2, 3), "panel": (2, 3)}[share]
    upper = grid.abs().amax(dim=axes, keepdim=True)
    upper = torch.where(upper == 0, 1.0, upper)
    lower = torch.where(grid.amin(dim=axes, keepdim=True) < -0.05, -upper, 0.0)
    limits = torch.cat([lower, upper], dim=-1)[:, :, 0]
    return limits.expand(*grid.shape[:2], 2)


# %% wrong: takes absolute values in place | says: was changed by your function
def colour_limits(grid, share):
    axes = {"all": (0, 1, 2, 3), "row": (1, 2, 3), "panel": (2, 3)}[share]
    signed = grid.amin(dim=axes, keepdim=True) < 0
    upper = grid.abs_().amax(dim=axes, keepdim=True)
    upper = torch.where(upper == 0, 1.0, upper)
    lower = torch.where(signed, -upper, 0.0)
    limits = torch.cat([lower, upper], dim=-1)[:, :, 0]
    return limits.expand(*grid.shape[:2], 2)


# %% right: with NumPy
def colour_limits(grid, share):
    numbers = grid.detach().numpy().astype(float)
    limits = torch.zeros(*grid.shape[:2], 2, dtype=torch.float64)
    for row in range(grid.shape[0]):
        for column in range(grid.shape[1]):
            group = {"all": numbers, "row": numbers[row]}.get(share)
            group = numbers[row, column] if group is None else group
            most = abs(group).max() or 1.0
            limits[row, column] = torch.tensor([-most if group.min() < 0 else 0, most])
    return limits
