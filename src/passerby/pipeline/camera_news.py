"""What is new of the people before one camera: described snippets as they come, and who is gone.

A track grows from short ones, each certainly of one person. Their snippets are told a second after
they were taken; which of them are of one person is told when nothing can go on with them.
"""

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from passerby.detections import Kind
from passerby.errors import PrivacyError
from passerby.pipeline.snippets import PickedBox, Snippet, SnippetPicker
from passerby.pipeline.stages import FrameResult
from passerby.signatures.describer import Describer
from passerby.signatures.input import resized
from passerby.tracking.analysis import Analysis, JoinedTrack
from passerby.tracking.appearance import CLOTHING
from passerby.tracking.growing import Growing
from passerby.tracking.linking import Joining
from passerby.tracking.tracklet import Tracklet
from passerby.types import require_anonymized

__all__ = ["CameraNews", "DescribedSnippet", "EndedTrack", "PartNews", "PeopleNews"]

_ALIKE = 0.92
"""How alike clothes must be for two short tracks before this camera to be joined: where in doubt,
signatures tell later."""

_MOST_WAITING = 1000
"""Snippets of which it is not known whose they are that may wait, some 40 MB."""

_PATIENCE = 0.6
"""Seconds for which a better picture of somebody is waited for."""

_ASKED = 1.0
"""Seconds after which it is asked again whether tracks are over."""


class DescribedSnippet(NamedTuple):
    """A picture of somebody.

    Attributes:
        snippet: The picture, anonymized.
        signature: Of it, shape (d,).
    """

    snippet: Snippet
    signature: npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class PartNews:
    """New pictures of a part of a track.

    Attributes:
        part: Number of the part.
        began: When it did, in seconds.
        snippets: That were not told before, in order of time; one a second at most.
    """

    part: int
    began: float
    snippets: tuple[DescribedSnippet, ...]


@dataclass(frozen=True, slots=True, eq=False)
class EndedTrack:
    """Somebody with whom nothing can go on.

    Attributes:
        path: When and where they were seen.
        parts: Numbers of the parts of the track, in order of time. Of some, nothing was told.
        snippets: That were not told before, in order of time.
    """

    path: Tracklet
    parts: tuple[int, ...]
    snippets: tuple[DescribedSnippet, ...]


class PeopleNews(NamedTuple):
    """What is new.

    Attributes:
        parts: Of tracks that may go on.
        ended: Tracks that are over.
        nobody: Numbers of parts of which something was told, and which are of no person after all.
    """

    parts: tuple[PartNews, ...] = ()
    ended: tuple[EndedTrack, ...] = ()
    nobody: tuple[int, ...] = ()


class CameraNews:
    """Follows the people before one camera and describes them, from anonymized frames alone.

    Args:
        describer: Makes signatures of snippets.
        interval: As in `Analysis`.
        size: Width and height of the frames.
        raw: Whether frames in which people are not hidden are described too. Their signatures
            identify people: this is for measuring what anonymization costs.
        most_looks: See `Analysis`.
    """

    def __init__(
        self,
        describer: Describer,
        interval: float,
        size: tuple[int, int],
        *,
        raw: bool = False,
        most_looks: int | None = None,
    ) -> None:
        self._describer, self._raw = describer, raw
        joining = Joining(replace(CLOTHING, alike=_ALIKE), size)
        self._analysis = Analysis(interval, joining=joining, most_looks=most_looks)
        self._picker = SnippetPicker(interval, _PATIENCE)
        self._described: dict[PickedBox, DescribedSnippet] = {}
        self._told: dict[int, float] = {}
        self._asked = 0.0

    def add(self, result: FrameResult, time: float) -> PeopleNews:
        """Take the next frame that leaves the pipeline.

        Args:
            result: The frame, with the people and heads that were detected in it.
            time: In seconds, later than that of the frame before.

        Raises:
            DetectionError: If the describer fails.
            PrivacyError: If the frame does not hide people, unless that is asked for.
        """
        if not result.looked or result.sighted.failure is not None:
            return PeopleNews()
        frame = require_anonymized(result.frame)
        weakness = frame.protection.weakness
        if weakness is not None and not self._raw:
            raise PrivacyError(f"only people who are hidden are described, but {weakness}")
        seen = result.sighted.of_kind(Kind.PERSON, Kind.HEAD)
        untracked = replace(seen, tracks=np.full(len(seen), -1, np.int64))
        people = self._analysis.add(frame.index, time, untracked, frame.image)
        self._picker.interval = self._analysis.interval
        self._describe(one for _, one in self._picker.add(frame, time, people))
        parts = tuple(self._parts(self._picker.second_after(time)))
        if time - self._asked < _ASKED:
            return PeopleNews(parts)
        self._asked = time
        ended = self._ended(self._analysis.close_joined())
        nobody = self._nobody(self._analysis.numbers)
        self._forget()
        return PeopleNews(parts, ended, nobody)

    def flush(self) -> PeopleNews:
        """Return all that is left: the source has ended."""
        self._describe(one for _, one in self._picker.flush())
        ended = self._ended(self._analysis.joined())
        return PeopleNews(ended=ended, nobody=self._nobody(frozenset()))

    def _describe(self, snippets: Iterable[Snippet]) -> None:
        kept = list(snippets)
        if not kept:
            return
        pictures = np.stack([resized(one.frame.image, self._describer.size) for one in kept])
        rows = self._describer.describe(pictures)
        for one, row in zip(kept, rows, strict=True):
            self._described[one.where] = DescribedSnippet(one, row)

    def _parts(self, second: int) -> Iterator[PartNews]:
        """What is new of parts; of a second that is not over yet, more may come."""
        if not self._described:
            return
        for part in self._analysis.parts():
            found = tuple(self._taken(part, second))
            if found:
                yield PartNews(part.number, part.looks[0].time, found)

    def _taken(self, part: Growing, second: int) -> Iterator[DescribedSnippet]:
        """Take the snippets of those looks of a part that were not asked for before."""
        told = self._told.setdefault(part.number, -math.inf)
        first = bisect_right(part.looks, told, key=lambda look: look.time)
        for look in part.looks[first : part.settled]:
            if int(look.time) < second:
                self._told[part.number] = look.time
            found = self._described.pop((look.frame, tuple(look.box.tolist())), None)
            if found is not None:
                yield found

    def _ended(self, tracks: Iterable[JoinedTrack]) -> tuple[EndedTrack, ...]:
        return tuple(map(self._end, tracks))

    def _end(self, track: JoinedTrack) -> EndedTrack:
        """Give a track the snippets that are left of it."""
        for part in track.parts:
            self._told.pop(part, None)
        looks = zip(track.path.frames.tolist(), track.path.boxes.tolist(), strict=True)
        found = (self._described.pop((frame, tuple(box)), None) for frame, box in looks)
        return EndedTrack(track.path, track.parts, tuple(one for one in found if one is not None))

    def _nobody(self, open_parts: Set[int]) -> tuple[int, ...]:
        """Let go of parts that are neither open nor in a track that has ended."""
        nobody = tuple(part for part in self._told if part not in open_parts)
        for part in nobody:
            del self._told[part]
        return nobody

    def _forget(self) -> None:
        """Let go of what belongs to nobody, and of the oldest if too many wait."""
        since = self._analysis.undecided_since
        kept = [(key, one) for key, one in self._described.items() if one.snippet.time >= since]
        self._described = dict(kept[-_MOST_WAITING:])
