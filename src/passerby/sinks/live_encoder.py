"""Encodes anonymized frames one by one, without holding any back."""

from typing import Protocol, cast

import av
from av import VideoFrame
from av.video.frame import PictureType
from av.video.stream import VideoStream

from passerby.errors import ConfigError
from passerby.media import Medium
from passerby.sinks.encoding import Encoding
from passerby.types import AnonymizedFrame

__all__ = ["LiveEncoder", "Writable"]

SECONDS_BETWEEN_KEY_FRAMES = 2.0
"""A receiver that joins waits this long for its first picture."""

DEFAULT_PRESET = "veryfast"
_ENCODERS = {
    "auto": ("libx264", "23", {"forced-idr": "1"}),
    "h264": ("libx264", "23", {"forced-idr": "1"}),
    "h265": ("libx265", "25", {"forced-idr": "1", "x265-params": "log-level=none"}),
}
"""FFmpeg's encoder, default quality and options for each codec that `Encoding` names."""

_MATRICES = {1: "ITU709", 4: "FCC", 5: "ITU601", 6: "ITU601", 7: "SMPTE240M", 9: "BT2020"}
"""Names that PyAV has for FFmpeg's colour spaces; others are written as BT.601."""
_FULL_RANGE = 2


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
        encoding: Codec, quality and preset.

    Raises:
        ConfigError: If the encoder cannot do what is asked for.
    """

    def __init__(
        self, output: Writable, container: str, medium: Medium, encoding: Encoding
    ) -> None:
        if encoding.codec not in _ENCODERS:
            known = ", ".join(_ENCODERS)
            raise ConfigError(
                f"a live stream cannot be sent as {encoding.codec}: choose codec {known}"
            )
        encoder, quality, options = _ENCODERS[encoding.codec]
        chosen = "preset" in encoding.model_fields_set
        options = options | {
            "preset": encoding.preset if chosen else DEFAULT_PRESET,
            "tune": "zerolatency",
            "crf": quality if encoding.quality is None else str(encoding.quality),
        }
        self._container = av.open(output, "w", format=container, options={"flush_packets": "1"})
        self._stream = cast(
            "VideoStream", self._container.add_stream(encoder, medium.rate or 25, options)
        )
        _describe(self._stream, medium)
        self._colour = medium.colour
        self._last_key_frame: float | None = None

    def encode(self, frame: AnonymizedFrame, moment: float) -> None:
        """Encode one frame and write it out; ``moment`` is its time in seconds."""
        picture = VideoFrame.from_ndarray(frame.image, "bgr24").reformat(
            format=self._stream.pix_fmt,
            dst_colorspace=_MATRICES.get(self._colour.space, "ITU601"),
            dst_color_range="JPEG" if self._colour.range == _FULL_RANGE else "MPEG",
        )
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
    context.color_range = medium.colour.range
    context.colorspace = medium.colour.space
    context.color_primaries = medium.colour.primaries
    context.color_trc = medium.colour.transfer
