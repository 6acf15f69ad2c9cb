"""``passerby find``: tracks that look like a picture."""

from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from cyclopts import App, Parameter
from cyclopts.validators import Number

from passerby.cli.console import Table, print_json, print_table
from passerby.cli.exit_codes import EXIT_OK
from passerby.cli.store_options import signed_by
from passerby.extras import needing

with needing("site", "a site"):
    from passerby.site.finding import PictureSearch, find_people
    from passerby.site.settings import read_site
    from passerby.site.site_store import open_site_store
    from passerby.store.times import as_text, local_text, microseconds

__all__ = ["app", "find_command"]

app = App(
    name="find",
    help="Find tracks of people who look like the person in a picture.",
    help_format="markdown",
    default_parameter=Parameter(negative=""),
)


@app.default
def find_command(  # noqa: PLR0913  (one option each)
    site: Path,
    *,
    image: Path,
    why: str,
    by: str | None = None,
    camera: tuple[str, ...] = (),
    since: str | None = None,
    until: str | None = None,
    most: Annotated[int, Parameter(validator=Number(gte=1, lte=1000))] = 10,
    as_json: Annotated[bool, Parameter(name="--json")] = False,
) -> int:
    """Find tracks of people who look like the person in a picture.

    The picture is anonymized as the site's cameras are before it is compared, and it is not kept.
    Similar looks are no proof: this says where to look, not who it is. Each search is in the audit
    log.

    Example: passerby find site.toml --image person.png --why "case 12"

    Args:
        site: The site file.
        image: A picture of one person, cut out.
        why: What the search is for, for the audit log: the number of a case, say.
        by: Who searches, for the audit log; by default the name of the user.
        camera: Name of a camera to look at; give the option again for more. By default all.
        since: Only what was seen then or later, such as 2027-01-15T08:30+01:00.
        until: Only what was seen before.
        most: How many tracks.
        as_json: Print JSON on the output stream.
    """
    settings = read_site(site)
    search = PictureSearch(
        path=image,
        who=signed_by(by),
        purpose=why,
        count=most,
        cameras=[settings.camera(name).name for name in camera] or None,
        since=None if since is None else microseconds(since),
        until=None if until is None else microseconds(until),
    )
    with open_site_store(settings) as store:
        found = find_people(settings, store, search)
    if as_json:
        print_json(
            [
                {
                    "camera": one.track.camera,
                    "track": one.track.number,
                    "at": as_text(one.at),
                    "similarity": round(one.similarity, 4),
                }
                for one in found
            ]
        )
        return EXIT_OK
    table, zone = Table("track", "camera", "seen", "similarity"), ZoneInfo(settings.time_zone)
    for one in found:
        seen = local_text(one.at, zone, "%Y-%m-%d %H:%M:%S")
        table.add_row(str(one.track.number), one.track.camera, seen, f"{one.similarity:.2f}")
    print_table(table)
    return EXIT_OK
