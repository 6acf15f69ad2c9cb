"""Times as people enter them, in the zone of the site."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from passerby.errors import ConfigError
from passerby.store.times import SECOND

__all__ = ["entered_moment", "local_midnight"]

_FIRST_YEAR, _LAST_YEAR = 1980, 2200


def entered_moment(text: str, zone: ZoneInfo) -> int | None:
    """Read what a field for a time holds; None if it is empty.

    Args:
        text: As 2027-01-15T08:30; with a zone of its own, that one counts.
        zone: Of the site.

    Returns:
        Microseconds of UTC.

    Raises:
        ConfigError: If it is no time.
    """
    if not text.strip():
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ConfigError(f"{text!r} is not a time: write it as 2027-01-15T08:30") from None
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise ConfigError(f"{text!r} is too far away: name a time from {_FIRST_YEAR} on")
    moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return round(moment.timestamp() * SECOND)


def local_midnight(at: int, zone: ZoneInfo, days: int = 0) -> int:
    """When the day of a moment began in a zone, or another day some days later.

    Args:
        at: Microseconds of UTC.
        zone: Whose days.
        days: Later.
    """
    day = datetime.fromtimestamp(at / SECOND, zone).date() + timedelta(days=days)
    return round(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp() * SECOND)
