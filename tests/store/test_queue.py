"""Machines hand over sealed batches, each of which is stored once, and may do nothing else."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from sqlalchemy import select, text, update
from tests.store.conftest import NOON, frame

from passerby.errors import ConfigError, StoreError
from passerby.store import queue, schema
from passerby.store.audit import read_audit, verify_audit
from passerby.store.batch_codec import encode_batch
from passerby.store.erasure import erase_tracks, finish_erasures, pending_erasures
from passerby.store.leases import LEASE, end_tracks_of_gone, watched_elsewhere
from passerby.store.machines import admit_machine, dismiss_machine, machines_of
from passerby.store.queue import BatchQueue, SealedBatch, batch_place, renew_keys, take_batches
from passerby.store.reading import stored_snippets, stored_tracks
from passerby.store.sealing import public_half, seal_batch, unseal_batch
from passerby.store.site_key import SiteKey
from passerby.store.store import Store, open_store
from passerby.store.times import SECOND
from passerby.store.write_batch import JoinedPart, WriteBatch
from postgres_server import Server

MACHINES = "gatehouse", "tower"


@pytest.fixture
def backend() -> str:
    return "postgresql"  # a file is on one machine


@pytest.fixture(autouse=True)
def _no_roles(server: Server) -> Iterator[None]:
    """Roles outlive tables."""
    yield
    with psycopg.connect(server.address, autocommit=True) as connection:
        for name in MACHINES:
            if connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [name]).rowcount:
                connection.execute(f"DROP OWNED BY {name}")  # type: ignore[arg-type]
                connection.execute(f"DROP ROLE {name}")  # type: ignore[arg-type]


@pytest.fixture
def admitted(store: Store, server: Server) -> Iterator[Callable[..., BatchQueue]]:
    """Lets machines in, and opens the queue as each of them."""
    opened: list[BatchQueue] = []

    def admit(name: str = "gatehouse", *cameras: str, site: SiteKey | None = None) -> BatchQueue:
        if name not in machines_of(store):
            admit_machine(store, name, cameras or ("hall",), "Ms Oda")
        renew_keys(store)
        address = server.address.replace("passerby@", f"{name}@")
        opened.append(BatchQueue(address, (site or store.site_key).public))
        return opened[-1]

    yield admit
    for one in opened:
        one.close()


def begun(camera: str = "hall", seed: int = 0) -> tuple[WriteBatch, int]:
    batch = WriteBatch()
    track = batch.begin_track(camera, NOON, "follow")
    batch.add_snippet(track, NOON, frame(seed), 1)
    return batch, track


def sealed(line: BatchQueue, number: int, batch: WriteBatch, outbox: int = 5) -> SealedBatch:
    key = line.key()
    assert key is not None
    content = encode_batch(batch)
    place = batch_place(line.machine, outbox, number)
    return SealedBatch(outbox, number, key.number, seal_batch(content, key.public, place))


def numbers(store: Store) -> list[int]:
    return sorted(one.number for one in stored_tracks(store))


def rows(store: Store, table: str) -> int:
    with store.database.reading() as connection:
        return connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()


def test_what_is_handed_over_is_stored_once_however_often_it_comes(
    store: Store, admitted: Callable[..., BatchQueue]
) -> None:
    line = admitted()
    (first, one), (second, two) = begun(), begun()
    batches = [sealed(line, 1, first), sealed(line, 2, second)]
    line.put(batches)
    line.put(batches)  # its answer was lost
    assert (rows(store, "queue_batch"), rows(store, "track")) == (2, 0)
    taken = take_batches(store)
    assert (taken.batches, taken.again, taken.problems) == (2, 0, [])
    assert numbers(store) == sorted([one, two])
    assert stored_snippets(store, one)[0].jpeg == first.snippets[0].content
    with store.database.writing() as connection:
        connection.execute(schema.batch.delete())  # a line that was cut for days
    line.put(batches)
    taken = take_batches(store)
    assert (taken.batches, taken.again) == (0, 2)
    assert numbers(store) == sorted([one, two])
    assert rows(store, "queue_batch") == 0


def test_a_batch_that_cannot_be_stored_is_told_and_holds_no_other_up(
    store: Store, admitted: Callable[..., BatchQueue]
) -> None:
    line = admitted()
    key = line.key()
    assert key is not None
    wrong = WriteBatch()
    wrong.begin_track("hall", NOON, "a purpose without a retention")
    right, track = begun()
    of_other, _ = begun("door")
    place = batch_place("gatehouse", 5, 34)
    garbage = seal_batch(b"no batch", key.public, place)
    line.put(
        [
            sealed(line, 1, wrong),
            sealed(line, 2, of_other),
            sealed(line, 3, right)._replace(number=33),  # it is another one's
            SealedBatch(5, 34, key.number, garbage),
            SealedBatch(5, 35, key.number + 999, garbage),
            sealed(line, 36, right),
        ]
    )
    taken = take_batches(store)
    assert numbers(store) == [track]
    said = "\n".join(taken.problems)
    assert len(taken.problems) == 5
    for words in (
        "has no retention",
        "it may not watch door",
        "it was changed",
        "no batch",
        "a key that was destroyed",
    ):
        assert words in said
    assert rows(store, "queue_batch") == 0


FORBIDDEN = (
    "SELECT * FROM track",
    "SELECT * FROM queue_batch",
    "SELECT * FROM queue_done",
    "SELECT * FROM store_info",
    "DELETE FROM queue_batch",
    "UPDATE queue_key SET public = ''",
    "INSERT INTO machine_camera VALUES ('gatehouse', 'door')",
    "INSERT INTO queue_batch VALUES (default, 'tower', 1, 1, 1, '')",
    "INSERT INTO camera_lease VALUES ('door', 'gatehouse', 1, 1)",
    "INSERT INTO camera_lease VALUES ('hall', 'tower', 1, 1)",
    "DELETE FROM camera_lease",
    "CREATE TABLE mine (n integer)",
)


def test_a_machine_may_do_nothing_else(admitted: Callable[..., BatchQueue], server: Server) -> None:
    admitted("tower", "door")
    admitted()
    address = server.address.replace("passerby@", "gatehouse@")
    with psycopg.connect(address, autocommit=True) as connection:
        for command in FORBIDDEN:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(command)  # type: ignore[arg-type]


def test_a_machine_sees_neither_keys_nor_cameras_of_others(
    admitted: Callable[..., BatchQueue], server: Server
) -> None:
    admitted("tower", "door")
    admitted()
    with psycopg.connect(server.address.replace("passerby@", "gatehouse@")) as connection:
        for table in ("queue_key", "machine_camera"):
            seen = connection.execute(f"SELECT machine FROM {table}").fetchall()  # type: ignore[arg-type]
            assert seen == [("gatehouse",)]


def test_no_machine_touches_a_track_of_a_camera_of_another(
    store: Store, admitted: Callable[..., BatchQueue]
) -> None:
    line, tower = admitted(), admitted("tower", "door")
    batch, track = begun("door")
    tower.put([sealed(tower, 1, batch)])
    assert take_batches(store).problems == []
    withdrawn, ended, joined, added, again = (WriteBatch() for _ in range(5))
    withdrawn.withdrawn.append(track)
    ended.ended[track] = (None, NOON + 1)
    own = joined.begin_track("hall", NOON, "follow")
    joined.joined.append(JoinedPart(track, own))
    added.add_snippet(track, NOON + 1, frame(3), 1)
    again.begun.append(replace(batch.begun[0], camera="hall"))
    wrong = [withdrawn, ended, joined, added, again]
    right, mine = begun()
    line.put([sealed(line, number, one) for number, one in enumerate([*wrong, right], 1)])
    taken = take_batches(store)
    said = "what machine gatehouse saw was not stored: it names tracks of cameras of others"
    assert taken.problems == [said] * len(wrong)
    assert numbers(store) == sorted([track, mine])
    assert len(stored_snippets(store, track)) == 1


def test_a_track_that_begins_twice_holds_no_other_up(
    store: Store, admitted: Callable[..., BatchQueue]
) -> None:
    line = admitted()
    batch, track = begun()
    twice = WriteBatch()
    twice.begun.append(batch.begun[0])
    right, other = begun()
    for number, one in enumerate([batch, twice, right], 1):
        line.put([sealed(line, number, one)])
    assert "a track that has begun already" in take_batches(store).problems[0]
    assert numbers(store) == sorted([track, other])


def test_a_key_that_the_site_has_not_signed_is_refused(
    store: Store, admitted: Callable[..., BatchQueue]
) -> None:
    with pytest.raises(StoreError, match="a key that this site has not signed"):
        admitted(site=SiteKey.new()).key()
    line = admitted()
    with store.database.writing() as connection:
        connection.execute(update(schema.queue_key).values(public=public_half(bytes(32))))
    with pytest.raises(StoreError, match="a key that this site has not signed"):
        line.key()


def test_of_two_machines_that_claim_a_camera_the_second_is_refused(
    store: Store, admitted: Callable[..., BatchQueue]
) -> None:
    line, tower = admitted(), admitted("tower", "hall", "door")
    assert line.claim(["hall"], 1) == {}
    assert tower.claim(["hall", "door"], 2) == {"hall": "gatehouse"}
    assert line.claim(["hall"], 1) == {}
    assert admitted().claim(["hall"], 3) == {"hall": "gatehouse"}  # a copy of its address
    with store.database.reading() as connection:
        assert watched_elsewhere(connection) == {"hall", "door"}
    line.release(1)
    assert tower.claim(["hall"], 2) == {}
    assert line.claim(["hall"], 1) == {"hall": "tower"}
    with pytest.raises(StoreError, match="machine gatehouse may not watch door"):
        line.claim(["hall", "door"], 1)


def test_tracks_end_when_their_machine_has_gone_and_go_on_when_it_comes_back(
    store: Store, admitted: Callable[..., BatchQueue]
) -> None:
    line = admitted()
    line.claim(["hall"], 1)
    batch, track = begun()
    line.put([sealed(line, 1, batch)])
    take_batches(store)
    lease = schema.camera_lease.c.until

    def gone() -> list[str]:
        with store.database.writing() as connection:
            return end_tracks_of_gone(connection)

    assert gone() == []
    with store.database.writing() as connection:  # it may just be coming back
        connection.execute(update(schema.camera_lease).values(until=lease - LEASE * SECOND))
    assert gone() == []
    assert store.end_open_tracks({"hall"}) == 0
    assert stored_tracks(store)[0].live
    with store.database.writing() as connection:
        connection.execute(update(schema.camera_lease).values(until=lease - LEASE * SECOND))
    assert gone() == ["hall"]
    assert gone() == []
    assert not stored_tracks(store)[0].live
    later = WriteBatch()
    later.add_snippet(track, NOON + SECOND, frame(1), 1)
    later.end_track(track, NOON + 3 * SECOND)
    line.put([sealed(line, 2, later)])
    take_batches(store)
    (found,) = stored_tracks(store)
    assert (found.ended, found.live) == (NOON + 3 * SECOND, False)
    assert len(stored_snippets(store, track)) == 2


def files_of(server: Server, site: SimpleNamespace) -> list[bytes]:
    """All that a thief of the database, its log and a backup has."""
    with psycopg.connect(server.address, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
    found = [path.read_bytes() for path in server.data.rglob("*") if path.is_file()]
    return [*found, server.dump().read_bytes()]


def test_nothing_in_database_log_and_backup_opens_a_batch_of_an_erased_track(
    store: Store,
    admitted: Callable[..., BatchQueue],
    server: Server,
    site: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(queue, "_LEAST_AGE", -1)
    line = admitted()
    batch, track = begun()
    copy = sealed(line, 1, batch)  # as a backup of the queue has it
    line.put([copy])
    assert any(copy.content[-64:] in one for one in files_of(server, site))
    with store.database.reading() as connection:
        slot = connection.execute(select(schema.queue_key.c.slot)).scalar_one()
    secret = store.keys.secret(slot)
    assert secret is not None
    place = batch_place("gatehouse", 5, 1)
    assert batch.snippets[0].content in unseal_batch(copy.content, secret, place)
    take_batches(store)

    # The track is erased, but its sealed batch can still be opened: that is said.
    assert [one.track for one in erase_tracks(store, [track], "officer", "request")] == [track]
    renew_keys(store)
    assert [one.track for one in finish_erasures(store)] == [track]

    # The machine seals to the next key: the last one is destroyed, and the erasure is done.
    key = line.key()
    assert key is not None
    assert key.number != copy.key
    line.put([sealed(line, 2, WriteBatch())])
    take_batches(store)
    assert store.keys.secret(slot) is None
    assert finish_erasures(store) == pending_erasures(store) == []
    for wrapped in (site.keys.read_bytes(), *files_of(server, site)):
        assert secret not in wrapped
        assert batch.snippets[0].content not in wrapped
    line.put([copy._replace(number=3)])
    assert "a key that was destroyed" in take_batches(store).problems[0]


def test_keys_are_replaced_with_time_but_not_before_they_were_used(
    store: Store, admitted: Callable[..., BatchQueue], monkeypatch: pytest.MonkeyPatch
) -> None:
    line = admitted()
    first = line.key()
    later = queue.now() + queue.KEY_AGE + 1
    monkeypatch.setattr(queue, "now", lambda: later)
    renew_keys(store)
    assert line.key() == first  # nothing was sealed to it
    line.put([sealed(line, 1, WriteBatch())])
    take_batches(store)
    renew_keys(store)
    assert line.key() != first
    assert rows(store, "queue_key") == 2
    line.put([sealed(line, 2, WriteBatch())])
    take_batches(store)
    assert rows(store, "queue_key") == 1


def test_a_machine_that_is_dismissed_is_out(
    store: Store, admitted: Callable[..., BatchQueue]
) -> None:
    line = admitted()
    line.put([sealed(line, 1, begun()[0])])
    assert machines_of(store) == {"gatehouse": ["hall"]}
    dismiss_machine(store, "gatehouse", "Ms Oda")
    assert machines_of(store) == {}
    assert [rows(store, name) for name in ("queue_batch", "queue_key")] == [0, 0]
    with pytest.raises(Exception, match="gatehouse"):
        line.key()
    with pytest.raises(ConfigError, match="there is no machine gatehouse"):
        dismiss_machine(store, "gatehouse", "Ms Oda")
    assert [one.what for one in read_audit(store)][-2:] == ["admit machine", "dismiss machine"]
    verify_audit(store)


@pytest.mark.parametrize("name", ["", "Gate", "a b", "x;drop", "a" * 41, "1st"])
def test_names_that_are_no_roles_are_refused(store: Store, name: str) -> None:
    with pytest.raises(ConfigError, match="cannot be a machine"):
        admit_machine(store, name, ["hall"], "Ms Oda")


def test_a_machine_is_let_in_once_and_with_cameras(store: Store) -> None:
    with pytest.raises(ConfigError, match="may watch no camera"):
        admit_machine(store, "gatehouse", [], "Ms Oda")
    admit_machine(store, "gatehouse", ["hall"], "Ms Oda")
    with pytest.raises(StoreError, match="already exists"):
        admit_machine(store, "gatehouse", ["hall"], "Ms Oda")


def test_a_store_in_a_file_has_no_machines(made_once: Path, site_key: SiteKey) -> None:
    with (
        open_store(str(made_once / "site.sqlite"), site_key) as store,
        pytest.raises(ConfigError, match="needs a store in PostgreSQL"),
    ):
        admit_machine(store, "gatehouse", ["hall"], "Ms Oda")
