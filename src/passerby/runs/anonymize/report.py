"""The report of a run: what was done to which input, how sure that is, and what it rests on."""

import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from passerby.detections import Kind
from passerby.errors import InputError
from passerby.files.partial import ANEW, PartialFile, Permit
from passerby.files.plain import read_json
from passerby.media import Medium
from passerby.pipeline.settings import Settings
from passerby.runs.anonymize.frame_log import FrameLog
from passerby.runs.anonymize.item_report import ItemReport
from passerby.runs.anonymize.run_statistics import TrackRecord
from passerby.runs.edit.plan import EditOutcome
from passerby.runs.measured_leak import known_leak
from passerby.runtime.provenance import versions

__all__ = [
    "ReportEntry",
    "entries_of",
    "entry_of",
    "frame_lines",
    "report_entries",
    "report_head",
    "summary",
    "write_report",
]

REVIEWED = 200
"""Most frames for review that are listed of one input."""


@dataclass(frozen=True, slots=True)
class ReportEntry:
    """What a report says of one input.

    Attributes:
        record: All but its frames, as plain values.
        frames: Gives its frames, a line of JSON each.
    """

    record: Mapping[str, Any]
    frames: Callable[[], Iterable[str]]

    @property
    def is_done(self) -> bool:
        """Whether its copy is whole."""
        return bool(self.record["status"] == "done")


def entries_of(items: Iterable[ItemReport], log: FrameLog | None) -> list[ReportEntry]:
    """What a report says of these inputs; without a log, nothing of their frames."""
    return [_entry(item, log) for item in items]


def entry_of(item: ItemReport, frames: Sequence[str]) -> ReportEntry:
    """What a report says of one input, with what it says of its frames, a line of JSON each."""
    return ReportEntry(_record(item), lambda: frames)


def _entry(item: ItemReport, log: FrameLog | None) -> ReportEntry:
    span = item.span
    return ReportEntry(_record(item), lambda: () if log is None else log.lines(span))


def report_head(
    settings: Settings,
    models: Mapping[str, str],
    notes: Sequence[str] = (),
    files: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """What a report says of a run as a whole, but for its summary.

    Args:
        settings: What was asked for.
        models: sha256 of each network that was used, by name.
        notes: What the user should know about how people were looked for.
        files: sha256 of files of boxes, by the option that names them, if the run may go on later.
    """
    recorded = settings.model_dump(mode="json")
    leak = known_leak(recorded["cover"])
    return {
        "report": 1,
        "frames_count_from": 0,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": versions(),
        "models": dict(models),
        "files": dict(files or {}),
        "notes": list(notes),
        "settings": recorded,
        "measured_leak": None if leak is None else leak.told,
    }


def write_report(
    path: Path,
    head: Mapping[str, Any],
    entries: Sequence[ReportEntry],
    permit: Permit = ANEW,
) -> None:
    """Write the report as one JSON object; the frames are copied line by line.

    Args:
        path: Of the report.
        head: See `report_head`.
        entries: Of the inputs, in their order.
        permit: What may happen to a file that is there.

    Raises:
        OutputError: If it cannot be written.
    """
    whole = {**head, "summary": summary([entry.record for entry in entries])}
    with PartialFile(path, permit) as binary:
        file = io.TextIOWrapper(binary, encoding="utf-8")
        file.write(json.dumps(whole, indent=1)[:-2] + ',\n "items": [\n')
        for number, entry in enumerate(entries):
            file.write(",\n" if number else "")
            file.write(json.dumps(entry.record, indent=1)[:-2] + ',\n "frames": [\n')
            for count, line in enumerate(entry.frames()):
                file.write((",\n" if count else "") + line)
            file.write("\n]}")
        file.write("\n]}\n")
        file.detach()


def report_entries(report: Path) -> tuple[dict[str, Any], list[ReportEntry]]:
    """Read a whole report again: its head, and what it says of each input.

    Raises:
        InputError: If it cannot be read, or is not a report.
    """
    try:
        head: dict[str, Any] = read_json(report)
        entries = [_read_entry(item) for item in head.pop("items")]
        known = head["report"] == 1 and {"settings", "versions", "models"} <= head.keys()
    except OSError as error:
        raise InputError(f"{report} cannot be read ({error.strerror}): check the path") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        known = False
    if not known:
        raise InputError(
            f"{report} is not a report of this version: name a file that passerby anonymize "
            "--report wrote"
        )
    return head, entries


def _read_entry(item: dict[str, Any]) -> ReportEntry:
    # As values, the boxes of all frames would take ten times the memory.
    frames = "\n".join(frame_lines(item.pop("frames")))
    item.setdefault("frames_to_review", len(item["review"]))  # which version 0.1 did not write
    counted = ("frames_written", "covered_in_full", "gaps_bridged", "seconds", "no_known_problem")
    if not {"input", "output", "status", "error", "tracks", *counted} <= item.keys():
        raise KeyError("items")
    return ReportEntry(item, frames.splitlines)


def frame_lines(frames: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Write the records of frames as lines of JSON, as the log does."""
    return (json.dumps(frame, separators=(",", ":")) for frame in frames)


def summary(records: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The whole run in a few numbers, from what is said of each input."""
    return {
        "inputs": len(records),
        "done": sum(one["status"] == "done" for one in records),
        "failed": [one["input"]["name"] for one in records if one["status"] != "done"],
        "frames": sum(one["frames_written"] for one in records),
        "covered_in_full": sum(one["covered_in_full"] for one in records),
        "tracks": sum(len(one["tracks"]) for one in records),
        "gaps_bridged": sum(one["gaps_bridged"] for one in records),
        "frames_to_review": sum(one["frames_to_review"] for one in records),
        "no_known_problem": all(one["no_known_problem"] for one in records),
        "seconds": round(sum(one["seconds"] for one in records), 3),
    }


def _record(item: ItemReport) -> dict[str, Any]:
    tally, review = item.tally, item.review
    part: dict[str, Any] = {}
    if item.part is not None:
        number, of = item.part.number, item.part.of
        part = {"part": {"number": number, "of": of, "meeting": item.meeting}}
    return {
        "input": {"name": item.source, "sha256": item.source_sha256, **_facts(item.medium)},
        "output": {"name": item.target, "sha256": item.target_sha256},
        **part,
        "status": item.status,
        "no_known_problem": item.vouched,
        "error": item.error,
        "notes": list(item.notes),
        "live": dict(item.live),
        "seconds": round(item.seconds, 3),
        "first_frame": item.first_frame,
        "frames_written": tally.frames,
        "looks": tally.looked,
        "covered_in_full": tally.covered_in_full,
        "failures": dict(tally.failures),
        "gaps_bridged": tally.gaps_bridged,
        "tracks": [_track(*track, record) for track, record in sorted(tally.tracks.items())],
        "frames_to_review": len(review),
        "review": [asdict(one) for one in review[:REVIEWED]],
        "self_check": None if item.self_check is None else asdict(item.self_check),
        "edits": [] if item.plan is None else [_edit(one) for one in item.plan.outcomes],
        "edits_weakness": None if item.plan is None else item.plan.weakness,
    }


def _facts(medium: Medium | None) -> dict[str, Any]:
    if medium is None:
        return {}
    return {
        "kind": medium.kind,
        "width": medium.width,
        "height": medium.height,
        "rate": None if medium.rate is None else float(medium.rate),
        "rotation": medium.rotation,
    }


def _track(number: int, kind: Kind, record: TrackRecord) -> dict[str, Any]:
    return {
        "track": number,
        "kind": kind.name.lower(),
        "first": record.first,
        "last": record.last,
        "first_time": _rounded(record.first_time),
        "last_time": _rounded(record.last_time),
        "seen": record.seen,
        "filled": record.filled,
        "gaps": record.gaps,
        "uncovered": record.uncovered,
        "best_score": round(record.best_score, 3),
        "best": None if record.best is None else asdict(record.best),
    }


def _edit(outcome: EditOutcome) -> dict[str, Any]:
    """Who changed what, when, and in which frames."""
    edit = outcome.edit
    return {
        **edit.model_dump(mode="json", exclude_none=True),
        "first_changed": outcome.first,
        "last_changed": outcome.last,
        "frames_changed": outcome.frames,
        "frames_refused": outcome.refused,
        "problem": outcome.problem,
    }


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 6)
