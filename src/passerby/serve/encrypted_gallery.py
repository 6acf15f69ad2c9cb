"""The store of a site as a gallery that encrypted queries are compared with."""

import secrets
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock

import numpy as np
import numpy.typing as npt

from passerby.errors import InputError, StoreError
from passerby.matching.encrypted.candidates import Candidates, GalleryAnswer
from passerby.matching.encrypted.gallery import (
    BLUR,
    EncodedBlock,
    EvaluationKeys,
    encrypted_scores,
)
from passerby.matching.encrypted.scheme import SCHEME
from passerby.models.lookup import model_sha256, resolve
from passerby.serve.lookalikes import SearchRange
from passerby.serve.track_rows import ChosenRows, TrackRows
from passerby.site.settings import SiteSettings
from passerby.store.store import Store
from passerby.store.times import SECOND

__all__ = ["EncryptedGallery", "GalleryOptions"]

_MOST_KEYS = 8
"""Sets of keys that are kept; each takes some 25 MB."""
_MOST_DIAGONALS = 8192
"""Encoded diagonals that are kept, of 128 kB each: about 180,000 people of 176 numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryOptions:
    """How much a gallery answers.

    Attributes:
        queries_a_day: Of all users together.
        blur: Each score is changed by up to half of this.
    """

    queries_a_day: int = 5
    blur: float = BLUR


@dataclass(frozen=True, eq=False)
class _KeptBlock:
    tracks: frozenset[int]
    block: EncodedBlock


class EncryptedGallery:
    """Compares encrypted queries with the tracks of a site; one query at a time.

    Args:
        site: Names the network that describes people.
        store: Of the site.
        options: How much it answers.

    Attributes:
        turn: Held by whoever counts a query, asks and is answered.
        options: How much it answers.
    """

    def __init__(self, site: SiteSettings, store: Store, options: GalleryOptions) -> None:
        self.model = site.signature_model
        self.model_sha256 = model_sha256(resolve(site.signature_model))
        self.scheme = SCHEME
        self.options = options
        self.turn = Lock()
        self._rows = TrackRows(store, self.model_sha256)
        self._keys: OrderedDict[str, tuple[int, EvaluationKeys]] = OrderedDict()
        self._blocks: OrderedDict[bytes, _KeptBlock] = OrderedDict()

    def dimension(self) -> int:
        """Return how many numbers a signature has.

        Raises:
            StoreError: If there is none yet.
        """
        with self.turn:
            return self._dimension()

    def take_keys(self, user: int, content: bytes) -> str:
        """Keep what a user lets this gallery compute with, until many others have come.

        Returns:
            By which the user names them.

        Raises:
            InputError: If they are damaged, or for signatures of another length.
            StoreError: If there is no signature yet.
        """
        with self.turn:
            keys = EvaluationKeys.read(content, self._dimension())
            name = secrets.token_urlsafe(16)
            self._keys[name] = user, keys
            while len(self._keys) > _MOST_KEYS:
                self._keys.popitem(last=False)
        return name

    def chosen(self, where: SearchRange) -> ChosenRows:
        """Return whom a query would be compared with; the turn must be held."""
        self._refresh()
        return self._rows.choose(where)

    def answer(self, user: int, keys: str, query: bytes, chosen: ChosenRows) -> bytes:
        """Compare an encrypted query with tracks; the turn must be held.

        Args:
            user: Who asks.
            keys: Name of the user's keys.
            query: A ciphertext.
            chosen: Whom to compare with.

        Raises:
            InputError: If the query is damaged, or the keys are unknown.
        """
        owner, known = self._keys.get(keys, (None, None))
        if known is None or owner != user:
            raise InputError("these keys are not known, or no longer: send keys again")
        scores = encrypted_scores(
            query, known, self._encoded(known, chosen), blur=self.options.blur
        )
        return GalleryAnswer(_candidates(chosen), scores).to_bytes()

    def _dimension(self) -> int:
        self._refresh()
        if not self._rows.dimension:
            raise StoreError("this site has no signatures yet: ask when somebody has passed")
        return self._rows.dimension

    def _refresh(self) -> None:
        erased = set(self._rows.refresh())
        if erased:
            for key, kept in list(self._blocks.items()):
                if kept.tracks & erased:
                    del self._blocks[key]

    def _encoded(self, keys: EvaluationKeys, chosen: ChosenRows) -> list[EncodedBlock]:
        """The blocks of a choice; those whose rows are as before need not be encoded again."""
        blocks = []
        for part in keys.packing.blocks(len(chosen.tracks)):
            rows = chosen.rows[part]
            key = sha256(rows.tobytes()).digest()
            kept = self._blocks.pop(key, None)
            if kept is None:
                tracks = frozenset(one.number for one in chosen.tracks[part])
                kept = _KeptBlock(tracks, EncodedBlock.of(keys.packing, rows))
            self._blocks[key] = kept  # the last to be forgotten
            blocks.append(kept.block)
        while len(self._blocks) * keys.packing.dimension > _MOST_DIAGONALS:
            self._blocks.popitem(last=False)
        return blocks


def _candidates(chosen: ChosenRows) -> Candidates:
    cameras = sorted({one.camera for one in chosen.tracks})
    places = {name: number for number, name in enumerate(cameras)}
    return Candidates(
        _numbers([one.number for one in chosen.tracks]),
        _numbers([one.began // SECOND for one in chosen.tracks]),
        _numbers([places[one.camera] for one in chosen.tracks]),
        cameras,
    )


def _numbers(values: list[int]) -> npt.NDArray[np.int64]:
    return np.array(values, np.int64)
