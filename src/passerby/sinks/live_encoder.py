"""Encodes anonymized frames one by one, without holding any back."""

from typing import Protocol, cast

import av
from av.video.frame import PictureType
from av.video.stream import VideoStream

from passerby.media import Medium
from passerby.opacity import BLACK, over
from passerby.sinks.colours import YuvConverter, mark_colour
from passerby.sinks.encoding import Encoding
from passerby.types import AnonymizedFrame

__all__ = ["LIVE_CODECS", "LiveEncoder", "Writable"]

SECONDS_BETWEEN_KEY_FRAMES = 2.0
"""A receiver that joins waits this long for its first picture."""

DEFAULT_PRESET = "veryfast"
LIVE_CODECS = {
    "auto": ("libx264", "23", {"forced-idr": "1"}),
    "h264": ("libx264", "23", {"forced-idr": "1"}),
    "h265": ("libx265", "25", {"forced-idr": "1", "x265-params": "log-level=none"}),
}
"""FFmpeg's encoder, default quality and options for each codec that `Encoding` names."""


class Writable(Protocol):
    """What the encoded stream is written to."""

    def write(self, data: bytes) -> int:
        """Take bytes and return how many."""
        ...


class LiveEncoder:
    """Encodes frames of one size into a container, each at once.

    Args:
        output: Takes the encoded stream.
        container: FFmpeg's name of its format.
        medium: What the frames come from: size, time base, colours.
        encoding: Codec (one of `LIVE_CODECS`), quality and preset.
    """

    def __init__(
        self, output: Writable, container: str, medium: Medium, encoding: Encoding
    ) -> None:
        encoder, quality, options = LIVE_CODECS[encoding.codec]
        chosen = "encoder_preset" in encoding.model_fields_set
        options = options | {
            "preset": encoding.encoder_preset if chosen else DEFAULT_PRESET,
            "tune": "zerolatency",
            "crf": quality if encoding.quality is None else str(encoding.quality),
        }
        self._container = av.open(output, "w", format=container, options={"flush_packets": "1"})
        self._stream = cast(
            "VideoStream", self._container.add_stream(encoder, medium.rate or 25, options)
        )
        _describe(self._stream, medium)
        # Receivers show a stream as it is stored, so it is stored upright.
        self._convert = YuvConverter(str(self._stream.pix_fmt), medium.colour, rotation=0)
        self._last_key_frame: float | None = None

    def encode(self, frame: AnonymizedFrame, moment: float) -> None:
        """Encode one frame and write it out; ``moment`` is its time in seconds."""
        picture = self._convert(over(frame.image, frame.alpha, BLACK))
        picture.pts, picture.time_base = frame.pts, frame.time_base
        picture.pict_type = PictureType.I if self._key_frame_is_due(moment) else PictureType.NONE
        self._container.mux(self._stream.encode(picture))

    def close(self) -> None:
        """Write what the encoder still holds and end the stream."""
        self._container.mux(self._stream.encode(None))
        self._container.close()

    def _key_frame_is_due(self, moment: float) -> bool:
        """Whether the last key frame is long enough ago, by time, as claimed rates are wrong."""
        last = self._last_key_frame
        if last is not None and moment - last < SECONDS_BETWEEN_KEY_FRAMES:
            return False
        self._last_key_frame = moment
        return True


def _describe(stream: VideoStream, medium: Medium) -> None:
    """Tell the encoder what it gets."""
    stream.width, stream.height = medium.width, medium.height
    # Chroma of half the size needs even sides; a picture is never cut or padded.
    odd = medium.width % 2 or medium.height % 2
    stream.pix_fmt = "yuv444p" if odd else "yuv420p"
    context = stream.codec_context
    if medium.time_base:
        context.time_base = medium.time_base
    if medium.sample_aspect:
        context.sample_aspect_ratio = medium.sample_aspect
    mark_colour(context, medium.colour)
