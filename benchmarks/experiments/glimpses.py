"""One look at sixteen places: fourteen ways to choose what the reader sees.

Every method trains the same reader (64 -> 64 -> 10) for the same steps on the
same scenes; only what it sees differs. Lesson 07 runs "hard" live and shows the
rest. The smoothest place is the one of lowest roughness: a rule, nothing learned.
Seeds 10 to 14 were not looked at while the settings were chosen.
"""

import torch
from torch import nn
from torch.nn import functional as F

from course_utils.experiments import store
from course_utils.hard_attention import gumbel_softmax_attention, reinforce_surrogate
from course_utils.training import fit
from course_utils.worlds import glimpses

STEPS, BATCH, LEARNING_RATE = 600, 64, 3e-3
SEEDS = range(10, 15)
INPUTS = {"gists only": 32, "gist of the smoothest": 2}
METHODS = (
    "gists only",
    "gist of the smoothest",
    "same place",
    "random place",
    "mean of patches",
    "smoothest place",
    "oracle place",
    "soft",
    "soft, then arg max",
    "straight-through",
    "hard",
    "hard, no baseline",
    "hard, shuffled gists",
    "hard, reward not detached",
)


def new_model(seed, inputs=64):
    """Return the glance, gist to score, and the reader, patch to ten scores."""
    torch.manual_seed(seed)
    glance = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 1))
    read = nn.Sequential(nn.Linear(inputs, 64), nn.ReLU(), nn.Linear(64, 10))
    return glance, read


def see(method, scores, patches, gists, places):
    """Return what the reader sees (batch, 64), and the places it looked at or None."""
    each = torch.arange(len(scores))
    smoothest = gists[..., 1].argmin(dim=-1)  # (batch,)
    if method == "gists only":
        return gists.flatten(1), None
    if method == "gist of the smoothest":
        return gists[each, smoothest], None
    if method == "smoothest place":
        return patches[each, smoothest], None
    if method == "same place":
        return patches[:, 5], None
    if method == "random place":
        return patches[each, torch.randint(16, (len(scores),))], None
    if method == "mean of patches":
        return patches.mean(dim=1), None
    if method == "oracle place":
        return patches[each, places], None
    weights = scores.softmax(dim=-1)  # (batch, places)
    if method in ("soft", "soft, then arg max"):
        return (weights[:, None] @ patches)[:, 0], None
    if method == "straight-through":
        output, _ = gumbel_softmax_attention(scores[:, None], patches, 1.0, hard=True)
        return output[:, 0], None
    looked = torch.multinomial(weights, 1).squeeze(-1)  # (batch,)
    return patches[each, looked], looked


def run(method, seed):
    """Return one row: accuracy, hits and when the place was found."""
    train, test = glimpses(4000, seed=seed), glimpses(1000, split="test", seed=seed)
    centre, spread = train.gists.mean((0, 1)), train.gists.std((0, 1))
    gists, patches = (train.gists - centre) / spread, train.patches.flatten(2)
    if method == "hard, shuffled gists":  # each scene gets another's
        gists = gists.roll(1, dims=0)
    glance, read = new_model(seed, INPUTS.get(method, 64))
    usual, on_digit = torch.tensor(0.0), []

    def loss(step):
        nonlocal usual
        batch = torch.randint(4000, (BATCH,))
        scores = glance(gists[batch]).squeeze(-1)  # (batch, places)
        places = train.places[batch]
        seen, looked = see(method, scores, patches[batch], gists[batch], places)
        shares = scores.detach().softmax(-1).gather(-1, places[:, None])
        on_digit.append(shares.mean().item())
        answers, labels = read(seen), train.labels[batch]
        losses = F.cross_entropy(answers, labels, reduction="none")  # (batch,)
        if looked is None:
            return losses.mean()
        rewards = -losses
        if method == "hard, reward not detached":
            log_weights = scores.log_softmax(-1).gather(-1, looked[:, None])[:, 0]
            surrogate = -((rewards - usual) * log_weights).mean()
        else:
            baseline = 0.0 if method == "hard, no baseline" else usual
            surrogate = reinforce_surrogate(scores, looked, rewards, baseline)
        usual = 0.9 * usual + 0.1 * rewards.detach().mean()
        return losses.mean() + surrogate

    parameters = [*glance.parameters(), *read.parameters()]
    fit(parameters, loss, STEPS, LEARNING_RATE, seed, method)
    with torch.no_grad():
        gists = (test.gists - centre) / spread
        if method == "hard, shuffled gists":
            gists = gists.roll(1, dims=0)
        scores = glance(gists).squeeze(-1)
        looks = scores.argmax(-1)  # (scenes,)
        patches = test.patches.flatten(2)
        if method.startswith(("hard", "straight")) or method.endswith("arg max"):
            seen = patches[torch.arange(1000), looks]
        else:
            seen, _ = see(method, scores, patches, gists, test.places)
        right = read(seen).argmax(-1) == test.labels
    found = [step for step, share in enumerate(on_digit) if share > 0.9]
    trained = glance[0].weight.grad is not None
    hits = (looks == test.places).float().mean().item()
    return {
        "method": method,
        "seed": seed,
        "accuracy": right.float().mean().item(),
        "place found": hits if trained else None,
        "steps to 0.9": found[0] if found else None,
    }


def rows():
    """Yield a row for every method and seed."""
    for method in METHODS:
        for seed in SEEDS:
            yield run(method, seed)


if __name__ == "__main__":
    torch.set_num_threads(1)
    print(store("glimpses", rows()))
