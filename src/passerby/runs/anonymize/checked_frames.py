"""Which frames of a finished output the self-check looks at, and what was known about each."""

from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import Any

from passerby.errors import InputError
from passerby.media import Medium
from passerby.pipeline.changes import Changes, FrameChange
from passerby.pipeline.film import LookSchedule
from passerby.types import Frame, Source

__all__ = ["Record", "checked_frames"]

ROUNDED = 1e-3
"""Seconds by which times of one frame may differ where they are rounded."""

Record = dict[str, Any]
"""What was known about a frame, as in the report."""
Shown = tuple[Frame, Record]


def checked_frames(output: Source, records: Iterable[Record], count: int) -> Iterator[Shown]:
    """Choose frames by the bounds of a run: the last, both sides of a change, every third or more.

    Args:
        output: The finished output.
        records: Of all frames that were written, in order.
        count: How many they are.

    Yields:
        Frames and their records. Of every three frames it is not the one at which a run looks
        itself, for those between show whether it filled them in.

    Raises:
        InputError: If the output has other frames than were written.
    """
    shown = _by_time if _is_merged(output.medium, count) else _by_number
    return _chosen(shown(output, records), output.medium)


def _chosen(shown: Iterable[Shown], medium: Medium) -> Iterator[Shown]:
    schedule, changes = LookSchedule(None, medium), Changes()
    unseen: Shown | None = None
    for one in shown:
        frame = one[0]
        moment, change = schedule.next(frame), changes.next(frame)
        if unseen is not None and (change is not FrameChange.NONE or moment.late):
            yield unseen
        if moment.due or change is not FrameChange.NONE:
            unseen = None
            yield one
        else:
            unseen = one
        # Where a run looks because something new begins, the next frame is looked at as well.
        if unseen is None and frame.index and change is FrameChange.NONE:
            schedule.looked()
    if unseen is not None:
        yield unseen


def _is_merged(medium: Medium, count: int) -> bool:
    """Whether equal frames of an animation were stored as one, shown for as long as all of them."""
    is_film = medium.kind == "animation" and not medium.unrelated
    return (is_film or medium.kind == "image") and medium.frames != count


def _by_number(output: Source, records: Iterable[Record]) -> Iterator[Shown]:
    for frame, record in zip_longest(output, records):
        if frame is None or record is None:
            raise InputError(
                f"{output.medium.name} has {'fewer' if frame is None else 'more'} frames than were "
                "written, so that nobody can vouch for it: write it in another format"
            )
        yield frame, record


def _by_time(output: Source, records: Iterable[Record]) -> Iterator[Shown]:
    """Each record with the frame that is shown at its time."""
    frames = iter(output)
    shown, coming = next(frames), next(frames, None)
    for record in records:
        while coming is not None and (coming.time or 0) <= record.get("time", 0) + ROUNDED:
            shown, coming = coming, next(frames, None)
        yield shown, record
