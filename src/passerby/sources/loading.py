"""Decoding by Pillow, with what its decoders leave to others."""

import numpy as np
from PIL import Image as Pillow
from PIL.Image import Transpose
from PIL.ImageFile import ImageFile

__all__ = ["SIDEWAYS", "loaded", "turn_of"]

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
"""What undoes each EXIF orientation (CIPA DC-008, 4.6.4); 1 and all other values are upright."""

SIDEWAYS = (Transpose.TRANSPOSE, Transpose.ROTATE_270, Transpose.TRANSVERSE, Transpose.ROTATE_90)
"""Turns that swap width and height."""

_TURNED_BY_DECODERS = ("TIFF", "HEIF")
_XMP = ("xmp", "XML:com.adobe.xmp")

_PHOTOMETRIC = 262
_WHITE_IS_ZERO = 0


def loaded(image: ImageFile) -> Pillow.Image:
    """Decode the frame that was sought; it comes upright."""
    turn = turn_of(image)
    image.load()
    decoded: Pillow.Image = image
    if image.format == "TIFF" and image.mode.startswith("I;16") and _is_negative(image):
        decoded = Pillow.fromarray(65535 - np.asarray(image).astype(np.uint16))
    return decoded.transpose(turn) if turn is not None else decoded


def turn_of(image: ImageFile) -> Transpose | None:
    """What stands a picture upright once it is loaded, as its EXIF orientation says.

    Pillow takes an orientation from XMP too, which viewers do not.
    """
    for name in _XMP:
        image.info.pop(name, None)
    orientation = image.getexif().get(_ORIENTATION)
    if image.format in _TURNED_BY_DECODERS or not isinstance(orientation, int):
        return None
    return _TURNS.get(orientation)


def _is_negative(image: ImageFile) -> bool:
    tags = getattr(image, "tag_v2", {})
    return tags.get(_PHOTOMETRIC) == _WHITE_IS_ZERO
