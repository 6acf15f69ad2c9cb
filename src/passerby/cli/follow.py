"""``passerby follow``: where the person of a track went."""

from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from cyclopts import App, Parameter

from passerby.cli.console import Table, print_json, print_table, say
from passerby.cli.exit_codes import EXIT_OK
from passerby.extras import needing

with needing("site", "a site"):
    from passerby.site.following import Stay, follow_track
    from passerby.site.settings import read_site
    from passerby.site.site_store import open_site_store
    from passerby.store.times import as_text, local_text

__all__ = ["app", "follow_command"]

app = App(
    name="follow",
    help="Say where the person of a track went, from camera to camera.",
    help_format="markdown",
    default_parameter=Parameter(negative=""),
)


@app.default
def follow_command(
    site: Path,
    track: int,
    *,
    as_json: Annotated[bool, Parameter(name="--json")] = False,
) -> int:
    """Say where the person of a track went, with the probability of each link.

    A person is a number that links tracks: nobody is identified. Links that wait for a decision are
    listed last.

    Example: passerby follow site.toml 915375718402949862

    Args:
        site: The site file.
        track: Number of a track, as `passerby find` or the store gives it.
        as_json: Print JSON, with the numbers of the snippets, on the output stream.
    """
    settings = read_site(site)
    with open_site_store(settings) as store:
        found = follow_track(store, track)
    stays = (*found.stays, *found.proposed)
    if as_json:
        print_json({"person": found.person, "stays": [_as_dict(one) for one in stays]})
        return EXIT_OK
    who = "nobody is linked to it yet" if found.person is None else f"person {found.person}"
    say(f"track {track}: {who}")
    table = Table("camera", "track", "came", "left", "snippets", "probability", "link")
    zone = ZoneInfo(settings.time_zone)
    for one in stays:
        times = (one.track.began, one.track.ended)
        came, left = (local_text(at, zone, "%Y-%m-%d %H:%M:%S") for at in times)
        table.add_row(
            one.track.camera,
            str(one.track.number),
            came,
            left,
            str(len(one.snippets)),
            f"{one.probability:.0%}",
            one.state,
        )
    print_table(table)
    return EXIT_OK


def _as_dict(stay: Stay) -> dict[str, object]:
    return {
        "camera": stay.track.camera,
        "track": stay.track.number,
        "came": as_text(stay.track.began),
        "left": as_text(stay.track.ended),
        "snippets": list(stay.snippets),
        "probability": round(stay.probability, 4),
        "state": stay.state,
    }
