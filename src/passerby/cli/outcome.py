"""What is said about inputs that were anonymized, or could not be."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.text import Text

from passerby.cli.console import complain, line, print_json
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK, EXIT_UNVOUCHED
from passerby.runs.anonymize.item_report import ItemReport
from passerby.runs.anonymize.live import live_note
from passerby.runs.anonymize.report import summary
from passerby.runtime.counting import counted
from passerby.runtime.error_line import error_line

__all__ = ["exit_code", "is_unremarkable", "print_end", "print_summary", "told"]


REASONS = 3
"""Most reasons for covering frames in full that are told of an input."""


def is_unremarkable(item: ItemReport) -> bool:
    """Whether all went well, and there is nothing to report."""
    return item.vouched and not item.notes


def told(item: ItemReport) -> list[Text]:
    """The lines about an input."""
    tally = item.tally
    if item.status == "failed":
        return [line(f"failed  {item.complaint}", "red")]
    rate = tally.frames / item.seconds if item.seconds else 0.0
    followed = (
        f", {counted(len(tally.tracks), 'track')}, {counted(tally.gaps_bridged, 'gap')} bridged"
    )
    is_followed = item.medium is None or not item.medium.unrelated
    lines = [
        line(f"{item.status:<7} {item.source} -> {item.target}"),
        line(
            f"        {counted(tally.frames, 'frame')} in {item.seconds:.1f} s "
            f"({rate:.1f} frames/s){followed if is_followed else ''}"
        ),
    ]
    lines += [line(f"        {note}") for note in (*item.notes, live_note(item.live)) if note]
    if item.error is not None:
        lines.append(line(f"        {item.complaint}", "red"))
    if tally.covered_in_full:
        reasons = tally.failures.most_common(REASONS)
        told = [f"{why} ({number:,})" if len(reasons) > 1 else why for why, number in reasons]
        frames = counted(tally.covered_in_full, "frame")
        text = f"        {frames} covered in full: {'; '.join(told)}"
        lines.append(line(text, "yellow"))
    if item.self_check is not None:
        check = item.self_check
        style = "yellow" if check.uncovered else ""
        text = (
            f"        self-check of {check.frames} of {counted(check.in_all, 'frame')}: "
            f"{len(check.uncovered)} of {check.found} people and faces found again are uncovered"
        )
        if check.left_by_choice:
            text += f", {check.left_by_choice} left by choice"
        if check.explained:
            text += f", {check.explained} taken for bodies of covered people or false detections"
        if check.doubtful:
            text += f", {len(check.doubtful)} doubtful"
        lines.append(line(text, style))
    return lines


def print_summary(
    records: Sequence[Mapping[str, Any]], notes: Sequence[str], remarks: Sequence[str]
) -> None:
    """All about a run, as JSON on the output stream.

    Args:
        records: What a report says of each input.
        notes: On how people were looked for.
        remarks: What was left out.
    """
    outputs = [
        {"input": one["input"]["name"], "output": one["output"]["name"]}
        | {name: one[name] for name in ("status", "error", "notes", "self_check")}
        for one in records
    ]
    run = {**summary(records), "notes": notes, "left_out": remarks, "items": outputs}
    print_json(run)


def print_end(
    records: Sequence[Mapping[str, Any]], remarks: Sequence[str], report: str | None
) -> None:
    """What a user must see who looks only at the end."""
    failed = [one for one in records if one["status"] != "done"]
    for remark in remarks:
        complain(remark)
    if len(records) > 1:
        complain(f"{len(records) - len(failed)} of {counted(len(records), 'input')} done")
        for one in failed:
            complain(f"{one['status']}: {error_line(one['input']['name'], one['error'])}")
    doubts = sum(one["frames_to_review"] for one in records)
    if doubts:
        hint = f"passerby review {report}" if report else "add --report FILE, then review it"
        complain(f"{counted(doubts, 'frame', 'are worth a look')}: {hint}")


def exit_code(records: Sequence[Mapping[str, Any]], *, strict: bool) -> int:
    """What a run ends with; ``strict`` asks that everything can be vouched for."""
    if any(one["status"] != "done" for one in records):
        return EXIT_FAILED
    if strict and not all(one["no_known_problem"] for one in records):
        return EXIT_UNVOUCHED
    return EXIT_OK
