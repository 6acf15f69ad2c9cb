"""How a video is stored, so that it is shown like its source."""

from dataclasses import dataclass
from fractions import Fraction

from av.codec.context import ThreadType
from av.container import OutputContainer
from av.video.stream import VideoStream

from passerby.errors import OutputError
from passerby.locations import Location
from passerby.media import Colour, Medium
from passerby.sinks.codecs import Codec
from passerby.sinks.colours import mark_colour
from passerby.sinks.formats import VideoFormat
from passerby.sinks.timing import Timing

__all__ = ["Storage", "add_video", "storage_of"]

_RGB = Colour(range=2, space=0)
"""Full range, no matrix: what a lossless codec stores."""


@dataclass(frozen=True, slots=True)
class Storage:
    """The stored picture.

    Attributes:
        size: Width and height in pixels.
        rotation: Degrees clockwise by which it is shown turned.
        sample_aspect: Width of a pixel over its height, or None.
        pixel_format: FFmpeg's name.
        colour: What the numbers mean.
        tag: The four letters that name the codec in the container, or None for FFmpeg's choice.
    """

    size: tuple[int, int]
    rotation: int
    sample_aspect: Fraction | None
    pixel_format: str
    colour: Colour
    tag: str | None


def storage_of(target: Location, medium: Medium, container: VideoFormat, codec: Codec) -> Storage:
    """Choose how to store ``medium``; its frames come upright.

    Raises:
        OutputError: If the codec cannot hold pixels that are not square, or such small pictures.
    """
    if min(medium.width, medium.height) < codec.least_side:
        raise OutputError(
            f"{target}: {codec.encoder} cannot hold {medium.width}x{medium.height} pixels, but "
            f"{codec.least_side} each way at least: use codec h264"
        )
    aspect = medium.sample_aspect
    if aspect not in (None, 1) and not codec.keeps_aspect:
        raise OutputError(
            f"{target}: {codec.encoder} cannot hold pixels that are {aspect} as wide as high: "
            "use codec h264 in .mp4 or .mkv"
        )
    rotation = medium.rotation if container.turns else 0
    size = medium.width, medium.height
    if rotation % 180 == 90:
        size, aspect = size[::-1], 1 / aspect if aspect else None
    return Storage(
        size=size,
        rotation=rotation,
        sample_aspect=aspect,
        pixel_format=_pixel_format(size, codec),
        colour=_RGB if codec.lossless else medium.colour,
        tag=codec.tag if container.muxer in ("mp4", "mov") else None,
    )


def add_video(
    output: OutputContainer, codec: Codec, storage: Storage, timing: Timing
) -> VideoStream:
    """Add a video stream to ``output`` and open its encoder."""
    stream = output.add_stream(codec.encoder, rate=timing.rate, options=codec.options)
    if not isinstance(stream, VideoStream):
        raise TypeError(f"{codec.encoder} is not a video encoder")
    stream.time_base = timing.time_base
    if storage.rotation:
        stream.set_display_rotation(-storage.rotation)
    context = stream.codec_context
    context.time_base = timing.time_base
    context.width, context.height = storage.size
    context.pix_fmt = storage.pixel_format
    if storage.sample_aspect:
        context.sample_aspect_ratio = storage.sample_aspect
    if storage.tag:
        context.codec_tag = storage.tag
    context.thread_type = ThreadType.AUTO  # slices alone would cost quality
    mark_colour(context, storage.colour)
    context.open()
    return stream


def _pixel_format(size: tuple[int, int], codec: Codec) -> str:
    """4:2:0, which plays everywhere, unless an odd size or a lossless codec forbids it."""
    if codec.lossless:
        return "bgr0"
    even = size[0] % 2 == 0 and size[1] % 2 == 0
    return "yuv420p" if even or codec.odd_sizes else "yuv444p"
