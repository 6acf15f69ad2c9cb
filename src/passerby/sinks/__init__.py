"""Where anonymized frames go: pictures, animations, videos and live streams."""

from typing import TYPE_CHECKING, Any

from passerby.files.partial import ANEW, Permit
from passerby.locations import Location, is_object, location_of
from passerby.media import Medium
from passerby.sinks.encoding import Encoding
from passerby.sinks.formats import IMAGE_FORMATS, check_fits
from passerby.sinks.targets import plan

if TYPE_CHECKING:
    from passerby.types import Sink

__all__ = ["Encoding", "notes_of", "open_sink", "plan"]


def open_sink(
    target: str | Location,
    medium: Medium,
    encoding: Encoding | None = None,
    permit: Permit = ANEW,
    **stream_options: Any,  # noqa: ANN401  (passed on as they are)
) -> "Sink":
    """Open what the anonymized frames of ``medium`` are written to.

    Args:
        target: A path or the address of an object, whose ending names the format, or the address
            of a stream such as ``rtsp://...``.
        medium: What is being read, so that its copy keeps what it must.
        encoding: How to write it; the defaults if left out.
        permit: What may happen to a file that is there.
        stream_options: Passed on to `passerby.sinks.streams.open_stream_sink`; files take none.

    Raises:
        OutputError: If the format does not fit the medium, or the file cannot be made.
    """
    encoding = encoding or Encoding()
    # Only what is opened is loaded: options are read and explained without any encoder.
    if isinstance(target, str) and "://" in target and not is_object(target):
        from passerby.sinks.streams import open_stream_sink  # noqa: PLC0415

        return open_stream_sink(str(target), medium, encoding, **stream_options)
    path = location_of(target)
    check_fits(path, medium.kind)
    if path.suffix.lower() in IMAGE_FORMATS:
        from passerby.sinks.images import ImageSink  # noqa: PLC0415

        return ImageSink(path, medium, encoding, permit)
    from passerby.sinks.videos import VideoSink  # noqa: PLC0415

    return VideoSink(path, medium, encoding, permit)


def notes_of(sink: "Sink") -> tuple[str, ...]:
    """What the user should know about how a sink writes; most have nothing to say."""
    notes: tuple[str, ...] = getattr(sink, "notes", ())
    return notes
