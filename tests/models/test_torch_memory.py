"""Errors of short memory are told from others."""

import pytest
import torch

from passerby.models.torch_memory import is_out_of_memory

OF_THE_PROCESSOR = RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to ...")


@pytest.mark.parametrize(
    "error", [torch.OutOfMemoryError("CUDA out of memory"), MemoryError(), OF_THE_PROCESSOR]
)
def test_errors_of_memory_are_known(error):
    assert is_out_of_memory(error)


@pytest.mark.parametrize("error", [RuntimeError("shapes do not fit"), ValueError(), OSError(28)])
def test_other_errors_are_not(error):
    assert not is_out_of_memory(error)
