"""``passerby datasets split`` from the command line."""

from pathlib import Path

import pytest

from passerby.cli.app import main
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK, EXIT_USAGE
from passerby.datasets.splits import read_partitions

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def viper(tmp_path: Path) -> Path:
    root = tmp_path / "VIPeR"
    for camera in "ab":
        (root / f"cam_{camera}").mkdir(parents=True)
        for person in range(8):
            (root / f"cam_{camera}" / f"{person:03d}_0.bmp").touch()
    return root


def test_a_seed_decides_and_the_hash_is_told(viper: Path, tmp_path: Path, capsys: Capture) -> None:
    file = tmp_path / "splits.json"
    assert main(["datasets", "split", str(viper), "-o", str(file), "--seed", "3"]) == EXIT_OK
    partitions = read_partitions(file)
    assert partitions.seed == 3
    assert len(partitions.train) == 10
    told = f"{file}: 10 partitions drawn with seed 3, sha256 {partitions.sha256[:12]}\n"
    assert capsys.readouterr().out == told
    words = ["datasets", "check", str(viper), "--quick", "--splits", str(file)]
    assert main(words) == EXIT_OK
    assert "drawn with seed 3" in capsys.readouterr().err


def test_a_file_that_is_there_is_not_replaced(viper: Path, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "splits.json").write_text("precious", encoding="utf-8")
    words = ["datasets", "split", str(viper), "-o", str(tmp_path / "splits.json")]
    assert main(words) == EXIT_FAILED
    assert "exists: name another output" in capsys.readouterr().err
    assert (tmp_path / "splits.json").read_text(encoding="utf-8") == "precious"


def test_fixed_splits_are_not_drawn(market: Path, tmp_path: Path, capsys: Capture) -> None:
    assert main(["datasets", "split", str(market), "-o", str(tmp_path / "s.json")]) == EXIT_USAGE
    assert "the splits of market1501 are fixed" in capsys.readouterr().err
