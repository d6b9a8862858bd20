# %% wrong: p in place of p / (1 - p) | says: fix x: which two values
def dropout_weights(second_moments, relevance, rate):
    return best_weights(second_moments, relevance, rate * second_moments.diagonal())


# %% wrong: the variance of the mask, p (1 - p) | says: fix x: which two values
def dropout_weights(second_moments, relevance, rate):
    noise = rate * (1 - rate) * second_moments.diagonal()
    return best_weights(second_moments, relevance, noise)


# %% wrong: turned upside down | says: fix x: which two values
def dropout_weights(second_moments, relevance, rate):
    noise = (1 - rate) / max(rate, 1e-9) * second_moments.diagonal()
    return best_weights(second_moments, relevance, noise)


# %% wrong: one penalty for all inputs | says: fix x: which two values
def dropout_weights(second_moments, relevance, rate):
    noise = rate / (1 - rate) * torch.ones_like(relevance)
    return best_weights(second_moments, relevance, noise)


# %% wrong: the mean power as the penalty of all inputs | says: the penalty stands on the diagonal
def dropout_weights(second_moments, relevance, rate):
    power = second_moments.diagonal().mean() * torch.ones_like(relevance)
    return best_weights(second_moments, relevance, rate / (1 - rate) * power)


# %% wrong: enlarges all of S | says: the penalty stands on the diagonal
def dropout_weights(second_moments, relevance, rate):
    return torch.linalg.solve(second_moments, relevance) * (1 - rate)


# %% wrong: forgets that kept inputs are enlarged | says: fix x: which two values
def dropout_weights(second_moments, relevance, rate):
    keep = 1 - rate
    moments = keep**2 * second_moments
    noise = keep * rate * second_moments.diagonal()
    return best_weights(moments, keep * relevance, noise)


# %% wrong: squares the power | says: fix x: which two values
def dropout_weights(second_moments, relevance, rate):
    power = second_moments.diagonal() ** 2
    return best_weights(second_moments, relevance, rate / (1 - rate) * power)


# %% wrong: the root of the power | says: fix x: which two values
def dropout_weights(second_moments, relevance, rate):
    power = second_moments.diagonal() ** 0.5
    return best_weights(second_moments, relevance, rate / (1 - rate) * power)


# %% wrong: the mean of several rates | says: each input has the penalty of its own rate
def dropout_weights(second_moments, relevance, rate):
    rate = torch.as_tensor(rate).mean()
    power = second_moments.diagonal()
    return best_weights(second_moments, relevance, rate / (1 - rate) * power)


# %% wrong: no dropout at all | says: fix x: which two values
def dropout_weights(second_moments, relevance, rate):
    return torch.linalg.solve(second_moments, relevance)


# %% wrong: writes the penalty into S | says: was changed by your function
def dropout_weights(second_moments, relevance, rate):
    second_moments.diagonal().mul_(1 + rate / (1 - rate))
    return torch.linalg.solve(second_moments, relevance)


# %% wrong: caps the rate at 0.95 | says: S + diag(p / (1 - p) * S_ii)
def dropout_weights(second_moments, relevance, rate):
    rate = torch.as_tensor(rate).clamp(max=0.95)
    power = second_moments.diagonal()
    return best_weights(second_moments, relevance, rate / (1 - rate) * power)


# %% right: the diagonal divided by 1 - p
def dropout_weights(second_moments, relevance, rate):
    power = second_moments.diagonal()
    moments = second_moments - torch.diag(power) + torch.diag(power / (1 - rate))
    return torch.linalg.solve(moments, relevance)


# %% right: with loops
def dropout_weights(second_moments, relevance, rate):
    matrix = second_moments.clone()
    for i in range(len(relevance)):
        p = (
            float(rate[i])
            if isinstance(rate, torch.Tensor) and rate.ndim
            else float(rate)
        )
        matrix[i, i] = matrix[i, i] / (1 - p)
    return torch.linalg.inv(matrix) @ relevance


# %% right: dropped inputs without enlargement, then the enlargement undone
def dropout_weights(second_moments, relevance, rate):
    keep = 1 - torch.as_tensor(rate, dtype=relevance.dtype).expand(relevance.shape)
    moments = second_moments * keep[:, None] * keep
    noise = keep * (1 - keep) * second_moments.diagonal()
    return best_weights(moments, keep * relevance, noise) * keep


# %% wrong: a small number for safety | says: a unit changes no weight
def dropout_weights(second_moments, relevance, rate):
    noise = rate / (1 - rate) * second_moments.diagonal() + 1e-8
    return best_weights(second_moments, relevance, noise)


# %% right: in NumPy, in float32 at the end
def dropout_weights(second_moments, relevance, rate):
    import numpy as np

    matrix = second_moments.double().numpy().copy()
    matrix[np.diag_indices(len(matrix))] /= 1 - torch.as_tensor(rate).double().numpy()
    return torch.Tensor(np.linalg.solve(matrix, relevance.double().numpy()))
