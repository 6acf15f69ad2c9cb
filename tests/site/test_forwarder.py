"""What cameras of another machine see reaches the store once, whatever happens on the way."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from time import monotonic, sleep

import psycopg
import pytest
from tests.store.conftest import NOON, frame
from tests.store.conftest import server as server  # noqa: PLC0414  (a fixture)

from cut_line import CutLine
from passerby.errors import ConfigError, OutputError, StoreUnavailable
from passerby.site import forwarder as module
from passerby.site.disk_outbox import DiskOutbox
from passerby.site.forwarder import Forwarder
from passerby.site.machines import Machines
from passerby.store.machines import admit_machine
from passerby.store.queue import BatchQueue, SealedBatch, renew_keys
from passerby.store.reading import stored_snippets, stored_tracks
from passerby.store.retention import set_retention
from passerby.store.site_key import SiteKey
from passerby.store.store import create_store, open_store
from passerby.store.write_batch import WriteBatch
from postgres_server import Server

CAMERAS = ["hall", "door"]
MOST = 10_000_000


class Site:
    """A store in PostgreSQL whose machine takes what others hand over, and a line to it."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server, self.folder, self.key = server, folder, SiteKey.new()
        self.notes: list[str] = []
        server.empty()
        create_store(server.address, self.key, folder / "site.keys")
        self.store = open_store(server.address, self.key, folder / "site.keys", run=True)
        for camera in CAMERAS:
            set_retention(self.store, camera, "matching", 10**9, "test")
        admit_machine(self.store, "yard", CAMERAS, "test")
        renew_keys(self.store)
        self.line = CutLine(server.address.replace("passerby@", "yard@"))
        self._stopping = Event()
        self._taking = Thread(target=self._take, daemon=True)
        self._taking.start()

    def forwarder(self, outbox: str = "outbox", most: int = MOST) -> Forwarder:
        queue = BatchQueue(self.line.address, self.key.public)
        box = DiskOutbox(self.folder / outbox, most)
        try:
            return Forwarder(queue, box, CAMERAS, self.notes.append)
        except BaseException:
            box.close()
            queue.close()
            raise

    def waits_for(self, tracks: int, seconds: float = 30) -> list[int]:
        until = monotonic() + seconds
        while monotonic() < until:
            with suppress(StoreUnavailable):
                found = [one.number for one in stored_tracks(self.store, limit=10_000)]
                if len(found) >= tracks:
                    return sorted(found)
            sleep(0.05)
        return []

    def close(self) -> None:
        self._stopping.set()
        self._taking.join(10)
        self.line.close()
        self.store.close()

    def _take(self) -> None:
        machines = Machines(self.store, [], self.notes.append)
        while not self._stopping.is_set():
            if not machines.step():
                sleep(0.02)


@pytest.fixture
def site(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(module, "_PAUSE", 0.05)
    running = Site(server, tmp_path)
    yield running
    running.close()
    with psycopg.connect(server.address, autocommit=True) as connection:
        connection.execute("DROP OWNED BY yard")
        connection.execute("DROP ROLE yard")


def begun(camera: str = "hall") -> tuple[WriteBatch, int]:
    batch = WriteBatch()
    track = batch.begin_track(camera, NOON, "matching")
    batch.add_snippet(track, NOON, frame(), 1)
    batch.end_track(track, NOON + 5)
    return batch, track


def hand_over(sink: Forwarder, number: int) -> list[int]:
    """Hand over so many tracks, one by one; returns those that were acknowledged: all."""
    tracks = []
    for _ in range(number):
        batch, track = begun()
        sink.add_all([batch])
        tracks.append(track)
    return tracks


def test_a_line_that_is_cut_again_and_again_loses_and_doubles_nothing(site: Site) -> None:
    forwarder, tracks = site.forwarder(), []
    for _ in range(4):
        tracks += hand_over(forwarder, 8)
        site.line.cut()  # in the midst of it
        tracks += hand_over(forwarder, 8)
        site.line.mend()
    assert site.waits_for(len(tracks)) == sorted(tracks)
    assert forwarder.close(10) == 0
    assert all(len(stored_snippets(site.store, track)) == 1 for track in tracks)
    assert sum("wait" in note for note in site.notes) >= 1
    assert "the store can be reached again" in site.notes
    assert not list((site.folder / "outbox").glob("*.sealed"))


def test_a_store_that_is_restarted_loses_and_doubles_nothing(site: Site) -> None:
    forwarder, tracks = site.forwarder(), []
    for _ in range(3):
        tracks += hand_over(forwarder, 8)
        site.server.stop()
        tracks += hand_over(forwarder, 8)
        site.server.start()
    assert site.waits_for(len(tracks)) == sorted(tracks)
    assert forwarder.close(10) == 0
    assert all(len(stored_snippets(site.store, track)) == 1 for track in tracks)


def test_what_a_run_could_not_hand_over_the_next_one_does(site: Site) -> None:
    forwarder = site.forwarder()
    site.line.cut()
    tracks = hand_over(forwarder, 5)
    assert forwarder.close(0.2) == 5
    files = list((site.folder / "outbox").glob("*.sealed"))
    assert len(files) == 5
    jpeg = begun()[0].snippets[0].content
    assert not any(jpeg[100:200] in one.read_bytes() for one in files)
    with pytest.raises(StoreUnavailable):
        site.forwarder()  # a run begins with a line
    site.line.mend()
    forwarder = site.forwarder()
    tracks += hand_over(forwarder, 2)
    assert site.waits_for(7) == sorted(tracks)
    assert forwarder.close(10) == 0


def test_a_full_outbox_refuses_until_there_is_room(site: Site) -> None:
    forwarder = site.forwarder(most=20_000)
    site.line.cut()
    tracks = []
    with suppress(StoreUnavailable):
        while len(tracks) < 30:
            tracks += hand_over(forwarder, 1)
    with pytest.raises(StoreUnavailable, match="cameras wait"):
        forwarder.add_all([begun()[0]])
    size = sum(one.stat().st_size for one in (site.folder / "outbox").glob("*.sealed"))
    assert 0 < size <= 20_000
    assert 0 < len(tracks) < 30
    site.line.mend()
    assert site.waits_for(len(tracks)) == sorted(tracks)
    tracks += hand_over(forwarder, 1)
    assert site.waits_for(len(tracks)) == sorted(tracks)
    forwarder.close(10)


def test_a_second_machine_is_refused_until_the_first_has_ended(site: Site) -> None:
    first = site.forwarder()
    with pytest.raises(ConfigError, match="is watched by machine yard: stop it there first"):
        site.forwarder("another computer")
    with pytest.raises(OutputError):
        site.forwarder()  # the same folder
    first.close(10)
    second = site.forwarder("another computer")
    second.close(10)


def test_a_camera_that_another_machine_took_meanwhile_is_given_up(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost: list[str] = []
    queue = BatchQueue(site.line.address, site.key.public)
    box = DiskOutbox(site.folder / "outbox", MOST)
    forwarder = Forwarder(queue, box, CAMERAS, site.notes.append, lost.append)
    with psycopg.connect(site.server.address, autocommit=True) as connection:
        connection.execute("UPDATE camera_lease SET machine = 'tower' WHERE camera = 'hall'")
    monkeypatch.setattr(module, "_RENEWAL", 0)
    until = monotonic() + 20
    while not lost and monotonic() < until:
        sleep(0.02)
    assert lost == ["hall"]
    tracks = hand_over(forwarder, 1)  # what was seen before
    assert site.waits_for(1) == tracks
    assert "hall is watched by machine tower now, and no more here" in site.notes
    assert forwarder.close(10) == 0


def test_keys_are_replaced_while_a_machine_has_nothing_to_say(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("passerby.store.queue.KEY_AGE", 0)
    monkeypatch.setattr("passerby.site.machines._RENEWAL", 0)
    monkeypatch.setattr(module, "_RENEWAL", 0)
    forwarder = site.forwarder()
    hand_over(forwarder, 1)
    until = monotonic() + 20
    while len(site.store.keys) < 5 and monotonic() < until:
        sleep(0.02)
    assert forwarder.close(10) == 0
    keys = site.store.keys
    assert len(keys) >= 5
    assert keys.is_destroyed(0)  # the first key of the queue


def test_an_outbox_counts_on_and_keeps_the_order(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError):
        DiskOutbox(tmp_path / "file", MOST)
    first = DiskOutbox(tmp_path / "box", MOST)
    holder = first.holder
    for number in (1, 2):
        first.put(SealedBatch(first.outbox, first.next_number(), 9, bytes([number])))
    first.close()
    second = DiskOutbox(tmp_path / "box", MOST)
    assert second.holder == holder
    assert second.outbox != first.outbox
    second.put(SealedBatch(second.outbox, second.next_number(), 10, b"\3"))
    found = second.first(9)
    assert [one.content for _, one in found] == [b"\1", b"\2", b"\3"]
    assert [one.number for _, one in found] == [1, 2, 1]
    assert [one.key for _, one in found] == [9, 9, 10]
    second.remove(path for path, _ in found[:2])
    assert len(second) == 1
    second.close()
    third = DiskOutbox(tmp_path / "box", 1)
    with pytest.raises(StoreUnavailable, match="is full"):
        third.put(SealedBatch(third.outbox, 1, 10, b"x"))
    third.close()
