"""What a camera does to light: lens blur, colour cast, noise and JPEG."""

from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
import numpy.typing as npt

__all__ = ["Sensor"]

NOISE_MARGIN = 64
"""Pixels by which the tile of noise is larger than a picture, to be shifted each frame."""


@dataclass(frozen=True)
class Sensor:
    """The flaws of a camera.

    Attributes:
        blur: Of the lens, standard deviation in pixels.
        gains: Of blue, green and red: the colour cast.
        gamma: Below 1 brightens the darks.
        noise: Standard deviation in levels of 255.
        quality: Of the JPEG that each picture passes through, 1-100, or None.
        exposure: Seconds for which the shutter is open.
        seed: Of the noise.
    """

    blur: float = 0.5
    gains: tuple[float, float, float] = (1.0, 1.0, 1.0)
    gamma: float = 1.0
    noise: float = 3.0
    quality: int | None = None
    exposure: float = 0.01
    seed: int = 0

    @classmethod
    def random(cls, seed: int) -> Self:
        """Draw a camera's flaws."""
        rng = np.random.default_rng([seed, 17])
        blue, green, red = (float(gain) for gain in rng.normal(1, 0.04, 3))
        return cls(
            blur=float(rng.uniform(0.3, 0.9)),
            gains=(blue, green, red),
            gamma=float(rng.uniform(0.85, 1.15)),
            noise=float(rng.uniform(1.5, 6)),
            quality=int(rng.integers(60, 95)),
            exposure=float(rng.uniform(0.004, 0.025)),
            seed=seed,
        )

    def prepared(self, width: int, height: int) -> "Exposer":
        """Return what exposes pictures of this size."""
        return Exposer(self, width, height)


class Exposer:
    """Applies a sensor's flaws to pictures of one size."""

    def __init__(self, sensor: Sensor, width: int, height: int) -> None:
        self.sensor = sensor
        levels = np.linspace(0, 1, 256)[:, None] ** sensor.gamma * np.array(sensor.gains)
        self._curve = np.clip(np.rint(levels * 255), 0, 255).astype(np.uint8)[:, None]
        rng = np.random.default_rng([sensor.seed, 19])
        shape = height + NOISE_MARGIN, width + NOISE_MARGIN, 3
        self._noise = np.rint(rng.standard_normal(shape) * sensor.noise).astype(np.int16)

    def __call__(self, image: npt.NDArray[np.uint8], index: int) -> npt.NDArray[np.uint8]:
        """Return what the sensor makes of frame number ``index``."""
        height, width = image.shape[:2]
        rng = np.random.default_rng([self.sensor.seed, index, 23])
        top, left = rng.integers(NOISE_MARGIN, size=2)
        seen = cv2.GaussianBlur(image, (3, 3), self.sensor.blur)
        seen = cv2.LUT(seen, self._curve)
        noise = self._noise[top : top + height, left : left + width]
        seen = cv2.add(seen, noise, dtype=cv2.CV_8U)
        if self.sensor.quality is not None:
            _, packed = cv2.imencode(".jpg", seen, [cv2.IMWRITE_JPEG_QUALITY, self.sensor.quality])
            return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)
        return np.asarray(seen, np.uint8)
