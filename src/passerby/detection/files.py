"""Take boxes from a file instead of detecting, and give them out."""

import contextlib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath

from passerby.detection.formats import coco, mot, yolo
from passerby.detection.formats.entry import Table, detections_of
from passerby.detections import Detections, Kind
from passerby.errors import ConfigError, InputError, OutputError

__all__ = ["FileDetections", "save_detections"]

_TEXT = ".txt", ".csv"
_JSON = ".json"


class FileDetections:
    """Boxes, tracks and masks that lie in a file.

    Args:
        path: MOT text (.txt, .csv), COCO JSON (.json), or a folder of YOLO text.
        kind: What a box encloses where the file does not say.
        names: Of the classes of a YOLO folder, where it does not hold them itself.

    Raises:
        InputError: If it is missing or malformed; the message names the file and the line.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        kind: Kind = Kind.PERSON,
        names: Sequence[str] | None = None,
    ) -> None:
        self.path = Path(path)
        self._table = _read(self.path, kind, names)

    def of_frame(self, index: int, width: int, height: int) -> Detections:
        """What the file says of a frame of a video.

        Args:
            index: Number of the frame, from 0.
            width: Of the frame.
            height: Of the frame.

        Returns:
            Its boxes; a failure where the file says so, or lists all frames but not this one.
        """
        if index in self._table.failed:
            return Detections.failed(f"{self.path} says that frame {index} failed")
        entries = self._table.frames.get(index)
        if entries is None and self._table.lists_all_frames:
            return Detections.failed(f"{self.path} does not list frame {index}")
        return detections_of(entries or (), width, height)

    def of_file(self, name: str | os.PathLike[str], width: int, height: int) -> Detections:
        """What the file says of an image, which is looked up by its path, its name or its stem.

        Where the file has numbers of frames only, 000007.jpg is frame 7 counted from 1 in MOT
        text, and the image with id 7 in a list of COCO results.

        Args:
            name: Of the image, relative to its folder.
            width: Of the image.
            height: Of the image.

        Returns:
            Its boxes; a failure where the file does not list the image.
        """
        path = PurePath(name)
        files = self._table.files
        for key in (path.as_posix(), path.name, path.stem):
            if key in files:
                return detections_of(files[key], width, height)
        first = self._table.number_of_first
        if first is not None and path.stem.isdecimal():
            return self.of_frame(int(path.stem) - first, width, height)
        return Detections.failed(f"{self.path} does not list {path}")


def _read(path: Path, kind: Kind, names: Sequence[str] | None) -> Table:
    if path.is_dir():
        return yolo.read(path, names)
    if path.suffix.lower() in _TEXT:
        return mot.read(path, kind)
    if path.suffix.lower() == _JSON:
        return coco.read(path)
    raise InputError(
        f"{path} is no file of detections: give MOT text (.txt, .csv), COCO JSON (.json) "
        "or a folder of YOLO text"
    )


def save_detections(
    path: str | os.PathLike[str], frames: Mapping[int, Detections], width: int, height: int
) -> None:
    """Write detections as MOT text (.txt, .csv) or COCO JSON (.json), which `FileDetections` reads.

    Masks are kept in COCO JSON only. A frame that failed is read back as one that must be
    covered in full. The file appears under its name only when it is complete.

    Args:
        path: Of the file.
        frames: By number of the frame, from 0.
        width: Of the picture.
        height: Of the picture.

    Raises:
        ConfigError: If the suffix names no format.
        OutputError: If it cannot be written.
    """
    target = Path(path)
    text = _written(target, frames, width, height)
    partial = target.with_name(f".{target.name}.partial")
    try:
        partial.write_text(text, encoding="utf-8")
        partial.replace(target)
    except OSError as error:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise OutputError(f"cannot write {target} ({error.strerror}): check the folder") from error


def _written(target: Path, frames: Mapping[int, Detections], width: int, height: int) -> str:
    suffix = target.suffix.lower()
    if suffix in _TEXT:
        return "".join(mot.lines(frames, width, height))
    if suffix == _JSON:
        return json.dumps(coco.document(frames, width, height))
    raise ConfigError(f"{target} names no format of detections: end it with .txt or .json")
