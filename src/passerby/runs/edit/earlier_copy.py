"""A copy that was made before, with what its report knows of its frames."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from passerby.config import validated
from passerby.pipeline.settings import Settings
from passerby.pipeline.stages import FrameKnowledge
from passerby.runs.anonymize.frame_log import as_detections
from passerby.runs.anonymize.self_check import Finding
from passerby.runs.review.frames import ReviewFrame
from passerby.runs.review.queue import FinishedItem, read_report
from passerby.runtime.provenance import LIBRARIES, versions

__all__ = ["EarlierCopy", "known_frames"]


@dataclass(frozen=True, slots=True)
class EarlierCopy:
    """A finished copy.

    Attributes:
        path: Where it lies.
        sha256: Of it, as its report says.
        source_sha256: Of its source, likewise.
        settings: Of the run that made it.
        status: Whether all of the source is in it.
        notes: What the report says of how the source was read and covered.
        knowledge: What is known of all frames, in order; boxes are in tenths of a pixel.
        in_full: Numbers of the frames that were covered in full.
        review: The frames in doubt.
        checked: What the self-check found bare for certain, and perhaps; None without one.
        same_versions: Whether passerby and what decodes and encodes are those of now.
    """

    path: Path
    sha256: str | None
    source_sha256: str | None
    settings: Settings
    status: str
    notes: tuple[str, ...]
    knowledge: Sequence[FrameKnowledge]
    in_full: frozenset[int]
    review: tuple[ReviewFrame, ...]
    checked: tuple[Sequence[Finding], Sequence[Finding]] | None
    same_versions: bool

    @classmethod
    def read(cls, report: Path, position: int = 0) -> Self:
        """Read what a report says of the copy of one of its inputs.

        Args:
            report: What ``--report`` wrote.
            position: Of the input in it.

        Raises:
            InputError: If it is no such report.
            ConfigError: If its settings are not those of this version.
        """
        run = read_report(report)
        item, records = run.items[position], _records(report, position)
        now = versions()
        return cls(
            Path(item.output.name or ""),
            item.output.sha256,
            item.input.sha256,
            validated(Settings, run.settings, str(report)),
            item.status,
            item.notes,
            [_known(one) for one in records],
            frozenset(one["frame"] for one in records if one.get("covered_in_full")),
            item.review,
            _checked(item),
            all(run.versions.get(name) == now[name] for name in LIBRARIES),
        )


def known_frames(report: Path, position: int) -> list[FrameKnowledge]:
    """What a report knows of each frame of one of its inputs."""
    return [_known(record) for record in _records(report, position)]


def _records(report: Path, position: int) -> list[dict[str, Any]]:
    items = json.loads(report.read_text(encoding="utf-8"))["items"]
    records: list[dict[str, Any]] = items[position].get("frames", [])
    return records


def _known(record: dict[str, Any]) -> FrameKnowledge:
    known = as_detections(record)
    time, looked = record.get("time"), bool(record["looked"])
    return FrameKnowledge(record["frame"], time, known, known, looked=looked)


def _checked(item: FinishedItem) -> tuple[list[Finding], list[Finding]] | None:
    check = item.self_check
    if check is None:
        return None
    return _findings(check.uncovered), _findings(check.doubtful)


def _findings(records: Sequence[Mapping[str, Any]]) -> list[Finding]:
    return [
        Finding(one["frame"], one["time"], one["kind"], one["score"], tuple(one["box"]))
        for one in records
    ]
