"""Random views of people: what teachers see, and what of it a small network sees.

Whatever changes who seems to be there (colours, another person's legs) is done before the
teachers look, so that their answer is about what is seen. What they should see through, a covered
head, is done after.
"""

from collections.abc import Callable

import cv2
import numpy as np

from passerby.anonymization.regions import TOP_SHARE
from passerby.geometry import Size
from passerby.train.detector.photometry import compressed
from passerby.train.reid.distillation.crops import PersonCrop
from passerby.train.reid.transforms import GREY_SHARES
from passerby.types import Image

__all__ = ["disguised", "head_covered", "recombined", "seen"]


def seen(crop: PersonCrop, size: Size, rng: np.random.Generator) -> Image:
    """Cut out a person as a detector might, and resize.

    Args:
        crop: The person.
        size: Height and width of the view.
        rng: Decides how far each edge is off, and whether left and right are swapped.
    """
    height, width = crop.image.shape[:2]
    left, top, right, bottom = crop.box
    tall, wide = bottom - top, right - left
    if rng.random() < 0.1:
        bottom -= tall * rng.uniform(0.1, 0.45)
    off = rng.normal(0, 0.05, 4).clip(-0.14, 0.14) * (wide, tall, wide, tall)
    x0, y0 = max(round(left + off[0]), 0), max(round(top + off[1]), 0)
    x1, y1 = min(round(right + off[2]), width), min(round(bottom + off[3]), height)
    cut = crop.image[y0 : max(y1, y0 + 8), x0 : max(x1, x0 + 4)]
    if cut.size == 0:
        cut = crop.image
    if rng.random() < 0.5:
        cut = cut[:, ::-1]
    how = cv2.INTER_AREA if rng.random() < 0.5 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(cut, size[::-1], interpolation=how), np.uint8)


def recombined(upper: Image, lower: Image, rng: np.random.Generator) -> Image:
    """Put one person's upper half on another's lower one: somebody new.

    Args:
        upper: A view.
        lower: Another of the same size.
        rng: Decides where they meet.
    """
    height = upper.shape[0]
    cut = round(height * rng.uniform(0.4, 0.62))
    return np.concatenate([upper[:cut], lower[cut:]])


def disguised(image: Image, rng: np.random.Generator) -> Image:
    """Change light, colours and sharpness, each with its own chance.

    Args:
        image: Shape (height, width, 3).
        rng: Decides.
    """
    for chance, change in _CHANGES:
        if rng.random() < chance:
            image = change(image, rng)
    return image


def head_covered(image: Image, rng: np.random.Generator) -> Image:
    """Cover the head as anonymization does: the top of the crop, mostly black.

    Args:
        image: Shape (height, width, 3).
        rng: Decides how far down, and by what.
    """
    height, width = image.shape[:2]
    share = TOP_SHARE if rng.random() < 0.5 else rng.uniform(0.16, 0.36)
    rows = int(np.ceil(share * height))
    image = image.copy()
    top = image[:rows]
    if rng.random() < 0.75:
        top[:] = 0
    elif rng.random() < 0.5:
        top[:] = rng.integers(0, 256, 3)
    else:
        cells = int(rng.integers(2, 6)), int(rng.integers(2, 4))
        small = cv2.resize(top, cells, interpolation=cv2.INTER_AREA)
        how = cv2.INTER_NEAREST if rng.random() < 0.5 else cv2.INTER_LINEAR
        top[:] = cv2.resize(small, (width, rows), interpolation=how)
    return image


def _exposed(image: Image, rng: np.random.Generator) -> Image:
    """Brightness, contrast and gamma."""
    levels = (np.arange(256) / 255) ** np.exp(rng.normal(0, 0.2)) * np.exp(rng.normal(0, 0.2))
    levels = (levels - 0.5) * np.exp(rng.normal(0, 0.15)) + 0.5
    return np.asarray(cv2.LUT(image, np.clip(levels * 255, 0, 255).astype(np.uint8)), np.uint8)


def _recoloured(image: Image, rng: np.random.Generator) -> Image:
    """Clothes of other colours: every hue turned by the same angle."""
    hue, saturation, value = cv2.split(cv2.cvtColor(image, cv2.COLOR_BGR2HSV))
    turned = (hue.astype(np.int16) + int(rng.integers(0, 180))) % 180
    merged = cv2.merge([turned.astype(np.uint8), saturation, value])
    return np.asarray(cv2.cvtColor(merged, cv2.COLOR_HSV2BGR), np.uint8)


def _tinted(image: Image, rng: np.random.Generator) -> Image:
    """More or less colour, and a cast over all."""
    share = np.exp(rng.normal(0, 0.35))
    cast = np.exp(rng.normal(0, 0.08, 3))
    change = cast[:, None] * (share * np.eye(3) + (1 - share) * GREY_SHARES)
    return np.asarray(cv2.transform(image, change), np.uint8)


def _coarse(image: Image, rng: np.random.Generator) -> Image:
    """Of fewer pixels."""
    height, width = image.shape[:2]
    rows = int(rng.integers(40, 129))
    size = max(rows * width // height, 8), rows
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def _blurred(image: Image, rng: np.random.Generator) -> Image:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), rng.uniform(0.6, 2.5)), np.uint8)


_CHANGES: tuple[tuple[float, Callable[[Image, np.random.Generator], Image]], ...] = (
    (0.3, _recoloured),
    (0.6, _exposed),
    (0.5, _tinted),
    (0.5, _coarse),
    (0.2, _blurred),
    (0.2, compressed),
)
