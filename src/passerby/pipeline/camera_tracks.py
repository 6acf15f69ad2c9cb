"""The people before one camera: their tracks, and signatures of anonymized snippets of them.

What is linked across cameras is made here of anonymized frames alone. A track is handed out when
nothing that is yet to be seen can go on with it.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.pipeline.camera_news import CameraNews, DescribedSnippet, EndedTrack, PeopleNews
from passerby.pipeline.snippets import Snippet
from passerby.pipeline.stages import FrameResult
from passerby.signatures.describer import Describer, Rows
from passerby.signatures.pooling import pooled
from passerby.tracking.tracklet import Tracklet

__all__ = ["CameraTracks", "DescribedTrack"]

MOST_SNIPPETS = 1000
"""Snippets that may wait for the ends of their tracks, some 40 MB: some people sit for hours."""


@dataclass(frozen=True, slots=True, eq=False)
class DescribedTrack:
    """Somebody who was before one camera.

    Attributes:
        path: When and where they were seen.
        snippets: At most one a second, in order of time.
        signatures: Of the snippets, shape (n, d).
    """

    path: Tracklet
    snippets: tuple[Snippet, ...]
    signatures: Rows

    @property
    def signature(self) -> npt.NDArray[np.float32]:
        """Of the whole track, shape (d,), of length 1; the better snippets count more."""
        return pooled(self.signatures, [one.quality for one in self.snippets])


class CameraTracks:
    """Follows the people before one camera and describes them.

    Args:
        describer: Makes signatures of snippets.
        interval: Seconds between two looks.
        size: Width and height of the frames.
        raw: Whether frames in which people are not hidden are described too. Their signatures
            identify people: this is for measuring what anonymization costs.
    """

    def __init__(
        self, describer: Describer, interval: float, size: tuple[int, int], *, raw: bool = False
    ) -> None:
        self._news = CameraNews(describer, interval, size, raw=raw)
        self._kept: dict[int, list[DescribedSnippet]] = {}

    def add(self, result: FrameResult, time: float) -> list[DescribedTrack]:
        """Take the next frame that leaves the pipeline; returns the tracks that are over.

        Args:
            result: The frame, with the people and heads that were detected in it.
            time: In seconds, later than that of the frame before.

        Raises:
            DetectionError: If the describer fails.
            PrivacyError: If the frame does not hide people, unless that is asked for.
        """
        return self._finished(self._news.add(result, time))

    def flush(self) -> list[DescribedTrack]:
        """Return all that are left: the source has ended."""
        return self._finished(self._news.flush())

    def _finished(self, news: PeopleNews) -> list[DescribedTrack]:
        for one in news.parts:
            self._kept.setdefault(one.part, []).extend(one.snippets)
        finished = [one for one in map(self._with_snippets, news.ended) if one is not None]
        for part in news.nobody:
            self._kept.pop(part, None)
        self._thin()
        return finished

    def _thin(self) -> None:
        """Drop every other second of the older snippets if too many wait."""
        times = sorted(one.snippet.time for kept in self._kept.values() for one in kept)
        if len(times) <= MOST_SNIPPETS:
            return
        limit = times[-MOST_SNIPPETS // 4]
        dropped = set(sorted({int(time) for time in times if time < limit})[1::2])
        for part, kept in self._kept.items():
            self._kept[part] = [
                one
                for one in kept
                if one.snippet.time >= limit or int(one.snippet.time) not in dropped
            ]

    def _with_snippets(self, track: EndedTrack) -> DescribedTrack | None:
        """Give a track its snippets; None if there is no picture of the person."""
        own = [one for part in track.parts for one in self._kept.pop(part, [])]
        best: dict[int, DescribedSnippet] = {}
        for one in sorted([*own, *track.snippets], key=lambda one: one.snippet.time):
            second = int(one.snippet.time)
            if second not in best or one.snippet.quality > best[second].snippet.quality:
                best[second] = one
        if not best:
            return None
        snippets, rows = zip(*best.values(), strict=True)
        return DescribedTrack(track.path, snippets, np.stack(rows))
