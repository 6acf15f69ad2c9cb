"""Which parts of passerby the main thread of a command spends its processor time in.

    python benchmarks/main_thread.py anonymize clip.mp4 -o copy.mp4

prints it as JSON, in seconds. Networks, decoders and encoders have threads of their own.

Every two milliseconds, the time since the last look goes to the innermost part that is at work. A
profiler that counts calls would make many small functions look slower than they are.
"""

import json
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import passerby
from passerby.cli import main as command

__all__ = ["by_part"]

INTERVAL = 0.002
PARTS = {
    "sources": "reading",
    "detection": "finding",
    "models": "finding",
    "tracking": "tracking",
    "anonymization": "covering",
    "sinks": "writing",
    "pipeline": "bookkeeping",
    "runs": "bookkeeping",
}
"""Of the folders of passerby. Whatever else runs is counted for the one that called it."""
REST = "start"
_ROOT = Path(passerby.__file__).parent


@contextmanager
def by_part() -> Iterator[dict[str, float]]:
    """Count the seconds of the main thread by part, while a block runs in it."""
    seconds: dict[str, float] = defaultdict(float)
    parts: dict[str, str | None] = {}
    last = time.thread_time()

    def look(_number: int, frame: FrameType | None) -> None:
        nonlocal last
        now = time.thread_time()
        seconds[_part(frame, parts)] += now - last
        last = now
        # Not before this look is over: another one within it would never end.
        signal.setitimer(signal.ITIMER_REAL, INTERVAL)

    before = signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, INTERVAL)
    try:
        yield seconds
    finally:
        # First of all no more looks: each sets the timer anew, and whoever had the signal before
        # would get it.
        signal.signal(signal.SIGALRM, signal.SIG_IGN)
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _part(frame: FrameType | None, parts: dict[str, str | None]) -> str:
    """The innermost part that is at work; ``parts`` remembers those of files."""
    while frame is not None:
        name = frame.f_code.co_filename
        if name not in parts:
            parts[name] = _part_of(Path(name))
        part = parts[name]
        if part is not None:
            return part
        frame = frame.f_back
    return REST


def _part_of(path: Path) -> str | None:
    inside = path.relative_to(_ROOT).parts if path.is_relative_to(_ROOT) else ("",)
    return PARTS.get(inside[0])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and print what its main thread did; returns the command's exit code."""
    with by_part() as seconds:
        code = command(sys.argv[1:] if arguments is None else arguments)
    total = time.process_time()
    print(json.dumps({**seconds, "all threads": total}))
    return code


if __name__ == "__main__":
    sys.exit(main())
