"""Pictures and animations, encoded by Pillow."""

import io
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image as Pillow

from passerby.errors import OutputError
from passerby.media import Medium
from passerby.sinks.encoding import Encoding
from passerby.sinks.exif import kept_exif
from passerby.sinks.formats import IMAGE_FORMATS
from passerby.sinks.partial import PartialFile, write_error
from passerby.types import AnonymizedFrame, require_anonymized

__all__ = ["ImageSink"]


class ImageSink:
    """Writes a picture, an animation or a TIFF with pages.

    The frames of an animation are held in memory until `commit`; sources bound their pixels.

    Args:
        target: Its ending names the format.
        medium: What is being read.
        encoding: Quality and metadata.

    Raises:
        OutputError: If the file cannot be made.
    """

    def __init__(self, target: Path, medium: Medium, encoding: Encoding) -> None:
        self._target = target
        self._format = IMAGE_FORMATS[target.suffix.lower()]
        self._medium = medium
        self._encoding = encoding
        self._pictures: list[Pillow.Image] = []
        self._starts: list[int] = []
        self._partial = PartialFile(target)

    def write(self, frame: AnonymizedFrame) -> None:
        """Take the next frame."""
        frame = require_anonymized(frame)
        self._pictures.append(_picture(frame, self._format, grey=self._medium.grey))
        self._starts.append(frame.pts or 0)

    def commit(self) -> None:
        """Write the file and give it its final name.

        Raises:
            OutputError: If no frame came, or it cannot be written.
        """
        if not self._pictures:
            self.abort()
            raise OutputError(f"{self._target}: there is no frame to write")
        first, *others = self._pictures
        options = self._options()
        if others:
            options |= {"save_all": True, "append_images": others} | self._animation_options()
        memory = io.BytesIO()  # on a full disk, Pillow's own writing of a JPEG fails silently
        try:
            first.save(memory, self._format, **options)
            self._partial.path.write_bytes(memory.getbuffer())
        except BaseException as error:
            self.abort()
            if isinstance(error, (OSError, ValueError, MemoryError)):
                raise write_error(self._target, error) from error
            raise
        self._partial.commit()

    def abort(self) -> None:
        """Throw the frames and the partial file away."""
        self._pictures.clear()
        self._partial.abort()

    def _options(self) -> dict[str, Any]:
        options: dict[str, Any] = {}
        match self._format:
            case "JPEG":
                options = {"quality": self._encoding.image_quality}
            case "WEBP" if self._medium.lossless:
                options = {"lossless": True, "exact": True}
            case "WEBP":
                options = {"quality": self._encoding.image_quality}
            case "TIFF":
                options = {"compression": "tiff_deflate"}
        if self._encoding.metadata == "keep":
            options["exif"] = kept_exif(Path(self._medium.name))
        return options

    def _animation_options(self) -> dict[str, Any]:
        """Durations in milliseconds and how often to play; a TIFF's pages have neither."""
        if self._medium.duration is None:
            return {}
        ends = [*self._starts[1:], round(self._medium.duration * 1000)]
        durations = [end - start for start, end in zip(self._starts, ends, strict=True)]
        return {"duration": durations} | self._loop_option()

    def _loop_option(self) -> dict[str, Any]:
        """GIF plays once when it says nothing; PNG and WebP then play without end."""
        if self._medium.loop is not None:
            return {"loop": self._medium.loop}
        return {} if self._format == "GIF" else {"loop": 1}


def _picture(frame: AnonymizedFrame, file_format: str, *, grey: bool) -> Pillow.Image:
    """A Pillow image with an opacity where the frame has one and the format can hold it."""
    image = frame.image
    rgb = np.ascontiguousarray(image[:, :, ::-1])
    if frame.alpha is not None and file_format == "JPEG":
        rgb = _over_white(rgb, frame.alpha)
    elif frame.alpha is not None:
        return Pillow.fromarray(np.dstack([rgb, frame.alpha]))
    if grey and (image == image[:, :, :1]).all():
        return Pillow.fromarray(np.ascontiguousarray(image[:, :, 0]))
    return Pillow.fromarray(rgb)


def _over_white(
    rgb: np.ndarray[Any, np.dtype[np.uint8]], alpha: np.ndarray[Any, np.dtype[np.uint8]]
) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """What a viewer shows of a transparent picture on white paper."""
    opacity = alpha[:, :, None].astype(np.uint16)
    blended: np.ndarray[Any, np.dtype[np.uint8]] = (
        (rgb * opacity + 255 * (255 - opacity) + 127) // 255
    ).astype(np.uint8)
    return blended
