"""``passerby audit``: who did what in a store, and whether that is all of it."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter
from cyclopts.validators import Number

from passerby.cli.console import Table, print_json, print_table, say
from passerby.cli.defaults import default_text
from passerby.cli.exit_codes import EXIT_OK
from passerby.cli.store_options import StorePlace
from passerby.errors import ConfigError
from passerby.files.plain import read_json
from passerby.runtime.counting import counted
from passerby.store.audit import AuditHead, audit_head, read_audit, verify_audit
from passerby.store.times import as_text

__all__ = ["app"]

app = App(
    name="audit",
    help="Show and verify the audit log of a store.",
    help_format="markdown",
    default_parameter=Parameter(negative=(), show_default=default_text),
)


@app.command(name="list")
def list_entries(
    *,
    after: Annotated[int, Parameter(validator=Number(gte=0))] = 0,
    limit: Annotated[int, Parameter(validator=Number(gte=1, lte=100_000))] = 100,
    as_json: Annotated[bool, Parameter(name="--json")] = False,
    place: StorePlace,
) -> int:
    """List what was done, and by whom.

    Args:
        after: Only entries with a higher number.
        limit: How many at most.
        as_json: Print JSON.
        place: Which store.
    """
    with place.open() as store:
        entries = read_audit(store, after=after, limit=limit)
    if as_json:
        print_json([asdict(entry) for entry in entries])
        return EXIT_OK
    table = Table("n", "at", "who", "what", "to what", "purpose")
    for one in entries:
        table.add_row(str(one.n), as_text(one.at), one.who, one.what, one.subject, one.purpose)
    print_table(table)
    return EXIT_OK


@app.command(name="verify")
def verify_log(
    *,
    head: tuple[Path, ...] = (),
    place: StorePlace,
) -> int:
    """Make sure that no entry of the log was changed, inserted or removed.

    Without `--head`, nobody notices entries that were cut off at the end, or a log that somebody
    with the site's key has written anew.

    Args:
        head: A head that was exported before (`passerby audit head`, or the sweeper's file of a
            day); give the option again for more.
        place: Which store.
    """
    heads = [_read_head(path) for path in head]
    with place.open() as store:
        last = verify_audit(store, heads)
    exported = f", and {counted(len(heads), 'exported head', 'fit')}" if heads else ""
    say(f"{counted(last.n, 'entry')} verified{exported}")
    return EXIT_OK


@app.command(name="head")
def show_head(*, place: StorePlace) -> int:
    """Print number, time and hash of the last entry as JSON, to be kept elsewhere.

    Args:
        place: Which store.
    """
    with place.open() as store:
        say(json.dumps(asdict(audit_head(store))))
    return EXIT_OK


def _read_head(path: Path) -> AuditHead:
    try:
        values = read_json(path)
        return AuditHead(int(values["n"]), int(values["at"]), str(values["hash"]))
    except OSError as error:
        raise ConfigError(f"{path} cannot be read ({error.strerror}): check the path") from error
    except (ValueError, KeyError, TypeError):
        raise ConfigError(
            f"{path} is not the head of an audit log: make one with `passerby audit head`"
        ) from None
