"""``passerby review``: a contact sheet of the frames most worth a human look."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter
from cyclopts.validators import Number

from passerby.cli.console import complain, say
from passerby.cli.endings import check_ending
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK
from passerby.errors import OutputError
from passerby.files.partial import Permit
from passerby.runs.review.queue import ReviewItem
from passerby.runs.review.sheet import Outcome, review_sheet, track_sheet
from passerby.runtime.counting import counted
from passerby.runtime.error_line import error_line

__all__ = ["app", "review_command"]

app = App(name="review", help_format="markdown", default_parameter=Parameter(negative=""))


FRAMES, TRACKS = 24, 200
"""How many are shown by default."""


@app.default
def review_command(
    report: Path,
    *,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"])] = None,
    tracks: bool = False,
    most: Annotated[int | None, Parameter(validator=Number(gte=1, lte=200))] = None,
    columns: Annotated[int, Parameter(validator=Number(gte=1, lte=50))] = 6,
    overwrite: bool = False,
) -> int:
    """Draw a contact sheet of the frames that are most worth a look, the most urgent first.

    Each frame is shown whole and close up, with its number (from 0), its time, the reason and the
    tracks concerned; the option of `anonymize` that covers this moment is printed. With
    --tracks, each track is shown once, with its number for --keep and --only, and its times. Only
    anonymized outputs are read. Ends with 1 if one of them is missing or is not the file that the
    report vouches for.

    Example: passerby review safe.json -o sheet.png

    Args:
        report: What `passerby anonymize --report` wrote.
        output: The PNG to write. By default REPORT_review.png beside the report, or
            REPORT_tracks.png.
        tracks: Show each track once, in the frame in which it was seen best.
        most: How many to show; by default 24 frames, or 200 tracks.
        columns: Frames per row.
        overwrite: Replace the PNG if it exists.
    """
    sheet = output or report.with_name(f"{report.stem}_{'tracks' if tracks else 'review'}.png")
    check_ending(sheet, "a picture", ".png")
    if sheet.exists() and not overwrite:
        raise OutputError(f"{sheet} exists: add --overwrite or name another output")
    draw = track_sheet if tracks else review_sheet
    most = most or (TRACKS if tracks else FRAMES)
    outcome = draw(report, sheet, most=most, columns=columns, permit=Permit(overwrite))
    for item in outcome.run.items:
        if item.status != "done":
            why = error_line(item.input.name, item.error)
            complain(f"{item.status}: {why}")
    for problem in outcome.problems:
        complain(problem)
    say(_told_of_tracks(outcome, report, sheet) if tracks else _told(outcome, report, sheet))
    for one in outcome.shown:
        say(_line(outcome, one, covers=not tracks))
    return EXIT_FAILED if outcome.problems else EXIT_OK


def _told(outcome: Outcome, report: Path, sheet: Path) -> str:
    if not outcome.found:
        return f"{report}: no frame is in doubt, so there is nothing to review"
    if not outcome.shown:
        return f"{report}: no frame could be shown"
    told = f"{sheet}: {len(outcome.shown)} of {counted(outcome.found, 'frame')} in doubt"
    if len(outcome.shown) < outcome.different:
        return f"{told}, {outcome.different} of them different: --most shows more, up to 200"
    return told


def _told_of_tracks(outcome: Outcome, report: Path, sheet: Path) -> str:
    if not outcome.found:
        return f"{report} has no tracks that can be shown: pictures and old reports have none"
    if not outcome.shown:
        return f"{report}: no track could be shown"
    return f"{sheet}: {len(outcome.shown)} of {counted(outcome.found, 'track')}"


def _line(outcome: Outcome, one: ReviewItem, *, covers: bool) -> str:
    """What a caption says, with the option that covers the moment."""
    item, frame = outcome.run.items[one.item], one.frame
    where = f"{item.input.name or ''} {'' if item.is_picture else frame.place}".rstrip()
    option = frame.cover_option if covers else None
    end = "" if option is None else f": {option}"
    return f"{where}: {frame.reason}{end}"
