"""What people look like in words: who draws them knows it, a table says it, or a picture shows it.

A class, such as a colour, is text; nothing is known where it is empty.
"""

from collections.abc import Mapping

import cv2
import numpy as np
import numpy.typing as npt

from passerby.synth.identity import Identity

__all__ = [
    "PersonAttributes",
    "clothing_features",
    "clothing_in_pictures",
    "colour_name",
    "identity_attributes",
    "in_classes",
]

PersonAttributes = Mapping[str, npt.NDArray[np.str_]]
"""By name: the class of each crop, shape (n,)."""

_PARTS = {"upper clothes": (0.2, 0.45), "lower clothes": (0.55, 0.85)}
"""Where clothes are, as shares of the height of a crop."""
_SIDES = 0.3
"""What is left out at each side, as a share of the width."""

_DARK, _PALE, _GREYISH = 60, 170, 60
"""Of 255: the brightness below which all is black, and above which grey is white; and the
saturation below which nothing has a hue."""
_HUES = (
    (9, "red"),
    (22, "brown or orange"),
    (34, "yellow"),
    (85, "green"),
    (130, "blue"),
    (168, "purple or pink"),
    (180, "red"),
)
"""Ends of hues in half degrees."""
_NAMES = ("black", "grey", "white", *(name for _, name in _HUES[:-1]))

_NUMBERS = 5
"""A column of numbers with more different ones is cut at its median."""


def colour_name(colour: npt.ArrayLike) -> str:
    """Return the name of a colour.

    Args:
        colour: BGR, 0-255.

    Example:
        >>> colour_name((200, 60, 50)), colour_name((20, 20, 20)), colour_name((120, 120, 125))
        ('blue', 'black', 'grey')
    """
    pixel = np.asarray(colour, np.float64).round().astype(np.uint8).reshape(1, 1, 3)
    hue, saturation, value = map(int, cv2.cvtColor(pixel, cv2.COLOR_BGR2HSV)[0, 0])
    if value < _DARK:
        return "black"
    if saturation < _GREYISH:
        return "white" if value > _PALE else "grey"
    return next(name for end, name in _HUES if hue < end)


def clothing_in_pictures(
    images: npt.NDArray[np.uint8], ids: npt.NDArray[np.int64]
) -> dict[str, npt.NDArray[np.str_]]:
    """Read the colours of people's clothes in clear pictures.

    A person has one colour above and one below: that of the median pixel of all their pictures, of
    whatever camera. Nobody looked at them, so they are what pictures show and not what somebody
    wears.

    Args:
        images: Crops of whole people, shape (n, height, width, 3), BGR.
        ids: Shape (n,), who is shown.
    """
    found = {}
    for name in _PARTS:
        cloth = _cloth(images, name)
        names = np.full(len(ids), "", np.dtype("U32"))
        for identity in np.unique(ids):
            own = ids == identity
            names[own] = colour_name(np.median(cloth[own].reshape(-1, 3), axis=0))
        found[name] = names
    return found


def clothing_features(images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Return what can be read of the colours of clothes in each picture alone.

    Of the median pixel above and of that below: its brightness, its saturation, its hue as a point,
    and its name as flags.

    Args:
        images: As in `clothing_in_pictures`.

    Returns:
        Shape (n, 26).
    """
    rows = []
    for name in _PARTS:
        cloth = _cloth(images, name)
        pixels = np.median(cloth.reshape(len(images), -1, 3), axis=1).round().astype(np.uint8)
        hues = cv2.cvtColor(pixels[:, None], cv2.COLOR_BGR2HSV)[:, 0].astype(np.float64)
        angle, (saturation, value) = hues[:, 0] * np.pi / 90, hues[:, 1:].T / 255
        shown = np.array([colour_name(one) for one in pixels])
        rows += [value, saturation, saturation * np.cos(angle), saturation * np.sin(angle)]
        rows += [shown == one for one in _NAMES]
    return np.stack(rows, axis=1).astype(np.float32)


def _cloth(images: npt.NDArray[np.uint8], part: str) -> npt.NDArray[np.uint8]:
    height, width = images.shape[1:3]
    inset, (above, below) = round(_SIDES * width), _PARTS[part]
    return images[:, round(above * height) : round(below * height), inset : width - inset]


def identity_attributes(identity: Identity) -> dict[str, str]:
    """Return what is known of somebody who does not exist; their height is in metres."""
    top, bottom = (np.array(one.colour) * 255 for one in (identity.top, identity.bottom))
    return {
        "sex": identity.sex,
        "upper clothes": colour_name(top),
        "lower clothes": "" if identity.top.kind == "dress" else colour_name(bottom),
        "bag": "none" if identity.bag == "none" else "some",
        "height": f"{identity.stature:.3f}",
    }


def in_classes(values: npt.NDArray[np.str_]) -> npt.NDArray[np.str_]:
    """Cut numbers at their median, where there are more than five different ones.

    Args:
        values: Shape (n,); empty where nothing is known.

    Example:
        >>> in_classes(np.array(["1.6", "1.7", "1.8", "1.9", "2.0", "1.5", ""]))[[0, 4, 6]].tolist()
        ['up to 1.75', 'over 1.75', '']
    """
    known = values != ""
    try:
        numbers = values[known].astype(np.float64)
    except ValueError:
        return values
    if len(np.unique(numbers)) <= _NUMBERS:
        return values
    middle = float(np.median(numbers))
    classes = np.full(len(values), "", np.dtype("U32"))
    classes[known] = np.where(numbers > middle, f"over {middle:g}", f"up to {middle:g}")
    return classes
