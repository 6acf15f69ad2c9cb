"""Writes synthetic pictures, videos and folders.

`passerby.sinks` would refuse these pictures: it takes only what the anonymizer made. Why they have
a writer of their own is decision 5.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import cv2

from passerby.errors import ConfigError, OutputError
from passerby.files.descriptors import alias, create_new
from passerby.files.partial_folder import PartialFolder, write_new
from passerby.synth.picture import Picture, require_drawn

__all__ = ["FrameFolder", "VideoFile", "new_folder", "write_image"]

JPEG_QUALITY = 92


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """Make a folder that appears under its name only when everything in it is written.

    Args:
        target: Must not exist, or be an empty folder.

    Yields:
        A hidden folder beside ``target`` to write into; removed if anything fails.

    Raises:
        OutputError: If ``target`` holds anything, or a file cannot be written.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise OutputError(f"{target} is not empty: choose another folder or remove it first")
    with PartialFolder(target) as folder:
        yield folder


def write_image(path: Path, picture: Picture) -> None:
    """Write a picture as the .jpg or .png named.

    Raises:
        PrivacyError: If it was not drawn here.
    """
    options = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY] if path.suffix == ".jpg" else []
    _, content = cv2.imencode(path.suffix, require_drawn(picture), options)
    write_new(path, content.tobytes())


class FrameFolder:
    """Writes pictures as ``000001.jpg``, ``000002.jpg``, ... into a new folder; use ``with``."""

    def __init__(self, path: Path) -> None:
        path.mkdir(parents=True)
        self._path = path
        self._count = 0

    def write(self, picture: Picture) -> Path:
        """Write a picture in colour and return its file.

        Raises:
            PrivacyError: If it was not drawn here.
        """
        self._count += 1
        path = self._path / f"{self._count:06d}.jpg"
        write_image(path, picture)
        return path

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        """Nothing is left open."""


class VideoFile:
    """Writes pictures into an H.264 video; use ``with``.

    Args:
        path: Of the video.
        size: Width and height, both even as H.264's usual pixel format needs.
        rate: Frames a second.

    Raises:
        ConfigError: If the size is odd.
    """

    def __init__(self, path: Path, size: tuple[int, int], rate: float) -> None:
        width, height = size
        if width % 2 or height % 2:
            raise ConfigError(f"a video of {width}x{height} needs an even width and height")
        self._path = path
        self._file = create_new(path)
        self._container = av.open(f"file:{alias(self._file)}", "w", format="mp4")
        self._stream = self._container.add_stream(
            "libx264",
            Fraction(rate).limit_denominator(1001),
            options={"crf": "20", "preset": "veryfast"},
        )
        self._stream.width, self._stream.height = width, height
        self._stream.pix_fmt = "yuv420p"

    def write(self, picture: Picture) -> Path:
        """Append a picture in colour and return the video's file.

        Raises:
            PrivacyError: If it was not drawn here.
        """
        frame = av.VideoFrame.from_ndarray(require_drawn(picture), format="bgr24")
        self._container.mux(self._stream.encode(frame))
        return self._path

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._container.mux(self._stream.encode())
        self._container.close()
        self._file.close()
