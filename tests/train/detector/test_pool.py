"""What is drawn, how often, and what never is."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from passerby.detections import Detections, Kind
from passerby.errors import ConfigError, InputError, ModelError
from passerby.models import lookup
from passerby.registry import Registry
from passerby.train.detector import pool
from passerby.train.detector.collections import COLLECTIONS, Collection
from passerby.train.detector.example import Example, LabelledScene, Labels
from passerby.train.detector.footage import Clip
from passerby.train.detector.pool import Pool, Sources

PEOPLE = Collection(
    "people", "people", "CC0-1.0", "me", True, 0.6, True, False, ((0, Kind.PERSON),)
)
HEADS = replace(PEOPLE, name="heads", folder="heads", weight=0.2, people=False, heads=True)
COUNT = 14


@pytest.fixture
def data(tmp_path, monkeypatch):
    """Two collections of 14 pictures, each of a grey of its own, and one clip of four frames."""
    registry = Registry("collection")
    for first, collection in ((0, PEOPLE), (COUNT, HEADS)):
        registry.add(collection.name, collection)
        folder = tmp_path / collection.folder / "images"
        folder.mkdir(parents=True)
        for index in range(COUNT):
            image = np.full((32, 32, 3), 8 * (first + index), np.uint8)
            cv2.imwrite(str(folder / f"{index:02}.jpg"), image)
    monkeypatch.setattr(pool, "COLLECTIONS", registry)
    monkeypatch.setattr(pool, "FOOTAGE", (Clip("clip.mp4", "CC0-1.0", "me", every=2, kept=3),))
    monkeypatch.setattr(pool, "FaceDetector", lambda model: one_face)
    monkeypatch.setattr(pool, "PeopleDetector", lambda name, **options: name)
    monkeypatch.setattr(pool, "clip_examples", frames)
    monkeypatch.setattr(pool, "cutouts", lambda worlds: [])
    return tmp_path


def one_face(image):
    return Detections.of([[10, 10, 20, 20]], [0.9], Kind.FACE)


def frames(path, detectors, every, kept):
    assert (path.name, detectors, every, kept) == ("clip.mp4", ["first", "second"], 2, 3)
    scene = LabelledScene(np.full((32, 32, 3), 255, np.uint8), Labels.of())
    return [Example(f"clip/{index}", lambda: scene) for index in range(4)]


def sources(data, **changes):
    given = Sources(data, ("people", "heads"), worlds=0, person_models=("first", "second"))
    return replace(given, **changes)


def level(scene):
    return round(float(scene.image.mean()) / 8)


def test_pictures_that_are_held_out_are_never_drawn(data):
    drawn = Pool(sources(data, clips=False))
    rng = np.random.default_rng(0)
    seen = {level(drawn.draw(rng)) for _ in range(600)}
    assert seen == {*range(COUNT - 2), *range(COUNT, 2 * COUNT - 2)}


def test_sources_are_drawn_as_often_as_they_weigh(data):
    drawn = Pool(sources(data))
    rng = np.random.default_rng(0)
    levels = np.array([level(drawn.draw(rng)) for _ in range(3000)])
    shares = [
        (levels < COUNT).mean(),
        ((levels >= COUNT) & (levels < 2 * COUNT)).mean(),
        (levels > 2 * COUNT).mean(),
    ]
    weights = np.array([0.6, 0.2, pool._CLIPS_WEIGHT])
    np.testing.assert_allclose(shares, weights / weights.sum(), atol=0.03)


def test_the_same_random_numbers_draw_the_same(data):
    first, second = (Pool(sources(data)) for _ in range(2))
    one, other = np.random.default_rng(1), np.random.default_rng(1)
    assert all(level(first.draw(one)) == level(second.draw(other)) for _ in range(50))


def test_heads_of_faces_are_added_where_heads_have_no_boxes(data):
    drawn = Pool(sources(data))
    rng = np.random.default_rng(0)
    for _ in range(60):
        scene = drawn.draw(rng)
        labelled = COUNT <= level(scene) < 2 * COUNT
        assert len(scene.labels.of_kind(Kind.HEAD)) == (0 if labelled else 1)


def test_a_closer_look_adds_heads_where_heads_have_no_boxes(data, monkeypatch):
    def closer(model):
        assert model == "mine"
        return lambda scene: LabelledScene(scene.image, Labels.of([], [[1, 1, 5, 5]] * 3))

    monkeypatch.setattr(pool, "CloserLook", closer)
    drawn = Pool(sources(data, head_model="mine"))
    rng = np.random.default_rng(0)
    for _ in range(60):
        scene = drawn.draw(rng)
        labelled = COUNT <= level(scene) < 2 * COUNT
        assert len(scene.labels.of_kind(Kind.HEAD)) == (0 if labelled else 3)


def test_crowds_are_drawn_as_often_as_they_weigh(data, monkeypatch):
    crowd = LabelledScene(np.full((8, 8, 3), 250, np.uint8), Labels.of())
    monkeypatch.setattr(pool, "crowds", lambda worlds: [Example("crowd/0", lambda: crowd)] * worlds)
    drawn = Pool(sources(data, crowds=2, clips=False))
    rng = np.random.default_rng(0)
    share = np.mean([drawn.draw(rng) is crowd for _ in range(2000)])
    assert share == pytest.approx(pool._CROWDS_WEIGHT / (pool._CROWDS_WEIGHT + 0.8), abs=0.03)


def test_a_picture_is_read_once(data):
    drawn = Pool(sources(data, collections=("people",), clips=False))
    rng = np.random.default_rng(0)
    scenes = {id(drawn.draw(rng)) for _ in range(400)}
    assert len(scenes) == COUNT - 2


def test_without_data_only_synthetic_people_are_drawn_and_no_model_is_needed(monkeypatch):
    scene = LabelledScene(np.zeros((8, 8, 3), np.uint8), Labels.of())
    monkeypatch.setattr(pool, "scenes", lambda worlds: [Example("synth/0", lambda: scene)])
    monkeypatch.setattr(pool, "cutouts", lambda worlds: ["somebody"])
    monkeypatch.setattr(pool, "FaceDetector", None)
    monkeypatch.setattr(pool, "PeopleDetector", None)
    drawn = Pool(Sources(None, tuple(COLLECTIONS), worlds=1))
    assert drawn.draw(np.random.default_rng(0)) is scene
    assert drawn.cutouts == ["somebody"]


@pytest.mark.parametrize(
    "nothing",
    [Sources(None, ("people",), worlds=0), Sources(None, (), worlds=0)],
)
def test_nothing_to_learn_from_is_an_error(data, nothing):
    with pytest.raises(ConfigError, match="no training data: give --data, or --worlds or"):
        Pool(nothing)


def test_a_folder_with_nothing_that_was_asked_for_is_an_error(data):
    with pytest.raises(ConfigError, match="no training data"):
        Pool(sources(data, collections=(), clips=False))


def test_a_missing_collection_is_named(data):
    with pytest.raises(InputError, match="leave the collection people out"):
        Pool(sources(data / "elsewhere"))


def test_an_unknown_collection_is_named(data):
    with pytest.raises(ConfigError, match="unknown collection 'crowd'"):
        Pool(sources(data, collections=("crowd",)))


def test_a_missing_model_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("PASSERBY_MODELS", str(tmp_path))
    monkeypatch.setattr(lookup, "user_cache_path", lambda _: tmp_path)
    with pytest.raises(
        ModelError, match=r"model yunet-n is not installed: run `passerby models pull"
    ):
        Pool(Sources(tmp_path, (), worlds=0))
