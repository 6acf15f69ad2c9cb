"""What a camera hands to the store at once: it is kept as a whole, or not at all."""

import json
import secrets
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from threading import Lock
from typing import Protocol

import numpy as np
import numpy.typing as npt

from passerby.errors import ConfigError, PrivacyError
from passerby.protection import Protection
from passerby.store.snippet_picture import snippet_jpeg
from passerby.types import AnonymizedFrame, require_anonymized

__all__ = [
    "BegunTrack",
    "HasOrigin",
    "JoinedPart",
    "SignatureEntry",
    "SnippetEntry",
    "WriteBatch",
]

_EPOCH = 1_577_836_800_000
"""Milliseconds to the beginning of 2020: numbers of tracks count from there."""
_CHANCE = 22
"""Bits of a track's number that are drawn, beside 41 of the time."""


class HasOrigin(Protocol):
    """Says which network made a signature of what, as `passerby.signatures.origin.Origin` does."""

    @property
    def model(self) -> str:
        """Name of the network."""
        ...

    @property
    def model_sha256(self) -> str:
        """Hash of its file."""
        ...

    @property
    def images(self) -> str:
        """``"raw"`` or ``"anonymized"``."""
        ...


@dataclass(frozen=True, slots=True)
class BegunTrack:
    """A track that begins; its number is drawn where it begins."""

    number: int
    camera: str
    at: int
    purpose: str


@dataclass(frozen=True, slots=True)
class JoinedPart:
    """A track that turned out to be a part of another one.

    Attributes:
        track: Its number, which ends.
        into: Number of the other one, which takes its snippets and signatures.
        without: Times of those that are not taken.
    """

    track: int
    into: int
    without: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SnippetEntry:
    """An encoded picture of a track's person, anonymized."""

    track: int
    at: int
    quality: float
    protection: str
    content: bytes


@dataclass(frozen=True, slots=True)
class SignatureEntry:
    """A signature of an anonymized picture of a track's person, as 32-bit numbers."""

    track: int
    at: int
    quality: float
    protection: str
    model: str
    model_sha256: str
    content: bytes


class _TrackNumbers:
    """Gives each number once: in a process by counting on, among processes by chance."""

    def __init__(self) -> None:
        self._last = 0
        self._one_at_a_time = Lock()

    def next(self) -> int:
        milliseconds = time.time_ns() // 1_000_000 - _EPOCH
        with self._one_at_a_time:
            if milliseconds > self._last >> _CHANCE:
                self._last = (milliseconds << _CHANCE) | secrets.randbits(_CHANCE)
            else:
                self._last += 1
            return self._last


_NUMBERS = _TrackNumbers()


@dataclass(slots=True)
class WriteBatch:
    """What a camera hands to the store at once.

    It can be pickled, and added again until the store has acknowledged it: it is kept once.
    Times are microseconds of UTC since 1970.

    Attributes:
        number: By which the store knows it again.
        started: Name of a camera whose process has just started: what is open of it goes on no
            more. None in all other batches.
    """

    number: int = field(default_factory=lambda: secrets.randbits(62))
    started: str | None = None
    begun: list[BegunTrack] = field(default_factory=list)
    joined: list[JoinedPart] = field(default_factory=list)
    withdrawn: list[int] = field(default_factory=list)
    ended: dict[int, tuple[int | None, int]] = field(default_factory=dict)
    snippets: list[SnippetEntry] = field(default_factory=list)
    signatures: list[SignatureEntry] = field(default_factory=list)
    counted: dict[tuple[str, str, str, int], int] = field(default_factory=dict)

    def begin_track(self, camera: str, at: int, purpose: str) -> int:
        """Begin a track; returns its number, which no other store gives again.

        Args:
            camera: Name of the camera.
            at: When the person came into view.
            purpose: What the camera is watched for; the store must have a retention for it.
        """
        number = _NUMBERS.next()
        self.begun.append(BegunTrack(number, camera, at, purpose))
        return number

    def end_track(self, track: int, at: int, *, began: int | None = None) -> None:
        """Say when the person went out of view.

        Args:
            track: Whose.
            at: When.
            began: When they came, if that is only known now.
        """
        self.ended[track] = began, at

    def join_track(self, track: int, into: int, without: Iterable[int] = ()) -> None:
        """Say that a track is a part of another one, as which all of it is kept from now on.

        Args:
            track: The part.
            into: The other one.
            without: Times of snippets and signatures of the part that are not kept.
        """
        self.joined.append(JoinedPart(track, into, tuple(without)))

    def withdraw_track(self, track: int) -> None:
        """Say that a track turned out to show nobody; nothing of it is kept."""
        self.withdrawn.append(track)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to store."""
        return not (
            self.started
            or self.begun
            or self.joined
            or self.withdrawn
            or self.ended
            or self.snippets
            or self.signatures
            or self.counted
        )

    def add_snippet(self, track: int, at: int, frame: AnonymizedFrame, quality: float) -> None:
        """Add a picture of the person, encoded as JPEG.

        Args:
            track: Whose.
            at: When it was taken.
            frame: Cut out and anonymized with a recipe that hides people.
            quality: How good it is; of two, the higher is the better.

        Raises:
            PrivacyError: If the frame is raw, or its recipe is known to be weak.
            OutputError: If it cannot be encoded.
        """
        content = snippet_jpeg(frame)
        self.snippets.append(SnippetEntry(track, at, quality, _recipe(frame.protection), content))

    def add_signature(
        self,
        track: int,
        at: int,
        vector: npt.NDArray[np.float32],
        frame: AnonymizedFrame,
        origin: HasOrigin,
        quality: float,
    ) -> None:
        """Add the signature of a picture of the person.

        Args:
            track: Whose.
            at: When the picture was taken.
            vector: Shape (d,).
            frame: What was described; it need not be kept.
            origin: Which network described it.
            quality: How good the picture is.

        Raises:
            PrivacyError: If it was made of a raw picture, or of one that is known to be weak.
            ConfigError: If it is no signature.
        """
        sealed = require_anonymized(frame, strong=True)
        if origin.images != "anonymized":
            raise PrivacyError(
                f"a signature of {origin.images or 'unknown'} pictures is never stored: describe "
                "the anonymized one"
            )
        if vector.ndim != 1 or not vector.size or not np.isfinite(vector).all():
            raise ConfigError(
                f"a signature of shape {vector.shape} cannot be stored: it is one row of finite "
                "numbers"
            )
        if not origin.model_sha256:
            raise ConfigError("a signature without its network's hash cannot be compared: name it")
        content = np.ascontiguousarray(vector, "<f4").tobytes()
        recipe, model, sha256 = _recipe(sealed.protection), origin.model, origin.model_sha256
        self.signatures.append(SignatureEntry(track, at, quality, recipe, model, sha256, content))

    def count(self, camera: str, zone: str, kind: str, at: int, number: int = 1) -> None:
        """Count something, such as an entry; hours are added up, and of nobody.

        Args:
            camera: Name of the camera.
            zone: Where in its view; "" for all of it.
            kind: What is counted, such as ``enter``, ``leave`` or ``dwell seconds``.
            at: When.
            number: How much of it.
        """
        key = (camera, zone, kind, at - at % 3_600_000_000)
        self.counted[key] = self.counted.get(key, 0) + number


def _recipe(protection: Protection) -> str:
    return json.dumps(asdict(protection), sort_keys=True)
