"""Pictures that let the ground behind them show through: what is seen of them, and what is not."""

import numpy as np

from passerby.types import Alpha, Image

__all__ = ["BLACK", "WHITE", "appearances", "erased", "over"]

BLACK, WHITE = 0, 255


def over(image: Image, alpha: Alpha | None, ground: int) -> Image:
    """What is seen of a picture on a ground of one grey.

    Args:
        image: Shape (height, width, 3).
        alpha: Its opacity; None where it is opaque.
        ground: 0 for black to 255 for white.
    """
    if alpha is None:
        return image
    opacity = alpha[:, :, None].astype(np.uint16)
    blended: Image = ((image * opacity + ground * (255 - opacity) + 127) // 255).astype(np.uint8)
    return blended


def erased(image: Image, alpha: Alpha | None) -> Image:
    """The picture without the colours of pixels that nobody sees: black where ``alpha`` is 0."""
    if alpha is None or alpha.all():
        return image
    return np.where(alpha[:, :, None] > 0, image, np.uint8(0))


def appearances(image: Image, alpha: Alpha | None) -> list[Image]:
    """How a picture may look, depending on who shows it.

    Some programs take no notice of opacity, others show what lies behind. A picture may be seen on
    one ground only: black ink of varying opacity is a portrait on white paper and nothing on black.

    Returns:
        The bare colours, the picture on white and on black, each once.
    """
    if alpha is None or alpha.min() == 255:
        return [image]
    bare = erased(image, alpha)
    looks = [bare, over(bare, alpha, WHITE), over(bare, alpha, BLACK)]
    return [
        look
        for number, look in enumerate(looks)
        if not any(np.array_equal(look, earlier) for earlier in looks[:number])
    ]
