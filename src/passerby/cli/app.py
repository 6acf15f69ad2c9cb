"""The ``passerby`` program: finds the command, turns errors into one line and an exit code."""

import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError

from passerby.errors import PasserbyError

__all__ = ["EXIT_FAILED", "EXIT_OK", "EXIT_UNVOUCHED", "EXIT_USAGE", "app", "main"]

EXIT_OK = 0
EXIT_FAILED = 1
"""Something could not be done: a file was skipped, a model is missing, a disk is full."""
EXIT_USAGE = 2
"""The command line itself is wrong; nothing was touched."""
EXIT_UNVOUCHED = 3
"""All was done, but ``--strict`` found frames or items that nobody can vouch for."""

app = App(
    name="passerby",
    help="Make cameras useful without knowing who anyone is.",
)

# Commands are loaded when they are called; their one line for the overview stands here.
app.command(
    "passerby.cli.models:app",
    name="models",
    help="See, fetch and check the networks that find people.",
)
app.command(
    "passerby.cli.synth:app",
    name="synth",
    help="Make people who do not exist: pictures and videos with exact ground truth.",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code.

    Args:
        arguments: The words after ``passerby``; those of the process by default.
    """
    try:
        code = app(arguments, exit_on_error=False, print_error=False, result_action="return_value")
    except CycloptsError as error:
        return _complain(str(error), EXIT_USAGE)
    except PasserbyError as error:
        return _complain(str(error), EXIT_FAILED)
    return code if isinstance(code, int) else EXIT_OK


def _complain(message: str, code: int) -> int:
    sys.stderr.write(f"passerby: {message}\n")
    return code
