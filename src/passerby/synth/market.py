"""Re-ID crops in the layout of Market-1501.

Zheng et al., "Scalable Person Re-identification: A Benchmark" (2015): three folders of crops of
64 by 128 pixels; a name such as ``0002_c1s1_000451_03.jpg`` gives identity, camera, sequence, frame
and number of the box.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from passerby.detections import Mask
from passerby.synth.picture import Picture
from passerby.synth.sighting import FloatBox, Shot, Sighting

__all__ = ["MARKET_FOLDERS", "PortraitCrop", "crop", "crop_name"]

MARKET_FOLDERS = ("bounding_box_train", "bounding_box_test", "query")
WIDTH, HEIGHT = 64, 128
_MARGIN = 0.04
"""Share of the person's height that a crop leaves around them."""


def crop_name(identity: int, camera: int, frame: int, box: int = 1) -> str:
    """Return the name of a crop; identity, camera, frame and box count from 1.

    Example:
        >>> crop_name(2, 1, 451, 3)
        '0002_c1s1_000451_03.jpg'
    """
    return f"{identity:04d}_c{camera}s1_{frame:06d}_{box:02d}.jpg"


@dataclass(frozen=True, eq=False)
class PortraitCrop:
    """A person cut out of a picture, 64 pixels wide and 128 high, and the truth about it.

    Attributes:
        picture: What is seen.
        person: Which of its pixels show the person, shape (128, 64).
        head_box: In pixels of the crop; hidden parts included.
    """

    picture: Picture
    person: Mask
    head_box: FloatBox


def crop(shot: Shot, seen: Sighting) -> PortraitCrop:
    """Cut a person out of a picture."""
    height, width = shot.image.shape[:2]
    left, top, right, bottom = seen.box
    margin = _MARGIN * (bottom - top)
    rows = slice(max(int(top - margin), 0), min(int(np.ceil(bottom + margin)), height))
    columns = slice(max(int(left - margin), 0), min(int(np.ceil(right + margin)), width))
    cut = cv2.resize(shot.image[rows, columns], (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    shown = seen.mask(width, height)[rows, columns].astype(np.float32)
    share = cv2.resize(shown, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    across, down = WIDTH / (columns.stop - columns.start), HEIGHT / (rows.stop - rows.start)
    x0, y0, x1, y1 = seen.head_box
    head = (
        (x0 - columns.start) * across,
        (y0 - rows.start) * down,
        (x1 - columns.start) * across,
        (y1 - rows.start) * down,
    )
    return PortraitCrop(Picture(np.asarray(cut, np.uint8)), share >= 0.5, head)
