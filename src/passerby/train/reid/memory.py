"""Says which batch would fit when memory is short."""

from collections.abc import Callable

import torch

from passerby.errors import ConfigError

__all__ = ["is_out_of_memory", "too_large"]

_OF_THE_PROCESSOR = "can't allocate memory"
"""What torch says where the processor's memory is short, which has no error of its own."""


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory is short."""
    short = isinstance(error, torch.OutOfMemoryError | MemoryError)
    return short or (isinstance(error, RuntimeError) and _OF_THE_PROCESSOR in str(error))


def too_large(
    attempt: Callable[[int], object], batch: int, indivisible: int, parts: int
) -> ConfigError:
    """Find the largest part of a batch that fits, and say how to get it.

    Args:
        attempt: Learns from so many images, and raises if memory is short.
        batch: Images that were too many.
        indivisible: Images that must stay together.
        parts: Into how many a batch is split already.
    """
    smaller = 2
    while batch // smaller >= max(2, indivisible) and (batch // indivisible) % smaller == 0:
        if _fits(attempt, batch // smaller):
            return ConfigError(
                f"memory is short for {batch} images at a time, and {batch // smaller} fit: add "
                f"--accumulate {parts * smaller}"
            )
        smaller *= 2
    return ConfigError(
        f"memory is short for {batch} images at a time, and for any part of them: take smaller "
        "images (--size) or a narrower network (--option.width)"
    )


def _fits(attempt: Callable[[int], object], batch: int) -> bool:
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    try:
        attempt(batch)
    except Exception as error:
        if is_out_of_memory(error):
            return False
        raise
    return True
