"""From upright BGR to an encoder's pixels, without a shift in colour."""

import numpy as np
from av import VideoFrame
from av.video.codeccontext import VideoCodecContext
from av.video.reformatter import ColorRange, Interpolation, VideoReformatter

from passerby import yuv
from passerby.media import Colour
from passerby.types import Image

__all__ = ["YuvConverter", "mark_colour"]

_EXACT = Interpolation.AREA | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT
"""Averages the colour samples that the source repeated, which gives them back."""
_PLANAR = ("yuv420p", "yuvj420p")


def mark_colour(context: VideoCodecContext, colour: Colour) -> None:
    """Note in the stream what its numbers mean."""
    context.color_range = colour.range
    context.colorspace = colour.space
    context.color_primaries = colour.primaries
    context.color_trc = colour.transfer


class YuvConverter:
    """Turns anonymized images into frames for an encoder.

    Args:
        pixel_format: FFmpeg's name of the encoder's pixels.
        colour: How their numbers mean colours.
        rotation: Degrees clockwise by which the picture is shown turned; it is stored turned back.
    """

    def __init__(self, pixel_format: str, colour: Colour, rotation: int) -> None:
        self._format = pixel_format
        self._colour = colour
        self._turns = rotation // 90
        self._reformatter = VideoReformatter()

    def __call__(self, image: Image) -> VideoFrame:
        """Convert one image, shape (height, width, 3), upright BGR."""
        stored = np.ascontiguousarray(np.rot90(image, self._turns))
        frame = self._converted(stored)
        frame.colorspace = self._colour.space
        frame.color_range = self._colour.range
        frame.color_primaries = self._colour.primaries
        frame.color_trc = self._colour.transfer
        return frame

    def _converted(self, stored: Image) -> VideoFrame:
        height, width = stored.shape[:2]
        if self._format in _PLANAR and yuv.fits(width, height):
            return VideoFrame.from_ndarray(yuv.from_bgr(stored, self._colour), format=self._format)
        bgr = VideoFrame.from_ndarray(stored, format="bgr24")
        bgr.colorspace = self._colour.space
        return self._reformatter.reformat(
            bgr,
            format=self._format,
            interpolation=_EXACT,
            dst_color_range=self._colour.range or ColorRange.MPEG,
            threads=1,
        )
