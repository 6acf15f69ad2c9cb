"""How large a picture may be."""

from passerby.errors import InputError
from passerby.runtime.counting import counted

__all__ = ["MAX_PIXELS", "check_size"]

MAX_PIXELS = 178_000_000
"""Pixels of a picture, and of all frames of an animation together: about where Pillow suspects a
decompression bomb. One such picture takes 0.5 GB, and anonymizing it several times that."""


def check_size(name: str, width: int, height: int, frames: int = 1) -> None:
    """Refuse what would take more memory than can be promised.

    Raises:
        InputError: If it has more than `MAX_PIXELS` pixels.
    """
    if width * height * frames > MAX_PIXELS:
        count = f"{counted(frames, 'frame')} of " if frames > 1 else ""
        raise InputError(
            f"{name} has {count}{width}x{height} pixels, more than the limit of "
            f"{MAX_PIXELS / 1e6:.0f} million: cut or shrink it first"
        )
