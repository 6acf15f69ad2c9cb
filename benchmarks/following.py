"""How well a box that was drawn once is followed: the share of frames in which the head is covered.

    python benchmarks/following.py FOLDER [FOLDER ...]

Each folder is one of ``passerby synth crossing``. In each of its videos a box is drawn over each
head every two seconds, wrong by a tenth of a head, and followed for a second each way. A head
counts where half of it can be seen; it is covered if half of its box lies in the cover. Intervals
(95 %) are bootstrapped over boxes.
"""

import argparse
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from marked_clips import Corners, Mark, read_marks
from passerby.pipeline.box_following import BoxToFollow, follow_drawn_boxes
from passerby.sources import open_source
from passerby.tracking.pixel_following import FollowedPlace
from stamp import stamp

EVERY, AROUND = 2.0, 1.0
"""Seconds between two frames in which boxes are drawn, and for which they are followed each way."""
CLUMSY, VISIBLE, SMALLEST = 0.1, 0.5, 8.0
DRAWS = 2000


@dataclass(frozen=True, slots=True)
class Drawn:
    """What came of one box: the frames that count, those covered, and those if it stays."""

    frames: int
    followed: int
    stays: int
    area: float


def drawn_boxes(
    heads: Mapping[int, Sequence[Mark]], frames: int, rate: float, rng: random.Random
) -> Iterator[tuple[Mark, BoxToFollow]]:
    """A box over each head that can be seen, in a frame every so often."""
    around = round(AROUND * rate)
    for frame in range(around, frames - around, round(EVERY * rate)):
        for head in heads.get(frame, ()):
            if counts(head):
                corners = np.array(head.corners)
                sides = np.tile(corners[2:] - corners[:2], 2)
                wrong = np.array([rng.uniform(-CLUMSY, CLUMSY) for _ in range(4)])
                left, top, right, bottom = (corners + wrong * sides).tolist()
                box = left, top, right, bottom
                yield head, BoxToFollow(frame, box, frame - around, frame + around)


def counts(head: Mark) -> bool:
    """Whether a head can be seen."""
    return head.visible >= VISIBLE and head.corners[3] - head.corners[1] >= SMALLEST


def is_covered(head: Corners, cover: Sequence[float]) -> bool:
    """Whether half of a head's box lies in the ellipse of a cover."""
    across, down = np.meshgrid(np.linspace(0, 1, 12), np.linspace(0, 1, 12))
    x, y = head[0] + across * (head[2] - head[0]), head[1] + down * (head[3] - head[1])
    middle = (cover[0] + cover[2]) / 2, (cover[1] + cover[3]) / 2
    half = (cover[2] - cover[0]) / 2, (cover[3] - cover[1]) / 2
    inside = ((x - middle[0]) / half[0]) ** 2 + ((y - middle[1]) / half[1]) ** 2 <= 1
    return bool(inside.mean() >= 0.5)


def judged(
    head: Mark,
    box: BoxToFollow,
    places: Mapping[int, FollowedPlace],
    heads: Mapping[int, Sequence[Mark]],
) -> Drawn:
    """Compare where a box was followed to with where the head is."""
    frames = followed = stays = 0
    area = []
    for number in range(box.first or 0, (box.last or 0) + 1):
        for other in heads.get(number, ()):
            if other.person != head.person or not counts(other):
                continue
            frames += 1
            stays += is_covered(other.corners, box.box)
            if number in places:
                place = places[number]
                cover = place.box + place.margin * np.array([-1, -1, 1, 1])
                followed += is_covered(other.corners, cover.tolist())
                size = (other.corners[2] - other.corners[0]) * (other.corners[3] - other.corners[1])
                area.append(np.pi / 4 * float(np.prod(cover[2:] - cover[:2])) / size)
    return Drawn(frames, followed, stays, float(np.mean(area)) if area else 0.0)


def measured(folders: Sequence[Path]) -> list[Drawn]:
    """Draw and follow in all videos."""
    found = []
    for folder in folders:
        for video in sorted(folder.glob("camera-*.mp4")):
            heads = read_marks(folder / video.stem / "gt" / "heads.txt")
            rng = random.Random(str(video.stem))  # noqa: S311  (it must be repeatable)
            with closing(open_source(video)) as source:
                rate = float(source.medium.rate or 25)
                asked = list(drawn_boxes(heads, 1 + max(heads), rate, rng))
                places = follow_drawn_boxes(source, [box for _, box in asked])
            found += [
                judged(head, box, where, heads)
                for (head, box), where in zip(asked, places, strict=True)
            ]
    return [one for one in found if one.frames]


def share(found: Sequence[Drawn], name: str) -> dict[str, Any]:
    """Share of frames covered, with its interval over boxes."""
    frames = np.array([one.frames for one in found])
    covered = np.array([getattr(one, name) for one in found])
    drawn = np.random.default_rng(0).integers(0, len(found), (DRAWS, len(found)))
    shares = covered[drawn].sum(axis=1) / frames[drawn].sum(axis=1)
    low, high = np.percentile(shares, [2.5, 97.5])
    return {
        "share": round(float(covered.sum() / frames.sum()), 3),
        "interval": [round(float(low), 3), round(float(high), 3)],
    }


def main() -> None:
    """Measure, and print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", type=Path, nargs="+")
    words = parser.parse_args()
    found = measured(words.folders)
    figures = {
        "boxes": len(found),
        "followed": share(found, "followed"),
        "stays": share(found, "stays"),
        "boxes_covered_in_all_frames": sum(one.followed == one.frames for one in found),
        "cover_area_in_heads": round(float(np.mean([one.area for one in found])), 2),
    }
    print(json.dumps({**stamp(), **figures}, indent=1))


if __name__ == "__main__":
    main()
