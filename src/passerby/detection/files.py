"""Takes boxes from a file instead of detecting."""

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePath

from passerby.detection.formats import coco, mot, yolo
from passerby.detection.formats.entry import BoxSource, BoxTable, PictureBoxes, detections_of
from passerby.detection.formats.names import NameIndex, repeated
from passerby.detections import Detections, Kind
from passerby.errors import DetectionError, InputError
from passerby.files.hashing import sha256_of
from passerby.locations import Location
from passerby.runtime.counting import counted

__all__ = ["SUFFIXES_OF_TEXT", "SUFFIX_OF_JSON", "FileDetections"]

SUFFIXES_OF_TEXT, SUFFIX_OF_JSON = (".txt", ".csv"), ".json"
_STILL = frozenset((".bmp", ".jfif", ".jpe", ".jpeg", ".jpg", ".png", ".tif", ".tiff"))
"""Endings of pictures that hardly ever move."""
_ALL_FRAMES = object()


class FileDetections:
    """Boxes, tracks and masks that lie in a file.

    Args:
        path: MOT text (.txt, .csv), COCO JSON (.json), or a folder of YOLO text.
        kind: What a box encloses where the file does not say.
        names: Of the classes of a YOLO folder, where it does not hold them itself.

    Attributes:
        ambiguous: Names of inputs that nobody can tell apart by what the file says; they fail.

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
        self.ambiguous: Collection[str] = ()
        self._table = _read(self.path, kind, names)
        self._files, self._videos = NameIndex(self._table.files), NameIndex(self._table.videos)
        self._misfits: dict[tuple[str | None, int, int], str | None] = {}

    @property
    def says_sources(self) -> bool:
        """Whether it says which files its boxes are of, see `check_source`."""
        return bool(self._table.origins)

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
            Its boxes; a failure where the file says so, lists all frames but not this one, names
            videos but not this one, or is about a video of another size.
        """
        known = None if name is None else os.fspath(name)
        if index in self._table.failed:
            return Detections.failed(f"{self.path} says that frame {index} failed")
        if known in self.ambiguous:
            return self._could_be_several(known)
        frames = self._frames(known)
        if frames is None:
            return Detections.failed(f"{self.path} does not list {known}")
        listed = None if known is None else self._files.find(known)
        picture = None if listed is None else self._table.files[listed]
        # A name that all frames bear is that of their video.
        if picture is not None and not picture.shared and frames.get(index) is not picture:
            return Detections.failed(f"{self.path} knows {known} as one picture")
        misfit = self._misfit(frames, known, width, height)
        if misfit is not None:
            return Detections.failed(f"{self.path} does not fit {known or 'the video'}: {misfit}")
        return self._of_frame(frames, index, width, height)

    def tracked(
        self, width: int, height: int, name: str | os.PathLike[str] | None = None
    ) -> Iterator[tuple[int, Detections]]:
        """All boxes of a video that belong to tracks, without masks.

        Args:
            width: Of its frames.
            height: Of its frames.
            name: As in `of_frame`.

        Yields:
            Numbers of frames, from 0 and in order, and their boxes. Frames with a box that cannot
            be right are left out, for they are covered in full.
        """
        frames = self._frames(None if name is None else os.fspath(name)) or {}
        for index, picture in sorted(frames.items()):
            numbered = [replace(one, segmentation=None) for one in picture if one.track >= 0]
            sound = not picture.is_empty_somewhere and picture.misfit(width, height) is None
            if numbered and sound:
                yield index, detections_of(numbered, width, height)

    def sequence(
        self, name: str | os.PathLike[str] | None = None
    ) -> Iterator[tuple[int, Detections]]:
        """All boxes of one video, without masks, as far as they are known without its pictures.

        Args:
            name: As in `of_frame`; by default the only video that the file is about.

        Yields:
            Numbers of frames, from 0 and in order, and their boxes.

        Raises:
            InputError: If it is about something else, or a box has no pixel in it.
        """
        videos = list(self._table.videos)
        only = videos[0] if name is None and len(videos) == 1 else name
        frames = self._frames(None if only is None else os.fspath(only))
        if frames is None:
            what = "one video" if name is None else os.fspath(name)
            raise InputError(f"{self.path} is not about {what}: name a file that is")
        for index, picture in sorted(frames.items()):
            if picture.is_empty_somewhere:
                raise InputError(f"{self.path}: a box in frame {index} has no pixel in it")
            boxes = [replace(one, segmentation=None) for one in picture]
            yield index, detections_of(boxes, 1, 1)  # in pixels, whatever the size

    def of_file(self, name: str | os.PathLike[str], width: int, height: int) -> Detections:
        """What the file says of an image, which is looked up by its path, its name or its stem.

        Where the file has numbers of frames only, 000007.jpg is frame 7 counted from 1 in MOT
        text, and the image with id 7 in a list of COCO results.

        Args:
            name: Of the image, relative to its folder.
            width: Of the image, as it is shown.
            height: Of the image, as it is shown.

        Returns:
            Its boxes; a failure where the file does not list the image, or is about one of another
            size or about several of that name.
        """
        known = os.fspath(name)
        if known in self.ambiguous:
            return self._could_be_several(known)
        listed, number = self._files.find(known), self._number(known)
        if listed is not None:
            return self._of_picture(self._table.files[listed], width, height)
        if number is None:
            return Detections.failed(f"{self.path} does not list {known}")
        if number in self._table.failed:
            return Detections.failed(f"{self.path} says that frame {number} failed")
        return self._of_frame(self._table.frames, number, width, height)

    def ambiguous_among(self, names: Sequence[str]) -> frozenset[str]:
        """Which inputs of a run cannot be told apart by what the file says.

        Args:
            names: Of all inputs, as `of_file` and `of_frame` are given them.
        """
        meant = [self._meaning(name) for name in names]
        twice = repeated(one for one in meant if one is not None)
        if any(one in self._table.files for one in meant):
            twice.add(_ALL_FRAMES)  # it is about pictures, and says nothing of a video beside them
        return frozenset(name for name, one in zip(names, meant, strict=True) if one in twice)

    def check_source(self, path: Location | None, name: str | os.PathLike[str]) -> None:
        """Make sure that an input is the file that its boxes are of, where they say which it is.

        Args:
            path: Of the input; None of a live stream, of which there is no file.
            name: As in `of_file` and `of_frame`.

        Raises:
            InputError: If it is another file, or cannot be read.
        """
        known = os.fspath(name)
        origin = self._origin(known)
        if origin is not None and (path is None or sha256_of(path) != origin.sha256):
            raise InputError(
                f"{self.path} holds boxes of another file than {known}: name the file that they "
                "were saved for, or save them anew"
            )

    def check_end(self, frames: int, name: str | os.PathLike[str] | None = None) -> None:
        """Make sure that a video was not shorter than the one that the file is about.

        Args:
            frames: How many the video had.
            name: As in `of_frame`.

        Raises:
            DetectionError: If the file has boxes beyond its end, or says another length.
        """
        known = None if name is None else os.fspath(name)
        origin = self._origin(known)
        if origin is not None and origin.frames not in (None, frames):
            raise DetectionError(
                f"{self.path} is about a video of {origin.frames} frames, but "
                f"{known or 'the video'} has {frames}: name the file of this video"
            )
        last = max(
            (number for number, one in (self._frames(known) or {}).items() if one),
            default=-1,
        )
        if last >= frames:
            first = self._table.number_of_first or 0
            raise DetectionError(
                f"{self.path} has boxes in frame {last + first} (counted from {first}), but "
                f"{known or 'the video'} has {counted(frames, 'frame')}: name the file of this "
                "video"
            )

    def unlisted_end(self, frames: int, name: str | os.PathLike[str] | None = None) -> int:
        """How many frames of a video come after the last one of which the file says anything.

        They may show nobody, or the file may be about a shorter video. None where the file lists
        all frames: then `of_frame` fails. None either where it says how many there are.

        Args:
            frames: How many the video has.
            name: As in `of_frame`.
        """
        known = None if name is None else os.fspath(name)
        listed = (*(self._frames(known) or ()), *self._table.failed)
        origin = self._origin(known)
        is_told = origin is not None and origin.frames is not None
        return (
            0 if self._table.lists_all_frames or is_told else frames - 1 - max(listed, default=-1)
        )

    def _origin(self, name: str | None) -> BoxSource | None:
        """What the file says that an input must be, if it does."""
        named = None if name is None else self._files.find(name) or self._videos.find(name)
        origins = self._table.origins
        return origins.get(named, origins.get(None))

    def says_size(self, name: str | os.PathLike[str]) -> bool:
        """Whether the file says for pictures of which size the boxes of an input are.

        Args:
            name: As in `of_file` and `of_frame`.
        """
        known = os.fspath(name)
        listed, number = self._files.find(known), self._number(known)
        if listed is not None:
            return self._table.files[listed].says_size
        frames = self._frames(known) or {}
        if number is not None:
            return number not in frames or frames[number].says_size
        return all(picture.says_size for picture in frames.values())

    def _meaning(self, name: str) -> object:
        """What of the file an input takes its boxes from."""
        listed = self._files.find(name) or self._videos.find(name)
        if listed is not None:
            return listed
        number = self._number(name)
        if number is not None:
            return number
        # Of frames that bear no name one video may take its boxes.
        is_still = PurePath(name).suffix.lower() in _STILL
        return None if is_still or not self._table.frames else _ALL_FRAMES

    def _number(self, name: str) -> int | None:
        """The number of the frame that an image's name says."""
        first, stem = self._table.number_of_first, PurePath(name).stem
        return int(stem) - first if first is not None and stem.isdecimal() else None

    def _frames(self, name: str | None) -> Mapping[int, PictureBoxes] | None:
        """The frames of a video, by its path or its name; None where it is not among those named.

        Pictures that are named count too: a file about pictures says nothing of a video.
        """
        table = self._table
        if table.frames or not (table.videos or table.files):
            return table.frames
        listed = None if name is None else self._videos.find(name)
        return None if listed is None else table.videos[listed]

    def _misfit(
        self, frames: Mapping[int, PictureBoxes], name: str | None, width: int, height: int
    ) -> str | None:
        """Why no frame of a video can be taken as the file has it: one that does not fit tells."""
        key = name, width, height
        if key not in self._misfits:
            found = (one.misfit(width, height) for one in frames.values())
            self._misfits[key] = next((one for one in found if one is not None), None)
        return self._misfits[key]

    def _of_frame(
        self, frames: Mapping[int, PictureBoxes], index: int, width: int, height: int
    ) -> Detections:
        picture = frames.get(index)
        if picture is not None:
            return self._of_picture(picture, width, height)
        if self._table.lists_all_frames:
            return Detections.failed(f"{self.path} does not list frame {index}")
        return Detections.none()

    def _of_picture(self, picture: PictureBoxes, width: int, height: int) -> Detections:
        misfit = picture.misfit(width, height)
        if misfit is not None:
            return Detections.failed(f"{self.path} does not fit: {misfit}")
        if picture.is_empty_somewhere:
            return Detections.failed(f"{self.path} has a box without a pixel in it")
        return detections_of(picture, width, height)

    def _could_be_several(self, name: str | None) -> Detections:
        return Detections.failed(f"{self.path} could mean {name} or another input: rename one")


def _read(path: Path, kind: Kind, names: Sequence[str] | None) -> BoxTable:
    if path.is_dir():
        return yolo.read_yolo(path, names)
    if path.suffix.lower() in SUFFIXES_OF_TEXT:
        return mot.read_mot(path, kind)
    if path.suffix.lower() == SUFFIX_OF_JSON:
        return coco.read_coco(path)
    raise InputError(
        f"{path} is not a file of detections: give MOT text (.txt, .csv), COCO JSON (.json) "
        "or a folder of YOLO text"
    )
