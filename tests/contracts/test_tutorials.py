"""The commands of the tutorials do what their pages say, one after the other."""

import json
import re
import shlex
from pathlib import Path

import pytest

from passerby.cli.app import main
from passerby.cli.exit_codes import EXIT_OK

FOLDER = Path(__file__).parents[2] / "docs" / "tutorials"
TUTORIALS = sorted(path.stem for path in FOLDER.glob("*.md"))


def commands(name: str) -> list[list[str]]:
    """The command lines of a tutorial that can be run anywhere, each without its program."""
    text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    lines = "".join(re.findall(r"```console\n(.*?)```", text, re.DOTALL)).splitlines()
    return [words[1:] for words in map(shlex.split, lines)]


def test_each_tutorial_has_something_to_try() -> None:
    assert len(TUTORIALS) == 4
    for name in TUTORIALS:
        text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
        assert commands(name) or ">>> " in text


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", [name for name in TUTORIALS if commands(name)])
def test_every_command_ends_well(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for words in commands(name):
        assert main(words) == EXIT_OK, (words, capsys.readouterr().err)
    CHECKS[name](tmp_path)


def one_is_left(folder: Path) -> None:
    before, after = (
        json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))["items"][0]
        for name in ("first", "answer")
    )
    assert {3} <= {track["track"] for track in before["tracks"]}
    assert after["self_check"]["left_by_choice"] > 0
    assert (folder / "answer.html").stat().st_size > 1000


def covering_costs(folder: Path) -> None:
    clear, covered = (
        json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))["mAP"]
        for name in ("clear", "covered")
    )
    assert 0.2 < covered <= clear <= 1


def people_are_stored(folder: Path) -> None:
    assert (folder / "site.sqlite").stat().st_size > 10_000


CHECKS = {
    "information-request": one_is_left,
    "data-set": covering_costs,
    "site": people_are_stored,
}
"""What each leaves behind, by its name."""
