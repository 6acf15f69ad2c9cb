from pathlib import Path

import pytest

from passerby.cli.datasets.options import DatasetOptions
from passerby.datasets.splits import Partitions, write_partitions


def test_options_become_a_choice(tmp_path: Path) -> None:
    partitions = Partitions("viper", 2, ((1, 2),))
    write_partitions(tmp_path / "s.json", partitions)
    choice = DatasetOptions(split=3, splits=tmp_path / "s.json").choice
    assert (choice.split, choice.partitions, choice.pattern) == (3, partitions, None)


def test_notes_and_warnings_are_told(market: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (market / "query" / "-1_c1s1_000001_00.jpg").touch()
    assert DatasetOptions().read(market).name == "market1501"
    note, warning = capsys.readouterr().err.splitlines()
    assert note == "passerby: 1 junk image (identity -1) left out"
    assert warning.startswith("passerby: this is not Market-1501 as published")
