"""Which detectors are asked, and that one failure is a failure of all."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from passerby.detection import combined
from passerby.detection.combined import (
    Combined,
    DetectionSettings,
    detectors_for,
    heads_stand_in,
    model_hashes,
)
from passerby.detections import Detections, Kind
from passerby.errors import ConfigError, ModelError
from passerby.models.cards import MODELS

IMAGE = np.zeros((4, 4, 3), np.uint8)


def test_what_several_say_is_joined_in_their_order() -> None:
    people = Detections.of([[0, 0, 1, 1]], kinds=Kind.PERSON)
    faces = Detections.of([[2, 2, 3, 3]], kinds=Kind.FACE)
    found = Combined([lambda _: people, lambda _: faces])(IMAGE)
    assert found.boxes.tolist() == [[0, 0, 1, 1], [2, 2, 3, 3]]
    assert found.kinds.tolist() == [Kind.PERSON, Kind.FACE]


def test_one_failure_is_a_failure_of_all() -> None:
    failed = Detections.failed("dark")
    found = Combined([lambda _: Detections.of([[0, 0, 1, 1]]), lambda _: failed])(IMAGE)
    assert found.failure == "dark"


def test_no_detector_is_refused() -> None:
    with pytest.raises(ConfigError, match="must not be empty"):
        Combined([])
    with pytest.raises(ConfigError, match="must not be empty"):
        detectors_for(frozenset())


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, DetectionSettings]]:
    """Which detectors are made with which settings, without models."""
    made: list[tuple[str, DetectionSettings]] = []

    def maker(name: str):
        def make(settings: DetectionSettings):
            made.append((name, settings))
            return lambda _: Detections.none()

        return make

    makers = {name: maker(name) for name in combined.DETECTORS}
    monkeypatch.setattr(combined, "DETECTORS", makers)
    return made


@pytest.mark.parametrize(
    ("kinds", "names"),
    [
        ({Kind.PERSON}, ["people"]),
        ({Kind.HEAD}, ["people"]),
        ({Kind.PERSON, Kind.HEAD}, ["people"]),
        ({Kind.FACE}, ["faces"]),
        ({Kind.MOTION}, ["motion"]),
        ({Kind.HEAD, Kind.FACE}, ["people", "faces"]),
        (set(Kind), ["people", "faces", "motion"]),
    ],
)
def test_each_kind_has_its_detector_and_none_is_made_twice(
    kinds: set[Kind], names: list[str], made: list[tuple[str, DetectionSettings]]
) -> None:
    detectors_for(frozenset(kinds), DetectionSettings(face_model="yunet-n"))
    assert [name for name, _ in made] == names


def test_settings_reach_the_detectors(made: list[tuple[str, DetectionSettings]]) -> None:
    settings = DetectionSettings(size=320, face_model="yunet-n")
    detectors_for(frozenset({Kind.HEAD, Kind.FACE}), settings)
    assert [given for _, given in made] == [settings, settings]


def test_the_models_that_are_used_are_named_with_their_hashes(bright_model: str) -> None:
    settings = DetectionSettings(person_model=bright_model)
    expected = hashlib.sha256(Path(bright_model).read_bytes()).hexdigest()
    for kinds in ({Kind.HEAD}, {Kind.PERSON, Kind.HEAD, Kind.MOTION}):
        assert model_hashes(frozenset(kinds), settings) == {bright_model: expected}
    assert model_hashes(frozenset({Kind.MOTION})) == {}


@pytest.mark.shared
def test_the_defaults_are_named_with_the_hashes_of_their_cards(
    shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASSERBY_MODELS", str(shared / "models"))
    hashes = model_hashes(frozenset({Kind.HEAD, Kind.FACE}))
    assert [MODELS[name].role for name in hashes] == ["person", "face"]
    assert all(MODELS[name].sha256 == sha256 for name, sha256 in hashes.items())


def test_a_missing_default_model_names_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASSERBY_MODELS", str(tmp_path))
    monkeypatch.setattr("passerby.models.lookup.user_cache_path", lambda _: tmp_path)
    monkeypatch.setattr("passerby.models.lookup._PACKAGE_FOLDER", tmp_path)
    remedies = {Kind.FACE: "`passerby models pull`", Kind.HEAD: "pull`|install passerby again"}
    for kind, remedy in remedies.items():
        with pytest.raises(ModelError, match=remedy):
            detectors_for(frozenset({kind}))


HEADS_AND_FACES = frozenset({Kind.PERSON, Kind.HEAD, Kind.FACE})


def test_without_a_face_model_heads_stand_in_for_faces(built_in_alone: str) -> None:
    assert heads_stand_in(HEADS_AND_FACES, DetectionSettings())
    image = np.full((64, 64, 3), 255, np.uint8)
    found = detectors_for(HEADS_AND_FACES)(image)
    assert set(found.kinds.tolist()) == {Kind.PERSON, Kind.HEAD}
    assert list(model_hashes(HEADS_AND_FACES)) == [built_in_alone]


def test_with_a_face_model_both_are_asked(
    built_in_alone: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    made: list[tuple[str, DetectionSettings]],
) -> None:
    (tmp_path / MODELS["yunet-s"].file).write_bytes(b"weights")
    monkeypatch.setenv("PASSERBY_MODELS", str(tmp_path))
    assert not heads_stand_in(HEADS_AND_FACES, DetectionSettings())
    detectors_for(HEADS_AND_FACES)
    assert [name for name, _ in made] == ["people", "faces"]


@pytest.mark.parametrize("kinds", [{Kind.FACE}, {Kind.FACE, Kind.MOTION}])
def test_who_wants_faces_alone_gets_no_heads_for_them(
    built_in_alone: str, kinds: set[Kind]
) -> None:
    assert not heads_stand_in(frozenset(kinds), DetectionSettings())
    with pytest.raises(ModelError, match=r"no model that finds a face is here: run `passerby"):
        detectors_for(frozenset(kinds))


def test_a_face_model_that_was_named_must_be_here(built_in_alone: str) -> None:
    settings = DetectionSettings(face_model="yunet-n")
    assert not heads_stand_in(HEADS_AND_FACES, settings)
    with pytest.raises(ModelError, match="model yunet-n is not here"):
        detectors_for(HEADS_AND_FACES, settings)


def test_a_model_that_knows_no_heads_cannot_stand_in(
    built_in_alone: str, bright_model: str, people_and_heads_model: str
) -> None:
    assert heads_stand_in(HEADS_AND_FACES, DetectionSettings(people_and_heads_model))
    assert not heads_stand_in(HEADS_AND_FACES, DetectionSettings("yolox-nano"))
    assert not heads_stand_in(HEADS_AND_FACES, DetectionSettings(bright_model))
    with pytest.raises(ModelError, match="no model that finds a face is here"):
        detectors_for(HEADS_AND_FACES, DetectionSettings(bright_model))
