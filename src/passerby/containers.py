"""Opening what holds a video; nothing but the file itself is read."""

from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.error import FFmpegError

from passerby.errors import InputError

__all__ = ["length_of", "open_container", "starts_as_jpeg"]

_NO_VIDEO = frozenset(
    (
        *("concat", "dash", "hls", "imf", "rtp", "rtsp", "sap", "sdp"),
        *("adf", "bin", "idf", "tty", "xbin"),
        *("apng", "gif", "ico", "image2"),
    )
)
"""Demuxers that fetch other files, that make a video of plain text, or of a damaged picture."""

_DEMUXERS = ",".join(
    name for name in sorted(av.formats_available - _NO_VIDEO) if not name.endswith("_pipe")
)


def open_container(path: Path) -> InputContainer:
    """Open a file in any container that FFmpeg reads.

    Raises:
        InputError: If it is none.
    """
    options = {"protocol_whitelist": "file", "format_whitelist": _DEMUXERS}
    demuxer = "mjpeg" if starts_as_jpeg(path) else None  # else it may be taken for one picture
    try:
        # The prefix keeps a name with a colon in it from being taken for an address.
        return av.open(
            f"file:{path}",
            format=demuxer,
            container_options=options,
            metadata_errors="replace",
        )
    except (FFmpegError, ValueError) as error:
        raise InputError(
            f"{path} is neither a picture nor a video that can be read ({_reason(error)}): "
            "it is damaged, cut off or of another kind"
        ) from error


def length_of(container: InputContainer) -> Fraction | None:
    """Seconds from its start to its end, as far as it says so.

    Some programs give in Matroska files when they end, and not how long they are.
    """
    start, length = container.start_time or 0, container.duration
    if length and container.format.name == "matroska,webm" and 0 < start < length:
        length -= start
    return Fraction(length, av.time_base) if length else None


def _reason(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error).lower()


def starts_as_jpeg(path: Path) -> bool:
    """Whether the first bytes of a file are those of a JPEG picture."""
    with path.open("rb") as file:
        return file.read(3) == b"\xff\xd8\xff"
