"""``passerby detect`` from the command line: what is written, what is said, how it ends."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from av import VideoFrame
from PIL import Image

from passerby.cli.app import main
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK, EXIT_UNVOUCHED, EXIT_USAGE
from passerby.errors import DetectionError
from passerby.pipeline.detection_settings import DetectSettings
from passerby.sources import open_source

Capture = pytest.CaptureFixture[str]
Picture = Callable[..., Path]

PERSON, HEAD = (36, 20, 16, 32), (36, 20, 16, 16)
"""Left, top, width and height around the white square of `scene`, as the tests' network sees it."""


def scene(left: int = 40) -> np.ndarray:
    """Black, with a white square, person and head at once, whose left side is at ``left``."""
    image = np.zeros((96, 128, 3), np.uint8)
    image[24:32, left : left + 8] = 255
    return image


@pytest.fixture(autouse=True)
def _network(built_in_alone: str) -> None:
    """Nothing but the network of the tests is here."""


@pytest.fixture
def picture(tmp_path: Path) -> Picture:
    def make(name: str, image: np.ndarray | None = None) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(scene() if image is None else image).save(path)
        return path

    return make


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """Ten frames in which the square walks a cell to the right every two frames."""
    path = tmp_path / "in" / "street.mkv"
    path.parent.mkdir(exist_ok=True)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 128, 96, "bgr0"
        for index in range(10):
            image = scene(24 + 8 * (index // 2))
            container.mux(stream.encode(VideoFrame.from_ndarray(image, format="bgr24")))
        container.mux(stream.encode())
    return path


def run(*words: object) -> int:
    return main(["detect", "--size", "128", *map(str, words)])


def read(path: Path) -> list[dict[str, Any]]:
    return json.loads(path.read_text(encoding="utf-8"))


# --- What is written -----------------------------------------------------------------------


def test_a_picture_gives_its_person_and_its_head(
    picture: Picture, tmp_path: Path, capsys: Capture
) -> None:
    source, boxes = picture("in/a.png"), tmp_path / "boxes.json"
    assert run(source, "-o", boxes) == EXIT_OK
    person, head = read(boxes)
    score = pytest.approx(0.982, abs=1e-3)
    place = {"image_id": 0, "file_name": "a.png", "width": 128, "height": 96, "score": score}
    place["source_sha256"] = hashlib.sha256(source.read_bytes()).hexdigest()
    assert person == place | {"category": "person", "category_id": 1, "bbox": list(PERSON)}
    assert head == place | {"category": "head", "category_id": 2, "bbox": list(HEAD)}
    printed = capsys.readouterr()
    assert printed.out == ""
    assert f"done    {source}" in printed.err
    assert "1 person, 1 head" in printed.err


def test_a_video_gives_frames_and_times(video: Path, tmp_path: Path) -> None:
    assert run(video, "-o", tmp_path / "boxes.json", "--every", "3", "--quiet") == EXIT_OK
    people = [one for one in read(tmp_path / "boxes.json") if one["category"] == "person"]
    assert [one["image_id"] for one in people] == [0, 1, 2, 3]
    assert [one["frame"] for one in people] == [0, 3, 6, 9]
    assert [one["time"] for one in people] == pytest.approx([0, 0.12, 0.24, 0.36])
    assert [one["bbox"][0] for one in people] == [20, 28, 44, 52]
    assert {one["file_name"] for one in people} == {"street.mkv"}


def test_of_several_inputs_no_two_images_share_a_number(
    picture: Picture, video: Path, tmp_path: Path
) -> None:
    picture("in/deep/b.png")
    picture("in/a.png")
    picture("in/dark.png", np.zeros((96, 128, 3), np.uint8))
    boxes = tmp_path / "boxes.json"
    assert run(tmp_path / "in", "-o", boxes) == EXIT_OK
    numbers: dict[tuple[str, int | None], int] = {}
    for one in read(boxes):
        numbers.setdefault((one["file_name"], one.get("frame")), one["image_id"])
    # In the order of the folder; the dark one has a number that no box bears.
    expected = {("a.png", None): 0, ("deep/b.png", None): 12}
    expected |= {("street.mkv", frame): 2 + frame for frame in range(10)}
    assert numbers == expected
    first = boxes.read_bytes()
    assert run(tmp_path / "in", "-o", boxes, "--overwrite") == EXIT_OK
    assert boxes.read_bytes() == first


def test_nobody_is_an_empty_list(picture: Picture, tmp_path: Path, capsys: Capture) -> None:
    dark = picture("dark.png", np.zeros((9, 9, 3), np.uint8))
    assert run(dark, "-o", tmp_path / "boxes.json") == EXIT_OK
    assert read(tmp_path / "boxes.json") == []
    assert "nobody" in capsys.readouterr().err


def test_a_picture_smaller_than_a_cell_is_looked_at(picture: Picture, tmp_path: Path) -> None:
    source = picture("one.png", np.full((1, 1, 3), 255, np.uint8))
    assert run(source, "-o", tmp_path / "boxes.json") == EXIT_OK
    assert {one["category"] for one in read(tmp_path / "boxes.json")} == {"person", "head"}


def test_options_reach_the_detector(
    picture: Picture, tmp_path: Path, people_and_heads_model: str
) -> None:
    source, boxes = picture("a.png"), tmp_path / "boxes.json"
    assert run(source, "-o", boxes, "--threshold", "0.99") == EXIT_OK
    assert read(boxes) == []
    words = ["--model", people_and_heads_model, "--overwrite"]
    assert run(source, "-o", boxes, *words) == EXIT_OK
    assert len(read(boxes)) == 2


# --- Given to `passerby anonymize` ---------------------------------------------------------


def pixels(path: Path) -> np.ndarray:
    with open_source(path) as source:
        return np.stack([frame.image for frame in source])


def anonymized(source: Path, target: Path, *words: object) -> np.ndarray:
    fixed = ["anonymize", str(source), "-o", str(target), "--size", "128", "--codec", "ffv1"]
    assert main([*fixed, "--quiet", *map(str, words)]) == EXIT_OK
    return pixels(target)


@pytest.mark.slow
def test_boxes_of_a_video_cover_what_the_detector_covers(video: Path, tmp_path: Path) -> None:
    boxes = tmp_path / "boxes.json"
    assert run(video, "-o", boxes, "--threshold", "0.1") == EXIT_OK
    given = anonymized(video, tmp_path / "given.mkv", "--detections", boxes)
    looked = anonymized(video, tmp_path / "looked.mkv", "--every", "1")
    np.testing.assert_array_equal(given, looked)
    assert not given.any()  # all squares are covered
    other = video.with_name("other.mkv")
    video.rename(other)
    assert not anonymized(other, tmp_path / "other.mkv", "--detections", boxes).any()


def film(path: Path, left: int) -> None:
    """Three frames with the square at ``left``."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 128, 96, "bgr0"
        for _ in range(3):
            container.mux(stream.encode(VideoFrame.from_ndarray(scene(left), format="bgr24")))
        container.mux(stream.encode())


@pytest.mark.parametrize("saved", ["boxes.json", "saved.json", "saved.txt"])
def test_boxes_of_another_video_of_the_same_name_size_and_length_are_refused(
    tmp_path: Path, capsys: Capture, saved: str
) -> None:
    monday, tuesday = tmp_path / "monday" / "door.mkv", tmp_path / "tuesday" / "door.mkv"
    for path, left in ((monday, 24), (tuesday, 88)):
        path.parent.mkdir()
        film(path, left)
    boxes, report = tmp_path / saved, tmp_path / "report.json"
    if saved == "boxes.json":
        assert run(monday, "-o", boxes) == EXIT_OK
    else:
        anonymized(monday, tmp_path / "first.mkv", "--save-detections", boxes)
    words = ["--detections", boxes, "--report", report, "--overwrite"]
    assert not anonymized(monday, tmp_path / "safe.mkv", *words).any()
    (item,) = json.loads(report.read_text())["items"]
    assert item["no_known_problem"]
    assert not item["notes"]
    capsys.readouterr()
    target = tmp_path / "tuesday.mkv"
    assert main(["anonymize", str(tuesday), "-o", str(target), *map(str, words)]) == EXIT_FAILED
    assert not target.exists()
    told = f"{boxes} holds boxes of another file than {tuesday.name}: name the file that they were"
    assert told in capsys.readouterr().err
    (item,) = json.loads(report.read_text())["items"]
    assert not item["no_known_problem"]


@pytest.mark.parametrize("named", [True, False])
def test_boxes_that_do_not_say_what_they_are_of_are_not_vouched_for(
    tmp_path: Path, capsys: Capture, named: bool
) -> None:
    film(tmp_path / "door.mkv", 24)
    saved = tmp_path / "saved.txt"
    anonymized(tmp_path / "door.mkv", tmp_path / "first.mkv", "--save-detections", saved)
    first, *_ = saved.read_text().splitlines()
    (tmp_path / "drawn.txt").write_text(f"{first}\n" * named + "3,1,20,20,16,32,1,1,1\n")
    words = ["--detections", str(tmp_path / "drawn.txt"), "-o", str(tmp_path / "safe.mkv")]
    code = main(["anonymize", str(tmp_path / "door.mkv"), *words, "--strict"])
    assert code == (EXIT_OK if named else EXIT_UNVOUCHED)
    told = "drawn.txt does not say which file its boxes are of, so the copy cannot be vouched for"
    assert (told in capsys.readouterr().err) != named


@pytest.mark.parametrize("ending", ["txt", "json"])
def test_the_hint_at_mot_text_is_given_for_mot_text_alone(
    tmp_path: Path, capsys: Capture, ending: str
) -> None:
    film(tmp_path / "door.mkv", 24)
    boxes = tmp_path / f"drawn.{ending}"
    one = {"file_name": "other.mkv", "frame": 0, "category": "person", "bbox": [20, 20, 16, 32]}
    listed = json.dumps([one | {"image_id": 0, "category_id": 1, "score": 1}])
    boxes.write_text("1,1,20,20,16,32,1,1,1\n" if ending == "txt" else listed)
    words = ["--detections", str(boxes), "-o", str(tmp_path / "safe.mkv")]
    assert main(["anonymize", str(tmp_path / "door.mkv"), *words]) == EXIT_OK
    told = capsys.readouterr().err
    assert f"{boxes} says nothing about the last" in told
    assert ("MOT text cannot say" in told) == (ending == "txt")


def test_boxes_of_pictures_find_them_by_name(picture: Picture, tmp_path: Path) -> None:
    wall = np.full((96, 128, 3), 60, np.uint8)
    picture("in/a.png", np.maximum(scene(), wall))
    picture("in/deep/a.png", np.maximum(scene(80), wall))
    boxes = tmp_path / "boxes.json"
    assert run(tmp_path / "in", "-o", boxes) == EXIT_OK
    words = ["--detections", str(boxes), "--quiet"]
    assert main(["anonymize", str(tmp_path / "in"), "-o", str(tmp_path / "out"), *words]) == EXIT_OK
    for name, left in (("a.png", 40), ("deep/a.png", 80)):
        (image,) = pixels(tmp_path / "out" / name)
        assert not image[24:32, left : left + 8].any()
        assert (image[80:] == 60).all()


# --- What goes wrong -----------------------------------------------------------------------


def test_a_bad_input_is_one_line_and_does_not_stop_the_others(
    picture: Picture, tmp_path: Path, capsys: Capture
) -> None:
    picture("in/a.png")
    picture("in/c.png")
    for name in ("b.png", "b.mp4"):
        (tmp_path / "in" / name).write_text("no picture", encoding="utf-8")
    (tmp_path / "in" / "notes.txt").touch()
    boxes = tmp_path / "boxes.json"
    assert run(tmp_path / "in", "-o", boxes) == EXIT_FAILED
    assert [one["file_name"] for one in read(boxes)] == ["a.png"] * 2 + ["c.png"] * 2
    assert [one["image_id"] for one in read(boxes)] == [0, 0, 1, 1]
    end = [line for line in capsys.readouterr().err.splitlines() if line.startswith("passerby: ")]
    assert end[0].startswith("passerby: 1 file in folders left out: no picture, no video, such as ")
    assert end[1] == "passerby: 2 of 4 inputs done: 2 people, 2 heads"
    assert [f"in/{name}" in line for name, line in zip(("b.mp4", "b.png"), end[2:], strict=True)]


def test_of_a_video_that_breaks_off_no_box_is_kept(
    video: Path, picture: Picture, tmp_path: Path
) -> None:
    content = video.read_bytes()
    video.write_bytes(content[: len(content) // 2])
    picture("in/zebra.png")
    assert run(tmp_path / "in", "-o", tmp_path / "boxes.json", "--quiet") == EXIT_FAILED
    assert {one["file_name"] for one in read(tmp_path / "boxes.json")} == {"zebra.png"}


def test_where_all_fails_no_file_is_written(tmp_path: Path, capsys: Capture) -> None:
    broken = tmp_path / "a.mp4"
    broken.write_text("no video", encoding="utf-8")
    assert run(broken, "-o", tmp_path / "boxes.json", "--quiet") == EXIT_FAILED
    assert "neither a picture nor a video" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def test_a_detector_that_cannot_tell_fails_its_input(
    picture: Picture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    def broken(_image: object) -> None:
        raise DetectionError("the network failed: dark")

    monkeypatch.setattr(DetectSettings, "detector", lambda _: broken)
    source = picture("a.png")
    assert run(source, "-o", tmp_path / "boxes.json", "--quiet") == EXIT_FAILED
    assert capsys.readouterr().err == f"passerby: {source}: the network failed: dark\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ([], EXIT_USAGE, "nothing to search"),
        (["a.png"], EXIT_USAGE, "no file to write"),
        (["a.png", "-o", "boxes.txt"], EXIT_USAGE, "end its name with .json"),
        (["a.png", "-o", "gone/boxes.json"], EXIT_FAILED, "there is no folder gone"),
        (["gone.png", "-o", "boxes.json"], EXIT_FAILED, "gone.png does not exist"),
        (["empty", "-o", "boxes.json"], EXIT_FAILED, "has no pictures or videos in it"),
        (["camera:0", "-o", "boxes.json"], EXIT_USAGE, "is live and never ends"),
        (["a.png", "-o", "boxes.json", "--every", "0"], EXIT_USAGE, "every"),
        (["a.png", "-o", "boxes.json", "--threshold", "2"], EXIT_USAGE, "threshold"),
        (["a.png", "-o", "boxes.json", "--model", "yolo"], EXIT_USAGE, "unknown model 'yolo'"),
        (
            ["a.png", "-o", "boxes.json", "--model", "a.png"],
            EXIT_USAGE,
            "a.png is not an ONNX file",
        ),
        (["a.png", "-o", "boxes.json", "--model", "yunet-n"], EXIT_USAGE, "finds a face"),
        (["a.png", "-o", "boxes.json", "--model", "gone.onnx"], EXIT_FAILED, "cannot read"),
        (["a.png", "-o", "boxes.json", "--faces"], EXIT_FAILED, "passerby models pull"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_wrong_use_is_one_line_and_leaves_nothing(
    picture: Picture,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
    words: list[str],
    code: int,
    told: str,
) -> None:
    picture("a.png")
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    assert main(["detect", *words]) == code
    printed = capsys.readouterr().err
    assert told in printed
    assert printed.count("\n") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "empty"]


def test_an_input_is_never_replaced(picture: Picture, tmp_path: Path, capsys: Capture) -> None:
    odd = picture("a.png").rename(tmp_path / "a.json")
    before = odd.read_bytes()
    assert run(odd, "-o", odd, "--overwrite") == EXIT_FAILED
    assert "is read and would be overwritten" in capsys.readouterr().err
    assert odd.read_bytes() == before


def test_a_file_that_is_there_is_not_replaced_unasked(
    picture: Picture, tmp_path: Path, capsys: Capture
) -> None:
    boxes = tmp_path / "boxes.json"
    boxes.write_text("precious", encoding="utf-8")
    assert run(picture("a.png"), "-o", boxes) == EXIT_FAILED
    assert "add --overwrite" in capsys.readouterr().err
    assert boxes.read_text(encoding="utf-8") == "precious"
    assert run(tmp_path / "a.png", "-o", boxes, "--overwrite") == EXIT_OK
    assert len(read(boxes)) == 2


def test_classes_of_ones_own_network_are_listed_as_objects(
    picture: Picture, tmp_path: Path, plates_model: str, capsys: Capture
) -> None:
    image = np.zeros((240, 320, 3), np.uint8)
    image[40:48, 80:88] = 255
    source, output = picture("plate.png", image), tmp_path / "boxes.json"
    words = ["--object-model", plates_model, "--classes", "plate,screen", "--size", "320"]
    assert main(["detect", str(source), "-o", str(output), *words]) == EXIT_OK
    found = {(one["category"], one["category_id"], *one["bbox"]) for one in read(output)}
    assert ("object", 5, 72, 38, 24, 12) in found
    assert "object" in capsys.readouterr().err
