"""Where raw frames come from: pictures, animations, videos and live streams."""

from typing import Any

from passerby.locations import Location, location_of
from passerby.media import VideoPart
from passerby.sources.inputs import check_readable, expand, is_stream, left_out
from passerby.types import Source

__all__ = ["expand", "is_stream", "left_out", "open_source"]


def open_source(
    spec: str | Location,
    part: VideoPart | None = None,
    **stream_options: Any,  # noqa: ANN401  (passed on as they are)
) -> Source:
    """Open a file, an address or a camera; what a file is, its content says, not its name.

    Args:
        spec: A path, the address of an object or of a stream, such as ``rtsp://...``, or a camera
            such as ``camera:0``.
        part: Of a long video, if only that is read, with some seconds before it.
        stream_options: Passed on to `passerby.sources.streams.open_stream`; files take none.

    Raises:
        InputError: If it cannot be opened, or is neither a picture nor a video.
    """
    # Only what is opened is loaded: inputs are listed without any decoder.
    if is_stream(spec):
        from passerby.sources.streams import open_stream  # noqa: PLC0415

        return open_stream(str(spec), **stream_options)
    path = location_of(spec)
    check_readable(path)
    from passerby.sources.images import ImageSource, is_image  # noqa: PLC0415

    if is_image(path):
        return ImageSource(path)
    from passerby.sources.videos import VideoSource  # noqa: PLC0415

    return VideoSource(path, part)
