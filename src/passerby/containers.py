"""Opening what holds a video; nothing but the file itself is read."""

from fractions import Fraction
from io import BufferedReader

import av
from av.codec.context import CodecContext
from av.container import InputContainer
from av.error import FFmpegError

from passerby.errors import InputError
from passerby.files.matroska import Joined, Segment, pieces_of
from passerby.files.plain import open_plain
from passerby.files.status import byte_size
from passerby.locations import Location, ObjectPath

__all__ = ["is_cut_off", "length_of", "open_container", "starts_as_jpeg"]

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


def open_container(path: Location) -> InputContainer:
    """Open a file in any container that FFmpeg reads; Matroska files joined into one are one film.

    Raises:
        InputError: If it is none, or pieces that were joined are of different kinds.
    """
    pieces = pieces_of(path)
    if len(pieces) > 1:
        _check_alike(path, pieces)
        return _opened(path, Joined(path, pieces))
    if isinstance(path, ObjectPath):
        return _opened(path, open_plain(path))
    # The prefix keeps a name with a colon in it from being taken for an address.
    return _opened(path, f"file:{path}")


def _opened(path: Location, content: Joined | BufferedReader | str) -> InputContainer:
    options = {"protocol_whitelist": "file", "format_whitelist": _DEMUXERS}
    demuxer = "mjpeg" if starts_as_jpeg(path) else None  # else it may be taken for one picture
    try:
        return av.open(
            content,
            "r",
            format=demuxer,
            container_options=options,
            metadata_errors="replace",
        )
    except (FFmpegError, ValueError) as error:
        raise InputError(
            f"{path} is neither a picture nor a video that can be read ({_reason(error)}): "
            "it is damaged, cut off or of another kind"
        ) from error


def _check_alike(path: Location, pieces: list[Segment]) -> None:
    """Make sure that one decoder understands all pieces: FFmpeg sets it up for the first alone."""
    kinds = [_kinds(path, piece) for piece in pieces]
    if any(kind != kinds[0] for kind in kinds):
        raise InputError(
            f"{path} holds {len(pieces)} films of different kinds one after the other: split it "
            "into single files"
        )


def _kinds(path: Location, piece: Segment) -> list[object]:
    """What decoders have to know of each stream in a piece."""
    with _opened(path, Joined(path, [piece])) as container:
        contexts = [stream.codec_context for stream in container.streams]
        return [one and (one.name, one.extradata, *_size(one)) for one in contexts]


def _size(context: CodecContext) -> tuple[int, int]:
    return getattr(context, "width", 0), getattr(context, "height", 0)


def is_cut_off(path: Location) -> bool:
    """Whether the last of several Matroska files joined into one ends before it should."""
    pieces = pieces_of(path)
    return len(pieces) > 1 and pieces[-1].end > byte_size(path)


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


def starts_as_jpeg(path: Location) -> bool:
    """Whether the first bytes of a file are those of a JPEG picture."""
    with open_plain(path) as file:
        return file.read(3) == b"\xff\xd8\xff"
