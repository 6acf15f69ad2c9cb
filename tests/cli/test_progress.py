"""What is said while a run lasts, and about each input when it is done."""

import io

import pytest
from rich.console import Console

from passerby.cli import outcome
from passerby.cli.progress import Quiet, Terminal
from passerby.detections import Kind
from passerby.media import Medium
from passerby.runs.anonymize.item_report import ItemReport
from passerby.runs.anonymize.run_statistics import RunStatistics, TrackRecord


def done(**fields: object) -> ItemReport:
    record = TrackRecord(0, 99, seen=40, gaps=2)
    tally = RunStatistics(frames=100, looked=40, tracks={(1, Kind.PERSON): record})
    values = {"target": "safe.mp4", "status": "done", "seconds": 8.0, "tally": tally} | fields
    return ItemReport("street.mp4", **values)


def told(item: ItemReport, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The lines that a terminal shows for ``item``; nothing may go to the output stream."""
    with Terminal(outcome.told, outcome.is_unremarkable) as terminal:
        terminal.start(item.source, Medium("street.mp4", "video", 64, 48, frames=100))
        terminal.advance()
        terminal.finish(item)
    printed = capsys.readouterr()
    assert printed.out == ""
    return [line for line in printed.err.splitlines() if line.strip()]


@pytest.mark.parametrize("name", ["[red]a.mp4", "a[/b].mp4", "rtsp://[fe80::1]/[bold]", "%s {0}"])
def test_names_are_shown_as_they_are(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # as on a terminal, where the bar is drawn
    monkeypatch.setenv("COLUMNS", "120")
    item = done()
    item.source = name
    assert any(name in line for line in told(item, capsys))


def test_the_bar_shows_name_frames_and_speed(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal(outcome.told, outcome.is_unremarkable)
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=120, color_system=None)
    monkeypatch.setattr(terminal._bar.live, "console", console)
    terminal.start("a[/b].mp4", Medium("a", "video", 64, 48, frames=50))
    for _ in range(20):
        terminal.advance()
    console.print(terminal._bar.get_renderable())
    shown = screen.getvalue()
    assert "a[/b].mp4" in shown
    assert "20/50" in shown
    assert "40%" in shown
    assert "frames/s" in shown


def test_of_many_pictures_only_the_remarkable_get_a_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    picture = Medium("a.png", "image", 64, 48, frames=1)
    plain, noted = done(medium=picture), done(medium=picture, notes=("16 bits reduced to 8",))
    failed = ItemReport("b.png", error="b.png is empty: nothing to read", medium=picture)
    with Terminal(outcome.told, outcome.is_unremarkable, inputs=3) as terminal:
        for item in (plain, noted, failed):
            terminal.start(item.source, picture)
            terminal.advance()
            terminal.finish(item)
    lines = [line for line in capsys.readouterr().err.splitlines() if line.strip()]
    told = [line for line in lines if line.startswith(("done", "failed"))]
    assert told == ["done    street.mp4 -> safe.mp4", "failed  b.png is empty: nothing to read"]


def test_quiet_says_nothing_but_failures(capsys: pytest.CaptureFixture[str]) -> None:
    with Quiet() as quiet:
        quiet.start("street.mp4", Medium("street.mp4", "video", 64, 48))
        quiet.advance()
        quiet.finish(done(notes=("sound left out",)))
        assert capsys.readouterr() == ("", "")
        quiet.finish(ItemReport("street.mp4", error="it is empty"))
    assert capsys.readouterr() == ("", "passerby: street.mp4: it is empty\n")
