"""The audit log: who did what, in a chain that cannot be changed without the site's key.

Each entry is signed together with the signature of the entry before it (HMAC-SHA256). Whoever can
write to the database but lacks the key can neither change, insert nor remove an entry without being
found. Entries that are cut off at the end are found by a head that was exported before.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hmac import compare_digest

from sqlalchemy import Connection, func, insert, select, text

from passerby.errors import StoreError
from passerby.store.schema import audit
from passerby.store.site_key import SiteKey
from passerby.store.store import Store
from passerby.store.times import now

__all__ = [
    "AuditEntry",
    "AuditHead",
    "audit_head",
    "audited_since",
    "read_audit",
    "record",
    "record_alone",
    "verify_audit",
]

_PAGE = 10_000


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing that was done.

    Attributes:
        n: Number of the entry, from 1.
        at: When, microseconds of UTC.
        who: Did it.
        what: Was done.
        purpose: What for, as far as it was said.
        subject: To what: numbers of tracks and persons, never a picture.
    """

    n: int
    at: int
    who: str
    what: str
    purpose: str
    subject: str


@dataclass(frozen=True, slots=True)
class AuditHead:
    """The last entry of the log.

    Attributes:
        n: Its number; 0 of an empty log.
        at: When it was written, microseconds of UTC.
        hash: What signs it and all before it, in hexadecimal.
    """

    n: int = 0
    at: int = 0
    hash: str = ""


def record(
    connection: Connection, key: SiteKey, who: str, what: str, subject: str, purpose: str = ""
) -> None:
    """Write an entry, in the transaction of what it is about: both are kept, or neither.

    Args:
        connection: A transaction that writes.
        key: The site's key.
        who: Did it: a user, or a part of the system.
        what: Was done, in a few words.
        subject: To what: numbers alone.
        purpose: What for.
    """
    if connection.dialect.name != "sqlite":  # there, whoever writes is alone
        connection.execute(text("LOCK TABLE audit IN EXCLUSIVE MODE"))
    last = _head(connection)
    entry = AuditEntry(last.n + 1, now(), who, what, purpose, subject)
    connection.execute(insert(audit), {**_values(entry), "hash": _signed(key, last.hash, entry)})


def record_alone(store: Store, who: str, what: str, subject: str, purpose: str = "") -> None:
    """Write an entry of something that changes nothing else, such as a search.

    Raises:
        StoreUnavailable: If it cannot be written now; then what it is about must not be done.
    """
    with store.database.writing() as connection:
        record(connection, store.site_key, who, what, subject, purpose)


def audit_head(store: Store) -> AuditHead:
    """Return the last entry's number and hash, to be kept where nobody changes it."""
    with store.database.reading() as connection:
        return _head(connection)


def read_audit(store: Store, *, after: int = 0, limit: int = 1000) -> list[AuditEntry]:
    """Return entries in their order.

    Args:
        store: Whose.
        after: Only those with a higher number.
        limit: How many.
    """
    return [entry for entry, _ in _page(store, after, limit)]


def audited_since(store: Store, what: str, moment: int) -> int:
    """Return how often something was done since a moment, microseconds of UTC, by whomever."""
    wanted = select(func.count()).where(audit.c.at >= moment, audit.c.what == what)
    with store.database.reading() as connection:
        return connection.execute(wanted).scalar_one()


def verify_audit(store: Store, heads: Sequence[AuditHead] = ()) -> AuditHead:
    """Make sure that no entry was changed, inserted or removed.

    Args:
        store: Whose.
        heads: That were exported before: entries that the log must have.

    Returns:
        The last entry.

    Raises:
        StoreError: If one was; it names the first.
    """
    wanted = {head.n: head for head in heads}
    last = AuditHead()
    for entry, hashed in _chain(store):
        whole = entry.n == last.n + 1
        if not whole or not compare_digest(hashed, _signed(store.site_key, last.hash, entry)):
            raise StoreError(
                f"entry {last.n + 1} of the audit log was changed, inserted or removed by "
                "somebody without the site's key: compare the store with a backup"
            )
        last = AuditHead(entry.n, entry.at, hashed)
        head = wanted.pop(entry.n, last)
        if not compare_digest(head.hash, hashed):
            raise StoreError(
                f"entry {entry.n} of the audit log is not the one that was exported: the log was "
                "written anew by somebody with the site's key"
            )
    if any(number > last.n for number in wanted):
        raise StoreError(
            f"the audit log ends at entry {last.n}, but entry {max(wanted)} was exported: its end "
            "was cut off"
        )
    return last


def _chain(store: Store) -> Iterator[tuple[AuditEntry, str]]:
    after = 0
    while page := _page(store, after, _PAGE):
        yield from page
        after = page[-1][0].n


def _page(store: Store, after: int, limit: int) -> list[tuple[AuditEntry, str]]:
    wanted = select(audit).where(audit.c.n > after).order_by(audit.c.n).limit(limit)
    with store.database.reading() as connection:
        return [(AuditEntry(*row[:-1]), row.hash) for row in connection.execute(wanted)]


def _head(connection: Connection) -> AuditHead:
    wanted = select(audit.c.n, audit.c.at, audit.c.hash).order_by(audit.c.n.desc()).limit(1)
    row = connection.execute(wanted).first()
    return AuditHead() if row is None else AuditHead(*row)


def _values(entry: AuditEntry) -> dict[str, int | str]:
    return {
        "n": entry.n,
        "at": entry.at,
        "who": entry.who,
        "what": entry.what,
        "purpose": entry.purpose,
        "subject": entry.subject,
    }


def _signed(key: SiteKey, before: str, entry: AuditEntry) -> str:
    content = json.dumps([before, *_values(entry).values()])
    return key.sign(content.encode()).hex()
