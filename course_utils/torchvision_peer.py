"""The one place that imports torchvision: reference backbones, never weights.

Where torchvision's compiled operators do not fit the installed torch, its import
fails with "operator torchvision::nms does not exist": torchvision describes two
operators that its compiled part never declared. Declaring them first cures the
import; they still cannot be called. d2l, which imports torchvision, comes here too.
"""

import importlib
from types import ModuleType

import torch

# A declaration lives as long as its library object: keep it here.
_declared: list[torch.library.Library] = []


def import_torchvision() -> ModuleType:
    """Return torchvision, also where its compiled operators do not fit torch.

    Raises:
        ModuleNotFoundError: torchvision is not installed.
    """
    try:
        return importlib.import_module("torchvision")
    except RuntimeError as error:
        if "operator torchvision::nms does not exist" not in str(error):
            raise
    library = torch.library.Library("torchvision", "DEF")
    for name in ("nms", "qnms"):
        library.define(
            f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
        )
    _declared.append(library)
    return importlib.import_module("torchvision")
