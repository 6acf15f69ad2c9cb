r"""What reaches the terminal: names as they are, but nothing that a terminal would obey."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.cli.app import main
from passerby.cli.console import (
    Table,
    complain,
    print_json,
    print_table,
    say,
    start_console,
    terminal_text,
)
from passerby.cli.exit_codes import EXIT_USAGE

Capture = pytest.CaptureFixture[str]

NAMES = st.text(st.characters(exclude_categories=[]), max_size=40)
"""Any names, also those that are no text."""


@given(NAMES)
def test_what_is_shown_is_one_line_that_any_terminal_can_print(name: str) -> None:
    text = terminal_text(name)
    assert text.isprintable()
    text.encode()


@given(st.text(st.characters(categories=["L", "N"]), max_size=40))
def test_ordinary_names_stay(name: str) -> None:
    assert terminal_text(f"folder/{name} [red] %s {{0}}.mp4") == f"folder/{name} [red] %s {{0}}.mp4"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a\x1b]0;owned\x07.mp4", r"a\x1b]0;owned\x07.mp4"),
        ("a\x9b31m", r"a\x9b31m"),
        ("invoice\u202egpj.exe", r"invoice\u202egpj.exe"),
        ("a\nb\rc\td", r"a\nb\rc\td"),
        ("caf\udce9", r"caf\xe9"),
        ("\ud800", r"\ud800"),
        ("a\u2028b", r"a\u2028b"),
        ("rtsp://me:pass@host/4sYxHVTwwSNAisWc is live", "rtsp://host/... is live"),
    ],
)
def test_control_characters_are_shown(name: str, text: str) -> None:
    assert terminal_text(name) == text


def test_a_line_of_megabytes_is_cut() -> None:
    assert len(terminal_text("x" * 3_000_000)) < 2_010


def test_what_the_user_gave_is_concealed_with_its_spaces_and_quotes(capsys: Capture) -> None:
    address = "rtsp://me:pa ss'wo\"rd@host/main"
    try:
        start_console(["anonymize", address, f"--output={address}", "b.mp4"])
        complain(f"{address} is odd, {address!r} too, and b.mp4")
        printed = capsys.readouterr().err
    finally:
        start_console([])
    assert "ss" not in printed.replace("passerby", "")
    assert "wo" not in printed.replace("two", "")
    assert printed.startswith("passerby: rtsp://host/main is odd")
    assert "b.mp4" in printed


@pytest.mark.parametrize("words", [["--password=hunter2"], ["--password", "hunter2"]])
@pytest.mark.parametrize("name", ["password", "api-key", "token", "pwd", "secret"])
def test_what_follows_the_name_of_a_secret_is_concealed(
    capsys: Capture, words: list[str], name: str
) -> None:
    """No option is called so, which is why the complaint repeats it."""
    words = [word.replace("password", name) for word in words]
    try:
        assert main(["anonymize", "a.jpg", *words]) == EXIT_USAGE
    finally:
        start_console([])
    printed = capsys.readouterr().err
    assert "hunter2" not in printed
    assert f"--{name}" in printed


def test_results_and_complaints_go_their_ways(capsys: Capture) -> None:
    say("a\x1b.png")
    complain("this is odd")
    assert capsys.readouterr() == ("a\\x1b.png\n", "passerby: this is odd\n")


@given(NAMES)
def test_json_is_printable_and_exact(name: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        stream = io.StringIO()
        patch.setattr("sys.stdout", stream)
        print_json({name: [name]})
    text = stream.getvalue()
    assert text.isascii()
    assert text.replace("\n", "").isprintable()
    # Two halves of one character are one to whoever reads JSON.
    joined = json.loads(json.dumps(name))
    assert json.loads(text) == {joined: [joined]}


def test_cells_of_tables_are_names_as_they_are(capsys: Capture) -> None:
    table = Table("name", "what")
    table.add_row("[red]a[/]\x1b[2J", ":smile:")
    print_table(table, least_width=120)
    printed = capsys.readouterr().out
    assert r"[red]a[/]\x1b[2J" in printed
    assert ":smile:" in printed
    assert "\x1b" not in printed
