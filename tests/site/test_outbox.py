"""Batches reach a writer that goes away and comes back, and each until it is acknowledged."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Listener
from pathlib import Path
from threading import Thread
from time import monotonic

import pytest

from passerby.errors import StoreUnavailable
from passerby.site import outbox
from passerby.site.outbox import Outbox
from passerby.store.write_batch import WriteBatch

SECRET = secrets.token_bytes(16)


@contextmanager
def writer(address: Path, *, takes: int = 1000, acknowledges: bool = True) -> Iterator[list[int]]:
    """Take batches until so many came, and then hang up; yields their numbers."""
    address.unlink(missing_ok=True)
    listener = Listener(str(address), "AF_UNIX", authkey=SECRET)
    taken: list[int] = []

    def serve() -> None:
        try:
            with listener.accept() as connection:
                while len(taken) < takes:
                    number = connection.recv().number
                    taken.append(number)
                    if acknowledges:
                        connection.send(number)
        except (OSError, EOFError):
            return

    thread = Thread(target=serve, daemon=True)
    thread.start()
    yield taken
    if takes < 1000:
        thread.join(10)
    listener.close()


def test_all_batches_are_taken_in_order(tmp_path: Path) -> None:
    batches = [WriteBatch() for _ in range(100)]
    with writer(tmp_path / "s") as taken:
        box = Outbox(str(tmp_path / "s"), SECRET)
        for one in batches:
            box.put(one)
        box.drain(10)
        box.close()
    assert taken == [one.number for one in batches]


def test_what_was_not_acknowledged_is_sent_again_to_the_next_writer(tmp_path: Path) -> None:
    batches = [WriteBatch() for _ in range(6)]
    box = Outbox(str(tmp_path / "s"), SECRET)
    with writer(tmp_path / "s", takes=4, acknowledges=False) as lost:
        for one in batches[:4]:
            box.put(one)
    for one in batches[4:]:  # there is nobody now
        box.put(one)
    with writer(tmp_path / "s") as taken:
        box.drain(10)
    assert len(lost) == 4
    assert taken == [one.number for one in batches]


def test_whoever_has_too_much_waits_and_gives_signs_of_life(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "_PAUSE", 0.01)
    waited: list[float] = []
    box = Outbox(str(tmp_path / "s"), SECRET, waiting=lambda: waited.append(monotonic()))
    for _ in range(outbox.MOST_WAITING):
        box.put(WriteBatch())
    thread = Thread(target=box.put, args=(WriteBatch(),), daemon=True)
    thread.start()
    thread.join(0.3)
    assert thread.is_alive()
    assert len(waited) > outbox.MOST_WAITING + 3
    with writer(tmp_path / "s") as taken:
        thread.join(10)
        assert not thread.is_alive()
        box.drain(10)
    assert len(taken) == outbox.MOST_WAITING + 1


def test_a_writer_that_never_comes_is_told(tmp_path: Path) -> None:
    box = Outbox(str(tmp_path / "nobody"), SECRET)
    box.put(WriteBatch())
    with pytest.raises(StoreUnavailable, match="1 batch"):
        box.drain(0.3)


def test_a_writer_that_does_not_read_holds_nobody_up(tmp_path: Path) -> None:
    big = [WriteBatch(counted={("hall", "x" * 100_000, "enter", 0): 1}) for _ in range(30)]
    with writer(tmp_path / "s", acknowledges=False) as taken:
        box = Outbox(str(tmp_path / "s"), SECRET)
        for one in big:
            box.put(one)
    assert len(taken) <= 8  # sent, and not acknowledged
    assert box.waiting_numbers == {one.number for one in big}
