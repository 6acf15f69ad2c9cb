"""From Pillow's many kinds of pixels to upright 8-bit BGR with an opacity beside it."""

import io
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image as Pillow
from PIL import ImageCms
from PIL.Image import Transpose
from PIL.ImageFile import ImageFile

from passerby.errors import InputError
from passerby.types import Image

__all__ = ["Pixels", "bits_of", "is_grey", "pixels_of", "upright"]

_ORIENTATION = 0x0112
_TURNS = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
"""What undoes each EXIF orientation (CIPA DC-008, 4.6.4); 1 is upright."""

_ALPHA_MODES = ("RGBA", "LA", "PA", "RGBa", "La")
_GREY_MODES = ("1", "L", "LA", "La", "I;16", "I;16L", "I;16B", "I;16N")
_UNBOUNDED_MODES = ("I", "F")


class Pixels(NamedTuple):
    """Attributes: image, BGR; alpha, shape (height, width), or None where all is opaque."""

    image: Image
    alpha: npt.NDArray[np.uint8] | None


def upright(image: Pillow.Image) -> Pillow.Image:
    """Turn and mirror a picture as its EXIF orientation says."""
    turn = _TURNS.get(image.getexif().get(_ORIENTATION, 1))
    return image.transpose(turn) if turn is not None else image


def is_grey(image: Pillow.Image) -> bool:
    """Whether the picture is stored without colour."""
    return image.mode in _GREY_MODES


def bits_of(image: ImageFile) -> int:
    """Bits a channel as stored; Pillow reads 16-bit colour as 8 and tells only by the tile."""
    return 16 if any(";16" in str(tile.args) for tile in image.tile) else 8


def pixels_of(image: Pillow.Image) -> Pixels:
    """Convert a loaded picture of any mode.

    16 bits are reduced to the upper 8, an embedded colour profile is converted to sRGB.

    Raises:
        InputError: If its values have no known range (32-bit integers, floating point).
    """
    if image.mode in _UNBOUNDED_MODES:
        raise InputError(
            f"pixels of 32 bits ({image.mode}) have no known range: convert to 8 or 16 bits first"
        )
    if image.mode.startswith("I;16"):
        return Pixels(_from_grey((np.asarray(image) >> 8).astype(np.uint8)), None)
    if image.mode in _ALPHA_MODES or "transparency" in image.info:
        opaque = image.convert("RGBA")
        return Pixels(_from_rgb(_to_srgb(image, opaque.convert("RGB"))), _alpha_of(opaque))
    if image.mode in ("1", "L"):
        return Pixels(_from_grey(np.asarray(image.convert("L"))), None)
    return Pixels(_from_rgb(_to_srgb(image, image)), None)


def _from_grey(values: npt.NDArray[np.uint8]) -> Image:
    return np.repeat(values[:, :, None], 3, axis=2)


def _from_rgb(image: Pillow.Image) -> Image:
    return np.ascontiguousarray(np.asarray(image)[:, :, ::-1])


def _alpha_of(image: Pillow.Image) -> npt.NDArray[np.uint8]:
    return np.asarray(image.getchannel("A")).copy()


def _to_srgb(original: Pillow.Image, image: Pillow.Image) -> Pillow.Image:
    """Apply the embedded profile, so that colours look the same without it."""
    data = original.info.get("icc_profile")
    if data and image.mode in ("RGB", "CMYK"):
        try:
            profile = ImageCms.ImageCmsProfile(io.BytesIO(data))
            if "sRGB" not in ImageCms.getProfileDescription(profile):
                srgb = ImageCms.createProfile("sRGB")
                image = ImageCms.profileToProfile(image, profile, srgb, outputMode="RGB") or image
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            # A damaged profile, or one for other pixels: the numbers are taken as sRGB.
            pass
    return image.convert("RGB")
