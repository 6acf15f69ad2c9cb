"""Stores of objects: which one an address means, what lies in it, and what it says in the way."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

from passerby.errors import ConfigError, InputError
from passerby.extras import needing
from passerby.locations import ObjectPath

if TYPE_CHECKING:
    from obstore.store import ObjectStore

__all__ = [
    "ObjectState",
    "asking",
    "is_object_folder",
    "object_exists",
    "objects_below",
    "remove_object",
    "state_of",
    "store_of",
]

_PATIENCE = timedelta(seconds=60)
"""How long a request is tried again."""

_S3 = (
    "AWS_ACCESS_KEY_ID",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_METADATA_ENDPOINT",
    "AWS_SKIP_SIGNATURE",
)
_GS = (
    "GOOGLE_APPLICATION_CREDENTIALS",
    "GOOGLE_SERVICE_ACCOUNT",
    "GOOGLE_SERVICE_ACCOUNT_KEY",
    "GOOGLE_SKIP_SIGNATURE",
)
_AZ = ("AZURE_STORAGE_ACCOUNT_NAME",)
_CREDENTIALS = {"s3": _S3, "s3a": _S3, "gs": _GS, "az": _AZ, "abfs": _AZ, "abfss": _AZ}
"""Variables of which one must be set. Without that, the client would ask the machine's provider."""


_QUERY = re.compile(r"\?\S*")
"""What follows an address, and may let others in."""


@dataclass(frozen=True, slots=True)
class ObjectState:
    """What an object is at a moment.

    Attributes:
        size: In bytes.
        version: What changes with its content: its ETag.
    """

    size: int
    version: str


@cache
def store_of(bucket: str) -> "ObjectStore":
    """Connect to a store; whose bucket it is, only a request tells.

    Args:
        bucket: Its address, such as ``s3://archive``.

    Raises:
        ConfigError: If the extra is missing, or credentials are.
    """
    with needing("objects", "an address such as s3://bucket"):
        from obstore.exceptions import BaseError  # noqa: PLC0415
        from obstore.store import MemoryStore, from_url  # noqa: PLC0415
    scheme = bucket.partition("://")[0]
    if scheme == "memory":
        return MemoryStore()
    known = _CREDENTIALS[scheme]
    if not any(os.environ.get(name) for name in known):
        raise ConfigError(
            f"{bucket} needs credentials, and the environment has none: set {known[0]} and what "
            f"belongs to it{_OPEN.get(scheme, '')}"
        )
    try:
        return from_url(bucket, retry_config={"max_retries": 4, "retry_timeout": _PATIENCE})
    except BaseError as error:
        raise ConfigError(f"{bucket} cannot be used ({_reason(error)}): check it") from error


_OPEN = {
    "s3": ", or AWS_SKIP_SIGNATURE=true for a bucket that is open to all",
    "gs": ", or GOOGLE_SKIP_SIGNATURE=true for a bucket that is open to all",
}


@contextmanager
def asking(path: ObjectPath) -> Iterator[None]:
    """Turn what a store says into one clear line.

    Raises:
        InputError: If the object or its bucket is not there, is changed, is closed to us, or the
            store cannot be reached.
    """
    try:
        yield
    except (FileNotFoundError, PermissionError) as error:
        raise InputError(_refused(path, error)) from error
    except Exception as error:
        if not type(error).__module__.startswith("obstore"):
            raise
        raise InputError(_refused(path, error)) from error


def _refused(path: ObjectPath, error: Exception) -> str:
    text = str(error)
    match type(error).__name__:
        case _ if "NoSuchBucket" in text or "bucket does not exist" in text:
            return f"{path}: there is no bucket {path.bucket}: check its name"
        case "FileNotFoundError":
            return f"{path} does not exist: check the address"
        case "PreconditionError":
            return (
                f"{path} was changed or replaced while it was read: wait until it is complete, and "
                "run it again"
            )
        case "PermissionError" | "PermissionDeniedError" | "UnauthenticatedError":
            return (
                f"{path}: the store refuses the credentials in the environment: check them and "
                "what they allow"
            )
        case _:
            return f"{path}: the store cannot be reached or broke off ({_reason(error)}): try again"


def _reason(error: Exception) -> str:
    """What a store's client says, in one line: the text before its details."""
    text = str(error).partition("Debug source")[0].partition("<?xml")[0]
    return _QUERY.sub("", " ".join(text.split()))[:200]


def state_of(path: ObjectPath) -> ObjectState:
    """Ask what an object is now.

    Raises:
        InputError: See `asking`.
        ConfigError: See `store_of`.
    """
    import obstore  # noqa: PLC0415

    with asking(path):
        meta = obstore.head(store_of(path.bucket), path.key)
    return ObjectState(meta["size"], meta["e_tag"] or str(meta["last_modified"]))


def object_exists(path: ObjectPath) -> bool:
    """Whether there is such an object.

    Raises:
        InputError: If the store does not say.
    """
    store = store_of(path.bucket)
    import obstore  # noqa: PLC0415

    with asking(path):
        try:
            obstore.head(store, path.key)
        except FileNotFoundError:
            return False
    return True


def is_object_folder(path: ObjectPath) -> bool:
    """Whether there are objects below it."""
    return next(iter(objects_below(path)), None) is not None


def objects_below(path: ObjectPath) -> Iterator[tuple[ObjectPath, int]]:
    """All objects below a folder and their sizes in bytes, in the order of their keys.

    Raises:
        InputError: If the bucket cannot be listed.
    """
    store = store_of(path.bucket)
    with asking(path):
        found = [
            (one["path"], one["size"]) for page in store.list(path.key or None) for one in page
        ]
    yield from ((ObjectPath(path.bucket, key), size) for key, size in sorted(found))


def remove_object(path: ObjectPath) -> None:
    """Remove an object that we have written."""
    with asking(path):
        store_of(path.bucket).delete(path.key)
