"""Search the frames of a source one after the other; the boxes are kept, never a pixel."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from passerby.detection.appearance import detect_shown
from passerby.detections import Detections
from passerby.types import Detector, Frame

__all__ = ["FrameDetections", "detect_frames"]


@dataclass(frozen=True, slots=True)
class FrameDetections:
    """What was seen in one frame.

    Attributes:
        frame: Its number, from 0.
        time: In seconds, or None where time means nothing.
        detections: The people in it.
    """

    frame: int
    time: float | None
    detections: Detections


def detect_frames(
    frames: Iterable[Frame], detector: Detector, every: int = 1
) -> Iterator[FrameDetections]:
    """Search every k-th frame.

    Args:
        frames: Of one source, in order.
        detector: Searches a frame.
        every: k.

    Raises:
        DetectionError: If the detector cannot tell.
        InputError: If the source breaks off.
    """
    for frame in frames:
        if frame.index % every == 0:
            yield FrameDetections(frame.index, frame.time, detect_shown(detector, frame))
