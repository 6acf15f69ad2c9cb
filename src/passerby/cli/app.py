"""The ``passerby`` program: finds the command, turns errors into one line and an exit code."""

import signal
import sys
from collections.abc import Sequence
from dataclasses import asdict, is_dataclass
from pathlib import Path

from cyclopts import App, CycloptsError, Parameter
from cyclopts.exceptions import UnusedCliTokensError
from docstring_parser.attrdoc import AttributeDocstrings

from passerby.cli.console import complain, finish_console, output_console, start_console
from passerby.cli.exit_codes import (
    EXIT_FAILED,
    EXIT_HUNG_UP,
    EXIT_INTERRUPTED,
    EXIT_OK,
    EXIT_TERMINATED,
    EXIT_USAGE,
)
from passerby.cli.journal import heard
from passerby.errors import ConfigError, PasserbyError
from passerby.runtime.addresses import is_mistyped, public_address
from passerby.runtime.reasons import reason_of
from passerby.runtime.signals import Terminated, leave, stoppable

__all__ = ["app", "main"]

_Attribute = tuple[str, str | None, str | None]
"""What is said of an attribute, its type and its default."""


def _no_docs(_self: AttributeDocstrings, _component: object) -> dict[str, _Attribute]:
    """Options carry their own words: to look for more in the source takes half the time of help.

    cyclopts would read that of every class of options and of its bases, pydantic's among them.
    """
    return {}


AttributeDocstrings.get_attr_docs = _no_docs  # type: ignore[assignment, method-assign]


def _no_address(_kind: object, value: object) -> None:
    """Refuse an address where a file is wanted: a folder would be made that bears its password."""
    if is_dataclass(value) and not isinstance(value, type):
        value = asdict(value)
    elif hasattr(value, "model_dump"):
        value = value.model_dump()
    if isinstance(value, dict):  # a group of options
        for one in value.values():
            _no_address(_kind, Path(one) if isinstance(one, str) and is_mistyped(one) else one)
    elif isinstance(value, Path) and is_mistyped(str(value)):  # commands judge text themselves
        raise ValueError(
            f"{public_address(str(value))} looks like an address, but a file or folder is wanted "
            "here: begin with ./ if it is one"
        )


app = App(
    name="passerby",
    help="Make cameras useful without knowing who anyone is.",
    help_format="plaintext",  # commands say more, in Markdown, which takes long to load
    default_parameter=Parameter(validator=_no_address),
    suppress_keyboard_interrupt=False,  # `main` says what was left behind
)

# Commands are loaded when they are called; their one line for the overview stands here.
app.command(
    "passerby.cli.anonymize:app",
    name="anonymize",
    help="Cover people in pictures, videos and live streams.",
)
app.command(
    "passerby.cli.detect:app",
    name="detect",
    help="Find people and their heads, and write their boxes to a file.",
)
app.command(
    "passerby.cli.track:app",
    name="track",
    help="Follow people through a video, and write their tracks to a file.",
)
app.command(
    "passerby.cli.link:app",
    name="link",
    help="Link people across neighbouring cameras, with probabilities.",
)
app.command(
    "passerby.cli.describe:app",
    name="describe",
    help="Compute signatures of images of people, or show where a network looks.",
)
app.command(
    "passerby.cli.match:app",
    name="match",
    help="Compare signatures of people with a gallery, also with one that nobody shows you.",
)
app.command(
    "passerby.cli.review:app",
    name="review",
    help="Show the anonymized frames that are most worth a human look.",
)
app.command(
    "passerby.cli.edit:app",
    name="edit",
    help="Correct an anonymized copy in a browser.",
)
app.command(
    "passerby.cli.report:app",
    name="report",
    help="Write the report of a run as a page that can be read and printed.",
)
app.command(
    "passerby.cli.models:app",
    name="models",
    help="List, download, check and export the networks.",
)
app.command(
    "passerby.cli.presets:app",
    name="presets",
    help="Compare the presets of papers on a picture.",
)
app.command(
    "passerby.cli.datasets:app",
    name="datasets",
    help="Check, count and anonymize data sets for re-identification.",
)
app.command(
    "passerby.cli.evaluate:app",
    name="evaluate",
    help="Measure the coverage of a copy, re-identification and tracking.",
)
app.command(
    "passerby.cli.attack:app",
    name="attack",
    help="Try to undo an anonymizer and to recognise people through it.",
)
app.command(
    "passerby.cli.compare:app",
    name="compare",
    help="Compare what anonymizers give away with what their pictures are good for.",
)
app.command(
    "passerby.cli.train:app",
    name="train",
    help="Train the networks.",
)
app.command(
    "passerby.cli.reproduce:app",
    name="reproduce",
    help="Measure the tables of papers again, and compare them with the published figures.",
)
app.command(
    "passerby.cli.bench:app",
    name="bench",
    help="Measure what networks cost on this machine.",
)
app.command(
    "passerby.cli.store:app",
    name="store",
    help="Make a store, look after it, and hold what must not be erased.",
)
app.command(
    "passerby.cli.erase:app",
    name="erase",
    help="Erase tracks from a store, so that nothing brings them back.",
)
app.command(
    "passerby.cli.export_tracks:app",
    name="export",
    help="Write all that a store has of a track or a person into a folder or an archive.",
)
app.command(
    "passerby.cli.audit:app",
    name="audit",
    help="Show and verify the audit log of a store.",
)
app.command(
    "passerby.cli.persons:app",
    name="persons",
    help="Confirm, reject, merge and split who is who, and undo it.",
)
app.command(
    "passerby.cli.site:app",
    name="site",
    help="Write the file of a site of several cameras, and try what it names.",
)
app.command(
    "passerby.cli.run:app",
    name="run",
    help="Watch the cameras of a site: store who passes, anonymized, and link them.",
)
app.command(
    "passerby.cli.serve:app",
    name="serve",
    help="Open the console of a site in a browser.",
)
app.command(
    "passerby.cli.follow:app",
    name="follow",
    help="Say where the person of a track went, from camera to camera.",
)
app.command(
    "passerby.cli.find:app",
    name="find",
    help="Find tracks of people who look like the person in a picture.",
)
app.command(
    "passerby.cli.counts:app",
    name="counts",
    help="Say how many people came, went and stayed, by camera and hour.",
)
app.command(
    "passerby.cli.demo:app",
    name="demo",
    help="Try the system on people who do not exist, and measure it.",
)
app.command(
    "passerby.cli.synth:app",
    name="synth",
    help="Make people who do not exist: pictures and videos with exact ground truth.",
)


_ENDS = {
    int(signal.SIGHUP): ("hung up", EXIT_HUNG_UP),
    int(signal.SIGTERM): ("terminated", EXIT_TERMINATED),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code.

    Args:
        arguments: The words after ``passerby``; those of the process by default.
    """
    start_console(sys.argv[1:] if arguments is None else arguments)
    with heard(), stoppable():
        try:
            return finish_console(_run(arguments))
        except KeyboardInterrupt:
            code = _complain("interrupted: nothing half-written was left", EXIT_INTERRUPTED)
        except Terminated as stop:
            what, code = _ENDS[stop.number]
            _complain(f"{what}: nothing half-written was left", code)
        if arguments is None:
            leave(code)  # whatever is still at work in threads
        return code


def _run(arguments: Sequence[str] | None) -> int:
    try:
        code = app(
            arguments,
            console=output_console(),
            exit_on_error=False,
            print_error=False,
            result_action="return_value",
        )
    except CycloptsError as error:
        return _complain(_one_line(error), EXIT_USAGE)
    except ConfigError as error:
        return _complain(str(error), EXIT_USAGE)
    except PasserbyError as error:
        return _complain(str(error), EXIT_FAILED)
    except Exception as error:  # noqa: BLE001  (what nobody foresaw is one line too)
        return _complain(reason_of(error), EXIT_FAILED)
    return code if isinstance(code, int) else EXIT_OK


def _one_line(error: CycloptsError) -> str:
    """What is wrong with the command line; pydantic's remarks without their many lines."""
    if isinstance(error, UnusedCliTokensError):
        words = " ".join(error.unused_tokens or ())
        return f"nothing here takes {words!r}: leave it out, or name its option (see --help)"
    # Only settings of pydantic's complain so; the overview of commands does without it.
    from pydantic import ValidationError  # noqa: PLC0415

    from passerby.config import first_problem  # noqa: PLC0415

    cause = error.__cause__ or error.__context__
    if isinstance(cause, ValidationError):
        return first_problem(cause)
    return " ".join(str(error).split())


def _complain(message: str, code: int) -> int:
    complain(message)
    return code
