import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import detectors
from clips import Clip
from finders import Finder
from labelled import LabelledSet
from passerby.detections import Kind
from passerby.train.detector.example import LabelledScene, Labels

AS_IT_IS = {Kind.PERSON: Kind.PERSON, Kind.HEAD: Kind.HEAD}


def scenes() -> Iterator[LabelledScene]:
    """Two pictures with a blue and a red cell; in the second nobody knows about heads."""
    image = np.zeros((96, 96, 3), np.uint8)
    image[48:56, 48:56] = (255, 0, 0)
    image[16:24, 80:88] = (0, 0, 255)
    person, head = [44, 44, 60, 76], [76, 12, 92, 28]
    yield LabelledScene(image, Labels.of([person], [head]))
    yield LabelledScene(image, Labels.of([person]).doubted([[0, 0, 96, 96]], Kind.HEAD))


@pytest.fixture
def measured(people_and_heads_model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Everything is fast and small: one network beside itself, one set, no clip."""
    names = ["passerby", "yolox-nano"]
    compared = [Finder(name, people_and_heads_model, AS_IT_IS) for name in names]
    both = [Kind.PERSON, Kind.HEAD]
    sets = [LabelledSet("cells", both, real=True, scenes=scenes)]
    stamped = dict.fromkeys(("command", "commit", "machine", "load"), "known")
    monkeypatch.setattr(detectors, "finders", lambda model: compared)
    monkeypatch.setattr(detectors, "labelled_sets", lambda data, worlds: sets)
    monkeypatch.setattr(detectors, "stamp", lambda: dict(stamped))
    monkeypatch.setattr(detectors, "CAMPUS", Clip(tmp_path / "none.avi", None))
    return tmp_path / "figures.json"


def run(*words: str) -> None:
    detectors.main(["--size", "96", "--rounds", "1", "--draws", "5", *words])


def test_all_figures_are_printed_and_written(
    measured: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("--json", str(measured))
    record = json.loads(measured.read_text(encoding="utf-8"))
    person, head = record["person, long side 96"], record["head, long side 96"]
    assert person["cells"]["passerby"]["ap50"] == pytest.approx(1)
    assert person["photographs"]["ratio"]["ap50"] == 1
    assert person["cells"]["ratio"]["interval"] == {"low": 1, "high": 1, "confidence": 0.95}
    assert head["cells"]["yolox-nano"]["recall"] == 1
    assert record["cost"]["passerby"]["multiply_adds"] > 0
    assert record["coverage"] == {}
    printed = capsys.readouterr().out
    assert "persons, each at its default size" in printed
    assert "| cells       | 2        | 2     | 1.000 / 1.000 |" in printed


def test_a_set_that_is_not_here_is_refused_with_those_that_are(measured: Path) -> None:
    with pytest.raises(SystemExit, match="no set mars: choose from cells"):
        run("--only", "mars")


@pytest.mark.parametrize("option", ["--size", "--worlds", "--rounds", "--draws"])
def test_options_without_sense_are_refused(option: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        detectors.main([option, "0"])
