"""The report of a run: what was done to which input, how sure that is, and what it rests on."""

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from hashlib import file_digest
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any, Literal

from passerby.detections import Kind
from passerby.errors import InputError, OutputError
from passerby.media import Medium
from passerby.pipeline.frame_log import FrameLog, Span
from passerby.pipeline.self_check import Finding, SelfCheck
from passerby.pipeline.settings import Settings
from passerby.pipeline.tally import ReviewFrame, Tally, TrackRecord

__all__ = ["ItemReport", "sha256_of", "versions", "write_report"]

LIBRARIES = ("passerby", "numpy", "opencv-python-headless", "av", "onnxruntime", "pillow")
REVIEWED = 200
"""Most frames for review that are listed of one input."""


@dataclass(slots=True)
class ItemReport:
    """What became of one input.

    Attributes:
        source: Its path, or its address without user and password.
        target: Where its copy lies, or None.
        status: "done", "partial" (there is an output, but the input broke off or something else
            that was asked for failed) or "failed".
        error: Why it is not "done".
        medium: What was read, or None if it could not be opened.
        tally: What happened on the way.
        seconds: How long it took.
        notes: What the user should know.
        source_sha256, target_sha256: Of the files; None for a stream or where no report is asked.
        self_check: What the detectors still find in the output, if that was asked for.
        span: Where its frames lie in the log.
    """

    source: str
    target: str | None = None
    status: Literal["done", "partial", "failed"] = "failed"
    error: str | None = None
    medium: Medium | None = None
    tally: Tally = field(default_factory=Tally)
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    source_sha256: str | None = None
    target_sha256: str | None = None
    self_check: SelfCheck | None = None
    span: Span = (0, 0)

    @property
    def vouched(self) -> bool:
        """Whether nothing was in doubt: no frame failed, and the self-check found nobody."""
        residue = self.self_check is not None and self.self_check.uncovered
        return self.status == "done" and not self.tally.covered_in_full and not residue

    @property
    def review(self) -> list[ReviewFrame]:
        """The frames most worth a human look, the most urgent first."""
        found = () if self.self_check is None else self.self_check.uncovered
        return [*map(_to_review, found), *self.tally.review()]


def _to_review(found: Finding) -> ReviewFrame:
    reason = f"{found.kind} found again, uncovered: score {found.score:.2f}"
    return ReviewFrame(found.frame, found.time, reason, 1.0, boxes=(found.box,))


def sha256_of(path: Path) -> str:
    """Hash of a file, in hexadecimal.

    Raises:
        InputError: If it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(
            f"{path} cannot be hashed ({error.strerror}): it was moved or changed during the run"
        ) from error


def versions() -> dict[str, str]:
    """Versions of what the result depends on."""
    known = {name: version(name) for name in LIBRARIES}
    return {"python": platform.python_version(), "platform": platform.platform(), **known}


def write_report(
    path: Path,
    items: Sequence[ItemReport],
    log: FrameLog,
    settings: Settings,
    models: Mapping[str, str],
) -> None:
    """Write the report as one JSON object; the frames are copied line by line.

    Args:
        path: Of the report; replaced if it exists.
        items: What became of each input.
        log: The boxes of all frames.
        settings: What was asked for.
        models: sha256 of each network that was used, by name.

    Raises:
        OutputError: If it cannot be written.
    """
    head = {
        "report": 1,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": versions(),
        "models": dict(models),
        "settings": settings.model_dump(mode="json"),
        "summary": summary(items),
    }
    partial = path.with_name(f".{path.name}.partial")
    try:
        with partial.open("w", encoding="utf-8") as file:
            file.write(json.dumps(head, indent=1)[:-2] + ',\n "items": [\n')
            for number, item in enumerate(items):
                file.write(",\n" if number else "")
                _write_item(file, item, log)
            file.write("\n]}\n")
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise OutputError(f"the report {path} cannot be written: {error.strerror}") from None


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
        "vouched": all(item.vouched for item in items),
        "seconds": round(seconds, 3),
    }


def _write_item(file: IO[str], item: ItemReport, log: FrameLog) -> None:
    tally = item.tally
    record = {
        "input": {"name": item.source, "sha256": item.source_sha256, **_facts(item.medium)},
        "output": {"name": item.target, "sha256": item.target_sha256},
        "status": item.status,
        "error": item.error,
        "notes": list(item.notes),
        "seconds": round(item.seconds, 3),
        "frames_written": tally.frames,
        "looks": tally.looked,
        "covered_in_full": tally.covered_in_full,
        "failures": dict(tally.failures),
        "gaps_bridged": tally.gaps_bridged,
        "tracks": [_track(*track, record) for track, record in sorted(tally.tracks.items())],
        "review": [asdict(one) for one in item.review[:REVIEWED]],
        "self_check": None if item.self_check is None else asdict(item.self_check),
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
        "seen": record.seen,
        "filled": record.filled,
        "gaps": record.gaps,
        "best_score": round(record.best_score, 3),
    }
