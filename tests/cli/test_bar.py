"""A bar shows names as they are, and lines have their place above it."""

import io

import pytest

from passerby.cli.bar import Bar
from passerby.cli.console import complain, printers_above

Capture = pytest.CaptureFixture[str]


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def screen_of(monkeypatch: pytest.MonkeyPatch) -> Screen:
    """A terminal in place of the error stream."""
    screen = Screen()
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "200")
    return screen


def test_a_bar_shows_names_as_they_are_and_lines_above_it(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = screen_of(monkeypatch)
    with Bar() as bar:
        task = bar.add_task("[red]\x1b[2J.mp4", total=3)
        bar.update(task, completed=2)
        complain("caf\udce9 [/b]")
        bar.describe(task, "then\x07 [i]")
    text = screen.getvalue()
    for expected in (r"[red]\x1b[2J.mp4", "passerby: caf\\xe9 [/b]", r"then\x07 [i]", "2/3"):
        assert expected in text
    assert "\x07" not in text
    assert not printers_above


def test_no_bar_is_drawn_into_a_pipe(capsys: Capture) -> None:
    with Bar() as bar:
        bar.add_task("a.mp4", total=3)
        complain("odd")
    assert capsys.readouterr() == ("", "passerby: odd\n")
