"""Rows of images in one picture."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from passerby.errors import ConfigError, OutputError
from passerby.protection import CELLS
from passerby.sinks.ranked_lists import COLOURS, Mark, RankedLists
from passerby.sinks.tiles import _GAP, _LINE_HEIGHT, FRAME, TILE_SIZE
from passerby.types import AnonymizedFrame, Frame, seal

WIDTH, HEIGHT = TILE_SIZE[0] + 2 * FRAME + _GAP, TILE_SIZE[1] + 2 * FRAME + _LINE_HEIGHT + _GAP


def plain(level: int) -> AnonymizedFrame:
    frame = Frame(np.full((20, 10, 3), (level, 0, 0), np.uint8))
    return seal(frame, frame.image, CELLS)


def test_a_query_begins_a_row(tmp_path: Path) -> None:
    sheet = RankedLists(tmp_path / "lists.png")
    for level, role in [(10, "query"), (20, "match"), (30, "query"), (40, "other"), (50, "match")]:
        sheet.write(plain(level), Mark(role, "camera 1"))  # type: ignore[arg-type]
    sheet.commit()
    with Image.open(tmp_path / "lists.png") as picture:
        assert picture.size == (3 * WIDTH + _GAP, 2 * HEIGHT + _GAP)
        page = np.asarray(picture.convert("RGB"))
    places = {(0, 0): 10, (0, 1): 20, (1, 0): 30, (1, 1): 40, (1, 2): 50}
    for (row, column), level in places.items():
        y, x = _GAP + row * HEIGHT, _GAP + column * WIDTH
        assert page[y + 30, x + 30].tolist() == [0, 0, level]
    assert tuple(page[_GAP + HEIGHT, _GAP + WIDTH]) == COLOURS["other"]


def test_a_target_that_is_no_png_and_an_empty_sheet_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="ranked lists are a PNG"):
        RankedLists(tmp_path / "lists.jpg")
    with pytest.raises(OutputError, match="there is no image to write"):
        RankedLists(tmp_path / "lists.png").commit()
    assert list(tmp_path.iterdir()) == []
