"""Follows people through a whole clip, to count and match them rather than to cover them.

The tracker makes short tracks, each certainly of one person. When the clip has ended, they are
joined, tracks too short to be a person are dropped, and boxes between two looks are filled in.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from passerby.detections import Boxes, Detections, Kind
from passerby.geometry import area, intersection
from passerby.tracking.clothing import Colours, clothing
from passerby.tracking.growing import Growing, Look
from passerby.tracking.linking import linked
from passerby.tracking.own_heads import have_own_heads
from passerby.tracking.settings import ANALYSIS, TrackingSettings
from passerby.tracking.tracker import Tracker
from passerby.tracking.tracklet import Tracklet
from passerby.types import Image

__all__ = ["LONGEST_FILL", "Analysis", "filled"]

LONGEST_FILL = 2.0
"""Longest gap in seconds that is filled: in a longer one the person may be anywhere."""

_LEAST_SCORE = 0.5
"""Lowest score of a person whose own head makes them certain."""

_HIDDEN = 0.25
"""Share of a box that another box in front may hide before its colours become unreliable."""

_SHORTEST = 0.5
_FEWEST = 3
"""Seconds and looks that a track must have: false alarms flicker."""

_GAPS = 2.5
"""Least number of looks that a track survives if there are few looks per second."""


class Analysis:
    """Collects what was seen of one clip.

    Args:
        interval: Seconds between two looks.
        settings: Of the tracker.
    """

    def __init__(self, interval: float, settings: TrackingSettings = ANALYSIS) -> None:
        bridge = max(settings.bridge, _GAPS * interval)
        self._settings = replace(settings, bridge=bridge)
        self._tracker = Tracker(self._settings)
        self._growing: dict[int, Growing] = {}
        self._ended: list[Growing] = []
        self._time: float | None = None

    def add(
        self, frame: int, time: float, detections: Detections, image: Image | None = None
    ) -> None:
        """Take the next look.

        Args:
            frame: Number of the frame, from 0.
            time: In seconds, later than that of the look before.
            detections: What was seen; persons are followed, and heads vouch for them.
            image: The raw frame, to tell people by their clothes too; it is not kept.
        """
        people = self._people(detections)
        elapsed = 0.0 if self._time is None else time - self._time
        self._time = time
        found = self._tracker.update(people, elapsed)
        clothes = self._clothes(found, image)
        for index in np.flatnonzero(found.tracks >= 0):
            number = int(found.tracks[index])
            look = Look(frame, time, found.boxes[index], float(found.scores[index]))
            growing = self._growing.setdefault(number, Growing())
            other = growing.add(look, clothes.get(index))
            if other is not None:
                self._ended.append(growing)
                self._growing[number] = other

    @staticmethod
    def _clothes(found: Detections, image: Image | None) -> dict[np.intp, Colours]:
        """The colours of people who are not hidden, by their index."""
        if image is None:
            return {}
        clear = np.flatnonzero((found.tracks >= 0) & (_hidden(found.boxes) < _HIDDEN))
        return dict(zip(clear, clothing(image, found.boxes[clear]), strict=True))

    def _people(self, detections: Detections) -> Detections:
        """The people, with higher scores for those who have a head of their own."""
        sure = have_own_heads(detections) & (detections.scores >= _LEAST_SCORE)
        scores = np.where(
            sure, np.maximum(detections.scores, self._settings.start_score), detections.scores
        )
        people = replace(detections, scores=scores.astype(np.float32)).of_kind(Kind.PERSON)
        return people[people.scores >= self._settings.keep_score]

    def tracks(self) -> list[Tracklet]:
        """All people, in the order in which they appeared."""
        everybody = [*self._ended, *self._growing.values()]
        pieces = [one.tracklet() for one in everybody if len(one.looks) > 1]
        whole = [one for one in linked(pieces) if one.lived >= _SHORTEST and len(one) >= _FEWEST]
        return sorted(whole, key=lambda one: (one.frames[0], *one.boxes[0].tolist()))


def _hidden(boxes: Boxes) -> npt.NDArray[np.float32]:
    """Share of each box that another one hides: people lower in the picture are nearer."""
    in_front = boxes[None, :, 3] > boxes[:, None, 3]
    covered = np.where(in_front, intersection(boxes, boxes), 0).max(axis=1, initial=0)
    shares: npt.NDArray[np.float32] = covered / np.maximum(area(boxes), 1e-9)
    return shares


def filled(tracks: Sequence[Tracklet]) -> dict[int, Detections]:
    """Lay tracks out over the frames, with straight lines over gaps that are not too long.

    Returns:
        The people of each frame in which anybody is, by its number from 0. Their tracks are
        numbered from 1 in the order of ``tracks``; ``seen`` is False where they were filled in.
    """
    found: dict[int, list[Detections]] = {}
    for number, track in enumerate(tracks, 1):
        frames, boxes, scores = _without_gaps(track)
        seen = np.isin(frames, track.frames)
        people = Detections.of(boxes, scores, tracks=np.full(len(frames), number), seen=seen)
        for place, frame in enumerate(frames.tolist()):
            found.setdefault(frame, []).append(people[place : place + 1])
    return {frame: Detections.joined(*found[frame]) for frame in sorted(found)}


def _without_gaps(
    track: Tracklet,
) -> tuple[npt.NDArray[np.int64], Boxes, npt.NDArray[np.float32]]:
    """Frames, boxes and scores of a track, with what lies between two looks."""
    every = np.arange(track.frames[0], track.frames[-1] + 1)
    after = np.searchsorted(track.frames, every).clip(1, max(len(track) - 1, 1))
    short = np.diff(track.times, append=track.times[-1:])[after - 1] <= LONGEST_FILL
    kept = every[short | np.isin(every, track.frames)]
    boxes = [np.interp(kept, track.frames, side) for side in track.boxes.T]
    scores = np.interp(kept, track.frames, track.scores)
    return kept, np.stack(boxes, axis=1).astype(np.float32), scores.astype(np.float32)
