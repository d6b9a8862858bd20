"""How every lesson starts: the same seed, threads and printed digits."""

import torch

from course_utils.arguments import require_count


def begin(seed: int = 0) -> None:
    """Make the notebook reproducible; call it in the first code cell.

    Seeds PyTorch, uses one thread (two threads that wait for each other are
    slower on a busy machine, and add up in another order), and prints four
    significant digits, as many as agree on every machine.
    """
    require_count("seed", seed, least=0)
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    torch.set_printoptions(precision=4, sci_mode=False)
