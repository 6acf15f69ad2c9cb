"""The report of a run: what was done to which input, how sure that is, and what it rests on."""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from passerby.detections import Kind
from passerby.files.partial import ANEW, PartialFile, Permit
from passerby.media import Medium
from passerby.pipeline.settings import Settings
from passerby.runs.anonymize.frame_log import FrameLog
from passerby.runs.anonymize.item_report import ItemReport
from passerby.runs.anonymize.run_statistics import TrackRecord
from passerby.runs.edit.plan import EditOutcome
from passerby.runs.measured_leak import known_leak
from passerby.runtime.provenance import versions

__all__ = ["summary", "write_report"]

REVIEWED = 200
"""Most frames for review that are listed of one input."""


def write_report(
    path: Path,
    items: Sequence[ItemReport],
    log: FrameLog,
    settings: Settings,
    models: Mapping[str, str],
    notes: Sequence[str] = (),
    permit: Permit = ANEW,
) -> None:
    """Write the report as one JSON object; the frames are copied line by line.

    Args:
        path: Of the report.
        items: What became of each input.
        log: The boxes of all frames.
        settings: What was asked for.
        models: sha256 of each network that was used, by name.
        notes: What the user should know about how people were looked for.
        permit: What may happen to a file that is there.

    Raises:
        OutputError: If it cannot be written.
    """
    recorded = settings.model_dump(mode="json")
    leak = known_leak(recorded["cover"])
    head = {
        "report": 1,
        "frames_count_from": 0,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": versions(),
        "models": dict(models),
        "notes": list(notes),
        "settings": recorded,
        "measured_leak": None if leak is None else leak.told,
        "summary": summary(items),
    }
    with PartialFile(path, permit) as binary:
        file = io.TextIOWrapper(binary, encoding="utf-8")
        file.write(json.dumps(head, indent=1)[:-2] + ',\n "items": [\n')
        for number, item in enumerate(items):
            file.write(",\n" if number else "")
            _write_item(file, item, log)
        file.write("\n]}\n")
        file.detach()


def summary(items: Sequence[ItemReport]) -> dict[str, Any]:
    """The whole run in a few numbers."""
    frames = sum(item.tally.frames for item in items)
    seconds = sum(item.seconds for item in items)
    return {
        "inputs": len(items),
        "done": sum(item.status == "done" for item in items),
        "failed": [item.source for item in items if item.status != "done"],
        "frames": frames,
        "covered_in_full": sum(item.tally.covered_in_full for item in items),
        "tracks": sum(len(item.tally.tracks) for item in items),
        "gaps_bridged": sum(item.tally.gaps_bridged for item in items),
        "frames_to_review": sum(len(item.review) for item in items),
        "no_known_problem": all(item.vouched for item in items),
        "seconds": round(seconds, 3),
    }


def _write_item(file: IO[str], item: ItemReport, log: FrameLog) -> None:
    tally = item.tally
    record = {
        "input": {"name": item.source, "sha256": item.source_sha256, **_facts(item.medium)},
        "output": {"name": item.target, "sha256": item.target_sha256},
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
        "review": [asdict(one) for one in item.review[:REVIEWED]],
        "self_check": None if item.self_check is None else asdict(item.self_check),
        "edits": [] if item.plan is None else [_edit(one) for one in item.plan.outcomes],
        "edits_weakness": None if item.plan is None else item.plan.weakness,
    }
    file.write(json.dumps(record, indent=1)[:-2] + ',\n "frames": [\n')
    log.copy_lines(item.span, file)
    file.write("\n]}")


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
