"""``passerby counts``: how many people came, went and stayed."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from cyclopts import App, Parameter

from passerby.cli.console import Column, Table, print_json, print_table
from passerby.cli.exit_codes import EXIT_OK
from passerby.extras import needing

with needing("site", "a site"):
    from passerby.site.counting import counts_of, flows_of, zone_flows_of
    from passerby.site.settings import read_site
    from passerby.site.site_store import open_site_store
    from passerby.store.times import as_text, local_text, microseconds

__all__ = ["app", "counts_command"]

_ALWAYS = 1 << 62

app = App(
    name="counts",
    help="Say how many people came, went and stayed, by camera and hour.",
    help_format="markdown",
    default_parameter=Parameter(negative=""),
)


@app.default
def counts_command(
    site: Path,
    *,
    since: str | None = None,
    until: str | None = None,
    as_json: Annotated[bool, Parameter(name="--json")] = False,
) -> int:
    """Say how many people came into view, left it and stayed, by camera and hour.

    These are sums of hours, which hold nobody; a camera whose purpose is counting stores nothing
    else. Zones of a camera that the site file names have rows of their own, and how many went from
    one zone to another is said, too. Where cameras link people, it also says how many went from one
    camera to another, of those whose tracks are still kept.

    Example: passerby counts site.toml --since 2027-01-15

    Args:
        site: The site file.
        since: Hours that begin then or later, such as 2027-01-15T08:30+01:00.
        until: Hours that begin before.
        as_json: Print JSON on the output stream.
    """
    settings = read_site(site)
    span = {
        "since": 0 if since is None else microseconds(since),
        "until": _ALWAYS if until is None else microseconds(until),
    }
    with open_site_store(settings) as store:
        counts, flows = counts_of(store, **span), flows_of(store, **span)
        zone_flows = zone_flows_of(store, **span)
    if as_json:
        hours = [{**asdict(one), "hour": as_text(one.hour)} for one in counts]
        between = [{**asdict(one), "hour": as_text(one.hour)} for one in zone_flows]
        people = [asdict(one) for one in flows]
        print_json({"hours": hours, "zone_flows": between, "flows": people})
        return EXIT_OK
    time_zone = ZoneInfo(settings.time_zone)

    def shown(hour: int) -> str:
        return local_text(hour, time_zone)

    table = Table(Column("hour", no_wrap=True), "camera", "zone")
    for name in ("entered", "left", "mean seconds in view"):
        table.add_column(name, justify="right")
    for one in counts:
        place = shown(one.hour), one.camera, one.zone
        table.add_row(*place, str(one.entered), str(one.left), f"{one.dwell:.1f}")
    print_table(table)
    if zone_flows:
        ways = Table(Column("hour", no_wrap=True), "camera", "from zone", "to zone", "people")
        for way in zone_flows:
            ways.add_row(shown(way.hour), way.camera, way.first, way.second, str(way.people))
        print_table(ways)
    if flows:
        went = Table("from", "to", "people")
        for flow in flows:
            went.add_row(flow.first, flow.second, str(flow.people))
        print_table(went)
    return EXIT_OK
