"""Pixels in memory: checked, read-only, and frozen for good."""

from collections.abc import Callable
from io import BytesIO

import numpy as np
import numpy.typing as npt

from passerby.errors import ConfigError

__all__ = [
    "Alpha",
    "Image",
    "checked_alpha",
    "checked_image",
    "frozen",
    "repainted",
    "thinned",
    "thinning",
]

Pixels = npt.NDArray[np.uint8]

Image = Pixels
"""Pixels, shape (height, width, 3), BGR order as in OpenCV, values 0-255."""

Alpha = Pixels
"""Opacity, shape (height, width): 0 shows nothing of a pixel, 255 nothing behind it."""

_FEW = 120, 160
"""Rows and columns that are left of a picture, at least, where a few pixels are enough."""

_NO_IMAGE: dict[type, str] = {
    type(None): "OpenCV gives none if a file cannot be read or a camera has ended",
    str: "read the file first",
}
"""What to do about what some programs give in the place of an image."""


def checked_image(image: object) -> Image:
    """Return a read-only view of ``image``, so that nobody writes into the caller's array."""
    if not isinstance(image, np.ndarray):
        remedy = _NO_IMAGE.get(type(image), "give an array, as OpenCV reads it")
        raise ConfigError(f"an image must be a uint8 array, not {type(image).__name__}: {remedy}")
    if image.dtype != np.uint8:
        raise ConfigError(
            f"an image must be a uint8 array, not {image.dtype}: convert it to 0-255 first"
        )
    if image.ndim != 3 or image.shape[2] != 3 or 0 in image.shape:
        raise ConfigError(
            f"an image must have shape (height, width, 3), not {image.shape}: convert it to BGR"
        )
    view = image.view()
    view.flags.writeable = False
    return view


def checked_alpha(alpha: Alpha, size: tuple[int, ...] | None = None) -> Alpha:
    """Return a read-only view of ``alpha``, which fits an image of ``size`` if that is known."""
    fits = isinstance(alpha, np.ndarray) and alpha.dtype == np.uint8 and alpha.ndim == 2
    if not fits or (size is not None and alpha.shape != size):
        found = f"{getattr(alpha, 'dtype', type(alpha).__name__)} {getattr(alpha, 'shape', '')}"
        raise ConfigError(
            f"opacity must be a uint8 array of shape {size or '(height, width)'}, not {found}: "
            "make it fit the image"
        )
    view = alpha.view()
    view.flags.writeable = False
    return view


def thinning(height: int, width: int) -> tuple[slice, slice]:
    """Which rows and columns of a picture are left where a few pixels are enough.

    Example:
        >>> thinning(576, 768)
        (slice(0, 576, 4), slice(0, 768, 4))
    """
    rows, columns = _FEW
    return slice(0, height, max(1, height // rows)), slice(0, width, max(1, width // columns))


def thinned(pixels: Pixels) -> Pixels:
    """A view of every so many rows and columns: 120 to 239 and 160 to 319, unless there are fewer.

    Args:
        pixels: Shape (height, width) or (height, width, 3).
    """
    return pixels[thinning(*pixels.shape[:2])]


def frozen(pixels: Pixels) -> Pixels:
    """Return ``pixels`` in memory that can never be written to: that of a `bytes` object.

    They are copied, unless they lie in such memory already.
    """
    owner: object = pixels
    while isinstance(owner, np.ndarray):
        owner = owner.base
    if isinstance(owner, bytes):
        return pixels
    return np.frombuffer(pixels.tobytes(), np.uint8).reshape(pixels.shape)


def repainted(pixels: Pixels, paint: Callable[[Pixels], None]) -> Pixels:
    """Copy ``pixels``, let ``paint`` write into the copy, and return it frozen.

    A `BytesIO` hands out what it holds as `bytes` without copying it once more, unless ``paint``
    kept a view of it: then that view is of another copy.

    Example:
        >>> def first_black(pixels: Pixels) -> None:
        ...     pixels[0] = 0
        >>> repainted(np.full(3, 9, np.uint8), first_black)
        array([0, 9, 9], dtype=uint8)
    """
    memory = BytesIO()
    memory.write(np.ascontiguousarray(pixels).data)
    paint(np.frombuffer(memory.getbuffer(), np.uint8).reshape(pixels.shape))
    return np.frombuffer(memory.getvalue(), np.uint8).reshape(pixels.shape)
