import io
import json

import pytest
from rich.console import Console

from passerby.cli.datasets import console

Capture = pytest.CaptureFixture[str]


def test_a_bar_is_drawn_on_terminals_alone(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with console.progress_bar("opening") as progress:
        progress(3, 7)
    assert capsys.readouterr() == ("", "")
    screen = io.StringIO()
    terminal = Console(file=screen, force_terminal=True, width=80)
    monkeypatch.setattr(console, "Console", lambda stderr: terminal)
    with console.progress_bar("opening") as progress:
        progress(3, 7)
    assert "opening" in screen.getvalue()
    assert "3/7" in screen.getvalue()


def test_json_goes_to_the_output_and_complaints_do_not(capsys: Capture) -> None:
    console.print_json({"a": 1})
    console.complain("this is odd")
    printed = capsys.readouterr()
    assert json.loads(printed.out) == {"a": 1}
    assert printed.err == "passerby: this is odd\n"
