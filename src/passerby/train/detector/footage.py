"""The clips that the detector may learn from, and who said that it may."""

from dataclasses import dataclass

__all__ = ["FOOTAGE", "Clip"]


@dataclass(frozen=True, slots=True)
class Clip:
    """A video without labels.

    Attributes:
        file: Where it lies under the data folder.
        licence: As its publisher states it.
        source: Who published it.
        every: Look at one of so many frames.
        kept: Keep one of so many frames that were looked at.
    """

    file: str
    licence: str
    source: str
    every: int
    kept: int


_CAVIAR = "CC BY-SA", "EC Funded CAVIAR project/IST 2001 37540"
_LAB = (
    "GPL-3.0 repository",
    "github.com/samihormi/Multi-Camera-Person-Tracking-and-Re-Identification",
)

FOOTAGE = (
    Clip("video/caviar-crossing-corridor.mpg", *_CAVIAR, every=5, kept=1),
    Clip("video/caviar-crossing-front.mpg", *_CAVIAR, every=5, kept=1),
    Clip("video/lab-camera1.mp4", *_LAB, every=6, kept=2),
    Clip("video/lab-camera2.mp4", *_LAB, every=6, kept=2),
    Clip(
        "video/table-one-by-one.mp4",
        "CC BY 4.0",
        "github.com/intel-iot-devkit/sample-videos",
        every=8,
        kept=2,
    ),
)
"""Clips that may train what ships; those that measure coverage are not among them."""
