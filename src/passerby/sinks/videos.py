"""Videos, encoded by FFmpeg."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import av
from av import Packet, VideoFrame
from av.container import OutputContainer
from av.error import FFmpegError
from av.video.stream import VideoStream

from passerby.containers import open_container
from passerby.detections import Detections
from passerby.errors import OutputError
from passerby.files.partial import ANEW, Permit, write_error
from passerby.files.partial_object import open_partial
from passerby.locations import Location, location_of
from passerby.media import Medium
from passerby.opacity import BLACK, over
from passerby.sinks.audio import AudioTracks
from passerby.sinks.codecs import codec_for
from passerby.sinks.colours import YuvConverter
from passerby.sinks.encoding import Encoding
from passerby.sinks.formats import VIDEO_FORMATS
from passerby.sinks.numbers import with_numbers
from passerby.sinks.storage import add_video, storage_of
from passerby.sinks.tags import kept_tags
from passerby.sinks.timing import Timing
from passerby.types import AnonymizedFrame, require_anonymized

__all__ = ["MUXING", "VideoSink", "sound_and_tags"]

MUXING = {"fflags": "+bitexact"}
"""Nothing is written that differs from run to run, such as the random numbers of Matroska."""


class VideoSink:
    """Writes a video with the size, times, rate, rotation and colours of its source.

    Args:
        target: Its ending names the container.
        medium: What is being read; its sound and metadata are read again from the file it names.
        encoding: Codec, quality, sound and metadata.
        permit: What may happen to a file that is there.

    Attributes:
        sha256: Of the file, once it is committed.

    Raises:
        OutputError: If the container cannot hold what is asked for, or the file cannot be made.
    """

    def __init__(
        self, target: Location, medium: Medium, encoding: Encoding, permit: Permit = ANEW
    ) -> None:
        self._target = target
        self._container = VIDEO_FORMATS[target.suffix.lower()]
        codec = codec_for(target, self._container, encoding)
        storage = storage_of(target, medium, self._container, codec)
        self._timing = Timing(medium, clocked=self._container.clocked)
        self.sha256: str | None = None
        self._output: OutputContainer | None = None
        self._audio: AudioTracks | None = None
        self._waiting: VideoFrame | None = None
        self._partial = open_partial(target, permit)
        with self._clean_on_failure():
            path = f"file:{self._partial.path}"
            self._output = av.open(path, "w", format=self._container.muxer, options=MUXING)
            self._stream = add_video(self._output, codec, storage, self._timing)
            self._convert = YuvConverter(storage.pixel_format, storage.colour, storage.rotation)
            if medium.kind == "video":
                self._add_from_source(self._output, medium, encoding)

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know about how it is written."""
        return () if self._audio is None else self._audio.notes

    def write(self, frame: AnonymizedFrame, people: Detections | None = None) -> None:
        """Take the next frame.

        Args:
            frame: The frame.
            people: Those whose boxes and numbers of tracks are drawn over it; nobody by default.

        Raises:
            PrivacyError: If it is not anonymized.
            OutputError: If it cannot be written; the partial file is removed then.
        """
        frame = require_anonymized(frame)
        with self._clean_on_failure():
            image = over(frame.image, frame.alpha, BLACK)
            picture = self._convert(image if people is None else with_numbers(image, people))
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
            self.sha256 = self._partial.sha256()
        self._partial.commit()

    def abort(self) -> None:
        """Throw away what was written."""
        self._release()
        self._partial.abort()

    def _add_from_source(self, output: OutputContainer, medium: Medium, encoding: Encoding) -> None:
        """Add the sound and the metadata that were asked for."""
        self._audio = sound_and_tags(output, self._target, medium, encoding)
        if self._audio is not None:
            # What begins before the first picture would else be cut off by some players.
            self._audio.delay(self._timing.delay(self._audio.lead))
            self._audio.begin()

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


def sound_and_tags(
    output: OutputContainer, target: Location, medium: Medium, encoding: Encoding
) -> AudioTracks | None:
    """Add what was asked for of the metadata of a source, and open its sound.

    Args:
        output: The open output, whose header is not yet written.
        target: Its final path.
        medium: Of the source, which names its file.
        encoding: What is kept.

    Returns:
        The sound, which the caller closes; None if it is left out.

    Raises:
        OutputError: If the output's container cannot hold the sound.
    """
    source = location_of(medium.name)
    if encoding.metadata == "keep":
        with open_container(source) as container:
            output.metadata.update(kept_tags(container.metadata))
    if encoding.audio == "drop":
        return None
    kind = VIDEO_FORMATS[target.suffix.lower()]
    return AudioTracks(source, output, target, kind, medium, encoding)
