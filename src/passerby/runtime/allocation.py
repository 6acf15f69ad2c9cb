"""Lets a process keep the memory that it frees.

Each frame and each step of a training frees what the next one asks for. The C library gives much
of it back to the system, which has to clear it again page by page.
"""

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["kept_memory"]

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _MMAP_MAX = -1, -3, -4
"""What ``mallopt`` of glibc calls M_TRIM_THRESHOLD, M_MMAP_THRESHOLD and M_MMAP_MAX."""

_KEPT = ((_TRIM_THRESHOLD, -1), (_MMAP_MAX, 0))
_USUAL = ((_TRIM_THRESHOLD, 64 << 20), (_MMAP_THRESHOLD, 32 << 20), (_MMAP_MAX, 65_536))
"""Where glibc's own thresholds end up in a process that has used large blocks."""


@contextmanager
def kept_memory() -> Iterator[None]:
    """Keep memory that is freed in the block, and give it back to the system at its end.

    It holds for the whole process, and does nothing where the C library is not glibc.
    """
    library = ctypes.CDLL(None) if sys.platform == "linux" else None
    if library is None or not hasattr(library, "gnu_get_libc_version"):
        yield
        return
    for parameter, value in _KEPT:
        library.mallopt(parameter, value)
    try:
        yield
    finally:
        for parameter, value in _USUAL:
            library.mallopt(parameter, value)
        library.malloc_trim(0)
