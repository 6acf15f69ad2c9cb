"""Follows people through a clip or a stream, to count and match them rather than to cover them.

The tracker makes short tracks, each certainly of one person. When the clip has ended, or a stream
has shown for long enough that nothing goes on with them, they are joined, tracks too short to be a
person are dropped, and boxes between two looks are filled in.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import count
from statistics import median_low
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from passerby.detections import Boxes, Detections, Kind
from passerby.geometry import area, intersection
from passerby.tracking.appearance import PersonFeatures
from passerby.tracking.growing import Growing, Look
from passerby.tracking.linking import JOINING, LONGEST_GAP, Joining, linked_parts
from passerby.tracking.own_heads import have_own_heads
from passerby.tracking.settings import ANALYSIS, TrackingSettings
from passerby.tracking.tracker import Tracker
from passerby.tracking.tracklet import Tracklet
from passerby.types import Image

__all__ = ["LONGEST_FILL", "Analysis", "JoinedTrack", "filled", "hidden_share"]

LONGEST_FILL = 2.0
"""Longest gap in seconds that is filled: in a longer one the person may be anywhere."""

_LEAST_SCORE = 0.5
"""Lowest score of a person whose own head makes them certain."""

_HIDDEN = 0.25
"""Share of a box that another box in front may hide before it shows too much of somebody else."""

_SHORTEST = 0.5
_FEWEST = 3
"""Seconds and looks that a track must have: false alarms flicker."""

_GAPS = 2.5
"""Least number of looks that a track survives if there are few looks per second."""

_LATELY = 9
"""Looks by which it is known how far apart they come."""


class JoinedTrack(NamedTuple):
    """Somebody's whole path, and what it was joined from.

    Attributes:
        path: All looks.
        parts: Numbers of the short tracks, in order of time.
    """

    path: Tracklet
    parts: tuple[int, ...]


class Analysis:
    """Collects what was seen of one clip.

    Args:
        interval: Seconds between two looks, as far as is known. If they come further apart, that
            counts: a live stream often claims a rate that it does not have.
        settings: Of the tracker.
        joining: Which short tracks may be joined, and by what people are told apart.
        most_looks: That are remembered of all who are not closed; None for all. If there are more,
            older ones are forgotten that straight lines between others tell nearly as well.
    """

    def __init__(
        self,
        interval: float,
        settings: TrackingSettings = ANALYSIS,
        joining: Joining = JOINING,
        most_looks: int | None = None,
    ) -> None:
        self._joining, self._most_looks = joining, most_looks
        self._known, self._lately = interval, deque([interval], _LATELY)
        self._settings = settings
        self._tracker = Tracker(settings)
        self._growing: dict[int, Growing] = {}
        self._numbers = count(1)
        self._of_people: set[int] = set()
        self._ended: list[Growing] = []
        self._time: float | None = None

    def add(
        self, frame: int, time: float, detections: Detections, image: Image | None = None
    ) -> Detections:
        """Take the next look.

        Args:
            frame: Number of the frame, from 0.
            time: In seconds, later than that of the look before.
            detections: What was seen; persons are followed, and heads vouch for them.
            image: The frame, to tell people by how they look too; it is not kept.

        Returns:
            The people, each with the number of the short track that they are in; -1 for none.
        """
        people = self._people(detections)
        elapsed = 0.0 if self._time is None else time - self._time
        if self._time is not None:
            self._lately.append(elapsed)
        self._time = time
        bridge = max(self._settings.bridge, _GAPS * self.interval)
        self._tracker.settings = replace(self._settings, bridge=bridge)
        found = self._tracker.update(people, elapsed)
        features = self._features(found, image)
        for index in np.flatnonzero(found.tracks >= 0):
            number = int(found.tracks[index])
            look = Look(frame, time, found.boxes[index], float(found.scores[index]))
            if number not in self._growing:
                self._growing[number] = Growing(
                    number=next(self._numbers), changed=self._joining.appearance.changed
                )
            growing = self._growing[number]
            other = growing.add(look, features.get(index))
            if other is not None:
                other.number = next(self._numbers)
                self._ended.append(growing)
                self._growing[number] = other
        return found

    @property
    def interval(self) -> float:
        """Seconds between two looks: as was said, or as they came lately, if that is more."""
        return max(self._known, median_low(self._lately))

    def _features(self, found: Detections, image: Image | None) -> dict[np.intp, PersonFeatures]:
        """How people look who are not hidden, by their index."""
        if image is None:
            return {}
        clear = np.flatnonzero((found.tracks >= 0) & (hidden_share(found.boxes) < _HIDDEN))
        described = self._joining.appearance.describe(image, found.boxes[clear])
        return dict(zip(clear, described, strict=True))

    def _people(self, detections: Detections) -> Detections:
        """The people, with higher scores for those who have a head of their own."""
        sure = have_own_heads(detections) & (detections.scores >= _LEAST_SCORE)
        scores = np.where(
            sure, np.maximum(detections.scores, self._settings.start_score), detections.scores
        )
        people = replace(detections, scores=scores.astype(np.float32)).of_kind(Kind.PERSON)
        return people[people.scores >= self._settings.keep_score]

    def tracks(self) -> list[Tracklet]:
        """All people who are not closed, in the order in which they appeared."""
        return [one.path for one in self.joined()]

    def joined(self) -> list[JoinedTrack]:
        """Return what `tracks` does, and what each was joined from."""
        everybody = self._everybody()
        parts = linked_parts([one.tracklet() for one in everybody], self._joining)
        return _people(parts, everybody)

    def close(self) -> list[Tracklet]:
        """Return the people with whom nothing that is yet to be seen can go on; forget them.

        Of a stream, this is asked now and then; it keeps what is remembered short.
        """
        return [one.path for one in self.close_joined()]

    def close_joined(self) -> list[JoinedTrack]:
        """Do what `close` does; return what each was joined from, too."""
        if self._time is None:
            return []
        everybody = self._everybody()
        joined = linked_parts([one.tracklet() for one in everybody], self._joining)
        over = [one for one in joined if self._time - one[0].times[-1] > LONGEST_GAP]
        gone = {id(everybody[place]) for _, parts in over for place in parts}
        self._of_people = {
            everybody[place].number for path, parts in joined if _is_person(path) for place in parts
        }
        self._ended = [one for one in self._ended if self._may_go_on(one, gone)]
        self._growing = {
            number: one for number, one in self._growing.items() if self._may_go_on(one, gone)
        }
        self._thin()
        return _people(over, everybody)

    def _thin(self) -> None:
        """Forget looks if there are too many: some people sit for hours."""
        everybody = self._everybody()
        looks = sum(len(one.looks) for one in everybody)
        if self._most_looks is not None and looks > self._most_looks:
            for one in everybody:
                one.thin()

    def parts(self) -> list[Growing]:
        """The short tracks that are not closed and are of a person, as far as is known.

        Those that would be a person if they ended now will be part of somebody who is closed later.
        Those that only are if they are joined with others, as they were when it was last asked who
        can be closed, may turn out to be of nobody.
        """
        return [one for one in self._everybody() if self._is_somebody(one)]

    @property
    def numbers(self) -> frozenset[int]:
        """Those of all short tracks that are not closed."""
        return frozenset(one.number for one in self._everybody())

    @property
    def undecided_since(self) -> float:
        """Time of the oldest look of which it is not known yet whose it is; now, if there is none.

        In seconds.
        """
        waiting = [
            one.looks[settled].time
            for one in (*self._ended, *self._growing.values())
            if (settled := one.settled if self._is_somebody(one) else 0) < len(one.looks)
        ]
        return min(waiting, default=self._time or 0.0)

    def _is_somebody(self, one: Growing) -> bool:
        return one.number in self._of_people or _is_certain(one)

    def _may_go_on(self, one: Growing, gone: set[int]) -> bool:
        recent = (self._time or 0.0) - one.looks[-1].time <= LONGEST_GAP
        return id(one) not in gone and (recent or len(one.looks) > 1)

    def _everybody(self) -> list[Growing]:
        return [one for one in (*self._ended, *self._growing.values()) if len(one.looks) > 1]


def _is_person(track: Tracklet) -> bool:
    return track.lived >= _SHORTEST and len(track) >= _FEWEST


def _is_certain(one: Growing) -> bool:
    """Whether it would be a person if it ended now."""
    looks = one.looks[: one.certain]
    return len(looks) >= _FEWEST and looks[-1].time - looks[0].time >= _SHORTEST


def _people(
    joined: Iterable[tuple[Tracklet, tuple[int, ...]]], everybody: Sequence[Growing]
) -> list[JoinedTrack]:
    """Those who are people, in the order in which they appeared."""
    people = [
        JoinedTrack(path, tuple(everybody[place].number for place in parts))
        for path, parts in joined
        if _is_person(path)
    ]
    return sorted(people, key=lambda one: (one.path.frames[0], *one.path.boxes[0].tolist()))


def hidden_share(boxes: Boxes) -> npt.NDArray[np.float32]:
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
