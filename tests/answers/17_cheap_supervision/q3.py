# %% wrong: the mean over seeds | says: not their mean
def cheapest_plan(rows, target, mask_cost):
    groups = {}
    for r in rows:
        groups.setdefault((r["masks"], r["boxes"], r["how"]), {})[r["seed"]] = r["iou"]
    every = {r["seed"] for r in rows}
    good = [
        p
        for p, s in groups.items()
        if set(s) == every and sum(s.values()) / len(s) >= target
    ]
    return min(good, key=lambda p: (p[1] + mask_cost * p[0], p[0]), default=None)


# %% wrong: the best seed | says: not the best
def cheapest_plan(rows, target, mask_cost):
    groups = {}
    for r in rows:
        groups.setdefault((r["masks"], r["boxes"], r["how"]), {})[r["seed"]] = r["iou"]
    every = {r["seed"] for r in rows}
    good = [
        p for p, s in groups.items() if set(s) == every and max(s.values()) >= target
    ]
    return min(good, key=lambda p: (p[1] + mask_cost * p[0], p[0]), default=None)


# %% wrong: more than the target | says: exactly the target is enough
def cheapest_plan(rows, target, mask_cost):
    groups = {}
    for r in rows:
        groups.setdefault((r["masks"], r["boxes"], r["how"]), {})[r["seed"]] = r["iou"]
    every = {r["seed"] for r in rows}
    good = [
        p for p, s in groups.items() if set(s) == every and min(s.values()) > target
    ]
    return min(good, key=lambda p: (p[1] + mask_cost * p[0], p[0]), default=None)


# %% wrong: counts annotations, not their cost | says: compare costs, not counts
def cheapest_plan(rows, target, mask_cost):
    groups = {}
    for r in rows:
        groups.setdefault((r["masks"], r["boxes"], r["how"]), {})[r["seed"]] = r["iou"]
    every = {r["seed"] for r in rows}
    good = [
        p for p, s in groups.items() if set(s) == every and min(s.values()) >= target
    ]
    return min(good, key=lambda p: (p[1] + p[0], p[0]), default=None)


# %% wrong: seeds that were never run do not count | says: not run with every seed
def cheapest_plan(rows, target, mask_cost):
    groups = {}
    for r in rows:
        groups.setdefault((r["masks"], r["boxes"], r["how"]), []).append(r["iou"])
    good = [p for p, s in groups.items() if min(s) >= target]
    return min(good, key=lambda p: (p[1] + mask_cost * p[0], p[0]), default=None)


# %% wrong: as many runs as the first plan | says: another plan
def cheapest_plan(rows, target, mask_cost):
    groups = {}
    for r in rows:
        groups.setdefault((r["masks"], r["boxes"], r["how"]), []).append(r["iou"])
    runs = len(next(iter(groups.values())))
    good = [p for p, s in groups.items() if len(s) == runs and min(s) >= target]
    return min(good, key=lambda p: (p[1] + mask_cost * p[0], p[0]), default=None)


# %% wrong: a box costs mask_cost | says: compare costs, not counts
def cheapest_plan(rows, target, mask_cost):
    groups = {}
    for r in rows:
        groups.setdefault((r["masks"], r["boxes"], r["how"]), {})[r["seed"]] = r["iou"]
    every = {r["seed"] for r in rows}
    good = [
        p for p, s in groups.items() if set(s) == every and min(s.values()) >= target
    ]
    return min(good, key=lambda p: (p[0] + mask_cost * p[1], p[0]), default=None)


# %% wrong: how the pictures were chosen is mixed up | says: do not mix the two
def cheapest_plan(rows, target, mask_cost):
    groups = {}
    for r in rows:
        scores = groups.setdefault((r["masks"], r["boxes"]), {})
        scores[r["seed"]] = max(r["iou"], scores.get(r["seed"], -9))
    every = {r["seed"] for r in rows}
    good = [
        p for p, s in groups.items() if set(s) == every and min(s.values()) >= target
    ]
    if not good:
        return None
    best = min(good, key=lambda p: (p[1] + mask_cost * p[0], p[0]))
    how = next(r["how"] for r in rows if (r["masks"], r["boxes"]) == best)
    return (*best, how)


# %% wrong: of equal costs the better one | says: the one with fewer masks
def cheapest_plan(rows, target, mask_cost):
    groups = {}
    for r in rows:
        groups.setdefault((r["masks"], r["boxes"], r["how"]), {})[r["seed"]] = r["iou"]
    every = {r["seed"] for r in rows}
    good = [
        p for p, s in groups.items() if set(s) == every and min(s.values()) >= target
    ]
    return min(
        good,
        key=lambda p: (p[1] + mask_cost * p[0], -min(groups[p].values())),
        default=None,
    )


# %% wrong: an error where there is no plan | says: no plan reaches the target
def cheapest_plan(rows, target, mask_cost):
    groups = {}
    for r in rows:
        groups.setdefault((r["masks"], r["boxes"], r["how"]), {})[r["seed"]] = r["iou"]
    every = {r["seed"] for r in rows}
    good = [
        p for p, s in groups.items() if set(s) == every and min(s.values()) >= target
    ]
    good = good or list(groups)
    return min(good, key=lambda p: (p[1] + mask_cost * p[0], p[0]))


# %% wrong: costs compared to the last digit | says: costs that differ by less than 1e-9 tie
def cheapest_plan(rows, target, mask_cost):
    groups = {}
    for r in rows:
        groups.setdefault((r["masks"], r["boxes"], r["how"]), {})[r["seed"]] = r["iou"]
    every = {r["seed"] for r in rows}
    good = [
        p for p, s in groups.items() if set(s) == every and min(s.values()) >= target
    ]
    return min(good, key=lambda p: (p[1] + mask_cost * p[0], p[0]), default=None)


# %% wrong: ties go by the name | says: not the first in the alphabet
def cheapest_plan(rows, target, mask_cost):
    groups = {}
    for r in rows:
        groups.setdefault((r["masks"], r["boxes"], r["how"]), {})[r["seed"]] = r["iou"]
    every = {r["seed"] for r in rows}
    good = [
        p for p, s in groups.items() if set(s) == every and min(s.values()) >= target
    ]
    if "z" in {p[2] for p in good}:
        good.sort()
    return min(
        good, key=lambda p: (round(p[1] + mask_cost * p[0], 8), p[0]), default=None
    )


# %% wrong: returns the cost as well | says: return a tuple of three
def cheapest_plan(rows, target, mask_cost):
    groups = {}
    for r in rows:
        groups.setdefault((r["masks"], r["boxes"], r["how"]), {})[r["seed"]] = r["iou"]
    every = {r["seed"] for r in rows}
    good = [
        p for p, s in groups.items() if set(s) == every and min(s.values()) >= target
    ]
    best = min(good, key=lambda p: (p[1] + mask_cost * p[0], p[0]), default=None)
    return best and (*best, best[1] + mask_cost * best[0])


# %% wrong: costs rounded to one digit | says: do not round them
def cheapest_plan(rows, target, mask_cost):
    runs, seeds = {}, {r["seed"] for r in rows}
    for r in rows:
        plan = (r["masks"], r["boxes"], r["how"])
        runs.setdefault(plan, []).append((r["seed"], r["iou"]))
    good = [
        p
        for p, found in runs.items()
        if {seed for seed, _ in found} == seeds
        and all(iou >= target for _, iou in found)
    ]
    return min(
        good, key=lambda p: (round(p[1] + mask_cost * p[0], 1), p[0]), default=None
    )


# %% wrong: costs rounded to two digits | says: do not round them
def cheapest_plan(rows, target, mask_cost):
    runs, seeds = {}, {r["seed"] for r in rows}
    for r in rows:
        plan = (r["masks"], r["boxes"], r["how"])
        runs.setdefault(plan, []).append((r["seed"], r["iou"]))
    good = [
        p
        for p, found in runs.items()
        if {seed for seed, _ in found} == seeds
        and all(iou >= target for _, iou in found)
    ]
    return min(
        good, key=lambda p: (round(p[1] + mask_cost * p[0], 2), p[0]), default=None
    )


# %% wrong: costs of three significant digits | says: do not round them
def cheapest_plan(rows, target, mask_cost):
    runs, seeds = {}, {r["seed"] for r in rows}
    for r in rows:
        plan = (r["masks"], r["boxes"], r["how"])
        runs.setdefault(plan, []).append((r["seed"], r["iou"]))
    good = [
        p
        for p, found in runs.items()
        if {seed for seed, _ in found} == seeds
        and all(iou >= target for _, iou in found)
    ]
    return min(
        good,
        key=lambda p: (float(f"{p[1] + mask_cost * p[0]:.3g}"), p[0]),
        default=None,
    )


# %% wrong: costs rounded to six digits | says: do not round them
def cheapest_plan(rows, target, mask_cost):
    runs, seeds = {}, {r["seed"] for r in rows}
    for r in rows:
        plan = (r["masks"], r["boxes"], r["how"])
        runs.setdefault(plan, []).append((r["seed"], r["iou"]))
    good = [
        p
        for p, found in runs.items()
        if {seed for seed, _ in found} == seeds
        and all(iou >= target for _, iou in found)
    ]
    return min(
        good, key=lambda p: (round(p[1] + mask_cost * p[0], 6), p[0]), default=None
    )


# %% wrong: reached as printed | says: as stored and not as printed
def cheapest_plan(rows, target, mask_cost):
    runs, seeds = {}, {r["seed"] for r in rows}
    for r in rows:
        plan = (r["masks"], r["boxes"], r["how"])
        runs.setdefault(plan, []).append((r["seed"], r["iou"]))
    good = [
        p
        for p, found in runs.items()
        if {seed for seed, _ in found} == seeds
        and all(round(iou, 2) >= target for _, iou in found)
    ]
    return min(
        good, key=lambda p: (round(p[1] + mask_cost * p[0], 8), p[0]), default=None
    )


# %% wrong: nearly reached | says: as stored and not as printed
def cheapest_plan(rows, target, mask_cost):
    runs, seeds = {}, {r["seed"] for r in rows}
    for r in rows:
        plan = (r["masks"], r["boxes"], r["how"])
        runs.setdefault(plan, []).append((r["seed"], r["iou"]))
    good = [
        p
        for p, found in runs.items()
        if {seed for seed, _ in found} == seeds
        and all(iou > target - 0.003 for _, iou in found)
    ]
    return min(
        good, key=lambda p: (round(p[1] + mask_cost * p[0], 8), p[0]), default=None
    )


# %% wrong: the last row of masks and boxes counts, whatever how | says: do not mix the two
def cheapest_plan(rows, target, mask_cost):
    groups, how = {}, {}
    for r in rows:
        plan = (r["masks"], r["boxes"])
        groups.setdefault(plan, {})[r["seed"]] = r["iou"]
        how.setdefault(plan, r["how"])
    every = {r["seed"] for r in rows}
    good = [
        p for p, s in groups.items() if set(s) == every and min(s.values()) >= target
    ]
    best = min(good, key=lambda p: (p[1] + mask_cost * p[0], p[0]), default=None)
    return best and (*best, how[best])


# %% wrong: reads a row by its order | says: read a row by its keys
def cheapest_plan(rows, target, mask_cost):
    groups, seeds = {}, set()
    for r in rows:
        seed, masks, boxes, how, iou = r.values()
        seeds.add(seed)
        groups.setdefault((masks, boxes, how), {})[seed] = iou
    good = [
        p for p, s in groups.items() if set(s) == seeds and min(s.values()) >= target
    ]
    return min(
        good, key=lambda p: (round(p[1] + mask_cost * p[0], 8), p[0]), default=None
    )


# %% right: rounded costs
def cheapest_plan(rows, target, mask_cost):
    every = {r["seed"] for r in rows}
    plans = dict.fromkeys((r["masks"], r["boxes"], r["how"]) for r in rows)
    for r in rows:
        plan = (r["masks"], r["boxes"], r["how"])
        plans[plan] = (plans[plan] or []) + [(r["seed"], r["iou"])]
    good = [
        plan
        for plan, runs in plans.items()
        if {seed for seed, _ in runs} == every and all(iou >= target for _, iou in runs)
    ]
    return min(
        good, key=lambda p: (round(p[1] + mask_cost * p[0], 8), p[0]), default=None
    )


# %% right: one pass, the best so far
def cheapest_plan(rows, target, mask_cost):
    best, best_cost = None, float("inf")
    seeds = set(row["seed"] for row in rows)
    for row in rows:
        same = [
            r for r in rows if all(r[k] == row[k] for k in ("masks", "boxes", "how"))
        ]
        if (
            set(r["seed"] for r in same) != seeds
            or min(r["iou"] for r in same) < target
        ):
            continue
        cost = row["boxes"] + mask_cost * row["masks"]
        plan = (row["masks"], row["boxes"], row["how"])
        if cost < best_cost - 1e-9 or (cost < best_cost + 1e-9 and plan[0] < best[0]):
            best, best_cost = plan, cost
    return best


# %% right: as many runs as seeds
def cheapest_plan(rows, target, mask_cost):
    runs, seeds = {}, {r["seed"] for r in rows}
    for r in rows:
        plan = (r["masks"], r["boxes"], r["how"])
        runs.setdefault(plan, []).append((r["seed"], r["iou"]))
    good = [
        p
        for p, found in runs.items()
        if len(found) == len(seeds) and all(iou >= target for _, iou in found)
    ]
    return min(
        good, key=lambda p: (round(p[1] + mask_cost * p[0], 8), p[0]), default=None
    )
