"""Whether memory ran short where torch computes."""

import torch

__all__ = ["is_out_of_memory"]

_OF_THE_PROCESSOR = "can't allocate memory"
"""What torch says where the processor's memory is short, which has no error of its own."""


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory is short."""
    short = isinstance(error, torch.OutOfMemoryError | MemoryError)
    return short or (isinstance(error, RuntimeError) and _OF_THE_PROCESSOR in str(error))
