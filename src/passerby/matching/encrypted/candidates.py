"""Whom a query was compared with: what a gallery's answer says in clear, beside its ciphertexts."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from passerby.errors import InputError
from passerby.matching.encrypted.pieces import join_pieces, split_pieces

__all__ = ["MOST_PEOPLE", "Candidates", "GalleryAnswer"]

MOST_PEOPLE = 1_000_000
"""The most people of one answer."""

_Numbers = npt.NDArray[np.int64]


class _Head(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    people: int = Field(ge=0, le=MOST_PEOPLE)
    cameras: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Candidates:
    """Tracks in the order of their scores' slots.

    Attributes:
        tracks: Shape (n,), their numbers.
        began: Shape (n,), when each began, in seconds of UTC since 1970.
        camera: Shape (n,), which of the cameras saw each.
        cameras: Names.
    """

    tracks: _Numbers
    began: _Numbers
    camera: _Numbers
    cameras: Sequence[str]

    def __len__(self) -> int:
        return len(self.tracks)


@dataclass(frozen=True, eq=False)
class GalleryAnswer:
    """What a gallery sends back.

    Attributes:
        candidates: Whom it compared.
        scores: Ciphertexts, one a block.
    """

    candidates: Candidates
    scores: Sequence[bytes]

    def to_bytes(self) -> bytes:
        """Return it as `read` takes it."""
        whom = self.candidates
        head = _Head(people=len(whom), cameras=tuple(whom.cameras)).model_dump_json()
        columns = (_packed(one) for one in (whom.tracks, whom.began, whom.camera))
        return join_pieces([head.encode(), *columns, *self.scores])

    @classmethod
    def read(cls, content: bytes) -> Self:
        """Read what a gallery sent.

        Raises:
            InputError: If it is damaged, or no such answer.
        """
        head, *pieces = split_pieces(content) if content else [b""]
        try:
            said = _Head.model_validate_json(head)
        except ValidationError as error:
            raise InputError("this is not the answer of a gallery: ask again") from error
        if len(pieces) < 3:
            raise InputError("the answer of a gallery ends too early: ask again")
        tracks, began, camera = (_unpacked(one, said.people) for one in pieces[:3])
        if said.people and not 0 <= camera.min() <= camera.max() < len(said.cameras):
            raise InputError("the answer of a gallery names a camera that it does not list")
        return cls(Candidates(tracks, began, camera, said.cameras), pieces[3:])


def _packed(column: _Numbers) -> bytes:
    """The steps from each number to the next are small, since tracks come in order of time."""
    return zlib.compress(np.diff(column, prepend=0).astype("<i8").tobytes())


def _unpacked(content: bytes, count: int) -> _Numbers:
    size = 8 * count
    reading = zlib.decompressobj()
    try:
        whole = reading.decompress(content, size + 1)
    except zlib.error as error:
        raise InputError("the answer of a gallery is damaged: ask again") from error
    if len(whole) != size or not reading.eof:
        raise InputError("the answer of a gallery has other people than it says: ask again")
    return np.cumsum(np.frombuffer(whole, "<i8"), dtype=np.int64)
