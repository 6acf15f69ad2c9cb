"""Colour profiles: what a picture's numbers mean, judged by what they do to colours."""

import io
from functools import lru_cache
from itertools import product

import numpy as np
from PIL import Image as Pillow
from PIL import ImageCms

__all__ = ["to_srgb"]

_SPACES = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK"}
"""Pillow's mode of the pixels that a profile of each colour space is for (ICC.1, 7.2.8)."""

_FLAGS = {
    "L": ImageCms.Flags.NOOPTIMIZE,
    "RGB": ImageCms.Flags.NONE,
    "CMYK": ImageCms.Flags.NONE,
}
"""Else a curve of grey is drawn through a few points only."""

_INVISIBLE = 2
"""Levels of 255 by which a profile may move colours and still be sRGB, rounded differently."""

_CUBE = list(product(range(0, 256, 51), repeat=3))
_GREYS = [(level, level, level) for level in range(256)]
_PROBE = np.array([*_CUBE, *_GREYS], np.uint8)[None]
"""Colours from all over the cube and every grey, whose curves differ most where it is dark; shape
(1, 472, 3)."""


def to_srgb(image: Pillow.Image, profile: bytes | None) -> Pillow.Image:
    """Change the numbers so that colours look the same without the profile.

    Args:
        image: Of mode L, RGB or CMYK.
        profile: Embedded in its file. One that is damaged, or for other pixels, counts for nothing.

    Returns:
        Of mode L if it was that, else RGB.
    """
    transform = _transform(profile, image.mode) if profile else None
    if image.mode == "L":
        return image if transform is None else image.point(_grey_table(transform))
    if transform is None:
        return image.convert("RGB")
    return ImageCms.applyTransform(image, transform) or image.convert("RGB")


@lru_cache(maxsize=4)
def _transform(data: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """What makes sRGB of pixels of this mode, or None where nothing is to be done."""
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(data))
        if _SPACES.get(profile.profile.xcolor_space) != mode:
            return None
        transform = ImageCms.buildTransform(
            profile, ImageCms.createProfile("sRGB"), mode, "RGB", flags=_FLAGS[mode]
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None
    return None if mode == "RGB" and _is_srgb(transform) else transform


def _grey_table(transform: ImageCms.ImageCmsTransform) -> list[int]:
    """What becomes of each of 256 greys."""
    ramp = Pillow.fromarray(np.arange(256, dtype=np.uint8)[None])
    table: list[int] = np.asarray(ImageCms.applyTransform(ramp, transform))[0, :, 1].tolist()
    return table


def _is_srgb(transform: ImageCms.ImageCmsTransform) -> bool:
    """Whether colours stay as they are, whatever the profile is called."""
    moved = np.asarray(ImageCms.applyTransform(Pillow.fromarray(_PROBE), transform))
    return int(np.abs(moved.astype(int) - _PROBE).max()) <= _INVISIBLE
