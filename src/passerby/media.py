"""What a source is made of and what its anonymized copy must keep."""

from dataclasses import dataclass
from fractions import Fraction

__all__ = ["Colour", "Medium"]


@dataclass(frozen=True, slots=True)
class Colour:
    """How a video's numbers mean colours, as FFmpeg's enumerations; 2 is "unspecified"."""

    range: int = 0
    space: int = 2
    primaries: int = 2
    transfer: int = 2


@dataclass(frozen=True, slots=True)
class Medium:
    """What a source is and what its copy must keep.

    Attributes:
        name: What the user gave: a path, an address or a camera; for messages and reports.
        kind: "image", "animation", "video" or "live".
        width, height: Of the upright picture, in pixels.
        rate: Frames a second, or None where unknown or meaningless.
        time_base: Unit of the frames' ``pts`` in seconds, or None.
        frames: Expected number of frames, or None where unknown.
        rotation: Degrees clockwise, a multiple of 90, by which the stored picture is turned to
            stand upright. Frames come upright; a sink turns them back and notes the rotation.
        sample_aspect: Width of a pixel over its height.
        colour: Colour range, space, primaries and transfer.
        bit_depth: Bits a channel in the source; passerby works on 8.
        audio_streams: Number of audio streams in the source.
        notes: What the user should know about how it was read ("16 bits reduced to 8").
    """

    name: str
    kind: str
    width: int
    height: int
    rate: Fraction | None = None
    time_base: Fraction | None = None
    frames: int | None = None
    rotation: int = 0
    sample_aspect: Fraction | None = None
    colour: Colour = Colour()
    bit_depth: int = 8
    audio_streams: int = 0
    notes: tuple[str, ...] = ()
