"""A list of boxes in a file that appears under its name only when it is whole."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from passerby.files.partial import ANEW, PartialFile, Permit, write_error

__all__ = ["ResultsFile"]


class ResultsFile:
    """Takes results one picture at a time, so that memory does not grow with their number.

    Leaving its ``with`` without `commit` leaves no file.

    Args:
        target: The JSON file to write.
        permit: What may happen to a file that is there.

    Raises:
        OutputError: If it cannot be made.
    """

    def __init__(self, target: Path, permit: Permit = ANEW) -> None:
        self._target = target
        self._partial = PartialFile(target, permit)
        self._file = self._partial.file

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._partial.abort()

    @property
    def position(self) -> int:
        """Where the next result will lie, for `take_back`."""
        return self._file.tell()

    def add(self, results: Iterable[dict[str, Any]]) -> None:
        """Append results.

        Raises:
            OutputError: If there is no room.
        """
        for result in results:
            line = json.dumps(result).encode()  # bytes of names that are no text come as \udcXX
            with self._room():
                self._file.write((b",\n" if self.position else b"[") + line)

    def take_back(self, position: int) -> None:
        """Forget all results from ``position`` on.

        Raises:
            OutputError: If those before do not fit on the disk.
        """
        with self._room():
            self._file.seek(position)
            self._file.truncate()

    def commit(self) -> None:
        """Finish the file and give it its name.

        Raises:
            OutputError: If that fails.
        """
        with self._room():
            self._file.write(b"]\n" if self.position else b"[]\n")
        self._partial.commit()

    @contextmanager
    def _room(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise write_error(self._target, error) from error
