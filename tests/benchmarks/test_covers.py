"""The benchmark of covers as it is called."""

import json
from pathlib import Path

import cv2
import pytest

import covers
from cover_figures import CoverFigures, Tally
from cover_plot import draw_curves
from marked_clips import SETS, Mark, MarkedClip
from passerby.detections import Detections
from passerby.pipeline import stages
from passerby.pipeline.settings import Settings
from usage import Usage

BLACKOUT = Settings.of(operator="blackout", every=1)


@pytest.fixture
def clip(film) -> MarkedClip:
    """Somebody who stands still in grey noise; their head is the top 8 of 40 pixels."""
    path = film("clip.mkv", lambda index: [(30, 5, 16, 40, 255 - 8 * index)], frames=8)
    heads = {frame: [Mark(1, (34, 5, 42, 13))] for frame in (1, 4)}
    people = {frame: [Mark(1, (30, 5, 46, 45))] for frame in (1, 4)}
    return MarkedClip("clip", path, heads, people)


def always(image: object) -> Detections:
    return Detections.of([[30, 5, 46, 45]])


def test_a_clip_is_measured_where_heads_are_marked(clip: MarkedClip) -> None:
    figures = covers.measure(clip, BLACKOUT, always)
    assert (figures.heads, figures.covered) == (2, 1)
    assert figures.numbers == (1, 1)
    assert figures.moved == pytest.approx((0, 0), abs=1 / 8)  # a pixel of a head of 8
    nobody = covers.measure(clip, BLACKOUT, lambda image: Detections.none())
    assert (nobody.covered, nobody.times) == (0, 0)


def test_options_go_through_as_on_the_command_line() -> None:
    words = ["--regions", "heads,faces", "--hold=1", "--self-check", "--every", "2"]
    assert covers.passed_on(words) == {
        "regions": "heads,faces",
        "hold": "1",
        "self_check": True,
        "every": "2",
    }


@pytest.fixture
def sets(clip: MarkedClip, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only this clip is there, and whoever looks sees the person."""
    monkeypatch.setitem(SETS, "campus", lambda folder: clip)
    for module in (covers, stages):
        monkeypatch.setattr(module, "detectors_for", lambda kinds, settings: always)
    monkeypatch.setattr(covers, "stamp", lambda: dict.fromkeys(STAMP, "-"))


STAMP = "command", "commit", "machine", "load"


@pytest.mark.usefixtures("sets")
def test_a_table_and_all_figures_are_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    used = Usage(3.0, 3.0, 250_000_000), Usage(1.5, 1.5, 100_000_000)
    asked: list[list[str]] = []
    monkeypatch.setattr(covers, "cost", lambda clip, options: asked.append(options) or used)
    target = tmp_path / "covers.json"
    words = ["--only", "campus", "--cost", "--json", str(target), "--", "--every", "1"]
    covers.main(words)
    last = capsys.readouterr().out.splitlines()[-1]
    cells = [cell.strip() for cell in last.strip("|").split("|")]
    assert cells[:4] == ["campus", "2", "100.0% (100.0%-100.0%)", "100.0%"]
    assert cells[5:7] == ["-", "1.00 / 1.00"]
    assert cells[8:] == ["2.00", "250 MB"]
    assert asked == [["--every", "1"]]
    record = json.loads(target.read_text(encoding="utf-8"))
    assert record["figures"]["campus"][""]["heads"] == 2
    assert record["cost"]["campus"]["floor"]["cpu_seconds"] == 1.5


@pytest.mark.usefixtures("sets")
def test_a_curve_has_a_row_and_a_point_for_each_value(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plot = tmp_path / "curve.png"
    covers.main(["--only", "campus", "--curve", "regions", "top", "frame", "--plot", str(plot)])
    lines = capsys.readouterr().out.splitlines()[-2:]
    areas = [float(line.split("|")[5]) for line in lines]
    assert lines[0].startswith("| campus, regions top")
    assert areas[1] == pytest.approx(4 * areas[0], rel=0.05)
    assert cv2.imread(str(plot)).std() > 0


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--only", "nowhere"], "invalid choice"),
        (["--curve", "hold"], "its values"),
        (["--plot", "a.png"], "give both"),
    ],
)
def test_wrong_use_is_said(
    words: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        covers.main(words)
    assert complaint in capsys.readouterr().err


@pytest.mark.usefixtures("sets")
def test_an_unknown_option_is_one_line() -> None:
    with pytest.raises(SystemExit, match=r"^unknown option 'holdd': did you mean hold"):
        covers.main(["--only", "campus", "--", "--holdd", "1"])


def test_points_are_drawn_for_every_set(tmp_path: Path) -> None:
    figures: CoverFigures = Tally().figures()
    draw_curves(tmp_path / "plot.png", "margin", {"a": {"0": figures}, "b": {}})
    assert cv2.imread(str(tmp_path / "plot.png")) is not None
