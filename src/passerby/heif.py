"""HEIC pictures for Pillow, which reads and writes AVIF by itself."""

from functools import cache

__all__ = ["register_heif"]


@cache
def register_heif() -> None:
    """Teach Pillow the format HEIF; only when it is needed, as the library is large.

    Previews, depth maps and other pictures beside the main one are not read.
    """
    from pillow_heif import register_heif_opener  # noqa: PLC0415  (loaded when it is needed)

    register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
