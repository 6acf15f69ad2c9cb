"""Smooth curves that go no higher and no lower than their points.

Piecewise cubic, with the slopes of Fritsch and Butland ("A Method for Constructing Local Monotone
Piecewise Cubic Interpolants", SIAM Journal on Scientific and Statistical Computing 5, 1984), and
those of Moler ("Numerical Computing with Matlab", 2004, section 3.6) at the two ends.
"""

import numpy as np

from passerby.synth.camera import Array

__all__ = ["smooth_curve"]


def smooth_curve(x: Array, y: Array, at: Array) -> Array:
    """Return the values of a curve through some points.

    Args:
        x: Shape (n,), ascending, n >= 2.
        y: Shape (n, d), the points.
        at: Shape (m,), where it is asked for, between the first and the last of ``x``.

    Returns:
        Shape (m, d).
    """
    widths = np.diff(x)[:, None]
    slopes = np.diff(y, axis=0) / widths
    tangents = np.concatenate([slopes[:1], slopes[-1:]])
    if len(x) > 2:
        first = _at_the_end(widths[0], widths[1], slopes[0], slopes[1])
        last = _at_the_end(widths[-1], widths[-2], slopes[-1], slopes[-2])
        tangents = np.concatenate([first[None], _between(widths, slopes), last[None]])
    piece = np.clip(np.searchsorted(x, at, "right") - 1, 0, len(x) - 2)
    start, end, slope, width = tangents[piece], tangents[piece + 1], slopes[piece], widths[piece]
    bend = (start + end - 2 * slope) / width
    along = at[:, None] - x[piece, None]
    curve: Array = y[piece] + along * (
        start + along * ((slope - start) / width - bend + along * bend / width)
    )
    return curve


def _between(widths: Array, slopes: Array) -> Array:
    """Weighted harmonic means of the slopes on both sides; level at peaks and in valleys."""
    before, after = slopes[:-1], slopes[1:]
    first, second = widths[:-1] + 2 * widths[1:], 2 * widths[:-1] + widths[1:]
    same_way = before * after > 0
    scale = np.where(same_way, first * after + second * before, 1)
    return np.where(same_way, (first + second) * before * after / scale, 0)


def _at_the_end(width: Array, following: Array, slope: Array, next_slope: Array) -> Array:
    """The slope of the parabola through three points, but never so steep that it overshoots."""
    tangent = ((2 * width + following) * slope - width * next_slope) / (width + following)
    tangent = np.where(tangent * slope > 0, tangent, 0)
    steep = (slope * next_slope < 0) & (np.abs(tangent) > 3 * np.abs(slope))
    return np.where(steep, 3 * slope, tangent)
