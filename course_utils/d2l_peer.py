"""The one place that imports d2l, the library of Dive into Deep Learning.

The course compares its mechanisms with d2l's and needs it for nothing else:
where d2l is absent, the lessons run and say what they skip. Compare on copies:
d2l's ``masked_softmax`` writes into the scores it is given.

d2l 1.0.3 imports torchvision. Where torchvision's compiled operators do not fit
the installed torch, that import fails with "operator torchvision::nms does not
exist": torchvision describes two operators that its compiled part never
declared. Declaring them first cures the import; they still cannot be called.
"""

import importlib
from types import ModuleType

import torch

HOW_TO_INSTALL = (
    "d2l is not installed: the comparison with it is skipped. To run it: "
    "python -m pip install --no-deps d2l==1.0.3 (after torchvision, pandas, requests)"
)

# A declaration lives as long as its library object: keep it here.
_declared: list[torch.library.Library] = []


def load_d2l() -> ModuleType | None:
    """Return the module ``d2l.torch``, or None where it is not installed.

    Use ``HOW_TO_INSTALL`` to tell the reader what is skipped and why.

    Source: Zhang, Lipton, Li and Smola 2021, arXiv 2106.11342.
    """
    try:
        import_torchvision()
        return importlib.import_module("d2l.torch")
    except ModuleNotFoundError:
        return None


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
