"""People chosen by the numbers of their tracks: whether the numbers can mean anybody, and do."""

from collections.abc import Sequence
from contextlib import closing

from passerby.errors import ConfigError
from passerby.media import Input
from passerby.pipeline.settings import CoverSettings
from passerby.runs.anonymize.run_statistics import RunStatistics
from passerby.sources import open_source

__all__ = ["absence_notes", "absent_numbers", "check_numbers"]


def check_numbers(cover: CoverSettings, inputs: Sequence[Input]) -> None:
    """Make sure that chosen numbers are of one video: each counts anew, and a picture has none.

    Raises:
        ConfigError: If there are several inputs, a folder, or a picture.
        InputError: If the input cannot be opened.
    """
    if not (cover.keep or cover.only):
        return
    option = _option(cover)
    one = inputs[0]
    if len(inputs) > 1 or one.folder is not None:
        raise ConfigError(f"{option} chooses people of one video, by its numbers: name one video")
    if one.path is None:
        return
    with closing(open_source(one.path)) as source:
        if source.medium.unrelated:
            raise ConfigError(
                f"{option}: {one.name} is a picture, in which nobody has a number: "
                "use --leave-zone or --cover-zone"
            )


def absent_numbers(cover: CoverSettings, tally: RunStatistics) -> tuple[int, ...]:
    """Which of the chosen numbers no track has."""
    there = {number for number, _ in tally.tracks}
    return tuple(number for number in (*cover.keep, *cover.only) if number not in there)


def absence_notes(cover: CoverSettings, absent: Sequence[int]) -> tuple[str, ...]:
    """What the user should know about them, if there are any."""
    if not absent:
        return ()
    numbers = ", ".join(map(str, absent))
    return (f"no track has the number {numbers} ({_option(cover)}): see passerby review --tracks",)


def _option(cover: CoverSettings) -> str:
    return "--keep" if cover.keep else "--only"
