"""Whole-frame filters of De Coninck et al., Table 3: noise and fewer colours. Both are weak."""

import numpy as np

from passerby.anonymization.operators.operator import OPERATORS, Operator
from passerby.anonymization.patches import Patch
from passerby.anonymization.strength import Strength
from passerby.types import Image

__all__ = ["add_noise", "quantize"]

NOISE_DEFAULT = Strength(1_000, "%")
QUANTIZE_DEFAULT = Strength(2)


def add_noise(pixels: Image, deviation: float, seed: int) -> Image:
    """Add normal noise to each value on its own, round, and cut off at 0 and 255.

    Args:
        pixels: Shape (height, width, 3).
        deviation: Standard deviation in pixel values.
        seed: Anybody who knows it can remove the noise.
    """
    noise = np.random.default_rng(seed).standard_normal(pixels.shape, np.float32)
    noise *= deviation
    noise += pixels
    return np.rint(noise).clip(0, 255).astype(np.uint8)


def quantize(pixels: Image, levels: int) -> Image:
    """Divide 0-255 into ``levels`` equal parts and give each value the middle of its part.

    Args:
        pixels: Shape (height, width, 3).
        levels: Number of values left in each channel, 1-256.
    """
    values = np.arange(256)
    middles = (values * levels // 256 + 0.5) * (256 / levels) - 0.5
    table: Image = np.rint(middles).astype(np.uint8)
    return table[pixels]


def _noise(image: Image, patch: Patch, strength: Strength | None, seed: int) -> Image:
    deviation = (strength or NOISE_DEFAULT).pixels(255)
    return add_noise(patch.pixels(image), deviation, seed)


def _quantize(image: Image, patch: Patch, strength: Strength | None, _seed: int) -> Image:
    levels = round((strength or QUANTIZE_DEFAULT).value)
    return quantize(patch.pixels(image), levels)


OPERATORS.add(
    "noise",
    Operator(
        summary="Normal noise on each value; averaging many frames of a still scene removes it.",
        apply=_noise,
        default=NOISE_DEFAULT,
        limits={"%": (1, 1_000)},
        strength_means="standard deviation as a share of the range of values, 255",
        hides=False,
    ),
)
OPERATORS.add(
    "quantize",
    Operator(
        summary="Fewer values per channel; shapes stay.",
        apply=_quantize,
        default=QUANTIZE_DEFAULT,
        limits={"": (2, 64)},
        strength_means="number of values left per channel",
        hides=False,
    ),
)
