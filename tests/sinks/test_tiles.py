"""Small pictures of anonymized frames, in rows."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from passerby.errors import OutputError, PrivacyError
from passerby.files.partial import PartialFile
from passerby.protection import BLACK, CELLS, UNKNOWN, Protection
from passerby.sinks.tiles import _GAP, FRAME, PAPER, TILE_SIZE, Tile, framed, write_page
from passerby.types import AnonymizedFrame, Frame, Image, seal


def plain(colour: tuple[int, int, int], size: tuple[int, int] = (5, 10)) -> AnonymizedFrame:
    image: Image = np.full((*size[::-1], 3), colour, np.uint8)
    return seal(Frame(image), image, CELLS)


def square(level: int, side: int) -> Tile:
    return Tile(plain((level,) * 3), lambda _image: Pillow.new("RGB", (side, side), (level,) * 3))


def written(rows: list[list[Tile]], path: Path, **options: int) -> np.ndarray:
    write_page(rows, path, PartialFile(path), **options)
    return np.asarray(Pillow.open(path).convert("RGB"))


def test_a_tile_is_an_image_in_a_border_with_words_below() -> None:
    drawn = np.asarray(framed(plain((200, 100, 50)), (1, 2, 3), "person").picture)
    assert drawn[0, 0].tolist() == [1, 2, 3]
    inside = drawn[FRAME : FRAME + TILE_SIZE[1], FRAME : FRAME + TILE_SIZE[0]]
    assert (inside == (50, 100, 200)).all()
    below = drawn[TILE_SIZE[1] + 2 * FRAME :]
    assert (below != PAPER).any()
    silent = framed(plain((200, 100, 50)), (1, 2, 3), "").picture
    assert (np.asarray(silent)[TILE_SIZE[1] + 2 * FRAME :] == PAPER).all()


def test_pixels_may_be_painted_before_they_are_shown() -> None:
    drawn = np.asarray(framed(plain((9, 9, 9)), (1, 2, 3), "", lambda image: 2 * image).picture)
    assert drawn[FRAME + 9, FRAME + 9].tolist() == [18, 18, 18]


@pytest.mark.parametrize(
    "raw",
    [Frame(np.zeros((4, 4, 3), np.uint8)), np.zeros((4, 4, 3), np.uint8), Pillow.new("L", (4, 4))],
)
def test_nothing_but_an_anonymized_frame_becomes_a_tile(raw: AnonymizedFrame) -> None:
    with pytest.raises(PrivacyError, match="expected an AnonymizedFrame"):
        framed(raw, (1, 2, 3), "")
    with pytest.raises(PrivacyError, match="expected an AnonymizedFrame"):
        Tile(raw, Pillow.fromarray)


def test_only_coarse_cells_are_framed() -> None:
    image: Image = np.zeros((4, 4, 3), np.uint8)
    for protection in (UNKNOWN, Protection(operator="blackout", search="looked for")):
        with pytest.raises(PrivacyError, match="8x8 cells"):
            framed(seal(Frame(image), image, protection), (1, 2, 3), "")
    framed(seal(Frame(image), image, BLACK), (1, 2, 3), "")


def test_rows_may_differ_in_length_and_height(tmp_path: Path) -> None:
    tall, low = square(9, 8), square(7, 4)
    page = written([[tall], [low, low, low]], tmp_path / "page.png")
    assert page.shape == (8 + 4 + 3 * _GAP, 3 * (8 + _GAP) + _GAP, 3)
    assert (page[_GAP : _GAP + 8, _GAP : _GAP + 8] == 9).all()
    assert (page[: _GAP + 8, 2 * _GAP + 8 :] == PAPER).all()
    for column in range(3):
        left, top = _GAP + column * (8 + _GAP), 8 + 2 * _GAP
        assert (page[top : top + 4, left : left + 4] == 7).all()
    assert written([[low]], tmp_path / "other.png", gap=1).shape == (6, 6, 3)


class FullDisk(io.BytesIO):
    """Stands for a file on a disk that takes nothing."""

    def write(self, _content: object) -> int:
        raise OSError(28, "No space left on device")


def test_of_a_page_that_cannot_be_written_nothing_is_left(tmp_path: Path) -> None:
    partial = PartialFile(tmp_path / "page.png")
    partial.file.close()
    partial.file = FullDisk()  # type: ignore[assignment]
    with pytest.raises(OutputError, match="the disk is full"):
        write_page([[square(1, 4)]], tmp_path / "page.png", partial)
    assert list(tmp_path.iterdir()) == []
