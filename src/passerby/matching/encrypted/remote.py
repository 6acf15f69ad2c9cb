"""A gallery of somebody else, asked over HTTP: it sees ciphertexts, and keys that open nothing."""

import json
import ssl
from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection, IncompleteRead
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from passerby.errors import ConfigError, InputError, PeerError
from passerby.matching.encrypted.candidates import MOST_PEOPLE, Candidates, GalleryAnswer
from passerby.matching.encrypted.query_keys import QueryKeys
from passerby.matching.encrypted.scheme import SCHEME
from passerby.runtime.addresses import public_address

__all__ = ["GalleryPlace", "RemoteGallery", "RemoteQuery"]

_PREFIX = "/api/v1/encrypted"
_MOST_BYTES = 64 * MOST_PEOPLE
"""Of an answer; 10,000 people take 0.4 MB."""
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_EXPLAINED = {
    401: "the token is wrong, was withdrawn or has expired: ask its owner for another",
    404: "it does not match under encryption: its owner must give --encrypted-matching",
}


class _Terms(BaseModel):
    """What a gallery says of itself."""

    model_config = ConfigDict(frozen=True)

    scheme: str
    model: str
    model_sha256: str
    dimension: int = Field(ge=1)
    queries_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryPlace:
    """Where a gallery is.

    Attributes:
        address: Of its console, as in https://gallery.example:8765.
        token: By which its owner lets a program in.
        certificate: A PEM file of who is trusted to vouch for the address; by default those whom
            the system trusts.
        seconds: Longest silence.
    """

    address: str
    token: str
    certificate: Path | None = None
    seconds: float = 60.0

    def __post_init__(self) -> None:
        parts = urlsplit(self.address)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
            raise ConfigError(
                f"{self.shown} is no address of a gallery: write it as https://gallery.example:8765"
            )
        if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
            raise ConfigError(f"{self.shown} would be sent the token for all to read: use https://")

    @property
    def shown(self) -> str:
        """The address, without what lets others in."""
        return public_address(self.address)

    def connection(self) -> HTTPConnection:
        """Return a connection that is not open yet.

        Raises:
            ConfigError: If the certificate cannot be read.
        """
        parts = urlsplit(self.address)
        host = str(parts.hostname)
        if parts.scheme == "http":
            return HTTPConnection(host, parts.port, timeout=self.seconds)
        try:
            trusted = ssl.create_default_context(cafile=self.certificate)
        except OSError as error:
            raise ConfigError(
                f"{self.certificate} is no certificate that can be read: name a PEM file"
            ) from error
        return HTTPSConnection(host, parts.port, timeout=self.seconds, context=trusted)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteQuery:
    """Who is looked for, and where: all but the signature is sent in clear.

    Attributes:
        signature: Shape (d,); it is encrypted before it leaves.
        purpose: What for, for the audit log of the gallery.
        cameras: Names of those to search; by default all that may be.
        since: Only tracks that ended then or later, microseconds of UTC.
        until: Only tracks that began before.
    """

    signature: npt.NDArray[np.floating]
    purpose: str
    cameras: Collection[str] = ()
    since: int | None = None
    until: int | None = None


class RemoteGallery:
    """A gallery that answers; keys are drawn for it, and forgotten with it.

    Args:
        place: Where it is.
        model_sha256: Of the network that describes the queries; the gallery's must be the same.

    Attributes:
        sent, received: Bytes of bodies so far.
        queries_left: How many the gallery would still answer today at first.

    Raises:
        PeerError: If it cannot be reached, refuses, has another network, or makes no sense.
    """

    def __init__(self, place: GalleryPlace, model_sha256: str) -> None:
        self._place = place
        self.sent = self.received = 0
        self.queries_left, self._keys = self._agreed(model_sha256)
        self._number = self._known_as(model_sha256)

    def match(self, query: RemoteQuery) -> tuple[Candidates, npt.NDArray[np.float64]]:
        """Compare a signature with everybody in the gallery whom the query's range has.

        Returns:
            Whom, and for each the cosine of the angle, shape (n,). Keep the scores: see
            `QueryKeys.scores`.

        Raises:
            InputError: If the signature has another length, or its numbers are not finite.
            PeerError: If the gallery cannot be reached, refuses, or makes no sense.
        """
        wanted: list[tuple[str, str | int]] = [("keys", self._number)]
        wanted += [("camera", one) for one in query.cameras]
        moments = (("since", query.since), ("until", query.until))
        wanted += [(name, moment) for name, moment in moments if moment is not None]
        content = self._keys.encrypted(query.signature)
        headers = {"x-purpose": quote(query.purpose)}
        said = self._asked("POST", f"/scores?{urlencode(wanted)}", content, headers)
        try:
            answer = GalleryAnswer.read(said)
            return answer.candidates, self._keys.scores(answer.scores, len(answer.candidates))
        except InputError as error:
            raise PeerError(f"{self._place.shown}: {error}") from error

    def _agreed(self, model_sha256: str) -> tuple[int, QueryKeys]:
        """Make sure that both sides compute the same; returns queries left, and new keys."""
        place, terms = self._place, self._terms()
        if terms.scheme != SCHEME:
            raise PeerError(
                f"{place.shown} computes by {terms.scheme}, this version by {SCHEME}: use the same "
                "version of passerby"
            )
        if terms.model_sha256 != model_sha256:
            raise PeerError(
                f"{place.shown} has signatures of {terms.model} ({terms.model_sha256[:12]}), the "
                f"query is of another network ({model_sha256[:12]}): describe it with that one"
            )
        return terms.queries_left, QueryKeys(terms.dimension)

    def _known_as(self, model_sha256: str) -> str:
        """Send the keys that open nothing; returns what the gallery calls them."""
        path = f"/keys?{urlencode({'model_sha256': model_sha256})}"
        return str(self._json("POST", path, self._keys.evaluation_keys()).get("keys", ""))

    def _terms(self) -> _Terms:
        try:
            return _Terms.model_validate(self._json("GET", ""))
        except ValidationError as error:
            raise PeerError(
                f"{self._place.shown} is no gallery of passerby: check the address"
            ) from error

    def _json(self, method: str, path: str, content: bytes | None = None) -> dict[str, Any]:
        try:
            found = json.loads(self._asked(method, path, content))
        except ValueError as error:
            raise PeerError(
                f"{self._place.shown} is no gallery of passerby: check the address"
            ) from error
        return found if isinstance(found, dict) else {}

    def _asked(
        self, method: str, path: str, content: bytes | None, more: dict[str, str] | None = None
    ) -> bytes:
        """Send a request, and return the body of its answer.

        Each has a connection of its own: between queries, a server would end one.
        """
        base = urlsplit(self._place.address).path.rstrip("/")
        headers = {"authorization": f"Bearer {self._place.token}", **(more or {})}
        try:
            with closing(self._place.connection()) as connection:
                connection.request(method, f"{base}{_PREFIX}{path}", content, headers)
                answer = connection.getresponse()
                body = answer.read(_MOST_BYTES + 1)
                if answer.length and len(body) <= _MOST_BYTES:
                    raise IncompleteRead(body, answer.length)
        except (OSError, HTTPException) as error:
            text = getattr(error, "strerror", None) or str(error) or type(error).__name__
            reason = " ".join(text.split())
            raise PeerError(
                f"{self._place.shown} cannot be reached, or went away ({reason}): try again later"
            ) from error
        self.sent += len(content or b"")
        self.received += len(body)
        if answer.status != 200 or len(body) > _MOST_BYTES:
            raise PeerError(f"{self._place.shown} refuses: {_reason(answer.status, body)}")
        return body


def _reason(status: int, body: bytes) -> str:
    """What an answer says that is none, in a line."""
    if status in _EXPLAINED:
        return _EXPLAINED[status]
    try:
        detail = json.loads(body)["detail"]
    except (ValueError, TypeError, KeyError):
        detail = f"it answers with status {status}: check the address"
    return str(detail)[:500]
