"""A clip of a case: the stored pictures of its tracks, one after the other, as a video that plays.

There is no stored video of anybody. The clip shows the snippets that the store has, in which people
are covered, each for as long as it lasted until the next one, with its camera and its time below. A
card says where each track begins. It is made in memory.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from passerby.errors import OutputError
from passerby.store.times import SECOND

if TYPE_CHECKING:
    from av import VideoFrame

__all__ = ["CLIP_SIZE", "CaseClip", "ClipFrame", "ClipPicture", "ClipTrack", "case_clip"]

CLIP_SIZE = (384, 512)
"""Width and height in pixels."""

_BAND = 64
"""Height of the band below that says where and when."""
_CARD, _SHORTEST, _LONGEST = 1500, 200, 1000
"""For how long a card is shown, and a picture at least and at most, in milliseconds."""
_MOST_ENLARGED = 4
_MOST_PICTURES = 2000
_TIME_BASE = Fraction(1, 1000)
_OPTIONS = {"crf": "20", "preset": "veryfast", "bf": "0"}
_PAPER, _INK, _QUIET = (20, 26, 25), (236, 240, 238), (162, 176, 173)
_CHECKED = (12, 16)
"""Width and height of the small pictures by which a clip that was read back is compared."""
_MOST_DIFFERENT = 16
"""Mean difference of their pixels, 0-255; what the encoder changes is below 4."""


_Thumbnail: TypeAlias = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class ClipPicture:
    """A picture that is shown.

    Attributes:
        name: Of its file in the archive.
        at: When it was taken, microseconds of UTC.
        jpeg: The picture, in which people are covered.
    """

    name: str
    at: int
    jpeg: bytes


@dataclass(frozen=True, slots=True)
class ClipTrack:
    """A track that is shown.

    Attributes:
        camera: Its name.
        began, ended: Microseconds of UTC.
        pictures: In order of time.
    """

    camera: str
    began: int
    ended: int
    pictures: Sequence[ClipPicture]


@dataclass(frozen=True, slots=True)
class ClipFrame:
    """Something that a clip shows.

    Attributes:
        milliseconds: When, from the beginning of the clip.
        picture: Name of the picture's file; None of a card.
    """

    milliseconds: int
    picture: str | None


@dataclass(frozen=True, slots=True)
class CaseClip:
    """A clip.

    Attributes:
        content: An MP4 file with H.264.
        frames: What it shows, in order.
        milliseconds: How long it is.
        every: Which pictures are in it: 1 all, 2 every second one, and so on.
    """

    content: bytes
    frames: tuple[ClipFrame, ...]
    milliseconds: int
    every: int


@dataclass(frozen=True, slots=True)
class _Shown:
    """A frame that was drawn, until it is encoded."""

    drawn: Pillow.Image
    milliseconds: int
    picture: str | None


def case_clip(tracks: Sequence[ClipTrack], zone: ZoneInfo) -> CaseClip | None:
    """Make a clip of tracks, and make sure that it can be played.

    Args:
        tracks: In the order in which somebody looks through them.
        zone: Of the times that are shown.

    Returns:
        The clip; None if no track has a picture.

    Raises:
        OutputError: If it cannot be encoded, or does not show what it should when it is read back.
    """
    import av  # noqa: PLC0415  (a store starts without decoders)

    count = sum(len(one.pictures) for one in tracks)
    if not count:
        return None
    every = -(-count // _MOST_PICTURES)
    memory = io.BytesIO()
    frames: list[ClipFrame] = []
    small: list[_Thumbnail] = []
    at = 0
    with av.open(memory, "w", format="mp4") as output:
        stream = output.add_stream("libx264", options=_OPTIONS)
        stream.width, stream.height = CLIP_SIZE
        stream.pix_fmt = "yuv420p"
        stream.time_base = stream.codec_context.time_base = _TIME_BASE
        stream.thread_count = 1  # the same bytes on every machine
        for one in _drawn(tracks, every, zone):
            frames.append(ClipFrame(at, one.picture))
            small.append(_small(one.drawn))
            picture = av.VideoFrame.from_ndarray(np.asarray(one.drawn), format="rgb24")
            picture.pts, picture.duration = at, one.milliseconds
            picture.time_base = _TIME_BASE
            output.mux(stream.encode(picture))
            at += one.milliseconds
        output.mux(stream.encode(None))
    clip = CaseClip(memory.getvalue(), tuple(frames), at, every)
    _check(clip, small)
    return clip


def _drawn(tracks: Sequence[ClipTrack], every: int, zone: ZoneInfo) -> Iterator[_Shown]:
    """Draw the card of each track, and its pictures."""
    for track in tracks:
        yield _Shown(_card(track, zone), _CARD, None)
        shown = track.pictures[::every]
        ends = [*(one.at for one in shown[1:]), track.ended]
        for one, end in zip(shown, ends, strict=False):
            lasted = min(max((end - one.at) // 1000, _SHORTEST), _LONGEST)
            yield _Shown(_picture(one, track.camera, zone), lasted, one.name)


def _card(track: ClipTrack, zone: ZoneInfo) -> Pillow.Image:
    card, brush = _paper()
    width, height = CLIP_SIZE
    began, ended = _local(track.began, zone), _local(track.ended, zone)
    lines = [
        (track.camera, 28, _INK),
        (f"{began:%Y-%m-%d}", 20, _QUIET),
        (f"{began:%H:%M:%S} to {ended:%H:%M:%S}", 20, _INK),
        (zone.key, 16, _QUIET),
    ]
    for row, (text, size, colour) in enumerate(lines):
        place = (width // 2, height // 2 - 60 + 40 * row)
        brush.text(place, text[:40], colour, ImageFont.load_default(size), anchor="mm")
    return card


def _picture(one: ClipPicture, camera: str, zone: ZoneInfo) -> Pillow.Image:
    drawn, brush = _paper()
    width, height = CLIP_SIZE
    with Pillow.open(io.BytesIO(one.jpeg)) as stored:
        covered = stored.convert("RGB")
    room = (width, height - _BAND)
    scale = min(room[0] / covered.width, room[1] / covered.height, _MOST_ENLARGED)
    size = (max(round(covered.width * scale), 1), max(round(covered.height * scale), 1))
    shown = covered.resize(size, Pillow.Resampling.BICUBIC)
    drawn.paste(shown, ((room[0] - size[0]) // 2, (room[1] - size[1]) // 2))
    moment = _local(one.at, zone)
    brush.text((12, room[1] + 8), camera[:40], _INK, ImageFont.load_default(20))
    said = f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 100_000} {moment:%Z}"
    brush.text((12, room[1] + 36), said, _QUIET, ImageFont.load_default(16))
    return drawn


def _paper() -> tuple[Pillow.Image, ImageDraw.ImageDraw]:
    paper = Pillow.new("RGB", CLIP_SIZE, _PAPER)
    return paper, ImageDraw.Draw(paper)


def _local(at: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(at / SECOND, zone)


def _check(clip: CaseClip, small: Sequence[_Thumbnail]) -> None:
    """Make sure that what is read back is what was drawn, in its order and at its times."""
    import av  # noqa: PLC0415

    with av.open(io.BytesIO(clip.content), "r") as container:
        container.streams.video[0].thread_count = 1  # several exports may be checked at once
        found = container.decode(video=0)
        for wanted, seen in zip(clip.frames, small, strict=True):
            frame = next(found, None)
            if frame is None or not _is_as_drawn(frame, wanted, seen):
                raise OutputError("the clip was not read back as it was drawn: try again")
        if next(found, None) is not None:
            raise OutputError("the clip was not read back as it was drawn: try again")


def _is_as_drawn(frame: "VideoFrame", wanted: ClipFrame, seen: _Thumbnail) -> bool:
    at = Fraction(frame.pts or 0) * Fraction(frame.time_base or _TIME_BASE) * 1000
    apart = np.abs(_small(Pillow.fromarray(frame.to_ndarray(format="rgb24"))) - seen).mean()
    return round(at) == wanted.milliseconds and bool(apart <= _MOST_DIFFERENT)


def _small(picture: Pillow.Image) -> _Thumbnail:
    return np.asarray(picture.convert("L").resize(_CHECKED, Pillow.Resampling.BOX), np.int16)
