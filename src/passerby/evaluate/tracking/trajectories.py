"""Who is where in the frames of one sequence: what is compared, and how far boxes overlap."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.errors import ConfigError, InputError

__all__ = ["FramePair", "Ids", "Overlaps", "Pairing", "Trajectories", "at_least"]

Ids = npt.NDArray[np.int64]
Overlaps = npt.NDArray[np.float64]

_SMALL = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, slots=True, eq=False)
class Trajectories:
    """Boxes of one sequence with the numbers of those whom they enclose; n in all.

    Attributes:
        frames: Shape (n,), numbers of frames.
        ids: Shape (n,), whose boxes they are. Nobody has two in one frame.
        boxes: Shape (n, 4): left, top, right, bottom in pixels.
        name: What an error calls it.

    Raises:
        ConfigError: If the shapes do not fit each other.
        InputError: If somebody has two boxes in one frame.

    Example:
        >>> Trajectories.of(frames=[1, 2], ids=[7, 7], boxes=[[0, 0, 9, 20], [1, 0, 10, 20]]).ids
        array([7, 7])
    """

    frames: Ids
    ids: Ids
    boxes: npt.NDArray[np.float64]
    name: str = "tracks"

    def __post_init__(self) -> None:
        count = len(self.boxes)
        shapes = self.frames.shape, self.ids.shape, self.boxes.shape
        if shapes != ((count,), (count,), (count, 4)):
            raise ConfigError(f"frames, ids and boxes must be (n,), (n,) and (n, 4), not {shapes}")
        order = np.lexsort((self.ids, self.frames))
        frames, ids = self.frames[order], self.ids[order]
        again = np.flatnonzero((np.diff(frames) == 0) & (np.diff(ids) == 0))
        if again.size:
            first = again[0]
            raise InputError(
                f"{self.name}: id {ids[first]} has two boxes in frame {frames[first]}: leave one"
            )

    @classmethod
    def of(
        cls,
        frames: npt.ArrayLike,
        ids: npt.ArrayLike,
        boxes: npt.ArrayLike,
        name: str = "tracks",
    ) -> "Trajectories":
        """Build trajectories from anything array-like."""
        return cls(
            np.asarray(frames, np.int64),
            np.asarray(ids, np.int64),
            np.asarray(boxes, np.float64).reshape(-1, 4),
            name,
        )

    def __len__(self) -> int:
        return len(self.boxes)

    def __getitem__(self, chosen: npt.NDArray[np.bool_]) -> "Trajectories":
        """Those boxes that a mask chooses."""
        return Trajectories(self.frames[chosen], self.ids[chosen], self.boxes[chosen], self.name)


@dataclass(frozen=True, slots=True, eq=False)
class FramePair:
    """The people and the tracks of one frame.

    Attributes:
        people: Shape (n,), who is there, counted from 0 over the sequence.
        tracks: Shape (m,), which tracks are there, likewise.
        overlaps: Shape (n, m), intersection over union of their boxes.
    """

    people: Ids
    tracks: Ids
    overlaps: Overlaps


@dataclass(frozen=True, slots=True, eq=False)
class Pairing:
    """The truth about a sequence beside what a tracker said, frame by frame.

    Attributes:
        frames: All frames that count, also those in which nobody is.
        people: How many there are in the truth.
        tracks: How many the tracker has.
    """

    frames: Sequence[FramePair]
    people: int
    tracks: int

    @property
    def people_frames(self) -> Ids:
        """In how many frames everybody is, shape (people,)."""
        return _times([frame.people for frame in self.frames], self.people)

    @property
    def track_frames(self) -> Ids:
        """In how many frames each track is, shape (tracks,)."""
        return _times([frame.tracks for frame in self.frames], self.tracks)


def _times(numbers: Sequence[Ids], count: int) -> Ids:
    joined = np.concatenate([*numbers, np.zeros(0, np.int64)])
    return np.bincount(joined, minlength=count).astype(np.int64)


def at_least(overlaps: Overlaps, threshold: float | Overlaps) -> npt.NDArray[np.bool_]:
    """Which overlaps reach a threshold, in spite of rounding."""
    reached: npt.NDArray[np.bool_] = overlaps >= threshold - _SMALL
    return reached
