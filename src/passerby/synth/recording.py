"""Films worlds: videos or frames of several cameras, with their ground truth in files."""

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from passerby.errors import ConfigError
from passerby.files.partial_folder import write_new
from passerby.synth import mot
from passerby.synth.camera import Camera, ceiling, eye_level, raised
from passerby.synth.coco import CocoFile
from passerby.synth.files import FrameFolder, VideoFile
from passerby.synth.people import World
from passerby.synth.place import Places

__all__ = ["Recording", "Take", "above", "around", "calibration", "film", "film_takes"]

FrameSize = tuple[int, int]
"""Width and height in pixels."""


@dataclass(frozen=True)
class Recording:
    """How a world is filmed.

    Attributes:
        seconds: Length.
        rate: Frames a second.
        as_frames: Write a JPEG for each frame instead of a video.
    """

    seconds: float
    rate: float = 25.0
    as_frames: bool = False

    @property
    def frames(self) -> int:
        """Number of frames of each camera, at least 1."""
        return max(1, round(self.seconds * self.rate))


class Take(NamedTuple):
    """What one camera films.

    Attributes:
        world: That it sees.
        camera: Who films.
        moments: Where people are in each frame.
    """

    world: World
    camera: Camera
    moments: Sequence[Places]


def around(count: int, side: float, size: FrameSize) -> list[Camera]:
    """Place ``count`` cameras around a square of ``side`` metres, eye level and raised in turn.

    Raises:
        ConfigError: If ``count`` is less than 1.
    """
    if count < 1:
        raise ConfigError(f"{count} cameras cannot see anything: ask for at least 1")
    middle = np.zeros(2)
    kinds = (raised, eye_level)
    return [
        kinds[number % 2](
            middle,
            0.4 + 2 * np.pi * number / count,
            side / 2 + 3,
            name=f"camera-{number + 1}",
            size=size,
        )
        for number in range(count)
    ]


def above(height: float, size: FrameSize) -> Camera:
    """Place one camera ``height`` metres above the middle, looking straight down."""
    return ceiling(np.zeros(2), height, name="camera-1", size=size)


def film(
    world: World,
    cameras: Sequence[Camera],
    recording: Recording,
    folder: Path,
    progress: Callable[[], None] = lambda: None,
) -> None:
    """Write what ``cameras`` see of people walking about, and the truth; see `film_takes`.

    Args:
        world: To film.
        cameras: Who films.
        recording: How.
        folder: Where to; must exist.
        progress: Called after each frame.
    """
    walks = world.walks(recording.frames, recording.rate)
    film_takes([Take(world, one, walks) for one in cameras], recording, folder, progress)


def film_takes(
    takes: Sequence[Take],
    recording: Recording,
    folder: Path,
    progress: Callable[[], None] = lambda: None,
) -> None:
    """Write what each camera sees, and the truth about it.

    For each camera there is a video (``camera-1.mp4``) or a folder of frames
    (``camera-1/img1/000001.jpg``), and beside it ``camera-1/`` with ``gt/gt.txt``, ``gt/heads.txt``
    and ``seqinfo.ini`` as MOT has them, and ``coco.json`` with masks. ``cameras.json`` holds the
    calibration.

    Args:
        takes: One for each camera.
        recording: How.
        folder: Where to; must exist.
        progress: Called after each frame.
    """
    for take in takes:
        _film_one(take, recording, folder, progress)
    calibrations = json.dumps([calibration(take.camera) for take in takes], indent=2)
    write_new(folder / "cameras.json", calibrations + "\n")


def calibration(camera: Camera) -> dict[str, Any]:
    """Return a camera's calibration as plain lists and numbers for JSON.

    ``matrix``, ``rotation`` and ``translation`` (metres) are what OpenCV's ``projectPoints`` takes;
    pixel (0, 0) is the corner of the first pixel.
    """
    return {
        "name": camera.name,
        "width": camera.width,
        "height": camera.height,
        "matrix": camera.matrix.tolist(),
        "rotation": camera.rotation.tolist(),
        "translation": camera.translation.tolist(),
    }


def _film_one(take: Take, recording: Recording, folder: Path, progress: Callable[[], None]) -> None:
    world, camera, moments = take
    place, size = folder / camera.name, (camera.width, camera.height)
    (place / "gt").mkdir(parents=True)
    coco = CocoFile()
    persons: list[str] = []
    heads: list[str] = []
    with _pictures(folder, camera, recording) as pictures:
        for shot in world.shots(camera, moments, recording.rate):
            coco.add(shot, Path(os.path.relpath(pictures.write(shot.picture), place)).as_posix())
            persons += mot.persons(shot)
            heads += mot.heads(shot)
            progress()
    coco.write(place / "coco.json")
    write_new(place / "gt" / "gt.txt", "".join(persons))
    write_new(place / "gt" / "heads.txt", "".join(heads))
    info = mot.sequence_info(camera.name, recording.frames, recording.rate, size)
    write_new(place / "seqinfo.ini", info)


def _pictures(folder: Path, camera: Camera, recording: Recording) -> VideoFile | FrameFolder:
    if recording.as_frames:
        return FrameFolder(folder / camera.name / "img1")
    size = camera.width, camera.height
    return VideoFile(folder / f"{camera.name}.mp4", size, recording.rate)
