"""A long video that is cut into parts: its copy and its report are those of one run."""

import json
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import pytest
from av import AudioFrame, VideoFrame

from passerby.cli.app import main
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK, EXIT_USAGE
from passerby.files.hashing import sha256_of
from passerby.media import VideoPart
from passerby.runs.anonymize import batch, parts
from passerby.runs.anonymize.journal import journal_path
from passerby.sources import open_source
from passerby.sources.cutting import parts_of

Capture = pytest.CaptureFixture[str]
Pixels = npt.NDArray[np.uint8]
Person = tuple[int, int, int, int, int]

FRAMES, RATE, APART = 120, 10, 8
MINUTES = str(3 / 60)
"""Parts of three seconds and what is left to the next key frame."""
FAINT, BRIGHT = 238, 255
"""Levels at which `find_bright` is in doubt, and at which it is certain."""


def people(frame: int) -> list[Person]:
    """One who walks by, one who is hidden around each seam, and one who is faint after a second."""
    hidden = frame % 32 in range(28, 32) or frame % 32 < 5
    walker = (8 + frame // 2, 4, 8, 24, BRIGHT)
    other = (70, 34, 8, 24, 120 if hidden else BRIGHT)
    faint = (20, 34, 8, 24, FAINT if frame > RATE else BRIGHT)
    return [walker, other, faint]


def picture(frame: int) -> Pixels:
    image = np.full((64, 96, 3), 90, np.uint8)
    for left, top, across, down, level in people(frame):
        image[top : top + down, left : left + across] = level
    return image


@pytest.fixture(autouse=True)
def short_lead(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let parts of a short film begin behind its beginning."""
    monkeypatch.setattr(parts, "_SPARE", 3.0)


@pytest.fixture
def street(tmp_path: Path, bright_people: None) -> Path:
    """A film with sound; its pictures are stored out of order, and every eighth is a key."""
    return filmed(tmp_path / "street.mp4")


def filmed(path: Path, skip: Sequence[int] = ()) -> Path:
    with av.open(str(path), "w") as container:
        options = {"crf": "4", "bf": "2", "sc_threshold": "0", "threads": "1"}
        video = container.add_stream("libx264", rate=RATE, options=options)
        video.width, video.height, video.pix_fmt, video.gop_size = 96, 64, "yuv444p", APART
        sound = container.add_stream("aac", rate=8000, layout="mono")
        for index in set(range(FRAMES)) - set(skip):
            shown = VideoFrame.from_ndarray(picture(index), format="bgr24")
            shown.pts, shown.time_base = index, Fraction(1, RATE)
            container.mux(video.encode(shown))
        container.mux(video.encode())
        noise = np.random.default_rng(1).integers(-9000, 9000, (1, 1024), np.int16)
        for block in range(FRAMES // RATE * 8000 // 1024):
            heard = AudioFrame.from_ndarray(noise, format="s16", layout="mono")
            heard.rate, heard.pts = 8000, 1024 * block
            container.mux(sound.encode(heard))
        container.mux(sound.encode())
    return path


def anonymize(source: Path, output: Path, report: Path, *words: str) -> int:
    # Colours are not thinned out, so that only what is covered is changed.
    fixed = ["anonymize", str(source), "-o", str(output), "--report", str(report), "--quiet"]
    return main([*fixed, "--quality", "4", "--regions", "people", "--every", "1", *words])


def in_shards(source: Path, safe: Path, merged: Path, of: int, *words: str) -> int:
    reports = [merged.with_name(f"part-{number}.json") for number in range(1, of + 1)]
    for number, report in enumerate(reports, 1):
        shard = ["--shard", f"{number}/{of}", "--cut", MINUTES]
        assert anonymize(source, safe, report, *shard, *words) == EXIT_OK
    return main(["report", "merge", *map(str, reports), "-o", str(merged)])


def report_of(path: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return told


def packets(path: Path, kind: str) -> list[tuple[float, int]]:
    """When the packets of one stream are shown, in order, and how long they are."""
    with av.open(str(path)) as container:
        stream = next(one for one in container.streams if one.type == kind)
        found = [
            (float(packet.pts * packet.time_base), packet.size)
            for packet in container.demux(stream)
            if packet.size and packet.pts is not None
        ]
    return sorted(found)


def pixels(path: Path, part: VideoPart | None = None) -> list[tuple[int, float | None, Pixels]]:
    with open_source(path, part) as frames:
        return [(frame.index, frame.time, frame.image) for frame in frames]


def covered(source: Path, copy: Path) -> list[npt.NDArray[np.bool_]]:
    """Which pixels of each frame are black in the copy and were not before."""
    pairs = zip(pixels(source), pixels(copy), strict=True)
    return [(one.max(axis=2) > 60) & (other.max(axis=2) < 40) for (*_, one), (*_, other) in pairs]


# --- Where it is cut -------------------------------------------------------------------------


def test_parts_begin_at_key_frames_and_make_up_the_video(street: Path) -> None:
    with av.open(str(street)) as container:
        frames = list(container.decode(video=0))
    keys = [at for at, frame in enumerate(frames) if frame.key_frame]
    assert keys == list(range(0, FRAMES, APART))
    parts = parts_of(street, 3, 5)
    assert [part.first for part in parts] == [0, 32, 64, 96]  # the first key at 30 or later
    assert [part.frames for part in parts] == [32, 32, 32, 24]
    assert [part.begin for part in parts] == [Fraction(part.first, RATE) for part in parts]
    assert [part.end for part in parts] == [*(part.begin for part in parts[1:]), None]
    assert [(part.number, part.of) for part in parts] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert [part.entry_frame for part in parts] == [0, 0, 8, 40]  # five seconds before, or more


def test_a_part_is_what_the_whole_has_there(street: Path) -> None:
    whole = pixels(street)
    for part in parts_of(street, 3, 1):
        here = pixels(street, part)
        assert here[0][0] == part.entry_frame
        for (index, time, image), (known, when, shown) in zip(
            here, whole[part.entry_frame :], strict=True
        ):
            assert (index, time) == (known, when)
            np.testing.assert_array_equal(image, shown)


@pytest.mark.parametrize("kind", ["picture", "no video", "missing", "short", "no times"])
def test_what_cannot_be_cut_is_left_whole(street: Path, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "other"
    match kind:
        case "picture":
            import cv2  # noqa: PLC0415

            path = path.with_suffix(".png")
            cv2.imwrite(str(path), picture(0))
        case "no video":
            path.write_bytes(b"nothing of the kind" * 50)
        case "short":
            assert parts_of(street, 9, 5) == []  # three seconds are left: less than half
            return
        case "no times":
            path = path.with_suffix(".h264")
            with av.open(str(street)) as source, av.open(str(path), "w", format="h264") as raw:
                stream = raw.add_stream_from_template(source.streams.video[0])
                for packet in source.demux(source.streams.video[0]):
                    if packet.size:
                        packet.stream = stream
                        raw.mux(packet)
    assert parts_of(path, 3, 5) == []


# --- Copies ----------------------------------------------------------------------------------


def test_shards_of_one_video_make_the_copy_of_one_run(street: Path, tmp_path: Path) -> None:
    one, safe = tmp_path / "one/street.mp4", tmp_path / "safe"
    assert anonymize(street, one, tmp_path / "one.json", "--audio", "keep") == EXIT_OK
    merged = tmp_path / "merged.json"
    assert in_shards(street, safe, merged, 2, "--audio", "keep") == EXIT_OK
    copy = safe / "street.mp4"
    assert [path.name for path in safe.iterdir() if "shards" not in path.name] == ["street.mp4"]
    for kind in ("video", "audio"):
        expected, made = packets(one, kind), packets(copy, kind)
        assert [time for time, _ in made] == [time for time, _ in expected]
    assert packets(copy, "audio") == packets(one, "audio")
    bare = [
        frame
        for frame, (uncut, cut) in enumerate(
            zip(covered(street, one), covered(street, copy), strict=True)
        )
        if (uncut & ~cut).sum() > 4  # a corner of a blurred edge
    ]
    assert bare == []
    item, known = report_of(merged)["items"][0], report_of(tmp_path / "one.json")["items"][0]
    assert item["output"] == {"name": str(copy), "sha256": sha256_of(copy)}
    assert item["input"] == known["input"]
    for name in ("status", "frames_written", "looks", "covered_in_full", "first_frame"):
        assert item[name] == known[name]
    assert [frame["frame"] for frame in item["frames"]] == list(range(FRAMES))
    assert "part" not in item
    # Everybody has one number from beginning to end.
    assert len(item["tracks"]) == len(known["tracks"]) == 3
    for mine, theirs in zip(item["tracks"], known["tracks"], strict=True):
        for name in ("kind", "first", "last", "first_time", "last_time", "seen", "uncovered"):
            assert mine[name] == theirs[name]
        assert mine["best_score"] == theirs["best_score"]
    numbers = {box["track"] for frame in item["frames"] for box in frame["boxes"]}
    assert numbers == {one["track"] for one in item["tracks"]}


def test_pictures_of_uneven_times_keep_theirs(tmp_path: Path, bright_people: None) -> None:
    street = filmed(
        tmp_path / "street.mp4", skip=[*range(31, 36), 78, 79, 81, 82, *range(150, 200)]
    )
    assert anonymize(street, tmp_path / "one.mp4", tmp_path / "one.json") == EXIT_OK
    assert in_shards(street, tmp_path / "safe", tmp_path / "merged.json", 2) == EXIT_OK
    made = packets(tmp_path / "safe/street.mp4", "video")
    assert [time for time, _ in made] == [
        time for time, _ in packets(tmp_path / "one.mp4", "video")
    ]
    assert len(pixels(tmp_path / "safe/street.mp4")) == len(made)


# --- Going on --------------------------------------------------------------------------------


def test_a_run_that_is_stopped_goes_on_within_a_video(
    street: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    safe, report = tmp_path / "safe.mp4", tmp_path / "safe.json"
    words = ["--resume", "--cut", MINUTES]
    kept, calls = batch.AnonymizationRun._copy, list[int]()

    def broken(*args: Any) -> None:
        calls.append(1)
        if len(calls) == 3:
            raise OSError("the disk is gone")
        kept(*args)

    with monkeypatch.context() as patch:
        patch.setattr(batch.AnonymizationRun, "_copy", broken)
        assert anonymize(street, safe, report, *words) == EXIT_FAILED
    assert not safe.exists()
    assert [item["status"] for item in report_of(report)["items"]] == [
        *("done", "done"),
        *("failed", "done"),
    ]
    calls.clear()
    fixed = ["anonymize", str(street), "-o", str(safe), "--report", str(report)]
    common = ["--quality", "4", "--regions", "people", "--every", "1"]
    assert main([*fixed, *common, *words]) == EXIT_OK
    assert "3 of 4 inputs finished before" in capsys.readouterr().err
    assert len(pixels(safe)) == FRAMES
    was = safe.stat().st_mtime_ns
    assert main([*fixed, *common, *words]) == EXIT_OK
    assert "1 of 1 input finished before" in capsys.readouterr().err
    assert safe.stat().st_mtime_ns == was
    assert not journal_path(report).exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *("safe.json", "safe.mp4", "street.mp4")
    ]


# --- Bad input -------------------------------------------------------------------------------


def test_a_part_that_is_missing_is_not_joined(street: Path, tmp_path: Path) -> None:
    safe, report = tmp_path / "safe", tmp_path / "part-1.json"
    assert anonymize(street, safe, report, "--shard", "1/2", "--cut", MINUTES) == EXIT_OK
    words = ["report", "merge", str(report), "-o", str(tmp_path / "merged.json")]
    assert main(words) == EXIT_USAGE
    assert not (safe / "street.mp4").exists()


@pytest.mark.parametrize("what", ["part", "source"])
def test_what_is_joined_is_what_the_reports_name(
    street: Path, tmp_path: Path, what: str, capsys: Capture
) -> None:
    safe, reports = tmp_path / "safe", [tmp_path / "1.json", tmp_path / "2.json"]
    for number, report in enumerate(reports, 1):
        shard = ["--shard", f"{number}/2", "--cut", MINUTES, "--audio", "keep"]
        assert anonymize(street, safe, report, *shard) == EXIT_OK
    part = safe / ".street.mp4.parts/0002.mp4"
    changed = part if what == "part" else street
    changed.write_bytes(changed.read_bytes() + b"more")
    words = ["report", "merge", *map(str, reports), "-o", str(tmp_path / "merged.json")]
    assert main(words) == EXIT_FAILED
    assert f"{changed} is not the file that the report names" in capsys.readouterr().err
    assert not (safe / "street.mp4").exists()
    assert not (tmp_path / "merged.json").exists()
    assert part.exists()


def test_a_copy_that_is_there_is_not_replaced(
    street: Path, tmp_path: Path, capsys: Capture
) -> None:
    safe = tmp_path / "safe"
    safe.mkdir()
    (safe / "street.mp4").write_bytes(b"mine")
    code = anonymize(street, safe, tmp_path / "1.json", "--shard", "1/2", "--cut", MINUTES)
    assert code == EXIT_FAILED
    assert "street.mp4 exists: add --overwrite" in capsys.readouterr().err
    assert (safe / "street.mp4").read_bytes() == b"mine"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--cut", "1"], "add shard or resume"),
        (["--cut", "0", "--resume"], "greater than 0"),
        (["--cut", "-1", "--resume"], "greater than 0"),
        (["--cut", "nan", "--resume"], "finite"),
        (["--cut", "1", "--resume", "--from", "1"], "from and to takes a video as a whole"),
        (["--cut", "1", "--resume", "--keep", "1"], "keep takes a video as a whole"),
        (["--cut", "1", "--resume", "--cover-time", "1-2"], "cover_time takes"),
        (["--cut", "1", "--resume", "--treat", "1:visible"], "treat takes"),
    ],
)
def test_what_parts_cannot_have_is_told(
    street: Path, tmp_path: Path, words: list[str], told: str, capsys: Capture
) -> None:
    assert anonymize(street, tmp_path / "s.mp4", tmp_path / "r.json", *words) == EXIT_USAGE
    assert told in capsys.readouterr().err


def test_other_cuts_in_one_folder_are_refused(
    street: Path, tmp_path: Path, capsys: Capture
) -> None:
    safe = tmp_path / "safe"
    anonymize(street, safe, tmp_path / "1.json", "--shard", "1/2", "--cut", MINUTES)
    again = ["--shard", "2/2", "--cut", str(4 / 60)]
    assert anonymize(street, safe, tmp_path / "2.json", *again) == EXIT_USAGE
    assert "have other inputs" in capsys.readouterr().err
