"""No process of ours leaves a core or outlives its parent."""

import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from passerby.runtime.process import STOPPING, stopping_signals_held

DIE = """
import os, resource, signal, sys
most = resource.getrlimit(resource.RLIMIT_CORE)[1]
resource.setrlimit(resource.RLIMIT_CORE, (most, most))
signal.signal(getattr(signal, sys.argv[2]), signal.SIG_DFL)  # which whoever started it may ignore
if sys.argv[1] == "secluded":
    from passerby.runtime.process import seclude
    seclude()
os.kill(os.getpid(), getattr(signal, sys.argv[2]))
"""

TELL = """
import ctypes, resource
from passerby.runtime.process import seclude
seclude()
dumpable = ctypes.CDLL(None).prctl(3, 0, 0, 0, 0) if hasattr(ctypes.CDLL(None), "prctl") else 0
print(resource.getrlimit(resource.RLIMIT_CORE)[0], dumpable)
"""

PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", sys.argv[1]], stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
time.sleep(60)
"""

CHILD = """
import os, sys, time
from passerby.runtime import process
{first}
process.begin_child(os.getppid())
print("begun", flush=True)
time.sleep(60)
"""

linux = pytest.mark.skipif(sys.platform != "linux", reason="asks Linux")


def die(folder: Path, kind: str, name: str) -> list[str]:
    """End a process by a signal that leaves a core; the files in its folder afterwards."""
    command = [sys.executable, "-c", DIE, kind, name]
    ran = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    assert ran.returncode == -getattr(signal, name), ran.stderr
    return [path.name for path in folder.iterdir()]


@pytest.mark.parametrize("name", ["SIGQUIT", "SIGABRT", "SIGSEGV"])
def test_no_signal_leaves_a_core(tmp_path: Path, name: str) -> None:
    assert die(tmp_path, "secluded", name) == []


@linux
def test_without_that_a_core_would_be_left(tmp_path: Path) -> None:
    """Or the test above could not fail."""
    pattern = Path("/proc/sys/kernel/core_pattern").read_text(encoding="utf-8").strip()
    if "/" in pattern or resource.getrlimit(resource.RLIMIT_CORE)[1] == 0:
        pytest.skip("this machine leaves cores elsewhere or not at all")
    assert len(die(tmp_path, "plain", "SIGQUIT")) == 1


def test_no_core_may_be_made_or_handed_to_a_program() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", TELL], capture_output=True, text=True, check=True
    ).stdout
    assert ran.split() == ["0", "0"]


@pytest.fixture
def parent() -> Iterator[Callable[[str], tuple["subprocess.Popen[str]", int]]]:
    """Start a process that starts a child; returns it and the child's number."""
    started: list[subprocess.Popen[str]] = []

    def start(first: str = "") -> tuple["subprocess.Popen[str]", int]:
        command = [sys.executable, "-c", PARENT, CHILD.format(first=first)]
        one = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        started.append(one)
        assert one.stdout is not None
        return one, int(one.stdout.readline())

    yield start
    for one in started:
        one.kill()
        one.communicate()


@pytest.mark.parametrize("first", ["", "process._prctl = lambda *_: None"])
def test_a_child_ends_with_its_parent(
    parent: Callable[[str], tuple["subprocess.Popen[str]", int]],
    has_ended: Callable[[int], bool],
    first: str,
) -> None:
    """On Linux and where the system does not tell of a parent's death."""
    one, child = parent(first)
    one.kill()
    assert has_ended(child)


@linux
def test_a_child_that_is_stopped_ends_too(
    parent: Callable[[str], tuple["subprocess.Popen[str]", int]],
    has_ended: Callable[[int], bool],
) -> None:
    one, child = parent("import signal; signal.signal(signal.SIGALRM, signal.SIG_DFL)")
    subprocess.run(["kill", "-STOP", str(child)], check=True)
    one.kill()
    assert has_ended(child)


def test_signals_that_come_while_held_are_answered_afterwards() -> None:
    with pytest.raises(KeyboardInterrupt):  # noqa: PT012 - within and after
        with stopping_signals_held():
            signal.raise_signal(signal.SIGINT)
            assert signal.pthread_sigmask(signal.SIG_BLOCK, []) >= set(STOPPING)
        pytest.fail("it was to be answered here")
    assert not signal.pthread_sigmask(signal.SIG_BLOCK, []) & set(STOPPING)
