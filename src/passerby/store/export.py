"""What the store has of somebody, in a folder or an archive, for whoever asks.

Somebody who works with the store has to find the person; nothing in it says who anyone is. What is
exported are pictures in which people are covered, times, cameras and links. Signatures are not,
only how many there are and which networks made them.
"""

import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from io import BufferedRandom, BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from passerby.errors import OutputError, StoreError
from passerby.files.partial import PartialFile
from passerby.files.partial_folder import PartialFolder, write_new
from passerby.store import schema
from passerby.store.audit import record_alone
from passerby.store.identities import read_links
from passerby.store.reading import stored_snippets, stored_track
from passerby.store.store import Store
from passerby.store.times import SECOND, as_text, now

__all__ = ["ExportedTracks", "export_archive", "export_tracks"]

_MOST_PICTURES = 5000
"""In an archive that is made in memory."""

_MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class ExportedTracks:
    """What was exported.

    Attributes:
        tracks: How many.
        pictures: How many.
        bytes: Of all files.
    """

    tracks: int
    pictures: int
    bytes: int


def export_tracks(
    store: Store, tracks: Sequence[int], target: Path, who: str, purpose: str
) -> ExportedTracks:
    """Write all that the store has of tracks, and make sure that it can be read back.

    Args:
        store: Where.
        tracks: Which.
        target: A new ``.zip`` file, or a folder that is new or empty.
        who: Asks for it.
        purpose: What for, such as the number of a request.

    Raises:
        StoreError: If there is no track, or one is not there.
        OutputError: If it cannot be written, or was not read back as it was written.
    """
    if not tracks:
        raise StoreError("there is nothing to export: name a track or a person that the store has")
    pictures, manifest = _collected(store, tracks, purpose)
    subject = "track " + ", ".join(map(str, tracks))
    record_alone(store, who, "export", subject, purpose)  # what leaves is written down before
    files = {**pictures, _MANIFEST: json.dumps(manifest, indent=1).encode()}
    if target.suffix.lower() == ".zip":
        with PartialFile(target) as archive:
            _write_archive(archive, files)
            _compare(target, files, _read_archive(archive))
    else:
        with PartialFolder(target) as folder:
            _write_folder(folder, files)
            _compare(target, files, _read_folder(folder))
    return ExportedTracks(len(tracks), len(pictures), sum(map(len, files.values())))


def export_archive(
    store: Store, tracks: Sequence[int], who: str, purpose: str, zone: ZoneInfo
) -> bytes:
    """Return a ``.zip`` archive as `export_tracks` writes it; made in memory, and read back.

    Args:
        store: Where.
        tracks: Which, in the order in which somebody looks through them.
        who: Asks for it.
        purpose: What for, such as the number of a case.
        zone: In which the manifest says times, beside those of UTC.

    Raises:
        StoreError: If there is no track, one is not there, or there is too much for an archive.
        OutputError: If it was not read back as it was written.
    """
    if not tracks:
        raise StoreError("there is nothing to export: name a track or a person that the store has")
    pictures, manifest = _collected(store, tracks, purpose, zone)
    if len(pictures) > _MOST_PICTURES:
        raise StoreError(
            f"{len(pictures)} pictures are too many for one archive: use `passerby export`"
        )
    subject = "track " + ", ".join(map(str, tracks))
    record_alone(store, who, "export", subject, purpose)
    files = {**pictures, _MANIFEST: json.dumps(manifest, indent=1).encode()}
    archive = BytesIO()
    _write_archive(archive, files)
    if dict(_read_archive(archive)) != files:
        raise OutputError("the archive was not read back as it was written: try again")
    return archive.getvalue()


def _collected(
    store: Store, tracks: Sequence[int], purpose: str, zone: ZoneInfo | None = None
) -> tuple[dict[str, bytes], dict[str, Any]]:
    """The pictures by their names, and the manifest."""

    def local(at: int, name: str = "at") -> dict[str, str]:
        if zone is None:
            return {}
        return {f"{name}_local": datetime.fromtimestamp(at / SECOND, zone).isoformat(" ")}

    pictures: dict[str, bytes] = {}
    described = []
    for number in tracks:
        track = stored_track(store, number)
        snippets = []
        for one in stored_snippets(store, number):
            name = f"track-{number}/{one.number}.jpg"
            pictures[name] = one.jpeg
            digest = sha256(one.jpeg).hexdigest()
            snippets.append(
                {
                    "file": name,
                    "sha256": digest,
                    "at": as_text(one.at),
                    **local(one.at),
                    "protection": json.loads(one.recipe),
                }
            )
        described.append(
            {
                "track": number,
                "camera": track.camera,
                "purpose": track.purpose,
                "began": as_text(track.began),
                "ended": as_text(track.ended),
                **local(track.began, "began"),
                **local(track.ended, "ended"),
                "pictures": snippets,
                "signatures": _counted_signatures(store, number),
                "links": [asdict(one) for one in read_links(store, of_track=number, past=True)],
            }
        )
    zoned = {} if zone is None else {"time_zone": zone.key}
    return pictures, {"made": as_text(now()), **zoned, "purpose": purpose, "tracks": described}


def _counted_signatures(store: Store, track: int) -> dict[str, int]:
    """How many signatures there are, by the network that made them."""
    model, signature = schema.model.c, schema.signature.c
    wanted = (
        select(model.name, func.count())
        .select_from(schema.signature.join(schema.model))
        .where(signature.track == track)
        .group_by(model.name)
    )
    with store.database.reading() as connection:
        return {name: number for name, number in connection.execute(wanted)}  # noqa: C416


def _write_archive(file: BufferedRandom | BytesIO, files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(file, "w") as archive:  # JPEG does not become smaller
        for name, content in files.items():
            archive.writestr(name, content)


def _read_archive(file: BufferedRandom | BytesIO) -> Iterator[tuple[str, bytes]]:
    file.flush()
    file.seek(0)
    with zipfile.ZipFile(file) as archive:
        yield from ((name, archive.read(name)) for name in archive.namelist())


def _write_folder(folder: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        write_new(path, content)


def _read_folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path.read_bytes()


def _compare(target: Path, files: dict[str, bytes], found: Iterator[tuple[str, bytes]]) -> None:
    """Make sure that what is on the disk is what was meant to be there."""
    if dict(found) != files:
        raise OutputError(f"{target} was not read back as it was written: check the disk")
