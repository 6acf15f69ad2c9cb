import csv

import cv2
import numpy as np
import pytest

from passerby.synth.squares_folder import SquaresSet, write_squares


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("squares")
    chosen = SquaresSet(identities=3, reid_identities=4, reid_images=3, pairs=8, seed=1)
    steps = []
    write_squares(chosen, folder, lambda: steps.append(1))
    assert len(steps) == 15
    return folder


def rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_boxes_and_heat_maps_fit_the_images(folder):
    table = rows(folder / "detector.csv")
    assert [row["identity"] for row in table] == ["0"] * 5 + ["1"] * 5 + ["2"] * 5
    for row in table:
        image = cv2.imread(folder / "detector" / row["file"])
        left, top = int(row["left"]), int(row["top"])
        square = image[top : top + 20, left : left + 20]
        assert (square == square[0, 0]).all()
        assert (image == square[0, 0]).all(axis=2).sum() == 400
        heat = cv2.imread(folder / "heatmaps" / row["file"], cv2.IMREAD_GRAYSCALE)
        y, x = np.unravel_index(heat.argmax(), heat.shape)
        assert abs(4 * x + 2 - float(row["centre_x"])) <= 2
        assert abs(4 * y + 2 - float(row["centre_y"])) <= 2


def test_pairs_are_labelled_by_colour(folder):
    table = rows(folder / "pairs.csv")
    assert len(table) == 8
    for row in table:
        first, second = (cv2.imread(folder / "reid" / row[key]) for key in ("first", "second"))
        assert (first == second).all() == (row["label"] == "1")
    assert len(list((folder / "reid").iterdir())) == 12
