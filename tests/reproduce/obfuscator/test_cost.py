"""What the obfuscator costs, beside what is printed."""

from pathlib import Path

import pytest

from passerby.reproduce import EXPERIMENTS
from passerby.reproduce.answer import answer_of
from passerby.reproduce.measurement import read_measurements
from passerby.reproduce.request import Request
from passerby.reproduce.workspace import Workspace

TABLE = EXPERIMENTS["de-coninck-table4"]


def test_ours_is_within_five_percent_of_the_papers(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "out")
    TABLE.study.measure(
        Request(experiment=TABLE, roots={}), workspace, lambda *_told: None, lambda _text: None
    )
    answer = answer_of(TABLE, "quick", read_measurements(workspace.measurements))
    assert answer is not None
    ours = [value for value in answer.values if value.line.row == "Obfuscator"]
    assert len(ours) == 2
    for value in ours:
        assert value.ours == pytest.approx(value.published, rel=0.05)
    assert answer.missing == {
        ("Faster R-CNN", ""): "not run: faster-rcnn is not among the networks here",
        ("YOLOv5s", ""): "not run: yolov5s is not among the networks here",
    }
