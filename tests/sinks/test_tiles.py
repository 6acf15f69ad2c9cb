"""Small pictures, framed, in rows."""

import numpy as np

from passerby.sinks.tiles import FRAME, GAP, PAPER, SIZE, page, tile


def test_a_tile_is_an_image_in_a_frame_with_words_below() -> None:
    image = np.full((10, 5, 3), (200, 100, 50), np.uint8)
    drawn = np.asarray(tile(image, (1, 2, 3), "person"))
    assert drawn[0, 0].tolist() == [1, 2, 3]
    inside = drawn[FRAME : FRAME + SIZE[1], FRAME : FRAME + SIZE[0]]
    assert (inside == (50, 100, 200)).all()
    below = drawn[SIZE[1] + 2 * FRAME :]
    assert (below != PAPER).any()
    assert (np.asarray(tile(image, (1, 2, 3), ""))[SIZE[1] + 2 * FRAME :] == PAPER).all()


def test_rows_may_differ_in_length() -> None:
    one = tile(np.zeros((4, 4, 3), np.uint8), (9, 9, 9), "")
    sheet = page([[one], [one, one, one]])
    assert sheet.size == (3 * (one.width + GAP) + GAP, 2 * (one.height + GAP) + GAP)
    drawn = np.asarray(sheet)
    assert drawn[GAP, GAP].tolist() == [9, 9, 9]
    assert (drawn[: one.height + GAP, GAP + one.width :] == PAPER).all()
