"""What the terminal shows while a run lasts."""

from collections.abc import Callable, Sequence
from typing import Generic, Protocol, Self, TypeVar

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    ProgressColumn,
    Task,
    TaskID,
    TaskProgressColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from passerby.cli.bar import Bar
from passerby.cli.console import complain
from passerby.media import Medium

__all__ = ["Finished", "Quiet", "Terminal"]


class Finished(Protocol):
    """What became of one input."""

    @property
    def medium(self) -> Medium | None:
        """What was read."""
        ...

    @property
    def complaint(self) -> str | None:
        """What went wrong, with the name of the input."""
        ...


_Item = TypeVar("_Item", bound=Finished)


class Quiet:
    """Shows only failures, on the error stream."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def start(self, name: str, medium: Medium) -> None:
        """Show nothing."""

    def advance(self) -> None:
        """Show nothing."""

    def finish(self, item: Finished) -> None:
        """Show why an input failed."""
        if item.complaint is not None:
            complain(item.complaint)


class _Rate(ProgressColumn):
    """Frames per second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:.1f} frames/s", style="progress.data.speed")


class Terminal(Generic[_Item]):
    """A bar for the current input, with frames per second and time left, and a line when done.

    If there are several inputs, one more bar is for all of them, and unremarkable pictures get no
    line. Everything goes to the error stream: the output stream is for results.

    Args:
        lines: Makes the lines about a finished input.
        is_plain: Whether an input is unremarkable.
        inputs: Number of inputs.
    """

    def __init__(
        self,
        lines: Callable[[_Item], Sequence[Text]],
        is_plain: Callable[[_Item], bool],
        inputs: int = 1,
    ) -> None:
        self._lines, self._is_plain = lines, is_plain
        self._bar = Bar(
            BarColumn(),
            TaskProgressColumn(),
            MofNCompleteColumn(),
            _Rate(),
            TimeRemainingColumn(),
        )
        self._all = self._bar.add_task("all inputs", total=inputs) if inputs > 1 else None
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def start(self, name: str, medium: Medium) -> None:
        """Show a bar for an input, but not for one picture among many, which is done too soon."""
        if self._all is None or medium.kind != "image":
            self._task = self._bar.add_task(name, total=medium.frames)

    def advance(self) -> None:
        """Move it on by a frame."""
        if self._task is not None:
            self._bar.advance(self._task)

    def finish(self, item: _Item) -> None:
        """Remove the bar and say what became of the input."""
        if self._task is not None:
            self._bar.remove_task(self._task)
            self._task = None
        if self._all is not None:
            self._bar.advance(self._all)
            if item.medium is not None and item.medium.kind == "image" and self._is_plain(item):
                return
        for line in self._lines(item):
            self._bar.tell(line)
