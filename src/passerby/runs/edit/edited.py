"""Apply edits to a source: examine all of it, follow what was drawn, and cover."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing

from passerby.anonymization.regions import Fitting
from passerby.detections import Kind
from passerby.media import Medium
from passerby.pipeline.box_following import (
    LONGEST_FOLLOWED,
    BoxToFollow,
    follow_drawn_boxes,
)
from passerby.pipeline.film import DEFAULT_RATE
from passerby.pipeline.settings import CoverSettings
from passerby.pipeline.stages import FrameKnowledge, FrameResult, Pipeline
from passerby.pipeline.stretch import is_after, is_within
from passerby.runs.edit.edits import (
    DrawnCover,
    Edit,
    Lengthening,
    Removal,
    Splitting,
    TrackJoin,
    Treatment,
)
from passerby.runs.edit.plan import EditOutcome, EditPlan
from passerby.runs.edit.track_edits import (
    ends_to_follow,
    joined_tracks,
    lengthened_track,
    split_track,
    track_numbers,
)
from passerby.sources.seeking import SeekableFile
from passerby.tracking.pixel_following import FollowedPlace
from passerby.types import Source

__all__ = ["edited_results", "followed_in", "planned"]

_Places = Mapping[int, FollowedPlace]
_Follow = Callable[[Sequence[BoxToFollow]], list[_Places]]
_Followed = tuple[int, tuple[Kind, int] | None]
"""The position of an edit, and the end of a track if it lengthens one."""


def planned(
    edits: Sequence[Edit],
    knowledge: list[FrameKnowledge],
    medium: Medium,
    follow: _Follow,
    cover: CoverSettings,
) -> tuple[EditPlan, list[FrameKnowledge]]:
    """Find out what edits do to each frame.

    Args:
        edits: In the order in which they apply.
        knowledge: What is known of all frames, in order.
        medium: Of the source.
        follow: Follows boxes through the source; see `followed_in`.
        cover: How the rest is covered.

    Returns:
        The plan, and what is known of the frames after the edits of tracks.

    Raises:
        InputError: If the source cannot be read again.
    """
    rate = float(medium.rate or DEFAULT_RATE)
    outcomes = [EditOutcome(one) for one in edits]
    wanted: dict[_Followed, BoxToFollow] = {}
    for number, outcome in enumerate(outcomes):
        outcome.problem = _problem(outcome.edit, number, knowledge)
        if outcome.problem is None:
            knowledge = _renumbered(outcome.edit, knowledge, rate)
            wanted |= _boxes_to_follow(outcome.edit, number, knowledge)
    places = dict(zip(wanted, follow(list(wanted.values())), strict=True))
    for number, outcome in enumerate(outcomes):
        if isinstance(outcome.edit, Lengthening):
            ends = {way: end for (one, way), end in wanted.items() if one == number and way}
            found = {way: places[number, way] for way in ends}
            knowledge = lengthened_track(knowledge, outcome.edit, ends, found, rate)
        elif isinstance(outcome.edit, DrawnCover) and (number, None) in places:
            outcome.ends = _lost_ends(outcome.edit, places[number, None], knowledge)
    drawn = {number: one for (number, way), one in places.items() if way is None}
    regions = ("people",) if cover.preset or cover.takes_whole_frames else cover.regions
    return EditPlan(outcomes, drawn, Fitting(cover.shape, cover.margin), regions), knowledge


def _renumbered(edit: Edit, knowledge: list[FrameKnowledge], rate: float) -> list[FrameKnowledge]:
    """What is known after an edit that says whose boxes are whose."""
    if isinstance(edit, Splitting):
        return split_track(knowledge, edit)
    return joined_tracks(knowledge, edit, rate) if isinstance(edit, TrackJoin) else knowledge


def _boxes_to_follow(
    edit: Edit, number: int, knowledge: list[FrameKnowledge]
) -> dict[_Followed, BoxToFollow]:
    """What an edit wants to be followed: a drawn box, or the ends of a track."""
    if isinstance(edit, Lengthening):
        return {(number, way): end for way, end in ends_to_follow(knowledge, edit).items()}
    if isinstance(edit, DrawnCover) and edit.follow:
        return {(number, None): _drawn_box(edit)}
    return {}


def edited_results(
    pipeline: Pipeline, source: Source, knowledge: Sequence[FrameKnowledge], plan: EditPlan
) -> Iterator[FrameResult]:
    """Cover the frames of a source, or of the stretch that is written, as a plan says.

    Args:
        pipeline: Covers them.
        source: Where the frames come from.
        knowledge: What is known of each.
        plan: What the edits do.

    Raises:
        InputError: If the source breaks off, or has other frames than were examined.
    """
    size = source.medium.width, source.medium.height
    stretch = pipeline.settings.run.stretch
    for frame, one in zip(source, knowledge, strict=True):
        if is_after(stretch, one.time):
            return
        if not is_within(stretch, one.time):
            continue
        plan.observe(one.index, one.time, one.known)
        override = plan.override(one.index, one.time, one.known, size)
        yield pipeline.cover_known(frame, one, override)


def _drawn_box(edit: DrawnCover) -> BoxToFollow:
    left, top, width, height = edit.box
    return BoxToFollow(edit.frame, (left, top, left + width, top + height), edit.first, edit.last)


def followed_in(file: SeekableFile) -> _Follow:
    """Return what follows boxes through a source, which is opened only if there are any.

    Args:
        file: The source.
    """

    def follow(wanted: Sequence[BoxToFollow]) -> list[_Places]:
        if not wanted:
            return []
        first = min(one.frame for one in wanted)
        with closing(file.open_at(first, LONGEST_FOLLOWED)) as source:
            return follow_drawn_boxes(source, wanted)

    return follow


def _lost_ends(
    edit: DrawnCover, places: _Places, knowledge: Sequence[FrameKnowledge]
) -> tuple[int, ...]:
    """Where following ended before it was to."""
    first, last = min(places), max(places)
    ends = []
    if first > (knowledge[0].index if edit.first is None else edit.first):
        ends.append(first)
    if last < (knowledge[-1].index if edit.last is None else edit.last):
        ends.append(last)
    return tuple(ends)


def _problem(edit: Edit, number: int, knowledge: list[FrameKnowledge]) -> str | None:
    """Why an edit cannot be applied, if it cannot."""
    numbers = track_numbers(knowledge)
    name = f"edit {number} ({edit.what})"
    wanted = edit.tracks if isinstance(edit, TrackJoin) else _only_track(edit)
    absent = [one for one in wanted if one not in numbers]
    if absent:
        return f"{name}: no track has the number {', '.join(map(str, absent))}"
    if isinstance(edit, Splitting) and edit.number in numbers:
        return f"{name}: the number {edit.number} is taken: choose another"
    if isinstance(edit, DrawnCover) and not _has_frame(knowledge, edit.frame):
        return f"{name}: there is no frame {edit.frame}"
    return None


def _has_frame(knowledge: Sequence[FrameKnowledge], frame: int) -> bool:
    return bool(knowledge) and knowledge[0].index <= frame <= knowledge[-1].index


def _only_track(edit: Edit) -> tuple[int, ...]:
    """The track that an edit is about, if it is about one."""
    if isinstance(edit, Lengthening | Splitting | Treatment):
        return (edit.track,)
    if isinstance(edit, Removal) and edit.track is not None:
        return (edit.track,)
    return ()
