"""Signatures in a file: numbers and labels, no pixels."""

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from passerby.files.growing import open_to_go_on
from passerby.files.partial import ANEW, PartialFile, Permit, write_error

__all__ = ["SignatureFile"]


class SignatureFile:
    """Takes signatures one by one, and keeps them if the run breaks off before the last.

    Until `commit` they lie in a hidden file, ``.q.npz.unfinished``: a line of JSON, then rows of
    32-bit numbers. A file that was started with the same header is continued.

    Args:
        target: The ``.npz`` file.
        header: What is known of them, as JSON can hold it.
        dimension: Numbers in a signature.
        permit: What may happen to a file that is there.

    Attributes:
        kept: How many signatures an earlier run has left.

    Raises:
        OutputError: If it cannot be written.
    """

    def __init__(
        self,
        target: Path,
        header: Mapping[str, Any],
        dimension: int,
        permit: Permit = ANEW,
    ) -> None:
        self._target, self._header = target, dict(header)
        self._dimension = dimension
        self._permit = permit
        self._path = target.with_name(f".{target.name}.unfinished")
        self._head = (json.dumps({**header, "dimension": dimension}) + "\n").encode()
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            self._file = open_to_go_on(self._path)
            self.kept = self._rows_left()
            if not self.kept:
                self._file.seek(0)
                self._file.write(self._head)
            self._file.truncate(self._end(self.kept))
            self._file.seek(self._end(self.kept))
        except OSError as error:
            raise write_error(target, error) from error

    def add(self, signature: npt.NDArray[np.float32] | None) -> None:
        """Take the signature of the next image, shape (d,); None for one that has none.

        Raises:
            OutputError: If it cannot be written.
        """
        row = np.full(self._dimension, np.nan, np.float32) if signature is None else signature
        try:
            self._file.write(np.asarray(row, np.float32).tobytes())
        except OSError as error:
            raise write_error(self._target, error) from error

    def missing(self) -> list[int]:
        """Return the numbers of the images without a signature, an earlier run's included."""
        return np.flatnonzero(np.isnan(self._rows()[:, 0])).tolist()

    def commit(
        self, ids: npt.NDArray[np.int64], cameras: npt.NDArray[np.int64], paths: Sequence[str]
    ) -> None:
        """Write the file; images without a signature are left out and listed in its header.

        Args:
            ids: Shape (n,), who all images show.
            cameras: Shape (n,), which camera took them.
            paths: What they are called.

        Raises:
            OutputError: If it cannot be written.
        """
        rows = self._rows()
        known = ~np.isnan(rows[:, 0])
        named = np.array(paths)
        header = {**self._header, "left_out": named[~known].tolist()}
        with PartialFile(self._target, self._permit) as file:
            np.savez(
                file,
                features=rows if known.all() else rows[known],
                ids=ids[known],
                cameras=cameras[known],
                paths=named[known],
                header=np.array(json.dumps(header)),
            )
        self._path.unlink(missing_ok=True)  # before another run may open it
        self._file.close()

    def close(self) -> None:
        """Close the file; what is not committed is kept for the next run."""
        with suppress(OSError):  # of a full disk, which `add` or `commit` has told of
            self._file.close()

    def _rows_left(self) -> int:
        """How many whole rows an earlier run with the same header has left."""
        if self._file.read(len(self._head)) != self._head:
            return 0
        rows = self._file.seek(0, os.SEEK_END) - len(self._head)
        return rows // (4 * self._dimension)

    def _rows(self) -> npt.NDArray[np.float32]:
        self._file.seek(len(self._head))
        rows = np.frombuffer(self._file.read(), np.float32)
        return rows.reshape(-1, self._dimension)

    def _end(self, rows: int) -> int:
        return len(self._head) + 4 * self._dimension * rows
