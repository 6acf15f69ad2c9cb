import io

import pytest

from passerby.cli.datasets import console

Capture = pytest.CaptureFixture[str]


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_bar_is_drawn_on_terminals_alone(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with console.dataset_progress("opening") as progress:
        progress(3, 7)
    assert capsys.readouterr() == ("", "")
    screen = Screen()
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    with console.dataset_progress("opening") as progress:
        progress(3, 7)
    assert "opening" in screen.getvalue()
    assert "3/7" in screen.getvalue()
