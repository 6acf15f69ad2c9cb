"""Crops of people along their tracks through a film and its anonymized copy."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from passerby.attack.attack import AttackFinding
from passerby.attack.attacks.missed_frames import left_as_it_was, missed_finding
from passerby.attack.motion import GapEvent, TrackTrial, gap_events
from passerby.attack.people import CropImages, CropPairs, LabelledCrops, brought_to_size
from passerby.errors import InputError
from passerby.evaluate.pictures import read_pairs
from passerby.evaluate.tracking import Trajectories
from passerby.geometry import Size, to_pixels
from passerby.types import Image

__all__ = ["TrackedPairs", "pairs_along"]

_THIRDS = 3
"""Into which a track is cut, in time; each counts as a camera."""
_OF_A_PART = 2
"""Crops."""


@dataclass(frozen=True, slots=True, eq=False)
class TrackedPairs:
    """What is known of the tracks of a film.

    Attributes:
        pairs: A few crops of each track; its first, second and last third count as cameras, so
            that linking them is linking over a gap in time.
        missed: How many tracks have a frame in which the person was left as they are, over all
            frames.
        trial: Gaps in the tracks, and crops of all who are there before and after.
    """

    pairs: CropPairs
    missed: AttackFinding
    trial: TrackTrial


def pairs_along(clear: Path, anonymized: Path, tracks: Trajectories) -> TrackedPairs:
    """Cut people out of a film and its copy.

    Args:
        clear: A video, or a folder of pictures.
        anonymized: Its copy.
        tracks: Who is where in the clear one; frames count from 1.

    Raises:
        InputError: If a film cannot be read, or the copy has other frames or another size, or no
            track is long enough.
    """
    where, chosen = _by_frame(tracks), _chosen(tracks)
    if not chosen:
        raise InputError(
            f"{tracks.name} has no track of {_THIRDS * _OF_A_PART} frames or more: there is "
            "nothing to link"
        )
    events = gap_events(tracks)
    around = {int(row) for one in events for row in (one.before[-1], *one.after)}
    missed: defaultdict[int, bool] = defaultdict(bool)
    kept: list[tuple[int, int, Image, Image]] = []
    crops: dict[int, CropImages] = {}
    height, width = 1, 1
    for number, before, after in read_pairs(clear, anonymized, where):
        height, width = before.shape[:2]
        for row in where[number]:
            box = to_pixels(tracks.boxes[row], width, height)
            if box is None:
                continue
            left, top, right, bottom = box
            was, became = (one[top:bottom, left:right] for one in (before, after))
            identity = int(tracks.ids[row])
            missed[identity] |= left_as_it_was(was, became)
            if row in chosen:
                kept.append((identity, chosen[row], was.copy(), became.copy()))
            if row in around:
                crops[row] = brought_to_size([was, became])
    if not kept:
        raise InputError(f"no box of {tracks.name} lies in a frame of {clear}: give its own tracks")
    ids = np.array(list(missed), np.int64)
    longest = int(np.median(np.unique(tracks.ids, return_counts=True)[1]))
    flags = np.array(list(missed.values()), np.bool_)
    owners, parts, clear_crops, copies = zip(*kept, strict=True)
    people = LabelledCrops.unmarked(clear_crops, owners, parts)
    pairs = CropPairs(people, brought_to_size(copies))
    trial = _trial(tracks, (height, width), events, crops)
    return TrackedPairs(pairs, missed_finding(flags, ids, longest), trial)


def _trial(
    tracks: Trajectories,
    size: Size,
    events: Sequence[GapEvent],
    crops: Mapping[int, CropImages],
) -> TrackTrial:
    """Leave out gaps before or after which somebody is in no frame."""
    known = [
        one for one in events if all(int(row) in crops for row in (one.before[-1], *one.after))
    ]
    shape = (0, 2, 1, 1, 3)
    pictures = np.stack(list(crops.values())) if crops else np.zeros(shape, np.uint8)
    places = {row: place for place, row in enumerate(crops)}
    return TrackTrial(tracks, size, known, places, pictures[:, 0], pictures[:, 1])


def _by_frame(tracks: Trajectories) -> dict[int, list[int]]:
    """The rows of each frame, whose number counts from 0."""
    rows: dict[int, list[int]] = {}
    for row, frame in enumerate(tracks.frames):
        rows.setdefault(int(frame) - 1, []).append(row)
    return rows


def _chosen(tracks: Trajectories) -> dict[int, int]:
    """The rows of which crops are kept, and the part of the track, from 1."""
    chosen = {}
    for identity in np.unique(tracks.ids):
        rows = np.flatnonzero(tracks.ids == identity)
        rows = rows[np.argsort(tracks.frames[rows])]
        if len(rows) < _THIRDS * _OF_A_PART:
            continue
        for part, own in enumerate(np.array_split(rows, _THIRDS), 1):
            places = np.linspace(0, len(own) - 1, _OF_A_PART + 2)[1:-1].round().astype(int)
            chosen.update({int(own[place]): part for place in places})
    return chosen
