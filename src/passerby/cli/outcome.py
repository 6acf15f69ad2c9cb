"""What the terminal says about an input that was anonymized, or could not be."""

from rich.text import Text

from passerby.pipeline.item_report import ItemReport
from passerby.pipeline.live import live_note

__all__ = ["is_plain", "told"]


def is_plain(item: ItemReport) -> bool:
    """Whether all went well, and nothing is to be told of it."""
    return item.vouched and not item.notes


def told(item: ItemReport) -> list[Text]:
    """The lines about an input."""
    tally = item.tally
    if item.status == "failed":
        return [Text(f"failed  {item.complaint}", style="red")]
    rate = tally.frames / item.seconds if item.seconds else 0.0
    lines = [
        Text(f"{item.status:<7} {item.source} -> {item.target}"),
        Text(
            f"        {tally.frames} frames in {item.seconds:.1f} s ({rate:.1f} frames/s), "
            f"{len(tally.tracks)} tracks, {tally.gaps_bridged} gaps bridged"
        ),
    ]
    lines += [Text(f"        {note}") for note in (*item.notes, live_note(item.live)) if note]
    if item.error is not None:
        lines.append(Text(f"        {item.complaint}", style="red"))
    if tally.covered_in_full:
        reason, _ = tally.failures.most_common(1)[0]
        text = f"        {tally.covered_in_full} frames covered in full: {reason}"
        lines.append(Text(text, style="yellow"))
    if item.self_check is not None:
        check = item.self_check
        style = "yellow" if check.uncovered else ""
        text = (
            f"        self-check of {check.frames} frames: {len(check.uncovered)} of {check.found} "
            "people and faces found again are uncovered"
        )
        if check.left_by_choice:
            text += f", {check.left_by_choice} left by choice"
        lines.append(Text(text, style=style))
    return lines
