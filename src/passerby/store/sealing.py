"""Sealing batches to the site: whoever seals cannot open (HPKE, RFC 9180)."""

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from passerby.errors import StoreError

__all__ = ["is_signed", "public_half", "seal_batch", "unseal_batch"]

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def public_half(secret: bytes) -> bytes:
    """The half of a key that others may know, 32 bytes.

    Args:
        secret: The other half, 32 bytes.
    """
    return X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()


def seal_batch(content: bytes, public: bytes, place: bytes) -> bytes:
    """Encrypt so that only who has the secret half can open it.

    Args:
        content: What to seal.
        public: From `public_half`.
        place: Whose batch it is, and which; it opens as nothing else.
    """
    return _SUITE.encrypt(content, X25519PublicKey.from_public_bytes(public), place)


def unseal_batch(sealed: bytes, secret: bytes, place: bytes) -> bytes:
    """Return what `seal_batch` was given.

    Raises:
        StoreError: If it was changed, is another batch, or was sealed to another key.
    """
    try:
        return _SUITE.decrypt(sealed, X25519PrivateKey.from_private_bytes(secret), place)
    except (InvalidTag, ValueError):
        raise StoreError(f"batch {place.decode()} cannot be opened: it was changed") from None


def is_signed(content: bytes, signature: bytes, by: bytes) -> bool:
    """Whether a site has signed something (Ed25519, RFC 8032).

    Args:
        content: What.
        signature: From `SiteKey.sign_publicly`.
        by: The site's public key, 32 bytes.
    """
    try:
        Ed25519PublicKey.from_public_bytes(by).verify(signature, content)
    except InvalidSignature:
        return False
    return True
