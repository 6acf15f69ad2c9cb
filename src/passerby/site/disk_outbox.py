"""Sealed batches on the disk of a camera machine, until the store's machine has them."""

import re
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path

from passerby.errors import OutputError, StoreUnavailable
from passerby.files.failures import write_error
from passerby.files.growing import open_to_go_on
from passerby.files.partial import write_bytes
from passerby.store.queue import SealedBatch

__all__ = ["DiskOutbox"]

_NAME = re.compile(r"(\d{6})-([0-9a-f]{16})-(\d{12})-(\d+)\.sealed")
_BITS = 62
"""Of a number that tells outboxes, or runs, apart."""


class DiskOutbox:
    """A folder of files, a batch each, in the order in which they came.

    Each run has a number of its own, and counts its batches from 1; what an earlier run left is
    there first. What does not fit any more is refused, and whoever has it keeps it.

    Args:
        folder: Made if it is missing; one run at a time uses it.
        most: Bytes that all batches together may take.

    Attributes:
        holder: A number that the folder keeps, by which this machine is known from a copy of it.

    Raises:
        OutputError: If it cannot be made, or another run uses it.
    """

    def __init__(self, folder: Path, most: int) -> None:
        self._folder, self._most = folder, most
        self._outbox, self._number = secrets.randbits(_BITS), 0
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise write_error(folder, error) from error
        self._lock = open_to_go_on(folder / "outbox.lock")
        self.holder = self._known()
        found = sorted(self._found())
        self._run = found[-1][0] + 1 if found else 1
        self._kept = {path: path.stat().st_size for *_, path in found}
        self._bytes = sum(self._kept.values())

    @property
    def outbox(self) -> int:
        """Number of this run."""
        return self._outbox

    def __len__(self) -> int:
        """How many batches wait."""
        return len(self._kept)

    def next_number(self) -> int:
        """The number that the next batch will have."""
        return self._number + 1

    def put(self, batch: SealedBatch) -> None:
        """Keep the next batch of this run; when this returns, it is on the disk.

        Raises:
            StoreUnavailable: If it does not fit any more.
            OutputError: If the disk cannot be written.
        """
        size = len(batch.content)
        if self._bytes + size > self._most:
            raise StoreUnavailable(
                f"the outbox {self._folder} is full ({self._bytes / 1e6:.0f} MB): cameras wait, "
                "and live streams drop pictures, until the line to the store is back"
            )
        name = f"{self._run:06d}-{batch.outbox:016x}-{batch.number:012d}-{batch.key}.sealed"
        path = self._folder / name
        write_bytes(path, batch.content)
        self._number = batch.number
        self._kept[path] = size
        self._bytes += size

    def first(self, most: int) -> list[tuple[Path, SealedBatch]]:
        """The batches that wait longest, and where each lies.

        Raises:
            OutputError: If one cannot be read.
        """
        found = []
        for path in list(self._kept)[:most]:
            try:
                content = path.read_bytes()
            except OSError as error:
                raise write_error(path, error) from error
            _, outbox, number, key = _parts(path)
            found.append((path, SealedBatch(outbox, number, key, content)))
        return found

    def remove(self, paths: Iterable[Path]) -> None:
        """Forget batches that the store's machine has.

        Raises:
            OutputError: If the disk cannot be written.
        """
        for path in paths:
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise write_error(path, error) from error
            self._bytes -= self._kept.pop(path, 0)

    def close(self) -> None:
        """Let another run use the folder."""
        self._lock.close()

    def _known(self) -> int:
        """The number that the folder keeps, drawn when it is new."""
        text = self._lock.read()
        if not text:
            text = str(secrets.randbits(_BITS)).encode()
            self._lock.write(text)
            self._lock.flush()
        if not text.isdigit():
            raise OutputError(f"{self._folder}/outbox.lock is damaged: remove it")
        return int(text)

    def _found(self) -> Iterator[tuple[int, int, int, int, Path]]:
        for path in self._folder.iterdir():
            if _NAME.fullmatch(path.name):
                run, outbox, number, key = _parts(path)
                yield run, outbox, number, key, path


def _parts(path: Path) -> tuple[int, int, int, int]:
    """Run, outbox, number and key that a file's name says."""
    found = _NAME.fullmatch(path.name)
    assert found is not None  # noqa: S101  (who asks has looked)
    run, outbox, number, key = found.groups()
    return int(run), int(outbox, 16), int(number), int(key)
