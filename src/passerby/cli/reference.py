"""The page of the documentation that holds the help of every command.

``python -m passerby.cli.reference`` prints it; ``make golden`` writes it to its place, and
a test compares it with what is there.
"""

import io
import sys
from collections.abc import Iterator

from cyclopts import App
from rich.console import Console

from passerby.cli.app import app

__all__ = ["commands", "reference"]

_INTRODUCTION = """\
# The command line

What `--help` says of every command. This page is written by `make golden`.
"""


def commands(program: App) -> Iterator[tuple[str, ...]]:
    """Yield the words of every command of ``program``; the program itself is ``()``."""
    yield ()
    for name in program:
        if not name.startswith("-"):
            yield from ((name, *words) for words in commands(program[name]))


def reference(program: App = app) -> str:
    """Return the page as Markdown: one heading and one block of help a command."""
    every = list(commands(program))  # loads them all: help must not depend on what is loaded
    sections = (_section(program, words) for words in every)
    return "\n".join([_INTRODUCTION, *sections])


def _section(program: App, words: tuple[str, ...]) -> str:
    """Return a command's help 88 characters wide and without colour, wherever it is made."""
    page = io.StringIO()
    console = Console(file=page, width=88, color_system=None, force_terminal=False)
    program.help_print(words, console=console)
    help_text = "\n".join(line.rstrip() for line in page.getvalue().strip().splitlines())
    return f"## {' '.join([*program.name, *words])}\n\n```text\n{help_text}\n```\n"


if __name__ == "__main__":
    sys.stdout.write(reference())
