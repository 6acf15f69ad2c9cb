"""The process that links the tracks of neighbouring cameras."""

from passerby.errors import PasserbyError, StoreError, StoreUnavailable
from passerby.site.child import Beat, Child, StatusPipe
from passerby.site.matcher import Matcher
from passerby.site.settings import SiteSettings
from passerby.site.site_store import open_site_store

__all__ = ["run_matcher"]

_PAUSE = 1.0
"""Seconds between two looks at what has ended."""


def run_matcher(site: SiteSettings, status: StatusPipe) -> None:
    """Link until the process is told to stop, and then what is left.

    Ends with exit code 1 after a failure that was reported.
    """
    child = Child(status)
    try:
        with open_site_store(site) as store:
            matcher = Matcher(site, store)
            child.tell(Beat(0))
            told, steps = "", 0
            while child.wait(_PAUSE):
                try:
                    matcher.step()
                except (StoreUnavailable, StoreError) as error:  # a track may be erased just now
                    if str(error) != told:
                        told = str(error)
                        child.note(f"matching waits: {told}")
                    continue
                steps, told = steps + 1, ""
                child.tell(Beat(steps))
            matcher.step()
    except PasserbyError as error:
        child.note(f"matching: {error}")
        raise SystemExit(1) from None
