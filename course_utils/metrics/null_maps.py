"""Maps that know nothing of any network: what a real map has to beat.

A score of .9 says nothing until you know what a map scores that cannot have
learned anything. Three such maps:

- **random**: independent noise; shows chance, and its spread;
- **centre**: one bump in the middle; strong wherever people put what matters in
  the middle of the picture, as photographers do;
- **edge**: how fast the brightness changes; strong wherever the object is the
  most richly drawn thing.

Source: as null baselines in the evaluation tutorial of pytorch-grad-cam (random,
    edges); Adebayo et al., "Sanity Checks for Saliency Maps", 2018, arXiv
    1810.03292 (an edge detector looks like an explanation).
"""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from course_utils.arguments import (
    require_count,
    require_finite,
    require_positive,
    require_tensor,
)


def random_maps(maps: int, height: int, width: int, seed: int = 0) -> Tensor:
    """Return maps of independent numbers, even between 0 and 1.

    Args:
        maps, height, width: how many, and of which size.
        seed: the same seed gives the same maps on every machine.

    Returns:
        (maps, height, width), float32.

    Raises:
        TypeError, ValueError: a count that is no whole number of at least 1, or a
            seed below 0.
    """
    for name, count in (("maps", maps), ("height", height), ("width", width)):
        require_count(name, count)
    require_count("seed", seed, least=0)
    noise = np.random.default_rng(seed).random((maps, height, width))
    return torch.from_numpy(noise).float()  # (maps, height, width)


def centre_map(height: int, width: int, spread: float = 0.2) -> Tensor:
    """Return a round bump in the middle: 1 at the centre, near 0 at the rim.

    ``exp(-(y^2 + x^2) / (2 spread^2))``, with y and x measured from the centre of
    the picture in heights and widths.

    Returns:
        (height, width), float32; the four cells around the centre of a picture of
        even size tie.

    Raises:
        TypeError, ValueError: counts below 1, or a spread that is not above 0.
    """
    require_count("height", height)
    require_count("width", width)
    require_positive("spread", spread)
    y = (torch.arange(height) - (height - 1) / 2) / height  # (height,)
    x = (torch.arange(width) - (width - 1) / 2) / width  # (width,)
    squares = y[:, None].square() + x.square()  # (height, width)
    return torch.exp(-squares / (2 * spread**2))


def edge_maps(pictures: Tensor) -> Tensor:
    """Return how fast the brightness changes at each pixel (Sobel).

    The length of the gradient ``sqrt(down^2 + across^2)``: each part is a
    difference of two neighbours, smoothed along the other axis. Outside the
    picture the rim is repeated. Channels are averaged first.

    Args:
        pictures: (pictures, channels, height, width).

    Returns:
        (pictures, height, width), at least 0: 0 where the picture is flat, 1 per
        pixel where the brightness rises by 1 per pixel.

    Raises:
        TypeError: not a floating-point tensor.
        ValueError: another number of axes, no pixel, NaN or infinite numbers.

    Source: Sobel and Feldman, "A 3x3 Isotropic Gradient Operator", 1968.
    """
    require_tensor("pictures", pictures, "pictures, channels, height, width")
    require_finite("pictures", pictures)
    if pictures.numel() == 0:
        raise ValueError(f"pictures: expected pixels, got {tuple(pictures.shape)}")
    grey = pictures.mean(dim=1, keepdim=True)  # (pictures, 1, height, width)
    smooth = grey.new_tensor([1.0, 2.0, 1.0]) / 4
    change = grey.new_tensor([-1.0, 0.0, 1.0]) / 2
    down = change[:, None] * smooth  # (3, 3)
    kernels = torch.stack([down, down.T])[:, None]  # (2, 1, 3, 3)
    padded = F.pad(grey, (1, 1, 1, 1), mode="replicate")
    slopes = F.conv2d(padded, kernels)  # (pictures, 2, height, width)
    return slopes.square().sum(dim=1).sqrt()  # (pictures, height, width)
