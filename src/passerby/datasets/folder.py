"""A data set of your own: three folders, and a pattern that says how names are built."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from passerby.datasets.card import DATASETS, Choice, DatasetCard, Found
from passerby.datasets.folders import without_junk
from passerby.datasets.index import PublishedProtocol, Sample, Subset
from passerby.datasets.listing import linked_folders, list_pictures, nested, pictures_below
from passerby.datasets.name_pattern import NamePattern, names_by_number, numbered, numbering_note
from passerby.runtime.counting import counted

__all__ = ["DEFAULT_PATTERN", "NESTED_PATTERNS"]

DEFAULT_PATTERN = "{id}_c{camera}*"
NESTED_PATTERNS = ("{id}/c{camera}*", "{id}/*")
"""Tried where no picture lies in the folders themselves: a folder for each person."""

_FOLDERS: dict[Subset, str] = {"train": "train", "query": "query", "gallery": "gallery"}


def _read(root: Path, choice: Choice) -> Found:
    there = {subset: name for subset, name in _FOLDERS.items() if (root / name).is_dir()}
    flat = [name for folder in there.values() for name in list_pictures(root / folder)]
    pattern = _pattern(choice.pattern, flat, root, there)
    names = {subset: _names(root / folder, pattern) for subset, folder in there.items()}
    labels = iter(pattern.read([name for one in names.values() for name in one], root))
    read = [
        (f"{there[subset]}/{name}", *next(labels), subset)
        for subset, one in names.items()
        for name in one
    ]
    numbers = numbered([identity for _, identity, _, _ in read])
    samples = [Sample(path, numbers[who], camera, subset) for path, who, camera, subset in read]
    unread = linked_folders if pattern.is_nested else nested
    found = without_junk(samples, unread(root, there.values()))
    people = names_by_number(numbers)
    return replace(
        found,
        names=people,
        warnings=(*found.warnings, *_spellings(numbers)),
        notes=(*found.notes, *_notes(pattern, people, is_chosen=choice.pattern is not None)),
        protocol=None if pattern.has_camera else PublishedProtocol(same_camera="counted"),
    )


def _spellings(numbers: Mapping[str, int]) -> Iterator[str]:
    """Say whose number is written in several ways: they may be several people."""
    written: dict[int, list[str]] = {}
    for who, number in sorted(numbers.items()):
        if number > 0:
            written.setdefault(number, []).append(who)
    several = [one for one in written.values() if len(one) > 1]
    if several:
        yield (
            f"{counted(len(several), 'person', 'have their number written in several ways')}, "
            f"such as {' and '.join(several[0])}: if these are several people, rename them"
        )


def _pattern(
    chosen: str | None, flat: Sequence[str], root: Path, there: Mapping[Subset, str]
) -> NamePattern:
    """How names are built: as the user says, else as they look."""
    if chosen is not None:
        return NamePattern(chosen)
    if flat:
        return NamePattern(DEFAULT_PATTERN)
    deep = [name for folder in there.values() for name in pictures_below(root / folder)]
    patterns = map(NamePattern, NESTED_PATTERNS)
    return next((one for one in patterns if one.fits(deep)), NamePattern(DEFAULT_PATTERN))


def _names(folder: Path, pattern: NamePattern) -> list[str]:
    return pictures_below(folder) if pattern.is_nested else list_pictures(folder)


def _notes(pattern: NamePattern, people: Mapping[int, str], *, is_chosen: bool) -> Iterator[str]:
    """What was taken for what."""
    if pattern.is_nested and not is_chosen:
        yield f"names are read as {pattern.text}"
    if not pattern.has_camera:
        yield "names say no camera, so all images of a person count as right answers"
    if people:
        yield numbering_note(people)


DATASETS.add(
    "folder",
    DatasetCard(
        title="a data set of your own",
        read=_read,
        parts=tuple(_FOLDERS.values()),
        optional=tuple(_FOLDERS.values()),
        mark="query/*",
        source="you",
        terms="yours",
    ),
)
