"""Finds tracks that look like a picture, which is anonymized before it is used, and never kept."""

from collections.abc import Collection
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from passerby.errors import InputError, PrivacyError, StoreError
from passerby.models.lookup import model_sha256
from passerby.pipeline.description import signature_of
from passerby.pipeline.stages import Pipeline
from passerby.signatures.opening import open_describer
from passerby.site.settings import SiteSettings
from passerby.sources import open_source
from passerby.store.audit import record_alone
from passerby.store.index import SignatureIndex
from passerby.store.reading import StoredTrack, stored_track
from passerby.store.store import Store
from passerby.types import AnonymizedFrame, require_anonymized

__all__ = ["FoundTrack", "PictureSearch", "find_people", "nearest_tracks"]

_EACH = 8
"""Signatures that are looked at for each track that is wanted: a track has many."""


@dataclass(frozen=True, slots=True)
class FoundTrack:
    """A track that looks like what was asked for.

    Attributes:
        track: When and where.
        similarity: Of its most similar picture: cosine of the angle, -1 to 1.
        at: When that was taken, microseconds of UTC.
    """

    track: StoredTrack
    similarity: float
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureSearch:
    """What is looked for.

    Attributes:
        path: Of a picture of one person, cut out.
        who: Searches, for the audit log.
        purpose: What for, likewise.
        count: How many tracks.
        cameras: Names of cameras to look at; by default all.
        since: Only what was seen then or later, microseconds of UTC.
        until: Only what was seen before.
    """

    path: Path
    who: str
    purpose: str
    count: int = 10
    cameras: Collection[str] | None = None
    since: int | None = None
    until: int | None = None


def find_people(site: SiteSettings, store: Store, search: PictureSearch) -> list[FoundTrack]:
    """Find the tracks of people who look most like the person in a picture.

    Similar looks are no proof: this is where to look, not who it is. The search is in the audit
    log before it is made.

    Args:
        site: What its file says: the picture is anonymized as its first camera is.
        store: Of the site.
        search: What is looked for.

    Raises:
        InputError: If the picture cannot be read.
        PrivacyError: If it could not be anonymized.
        ConfigError: If the index needs a package that is missing.
        StoreUnavailable: If the search cannot be written to the audit log.
    """
    describer = open_describer(site.signature_model)
    query = signature_of(describer, _anonymized(site, search.path))
    record_alone(store, search.who, "search by picture", f"{search.count} tracks", search.purpose)
    sha256, precision = model_sha256(describer.path), site.store.index
    with closing(SignatureIndex.of(store, sha256, precision=precision)) as index:
        return nearest_tracks(
            store,
            index,
            query,
            count=search.count,
            cameras=search.cameras,
            since=search.since,
            until=search.until,
        )


def nearest_tracks(
    store: Store,
    index: SignatureIndex,
    query: npt.NDArray[np.float32],
    *,
    count: int,
    cameras: Collection[str] | None = None,
    since: int | None = None,
    until: int | None = None,
) -> list[FoundTrack]:
    """Return the tracks with a signature most similar to one, the most similar first.

    Args:
        store: Where the tracks are.
        index: Of its signatures.
        query: Shape (d,).
        count: How many tracks.
        cameras: Names of cameras to look at; by default all.
        since: Only what was seen then or later, microseconds of UTC.
        until: Only what was seen before.
    """
    nearest = index.search(query, _EACH * count, cameras=cameras, since=since, until=until)
    best: dict[int, FoundTrack] = {}
    columns = nearest.tracks.tolist(), nearest.similarities.tolist(), nearest.at.tolist()
    for number, similarity, at in zip(*columns, strict=True):
        if number not in best and len(best) < count:
            with suppress(StoreError):  # erased just now
                best[number] = FoundTrack(stored_track(store, number), similarity, at)
    return list(best.values())


def _anonymized(site: SiteSettings, path: Path) -> AnonymizedFrame:
    """Anonymize the one picture in a file."""
    settings = site.settings_of(site.cameras[0])
    with Pipeline(settings) as pipeline, closing(open_source(path)) as source:
        if not source.medium.unrelated:
            raise InputError(f"{path} is a video: name a picture of one person")
        frame = next(iter(source), None)
        if frame is None:
            raise InputError(f"{path} shows no picture: name a picture of one person")
        result = pipeline.frame(frame)
    if result.detections.failure is not None:
        raise PrivacyError(f"{path} cannot be anonymized: {result.detections.failure}")
    return require_anonymized(result.frame, strong=True)
