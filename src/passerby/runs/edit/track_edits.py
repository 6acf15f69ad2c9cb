"""Edits of tracks change what is known of frames, before anything is covered."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from passerby.detections import Detections, Kind
from passerby.pipeline.box_following import BoxToFollow
from passerby.pipeline.stages import FrameKnowledge
from passerby.runs.edit.edits import Lengthening, Splitting, TrackJoin
from passerby.runs.review.queue import FinishedItem
from passerby.tracking import KnownTracks
from passerby.tracking.pixel_following import GROWTH, FollowedPlace

__all__ = [
    "ends_to_follow",
    "joined_tracks",
    "known_tracks",
    "lengthened_track",
    "split_track",
    "track_numbers",
]

_AllKnown = list[FrameKnowledge]

LARGEST_GROWTH = 1.0
"""Sizes by which a box grows at most where a track is lengthened beyond what can be followed."""


def track_numbers(knowledge: _AllKnown) -> set[int]:
    """The numbers that tracks have."""
    return {int(number) for one in knowledge for number in one.known.tracks if number >= 0}


def known_tracks(knowledge: Sequence[FrameKnowledge], item: FinishedItem) -> list[dict[str, Any]]:
    """What a person chooses from: each number with what it is, when it is there, and where best.

    Args:
        knowledge: Of all frames, after the edits.
        item: What the report says of the tracks, before them.
    """
    best = {one.track: one.best.frame for one in reversed(item.tracks) if one.best is not None}
    tracks: dict[int, dict[str, Any]] = {}
    for one in knowledge:
        for number, kind in zip(map(int, one.known.tracks), map(int, one.known.kinds), strict=True):
            if number < 0:
                continue
            new = {"track": number, "kinds": [], "first": one.index, "last": one.index}
            track = tracks.setdefault(number, new)
            track["last"] = one.index
            name = Kind(kind).name.lower()
            if name not in track["kinds"]:
                track["kinds"].append(name)
    for number, track in tracks.items():
        shown = best.get(number, track["first"])
        track["best"] = shown if track["first"] <= shown <= track["last"] else track["first"]
    return [tracks[number] for number in sorted(tracks)]


def split_track(knowledge: _AllKnown, edit: Splitting) -> _AllKnown:
    """Give the track another number from a frame on."""

    def renumbered(one: FrameKnowledge, found: Detections) -> Detections:
        mine = (found.tracks == edit.track) & (one.index >= edit.frame)
        return replace(found, tracks=np.where(mine, edit.number, found.tracks))

    return _changed(knowledge, renumbered)


def joined_tracks(knowledge: _AllKnown, edit: TrackJoin, rate: float) -> _AllKnown:
    """Give tracks the number of the first of them, and fill the gaps between.

    Args:
        knowledge: Of all frames, in order.
        edit: Which tracks.
        rate: Frames a second.
    """

    def renumbered(_one: FrameKnowledge, found: Detections) -> Detections:
        return replace(
            found, tracks=np.where(np.isin(found.tracks, edit.tracks), edit.tracks[0], found.tracks)
        )

    changed = _changed(knowledge, renumbered)
    mine = ((one.index, _of(one.known, edit.tracks[0])) for one in changed)
    tracks = KnownTracks(((index, found) for index, found in mine if len(found)), rate)
    return [_with(one, _gaps(tracks, one)) for one in changed]


def _gaps(tracks: KnownTracks, one: FrameKnowledge) -> Detections:
    """Where the joined track must be in a frame in which it is not known."""
    known = replace(one.known, seen=np.ones(len(one.known), np.bool_))
    return tracks.missing(one.index, known)


def ends_to_follow(knowledge: _AllKnown, edit: Lengthening) -> dict[tuple[Kind, int], BoxToFollow]:
    """The boxes at the ends of a track that is lengthened.

    Returns:
        By their kind and whether they are followed back (-1) or ahead (1).
    """
    ends: dict[tuple[Kind, int], BoxToFollow] = {}
    ways = ((-1, edit.first, reversed(knowledge)), (1, edit.last, knowledge))
    for way, until, frames in ways:
        if until is None:
            continue
        for one in frames:  # the last box that is met stays
            for kind, box in _boxes(one.known, edit.track):
                if (one.index - until) * way < 0:
                    limits = {"first": until} if way < 0 else {"last": until}
                    ends[kind, way] = BoxToFollow(one.index, box, **limits)
                else:
                    ends.pop((kind, way), None)  # it is there already
    return ends


def lengthened_track(
    knowledge: _AllKnown,
    edit: Lengthening,
    ends: Mapping[tuple[Kind, int], BoxToFollow],
    places: Mapping[tuple[Kind, int], Mapping[int, FollowedPlace]],
    rate: float,
) -> _AllKnown:
    """Cover a track beyond its ends.

    Args:
        knowledge: Of all frames, in order.
        edit: Which track, and from when to when.
        ends: See `ends_to_follow`.
        places: Where each end was followed to, by the number of the frame.
        rate: Frames a second.
    """
    added: dict[int, list[Detections]] = {}
    for (kind, way), end in ends.items():
        until = edit.first if way < 0 else edit.last
        assert until is not None  # noqa: S101  (it has an end only where it is lengthened)
        for index, place in _continued(places[kind, way], end, until, way, rate):
            one = Detections.of(
                [place.box],
                kinds=kind,
                tracks=[edit.track],
                seen=[False],
                margins=place.margin,
            )
            added.setdefault(index, []).append(one)
    return [_with(one, Detections.joined(*added.get(one.index, ()))) for one in knowledge]


def _continued(
    places: Mapping[int, FollowedPlace], end: BoxToFollow, until: int, way: int, rate: float
) -> Iterator[tuple[int, FollowedPlace]]:
    """The places of an end; where it could not be followed to, the last one grows."""
    place = FollowedPlace(np.array(end.box), 0.0, found=True)
    unknown = 0
    for index in range(end.frame + way, until + way, way):
        if index in places:
            place, unknown = places[index], 0
        else:
            unknown += 1
        size = float((place.box[2:] - place.box[:2]).max())
        growth = size * min(LARGEST_GROWTH, GROWTH * unknown / rate)
        yield index, place._replace(margin=place.margin + growth)


def _changed(
    knowledge: _AllKnown, change: Callable[[FrameKnowledge, Detections], Detections]
) -> _AllKnown:
    return [
        replace(one, known=change(one, one.known), sighted=change(one, one.sighted))
        for one in knowledge
    ]


def _with(one: FrameKnowledge, more: Detections) -> FrameKnowledge:
    if not len(more) or one.known.failure is not None:
        return one
    return replace(one, known=Detections.joined(one.known, more))


def _of(found: Detections, track: int) -> Detections:
    return found[found.tracks == track]


def _boxes(found: Detections, track: int) -> list[tuple[Kind, tuple[float, float, float, float]]]:
    """The boxes of a track in a frame, one of each kind."""
    mine = _of(found, track)
    boxes = {Kind(int(kind)): box for kind, box in zip(mine.kinds, mine.boxes, strict=True)}
    return [
        (kind, (float(box[0]), float(box[1]), float(box[2]), float(box[3])))
        for kind, box in boxes.items()
    ]
