"""Passwords: hashed by Argon2id, a few at a time, since each hash costs memory and time."""

from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from passerby.errors import ConfigError, StoreUnavailable

__all__ = ["LEAST_LENGTH", "Passwords"]

LEAST_LENGTH = 12
_MOST_LENGTH = 1024
_AT_ONCE = 2
_PATIENCE = 5
"""Seconds to wait for others whose passwords are hashed."""


class Passwords:
    """Makes and checks hashes of passwords.

    Args:
        hasher: How; by default as argon2-cffi recommends: 64 MiB and a quarter of a second each.
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turns = BoundedSemaphore(_AT_ONCE)
        self._nobody = self._hasher.hash("of nobody")

    def hashed(self, password: str, name: str) -> str:
        """Hash a new password.

        Args:
            password: As it was chosen.
            name: Of the user, which is no password.

        Raises:
            ConfigError: If it is too short, too long, or the name.
            StoreUnavailable: If too many are hashed now.
        """
        if not LEAST_LENGTH <= len(password) <= _MOST_LENGTH or password == name:
            raise ConfigError(
                f"a password has {LEAST_LENGTH} characters or more, and is not the name: choose a "
                "longer one, such as four words"
            )
        self._wait()
        try:
            return self._hasher.hash(password)
        finally:
            self._turns.release()

    def fits(self, password: str, hashed: str | None) -> bool:
        """Whether a password is the one; it takes as long if there is none.

        Args:
            password: As it was entered.
            hashed: Of the user; None if there is no such user, or no password.

        Raises:
            StoreUnavailable: If too many are checked now.
        """
        if len(password) > _MOST_LENGTH:
            return False
        self._wait()
        try:
            self._hasher.verify(hashed or self._nobody, password)
        except (VerificationError, InvalidHashError):
            return False
        finally:
            self._turns.release()
        return hashed is not None

    def _wait(self) -> None:
        if not self._turns.acquire(timeout=_PATIENCE):
            raise StoreUnavailable("too many people log in at this moment: try again")
