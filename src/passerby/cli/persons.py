"""``passerby persons``: say who is who, and take it back."""

from dataclasses import asdict
from typing import Annotated

from cyclopts import App, Parameter
from cyclopts.validators import Number

from passerby.cli.console import Table, print_json, print_table, say
from passerby.cli.defaults import default_text
from passerby.cli.exit_codes import EXIT_OK
from passerby.cli.store_options import StorePlace, signed_by
from passerby.runtime.counting import counted
from passerby.store.identities import (
    confirm_link,
    merge_persons,
    read_changes,
    read_links,
    reject_link,
    split_person,
    undo_change,
)
from passerby.store.times import as_text

__all__ = ["app"]

_EPILOGUE = """A person is a number that links tracks; nobody is identified. The matcher links and
proposes, somebody confirms and rejects, and what somebody decided stays. Each decision is a change
with a number, in the history and in the audit log, and can be undone.

Examples:

  passerby persons list --store site.sqlite --site-key site.key

  passerby persons confirm 915375718402949862 4

  passerby persons split 4 915375718402949862

  passerby persons undo 17

Exit codes: 0 done; 1 the store does not allow it; 2 wrong use."""

app = App(
    name="persons",
    help="Confirm, reject, merge and split who is who, and undo it.",
    help_epilogue=_EPILOGUE,
    default_parameter=Parameter(negative=(), show_default=default_text),
)

_By = Annotated[
    str | None,
    Parameter(help="Who decides, for the history; by default the name of the user."),
]


@app.command(name="list")
def list_links(
    *,
    person: int | None = None,
    past: bool = False,
    as_json: Annotated[bool, Parameter(name="--json")] = False,
    place: StorePlace,
) -> int:
    """List which tracks are linked to which persons, or are proposed.

    Args:
        person: Only this one.
        past: Links that were ended, too.
        as_json: Print JSON.
        place: Which store.
    """
    with place.open() as store:
        links = read_links(store, of_person=person, past=past)
    if as_json:
        print_json([asdict(one) for one in links])
        return EXIT_OK
    table = Table("person", "track", "probability", "link")
    for one in sorted(links, key=lambda link: link.person):
        state = one.state if one.closed_by is None else f"{one.state}, ended by {one.closed_by}"
        table.add_row(str(one.person), str(one.track), f"{one.probability:.0%}", state)
    print_table(table)
    return EXIT_OK


@app.command(name="history")
def list_changes(
    *,
    after: Annotated[int, Parameter(validator=Number(gte=0))] = 0,
    as_json: Annotated[bool, Parameter(name="--json")] = False,
    place: StorePlace,
) -> int:
    """List what was decided, by whom, and what was undone.

    Args:
        after: Only changes with a higher number.
        as_json: Print JSON.
        place: Which store.
    """
    with place.open() as store:
        changes = read_changes(store, after=after)
    if as_json:
        print_json([asdict(one) for one in changes])
        return EXIT_OK
    table = Table("change", "at", "who", "what", "undone by")
    for one in changes:
        undone = "" if one.undone_by is None else str(one.undone_by)
        table.add_row(str(one.number), as_text(one.at), one.who, one.kind, undone)
    print_table(table)
    return EXIT_OK


@app.command(name="confirm")
def confirm_track(track: int, person: int, *, by: _By = None, place: StorePlace) -> int:
    """Say that a track is of a person.

    Args:
        track: Number of the track.
        person: Number of the person.
        by: Who decides.
        place: Which store.
    """
    with place.open() as store:
        change = confirm_link(store, track, person, signed_by(by))
    say(f"change {change}: track {track} is of person {person}")
    return EXIT_OK


@app.command(name="reject")
def reject_track(track: int, person: int, *, by: _By = None, place: StorePlace) -> int:
    """Say that a track is not of a person; it is a person of its own then.

    Args:
        track: Number of the track.
        person: Number of the person.
        by: Who decides.
        place: Which store.
    """
    with place.open() as store:
        change = reject_link(store, track, person, signed_by(by))
    say(f"change {change}: track {track} is not of person {person}")
    return EXIT_OK


@app.command(name="merge")
def merge_two(kept: int, other: int, *, by: _By = None, place: StorePlace) -> int:
    """Say that two persons are one.

    Args:
        kept: Number of the person who keeps it.
        other: Number of the person whose tracks become the first one's.
        by: Who decides.
        place: Which store.
    """
    with place.open() as store:
        change = merge_persons(store, kept, other, signed_by(by))
    say(f"change {change}: person {other} is person {kept}")
    return EXIT_OK


@app.command(name="split")
def split_tracks(person: int, *tracks: int, by: _By = None, place: StorePlace) -> int:
    """Say that some tracks of a person are of another one.

    Args:
        person: Number of the person.
        tracks: Numbers of the tracks that leave.
        by: Who decides.
        place: Which store.
    """
    with place.open() as store:
        new = split_person(store, person, tracks, signed_by(by))
    say(f"person {new} has {counted(len(tracks), 'track')} of person {person}")
    return EXIT_OK


@app.command(name="undo")
def undo_decision(change: int, *, by: _By = None, place: StorePlace) -> int:
    """Take back a change.

    Args:
        change: Its number, as `passerby persons history` lists it.
        by: Who takes it back.
        place: Which store.
    """
    with place.open() as store:
        number = undo_change(store, change, signed_by(by))
    say(f"change {number} takes back change {change}")
    return EXIT_OK
