"""When memory is short, the largest part of a batch that fits is named."""

import pytest
import torch

from passerby.train.reid.memory import is_out_of_memory, too_large

OF_THE_PROCESSOR = RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to ...")


@pytest.mark.parametrize(
    "error", [torch.OutOfMemoryError("CUDA out of memory"), MemoryError(), OF_THE_PROCESSOR]
)
def test_errors_of_memory_are_known(error):
    assert is_out_of_memory(error)


@pytest.mark.parametrize("error", [RuntimeError("shapes do not fit"), ValueError(), OSError(28)])
def test_other_errors_are_not(error):
    assert not is_out_of_memory(error)


@pytest.mark.parametrize(
    ("fitting", "parts", "complaint"),
    [
        (40, 1, "short for 64 images at a time, and 32 fit: add --accumulate 2"),
        (9, 1, "short for 64 images at a time, and 8 fit: add --accumulate 8"),
        (9, 2, "and 8 fit: add --accumulate 16"),
        (3, 1, "for any part of them: take smaller images"),
    ],
)
def test_the_largest_part_that_fits_is_named(fitting, parts, complaint):
    tried = []

    def attempt(images):
        tried.append(images)
        if images > fitting:
            raise torch.OutOfMemoryError

    assert complaint in str(too_large(attempt, 64, 4, parts))
    assert tried == [64 // 2**power for power in range(1, len(tried) + 1)]
    assert min(tried) >= 4


def test_another_error_while_trying_is_raised():
    def attempt(images):
        raise ValueError(images)

    with pytest.raises(ValueError, match="32"):
        too_large(attempt, 64, 1, 1)
