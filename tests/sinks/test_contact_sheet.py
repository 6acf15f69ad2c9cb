"""Tiles: the whole frame, its box, a close-up and a caption, in the right order and place."""

import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow
from PIL import ImageFont

from passerby.errors import ConfigError, OutputError
from passerby.sinks.contact_sheet import (
    _FONT_SIZE,
    _GAP,
    _LINE_HEIGHT,
    CLOSE_UP_SIZE,
    FRAME_SIZE,
    MARK,
    PAPER,
    ContactSheet,
    Note,
)
from passerby.types import AnonymizedFrame, Frame, Image, seal

TILE_WIDTH = FRAME_SIZE[0] + _GAP + CLOSE_UP_SIZE[0]
RED, GREEN, BLUE = (200, 20, 20), (20, 200, 20), (20, 20, 200)
"""As RGB, which a PNG holds."""


def frame(colour: tuple[int, int, int], size: tuple[int, int] = (336, 252)) -> AnonymizedFrame:
    width, height = size
    image: Image = np.full((height, width, 3), colour[::-1], np.uint8)
    return seal(Frame(image), image)


def written(sheet: ContactSheet, path: Path) -> np.ndarray:
    sheet.commit()
    return np.asarray(Pillow.open(path).convert("RGB"))


def boxes(*corners: list[float]) -> np.ndarray:
    return np.array(corners, np.float32).reshape(-1, 4)


@pytest.mark.parametrize(("count", "columns"), [(1, 6), (5, 2), (6, 6), (7, 6), (3, 1)])
def test_tiles_fill_rows_from_the_left_by_rank(tmp_path: Path, count: int, columns: int) -> None:
    sheet = ContactSheet(tmp_path / "s.png", columns)
    colours = [(40 * number, 255 - 40 * number, 7) for number in range(count)]
    for rank in reversed(range(count)):
        sheet.write(frame(colours[rank]), Note(rank=rank))
    page = written(sheet, tmp_path / "s.png")
    across, down = min(columns, count), -(-count // columns)
    assert page.shape[1] == across * (TILE_WIDTH + _GAP) + _GAP
    assert page.shape[0] == down * (FRAME_SIZE[1] + _GAP) + _GAP
    for rank, colour in enumerate(colours):
        left = _GAP + rank % columns * (TILE_WIDTH + _GAP)
        top = _GAP + rank // columns * (FRAME_SIZE[1] + _GAP)
        part = page[top : top + FRAME_SIZE[1], left : left + FRAME_SIZE[0]]
        assert (part == colour).all()


def test_a_box_is_drawn_around_its_pixels_and_shown_close_up(tmp_path: Path) -> None:
    width, height = 672, 504  # twice the size that it is shown in
    image: Image = np.full((height, width, 3), RED[::-1], np.uint8)
    image[100:200, 300:360] = BLUE[::-1]
    sheet = ContactSheet(tmp_path / "s.png")
    sheet.write(seal(Frame(image), image), Note(boxes=boxes([300, 100, 360, 200])))
    page = written(sheet, tmp_path / "s.png")[_GAP:, _GAP:]
    assert (page[50:100, 150:180] == BLUE).all()
    around = np.concatenate([page[49, 149:181], page[100, 149:181], page[49:101, 149]])
    assert (around == MARK).all()
    assert (page[40:46, 140:190] == RED).all()
    close_up = page[: CLOSE_UP_SIZE[1], FRAME_SIZE[0] + _GAP :]
    # Half a box more on each side: the box fills the middle half of what is shown.
    shown = (np.abs(close_up.astype(int) - BLUE).sum(axis=2) < 30).sum()
    around = (np.abs(close_up.astype(int) - RED).sum(axis=2) < 30).sum()
    assert shown / (shown + around) == pytest.approx(1 / 4, abs=0.02)


def test_without_a_box_there_is_no_close_up(tmp_path: Path) -> None:
    sheet = ContactSheet(tmp_path / "s.png")
    sheet.write(frame(RED))
    page = written(sheet, tmp_path / "s.png")
    assert (page[:, _GAP + FRAME_SIZE[0] :] == PAPER).all()


@pytest.mark.slow
def test_a_caption_takes_lines_below_and_is_never_wider_than_its_tile(tmp_path: Path) -> None:
    long = "a/very/long/path/" * 40 + "street.mp4"
    sheet = ContactSheet(tmp_path / "s.png")
    sheet.write(frame(RED), Note(lines=(long, "frame 7", "with\na break and a \t tab")))
    page = written(sheet, tmp_path / "s.png")
    font = ImageFont.load_default(_FONT_SIZE)
    caption = page[_GAP + FRAME_SIZE[1] : -_GAP]
    lines, rest = divmod(len(caption), _LINE_HEIGHT)
    assert rest == 0
    least = math.ceil(font.getlength(long) / TILE_WIDTH)
    assert least + 2 <= lines <= least + 3  # all of it, and the two others
    for line in np.split(caption, lines):
        assert (line != PAPER).any()
    assert (caption[:, :_GAP] == PAPER).all()
    assert (caption[:, _GAP + TILE_WIDTH :] == PAPER).all()


@pytest.mark.parametrize("size", [(1, 1), (2000, 1), (1, 2000), (3, 1000), (1920, 1080)])
def test_frames_of_any_shape_fit(tmp_path: Path, size: tuple[int, int]) -> None:
    sheet = ContactSheet(tmp_path / "s.png")
    sheet.write(frame(GREEN, size), Note(boxes=boxes([0, 0, 1, 1])))
    page = written(sheet, tmp_path / "s.png")
    assert page.shape == (FRAME_SIZE[1] + 2 * _GAP, TILE_WIDTH + 2 * _GAP, 3)


@pytest.mark.parametrize(
    "box",
    [
        [np.nan, 0, 5, 5],
        [np.inf, 0, 5, 5],
        [-1e30, -1e30, 1e30, 1e30],
        [10, 10, 10, 10],
        [20, 20, 10, 10],
        [900, 900, 950, 950],
    ],
)
def test_a_box_that_makes_no_sense_breaks_nothing(tmp_path: Path, box: list[float]) -> None:
    sheet = ContactSheet(tmp_path / "s.png")
    sheet.write(frame(RED), Note(boxes=boxes(box)))
    assert written(sheet, tmp_path / "s.png").shape[2] == 3


def test_a_sheet_without_frames_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no frame"):
        ContactSheet(tmp_path / "s.png").commit()
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_png_or_has_no_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"ends in \.png"):
        ContactSheet(tmp_path / "s.jpg")
    with pytest.raises(ConfigError, match="1 column or more"):
        ContactSheet(tmp_path / "s.png", 0)
    assert list(tmp_path.iterdir()) == []


def test_crops_fill_small_tiles_and_are_not_shown_close_up(tmp_path: Path) -> None:
    sheet = ContactSheet(tmp_path / "s.png", columns=2, crop_size=(48, 96))
    for colour in (RED, GREEN):
        note = Note(("7",), boxes([4, 4, 20, 40]))
        sheet.write(frame(colour, (24, 48)), note)
    page = written(sheet, tmp_path / "s.png")
    assert page.shape[:2] == (96 + _LINE_HEIGHT + 2 * _GAP, 2 * 48 + 3 * _GAP)
    assert page[_GAP + 90, _GAP + 46].tolist() == list(RED)
    assert page[_GAP + 90, 2 * _GAP + 48].tolist() == list(GREEN)
