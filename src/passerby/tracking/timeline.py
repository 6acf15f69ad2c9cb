"""Covers what the detector missed, by looking a little ahead before a frame goes out.

Frames wait in a short buffer. By the time one leaves it, its tracks are known before *and*
after it, so gaps are bridged from both sides, boxes between two looks are filled in, and a
track is extended a little before its start and after its end. The buffer is bounded, so
memory does not grow with length, and the same code serves files and live streams.

No frame leaves before it was looked at, or a later one was: nobody can vouch for what came after
the last look. Where nobody does look, the frame is a failure, which covers it in full.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Generic, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from passerby.detections import Detections, Kind
from passerby.tracking.history import History, TrackPlace
from passerby.tracking.settings import TrackingSettings
from passerby.tracking.tracker import Tracker

__all__ = ["Release", "Timeline", "settings_by_kind", "sightings"]

Payload = TypeVar("Payload")

SMALLER = 4
"""How many times faster the margin of a head, a face or a thing grows: in its own heights, it moves
so much faster than its person, or than what carries it."""
ACROSS_A_CUT = 0.09
"""Seconds by which tracks are extended over a cut, for it may be a flash: two frames of most films,
and none where each frame is a slide of its own."""


class Release(NamedTuple, Generic[Payload]):
    """A frame that leaves the buffer.

    Attributes:
        payload: The frame.
        known: All that must be covered in it.
        sighted: What was detected in this very frame, with the tracks it belongs to, before
            anything was filled in or compared with other frames.
        looked: Whether anybody looked at this very frame, or tried to.
    """

    payload: Payload
    known: Detections
    sighted: Detections
    looked: bool


@dataclass(slots=True)
class _Waiting(Generic[Payload]):
    """A frame in the buffer, its time in seconds, and what is known of it."""

    payload: Payload
    time: float
    detections: Detections | None = None
    looked: bool = False


def _nobody_looks(_: object) -> Detections:
    return Detections.failed("nobody looked at this frame, nor at one after it")


class Timeline(Generic[Payload]):
    """Delays frames until their tracks are known on both sides.

    Args:
        lookahead: Seconds that a frame waits, and until the next frame comes; 0 lets it out at
            once, so that each is looked at.
        settings: How detections become tracks.
        capacity: Most frames that may wait, whatever ``lookahead`` says; bounds the memory.
        look: Looks at a frame that waits, where one would leave before a look after it; without
            it such a frame is a failure.
    """

    def __init__(
        self,
        lookahead: float = 1.0,
        settings: TrackingSettings | None = None,
        capacity: int = 64,
        look: Callable[[Payload], Detections] = _nobody_looks,
    ) -> None:
        self.settings = settings or TrackingSettings()
        self._settings_of = settings_by_kind(self.settings)
        self.lookahead = lookahead
        self.capacity = capacity
        self._tracker = Tracker(self.settings)
        self._histories: dict[tuple[int, Kind], History] = {}
        self._look = look
        self._waiting: deque[_Waiting[Payload]] = deque()
        self._open = 0  # how many of them came after the last look that worked
        self._looked_at: float | None = None
        self._is_cut = False
        self._cuts: list[float] = []  # times of the first frames after them
        self._numbered = False

    def push(
        self, payload: Payload, time: float, detections: Detections | None
    ) -> Iterator[Release[Payload]]:
        """Take the next frame and hand out those that have waited long enough.

        Args:
            payload: The frame; it is only passed through.
            time: Seconds; later than the frame before.
            detections: What was seen in it, or None if nobody looked. Boxes that have a track
                keep it, and from then on those without one stay without; the tracker links
                them only as long as none ever had one.

        Yields:
            Frames in order.
        """
        yield from self._leaving()
        if self._is_cut:
            self._cuts.append(time)
            self._is_cut = False
        frame = _Waiting(payload, time)
        self._waiting.append(frame)
        self._open += 1
        if detections is not None:
            self._note(frame, detections)
        if self.lookahead == 0:
            yield from self.flush()

    def _leaving(self) -> Iterator[Release[Payload]]:
        """Hand out what has waited long enough before the next frame comes.

        Only then is it settled who was seen in the newest one: it may have been looked at because
        of what comes next.
        """
        while self._waiting and (
            self._waiting[-1].time - self._waiting[0].time >= self.lookahead
            or len(self._waiting) >= self.capacity
        ):
            if self._waiting[0].detections is None and len(self._waiting) <= self._open:
                self.look_back()
            yield self._release()

    def flush(self) -> Iterator[Release[Payload]]:
        """Look at the newest frame and hand out all that wait; the source has ended."""
        self.look_back()
        while self._waiting:
            yield self._release()

    def look_back(self) -> None:
        """Look at the newest frame that waits, unless somebody has."""
        if self._waiting and self._waiting[-1].detections is None:
            self._look_at(self._waiting[-1])

    def cut(self) -> None:
        """Look back, and let no track go on: the next frame shows something else."""
        self.look_back()
        self._tracker.forget()
        self._is_cut = True

    def _look_at(self, frame: _Waiting[Payload]) -> None:
        self._note(frame, self._look(frame.payload))

    def _note(self, frame: _Waiting[Payload], detections: Detections) -> None:
        """Remember what was seen in a frame, the newest but for some that failed.

        After a look that failed the frame before is looked at. If that fails too, all are failures
        at which nobody looked: they would lie between two looks that are far apart.
        """
        frame.looked = True
        if detections.failure is None:
            frame.detections = self._link(frame.time, detections)
            self._open = sum(one.time > frame.time for one in self._waiting)
            return
        frame.detections = detections
        unseen = [one for one in self._since_the_last_look() if one.detections is None]
        if unseen and frame is self._waiting[-1]:
            self._look_at(unseen[-1])
        else:
            for one in unseen:
                one.detections = detections

    def _since_the_last_look(self) -> list[_Waiting[Payload]]:
        return list(self._waiting)[len(self._waiting) - self._open :]

    def _link(self, time: float, detections: Detections) -> Detections:
        """Give each box its track and note where the tracks are."""
        self._numbered |= bool((detections.tracks >= 0).any())
        linked = detections if self._numbered else self._tracked(time, detections)
        for index in np.flatnonzero(sightings(linked)):
            track = int(linked.tracks[index]), Kind(linked.kinds[index])
            history = self._histories.setdefault(track, History())
            history.add(time, linked.boxes[index], float(linked.scores[index]))
        return linked

    def _tracked(self, time: float, detections: Detections) -> Detections:
        """Ask the tracker; patches of motion are no persons and stay as they are.

        A doubtful box that belongs to no track is dropped: it would flicker.
        """
        elapsed = 0.0 if self._looked_at is None else time - self._looked_at
        self._looked_at = time
        moving = detections.kinds == Kind.MOTION
        people = self._tracker.update(detections[~moving], elapsed)
        return Detections.joined(people[people.tracks >= 0], detections[moving])

    def _release(self) -> Release[Payload]:
        frame = self._waiting.popleft()
        self._open = min(self._open, len(self._waiting))
        payload, time, detections = frame.payload, frame.time, frame.detections
        if detections is not None and detections.failure is not None:
            return Release(payload, detections, detections, frame.looked)
        placed = self._placed(time)
        self._forget(time)
        if detections is None:
            return Release(payload, placed, Detections.none(), looked=False)
        tracked = sightings(detections)
        masked = _with_masks(placed, detections[tracked])
        known = Detections.joined(masked, detections[~tracked])
        return Release(payload, known, detections, looked=True)

    def _placed(self, time: float) -> Detections:
        places: list[tuple[int, Kind, TrackPlace]] = []
        for (number, kind), history in self._histories.items():
            if self._reaches(history, time):
                settings = self._settings_of[kind]
                places += [(number, kind, place) for place in history.at(time, settings)]
        if not places:
            return Detections.none()
        return Detections.of(
            boxes=np.stack([place.box for _, _, place in places]),
            scores=[place.score for _, _, place in places],
            kinds=[kind for _, kind, _ in places],
            tracks=[number for number, _, _ in places],
            seen=[place.seen for _, _, place in places],
            margins=[place.margin for _, _, place in places],
        )

    def _reaches(self, history: History, time: float) -> bool:
        """Whether no cut keeps a track from being extended to ``time``."""
        first, last = history.times[0], history.times[-1]
        near, far = (last, time) if time > last else (time, first)
        return far - near <= ACROSS_A_CUT or not any(near < cut <= far for cut in self._cuts)

    def _forget(self, time: float) -> None:
        """Drop tracks and cuts that can matter to no later frame."""
        longest = max(self.settings.bridge, self.settings.hold)
        for track, history in list(self._histories.items()):
            if history.times[-1] + longest < time:
                del self._histories[track]
            else:
                history.forget_before(time, 2 * self.settings.window)
        self._cuts = [cut for cut in self._cuts if cut + longest >= time]


def settings_by_kind(settings: TrackingSettings) -> dict[Kind, TrackingSettings]:
    """The settings for each kind: margins of what is small grow faster."""
    small = replace(settings, growth=SMALLER * settings.growth)
    return dict.fromkeys(Kind, settings) | dict.fromkeys((Kind.HEAD, Kind.FACE, Kind.OBJECT), small)


def sightings(detections: Detections) -> npt.NDArray[np.bool_]:
    """Which boxes are where a track was seen: those with a number that no box before them has.

    Returns:
        Shape (n,).
    """
    first = np.zeros(len(detections), np.bool_)
    first[np.unique(_tracks(detections), axis=0, return_index=True)[1]] = True
    return first & (detections.tracks >= 0)


def _tracks(detections: Detections) -> npt.NDArray[np.int64]:
    """Number and kind for each box, shape (n, 2): a face may bear the number of its person."""
    return np.stack([detections.tracks, detections.kinds], axis=1)


def _with_masks(placed: Detections, seen_with: Detections) -> Detections:
    """Give places that were seen in this frame the masks they were seen with."""
    if not seen_with.masks:
        return placed
    mask_of = dict(zip(map(tuple, _tracks(seen_with)), seen_with.masks, strict=True))
    masks = (
        mask_of.get(tuple(track)) if seen else None
        for track, seen in zip(_tracks(placed), placed.seen, strict=True)
    )
    return replace(placed, masks=tuple(masks))
