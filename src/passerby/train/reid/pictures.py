"""Pictures of a data set in memory: decoded and, if wanted, anonymized once. None is written."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import TypeAlias

from passerby.datasets import ReidDataset
from passerby.errors import InputError
from passerby.pipeline.description import raw_frame
from passerby.runtime.counting import counted
from passerby.train.engine.free_memory import free_memory
from passerby.types import Image

__all__ = ["Anonymize", "Pictures"]

Anonymize: TypeAlias = Callable[[Path, str], Image]
"""From the root of a data set and the path of a picture in it to what its anonymized copy shows,
shape (height, width, 3), BGR, uint8; `passerby.twins.pictures.TwinPictures` is one."""


class Pictures:
    """Pictures in the order of ``paths``, each kept in its own size while memory lasts.

    Args:
        dataset: Where they lie.
        paths: Relative to its root.
        anonymize: How they are anonymized; None to take them as they are.
        memory: Bytes that they may take; by default half of what is free, shared with the other
            processes of a training. The others are read anew whenever they are needed.

    Attributes:
        left_out: How many of those that were read are not kept.
    """

    def __init__(
        self,
        dataset: ReidDataset,
        paths: Sequence[str],
        anonymize: Anonymize | None = None,
        memory: int | None = None,
    ) -> None:
        self._root = dataset.root
        self._paths = paths
        self._anonymize = anonymize
        self._memory = _own_memory() if memory is None else memory
        self._kept: dict[int, Image] = {}
        self._one_at_a_time = Lock()
        self.left_out = 0

    def __len__(self) -> int:
        return len(self._paths)

    def __getitem__(self, index: int) -> Image:
        """Return a picture, shape (height, width, 3), BGR.

        Raises:
            InputError: If it cannot be read.
        """
        kept = self._kept.get(index)
        return self._read(index) if kept is None else kept

    def __iter__(self) -> Iterator[Image]:
        return (self[index] for index in range(len(self)))

    def read_all(
        self, workers: int = 1, progress: Callable[[int], None] = lambda _done: None
    ) -> None:
        """Read all pictures once, and keep them.

        Args:
            workers: Threads that decode. Detectors take one picture at a time: what is anonymized
                is read by one thread.
            progress: Told how many are read.

        Raises:
            InputError: If any cannot be read; it names the first and says how many there are.
        """
        threads = max(workers, 1) if self._anonymize is None else 1
        errors: list[InputError] = []
        with ThreadPoolExecutor(threads) as pool:
            for index, picture in enumerate(pool.map(self._tried, range(len(self)))):
                if isinstance(picture, InputError):
                    errors.append(picture)
                elif self._memory >= picture.nbytes:
                    self._memory -= picture.nbytes
                    self._kept[index] = picture
                else:
                    self.left_out += 1
                progress(index + 1)
        if errors:
            more = f" ({counted(len(errors), 'such image')})" if len(errors) > 1 else ""
            raise InputError(f"{errors[0]}{more}") from errors[0]

    def _tried(self, index: int) -> Image | InputError:
        try:
            return self._read(index)
        except InputError as error:
            return error

    def _read(self, index: int) -> Image:
        path = self._paths[index]
        if self._anonymize is not None:
            with self._one_at_a_time:  # as detectors ask
                return self._anonymize(self._root, path)
        return raw_frame(self._root / path).image


def _own_memory() -> int:
    """Return half of what is free, in bytes, shared with the other processes of a training."""
    processes = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))  # as torchrun says it
    return free_memory() // 2 // processes
