"""``passerby erase``: tracks out of a store, with their keys and their bytes."""

from typing import Annotated

from cyclopts import App, Parameter

from passerby.cli.console import complain, say
from passerby.cli.defaults import default_text
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK
from passerby.cli.store_options import StorePlace, TrackChoice, chosen_tracks, signed_by
from passerby.errors import ConfigError
from passerby.runtime.counting import counted
from passerby.store.erasure import erase_tracks, finish_erasures, tracks_before
from passerby.store.times import microseconds

__all__ = ["app"]

_EPILOGUE = """First the key of each track is overwritten: from then on nothing of it can be read,
in backups of the database either. Then its rows are deleted. While somebody reads the store, the
encrypted bytes cannot be cleared: run `passerby erase` again without a choice, or leave it to the
sweeper.

Examples:

  passerby erase --track 915375718402949862 --why "request 12"

  passerby erase --person 4 --why "request 13" --by "Ms Oda"

  passerby erase --before 2027-01-15 --why "end of the trial"

  passerby erase

Exit codes: 0 gone; 1 some bytes are not gone yet, or the store cannot be used; 2 wrong use."""

app = App(
    name="erase",
    help="Erase tracks from a store, so that nothing brings them back.",
    help_epilogue=_EPILOGUE,
    default_parameter=Parameter(negative=(), show_default=default_text),
)


@app.default
def erase_command(
    *,
    choice: Annotated[TrackChoice | None, Parameter(name="*")] = None,
    before: str | None = None,
    why: str | None = None,
    by: str | None = None,
    place: StorePlace,
) -> int:
    """Erase tracks from a store, so that nothing brings them back.

    Tracks under a legal hold are not erased: then nothing is, and the hold is named.

    Args:
        choice: Which tracks.
        before: All tracks that were last seen before this time, such as 2027-01-15 or
            2027-01-15T08:30+01:00; without a zone it is UTC.
        why: The reason, for the audit log: the number of a request, say.
        by: Who does it, for the audit log; by default the name of the user.
        place: Which store.
    """
    named = choice is not None and bool(choice.track or choice.person)
    if (named or before is not None) and not why:
        raise ConfigError("the audit log says why something was erased: give --why")
    with place.open() as store:
        if not named and before is None:
            pending = finish_erasures(store)
        else:
            tracks = chosen_tracks(store, choice) if choice is not None else []
            if before is not None:
                tracks += tracks_before(store, microseconds(before))
            tracks = list(dict.fromkeys(tracks))
            pending = erase_tracks(store, tracks, signed_by(by), why or "")
            say(f"{counted(len(tracks), 'track')} erased")
    if pending:
        complain(
            f"encrypted bytes of {counted(len(pending), 'track')}, whose keys are destroyed, are "
            "not cleared yet: somebody reads the store; run `passerby erase` again"
        )
    return EXIT_FAILED if pending else EXIT_OK
