"""Identity scores over several cameras: one global identity for each person, before all of them.

Ristani, Solera, Zou, Cucchiara, Tomasi, "Performance Measures and a Data Set for Multi-Target,
Multi-Camera Tracking", ECCV workshops 2016, section 3: the frames of all cameras count as those of
one sequence.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from passerby.errors import ConfigError
from passerby.evaluate.tracking.identity import IdentityCounts, identity
from passerby.evaluate.tracking.trajectories import Ids, Trajectories, at_least
from passerby.evaluate.tracking.truth import Truth, TruthRole, paired

__all__ = ["CameraRecord", "identity_across", "identity_each", "owners"]


@dataclass(frozen=True, slots=True, eq=False)
class CameraRecord:
    """What is known of one camera.

    Attributes:
        truth: Who is where; people have the same number for all cameras.
        tracks: What was said; likewise, where global identities are measured.
    """

    truth: Truth
    tracks: Trajectories


def identity_across(records: Sequence[CameraRecord], overlap: float = 0.5) -> IdentityCounts:
    """Measure global identities over all cameras.

    Args:
        records: One for each camera.
        overlap: Least intersection over union of a box that is right.

    Raises:
        ConfigError: If there is no camera.

    Example:
        >>> person = Trajectories.of([1, 2], [1, 1], [[0, 0, 10, 20]] * 2)
        >>> other = Trajectories.of([1, 2], [2, 2], [[0, 0, 10, 20]] * 2)
        >>> truth = Truth(person)
        >>> identity_across([CameraRecord(truth, person), CameraRecord(truth, person)]).idf1
        1.0
        >>> identity_across([CameraRecord(truth, person), CameraRecord(truth, other)]).idf1
        0.5
    """
    if not records:
        raise ConfigError("identities across cameras need a camera: give one or more")
    people = _in_turn([one.truth.trajectories for one in records])
    roles = np.concatenate([one.truth.roles for one in records])
    tracks = _in_turn([one.tracks for one in records])
    return identity(paired(Truth(people, roles), tracks), overlap)


def identity_each(records: Sequence[CameraRecord], overlap: float = 0.5) -> IdentityCounts:
    """Measure each camera on its own and add the counts up."""
    found = [identity(paired(one.truth, one.tracks), overlap) for one in records]
    return sum(found, IdentityCounts(0, 0, 0))


def owners(truth: Truth, tracks: Trajectories, overlap: float = 0.5) -> dict[int, int | None]:
    """Say whom each track shows.

    Args:
        truth: Who is where.
        tracks: What was said.
        overlap: Least intersection over union of a box that is right.

    Returns:
        By the number of the track, the person in most of its boxes that are right; None if fewer
        than half of its boxes show that person.
    """
    found: dict[int, int | None] = {}
    for number in np.unique(tracks.ids).tolist():
        found[number] = _owner(truth, tracks[tracks.ids == number], overlap)
    return found


def _owner(truth: Truth, track: Trajectories, overlap: float) -> int | None:
    """The person whom a single track shows."""
    frames = np.unique(track.frames)
    counted = (truth.roles == TruthRole.COUNTS) & np.isin(truth.trajectories.frames, frames)
    people = np.unique(truth.trajectories.ids[counted])
    right = np.zeros(len(people), np.int64)
    for frame in paired(truth, track, frames.tolist()).frames:
        rows, _ = np.nonzero(at_least(frame.overlaps, overlap))
        right[frame.people[rows]] += 1
    if not len(people) or 2 * right.max() < len(track):
        return None
    return int(people[right.argmax()])


def _in_turn(cameras: Sequence[Trajectories]) -> Trajectories:
    """Lay the frames of several cameras behind each other."""
    frames: list[Ids] = []
    for number, one in enumerate(cameras):
        frames.append(one.frames * len(cameras) + number)
    return Trajectories(
        np.concatenate(frames),
        np.concatenate([one.ids for one in cameras]),
        np.concatenate([one.boxes for one in cameras]),
    )
