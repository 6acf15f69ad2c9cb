"""Who was followed, when they were in view, and for how long."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from passerby.evaluate.tables import as_csv
from passerby.files.partial import ANEW, Permit, write_text
from passerby.tracking.analysis import LONGEST_FILL
from passerby.tracking.tracklet import Tracklet

__all__ = ["TrackedPerson", "people_of", "write_people"]


@dataclass(frozen=True, slots=True)
class TrackedPerson:
    """One track.

    Attributes:
        person: Number of the track, from 1 in the order in which people appear.
        first_frame: Number of the first frame, from 1 as in MOT text.
        last_frame: Of the last.
        first_seen: Seconds from the beginning of the video.
        last_seen: Likewise.
        in_view: Seconds in view: without gaps that are too long to be filled.
        sightings: Frames in which a search found them.
    """

    person: int
    first_frame: int
    last_frame: int
    first_seen: float
    last_seen: float
    in_view: float
    sightings: int

    def as_dict(self) -> dict[str, Any]:
        """The same for JSON; seconds have three digits."""
        return {
            name: round(value, 3) if isinstance(value, float) else value
            for name, value in asdict(self).items()
        }


def people_of(tracks: Sequence[Tracklet]) -> list[TrackedPerson]:
    """Sum up tracks, in their order."""
    return [
        TrackedPerson(
            person=number,
            first_frame=int(track.frames[0]) + 1,
            last_frame=int(track.frames[-1]) + 1,
            first_seen=float(track.times[0]),
            last_seen=float(track.times[-1]),
            in_view=_in_view(track),
            sightings=len(track),
        )
        for number, track in enumerate(tracks, 1)
    ]


def _in_view(track: Tracklet) -> float:
    gaps = np.diff(track.times)
    return float(gaps[gaps <= LONGEST_FILL].sum())


def write_people(path: Path, people: Sequence[TrackedPerson], permit: Permit = ANEW) -> None:
    """Write a CSV file with a line for each person.

    Raises:
        OutputError: If it cannot be written.
    """
    rows = [tuple(one.as_dict().values()) for one in people]
    write_text(path, as_csv([*TrackedPerson.__dataclass_fields__], rows), permit)
