"""Take boxes from a file instead of detecting, and give them out."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath

from passerby.detection.formats import coco, mot, yolo
from passerby.detection.formats.entry import Entry, Table, detections_of
from passerby.detections import Detections, Kind
from passerby.errors import ConfigError, InputError
from passerby.partial import ANEW, Permit, write_text

__all__ = ["FileDetections", "check_can_hold", "save_detections"]

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

    def of_frame(
        self, index: int, width: int, height: int, name: str | os.PathLike[str] | None = None
    ) -> Detections:
        """What the file says of a frame of a video.

        Args:
            index: Number of the frame, from 0.
            width: Of the frame.
            height: Of the frame.
            name: Of the video, which counts only where the file names its videos.

        Returns:
            Its boxes; a failure where the file says so, lists all frames but not this one, or
            names videos but not this one.
        """
        if index in self._table.failed:
            return Detections.failed(f"{self.path} says that frame {index} failed")
        frames = self._frames(name)
        if frames is None:
            return Detections.failed(f"{self.path} does not list {name}")
        entries = frames.get(index)
        if entries is None and self._table.lists_all_frames:
            return Detections.failed(f"{self.path} does not list frame {index}")
        return detections_of(entries or (), width, height)

    def _frames(self, name: str | os.PathLike[str] | None) -> Mapping[int, list[Entry]] | None:
        """The frames of a video, by its path or its name; None where it is not among those named.

        Pictures that are named count too: a file about pictures says nothing of a video.
        """
        table = self._table
        if table.frames or not (table.videos or table.files):
            return table.frames
        path = PurePath("" if name is None else name)
        return table.videos.get(path.as_posix(), table.videos.get(path.name))

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
    path: str | os.PathLike[str],
    frames: Mapping[int, Detections],
    width: int,
    height: int,
    picture: str | None = None,
    permit: Permit = ANEW,
) -> None:
    """Write detections as MOT text (.txt, .csv) or COCO JSON (.json), which `FileDetections` reads.

    Masks are kept in COCO JSON only. A frame that failed is read back as one that must be
    covered in full. The file appears under its name only when it is complete.

    Args:
        path: Of the file.
        frames: By number of the frame, from 0.
        width: Of the picture.
        height: Of the picture.
        picture: Its name, if it is a still one; COCO JSON alone can hold it.
        permit: What may happen to a file that is there.

    Raises:
        ConfigError: If the suffix names no format, or one that cannot hold the name.
        OutputError: If it cannot be written.
    """
    target = Path(path)
    check_can_hold(target, still=picture is not None)
    if target.suffix.lower() in _TEXT:
        text = "".join(mot.lines(frames, width, height))
    else:
        text = json.dumps(coco.document(frames, width, height, picture))
    write_text(target, text, permit)


def check_can_hold(target: Path, *, still: bool) -> None:
    """Make sure that detections can be saved in a file of this name.

    Args:
        target: The file.
        still: Whether they are of a still picture, which MOT text cannot name.

    Raises:
        ConfigError: If they cannot.
    """
    suffix = target.suffix.lower()
    if suffix not in (*_TEXT, _JSON):
        raise ConfigError(f"{target} names no format of detections: end it with .txt or .json")
    if still and suffix in _TEXT:
        raise ConfigError(f"{target}: MOT text cannot name a picture: end it with .json")
