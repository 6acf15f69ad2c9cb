"""The one progress bar. Help draws none, and loads faster without this module."""

from typing import IO, cast

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from passerby.cli.console import printers_above, terminal_text
from passerby.cli.streams import ERRORS

__all__ = ["Bar"]


class Bar(Progress):
    """Bars on standard error; on a file or a pipe nothing is drawn.

    Args:
        columns: What stands in it; by default description, bar, how many of how many, time left.
        drawn: Whether to draw it; by default on terminals.
        stays: Whether it is left on the screen in the end.
    """

    def __init__(
        self, *columns: ProgressColumn, drawn: bool | None = None, stays: bool = False
    ) -> None:
        console = Console(file=cast("IO[str]", ERRORS), markup=False, highlight=False, emoji=False)
        described = TextColumn("{task.description}", markup=False)
        usual = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        super().__init__(
            described,
            *(columns or usual),
            console=console,
            transient=not stays,
            redirect_stdout=False,
            redirect_stderr=False,
            disable=not (console.is_terminal if drawn is None else drawn),
        )

    def start(self) -> None:
        """Draw it."""
        printers_above.append(self.tell)
        super().start()

    def stop(self) -> None:
        """Take it away."""
        super().stop()
        if self.tell in printers_above:
            printers_above.remove(self.tell)

    def add_task(self, description: str, total: float | None) -> TaskID:  # type: ignore[override]
        """Add a bar."""
        return super().add_task(terminal_text(description), total=total)

    def describe(self, task: TaskID, description: str) -> None:
        """Say what a bar is about now."""
        self.update(task, description=terminal_text(description))

    def tell(self, text: Text) -> None:
        """Print a line above."""
        self.console.print(text, soft_wrap=True)
