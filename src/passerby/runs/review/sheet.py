"""A contact sheet of finished outputs: the frames to look at before they are given away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from passerby.errors import OutputError
from passerby.files.partial import ANEW, Permit
from passerby.geometry import from_xywh
from passerby.runs.review.frames import ReviewFrame
from passerby.runs.review.queue import (
    FinishedItem,
    FinishedRun,
    ReviewItem,
    choose,
    read_report,
    review_queue,
    track_items,
)
from passerby.runs.vouchers import Vouchers, finished_frames, run_files, run_vouchers
from passerby.runtime.error_line import error_about
from passerby.runtime.printable import printable
from passerby.runtime.reasons import reason_of
from passerby.sinks.contact_sheet import ContactSheet, Note
from passerby.sinks.path_conflicts import check_apart

__all__ = ["Outcome", "review_sheet", "track_sheet"]

CAPTION = 250
"""Characters at either end of a text that a caption shows, at most."""

Ranked = Mapping[int, Sequence[tuple[int, ReviewFrame]]]
"""What is shown of frames, by their numbers, each with its place in the sheet."""


@dataclass(slots=True)
class Outcome:
    """What a review came to.

    Attributes:
        run: What was reviewed.
        found: How many frames are worth a look, or how many tracks there are.
        different: How many of these show other people or another moment than the rest.
        shown: Those that the sheet shows, in its order; without any there is no sheet.
        problems: Why chosen frames are missing from it.
    """

    run: FinishedRun
    found: int
    different: int
    shown: list[ReviewItem] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def review_sheet(
    report: Path, sheet: Path, *, most: int = 24, columns: int = 6, permit: Permit = ANEW
) -> Outcome:
    """Draw the frames that a report names into one picture.

    Only the outputs are read, and only as long as they are what the report vouches for.

    Args:
        report: What ``--report`` wrote. An output that is not where it was written may lie
            beside it.
        sheet: The PNG to write.
        most: How many frames to show.
        columns: Frames in a row.
        permit: What may happen to a file that is there.

    Raises:
        ConfigError: If the sheet cannot be a PNG.
        InputError: If the report cannot be read.
        OutputError: If the sheet cannot be written, or would replace what the run used.
    """
    run = read_report(report)
    found = review_queue(run.items)
    different = choose(found, len(found))
    outcome = Outcome(run, len(found), len(different))
    return _drawn(report, sheet, outcome, different[:most], columns, permit)


def track_sheet(
    report: Path, sheet: Path, *, most: int = 200, columns: int = 6, permit: Permit = ANEW
) -> Outcome:
    """Draw each track of a run where it was seen best, with its number and its times.

    Args and errors are those of `review_sheet`.
    """
    run = read_report(report)
    found = track_items(run.items)
    outcome = Outcome(run, len(found), len(found))
    return _drawn(report, sheet, outcome, found[:most], columns, permit)


def _drawn(
    report: Path,
    sheet: Path,
    outcome: Outcome,
    chosen: Sequence[ReviewItem],
    columns: int,
    permit: Permit,
) -> Outcome:
    """Draw what was chosen, and note what became of it."""
    run = outcome.run
    if not chosen:
        return outcome
    check_apart([sheet], run_files(report, run))
    drawn: set[int] = set()
    target, vouchers = ContactSheet(sheet, columns, permit=permit), run_vouchers(report, run)
    try:
        for position, item in enumerate(run.items):
            ranked: dict[int, list[tuple[int, ReviewFrame]]] = {}
            for rank, one in enumerate(chosen):
                if one.item == position:
                    ranked.setdefault(one.frame.frame, []).append((rank, one.frame))
            if ranked:
                drawn |= _add(target, item, ranked, vouchers, outcome)
        outcome.shown = [one for rank, one in enumerate(chosen) if rank in drawn]
        if outcome.shown:
            target.commit()
    finally:
        target.abort()
    return outcome


def _add(
    target: ContactSheet, item: FinishedItem, ranked: Ranked, vouchers: Vouchers, outcome: Outcome
) -> set[int]:
    """Show frames of one output, and return their places; a failure does not stop other outputs."""
    missing, drawn = set(ranked), set()
    try:
        for frame in finished_frames(item, vouchers, ranked.keys()):
            number = frame.index + item.first_frame
            for rank, one in ranked[number]:
                place = () if item.is_picture else (one.place,)
                lines = item.input.name or "", *place, one.reason
                note = Note(tuple(map(_short, lines)), from_xywh(one.boxes), rank)
                target.write(frame, note)
                drawn.add(rank)
            missing.discard(number)
        if missing:
            outcome.problems.append(
                f"{item.output.name} has no frame {min(missing)}: anonymize it again"
            )
    except OutputError:
        raise
    except Exception as error:  # noqa: BLE001  (whatever it is, the other outputs are shown)
        outcome.problems.append(error_about(item.output.name or "", reason_of(error)))
    return drawn


def _short(text: str) -> str:
    """The beginning and the end of a text, as far as a caption could show them."""
    whole = printable(text)
    return whole if len(whole) <= 2 * CAPTION else f"{whole[:CAPTION]}...{whole[-CAPTION:]}"
