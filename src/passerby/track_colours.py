"""Colours by which tracks are told from each other, wherever they are shown."""

import colorsys

__all__ = ["track_colour"]

_GOLDEN_RATIO = (5**0.5 - 1) / 2
_GREY = (128, 128, 128)


def track_colour(track: int) -> tuple[int, int, int]:
    """A colour (B, G, R) for a track: tracks with near numbers differ clearly; grey for none.

    Hues follow each other by the golden ratio, which spreads any number of them evenly.
    """
    if track < 0:
        return _GREY
    red, green, blue = colorsys.hsv_to_rgb(track * _GOLDEN_RATIO % 1, 0.65, 0.85)
    return round(255 * blue), round(255 * green), round(255 * red)
