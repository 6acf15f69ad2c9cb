"""Tables about frames, from clips to answers: judged, trained once, resumed."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from passerby.reproduce import EXPERIMENTS
from passerby.reproduce.answer import answer_of
from passerby.reproduce.answer_files import write_answers
from passerby.reproduce.measurement import read_measurements
from passerby.reproduce.obfuscator import obfuscation
from passerby.reproduce.obfuscator.trainers import TRAINERS, Trained, TrainingOrder
from passerby.reproduce.request import Request
from passerby.reproduce.workspace import Workspace

TABLE3 = EXPERIMENTS["de-coninck-table3"]


def quiet(_what: str, _done: int, _total: int) -> None:
    pass


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "out")


@pytest.fixture
def asked(film, people_and_heads_model: str) -> Callable[..., Request]:
    """Two clips of somebody blue who walks, and a network that finds what is blue."""
    clips = {
        name: film(f"{name}.mkv", _walking, frames=41, size=(320, 200))
        for name in ("avenue-train", "avenue-test")
    }
    everyone = dict.fromkeys(obfuscation.PAPER_DETECTORS, people_and_heads_model)

    def make(table: str, *rows: str, **options) -> Request:
        given = {"roots": clips, "detectors": everyone, "command": "again"} | options
        return Request(experiment=EXPERIMENTS[f"de-coninck-{table}"], rows=rows, **given)

    return make


def _walking(number: int):
    """Somebody in two colours who walks, and somebody who stands."""
    left = 80 + 2 * number
    return [
        (left, 80, 16, 16, (255, 0, 0)),
        (left, 96, 16, 16, (255, 70, 60)),
        (200, 96, 16, 32, (255, 40, 30)),
    ]


class Darkener:
    """A recipe whose networks take the share of brightness away that their seed says."""

    def __init__(self) -> None:
        self.orders: list[TrainingOrder] = []

    def fingerprint(self, order: TrainingOrder) -> str:
        return f"{order.detector[-6:]}{order.width}{order.scale}{order.seed}".ljust(12, "f")

    def train(self, order: TrainingOrder, folder: Path, progress) -> Trained:
        self.orders.append(order)
        progress("training", 1, 1)
        share = 0.9 if order.width == 1 else 0.2
        return Trained(
            lambda frame: (frame * share).astype(np.uint8),
            facts={"recipe": {"share": share}, "made_by": {"commit": "c", "machine": "m"}},
        )


@pytest.fixture
def darkener(monkeypatch: pytest.MonkeyPatch) -> Darkener:
    trainer = Darkener()
    monkeypatch.setattr(TRAINERS, "_entries", {"de-coninck": trainer})
    return trainer


@pytest.mark.slow
def test_what_takes_no_training_is_measured_without_a_trainer(
    asked, workspace, monkeypatch
) -> None:
    monkeypatch.setattr(TRAINERS, "_entries", {})
    warnings: list[str] = []
    request = asked("table3", seeds=(0, 1))
    TABLE3.study.measure(request, workspace, quiet, warnings.append)
    assert warnings == ["Ours: not run: nothing here trains by the recipe de-coninck"]
    measured = {one.case.method: one for one in read_measurements(workspace.measurements)}
    assert set(measured) == {
        "de-coninck-blur",
        "de-coninck-noise",
        "de-coninck-quantize",
        "mean-image",
        "heavy-blur",
    }
    assert {one.seed for one in measured.values()} == {0}
    noise = measured["de-coninck-noise"]
    assert noise.figures["PSNR"] == pytest.approx(34, abs=1)
    assert noise.figures["AP50"] == pytest.approx(noise.by_item["AP50"].mean())
    assert measured["heavy-blur"].figures["AP50"] < 30
    assert measured["de-coninck-blur"].figures["AP50"] > 90
    assert measured["mean-image"].figures["explained of people"] < 0.5
    (page,) = write_answers(workspace, [TABLE3])
    text = page.read_text(encoding="utf-8")
    for part in ("0.9515", "people_and_heads.onnx stands for ResNet50", "AP50 over frames"):
        assert part in text
    assert "| Ours |  | not run: nothing here trains by the recipe de-coninck |" in text


@pytest.mark.slow
def test_trained_networks_are_shared_and_measured_once(asked, workspace, darkener) -> None:
    request = asked("figure2", "1 of the channels", "0.17 of the channels", seeds=(0, 1))
    study = request.experiment.study
    study.measure(request, workspace, quiet, quiet)
    assert [(order.width, order.seed) for order in darkener.orders] == [
        (1.0, 0),
        (0.17, 0),
        (1.0, 1),
        (0.17, 1),
    ]
    study.measure(request, workspace, quiet, quiet)
    assert len(darkener.orders) == 4
    answer = answer_of(request.experiment, "quick", read_measurements(workspace.measurements))
    assert answer is not None
    by_row = {value.line.row: value for value in answer.values if value.figure == "AP50"}
    assert by_row["1 of the channels"].ours == pytest.approx(100)
    narrow = by_row["0.17 of the channels"]
    assert (narrow.published, narrow.ours) == (70, pytest.approx(0))
    (effect,) = answer.effects
    assert effect.ours == pytest.approx(-100)
    assert effect.comparison.pairs == 3


@pytest.mark.slow
def test_another_judge_or_clip_is_measured_anew_and_not_mixed(
    asked, workspace, film, plates_model, darkener
) -> None:
    request = asked("table3", "Blurring")
    study = request.experiment.study
    study.measure(request, workspace, quiet, quiet)
    (before,) = read_measurements(workspace.measurements)
    other = film("other.mkv", _walking, frames=21, size=(320, 200))
    roots = {**request.roots, "avenue-test": other}
    study.measure(replace(request, roots=roots), workspace, quiet, quiet)
    (after,) = read_measurements(workspace.measurements)
    assert (before.made_from["frames"]["count"], after.made_from["frames"]["count"]) == (3, 2)
    assert before.made_from["judge"] == after.made_from["judge"]


def test_what_is_missing_is_said(asked, workspace, darkener) -> None:
    request = asked("table3")
    study = request.experiment.study
    (ours, *_) = request.experiment.lines
    assert study.missing(ours.case, {"avenue-test"}) == "not run: give --data avenue-train=CLIP"
    assert study.missing(ours.case, {"avenue-test", "avenue-train"}) == ""
    judges = {line.case.judge: line.case for line in EXPERIMENTS["de-coninck-table2"].lines}
    there = {"avenue-test", "avenue-train"}
    assert study.missing(judges["yolov5s"], there) == "not run: give --detector yolov5s=MODEL"
    assert study.missing(judges["mask-rcnn"], there) == ""


@pytest.mark.slow
def test_a_role_that_nobody_plays_is_left_out(asked, workspace, darkener) -> None:
    request = asked("table2", "ResNet50")
    others = {role: model for role, model in request.detectors.items() if role != "yolov5s"}
    warnings: list[str] = []
    study = request.experiment.study
    study.measure(replace(request, detectors=others), workspace, quiet, warnings.append)
    assert warnings == [
        "ResNet50, tested with YOLOv5s: not run: give --detector yolov5s=MODEL",
    ]
    judges = {one.case.judge for one in read_measurements(workspace.measurements)}
    assert judges == {"resnet50", "mobilenetv3-large", "mobilenetv3-large-320", "mask-rcnn"}
