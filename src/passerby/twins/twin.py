"""The anonymized twin of a data set: the same pictures under the same names, anonymized."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from passerby.datasets import Choice, ReidDataset, read_dataset
from passerby.datasets.checks import twin_problems
from passerby.detection.files import FileDetections
from passerby.errors import ConfigError, InputError
from passerby.files.hashing import sha256_of
from passerby.files.output_folder import OutputFolder
from passerby.files.permit import Permit
from passerby.files.unfinished import remove_stale
from passerby.pipeline.notes import notes_on
from passerby.pipeline.settings import Settings
from passerby.runtime.provenance import versions
from passerby.runtime.workers import spread
from passerby.twins.copy import Failure, copy_pictures
from passerby.twins.fingerprint import fingerprint
from passerby.twins.layout import (
    TwinFiles,
    check_place,
    check_sources,
    copy_companions,
    twin_files,
)
from passerby.twins.manifest import (
    MANIFEST,
    ManifestEntry,
    ManifestLog,
    read_manifest,
    totals,
    write_manifest,
)

__all__ = ["Twin", "make_twin"]

_Progress = Callable[[int, int], None]
Work = Callable[[Sequence[str]], list[ManifestEntry | Failure]]

COMPARED = ("dataset", "index_sha256", "settings", "models")
"""What of a manifest's head must be alike for a run to go on where another one stopped."""


@dataclass(slots=True)
class Twin:
    """What became of a twin.

    Attributes:
        entries: Of all pictures that it has.
        files: What lies in the original.
        kept: How many pictures were there from an earlier run.
        failures: Pictures that could not be read.
        problems: Where its index differs from that of the original.
        notes: What the user should know about how people are looked for and covered.
    """

    entries: list[ManifestEntry]
    files: TwinFiles
    kept: int
    failures: list[Failure] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notes: tuple[str, ...] = ()

    @property
    def nobody_found(self) -> list[str]:
        """Paths of the pictures in which nobody was found, sorted."""
        return sorted(entry.path for entry in self.entries if entry.shows_nobody)

    @property
    def totals(self) -> dict[str, Any]:
        """How many pictures there are, and on how many of them a face was found."""
        return totals(self.entries)


def make_twin(
    dataset: ReidDataset,
    target: Path,
    settings: Settings,
    *,
    choice: Choice | None = None,
    workers: int = 1,
    progress: _Progress = lambda _done, _total: None,
) -> Twin:
    """Anonymize all pictures below the root of a data set into another folder.

    A run that was stopped is gone on with: files that the manifest vouches for are kept.

    Args:
        dataset: The original.
        target: The root of the twin: a new folder, an empty one, or an unfinished twin.
        settings: What to cover and how to find it.
        choice: What the data set was read with.
        workers: How many processes do it. With more than one, a script needs the usual
            ``if __name__ == "__main__"``.
        progress: Called after each picture with how many of how many are there.

    Raises:
        ConfigError: If the twin was started with other settings.
        InputError: If a folder or the manifest cannot be read.
        ModelError: If a detector's weights are missing.
        OutputError: If anything cannot be written.
    """
    choice = choice or Choice()
    check_place(dataset, target)
    files = twin_files(dataset)
    check_sources(dataset, files, target)
    head = _head(dataset, settings)
    folder = OutputFolder.made(target)
    with folder.locked():
        folder.refuse_links((target / path).parent for path in files.pictures)
        remove_stale(target)
        finished = _finished(target, dataset.root, head, files.pictures)
        twin = Twin(finished, files, kept=len(finished), notes=tuple(head["notes"]))
        permit = Permit(overwrite=True, below=folder)
        write_manifest(target / MANIFEST, head, twin.entries, permit)
        copy_companions(dataset, folder, files, choice.partitions)
        ambiguous = _ambiguous(settings, files.pictures)
        work = partial(copy_pictures, dataset.root, folder, settings, ambiguous=ambiguous)
        _fill(twin, target, work, workers, progress)
        whole = head | {"complete": not twin.failures} | twin.totals
        write_manifest(target / MANIFEST, whole, twin.entries, permit)
    twin.problems = twin_problems(dataset, read_dataset(target, dataset.name, choice))
    return twin


def _ambiguous(settings: Settings, pictures: Sequence[str]) -> frozenset[str]:
    """Pictures that a file of detections cannot tell apart."""
    path = settings.find.detections
    return frozenset() if path is None else FileDetections(path).ambiguous_among(pictures)


def _fill(twin: Twin, target: Path, work: Work, workers: int, progress: _Progress) -> None:
    """Do what is missing, and note each picture as soon as it is there."""
    there = {entry.path for entry in twin.entries}
    names = [path for path in twin.files.pictures if path not in there]
    with closing(ManifestLog(target / MANIFEST)) as log:
        for outcome in spread(work, names, workers):
            if isinstance(outcome, Failure):
                twin.failures.append(outcome)
            else:
                twin.entries.append(outcome)
                log.add(outcome)
            done = len(twin.entries) + len(twin.failures)
            progress(done, len(twin.files.pictures))


def _head(dataset: ReidDataset, settings: Settings) -> dict[str, Any]:
    return {
        "manifest": 1,
        "complete": False,
        "dataset": dataset.name,
        "index_sha256": dataset.sha256,
        "people": {str(number): name for number, name in dataset.names.items()},
        **fingerprint(settings),
        "notes": list(notes_on(settings)),
        "versions": versions(),
    }


def _finished(
    target: Path, source: Path, head: Mapping[str, Any], pictures: Sequence[str]
) -> list[ManifestEntry]:
    """Entries of an earlier run whose files are what they were then."""
    if not (target / MANIFEST).exists():
        return []
    begun, entries = read_manifest(target / MANIFEST)
    other = [name for name in COMPARED if begun.get(name) != head[name]]
    if other:
        raise ConfigError(
            f"{target} was started with other {', '.join(other)}: name another folder or remove it"
        )
    known = [entries[path] for path in pictures if path in entries]
    return [entry for entry in known if _is_unchanged(target, source, entry)]


def _is_unchanged(target: Path, source: Path, entry: ManifestEntry) -> bool:
    copy = target / entry.path
    try:
        return (
            not copy.is_symlink()
            and sha256_of(copy) == entry.sha256
            and sha256_of(source / entry.path) == entry.source_sha256
        )
    except InputError:
        return False
