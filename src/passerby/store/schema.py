"""The tables of a store. Times are whole microseconds of UTC since 1970.

What says anything of a person (`snippet`, `signature`) is encrypted under a key of its track, which
is not in these tables. Names of people who are seen are nowhere.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

__all__ = [
    "HOLDING",
    "api_token",
    "approval",
    "audit",
    "batch",
    "camera",
    "camera_lease",
    "console_role",
    "console_session",
    "console_user",
    "count_hour",
    "erasure",
    "hold",
    "identity_change",
    "invitation",
    "link",
    "machine_camera",
    "metadata",
    "model",
    "person",
    "protection",
    "queue_batch",
    "queue_done",
    "queue_key",
    "retention",
    "signature",
    "snippet",
    "store_info",
    "sweep",
    "track",
]

HOLDING = ("linked", "confirmed")
"""States of a link that say: this track is of this person. A track has one such link at most."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_ID = BigInteger().with_variant(Integer(), "sqlite")  # SQLite counts plain integers alone
# With `sqlite_autoincrement`, no number is given twice, even after the last row was deleted.

store_info = Table(
    "store_info", metadata, Column("name", Text, primary_key=True), Column("value", Text)
)

camera = Table(
    "camera",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
)

model = Table(
    "model",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("sha256", Text, nullable=False, unique=True),
    Column("dimension", Integer, nullable=False),
)

protection = Table(
    "protection",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("recipe", Text, nullable=False, unique=True),
)
"""What was done to hide people, as JSON of `passerby.protection.Protection`."""

track = Table(
    "track",
    metadata,
    Column("id", _ID, primary_key=True, autoincrement=False),
    Column("camera", Integer, ForeignKey("camera.id"), nullable=False),
    Column("began", BigInteger, nullable=False),
    Column("ended", BigInteger, nullable=False),  # last sign so far of one that is open
    Column("live", Boolean, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("key", Integer, nullable=False),
    Index(None, "camera", "began"),
    Index(None, "camera", "purpose", "ended"),
    Index(None, "began"),
    Index(None, "ended"),
)


def _of_track() -> Column[int]:
    """The track that a row belongs to, with which it goes."""
    reference = ForeignKey("track.id", ondelete="CASCADE")
    return Column("track", _ID, reference, nullable=False)


snippet = Table(
    "snippet",
    metadata,
    Column("id", _ID, primary_key=True),
    _of_track(),
    Column("at", BigInteger, nullable=False),
    Column("quality", Double, nullable=False),
    Column("protection", Integer, ForeignKey("protection.id"), nullable=False),
    Column("content", LargeBinary, nullable=False),
    Index(None, "track", "at"),
    sqlite_autoincrement=True,
)

signature = Table(
    "signature",
    metadata,
    Column("id", _ID, primary_key=True),
    _of_track(),
    Column("at", BigInteger, nullable=False),
    Column("quality", Double, nullable=False),
    Column("model", Integer, ForeignKey("model.id"), nullable=False),
    Column("protection", Integer, ForeignKey("protection.id"), nullable=False),
    Column("content", LargeBinary, nullable=False),
    Index(None, "track", "at"),
    sqlite_autoincrement=True,
)

person = Table(
    "person",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("created", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)

identity_change = Table(
    "identity_change",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("who", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("undone_by", _ID, ForeignKey("identity_change.id")),
    sqlite_autoincrement=True,
)
"""What somebody, or the matcher, decided of who is who: it opens links and closes others."""

link = Table(
    "link",
    metadata,
    Column("id", _ID, primary_key=True),
    _of_track(),
    Column("person", _ID, ForeignKey("person.id"), nullable=False),
    Column("probability", Double, nullable=False),
    Column("state", Text, nullable=False),
    Column("opened_by", _ID, ForeignKey("identity_change.id"), nullable=False),
    Column("closed_by", _ID, ForeignKey("identity_change.id")),
    Index(None, "track"),
    Index(None, "person"),
    Index(None, "opened_by"),
    Index(None, "closed_by"),
    sqlite_autoincrement=True,
)
_HOLDS = link.c.closed_by.is_(None) & link.c.state.in_(HOLDING)
Index("uq_link_holding", link.c.track, unique=True, sqlite_where=_HOLDS, postgresql_where=_HOLDS)

count_hour = Table(
    "count_hour",
    metadata,
    Column("camera", Integer, ForeignKey("camera.id"), nullable=False),
    Column("zone", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("hour", BigInteger, nullable=False),
    Column("number", BigInteger, nullable=False),
    PrimaryKeyConstraint("camera", "zone", "kind", "hour"),
)

retention = Table(
    "retention",
    metadata,
    Column("camera", Integer, ForeignKey("camera.id"), nullable=False),
    Column("purpose", Text, nullable=False),
    Column("seconds", BigInteger, nullable=False),
    PrimaryKeyConstraint("camera", "purpose"),
)

hold = Table(
    "hold",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("track", _ID, nullable=False, index=True),
    Column("officer", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("placed", BigInteger, nullable=False),
    Column("lifted", BigInteger),
    Column("lifted_by", Text),
    sqlite_autoincrement=True,
)

erasure = Table(
    "erasure",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("track", _ID, nullable=False, unique=True),
    Column("key", Integer, nullable=False),
    Column("camera", Integer, nullable=False),
    Column("asked", BigInteger, nullable=False),
    Column("who", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("rows_deleted", BigInteger),
    Column("deleted_in", BigInteger),  # transaction of PostgreSQL
    Column("gone", BigInteger),
    Index(None, "gone"),
    sqlite_autoincrement=True,
)

sweep = Table(
    "sweep",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("began", BigInteger, nullable=False),
    Column("finished", BigInteger),
    Column("erased", Integer),
    Column("overdue", Integer),
    Column("pending", Integer),
    Column("problem", Text),
)

batch = Table(
    "batch",
    metadata,
    Column("id", _ID, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False, index=True),
)
"""Batches that were committed, so that one that comes twice is kept once."""

audit = Table(
    "audit",
    metadata,
    Column("n", _ID, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("who", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("hash", Text, nullable=False),
)

console_user = Table(
    "console_user",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("password", Text),  # its argon2 hash; none until it is chosen
    Column("disabled", Boolean, nullable=False),
    Column("created", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)
"""Who works with the site in a browser or by a program."""


def _of_user() -> Column[int]:
    """The user that a row belongs to, with whom it goes."""
    reference = ForeignKey("console_user.id", ondelete="CASCADE")
    return Column("user", _ID, reference, nullable=False)


console_role = Table(
    "console_role",
    metadata,
    _of_user(),
    Column("cameras", Text, nullable=False),  # a group of the site file; "" for all cameras
    Column("role", Text, nullable=False),
    PrimaryKeyConstraint("user", "cameras"),
)

console_session = Table(
    "console_session",
    metadata,
    Column("token", Text, primary_key=True),  # its SHA-256
    _of_user(),
    Column("form_key", Text, nullable=False),
    Column("began", BigInteger, nullable=False),
    Column("used", BigInteger, nullable=False),
    Index(None, "user"),
)

api_token = Table(
    "api_token",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("token", Text, nullable=False, unique=True),  # its SHA-256
    _of_user(),
    Column("label", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)

invitation = Table(
    "invitation",
    metadata,
    Column("token", Text, primary_key=True),  # its SHA-256
    _of_user(),
    Column("expires", BigInteger, nullable=False),
)
"""One-time links by which users choose their passwords."""

approval = Table(
    "approval",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("asked", BigInteger, nullable=False),
    Column("who", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("approved", BigInteger),
    Column("approved_by", Text),
    Column("used", BigInteger),
    sqlite_autoincrement=True,
)
"""What one user wants to do and another one has to allow, where a site asks for two."""

machine_camera = Table(
    "machine_camera",
    metadata,
    Column("machine", Text, nullable=False),
    Column("camera", Text, nullable=False),
    PrimaryKeyConstraint("machine", "camera"),
)
"""Which other machines may hand over what which cameras saw. Their names are roles of PostgreSQL,
whose rights on the tables below are in the migration that makes them."""

camera_lease = Table(
    "camera_lease",
    metadata,
    Column("camera", Text, primary_key=True),
    Column("machine", Text, nullable=False),  # "" is the one that holds the store
    Column("holder", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),  # by the clock of the database
)
"""Which machine watches a camera; it says so again and again."""

queue_key = Table(
    "queue_key",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("machine", Text, nullable=False),
    Column("slot", Integer, nullable=False),  # of its secret half, in the file of keys
    Column("public", LargeBinary, nullable=False),
    Column("signed", LargeBinary, nullable=False),  # by the site
    Column("made", BigInteger, nullable=False),
    Column("used", Boolean, nullable=False),
    Index(None, "machine"),
    sqlite_autoincrement=True,
)
"""Keys to which machines seal what they hand over; each lives for minutes."""

queue_batch = Table(
    "queue_batch",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("machine", Text, nullable=False),
    Column("outbox", BigInteger, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("key", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    UniqueConstraint("machine", "outbox", "number"),
    sqlite_autoincrement=True,
)
"""Sealed batches that machines have handed over and the writer has not taken yet."""

queue_done = Table(
    "queue_done",
    metadata,
    Column("machine", Text, nullable=False),
    Column("outbox", BigInteger, nullable=False),
    Column("number", BigInteger, nullable=False),
    PrimaryKeyConstraint("machine", "outbox"),
)
"""The last batch of each outbox that was taken: no earlier one is taken again."""
