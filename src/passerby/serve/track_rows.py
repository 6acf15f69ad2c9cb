"""One signature of each track that is over: the rows of a gallery, as the store has them now."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.serve.lookalikes import SearchRange
from passerby.signatures.pooling import pooled
from passerby.store.erasure import erased_since
from passerby.store.reading import StoredTrack, stored_signatures, stored_tracks
from passerby.store.store import Store

__all__ = ["ChosenRows", "TrackRows"]

_Rows = npt.NDArray[np.float32]
_PAGE = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class ChosenRows:
    """Some tracks, in order of their numbers.

    Attributes:
        tracks: Which.
        rows: Shape (n, d), a signature of each, of length 1.
    """

    tracks: Sequence[StoredTrack]
    rows: _Rows


class TrackRows:
    """Signatures of a store, pooled over each track; it follows the store.

    Args:
        store: Whose.
        model_sha256: Of the network that made them.
    """

    def __init__(self, store: Store, model_sha256: str) -> None:
        self._store, self._model = store, model_sha256
        self._last_signature = self._last_erasure = 0
        self._parts: dict[int, list[tuple[_Rows, npt.NDArray[np.float64]]]] = {}
        self._rows: dict[int, _Rows] = {}

    @property
    def dimension(self) -> int:
        """Numbers in a signature; 0 while there is none."""
        first = next(iter(self._parts.values()), None)
        return 0 if first is None else first[0][0].shape[1]

    def refresh(self) -> list[int]:
        """Take what was added since, and let go of what was erased, which is returned."""
        for part in stored_signatures(self._store, self._model, after=self._last_signature):
            for track in np.unique(part.tracks).tolist():
                its = part.tracks == track
                found = part.vectors[its], part.qualities[its]
                self._parts.setdefault(track, []).append(found)
                self._rows.pop(track, None)
            self._last_signature = int(part.numbers.max())
        self._last_erasure, erased = erased_since(self._store, self._last_erasure)
        for track in erased:
            self._parts.pop(track, None)
            self._rows.pop(track, None)
        return erased

    def choose(self, where: SearchRange) -> ChosenRows:
        """Return the tracks of a range that are over and can be compared."""
        found = [(one, self._row(one.number)) for one in self._tracks(where)]
        kept = [(one, row) for one, row in found if row is not None and row.any()]
        rows = np.stack([row for _, row in kept]) if kept else np.empty((0, self.dimension))
        return ChosenRows([one for one, _ in kept], rows.astype(np.float32))

    def _tracks(self, where: SearchRange) -> list[StoredTrack]:
        cameras = None if where.cameras is None else list(where.cameras)
        tracks: list[StoredTrack] = []
        while True:
            page = stored_tracks(
                self._store,
                cameras=cameras,
                since=where.since,
                until=where.until,
                live=False,
                after=tracks[-1].number if tracks else 0,
                limit=_PAGE,
            )
            tracks += page
            if len(page) < _PAGE:
                return tracks

    def _row(self, track: int) -> _Rows | None:
        if track not in self._rows and track in self._parts:
            vectors, qualities = zip(*self._parts[track], strict=True)
            self._rows[track] = pooled(np.concatenate(vectors), np.concatenate(qualities))
        return self._rows.get(track)
