"""Time in a store: whole microseconds of UTC since 1970."""

import time
from datetime import UTC, datetime, tzinfo

from passerby.errors import ConfigError

__all__ = ["SECOND", "as_text", "local_text", "microseconds", "now"]

SECOND = 1_000_000


def now() -> int:
    """The time of the wall clock."""
    return time.time_ns() // 1000


def as_text(at: int) -> str:
    """Show a time, to the millisecond.

    Example:
        >>> as_text(1_800_000_000_250_000)
        '2027-01-15T08:00:00.250Z'
    """
    return datetime.fromtimestamp(at / SECOND, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def local_text(at: int, zone: tzinfo, form: str = "%Y-%m-%d %H:%M") -> str:
    """Show a time as clocks in a zone do, and which of the two hours it is when they are put back.

    Example:
        >>> from zoneinfo import ZoneInfo
        >>> local_text(microseconds("2026-10-25T00:00Z"), ZoneInfo("Europe/Berlin"))
        '2026-10-25 02:00 CEST'
        >>> local_text(microseconds("2026-10-25T01:00Z"), ZoneInfo("Europe/Berlin"))
        '2026-10-25 02:00 CET'
    """
    return datetime.fromtimestamp(at / SECOND, zone).strftime(f"{form} %Z")


def microseconds(text: str) -> int:
    """Read a time as ISO 8601 has it; one that names no zone is of UTC.

    Raises:
        ConfigError: If it is none.

    Example:
        >>> microseconds("2027-01-15T09:00:00+01:00") == microseconds("2027-01-15 08:00")
        True
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(
            f"{text!r} is not a time: write it as 2027-01-15 or 2027-01-15T08:30+01:00"
        ) from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * SECOND)
