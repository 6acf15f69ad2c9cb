"""Boxes of every frame, kept on disk while a run lasts, so that memory does not grow.

It holds boxes, never pixels.
"""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any

import numpy as np

from passerby.detections import Boxes, Detections, Kind
from passerby.errors import OutputError
from passerby.geometry import XywhBox
from passerby.pipeline.stages import FrameResult, KeptFrame

__all__ = ["FrameLog", "Span", "as_detections", "as_record", "as_xywh"]

Span = tuple[int, int]
"""Where the frames of one input start and end in the log, in bytes."""


class FrameLog:
    """One line of JSON per frame; the inputs of a run follow one after the other."""

    def __init__(self) -> None:
        # It lives as long as the log, which closes it.
        self._file: IO[bytes] = tempfile.TemporaryFile("w+b")  # noqa: SIM115

    @property
    def position(self) -> int:
        """Where the next frame will lie.

        Raises:
            OutputError: If the folder for temporary files is full.
        """
        with _room():
            return self._file.seek(0, 2)

    def add(self, frame: FrameResult | KeptFrame) -> None:
        """Append one frame.

        Raises:
            OutputError: If the folder for temporary files is full.
        """
        line = json.dumps(as_record(frame), separators=(",", ":")).encode() + b"\n"
        with _room():
            self._file.write(line)

    def records(self, span: Span) -> Iterator[dict[str, Any]]:
        """The frames of one input, in order."""
        self._file.seek(span[0])
        while self._file.tell() < span[1]:
            yield json.loads(self._file.readline())

    def lines(self, span: Span) -> Iterator[str]:
        """The same, each a line of JSON."""
        self._file.seek(span[0])
        while self._file.tell() < span[1]:
            yield self._file.readline().decode().rstrip("\n")

    def close(self) -> None:
        """Delete the log."""
        with suppress(OSError):  # what no longer fits need not be kept either
            self._file.close()


@contextmanager
def _room() -> Iterator[None]:
    """Say which disk is full."""
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"{tempfile.gettempdir()} cannot take the boxes of all frames ({error.strerror}): "
            "free some space there or set TMPDIR to another folder"
        ) from error


def as_xywh(corners: Boxes) -> XywhBox:
    """Left, top, right, bottom, shape (4,), as the report gives a box: in tenths of a pixel."""
    left, top, right, bottom = corners.tolist()
    return round(left, 1), round(top, 1), round(right - left, 1), round(bottom - top, 1)


def as_record(frame: FrameResult | KeptFrame) -> dict[str, Any]:
    """A frame's boxes as plain values; boxes are left, top, width, height as in COCO."""
    found = frame.detections
    record: dict[str, Any] = {"frame": frame.index, "looked": frame.looked}
    if frame.time is not None:
        record["time"] = round(frame.time, 6)
    if frame.covered_in_full:
        record["covered_in_full"] = True
    if found.failure is not None:
        record["failure"] = found.failure
    record["boxes"] = [
        {
            "box": as_xywh(box),
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
