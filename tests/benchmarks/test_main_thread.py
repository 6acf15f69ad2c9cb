"""How the time of the main thread is shared out."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import main_thread
from main_thread import PARTS, REST, by_part

ROOT = Path(main_thread.__file__).parents[1]


def busy(seconds: float) -> None:
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def in_folder(place: str) -> Callable[[Callable[[], None]], None]:
    """A function that calls another, compiled as if it stood in a folder of passerby."""
    path = Path(main_thread.passerby.__file__).parent / place
    scope: dict[str, Callable[[Callable[[], None]], None]] = {}
    exec(compile("def call(work):\n    work()\n", str(path), "exec"), scope)
    return scope["call"]


def test_time_goes_to_the_innermost_part() -> None:
    track, run = in_folder("tracking/tracker.py"), in_folder("runs/batch.py")
    with by_part() as seconds:
        run(lambda: track(lambda: busy(0.2)))
        run(lambda: busy(0.1))
        busy(0.1)
    assert seconds["tracking"] == pytest.approx(0.2, abs=0.03)
    assert seconds["bookkeeping"] == pytest.approx(0.1, abs=0.03)
    assert seconds[REST] == pytest.approx(0.1, abs=0.03)


def test_nothing_is_counted_while_it_waits() -> None:
    with by_part() as seconds:
        in_folder("sinks/videos.py")(lambda: time.sleep(0.2))
    assert sum(seconds.values()) < 0.1


def test_every_part_is_a_folder() -> None:
    root = Path(main_thread.passerby.__file__).parent
    assert all((root / name).is_dir() for name in PARTS)


def test_a_command_is_measured_as_a_program(make_video: Callable[..., Path]) -> None:
    clip = make_video("clip.mp4")
    words = ["anonymize", str(clip), "-o", str(clip.with_name("copy.mp4")), "--regions", "top"]
    program = [sys.executable, main_thread.__file__, *words, "--quiet"]
    ran = subprocess.run(program, check=True, capture_output=True, text=True)
    seconds = json.loads(ran.stdout.splitlines()[-1])
    assert clip.with_name("copy.mp4").is_file()
    total = seconds.pop("all threads")
    assert {"covering", "writing"} <= seconds.keys()
    assert 0 < sum(seconds.values()) <= total
