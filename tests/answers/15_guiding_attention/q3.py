# %% wrong: the first measured count, no line between | says: on a straight line
def break_even(masks, pictures, target, q):
    def needed(curve):
        return next((count for count, score in curve if score >= target), None)

    m, c = needed(masks), needed(pictures)
    if m is None:
        return None if c is None else 0.0
    return math.inf if c is None else q * c / m


# %% wrong: the ratio upside down | says: the example
def break_even(masks, pictures, target, q):
    def needed(curve):
        for (a, low), (b, high) in itertools.pairwise(curve):
            if high >= target:
                return a + (b - a) * (target - low) / (high - low)
        return None

    m, c = needed(masks), needed(pictures)
    if m is None:
        return None if c is None else 0.0
    return math.inf if c is None else q * m / c


# %% wrong: divides by the price of a picture | says: the example
def break_even(masks, pictures, target, q):
    def needed(curve):
        for (a, low), (b, high) in itertools.pairwise(curve):
            if high >= target:
                return a + (b - a) * (target - low) / (high - low)
        return None

    m, c = needed(masks), needed(pictures)
    if m is None:
        return None if c is None else 0.0
    return math.inf if c is None else c / (m * q)


# %% wrong: forgets the price of a picture | says: the example
def break_even(masks, pictures, target, q):
    def needed(curve):
        for (a, low), (b, high) in itertools.pairwise(curve):
            if high >= target:
                return a + (b - a) * (target - low) / (high - low)
        return None

    m, c = needed(masks), needed(pictures)
    if m is None:
        return None if c is None else 0.0
    return math.inf if c is None else c / m


# %% wrong: np.interp with the axes exchanged | says: curves may fall again
def break_even(masks, pictures, target, q):
    import numpy as np

    def needed(curve):
        counts, scores = zip(*curve)
        if max(scores) < target:
            return None
        order = np.argsort(scores)
        return float(
            np.interp(target, np.array(scores)[order], np.array(counts)[order])
        )

    m, c = needed(masks), needed(pictures)
    if m is None:
        return None if c is None else 0.0
    return math.inf if c is None else q * c / m


# %% wrong: the last crossing | says: the first count at which the target is reached
def break_even(masks, pictures, target, q):
    def needed(curve):
        found = None
        for (a, low), (b, high) in itertools.pairwise(curve):
            if low < target <= high:
                found = a + (b - a) * (target - low) / (high - low)
        return found

    m, c = needed(masks), needed(pictures)
    if m is None:
        return None if c is None else 0.0
    return math.inf if c is None else q * c / m


# %% wrong: the target must be exceeded | says: a score that equals the target
def break_even(masks, pictures, target, q):
    def needed(curve):
        for (a, low), (b, high) in itertools.pairwise(curve):
            if high > target:
                return a + (b - a) * (target - low) / (high - low)
        return None

    m, c = needed(masks), needed(pictures)
    if m is None:
        return None if c is None else 0.0
    return math.inf if c is None else q * c / m


# %% wrong: infinity and 0 exchanged | says: any price pays
def break_even(masks, pictures, target, q):
    def needed(curve):
        for (a, low), (b, high) in itertools.pairwise(curve):
            if high >= target:
                return a + (b - a) * (target - low) / (high - low)
        return None

    m, c = needed(masks), needed(pictures)
    if m is None:
        return None if c is None else math.inf
    return 0.0 if c is None else q * c / m


# %% wrong: infinity where neither reaches the target | says: there is no such price
def break_even(masks, pictures, target, q):
    def needed(curve):
        for (a, low), (b, high) in itertools.pairwise(curve):
            if high >= target:
                return a + (b - a) * (target - low) / (high - low)
        return None

    m, c = needed(masks), needed(pictures)
    if c is None:
        return math.inf
    return 0.0 if m is None else q * c / m


# %% wrong: a line from the first pair to the first one above | says: hint
def break_even(masks, pictures, target, q):
    def needed(curve):
        start, low = curve[0]
        for b, high in curve[1:]:
            if high >= target:
                return start + (b - start) * (target - low) / (high - low)
        return None

    m, c = needed(masks), needed(pictures)
    if m is None:
        return None if c is None else 0.0
    return math.inf if c is None else q * c / m


# %% wrong: takes the first pair off the lists | says: leave them as they are
def break_even(masks, pictures, target, q):
    def needed(curve):
        a, low = curve.pop(0)
        while curve:
            b, high = curve.pop(0)
            if high >= target:
                return a + (b - a) * (target - low) / (high - low)
            a, low = b, high
        return None

    m, c = needed(masks), needed(pictures)
    if m is None:
        return None if c is None else 0.0
    return math.inf if c is None else q * c / m


# %% wrong: rounds up to whole items | says: straight line
def break_even(masks, pictures, target, q):
    def needed(curve):
        for (a, low), (b, high) in itertools.pairwise(curve):
            if high >= target:
                exact = a + (b - a) * (target - low) / (high - low)
                return 10 * math.ceil(exact / 10)
        return None

    m, c = needed(masks), needed(pictures)
    if m is None:
        return None if c is None else 0.0
    return math.inf if c is None else q * c / m


# %% wrong: rounds up to whole items, only where they are not whole | says: falls, rises and falls
def break_even(masks, pictures, target, q):
    def needed(curve):
        for (a, low), (b, high) in itertools.pairwise(curve):
            if high >= target:
                exact = a + (b - a) * (target - low) / (high - low)
                return math.ceil(exact - 0.4)
        return None

    m, c = needed(masks), needed(pictures)
    if m is None:
        return None if c is None else 0.0
    return math.inf if c is None else q * c / m


# %% wrong: looks at the last score only | says: ends below the target
def break_even(masks, pictures, target, q):
    def needed(curve):
        if curve[-1][1] < target:
            return None
        for (a, low), (b, high) in itertools.pairwise(curve):
            if high >= target:
                return a + (b - a) * (target - low) / (high - low)

    m, c = needed(masks), needed(pictures)
    if m is None:
        return None if c is None else 0.0
    return math.inf if c is None else q * c / m


# %% right: with while and indices
def break_even(masks, pictures, target, q):
    def needed(curve):
        i = 1
        while i < len(curve) and curve[i][1] < target:
            i += 1
        if i == len(curve):
            return math.inf
        slope = (curve[i][1] - curve[i - 1][1]) / (curve[i][0] - curve[i - 1][0])
        return curve[i - 1][0] + (target - curve[i - 1][1]) / slope

    m, c = needed(masks), needed(pictures)
    if m == c == math.inf:
        return None
    if m == math.inf:
        return 0.0
    return q * c / m


# %% right: NumPy on the piece that crosses
def break_even(masks, pictures, target, q):
    import numpy as np

    def needed(curve):
        counts, scores = np.array(curve, dtype=float).T
        above = np.flatnonzero(scores >= target)
        if len(above) == 0:
            return None
        piece = slice(above[0] - 1, above[0] + 1)
        return np.interp(target, scores[piece], counts[piece])

    m, c = needed(masks), needed(pictures)
    if m is None and c is None:
        return None
    if m is None:
        return 0.0
    return float("inf") if c is None else q * c / m


# %% right: exact fractions
def break_even(masks, pictures, target, q):
    from fractions import Fraction

    def needed(curve):
        for (a, low), (b, high) in itertools.pairwise(curve):
            if high >= target:
                a, low, b, high = map(Fraction, (a, low, b, high))
                return a + (b - a) * (Fraction(target) - low) / (high - low)
        return None

    m, c = needed(masks), needed(pictures)
    if m is None:
        return None if c is None else 0.0
    return math.inf if c is None else Fraction(q) * c / m
