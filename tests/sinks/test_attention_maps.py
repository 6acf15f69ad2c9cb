"""Covered images with maps beside them."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from passerby.errors import ConfigError, OutputError
from passerby.protection import CELLS
from passerby.sinks.attention_maps import IMAGES_IN_ROW, AttentionMap, AttentionMaps
from passerby.sinks.tiles import _GAP, _LINE_HEIGHT, FRAME, TILE_SIZE
from passerby.types import AnonymizedFrame, Frame, seal

WIDTH, HEIGHT = TILE_SIZE[0] + 2 * FRAME + _GAP, TILE_SIZE[1] + 2 * FRAME + _LINE_HEIGHT + _GAP


def grey(level: int) -> AnonymizedFrame:
    frame = Frame(np.full((20, 10, 3), level, np.uint8))
    return seal(frame, frame.image, CELLS)


def inside(page: np.ndarray, row: int, column: int) -> np.ndarray:
    y, x = _GAP + row * HEIGHT + FRAME, _GAP + column * WIDTH + FRAME
    return page[y : y + TILE_SIZE[1], x : x + TILE_SIZE[0]]


def test_the_map_lies_beside_the_image_and_over_it(tmp_path: Path) -> None:
    heat = np.zeros((8, 4), np.float32)
    heat[4:] = 7
    sheet = AttentionMaps(tmp_path / "maps.png")
    sheet.write(grey(200), [AttentionMap(heat, "text"), AttentionMap(0 * heat)])
    sheet.commit()
    with Image.open(tmp_path / "maps.png") as picture:
        page = np.asarray(picture.convert("RGB")).astype(int)
    assert (inside(page, 0, 0) == 200).all()
    warm, cold = inside(page, 0, 1)[-10, 30], inside(page, 0, 1)[10, 30]
    # Half of 200, and half of the ends of matplotlib's viridis: (68, 1, 84) and (253, 231, 37).
    np.testing.assert_allclose(warm, np.array([453, 431, 237]) / 2, atol=2)
    np.testing.assert_allclose(cold, np.array([268, 201, 284]) / 2, atol=2)
    np.testing.assert_allclose(inside(page, 0, 2)[60, 30], cold, atol=1)


def test_rows_hold_a_few_images(tmp_path: Path) -> None:
    sheet = AttentionMaps(tmp_path / "maps.png")
    for level in range(IMAGES_IN_ROW + 1):
        sheet.write(grey(10 * level))
    sheet.commit()
    with Image.open(tmp_path / "maps.png") as picture:
        page = np.asarray(picture.convert("RGB"))
    assert inside(page, 1, 0)[0, 0, 0] == 10 * IMAGES_IN_ROW


def test_a_target_that_is_no_png_and_an_empty_sheet_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="maps are a PNG"):
        AttentionMaps(tmp_path / "maps.jpg")
    with pytest.raises(OutputError, match="there is no image to write"):
        AttentionMaps(tmp_path / "maps.png").commit()
    assert list(tmp_path.iterdir()) == []
