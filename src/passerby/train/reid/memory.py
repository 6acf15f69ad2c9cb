"""Says which batch would fit when memory is short."""

from collections.abc import Callable

import torch

from passerby.errors import ConfigError
from passerby.models.torch_memory import is_out_of_memory
from passerby.train.reid.settings import Recipe

__all__ = ["too_large"]


def too_large(
    attempt: Callable[[int], object], batch: int, recipe: Recipe, parts: int
) -> ConfigError:
    """Find the largest part of a batch that fits, and say how to get it.

    Args:
        attempt: Learns from so many images, and raises if memory is short.
        batch: Images that were too many.
        recipe: Says how a batch may be split.
        parts: Into how many a batch is split already.
    """
    for smaller in _divisors(batch // recipe.order.indivisible):
        images = batch // smaller
        if images >= recipe.smallest_part and _fits(attempt, images):
            return ConfigError(
                f"there is not enough memory for {batch} images at a time, but {images} fit: add "
                f"--accumulate {parts * smaller}"
            )
    return ConfigError(
        f"there is not enough memory for {batch} images at a time, nor for any part "
        "of them: use smaller images (--size) or a narrower network (--option.width)"
    )


def _divisors(number: int) -> list[int]:
    """Return what divides a number, from 2 on."""
    return [one for one in range(2, number + 1) if number % one == 0]


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
