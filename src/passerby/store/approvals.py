"""What one user wants to do and another one allows."""

from dataclasses import dataclass

from sqlalchemy import insert, select, update

from passerby.errors import StoreError
from passerby.store.audit import record
from passerby.store.schema import approval
from passerby.store.store import Store
from passerby.store.times import SECOND, now

__all__ = ["ApprovalRequest", "approve_request", "open_requests", "request_approval"]

_LASTS = 24 * 3600 * SECOND
"""How long a request waits, and an approval can be used."""


@dataclass(frozen=True, slots=True)
class ApprovalRequest:
    """Something that waits for somebody else.

    Attributes:
        number: Of the request.
        asked: When, microseconds of UTC.
        who: Wants to do it.
        what: Is to be done.
        subject: To what.
        purpose: What for.
    """

    number: int
    asked: int
    who: str
    what: str
    subject: str
    purpose: str


def open_requests(store: Store) -> list[ApprovalRequest]:
    """Return what waits, the oldest first."""
    columns = approval.c
    wanted = (
        select(
            columns.id,
            columns.asked,
            columns.who,
            columns.what,
            columns.subject,
            columns.purpose,
        )
        .where(columns.approved.is_(None), columns.asked > now() - _LASTS)
        .order_by(columns.id)
    )
    with store.database.reading() as connection:
        return [ApprovalRequest(*row) for row in connection.execute(wanted)]


def request_approval(store: Store, who: str, what: str, subject: str, purpose: str) -> bool:
    """Use an approval; if there is none, ask for it, once.

    Returns:
        Whether it may be done now.
    """
    columns, moment = approval.c, now()
    same = (
        (columns.who == who)
        & (columns.what == what)
        & (columns.subject == subject)
        & (columns.purpose == purpose)
        & columns.used.is_(None)
        & (columns.asked > moment - _LASTS)
    )
    with store.database.writing() as connection:
        known = connection.execute(select(columns.id, columns.approved).where(same)).all()
        for row in known:
            if row.approved is not None:
                connection.execute(update(approval).where(columns.id == row.id).values(used=moment))
                return True
        if not known:
            asked = {"asked": moment, "who": who, "what": what, "subject": subject}
            connection.execute(insert(approval), {**asked, "purpose": purpose})
            record(connection, store.site_key, who, f"ask to {what}", subject, purpose)
    return False


def approve_request(store: Store, number: int, who: str) -> None:
    """Allow what somebody else asked for.

    Raises:
        StoreError: If there is no such request, or it is one's own.
    """
    columns = approval.c
    with store.database.writing() as connection:
        wanted = select(approval).where(
            columns.id == number, columns.approved.is_(None), columns.asked > now() - _LASTS
        )
        row = connection.execute(wanted).first()
        if row is None:
            raise StoreError(f"there is no request {number} that waits: it was allowed, or is old")
        if row.who == who:
            raise StoreError("nobody allows what they asked for themselves: ask somebody else")
        allowed = update(approval).where(columns.id == number)
        connection.execute(allowed.values(approved=now(), approved_by=who))
        record(connection, store.site_key, who, f"allow {row.what}", row.subject, row.purpose)
