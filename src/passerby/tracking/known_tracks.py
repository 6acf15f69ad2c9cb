"""Tracks that are known as a whole before the first frame comes, as those of a file are."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from passerby.detections import Detections, Kind
from passerby.tracking.history import History, TrackPlace
from passerby.tracking.settings import TrackingSettings
from passerby.tracking.timeline import settings_by_kind, sightings

__all__ = ["KnownTracks"]

LONGEST_GROWTH = 1.0
"""Seconds after which the margin of a box grows no further: whoever drew two boxes of a track far
apart means the line between them."""
SLACK = 1.0
"""Pixels by which a box may reach out of another one that covers it, as both are rounded."""


class KnownTracks:
    """Fills the gaps of tracks, however long they are.

    Args:
        frames: Numbers of frames, in order, and what is known about each.
        rate: Frames a second.
        settings: By which boxes between two sightings grow.

    Example:
        >>> seen = {0: [0, 0, 10, 40], 4: [8, 0, 18, 40]}
        >>> tracks = KnownTracks(
        ...     ((frame, Detections.of([box], tracks=[7])) for frame, box in seen.items()), rate=25
        ... )
        >>> tracks.missing(2, Detections.none()).boxes.tolist()
        [[4.0, 0.0, 14.0, 40.0]]
    """

    def __init__(
        self,
        frames: Iterable[tuple[int, Detections]],
        rate: float,
        settings: TrackingSettings | None = None,
    ) -> None:
        self._rate = rate
        self._settings_of = settings_by_kind(settings or TrackingSettings())
        self._histories: dict[tuple[int, Kind], History] = {}
        for frame, found in frames:
            for index in np.flatnonzero(sightings(found)):
                track = int(found.tracks[index]), Kind(found.kinds[index])
                history = self._histories.setdefault(track, History())
                history.add(frame / rate, found.boxes[index], float(found.scores[index]))

    def missing(self, frame: int, known: Detections) -> Detections:
        """Where tracks must be in a frame between two of their sightings.

        Args:
            frame: Its number.
            known: What is known about it. Whom that covers already is left out.
        """
        time = frame / self._rate
        seen = {
            (int(number), Kind(kind))
            for number, kind, is_seen in zip(known.tracks, known.kinds, known.seen, strict=True)
            if is_seen
        }
        return Detections.joined(
            *(
                _of(_limited(place, self._settings_of[kind]), number, kind)
                for (number, kind), history in self._histories.items()
                if history.times[0] < time < history.times[-1] and (number, kind) not in seen
                for place in history.at(time, self._settings_of[kind])
                if not _holds(known, place.box, number, kind)
            )
        )


def _limited(place: TrackPlace, settings: TrackingSettings) -> TrackPlace:
    height = abs(float(place.box[3] - place.box[1]))
    return replace(place, margin=min(place.margin, LONGEST_GROWTH * settings.growth * height))


def _of(place: TrackPlace, number: int, kind: Kind) -> Detections:
    return Detections.of(
        [place.box], [place.score], kind, tracks=[number], seen=[False], margins=place.margin
    )


def _holds(known: Detections, box: npt.NDArray[np.float32], number: int, kind: Kind) -> bool:
    """Whether a box of this track, with its margin, covers a place."""
    same = known[(known.tracks == number) & (known.kinds == kind)]
    reach = same.margins[:, None] + SLACK
    low, high = same.boxes[:, :2] - reach, same.boxes[:, 2:] + reach
    return bool(((low <= box[:2]) & (box[2:] <= high)).all(axis=1).any())
