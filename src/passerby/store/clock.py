"""What time it surely is: a wall clock that jumps ahead must erase nobody too early.

The machine's count of seconds since it was started cannot be set, and goes on while it sleeps. Each
sweep notes both clocks. The next one believes the wall clock as far as the other bears it out.
"""

import json
import time
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, insert, select, text

from passerby.runtime.boot import boot_id
from passerby.store.audit import record
from passerby.store.schema import store_info, sweep
from passerby.store.store import Store
from passerby.store.times import SECOND, as_text, now

__all__ = [
    "ClockReading",
    "SureTime",
    "confirm_clock",
    "note_time",
    "read_clock",
    "sure_time",
    "weigh_clock",
]

TOLERANCE = 300 * SECOND
"""By how much clocks may differ: they drift, and are put right in small steps."""
LONGEST_OFF = 4 * 86_400 * SECOND
"""For how long a machine may be switched off without a question: a weekend and two holidays."""

_NAME = "clock"
_SINCE_BOOT = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class ClockReading(NamedTuple):
    """What the clocks said at one moment.

    Attributes:
        at: The time, microseconds of UTC.
        boot: What the system calls the time since it was started.
        uptime: How long that is, microseconds, sleep included.
    """

    at: int
    boot: str
    uptime: int


class SureTime(NamedTuple):
    """What time may be acted upon.

    Attributes:
        at: The time that has surely come, microseconds of UTC.
        reading: What to compare with next time.
        doubt: What is wrong with the clock, in one line; "" if nothing is.
    """

    at: int
    reading: ClockReading
    doubt: str


def read_clock() -> ClockReading:
    """Read both clocks of this machine."""
    return ClockReading(now(), boot_id(), time.clock_gettime_ns(_SINCE_BOOT) // 1000)


def weigh_clock(
    reading: ClockReading, before: ClockReading | None, database: int | None = None
) -> SureTime:
    """Say what time it surely is.

    Args:
        reading: What the clocks say.
        before: What they said, and was believed, at the last sweep; None if there was none.
        database: What the clock of a server says, which may be another machine; None if there is
            none.
    """
    at, doubt = reading.at, ""
    expected = at
    if before is not None:
        again = before.boot != reading.boot or reading.uptime < before.uptime  # switched off
        expected = before.at + reading.uptime - (0 if again else before.uptime)
        ahead = at - expected
        if -TOLERANCE <= ahead <= (LONGEST_OFF if again else TOLERANCE):
            expected = at
        else:
            way = "ahead of" if ahead > 0 else "behind"
            doubt = (
                f"the clock says {as_text(at)}, which is {_span(abs(ahead))} {way} what has passed "
                "since the last sweep"
            )
    if database is not None and abs(at - database) > TOLERANCE:
        doubt = doubt or (
            f"the clock says {as_text(at)}, and that of the database {as_text(database)}"
        )
    if doubt:
        doubt += (
            ": nothing is erased before its time by either; set the clock, or confirm it with "
            "`passerby store confirm-clock`"
        )
    sure = min(at, expected, at if database is None else database + TOLERANCE)
    return SureTime(sure, reading._replace(at=expected), doubt)


def sure_time(connection: Connection) -> SureTime:
    """What time it surely is, by this machine, the last sweep and the database."""
    database = None
    if connection.dialect.name != "sqlite":
        seconds = connection.execute(text("SELECT extract(epoch FROM clock_timestamp())"))
        database = round(seconds.scalar_one() * SECOND)
    return weigh_clock(read_clock(), _noted(connection), database)


def note_time(connection: Connection, reading: ClockReading) -> None:
    """Keep a reading that is believed, for the next sweep to compare with."""
    connection.execute(delete(store_info).where(store_info.c.name == _NAME))
    row = {"name": _NAME, "value": json.dumps(reading._asdict())}
    connection.execute(insert(store_info), row)


def confirm_clock(store: Store, officer: str, reason: str) -> int:
    """Believe the clock of this machine from now on; returns what it says.

    Args:
        store: Whose sweeps doubt it.
        officer: Name of whoever has compared it with another one.
        reason: Why it was wrong, or seemed to be.

    Raises:
        StoreUnavailable: If the store cannot be written now.
    """
    reading = read_clock()
    with store.database.writing() as connection:
        note_time(connection, reading)
        record(connection, store.site_key, officer, "confirm clock", as_text(reading.at), reason)
    return reading.at


def _noted(connection: Connection) -> ClockReading | None:
    wanted = select(store_info.c.value).where(store_info.c.name == _NAME)
    value = connection.execute(wanted).scalar()
    if value is not None:
        return ClockReading(**json.loads(value))
    last = connection.execute(select(func.max(sweep.c.finished))).scalar()
    return None if last is None else ClockReading(last, "", 0)


def _span(microseconds: int) -> str:
    for unit, seconds in (("day", 86_400), ("hour", 3600)):
        number = microseconds / SECOND / seconds
        if number >= 2:
            return f"{number:.0f} {unit}s"
    return f"{microseconds / SECOND / 60:.0f} minutes"
