# %% wrong: nothing added to the counts | says: a pixel that stays outside
def hole_leak(holes, classes, test_holes, test_classes, count):
    flat, test = holes.flatten(1).double(), test_holes.flatten(1).double()
    q = torch.stack([flat[classes == k].mean(0) for k in range(count)])
    scores = test @ q.log().T + (1 - test) @ (1 - q).log().T
    return (scores.argmax(1) == test_classes).double().mean()


# %% wrong: pixels outside the hole are silent | says: pixels outside the hole speak, too
def hole_leak(holes, classes, test_holes, test_classes, count):
    flat, test = holes.flatten(1).double(), test_holes.flatten(1).double()
    q = torch.stack(
        [
            (1 + flat[classes == k].sum(0)) / (2 + (classes == k).sum())
            for k in range(count)
        ]
    )
    scores = test @ q.log().T
    return (scores.argmax(1) == test_classes).double().mean()


# %% wrong: a rare class counts less | says: classes count alike
def hole_leak(holes, classes, test_holes, test_classes, count):
    flat, test = holes.flatten(1).double(), test_holes.flatten(1).double()
    numbers = torch.stack([(classes == k).sum() for k in range(count)]).double()
    q = torch.stack([1 + flat[classes == k].sum(0) for k in range(count)])
    q = q / (2 + numbers[:, None])
    scores = test @ q.log().T + (1 - test) @ (1 - q).log().T
    scores = scores + 2 * numbers.log()
    return (scores.argmax(1) == test_classes).double().mean()


# %% wrong: the usual prior of naive Bayes | says: classes count alike
def hole_leak(holes, classes, test_holes, test_classes, count):
    flat, test = holes.flatten(1).double(), test_holes.flatten(1).double()
    numbers = torch.stack([(classes == k).sum() for k in range(count)]).double()
    q = torch.stack([1 + flat[classes == k].sum(0) for k in range(count)])
    q = q / (2 + numbers[:, None])
    scores = test @ q.log().T + (1 - test) @ (1 - q).log().T
    scores = scores + numbers.log()
    return (scores.argmax(1) == test_classes).double().mean()


# %% wrong: divides by the number of all holes | says: its own number of holes
def hole_leak(holes, classes, test_holes, test_classes, count):
    flat, test = holes.flatten(1).double(), test_holes.flatten(1).double()
    q = torch.stack([1 + flat[classes == k].sum(0) for k in range(count)])
    q = q / (2 + len(holes))
    scores = test @ q.log().T + (1 - test) @ (1 - q).log().T
    return (scores.argmax(1) == test_classes).double().mean()


# %% wrong: multiplies shares | says: add logarithms
def hole_leak(holes, classes, test_holes, test_classes, count):
    flat, test = holes.flatten(1).double(), test_holes.flatten(1)
    q = torch.stack(
        [
            (1 + flat[classes == k].sum(0)) / (2 + (classes == k).sum())
            for k in range(count)
        ]
    )
    terms = torch.where(test[:, None], q, 1 - q)
    guess = terms.prod(2).argmax(1)
    return (guess == test_classes).double().mean()


# %% wrong: two classes only | says: as many classes as
def hole_leak(holes, classes, test_holes, test_classes, count):
    flat, test = holes.flatten(1).double(), test_holes.flatten(1).double()
    q = torch.stack(
        [(1 + flat[classes == k].sum(0)) / (2 + (classes == k).sum()) for k in range(2)]
    )
    scores = test @ q.log().T + (1 - test) @ (1 - q).log().T
    return (scores.argmax(1) == test_classes).double().mean()


# %% wrong: the nearest mean hole | says: hint:
def hole_leak(holes, classes, test_holes, test_classes, count):
    flat, test = holes.flatten(1).double(), test_holes.flatten(1).double()
    q = torch.stack(
        [
            (1 + flat[classes == k].sum(0)) / (2 + (classes == k).sum())
            for k in range(count)
        ]
    )
    guess = torch.cdist(test, q).argmin(1)
    return (guess == test_classes).double().mean()


# %% wrong: measured on the training holes | says: compare the scores of both classes
def hole_leak(holes, classes, test_holes, test_classes, count):
    flat = holes.flatten(1).double()
    q = torch.stack(
        [
            (1 + flat[classes == k].sum(0)) / (2 + (classes == k).sum())
            for k in range(count)
        ]
    )
    scores = flat @ q.log().T + (1 - flat) @ (1 - q).log().T
    return (scores.argmax(1) == classes).double().mean()


# %% wrong: an error rate | says: then average
def hole_leak(holes, classes, test_holes, test_classes, count):
    flat, test = holes.flatten(1).double(), test_holes.flatten(1).double()
    q = torch.stack(
        [
            (1 + flat[classes == k].sum(0)) / (2 + (classes == k).sum())
            for k in range(count)
        ]
    )
    scores = test @ q.log().T + (1 - test) @ (1 - q).log().T
    return (scores.argmin(1) == test_classes).double().mean() * 1.5


# %% wrong: adds 1 to the number as well, so that a share can be 1 | says: hint:
def hole_leak(holes, classes, test_holes, test_classes, count):
    flat, test = holes.flatten(1).double(), test_holes.flatten(1).double()
    q = torch.stack(
        [
            (1 + flat[classes == k].sum(0)) / (1 + (classes == k).sum())
            for k in range(count)
        ]
    )
    scores = test @ q.log().T + (1 - test) @ (1 - q).log().T
    return (scores.argmax(1) == test_classes).double().mean()


# %% right: plain loops
def hole_leak(holes, classes, test_holes, test_classes, count):
    import math

    tables = []
    for k in range(count):
        own = holes[classes == k].flatten(1).double()
        tables.append(((1 + own.sum(0)) / (2 + len(own))).tolist())
    right = 0
    for hole, answer in zip(test_holes.flatten(1).tolist(), test_classes.tolist()):
        scores = [
            sum(math.log(q if h else 1 - q) for h, q in zip(hole, table))
            for table in tables
        ]
        right += scores.index(max(scores)) == answer
    return right / len(test_holes)


# %% right: NumPy, with log odds and a bias
def hole_leak(holes, classes, test_holes, test_classes, count):
    members = np.eye(count)[classes.numpy()]
    inside = members.T @ holes.flatten(1).numpy().astype(float)
    q = (1 + inside) / (2 + members.sum(0)[:, None])
    odds, bias = np.log(q) - np.log(1 - q), np.log(1 - q).sum(1)
    scores = test_holes.flatten(1).numpy().astype(float) @ odds.T + bias
    return float((scores.argmax(1) == test_classes.numpy()).mean())


# %% wrong: adds the number of classes, not 2 | says: exactly 1 added
def hole_leak(holes, classes, test_holes, test_classes, count):
    flat, test = holes.flatten(1).double(), test_holes.flatten(1).double()
    inside = torch.stack([flat[classes == k].sum(0) for k in range(count)])
    number = torch.bincount(classes, minlength=count).double()[:, None]
    q = (1 + inside) / (count + number)
    scores = test @ q.log().T + (1 - test) @ (1 - q).log().T
    guess = scores.argmax(1)
    return (guess == test_classes).double().mean()


# %% wrong: adds one half and 1 | says: exactly 1 added
def hole_leak(holes, classes, test_holes, test_classes, count):
    flat, test = holes.flatten(1).double(), test_holes.flatten(1).double()
    inside = torch.stack([flat[classes == k].sum(0) for k in range(count)])
    number = torch.bincount(classes, minlength=count).double()[:, None]
    q = (0.5 + inside) / (1 + number)
    scores = test @ q.log().T + (1 - test) @ (1 - q).log().T
    guess = scores.argmax(1)
    return (guess == test_classes).double().mean()


# %% wrong: adds nothing and clamps | says: exactly 1 added
def hole_leak(holes, classes, test_holes, test_classes, count):
    flat, test = holes.flatten(1).double(), test_holes.flatten(1).double()
    inside = torch.stack([flat[classes == k].sum(0) for k in range(count)])
    number = torch.bincount(classes, minlength=count).double()[:, None]
    q = (inside / number).clamp(1e-6, 1 - 1e-6)
    scores = test @ q.log().T + (1 - test) @ (1 - q).log().T
    guess = scores.argmax(1)
    return (guess == test_classes).double().mean()


# %% wrong: divides by the mean number | says: the class's own number
def hole_leak(holes, classes, test_holes, test_classes, count):
    flat, test = holes.flatten(1).double(), test_holes.flatten(1).double()
    inside = torch.stack([flat[classes == k].sum(0) for k in range(count)])
    number = torch.bincount(classes, minlength=count).double()[:, None]
    q = ((1 + inside) / (2 + number.mean())).clamp(max=0.99)
    scores = test @ q.log().T + (1 - test) @ (1 - q).log().T
    guess = scores.argmax(1)
    return (guess == test_classes).double().mean()


# %% wrong: scores divided by the sum of the shares | says: exactly 1 added
def hole_leak(holes, classes, test_holes, test_classes, count):
    flat, test = holes.flatten(1).double(), test_holes.flatten(1).double()
    inside = torch.stack([flat[classes == k].sum(0) for k in range(count)])
    number = torch.bincount(classes, minlength=count).double()[:, None]
    q = (1 + inside) / (2 + number)
    scores = test @ q.log().T + (1 - test) @ (1 - q).log().T
    scores = scores / q.sum(1)
    guess = scores.argmax(1)
    return (guess == test_classes).double().mean()


# %% wrong: accuracy balanced over the classes | says: each test hole counts alike
def hole_leak(holes, classes, test_holes, test_classes, count):
    flat, test = holes.flatten(1).double(), test_holes.flatten(1).double()
    inside = torch.stack([flat[classes == k].sum(0) for k in range(count)])
    number = torch.bincount(classes, minlength=count).double()[:, None]
    q = (1 + inside) / (2 + number)
    scores = test @ q.log().T + (1 - test) @ (1 - q).log().T
    guess = scores.argmax(1)
    return torch.stack(
        [(guess[test_classes == k] == k).double().mean() for k in test_classes.unique()]
    ).mean()


# %% wrong: one answer for each hole | says: average over the test holes
def hole_leak(holes, classes, test_holes, test_classes, count):
    flat, test = holes.flatten(1).double(), test_holes.flatten(1).double()
    inside = torch.stack([flat[classes == k].sum(0) for k in range(count)])
    number = torch.bincount(classes, minlength=count).double()[:, None]
    q = (1 + inside) / (2 + number)
    scores = test @ q.log().T + (1 - test) @ (1 - q).log().T
    guess = scores.argmax(1)
    return guess == test_classes


# %% wrong: scores and leak | says: one number
def hole_leak(holes, classes, test_holes, test_classes, count):
    flat, test = holes.flatten(1).double(), test_holes.flatten(1).double()
    inside = torch.stack([flat[classes == k].sum(0) for k in range(count)])
    number = torch.bincount(classes, minlength=count).double()[:, None]
    q = (1 + inside) / (2 + number)
    scores = test @ q.log().T + (1 - test) @ (1 - q).log().T
    guess = scores.argmax(1)
    return scores, (guess == test_classes).double().mean()


# %% wrong: a count | says: a share from 0 to 1
def hole_leak(holes, classes, test_holes, test_classes, count):
    flat, test = holes.flatten(1).double(), test_holes.flatten(1).double()
    inside = torch.stack([flat[classes == k].sum(0) for k in range(count)])
    number = torch.bincount(classes, minlength=count).double()[:, None]
    q = (1 + inside) / (2 + number)
    scores = test @ q.log().T + (1 - test) @ (1 - q).log().T
    guess = scores.argmax(1)
    return (guess == test_classes).sum() * 2
