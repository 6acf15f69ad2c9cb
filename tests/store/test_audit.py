"""The audit log shows every change to it, but for its end, which an exported head shows."""

import pytest
from sqlalchemy import text

from passerby.errors import StoreError
from passerby.store.audit import (
    AuditHead,
    audit_head,
    audited_since,
    read_audit,
    record,
    record_alone,
    verify_audit,
)
from passerby.store.site_key import SiteKey
from passerby.store.store import Store


@pytest.fixture
def log(store: Store) -> Store:
    """A store whose log has five entries."""
    for number in range(3):
        record_alone(store, "Ms Oda", "search", f"track {number}", "case 7")
    return store


def write(store: Store, command: str) -> None:
    with store.database.writing() as connection:
        connection.execute(text(command))


def test_an_untouched_log_is_whole(log: Store) -> None:
    assert verify_audit(log) == audit_head(log)
    assert [entry.n for entry in read_audit(log)] == [1, 2, 3, 4, 5]
    assert [entry.subject for entry in read_audit(log, after=3, limit=1)] == ["track 1"]
    assert read_audit(log)[-1].purpose == "case 7"


@pytest.mark.parametrize(
    ("change", "first"),
    [
        ("UPDATE audit SET who = 'Mr Diaz' WHERE n = 4", 4),
        ("UPDATE audit SET at = at + 1 WHERE n = 3", 3),
        ("UPDATE audit SET what = 'searchtrack', subject = '1' WHERE n = 4", 4),
        ("DELETE FROM audit WHERE n = 4", 4),
        ("DELETE FROM audit WHERE n = 1", 1),
        ("UPDATE audit SET n = -n WHERE n = 4", 4),
        ("INSERT INTO audit SELECT 6, at, who, what, '', subject, hash FROM audit WHERE n = 5", 6),
    ],
)
def test_a_change_is_found(log: Store, change: str, first: int) -> None:
    write(log, change)
    with pytest.raises(StoreError, match="of the audit log was changed, inserted or removed") as at:
        verify_audit(log)
    assert str(at.value).startswith(f"entry {first} ")


def test_entries_that_changed_places_are_found(log: Store) -> None:
    write(log, "UPDATE audit SET n = 99 WHERE n = 4")
    write(log, "UPDATE audit SET n = 4 WHERE n = 3")
    write(log, "UPDATE audit SET n = 3 WHERE n = 99")
    with pytest.raises(StoreError, match="entry 3 of the audit log"):
        verify_audit(log)


def test_an_exported_head_shows_a_cut_off_end(log: Store) -> None:
    head = audit_head(log)
    write(log, "DELETE FROM audit WHERE n = 5")
    assert verify_audit(log).n == 4
    with pytest.raises(StoreError, match="ends at entry 4, but entry 5 was exported"):
        verify_audit(log, [head])


def test_an_exported_head_shows_a_log_written_anew_with_the_key(log: Store) -> None:
    head = audit_head(log)
    write(log, "DELETE FROM audit WHERE n = 5")
    record_alone(log, "Ms Oda", "search", "track 2", "case 8")
    assert verify_audit(log).n == 5
    with pytest.raises(StoreError, match="entry 5 of the audit log is not the one"):
        verify_audit(log, [head])


def test_heads_that_fit(log: Store) -> None:
    head = audit_head(log)
    record_alone(log, "Ms Oda", "search", "track 9", "case 7")
    assert verify_audit(log, [head, AuditHead()]).n == 6


def test_another_key_signs_otherwise(log: Store) -> None:
    log.site_key = SiteKey.new()
    with pytest.raises(StoreError, match="entry 1 "):
        verify_audit(log)


def test_an_entry_is_kept_with_what_it_is_about_or_not_at_all(log: Store) -> None:
    before = audit_head(log)

    def fail() -> None:
        with log.database.writing() as connection:
            record(connection, log.site_key, "Ms Oda", "search", "track 1")
            connection.execute(text("DELETE FROM camera"))  # whose retention refers to it

    with pytest.raises(StoreError):
        fail()
    assert verify_audit(log) == before


def test_what_was_done_since_is_counted(log: Store) -> None:
    entries = read_audit(log)
    searches = [one for one in entries if one.what == "search"]
    assert audited_since(log, "search", 0) == 3
    assert audited_since(log, "search", searches[1].at) == 2
    assert audited_since(log, "search", searches[2].at + 1) == 0
    assert audited_since(log, "erase", 0) == 0
