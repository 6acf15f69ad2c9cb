"""The page that holds the help of every command."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cyclopts import App, Parameter

from passerby.cli.app import app
from passerby.cli.reference import commands, reference

PAGE = Path(__file__).resolve().parents[2] / "docs" / "cli.md"


@pytest.fixture
def shop() -> App:
    """A program with a command, a group of commands and a deeper one."""
    shop = App(name="shop", help="Sells things.")
    shop.command(lambda: None, name="open", help="Open the door.")
    till = App(name="till", help="Count the money.")
    till.command(lambda coins=3: coins, name="empty", help="Take all out.")
    shop.command(till)
    return shop


def option_names(program: App) -> Iterator[str]:
    """Every option of every command, from the program's own tables."""
    for words in commands(program):
        path = [program]
        for word in words:
            path.append(path[-1][word])
        if path[-1].default_command is not None:
            defaults = Parameter.combine(*(app.default_parameter for app in path))
            arguments = path[-1].assemble_argument_collection(default_parameter=defaults)
            names = [name for argument in arguments for name in argument.names]
            yield from (name for name in names if name.startswith("-"))


@pytest.mark.slow
def test_the_page_in_the_docs_is_what_the_program_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference(), "run `make golden`"


def test_the_overview_on_the_page_is_what_a_shell_prints() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", "from passerby.cli import main; main()", "--help"],
        env=os.environ | {"COLUMNS": "88", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    shown = [line.rstrip() for line in ran.stdout.strip().splitlines()]
    page = PAGE.read_text(encoding="utf-8")
    assert page.split("```")[1].splitlines()[1:] == shown


def test_every_option_of_every_command_is_on_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [option for option in option_names(app) if option not in page] == []


def test_a_new_command_changes_the_page(shop: App) -> None:
    before = reference(shop)
    shop.command(lambda: None, name="close")
    assert reference(shop) != before


def test_a_new_option_changes_the_page(shop: App) -> None:
    before = reference(shop)
    del shop["open"]
    shop.command(lambda *, wide=False: wide, name="open", help="Open the door.")
    assert "--wide" in reference(shop)
    assert "--wide" not in before
    assert "--wide" in set(option_names(shop))


def test_commands_are_found_at_every_depth(shop: App) -> None:
    assert list(commands(shop)) == [(), ("open",), ("till",), ("till", "empty")]


def test_every_command_has_its_heading_and_its_help(shop: App) -> None:
    page = reference(shop)
    headings = [line for line in page.splitlines() if line.startswith("## ")]
    assert headings == ["## shop", "## shop open", "## shop till", "## shop till empty"]
    assert "Take all out." in page


@pytest.mark.parametrize(
    ("variable", "value"), [("COLUMNS", "40"), ("FORCE_COLOR", "1"), ("TERM", "dumb")]
)
def test_the_page_is_the_same_on_every_terminal(
    shop: App, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    before = reference(shop)
    monkeypatch.setenv(variable, value)
    assert reference(shop) == before
    assert "\x1b" not in before
    assert not any(line.endswith(" ") for line in before.splitlines())
    assert max(map(len, before.splitlines())) <= 88
