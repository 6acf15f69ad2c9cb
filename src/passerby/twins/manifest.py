"""The manifest of an anonymized twin: what was done to every file, one JSON object a line.

The first line is about the whole, each other one about a file. Lines are added as files are
finished, so that a run that was stopped can go on; at the end the manifest is written once more,
in the order of the paths, with the totals in its first line.
"""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from passerby.datasets.index import stays_below
from passerby.errors import InputError
from passerby.files.growing import open_to_go_on
from passerby.files.partial import REPLACING, PartialFile, Permit, write_error
from passerby.files.plain import parse_json, read_text

__all__ = ["MANIFEST", "ManifestEntry", "ManifestLog", "read_manifest", "totals", "write_manifest"]

MANIFEST = "passerby-manifest.jsonl"
"""Its name, in the root of the twin."""


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    """One file of the twin.

    Attributes:
        path: Relative to the root, with slashes.
        source_sha256: Of the original file, in hexadecimal.
        sha256: Of the anonymized file.
        faces: How many faces were found; None where none were looked for.
        covered_in_full: Whether it was covered whole because nobody could vouch for it.
        found: How many boxes were found of what is covered; None where nobody had to be found, or
            where an older version wrote it.
    """

    path: str
    source_sha256: str
    sha256: str
    faces: int | None
    covered_in_full: bool
    found: int | None = None

    @property
    def shows_nobody(self) -> bool:
        """Whether nobody was found in it: it is unchanged unless the settings say otherwise."""
        return self.found == 0 and not self.covered_in_full


class ManifestLog:
    """Adds entries to a manifest while files are being finished.

    Args:
        path: Of the manifest.

    Raises:
        OutputError: If it cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = open_to_go_on(path)
        self._file.seek(0, os.SEEK_END)

    def add(self, entry: ManifestEntry) -> None:
        """Write one line.

        Raises:
            OutputError: If it cannot be written.
        """
        try:
            self._file.write(_line(asdict(entry)))
            self._file.flush()
        except OSError as error:
            raise write_error(self._path, error) from error

    def close(self) -> None:
        """Close the file; what was written stays."""
        self._file.close()


def write_manifest(
    path: Path,
    head: Mapping[str, Any],
    entries: Iterable[ManifestEntry],
    permit: Permit = REPLACING,
) -> None:
    """Write a manifest; by default it replaces the one that is there when it is whole.

    Raises:
        OutputError: If it cannot be written.
    """
    with PartialFile(path, permit) as file:
        file.write(_line(head))
        for entry in sorted(entries, key=lambda one: one.path):
            file.write(_line(asdict(entry)))


def read_manifest(path: Path) -> tuple[dict[str, Any], dict[str, ManifestEntry]]:
    """Read a manifest: its head, and its entries by path.

    A last line that was cut off when a run was stopped is left out.

    Raises:
        InputError: If it cannot be read, or is not a manifest.
    """
    try:
        lines = read_text(path).splitlines(keepends=True)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the manifest {path} cannot be read ({error}): check the path") from None
    whole = [line for line in lines if line.endswith("\n")]
    try:
        head: dict[str, Any] = parse_json(whole[0])
        entries = [ManifestEntry(**parse_json(line)) for line in whole[1:]]
        known = head["manifest"] == 1 and all(stays_below(entry.path) for entry in entries)
    except (ValueError, TypeError, KeyError, IndexError):
        known = False
    if not known:
        raise InputError(f"{path} is not a manifest of this version: anonymize again")
    return head, {entry.path: entry for entry in entries}


def totals(entries: Iterable[ManifestEntry]) -> dict[str, Any]:
    """How many files there are, in how many nobody was found, and on how many a face.

    Example:
        >>> found = [ManifestEntry(str(n), "", "", None, False, n) for n in (0, 2)]
        >>> totals(found)
        {'images': 2, 'covered_in_full': 0, 'nobody_found': 1, 'with_faces': None, ...}
    """
    every = list(entries)
    looked = [entry.faces for entry in every if entry.faces is not None]
    found = sum(faces > 0 for faces in looked)
    return {
        "images": len(every),
        "covered_in_full": sum(entry.covered_in_full for entry in every),
        "nobody_found": _nobody_found(every),
        "with_faces": found if looked else None,
        "share_with_faces": round(found / len(looked), 4) if looked else None,
    }


def _nobody_found(entries: Sequence[ManifestEntry]) -> int | None:
    """In how many pictures nobody was found; None where nobody had to be."""
    looked = [entry for entry in entries if entry.found is not None]
    return sum(entry.shows_nobody for entry in looked) if looked else None


def _line(record: Mapping[str, Any]) -> bytes:
    return json.dumps(record).encode() + b"\n"
