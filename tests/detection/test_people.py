"""People: the canvas, the windows and the way back to the frame, with a network we wrote."""

import math
import re
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from passerby.detection.people import PeopleDetector, detection_size, known_kinds
from passerby.detections import Detections, Kind
from passerby.errors import ConfigError, DetectionError, ModelError
from passerby.geometry import from_xywh, intersection_over_union

SIDE = 16


def night(width: int, height: int, *squares: tuple[int, int], side: int = 8) -> np.ndarray:
    """A black picture with white squares whose left top corners are given."""
    image = np.zeros((height, width, 3), np.uint8)
    for left, top in squares:
        image[top : top + side, left : left + side] = 255
    return image


@given(width=st.integers(1, 20_000), height=st.integers(1, 20_000))
def test_small_frames_are_looked_at_in_640_and_large_ones_in_three_quarters(
    width: int, height: int
) -> None:
    longest = max(width, height)
    size = detection_size(width, height)
    assert 640 <= size <= 1440
    if 854 < longest < 1920:
        assert abs(size - longest * 3 / 4) <= 0.5


def test_a_person_of_50_pixels_in_1080p_keeps_36() -> None:
    assert 50 * detection_size(1920, 1080) / 1920 >= 36


def test_a_box_comes_back_in_pixels_of_the_frame(bright_model: str) -> None:
    detector = PeopleDetector(bright_model, size=128, threads=1)
    found = detector(night(128, 96, (40, 24)))
    # A cell of 8 pixels whose box of SIDE lies around its middle.
    assert found.boxes.tolist() == [[36, 20, 52, 36]]
    assert found.scores == pytest.approx(1 / (1 + math.exp(-4)))
    assert found.kinds.tolist() == [Kind.PERSON]


@pytest.mark.parametrize("factor", [2, 4])
def test_a_frame_is_shrunk_to_the_size_asked_for_and_boxes_grow_back(
    bright_model: str, factor: int
) -> None:
    detector = PeopleDetector(bright_model, size=128, threads=1)
    small = night(128, 96, (40, 24))
    large = cv2.resize(small, None, fx=factor, fy=factor, interpolation=cv2.INTER_NEAREST)
    np.testing.assert_allclose(detector(large).boxes, detector(small).boxes * factor)


def test_a_small_frame_is_enlarged(bright_model: str) -> None:
    image = night(32, 32, (8, 8))  # the white square becomes 32 pixels wide, 16 cells
    found = PeopleDetector(bright_model, size=128, threads=1)(image)
    assert len(found) >= 4
    assert (found.boxes[:, :2] >= 8 - 4).all()
    assert (found.boxes[:, 2:] <= 16 + 4).all()


def test_weak_boxes_are_dropped_by_the_threshold(bright_model: str) -> None:
    image = night(64, 64, (8, 8), (32, 32))
    image[8:16, 8:16] = 205
    assert len(PeopleDetector(bright_model, size=64, threshold=0.1, threads=1)(image)) == 2
    assert len(PeopleDetector(bright_model, size=64, threshold=0.9, threads=1)(image)) == 1


def test_black_beside_the_frame_is_not_a_person(bright_model: str) -> None:
    assert len(PeopleDetector(bright_model, size=64, threads=1)(night(50, 33))) == 0


def test_what_does_not_fit_is_looked_at_in_windows(
    bright_model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    squares = [(0, 0), (120, 40), (248, 184), (128, 96), (56, 152)]
    image = night(256, 192, *squares)
    whole = PeopleDetector(bright_model, size=256, threads=1)(image)
    monkeypatch.setattr("passerby.detection.people._LARGEST_INPUT", 128)
    tiled = PeopleDetector(bright_model, size=256, threads=1)(image)
    assert sorted(map(tuple, whole.boxes.tolist())) == sorted(
        (x - 4, y - 4, x + 12, y + 12) for x, y in squares
    )
    overlaps = intersection_over_union(whole.boxes, tiled.boxes)
    assert (overlaps.max(axis=1) > 0.9).all()


@pytest.mark.parametrize(
    ("size", "sides_found"), [(None, [20, 400]), (640, [20, 400]), (500, [20]), (320, [400])]
)
def test_who_is_too_large_for_a_close_look_is_found_in_a_second_one(
    bright_model: str, monkeypatch: pytest.MonkeyPatch, size: int | None, sides_found: list[int]
) -> None:
    detector = PeopleDetector(bright_model, size=size, threads=1)
    people = np.array([[10, 10, 30, 30], [40, 40, 440, 440]])

    def find(view: np.ndarray, scale: float) -> Detections:
        """Like a network that has learned from people of 15 to 250 pixels."""
        assert view.shape == (480, 640, 3)
        sides = (people[:, 2] - people[:, 0]) * scale
        seen = people[(sides >= 15) & (sides <= 250)]
        return Detections.of(seen, [0.9] * len(seen))

    monkeypatch.setattr(detector, "_find", find)
    found = detector(np.zeros((480, 640, 3), np.uint8))
    assert sorted(found.boxes[:, 2] - found.boxes[:, 0]) == sides_found


def test_from_afar_only_those_are_looked_for_whom_a_close_look_may_miss(
    bright_model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In 640 of 1280 pixels, 150 are 300 in the picture, and a head of so tall a person 45."""
    detector = PeopleDetector(bright_model, size=640, threads=1)
    from_afar = Detections.of(
        [[0, 0, 90, 299], [0, 0, 90, 300], [0, 0, 40, 44], [0, 0, 40, 45], [0, 0, 9, 9]],
        kinds=[Kind.PERSON, Kind.PERSON, Kind.HEAD, Kind.HEAD, Kind.OBJECT],
    )

    def find(_view: np.ndarray, scale: float) -> Detections:
        return from_afar if scale == 256 / 1280 else Detections.none()

    monkeypatch.setattr(detector, "_overlaps", dict.fromkeys(Kind, 1.0))
    monkeypatch.setattr(detector, "_find", find)
    black = np.zeros((720, 1280, 3), np.uint8)
    for search in (detector, detector.over_time()):
        heights = search(black).boxes[:, 3].tolist()
        assert sorted(heights) == [9, 45, 300]


def test_in_a_film_only_what_changed_is_given_to_the_network(
    bright_model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    detector = PeopleDetector(bright_model, size=640, threads=1)
    seen: list[tuple[int, ...]] = []
    find = detector._find

    def noted(view: np.ndarray, scale: float) -> Detections:
        seen.append((*view.shape[:2], round(640 * scale)))
        return find(view, scale)

    monkeypatch.setattr(detector, "_find", noted)
    film = detector.over_time()
    first = film(night(640, 480, (40, 24), (400, 304)))
    second = film(night(640, 480, (40, 24), (416, 304)))
    third = film(night(640, 480, (40, 24), (416, 304)))
    assert seen == [(480, 640, 640), (480, 640, 256), (192, 192, 640)]
    # What stays where it was is taken over; a network of 8 pixels sees nothing from afar.
    assert sorted(first.boxes.tolist()) == [[36, 20, 52, 36], [396, 300, 412, 316]]
    assert sorted(second.boxes.tolist()) == [[36, 20, 52, 36], [412, 300, 428, 316]]
    assert sorted(third.boxes.tolist()) == sorted(second.boxes.tolist())


def test_a_network_of_one_size_searches_all_of_each_frame(plates_model: str) -> None:
    detector = PeopleDetector(plates_model, threads=1, classes=["plate"], people=False)
    assert detector.over_time() is detector


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (7, 9), (33, 31), (64, 200)])
def test_any_size_of_frame_works(bright_model: str, shape: tuple[int, int]) -> None:
    found = PeopleDetector(bright_model, threads=1)(np.zeros((*shape, 3), np.uint8))
    assert len(found) == 0
    assert found.failure is None


def test_numbers_that_are_not_finite_are_an_error(
    bright_model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    detector = PeopleDetector(bright_model, size=64, threads=1)
    broken = [np.full((1, 84, 6), np.nan, np.float32)]
    monkeypatch.setattr(detector._network, "network", lambda tensor: broken)
    with pytest.raises(DetectionError, match="NaN or infinite"):
        detector(night(64, 64))


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("threshold", 0),
        ("threshold", 1.1),
        ("threshold", float("nan")),
        ("overlap", -1),
        ("overlap", 2),
        ("size", 31),
        ("size", 8193),
        ("size", -640),
    ],
)
def test_an_option_out_of_range_is_refused(option: str, value: float) -> None:
    with pytest.raises(ConfigError, match=rf"{option} must be .*{value}"):
        PeopleDetector("never-looked-for", **{option: value})


def test_a_face_model_is_refused() -> None:
    with pytest.raises(ConfigError, match="finds a face, not a person"):
        PeopleDetector("yunet-n")


def test_a_missing_model_names_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSERBY_MODELS", str(tmp_path))
    monkeypatch.setattr("passerby.models.lookup.user_cache_path", lambda _: tmp_path)
    with pytest.raises(ModelError, match="passerby models pull nanodet-m"):
        PeopleDetector("nanodet-m")


@pytest.mark.shared
def test_a_network_of_another_family_is_refused(shared: Path) -> None:
    with pytest.raises(ModelError, match="is none of"):
        PeopleDetector(str(shared / "models" / "ultralight_rfb_640.onnx"))


@pytest.fixture
def campus(shared: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[np.ndarray, np.ndarray]:
    """The first frame of a campus seen from above, and the boxes of its people."""
    monkeypatch.setenv("PASSERBY_MODELS", str(shared / "models"))
    video = cv2.VideoCapture(str(shared / "data" / "video" / "pets09-s2l1.avi"))
    _, image = video.read()
    video.release()
    lines = (
        (shared / "data" / "video" / "pets09-s2l1.gt.txt").read_text(encoding="utf-8").splitlines()
    )
    boxes = [list(map(float, line.split(",")[2:6])) for line in lines if line.startswith("1,")]
    return image, from_xywh(boxes)


@pytest.mark.shared
@pytest.mark.parametrize("model", ["yolox-nano", "nanodet-m", "fastestdet"])
def test_public_networks_find_real_people_where_they_are(
    model: str, campus: tuple[np.ndarray, np.ndarray]
) -> None:
    image, people = campus
    found = PeopleDetector(model)(image)
    overlaps = intersection_over_union(people, found.boxes[found.scores > 0.3])
    assert len(people) >= 3
    assert (overlaps.max(axis=1) > 0.5).all()


@pytest.mark.shared
@pytest.mark.parametrize("model", ["yolox-nano", "nanodet-m", "fastestdet"])
def test_a_network_given_by_its_path_is_recognised(
    model: str, campus: tuple[np.ndarray, np.ndarray], shared: Path
) -> None:
    image, _ = campus
    names = {"yolox-nano": "yolox_nano_416", "nanodet-m": "nanodet_m_416"}
    path = shared / "models" / f"{names.get(model, 'fastestdet_352')}.onnx"
    by_name, by_path = PeopleDetector(model)(image), PeopleDetector(str(path))(image)
    np.testing.assert_array_equal(by_name.boxes, by_path.boxes)


# --- Our own family: people and heads ---------------------------------------------------------


def street(width: int, height: int) -> np.ndarray:
    """Black, with a blue person in one cell and a red head in another."""
    image = np.zeros((height, width, 3), np.uint8)
    image[24:32, 40:48, 0] = 255
    image[48:56, 16:24, 2] = 255
    return image


def test_people_and_heads_are_found_at_once(people_and_heads_model: str) -> None:
    detector = PeopleDetector(people_and_heads_model, size=128, threads=1)
    assert detector.kinds == {Kind.PERSON, Kind.HEAD}
    found = detector(street(128, 96))
    assert found.boxes.tolist() == [[36, 20, 52, 52], [12, 44, 28, 60]]
    assert found.kinds.tolist() == [Kind.PERSON, Kind.HEAD]
    np.testing.assert_allclose(found.scores, 1 / (1 + math.exp(-4)), rtol=1e-2)  # half precision


def test_windows_find_heads_too(
    people_and_heads_model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = np.tile(street(128, 96), (2, 2, 1))
    whole = PeopleDetector(people_and_heads_model, size=256, threads=1)(image)
    monkeypatch.setattr("passerby.detection.people._LARGEST_INPUT", 128)
    tiled = PeopleDetector(people_and_heads_model, size=256, threads=1)(image)
    assert len(whole) == 8
    for kind in (Kind.PERSON, Kind.HEAD):
        overlaps = intersection_over_union(whole.of_kind(kind).boxes, tiled.of_kind(kind).boxes)
        assert (overlaps.max(axis=1) > 0.9).all()


@pytest.mark.parametrize("shape", [(1, 1), (3, 500), (500, 3), (31, 7), (33, 65)])
def test_frames_smaller_than_a_cell_work(
    people_and_heads_model: str, shape: tuple[int, int]
) -> None:
    detector = PeopleDetector(people_and_heads_model, threads=1)
    assert len(detector(np.zeros((*shape, 3), np.uint8))) == 0
    found = detector(np.full((*shape, 3), 255, np.uint8))
    assert set(found.kinds.tolist()) == {Kind.PERSON, Kind.HEAD}


def test_a_family_without_heads_says_so(bright_model: str) -> None:
    assert PeopleDetector(bright_model, threads=1).kinds == {Kind.PERSON}


def test_other_outputs_are_refused_in_one_line(people_and_heads_model: str, tmp_path: Path) -> None:
    model = onnx.load(people_and_heads_model)
    del model.graph.output[0]
    path = tmp_path / "scores_only.onnx"
    onnx.save(model, path)
    with pytest.raises(ModelError, match=r"none of .*passerby.* outputs are scores \(1, \d+, 2\)$"):
        PeopleDetector(str(path))


@pytest.mark.parametrize("share", [0, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
def test_a_truncated_file_is_refused_in_one_line(
    people_and_heads_model: str, tmp_path: Path, share: float
) -> None:
    whole = Path(people_and_heads_model).read_bytes()
    path = tmp_path / "cut.onnx"
    path.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(ModelError, match=re.escape(str(path))) as refused:
        PeopleDetector(str(path))
    assert "\n" not in str(refused.value)


def test_what_a_model_knows_is_told_without_its_file(
    built_in_alone: str, people_and_heads_model: str
) -> None:
    both = {Kind.PERSON, Kind.HEAD}
    assert known_kinds() == known_kinds(built_in_alone) == both
    assert known_kinds(people_and_heads_model) == both
    assert known_kinds("yolox-nano") == {Kind.PERSON}  # which is not here
    with pytest.raises(ConfigError, match="finds a face, not a person"):
        known_kinds("yunet-n")


# --- Networks of users' own: things as well as people, or instead of them ---------------------


def screens(width: int, height: int) -> np.ndarray:
    """Black, with a white plate and a blue screen."""
    image = np.zeros((height, width, 3), np.uint8)
    image[40:48, 80:88] = 255
    image[120:128, 160:168, 0] = 255
    return image


def test_classes_that_are_named_are_objects(plates_model: str) -> None:
    image = screens(320, 240)
    expected = {"plate": [72, 38, 96, 50], "screen": [152, 118, 176, 130]}
    for classes in (["plate"], ["screen"], ["screen", "plate"], ["1"]):
        detector = PeopleDetector(plates_model, size=320, threads=1, classes=classes, people=False)
        assert detector.kinds == {Kind.OBJECT}
        found = detector(image)
        names = ["screen" if one == "1" else one for one in classes]
        assert sorted(found.boxes.tolist()) == sorted(expected[name] for name in names)
        assert set(found.kinds.tolist()) == {Kind.OBJECT}


def test_a_network_of_one_size_looks_for_plates_through_windows(plates_model: str) -> None:
    image = np.tile(screens(320, 240), (2, 2, 1))
    detector = PeopleDetector(plates_model, size=640, threads=1, classes=["plate"], people=False)
    found = detector(image)
    expected = [[72, 38], [392, 38], [72, 278], [392, 278]]
    assert len(found) == 4
    for corner in expected:
        assert np.abs(found.boxes[:, :2] - corner).max(axis=1).min() < 3


def test_people_and_things_come_from_one_look(people_and_heads_model: str) -> None:
    detector = PeopleDetector(people_and_heads_model, size=128, threads=1, classes=["head"])
    assert detector.kinds == {Kind.PERSON, Kind.HEAD, Kind.OBJECT}
    found = detector(street(128, 96))
    assert found.kinds.tolist() == [Kind.PERSON, Kind.HEAD, Kind.OBJECT]
    assert found.boxes[1].tolist() == found.boxes[2].tolist()


def test_a_network_without_people_is_refused_where_people_are_wanted(plates_model: str) -> None:
    with pytest.raises(ModelError, match="finds no people, only plate, screen"):
        PeopleDetector(plates_model, classes=["plate"])


def test_a_class_that_a_network_does_not_know_is_refused(plates_model: str) -> None:
    with pytest.raises(ConfigError, match=r"no class 'plat': did you mean plate\?"):
        PeopleDetector(plates_model, classes=["plat"], people=False)


def test_somebody_must_look_for_something(plates_model: str) -> None:
    with pytest.raises(ConfigError, match="there is nothing to detect"):
        PeopleDetector(plates_model, people=False)


# --- Accuracy of public networks ----------------------------------------------------------------

LABELLED = 40, 65, 300, 640, 660
"""Frames of the campus, spread over the clip."""


@pytest.fixture(scope="module")
def labelled(shared: Path) -> list[tuple[np.ndarray, np.ndarray]]:
    """Five frames with the boxes of their people."""
    text = (shared / "data" / "video" / "pets09-s2l1.gt.txt").read_text(encoding="utf-8")
    rows = [line.split(",") for line in text.splitlines() if not line.startswith("#")]
    video = cv2.VideoCapture(str(shared / "data" / "video" / "pets09-s2l1.avi"))
    frames = []
    for frame in LABELLED:
        video.set(cv2.CAP_PROP_POS_FRAMES, frame - 1)
        boxes = [list(map(float, row[2:6])) for row in rows if int(row[0]) == frame]
        frames.append((video.read()[1], from_xywh(boxes)))
    video.release()
    return frames


@pytest.mark.shared
@pytest.mark.parametrize(
    ("file", "size", "threshold", "recall", "precision"),
    [
        ("yolov5n_coco_640_fp16", 640, 0.3, 0.8, 0.85),
        ("yolov8n_coco_640_fp16", 640, 0.3, 0.8, 0.8),
        ("ssdlite_mobilenet_v2_coco_300_fp16", 300, 0.3, 0.7, 0.65),
        ("picodet_s_coco_416", 416, 0.4, 0.8, 0.65),
        ("rtmdet_nano_person_320", 320, 0.4, 0.8, 0.85),
        ("centernet_mobilenetv3_coco_512_fp16", 512, 0.4, 0.75, 0.8),
    ],
)
def test_networks_of_other_families_find_real_people(
    file: str,
    size: int,
    threshold: float,
    recall: float,
    precision: float,
    shared: Path,
    labelled: list[tuple[np.ndarray, np.ndarray]],
) -> None:
    """Bounds a little below what was measured on 35 frames by another program."""
    path = str(shared / "models" / f"{file}.onnx")
    detector = PeopleDetector(path, size=size, threshold=threshold, threads=1)
    right = said = there = 0
    for image, people in labelled:
        found = detector(image)
        rows, columns = linear_sum_assignment(-intersection_over_union(people, found.boxes))
        overlaps = intersection_over_union(people, found.boxes)[rows, columns]
        right += int((overlaps >= 0.5).sum())
        said, there = said + len(found), there + len(people)
    assert there == 30
    assert right / there >= recall
    assert right / said >= precision
