"""All that the program says to a terminal; a gate sees to it that nothing else writes there.

Names of files, what they hold and what libraries say of them come from strangers. So control
characters are shown, not sent, nothing in a name is taken for markup, and addresses are shown
without what lets others in. A stream that is closed, full or no longer read ends nothing.
"""

import json
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path
from typing import IO, cast

from rich.console import Console
from rich.table import Column
from rich.table import Table as PlainTable
from rich.text import Text

from passerby.cli.exit_codes import EXIT_FAILED
from passerby.cli.streams import ERRORS, OUTPUT, open_descriptors
from passerby.runtime.addresses import HIDDEN, names_secret, public_address, without_secrets
from passerby.runtime.printable import printable

__all__ = [
    "Column",
    "Table",
    "complain",
    "finish_console",
    "line",
    "output_console",
    "print_json",
    "print_table",
    "printers_above",
    "say",
    "say_link",
    "start_console",
    "terminal_text",
]

_LONGEST = 2_000
"""Characters of a line that are shown; some files hold lines of megabytes."""

printers_above: list[Callable[[Text], None]] = []
"""What prints a line above the bar that is on the screen, if there is one."""
_concealed: dict[str, str] = {}
"""Addresses and secrets that the user gave, also with spaces in them, and what is shown of each."""


def start_console(words: Iterable[str]) -> None:
    """Get ready to speak.

    Args:
        words: The command line, of which nothing secret is shown whoever repeats it.
    """
    open_descriptors()
    OUTPUT.lost = ERRORS.lost = None
    words = list(words)
    values = {value for word in words for value in (word, word.partition("=")[2])}
    _concealed.clear()
    for word, following in pairwise([*words, ""]):
        option, separator, value = word.partition("=")
        if option.startswith("-") and names_secret(option.lstrip("-")):
            _conceal(value if separator else following, HIDDEN)
    for value in values:
        public = public_address(value)
        if public != value:
            _conceal(value, public)


def _conceal(value: str, public: str) -> None:
    """Show something else in the place of a value, however it is written."""
    forms = (value, str(Path(value))) if value else ()
    _concealed.update({form: public for one in forms for form in (one, repr(one)[1:-1])})


def finish_console(code: int) -> int:
    """Flush everything; returns the exit code, which is none of success if results were lost.

    Nobody is to blame if whoever reads them has enough.
    """
    OUTPUT.flush()
    ERRORS.flush()
    if OUTPUT.lost is None or isinstance(OUTPUT.lost, BrokenPipeError):
        return code
    complain(f"the output stream cannot be written: {OUTPUT.lost.strerror}")
    return code or EXIT_FAILED


def terminal_text(text: str) -> str:
    r"""A text as a terminal gets it: one line, without control characters and secrets.

    Example:
        >>> terminal_text("a\x1b[31m.mp4 of rtsp://me:secret@host/main\n")
        'a\\x1b[31m.mp4 of rtsp://host/main\\n'
    """
    for secret, public in _concealed.items():
        text = text.replace(secret, public)
    text = without_secrets(text[: 2 * _LONGEST])
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]}..."
    return printable(text)


def line(text: str, style: str = "") -> Text:
    """A line that can be printed above a bar."""
    return Text(terminal_text(text), style)


def say(text: str) -> None:
    """Print a line of the result on standard output."""
    OUTPUT.write(f"{terminal_text(text)}\n")


def say_link(address: str, key: str) -> None:
    """Print the address of a page with the key that opens it once, which `say` would leave out."""
    OUTPUT.write(f"{terminal_text(address)}?key={key}\n")


def complain(text: str) -> None:
    """Print a line on standard error, above the bar if there is one."""
    if printers_above:
        printers_above[-1](line(f"passerby: {text}"))
    else:
        ERRORS.write(f"passerby: {terminal_text(text)}\n")


def print_json(value: object) -> None:
    """Print a value on standard output, in ASCII; its strings can be restored exactly."""
    text = json.dumps(value, indent=2).replace("\x7f", "\\u007f")
    OUTPUT.write(f"{text}\n")


class Table(PlainTable):
    """A table whose cells hold names as they are."""

    def add_row(self, *cells: str) -> None:  # type: ignore[override]
        """Append a row."""
        super().add_row(*(line(cell) for cell in cells))


def print_table(table: Table, least_width: int = 0) -> None:
    """Print a table on standard output.

    Args:
        table: What to print.
        least_width: Columns that it needs, however narrow the terminal is.
    """
    console = output_console()
    console.width = max(console.width, least_width)
    console.print(table)


def output_console() -> Console:
    """For what rich lays out on standard output: tables and help."""
    return Console(file=cast("IO[str]", OUTPUT), markup=False, highlight=False, emoji=False)
