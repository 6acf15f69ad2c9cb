"""The work of one run, shared out to several that know nothing of each other.

Each of them is told its number, names all inputs, and does its share. Which share that is follows
from the names and sizes of the files alone.
"""

import heapq
import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

from passerby.errors import ConfigError, InputError, OutputError
from passerby.files.output_folder import OutputFolder
from passerby.files.partial_object import write_text_at
from passerby.files.permit import ANEW, Permit
from passerby.files.plain import read_json
from passerby.files.status import byte_size, is_there
from passerby.locations import ObjectPath
from passerby.media import Input
from passerby.runs.anonymize.basis import Basis, differences
from passerby.runtime.counting import counted

__all__ = ["PLAN_FILE", "Shard", "ShardPlan", "join_plan", "list_hash", "share"]

PLAN_FILE = ".passerby-shards.json"
"""In the output folder: what all shards that write into it have in common."""


@dataclass(frozen=True, slots=True)
class Shard:
    """One of several runs that share the work.

    Attributes:
        number: Which one, from 1.
        of: How many there are.
    """

    number: int
    of: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``2/8``, the second of eight.

        Raises:
            ConfigError: If it is not of that form, or there is no such shard.

        Example:
            >>> Shard.parse("2/8")
            Shard(number=2, of=8)
        """
        number, slash, of = text.partition("/")
        if not (slash and number.isascii() and number.isdigit() and of.isascii() and of.isdigit()):
            raise ConfigError(f"--shard {text}: write it as 2/8, for the second of eight")
        if not 1 <= int(number) <= int(of):
            raise ConfigError(f"--shard {text}: there are shards 1 to {int(of)} of {int(of)}")
        return cls(int(number), int(of))

    def __str__(self) -> str:
        return f"{self.number} of {self.of}"


@dataclass(frozen=True, slots=True)
class ShardPlan:
    """What the shards of one run have in common.

    Attributes:
        shards: How many there are.
        inputs: How many inputs they share.
        list_sha256: See `list_hash`.
        basis: What copies depend on.
    """

    shards: int
    inputs: int
    list_sha256: str
    basis: Basis

    @property
    def record(self) -> dict[str, Any]:
        """The same as plain values."""
        known = {"shards": self.shards, "inputs": self.inputs, "list_sha256": self.list_sha256}
        return {"plan": 1, **known, **self.basis}


def share(inputs: Sequence[Input], shard: Shard) -> list[int]:
    """Choose the inputs that a shard does: about as many bytes for each, the largest first.

    Args:
        inputs: All of them; each machine lists the same.
        shard: Which share is asked for.

    Returns:
        Their positions, in order.

    Raises:
        ConfigError: If one of them is a live stream, which has no end.
    """
    live = next((one for one in inputs if one.path is None), None)
    if live is not None:
        raise ConfigError(f"--shard shares out files, and {live.name} is a live stream")
    order = sorted(range(len(inputs)), key=lambda at: (-_size(inputs[at]), _name(inputs[at])))
    loads = [(0, number) for number in range(1, shard.of + 1)]
    chosen = []
    for position in order:
        load, number = loads[0]
        # A file without a byte is work, too.
        heapq.heapreplace(loads, (load + _size(inputs[position]) + 1, number))
        if number == shard.number:
            chosen.append(position)
    return sorted(chosen)


def list_hash(inputs: Sequence[Input]) -> str:
    """Hash the names and sizes of all inputs, in their order: machines that differ see it."""
    lines = "".join(f"{_name(one)}\0{_size(one)}\n" for one in inputs)
    return sha256(lines.encode("utf-8", "surrogateescape")).hexdigest()


def join_plan(folder: OutputFolder | ObjectPath, plan: ShardPlan) -> None:
    """Leave word in the output folder of what is shared out there, or read what another shard left.

    Raises:
        ConfigError: If the other shards have other inputs, settings, versions or networks, or
            there are more or fewer of them.
        OutputError: If nothing can be written there.
    """
    place = folder if isinstance(folder, ObjectPath) else folder.path
    path = place / PLAN_FILE
    permit = ANEW if isinstance(folder, ObjectPath) else Permit(below=folder)
    if not is_there(path):
        try:
            write_text_at(path, json.dumps(plan.record, indent=1) + "\n", permit)
        except OutputError:
            if not is_there(path):  # another shard was faster
                raise
    try:
        others = dict(read_json(path))
    except (OSError, ValueError, TypeError):
        raise InputError(f"{path} is not the plan of shards: remove it") from None
    if others.get("shards") != plan.shards:
        raise ConfigError(
            f"{place} is filled by {others.get('shards')} shards, and this is one of "
            f"{plan.shards}: give all the same number, or name another folder"
        )
    if others.get("list_sha256") != plan.list_sha256:
        raise ConfigError(
            f"the other shards in {place} have other inputs "
            f"({counted(others.get('inputs', 0), 'file')} there, {plan.inputs} here): name the "
            "same files in the same order, and change none of them"
        )
    if unlike := differences(plan.record, others):
        raise ConfigError(
            f"the other shards in {place} have other {', '.join(unlike)}: use the same "
            "settings, versions and networks for all, or name another folder"
        )


def _name(one: Input) -> str:
    part = "" if one.part is None else f" {one.part.number:04} of {one.part.of}"
    return f"{one.relative}{part}"


def _size(one: Input) -> int:
    """In bytes; what cannot be read fails soon enough."""
    try:
        size = one.size if one.size is not None else byte_size(one.path or Path())
    except (OSError, InputError):
        return 0
    return size if one.part is None else size // one.part.of
