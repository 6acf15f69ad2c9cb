"""Images, and beside each where a network looks in it, in one picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from passerby.errors import ConfigError, OutputError
from passerby.files.partial import ANEW, PartialFile, Permit
from passerby.sinks.tiles import TILE_SIZE, Tile, framed, write_page
from passerby.types import AnonymizedFrame, Image

__all__ = ["AttentionMap", "AttentionMaps"]

_GREY = (90, 90, 90)
IMAGES_IN_ROW = 4
VISIBLE = 0.5
"""Share of the image in what is shown below the colours."""


@dataclass(frozen=True, slots=True, eq=False)
class AttentionMap:
    """How much each place of an image counts.

    Attributes:
        heat: Shape (height, width) of any size, 0 and more; the most is shown in the warmest
            colour.
        text: A few words to go below it.
    """

    heat: npt.NDArray[np.float32]
    text: str = ""


class AttentionMaps:
    """Draws images with their maps beside them into one PNG.

    Args:
        target: A ``.png`` file.
        permit: What may happen to a file that is there.

    Raises:
        ConfigError: If the target is no PNG.
        OutputError: If the file cannot be made.
    """

    def __init__(self, target: Path, permit: Permit = ANEW) -> None:
        if target.suffix.lower() != ".png":
            raise ConfigError(f"{target}: maps are a PNG: name a file that ends in .png")
        self._target = target
        self._rows: list[list[Tile]] = []
        self._images = 0
        self._partial = PartialFile(target, permit)

    def write(self, frame: AnonymizedFrame, maps: Sequence[AttentionMap] = ()) -> None:
        """Take the next image and its maps.

        Raises:
            PrivacyError: If it is anything but coarse cells.
        """
        tiles = [framed(frame, _GREY, "")]
        tiles += [framed(frame, _GREY, one.text, partial(_warmed, one.heat)) for one in maps]
        if self._images % IMAGES_IN_ROW == 0:
            self._rows.append([])
        self._images += 1
        self._rows[-1] += tiles

    def commit(self) -> None:
        """Write the picture and give it its final name.

        Raises:
            OutputError: If no image came, or it cannot be written.
        """
        if not self._rows:
            self.abort()
            raise OutputError(f"{self._target}: there is no image to write")
        write_page(self._rows, self._target, self._partial)

    def abort(self) -> None:
        """Throw everything away."""
        self._rows.clear()
        self._partial.abort()


def _warmed(heat: npt.NDArray[np.float32], image: Image) -> Image:
    """The image without its colours, under those of the map."""
    grey = cv2.cvtColor(cv2.resize(image, TILE_SIZE), cv2.COLOR_BGR2GRAY)
    most = float(heat.max())
    share = (
        np.clip(cv2.resize(heat, TILE_SIZE) / most, 0, 1) if most > 0 else np.zeros(TILE_SIZE[::-1])
    )
    colours = cv2.applyColorMap((255 * share).astype(np.uint8), cv2.COLORMAP_VIRIDIS)
    shown = VISIBLE * grey[:, :, None] + (1 - VISIBLE) * colours
    return np.asarray(shown, np.uint8)
