"""Work is spread over processes and comes back in order; a death is one clear line."""

import importlib
import os
from pathlib import Path
from types import ModuleType

import pytest

from passerby.errors import InputError, OutputError
from passerby.workers import BATCH, cores, spread

NAMES = [str(number) for number in range(3 * BATCH + 5)]

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
    with pytest.raises(OutputError, match="a process died, perhaps for want of memory"):
        list(spread(work.die, NAMES, 2))


def test_there_is_a_core() -> None:
    assert 1 <= cores() <= (os.cpu_count() or 1)
