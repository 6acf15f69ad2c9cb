"""Videos, encoded by FFmpeg."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import av
from av import Packet, VideoFrame
from av.codec.context import ThreadType
from av.container import OutputContainer
from av.error import FFmpegError
from av.video.stream import VideoStream

from passerby.errors import OutputError
from passerby.media import Colour, Medium
from passerby.sinks.audio import AudioTracks
from passerby.sinks.codecs import Codec, codec_for
from passerby.sinks.colours import YuvConverter, mark_colour
from passerby.sinks.encoding import Encoding
from passerby.sinks.formats import VIDEO_FORMATS
from passerby.sinks.partial import PartialFile, write_error
from passerby.sinks.timing import Timing
from passerby.types import AnonymizedFrame, require_anonymized

__all__ = ["VideoSink"]

_RGB = Colour(range=2, space=0)
"""Full range, no matrix: what a lossless codec stores."""

_NO_METADATA = ("major_brand", "minor_version", "compatible_brands", "encoder")
"""What describes the old file, not what it shows."""


class VideoSink:
    """Writes a video with the size, times, rate, rotation and colours of its source.

    Args:
        target: Its ending names the container.
        medium: What is being read; its sound and metadata are read again from the file it names.
        encoding: Codec, quality, sound and metadata.

    Raises:
        OutputError: If the container cannot hold what is asked for, or the file cannot be made.
    """

    def __init__(self, target: Path, medium: Medium, encoding: Encoding) -> None:
        self._target = target
        self._container = VIDEO_FORMATS[target.suffix.lower()]
        codec = codec_for(target, self._container, encoding)
        self._timing = Timing(medium, clocked=self._container.clocked)
        self._output: OutputContainer | None = None
        self._audio: AudioTracks | None = None
        self._waiting: VideoFrame | None = None
        self._partial = PartialFile(target)
        with self._clean_on_failure():
            path = f"file:{self._partial.path}"
            self._output = av.open(path, "w", format=self._container.muxer)
            self._stream, self._convert = self._add_video(self._output, codec, medium)
            if medium.kind == "video":
                self._add_from_source(self._output, Path(medium.name), encoding)

    def write(self, frame: AnonymizedFrame) -> None:
        """Take the next frame.

        Raises:
            PrivacyError: If it is not anonymized.
            OutputError: If it cannot be written; the partial file is removed then.
        """
        frame = require_anonymized(frame)
        with self._clean_on_failure():
            picture = self._convert(frame.image)
            time = self._timing.time_of(frame)
            picture.pts = time
            picture.time_base = self._timing.time_base
            if self._waiting is not None:
                self._encode(self._waiting, time - (self._waiting.pts or 0))
            self._waiting = picture

    def commit(self) -> None:
        """Finish the file and give it its final name.

        Raises:
            OutputError: If no frame came, or it cannot be finished.
        """
        with self._clean_on_failure():
            if self._waiting is None or self._output is None:
                raise OutputError(f"{self._target}: there is no frame to write")
            self._encode(self._waiting, self._timing.last_duration())
            self._mux(self._stream.encode(None))
            if self._audio is not None:
                self._audio.finish()
            self._output.close()
        self._release()
        self._partial.commit()

    def abort(self) -> None:
        """Throw away what was written."""
        self._release()
        self._partial.abort()

    def _add_video(
        self, output: OutputContainer, codec: Codec, medium: Medium
    ) -> tuple[VideoStream, YuvConverter]:
        """Add the video stream, with the stored picture's size and what the source says of it."""
        rotation = medium.rotation if self._container.turns else 0
        size, aspect = (medium.width, medium.height), medium.sample_aspect
        if rotation % 180 == 90:
            size, aspect = size[::-1], 1 / aspect if aspect else None
        even = size[0] % 2 == 0 and size[1] % 2 == 0
        pixels = "yuv420p" if even or codec.odd_sizes else "yuv444p"
        pixels = "bgr0" if codec.lossless else pixels
        colour = _RGB if codec.lossless else medium.colour
        stream = output.add_stream(codec.encoder, rate=self._timing.rate, options=codec.options)
        if not isinstance(stream, VideoStream):
            raise TypeError(f"{codec.encoder} is no video encoder")
        stream.time_base = self._timing.time_base
        if rotation:
            stream.set_display_rotation(-rotation)
        context = stream.codec_context
        context.time_base = self._timing.time_base
        context.width, context.height = size
        context.pix_fmt = pixels
        if aspect not in (None, 1) and not codec.keeps_aspect:
            raise OutputError(
                f"{self._target}: {codec.encoder} cannot hold pixels that are {aspect} as wide as "
                "high: use codec h264 in .mp4 or .mkv"
            )
        if aspect:
            context.sample_aspect_ratio = aspect
        context.thread_type = ThreadType.AUTO  # slices alone would cost quality
        if codec.tag and self._container.muxer in ("mp4", "mov"):
            context.codec_tag = codec.tag
        mark_colour(context, colour)
        context.open()
        return stream, YuvConverter(pixels, colour, rotation)

    def _add_from_source(self, output: OutputContainer, source: Path, encoding: Encoding) -> None:
        """Add the sound and the metadata that were asked for."""
        if encoding.metadata == "keep":
            with av.open(f"file:{source}", metadata_errors="replace") as container:
                kept = {k: v for k, v in container.metadata.items() if k not in _NO_METADATA}
            output.metadata.update(kept)
        if encoding.audio != "drop":
            silence = self._container.silence if encoding.audio == "mute" else None
            self._audio = AudioTracks(source, output, self._target, silence)

    def _encode(self, picture: VideoFrame, duration: int) -> None:
        picture.duration = duration
        self._mux(self._stream.encode(picture))

    def _mux(self, packets: "list[Packet[VideoStream]]") -> None:
        """Write packets, each after the sound that comes before it."""
        for packet in packets:
            if self._audio is not None and packet.dts is not None:
                self._audio.write_until(packet.dts * packet.time_base)
            if self._output is not None:
                self._output.mux(packet)

    @contextmanager
    def _clean_on_failure(self) -> Iterator[None]:
        """Leave no partial file when something fails, and say why in one line."""
        try:
            yield
        except BaseException as error:
            self.abort()
            if isinstance(error, (FFmpegError, ValueError, OSError)):
                raise write_error(self._target, error) from error
            raise

    def _release(self) -> None:
        """Close all that is open; of a failed output the end cannot be written, nor matters."""
        if self._output is not None:
            with suppress(FFmpegError):
                self._output.close()
        if self._audio is not None:
            self._audio.close()
