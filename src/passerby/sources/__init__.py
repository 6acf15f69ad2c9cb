"""Where raw frames come from: pictures, animations, videos and live streams."""

from pathlib import Path
from typing import Any

from passerby.sources.images import ImageSource, is_image
from passerby.sources.inputs import check_readable, expand, is_stream, left_out
from passerby.sources.videos import VideoSource
from passerby.types import Source

__all__ = ["ImageSource", "VideoSource", "expand", "is_stream", "left_out", "open_source"]


def open_source(
    spec: str | Path,
    **stream_options: Any,  # noqa: ANN401  (passed on as they are)
) -> Source:
    """Open a file, an address or a camera; what a file is, its content says, not its name.

    Args:
        spec: A path, an address such as ``rtsp://...``, or a camera such as ``camera:0``.
        stream_options: Passed on to `passerby.sources.streams.open_stream`; files take none.

    Raises:
        InputError: If it cannot be opened, or is neither a picture nor a video.
    """
    if is_stream(spec):
        from passerby.sources.streams import open_stream  # noqa: PLC0415  (needs no file code)

        return open_stream(str(spec), **stream_options)
    path = Path(spec)
    check_readable(path)
    return ImageSource(path) if is_image(path) else VideoSource(path)
