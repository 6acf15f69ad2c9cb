"""What each file ending stands for, and what its format can hold."""

from dataclasses import dataclass

from passerby.errors import OutputError
from passerby.locations import Location

__all__ = ["IMAGE_FORMATS", "VIDEO_FORMATS", "VideoFormat", "check_fits"]

IMAGE_FORMATS = {
    ".apng": "PNG",
    ".avif": "AVIF",
    ".bmp": "BMP",
    ".gif": "GIF",
    ".heic": "HEIF",
    ".heif": "HEIF",
    ".hif": "HEIF",
    ".jfif": "JPEG",
    ".jpe": "JPEG",
    ".jpeg": "JPEG",
    ".jpg": "JPEG",
    ".mpo": "JPEG",
    ".png": "PNG",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".webp": "WEBP",
}
"""Pillow's name of the format that a file ending asks for."""

ANIMATED_FORMATS = ("AVIF", "PNG", "GIF", "TIFF", "WEBP")


@dataclass(frozen=True, slots=True)
class VideoFormat:
    """A container.

    Attributes:
        muxer: FFmpeg's name of it.
        codecs: What may go in, as `Encoding` names it, the default first.
        silence: FFmpeg's encoder for a muted track.
        sound: Codecs of sound that may be copied into it; None for all that FFmpeg knows for it.
        pcm: Whether players expect plain samples in it.
        turns: Whether it can note a display rotation; else the picture is stored upright.
        clocked: Whether it holds only a constant frame rate and no times of presentation.
    """

    muxer: str
    codecs: tuple[str, ...]
    silence: str = "aac"
    sound: frozenset[str] | None = None
    pcm: bool = False
    turns: bool = True
    clocked: bool = False


_MP4 = VideoFormat("mp4", ("h264", "h265", "vp9"))
_MPEG_TS = VideoFormat(
    "mpegts",
    ("h264", "h265"),
    # Anything goes into FFmpeg's packets, but other sound has no mark by which it could be played.
    sound=frozenset(("aac", "aac_latm", "ac3", "dts", "eac3", "mp1", "mp2", "mp3", "opus")),
    turns=False,
)

VIDEO_FORMATS = {
    ".mp4": _MP4,
    ".m4v": _MP4,
    ".mov": VideoFormat("mov", ("h264", "h265"), pcm=True),
    ".mkv": VideoFormat("matroska", ("h264", "h265", "vp9", "ffv1"), pcm=True),
    ".webm": VideoFormat("webm", ("vp9",), silence="libopus"),
    ".avi": VideoFormat(
        "avi", ("h264", "ffv1"), silence="pcm_s16le", pcm=True, turns=False, clocked=True
    ),
    ".ts": _MPEG_TS,
    ".mts": _MPEG_TS,
    ".m2ts": _MPEG_TS,
}


def check_fits(path: Location, kind: str) -> None:
    """Make sure that a source of this kind can be written to a file with this ending.

    Args:
        path: The target.
        kind: As in `passerby.media.Medium`.

    Raises:
        OutputError: If it cannot.

    Example:
        >>> from pathlib import Path
        >>> check_fits(Path("street.jpg"), "video")
        Traceback (most recent call last):
        passerby.errors.OutputError: street.jpg: a video cannot be written as .jpg: ...
    """
    suffix = path.suffix.lower()
    if suffix not in IMAGE_FORMATS | VIDEO_FORMATS:
        known = " ".join(sorted(IMAGE_FORMATS | VIDEO_FORMATS))
        raise OutputError(f"{path}: {suffix or 'no ending'} cannot be written: use one of {known}")
    still = kind == "image" and suffix in IMAGE_FORMATS
    animated = kind == "animation" and (
        suffix in VIDEO_FORMATS or IMAGE_FORMATS[suffix] in ANIMATED_FORMATS
    )
    moving = kind in ("video", "live") and suffix in VIDEO_FORMATS
    if not (still or animated or moving):
        table = IMAGE_FORMATS if kind in ("image", "animation") else VIDEO_FORMATS
        raise OutputError(
            f"{path}: a{'n' if kind[0] in 'ai' else ''} {kind} cannot be written as {suffix}: "
            f"use one of {' '.join(table)}"
        )
