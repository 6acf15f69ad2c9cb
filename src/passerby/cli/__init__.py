"""The command line: ``passerby COMMAND``. One thin file a command."""

from collections.abc import Sequence

from passerby.runtime.process import seclude

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code.

    Args:
        arguments: The words after ``passerby``; those of the process by default.
    """
    seclude()  # first of all: while the rest is loaded, a signal would leave a core file
    from passerby.cli.app import main as run  # noqa: PLC0415

    return run(arguments)
