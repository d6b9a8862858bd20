"""Which layer connects two ends of a picture? Fourteen layers, five seeds each.

Every row trains one ``TwinNetwork`` and asks it about 2000 pictures it never saw.
Only the layer in the middle differs. Run from the folder of the course:

    python benchmarks/experiments/find_the_twin.py
"""

from collections.abc import Iterator

import torch
from torch import nn

from course_utils.conv_attention import (
    FORMS,
    ChannelSpatialGate,
    NonLocal2d,
    SelfAttention2d,
    SqueezeExcitation,
    TwinNetwork,
    conv_block,
    peaks_on_twin,
    right_colours,
    train_on_twins,
    where_it_looks,
)
from course_utils.experiments import store
from course_utils.worlds import find_the_twin

CHANNELS, SEEDS, STEPS = 32, range(5), 600
TEST_SEED, TEST_PICTURES = 999, 2000


def attention(gamma: float, scaled: bool) -> nn.Module:
    """SAGAN's layer with 8 numbers for query and key; gamma at the given start."""
    layer = SelfAttention2d(CHANNELS, reduction=4, scaled=scaled)
    nn.init.constant_(layer.gamma, gamma)
    return layer


def uniform() -> nn.Module:
    """The control: the same layer, but every place weighs every place alike."""
    layer = attention(1.0, scaled=True)
    for weights in layer.query.parameters():
        nn.init.zeros_(weights).requires_grad_(False)
    return layer


def non_local(form: str) -> nn.Module:
    """A non-local block that does not begin as the identity."""
    layer = NonLocal2d(CHANNELS, form)
    layer.w_z.reset_parameters()
    return layer


MIDDLES = {
    "nothing": nn.Identity,
    "3 more convolutions": lambda: nn.Sequential(
        *[conv_block(CHANNELS, CHANNELS) for _ in range(3)]
    ),
    "3 dilated convolutions": lambda: nn.Sequential(
        *[conv_block(CHANNELS, CHANNELS, dilation=d) for d in (2, 4, 8)]
    ),
    "squeeze-and-excitation": lambda: SqueezeExcitation(CHANNELS, reduction=4),
    "scSE": lambda: ChannelSpatialGate(CHANNELS),
    "attention, uniform weights": uniform,
    "attention, gamma 1, scaled": lambda: attention(1.0, scaled=True),
    "attention, gamma 1, not scaled": lambda: attention(1.0, scaled=False),
    "attention, gamma 0, scaled": lambda: attention(0.0, scaled=True),
    "attention, gamma 0, not scaled": lambda: attention(0.0, scaled=False),
    **{f"non-local, {form}": lambda form=form: non_local(form) for form in FORMS},
}


def run(name: str, seed: int, steps: int = STEPS) -> dict:
    """Return the row of one layer and one seed."""
    torch.manual_seed(seed)
    network = TwinNetwork(MIDDLES[name]())
    history = train_on_twins(network, seed, steps)
    world = find_the_twin(TEST_PICTURES, seed=TEST_SEED)
    row = {
        "middle": name,
        "seed": seed,
        "parameters": sum(weights.numel() for weights in network.parameters()),
        "accuracy": right_colours(network, world).item(),
        "last_loss": history[-50:].mean().item(),
    }
    if isinstance(network.middle, SelfAttention2d | NonLocal2d):
        row["on_twin"] = peaks_on_twin(where_it_looks(network, world), world).item()
    if isinstance(network.middle, SelfAttention2d):
        row["gamma"] = network.middle.gamma.item()
    losses = history.unfold(0, 50, 50).mean(dim=1)  # (steps / 50,)
    row["losses"] = [round(loss, 3) for loss in losses.tolist()]
    return row


def rows() -> Iterator[dict]:
    """Yield a row for every layer and seed."""
    torch.set_num_threads(1)
    for name in MIDDLES:
        for seed in SEEDS:
            row = run(name, seed)
            print(row["middle"], seed, round(row["accuracy"], 3), flush=True)
            yield row


if __name__ == "__main__":
    store("find_the_twin", rows())
