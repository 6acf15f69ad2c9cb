"""``passerby review`` from the command line."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from passerby.anonymization import TimeRange
from passerby.cli.app import main
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK, EXIT_USAGE

Film = Callable[..., Path]
Capture = pytest.CaptureFixture[str]


def doubtful(frame: int) -> list[tuple[int, int, int, int, int]]:
    return [(20, 10, 10, 40, 241)] if frame < 24 or frame > 95 else []


def nobody(_frame: int) -> list[tuple[int, int, int, int, int]]:
    return []


@pytest.fixture
def report(bright_people: None, film: Film, tmp_path: Path, capsys: Capture) -> Path:
    """Of a run over one video with two doubtful moments."""
    return anonymized(film("street.mkv", doubtful, frames=120), tmp_path, capsys)


def size(sheet: Path) -> tuple[int, int]:
    with Image.open(sheet) as page:
        return page.size


def anonymized(source: Path, folder: Path, capsys: Capture) -> Path:
    path = folder / "safe.json"
    main(["anonymize", str(source), "-o", str(folder / "safe.mkv"), "--report", str(path)])
    capsys.readouterr()
    return path


def test_by_default_the_sheet_lies_beside_the_report(report: Path, capsys: Capture) -> None:
    assert main(["review", str(report)]) == EXIT_OK
    sheet = report.with_name("safe_review.png")
    printed = capsys.readouterr()
    first, *lines = printed.out.splitlines()
    assert first == f"{sheet}: 2 of 2 frames in doubt"
    content = json.loads(report.read_text(encoding="utf-8"))
    for line, one in zip(lines, content["items"][0]["review"], strict=True):
        assert f"frame {one['frame']} (from 0), 0:0" in line
        span = TimeRange.parse(line.rpartition("--cover-time ")[2])
        assert one["time"] in span
        assert one["time"] + 0.95 in span
        assert one["time"] + 1.1 not in span
    assert printed.err == ""
    with Image.open(sheet) as page:
        assert page.format == "PNG"


def test_options_choose_the_file_how_many_and_how_wide(
    report: Path, tmp_path: Path, capsys: Capture
) -> None:
    sheet = tmp_path / "deep" / "s.png"
    assert main(["review", str(report), "-o", str(sheet), "--most", "1"]) == EXIT_OK
    width, height = size(sheet)
    words = ["--overwrite", "--columns", "1"]
    assert main(["review", str(report), "-o", str(sheet), *words]) == EXIT_OK
    assert size(sheet)[0] == width
    assert size(sheet)[1] > height
    told = f"{sheet}: 1 of 2 frames in doubt, 2 of them different: --most shows more, up to 200\n"
    assert told in capsys.readouterr().out


def test_tracks_are_shown_by_their_numbers(report: Path, capsys: Capture) -> None:
    assert main(["review", str(report), "--tracks"]) == EXIT_OK
    sheet = report.with_name("safe_tracks.png")
    first, *lines = capsys.readouterr().out.splitlines()
    content = json.loads(report.read_text(encoding="utf-8"))
    numbers = sorted({one["track"] for one in content["items"][0]["tracks"]})
    assert first == f"{sheet}: {len(numbers)} of {len(numbers)} tracks"
    for line, number in zip(lines, numbers, strict=True):
        assert f", track {number}: person, 0:0" in line
        assert "--cover-time" not in line
    assert size(sheet)[0] > 0


def test_a_picture_is_told_by_its_name_alone(
    tmp_path: Path, bright_people: None, capsys: Capture
) -> None:
    source, report = tmp_path / "a.png", tmp_path / "r.json"
    picture = Image.new("RGB", (96, 64))
    picture.paste((241, 241, 241), (20, 10, 30, 50))
    picture.save(source)
    words = ["-o", str(tmp_path / "b.png"), "--report", str(report)]
    assert main(["anonymize", str(source), *words]) == EXIT_OK
    capsys.readouterr()
    assert main(["review", str(report)]) == EXIT_OK
    _, line = capsys.readouterr().out.splitlines()
    assert line == f"{source}: 1 doubtful: score 0.30 at best"


def test_pictures_have_no_tracks_to_show(tmp_path: Path, capsys: Capture) -> None:
    Image.new("RGB", (8, 8), "white").save(tmp_path / "a.png")
    path = tmp_path / "r.json"
    words = ["-o", str(tmp_path / "b.png"), "--regions", "top", "--report", str(path)]
    assert main(["anonymize", str(tmp_path / "a.png"), *words]) == EXIT_OK
    capsys.readouterr()
    assert main(["review", str(path), "--tracks"]) == EXIT_OK
    told = f"{path} has no tracks that can be shown: pictures and old reports have none\n"
    assert capsys.readouterr().out == told


def test_nothing_in_doubt_is_one_line_and_no_failure(
    bright_people: None, film: Film, tmp_path: Path, capsys: Capture
) -> None:
    report = anonymized(film("street.mkv", nobody), tmp_path, capsys)
    assert main(["review", str(report)]) == EXIT_OK
    told = f"{report}: no frame is in doubt, so there is nothing to review\n"
    assert capsys.readouterr().out == told
    assert list(tmp_path.glob("*.png")) == []


def test_an_output_that_was_replaced_is_one_line_and_a_failure(
    report: Path, tmp_path: Path, capsys: Capture
) -> None:
    (tmp_path / "safe.mkv").write_bytes((tmp_path / "street.mkv").read_bytes())
    assert main(["review", str(report)]) == EXIT_FAILED
    printed = capsys.readouterr()
    assert printed.out == f"{report}: no frame could be shown\n"
    assert printed.err.startswith(f"passerby: {tmp_path / 'safe.mkv'} is not vouched for ")
    assert printed.err.count("\n") == 1
    assert list(tmp_path.glob("*.png")) == []


def test_failed_items_are_listed(report: Path, capsys: Capture) -> None:
    content = json.loads(report.read_text(encoding="utf-8"))
    failed = {"input": {"name": "b.mp4"}, "output": {}, "status": "failed", "error": "it is empty"}
    content["items"].append(failed)
    report.write_text(json.dumps(content), encoding="utf-8")
    assert main(["review", str(report)]) == EXIT_OK
    assert capsys.readouterr().err == "passerby: failed: b.mp4: it is empty\n"


def test_a_failed_item_is_named_once(report: Path, capsys: Capture) -> None:
    content = json.loads(report.read_text(encoding="utf-8"))
    failed = {"input": {"name": "in/b.jpg"}, "output": {}, "status": "failed"}
    content["items"].append({**failed, "error": "in/b.jpg is damaged"})
    report.write_text(json.dumps(content), encoding="utf-8")
    main(["review", str(report)])
    assert "passerby: failed: in/b.jpg is damaged\n" in capsys.readouterr().err


def test_an_existing_sheet_is_not_replaced(report: Path, tmp_path: Path, capsys: Capture) -> None:
    sheet = tmp_path / "s.png"
    sheet.write_text("precious", encoding="utf-8")
    assert main(["review", str(report), "-o", str(sheet)]) == EXIT_FAILED
    assert "add --overwrite" in capsys.readouterr().err
    assert sheet.read_text(encoding="utf-8") == "precious"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["gone.json"], EXIT_FAILED, "does not exist"),
        (["{report}", "-o", "s.jpg"], EXIT_USAGE, "end its name with .png"),
        (["{report}", "--most", "0"], EXIT_USAGE, "Must be >= 1"),
        (["{report}", "--columns", "many"], EXIT_USAGE, "many"),
        (["{report}", "--colums", "3"], EXIT_USAGE, "--colums"),
        ([], EXIT_USAGE, "report"),
    ],
)
def test_wrong_use_is_one_clear_line(
    report: Path, capsys: Capture, words: list[str], code: int, told: str
) -> None:
    assert main(["review", *(word.format(report=report) for word in words)]) == code
    printed = capsys.readouterr()
    assert printed.out == ""
    assert told.lower() in printed.err.lower()
    assert printed.err.startswith("passerby: ")
    assert printed.err.count("\n") == 1
