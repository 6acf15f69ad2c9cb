"""``passerby track`` from the command line: what is written, what is said, how it ends."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from av import VideoFrame

from passerby.cli.app import main
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK, EXIT_USAGE
from passerby.evaluate.tracking.files import read_tracks
from passerby.sources import open_source

Capture = pytest.CaptureFixture[str]

BOX = (4, 4, 16, 32)
"""How far a person reaches to the left of and above the white square, and how large it is."""


def scene(*lefts: int) -> np.ndarray:
    """Black, with white squares, persons and heads at once, whose left sides are given."""
    image = np.zeros((96, 128, 3), np.uint8)
    for left in lefts:
        image[24:32, left : left + 8] = 255
    return image


def lefts(frame: int) -> list[int]:
    """One person goes a cell to the right every ten frames; another comes for the second half."""
    return [16 + 8 * (frame // 10), *([96] if frame >= 20 else [])]


@pytest.fixture(autouse=True)
def _network(built_in_alone: str) -> None:
    """Nothing but the network of the tests is here."""


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "street.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 128, 96, "bgr0"
        for index in range(40):
            frame = VideoFrame.from_ndarray(scene(*lefts(index)), format="bgr24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def run(*words: object) -> int:
    return main(["track", "--size", "128", *map(str, words)])


def test_tracks_people_and_a_video_are_written(clip: Path, tmp_path: Path, capsys: Capture) -> None:
    tracks, people, video = (tmp_path / name for name in ("t.txt", "p.csv", "v.mkv"))
    words = ["-o", tracks, "--people", people, "--video", video]
    assert run(clip, *words, "--every", "1") == EXIT_OK
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == f"{tracks}: 2 people in 40 frames (1.6 s), at most 2 at once"
    found = read_tracks(tracks)
    assert found.frames[found.ids == 1].tolist() == list(range(1, 41))
    assert found.frames[found.ids == 2].tolist() == list(range(21, 41))
    last = found.boxes[(found.ids == 1) & (found.frames == 40)]
    left, top, width, height = BOX[0], BOX[1], BOX[2], BOX[3]
    assert last.tolist() == [[40 - left, 24 - top, 40 - left + width, 24 - top + height]]
    with people.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["first_frame"], row["last_frame"]) for row in rows] == [("1", "40"), ("21", "40")]
    assert [row["in_view"] for row in rows] == ["1.56", "0.76"]
    with open_source(video) as source:
        frames = [frame.image for frame in source]
    assert len(frames) == 40
    for index, image in enumerate(frames):
        for one in lefts(index):
            inside = image[24:32, one : one + 8]
            assert inside.max() < 60, index  # the white square is covered
        assert image.max() > 150  # and a box is drawn


def test_the_summary_is_json(clip: Path, tmp_path: Path, capsys: Capture) -> None:
    assert run(clip, "-o", tmp_path / "t.txt", "--json") == EXIT_OK
    printed = capsys.readouterr()
    summary = json.loads(printed.out)
    assert printed.err == ""
    assert (summary["frames"], summary["searched"], summary["seconds"]) == (40, 20, 1.6)
    assert [one["person"] for one in summary["people"]] == [1, 2]
    assert summary["people"][1]["first_seen"] == 0.8


def test_quiet_prints_nothing(clip: Path, tmp_path: Path, capsys: Capture) -> None:
    assert run(clip, "-o", tmp_path / "t.txt", "--quiet") == EXIT_OK
    assert capsys.readouterr() == ("", "")


def test_saved_boxes_give_the_tracks_of_their_video(clip: Path, tmp_path: Path) -> None:
    boxes, direct, saved, both = (tmp_path / name for name in ("b.json", "d.txt", "s.txt", "v.txt"))
    assert main(["detect", str(clip), "-o", str(boxes), "--size", "128", "--quiet"]) == EXIT_OK
    assert run(clip, "-o", direct, "--every", "1", "--quiet") == EXIT_OK
    assert run(boxes, "-o", saved, "--rate", "25", "--quiet") == EXIT_OK
    assert run(clip, "-o", both, "--detections", boxes, "--quiet") == EXIT_OK
    expected = read_tracks(direct)
    for path in (saved, both):
        found = read_tracks(path)
        np.testing.assert_array_equal(found.ids, expected.ids)
        np.testing.assert_allclose(found.boxes, expected.boxes, atol=0.02)


def test_nobody_is_an_empty_file(
    tmp_path: Path, capsys: Capture, film: Callable[..., Path]
) -> None:
    dark = film("dark.mkv", lambda frame: [], frames=3)
    assert run(dark, "-o", tmp_path / "t.txt") == EXIT_OK
    assert (tmp_path / "t.txt").read_bytes() == b""
    assert capsys.readouterr().out == f"{tmp_path / 't.txt'}: nobody in 3 frames (0.1 s)\n"


def test_of_many_people_the_first_are_shown(tmp_path: Path, capsys: Capture) -> None:
    lines = [
        f"{frame},-1,{100 * person},10,20,50,0.9\n"
        for frame in range(1, 31)
        for person in range(34)
    ]
    (tmp_path / "boxes.txt").write_text("".join(lines), encoding="utf-8")
    assert run(tmp_path / "boxes.txt", "-o", tmp_path / "t.txt", "--rate", "25") == EXIT_OK
    printed = capsys.readouterr().out
    assert "34 people in 30 frames (1.2 s), at most 34 at once" in printed
    assert printed.endswith("and 4 more people: --people lists all\n")


# --- What goes wrong -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["street.mkv"], EXIT_USAGE, "no file to write"),
        (["street.mkv", "-o", "t.json"], EXIT_USAGE, "t.json will hold MOT text"),
        (["street.mkv", "-o", "gone/t.txt"], EXIT_FAILED, "there is no folder gone"),
        (["street.mkv", "-o", "t.txt", "--people", "p.txt"], EXIT_USAGE, "will hold CSV"),
        (["street.mkv", "-o", "t.txt", "--video", "v.png"], EXIT_FAILED, "will hold a video"),
        (["street.mkv", "-o", "t.txt", "--video", "street.mkv"], EXIT_FAILED, "exists"),
        (["street.mkv", "-o", "t.txt", "--operator", "blank"], EXIT_USAGE, "--video"),
        (["street.mkv", "-o", "t.txt", "--every", "0"], EXIT_USAGE, "every"),
        (["street.mkv", "-o", "t.txt", "--rate", "25"], EXIT_USAGE, "leave --rate out"),
        (["gone.mkv", "-o", "t.txt"], EXIT_FAILED, "gone.mkv does not exist"),
        (["rtsp://camera/main", "-o", "t.txt"], EXIT_USAGE, "a file or folder is wanted"),
        (["street.mkv", "-o", "t.txt", "--model", "yolo"], EXIT_USAGE, "unknown model 'yolo'"),
        (
            ["street.mkv", "-o", "t.txt", "--video", "v.mp4", "--operator", "paint"],
            EXIT_USAGE,
            "unknown operator 'paint'",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_wrong_use_is_one_line_and_leaves_nothing(
    clip: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
    words: list[str],
    code: int,
    told: str,
) -> None:
    monkeypatch.chdir(clip.parent)
    assert main(["track", *words]) == code
    printed = capsys.readouterr().err
    assert told in printed
    assert printed.count("\n") == 1
    assert [path.name for path in clip.parent.iterdir()] == ["street.mkv"]


def test_what_is_read_is_never_replaced(clip: Path, tmp_path: Path, capsys: Capture) -> None:
    before = clip.read_bytes()
    assert run(clip, "-o", tmp_path / "t.txt", "--video", clip, "--overwrite") == EXIT_FAILED
    assert "is read and would be overwritten" in capsys.readouterr().err
    assert clip.read_bytes() == before
    assert not (tmp_path / "t.txt").exists()


def test_a_video_that_breaks_off_leaves_nothing(
    clip: Path, tmp_path: Path, capsys: Capture
) -> None:
    content = clip.read_bytes()
    clip.write_bytes(content[: len(content) // 2])
    assert run(clip, "-o", tmp_path / "t.txt", "--video", tmp_path / "v.mp4") == EXIT_FAILED
    assert capsys.readouterr().err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["street.mkv"]


def test_files_are_replaced_only_if_asked(clip: Path, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "t.txt").write_text("mine", encoding="utf-8")
    assert run(clip, "-o", tmp_path / "t.txt") == EXIT_FAILED
    assert "t.txt exists: add --overwrite" in capsys.readouterr().err
    assert run(clip, "-o", tmp_path / "t.txt", "--overwrite", "--quiet") == EXIT_OK
    assert len(read_tracks(tmp_path / "t.txt")) > 0
