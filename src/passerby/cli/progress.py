"""What the terminal shows while a run lasts."""

import sys
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    ProgressColumn,
    Task,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bar
from rich.text import Text

from passerby.media import Medium
from passerby.pipeline.item_report import ItemReport
from passerby.pipeline.live import live_note

__all__ = ["Quiet", "Terminal"]


class Quiet:
    """Shows nothing but failures, on the error stream."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def start(self, name: str, medium: Medium) -> None:
        """Show nothing."""

    def advance(self) -> None:
        """Show nothing."""

    def finish(self, item: ItemReport) -> None:
        """Show why an input failed."""
        if item.complaint is not None:
            sys.stderr.write(f"passerby: {item.complaint}\n")


class _Rate(ProgressColumn):
    """Frames a second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:.1f} frames/s", style="progress.data.speed")


class Terminal:
    """A bar for the input at work, with frames a second and time left, and a line for each done.

    Of many inputs there is a bar for all, and pictures of which there is nothing to tell get no
    line. Everything goes to the error stream: the output stream is for results.

    Args:
        inputs: How many there are.
    """

    def __init__(self, inputs: int = 1) -> None:
        self._console = Console(stderr=True)
        self._bar = Bar(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TaskProgressColumn(),
            MofNCompleteColumn(),
            _Rate(),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
        )
        self._all = self._bar.add_task("all inputs", total=inputs) if inputs > 1 else None
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def start(self, name: str, medium: Medium) -> None:
        """Show a bar for an input; a picture among many is done too soon for one."""
        if self._all is None or medium.kind != "image":
            self._task = self._bar.add_task(name, total=medium.frames)

    def advance(self) -> None:
        """Move it on by a frame."""
        if self._task is not None:
            self._bar.advance(self._task)

    def finish(self, item: ItemReport) -> None:
        """Take the bar away and say what became of the input."""
        if self._task is not None:
            self._bar.remove_task(self._task)
            self._task = None
        if self._all is not None:
            self._bar.advance(self._all)
            if _is_plain_picture(item):
                return
        for line in _lines(item):
            self._console.print(line, highlight=False, soft_wrap=True)


def _is_plain_picture(item: ItemReport) -> bool:
    """Whether it is a picture with which all went well."""
    is_picture = item.medium is not None and item.medium.kind == "image"
    return is_picture and item.vouched and not item.notes


def _lines(item: ItemReport) -> list[Text]:
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
        lines.append(Text(text, style=style))
    return lines
