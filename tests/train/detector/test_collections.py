"""Pictures with boxes, and which of them may train what ships."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from passerby.detections import Kind
from passerby.errors import ConfigError, InputError
from passerby.train.detector.collections import COLLECTIONS, Collection, held_out
from passerby.train.detector.example import Example, LabelledScene, Labels

SET = Collection(
    "mine",
    "folder/mine",
    "CC0-1.0",
    "me",
    ships=True,
    weight=1,
    people=True,
    heads=True,
    classes=((3, Kind.PERSON), (0, Kind.HEAD)),
)


@pytest.fixture
def data(tmp_path):
    """A data folder with two pictures of that set."""
    folder = tmp_path / "folder" / "mine"
    (folder / "images").mkdir(parents=True)
    (folder / "labels").mkdir()
    for name, level in (("b", 50), ("a", 200)):
        image = np.full((50, 100, 3), level, np.uint8)
        cv2.imwrite(str(folder / "images" / f"{name}.jpg"), image)
    (folder / "labels" / "a.txt").write_text(
        "3 0.5 0.5 0.2 0.4\n0 0.5 0.4 0.1 0.2\n7 0.1 0.1 0.1 0.1"
    )
    return tmp_path


def test_pictures_come_in_the_order_of_their_names_with_the_boxes_of_their_classes(data):
    first, second = SET.examples(data)
    assert [first.name, second.name] == ["mine/a", "mine/b"]
    scene = first.load()
    assert scene.image.shape == (50, 100, 3)
    assert abs(int(scene.image.mean()) - 200) < 3
    np.testing.assert_allclose(scene.labels.boxes, [[40, 15, 60, 35], [45, 15, 55, 25]], atol=1e-4)
    assert scene.labels.kinds.tolist() == [Kind.PERSON, Kind.HEAD]
    assert len(scene.labels.unknown) == 0
    assert len(second.load().labels.boxes) == 0


def test_where_people_have_no_boxes_they_may_be_anywhere(data):
    scene = replace(SET, people=False).examples(data)[1].load()
    assert scene.labels.unknown.tolist() == [[0, 0, 100, 50]]
    assert scene.labels.unknown_kinds.tolist() == [Kind.PERSON]


def test_where_heads_have_no_boxes_they_may_be_on_people_and_nowhere_else(data):
    labels = replace(SET, heads=False).examples(data)[0].load().labels
    np.testing.assert_allclose(labels.unknown, labels.of_kind(Kind.PERSON))
    assert labels.unknown_kinds.tolist() == [Kind.HEAD]


@pytest.mark.parametrize("folder", ["elsewhere", "folder"])
def test_a_missing_or_empty_folder_is_named_with_the_way_out(data, folder):
    with pytest.raises(InputError, match="check --data, or leave the collection mine out"):
        replace(SET, folder=folder).examples(data)


def test_a_damaged_picture_is_named(data):
    (data / "folder" / "mine" / "images" / "a.jpg").write_bytes(b"\xff\xd8 and no more")
    with pytest.raises(InputError, match=r"a\.jpg cannot be read as a picture"):
        SET.examples(data)[0].load()


@pytest.mark.parametrize(("count", "learned"), [(0, 0), (1, 1), (6, 6), (7, 6), (20, 18), (21, 18)])
def test_the_last_seventh_is_held_out(count, learned):
    examples = [
        Example(str(index), lambda: LabelledScene(None, Labels.of())) for index in range(count)
    ]
    kept, measured = held_out(examples)
    assert len(kept) == learned
    assert [*kept, *measured] == examples


@pytest.mark.parametrize("name", COLLECTIONS)
def test_every_collection_says_where_it_is_from_and_what_may_be_done_with_it(name):
    collection = COLLECTIONS[name]
    assert collection.name == name
    assert collection.licence
    assert collection.source
    assert collection.weight > 0
    assert collection.people or collection.heads
    assert len(dict(collection.classes)) == len(collection.classes)
    assert {kind for _, kind in collection.classes} <= {Kind.PERSON, Kind.HEAD}
    assert ("research" in collection.licence) != collection.ships


def test_a_set_for_research_only_does_not_ship():
    assert not COLLECTIONS["scut-head"].ships


def test_an_unknown_name_is_an_error_that_lists_the_known():
    with pytest.raises(ConfigError, match="unknown collection 'wider': choose one of voc2007"):
        COLLECTIONS["wider"]


@pytest.mark.shared
@pytest.mark.parametrize("name", COLLECTIONS)
def test_what_lies_beside_the_repository_can_be_read(name, shared):
    examples = COLLECTIONS[name].examples(shared / "data")
    for example in examples[:: max(len(examples) // 3, 1)]:
        scene = example.load()
        height, width = scene.image.shape[:2]
        assert (scene.labels.boxes >= 0).all()
        assert (scene.labels.boxes <= [width, height, width, height]).all()
