"""Sound beside an anonymized video: the same bits, or silence of the same length."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Protocol

import av
from av import AudioFrame, Packet
from av.audio.stream import AudioStream
from av.codec import Codec
from av.container import OutputContainer
from av.error import FFmpegError

from passerby.errors import OutputError

__all__ = ["AudioTracks"]

_ANY_RATE = 48_000
"""Samples a second that every encoder takes; silence sounds the same at any rate."""


class _Track(Protocol):
    """One audio stream of the output, fed with the packets of its source."""

    def packets(self, packet: "Packet[AudioStream]") -> "list[Packet[AudioStream]]":
        """Return what is to be written for one packet of the source."""
        ...

    def rest(self) -> "list[Packet[AudioStream]]":
        """Return what is left to be written at the end."""
        ...


class AudioTracks:
    """All audio streams of the source, read no faster than the video is written.

    Args:
        source: The file that has the sound.
        output: The open output, whose header is not yet written.
        target: The output's final path, for messages.
        silence: FFmpeg's encoder for muted tracks, or None to copy the packets.

    Raises:
        OutputError: If the output's container cannot hold the sound.
    """

    def __init__(
        self, source: Path, output: OutputContainer, target: Path, silence: str | None
    ) -> None:
        self._output = output
        self._input = av.open(f"file:{source}", metadata_errors="replace")
        try:
            self._tracks: dict[int, _Track] = {
                stream.index: _Silence(output, stream, silence)
                if silence
                else _Copy(output, stream)
                for stream in self._input.streams.audio
            }
        except (FFmpegError, ValueError) as error:
            self.close()
            raise OutputError(
                f"{target}: {target.suffix} cannot hold this sound ({error}): "
                "drop or mute it, or use another ending"
            ) from error
        self._waiting = self._read()
        self._next = next(self._waiting, None)

    def write_until(self, time: Fraction) -> None:
        """Write the sound that starts before ``time``, in seconds."""
        while self._next is not None and _start(self._next) < time:
            self._output.mux(self._tracks[self._next.stream_index].packets(self._next))
            self._next = next(self._waiting, None)

    def finish(self) -> None:
        """Write all that is left."""
        while self._next is not None:
            self.write_until(_start(self._next) + 1)
        for track in self._tracks.values():
            self._output.mux(track.rest())

    def close(self) -> None:
        """Close the source."""
        self._input.close()

    def _read(self) -> "Iterator[Packet[AudioStream]]":
        """Packets with a time, until the end or the first damage; the video source reports it."""
        streams = self._input.streams.audio
        try:
            packets = self._input.demux(streams) if streams else iter(())
            yield from (packet for packet in packets if packet.dts is not None)
        except FFmpegError:
            return


class _Copy:
    """Passes the packets on, bit by bit."""

    def __init__(self, output: OutputContainer, source: AudioStream) -> None:
        self._stream = output.add_stream_from_template(source)

    def packets(self, packet: "Packet[AudioStream]") -> "list[Packet[AudioStream]]":
        packet.stream = self._stream
        return [packet]

    def rest(self) -> "list[Packet[AudioStream]]":
        return []


class _Silence:
    """Encodes silence from where the source's packets begin to where they end."""

    def __init__(self, output: OutputContainer, source: AudioStream, encoder: str) -> None:
        rates = Codec(encoder, "w").audio_rates or [source.rate]
        self._rate = source.rate if source.rate in rates else _ANY_RATE
        stream = output.add_stream(encoder, rate=self._rate)
        if not isinstance(stream, AudioStream):
            raise TypeError(f"{encoder} is no audio encoder")
        self._stream = stream
        self._stream.layout = source.layout.name
        self._written: int | None = None

    def packets(self, packet: "Packet[AudioStream]") -> "list[Packet[AudioStream]]":
        start = round(_start(packet) * self._rate)
        length = round((packet.duration or 0) * packet.time_base * self._rate)
        if self._written is None:
            self._written = start
        samples = start + length - self._written
        if samples <= 0:
            return []
        frame = AudioFrame(self._stream.format.name, self._stream.layout.name, samples)
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        frame.rate = self._rate
        frame.time_base = Fraction(1, self._rate)
        frame.pts = self._written
        self._written += samples
        return self._stream.encode(frame)

    def rest(self) -> "list[Packet[AudioStream]]":
        return self._stream.encode(None) if self._written is not None else []


def _start(packet: "Packet[AudioStream]") -> Fraction:
    time = packet.pts if packet.pts is not None else packet.dts or 0
    return time * packet.time_base
