"""Changes what light, cameras and codecs change, and no box."""

from collections.abc import Callable

import cv2
import numpy as np

from passerby.types import Image

__all__ = ["compressed", "disturbed"]


def disturbed(image: Image, rng: np.random.Generator) -> Image:
    """Draw some of the changes, each with its own chance, and apply them in turn.

    Args:
        image: Shape (height, width, 3), BGR, uint8.
        rng: Decides.
    """
    for chance, change in _CHANGES:
        if rng.random() < chance:
            image = change(image, rng)
    return image


def _exposed(image: Image, rng: np.random.Generator) -> Image:
    """Brightness, contrast and gamma."""
    levels = np.arange(256) / 255
    levels = levels ** np.exp(rng.normal(0, 0.35)) * np.exp(rng.normal(0, 0.25))
    levels = (levels - 0.5) * np.exp(rng.normal(0, 0.2)) + 0.5 + rng.normal(0, 0.05)
    table = np.clip(levels * 255, 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(image, table), np.uint8)


def _coloured(image: Image, rng: np.random.Generator) -> Image:
    """Hue, saturation, and a cast over all."""
    hue, saturation, value = cv2.split(cv2.cvtColor(image, cv2.COLOR_BGR2HSV))
    hue = (hue.astype(np.int16) + int(rng.normal(0, 6))) % 180
    saturation = np.clip(saturation * np.exp(rng.normal(0, 0.35)), 0, 255).astype(np.uint8)
    merged = cv2.merge([hue.astype(np.uint8), saturation, value])
    cast = np.exp(rng.normal(0, 0.08, 3))
    return _scaled(np.asarray(cv2.cvtColor(merged, cv2.COLOR_HSV2BGR), np.uint8), cast)


def _scaled(image: Image, factors: np.ndarray) -> Image:
    tables = np.clip(np.arange(256)[:, None] * factors, 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(image, tables.reshape(256, 1, 3)), np.uint8)


def _grey(image: Image, rng: np.random.Generator) -> Image:
    """No colour, or the single tint of a camera that sees infrared."""
    grey = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    tint = 1 + rng.normal(0, 0.15, 3) * (rng.random() < 0.3)
    return _scaled(np.asarray(grey, np.uint8), tint)


def _night(image: Image, rng: np.random.Generator) -> Image:
    """Little light: dark, and noisy after the camera has made it brighter again."""
    dark = image.astype(np.float32) * rng.uniform(0.15, 0.5)
    noisy = dark + rng.normal(0, rng.uniform(2, 8), image.shape).astype(np.float32)
    return np.asarray(np.clip(noisy * rng.uniform(1, 2.5), 0, 255), np.uint8)


def _blurred(image: Image, rng: np.random.Generator) -> Image:
    """Out of focus, or moved in some direction."""
    if rng.random() < 0.6:
        return np.asarray(cv2.GaussianBlur(image, (0, 0), rng.uniform(0.4, 1.8)), np.uint8)
    length = int(rng.integers(3, 8))
    kernel = np.zeros((length, length), np.float32)
    kernel[length // 2] = 1 / length
    turn = cv2.getRotationMatrix2D((length / 2 - 0.5, length / 2 - 0.5), rng.uniform(0, 180), 1)
    turned = np.asarray(cv2.warpAffine(kernel, turn, (length, length)))
    return np.asarray(cv2.filter2D(image, -1, turned / max(turned.sum(), 1e-3)), np.uint8)


def _coarse(image: Image, rng: np.random.Generator) -> Image:
    """Of fewer pixels than it has."""
    height, width = image.shape[:2]
    share = rng.uniform(0.4, 0.9)
    small = cv2.resize(
        image, (round(width * share), round(height * share)), interpolation=cv2.INTER_AREA
    )
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def _noisy(image: Image, rng: np.random.Generator) -> Image:
    noise = rng.normal(0, rng.uniform(1, 10), image.shape[:2]).astype(np.float32)
    return np.asarray(np.clip(image + noise[..., None], 0, 255), np.uint8)


def compressed(image: Image, rng: np.random.Generator) -> Image:
    """With the traces of JPEG, at a random quality; nothing is written.

    Args:
        image: Shape (height, width, 3), BGR, uint8.
        rng: Draws the quality.
    """
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(20, 90))]
    _, data = cv2.imencode(".jpg", image, quality)
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


_CHANGES: tuple[tuple[float, Callable[[Image, np.random.Generator], Image]], ...] = (
    (0.7, _exposed),
    (0.6, _coloured),
    (0.12, _grey),
    (0.05, _night),
    (0.12, _blurred),
    (0.12, _coarse),
    (0.15, _noisy),
    (0.2, compressed),
)
