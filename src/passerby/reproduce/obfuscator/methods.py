"""What is done to frames without any training: presets, and what says nothing of them."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import cv2
import numpy as np

from passerby.anonymization import PRESETS, Anonymizer
from passerby.detections import Detections
from passerby.errors import InputError
from passerby.evaluate.pictures import read_pictures
from passerby.evaluate.similarity import MeanImage, heavy_blur
from passerby.models.cards import Scale
from passerby.types import Frame, Image

__all__ = ["BASELINES", "PAPER_SIZE", "paper_frames", "untrained"]

PAPER_SIZE = (320, 200)
"""Width and height to which De Coninck et al. scale frames (section 3)."""

_EVERY: Mapping[Scale, int] = MappingProxyType({"quick": 20, "paper": 1})
"""Every how many frames of a clip one is tested on."""

_LONGEST = 1 << 40

BASELINES = ("mean-image", "heavy-blur")
"""Frames that say nothing of people."""


def paper_frames(clip: Path, scale: Scale) -> list[Image]:
    """Read the frames of a clip that are tested on, in the size of the paper.

    Raises:
        InputError: If it cannot be read or has no frames.
    """
    numbers = range(0, _LONGEST, _EVERY[scale])
    frames = [
        np.asarray(cv2.resize(picture, PAPER_SIZE, interpolation=cv2.INTER_AREA), np.uint8)
        for _, picture in read_pictures(clip, numbers)
    ]
    if not frames:
        raise InputError(f"{clip} has no frames: name a video or a folder of pictures")
    return frames


def untrained(method: str, frames: Sequence[Image], seed: int) -> Callable[[Image], Image] | None:
    """Return what obfuscates a frame by a preset or a baseline; None if it has to be trained.

    Args:
        method: See `ObfuscationCase`.
        frames: Of the camera.
        seed: Of noise.
    """
    if method == "heavy-blur":
        return heavy_blur
    if method == "mean-image":
        mean = MeanImage()
        for frame in frames:
            mean.add(frame)
        nobody = mean.picture
        return lambda _frame: nobody
    if method not in PRESETS:
        return None
    return _Preset(method, seed)


class _Preset:
    """Anonymizes frames one after the other by a preset that needs no detector."""

    def __init__(self, preset: str, seed: int) -> None:
        self._anonymizer = Anonymizer(preset=preset, seed=seed)
        self._done = 0

    def __call__(self, image: Image) -> Image:
        frame = Frame(image, index=self._done)
        self._done += 1
        return self._anonymizer(frame, Detections.none()).image
