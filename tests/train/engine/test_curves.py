"""The file of losses and its picture."""

import csv
import os
from contextlib import contextmanager

import cv2
import pytest
import torch

from passerby.errors import OutputError
from passerby.train.engine.curves import Curves

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
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="file cannot be made"):
        write(tmp_path / "file" / "losses.csv", [1])


@pytest.fixture
def full(tmp_path):
    """Curves whose disk has filled since they were opened."""

    @contextmanager
    def opened():
        with Curves(tmp_path / "losses.csv", LOSSES) as curves:
            disk = os.open("/dev/full", os.O_WRONLY)
            os.dup2(disk, curves._file.fileno())
            os.close(disk)
            yield curves

    return opened


def test_a_disk_that_fills_is_said_in_one_line(full):
    told = pytest.raises(OutputError, match=r"cannot write .*losses\.csv \(No space")
    with told as caught, full() as curves:
        curves.add(1, 0.002, losses(1))
    assert "\n" not in str(caught.value)


def test_what_only_the_end_would_write_is_said_too(full):
    with pytest.raises(OutputError, match=r"losses\.csv \(No space"), full() as curves:
        curves._file.write(b"1,")


def fail(curves, why):
    curves._file.write(b"1,")
    raise OutputError(why)


def test_what_fails_beside_a_full_disk_is_not_hidden(full):
    with pytest.raises(OutputError, match="first"), full() as curves:
        fail(curves, "first")


WHOLE = "step,learning_rate,total,boxes\n1,0.002,1.00000,2.00000\n2,0.002,1.00000,2.00000\n"


@pytest.mark.parametrize("kept", range(len(WHOLE) + 1))
def test_a_torn_last_line_is_written_anew(tmp_path, kept):
    """Wherever a disk filled, the steps that are taken again are the only ones of their number."""
    path = tmp_path / "losses.csv"
    path.write_text(WHOLE[:kept], encoding="utf-8")
    curves = write(path, [2, 3])
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "step,learning_rate,total,boxes"
    assert {line.count(",") for line in lines} == {3}
    whole = max(WHOLE[:kept].count("\n") - 1, 0)
    assert [row["step"] for row in rows(path)] == [*["1", "2"][:whole], "2", "3"]
    assert curves._table()["step"].tolist() == [*[1][:whole], 2, 3]


@pytest.mark.parametrize("torn", ["3,0.0", "3,0.002,1.0000", "3,0.002,1.0,", "\0\0\0", "3,x,1,2\n"])
def test_what_is_no_step_is_cut_off_and_never_drawn(tmp_path, torn):
    path = tmp_path / "losses.csv"
    path.write_text(WHOLE + torn, encoding="utf-8")
    curves = write(path, [])
    assert path.read_text(encoding="utf-8") == WHOLE
    path.write_text(WHOLE + torn + "3,0.002,1.0,2.0\n4,0.002,5.0,6.0\n", encoding="utf-8")
    assert curves._table()["step"].tolist()[:2] == [1, 2]
    assert curves._table()["boxes"].tolist()[-1] == 6


def test_losses_of_another_training_are_left_alone(tmp_path):
    (tmp_path / "losses.csv").write_text("step,learning_rate,pair\n1,0.1,2\n", encoding="utf-8")
    with pytest.raises(OutputError, match="belongs to another training run: move it away"):
        write(tmp_path / "losses.csv", [1])
    assert (tmp_path / "losses.csv").read_text(encoding="utf-8").endswith("1,0.1,2\n")
