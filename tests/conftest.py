"""What all tests share: one thread, no progress bars, the same seed."""

import os

# Before PyTorch is imported: two waiting threads are slower than one.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["COURSE_PROGRESS"] = "off"

import pytest


@pytest.fixture(autouse=True)
def same_seed():
    """Every test starts from the same random numbers, alone or in the whole run."""
    import random

    import numpy
    import torch

    random.seed(0)
    numpy.random.seed(0)  # noqa: NPY002 - libraries under test may use it
    torch.manual_seed(0)
