"""Who is trained on and who is tested on, where a data set leaves that to its users.

Libraries that draw at random each draw differently, and their figures cannot be compared. Here a
seed decides, by a hash that is the same on every machine, and a split file keeps what was decided.
"""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from passerby.errors import InputError
from passerby.files.partial import ANEW, Permit, write_text
from passerby.files.plain import read_json
from passerby.runtime.counting import counted

__all__ = [
    "SPLIT_FILE",
    "Partitions",
    "drawn",
    "partitions_in",
    "read_partitions",
    "write_partitions",
]

SPLIT_FILE = "passerby-splits.json"
"""A split file of this name in the root of a data set is used without being asked for."""


@dataclass(frozen=True)
class Partitions:
    """Who is trained on, once a partition; everybody else is tested on.

    Attributes:
        dataset: Name of the data set.
        seed: What they were drawn with; None if the authors of the data set chose them.
        train: Sorted identities of each partition.
    """

    dataset: str
    seed: int | None
    train: tuple[tuple[int, ...], ...]

    @cached_property
    def sha256(self) -> str:
        """Hash of all of it, in hexadecimal."""
        return sha256(json.dumps(_content(self)).encode()).hexdigest()

    def __str__(self) -> str:
        origin = "chosen by the authors" if self.seed is None else f"drawn with seed {self.seed}"
        return f"{counted(len(self.train), 'partition')} {origin}, sha256 {self.sha256[:12]}"

    def of(self, number: int, identities: Collection[int]) -> frozenset[int]:
        """The identities to train on in one partition.

        Args:
            number: Of the partition, from 0.
            identities: Everybody in the data set.

        Raises:
            InputError: If there is no such partition, or somebody in it is not in the data set.
        """
        if not 0 <= number < len(self.train):
            raise InputError(
                f"there is no partition {number}: the splits have 0 to {len(self.train) - 1}"
            )
        chosen = frozenset(self.train[number])
        strangers = chosen - frozenset(identities)
        if strangers:
            raise InputError(
                f"the splits name identity {min(strangers)}, which the data set does not have: "
                f"use splits of this data set, not of {self.dataset}"
            )
        return chosen


def drawn(
    dataset: str, identities: Iterable[int], trained: int, count: int = 10, seed: int = 0
) -> Partitions:
    """Draw partitions: the identities with the smallest hashes are trained on.

    Args:
        dataset: Name of the data set.
        identities: Everybody in it.
        trained: How many are trained on.
        count: How many partitions to draw.
        seed: Another seed draws others.

    Example:
        >>> drawn("viper", range(6), trained=3, count=2, seed=1).train
        ((2, 3, 5), (0, 3, 4))
    """
    everybody = sorted(set(identities))

    def partition(number: int) -> tuple[int, ...]:
        def draw(identity: int) -> bytes:
            return sha256(f"{seed} {number} {identity}".encode()).digest()

        return tuple(sorted(sorted(everybody, key=draw)[:trained]))

    return Partitions(dataset, seed, tuple(partition(number) for number in range(count)))


def write_partitions(path: Path, partitions: Partitions, permit: Permit = ANEW) -> None:
    """Write a split file: JSON with the seed, the partitions and their hash.

    Raises:
        OutputError: If it cannot be written.
    """
    content = {**_content(partitions), "sha256": partitions.sha256}
    write_text(path, json.dumps(content) + "\n", permit)


def read_partitions(path: Path) -> Partitions:
    """Read a split file.

    Raises:
        InputError: If it is missing, is no split file, or was changed since it was written.
    """
    try:
        content = read_json(path)
        partitions = _understood(content)
    except OSError as error:
        raise InputError(f"the splits {path} cannot be read: {error.strerror}") from None
    except (ValueError, TypeError, KeyError):
        raise InputError(f"{path} is not a split file of passerby: write it again") from None
    if content["sha256"] != partitions.sha256:
        raise InputError(f"{path} was changed since it was written: write it again")
    return partitions


def partitions_in(root: Path) -> Partitions | None:
    """What the split file in the root of a data set says; None if there is none.

    Raises:
        InputError: As `read_partitions`.
    """
    path = root / SPLIT_FILE
    return read_partitions(path) if path.exists() else None


def _content(partitions: Partitions) -> dict[str, Any]:
    return {
        "splits": 1,
        "dataset": partitions.dataset,
        "seed": partitions.seed,
        "train": partitions.train,
    }


def _understood(content: dict[str, Any]) -> Partitions:
    train = tuple(tuple(int(identity) for identity in part) for part in content["train"])
    return Partitions(str(content["dataset"]), content["seed"], train)
