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
from passerby.runs.review.sheet import Outcome
from passerby.runs.review.sheet import review_sheet as draw
from passerby.runtime.counting import counted
from passerby.runtime.error_line import error_line

__all__ = ["app", "review_command"]

app = App(name="review", default_parameter=Parameter(negative=""))


@app.default
def review_command(
    report: Path,
    *,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"])] = None,
    most: Annotated[int, Parameter(validator=Number(gte=1, lte=200))] = 24,
    columns: Annotated[int, Parameter(validator=Number(gte=1, lte=50))] = 6,
    overwrite: bool = False,
) -> int:
    """Draw a contact sheet of the frames that are most worth a look, the most urgent first.

    Each frame is shown whole and close up, with its number, its time, why it is there and which
    tracks it is about. Only anonymized outputs are read. Ends with 1 if one of them is missing or
    not the file that the report vouches for.

    Example: passerby review safe.json -o sheet.png

    Args:
        report: What `passerby anonymize --report` wrote.
        output: The PNG to write. By default REPORT_review.png beside the report.
        most: How many frames to show.
        columns: How many of them lie side by side.
        overwrite: Replace the PNG if it exists.
    """
    sheet = output or report.with_name(f"{report.stem}_review.png")
    check_ending(sheet, "a picture", ".png")
    if sheet.exists() and not overwrite:
        raise OutputError(f"{sheet} exists: add --overwrite or name another output")
    outcome = draw(report, sheet, most=most, columns=columns, permit=Permit(overwrite))
    for item in outcome.run.items:
        if item.status != "done":
            why = error_line(item.input.name, item.error)
            complain(f"{item.status}: {why}")
    for problem in outcome.problems:
        complain(problem)
    say(_told(outcome, report, sheet))
    return EXIT_FAILED if outcome.problems else EXIT_OK


def _told(outcome: Outcome, report: Path, sheet: Path) -> str:
    if not outcome.doubtful:
        return f"{report}: no frame is in doubt, so there is nothing to look at"
    if not outcome.shown:
        return f"{report}: no frame could be shown"
    return f"{sheet}: {outcome.shown} of {counted(outcome.doubtful, 'frame')} in doubt"
