"""Log-ins that were begun on the console and go on at a provider of OpenID Connect."""

import secrets
import time
from dataclasses import dataclass, field
from threading import Lock

__all__ = ["LOG_IN_SECONDS", "BegunLogIn", "LogInsUnderWay"]

LOG_IN_SECONDS = 600
"""That somebody has to log in at the provider."""
_MOST = 1000


@dataclass(frozen=True, slots=True)
class BegunLogIn:
    """A log-in that goes on at the provider.

    Attributes:
        nonce: That the ID token must hold.
        verifier: Whose hash the provider has.
        until: When it is over, by the monotonic clock, in seconds.
    """

    nonce: str
    verifier: str
    until: float


@dataclass
class LogInsUnderWay:
    """Log-ins that were begun here and go on at the provider; each comes back once."""

    _begun: dict[str, BegunLogIn] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def begin(self) -> tuple[str, BegunLogIn]:
        """Begin one; returns its state."""
        state, moment = secrets.token_urlsafe(32), time.monotonic()
        one = BegunLogIn(
            secrets.token_urlsafe(32), secrets.token_urlsafe(48), moment + LOG_IN_SECONDS
        )
        with self._lock:
            self._begun = {key: old for key, old in self._begun.items() if old.until > moment}
            while len(self._begun) >= _MOST:
                self._begun.pop(next(iter(self._begun)))
            self._begun[state] = one
        return state, one

    def end(self, state: str) -> BegunLogIn | None:
        """Take one out; None if there is none, or it took too long."""
        with self._lock:
            one = self._begun.pop(state, None)
        return one if one is not None and one.until > time.monotonic() else None
