"""Stored pixels that were anonymized, read back as what they are.

This is the one way back from disk. Why it is safe is decision 6.
"""

from collections.abc import Callable, Collection, Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

from passerby.errors import InputError, PrivacyError
from passerby.files.plain import open_plain
from passerby.protection import Protection
from passerby.types import AnonymizedFrame, Source, seal

__all__ = ["Voucher", "read_vouched"]


@dataclass(frozen=True, slots=True)
class Voucher:
    """What a record says of a file that the anonymizer wrote.

    Attributes:
        protection: What was done to all of its frames.
        covered_in_full: Whether any of them was covered whole because it could not be trusted.
        record: Where it says so, for messages: the path of a report or of a manifest.
    """

    protection: Protection
    covered_in_full: bool
    record: Path


def read_vouched(
    path: Path,
    vouchers: Mapping[str, Voucher],
    open_source: Callable[[Path], Source],
    wanted: Collection[int] | None = None,
) -> Generator[AnonymizedFrame, None, None]:
    """Read frames back from a file that the anonymizer wrote, if there is a voucher for it.

    The file is hashed here, not by the caller, before anything is read from it; and before each
    frame is handed out, it must still be the file that was hashed.

    Args:
        path: Of the file, wherever it lies now.
        vouchers: By the sha256 of the file that each is for, in hexadecimal.
        open_source: Reads it.
        wanted: Numbers of the frames to read, from 0; None for all.

    Yields:
        Those of them that the file has, in order.

    Raises:
        InputError: If the file cannot be read.
        PrivacyError: If there is no voucher for it.
    """
    identity = _identity(path)
    voucher = vouchers.get(_sha256(path))
    if voucher is None or _identity(path) != identity:
        raise _not_vouched_for(path, vouchers)
    last = None if wanted is None else max(wanted, default=-1)
    with closing(open_source(path)) as source:
        for frame in source:
            if wanted is None or frame.index in wanted:
                image = frame.image
                if _identity(path) != identity:
                    raise _not_vouched_for(path, vouchers)
                yield seal(
                    frame,
                    image,
                    voucher.protection,
                    alpha=frame.alpha,
                    covered_in_full=voucher.covered_in_full,
                )
            if last is not None and frame.index >= last:
                return


def _sha256(path: Path) -> str:
    try:
        with open_plain(path) as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}): check the path") from error


def _identity(path: Path) -> tuple[int, ...]:
    """What tells whether a file was changed or replaced since."""
    try:
        status = path.stat()
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}): check the path") from error
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _not_vouched_for(path: Path, vouchers: Mapping[str, Voucher]) -> PrivacyError:
    records = sorted({str(voucher.record) for voucher in vouchers.values()})
    return PrivacyError(
        f"{path} is not vouched for by {' or '.join(records) or 'any record'} (it was "
        "changed, replaced or never anonymized): anonymize it again"
    )
