# %% wrong: the diagonal only | says: the weights of independent errors
def shaky_weights(covariance):
    return inverse_variance_weights(covariance.diagonal())


# %% wrong: forgets to divide by the sum | says: weights that sum to
def shaky_weights(covariance):
    return torch.linalg.solve(covariance, torch.ones_like(covariance[0]))


# %% wrong: inverts number by number | says: a vector with equal entries
def shaky_weights(covariance):
    weights = (1 / covariance).sum(-1)
    return weights / weights.sum()


# %% wrong: cuts negative weights off | says: no negative weight
def shaky_weights(covariance):
    weights = torch.linalg.solve(covariance, torch.ones_like(covariance[0]))
    weights = weights.clamp(min=0)
    return weights / weights.sum()


# %% wrong: divides by the sum of the sizes | says: the sum of the weights is one, not the sum of their sizes
def shaky_weights(covariance):
    weights = torch.linalg.solve(covariance, torch.ones_like(covariance[0]))
    return weights / weights.abs().sum()


# %% wrong: a softmax over the inverse | says: a vector with equal entries
def shaky_weights(covariance):
    weights = torch.linalg.solve(covariance, torch.ones_like(covariance[0]))
    return weights.softmax(-1)


# %% wrong: the diagonal of the inverse | says: the weights of independent errors
def shaky_weights(covariance):
    weights = torch.linalg.inv(covariance).diagonal()
    return weights / weights.sum()


# %% wrong: sums the covariances and inverts the sums | says: a vector with equal entries
def shaky_weights(covariance):
    weights = 1 / covariance.sum(-1)
    return weights / weights.sum()


# %% wrong: a small number for safety | says: a unit changes no weight
def shaky_weights(covariance):
    safe = covariance + 1e-6 * torch.eye(len(covariance), dtype=covariance.dtype)
    weights = torch.linalg.solve(safe, torch.ones_like(covariance[0]))
    return weights / weights.sum()


# %% wrong: float32 whatever comes | says: a covariance of float64
def shaky_weights(covariance):
    weights = torch.linalg.solve(covariance.float(), torch.ones(len(covariance)))
    return weights / weights.sum()


# %% wrong: a column in place of a row of weights | says: a result of shape
def shaky_weights(covariance):
    ones = torch.ones(len(covariance), 1, dtype=covariance.dtype)
    weights = torch.linalg.solve(covariance, ones)
    return weights / weights.sum()


# %% wrong: scales the covariance in place | says: was changed by your function
def shaky_weights(covariance):
    covariance /= covariance.max()
    weights = torch.linalg.solve(covariance, torch.ones_like(covariance[0]))
    return weights / weights.sum()


# %% right: best_weights with relevance one and no noise
def shaky_weights(covariance):
    ones = torch.ones(len(covariance), dtype=covariance.dtype)
    unit = covariance.diagonal().mean()
    weights = best_weights(covariance / unit, ones, 0 * ones)
    return weights / weights.sum()


# %% right: the conditions with a multiplier as one system
def shaky_weights(covariance):
    n = len(covariance)
    unit = covariance.diagonal().max()
    system = torch.ones(n + 1, n + 1, dtype=covariance.dtype)
    system[:n, :n] = covariance / unit
    system[n, n] = 0
    goal = torch.zeros(n + 1, dtype=covariance.dtype)
    goal[n] = 1
    return torch.linalg.solve(system, goal)[:n]


# %% right: in NumPy
def shaky_weights(covariance):
    import numpy as np

    inverse = np.linalg.inv(covariance.numpy())
    return torch.from_numpy(inverse.sum(axis=1) / inverse.sum())


# %% wrong: right for two scales only | says: a formula for two scales
def shaky_weights(covariance):
    off = covariance.sum(-1) - covariance.diagonal()
    weights = 1 / (covariance.diagonal() - off)
    return weights / weights.sum()


# %% wrong: a pseudoinverse that drops small directions | says: errors that are nearly equal
def shaky_weights(covariance):
    weights = torch.linalg.pinv(covariance, rtol=1e-3).sum(-1)
    return weights / weights.sum()


# %% wrong: float64 whatever comes | says: weights of torch.float64
def shaky_weights(covariance):
    wide = covariance.double()
    weights = torch.linalg.solve(wide, torch.ones_like(wide[0]))
    return weights / weights.sum()


# %% right: Cholesky
def shaky_weights(covariance):
    ones = torch.ones_like(covariance[:, :1])
    weights = torch.cholesky_solve(ones, torch.linalg.cholesky(covariance))[:, 0]
    return weights / weights.sum()
