"""Exports of obfuscators: which files are some, and what is measured."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch

from passerby.detections import Detections, Kind
from passerby.errors import ConfigError, ModelError, OutputError
from passerby.models.lookup import locate
from passerby.models.obfuscation_network import ObfuscationNetwork
from passerby.models.obfuscators import create_obfuscator, write_obfuscator
from passerby.models.torch_files import write_torch
from passerby.runs.export import obfuscator_export
from passerby.runs.export.obfuscator_export import (
    export_obfuscation,
    holds_obfuscator,
)
from passerby.types import Image

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> str:
    with torch.random.fork_rng():
        torch.manual_seed(4)
        network = create_obfuscator("five-layer-filter", initialisation="unit-variance")
    path = tmp_path_factory.mktemp("obfuscator") / "model.pt"
    write_obfuscator(path, network, {"seed": 4})
    return str(path)


def drawn_people(seed: int) -> Iterator[Detections]:
    for shot in islice(obfuscator_export._shots(seed), 2):
        yield shot.detections(obfuscator_export._LEAST_SEEN).of_kind(Kind.PERSON)


class Forgetful:
    """Finds all people in clear frames, half of them in the next ones, and nobody in the third."""

    def __init__(self) -> None:
        self.calls = 0
        self.people = [*drawn_people(obfuscator_export._TEST_SEED)]

    def __call__(self, image: Image) -> Detections:
        frame, kind = divmod(self.calls % 6, 3)
        self.calls += 1
        people = self.people[frame]
        return people[: (len(people), len(people) // 2, 0)[kind]]


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> Forgetful:
    """Such a detector in the place of all, and two frames in the place of many."""
    monkeypatch.setattr(obfuscator_export, "FRAMES", 2)
    detector = Forgetful()
    monkeypatch.setattr(obfuscator_export, "detectors_for", lambda kinds, settings: detector)
    return detector


def test_what_is_lost_is_what_the_detector_misses(
    checkpoint: str, forgetful: Forgetful, tmp_path: Path
) -> None:
    steps = []
    done = export_obfuscation(
        checkpoint, tmp_path / "small.onnx", "fp16", progress=lambda: steps.append(1)
    )
    loss, people = done.loss, sum(map(len, forgetful.people))
    found = sum(len(one) // 2 for one in forgetful.people)
    assert (loss.frames, loss.people, len(steps), forgetful.calls) == (2, people, 2, 6)
    # 101 levels of recall, of which all that are reached have a precision of 1.
    assert loss.clear == 1
    assert loss.full == pytest.approx((int(100 * found / people) + 1) / 101)
    assert loss.exported == 0
    assert 0 < loss.difference < 2
    assert done.bytes == (tmp_path / "small.onnx").stat().st_size < done.full_bytes


@pytest.mark.parametrize("number_format", ["fp32", "int8"])
def test_the_file_is_an_obfuscator(
    number_format: str, checkpoint: str, forgetful: Forgetful, tmp_path: Path
) -> None:
    path = tmp_path / "model.onnx"
    loss = export_obfuscation(checkpoint, path, number_format).loss
    assert (loss.difference == 0) == (number_format == "fp32")
    made = ObfuscationNetwork(path, threads=1)
    assert made.card["seed"] == 4
    frame = np.random.default_rng(0).integers(0, 256, (40, 50, 3), np.uint8)
    assert made(frame).std() > 1
    again = export_obfuscation(str(path), tmp_path / "again.onnx", detector="yolox-nano").loss
    assert again.difference == 0
    assert again.detector == "yolox-nano"


def test_frames_are_others_than_those_that_calibrate() -> None:
    first, other = (
        next(obfuscator_export._shots(seed)).image for seed in (0, obfuscator_export._TEST_SEED)
    )
    assert (first != other).mean() > 0.5


def test_files_are_told_apart(checkpoint: str, tmp_path: Path, forgetful: Forgetful) -> None:
    assert holds_obfuscator(checkpoint)
    export_obfuscation(checkpoint, tmp_path / "model.onnx")
    assert holds_obfuscator(str(tmp_path / "model.onnx"))
    assert not holds_obfuscator(str(locate("passerby-signature")))
    assert not holds_obfuscator("passerby-signature")
    write_torch(tmp_path / "other.pt", {"card": {"model": "bot"}, "network": {}})
    assert not holds_obfuscator(str(tmp_path / "other.pt"))


def test_nothing_is_replaced(checkpoint: str, forgetful: Forgetful, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(b"mine")
    with pytest.raises(OutputError, match=r"model\.onnx"):
        export_obfuscation(checkpoint, path)
    assert path.read_bytes() == b"mine"


def test_what_cannot_be_used_is_refused(checkpoint: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="unknown model 'mine'"):
        export_obfuscation(checkpoint, tmp_path / "model.onnx", detector="mine")
    with pytest.raises(ModelError, match="is not an obfuscator"):
        export_obfuscation(str(locate("passerby-signature")), tmp_path / "model.onnx")
    assert not (tmp_path / "model.onnx").exists()
