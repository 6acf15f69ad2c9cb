"""What a source is made of and what its anonymized copy must keep."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path, PurePath

from passerby.locations import Location, ObjectPath

__all__ = ["IMAGE_SUFFIXES", "VIDEO_SUFFIXES", "Colour", "Input", "Medium", "Stretch", "VideoPart"]

IMAGE_SUFFIXES = frozenset(
    (
        *(".apng", ".avif", ".bmp", ".gif", ".heic", ".heif", ".hif", ".jfif", ".jpe", ".jpeg"),
        *(".jpg", ".mpo", ".png", ".tif", ".tiff", ".webp"),
    )
)
"""Endings of files that are taken for pictures when a folder is read."""

VIDEO_SUFFIXES = frozenset(
    (
        *(".264", ".265", ".3g2", ".3gp", ".asf", ".avi", ".dav", ".divx", ".dv", ".f4v", ".flv"),
        *(".h264", ".h265", ".hevc", ".m1v", ".m2ts", ".m2v", ".m4v", ".mjpeg", ".mjpg", ".mkv"),
        *(".mov", ".mp4", ".mpe", ".mpeg", ".mpg", ".mts", ".mxf", ".ogv", ".qt", ".rm", ".ts"),
        *(".vob", ".webm", ".wmv", ".y4m"),
    )
)
"""Endings of files that are taken for videos when a folder is read."""


@dataclass(frozen=True, slots=True)
class VideoPart:
    """One of the parts that a long video is cut into; it begins at a key frame.

    Attributes:
        number: Which one, from 1.
        of: How many there are.
        first: Number of its first frame in the video, from 0.
        frames: How many it has.
        begin: When its first frame is shown, in seconds since the video's first frame.
        end: When the next part begins, likewise; None for the last.
        entry: When the key frame is shown with which decoding begins, some seconds earlier: in
            units of the stream's time base, on the file's own clock.
        entry_frame: Number of that frame in the video.
    """

    number: int
    of: int
    first: int
    frames: int
    begin: Fraction
    end: Fraction | None
    entry: int
    entry_frame: int


@dataclass(frozen=True, slots=True)
class Input:
    """One thing to anonymize.

    Attributes:
        name: What the user gave, or the path of a file found in a folder the user gave.
        path: The file or object, or None for a live stream.
        folder: The folder the file was found in when the user gave a folder, or None.
        problem: Why it cannot be read, if that is known before it is opened.
        part: Which part of a long video it is; None for all of a file.
        size: Of the whole in bytes, where it was listed with that.
    """

    name: str
    path: Location | None
    folder: Location | None = None
    problem: str | None = None
    part: VideoPart | None = None
    size: int | None = None

    @property
    def relative(self) -> PurePath | None:
        """Where the file's copy belongs below an output folder; None for a live stream."""
        if self.path is None:
            return None
        if isinstance(self.path, ObjectPath) and isinstance(self.folder, ObjectPath):
            return self.path.relative_to(self.folder)
        if isinstance(self.path, Path) and isinstance(self.folder, Path):
            return self.path.relative_to(self.folder)
        return PurePath(self.path.name)


@dataclass(frozen=True, slots=True)
class Colour:
    """How a video's numbers mean colours, as FFmpeg's enumerations; 2 is "unspecified"."""

    range: int = 0
    space: int = 2
    primaries: int = 2
    transfer: int = 2


@dataclass(frozen=True, slots=True)
class Stretch:
    """The part of a source that is copied.

    Attributes:
        first: Number of its first frame in the source, from 0.
        begin: When that is shown, in seconds since the source's first frame.
        end: When it ends, likewise; None at the end of the source.
    """

    first: int
    begin: Fraction
    end: Fraction | None


@dataclass(frozen=True, slots=True)
class Medium:
    """What a source is and what its copy must keep.

    Attributes:
        name: What the user gave: a path, an address or a camera; for messages and reports.
        kind: "image", "animation", "video" or "live".
        width, height: Of the upright picture, in pixels.
        rate: Frames a second, or None where unknown or meaningless.
        time_base: Unit of the frames' ``pts`` in seconds, or None.
        frames: Expected number of frames, or None where unknown.
        rotation: Degrees clockwise, a multiple of 90, by which the stored picture is turned to
            stand upright. Frames come upright; a sink turns them back and notes the rotation.
        sample_aspect: Width of a pixel over its height.
        colour: Colour range, space, primaries and transfer.
        bit_depth: Bits a channel in the source; passerby works on 8.
        audio_streams: Number of audio streams in the source.
        start: When the first frame is shown on the file's own clock, in seconds. The frames' times
            count from there, as players show them.
        duration: Seconds from the first frame's start to the last one's end, or None.
        loop: How often an animation plays, 0 for without end, or None where it does not say.
        grey: Whether an image is stored without colour.
        lossless: Whether an image is stored without loss.
        notes: What the user should know about how it was read ("16 bits reduced to 8").
        stretch: The part of it that is copied; None for all.
    """

    name: str
    kind: str
    width: int
    height: int
    rate: Fraction | None = None
    time_base: Fraction | None = None
    frames: int | None = None
    rotation: int = 0
    sample_aspect: Fraction | None = None
    colour: Colour = Colour()
    bit_depth: int = 8
    audio_streams: int = 0
    start: Fraction = Fraction(0)
    duration: Fraction | None = None
    loop: int | None = None
    grey: bool = False
    lossless: bool = False
    notes: tuple[str, ...] = ()
    stretch: Stretch | None = None

    @property
    def unrelated(self) -> bool:
        """Whether each frame is a picture of its own: the only one, or a page that has no time."""
        return self.kind == "image" or (self.time_base is None and self.rate is None)
