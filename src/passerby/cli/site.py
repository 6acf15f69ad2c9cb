"""``passerby site``: write a site file, and try what it names."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from passerby.cli.console import complain, say
from passerby.cli.endings import check_ending
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK
from passerby.errors import ConfigError, OutputError
from passerby.extras import needing

with needing("site", "a site"):
    from passerby.site.asking import ask_site
    from passerby.site.check import check_site
    from passerby.site.new import NewSite, new_site, parse_camera
    from passerby.site.settings import read_site

__all__ = ["app"]

app = App(
    name="site",
    help="Write the file of a site of several cameras, and try what it names.",
    help_format="markdown",
    default_parameter=Parameter(negative=""),
)


@app.command(name="new")
def new_site_file(
    *cameras: str,
    output: Annotated[Path, Parameter(name=["--output", "-o"])] = Path("site.toml"),
) -> int:
    """Write a site file to begin with, and a key for it.

    Without a camera, in a terminal, it asks for what it needs: cameras, neighbours, travel times,
    time zone and days of retention. Otherwise the cameras are neighbours in the order in which they
    are named. Measure how long people take from one view to the other, and correct
    `travel_seconds`: who could not have walked from one to the other in that time is never linked.

    Example: passerby site new hall=hall.mp4 stairs=rtsp://192.168.1.20/main -o site.toml

    Args:
        cameras: Name and source of each, as in hall=hall.mp4; a file alone names its camera.
        output: The site file to write; the key is written beside it.
    """
    check_ending(output, "a site", ".toml")
    if output.exists():
        raise OutputError(f"{output} exists: name another file")
    key = new_site(_asked() if _asks(cameras) else _told(cameras), output)
    say(f"{output}: correct the travel times in it, then run `passerby site check {output}`")
    say(f"{key}: the site's key; nothing in its store can be read without it")
    return EXIT_OK


def _asks(cameras: Sequence[str]) -> bool:
    """Whether there is somebody to ask."""
    return not cameras and os.isatty(0) and os.isatty(1)


def _asked() -> NewSite:
    try:
        return ask_site(input, say)
    except EOFError:
        raise ConfigError("the questions were not all answered, so nothing was written") from None


def _told(cameras: Sequence[str]) -> NewSite:
    return NewSite.in_order([parse_camera(one) for one in cameras])


@app.command(name="check")
def check_site_file(site: Path) -> int:
    """Try every camera, every network and the store that a site file names.

    Of each camera, one picture is read and anonymized; nothing is stored. Ends with 1 if anything
    does not work.

    Example: passerby site check site.toml

    Args:
        site: The site file.
    """
    settings, works = read_site(site), True
    for one in check_site(settings):
        if one.problem is None:
            say(f"{one.what}: {one.found}")
        else:
            works = False
            complain(f"{one.what}: {one.problem}")
    return EXIT_OK if works else EXIT_FAILED
