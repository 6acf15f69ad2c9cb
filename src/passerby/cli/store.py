"""``passerby store``: make a store, look after it, hold what must not be erased."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter
from cyclopts.validators import Number

from passerby.cli.console import Table, complain, print_json, print_table, say
from passerby.cli.defaults import default_text
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK
from passerby.cli.store_options import StorePlace, TrackChoice, chosen_tracks, signed_by
from passerby.files.secret import write_secret
from passerby.runtime.counting import counted
from passerby.store.clock import confirm_clock
from passerby.store.erasure import pending_erasures
from passerby.store.holds import lift_hold, place_hold, read_holds
from passerby.store.machines import admit_machine, dismiss_machine, machines_of
from passerby.store.retention import read_retention
from passerby.store.site_key import SiteKey, read_site_key
from passerby.store.store import create_store, migrate_store
from passerby.store.sweeping import retention_status, sweep_store
from passerby.store.times import as_text

__all__ = ["app"]

_EPILOGUE = """A store needs the site's key. Keep a copy of it in another place: without it, nothing
in the store can be read.

Examples:

  passerby store key site.key

  passerby store new --store site.sqlite --site-key site.key

  passerby store status --store site.sqlite --site-key site.key"""

app = App(
    name="store",
    help="Make a store, look after it, and hold what must not be erased.",
    help_epilogue=_EPILOGUE,
    default_parameter=Parameter(negative=(), show_default=default_text),
)

SWEEP_EVERY = 3600
"""Seconds between two sweeps, unless it is said."""


@app.command(name="key")
def new_key(output: Path) -> int:
    """Make a site's key: a file that nobody else may read.

    Args:
        output: The new file.
    """
    write_secret(output, SiteKey.new().text + "\n")
    say(f"{output}: keep a copy elsewhere; without this key, nothing in the store can be read")
    return EXIT_OK


@app.command(name="new")
def new_store(*, place: StorePlace) -> int:
    """Make a store.

    Args:
        place: Where.
    """
    create_store(place.store, read_site_key(place.site_key), place.track_keys)
    say("the store is made; say how long its cameras' tracks are kept before it is used")
    return EXIT_OK


@app.command(name="migrate")
def migrate_tables(*, place: StorePlace) -> int:
    """Bring the tables of a store up to what this version uses. Stop the site first.

    Args:
        place: Which store.
    """
    migrate_store(place.store)
    say("the tables are up to date")
    return EXIT_OK


@app.command(name="status")
def show_status(
    *,
    every: Annotated[int, Parameter(validator=Number(gte=1))] = SWEEP_EVERY,
    as_json: Annotated[bool, Parameter(name="--json")] = False,
    place: StorePlace,
) -> int:
    """Show how long what is kept, and whether retention works; exit code 1 if there is an alarm.

    Args:
        every: Seconds between two sweeps; an alarm is raised when two were missed.
        as_json: Print JSON.
        place: Which store.
    """
    with place.open() as store:
        status, kept = retention_status(store, every=every), read_retention(store)
        pending = pending_erasures(store)
    if as_json:
        limits = [
            {"camera": camera, "purpose": purpose, "seconds": seconds}
            for (camera, purpose), seconds in sorted(kept.items())
        ]
        waiting = [asdict(one) for one in pending]
        print_json({**asdict(status), "retention": limits, "erasures": waiting})
        return EXIT_FAILED if status.alarms else EXIT_OK
    table = Table("camera", "purpose", "days")
    for (camera, purpose), seconds in sorted(kept.items()):
        table.add_row(camera, purpose, f"{seconds / 86400:g}")
    print_table(table)
    last = "never" if status.last is None else as_text(status.last)
    say(
        f"last sweep: {last}; overdue: {status.overdue}; held: {status.held}; "
        f"erasures pending: {status.pending}"
    )
    for alarm in status.alarms:
        complain(alarm)
    return EXIT_FAILED if status.alarms else EXIT_OK


@app.command(name="sweep")
def sweep_now(*, heads: Path | None = None, place: StorePlace) -> int:
    """Erase what was kept for long enough, once. A running site does it by itself.

    Args:
        heads: A folder for the head of the audit log, a file a day; best on another machine.
        place: Which store.
    """
    with place.open() as store:
        done = sweep_store(store, heads=heads)
    say(f"{counted(done.erased, 'track')} erased")
    if done.doubt:
        complain(done.doubt)
    if done.pending:
        complain(f"encrypted bytes of {counted(done.pending, 'track')} are not cleared yet")
    return EXIT_FAILED if done.pending or done.overdue or done.doubt else EXIT_OK


@app.command(name="confirm-clock")
def confirm_time(*, officer: str, reason: str, place: StorePlace) -> int:
    """Say that the clock of this machine is right, when sweeps doubt it.

    What is due by it is erased with the next sweep: compare it with another clock first.

    Args:
        officer: Name of whoever has compared it.
        reason: Why it was wrong, or seemed to be.
        place: Which store.
    """
    with place.open() as store:
        say(f"{as_text(confirm_clock(store, officer, reason))} is the time from now on")
    return EXIT_OK


@app.command(name="admit")
def admit_one(
    machine: str,
    *,
    cameras: Annotated[str, Parameter(help="Names of cameras, with commas between them.")],
    by: str | None = None,
    place: StorePlace,
) -> int:
    """Let a machine that holds no store hand over what cameras see. It needs PostgreSQL.

    Makes a role in the database that may put sealed batches into a queue and say which cameras it
    watches, and no more. Prints, once, its password, and what the site file of that machine needs.

    Args:
        machine: Its name: small letters, digits and _.
        cameras: All that it may watch.
        by: Your name, for the audit log.
        place: Which store.
    """
    names = [one.strip() for one in cameras.split(",") if one.strip()]
    with place.open() as store:
        password = admit_machine(store, machine, names, signed_by(by))
        public = store.site_key.public.hex()
    say(f"password of {machine}, which is shown only now: {password}")
    say(f'under [store] in its site file: public_key = "{public}"')
    return EXIT_OK


@app.command(name="dismiss")
def dismiss_one(machine: str, *, by: str | None = None, place: StorePlace) -> int:
    """Let a machine in no more. What it has not handed over can never be read.

    Args:
        machine: Its name.
        by: Your name, for the audit log.
        place: Which store.
    """
    with place.open() as store:
        dismiss_machine(store, machine, signed_by(by))
    say(f"machine {machine} is let in no more")
    return EXIT_OK


@app.command(name="machines")
def list_machines(*, place: StorePlace) -> int:
    """List the machines that were let in, and their cameras.

    Args:
        place: Which store.
    """
    with place.open() as store:
        machines = machines_of(store)
    table = Table("machine", "cameras")
    for name, cameras in machines.items():
        table.add_row(name, ", ".join(cameras))
    print_table(table)
    return EXIT_OK


@app.command(name="hold")
def hold_tracks(
    *,
    choice: Annotated[TrackChoice | None, Parameter(name="*")] = None,
    officer: str,
    reason: str,
    place: StorePlace,
) -> int:
    """Keep tracks from being erased, by retention or by hand.

    Args:
        choice: Which tracks.
        officer: Name of whoever answers for it.
        reason: Why: the number of a case, say.
        place: Which store.
    """
    with place.open() as store:
        tracks = chosen_tracks(store, choice or TrackChoice())
        for number, track in zip(place_hold(store, tracks, officer, reason), tracks, strict=True):
            say(f"hold {number}: track {track}")
    return EXIT_OK


@app.command(name="lift")
def lift_one(number: int, *, officer: str, place: StorePlace) -> int:
    """Let a track that is held be erased again.

    Args:
        number: Of the hold.
        officer: Name of whoever decides it.
        place: Which store.
    """
    with place.open() as store:
        lift_hold(store, number, officer)
    say(f"hold {number} is lifted")
    return EXIT_OK


@app.command(name="holds")
def list_holds(
    *,
    lifted: bool = False,
    as_json: Annotated[bool, Parameter(name="--json")] = False,
    place: StorePlace,
) -> int:
    """List the tracks that are held, by whom and why.

    Args:
        lifted: Those that were lifted, too.
        as_json: Print JSON.
        place: Which store.
    """
    with place.open() as store:
        holds = read_holds(store, lifted=lifted)
    if as_json:
        print_json([asdict(one) for one in holds])
        return EXIT_OK
    table = Table("hold", "track", "officer", "reason", "placed", "lifted")
    for one in holds:
        end = "" if one.lifted is None else f"{as_text(one.lifted)} {one.lifted_by}"
        track, placed = str(one.track), as_text(one.placed)
        table.add_row(str(one.number), track, one.officer, one.reason, placed, end)
    print_table(table)
    return EXIT_OK
