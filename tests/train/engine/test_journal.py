"""Losses are written down as they are told."""

import csv
import sys

import cv2
import pytest

from passerby.errors import ConfigError
from passerby.train.engine.journal import journal
from passerby.train.engine.progress import TrainingProgress

LOSSES = "total", "triplet"


def step(number):
    return TrainingProgress(
        "training", number, 9, 1, 0.002, {"total": 2.0 / number, "triplet": 0.5}
    )


def test_each_step_is_a_line_and_the_curve_is_drawn(tmp_path):
    told = []
    with journal(tmp_path, LOSSES, told.append) as tell:
        tell(TrainingProgress("reading", 1, 2))
        for number in (1, 2, 3):
            tell(step(number))
    with (tmp_path / "losses.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["total"] for row in rows] == ["2.00000", "1.00000", "0.66667"]
    assert [row["learning_rate"] for row in rows] == ["0.002"] * 3
    assert [one.stage for one in told] == ["reading", *["training"] * 3]
    assert cv2.imread(str(tmp_path / "losses.png")) is not None


def test_what_an_interrupted_training_wrote_stays(tmp_path):
    def interrupt(_progress):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), journal(tmp_path, LOSSES, interrupt) as tell:
        tell(step(1))
    assert [path.name for path in tmp_path.iterdir()] == ["losses.csv"]


def test_tensorboard_is_asked_for_and_may_be_missing(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with (
        pytest.raises(ConfigError, match="TensorBoard is not installed"),
        journal(tmp_path, LOSSES, lambda _: None, tensorboard=True),
    ):
        pass


def test_tensorboard_gets_every_loss(tmp_path, monkeypatch):
    scalars = []

    class Board:
        def __init__(self, folder):
            assert folder == tmp_path / "tensorboard"

        def add_scalar(self, name, value, number):
            scalars.append((name, value, number))

        def close(self):
            scalars.append("closed")

    module = type(sys)("torch.utils.tensorboard")
    module.SummaryWriter = Board
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", module)
    with journal(tmp_path, LOSSES, lambda _: None, tensorboard=True) as tell:
        tell(step(2))
    assert scalars == [
        ("learning_rate", 0.002, 2),
        ("total", 1.0, 2),
        ("triplet", 0.5, 2),
        "closed",
    ]
