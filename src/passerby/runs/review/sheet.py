"""A contact sheet of finished outputs: whom to look at before they are handed on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from passerby.errors import OutputError
from passerby.files.partial import ANEW, Permit
from passerby.geometry import from_xywh
from passerby.runs.review.frames import ReviewFrame
from passerby.runs.review.queue import FinishedItem, FinishedRun, choose, read_report, review_queue
from passerby.runs.vouchers import Vouchers, finished_frames, run_files, run_vouchers
from passerby.runtime.error_line import error_about
from passerby.runtime.printable import printable
from passerby.runtime.reasons import reason_of
from passerby.sinks.contact_sheet import ContactSheet, Note
from passerby.sinks.path_conflicts import check_apart

__all__ = ["Outcome", "review_sheet"]

CAPTION = 100
"""Characters at either end of a text that a caption shows, at most."""

Ranked = Mapping[int, tuple[int, ReviewFrame]]
"""Frames by their numbers, each with its place in the sheet."""


@dataclass(slots=True)
class Outcome:
    """What a review came to.

    Attributes:
        run: What was reviewed.
        doubtful: How many frames are worth a look.
        shown: How many of them the sheet shows; there is no sheet if none.
        problems: Why frames that were chosen are not in it.
    """

    run: FinishedRun
    doubtful: int
    shown: int = 0
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
        columns: How many of them lie side by side.
        permit: What may happen to a file that is there.

    Raises:
        ConfigError: If the sheet cannot be a PNG.
        InputError: If the report cannot be read.
        OutputError: If the sheet cannot be written, or would replace what the run used.
    """
    run = read_report(report)
    found = review_queue(run.items)
    outcome = Outcome(run, len(found))
    chosen = choose(found, most)
    if not chosen:
        return outcome
    check_apart([sheet], run_files(report, run))
    target, vouchers = ContactSheet(sheet, columns, permit=permit), run_vouchers(report, run)
    try:
        for position, item in enumerate(run.items):
            ranked = {
                doubt.frame.frame: (rank, doubt.frame)
                for rank, doubt in enumerate(chosen)
                if doubt.item == position
            }
            if ranked:
                _add(target, item, ranked, vouchers, outcome)
        if outcome.shown:
            target.commit()
    finally:
        target.abort()
    return outcome


def _add(
    target: ContactSheet, item: FinishedItem, ranked: Ranked, vouchers: Vouchers, outcome: Outcome
) -> None:
    """Show frames of one output; what goes wrong with it does not keep others from being shown."""
    missing = set(ranked)
    try:
        for frame in finished_frames(item, vouchers, ranked.keys()):
            rank, doubt = ranked[frame.index]
            lines = _caption(item.input.name or "", doubt)
            target.write(frame, Note(lines, from_xywh(doubt.boxes), rank))
            outcome.shown += 1
            missing.discard(frame.index)
        if missing:
            outcome.problems.append(
                f"{item.output.name} has no frame {min(missing)}: anonymize it again"
            )
    except OutputError:
        raise
    except Exception as error:  # noqa: BLE001  (whatever it is, the other outputs are shown)
        outcome.problems.append(error_about(item.output.name or "", reason_of(error)))


def _caption(name: str, doubt: ReviewFrame) -> tuple[str, ...]:
    when = f"frame {doubt.frame}"
    if doubt.time is not None:
        minutes, seconds = divmod(doubt.time, 60)
        when += f", {int(minutes)}:{seconds:05.2f}"
    if doubt.tracks:
        numbers = ", ".join(map(str, doubt.tracks))
        when += f", track{'s' if len(doubt.tracks) > 1 else ''} {numbers}"
    return _short(name), _short(when), _short(doubt.reason)


def _short(text: str) -> str:
    """The beginning and the end of a text, as far as a caption could show them."""
    whole = printable(text)
    return whole if len(whole) <= 2 * CAPTION else f"{whole[:CAPTION]}...{whole[-CAPTION:]}"
