"""Files and folders that only one run at a time may write into."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path

from passerby.errors import OutputError
from passerby.files.descriptors import FileId, id_of

__all__ = ["lock"]

_LOCKS = Path("/proc/locks")


def lock(descriptor: int, path: Path) -> None:
    """Keep other runs out of an open file or folder until it is closed.

    The system lets them in again when this run ends, however it ends. Where the file system has no
    locks, nobody is kept out.

    Args:
        descriptor: Of the file or folder.
        path: What it is called, for the message.

    Raises:
        OutputError: If another run is in.
    """
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = _holder(id_of(os.fstat(descriptor)))
        raise OutputError(
            f"{path} is being written into by {holder}: wait for it, or name another output"
        ) from None
    except OSError:
        pass  # some file systems have no locks


def _holder(identity: FileId) -> str:
    """The process that has locked it, if the system tells."""
    with suppress(OSError, ValueError, IndexError):
        for line in _LOCKS.read_text(encoding="ascii").splitlines():
            _, kind, *_, process, place, _, _ = line.split()
            if kind == "FLOCK" and int(place.rpartition(":")[2]) == identity[1]:
                return f"another run (process {process})"
    return "another run"
