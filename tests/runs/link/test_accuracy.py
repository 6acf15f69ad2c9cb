import json

import numpy as np
import pytest

from passerby.errors import InputError
from passerby.runs.link.accuracy import accuracy_of, read_truths, truth_beside


def test_who_is_right_everywhere_has_full_marks(scene, truths):
    found = accuracy_of(scene, truths).as_dict()
    for name in (
        "multi_camera_idf1",
        "link_precision",
        "single_camera_idf1",
        "link_recall",
        "multi_camera_idf1_if_all_were_linked",
    ):
        assert found[name] == 1
    # Each person's longer half alone: 3 of 7 tracks are then somebody else.
    assert found["multi_camera_idf1_if_none_were_linked"] == pytest.approx(4 / 7)
    assert found["links"]["true"] == found["links"]["shown"] == 3
    json.dumps(found, allow_nan=False)


def test_two_people_swapped_are_found(swapped, truths):
    found = accuracy_of(swapped, truths)
    assert (found.links.shown, found.links.right, found.links.found) == (3, 1, 1)
    # Of seven tracks of 50 boxes, two are given to the wrong person.
    assert found.across.idf1 == pytest.approx(5 / 7)
    assert found.each.idf1 == 1
    assert found.reliability.ece > 0.3


def test_scenes_add_up(scene, swapped, truths):
    both = accuracy_of(scene, truths) + accuracy_of(swapped, truths)
    assert both.across.idf1 == pytest.approx(6 / 7)
    assert both.links.precision == pytest.approx(4 / 6)
    assert len(both.said) == len(both.right) == 8


def test_the_truth_is_looked_for_beside_the_films(tmp_path):
    films = [tmp_path / "a.mp4", tmp_path / "b.mp4"]
    assert truth_beside(films) is None
    for name in "ab":
        (tmp_path / name / "gt").mkdir(parents=True)
        (tmp_path / name / "gt" / "gt.txt").write_text("1,7,10,10,20,40,1,1,1\n")
    assert truth_beside(films) == tmp_path
    assert truth_beside([*films, tmp_path / "c.mp4"]) is None
    assert [one.trajectories.ids.tolist() for one in read_truths(tmp_path, ["a", "b"])] == [
        [7],
        [7],
    ]
    with pytest.raises(InputError, match="c/gt"):
        read_truths(tmp_path, ["a", "c"])


def test_without_anybody_nothing_is_defined(scene, truths):
    films = tuple(type(one)(one.camera, (), one.frames, one.seconds) for one in scene.films)
    empty = type(scene)(films, scene.graph, scene.model, 0.8)
    found = accuracy_of(empty, truths).as_dict()
    assert found["link_precision"] is None
    assert found["multi_camera_idf1"] == 0
    assert not np.isnan(found["links"]["shown"])
