"""Freed memory is kept and given back, by what the system counts."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="counts as Linux counts")

PROGRAM = """
import resource
from passerby.runtime.allocation import kept_memory

BLOCK = 48_000_000

def pages_cleared():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(4):
        b"x" * BLOCK
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()

usual = pages_cleared()
with kept_memory():
    b"x" * BLOCK
    kept = pages_cleared()
    held = resident()
print(usual, kept, held - resident(), pages_cleared())
"""


def counted(program: str) -> list[int]:
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return [int(one) for one in done.stdout.split()]


def test_freed_memory_is_kept_within_the_block_alone() -> None:
    usual, kept, given_back, afterwards = counted(PROGRAM)
    assert usual > 80  # of four blocks, even where a page has 2 MB
    assert kept < usual / 4
    assert given_back > 40_000_000
    assert afterwards > usual / 2


def test_other_systems_are_left_alone() -> None:
    usual, kept, *_ = counted(f"import sys; sys.platform = 'darwin'\n{PROGRAM}")
    assert kept > usual / 2
