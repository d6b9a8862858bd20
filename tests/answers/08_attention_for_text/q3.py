# %% wrong: gives it all to the runner-up | says: moves the average
def other_weights(values, weights):
    result = weights.clone().to(values.dtype)
    top = result.topk(2).indices
    result[top[1]] += result[top[0]]
    result[top[0]] = 0
    return result


# %% wrong: strikes the heaviest out and scales up | says: moves the average
def other_weights(values, weights):
    result = weights.clone().to(values.dtype)
    result[weights.argmax()] = 0
    return result / result.sum()


# %% wrong: changes the two heaviest | says: moves the average
def other_weights(values, weights):
    first, second = weights.topk(2).indices
    result = weights.clone().to(values.dtype)
    result[first], result[second] = weights[second], weights[first]
    return result


# %% wrong: least squares, negative weights | says: weights are never negative
def other_weights(values, weights):
    average = weights.to(values.dtype) @ values
    kept = torch.arange(len(values)) != weights.argmax()
    rows = torch.stack([torch.ones_like(values[kept]), values[kept]])
    goal = torch.stack([torch.ones_like(average), average])
    result = torch.zeros_like(values)
    result[kept] = torch.linalg.pinv(rows) @ goal
    return result


# %% wrong: mixes smallest and largest of all items | says: less is possible
def other_weights(values, weights):
    average = weights.to(values.dtype) @ values
    low, high = values.argmin(), values.argmax()
    result = torch.zeros_like(values)
    if low == high:
        result[low] = 1
        return result
    share = (average - values[low]) / (values[high] - values[low])
    result[low] += 1 - share
    result[high] += share
    return result


# %% wrong: gives the old weights back | says: less is possible
def other_weights(values, weights):
    return weights.clone().to(values.dtype)


# %% wrong: pairs the heaviest with the farthest | says: less is possible
def other_weights(values, weights):
    average = weights.to(values.dtype) @ values
    k = int(weights.argmax())
    others = [i for i in range(len(values)) if i != k]
    low = min(others, key=lambda i: float(values[i]))
    high = max(others, key=lambda i: float(values[i]))
    result = torch.zeros_like(values)
    if values[low] <= average <= values[high]:
        if values[low] == values[high]:
            result[low] = 1
            return result
        share = (average - values[low]) / (values[high] - values[low])
        result[low] += 1 - share
        result[high] += share
        return result
    other = low if average > values[high] else high
    share = (average - values[other]) / (values[k] - values[other])
    result[k], result[other] = share, 1 - share
    return result


# %% wrong: 0/0 where the others are equal | says: NaN
def other_weights(values, weights):
    average = weights.to(values.dtype) @ values
    k = int(weights.argmax())
    others = [i for i in range(len(values)) if i != k]
    low = min(others, key=lambda i: float(values[i]))
    high = max(others, key=lambda i: float(values[i]))
    if average > values[high]:
        low = k
    elif average < values[low]:
        high = k
    share = (average - values[low]) / (values[high] - values[low])
    result = torch.zeros_like(values)
    result[low] += 1 - share
    result[high] += share
    return result


# %% wrong: clamps negative weights away | says: it must be 1
def other_weights(values, weights):
    average = weights.to(values.dtype) @ values
    kept = torch.arange(len(values)) != weights.argmax()
    rows = torch.stack([torch.ones_like(values[kept]), values[kept]])
    goal = torch.stack([torch.ones_like(average), average])
    result = torch.zeros_like(values)
    result[kept] = torch.linalg.pinv(rows) @ goal
    return result.clamp(min=0)


# %% wrong: writes into the weights | says: was changed by your function
def other_weights(values, weights):
    weights[weights.argmax()] = 0
    return weights / weights.sum()


# %% wrong: float64 whatever comes in | says: return the number type of the values
def other_weights(values, weights):
    z, a = values.double(), weights.double()
    average, k = a @ z, int(weights.argmax())
    others = [i for i in range(len(z)) if i != k]
    low = min(others, key=lambda i: float(z[i]))
    high = max(others, key=lambda i: float(z[i]))
    if average > z[high]:
        low = k
    elif average < z[low]:
        high = k
    gap = z[high] - z[low]
    share = (average - z[low]) / gap if gap != 0 else 0.0 * gap
    result = torch.zeros_like(z)
    result[low] += 1 - share
    result[high] += share
    return result


# %% wrong: takes an average that is off by rounding to lie outside | says: rounding may put
def other_weights(values, weights):
    z, a = values.double(), weights.double()
    average, k = a @ z, int(weights.argmax())
    others = [i for i in range(len(z)) if i != k]
    low = min(others, key=lambda i: float(z[i]))
    high = max(others, key=lambda i: float(z[i]))
    if average > z[high]:
        low = k
    elif average < z[low]:
        high = k
    gap = z[high] - z[low]
    share = (average - z[low]) / gap if gap != 0 else 0.0 * gap
    result = torch.zeros_like(z)
    result[low] += 1 - share
    result[high] += share
    return result.to(values.dtype)


# %% wrong: the number type of the weights | says: return the number type of the values
def other_weights(values, weights):
    z, a = values.double(), weights.double()
    average, k = a @ z, int(weights.argmax())
    others = [i for i in range(len(z)) if i != k]
    low = min(others, key=lambda i: float(z[i]))
    high = max(others, key=lambda i: float(z[i]))
    if average > z[high]:
        low = k
    elif average < z[low]:
        high = k
    gap = z[high] - z[low]
    share = (average - z[low]) / gap if gap != 0 else 0.0 * gap
    result = torch.zeros_like(z)
    result[low] += 1 - share
    result[high] += share
    return result.to(weights.dtype)


# %% wrong: mixes number types | says: first bring both to one number type
def other_weights(values, weights):
    z, a = values, weights
    average, k = a @ z, int(weights.argmax())
    others = [i for i in range(len(z)) if i != k]
    low = min(others, key=lambda i: float(z[i]))
    high = max(others, key=lambda i: float(z[i]))
    if average > z[high]:
        low = k
    elif average < z[low]:
        high = k
    gap = z[high] - z[low]
    share = (average - z[low]) / gap if gap != 0 else 0.0 * gap
    result = torch.zeros_like(z)
    result[low] += 1 - share
    result[high] += share
    return result


# %% right: a linear program
def other_weights(values, weights):
    from scipy.optimize import linprog

    z, a = values.double().numpy(), weights.double().numpy()
    cost = [float(i == a.argmax()) for i in range(len(z))]
    found = linprog(cost, A_eq=[[1.0] * len(z), z], b_eq=[1.0, z @ a])
    return torch.from_numpy(found.x).to(values.dtype)


# %% right: every pair of two items is tried
def other_weights(values, weights):
    z = values.double().tolist()
    a = weights.double().tolist()
    m = sum(x * y for x, y in zip(z, a))
    k = a.index(max(a))
    best = [x for x in a]
    for i in range(len(z)):
        for j in range(len(z)):
            if i == j:
                continue
            gap = z[i] - z[j]
            if abs(gap) < 1e-12:
                if abs(m - z[i]) > 1e-6:
                    continue
                shares = [0.0, 1.0]
            else:
                shares = [(m - z[j]) / gap]
            for t in shares:
                if -1e-9 <= t <= 1 + 1e-9:
                    t = min(1.0, max(0.0, t))
                    trial = [0.0] * len(z)
                    trial[i], trial[j] = t, 1 - t
                    if trial[k] < best[k]:
                        best = trial
    return torch.tensor(best, dtype=values.dtype)


# %% wrong: takes more than rounding for rounding | says: moves the average
def other_weights(values, weights):
    weights = weights.to(values.dtype)
    average, top = values @ weights, int(weights.argmax())
    rest = [i for i in range(len(values)) if i != top]
    low, high = min(rest, key=values.__getitem__), max(rest, key=values.__getitem__)
    if average > values[high] + 1e-3:
        high, low = top, high
    elif average < values[low] - 1e-3:
        high = top
    found, gap = torch.zeros_like(values), values[high] - values[low]
    share = ((average - values[low]) / gap).clamp(0, 1) if gap != 0 else 1.0
    found[high] += share
    found[low] += 1 - share
    return found
