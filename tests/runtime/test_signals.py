"""One signal stops a run with nothing half-written left, a second one ends it at once."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from passerby.files.partial import PartialFile
from passerby.runtime.signals import Terminated, answered, stoppable

RUN = """
import ctypes, sys, threading, time
from pathlib import Path
from passerby.files.partial import PartialFile
from passerby.runtime.signals import Terminated, answered, leave, stoppable
mutex = ctypes.create_string_buffer(64)
how, folder = sys.argv[1], Path(sys.argv[2])
with stoppable():
    begun = PartialFile(folder / "out")
    begun.file.write(b"half")
    try:
        if how == "live":
            try:
                print("begun", flush=True)
                time.sleep(60)
            except KeyboardInterrupt:
                answered()
                print("ended", flush=True)
        if how == "stuck":  # in a library, which knows nothing of signals in Python
            lock = ctypes.CDLL(None).pthread_mutex_lock
            lock(mutex)
            threading.Timer(1, print, ["begun"], {"flush": True}).start()
            lock(mutex)
        if how != "live":
            print("begun", flush=True)
        time.sleep(60)
    except (KeyboardInterrupt, Terminated) as stop:
        print(type(stop).__name__, flush=True)
        if how == "slow":
            while True:
                try:
                    time.sleep(60)
                except BaseException:
                    pass
        if how == "thread":  # that never ends, as of a detector that stalls
            threading.Thread(target=time.sleep, args=(60,)).start()
        leave(7)
"""

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a run that has begun to write a file."""
    started: list[subprocess.Popen[str]] = []

    def begin(how: str, *before: str) -> "subprocess.Popen[str]":
        command = [*before, sys.executable, "-c", RUN, how, str(tmp_path)]
        run = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        started.append(run)
        assert read(run) == "begun"
        assert len(list(tmp_path.iterdir())) == 1
        return run

    yield begin
    for run in started:
        run.kill()
        run.communicate()


def read(run: "subprocess.Popen[str]") -> str:
    assert run.stdout is not None
    return run.stdout.readline().strip()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "raised"),
    [
        (signal.SIGINT, "KeyboardInterrupt"),
        (signal.SIGTERM, "Terminated"),
        (signal.SIGHUP, "Terminated"),
    ],
)
@pytest.mark.parametrize("how", ["plain", "thread"])
def test_one_signal_unwinds_and_the_end_waits_for_no_thread(
    start: Start, tmp_path: Path, how: str, number: signal.Signals, raised: str
) -> None:
    run = start(how)
    run.send_signal(number)
    assert read(run) == raised
    assert run.wait(10) == 7
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("how", ["slow", "stuck"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_second_signal_ends_it_whatever_it_is_doing(
    start: Start, tmp_path: Path, how: str, number: signal.Signals
) -> None:
    run = start(how)
    run.send_signal(signal.SIGINT)
    if how == "slow":
        assert read(run) == "KeyboardInterrupt"
    else:
        with pytest.raises(subprocess.TimeoutExpired):
            run.wait(0.3)
    run.send_signal(number)
    assert run.wait(10) == 128 + number
    assert list(tmp_path.iterdir()) == []


def test_a_signal_that_was_answered_is_no_first_one(start: Start, tmp_path: Path) -> None:
    run = start("live")
    run.send_signal(signal.SIGINT)
    assert read(run) == "ended"
    run.send_signal(signal.SIGINT)
    assert read(run) == "KeyboardInterrupt"
    assert run.wait(10) == 7


def test_what_a_shell_ignores_stays_ignored(start: Start) -> None:
    run = start("plain", "nohup")
    run.send_signal(signal.SIGHUP)
    with pytest.raises(subprocess.TimeoutExpired):
        run.wait(0.3)
    run.send_signal(signal.SIGTERM)
    assert run.wait(10) == 7


def test_afterwards_all_is_as_before(tmp_path: Path) -> None:
    watched = signal.SIGINT, signal.SIGTERM, signal.SIGHUP
    before = [signal.getsignal(number) for number in watched]
    threads = threading.active_count()
    for _ in range(3):
        with pytest.raises(Terminated) as caught, stoppable():
            signal.raise_signal(signal.SIGTERM)
        assert caught.value.number == signal.SIGTERM
    assert [signal.getsignal(number) for number in watched] == before
    assert threading.active_count() == threads
    assert signal.set_wakeup_fd(-1) == -1


def test_what_is_unfinished_in_the_end_is_removed(tmp_path: Path) -> None:
    with stoppable():
        begun = PartialFile(tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
    begun.abort()


def test_outside_the_main_thread_nothing_changes() -> None:
    seen: list[object] = []

    def run() -> None:
        with stoppable():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert seen == [signal.getsignal(signal.SIGTERM)]


def test_a_copied_process_keeps_its_signals_to_itself() -> None:
    with stoppable():
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGINT, lambda *_: None)
            for _ in range(3):
                os.kill(os.getpid(), signal.SIGINT)
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        answered()
