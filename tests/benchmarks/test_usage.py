import os
import sys

import pytest

from usage import ProgramError, usage_of

SPIN = "import time\nwhile time.process_time() < 0.5: pass"
SPIN_IN_CHILD = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {SPIN!r}])"
MEGABYTE = 1_000_000


def python(code: str) -> list[str]:
    return [sys.executable, "-S", "-c", code]


@pytest.mark.slow
@pytest.mark.parametrize("code", [SPIN, SPIN_IN_CHILD], ids=["its own", "of its child"])
def test_processor_time_is_counted(code: str) -> None:
    usage = usage_of(python(code))
    assert usage.cpu_seconds >= 0.5
    assert usage.seconds > 0


def test_sleep_takes_time_but_no_processor_time() -> None:
    usage = usage_of(python("import time\ntime.sleep(1)"))
    assert usage.seconds >= 1
    assert usage.cpu_seconds < usage.seconds


@pytest.mark.slow
def test_the_peak_is_that_of_the_program_and_not_of_who_measures() -> None:
    mine = bytearray(os.urandom(1) * 200 * MEGABYTE)
    small = usage_of(python("pass")).peak_bytes
    large = usage_of(python(f"bytearray(b'x' * {100 * MEGABYTE})")).peak_bytes
    assert len(mine) == 200 * MEGABYTE
    assert small < 50 * MEGABYTE
    assert 190 * MEGABYTE < large - small < 220 * MEGABYTE  # the bytes and their copy


def test_what_a_program_prints_is_no_part_of_its_figures() -> None:
    assert usage_of(python("print('{}')")).cpu_seconds > 0


def test_a_program_that_fails_is_told_of_with_its_last_line() -> None:
    with pytest.raises(ProgramError, match=r"ended with 3: the reason$"):
        usage_of(python("import sys\nprint('first')\nprint('the reason')\nsys.exit(3)"))


def test_a_program_that_is_not_there_is_told_of() -> None:
    with pytest.raises(ProgramError, match=r"nowhere.*ended with 127: .*No such file"):
        usage_of(["nowhere", "clip"])


def test_a_program_that_is_killed_has_failed() -> None:
    with pytest.raises(ProgramError, match="it said nothing"):
        usage_of(python("import os\nos.kill(os.getpid(), 9)"))
