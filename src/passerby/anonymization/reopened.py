"""Frames of a finished output that were read back: anonymized already, and so they may be shown.

Why this is safe is decision 6. Only `passerby.pipeline.review` calls it (a test searches the code
for any other caller).
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from hashlib import file_digest
from pathlib import Path

from passerby.errors import InputError, PrivacyError
from passerby.types import AnonymizedFrame, Source, seal

__all__ = ["reopened"]


def reopened(
    path: Path, sha256: str, open_source: Callable[[Path], Source], wanted: Collection[int]
) -> Iterator[AnonymizedFrame]:
    """Read frames back from a file that the anonymizer wrote, as its report vouches for.

    The file is hashed here, not by the caller, before anything is read from it; and before each
    frame is handed out, it must still be the file that was hashed.

    Args:
        path: Of the output.
        sha256: What the report of the run says of it, in hexadecimal.
        open_source: Reads it.
        wanted: Numbers of the frames to read, from 0.

    Yields:
        Those of them that the file has, in order. Whether they were covered in full is not known
        any more.

    Raises:
        InputError: If the file cannot be read.
        PrivacyError: If it is not the file that the report vouches for.
    """
    vouched, last = _vouched(path, sha256), max(wanted, default=-1)
    with closing(open_source(path)) as source:
        for frame in source:
            if frame.index in wanted:
                image = frame.image
                if _identity(path) != vouched:
                    raise _not_vouched_for(path)
                yield seal(frame, image, alpha=frame.alpha)
            if frame.index >= last:
                return


def _vouched(path: Path, sha256: str) -> tuple[int, ...]:
    """Compare the file's hash and return what tells whether it was changed since."""
    before = _identity(path)
    try:
        with path.open("rb") as file:
            actual = file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}): check the path") from error
    if actual != sha256 or _identity(path) != before:
        raise _not_vouched_for(path)
    return before


def _identity(path: Path) -> tuple[int, ...]:
    try:
        status = path.stat()
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}): check the path") from error
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _not_vouched_for(path: Path) -> PrivacyError:
    return PrivacyError(
        f"{path} is not the file that the report vouches for, it was changed or replaced since: "
        "anonymize again with --report"
    )
