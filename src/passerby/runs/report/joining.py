"""The parts of cut videos, joined into one copy each, and into one entry of the report."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from itertools import groupby
from typing import Any

import numpy as np

from passerby.assignment import best_pairs
from passerby.detections import Boxes, Kind
from passerby.errors import InputError
from passerby.files.hashing import sha256_of
from passerby.files.object_store import remove_object
from passerby.files.partial import ANEW, Permit
from passerby.files.reading import ObjectReading, Reading, reading_of
from passerby.geometry import from_xywh, intersection_over_union
from passerby.locations import ObjectPath, location_of
from passerby.runs.anonymize.parts import copy_of_part
from passerby.runs.anonymize.report import REVIEWED, ReportEntry, frame_lines
from passerby.runtime.counting import counted
from passerby.sinks import Encoding
from passerby.sinks.joining import VideoSpan, join_videos
from passerby.sources import open_source

__all__ = ["join_parts", "remove_parts"]

_SAME = 0.5
"""Intersection over union above which two boxes in one frame are of one person."""

_SUMS = ("frames_written", "looks", "covered_in_full", "gaps_bridged", "frames_to_review")

_Record = Mapping[str, Any]


def join_parts(
    entries: Sequence[ReportEntry], encoding: Encoding, permit: Permit = ANEW
) -> list[ReportEntry]:
    """Join the parts of every cut video of which all are done; the others stay as they are.

    Args:
        entries: Of a run, in the order of its inputs.
        encoding: What becomes of the sound and the metadata of the sources.
        permit: What may happen to copies that are there.

    Returns:
        The entries, with one in the place of the parts that were joined.

    Raises:
        InputError: If a part or a source is not what the report names.
        OutputError: If a copy cannot be written.
    """
    joined: list[ReportEntry] = []
    for _, group in groupby(entries, _copy_of):
        parts = list(group)
        whole = "part" in parts[0].record and _all_done(parts)
        joined += [_joined(parts, encoding, permit)] if whole else parts
    return joined


def remove_parts(entries: Sequence[ReportEntry], joined: Sequence[ReportEntry]) -> None:
    """Remove the copies of parts that were joined, once a report says so.

    Args:
        entries: What `join_parts` was given.
        joined: What it returned.
    """
    left = {one.record["output"]["name"] for one in joined}
    for entry in entries:
        name = entry.record["output"]["name"]
        if "part" in entry.record and name not in left:
            place = location_of(name)
            if isinstance(place, ObjectPath):
                remove_object(place)
                continue
            place.unlink(missing_ok=True)
            with suppress(OSError):  # others lie there
                place.parent.rmdir()


def _copy_of(entry: ReportEntry) -> tuple[int | str, str]:
    """The copy that an entry is about; entries without parts are each about their own."""
    name = entry.record["output"]["name"]
    if "part" not in entry.record or name is None:
        return id(entry), ""
    return str(copy_of_part(location_of(name))), entry.record["input"]["name"]


def _all_done(parts: Sequence[ReportEntry]) -> bool:
    of = parts[0].record["part"]["of"]
    numbers = [one.record["part"]["number"] for one in parts]
    return numbers == list(range(1, of + 1)) and all(one.is_done for one in parts)


def _joined(parts: Sequence[ReportEntry], encoding: Encoding, permit: Permit) -> ReportEntry:
    target = copy_of_part(location_of(parts[0].record["output"]["name"]))
    names = _numbered_as_one(parts)
    times = [frame["time"] for part in parts for frame in _frames(part)]
    with ExitStack() as stack:
        source = parts[0].record["input"]
        read = [part.record["output"] for part in parts]
        if encoding.audio != "drop" or encoding.metadata != "drop":
            read.append(source)
        readings = list[Reading | ObjectReading]()
        for one in read:
            readings.append(_vouched(one))
            stack.enter_context(readings[-1])
        with closing(open_source(source["name"])) as opened:
            medium = opened.medium
        copies = [VideoSpan(location_of(part.record["output"]["name"])) for part in parts]
        sha256 = join_videos(copies, times, target, medium, encoding, permit)
        for reading in readings:
            reading.check()
    record = _as_one([part.record for part in parts], names)
    record["output"] = {"name": str(target), "sha256": sha256}

    def frames() -> Iterator[str]:
        for part, names_of in zip(parts, names, strict=True):
            yield from frame_lines(_renamed_frame(frame, names_of) for frame in _frames(part))

    return ReportEntry(record, frames)


def _vouched(file: _Record) -> Reading | ObjectReading:
    """A file while it is read, if it is what the report names."""
    path = location_of(file["name"])
    if sha256_of(path) != file["sha256"]:
        raise InputError(f"{path} is not the file that the report names: run its shard again")
    return reading_of(path)


def _frames(part: ReportEntry) -> Iterator[dict[str, Any]]:
    return (json.loads(line) for line in part.frames())


# --- Whose tracks are the same ---------------------------------------------------------------


def _numbered_as_one(parts: Sequence[ReportEntry]) -> list[Mapping[int, int]]:
    """Number the tracks of all parts through: who is seen on both sides of a seam keeps theirs."""
    names = list[Mapping[int, int]]()
    free = 1
    for before, part in zip((None, *parts), parts, strict=False):
        known = dict[int, int]()
        if before is not None:
            same = _same_tracks(before, part.record["part"]["meeting"])
            known = {new: names[-1][old] for old, new in same.items()}
        for number in sorted({one["track"] for one in part.record["tracks"]} - known.keys()):
            known[number], free = free, free + 1
        names.append(known)
    return names


def _same_tracks(before: ReportEntry, meeting: Sequence[_Record]) -> dict[int, int]:
    """Which tracks of one part go on as which of the next: they overlap in most of the frames.

    Args:
        before: The part.
        meeting: What the next part knows of the last frames of this one.

    Returns:
        The number in the next part, by that in the part before.
    """
    shared = dict[tuple[int, int], int]()
    boxes_after = {one["frame"]: one["boxes"] for one in meeting}
    for frame in _frames(before):
        olds, news = _tracked(frame["boxes"]), _tracked(boxes_after.get(frame["frame"], ()))
        overlaps = intersection_over_union(_boxes(olds), _boxes(news))
        for row, column in zip(*np.nonzero(overlaps > _SAME), strict=True):
            old, new = olds[row], news[column]
            if old["kind"] == new["kind"]:
                pair = old["track"], new["track"]
                shared[pair] = shared.get(pair, 0) + 1
    rows = sorted({old for old, _ in shared})
    columns = sorted({new for _, new in shared})
    worth = np.zeros((len(rows), len(columns)))
    for (old, new), frames in shared.items():
        worth[rows.index(old), columns.index(new)] = frames
    pairs = zip(*best_pairs(worth), strict=True)
    return {rows[row]: columns[column] for row, column in pairs}


def _tracked(boxes: Sequence[_Record]) -> list[_Record]:
    return [box for box in boxes if box["track"] >= 0]


def _boxes(boxes: Sequence[_Record]) -> Boxes:
    return from_xywh([box["box"] for box in boxes])


# --- What is said of them --------------------------------------------------------------------


def _renamed_frame(frame: dict[str, Any], names: Mapping[int, int]) -> dict[str, Any]:
    for box in frame["boxes"]:
        box["track"] = names.get(box["track"], box["track"])
    return frame


def _as_one(records: Sequence[_Record], names: Sequence[Mapping[int, int]]) -> dict[str, Any]:
    """What a report says of the whole, from what it says of the parts."""
    first = records[0]
    whole = {name: value for name, value in first.items() if name != "part"}
    failures: dict[str, int] = {}
    for one in records:
        for reason, frames in one["failures"].items():
            failures[reason] = failures.get(reason, 0) + frames
    notes = [note for one in records for note in one["notes"]]
    review = [
        {**one, "tracks": [names_of.get(number, number) for number in one["tracks"]]}
        for record, names_of in zip(records, names, strict=True)
        for one in record["review"]
    ]
    review.sort(key=lambda one: -one["weight"])
    return {
        **whole,
        **{name: sum(one[name] for one in records) for name in _SUMS},
        "no_known_problem": all(one["no_known_problem"] for one in records),
        "notes": [*dict.fromkeys(notes), f"cut into {counted(len(records), 'part')} and joined"],
        "seconds": round(sum(one["seconds"] for one in records), 3),
        "failures": failures,
        "tracks": _tracks(records, names),
        "review": review[:REVIEWED],
        "self_check": _checks_as_one([one["self_check"] for one in records]),
    }


def _tracks(records: Sequence[_Record], names: Sequence[Mapping[int, int]]) -> list[dict[str, Any]]:
    tracks: dict[tuple[int, str], dict[str, Any]] = {}
    for record, names_of in zip(records, names, strict=True):
        for one in record["tracks"]:
            number = names_of[one["track"]]
            key = number, one["kind"]
            new = {**one, "track": number}
            tracks[key] = _track_as_one(tracks[key], new) if key in tracks else new
    return sorted(tracks.values(), key=lambda one: (one["track"], Kind[one["kind"].upper()]))


def _track_as_one(early: _Record, late: _Record) -> dict[str, Any]:
    """One track from its two sides of a seam; frames between them, if any, were not covered."""
    between = max(late["first"] - early["last"] - 1, 0)
    best = max(early, late, key=lambda one: one["best_score"])
    return {
        **early,
        "last": late["last"],
        "last_time": late["last_time"],
        **{name: early[name] + late[name] for name in ("seen", "filled", "gaps")},
        "uncovered": early["uncovered"] + late["uncovered"] + between,
        "best_score": best["best_score"],
        "best": best["best"],
    }


def _checks_as_one(checks: Sequence[_Record | None]) -> dict[str, Any] | None:
    """One self-check from those of the parts: numbers are summed up, findings listed."""
    known = [one for one in checks if one is not None]
    if len(known) < len(checks) or not known:
        return None
    return {
        name: [found for one in known for found in one[name]]
        if isinstance(value, list)
        else sum(one[name] for one in known)
        for name, value in known[0].items()
    }
