"""Tracks that look alike: an index of all signatures in memory, which follows the store."""

from collections.abc import Collection
from dataclasses import dataclass
from threading import Lock

import numpy as np
import numpy.typing as npt

from passerby.errors import StoreError
from passerby.models.lookup import model_sha256, resolve
from passerby.site.finding import FoundTrack, nearest_tracks
from passerby.site.settings import SiteSettings
from passerby.store.index import SignatureIndex
from passerby.store.reading import stored_signatures
from passerby.store.store import Store

__all__ = ["LookalikeIndex", "SearchRange"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRange:
    """Where and when to look.

    Attributes:
        cameras: Names; None for all.
        since: Only what was seen then or later, microseconds of UTC.
        until: Only what was seen before.
        count: Most tracks that are wanted.
    """

    cameras: Collection[str] | None = None
    since: int | None = None
    until: int | None = None
    count: int = 24


class LookalikeIndex:
    """Finds tracks by signatures; it is built by the first search.

    Args:
        site: Names the network that describes people.
        store: Of the site.
    """

    def __init__(self, site: SiteSettings, store: Store) -> None:
        self._site, self._store = site, store
        self._turn = Lock()
        self._index: SignatureIndex | None = None

    def like_picture(
        self, signature: npt.NDArray[np.float32], where: SearchRange
    ) -> list[FoundTrack]:
        """Return the tracks most similar to a signature, the most similar first."""
        with self._turn:
            index = self._index
            if index is None:
                precision = self._site.store.index
                index = self._index = SignatureIndex(self._sha256, precision=precision)
            index.refresh(self._store)
            return nearest_tracks(
                self._store,
                index,
                signature,
                count=where.count,
                cameras=where.cameras,
                since=where.since,
                until=where.until,
            )

    def like_track(self, number: int, where: SearchRange) -> list[FoundTrack]:
        """Return the tracks most similar to a track, without the track itself.

        Raises:
            StoreError: If it has no signature.
        """
        parts = [
            part.vectors / np.linalg.norm(part.vectors, axis=1, keepdims=True)
            for part in stored_signatures(self._store, self._sha256, track=number)
        ]
        if not parts:
            raise StoreError(f"track {number} has no signature: nothing can be compared with it")
        mean = np.concatenate(parts).mean(axis=0).astype(np.float32)
        found = self.like_picture(mean, where)
        return [one for one in found if one.track.number != number]

    def close(self) -> None:
        """Forget all signatures."""
        with self._turn:
            if self._index is not None:
                self._index.close()
                self._index = None

    @property
    def _sha256(self) -> str:
        return model_sha256(resolve(self._site.signature_model))
