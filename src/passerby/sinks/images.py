"""Pictures and animations, encoded by Pillow."""

import io
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import numpy as np
from PIL import Image as Pillow

from passerby.errors import OutputError
from passerby.files.partial import ANEW, Permit, write_error
from passerby.files.partial_object import open_partial
from passerby.heif import register_heif
from passerby.locations import Location, location_of
from passerby.media import Medium
from passerby.opacity import WHITE, erased, over
from passerby.sinks.encoding import Encoding
from passerby.sinks.exif import kept_exif
from passerby.sinks.formats import IMAGE_FORMATS
from passerby.types import Alpha, AnonymizedFrame, Image, require_anonymized

__all__ = ["ImageSink", "encoded"]

_WITH_ALPHA = {"GIF": {"disposal": 2}, "WEBP": {"kmin": 0, "kmax": 1}}
"""How each frame of an animation is stored by itself: else it shows those before it, too, or a
file whose changes are opaque counts as opaque."""

_BARE_FORMATS = ("JPEG", "BMP")
"""Formats without opacity; many viewers take no notice of a BMP's."""


class ImageSink:
    """Writes a picture, an animation or a TIFF with pages.

    The frames of an animation are held in memory until `commit`; sources bound their pixels.

    Args:
        target: Its ending names the format.
        medium: What is being read.
        encoding: Quality and metadata.
        permit: What may happen to a file that is there.

    Attributes:
        sha256: Of the file, once it is committed.

    Raises:
        OutputError: If the file cannot be made.
    """

    def __init__(
        self, target: Location, medium: Medium, encoding: Encoding, permit: Permit = ANEW
    ) -> None:
        self._target = target
        self._medium = medium
        self._encoding = encoding
        self._frames: list[AnonymizedFrame] = []
        self.sha256: str | None = None
        self._partial = open_partial(target, permit)

    def write(self, frame: AnonymizedFrame) -> None:
        """Take the next frame."""
        self._frames.append(require_anonymized(frame))

    def commit(self) -> None:
        """Write the file and give it its final name.

        Raises:
            OutputError: If no frame came, or it cannot be written.
        """
        if not self._frames:
            self.abort()
            raise OutputError(f"{self._target}: there is no frame to write")
        # Encoded in memory: on a full disk, Pillow's own writing of a JPEG fails silently.
        try:
            content = encoded(self._frames, self._target.suffix, self._medium, self._encoding)
            self._partial.file.write(content)
            self.sha256 = sha256(content).hexdigest()
        except BaseException as error:
            self.abort()
            if isinstance(error, (OSError, ValueError, MemoryError)):
                raise write_error(self._target, error) from error
            raise
        self._partial.commit()

    def abort(self) -> None:
        """Throw the frames and the partial file away."""
        self._frames.clear()
        self._partial.abort()


def encoded(
    frames: Sequence[AnonymizedFrame], suffix: str, medium: Medium, encoding: Encoding
) -> bytes:
    """Return what a file of these frames holds.

    Args:
        frames: At least one.
        suffix: Ending of the file's name, which names the format.
        medium: What was read.
        encoding: Quality and metadata.

    Raises:
        OSError, ValueError, MemoryError: If they cannot be encoded.
    """
    file_format = IMAGE_FORMATS[suffix.lower()]
    if file_format == "HEIF":
        register_heif()
    first, *others = (
        _picture(require_anonymized(frame), file_format, grey=medium.grey) for frame in frames
    )
    options = _options(file_format, medium, encoding)
    if others:
        starts = [frame.pts or 0 for frame in frames]
        options |= {"save_all": True, "append_images": others}
        options |= _animation_options(file_format, medium, starts)
        if any(frame.alpha is not None for frame in frames):
            options |= _WITH_ALPHA.get(file_format, {})
    memory = io.BytesIO()
    try:
        first.save(memory, file_format, **options)
    except RuntimeError as error:  # of the encoder of HEIC
        raise ValueError(str(error)) from error
    return memory.getvalue()


def _options(file_format: str, medium: Medium, encoding: Encoding) -> dict[str, Any]:
    options: dict[str, Any] = {}
    match file_format:
        case "JPEG" | "AVIF":
            options = {"quality": encoding.image_quality}
        case "HEIF":
            speed = {"preset": encoding.encoder_preset}
            options = {"quality": encoding.image_quality, "enc_params": speed}
        case "WEBP" if medium.lossless:
            options = {"lossless": True, "exact": True}
        case "WEBP":
            options = {"quality": encoding.image_quality}
        case "TIFF":
            options = {"compression": "tiff_deflate"}
    if encoding.metadata == "keep":
        options["exif"] = kept_exif(location_of(medium.name))
    return options


def _animation_options(file_format: str, medium: Medium, starts: Sequence[int]) -> dict[str, Any]:
    """Durations in milliseconds and how often to play; a TIFF's pages have neither."""
    if medium.duration is None:
        return {}
    ends = [*starts[1:], round(medium.duration * 1000)]
    durations = [end - start for start, end in zip(starts, ends, strict=True)]
    return {"duration": durations} | _loop_option(file_format, medium)


def _loop_option(file_format: str, medium: Medium) -> dict[str, Any]:
    """GIF plays once when it says nothing; PNG and WebP then play without end."""
    if medium.loop is not None:
        return {"loop": medium.loop}
    return {} if file_format == "GIF" else {"loop": 1}


def _picture(frame: AnonymizedFrame, file_format: str, *, grey: bool) -> Pillow.Image:
    """A Pillow image with an opacity where the frame has one and the format can hold it."""
    image, alpha = frame.image, frame.alpha
    if alpha is not None and file_format in _BARE_FORMATS:
        image, alpha = over(image, alpha, WHITE), None
    elif alpha is not None and file_format == "GIF":
        image, alpha = _with_clear_edges(image, alpha)
    rgb = np.ascontiguousarray(image[:, :, ::-1])
    if alpha is not None:
        return Pillow.fromarray(np.dstack([rgb, alpha]))
    if grey and (image == image[:, :, :1]).all():
        return Pillow.fromarray(np.ascontiguousarray(image[:, :, 0]))
    return Pillow.fromarray(rgb)


def _with_clear_edges(image: Image, alpha: Alpha) -> tuple[Image, Alpha]:
    """The picture with pixels that are seen or not, and nothing between: on white, or erased."""
    clear = np.where(alpha < 128, 0, 255).astype(np.uint8)
    return erased(over(image, alpha, WHITE), clear), clear
