"""``passerby export``: what a store has of somebody, for whoever asks."""

from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cyclopts import App, Parameter

from passerby.cli.console import say
from passerby.cli.defaults import default_text
from passerby.cli.exit_codes import EXIT_OK
from passerby.cli.store_options import StorePlace, TrackChoice, chosen_tracks, signed_by
from passerby.errors import ConfigError
from passerby.runtime.counting import counted
from passerby.store.export import export_tracks

__all__ = ["app"]

_EPILOGUE = """The folder or archive holds the pictures, in which people are covered, a clip
case.mp4 that shows them one after the other, and a file manifest.json: times, cameras, links, and
for each picture its hash and what was done to it. All files are read back and compared before the
command says that it is done.

Examples:

  passerby export --person 4 --purpose "request 13" -o request-13.zip

  passerby export --track 915375718402949862 --purpose "request 12" -o request-12/

Exit codes: 0 done; 1 the store or the output cannot be used; 2 wrong use."""

app = App(
    name="export",
    help="Write all that a store has of a track or a person into a folder or an archive.",
    help_epilogue=_EPILOGUE,
    default_parameter=Parameter(negative=(), show_default=default_text),
)


@app.default
def export_tracks_command(
    *,
    choice: Annotated[TrackChoice | None, Parameter(name="*")] = None,
    output: Annotated[Path, Parameter(name=["--output", "-o"])],
    purpose: str,
    time_zone: str = "UTC",
    by: str | None = None,
    place: StorePlace,
) -> int:
    """Write all that a store has of a track or a person into a folder or an archive.

    Args:
        choice: Which tracks.
        output: A new .zip file, or a folder that is new or empty.
        purpose: What it is for, for the audit log and the manifest: the number of a request, say.
        time_zone: Whose times the clip shows, and the manifest beside those of UTC; as
            Europe/Berlin.
        by: Who does it, for the audit log; by default the name of the user.
        place: Which store.
    """
    zone = _zone(time_zone)
    with place.open() as store:
        tracks = chosen_tracks(store, choice or TrackChoice())
        done = export_tracks(store, tracks, output, signed_by(by), purpose, zone)
    pictures = counted(done.pictures, "picture")
    say(f"{output}: {pictures} of {counted(done.tracks, 'track')}, read back and compared")
    return EXIT_OK


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ConfigError(f"there is no time zone {name!r}: write it as Europe/Berlin") from None
