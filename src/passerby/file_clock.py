"""One clock for all streams of a file, where the file's own clock jumps.

Files that were joined, and those of recorders whose clock was set, begin anew in the middle: their
times jump back, or hours ahead. Players go on from there, and so does this clock: from a jump on,
the times of all streams are moved by one and the same offset, so that sound stays with its picture.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

__all__ = ["FileClock", "Packet", "longest_gap"]

COVER = 0x0400
"""FFmpeg's flag of a stream that holds the picture of a song: it has no time."""
SET_ANEW = 0x0200
"""FFmpeg's flag of containers whose clock may be set anew: transport and program streams."""

BACK = Fraction(1, 10)
"""Seconds by which a clock runs back if it jumps, and is not merely rounded; as in FFmpeg."""
REORDERED = Fraction(1)
"""Seconds by which a picture that refers to others may be shown before some that come earlier."""
FEW = 3
"""After so few packets a stream that is back where it was had not jumped: its times were wrong."""


def longest_gap(container_flags: int) -> Fraction:
    """Seconds without sound and picture that a container may hold; a longer gap is a jump.

    Where clocks are set anew that is what FFmpeg takes. Elsewhere somebody meant the gap, such as a
    camera that records where something moves.
    """
    return Fraction(10) if container_flags & SET_ANEW else Fraction(3600)


class Stream(Protocol):
    """What is needed of the stream of a packet; see PyAV."""

    @property
    def type(self) -> str:
        """What it holds."""
        ...

    @property
    def disposition(self) -> int:
        """FFmpeg's flags of what it is for."""
        ...


class Packet(Protocol):
    """What is needed of a packet; see PyAV."""

    pts: int | None
    dts: int | None

    @property
    def duration(self) -> int | None:
        """In units of the time base."""
        ...

    @property
    def time_base(self) -> Fraction:
        """In seconds."""
        ...

    @property
    def stream_index(self) -> int:
        """Number of its stream."""
        ...

    @property
    def stream(self) -> Stream:
        """Its stream."""
        ...

    @property
    def is_keyframe(self) -> bool:
        """Whether it refers to no other; all that comes earlier is shown before it."""
        ...

    @property
    def is_discard(self) -> bool:
        """Whether an edit list hides it, so that it may repeat what came earlier."""
        ...


@dataclass(slots=True)
class _Stream:
    """Where one stream is.

    Attributes:
        piece: Which of the pieces between jumps.
        latest: Its latest time in this piece, as the file has it.
        end: Where what it showed so far ends, on the one clock.
        decoded: When its last packet is decoded, as the file has it.
        step: Seconds between that and the one before, where packets do not say how long they are.
        left: Its latest time in the piece before.
        packets: How many of this piece there were.
    """

    piece: int
    latest: Fraction
    end: Fraction
    decoded: Fraction | None = None
    step: Fraction = Fraction(0)
    left: Fraction | None = None
    packets: int = 0


class FileClock:
    """Takes the packets of sound and pictures as they lie in a file, and moves their times.

    Whoever reads the same packets gets the same times.

    Args:
        gap: See `longest_gap`.
    """

    def __init__(self, gap: Fraction) -> None:
        self._gap = gap
        self._offsets = [Fraction(0)]  # of each piece
        self._streams: dict[int, _Stream] = {}

    @property
    def jumps(self) -> int:
        """How many jumps there were so far."""
        return len(self._offsets) - 1

    def mend(self, packet: Packet) -> None:
        """Move the times of the next packet of the file."""
        unit = packet.time_base
        ticks = packet.pts if packet.pts is not None else packet.dts
        if ticks is None or not unit or not _is_played(packet.stream):
            return
        time = ticks * unit
        stream = self._stream(packet.stream_index, time)
        if not packet.is_discard:
            decoded = None if packet.dts is None else packet.dts * unit
            self._follow(stream, time, decoded, is_key=packet.is_keyframe)
        offset = self._offsets[stream.piece]
        length = packet.duration * unit if packet.duration else stream.step
        stream.end = max(stream.end, time + length + offset)
        moved = round(offset / unit)
        packet.pts = None if packet.pts is None else packet.pts + moved
        packet.dts = None if packet.dts is None else packet.dts + moved

    def _stream(self, number: int, time: Fraction) -> _Stream:
        """What is known of a stream; a new one may begin far from where the others are."""
        if number not in self._streams:
            new = _Stream(self.jumps, time, time + self._offsets[-1])
            if self._streams and not self._is_near(new.end):
                new.end = self._end()
                self._go_on(new, time)
            self._streams[number] = new
        return self._streams[number]

    def _follow(
        self, stream: _Stream, time: Fraction, decoded: Fraction | None, *, is_key: bool
    ) -> None:
        """Find out in which piece a stream is."""
        step = Fraction(0)
        if decoded is not None and stream.decoded is not None:
            step = decoded - stream.decoded
        # Where pictures are rare, those that refer to others lie seconds before them.
        is_reordered = not is_key and decoded is not None and step > -BACK
        is_behind = time < stream.latest - (BACK if is_key else REORDERED) and not is_reordered
        if self._is_back(stream, time):
            self._go_back(stream, time)
        elif is_behind or self._is_ahead(stream, time):
            self._go_on(stream, time)
        stream.latest, stream.decoded = max(stream.latest, time), decoded
        stream.step = step if 0 < step < REORDERED else stream.step
        stream.packets += 1

    def _is_ahead(self, stream: _Stream, time: Fraction) -> bool:
        return time + self._offsets[stream.piece] > self._end() + self._gap

    def _is_near(self, time: Fraction) -> bool:
        return abs(time - self._end()) <= self._gap

    def _go_on(self, stream: _Stream, time: Fraction) -> None:
        """Let a stream into its next piece, which begins where all that came before it ends.

        It is that of another stream which has jumped already, if both go by one clock.
        """
        if stream.piece == self.jumps or not self._is_near(time + self._offsets[-1]):
            self._offsets.append(self._end() - time)
        stream.piece = self.jumps
        self._offsets[-1] = max(self._offsets[-1], stream.end - time)
        stream.left, stream.latest, stream.packets = stream.latest, time, 0

    @staticmethod
    def _is_back(stream: _Stream, time: Fraction) -> bool:
        """Whether a stream goes on where it was before a few packets with wrong times."""
        if stream.left is None or stream.packets > FEW:
            return False
        return abs(time - stream.latest) > REORDERED and 0 <= time - stream.left < REORDERED

    def _go_back(self, stream: _Stream, time: Fraction) -> None:
        others = (one.piece for one in self._streams.values() if one is not stream)
        if stream.piece == self.jumps and stream.piece not in others:
            self._offsets.pop()
        stream.piece, stream.left, stream.latest = stream.piece - 1, None, time

    def _end(self) -> Fraction:
        """Where all that was shown so far ends, on the one clock."""
        return max(stream.end for stream in self._streams.values())


def _is_played(stream: Stream) -> bool:
    """Whether it is sound or a film; texts may be hours apart."""
    return stream.type in ("audio", "video") and not stream.disposition & COVER
