"""Queries and the images found for them, row by row in one picture."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import cv2
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from passerby.errors import ConfigError, OutputError
from passerby.sinks.partial import PartialFile, write_error
from passerby.types import AnonymizedFrame, Image, require_anonymized

__all__ = ["Mark", "RankedLists", "Role"]

Role = Literal["query", "match", "other"]
"""What an image is in its row."""

SIZE = (64, 128)
FRAME = 4
GAP = 6
FONT_SIZE = 10
LINE_HEIGHT = 14
PAPER, INK = (250, 250, 250), (25, 25, 25)
COLOURS: dict[Role, tuple[int, int, int]] = {
    "query": (90, 90, 90),
    "match": (0, 110, 190),
    "other": (220, 110, 0),
}
"""Of the frames, as RGB: blue and orange, which nearly everybody can tell apart."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What is said of an image: its role, and a few words below it."""

    role: Role = "other"
    text: str = ""


class RankedLists:
    """Draws rows of images into one PNG: a query first, then what was found, nearest first.

    Args:
        target: A ``.png`` file.

    Raises:
        ConfigError: If the target is no PNG.
        OutputError: If the file cannot be made.
    """

    def __init__(self, target: Path) -> None:
        if target.suffix.lower() != ".png":
            raise ConfigError(f"{target}: ranked lists are a PNG: name a file that ends in .png")
        self._target = target
        self._rows: list[list[Pillow.Image]] = []
        self._partial = PartialFile(target)

    def write(self, frame: AnonymizedFrame, mark: Mark | None = None) -> None:
        """Take the next image; a query begins a row.

        Raises:
            PrivacyError: If it is not anonymized.
        """
        mark = mark or Mark()
        tile = _tile(require_anonymized(frame).image, mark)
        if mark.role == "query" or not self._rows:
            self._rows.append([])
        self._rows[-1].append(tile)

    def commit(self) -> None:
        """Write the picture and give it its final name.

        Raises:
            OutputError: If no image came, or it cannot be written.
        """
        if not self._rows:
            self.abort()
            raise OutputError(f"{self._target}: there is no image to write")
        memory = io.BytesIO()
        _page(self._rows).save(memory, "PNG")
        try:
            self._partial.path.write_bytes(memory.getbuffer())
        except OSError as error:
            self.abort()
            raise write_error(self._target, error) from error
        self._partial.commit()

    def abort(self) -> None:
        """Throw everything away."""
        self._rows.clear()
        self._partial.abort()


def _tile(image: Image, mark: Mark) -> Pillow.Image:
    width, height = SIZE
    resized = cv2.resize(image, SIZE, interpolation=cv2.INTER_AREA)
    picture = Pillow.fromarray(cv2.cvtColor(resized, cv2.COLOR_BGR2RGB))
    tile = Pillow.new("RGB", (width + 2 * FRAME, height + 2 * FRAME + LINE_HEIGHT), PAPER)
    draw = ImageDraw.Draw(tile)
    bottom = height + 2 * FRAME
    draw.rectangle((0, 0, tile.width - 1, bottom - 1), fill=COLOURS[mark.role])
    tile.paste(picture, (FRAME, FRAME))
    draw.text((FRAME, bottom), mark.text, INK, ImageFont.load_default(FONT_SIZE))
    return tile


def _page(rows: list[list[Pillow.Image]]) -> Pillow.Image:
    width, height = rows[0][0].width + GAP, rows[0][0].height + GAP
    columns = max(map(len, rows))
    page = Pillow.new("RGB", (columns * width + GAP, len(rows) * height + GAP), PAPER)
    for row, tiles in enumerate(rows):
        for column, tile in enumerate(tiles):
            page.paste(tile, (GAP + column * width, GAP + row * height))
    return page
