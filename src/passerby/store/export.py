"""What the store has of somebody, in a folder or an archive, for whoever asks.

Somebody who works with the store has to find the person; nothing in it says who anyone is. What is
exported are pictures in which people are covered, a clip of them, times, cameras and links.
Signatures are not, only how many there are and which networks made them.
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
from passerby.store.case_clip import CaseClip, ClipPicture, ClipTrack, case_clip
from passerby.store.identities import read_links
from passerby.store.reading import StoredSnippet, StoredTrack, stored_snippets, stored_track
from passerby.store.store import Store
from passerby.store.times import SECOND, as_text, now

__all__ = ["ExportedTracks", "export_archive", "export_tracks"]

_MOST_PICTURES = 5000
"""In an archive that is made in memory."""

UTC = ZoneInfo("UTC")

_MANIFEST, _CLIP = "manifest.json", "case.mp4"


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
    store: Store, tracks: Sequence[int], target: Path, who: str, purpose: str, zone: ZoneInfo = UTC
) -> ExportedTracks:
    """Write all that the store has of tracks, and make sure that it can be read back.

    Args:
        store: Where.
        tracks: Which, in the order in which somebody looks through them.
        target: A new ``.zip`` file, or a folder that is new or empty.
        who: Asks for it.
        purpose: What for, such as the number of a request.
        zone: In which the clip says times, and the manifest beside those of UTC.

    Raises:
        StoreError: If there is no track, or one is not there.
        OutputError: If it cannot be written, or was not read back as it was written.
    """
    collected = _collected(store, tracks, purpose, zone)
    record_alone(store, who, "export", collected.subject, purpose)  # what leaves, before it does
    files = collected.files
    if target.suffix.lower() == ".zip":
        with PartialFile(target) as archive:
            _write_archive(archive, files)
            _compare(target, files, _read_archive(archive))
    else:
        with PartialFolder(target) as folder:
            _write_folder(folder, files)
            _compare(target, files, _read_folder(folder))
    return ExportedTracks(len(tracks), collected.pictures, sum(map(len, files.values())))


def export_archive(
    store: Store, tracks: Sequence[int], who: str, purpose: str, zone: ZoneInfo
) -> bytes:
    """Return a ``.zip`` archive as `export_tracks` writes it; made in memory, and read back.

    Args:
        store: Where.
        tracks: Which, in the order in which somebody looks through them.
        who: Asks for it.
        purpose: What for, such as the number of a case.
        zone: In which the clip says times, and the manifest beside those of UTC.

    Raises:
        StoreError: If there is no track, one is not there, or there is too much for an archive.
        OutputError: If it was not read back as it was written.
    """
    collected = _collected(store, tracks, purpose, zone, most=_MOST_PICTURES)
    record_alone(store, who, "export", collected.subject, purpose)
    archive = BytesIO()
    _write_archive(archive, collected.files)
    if dict(_read_archive(archive)) != collected.files:
        raise OutputError("the archive was not read back as it was written: try again")
    return archive.getvalue()


@dataclass(frozen=True, slots=True)
class _Collected:
    """What leaves the store: files by their names, how many pictures, and of what they are."""

    files: dict[str, bytes]
    pictures: int
    subject: str


def _collected(
    store: Store, tracks: Sequence[int], purpose: str, zone: ZoneInfo, most: int | None = None
) -> _Collected:
    """Read what there is of tracks, join it to a clip, and describe it in a manifest."""
    if not tracks:
        raise StoreError("there is nothing to export: name a track or a person that the store has")
    found = [(stored_track(store, one), stored_snippets(store, one)) for one in tracks]
    count = sum(len(snippets) for _, snippets in found)
    if most is not None and count > most:
        raise StoreError(f"{count} pictures are too many for one archive: use `passerby export`")
    files = {_name(one): one.jpeg for _, snippets in found for one in snippets}
    clip = case_clip([_clip_track(*one) for one in found], zone)
    manifest: dict[str, Any] = {
        "made": as_text(now()),
        "time_zone": zone.key,
        "purpose": purpose,
        "tracks": [_described(store, *one, zone) for one in found],
        "clip": None,
    }
    if clip is not None:
        files[_CLIP] = clip.content
        manifest["clip"] = _described_clip(clip)
    files[_MANIFEST] = json.dumps(manifest, indent=1).encode()
    return _Collected(files, count, "track " + ", ".join(map(str, tracks)))


def _name(snippet: StoredSnippet) -> str:
    return f"track-{snippet.track}/{snippet.number}.jpg"


def _clip_track(track: StoredTrack, snippets: Sequence[StoredSnippet]) -> ClipTrack:
    pictures = [ClipPicture(_name(one), one.at, one.jpeg) for one in snippets]
    return ClipTrack(track.camera, track.began, track.ended, pictures)


def _described_clip(clip: CaseClip) -> dict[str, Any]:
    return {
        "file": _CLIP,
        "sha256": sha256(clip.content).hexdigest(),
        "seconds": clip.milliseconds / 1000,
        "every": clip.every,
        "pictures": [
            {"seconds": one.milliseconds / 1000, "file": one.picture}
            for one in clip.frames
            if one.picture is not None
        ],
    }


def _described(
    store: Store, track: StoredTrack, snippets: Sequence[StoredSnippet], zone: ZoneInfo
) -> dict[str, Any]:
    return {
        "track": track.number,
        "camera": track.camera,
        "purpose": track.purpose,
        "began": as_text(track.began),
        "ended": as_text(track.ended),
        "began_local": _local(track.began, zone),
        "ended_local": _local(track.ended, zone),
        "pictures": [
            {
                "file": _name(one),
                "sha256": sha256(one.jpeg).hexdigest(),
                "at": as_text(one.at),
                "at_local": _local(one.at, zone),
                "protection": json.loads(one.recipe),
            }
            for one in snippets
        ],
        "signatures": _counted_signatures(store, track.number),
        "links": [asdict(one) for one in read_links(store, of_track=track.number, past=True)],
    }


def _local(at: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at / SECOND, zone).isoformat(" ")


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
