"""A long video as parts, each an input of its own, until they are joined into one copy."""

from collections.abc import Sequence
from dataclasses import replace

from passerby.locations import Location
from passerby.media import Input
from passerby.pipeline.settings import Settings
from passerby.sources.cutting import parts_of

__all__ = ["copy_of_part", "cut_inputs", "lead_in", "target_of", "whole_of"]

_SPARE = 8.0
"""Seconds of a video that are searched before a part, beyond those in which a track may live on
unseen: by then whoever is in the picture has been seen, and is where they would be in one run."""

_ENDING = ".parts"


def lead_in(settings: Settings) -> float:
    """Seconds that are searched before a part, so that all tracks that reach into it are known."""
    tracking = settings.time.tracking(settings.find.threshold)
    return _SPARE + max(tracking.bridge, tracking.hold)


def cut_inputs(inputs: Sequence[Input], settings: Settings) -> list[Input]:
    """Replace long videos by their parts, if the settings ask for that.

    Args:
        inputs: Files.
        settings: Of the run.
    """
    if settings.run.cut is None:
        return list(inputs)
    seconds, lead = 60 * settings.run.cut, lead_in(settings)
    return [part for one in inputs for part in _cut(one, seconds, lead)]


def _cut(one: Input, seconds: float, lead: float) -> list[Input]:
    if one.path is None or one.problem is not None:
        return [one]
    return [replace(one, part=part) for part in parts_of(one.path, seconds, lead)] or [one]


def whole_of(one: Input) -> Input:
    """The file that an input is all or a part of."""
    return replace(one, part=None)


def target_of(one: Input, copy: Location | str | None) -> Location | str | None:
    """Where what is made of an input goes: of a part, into a hidden folder beside the whole copy.

    Args:
        one: A file or a part of it.
        copy: Where the copy of the whole goes.
    """
    if one.part is None or not isinstance(copy, Location):
        return copy
    return copy.with_name(f".{copy.name}{_ENDING}") / f"{one.part.number:04}{copy.suffix}"


def copy_of_part(target: Location) -> Location:
    """Where the copy of the whole video lies, from that of a part.

    Example:
        >>> from pathlib import Path
        >>> copy_of_part(Path("safe/.street.mp4.parts/0003.mp4")).as_posix()
        'safe/street.mp4'
    """
    folder = target.parent
    return folder.with_name(folder.name.removeprefix(".").removesuffix(_ENDING))
