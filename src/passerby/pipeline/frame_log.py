"""Boxes of every frame, kept on disk while a run lasts, so that memory does not grow.

It holds boxes, never pixels.
"""

import json
import tempfile
from collections.abc import Iterator
from typing import IO, Any

import numpy as np

from passerby.detections import Detections, Kind
from passerby.pipeline.stages import Result

__all__ = ["FrameLog", "as_detections", "as_record"]

Span = tuple[int, int]
"""Where the frames of one input start and end in the log, in bytes."""


class FrameLog:
    """One JSON object a line, a line a frame; the inputs of a run one after the other."""

    def __init__(self) -> None:
        # It lives as long as the log, which closes it.
        self._file: IO[bytes] = tempfile.TemporaryFile("w+b")  # noqa: SIM115

    @property
    def position(self) -> int:
        """Where the next frame will lie."""
        return self._file.seek(0, 2)

    def add(self, result: Result) -> None:
        """Append one frame."""
        self._file.write(json.dumps(as_record(result), separators=(",", ":")).encode() + b"\n")

    def records(self, span: Span) -> Iterator[dict[str, Any]]:
        """The frames of one input, in order."""
        self._file.seek(span[0])
        while self._file.tell() < span[1]:
            yield json.loads(self._file.readline())

    def copy_lines(self, span: Span, target: IO[str]) -> None:
        """Write the frames of one input as the members of a JSON list."""
        self._file.seek(span[0])
        separator = ""
        while self._file.tell() < span[1]:
            target.write(separator + self._file.readline().decode().rstrip("\n"))
            separator = ",\n"

    def close(self) -> None:
        """Delete the log."""
        self._file.close()


def as_record(result: Result) -> dict[str, Any]:
    """A frame's boxes as plain values; boxes are left, top, width, height as in COCO."""
    found = result.detections
    record: dict[str, Any] = {"frame": result.frame.index, "looked": result.looked}
    if result.frame.time is not None:
        record["time"] = round(result.frame.time, 6)
    if result.frame.covered_in_full:
        record["covered_in_full"] = True
    if found.failure is not None:
        record["failure"] = found.failure
    record["boxes"] = [
        {
            "box": [round(float(v), 1) for v in (box[0], box[1], box[2] - box[0], box[3] - box[1])],
            "kind": Kind(kind).name.lower(),
            "score": round(float(score), 3),
            "track": int(track),
            "seen": bool(seen),
            "margin": round(float(margin), 1),
        }
        for box, kind, score, track, seen, margin in zip(
            found.boxes,
            found.kinds,
            found.scores,
            found.tracks,
            found.seen,
            found.margins,
            strict=True,
        )
    ]
    return record


def as_detections(record: dict[str, Any]) -> Detections:
    """Turn a frame's record back into what was known about it."""
    if "failure" in record:
        return Detections.failed(record["failure"])
    boxes = record["boxes"]
    corners = np.array([box["box"] for box in boxes], np.float32).reshape(-1, 4)
    corners[:, 2:] += corners[:, :2]
    return Detections.of(
        corners,
        scores=[box["score"] for box in boxes],
        kinds=[Kind[box["kind"].upper()] for box in boxes],
        tracks=[box["track"] for box in boxes],
        seen=[box["seen"] for box in boxes],
        margins=np.array([box["margin"] for box in boxes], np.float32),
    )
