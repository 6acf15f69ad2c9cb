"""Tracks as MOT Challenge's text for results (Leal-Taixe et al. 2015, arXiv 1504.01942)."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from passerby.detections import Detections
from passerby.files.partial import ANEW, Permit, write_text
from passerby.geometry import to_xywh

__all__ = ["track_lines", "write_tracks"]


def track_lines(people: Mapping[int, Detections]) -> Iterator[str]:
    """Yield a line for each box: frame from 1, person, left, top, width, height, score, -1, -1, -1.

    Args:
        people: With their tracks, by number of the frame, from 0.

    Example:
        >>> print(*track_lines({4: Detections.of([[10, 20, 35, 80]], scores=[0.9], tracks=[7])}))
        5,7,10.00,20.00,25.00,60.00,0.9000,-1,-1,-1
    """
    for frame, found in sorted(people.items()):
        rows = zip(found.tracks, to_xywh(found.boxes), found.scores, strict=True)
        for track, box, score in rows:
            sides = ",".join(f"{side:.2f}" for side in box)
            yield f"{frame + 1},{track},{sides},{score:.4f},-1,-1,-1\n"


def write_tracks(path: Path, people: Mapping[int, Detections], permit: Permit = ANEW) -> None:
    """Write them to a file that `passerby evaluate tracking` reads.

    Raises:
        OutputError: If it cannot be written.
    """
    write_text(path, "".join(track_lines(people)), permit)
