"""Many frames in one picture, each beside a closer look at a part of it, with a caption."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from passerby.detections import Boxes
from passerby.errors import ConfigError, OutputError
from passerby.files.partial import ANEW, PartialFile, Permit
from passerby.geometry import PixelBox, grow, to_pixels
from passerby.sinks.tiles import INK, PAPER, Tile, write_page
from passerby.types import AnonymizedFrame, Image

__all__ = ["ContactSheet", "Note"]

FRAME_SIZE = (336, 252)
CLOSE_UP_SIZE = (176, 252)
_GAP = 8
"""Width and height in pixels of the two parts of a tile, and the space around them."""
CLOSE_UP_MARGIN = 0.5
"""What a close-up shows around a box on each side, as a share of the box."""
_FONT_SIZE = 15
_LINE_HEIGHT = 19

MARK, SHADE = (255, 216, 0), (0, 0, 0)
"""Colours as RGB."""


_Font: TypeAlias = ImageFont.FreeTypeFont | ImageFont.ImageFont


@dataclass(frozen=True, slots=True, eq=False)
class Note:
    """What is said of a frame.

    Attributes:
        lines: The caption.
        boxes: Shape (n, 4), see `Boxes`: drawn in the frame; the first is shown close up.
        rank: Frames of a lower rank come first in the sheet.
    """

    lines: tuple[str, ...] = ()
    boxes: Boxes = field(default_factory=lambda: np.zeros((0, 4), np.float32))
    rank: int = 0


class ContactSheet:
    """Draws frames as tiles of one PNG; each is shrunk at once, so that few pixels are held.

    Args:
        target: A ``.png`` file.
        columns: Tiles in a row.
        crop_size: Of pictures of one person each, which are shown in this width and height and
            not close up.
        permit: What may happen to a file that is there.

    Raises:
        ConfigError: If the target is no PNG, or there is no column.
        OutputError: If the file cannot be made.
    """

    def __init__(
        self,
        target: Path,
        columns: int = 6,
        *,
        crop_size: tuple[int, int] | None = None,
        permit: Permit = ANEW,
    ) -> None:
        if target.suffix.lower() != ".png":
            raise ConfigError(f"{target}: a contact sheet is a PNG: name a file that ends in .png")
        if columns < 1:
            raise ConfigError(f"a contact sheet needs 1 column or more, not {columns}")
        self._target = target
        self._columns = columns
        self._crop_size = crop_size
        self._tiles: list[tuple[int, Tile]] = []
        self._partial = PartialFile(target, permit)

    def write(self, frame: AnonymizedFrame, note: Note | None = None) -> None:
        """Take a frame and what is said of it.

        Raises:
            PrivacyError: If it is not anonymized.
        """
        note = note or Note()
        tile = Tile(frame, partial(_drawn, note=note, crop_size=self._crop_size))
        self._tiles.append((note.rank, tile))

    def commit(self) -> None:
        """Write the sheet and give it its final name.

        Raises:
            OutputError: If no frame came, or it cannot be written.
        """
        if not self._tiles:
            self.abort()
            raise OutputError(f"{self._target}: there is no frame to write")
        ordered = [tile for _, tile in sorted(self._tiles, key=lambda one: one[0])]
        starts = range(0, len(ordered), self._columns)
        rows = [ordered[start : start + self._columns] for start in starts]
        write_page(rows, self._target, self._partial, _GAP)

    def abort(self) -> None:
        """Throw everything away."""
        self._tiles.clear()
        self._partial.abort()


def _drawn(image: Image, note: Note, crop_size: tuple[int, int] | None) -> Pillow.Image:
    """The whole frame with its boxes, the close-up beside it, the caption below."""
    frame_width, frame_height = crop_size or FRAME_SIZE
    height, width = image.shape[:2]
    boxes = [box for box in (to_pixels(one, width, height) for one in note.boxes) if box]
    tile_width = frame_width if crop_size else frame_width + _GAP + CLOSE_UP_SIZE[0]
    font = ImageFont.load_default(_FONT_SIZE)
    lines = [part for line in note.lines for part in _wrapped(line, font, tile_width)]
    tile_height = frame_height + _LINE_HEIGHT * len(lines)
    tile = Pillow.new("RGB", (tile_width, tile_height), PAPER)
    tile.paste(_marked(image, boxes, (frame_width, frame_height)), (0, 0))
    if boxes and crop_size is None:
        tile.paste(_close_up(image, boxes[0]), (frame_width + _GAP, 0))
    draw = ImageDraw.Draw(tile)
    for number, line in enumerate(lines):
        draw.text((0, frame_height + number * _LINE_HEIGHT), line, INK, font)
    return tile


def _marked(image: Image, boxes: Sequence[PixelBox], most: tuple[int, int]) -> Pillow.Image:
    """The frame, scaled, with a line around each box."""
    picture = _scaled(image, most)
    scale = np.array([picture.width / image.shape[1], picture.height / image.shape[0]] * 2)
    draw = ImageDraw.Draw(picture)
    for box in boxes:
        left, top, right, bottom = np.rint(box * scale).astype(int).tolist()
        for distance, colour in ((3, SHADE), (2, MARK), (1, MARK)):
            around = (left - distance, top - distance, right + distance - 1, bottom + distance - 1)
            draw.rectangle(around, outline=colour)
    return picture


def _close_up(image: Image, box: PixelBox) -> Pillow.Image:
    height, width = image.shape[:2]
    wide = grow(np.array([box], np.float32), CLOSE_UP_MARGIN, CLOSE_UP_MARGIN)[0]
    left, top, right, bottom = to_pixels(wide, width, height) or box
    return _scaled(image[top:bottom, left:right], CLOSE_UP_SIZE)


def _scaled(image: Image, most: tuple[int, int]) -> Pillow.Image:
    """As large as fits into ``most`` (width, height), in RGB."""
    height, width = image.shape[:2]
    scale = min(most[0] / width, most[1] / height)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    resized = cv2.resize(image, size, interpolation=method)
    return Pillow.fromarray(cv2.cvtColor(resized, cv2.COLOR_BGR2RGB))


def _wrapped(text: str, font: _Font, width: int) -> list[str]:
    """``text`` in lines of ``width`` pixels at most, broken between words where that goes."""
    lines: list[str] = []
    for word in text.split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(joined) <= width:
            lines[-1] = joined
        else:
            lines += _pieces(word, font, width)
    return lines


def _pieces(word: str, font: _Font, width: int) -> Iterator[str]:
    """A word in pieces that fit."""
    piece = ""
    for letter in word:
        if piece and font.getlength(piece + letter) > width:
            yield piece
            piece = ""
        piece += letter
    yield piece
