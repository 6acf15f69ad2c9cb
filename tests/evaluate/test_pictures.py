"""Pictures of a clip and of its copy, side by side."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from passerby.errors import InputError
from passerby.evaluate.pictures import read_pairs, read_pictures


def folder(path: Path, levels: list[int], size: tuple[int, int] = (12, 16)) -> Path:
    path.mkdir()
    for number, level in enumerate(levels):
        cv2.imwrite(str(path / f"{number:03}.png"), np.full((*size, 3), level, np.uint8))
    return path


def test_pictures_are_numbered_over_the_whole_clip(tmp_path: Path, film) -> None:
    clip = folder(tmp_path / "a", [10, 20, 30, 40])
    found = [(number, int(image[0, 0, 0])) for number, image in read_pictures(clip, {1, 3, 9})]
    assert found == [(1, 20), (3, 40)]
    video = film("b.mkv", lambda number: [(0, 0, 96, 64, number)], frames=7)
    every_third = list(read_pictures(video, range(0, 1 << 40, 3)))
    assert [(number, int(image[0, 0, 0])) for number, image in every_third] == [
        (0, 0),
        (3, 3),
        (6, 6),
    ]


def test_a_picture_stands_beside_that_of_the_copy(tmp_path: Path) -> None:
    clip, copy = folder(tmp_path / "a", [10, 20, 30]), folder(tmp_path / "b", [1, 2, 3])
    found = [
        (number, int(a[0, 0, 0]), int(b[0, 0, 0]))
        for number, a, b in read_pairs(clip, copy, {0, 2})
    ]
    assert found == [(0, 10, 1), (2, 30, 3)]


def test_a_copy_of_another_length_or_size_is_refused(tmp_path: Path) -> None:
    clip, short = folder(tmp_path / "a", [10, 20]), folder(tmp_path / "b", [1])
    for pair, name in (((clip, short), "b"), ((short, clip), "b")):
        with pytest.raises(InputError, match=f"{name} is shorter than .*a: compare a clip with"):
            list(read_pairs(*pair, range(9)))
    small = folder(tmp_path / "c", [1, 2], (12, 15))
    with pytest.raises(InputError, match=r"size of .*a is \(12, 16, 3\), but \(12, 15, 3\) in .*c"):
        list(read_pairs(clip, small, range(9)))
