"""How often somebody may try what is costly or can be guessed; more is refused before any work."""

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

__all__ = ["RequestLimits"]

_A_MINUTE = {
    "log in by name": 6,
    "log in by address": 30,
    "use a link": 20,
    "use a token": 60,
    "search": 20,
    "send keys": 6,
    "match": 30,
}


class RequestLimits:
    """Counts what was tried lately, in memory.

    Args:
        scale: By which all limits are multiplied.
    """

    def __init__(self, scale: int = 1) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._items = {
            what: RateLimitItemPerMinute(scale * number) for what, number in _A_MINUTE.items()
        }

    def allows(self, what: str, whom: str) -> bool:
        """Count one more try.

        Args:
            what: One of those that have a limit.
            whom: Of whom the tries are counted together.

        Returns:
            Whether it may go on.
        """
        return self._limiter.hit(self._items[what], what, whom)

    def exceeded(self, what: str, whom: str) -> bool:
        """Whether there is no try left; none is counted."""
        return not self._limiter.test(self._items[what], what, whom)
