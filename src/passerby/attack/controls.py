"""Anonymizers of which it is known what they hide: nothing, or everything.

An attack suite that cannot break the first kind has no teeth, and one that breaks the second kind
counts wrongly. Neither says anything of an anonymizer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from passerby.anonymization.operators.noise import add_noise
from passerby.anonymization.operators.pixelate import pixelate
from passerby.attack.anonymizing import CropAnonymizer, boxes_alone
from passerby.attack.people import CropImages, LabelledCrops
from passerby.attack.rebuilding import as_picture
from passerby.registry import Registry

__all__ = ["CONTROLS", "Control"]

_SEED = 1501
"""Of what is drawn once and for all: an attacker who has pairs does not need to know it."""

_NOISE = 0.3 * 255
_SIDE = 7


@dataclass(frozen=True, kw_only=True, eq=False)
class Control:
    """An anonymizer of which it is known what it hides.

    Attributes:
        summary: What it does, in one line.
        hides: Nothing, or everything.
        anonymize: The anonymizer.
        frames: How many frames of each sighting an attacker needs.
    """

    summary: str
    hides: Literal["nothing", "everything"]
    anonymize: CropAnonymizer
    frames: int = 1


CONTROLS: Registry[Control] = Registry("control")


def _each(change: Callable[[npt.NDArray[np.uint8]], npt.NDArray[np.uint8]]) -> CropAnonymizer:
    """Treat all pictures in the same way."""
    return lambda people, _number: np.stack([change(one) for one in people.images])


def _turned_hues(picture: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Turn all colours by 120 degrees around grey, at half of their saturation: none is cut off."""
    turned = picture[..., [1, 2, 0]].astype(np.float64)
    grey = turned.mean(axis=-1, keepdims=True)
    return as_picture((turned + grey) / 2)


def _scrambled(people: LabelledCrops, _number: int) -> CropImages:
    count, height, width, _ = people.images.shape
    order = np.random.default_rng(_SEED).permutation(height * width)
    return people.images.reshape(count, height * width, 3)[:, order].reshape(people.images.shape)


def _convolved(people: LabelledCrops, _number: int) -> CropImages:
    """Mix each pixel with those around it and its channels with each other, by fixed weights."""
    rng = np.random.default_rng(_SEED)
    kernel = rng.uniform(-1, 1, (_SIDE, _SIDE))
    kernel *= 0.4 / np.abs(kernel).sum()
    kernel[_SIDE // 2, _SIDE // 2] += 1
    channels = np.eye(3) + rng.uniform(-0.3, 0.3, (3, 3))
    made = []
    for picture in people.images:
        mixed = (picture.astype(np.float64) - 127.5) @ channels
        mixed = cv2.filter2D(mixed, cv2.CV_64F, kernel, borderType=cv2.BORDER_REFLECT_101)
        made.append(as_picture(np.asarray(mixed / 1.5 + 127.5, np.float64)))
    return np.stack(made)


def _wrapped(picture: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Stretch the tones of each channel fivefold; what goes beyond 255 begins again at 0."""
    return np.asarray(5 * picture.astype(np.uint16) + 37, np.uint8)


def _coupled(picture: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Add green to blue and to red, and then these to green; sums begin again at 0 beyond 255.

    Each step can be undone (an additive coupling, Dinh et al. 2014), but no formula that is affine
    undoes the whole.
    """
    blue, green, red = (picture[..., channel] for channel in range(3))
    blue, red = blue + green, red + 2 * green  # of uint8: modulo 256
    return np.stack([blue, green + (blue >> 2) + (red >> 2), red], axis=-1)


def _hidden_in_low_bits(picture: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Show a mosaic, and put the picture into its lowest four bits."""
    mosaic = pixelate(picture, 2, 4)
    return np.asarray((mosaic & 0xF0) | (picture >> 4), np.uint8)


def _noisy(people: LabelledCrops, number: int) -> CropImages:
    count = len(people)
    return np.stack(
        [
            add_noise(one, _NOISE, _SEED + number * count + place)
            for place, one in enumerate(people.images)
        ]
    )


def _boxes_of_others(people: LabelledCrops, number: int) -> CropImages:
    """Boxes alone, each of somebody drawn at random."""
    order = np.random.default_rng([_SEED, number]).permutation(len(people))
    return boxes_alone(people)[order]


_NOTHING: Mapping[str, tuple[str, CropAnonymizer]] = {
    "identity": ("The clear picture.", lambda people, _number: people.images),
    "inversion": ("Each value is subtracted from 255.", _each(lambda one: 255 - one)),
    "hue-rotation": ("Hues are turned by a third of the circle, and paler.", _each(_turned_hues)),
    "channel-shuffle": ("Channels change places.", _each(lambda one: one[..., [2, 0, 1]])),
    "fixed-permutation": ("Pixels change places, always in the same way.", _scrambled),
    "random-convolution": ("7x7 pixels and channels are mixed by fixed weights.", _convolved),
    "tone-wrap": ("Tones are stretched fivefold, and begin again.", _each(_wrapped)),
    "channel-coupling": ("Channels are added to each other, modulo 256.", _each(_coupled)),
    "low-bits": ("A mosaic with the picture in its lowest four bits.", _each(_hidden_in_low_bits)),
}
for _name, (_summary, _anonymize) in _NOTHING.items():
    CONTROLS.add(_name, Control(summary=_summary, hides="nothing", anonymize=_anonymize))
CONTROLS.add(
    "frame-noise",
    Control(
        summary="Noise of 30 %, drawn anew for each of 64 frames.",
        hides="nothing",
        anonymize=_noisy,
        frames=64,
    ),
)
_EVERYTHING: Mapping[str, tuple[str, CropAnonymizer]] = {
    "black": ("Black.", lambda people, _number: np.zeros_like(people.images)),
    "constant": ("One colour.", lambda people, _number: np.full_like(people.images, 127)),
    "boxes-of-others": ("White boxes of somebody else on black.", _boxes_of_others),
}
for _name, (_summary, _anonymize) in _EVERYTHING.items():
    CONTROLS.add(_name, Control(summary=_summary, hides="everything", anonymize=_anonymize))
