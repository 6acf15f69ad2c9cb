from collections import Counter

import cv2
import numpy as np
import pytest

from passerby.errors import ConfigError
from passerby.synth.gallery import Gallery, photograph
from passerby.synth.market import MARKET_FOLDERS


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("gallery")
    steps = []
    photograph(Gallery(people=4, cameras=2, images=3, seed=1), folder, lambda: steps.append(1))
    assert len(steps) == 4 * 2
    return folder


def names(folder, subset):
    return sorted(path.name for path in (folder / subset).iterdir())


def test_half_of_the_people_are_to_train_on(folder):
    people = {subset: {name[:4] for name in names(folder, subset)} for subset in MARKET_FOLDERS}
    assert people["bounding_box_train"] == {"0001", "0002"}
    assert people["query"] == people["bounding_box_test"] == {"0003", "0004"}


def test_each_camera_asks_once_for_each_person_and_the_rest_answer(folder):
    asked = Counter(name[:7] for name in names(folder, "query"))
    answers = Counter(name[:7] for name in names(folder, "bounding_box_test"))
    assert asked == dict.fromkeys(("0003_c1", "0003_c2", "0004_c1", "0004_c2"), 1)
    assert answers == dict.fromkeys(asked, 2)


def test_no_picture_is_in_two_folders_and_all_have_the_size(folder):
    every = [name for subset in MARKET_FOLDERS for name in names(folder, subset)]
    assert len(set(every)) == len(every) == 4 * 2 * 3
    shapes = {cv2.imread(path).shape for path in folder.rglob("*.jpg")}
    assert shapes == {(128, 64, 3)}


def test_people_are_shared_out_among_places(tmp_path):
    photograph(Gallery(people=4, cameras=1, images=2, seed=1, tested=1, places=2), tmp_path)
    assert {name[:4] for name in names(tmp_path, "bounding_box_train")} == {"0001", "0002", "0003"}
    assert {name[:4] for name in names(tmp_path, "query")} == {"0004"}
    corners = {path.name[:4]: corner(path) for path in tmp_path.rglob("*_01.jpg")}
    assert np.abs(corners["0001"] - corners["0003"]).max() < 40
    assert np.abs(corners["0001"] - corners["0002"]).max() > 40


def corner(path):
    return cv2.imread(str(path))[-24:, :10].mean((0, 1))


@pytest.mark.parametrize(
    ("numbers", "complaint"),
    [
        ({"people": 1}, "1 people"),
        ({"cameras": 0}, "0 cameras"),
        ({"cameras": 10}, "10 cameras"),
        ({"images": 1}, "1 images"),
        ({"tested": 4}, "4 of 4 people to test on"),
        ({"tested": 0}, "0 of 4 people to test on"),
        ({"places": 0}, "0 places"),
        ({"places": 5}, "5 places for 4 people"),
    ],
)
def test_impossible_numbers_are_refused(numbers, complaint):
    with pytest.raises(ConfigError, match=complaint):
        Gallery(**{"people": 4, **numbers})
