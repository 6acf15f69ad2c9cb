"""Numbers of tracks."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from passerby.store import write_batch
from passerby.store.write_batch import WriteBatch


def begun(count: int) -> list[int]:
    batch = WriteBatch()
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(lambda _: batch.begin_track("hall", 1, "follow"), range(count)))


def test_no_number_is_given_twice_however_fast_tracks_begin(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of 22 bits that are drawn for each, some fifty of 20,000 within a millisecond are equal."""
    monkeypatch.setattr(write_batch.time, "time_ns", lambda: 1_796_000_000_000_000_000)
    first = begun(20_000)
    assert len(set(first)) == len(first)
    monkeypatch.setattr(write_batch.time, "time_ns", lambda: 1_795_000_000_000_000_000)
    assert not set(begun(100)) & set(first)  # the clock was put back


def test_numbers_tell_when_tracks_began() -> None:
    earlier, later = begun(1)[0], begun(1)[0]
    assert 0 < earlier < later < 2**63
