# %% wrong: newest token first | says: oldest token first
def forecast_weights(length, correlation, noise_variance, ahead):
    places = torch.arange(length, dtype=torch.float64)
    moments = correlation ** (places[:, None] - places).abs()
    relevance = correlation ** (places + ahead)
    return best_weights(moments, relevance, torch.full_like(places, noise_variance))


# %% wrong: reconstructs the present | says: relevance 0.5, divided
def forecast_weights(length, correlation, noise_variance, ahead):
    places = torch.arange(length, dtype=torch.float64)
    moments = correlation ** (places[:, None] - places).abs()
    relevance = correlation ** (length - 1 - places)
    return best_weights(moments, relevance, torch.full_like(places, noise_variance))


# %% wrong: one step too far | says: relevance 0.5, divided
def forecast_weights(length, correlation, noise_variance, ahead):
    places = torch.arange(length, dtype=torch.float64)
    moments = correlation ** (places[:, None] - places).abs()
    relevance = correlation ** (length + ahead - places)
    return best_weights(moments, relevance, torch.full_like(places, noise_variance))


# %% wrong: always one step ahead | says: a step back in time costs one factor rho
def forecast_weights(length, correlation, noise_variance, ahead):
    places = torch.arange(length, dtype=torch.float64)
    moments = correlation ** (places[:, None] - places).abs()
    relevance = correlation ** (length - places)
    return best_weights(moments, relevance, torch.full_like(places, noise_variance))


# %% wrong: forgets the noise | says: relevance 0.5, divided by the token's variance plus its noise
def forecast_weights(length, correlation, noise_variance, ahead):
    places = torch.arange(length, dtype=torch.float64)
    moments = correlation ** (places[:, None] - places).abs()
    relevance = correlation ** (length - 1 + ahead - places)
    return torch.linalg.solve(moments, relevance)


# %% wrong: takes the variance for a standard deviation | says: only, and as a variance
def forecast_weights(length, correlation, noise_variance, ahead):
    places = torch.arange(length, dtype=torch.float64)
    moments = correlation ** (places[:, None] - places).abs()
    relevance = correlation ** (length - 1 + ahead - places)
    return best_weights(moments, relevance, torch.full_like(places, noise_variance**2))


# %% wrong: noise on all of S | says: only, and as a variance
def forecast_weights(length, correlation, noise_variance, ahead):
    places = torch.arange(length, dtype=torch.float64)
    moments = correlation ** (places[:, None] - places).abs() + noise_variance
    relevance = correlation ** (length - 1 + ahead - places)
    return torch.linalg.lstsq(moments, relevance[:, None]).solution[:, 0]


# %% wrong: loses the sign of the correlation | says: keep the sign of rho
def forecast_weights(length, correlation, noise_variance, ahead):
    places = torch.arange(length, dtype=torch.float64)
    moments = abs(correlation) ** (places[:, None] - places).abs()
    relevance = abs(correlation) ** (length - 1 + ahead - places)
    return best_weights(moments, relevance, torch.full_like(places, noise_variance))


# %% wrong: weights that sum to one | says: divided by the token's variance plus its noise
def forecast_weights(length, correlation, noise_variance, ahead):
    places = torch.arange(length, dtype=torch.float64)
    moments = correlation ** (places[:, None] - places).abs()
    relevance = correlation ** (length - 1 + ahead - places)
    weights = best_weights(moments, relevance, torch.full_like(places, noise_variance))
    return weights / weights.sum()


# %% wrong: noise on the relevance too | says: divided by the token's variance plus its noise
def forecast_weights(length, correlation, noise_variance, ahead):
    places = torch.arange(length, dtype=torch.float64)
    moments = correlation ** (places[:, None] - places).abs()
    relevance = correlation ** (length - 1 + ahead - places) + noise_variance
    return best_weights(moments, relevance, torch.full_like(places, noise_variance))


# %% wrong: powers by logarithm, NaN at zero | says: numbers are NaN
def forecast_weights(length, correlation, noise_variance, ahead):
    places = torch.arange(length, dtype=torch.float64)
    rho = torch.tensor(correlation, dtype=torch.float64)
    power = lambda k: rho.sign() ** k * torch.exp(k * rho.abs().log())
    moments = power((places[:, None] - places).abs())
    relevance = power(length - 1 + ahead - places)
    penalised = moments + noise_variance * torch.eye(length)
    return torch.linalg.solve(penalised, relevance)


# %% wrong: a window of ten tokens | says: S_ij = rho^|i-j|, noise on its diagonal
def forecast_weights(length, correlation, noise_variance, ahead):
    n = min(length, 10)
    places = torch.arange(n, dtype=torch.float64)
    moments = correlation ** (places[:, None] - places).abs()
    relevance = correlation ** (n - 1 + ahead - places)
    weights = best_weights(moments, relevance, torch.full_like(places, noise_variance))
    return torch.cat([torch.zeros(length - n), weights])


# %% right: a Kalman filter, fed with one token at a time
def forecast_weights(length, correlation, noise_variance, ahead):
    weights, variance = [], 1.0
    for _ in range(length):
        gain = variance / (variance + noise_variance)
        weights = [w * (1 - gain) * correlation for w in weights]
        weights.append(gain * correlation)
        variance = correlation**2 * (1 - gain) * variance + 1 - correlation**2
    return torch.tensor(weights) * correlation ** (ahead - 1)


# %% right: with loops, in float32
def forecast_weights(length, correlation, noise_variance, ahead):
    S = torch.tensor(
        [
            [float(correlation) ** abs(i - j) for j in range(length)]
            for i in range(length)
        ]
    )
    c = torch.tensor(
        [float(correlation) ** (length + ahead - 1 - i) for i in range(length)]
    )
    return torch.linalg.inv(S + noise_variance * torch.eye(length)) @ c


# %% right: reconstructs the last token, then steps ahead
def forecast_weights(length, correlation, noise_variance, ahead):
    places = torch.arange(length, dtype=torch.float64)
    moments = correlation ** (places[:, None] - places).abs()
    penalised = moments + noise_variance * torch.eye(length, dtype=torch.float64)
    return correlation**ahead * torch.linalg.solve(penalised, moments[-1])


# %% wrong: a window of forty tokens | says: S_ij = rho^|i-j|, noise on its diagonal
def forecast_weights(length, correlation, noise_variance, ahead):
    n = min(length, 40)
    places = torch.arange(n, dtype=torch.float64)
    moments = correlation ** (places[:, None] - places).abs()
    relevance = correlation ** (n - 1 + ahead - places)
    weights = best_weights(moments, relevance, torch.full_like(places, noise_variance))
    return torch.cat([torch.zeros(length - n), weights])


# %% wrong: powers of the difference, not of the distance | says: rho to the distance
def forecast_weights(length, correlation, noise_variance, ahead):
    places = torch.arange(length, dtype=torch.float64)
    moments = correlation ** (places[:, None] - places)
    relevance = correlation ** (length - 1 + ahead - places)
    penalised = moments + noise_variance * torch.eye(length)
    return torch.linalg.solve(penalised, relevance)


# %% wrong: a small number on the diagonal, for safety | says: add no small number
def forecast_weights(length, correlation, noise_variance, ahead):
    places = torch.arange(length, dtype=torch.float64)
    moments = correlation ** (places[:, None] - places).abs()
    relevance = correlation ** (length - 1 + ahead - places)
    noise = torch.full_like(places, noise_variance + 1e-6)
    return best_weights(moments, relevance, noise)
