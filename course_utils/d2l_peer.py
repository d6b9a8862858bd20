"""The one place that imports d2l, the library of Dive into Deep Learning.

The course compares its mechanisms with d2l's and needs it for nothing else:
where d2l is absent, the lessons run and say what they skip. Compare on copies:
d2l's ``masked_softmax`` writes into the scores it is given.
"""

import importlib
from types import ModuleType

from course_utils.torchvision_peer import import_torchvision

HOW_TO_INSTALL = (
    "d2l is not installed: the comparison with it is skipped. To run it: "
    "python -m pip install --no-deps d2l==1.0.3 (after torchvision, pandas, requests)"
)


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
