"""Small pictures of anonymized frames in rows, for sinks that show many of them.

Nothing else can be drawn here: a tile is made of an `AnonymizedFrame`, and a page of tiles.
"""

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import cv2
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from passerby.files.partial import PartialFile, write_error
from passerby.types import AnonymizedFrame, Image, require_anonymized, require_preview

__all__ = ["INK", "PAPER", "TILE_SIZE", "Rgb", "Tile", "framed", "write_page"]

Rgb: TypeAlias = tuple[int, int, int]
"""Red, green and blue, 0-255."""

TILE_SIZE = (64, 128)
"""Width and height of the image in a framed tile."""
FRAME = 4
_GAP = 6
_FONT_SIZE = 10
_LINE_HEIGHT = 14
PAPER, INK = (250, 250, 250), (25, 25, 25)


class Tile:
    """A small picture of an anonymized frame.

    Args:
        frame: The frame.
        draw: Turns its pixels into the picture.

    Raises:
        PrivacyError: If it is anything but an `AnonymizedFrame`.
    """

    __slots__ = ("picture",)

    def __init__(self, frame: AnonymizedFrame, draw: Callable[[Image], Pillow.Image]) -> None:
        self.picture = draw(require_anonymized(frame).image)


def framed(
    frame: AnonymizedFrame,
    colour: Rgb,
    text: str,
    paint: Callable[[Image], Image] = lambda image: image,
) -> Tile:
    """Make a tile of somebody to be compared, in a border of some colour, with a few words below.

    Args:
        frame: What to show: coarse cells of it.
        colour: Of the border.
        text: The words.
        paint: What to do to the pixels before.

    Raises:
        PrivacyError: If it is anything else.
    """

    def draw(image: Image) -> Pillow.Image:
        width, height = TILE_SIZE
        shown = cv2.resize(paint(image), TILE_SIZE, interpolation=cv2.INTER_AREA)
        picture = Pillow.new("RGB", (width + 2 * FRAME, height + 2 * FRAME + _LINE_HEIGHT), PAPER)
        brush, bottom = ImageDraw.Draw(picture), height + 2 * FRAME
        brush.rectangle((0, 0, picture.width - 1, bottom - 1), fill=colour)
        picture.paste(Pillow.fromarray(cv2.cvtColor(shown, cv2.COLOR_BGR2RGB)), (FRAME, FRAME))
        brush.text((FRAME, bottom), text, INK, ImageFont.load_default(_FONT_SIZE))
        return picture

    return Tile(require_preview(frame), draw)


def write_page(
    rows: Sequence[Sequence[Tile]], target: Path, partial: PartialFile, gap: int = _GAP
) -> None:
    """Write rows of tiles, at least one, as a PNG, and give it its final name.

    Args:
        rows: As wide as their first tile; each row is as high as its highest.
        target: The final name, for messages.
        partial: Of the target; removed if anything fails.
        gap: Pixels around each tile.

    Raises:
        OutputError: If it cannot be written.
    """
    try:
        memory = io.BytesIO()
        _page([[tile.picture for tile in row] for row in rows], gap).save(memory, "PNG")
        partial.file.write(memory.getbuffer())
    except BaseException as error:
        partial.abort()
        if isinstance(error, (OSError, MemoryError)):
            raise write_error(target, error) from error
        raise
    partial.commit()


def _page(rows: Sequence[Sequence[Pillow.Image]], gap: int) -> Pillow.Image:
    width = rows[0][0].width + gap
    heights = [max(picture.height for picture in row) + gap for row in rows]
    page = Pillow.new("RGB", (max(map(len, rows)) * width + gap, sum(heights) + gap), PAPER)
    top = gap
    for row, height in zip(rows, heights, strict=True):
        for column, picture in enumerate(row):
            page.paste(picture, (gap + column * width, top))
        top += height
    return page
