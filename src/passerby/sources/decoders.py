"""Who decodes a video stream."""

from av.codec.context import CodecContext, ThreadType
from av.container import InputContainer
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from passerby.sources.limits import MAX_PIXELS

__all__ = ["decoder_of", "is_padded"]

_KNOWS_ALPHA = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
"""FFmpeg's own decoders leave out the opacity that WebM stores beside each frame."""


def decoder_of(stream: VideoStream) -> VideoCodecContext:
    """The decoder that FFmpeg would take, unless it does not see what another one does."""
    decoder = stream.codec_context
    better = _KNOWS_ALPHA.get(decoder.codec.canonical_name)
    if better is not None and _has_alpha(stream):
        other = CodecContext.create(better, "r")
        other.extradata = decoder.extradata
        if isinstance(other, VideoCodecContext):
            decoder = other
    decoder.thread_type = ThreadType.AUTO
    decoder.options = {"max_pixels": str(MAX_PIXELS)}
    return decoder


def is_padded(container: InputContainer, stream: VideoStream) -> bool:
    """Whether the fourth byte of a pixel means nothing, as in what screens are recorded in."""
    return container.format.name == "avi" and stream.codec_context.name == "rawvideo"


def _has_alpha(stream: VideoStream) -> bool:
    return any(
        name.lower() == "alpha_mode" and value == "1" for name, value in stream.metadata.items()
    )
