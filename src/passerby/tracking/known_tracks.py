"""Tracks that are completely known before the first frame comes, such as those of a file."""

from bisect import bisect_left
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from passerby.detections import Detections, Kind
from passerby.tracking.timeline import sightings

__all__ = ["KnownTracks"]

GROWTH, GROWTH_OF_SMALL = 0.25, 1.0
"""Margin of a box between two sightings, as a share of its height for each second from the nearer
one: of a person, and of a head, a face or an object, which moves as far but is smaller."""
LONGEST_GROWTH = 1.0
"""Seconds after which the margin grows no further: two boxes of a track drawn far apart mean the
line between them."""
SLACK = 1.0
"""Pixels by which a box may reach beyond another one that covers it, as both are rounded."""


class _Track(NamedTuple):
    """Where one track was seen: times, boxes and scores, shapes (n,), (n, 4), (n,)."""

    times: list[float]
    boxes: list[npt.NDArray[np.float32]]
    scores: list[float]

    def at(self, time: float, growth: float) -> tuple[npt.NDArray[np.float32], float, float]:
        """Box, score and margin on the straight line between the sightings around ``time``."""
        after = bisect_left(self.times, time)
        before = after - 1
        gap = self.times[after] - self.times[before]
        share = (time - self.times[before]) / gap
        box = (1 - share) * self.boxes[before] + share * self.boxes[after]
        away = min(share * gap, (1 - share) * gap, LONGEST_GROWTH)
        height = abs(float(box[3] - box[1]))
        return box, min(self.scores[before], self.scores[after]), growth * away * height


class KnownTracks:
    """Fills the gaps of tracks, however long they are.

    Args:
        frames: Numbers of frames, in order, and what is known about each.
        rate: Frames a second.

    Example:
        >>> seen = {0: [0, 0, 10, 40], 4: [8, 0, 18, 40]}
        >>> tracks = KnownTracks(
        ...     ((frame, Detections.of([box], tracks=[7])) for frame, box in seen.items()), rate=25
        ... )
        >>> tracks.missing(2, Detections.none()).boxes.tolist()
        [[4.0, 0.0, 14.0, 40.0]]
    """

    def __init__(self, frames: Iterable[tuple[int, Detections]], rate: float) -> None:
        self._rate = rate
        self._tracks: dict[tuple[int, Kind], _Track] = {}
        for frame, found in frames:
            for index in np.flatnonzero(sightings(found)):
                key = int(found.tracks[index]), Kind(found.kinds[index])
                track = self._tracks.setdefault(key, _Track([], [], []))
                track.times.append(frame / rate)
                track.boxes.append(found.boxes[index])
                track.scores.append(float(found.scores[index]))

    def missing(self, frame: int, known: Detections) -> Detections:
        """Where tracks must be in a frame between two of their sightings.

        Args:
            frame: Its number.
            known: What is known about it. Whom that covers already is left out.
        """
        time = frame / self._rate
        was_seen = known[known.seen]
        pairs = zip(was_seen.tracks, was_seen.kinds, strict=True)
        seen = {(int(number), Kind(kind)) for number, kind in pairs}
        missing = []
        for (number, kind), track in self._tracks.items():
            if not track.times[0] < time < track.times[-1] or (number, kind) in seen:
                continue
            growth = GROWTH if kind is Kind.PERSON else GROWTH_OF_SMALL
            box, score, margin = track.at(time, growth)
            if not _holds(known, box, number, kind):
                missing.append(
                    Detections.of(
                        [box], [score], kind, tracks=[number], seen=[False], margins=margin
                    )
                )
        return Detections.joined(*missing)


def _holds(known: Detections, box: npt.NDArray[np.float32], number: int, kind: Kind) -> bool:
    """Whether a box of this track, with its margin, covers a place."""
    same = known[(known.tracks == number) & (known.kinds == kind)]
    reach = same.margins[:, None] + SLACK
    low, high = same.boxes[:, :2] - reach, same.boxes[:, 2:] + reach
    return bool(((low <= box[:2]) & (box[2:] <= high)).all(axis=1).any())
