import numpy as np
import pytest

from finders import Finder, _Resized, finders, inside
from passerby.detections import Detections, Kind


def test_ours_comes_first_and_each_answers_what_it_knows(people_and_heads_model: str) -> None:
    ours, *peers = finders(people_and_heads_model)
    assert (ours.name, set(ours.answers)) == ("passerby", {Kind.PERSON, Kind.HEAD})
    answers = {one.name: one.answers for one in peers}
    assert answers["yolox-nano"] == {Kind.PERSON: Kind.PERSON}
    assert answers["yunet-n"] == {Kind.HEAD: Kind.FACE}
    assert len(answers) == 4


def test_a_network_finds_at_the_size_asked_for(people_and_heads_model: str) -> None:
    image = np.zeros((192, 192, 3), np.uint8)
    image[96:112, 96:112] = (255, 0, 0)
    (finder, *_) = finders(people_and_heads_model)
    found = finder.detector(0.5, 96)(image).of_kind(Kind.PERSON)
    # Half as large it is one cell; boxes are told in pixels of the whole picture.
    assert found.boxes.tolist() == [[88, 88, 120, 152]]


def test_boxes_found_in_a_smaller_picture_are_of_the_whole_one() -> None:
    def whole(image: np.ndarray) -> Detections:
        height, width = image.shape[:2]
        return Detections.of([[0, 0, width, height]])

    found = _Resized(whole, 50)(np.zeros((60, 100, 3), np.uint8))
    assert found.boxes.tolist() == [[0, 0, 100, 60]]


def test_boxes_end_where_the_picture_does() -> None:
    found = inside(Detections.of([[-5, 3, 20, 99]]), np.zeros((50, 10, 3), np.uint8))
    assert found.boxes.tolist() == [[0, 3, 10, 50]]


@pytest.mark.shared
def test_faces_are_found_by_yunet(shared, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSERBY_MODELS", str(shared / "models"))
    yunet = Finder("yunet-n", "yunet-n", {Kind.HEAD: Kind.FACE})
    blank = np.zeros((90, 120, 3), np.uint8)
    for size in (64, None):
        assert len(yunet.detector(0.5, size, threads=1)(blank)) == 0
