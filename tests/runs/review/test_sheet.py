"""From a report to a sheet: the anonymized outputs alone, and only as they were written."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from passerby import sources
from passerby.cli.app import main
from passerby.errors import InputError, OutputError
from passerby.runs import vouchers
from passerby.runs.review.sheet import review_sheet, track_sheet
from passerby.sinks.contact_sheet import _GAP, FRAME_SIZE

Film = Callable[..., Path]


def doubtful(frame: int) -> list[tuple[int, int, int, int, int]]:
    """One of whom the detector is not sure, for a second, twice, far from each other in time."""
    return [(20, 10, 10, 40, 241)] if frame in range(24) or frame in range(90, 114) else []


@pytest.fixture
def report(bright_people: None, film: Film, tmp_path: Path) -> Path:
    """The report of a run over a video and two pictures, one of which is broken."""
    film("in/street.mkv", doubtful, frames=120)
    image = np.full((64, 96, 3), 90, np.uint8)
    image[10:50, 60:70] = 241
    Image.fromarray(image).save(tmp_path / "in" / "photo.png")
    (tmp_path / "in" / "torn.png").write_bytes((tmp_path / "in" / "photo.png").read_bytes()[:90])
    out, path = tmp_path / "out", tmp_path / "report.json"
    assert main(["anonymize", f"{tmp_path}/in", "-o", str(out), "--report", str(path)]) == 1
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_every_doubtful_frame_is_shown_covered(report: Path, tmp_path: Path) -> None:
    outcome = review_sheet(report, tmp_path / "sheet.png")
    assert (outcome.found, len(outcome.shown), outcome.problems) == (3, 3, [])
    page = np.asarray(Image.open(tmp_path / "sheet.png").convert("RGB"))
    left, top = _GAP, _GAP
    scale = FRAME_SIZE[0] / 96
    for _ in range(3):
        tile = page[top : top + round(64 * scale), left : left + FRAME_SIZE[0]]
        head = tile[round(14 * scale), [round(25 * scale), round(65 * scale)]]
        body = tile[round(40 * scale), [round(25 * scale), round(65 * scale)]]
        assert (head < 9).all(axis=1).any()  # black where one of the two heads is
        assert (body > 235).all(axis=1).any()
        left += FRAME_SIZE[0] + _GAP + 176 + _GAP


def test_the_input_is_never_opened(
    report: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []

    def watched(path: Path) -> Any:
        opened.append(path)
        return sources.open_source(path)

    monkeypatch.setattr(vouchers, "open_source", watched)
    shutil.rmtree(tmp_path / "in")
    review_sheet(report, tmp_path / "sheet.png")
    assert sorted(opened) == [tmp_path / "out" / "photo.png", tmp_path / "out" / "street.mkv"]


def test_a_frame_with_more_tracks_than_a_caption_holds_is_shown(
    report: Path, tmp_path: Path
) -> None:
    content = json.loads(report.read_text(encoding="utf-8"))
    for one in content["items"]:
        for frame in one["review"]:
            frame["tracks"] = list(range(200_000))
    report.write_text(json.dumps(content), encoding="utf-8")
    outcome = review_sheet(report, tmp_path / "sheet.png")
    assert len(outcome.shown) > 0
    assert not outcome.problems


@pytest.mark.parametrize("name", ["a\0b.mp4", "a\ud800.mp4"])
def test_an_output_that_no_file_can_be_is_told_in_one_line(
    report: Path, tmp_path: Path, name: str
) -> None:
    content = json.loads(report.read_text(encoding="utf-8"))
    for one in content["items"]:
        one["output"]["name"] = name
    report.write_text(json.dumps(content), encoding="utf-8")
    outcome = review_sheet(report, tmp_path / "sheet.png")
    assert outcome.shown == []
    assert all("does not exist" in problem for problem in outcome.problems)


def test_fewer_frames_are_shown_if_asked(report: Path, tmp_path: Path) -> None:
    outcome = review_sheet(report, tmp_path / "sheet.png", most=1, columns=1)
    assert (outcome.found, len(outcome.shown)) == (3, 1)


def test_an_output_that_was_changed_is_refused_and_the_rest_is_shown(
    report: Path, tmp_path: Path
) -> None:
    with (tmp_path / "out" / "street.mkv").open("ab") as file:
        file.write(b"\0")
    outcome = review_sheet(report, tmp_path / "sheet.png")
    assert len(outcome.shown) == 1
    (problem,) = outcome.problems
    assert "is not vouched for" in problem
    assert "report.json" in problem


def test_the_raw_video_in_place_of_the_output_is_refused(report: Path, tmp_path: Path) -> None:
    shutil.copy(tmp_path / "in" / "street.mkv", tmp_path / "out" / "street.mkv")
    outcome = review_sheet(report, tmp_path / "sheet.png")
    assert (len(outcome.shown), len(outcome.problems)) == (1, 1)


def test_without_any_output_no_sheet_is_left(report: Path, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "out")
    outcome = review_sheet(report, tmp_path / "sheet.png")
    assert len(outcome.shown) == 0
    assert len(outcome.problems) == 2
    assert all("put it back or beside the report" in problem for problem in outcome.problems)
    assert names(tmp_path) == ["in", "report.json"]


def test_an_output_that_lies_beside_the_report_is_found(report: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    shutil.move(tmp_path / "out", elsewhere)
    shutil.move(report, elsewhere)
    outcome = review_sheet(elsewhere / "report.json", tmp_path / "sheet.png")
    assert (len(outcome.shown), outcome.problems) == (3, [])


def test_a_frame_that_the_output_does_not_have_is_told(report: Path, tmp_path: Path) -> None:
    content = json.loads(report.read_text(encoding="utf-8"))
    content["items"][1]["review"][0]["frame"] = 400
    report.write_text(json.dumps(content), encoding="utf-8")
    outcome = review_sheet(report, tmp_path / "sheet.png")
    assert len(outcome.shown) == 2
    assert any("has no frame 400" in problem for problem in outcome.problems)


def test_what_went_to_a_stream_cannot_be_shown(report: Path, tmp_path: Path) -> None:
    content = json.loads(report.read_text(encoding="utf-8"))
    for item in content["items"]:
        item["output"] = {"name": "udp://127.0.0.1:9", "sha256": None}
    report.write_text(json.dumps(content), encoding="utf-8")
    outcome = review_sheet(report, tmp_path / "sheet.png")
    assert all("sent to a stream" in problem for problem in outcome.problems)


@pytest.mark.parametrize("name", ["report.json", "in/photo.png", "out/photo.png"])
def test_nothing_that_the_run_used_is_replaced(report: Path, tmp_path: Path, name: str) -> None:
    before = (tmp_path / name).read_bytes()
    with pytest.raises(OutputError, match="name another file"):
        review_sheet(report, tmp_path / name)
    assert (tmp_path / name).read_bytes() == before


def test_a_run_without_doubts_needs_no_output(report: Path, tmp_path: Path) -> None:
    content = json.loads(report.read_text(encoding="utf-8"))
    for item in content["items"]:
        item["review"] = []
    report.write_text(json.dumps(content), encoding="utf-8")
    shutil.rmtree(tmp_path / "out")
    outcome = review_sheet(report, tmp_path / "sheet.png")
    assert (outcome.found, len(outcome.shown), outcome.problems) == (0, 0, [])


def test_no_report_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        review_sheet(tmp_path / "gone.json", tmp_path / "sheet.png")


# --- Tracks -------------------------------------------------------------------------------------


def walkers(frame: int) -> list[tuple[int, int, int, int, int]]:
    """One from the start, one who comes after a second and goes."""
    return [(20, 10, 10, 40, 255)] + ([(60, 10, 10, 40, 250)] if 30 <= frame < 60 else [])


def test_each_track_is_shown_once_with_its_number_and_times(
    bright_people: None, film: Film, tmp_path: Path
) -> None:
    source, path = film("street.mkv", walkers, frames=90), tmp_path / "safe.json"
    words = ["-o", str(tmp_path / "safe.mkv"), "--report", str(path), "--lead", "0", "--hold", "0"]
    assert main(["anonymize", str(source), *words]) == 0
    outcome = track_sheet(path, tmp_path / "tracks.png", columns=1)
    assert (outcome.found, outcome.problems) == (2, [])
    shown = [one.frame for one in outcome.shown]
    assert [one.tracks for one in shown] == [(1,), (2,)]
    assert shown[0].reason.startswith("person, 0:00.00 to 0:03.56, frames 0 to 89")
    assert shown[1].reason.startswith("person, 0:01.")
    assert 30 <= shown[1].frame < 60
    assert [one.boxes[0][0] for one in shown] == pytest.approx([20, 60], abs=3)
    page = np.asarray(Image.open(tmp_path / "tracks.png").convert("RGB"))
    scale = FRAME_SIZE[0] / 96
    head = page[_GAP + round(14 * scale), _GAP + round(25 * scale)]
    assert (head < 9).all()  # of the copy, not of the video


def test_a_report_without_places_of_tracks_has_none_to_show(report: Path, tmp_path: Path) -> None:
    content = json.loads(report.read_text(encoding="utf-8"))
    for item in content["items"]:
        for track in item["tracks"]:
            del track["best"]
    report.write_text(json.dumps(content), encoding="utf-8")
    outcome = track_sheet(report, tmp_path / "tracks.png")
    assert (outcome.found, outcome.shown) == (0, [])
    assert not (tmp_path / "tracks.png").exists()
