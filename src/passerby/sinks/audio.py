"""Sound beside an anonymized video: the same bits, or silence of the same length."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from av import Packet
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.error import FFmpegError

from passerby.containers import open_container
from passerby.errors import OutputError
from passerby.file_clock import FileClock, longest_gap
from passerby.locations import Location
from passerby.media import Medium
from passerby.sinks.audio_tracks import Copy, Samples, Silence, Track, delayed, pcm_of, start_of
from passerby.sinks.encoding import Encoding
from passerby.sinks.formats import VideoFormat
from passerby.sinks.partly_muted import PartlyMuted
from passerby.time_range import TimeRange

__all__ = ["AudioTracks"]

_SAMPLES = ("pcm_", "adpcm_")
"""How the names of codecs begin that store samples one by one: those of telephones and cameras."""

_LONGEST_RUN_UP = Fraction(1, 10)
"""Seconds that a decoder may need before the first sound that is heard; an encoder's delay is at
most half of it. What is hidden for longer was cut off by somebody."""


class AudioTracks:
    """All audio streams of the source, read no faster than the video is written.

    Args:
        source: The file that has the sound.
        output: The open output, whose header is not yet written.
        target: The output's final path, for messages.
        container: Of the output.
        medium: Of the source: when its video starts, and which stretch of it is copied. The
            sound's times count from the first picture too, and of a stretch only the sound within
            it is written.
        encoding: Whether the sound is kept, muted, or muted in places.

    Attributes:
        notes: What the user should know about how the sound is stored.

    Raises:
        OutputError: If the output's container cannot hold the sound.
    """

    def __init__(
        self,
        source: Location,
        output: OutputContainer,
        target: Location,
        container: VideoFormat,
        medium: Medium,
        encoding: Encoding,
    ) -> None:
        self.notes: tuple[str, ...] = ()
        self._output = output
        self._target = target
        self._container = container
        stretch = medium.stretch
        self._start = medium.start + (Fraction(0) if stretch is None else stretch.begin)
        self._first_picture = medium.start
        self._end = None if stretch is None or stretch.end is None else medium.start + stretch.end
        self._is_cut = stretch is not None
        self._muted = [TimeRange.parse(one) for one in encoding.mute_span]
        self._input = open_container(source)
        try:
            self._tracks = {
                stream.index: self._track(stream, mute=encoding.audio == "mute")
                for stream in self._input.streams.audio
            }
        except (FFmpegError, ValueError) as error:
            self.close()
            raise self._misfit(str(error)) from error
        self._waiting = self._read()
        self._next = next(self._waiting, None)

    def begin(self) -> None:
        """Write the head of the output, to which all tracks were added.

        Raises:
            OutputError: If the container takes the codec of a track, but not such a track of it.
        """
        try:
            self._output.start_encoding()
        except FFmpegError as error:
            codecs = {one.codec_context.name for one in self._input.streams.audio}
            raise self._misfit(" ".join(sorted(codecs))) from error

    def _misfit(self, reason: str) -> OutputError:
        return OutputError(
            f"{self._target}: {self._target.suffix} cannot hold this sound ({reason}): "
            "drop or mute it, or use another ending"
        )

    @property
    def lead(self) -> Fraction:
        """How much earlier than the video the sound starts, in seconds; what is cut does not."""
        if self._next is None or self._is_cut:
            return Fraction(0)
        return max(Fraction(0), -self._begin(self._next))

    def delay(self, seconds: Fraction) -> None:
        """Let all sound start later; to be called before any is written."""
        self._start -= seconds

    def write_until(self, time: Fraction) -> None:
        """Write the sound that starts before ``time``, in seconds."""
        while self._next is not None and self._begin(self._next) < time:
            track = self._tracks[self._next.stream_index]
            self._output.mux(track.packets(delayed(self._next, -self._start)))
            self._next = next(self._waiting, None)

    def finish(self) -> None:
        """Write all that is left."""
        while self._next is not None:
            self.write_until(self._begin(self._next) + 1)
        for track in self._tracks.values():
            self._output.mux(track.rest())

    def close(self) -> None:
        """Close the source."""
        self._input.close()

    def _begin(self, packet: "Packet[AudioStream]") -> Fraction:
        """When the sound in a packet of the source begins in the output, in seconds."""
        return start_of(packet) - self._start

    def _track(self, stream: AudioStream, *, mute: bool) -> Track:
        """Silence, or the packets; where PyAV does not let these in, samples are stored anew."""
        if stream.codec_context is None:
            raise ValueError("of a codec that is not known")
        if mute:
            return Silence(self._output, stream, self._container.silence)
        codec: str = stream.codec_context.codec.canonical_name
        if self._muted or (self._is_cut and self._are_samples(codec)):
            return self._anew(stream, codec)
        if self._container.sound is not None and codec not in self._container.sound:
            raise ValueError(codec)
        try:
            return Copy(self._output, stream)
        except ValueError:
            if not (codec.startswith(_SAMPLES) and self._container.pcm):
                raise
            self.notes = (f"sound of {codec} is stored as PCM, sample for sample",)
            return Samples(self._output, stream)

    def _are_samples(self, codec: str) -> bool:
        return codec.startswith(_SAMPLES) and self._container.pcm

    def _anew(self, stream: AudioStream, codec: str) -> Track:
        """The sound encoded anew, as samples where it was samples and players expect them."""
        encoder = self._container.silence
        if self._are_samples(codec):
            encoder = pcm_of(stream) or encoder
        if self._muted:
            self.notes = (f"sound encoded anew ({encoder}), with silence in the muted spans",)
        length = None if self._end is None else self._end - self._start
        kept = (Fraction(0), length) if self._is_cut else None
        return PartlyMuted(self._output, stream, encoder, self._silent_spans, kept)

    def _silent_spans(self) -> list[tuple[Fraction, Fraction | None]]:
        """The muted spans on the clock of the output, in seconds; None is the end."""
        shift = self._first_picture - self._start
        return [
            (
                Fraction(span.start) + shift,
                None if span.end is None else Fraction(span.end) + shift,
            )
            for span in self._muted
        ]

    def _read(self) -> "Iterator[Packet[AudioStream]]":
        """The packets of the stretch that is copied: whole ones, unless single samples are."""
        for packet in self._read_all():
            begin = start_of(packet)
            end = begin + (packet.duration or 0) * packet.time_base
            if isinstance(self._tracks[packet.stream_index], PartlyMuted):
                begin, end = end, begin
            if not self._is_cut or (
                begin >= self._start and (self._end is None or end <= self._end)
            ):
                yield packet

    def _read_all(self) -> "Iterator[Packet[AudioStream]]":
        """Packets with a time, until the end or the first damage; the video source reports it."""
        heard = {stream.index: _Heard() for stream in self._input.streams.audio}
        clock = FileClock(longest_gap(self._input.format.flags))
        everything: Iterator[Packet[Any]] = self._input.demux() if heard else iter(())
        try:
            for packet in everything:
                if packet.size:
                    clock.mend(packet)  # as the source of the video does, with all packets
                if packet.stream_index in heard and packet.dts is not None:
                    yield from heard[packet.stream_index](packet)
        except FFmpegError:
            return


class _Heard:
    """Leaves out the packets of one stream that an edit list hides, but for a decoder's run-up."""

    def __init__(self) -> None:
        self._hidden: list[Packet[AudioStream]] = []
        self._begun = False

    def __call__(self, packet: "Packet[AudioStream]") -> "list[Packet[AudioStream]]":
        if packet.is_discard:
            if not self._begun:
                self._hidden.append(packet)
            return []
        run_up, self._hidden, self._begun = self._hidden, [], True
        if run_up and start_of(packet) - start_of(run_up[0]) > _LONGEST_RUN_UP:
            run_up = []
        return [*run_up, packet]
