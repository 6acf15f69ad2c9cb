"""The two streams that the program writes to, whatever becomes of them.

One that is closed, full or no longer read ends nothing: the work goes on, and the exit code says
whether results were lost.
"""

import errno
import io
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Literal

__all__ = ["ERRORS", "OUTPUT", "open_descriptors"]


class _Stream(io.TextIOBase):
    """The output or the error stream of the process, whatever becomes of it.

    Attributes:
        lost: Why nothing can be written to it any more, or None.
    """

    def __init__(self, name: Literal["stdout", "stderr"]) -> None:
        self.lost: OSError | None = None
        self._name = name

    @property
    def _file(self) -> IO[str] | None:
        return sys.stdout if self._name == "stdout" else sys.stderr

    @property
    def encoding(self) -> str:  # type: ignore[override]  # rich draws with what it can encode
        """What the characters become."""
        return getattr(self._file, "encoding", None) or "utf-8"

    def isatty(self) -> bool:
        """Whether somebody is watching."""
        return self._file is not None and self._file.isatty()

    def write(self, text: str) -> int:
        """Write what can be written."""
        encoding = self.encoding
        encoded = text.encode(encoding, "backslashreplace").decode(encoding)
        if self._file is None and self.lost is None:
            self.lost = OSError(errno.EBADF, "it is closed")
        self._attempt(lambda file: file.write(encoded))
        return len(text)

    def flush(self) -> None:
        """Make sure that it arrived."""
        self._attempt(lambda file: file.flush())

    def _attempt(self, action: Callable[[IO[str]], object]) -> None:
        """Do it; if that fails, all that is still written is thrown away."""
        file = self._file
        if file is None or self.lost is not None:
            return
        try:
            action(file)
        except OSError as error:
            self.lost = error
            # Python flushes the rest once more when it exits.
            with Path(os.devnull).open("wb") as nowhere, suppress(OSError):
                os.dup2(nowhere.fileno(), file.fileno())


OUTPUT, ERRORS = _Stream("stdout"), _Stream("stderr")


def open_descriptors() -> None:
    """Open what the caller closed: else the next file would get its number, and our words."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
