"""Every lesson starts in the same state, whatever ran before."""

import torch

from course_utils.lesson import begin


def test_begin_gives_the_same_numbers_again():
    begin()
    first = torch.rand(5)
    torch.rand(3)
    begin()
    assert torch.equal(torch.rand(5), first)
    begin(seed=1)
    assert not torch.equal(torch.rand(5), first)


def test_begin_uses_one_thread_and_four_digits():
    begin()
    assert torch.get_num_threads() == 1
    assert str(torch.tensor([1 / 3, 1e-6])) == "tensor([0.3333, 0.0000])"
