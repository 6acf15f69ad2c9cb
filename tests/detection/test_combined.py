"""Which detectors are asked, and that one failure is a failure of all."""

import hashlib
import itertools
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from passerby.detection import combined
from passerby.detection.combined import (
    Combined,
    detectors_for,
    heads_stand_in,
    model_hashes,
)
from passerby.detection.settings import DetectionSettings
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


def test_of_the_frames_of_a_film_each_is_asked_as_it_can() -> None:
    class Counting:
        def __call__(self, _image: np.ndarray) -> Detections:
            return Detections.none()

        def over_time(self):
            numbers = itertools.count(1)
            return lambda _image: Detections.of([[0, 0, next(numbers), 1]])

    face = Detections.of([[2, 2, 3, 3]], kinds=Kind.FACE)
    film = Combined([Counting(), lambda _: face]).over_time()
    assert film(IMAGE).boxes.tolist() == [[0, 0, 1, 1], [2, 2, 3, 3]]
    assert film(IMAGE).boxes.tolist() == [[0, 0, 2, 1], [2, 2, 3, 3]]


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
        (set(Kind) - {Kind.OBJECT}, ["people", "faces", "motion"]),
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
    with pytest.raises(ModelError, match=r"no model that finds a face is installed: run `passerby"):
        detectors_for(frozenset(kinds))


def test_a_face_model_that_was_named_must_be_here(built_in_alone: str) -> None:
    settings = DetectionSettings(face_model="yunet-n")
    assert not heads_stand_in(HEADS_AND_FACES, settings)
    with pytest.raises(ModelError, match="model yunet-n is not installed"):
        detectors_for(HEADS_AND_FACES, settings)


def test_a_model_that_knows_no_heads_cannot_stand_in(
    built_in_alone: str, bright_model: str, people_and_heads_model: str
) -> None:
    assert heads_stand_in(HEADS_AND_FACES, DetectionSettings(people_and_heads_model))
    assert not heads_stand_in(HEADS_AND_FACES, DetectionSettings("yolox-nano"))
    assert not heads_stand_in(HEADS_AND_FACES, DetectionSettings(bright_model))
    with pytest.raises(ModelError, match="no model that finds a face is installed"):
        detectors_for(HEADS_AND_FACES, DetectionSettings(bright_model))


# --- Things that users name -----------------------------------------------------------------

OBJECTS = frozenset({Kind.OBJECT})
WITH_PLATES = DetectionSettings(object_model="plates.onnx", classes=("plate",))


@pytest.mark.parametrize(
    ("kinds", "settings", "names"),
    [
        (OBJECTS, DetectionSettings(classes=("tv",)), ["objects"]),
        (OBJECTS, WITH_PLATES, ["objects"]),
        (OBJECTS | {Kind.HEAD}, WITH_PLATES, ["people", "objects"]),
        (OBJECTS | {Kind.HEAD}, DetectionSettings(classes=("tv",)), ["people"]),
        (
            OBJECTS | {Kind.PERSON},
            DetectionSettings("own.onnx", object_model="own.onnx", classes=("tv",)),
            ["people"],
        ),
        (OBJECTS | {Kind.MOTION}, WITH_PLATES, ["objects", "motion"]),
    ],
)
def test_one_network_is_asked_once_for_people_and_things(
    kinds: frozenset[Kind],
    settings: DetectionSettings,
    names: list[str],
    made: list[tuple[str, DetectionSettings]],
) -> None:
    detectors_for(kinds, settings)
    assert [name for name, _ in made] == names


def test_plates_and_heads_are_found_by_two_networks(
    plates_model: str, people_and_heads_model: str
) -> None:
    settings = DetectionSettings(
        people_and_heads_model, size=320, object_model=plates_model, classes=("plate",)
    )
    image = np.zeros((240, 320, 3), np.uint8)
    image[40:48, 80:88] = 255
    image[120:128, 160:168, 2] = 255
    kinds = frozenset({Kind.PERSON, Kind.HEAD, Kind.OBJECT})
    found = detectors_for(kinds, settings)(image)
    assert [72, 38, 96, 50] in found.of_kind(Kind.OBJECT).boxes.tolist()
    assert [156, 116, 172, 132] in found.of_kind(Kind.HEAD).boxes.tolist()
    assert set(model_hashes(kinds, settings)) == {people_and_heads_model, plates_model}


def test_things_that_nobody_names_are_refused() -> None:
    for kinds in (OBJECTS, OBJECTS | {Kind.PERSON}):
        with pytest.raises(ConfigError, match="objects covers nothing: name what to cover"):
            detectors_for(kinds)
        with pytest.raises(ConfigError, match="objects covers nothing"):
            model_hashes(kinds)


def test_settings_that_would_be_passed_over_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"no classes are given for .*plates\.onnx"):
        DetectionSettings(object_model="plates.onnx")
    for model in (None, "yolox-nano"):
        with pytest.raises(ConfigError, match="decoder yolov8 is for a network"):
            DetectionSettings(model, decoder="yolov8")
    assert DetectionSettings("own.onnx", decoder="yolov8").decoder == "yolov8"


def test_the_class_must_be_one_of_the_network(built_in_alone: str) -> None:
    message = "ours has no class 'plate': it has person, head .*--object-model"
    with pytest.raises(ConfigError, match=message):
        detectors_for(OBJECTS, DetectionSettings(classes=("plate",)))


def test_the_decoder_is_for_files_and_names_for_the_network_of_things(
    plates_model: str, tmp_path: Path
) -> None:
    names = tmp_path / "names.txt"
    names.write_text("plate\nscreen\n", encoding="utf-8")
    settings = DetectionSettings(
        "passerby-people",
        object_model=plates_model,
        classes=("screen",),
        decoder="yolov8",
        class_names=str(names),
        device="cpu",
    )
    of_people = combined._opening(settings, "passerby-people", finds_objects=settings.one_network)
    assert (of_people.decoder, of_people.class_names) == (None, None)
    detectors_for(OBJECTS | {Kind.PERSON}, settings)


def test_another_device_reaches_every_network(plates_model: str) -> None:
    settings = DetectionSettings(object_model=plates_model, classes=("plate",), device="cuda")
    if "CUDAExecutionProvider" in onnxruntime.get_available_providers():
        pytest.skip("this ONNX Runtime can use cuda")
    for kinds in (OBJECTS, frozenset({Kind.PERSON})):
        with pytest.raises(ConfigError, match="cannot use cuda, only cpu"):
            detectors_for(kinds, settings)
