"""The page on tracking names all settings, with their true defaults; its example works."""

import csv
import re
import shlex
from dataclasses import asdict
from pathlib import Path

import pytest

from passerby.cli.app import main
from passerby.cli.exit_codes import EXIT_OK
from passerby.evaluate.tracking import evaluate_tracking
from passerby.evaluate.tracking.files import read_tracks, read_truth
from passerby.pipeline.settings import FindSettings, TimeSettings
from passerby.runs.track.people import TrackedPerson
from passerby.sources import open_source
from passerby.tracking import TrackingSettings

PAGE = Path(__file__).parents[2] / "docs" / "tracking.md"


def tables() -> list[dict[str, str]]:
    """Each table of the page: name -> default."""
    text = PAGE.read_text(encoding="utf-8")
    blocks = re.findall(r"(?:^\|.*\n)+", text, re.M)
    return [dict(re.findall(r"^\| `(\w+)` \| ([^|]*?) ?\|", block, re.M)) for block in blocks]


def shown(value: object) -> str:
    return "" if value is None else str(value)


def test_the_options_are_those_of_time_with_their_defaults() -> None:
    options, _ = tables()
    found = FindSettings().model_dump(include={"threshold", "every"})
    expected = TimeSettings().model_dump() | found
    assert options == {name: shown(value) for name, value in expected.items()}


def test_the_rest_is_what_python_may_set_besides() -> None:
    options, others = tables()
    fields = asdict(TrackingSettings())
    expected = {name: shown(value) for name, value in fields.items() if name not in options}
    assert others == expected


# --- Tracks in a file --------------------------------------------------------------------------


def section() -> str:
    return PAGE.read_text(encoding="utf-8").split("## Tracks in a file", 1)[1].split("\n## ")[0]


def commands() -> list[list[str]]:
    """The command lines of the example, each without its program."""
    (block,) = re.findall(r"```console\n(.*?)```", section(), re.DOTALL)
    return [shlex.split(line)[1:] for line in block.splitlines()]


@pytest.mark.slow
def test_the_example_follows_synthetic_people(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for words in commands():
        assert main(words) == EXIT_OK, capsys.readouterr().err
    truth = read_truth(Path("crossing/camera-1/gt/gt.txt"), 0.25)
    figures = evaluate_tracking(truth, read_tracks(Path("tracks.txt"))).summary()
    assert figures["people"] == 4
    assert figures["IDF1"] > 0.7
    with Path("people.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == figures["tracks"]
    with open_source("numbered.mp4") as copy:
        assert sum(1 for _ in copy) == 100


def test_every_column_of_the_table_is_explained() -> None:
    for name in TrackedPerson.__dataclass_fields__:
        assert f"`{name}`" in section()
