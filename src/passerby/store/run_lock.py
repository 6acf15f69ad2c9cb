"""One run at a time uses a store: a file beside its keys says which."""

import json
import os
from pathlib import Path

from passerby.errors import OutputError, StoreError
from passerby.files.growing import open_to_go_on
from passerby.runtime.boot import boot_id

__all__ = ["RunLock"]


class RunLock:
    """Keeps other runs out until it is released, or this process ends however it ends.

    The system's own lock decides where there is one. Where the file system has none, the process
    that the file names decides, if it runs and the machine was not started again since.

    Args:
        path: Of the lock file.
        store: What is locked, for the message.

    Raises:
        StoreError: If another run has the store.
    """

    def __init__(self, path: Path, store: str) -> None:
        try:
            self._file = open_to_go_on(path)
        except OutputError as error:
            raise StoreError(f"{store} is in use by another run ({error})") from error
        holder = _holder(self._file.read())
        if holder is not None:
            self._file.close()
            raise StoreError(
                f"{store} is in use by process {holder}: stop that run, or wait for it"
            )
        self._say({"process": os.getpid(), "boot": boot_id()})

    def release(self) -> None:
        """Let others in; calling it twice does no harm."""
        if not self._file.closed:
            self._say(None)
            self._file.close()

    def _say(self, holder: dict[str, object] | None) -> None:
        self._file.seek(0)
        self._file.truncate()
        self._file.write(b"" if holder is None else json.dumps(holder).encode())
        self._file.flush()


def _holder(content: bytes) -> int | None:
    """The process that a lock file names, if it still runs."""
    try:
        said = json.loads(content or b"{}")
        process = int(said.get("process", 0))
    except (ValueError, AttributeError):
        return None
    if process in (0, os.getpid()) or said.get("boot") != boot_id():
        return None
    return process if Path("/proc", str(process)).exists() else None
