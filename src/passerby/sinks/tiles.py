"""Small pictures of people in rows, for sinks that show many of them."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

import cv2
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from passerby.partial import PartialFile, write_error
from passerby.types import Image

__all__ = ["SIZE", "Colour", "page", "tile", "write_png"]

Colour: TypeAlias = tuple[int, int, int]
"""Red, green and blue, 0-255."""

SIZE = (64, 128)
"""Width and height of the image in a tile."""
FRAME = 4
GAP = 6
FONT_SIZE = 10
LINE_HEIGHT = 14
PAPER, INK = (250, 250, 250), (25, 25, 25)


def tile(image: Image, colour: Colour, text: str) -> Pillow.Image:
    """Return an anonymized image in a frame of some colour, with a few words below it."""
    width, height = SIZE
    shown = cv2.resize(image, SIZE, interpolation=cv2.INTER_AREA)
    picture = Pillow.fromarray(cv2.cvtColor(shown, cv2.COLOR_BGR2RGB))
    framed = Pillow.new("RGB", (width + 2 * FRAME, height + 2 * FRAME + LINE_HEIGHT), PAPER)
    draw = ImageDraw.Draw(framed)
    bottom = height + 2 * FRAME
    draw.rectangle((0, 0, framed.width - 1, bottom - 1), fill=colour)
    framed.paste(picture, (FRAME, FRAME))
    draw.text((FRAME, bottom), text, INK, ImageFont.load_default(FONT_SIZE))
    return framed


def page(rows: Sequence[Sequence[Pillow.Image]]) -> Pillow.Image:
    """Put rows of tiles, at least one, below each other."""
    width, height = rows[0][0].width + GAP, rows[0][0].height + GAP
    columns = max(map(len, rows))
    sheet = Pillow.new("RGB", (columns * width + GAP, len(rows) * height + GAP), PAPER)
    for row, tiles in enumerate(rows):
        for column, one in enumerate(tiles):
            sheet.paste(one, (GAP + column * width, GAP + row * height))
    return sheet


def write_png(picture: Pillow.Image, target: Path, partial: PartialFile) -> None:
    """Write a page and give it its final name.

    Raises:
        OutputError: If it cannot be written.
    """
    memory = io.BytesIO()
    picture.save(memory, "PNG")
    try:
        partial.file.write(memory.getbuffer())
    except OSError as error:
        partial.abort()
        raise write_error(target, error) from error
    partial.commit()
