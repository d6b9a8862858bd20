"""The networks that a project may hand in: a small family, described by settings.

A file of weights says nothing about the network they belong to, and code from a
stranger is not run to find out. So a project chooses from a family: which layer
stands in the middle, which pool makes the logits, how wide and how deep.
"""

from dataclasses import asdict, dataclass, fields
from functools import partial

from course_utils.arguments import (
    require_choice,
    require_count,
    require_instance,
    require_number,
)
from course_utils.class_maps import (
    MapClassifier,
    average_pool_logits,
    lse_pool_logits,
    max_pool_logits,
)
from course_utils.conv_attention import SelfAttention2d, SqueezeExcitation

MIDDLES = ("none", "gate", "attention")
POOLS = ("average", "lse", "maximum")
LONGEST = 20  # characters of a setting in a file
MOST = 1_000_000  # the largest whole number in a file


@dataclass(frozen=True)
class Settings:
    """What a network is made of.

    middle: ``"none"``, ``"gate"`` (squeeze-and-excitation) or ``"attention"``
        (self-attention over the feature map).
    pool: ``"average"``, ``"lse"`` or ``"maximum"``: what makes a logit of a map.
    r: of the LSE pool, 0.1 to 50.
    scale: what the pooled scores are multiplied with, 0.1 to 50.
    channels: of the feature map, 8 to 64, a multiple of 4.
    depth: how many 1 x 1 convolutions follow the middle, 0 to 4.

    Raises:
        TypeError, ValueError: a setting out of its range.
    """

    middle: str = "none"
    pool: str = "average"
    r: float = 8.0
    scale: float = 7.4
    channels: int = 32
    depth: int = 2

    def __post_init__(self) -> None:
        require_choice("middle", self.middle, MIDDLES)
        require_choice("pool", self.pool, POOLS)
        require_number("r", self.r, 0.1, 50)
        require_number("scale", self.scale, 0.1, 50)
        require_count("channels", self.channels, least=8)
        require_number("channels", self.channels, 8, 64)
        require_count("depth", self.depth, least=0)
        require_number("depth", self.depth, 0, 4)
        if self.channels % 4:
            raise ValueError(
                f"channels: expected a multiple of 4, got {self.channels}; gate and "
                "attention compare a quarter of the channels"
            )

    def as_dict(self) -> dict[str, str | int | float]:
        """Return the settings as a plain dictionary, for a file."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: object) -> "Settings":
        """Return the settings that a file holds.

        Raises:
            TypeError, ValueError: not a dictionary, unknown names, values that are
                no short text and no number, or out of their range.
        """
        if not isinstance(values, dict):
            raise TypeError(
                f"settings: expected a dictionary, got {type(values).__name__}"
            )
        known = [field.name for field in fields(cls)]
        others = sum(name not in known for name in values)
        if others:
            raise ValueError(
                f"settings: expected names out of {', '.join(known)}, got {others} "
                "others"
            )
        for name, value in values.items():
            _require_short(name, value)
        return cls(**values)


def _require_short(name: str, value: object) -> None:
    """Raise unless a stranger's value is a short text or a number of usual size.

    What is checked later is quoted when it is wrong; so it must not be long.
    """
    kind = type(value)
    if kind not in (str, int, float):
        raise TypeError(f"{name}: expected text or a number, got {kind.__name__}")
    if kind is str and len(value) > LONGEST:
        raise ValueError(f"{name}: expected a short word, got {len(value)} characters")
    if kind is int and abs(value) > MOST:
        raise ValueError(f"{name}: expected a number of usual size")


def build_network(settings: Settings) -> MapClassifier:
    """Return a new network with these settings, its weights drawn by PyTorch's seed.

    Called with images (batch, 3, 32, 32) it returns logits (batch, 2) and maps
    (batch, 2, 8, 8): one score for each class and patch.
    """
    require_instance("settings", settings, Settings, "write Settings(...)")
    middles = {
        "none": lambda channels: None,
        "gate": lambda channels: SqueezeExcitation(channels, reduction=4),
        "attention": lambda channels: SelfAttention2d(channels, 4, scaled=True),
    }
    pools = {
        "average": average_pool_logits,
        "lse": partial(lse_pool_logits, r=settings.r),
        "maximum": max_pool_logits,
    }
    middle = middles[settings.middle](settings.channels)
    network = MapClassifier(
        classes=2,
        pool=pools[settings.pool],
        strides=(1, 2, 2),
        channels=settings.channels,
        scale=settings.scale,
        depth=settings.depth,
    )
    if middle is not None:
        network.features.insert(3, middle)  # behind the three 3 x 3 convolutions
    return network
