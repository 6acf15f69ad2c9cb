"""Heads that are lost, or turn up, amid the picture: somebody may be bare there.

A track that ends where nobody can leave the picture, while no other track goes on in its place, is
of somebody who may still be there. Likewise one that begins so. An end and a beginning that fit
together are of one person, who was missed in between.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from passerby.anatomy import expected_heads
from passerby.detections import Detections, Kind
from passerby.geometry import XywhBox
from passerby.runs.anonymize.frame_log import as_xywh
from passerby.runs.review.frames import BarePlace, ReviewFrame

__all__ = ["LostHeads"]

_Box = npt.NDArray[np.float64]
"""Left, top, right, bottom; shape (4,)."""

SIGHTINGS, SURE = 4, 0.4
"""A track counts if it was seen so often, and once with this score: others may be false alarms."""
STEADY = 1.0
"""Seconds over which it is measured how a head moves."""
SOON, AT_BORDER = 0.5, 0.5
"""A head that will be at the border in so many seconds, or within so many of its sizes of it, may
have left the picture."""
SAME_PLACE = 1.25
"""Another head that is no farther, in sizes of the larger one, goes on in its place."""
LONGEST_ABSENCE = 5.0
"""Seconds after which who turns up is not taken for somebody who was lost before ..."""
OFF, OFF_EACH_SECOND = 1.5, 2.0
"""... how far from where they are expected, in sizes of the head: at once, and more each second ...
"""
RESIZED = 1.6
"""... and by which factor the size may differ."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A head in a frame."""

    frame: int
    time: float
    box: _Box


@dataclass(slots=True)
class _Path:
    """A track, as far as it says how its head came and went.

    Attributes:
        number: Of the track.
        early, late: Its sightings in the first and in the last second.
        seen: How often it was seen.
        score: Of its best sighting.
    """

    number: int
    early: list[_Place] = field(default_factory=list)
    late: deque[_Place] = field(default_factory=lambda: deque(maxlen=64))
    seen: int = 0
    score: float = 0.0

    @property
    def counts(self) -> bool:
        """Whether it is of somebody, as far as can be told."""
        return self.seen >= SIGHTINGS and self.score >= SURE

    def add(self, place: _Place, score: float) -> None:
        """Note a sighting."""
        if not self.early or place.time - self.early[0].time <= STEADY:
            self.early.append(place)
        self.late.append(place)
        while place.time - self.late[0].time > STEADY:
            self.late.popleft()
        self.seen, self.score = self.seen + 1, max(self.score, score)


@dataclass(frozen=True, slots=True)
class _Scene:
    """Who is in a frame, by track: heads, and bodies."""

    frame: int
    time: float
    heads: dict[int, _Box]
    bodies: dict[int, _Box]

    @classmethod
    def of(cls, frame: int, time: float, found: Detections) -> "_Scene":
        tracked = found[found.tracks >= 0]
        people, heads = tracked.of_kind(Kind.PERSON), tracked.of_kind(Kind.HEAD)
        expected = expected_heads(people.boxes)
        return cls(
            frame,
            time,
            _by_track(people.tracks, expected) | _by_track(heads.tracks, heads.boxes),
            _by_track(people.tracks, people.boxes),
        )

    def is_another_shot(self, before: "_Scene") -> bool:
        """Whether all who are here came at once, when all others went."""
        both = bool(before.heads and self.heads)
        return both and before.heads.keys().isdisjoint(self.heads)

    def goes_on(self, box: _Box, tracks: set[int]) -> bool:
        """Whether the head of one of these tracks is in a place."""
        near = (_apart(box, head) for track, head in self.heads.items() if track in tracks)
        return any(one <= SAME_PLACE for one in near)

    def hides(self, box: _Box, track: int) -> bool:
        """Whether a place is in the body of another track."""
        x, y = _middle(box)
        return any(
            left <= x <= right and top <= y <= bottom
            for one, (left, top, right, bottom) in self.bodies.items()
            if one != track
        )


@dataclass(frozen=True, slots=True)
class _End:
    """Where a track ends, or begins.

    Attributes:
        path: The track.
        seen: Its last sighting, or its first.
        bare: Where it is expected in the frame beyond, in which it is not covered.
        movement: Pixels a second; shape (2,).
        hidden: Whether somebody else is there.
    """

    path: _Path
    seen: _Place
    bare: _Place
    movement: npt.NDArray[np.float64]
    hidden: bool

    @classmethod
    def of(cls, path: _Path, places: list[_Place], seen: _Place, beyond: _Scene) -> "_End":
        spent = places[-1].time - places[0].time
        way = _middle(places[-1].box) - _middle(places[0].box)
        movement = way / spent if spent > 0 else np.zeros(2)
        box = _moved(seen, movement, beyond.time)
        bare = _Place(beyond.frame, beyond.time, box)
        return cls(path, seen, bare, movement, beyond.hides(box, path.number))

    def at(self, time: float) -> _Box:
        """Where it is expected at a time."""
        return _moved(self.seen, self.movement, time)

    def may_leave(self, size: tuple[int, int]) -> bool:
        """Whether it goes out of the picture, or has come in."""
        way = SOON if self.bare.time > self.seen.time else -SOON
        places = self.seen.box, self.at(self.seen.time + way)
        reach = AT_BORDER * _sizes(self.seen.box)
        return any((one[:2] < reach).any() or (one[2:] + reach > size).any() for one in places)


@dataclass(slots=True)
class LostHeads:
    """Notes where tracks end and begin; memory grows with the number of people, not of frames."""

    _scene: _Scene | None = field(default=None, init=False)
    _paths: dict[int, _Path] = field(default_factory=dict, init=False)
    _begun: list[tuple[_Path, _Scene]] = field(default_factory=list, init=False)
    _ends: list[_End] = field(default_factory=list, init=False)
    _absences: list[tuple[_End | None, _End | None]] = field(default_factory=list, init=False)
    _size: tuple[int, int] = field(default=(0, 0), init=False)

    def add(self, frame: int, time: float, found: Detections, size: tuple[int, int]) -> None:
        """Note one frame.

        Args:
            frame: Its number.
            time: In seconds.
            found: Everybody in it.
            size: Its width and height in pixels.
        """
        before, now = self._scene, _Scene.of(frame, time, found)
        if (
            before is not None
            and before.heads
            and now.heads
            and not before.heads.keys() & now.heads
        ):
            before = None  # another shot: whoever was in the last one is not expected in it
            self._paths.clear()
        self._scene, self._size = now, size
        if before is not None:
            for number in before.heads.keys() - now.heads.keys():
                self._note_end(self._paths.pop(number), before, now)
        for number in now.heads.keys() - self._paths.keys():
            path = self._paths[number] = _Path(number)
            if before is not None:
                self._begun.append((path, before))
        for number, score in _sighted(found):
            self._paths[number].add(_Place(frame, time, now.heads[number]), score)
        self._settle(time)

    def doubts(self) -> Iterator[ReviewFrame]:
        """Where heads may be bare, one frame for each absence."""
        if self._scene is not None:
            self._settle(float("inf"))
        for end, start in self._absences:
            shown = _doubt(end, start)
            if shown is not None:
                yield shown

    def _note_end(self, path: _Path, before: _Scene, now: _Scene) -> None:
        if not path.counts:
            return
        end = _End.of(path, list(path.late), path.late[-1], now)
        others = now.heads.keys() - {path.number}
        goes_on = any(one.goes_on(end.at(one.time), others) for one in (before, now))
        if not goes_on and not end.may_leave(self._size):
            self._ends.append(end)

    def _settle(self, time: float) -> None:
        """Decide about tracks that are known for long enough, and about ends nobody came after."""
        waiting = []
        for path, before in self._begun:
            if path.early and time - path.early[0].time <= STEADY and path.number in self._paths:
                waiting.append((path, before))
            elif path.counts:
                self._note_start(path, before)
        self._begun = waiting
        kept = [end for end in self._ends if time - end.bare.time <= LONGEST_ABSENCE + 2 * STEADY]
        self._absences += [(end, None) for end in self._ends if all(end is not one for one in kept)]
        self._ends = kept

    def _note_start(self, path: _Path, before: _Scene) -> None:
        start = _End.of(path, path.early, path.early[0], before)
        others = before.heads.keys() - {path.number}
        if start.may_leave(self._size) or before.goes_on(start.bare.box, others):
            return
        fits = [(off, end) for end in self._ends if (off := _misfit(end, start)) is not None]
        if not fits:
            self._absences.append((None, start))
            return
        _, best = min(fits, key=lambda one: one[0])
        self._ends = [end for end in self._ends if end is not best]
        self._absences.append((best, start))


def _misfit(end: _End, start: _End) -> float | None:
    """How badly who was lost and who turned up fit together; None if they do not."""
    away = start.bare.time - end.bare.time
    if not 0 <= away <= LONGEST_ABSENCE:
        return None
    if end.path.number == start.path.number:
        return 0.0
    middle = (end.bare.time + start.bare.time) / 2
    off = _apart(end.at(middle), start.at(middle))
    one, other = float(_sizes(end.seen.box).max()), float(_sizes(start.seen.box).max())
    alike = max(one, other) <= RESIZED * min(one, other)
    return off + away if alike and off <= OFF + OFF_EACH_SECOND * away else None


def _doubt(end: _End | None, start: _End | None) -> ReviewFrame | None:
    """What a person should look at, if it is worth it."""
    known = [one for one in (end, start) if one is not None]
    hidden = all(one.hidden for one in known)
    sure = min(one.path.score for one in known)
    if hidden and len(known) == 1:
        return None
    if end is not None and start is not None:
        away = start.bare.time - end.bare.time
        reason = f"a head is lost amid the picture for {away:.1f} s"
        weight = 0.2 + 0.2 * sure if hidden else 0.55 + 0.4 * sure
    else:
        reason = f"a head {'is lost' if start is None else 'turns up'} amid the picture"
        weight = 0.3 + 0.3 * sure
    places = tuple(
        BarePlace(one.bare.frame, _xywh(one.bare.box), (one.seen.frame, _xywh(one.seen.box)))
        for one in known
    )
    shown = known[0].bare
    tracks = tuple(dict.fromkeys(one.path.number for one in known))
    return ReviewFrame(
        shown.frame,
        shown.time,
        f"{reason}, perhaps behind somebody" if hidden else reason,
        weight,
        tracks,
        (places[0].box,),
        "lost",
        places,
    )


def _sighted(found: Detections) -> Iterator[tuple[int, float]]:
    """The people who were seen in a frame itself, and how surely."""
    seen = found[found.seen & (found.tracks >= 0)].of_kind(Kind.PERSON, Kind.HEAD)
    for number in np.unique(seen.tracks):
        yield int(number), float(seen.scores[seen.tracks == number].max())


def _by_track(tracks: npt.NDArray[np.integer], boxes: npt.NDArray[np.floating]) -> dict[int, _Box]:
    """Boxes by track; of several of one track, the first."""
    pairs = zip(map(int, tracks[::-1]), boxes.astype(np.float64)[::-1], strict=True)
    return dict(pairs)


def _moved(place: _Place, movement: npt.NDArray[np.float64], time: float) -> _Box:
    way = movement * (time - place.time)
    moved: _Box = place.box + np.concatenate([way, way])
    return moved


def _xywh(box: _Box) -> XywhBox:
    return as_xywh(box.astype(np.float32))


def _middle(box: _Box) -> npt.NDArray[np.float64]:
    middle: npt.NDArray[np.float64] = (box[:2] + box[2:]) / 2
    return middle


def _sizes(box: _Box) -> npt.NDArray[np.float64]:
    return np.maximum(box[2:] - box[:2], 1.0)


def _apart(one: _Box, other: _Box) -> float:
    """How far two heads are from each other, in sizes of the larger one."""
    size = max(_sizes(one).max(), _sizes(other).max())
    return float(np.linalg.norm(_middle(one) - _middle(other)) / size)
