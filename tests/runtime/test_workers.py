"""Work is spread over processes and comes back in order; a death is one clear line."""

import importlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from passerby.errors import InputError, OutputError
from passerby.runtime.workers import _BATCH, cores, spread

NAMES = [str(number) for number in range(3 * _BATCH + 5)]

WORK = """
import os, signal, time
from passerby.errors import InputError

def shout(names):
    if names[0] == "0":
        time.sleep(0.05)  # the first batch is the last to be done
    return [(name + "!", os.getpid()) for name in names]

def refuse(names):
    raise InputError(f"{names[0]} is damaged: repair it")

def die(names):
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Functions that another process can import too."""
    (tmp_path / "work_to_spread.py").write_text(WORK, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return importlib.import_module("work_to_spread")


def test_records_come_in_the_order_of_the_names(work: ModuleType) -> None:
    records = list(spread(work.shout, NAMES, 2))
    assert [text for text, _ in records] == [name + "!" for name in NAMES]
    assert os.getpid() not in {process for _, process in records}


def test_one_worker_is_this_process(work: ModuleType) -> None:
    records = list(spread(work.shout, NAMES, 1))
    assert {process for _, process in records} == {os.getpid()}
    assert [text for text, _ in records] == [name + "!" for name in NAMES]


def test_little_work_is_not_worth_a_process(work: ModuleType) -> None:
    ((_, process),) = spread(work.shout, ["one"], 2)
    assert process == os.getpid()


def test_of_no_names_nothing_comes(work: ModuleType) -> None:
    assert list(spread(work.shout, [], 2)) == list(spread(work.shout, [], 1)) == []


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_of_ours_comes_through(work: ModuleType, workers: int) -> None:
    with pytest.raises(InputError, match="0 is damaged: repair it"):
        list(spread(work.refuse, NAMES, workers))


def test_a_process_that_dies_is_one_clear_line(work: ModuleType) -> None:
    with pytest.raises(OutputError, match="a process died, perhaps because memory was short"):
        list(spread(work.die, NAMES, 2))


def test_there_is_a_core() -> None:
    assert 1 <= cores() <= (os.cpu_count() or 1)


# --- However it ends, the processes end with it ----------------------------------------------

RUN = """
import os, signal, sys, time
from pathlib import Path
from passerby.runtime import workers
from passerby.files.partial import PartialFile
from passerby.runtime.signals import leave, stoppable

FOLDER = Path(sys.argv[2])

def work(names):
    begun = PartialFile(FOLDER / f"out-{names[0]}")
    begun.file.write(b"half")
    (FOLDER.parent / "workers" / str(os.getpid())).touch()
    while True:
        try:
            time.sleep(60)
        except Exception:
            pass

if __name__ == "__main__":
    workers._BATCH = 1
    with stoppable():
        try:
            list(workers.spread(work, ["1", "2"], 2))
        except BaseException as stop:
            print(type(stop).__name__, flush=True)
            leave(7)
"""


@pytest.fixture
def at_work(tmp_path: Path) -> Iterator[tuple["subprocess.Popen[bytes]", list[int], Path]]:
    """A run with two processes that write and never finish; their numbers, and where to."""
    out = tmp_path / "out"
    out.mkdir()
    (tmp_path / "workers").mkdir()
    (tmp_path / "run.py").write_text(RUN, encoding="utf-8")
    run = subprocess.Popen(
        [sys.executable, str(tmp_path / "run.py"), "run", str(out)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    last = time.monotonic() + 30
    while len(list((tmp_path / "workers").iterdir())) < 2:
        assert time.monotonic() < last
        time.sleep(0.02)
    yield run, [int(path.name) for path in (tmp_path / "workers").iterdir()], out
    run.kill()
    run.communicate()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("to_all", [True, False])
def test_a_run_that_is_stopped_takes_its_processes_along(
    at_work: tuple["subprocess.Popen[bytes]", list[int], Path],
    has_ended: Callable[[int], bool],
    number: signal.Signals,
    to_all: bool,
) -> None:
    """To all, as from a terminal; what they were writing is removed, and nothing is printed."""
    run, processes, out = at_work
    assert len(list(out.iterdir())) == 2
    if to_all:
        os.killpg(run.pid, number)
    else:
        run.send_signal(number)
    _, printed = run.communicate(timeout=20)
    assert run.returncode == 7
    assert all(has_ended(process) for process in processes)
    assert list(out.iterdir()) == []
    assert printed == b""


@pytest.mark.parametrize("stopped", [True, False])
def test_a_run_that_is_killed_takes_its_processes_along(
    at_work: tuple["subprocess.Popen[bytes]", list[int], Path],
    has_ended: Callable[[int], bool],
    stopped: bool,
) -> None:
    run, processes, _ = at_work
    for process in processes if stopped and sys.platform == "linux" else ():
        os.kill(process, signal.SIGSTOP)
    run.kill()
    assert all(has_ended(process) for process in processes)


def test_two_quick_signals_take_them_along(
    at_work: tuple["subprocess.Popen[bytes]", list[int], Path], has_ended: Callable[[int], bool]
) -> None:
    run, processes, _ = at_work
    for _ in range(2):
        os.killpg(run.pid, signal.SIGINT)
    assert run.wait(10) in (7, 130)
    assert all(has_ended(process) for process in processes)


def test_an_iteration_that_is_not_finished_takes_them_along(
    work: ModuleType, has_ended: Callable[[int], bool]
) -> None:
    records = spread(work.shout, NAMES, 2)
    _, first = next(records)
    records.close()
    assert has_ended(first, 1)


def test_a_process_that_is_killed_in_its_work_removes_what_it_wrote(
    at_work: tuple["subprocess.Popen[bytes]", list[int], Path], has_ended: Callable[[int], bool]
) -> None:
    """A service manager sends SIGTERM to all processes, in any order."""
    run, processes, out = at_work
    os.kill(processes[0], signal.SIGTERM)
    assert run.wait(10) == 7
    assert all(has_ended(process) for process in processes)
    assert list(out.iterdir()) == []
