"""The site's key: it wraps the keys of tracks and signs the audit log."""

import hmac
import os
import re
import secrets
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from passerby.errors import ConfigError
from passerby.files.secret import read_secret

__all__ = ["KEY_VARIABLE", "SiteKey", "read_site_key"]

KEY_VARIABLE = "PASSERBY_SITE_KEY"
"""The environment variable that holds the site's key as text."""

_BYTES = 32
_NONCE = 12
_TEXT = re.compile(rf"[0-9a-fA-F]{{{2 * _BYTES}}}")


class SiteKey:
    """256 bits that a site keeps to itself; whatever is used is derived from them (HKDF, RFC 5869).

    Args:
        secret: 32 bytes.
    """

    def __init__(self, secret: bytes) -> None:
        if len(secret) != _BYTES:
            raise ConfigError(f"a site's key has {_BYTES} bytes, not {len(secret)}: make a new one")
        self._secret = secret
        self._wrapping = AESGCM(self._derived(b"wrap"))
        self._signing = self._derived(b"audit")
        self._public_signing = Ed25519PrivateKey.from_private_bytes(self._derived(b"public"))

    @classmethod
    def new(cls) -> "SiteKey":
        """Draw one."""
        return cls(secrets.token_bytes(_BYTES))

    @property
    def text(self) -> str:
        """The key as 64 hexadecimal digits, for a key file or the environment."""
        return self._secret.hex()

    def __repr__(self) -> str:
        return "<SiteKey>"

    def wrap(self, key: bytes, store_id: bytes) -> bytes:
        """Encrypt the key of a track (AES-256-GCM).

        Args:
            key: What to wrap.
            store_id: Of its store; it opens in no other.
        """
        nonce = os.urandom(_NONCE)
        return nonce + self._wrapping.encrypt(nonce, key, store_id)

    def unwrap(self, wrapped: bytes, store_id: bytes) -> bytes | None:
        """Return the key that `wrap` was given; None if this is not it, or not its store."""
        try:
            return self._wrapping.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], store_id)
        except InvalidTag:
            return None

    def check(self, of: bytes) -> bytes:
        """32 bytes that tell whether a store was made with this key, and nothing of the key."""
        return self._derived(b"check " + of)

    def sign(self, content: bytes) -> bytes:
        """The HMAC-SHA256 of an entry of the audit log, 32 bytes."""
        return hmac.digest(self._signing, content, sha256)

    @property
    def public(self) -> bytes:
        """What others know the site's public signatures by, 32 bytes."""
        return self._public_signing.public_key().public_bytes_raw()

    def sign_publicly(self, content: bytes) -> bytes:
        """Sign what machines without the key must be able to check (Ed25519), 64 bytes."""
        return self._public_signing.sign(content)

    def secret_of(self, purpose: str) -> bytes:
        """32 bytes that processes of the site know each other by, and that tell nothing of the key.

        Args:
            purpose: What for; each has a secret of its own.
        """
        return self._derived(b"secret of " + purpose.encode())

    def _derived(self, purpose: bytes) -> bytes:
        info = b"passerby site key: " + purpose
        return HKDF(algorithm=SHA256(), length=_BYTES, salt=None, info=info).derive(self._secret)


def read_site_key(path: Path | None = None) -> SiteKey:
    """Read the site's key from a file, or from the environment.

    Args:
        path: Of a file of 64 hexadecimal digits that nobody else may read; by default the
            environment variable ``PASSERBY_SITE_KEY`` holds them.

    Raises:
        ConfigError: If there is none, it is no key, or others may read the file.
    """
    if path is None:
        text = os.environ.get(KEY_VARIABLE)
        if text is None:
            raise ConfigError(
                f"the store has a key and none was given: set {KEY_VARIABLE} or name a key file"
            )
        return _parsed(text, KEY_VARIABLE)
    remedy = "check the path, or make one with `passerby store key`"
    return _parsed(read_secret(path, "key file", 4 * _BYTES, remedy), f"the key file {path}")


def _parsed(text: str, origin: str) -> SiteKey:
    if _TEXT.fullmatch(text.strip()) is None:
        raise ConfigError(
            f"{origin} does not hold a site's key, which is {2 * _BYTES} hexadecimal digits: make "
            "one with `passerby store key`"
        )
    return SiteKey(bytes.fromhex(text.strip()))
