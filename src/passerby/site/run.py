"""Runs a site: the store is made if there is none."""

from collections.abc import Callable, Mapping
from pathlib import Path

from passerby.site.settings import SiteSettings
from passerby.site.site_store import make_site_store, open_site_store
from passerby.site.supervisor import WHOLE, CameraState, SitePart, Supervisor

__all__ = ["run_site"]

_Advance = Callable[[Mapping[str, CameraState]], None]
"""Is told some times a second what is known of each camera."""


def run_site(
    site: SiteSettings,
    note: Callable[[str], None],
    advance: _Advance = lambda _states: None,
    *,
    seconds: float | None = None,
    epoch: int | None = None,
    tracks: Path | None = None,
    part: SitePart = WHOLE,
) -> Mapping[str, CameraState]:
    """Run a site until its videos end, or so many seconds have passed.

    Args:
        site: What its file says.
        note: Told what an operator should know, a line each.
        advance: Told how far it is.
        seconds: Most that it runs; None for no limit.
        epoch: When videos begin that do not say it, in microseconds of UTC since 1970.
        tracks: A folder for the boxes of all tracks; None if they are not written.
        part: What of the site this machine does; by default all of it.

    Returns:
        What became of each camera, by its name.

    Raises:
        ConfigError: If the site's key is missing or does not fit, or there is no such camera.
        StoreError: If the store cannot be used.
        OutputError: If the store cannot be written.
    """
    if part.queue is None:
        make_site_store(site)
        open_site_store(site).close()  # a wrong key is told at once
    supervisor = Supervisor(site, note, epoch, tracks, part)
    supervisor.run(seconds, lambda: advance(supervisor.states))
    return supervisor.states
