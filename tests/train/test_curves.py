"""The file of losses and its picture."""

import csv

import cv2
import pytest
import torch

from passerby.errors import OutputError
from passerby.train.curves import Curves

LOSSES = "total", "boxes"


def losses(value):
    return torch.tensor(float(value)), value + 1


def write(path, steps, value=1):
    with Curves(path, LOSSES) as curves:
        for step in steps:
            curves.add(step, 0.002, losses(value))
    return curves


def rows(path):
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_every_step_is_a_line_under_one_heading(tmp_path):
    write(tmp_path / "losses.csv", [1, 2])
    write(tmp_path / "losses.csv", [3])
    table = rows(tmp_path / "losses.csv")
    assert [row["step"] for row in table] == ["1", "2", "3"]
    assert table[2] == {
        "step": "3",
        "learning_rate": "0.002",
        "total": "1.00000",
        "boxes": "2.00000",
    }


def test_a_step_that_was_taken_again_counts_once(tmp_path):
    write(tmp_path / "losses.csv", [1, 2, 3], value=1)
    curves = write(tmp_path / "losses.csv", [2, 3, 4], value=7)
    table = curves._table()
    assert table["step"].tolist() == [1, 2, 3, 4]
    assert table["total"].tolist() == [1, 7, 7, 7]


@pytest.mark.parametrize("count", [1, 250])
def test_any_number_of_steps_can_be_drawn(tmp_path, count):
    write(tmp_path / "losses.csv", range(1, count + 1)).plot(tmp_path / "losses.png")
    picture = cv2.imread(str(tmp_path / "losses.png"))
    assert picture.shape == (450, 800, 3)
    assert picture.std() > 0


def test_without_a_step_there_is_no_picture(tmp_path):
    write(tmp_path / "losses.csv", []).plot(tmp_path / "losses.png")
    assert [path.name for path in tmp_path.iterdir()] == ["losses.csv"]


def test_a_file_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(OutputError, match=r"cannot write .*losses\.csv"):
        write(tmp_path / "missing" / "losses.csv", [1])
