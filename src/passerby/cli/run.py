"""``passerby run``: watch the cameras of a site."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter
from cyclopts.validators import Number

from passerby.cli.bar import Bar
from passerby.cli.console import Table, complain, print_json, print_table
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK
from passerby.errors import ConfigError, OutputError
from passerby.extras import needing

with needing("site", "a site"):
    from passerby.site.run import run_site
    from passerby.site.settings import SiteSettings, read_site
    from passerby.site.supervisor import CameraState, SitePart

__all__ = ["app", "run_command"]

_EPILOGUE = """Each camera has a process of its own, which finds, covers, follows and describes
people. Only anonymized snippets, signatures of them and sums of hours are stored, encrypted under a
key for each track. Another process links the tracks of neighbouring cameras, each link with its
probability.

Videos are handled as fast as this machine can, live streams in real time. Ctrl-C ends the site in
order: what was seen is stored.

Examples:

  passerby site new hall=hall.mp4 stairs=rtsp://192.168.1.20/main -o site.toml

  passerby site check site.toml

  passerby run site.toml

  passerby run site.toml --duration 3600

  passerby run site.toml --no-cameras

  passerby run site.toml --cameras gate,yard --store postgresql://gatehouse@store.lan/site

Exit codes: 0 done; 1 a camera or the store failed; 2 wrong use; 130 or 143 interrupted."""

app = App(
    name="run",
    help="Watch the cameras of a site: store who passes, anonymized, and link them.",
    help_epilogue=_EPILOGUE,
    default_parameter=Parameter(negative=()),
)


@app.default
def run_command(
    site: Path,
    *,
    cameras: str | None = None,
    no_cameras: bool = False,
    store: str | None = None,
    duration: Annotated[float | None, Parameter(validator=Number(gt=0))] = None,
    tracks: Path | None = None,
    as_json: Annotated[bool, Parameter(name="--json")] = False,
) -> int:
    """Watch the cameras of a site until its videos end, or it is stopped.

    Args:
        site: The site file.
        cameras: Watch only these cameras, with commas between their names; by default all.
        no_cameras: Watch none: write and match what other machines hand over, until it is stopped.
        store: Hold no store: hand over what the cameras see, sealed, to the store at this address
            of PostgreSQL, whose user is this machine (`passerby store admit`). While the line is
            cut, it waits in the folder `outbox`.
        duration: Stop after this many seconds; by default when all videos have ended.
        tracks: Write the boxes of all tracks into this folder too, to measure or to draw them: MOT
            text for each camera, and a CSV file that says which track of the store each number is.
        as_json: Print only a summary as JSON, on the output stream.
    """
    settings = read_site(site)
    names = _chosen(settings, cameras, none=no_cameras)
    if store is not None and not names:
        raise ConfigError("a machine without a store and without cameras does nothing: name some")
    if tracks is not None and not tracks.is_dir():
        raise OutputError(f"{tracks} is no folder: make it first")
    with Bar() as bar:
        tasks = {name: bar.add_task(name, total=None) for name in names}

        def advance(states: Mapping[str, CameraState]) -> None:
            for name, state in states.items():
                bar.describe(tasks[name], f"{name}: {_progress(state)}")

        states = run_site(
            settings,
            complain,
            advance,
            seconds=duration,
            tracks=tracks,
            part=SitePart(tuple(names), store),
        )
    if as_json:
        print_json({name: _summary(state) for name, state in states.items()})
    else:
        _print(states)
    return EXIT_FAILED if any(one.failed for one in states.values()) else EXIT_OK


def _chosen(site: SiteSettings, cameras: str | None, *, none: bool) -> list[str]:
    """Names of the cameras that this machine watches.

    Raises:
        ConfigError: If there is no such camera, or both are said.
    """
    if cameras is None:
        return [] if none else [one.name for one in site.cameras]
    if none:
        raise ConfigError("--cameras names cameras and --no-cameras says none: give one of them")
    return [site.camera(one.strip()).name for one in cameras.split(",")]


def _progress(state: CameraState) -> str:
    return f"{state.frames} frames, {state.tracks} tracks, {state.time:.0f} s"


def _summary(state: CameraState) -> dict[str, object]:
    return {
        "frames": state.frames,
        "dropped": state.dropped,
        "tracks": state.tracks,
        "seconds": round(state.time, 3),
        "restarts": state.restarts,
        "state": _word(state),
    }


def _word(state: CameraState) -> str:
    return "given up" if state.failed else "ended" if state.ended else "stopped"


def _print(states: Mapping[str, CameraState]) -> None:
    table = Table("camera")
    for name in ("frames", "dropped", "tracks", "restarts"):
        table.add_column(name, justify="right")
    table.add_column("state")
    for name, one in states.items():
        figures = (one.frames, one.dropped, one.tracks, one.restarts)
        table.add_row(name, *map(str, figures), _word(one))
    print_table(table)
