"""One sound track of a copy: the same packets, the same samples, or silence."""

from fractions import Fraction
from typing import Protocol

from av import AudioFrame, Packet
from av.audio.layout import AudioLayout
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.codec import Codec
from av.container import OutputContainer
from av.error import FFmpegError

from passerby.sinks.vorbis import without_comments

__all__ = [
    "Copy",
    "Samples",
    "Silence",
    "Track",
    "added",
    "delayed",
    "layout_of",
    "pcm_of",
    "rate_for",
    "start_of",
]

_ANY_RATE = 48_000
"""Samples a second that every encoder takes; silence sounds the same at any rate."""

_PCM = {"u8": "pcm_u8", "s16": "pcm_s16le", "s32": "pcm_s32le", "flt": "pcm_f32le"}
"""Encoders that keep a decoder's samples as they are, by the samples' format."""


class Track(Protocol):
    """One audio stream of the output, fed with the packets of its source."""

    def packets(self, packet: "Packet[AudioStream]") -> "list[Packet[AudioStream]]":
        """Return what is to be written for one packet of the source."""
        ...

    def rest(self) -> "list[Packet[AudioStream]]":
        """Return what is left to be written at the end."""
        ...


class Copy:
    """Passes the packets on, bit by bit."""

    def __init__(self, output: OutputContainer, source: AudioStream) -> None:
        head = source.codec_context.extradata
        self._stream = output.add_stream_from_template(source)
        if source.codec_context.codec.canonical_name == "vorbis":
            self._stream.codec_context.extradata = without_comments(head or b"")

    def packets(self, packet: "Packet[AudioStream]") -> "list[Packet[AudioStream]]":
        """See `Track`."""
        packet.stream = self._stream
        return [packet]

    def rest(self) -> "list[Packet[AudioStream]]":
        """See `Track`."""
        return []


class Samples:
    """Stores the samples of a codec that PyAV does not let into a container, without loss."""

    def __init__(self, output: OutputContainer, source: AudioStream) -> None:
        packed = source.codec_context.format.packed.name
        encoder = pcm_of(source)
        if encoder is None:
            raise ValueError(f"samples of format {packed}")
        self._stream = added(output, encoder, source.rate)
        self._stream.layout = layout_of(source)
        self._resampler = AudioResampler(packed)

    def packets(self, packet: "Packet[AudioStream]") -> "list[Packet[AudioStream]]":
        """See `Track`."""
        try:
            decoded = packet.decode()
        except FFmpegError:
            return []  # the next ones may be whole
        frames = [part for frame in decoded for part in self._resampler.resample(frame)]
        return [encoded for frame in frames for encoded in self._stream.encode(frame)]

    def rest(self) -> "list[Packet[AudioStream]]":
        """See `Track`."""
        return self._stream.encode(None)


class Silence:
    """Encodes silence from where the source's packets begin to where they end."""

    def __init__(self, output: OutputContainer, source: AudioStream, encoder: str) -> None:
        self._rate = rate_for(encoder, source)
        self._stream = added(output, encoder, self._rate)
        self._stream.layout = layout_of(source)
        self._written: int | None = None

    def packets(self, packet: "Packet[AudioStream]") -> "list[Packet[AudioStream]]":
        """See `Track`."""
        start = round(start_of(packet) * self._rate)
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
        """See `Track`."""
        return self._stream.encode(None) if self._written is not None else []


def pcm_of(source: AudioStream) -> str | None:
    """The encoder that keeps the samples of a decoder as they are, if there is one."""
    return _PCM.get(source.codec_context.format.packed.name)


def rate_for(encoder: str, source: AudioStream) -> int:
    """Samples a second that an encoder takes: those of the source if it can."""
    rates = Codec(encoder, "w").audio_rates or [source.rate]
    return source.rate if source.rate in rates else _ANY_RATE


def added(output: OutputContainer, encoder: str, rate: int) -> AudioStream:
    """Add a track to the output."""
    stream = output.add_stream(encoder, rate=rate)
    if not isinstance(stream, AudioStream):
        raise TypeError(f"{encoder} is not an audio encoder")
    return stream


def layout_of(source: AudioStream) -> str:
    """Where the channels are heard: as usual for so many, where the source does not say."""
    name: str = source.layout.name
    return AudioLayout(f"{source.layout.nb_channels}c").name if "channels" in name else name


def start_of(packet: "Packet[AudioStream]") -> Fraction:
    """When the sound in a packet begins, in seconds."""
    time = packet.pts if packet.pts is not None else packet.dts or 0
    return time * packet.time_base


def delayed(packet: "Packet[AudioStream]", seconds: Fraction) -> "Packet[AudioStream]":
    """The packet itself, so much later."""
    ticks = round(seconds / packet.time_base)
    packet.pts = None if packet.pts is None else packet.pts + ticks
    packet.dts = None if packet.dts is None else packet.dts + ticks
    return packet
