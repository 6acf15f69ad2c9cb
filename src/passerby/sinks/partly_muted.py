"""A sound track that is silent in some spans: the rest sounds as before, encoded anew."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
from av import AudioFrame, Packet
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.error import FFmpegError

from passerby.sinks.audio_tracks import added, layout_of, rate_for

__all__ = ["PartlyMuted"]

_Samples = npt.NDArray[Any]
"""Shape (channels, samples), or (1, samples x channels) where channels take turns."""

_UNEVEN = Fraction(1, 100)
"""Seconds by which times of packets may be off, as containers round them; more is a gap."""
_BITS_A_CHANNEL = 96_000
"""Least bits a second for each channel: what is encoded twice should not sound like it."""


class PartlyMuted:
    """Decodes a track, puts silence into spans and encodes it; no sample of a span is encoded.

    Args:
        output: Takes the track.
        source: Its sound.
        encoder: FFmpeg's name of an encoder that the output's container takes.
        spans: Returns what is silent, from when to when in seconds on the output's clock; None is
            the end. It is asked once writing begins, when that clock is known.
        kept: From when to when the sound is kept at all, likewise; None for all.
    """

    def __init__(
        self,
        output: OutputContainer,
        source: AudioStream,
        encoder: str,
        spans: Callable[[], Sequence[tuple[Fraction, Fraction | None]]],
        kept: tuple[Fraction, Fraction | None] | None = None,
    ) -> None:
        self._rate = rate_for(encoder, source)
        self._stream = added(output, encoder, self._rate)
        self._stream.layout = layout_of(source)
        channels = self._stream.layout.nb_channels
        self._stream.bit_rate = max(source.bit_rate or 0, _BITS_A_CHANNEL * channels)
        self._sample_format = self._stream.format
        self._in_turn = 1 if self._sample_format.is_planar else channels
        self._resampler = AudioResampler(self._sample_format, self._stream.layout, self._rate)
        self._spans = spans
        self._first = None if kept is None else round(kept[0] * self._rate)
        self._end = None if kept is None or kept[1] is None else round(kept[1] * self._rate)
        self._written: int | None = None

    def packets(self, packet: "Packet[AudioStream]") -> "list[Packet[AudioStream]]":
        """See `passerby.sinks.audio_tracks.Track`."""
        try:
            decoded = packet.decode()
        except FFmpegError:
            return []  # the next ones may be whole; what is missing becomes silence
        return [one for frame in decoded for one in self._encoded(self._resampler.resample(frame))]

    def rest(self) -> "list[Packet[AudioStream]]":
        """See `passerby.sinks.audio_tracks.Track`."""
        if self._written is None:
            return []
        return [*self._encoded(self._resampler.resample(None)), *self._stream.encode(None)]

    def _encoded(self, frames: Sequence[AudioFrame]) -> "list[Packet[AudioStream]]":
        return [
            packet
            for frame in frames
            for part in self._in_place(frame)
            for packet in self._stream.encode(part)
        ]

    def _in_place(self, frame: AudioFrame) -> list[AudioFrame]:
        """A frame of the right samples, with silence before it where something is missing."""
        samples = frame.to_ndarray()
        start = self._written or 0
        if frame.pts is not None and frame.time_base is not None:
            start = round(frame.pts * frame.time_base * self._rate)
        if self._written is None:
            self._written = start if self._first is None else max(start, self._first)
        missing = start - self._written
        if abs(missing) < _UNEVEN * self._rate:
            missing = 0
        if missing < 0:  # heard already
            samples = samples[:, -missing * self._in_turn :]
        elif missing:
            gap = np.full((samples.shape[0], missing * self._in_turn), self._silence, samples.dtype)
            samples = np.concatenate([gap, samples], axis=1)
        if self._end is not None:
            samples = samples[:, : max(0, self._end - self._written) * self._in_turn]
        return [self._muted(samples)] if samples.shape[1] else []

    def _muted(self, samples: _Samples) -> AudioFrame:
        """The next frame of the output."""
        first, samples = self._written or 0, samples.copy()
        count = samples.shape[1] // self._in_turn
        for start, end in self._spans():
            begin = max(0, _before(start * self._rate) - first)
            stop = count if end is None else min(count, _before(end * self._rate) + 1 - first)
            samples[:, begin * self._in_turn : max(begin, stop) * self._in_turn] = self._silence
        layout, name = self._stream.layout.name, self._sample_format.name
        muted = AudioFrame.from_ndarray(np.ascontiguousarray(samples), name, layout)
        muted.rate, muted.time_base, muted.pts = self._rate, Fraction(1, self._rate), first
        self._written = first + count
        return muted

    @property
    def _silence(self) -> int:
        """The sample of silence: unsigned ones are half way up."""
        return 128 if self._sample_format.name.startswith("u8") else 0


def _before(position: Fraction) -> int:
    """The last sample that is not after a position."""
    return position.numerator // position.denominator
