"""What a program costs: processor time, time and memory.

    python benchmarks/usage.py COMMAND [ARGUMENT ...]

prints it as JSON; what the command prints goes to standard error. This is a program of its own
because the system counts the memory of whoever starts a program as that program's: this one is
small.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

__all__ = ["ProgramError", "Usage", "usage_of"]

_NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"

PEAK_UNIT = 1 if sys.platform == "darwin" else 1024
"""Bytes in one unit of the peak that the system reports."""


class ProgramError(Exception):
    """A measured program failed."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What one run of a program took.

    Attributes:
        cpu_seconds: Processor time of the program and of all that it started.
        seconds: From start to end.
        peak_bytes: Most memory of the program, or of the largest that it started, at any time.
    """

    cpu_seconds: float
    seconds: float
    peak_bytes: int


def usage_of(command: Sequence[str]) -> Usage:
    """Run a command to its end and measure it, as if it had been run before.

    Python may keep the bytecode of what is imported, whatever the environment says: otherwise
    the time to compile it would be counted again for each run.

    Raises:
        ProgramError: If it cannot be started or ends with anything but 0.
    """
    environment = {name: value for name, value in os.environ.items() if name != _NO_BYTECODE}
    ran = subprocess.run(
        [sys.executable, "-I", __file__, *command],
        env=environment,
        capture_output=True,
        check=False,
        text=True,
        errors="replace",
    )
    if ran.returncode:
        last = (ran.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise ProgramError(f"{' '.join(command)} ended with {ran.returncode}: {last}")
    return Usage(**json.loads(ran.stdout))


def _run(command: Sequence[str]) -> tuple[int, Usage]:
    """Run a command; returns its exit code and what it took."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=sys.stderr)
    _, status, spent = os.wait4(process.pid, 0)
    seconds = time.monotonic() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    cpu_seconds = spent.ru_utime + spent.ru_stime
    return process.returncode, Usage(cpu_seconds, seconds, spent.ru_maxrss * PEAK_UNIT)


def main() -> int:
    """Measure the command that the arguments give."""
    try:
        code, usage = _run(sys.argv[1:])
    except OSError as error:
        print(error, file=sys.stderr)
        return 127
    print(json.dumps(asdict(usage)))
    return code


if __name__ == "__main__":
    sys.exit(main())
