"""Whom `passerby detect` looks for."""

from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from passerby.config import validated
from passerby.detections import Kind
from passerby.errors import ConfigError, ModelError
from passerby.pipeline.detection_settings import DetectSettings
from passerby.pipeline.frame_detections import detect_frames
from passerby.sources import open_source

WHITE = np.full((64, 64, 3), 255, np.uint8)


def test_people_and_heads_are_looked_for_with_what_comes_with_the_package(
    built_in_alone: str,
) -> None:
    found = DetectSettings().detector()(WHITE)
    assert set(found.kinds.tolist()) == {Kind.PERSON, Kind.HEAD}
    assert len(DetectSettings(threshold=0.999).detector()(WHITE)) == 0


def test_who_asks_for_faces_gets_no_heads_in_their_place(built_in_alone: str) -> None:
    with pytest.raises(ModelError, match="no model that finds a face is installed"):
        DetectSettings(faces=True).detector()
    with pytest.raises(ModelError, match="model yunet-s is not installed"):
        DetectSettings(faces=True, face_model="yunet-s").detector()


@pytest.mark.shared
def test_faces_come_after_people(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSERBY_MODELS", str(shared / "models"))
    with open_source(shared / "data" / "video" / "lab-camera1.mp4") as source:
        settings = DetectSettings(model="yolox-nano", faces=True, face_threshold=0.3)
        (look,) = detect_frames(islice(source, 60, 61), settings.detector())
    kinds = look.detections.kinds.tolist()
    assert set(kinds) == {Kind.PERSON, Kind.FACE}
    assert kinds == sorted(kinds)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"threshold": 0}, "threshold: input should be greater than 0"),
        ({"size": 31}, "size: give only the long side in pixels, 32 to 8192, not '31'"),
        ({"every": 0}, "every: input should be greater than or equal to 1"),
        ({"models": "a"}, "unknown key 'models': did you mean model?"),
    ],
)
def test_a_value_that_does_not_fit_is_named(options: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match="settings: ") as refused:
        validated(DetectSettings, options, "settings")
    assert message in str(refused.value)
