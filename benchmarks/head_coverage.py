"""Share of the heads of a clip that its anonymized copy covers.

    python benchmarks/head_coverage.py CLEAR COVERED TRUTH

Heads follow from boxes of persons, as MOT text has them: the middle 60 % of a box's width, the top
18 % of its height. A head is covered if at least 90 % of its pixels differ by more than 12 levels
in some channel, or if its detail (the variance of its Laplacian) fell by at least 75 %; the second
is for flat heads that a blur hardly moves. What a codec changes stays below both.
"""

import argparse
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import av
import cv2
import numpy as np

from passerby.types import Image

__all__ = ["Box", "Coverage", "coverage_of", "measure", "pictures", "read_truth"]

Box = tuple[float, float, float, float]
"""Left, top, width, height in pixels."""

HEAD_SIDES = 0.2
HEAD_HEIGHT = 0.18
CHANGED_LEVELS = 12
COVERED_SHARE = 0.9
HALF_SHARE = 0.5
KEPT_DETAIL = 0.25
SHORTEST_PERSON = 40
SHORTEST_SIDE = 3
LEAST_VISIBLE = 0.5
PEDESTRIAN = 1


@dataclass(frozen=True, slots=True)
class Coverage:
    """How well heads are covered.

    Attributes:
        heads: How many there were.
        covered: How many of them are covered.
        half_covered: How many had at least half of their pixels changed.
        changed: Mean share of the pixels of a frame that were changed, 0-1.
    """

    heads: int
    covered: int
    half_covered: int
    changed: float


def coverage_of(
    clear: Path, covered: Path, truth: Path, shortest: float = SHORTEST_PERSON
) -> Coverage:
    """Compare two videos in the frames for which there is ground truth.

    Args:
        clear: The clip.
        covered: Its copy.
        truth: Boxes of the clip's persons, MOT text.
        shortest: Lowest height in pixels of a person who counts.

    Raises:
        ValueError: If the copy has other frames or another size than the clip.
    """
    people = read_truth(truth)
    pairs = zip(pictures(clear, people), pictures(covered, people), strict=True)
    frames = ((people[number], before, after) for (number, before), (_, after) in pairs)
    return measure(frames, shortest)


def read_truth(path: Path) -> dict[int, list[Box]]:
    """Read the boxes of persons who can be seen, by frame, from 1.

    Lines are MOT text: frame, id, left, top, width, height, and maybe whether the line counts,
    the class and the visibility.
    """
    people: dict[int, list[Box]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            frame, _, left, top, width, height, *rest = map(float, line.replace(",", " ").split())
            if _counts(rest):
                people.setdefault(int(frame), []).append((left, top, width, height))
    return people


def _counts(flags: list[float]) -> bool:
    """Whether a line is to be considered, is about a pedestrian, and one who can be seen."""
    considered = len(flags) < 2 or (int(flags[0]) != 0 and int(flags[1]) == PEDESTRIAN)
    return considered and (len(flags) < 3 or flags[2] >= LEAST_VISIBLE)


def pictures(path: Path, numbers: Container[int]) -> Iterator[tuple[int, Image]]:
    """Yield those frames of a video whose numbers, from 1, are asked for."""
    with av.open(str(path)) as container:
        for number, frame in enumerate(container.decode(video=0), 1):
            if number in numbers:
                yield number, np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)


def measure(
    frames: Iterable[tuple[list[Box], Image, Image]], shortest: float = SHORTEST_PERSON
) -> Coverage:
    """Measure coverage.

    Args:
        frames: For each frame the boxes of its persons, its picture, and its anonymized picture.
        shortest: Lowest height in pixels of a person who counts.

    Raises:
        ValueError: If the two pictures of a frame differ in size.
    """
    heads = covered = half = 0
    changes = []
    for people, before, after in frames:
        if before.shape != after.shape:
            raise ValueError(f"the size was {before.shape} and became {after.shape}")
        changes.append(_changed(before, after))
        tall = (box for box in people if box[3] >= shortest)
        for rows, columns in filter(None, (_head(box, before) for box in tall)):
            clear, hidden = before[rows, columns], after[rows, columns]
            share = _changed(clear, hidden)
            faded = _detail(hidden) <= KEPT_DETAIL * _detail(clear)
            heads += 1
            covered += share >= COVERED_SHARE or faded
            half += share >= HALF_SHARE
    return Coverage(heads, covered, half, float(np.mean(changes)) if changes else 0.0)


def _head(box: Box, picture: Image) -> tuple[slice, slice] | None:
    """Rows and columns of a person's head; None if it is too small or outside the picture."""
    left, top, width, height = box
    rows, columns = picture.shape[:2]
    x0, x1 = max(int(left + HEAD_SIDES * width), 0), ceil(left + (1 - HEAD_SIDES) * width)
    y0, y1 = max(int(top), 0), ceil(top + HEAD_HEIGHT * height)
    if min(x1 - x0, y1 - y0) < SHORTEST_SIDE or x0 >= columns or y0 >= rows:
        return None
    return slice(y0, y1), slice(x0, x1)


def _changed(before: Image, after: Image) -> float:
    """Share of the pixels that differ visibly, 0-1."""
    return float((cv2.absdiff(before, after).max(axis=2) > CHANGED_LEVELS).mean())


def _detail(picture: Image) -> float:
    return float(cv2.Laplacian(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), cv2.CV_32F).var())


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    for name in ("clear", "covered", "truth"):
        parser.add_argument(name, type=Path)
    parser.add_argument(
        "--shortest", type=float, default=SHORTEST_PERSON, help="height of persons who count"
    )
    options = parser.parse_args()
    found = coverage_of(options.clear, options.covered, options.truth, options.shortest)
    print(
        f"{found.covered} of {found.heads} heads covered, {found.half_covered} at least half; "
        f"{found.changed:.2%} of the pixels changed"
    )


if __name__ == "__main__":
    main()
