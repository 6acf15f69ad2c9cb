"""One report from the reports of several runs that shared the work."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from passerby.errors import ConfigError, InputError
from passerby.files.partial import ANEW, Permit
from passerby.runs.anonymize.basis import basis_of, differences
from passerby.runs.anonymize.report import ReportEntry, report_entries, write_report
from passerby.runs.report.joining import join_parts, remove_parts
from passerby.sinks import Encoding

__all__ = ["merge_reports"]


@dataclass(frozen=True, slots=True)
class _Read:
    """A report that was read."""

    path: Path
    head: Mapping[str, Any]
    entries: list[ReportEntry]

    @property
    def shard(self) -> Mapping[str, Any]:
        """Which share of the work it is about; empty if it is of a run that had all of it."""
        shard: Mapping[str, Any] = self.head.get("shard") or {}
        return shard


def merge_reports(
    reports: Sequence[Path], target: Path, permit: Permit = ANEW
) -> list[Mapping[str, Any]]:
    """Write the report that one run would have written.

    The reports of shards must be those of all of them, each once. Other reports are put one after
    the other. The parts of videos that were cut are joined into one copy each, where all of them
    are done.

    Args:
        reports: What ``--report`` wrote.
        target: The report to write.
        permit: What may happen to a file that is there.

    Returns:
        What is said of each input.

    Raises:
        ConfigError: If the reports are not of one work, or some are missing.
        InputError: If one cannot be read.
        OutputError: If the report cannot be written.
    """
    read = [_Read(path, *report_entries(path)) for path in reports]
    if not read:
        raise ConfigError("nothing to merge: name the reports of all shards")
    first = read[0]
    for other in read[1:]:
        unlike = differences(basis_of(first.head), basis_of(other.head))
        if unlike:
            raise ConfigError(
                f"{other.path} is of a run with other {', '.join(unlike)} than {first.path}: "
                "merge reports of one work"
            )
    if any(one.shard for one in read):
        entries = _in_order(_all_shards(read))
    else:
        entries = [entry for one in read for entry in one.entries]
        _check_apart(read)
    encoding = Encoding.model_validate(first.head["settings"]["write"])
    joined = join_parts(entries, encoding, permit)
    write_report(target, _head(read, target), joined, permit)
    remove_parts(entries, joined)
    return [entry.record for entry in joined]


def _all_shards(read: Sequence[_Read]) -> list[_Read]:
    """The same, in the order of their numbers, if each shard is there once."""
    whole = next((one for one in read if not one.shard), None)
    if whole is not None:
        raise ConfigError(f"{whole.path} is not of a shard, and others are: leave it out")
    of_number: dict[int, _Read] = {}
    for one in read:
        number = one.shard["number"]
        if number in of_number:
            raise ConfigError(
                f"{of_number[number].path} and {one.path} are both of shard {number}: name one"
            )
        of_number[number] = one
    first = read[0]
    for one in read:
        for name, what in (("of", "number of shards"), ("list_sha256", "list of inputs")):
            if one.shard[name] != first.shard[name]:
                raise ConfigError(f"{one.path} has another {what} than {first.path}: leave it out")
    of = first.shard["of"]
    missing = [str(number) for number in range(1, of + 1) if number not in of_number]
    if missing:
        raise ConfigError(
            f"the reports of shards {', '.join(missing)} of {of} are missing: name them, too"
        )
    return [of_number[number] for number in range(1, of + 1)]


def _in_order(shards: Sequence[_Read]) -> list[ReportEntry]:
    """All entries, in the order of the inputs."""
    placed: dict[int, ReportEntry] = {}
    for one in shards:
        if len(one.shard["positions"]) != len(one.entries):
            raise InputError(
                f"{one.path} does not say where its inputs belong: run the shard again"
            )
        placed |= dict(zip(one.shard["positions"], one.entries, strict=True))
    if sorted(placed) != list(range(shards[0].shard["inputs"])):
        raise InputError("the shards do not make up all inputs: run them again")
    return [placed[position] for position in sorted(placed)]


def _check_apart(read: Sequence[_Read]) -> None:
    """Make sure that no copy is in two reports."""
    owners: dict[str, Path] = {}
    for one in read:
        for entry in one.entries:
            name = entry.record["output"]["name"]
            if name in owners:
                raise ConfigError(f"{name} is in {owners[name]} and in {one.path}: name one")
            if name is not None:
                owners[name] = one.path


def _head(read: Sequence[_Read], target: Path) -> dict[str, Any]:
    """What one run would have said of itself."""
    head = {name: value for name, value in read[0].head.items() if name != "shard"}
    run = {**head["settings"]["run"], "report": str(target), "shard": None}
    return {
        **head,
        "created": max(one.head.get("created", "") for one in read),
        "notes": list(dict.fromkeys(note for one in read for note in one.head.get("notes", ()))),
        "settings": {**head["settings"], "run": run},
    }
