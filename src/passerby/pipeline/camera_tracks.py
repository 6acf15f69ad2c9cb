"""The people before one camera: their tracks, and signatures of anonymized snippets of them.

What is linked across cameras is made here of anonymized frames alone. A track is handed out when
nothing that is yet to be seen can go on with it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from passerby.detections import Kind
from passerby.errors import PrivacyError
from passerby.pipeline.snippets import PickedBox, Snippet, SnippetPicker
from passerby.pipeline.stages import FrameResult
from passerby.signatures.describer import Describer, Rows
from passerby.signatures.input import resized
from passerby.signatures.pooling import pooled
from passerby.tracking.analysis import Analysis
from passerby.tracking.linking import Joining
from passerby.tracking.tracklet import Tracklet
from passerby.types import require_anonymized

__all__ = ["CameraTracks", "DescribedTrack"]

_ALIKE = 0.92
"""How alike clothes must be for two short tracks before this camera to be joined: where in doubt,
signatures tell later."""

MOST_SNIPPETS = 1000
"""Snippets that may wait for the ends of their tracks, some 40 MB: some people sit for hours."""

_ASKED = 1.0
"""Seconds after which it is asked again whether tracks are over."""


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
        self._describer, self._raw = describer, raw
        self._analysis = Analysis(interval, joining=Joining(_ALIKE, size))
        self._picker = SnippetPicker()
        self._described: dict[PickedBox, tuple[Snippet, npt.NDArray[np.float32]]] = {}
        self._asked = 0.0

    def add(self, result: FrameResult, time: float) -> list[DescribedTrack]:
        """Take the next frame that leaves the pipeline; returns the tracks that are over.

        Args:
            result: The frame, with the people and heads that were detected in it.
            time: In seconds, later than that of the frame before.

        Raises:
            DetectionError: If the describer fails.
            PrivacyError: If the frame does not hide people, unless that is asked for.
        """
        if not result.looked or result.sighted.failure is not None:
            return []
        frame = require_anonymized(result.frame)
        weakness = frame.protection.weakness
        if weakness is not None and not self._raw:
            raise PrivacyError(f"only people who are hidden are described, but {weakness}")
        seen = result.sighted.of_kind(Kind.PERSON, Kind.HEAD)
        untracked = replace(seen, tracks=np.full(len(seen), -1, np.int64))
        people = self._analysis.add(frame.index, time, untracked, frame.image)
        self._describe(one for _, one in self._picker.add(frame, time, people))
        if time - self._asked < _ASKED:
            return []
        self._asked = time
        finished = self._finished(self._analysis.close())
        oldest = self._analysis.oldest  # what is left of boxes before that belongs to nobody
        self._described = {
            key: one for key, one in self._described.items() if one[0].time >= oldest
        }
        self._thin()
        return finished

    def _thin(self) -> None:
        """Drop every other second of the older snippets if too many wait."""
        if len(self._described) <= MOST_SNIPPETS:
            return
        older = list(self._described)[: -MOST_SNIPPETS // 4]
        seconds = {int(self._described[key][0].time) for key in older}
        dropped = set(sorted(seconds)[1::2])
        for key in older:
            if int(self._described[key][0].time) in dropped:
                del self._described[key]

    def flush(self) -> list[DescribedTrack]:
        """Return all that are left: the source has ended."""
        self._describe(one for _, one in self._picker.flush())
        return self._finished(self._analysis.tracks())

    def _describe(self, snippets: Iterable[Snippet]) -> None:
        kept = list(snippets)
        if not kept:
            return
        pictures = np.stack([resized(one.frame.image, self._describer.size) for one in kept])
        rows = self._describer.describe(pictures)
        for one, row in zip(kept, rows, strict=True):
            self._described[one.where] = one, row

    def _finished(self, tracks: list[Tracklet]) -> list[DescribedTrack]:
        return [one for one in map(self._with_snippets, tracks) if one is not None]

    def _with_snippets(self, path: Tracklet) -> DescribedTrack | None:
        """Give a track its snippets; None if there is no picture of the person."""
        places = zip(path.frames.tolist(), path.boxes.tolist(), strict=True)
        keys = [(frame, tuple(box)) for frame, box in places]
        best: dict[int, tuple[Snippet, npt.NDArray[np.float32]]] = {}
        for key in keys:
            found = self._described.pop(key, None)
            if found is None:
                continue
            second = int(found[0].time)
            if second not in best or found[0].quality > best[second][0].quality:
                best[second] = found
        if not best:
            return None
        snippets, rows = zip(*best.values(), strict=True)
        return DescribedTrack(path, snippets, np.stack(rows))
