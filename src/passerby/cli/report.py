"""``passerby report``: a report as a page for people who do not read JSON."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from passerby.cli.console import complain, say
from passerby.cli.endings import check_ending
from passerby.cli.evaluate.console import check_new
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK
from passerby.cli.outcome import exit_code, print_end
from passerby.errors import OutputError
from passerby.files.partial import Permit
from passerby.runs.report.merging import merge_reports
from passerby.runs.report.run import write_report_page

__all__ = ["app", "report"]

app = App(name="report", help_format="markdown", default_parameter=Parameter(negative=""))


@app.default
def report(
    report: Path,
    *,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"])] = None,
    overwrite: bool = False,
) -> int:
    """Write the report of a run as one HTML page that can be read, printed and filed.

    The page says what was done, what was checked, what is in doubt and what is not promised. It
    needs no other file. Frames in doubt are shown as 8x8 cells, in which nobody can be recognised.
    The exit code is 1 if an output is missing or is not the file that the report names; the page is
    written anyway.

    Example: passerby report safe.json -o safe.html

    Args:
        report: Report that `passerby anonymize --report` wrote.
        output: The page to write. By default REPORT.html beside the report.
        overwrite: Replace the page if it exists.
    """
    page = output or report.with_suffix(".html")
    check_ending(page, "HTML", ".html", ".htm")
    if page.exists() and not overwrite:
        raise OutputError(f"{page} exists: add --overwrite or name another output")
    problems = write_report_page(report, page, Permit(overwrite))
    for problem in problems:
        complain(problem)
    say(str(page))
    return EXIT_FAILED if problems else EXIT_OK


@app.command
def merge(
    *reports: Path,
    output: Annotated[Path, Parameter(name=["--output", "-o"])],
    overwrite: bool = False,
) -> int:
    """Make one report from the reports of all shards, as one run would have written it.

    Reports of runs without --shard are put one after the other. The exit code is 1 if an input
    failed in any of them; the report is written anyway.

    Example: passerby report merge safe/shard-*.json -o safe.json

    Args:
        reports: Reports that `passerby anonymize --report` wrote.
        output: The report to write.
        overwrite: Replace the report if it exists.
    """
    check_ending(output, "JSON", ".json")
    check_new(output, read=list(reports), overwrite=overwrite)
    records = merge_reports(reports, output, Permit(overwrite))
    print_end(records, (), str(output))
    say(str(output))
    return exit_code(records, strict=False)
