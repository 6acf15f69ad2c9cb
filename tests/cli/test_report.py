"""``passerby report``, end to end."""

import base64
import io
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from passerby.cli.app import main
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK, EXIT_USAGE

Capture = pytest.CaptureFixture[str]


def doubtful(_frame: int) -> list[tuple[int, int, int, int, int]]:
    """One of whom the detector is never sure."""
    return [(20, 10, 10, 40, 241)]


@pytest.fixture
def report(bright_people: None, film: Callable[..., Path], tmp_path: Path, capsys: Capture) -> Path:
    path = tmp_path / "run.json"
    video = film("street.mkv", doubtful, frames=60)
    assert main(["anonymize", str(video), "-o", f"{tmp_path}/safe.mkv", "--report", str(path)]) == 0
    capsys.readouterr()
    return path


def pictures(page: Path) -> list[np.ndarray]:
    found = re.findall(r"data:image/png;base64,([^\"]+)", page.read_text(encoding="utf-8"))
    return [np.asarray(Image.open(io.BytesIO(base64.b64decode(one)))) for one in found]


def test_the_page_lies_beside_the_report(report: Path, capsys: Capture) -> None:
    assert main(["report", str(report)]) == EXIT_OK
    page = report.with_suffix(".html")
    assert capsys.readouterr().out == f"{page}\n"
    doubtful = json.loads(report.read_text(encoding="utf-8"))["items"][0]["review"]
    assert len(doubtful) == 1
    (picture,) = pictures(page)
    assert picture.shape == (8, 8, 3)
    assert "http" not in page.read_text(encoding="utf-8")
    assert main(["report", str(report)]) == EXIT_FAILED
    assert "add --overwrite" in capsys.readouterr().err
    assert main(["report", str(report), "--overwrite"]) == EXIT_OK


def test_pictures_are_of_the_copy_alone(report: Path, tmp_path: Path, capsys: Capture) -> None:
    shutil.copy(tmp_path / "street.mkv", tmp_path / "safe.mkv")
    assert main(["report", str(report)]) == EXIT_FAILED
    assert "safe.mkv is not vouched for" in capsys.readouterr().err
    assert pictures(report.with_suffix(".html")) == []


def test_an_output_that_is_gone_is_told(report: Path, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "safe.mkv").unlink()
    assert main(["report", str(report)]) == EXIT_FAILED
    assert "put it back or beside the report" in capsys.readouterr().err
    assert report.with_suffix(".html").exists()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["page.json", "safe.mkv", "street.mkv"])
def test_nothing_but_a_page_is_written(report: Path, name: str, capsys: Capture) -> None:
    target = report.with_name(name)
    words = ["report", str(report), "-o", str(target), "--overwrite"]
    assert main(words) == EXIT_USAGE
    assert "end its name with .html" in capsys.readouterr().err


def test_what_the_run_used_is_not_replaced(report: Path, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "page.html").hardlink_to(tmp_path / "safe.mkv")
    words = ["report", str(report), "-o", str(tmp_path / "page.html"), "--overwrite"]
    assert main(words) == EXIT_FAILED
    assert "is read and would be overwritten" in capsys.readouterr().err


@pytest.mark.parametrize("cover", [3, {"regions": 3}, {"regions": ["heads"], "cover_time": 7}])
def test_settings_that_nobody_wrote_are_one_line(
    cover: object, tmp_path: Path, capsys: Capture
) -> None:
    content = {"report": 1, "items": [], "settings": {"cover": cover, "find": None}}
    (tmp_path / "a.json").write_text(json.dumps(content), encoding="utf-8")
    assert main(["report", str(tmp_path / "a.json")]) == EXIT_FAILED
    (line,) = capsys.readouterr().err.splitlines()
    assert "a.json is not a report that passerby wrote" in line
    assert not (tmp_path / "a.html").exists()


def test_what_is_no_report_is_one_line(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "a.json").write_text("{}", encoding="utf-8")
    assert main(["report", str(tmp_path / "a.json")]) == EXIT_FAILED
    assert "is JSON but not a report" in capsys.readouterr().err
    assert main(["report", str(tmp_path / "gone.json")]) == EXIT_FAILED
    assert "does not exist" in capsys.readouterr().err
