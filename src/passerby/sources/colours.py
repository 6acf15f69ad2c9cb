"""From a decoder's pixels to upright BGR, without a shift in colour."""

from collections.abc import Callable
from dataclasses import replace
from threading import Lock

import numpy as np
import numpy.typing as npt
from av import VideoFrame
from av.error import FFmpegError
from av.video.reformatter import Interpolation, VideoReformatter

from passerby import yuv
from passerby.arrays import thinned, thinning
from passerby.errors import InputError
from passerby.media import Colour
from passerby.sources.orientation import Orientation
from passerby.types import Alpha, Image

__all__ = ["BgrConverter", "colour_of", "has_alpha"]

_EXACT = (
    Interpolation.POINT
    | Interpolation.ACCURATE_RND
    | Interpolation.FULL_CHR_H_INT
    | Interpolation.FULL_CHR_H_INP
)
"""Repeating each colour sample is undone exactly when the sink averages them again, and
accurate rounding keeps black black: without it a copy is 1.6 levels darker."""

_UNSPECIFIED = 2
_KNOWN_SPACES = frozenset((1, 2, 4, 5, 6, 7, 9))
"""Colour matrices that swscale can undo: BT.709, unspecified (it takes BT.601), FCC, BT.470BG,
SMPTE 170M and 240M, BT.2020."""


def colour_of(frame: VideoFrame) -> Colour:
    """What ``frame`` says about its colours; a matrix that cannot be undone is "unspecified"."""
    if frame.format.is_rgb:
        return Colour(primaries=frame.color_primaries, transfer=frame.color_trc)
    space = frame.colorspace if frame.colorspace in _KNOWN_SPACES else _UNSPECIFIED
    return Colour(frame.color_range, space, frame.color_primaries, frame.color_trc)


def has_alpha(frame: VideoFrame) -> bool:
    """Whether a frame's pixels have an opacity, or come from a palette that may have."""
    pixels = frame.format
    return pixels.has_palette or any(component.is_alpha for component in pixels.components)


_PLANAR = ("yuv420p", "yuvj420p")
_FULL_RANGE = 2


def _planar_to_bgr(frame: VideoFrame, *, thin: bool = False) -> Image:
    colour = colour_of(frame)
    if frame.format.name == "yuvj420p":
        colour = replace(colour, range=_FULL_RANGE)
    luma, blue, red = (
        np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)[
            :, : plane.width
        ]
        for plane in frame.planes
    )
    if thin:
        rows, columns = (np.r_[kept] // 2 for kept in thinning(*luma.shape))
        luma, blue, red = thinned(luma), blue[rows][:, columns], red[rows][:, columns]
    return yuv.to_bgr(luma, blue, red, colour)


class BgrConverter:
    """Turns decoded frames of one video into upright BGR images; safe to share among threads.

    Args:
        name: Of the video, for messages.
        width, height: Of the stored picture; frames of another size are scaled to it.
        orientation: How the stored picture is turned to stand upright.
    """

    def __init__(self, name: str, width: int, height: int, orientation: Orientation) -> None:
        self._name = name
        self._size = width, height
        self._orientation = orientation
        self._reformatter = VideoReformatter()
        self._lock = Lock()

    def later(self, frame: VideoFrame) -> Callable[[], Image]:
        """Return a function that converts ``frame``; the decoder's format takes half the memory."""
        return lambda: self(frame)

    def thinned(self, frame: VideoFrame) -> Callable[[], Image] | None:
        """Return a function that converts some pixels of ``frame``; None where all must be."""
        if not self._is_planar(frame):
            return None
        return lambda: self._orientation.apply(_planar_to_bgr(frame, thin=True))

    def __call__(self, frame: VideoFrame) -> Image:
        """Convert ``frame`` now.

        Raises:
            InputError: If its pixel format cannot be converted.
        """
        if self._is_planar(frame):
            return self._orientation.apply(_planar_to_bgr(frame))
        return self._orientation.apply(self._converted(frame, "bgr24"))

    def _is_planar(self, frame: VideoFrame) -> bool:
        unscaled = (frame.width, frame.height) == self._size
        return frame.format.name in _PLANAR and unscaled and yuv.fits(*self._size)

    def with_alpha(self, frame: VideoFrame) -> tuple[Image, Alpha]:
        """Convert ``frame`` and its opacity now; both upright.

        Raises:
            InputError: If its pixel format cannot be converted.
        """
        upright = self._orientation.apply(self._converted(frame, "bgra"))
        return np.ascontiguousarray(upright[:, :, :3]), np.ascontiguousarray(upright[:, :, 3])

    def _converted(self, frame: VideoFrame, pixel_format: str) -> npt.NDArray[np.uint8]:
        width, height = self._size
        if not frame.format.is_rgb:
            frame.colorspace = colour_of(frame).space
        try:
            with self._lock:
                converted = self._reformatter.reformat(
                    frame, width, height, pixel_format, interpolation=_EXACT, threads=1
                )
        except FFmpegError as error:
            raise InputError(
                f"{self._name}: pixels of format {frame.format.name} cannot be read: "
                "convert the video to yuv420p first"
            ) from error
        return np.asarray(converted.to_ndarray(), np.uint8)
