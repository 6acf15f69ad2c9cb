"""Boxes out of files and into files: what goes in comes out, and bad files are named."""

import json
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.detection.files import FileDetections
from passerby.detection.saving import save_detections
from passerby.detections import Detections, Kind
from passerby.errors import ConfigError, DetectionError, InputError, OutputError

WIDTH, HEIGHT = 64, 48

coordinate = st.floats(-20, 40, width=32)
length = st.floats(32, 100, width=32)


@st.composite
def frames(draw: st.DrawFn) -> dict[int, Detections]:
    """What a run may have found in some frames, failures among them."""
    found = {}
    for index in draw(st.sets(st.integers(0, 50), max_size=5)):
        if draw(st.booleans()):
            count = draw(st.integers(0, 4))
            corners = [[draw(coordinate), draw(coordinate)] for _ in range(count)]
            sides = [[draw(length), draw(length)] for _ in range(count)]
            found[index] = Detections.of(
                np.hstack([corners, np.add(corners, sides)]) if count else np.zeros((0, 4)),
                scores=[draw(st.floats(2**-9, 1, width=16)) for _ in range(count)],
                kinds=[draw(st.sampled_from(Kind)) for _ in range(count)],
                tracks=[draw(st.integers(-1, 1000)) for _ in range(count)],
                seen=[draw(st.booleans()) for _ in range(count)],
            )
        else:
            found[index] = Detections.failed("dark")
    return found


@given(frames=frames(), suffix=st.sampled_from([".txt", ".csv", ".json", ".JSON"]))
def test_what_is_saved_is_read_again(
    frames: dict[int, Detections], suffix: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("saved") / f"detections{suffix}"
    save_detections(path, frames, WIDTH, HEIGHT)
    again = FileDetections(path)
    for index, before in frames.items():
        after = again.of_frame(index, WIDTH, HEIGHT)
        assert (after.failure is None) == (before.failure is None)
        np.testing.assert_allclose(after.boxes, before.boxes, atol=1e-3)
        np.testing.assert_allclose(after.scores, before.scores, rtol=1e-5)
        assert after.kinds.tolist() == before.kinds.tolist()
        assert after.tracks.tolist() == before.tracks.tolist()
        assert after.seen.tolist() == before.seen.tolist()


@pytest.mark.parametrize("suffix", [".txt", ".json"])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_box_that_is_no_number_makes_its_frame_fail(
    tmp_path: Path, suffix: str, bad: float
) -> None:
    found = Detections.of([[1, 2, 3, 4], [1, 2, 3, bad]])
    save_detections(tmp_path / f"d{suffix}", {4: found}, WIDTH, HEIGHT)
    again = FileDetections(tmp_path / f"d{suffix}")
    assert "frame 4" in (again.of_frame(4, WIDTH, HEIGHT).failure or "")


def test_masks_are_kept_in_json(tmp_path: Path) -> None:
    mask = np.random.default_rng(1).random((HEIGHT, WIDTH)) < 0.5
    found = Detections.of([[0, 0, 9, 9], [1, 1, 2, 2]], masks=(mask, None))
    save_detections(tmp_path / "d.json", {0: found}, WIDTH, HEIGHT)
    masks = FileDetections(tmp_path / "d.json").of_frame(0, WIDTH, HEIGHT).masks
    np.testing.assert_array_equal(masks[0], mask)
    assert masks[1] is None


def test_frames_that_text_does_not_list_are_empty_and_those_json_does_not_fail(
    tmp_path: Path,
) -> None:
    for suffix in (".txt", ".json"):
        save_detections(tmp_path / f"d{suffix}", {0: Detections.none()}, WIDTH, HEIGHT)
    assert FileDetections(tmp_path / "d.txt").of_frame(1, WIDTH, HEIGHT).failure is None
    failure = FileDetections(tmp_path / "d.json").of_frame(1, WIDTH, HEIGHT).failure
    assert failure == f"{tmp_path / 'd.json'} does not list frame 1"


def test_images_are_looked_up_by_path_then_name_then_stem(tmp_path: Path) -> None:
    names = ["a/street.jpg", "street.jpg", "crossing"]
    data = {
        "images": [{"id": number, "file_name": name} for number, name in enumerate(names)],
        "annotations": [
            {"image_id": number, "category_id": 7, "bbox": [number, 0, 1, 1]} for number in range(3)
        ],
        "categories": [{"id": 7, "name": "Head"}],
    }
    (tmp_path / "d.json").write_text(json.dumps(data), encoding="utf-8")
    detections = FileDetections(tmp_path / "d.json")
    for name, left in [
        ("a/street.jpg", 0),
        ("street.jpg", 1),
        ("x/crossing.png", 2),
    ]:
        found = detections.of_file(name, WIDTH, HEIGHT)
        assert found.boxes.tolist() == [[left, 0, left + 1, 1]]
        assert found.kinds.tolist() == [Kind.HEAD]
    for name in ("road.jpg", "b/street.jpg"):  # of the latter there are two
        assert f"does not list {name}" in (detections.of_file(name, 1, 1).failure or "")


def coco(tmp_path: Path, *names: str) -> FileDetections:
    """A data set in which each picture has one person."""
    box = {"category_id": 1, "bbox": [1, 2, 3, 4]}
    data = {
        "images": [{"id": number, "file_name": name} for number, name in enumerate(names)],
        "annotations": [{"image_id": number, **box} for number in range(len(names))],
        "categories": [{"id": 1, "name": "person"}],
    }
    (tmp_path / "d.json").write_text(json.dumps(data), encoding="utf-8")
    return FileDetections(tmp_path / "d.json")


@pytest.mark.parametrize(
    ("listed", "inputs", "failing"),
    [
        (["x.png"], ["a/x.png"], []),
        (["x.png"], ["a/x.png", "b/x.png"], ["a/x.png", "b/x.png"]),
        (["x.png"], ["x.png", "b/x.png"], ["x.png", "b/x.png"]),
        (["x.png"], ["x.png", "x.png"], ["x.png"]),
        (["x.png", "b/x.png"], ["x.png", "b/x.png"], []),
        (["a/x.png", "b/x.png"], ["a/x.png", "b/x.png", "x.png"], ["x.png"]),
        (["x"], ["x.png", "x.jpg"], ["x.png", "x.jpg"]),
        (["../x.png", "/data/x.png"], ["x.png"], ["x.png"]),
        (["a/x.png"], [r"a\x.png", "a/x.png"], [r"a\x.png", "a/x.png"]),
    ],
)
def test_what_could_mean_several_inputs_is_taken_for_none(
    tmp_path: Path, listed: list[str], inputs: list[str], failing: list[str]
) -> None:
    known = coco(tmp_path, *listed)
    known.ambiguous = known.ambiguous_among(inputs)
    found = {name: known.of_file(name, WIDTH, HEIGHT) for name in inputs}
    assert [name for name, one in found.items() if one.failure is not None] == failing
    assert all(len(one) == 1 for one in found.values() if one.failure is None)


@pytest.mark.parametrize(
    ("inputs", "failing"),
    [
        (["a.mp4"], []),
        (["a.mp4", "b.mp4"], ["a.mp4", "b.mp4"]),
        (["a.mp4", "b.gif"], ["a.mp4", "b.gif"]),
        (["a.mp4", "logo.png"], []),
        (["a/000001.jpg", "b/000002.jpg"], []),
        (["a/000001.jpg", "b/1.jpg"], ["a/000001.jpg", "b/1.jpg"]),
    ],
)
def test_frames_without_a_name_are_of_one_input(
    tmp_path: Path, inputs: list[str], failing: list[str]
) -> None:
    (tmp_path / "gt.txt").write_text("1,1,2,3,4,5\n2,1,2,3,4,5\n", encoding="utf-8")
    known = FileDetections(tmp_path / "gt.txt")
    known.ambiguous = known.ambiguous_among(inputs)
    found = {
        name: known.of_file(name, WIDTH, HEIGHT)
        if name.endswith(".jpg")
        else known.of_frame(0, WIDTH, HEIGHT, name)
        for name in inputs
        if name != "logo.png"
    }
    assert [name for name, one in found.items() if one.failure is not None] == failing


def test_a_file_about_pictures_says_nothing_of_a_video_beside_them(tmp_path: Path) -> None:
    known = coco(tmp_path, "x.png", "y.png", "pages.tif")
    assert known.ambiguous_among(["clip.mp4"]) == set()
    assert known.ambiguous_among(["x.png", "clip.mp4"]) == {"clip.mp4"}
    # A picture with pages is known as one picture, and the first of all is another one.
    for page in (0, 1, 3):
        assert known.of_frame(page, WIDTH, HEIGHT, "pages.tif").failure is not None


OUTSIDE = [(-9, 0, 4, 4), (0, -9, 4, 4), (WIDTH + 1, 0, 4, 4), (0, HEIGHT + 1, 4, 4)]


@pytest.mark.parametrize("box", OUTSIDE)
def test_a_box_outside_tells_of_another_picture(
    tmp_path: Path, box: tuple[float, float, float, float]
) -> None:
    rows = [(1, 1, 5, 5, 9, 9), (7, 1, *box)]
    text = "".join(",".join(map(str, row)) + "\n" for row in rows)
    (tmp_path / "gt.txt").write_text(text, encoding="utf-8")
    known = FileDetections(tmp_path / "gt.txt")
    for index in (0, 3, 6):  # no frame of that video can be trusted
        failure = known.of_frame(index, WIDTH, HEIGHT, "a.mp4").failure or ""
        assert f"does not fit a.mp4: a box lies outside of {WIDTH}x{HEIGHT} pixels" in failure
    assert known.of_file("7.jpg", WIDTH, HEIGHT).failure is not None
    assert known.of_file("1.jpg", WIDTH, HEIGHT).failure is None  # pictures differ in size


@pytest.mark.parametrize("size", [(0, 4), (4, 0), (0, 0)])
def test_a_box_without_a_pixel_covers_its_frame(tmp_path: Path, size: tuple[int, int]) -> None:
    (tmp_path / "gt.txt").write_text(f"1,1,5,5,{size[0]},{size[1]}\n", encoding="utf-8")
    known = FileDetections(tmp_path / "gt.txt")
    assert "without a pixel" in (known.of_frame(0, WIDTH, HEIGHT).failure or "")
    assert known.of_frame(1, WIDTH, HEIGHT).failure is None


@given(shares=st.lists(st.lists(st.floats(0.01, 0.7), min_size=4, max_size=4), min_size=1))
def test_shares_are_no_pixels(
    tmp_path_factory: pytest.TempPathFactory, shares: list[list[float]]
) -> None:
    folder = tmp_path_factory.mktemp("shares")
    data = {
        "images": [{"id": 1, "file_name": "a.jpg", "width": WIDTH, "height": HEIGHT}],
        "annotations": [{"image_id": 1, "category_id": 1, "bbox": box} for box in shares],
        "categories": [{"id": 1, "name": "person"}],
    }
    (folder / "a.json").write_text(json.dumps(data), encoding="utf-8")
    rows = "".join(f"1,1,{','.join(map(str, box))}\n" for box in shares)
    (folder / "a.txt").write_text(rows, encoding="utf-8")
    by_name = FileDetections(folder / "a.json").of_file("a.jpg", WIDTH, HEIGHT)
    by_frame = FileDetections(folder / "a.txt").of_frame(0, WIDTH, HEIGHT)
    for found in (by_name, by_frame):
        assert "shares of the picture" in (found.failure or "")


@pytest.mark.parametrize(
    ("size", "known"),
    [({"width": WIDTH, "height": HEIGHT}, True), ({}, False), ({"width": 0, "height": 0}, False)],
)
def test_whether_a_size_is_said(tmp_path: Path, size: dict[str, int], known: bool) -> None:
    """A size of 0 is what some programs write where they know none."""
    data = {
        "images": [{"id": 1, "file_name": "a.jpg", **size}, {"id": 2, "file_name": "b.jpg"}],
        "annotations": [{"image_id": 1, "category_id": 1, "bbox": [5, 5, 9, 9]}],
        "categories": [{"id": 1, "name": "person"}],
    }
    (tmp_path / "a.json").write_text(json.dumps(data), encoding="utf-8")
    boxes = FileDetections(tmp_path / "a.json")
    assert boxes.says_size("a.jpg") is known
    assert boxes.says_size("b.jpg")  # it has no boxes
    assert boxes.of_file("a.jpg", WIDTH, HEIGHT).failure is None


def test_a_size_beside_mot_text_is_said_and_shares_need_none(tmp_path: Path) -> None:
    (tmp_path / "gt.txt").write_text("1,1,5,5,9,9\n", encoding="utf-8")
    assert not FileDetections(tmp_path / "gt.txt").says_size("a.mp4")
    (tmp_path / "seqinfo.ini").write_text("imWidth=64\nimHeight=48\n", encoding="utf-8")
    assert FileDetections(tmp_path / "gt.txt").says_size("a.mp4")
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels/a.txt").write_text("0 0.5 0.5 0.2 0.2\n", encoding="utf-8")
    assert FileDetections(tmp_path / "labels").says_size("a.jpg")


def test_a_file_about_a_longer_video_is_refused_at_the_end(tmp_path: Path) -> None:
    (tmp_path / "gt.txt").write_text("1,1,5,5,9,9\n7,1,5,5,9,9\n", encoding="utf-8")
    known = FileDetections(tmp_path / "gt.txt")
    known.check_end(7, "a.mp4")
    with pytest.raises(DetectionError, match=r"frame 7 \(counted from 1\), but a.mp4 has 6 frames"):
        known.check_end(6, "a.mp4")


def test_a_source_line_that_a_spreadsheet_saved_still_says_the_source(tmp_path: Path) -> None:
    """It fills rows up with commas."""
    line = f"# source sha256={'0' * 64} frames=7 size=64x48,,,,,,,,"
    (tmp_path / "gt.csv").write_text(f"{line}\n1,1,5,5,9,9,1,1,1\n", encoding="utf-8")
    known = FileDetections(tmp_path / "gt.csv")
    assert known.says_sources
    with pytest.raises(DetectionError, match=r"is about a video of 7 frames, but a\.mp4 has 6"):
        known.check_end(6, "a.mp4")


def test_numbered_images_are_frames_of_mot_text(tmp_path: Path) -> None:
    (tmp_path / "gt.txt").write_text("7,1,2,3,4,5\n", encoding="utf-8")
    detections = FileDetections(tmp_path / "gt.txt")
    assert detections.of_file("img1/000007.jpg", 99, 99).boxes.tolist() == [[2, 3, 6, 8]]
    assert len(detections.of_file("img1/000008.jpg", 99, 99)) == 0
    assert detections.of_file("img1/cover.jpg", 99, 99).failure is not None


@pytest.mark.parametrize("name", ["boxes.xml", "boxes", "boxes.txt.gz"])
def test_a_format_nobody_knows_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    with pytest.raises(InputError, match="is not a file of detections"):
        FileDetections(tmp_path / name)
    with pytest.raises(ConfigError, match="names no format"):
        save_detections(tmp_path / name, {}, WIDTH, HEIGHT)


@pytest.mark.parametrize("name", ["missing.txt", "missing.json"])
def test_a_missing_file_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=rf"cannot read .*{name}"):
        FileDetections(tmp_path / name)


@pytest.mark.parametrize("name", ["d.txt", "d.json"])
def test_a_file_that_is_no_text_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\xff\xd8\xff\xe0 picture")
    with pytest.raises(InputError, match="not a text file"):
        FileDetections(tmp_path / name)


@pytest.mark.parametrize("name", ["d.txt", "d.json"])
def test_saving_where_it_cannot_be_is_refused_and_leaves_nothing(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot be made"):
        save_detections(tmp_path / "file" / name, {}, WIDTH, HEIGHT)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@given(content=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(
    content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("fuzz")
    for name in ("d.txt", "d.json", "labels/a.txt"):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        with suppress(InputError):
            FileDetections(path.parent if name.startswith("labels") else path)


# --- Boxes without their video -----------------------------------------------------------------


def sequence(path: Path, name: str | None = None) -> dict[int, list[list[float]]]:
    return {frame: found.boxes.tolist() for frame, found in FileDetections(path).sequence(name)}


def test_the_frames_of_a_text_come_in_order_whatever_the_video_is_called(tmp_path: Path) -> None:
    lines = "9,-1,1,2,3,4,0.9\n3,5,10,20,30,40,0.5\n3,-1,0,0,5,6,1\n"
    (tmp_path / "d.txt").write_text(lines, encoding="utf-8")
    expected = {2: [[10, 20, 40, 60], [0, 0, 5, 6]], 8: [[1, 2, 4, 6]]}
    assert list(sequence(tmp_path / "d.txt")) == [2, 8]
    assert sequence(tmp_path / "d.txt") == sequence(tmp_path / "d.txt", "street.mp4") == expected


def results_of(*places: tuple[str, int | None]) -> str:
    """COCO results with a person in each of some frames of videos, or in pictures."""
    return json.dumps(
        [
            {"image_id": number, "file_name": name, "category_id": 1, "bbox": [1, 2, 3, 4]}
            | {"category": "person", "score": 0.9}
            | ({} if frame is None else {"frame": frame})
            for number, (name, frame) in enumerate(places)
        ]
    )


def test_of_results_the_only_video_is_meant_or_the_one_that_is_named(tmp_path: Path) -> None:
    path = tmp_path / "d.json"
    path.write_text(results_of(("a.mp4", 4), ("a.mp4", 0)), encoding="utf-8")
    assert sequence(path) == sequence(path, "a.mp4") == {0: [[1, 2, 4, 6]], 4: [[1, 2, 4, 6]]}
    path.write_text(results_of(("a.mp4", 4), ("b.mp4", 0)), encoding="utf-8")
    assert list(sequence(path, "b.mp4")) == [0]
    with pytest.raises(InputError, match="is not about one video: name a file that is"):
        sequence(path)
    with pytest.raises(InputError, match=r"is not about c\.mp4"):
        sequence(path, "c.mp4")
    path.write_text(results_of(("a.png", None)), encoding="utf-8")
    with pytest.raises(InputError, match="is not about one video"):
        sequence(path)


def test_a_box_without_a_pixel_ends_it(tmp_path: Path) -> None:
    (tmp_path / "d.txt").write_text("3,-1,1,2,0,4,0.9\n", encoding="utf-8")
    with pytest.raises(InputError, match="a box in frame 2 has no pixel in it"):
        sequence(tmp_path / "d.txt")
