"""A key for each track, wrapped by the site's key, in a file of their own.

Whoever erases a track destroys its key. All that was encrypted under it is then lost, in backups
of the database too, since they do not hold the keys.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from passerby.errors import ConfigError, StoreError
from passerby.files.slots import SlotFile
from passerby.store.site_key import SiteKey

__all__ = ["DataKey", "DataKeys"]

_SLOT = 64
_MAGIC = b"passerby keys 1\n"
_ID = 16
_WRAPPED = 12 + 32 + 16
"""A nonce, a key and a tag."""
_NONCE = 12
_MOST_OPEN = 512
"""Unwrapped keys that are kept in memory, some 3 kB each; to unwrap one takes microseconds."""


class DataKey(NamedTuple):
    """The key of one track.

    Attributes:
        number: Of its slot in the file.
        cipher: Encrypts under it.
    """

    number: int
    cipher: AESGCM

    def encrypted(self, content: bytes, place: bytes) -> bytes:
        """Encrypt what belongs to the track.

        Args:
            content: What to encrypt.
            place: What it is and where it belongs; it opens nowhere else.
        """
        nonce = os.urandom(_NONCE)
        return nonce + self.cipher.encrypt(nonce, content, place)

    def decrypted(self, content: bytes, place: bytes) -> bytes:
        """Return what `encrypted` was given.

        Raises:
            StoreError: If it was changed, or belongs elsewhere.
        """
        try:
            return self.cipher.decrypt(content[:_NONCE], content[_NONCE:], place)
        except InvalidTag:
            raise StoreError(
                f"{place.decode()} in the store was changed by somebody else: bring back a backup"
            ) from None


class DataKeys:
    """The keys of all tracks of a store.

    Args:
        slots: The file.
        site: The site's key.
        path: Of the file, for messages.

    Attributes:
        store_id: 16 bytes that the store has too.

    Raises:
        ConfigError: If the file belongs to another key or is no file of keys.
    """

    def __init__(self, slots: SlotFile, site: SiteKey, path: Path) -> None:
        self._slots, self._site = slots, site
        self._open: dict[int, DataKey] = {}
        magic, rest = slots.head[: len(_MAGIC)], slots.head[len(_MAGIC) :]
        self.store_id, check = rest[:_ID], rest[_ID:]
        if magic != _MAGIC:
            raise ConfigError(f"{path} is not a file of keys of passerby: check the path")
        if check != site.check(self.store_id):
            raise ConfigError(
                f"the site's key does not fit {path}: give the key that the store was made with"
            )

    @classmethod
    def made(cls, path: Path, site: SiteKey) -> Self:
        """Make the file, for a new store.

        Raises:
            OutputError: If it cannot be made, or is there.
        """
        store_id = os.urandom(_ID)
        head = _MAGIC + store_id + site.check(store_id)
        return cls(SlotFile(path, _SLOT, head), site, path)

    @classmethod
    def opened(cls, path: Path, site: SiteKey) -> Self:
        """Open it.

        Raises:
            ConfigError: If it belongs to another key or is no file of keys.
            InputError: If there is none.
        """
        slots = SlotFile(path, _SLOT)
        try:
            return cls(slots, site, path)
        except ConfigError:
            slots.close()
            raise

    def new(self, count: int) -> list[DataKey]:
        """Draw keys and bring them to the disk, before anything is encrypted under them.

        Raises:
            OutputError: If they cannot be written.
        """
        keys = [DataKey(number, AESGCM(secret)) for number, secret in self._drawn(count)]
        self._remember(keys)
        return keys

    def new_secret(self) -> tuple[int, bytes]:
        """Draw 32 secret bytes, and bring them to the disk; returns their number, and them.

        Raises:
            OutputError: If they cannot be written.
        """
        (drawn,) = self._drawn(1)
        return drawn

    def secret(self, number: int) -> bytes | None:
        """Return what `new_secret` drew; None if it was destroyed or is not in this file.

        Raises:
            StoreError: If what is in its place is no secret of this store.
        """
        wrapped = self._slots.read(number)  # another process may have destroyed it
        if wrapped is None:
            return None
        secret = self._site.unwrap(wrapped[:_WRAPPED], self.store_id)
        if secret is None:
            raise StoreError(f"key {number} is damaged: bring back a backup of the file of keys")
        return secret

    def get(self, number: int) -> DataKey | None:
        """Return a key; None if it was destroyed or is not in this file.

        Raises:
            StoreError: If what is in its place is not a key of this store.
        """
        if self._slots.read(number) is None:  # another process may have destroyed it
            self._open.pop(number, None)
        elif number not in self._open and (secret := self.secret(number)) is not None:
            self._remember([DataKey(number, AESGCM(secret))])
        return self._open.get(number)

    def __len__(self) -> int:
        """How many keys there are, the destroyed ones too."""
        return len(self._slots)

    def is_destroyed(self, number: int) -> bool:
        """Whether there was such a key, and it was destroyed."""
        return self._slots.is_erased(number)

    def destroy(self, numbers: Iterable[int]) -> None:
        """Overwrite keys, on the disk and here.

        Raises:
            OutputError: If the disk cannot be written.
        """
        gone = list(numbers)
        for number in gone:
            self._open.pop(number, None)
        self._slots.erase(gone)

    def close(self) -> None:
        """Close the file and forget the keys."""
        self._open.clear()
        self._slots.close()

    def _drawn(self, count: int) -> list[tuple[int, bytes]]:
        """Secrets that are on the disk, with their numbers."""
        if not count:
            return []
        drawn = [AESGCM.generate_key(256) for _ in range(count)]
        numbers = self._slots.append([self._site.wrap(one, self.store_id) for one in drawn])
        return list(zip(numbers, drawn, strict=True))

    def _remember(self, keys: Iterable[DataKey]) -> None:
        for key in keys:
            while len(self._open) >= _MOST_OPEN:
                self._open.pop(next(iter(self._open)))
            self._open[key.number] = key
