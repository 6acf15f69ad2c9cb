"""From Pillow's many kinds of pixels to 8-bit BGR with an opacity beside it."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image as Pillow
from PIL.ImageFile import ImageFile

from passerby.errors import InputError
from passerby.sources.profiles import to_srgb
from passerby.types import Alpha, Image

__all__ = ["DecodedPixels", "bits_of", "is_grey", "pixels_of"]

_ALPHA_MODES = ("RGBA", "LA", "PA", "RGBa", "La")
_GREY_MODES = ("1", "L", "LA", "La", "I;16", "I;16L", "I;16B", "I;16N")
_UNBOUNDED_MODES = ("I", "F")


class DecodedPixels(NamedTuple):
    """Attributes: image, BGR; alpha, shape (height, width), or None where all is opaque."""

    image: Image
    alpha: Alpha | None


def is_grey(image: Pillow.Image) -> bool:
    """Whether the picture is stored without colour."""
    return image.mode in _GREY_MODES


def bits_of(image: ImageFile) -> int:
    """Bits a channel as stored; Pillow reads 16-bit colour as 8 and tells only by the tile."""
    stored: int = image.info.get("bit_depth", 8)  # of HEIC
    return 16 if any(";16" in str(tile.args) for tile in image.tile) else stored


def pixels_of(image: Pillow.Image) -> DecodedPixels:
    """Convert a loaded picture of any mode.

    16 bits are reduced to the upper 8, an embedded colour profile is converted to sRGB.

    Raises:
        InputError: If its values have no known range (32-bit integers, floating point).
    """
    if image.mode in _UNBOUNDED_MODES:
        raise InputError(
            f"pixels of 32 bits ({image.mode}) have no known range: convert to 8 or 16 bits first"
        )
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I;16"):
        return _from_16_bits(image, profile)
    if image.mode in _ALPHA_MODES or "transparency" in image.info:
        seen = image.convert("RGBA")
        opaque = seen.convert("L" if is_grey(image) else "RGB")
        return DecodedPixels(
            _bgr(to_srgb(opaque, profile)), np.asarray(seen.getchannel("A")).copy()
        )
    if image.mode == "1":
        return DecodedPixels(_bgr(image.convert("L")), None)
    opaque = image if image.mode in ("L", "RGB", "CMYK") else image.convert("RGB")
    return DecodedPixels(_bgr(to_srgb(opaque, profile)), None)


def _from_16_bits(image: Pillow.Image, profile: bytes | None) -> DecodedPixels:
    """Grey of 16 bits; one value may stand for what is not seen."""
    values = np.asarray(image).astype(np.uint16)
    grey = Pillow.fromarray((values >> 8).astype(np.uint8))
    clear = image.info.get("transparency")
    alpha = np.where(values == clear, 0, 255).astype(np.uint8) if clear is not None else None
    return DecodedPixels(_bgr(to_srgb(grey, profile)), alpha)


def _bgr(image: Pillow.Image) -> Image:
    values: npt.NDArray[np.uint8] = np.asarray(image)
    if values.ndim == 2:
        return np.repeat(values[:, :, None], 3, axis=2)
    return np.ascontiguousarray(values[:, :, ::-1])
