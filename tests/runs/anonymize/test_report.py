"""The report: valid JSON that agrees with itself, with the files, and with what was asked."""

import hashlib
import json
import resource
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from passerby.cli.app import main
from passerby.detections import Detections
from passerby.errors import InputError, OutputError
from passerby.files.hashing import sha256_of
from passerby.files.partial import ANEW, REPLACING
from passerby.pipeline.settings import Settings
from passerby.pipeline.stages import FrameResult
from passerby.runs.anonymize.frame_log import FrameLog
from passerby.runs.anonymize.item_report import ItemReport
from passerby.runs.anonymize.report import entries_of, report_head, summary, write_report
from passerby.runtime.provenance import versions
from passerby.types import Frame, Image, seal

Film = Callable[..., Path]

PIXELS: Image = np.zeros((8, 8, 3), np.uint8)
HEAD = report_head(Settings(), {})


def strict_json(text: str) -> Any:
    """JSON as its grammar has it, which knows no NaN and no infinities."""

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    return json.loads(text, parse_constant=refuse)


def walkers(frame: int) -> list[tuple[int, int, int, int, int]]:
    """One who walks all along and hides twice, one never sure, one seen for a moment."""
    people = []
    if frame not in (*range(10, 14), *range(30, 52)):
        people.append((4 + frame // 2, 10, 10, 40, 255))
    if frame >= 5:
        people.append((70, 10, 10, 40, 241))
    if frame == 61:
        people.append((84, 12, 8, 30, 253))
    return people


@pytest.fixture
def report(bright_people: None, film: Film, tmp_path: Path) -> dict[str, Any]:
    """The report of a run over a video with known people and a file that is none."""
    film("in/street.mkv", walkers, frames=90)
    (tmp_path / "in" / "broken.mp4").write_text("no video")
    words = ["anonymize", str(tmp_path / "in"), "-o", str(tmp_path / "out"), "--quiet"]
    words += ["--report", str(tmp_path / "report.json"), "--self-check", "--operator", "blank"]
    assert main(words) == 1
    return strict_json((tmp_path / "report.json").read_text(encoding="utf-8"))


# --- A run from end to end -----------------------------------------------------------------


def test_it_says_what_was_used_and_asked(report: dict[str, Any], tmp_path: Path) -> None:
    assert report["report"] == 1
    assert report["versions"] == versions()
    assert {"python", "passerby", "numpy", "av", "onnxruntime"} <= report["versions"].keys()
    assert report["settings"]["cover"]["operator"] == "blank"
    assert Settings.model_validate_json(json.dumps(report["settings"])).run.self_check
    assert [item["input"]["name"] for item in report["items"]] == [
        str(tmp_path / "in" / name) for name in ("broken.mp4", "street.mkv")
    ]


def test_hashes_are_those_of_the_files(report: dict[str, Any]) -> None:
    done = report["items"][1]
    for file in (done["input"], done["output"]):
        expected = hashlib.sha256(Path(file["name"]).read_bytes()).hexdigest()
        assert file["sha256"] == expected


@pytest.mark.slow
def test_its_numbers_are_those_of_its_frames(report: dict[str, Any]) -> None:
    item = report["items"][1]
    frames = item["frames"]
    assert [frame["frame"] for frame in frames] == list(range(90))
    assert [frame["time"] for frame in frames] == [index / 25 for index in range(90)]
    assert item["frames_written"] == 90
    assert item["looks"] == sum(frame["looked"] for frame in frames)
    assert item["covered_in_full"] == 0
    for track in item["tracks"]:
        number = track["track"]
        own = {f["frame"]: [b for b in f["boxes"] if b["track"] == number] for f in frames}
        there = [index for index, boxes in own.items() if boxes]
        seen = [index for index in there if any(box["seen"] for box in own[index])]
        scores = [box["score"] for index in seen for box in own[index] if box["seen"]]
        assert (track["first"], track["last"]) == (there[0], there[-1])
        assert (track["first_time"], track["last_time"]) == (there[0] / 25, there[-1] / 25)
        best = [box["box"] for box in own[track["best"]["frame"]] if box["seen"]]
        assert track["best"]["box"] in best
        assert (track["seen"], track["filled"]) == (len(seen), len(there) - len(seen))
        assert track["best_score"] == max(scores)
    numbers = {box["track"] for frame in frames for box in frame["boxes"]}
    assert {track["track"] for track in item["tracks"]} == numbers
    assert item["gaps_bridged"] == sum(track["gaps"] for track in item["tracks"])


def test_it_finds_what_was_put_into_the_video(report: dict[str, Any]) -> None:
    item = report["items"][1]
    (walking,) = [track for track in item["tracks"] if track["best_score"] == 1]
    assert (walking["first"], walking["last"], walking["gaps"]) == (0, 89, 2)
    reasons = {one["frame"]: one["reason"] for one in item["review"]}
    assert any(reason.startswith("low scores only: score 0.30") for reason in reasons.values())
    assert any(reason == "seen only once" for reason in reasons.values())
    assert any(reason.startswith("not seen for") for reason in reasons.values())
    weights = [one["weight"] for one in item["review"]]
    assert weights == sorted(weights, reverse=True)


def test_it_says_that_the_self_check_found_nobody(report: dict[str, Any]) -> None:
    check = report["items"][1]["self_check"]
    assert check["in_all"] == 90
    assert check["frames"] >= 90 / 3
    assert check["found"] >= check["frames"]
    assert check["uncovered"] == []


def test_the_failure_is_there_too_and_has_no_frames(report: dict[str, Any]) -> None:
    failed = report["items"][0]
    assert failed["status"] == "failed"
    assert "neither a picture nor a video" in failed["error"]
    assert (failed["frames"], failed["tracks"], failed["review"]) == ([], [], [])
    assert failed["output"]["sha256"] is None


def test_its_summary_is_that_of_its_items(report: dict[str, Any]) -> None:
    items = report["items"]
    assert report["summary"] == {
        "inputs": 2,
        "done": 1,
        "failed": [items[0]["input"]["name"]],
        "frames": 90,
        "covered_in_full": 0,
        "tracks": len(items[1]["tracks"]),
        "gaps_bridged": items[1]["gaps_bridged"],
        "frames_to_review": len(items[1]["review"]),
        "no_known_problem": False,
        "seconds": pytest.approx(sum(item["seconds"] for item in items), abs=0.01),
    }


# --- What it must never hold ---------------------------------------------------------------


def test_no_credentials_get_into_it(tmp_path: Path) -> None:
    address = "rtsp://admin:hunter2@127.0.0.1:9/street?token=hunter3"
    words = ["anonymize", address, "-o", "udp://user:hunter4@127.0.0.1:9", "--regions", "top"]
    words += ["--report", str(tmp_path / "r.json"), "--quiet"]
    assert main(words) == 1
    text = (tmp_path / "r.json").read_text(encoding="utf-8")
    assert "127.0.0.1:9" in text
    assert "hunter" not in text
    assert "admin" not in text


# --- Writing it ----------------------------------------------------------------------------


def many(count: int) -> tuple[ItemReport, FrameLog]:
    """An item of so many frames with a person in each."""
    item, log = ItemReport("fake", status="done"), FrameLog()
    found = Detections.of([[1, 2, 3, 4]], [0.9], tracks=[1])
    for index in range(count):
        frame = Frame(PIXELS, index=index, pts=index, time_base=Fraction(1, 25))
        log.add(FrameResult(seal(frame, PIXELS), found, found, looked=True))
    item.span = 0, log.position
    return item, log


@pytest.mark.slow
def test_fifty_thousand_frames_take_no_more_memory_than_a_few(tmp_path: Path) -> None:
    item, log = many(50_000)
    tracemalloc.start()
    try:
        write_report(tmp_path / "r.json", HEAD, entries_of([item], log))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    log.close()
    assert (tmp_path / "r.json").stat().st_size > 5_000_000
    assert peak < 500_000
    with (tmp_path / "r.json").open(encoding="utf-8") as file:
        lines = [line for line in file if line.startswith('{"frame":')]
    assert [json.loads(line.rstrip(",\n"))["frame"] for line in lines] == list(range(50_000))


@pytest.mark.parametrize("count", [0, 1, 2])
def test_it_is_valid_json_for_any_number_of_items(tmp_path: Path, count: int) -> None:
    item, log = many(2)
    head = report_head(Settings(), {"net": "abc"})
    write_report(tmp_path / "r.json", head, entries_of([item] * count, log))
    log.close()
    told = strict_json((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert [len(one["frames"]) for one in told["items"]] == [2] * count
    assert told["models"] == {"net": "abc"}
    assert told["summary"]["no_known_problem"]


def test_a_name_of_any_letters_is_kept(tmp_path: Path) -> None:
    log = FrameLog()
    name = 'stra\N{LATIN SMALL LETTER SHARP S}e "7" \N{GRINNING FACE}\n.mp4'
    write_report(tmp_path / "r.json", HEAD, entries_of([ItemReport(name)], log))
    log.close()
    told = strict_json((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert told["items"][0]["input"]["name"] == name


def test_where_it_cannot_be_written_is_one_line_and_nothing_is_left(tmp_path: Path) -> None:
    target = tmp_path / "folder" / "r.json"
    target.mkdir(parents=True)
    for permit in (ANEW, REPLACING):
        with pytest.raises(
            OutputError, match=r"r\.json (exists|is not a file that can be replaced)"
        ):
            write_report(target, HEAD, [], permit)
    assert list(target.parent.iterdir()) == [target]


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from passerby.errors import OutputError
from passerby.files.partial import REPLACING
from passerby.runs.anonymize.report import report_head, write_report
from passerby.pipeline.settings import Settings
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
try:
    write_report(Path(sys.argv[1]), report_head(Settings(), {}), [], REPLACING)
except OutputError as error:
    print(error)
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="the system limits no files")
def test_on_a_full_disk_the_old_report_stays(tmp_path: Path) -> None:
    target = tmp_path / "r.json"
    target.write_text("old", encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(target)], capture_output=True, text=True, check=True
    )
    assert "r.json: the disk is full" in ran.stdout
    assert target.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_file_that_is_gone_has_no_hash(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be hashed"):
        sha256_of(tmp_path / "gone.mp4")


def test_the_summary_of_nothing() -> None:
    assert summary([])["inputs"] == 0
    assert summary([])["no_known_problem"]
