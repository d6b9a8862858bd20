# %% wrong: query and key change places | says: W_q.T @ W_k must be M, not its transpose
def recover_projections(queries, keys, scores, rank):
    matrix = torch.linalg.pinv(keys) @ scores.T @ torch.linalg.pinv(queries).T
    u, sizes, v = torch.linalg.svd(matrix, full_matrices=False)
    return (u * sizes)[:, :rank].T, v[:rank]


# %% wrong: makes the score symmetric | says: off by
def recover_projections(queries, keys, scores, rank):
    matrix = torch.linalg.pinv(queries) @ scores @ torch.linalg.pinv(keys).T
    if matrix.shape[0] == matrix.shape[1]:
        matrix = (matrix + matrix.T) / 2
    u, sizes, v = torch.linalg.svd(matrix, full_matrices=False)
    return (u * sizes)[:, :rank].T, v[:rank]


# %% wrong: every singular value on both sides | says: off by
def recover_projections(queries, keys, scores, rank):
    matrix = torch.linalg.pinv(queries) @ scores @ torch.linalg.pinv(keys).T
    u, sizes, v = torch.linalg.svd(matrix, full_matrices=False)
    return (u * sizes)[:, :rank].T, (sizes[:, None] * v)[:rank]


# %% wrong: no singular values at all | says: off by
def recover_projections(queries, keys, scores, rank):
    matrix = torch.linalg.pinv(queries) @ scores @ torch.linalg.pinv(keys).T
    u, _, v = torch.linalg.svd(matrix, full_matrices=False)
    return u[:, :rank].T, v[:rank]


# %% wrong: keeps the smallest singular values | says: off by
def recover_projections(queries, keys, scores, rank):
    matrix = torch.linalg.pinv(queries) @ scores @ torch.linalg.pinv(keys).T
    u, sizes, v = torch.linalg.svd(matrix, full_matrices=False)
    return (u * sizes)[:, -rank:].T, v[-rank:]


# %% wrong: ignores the rank | says: a result of shape
def recover_projections(queries, keys, scores, rank):
    matrix = torch.linalg.pinv(queries) @ scores @ torch.linalg.pinv(keys).T
    return torch.eye(matrix.shape[0], dtype=matrix.dtype), matrix


# %% wrong: keeps the first rows of M | says: comes closer to M
def recover_projections(queries, keys, scores, rank):
    matrix = torch.linalg.pinv(queries) @ scores @ torch.linalg.pinv(keys).T
    if torch.linalg.matrix_rank(matrix) <= rank:
        u, sizes, v = torch.linalg.svd(matrix, full_matrices=False)
        return (u * sizes)[:, :rank].T, v[:rank]
    first = torch.eye(matrix.shape[0], dtype=matrix.dtype)[:rank]
    return first, matrix[:rank]


# %% wrong: cuts the scores to the rank, not M | says: those of the scores
def recover_projections(queries, keys, scores, rank):
    u, sizes, v = torch.linalg.svd(scores, full_matrices=False)
    left = torch.linalg.pinv(queries) @ (u * sizes)[:, :rank]
    right = torch.linalg.pinv(keys) @ v[:rank].T
    return left.T, right.T


# %% wrong: transposes in place of the pseudo-inverse | says: first undo the queries on the left
def recover_projections(queries, keys, scores, rank):
    matrix = queries.T @ scores @ keys
    u, sizes, v = torch.linalg.svd(matrix, full_matrices=False)
    return (u * sizes)[:, :rank].T, v[:rank]


# %% wrong: columns where rows are asked | says: a result of shape
def recover_projections(queries, keys, scores, rank):
    matrix = torch.linalg.pinv(queries) @ scores @ torch.linalg.pinv(keys).T
    u, sizes, v = torch.linalg.svd(matrix, full_matrices=False)
    return (u * sizes)[:, :rank], v[:rank].T


# %% wrong: empties its arguments | says: was changed by your function
def recover_projections(queries, keys, scores, rank):
    matrix = torch.linalg.pinv(queries) @ scores @ torch.linalg.pinv(keys).T
    u, sizes, v = torch.linalg.svd(matrix, full_matrices=False)
    scores.zero_()
    return (u * sizes)[:, :rank].T, v[:rank]


# %% wrong: returns M | says: in this order: W_q, W_k
def recover_projections(queries, keys, scores, rank):
    return torch.linalg.pinv(queries) @ scores @ torch.linalg.pinv(keys).T


# %% wrong: computes in float32 | says: return the number type that you were given
def recover_projections(queries, keys, scores, rank):
    queries, keys, scores = queries.float(), keys.float(), scores.float()
    matrix = torch.linalg.pinv(queries) @ scores @ torch.linalg.pinv(keys).T
    u, sizes, v = torch.linalg.svd(matrix, full_matrices=False)
    return (u * sizes)[:, :rank].T, v[:rank]


# %% wrong: transposes what svd has transposed already | says: are the singular values in it, once
def recover_projections(queries, keys, scores, rank):
    matrix = torch.linalg.pinv(queries) @ scores @ torch.linalg.pinv(keys).T
    u, sizes, v = torch.linalg.svd(matrix, full_matrices=False)
    return (u * sizes)[:, :rank].T, v[:, :rank].T


# %% right: parameters that require a gradient
def recover_projections(queries, keys, scores, rank):
    half = torch.linalg.lstsq(queries, scores).solution
    matrix = torch.linalg.lstsq(keys, half.T).solution.T
    u, sizes, v = torch.linalg.svd(matrix)
    W_q = (u[:, :rank] * sizes[:rank]).T.clone().requires_grad_()
    return W_q, v[:rank].clone().requires_grad_()


# %% right: two least-squares problems, roots of the singular values on both sides
def recover_projections(queries, keys, scores, rank):
    half = torch.linalg.lstsq(queries, scores).solution  # M keys^T
    matrix = torch.linalg.lstsq(keys, half.T).solution.T
    u, sizes, vt = torch.linalg.svd(matrix, full_matrices=False)
    roots = sizes[:rank].sqrt()
    return (u[:, :rank] * roots).T, roots[:, None] * vt[:rank]


# %% right: normal equations, then the leading eigenvectors
def recover_projections(queries, keys, scores, rank):
    left = torch.linalg.solve(queries.T @ queries, queries.T)
    right = torch.linalg.solve(keys.T @ keys, keys.T)
    matrix = left @ scores @ right.T
    _, vectors = torch.linalg.eigh(matrix.T @ matrix)  # small to large
    W_k = vectors[:, -rank:].T
    return W_k @ matrix.T, W_k
