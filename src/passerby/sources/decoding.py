"""Decoding that hands out all there is to see, and says afterwards what was missing."""

from collections.abc import Iterator
from fractions import Fraction

from av import Packet, VideoFrame
from av.container import InputContainer
from av.error import FFmpegError
from av.stream import Stream
from av.video.stream import VideoStream

from passerby.containers import is_cut_off, length_of
from passerby.errors import InputError
from passerby.file_clock import FileClock, longest_gap
from passerby.locations import location_of
from passerby.runtime.counting import counted
from passerby.sources.decoders import decoder_of

__all__ = ["Decoding"]

_TS_PACKETS = (188, 192, 204)
"""Bytes of an MPEG-TS packet: plain, with a time before it, with error correction behind it."""

_MICROSECOND = Fraction(1, 1_000_000)
_TIMED_BY_STREAM = "mov,mp4,m4a,3gp,3g2,mj2"
_TIMED_BY_CONTAINER = ("matroska,webm", "flv", "asf")
"""Containers whose header promises a length; the others' is an estimate from what is there."""


class Decoding:
    """Decodes one video stream; goes on after an error, and remembers it.

    Args:
        name: Of the file, for messages.
        container: The open file. All its streams are read, so that its end is known.
        stream: The video stream to decode.
        entry: When the key frame is shown with which decoding begins, in units of the time base;
            what comes before it is read and left out. None to decode all.
    """

    def __init__(
        self,
        name: str,
        container: InputContainer,
        stream: VideoStream,
        entry: int | None = None,
    ) -> None:
        self._entry = entry
        self._name = name
        self._container = container
        self._stream = stream
        self._decoder = decoder_of(stream)
        self._clock = FileClock(longest_gap(container.format.flags))
        self._frames = 0
        self._patched = 0
        self._lost_before = 0
        self._lost_after = 0
        self._error = ""
        self._broken = ""
        self._end = Fraction(0)
        self._cut = False

    def __iter__(self) -> Iterator[VideoFrame]:
        """Yield every frame that can be decoded, in order of presentation."""
        for packet in self._packets():
            self._note_end(packet)
            self._clock.mend(packet)
            if packet.stream_index == self._stream.index:
                self._cut = packet.is_corrupt
                if self._entry in (None, packet.pts):
                    self._entry = None
                    yield from self._decode(packet)
        for frame in self._decode(None):
            self._cut = self._cut or frame.is_corrupt
            yield frame

    def notes(self) -> tuple[str, ...]:
        """What the user should know about what was read so far."""
        notes = []
        if self._lost_before:
            notes.append(
                f"{counted(self._lost_before, 'frame')} before the first whole one skipped"
            )
        if self._patched:
            notes.append(
                f"{counted(self._patched, 'damaged frame', 'were patched')} by the decoder"
            )
        if self._clock.jumps:
            jumps = counted(self._clock.jumps, "jump")
            notes.append(f"{jumps} of the file's clock: later timestamps are shifted")
        return tuple(notes)

    def check(self) -> None:
        """Make sure that all frames were there.

        Raises:
            InputError: If any was lost, or the video ends before it should.
        """
        fault = self._fault()
        if fault:
            raise InputError(
                f"{self._name} is damaged: {counted(self._frames, 'frame', 'were read')}, {fault}: "
                "repair it or export it again"
            )

    def _fault(self) -> str | None:
        promised = self._promised_end()
        if self._lost_after:
            return f"{self._lost_after} could not be decoded ({self._error})"
        if self._broken:
            return f"then reading failed ({self._broken})"
        if promised is not None and self._end < promised - self._tolerance(promised):
            return f"it ends after {float(self._end):.2f} of {float(promised):.2f} seconds"
        return "it ends in the middle of a frame" if self._cut or self._is_cut_stream() else None

    def _packets(self) -> Iterator["Packet[Stream]"]:
        """All packets with data in them: an empty one would end the decoding."""
        try:
            yield from (packet for packet in self._container.demux() if packet.size)
        except FFmpegError as error:
            self._broken = error.strerror or type(error).__name__

    def _decode(self, packet: "Packet[Stream] | None") -> list[VideoFrame]:
        """Decode one packet, or with None what the decoder still holds."""
        try:
            frames = self._decoder.decode(packet)
        except FFmpegError as error:
            if self._frames:
                self._lost_after += 1
            else:
                self._lost_before += 1
            self._error = error.strerror or type(error).__name__
            return []
        self._frames += len(frames)
        self._patched += sum(frame.is_corrupt for frame in frames)
        return frames

    def _note_end(self, packet: "Packet[Stream]") -> None:
        """Remember how far the file reaches: its video, or any stream where that is promised."""
        time = packet.pts if packet.pts is not None else packet.dts
        by_container = self._container.format.name in _TIMED_BY_CONTAINER
        if time is not None and (by_container or packet.stream_index == self._stream.index):
            end = (time + (packet.duration or 0)) * packet.time_base
            self._end = max(self._end, end)

    def _promised_end(self) -> Fraction | None:
        """Where the header says that the file ends, in seconds on the packets' clock."""
        stream, kind = self._stream, self._container.format.name
        if kind == "avi" and stream.frames and stream.time_base:
            return stream.frames * stream.time_base
        if kind == _TIMED_BY_STREAM and stream.duration and stream.time_base:
            return ((stream.start_time or 0) + stream.duration) * stream.time_base
        length = length_of(self._container)
        if kind in _TIMED_BY_CONTAINER and length:
            return (self._container.start_time or 0) * _MICROSECOND + length
        return None

    def _is_cut_stream(self) -> bool:
        """Whether what promises no length ends too early: a transport stream, or a joined file."""
        if self._container.format.name == "mpegts":
            return all(self._container.size % packet for packet in _TS_PACKETS)
        return is_cut_off(location_of(self._name))

    def _tolerance(self, promised: Fraction) -> Fraction:
        """How much may be missing: three frames or 1 %, as headers are rounded and estimated."""
        rate = self._stream.average_rate or Fraction(25)
        return max(3 / rate, promised / 100)
