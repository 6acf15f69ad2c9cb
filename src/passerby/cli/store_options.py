"""Options of all commands that open a store."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Group, Parameter

from passerby.errors import ConfigError
from passerby.extras import needing

with needing("site", "a store"):
    from passerby.store.identities import read_links
    from passerby.store.schema import HOLDING
    from passerby.store.site_key import read_site_key
    from passerby.store.store import Store, open_store

__all__ = ["StoreOptions", "StorePlace", "TrackChoice", "chosen_tracks", "signed_by"]

_GROUP = Group("The store", sort_key=9)


@dataclass(frozen=True, kw_only=True)
class StoreOptions:
    """Which store, and the keys to it."""

    store: Annotated[
        str,
        Parameter(
            env_var="PASSERBY_STORE",
            help="Path of the store's SQLite file, or its address in PostgreSQL.",
        ),
    ]
    site_key: Annotated[
        Path | None,
        Parameter(
            help="File with the site's key; by default the environment variable "
            "PASSERBY_SITE_KEY holds the key."
        ),
    ] = None
    track_keys: Annotated[
        Path | None,
        Parameter(
            help="File with the keys of tracks; by default beside the SQLite file, its name ending "
            "with .keys."
        ),
    ] = None

    def open(self) -> Store:
        """Open it, not for a run.

        Raises:
            ConfigError, StoreError, StoreUnavailable: If that fails.
        """
        return open_store(self.store, read_site_key(self.site_key), self.track_keys)


StorePlace = Annotated[StoreOptions, Parameter(name="*", group=_GROUP)]


@dataclass(frozen=True, kw_only=True)
class TrackChoice:
    """Which tracks."""

    track: Annotated[
        tuple[int, ...], Parameter(help="Number of a track; give the option again for more.")
    ] = ()
    person: Annotated[
        tuple[int, ...], Parameter(help="Number of a person: all tracks linked to them.")
    ] = ()


def chosen_tracks(store: Store, choice: TrackChoice) -> list[int]:
    """The tracks that were named, or that are linked to a person who was.

    Raises:
        ConfigError: If nobody has a track.
    """
    of_persons = [track for person in choice.person for track in _tracks_of(store, person)]
    return list(dict.fromkeys([*choice.track, *of_persons]))


def _tracks_of(store: Store, person: int) -> Sequence[int]:
    found = [one.track for one in read_links(store, of_person=person) if one.state in HOLDING]
    if not found:
        raise ConfigError(f"no track is linked to person {person}: check the number")
    return found


def signed_by(name: str | None) -> str:
    """Who does it, for the audit log: the name that was given, or that of the user.

    Raises:
        ConfigError: If neither is known.
    """
    who = (name or os.environ.get("USER") or "").strip()
    if not who:
        raise ConfigError("the audit log says who did what: give your name with --by")
    return who
