"""``passerby datasets stats`` from the command line."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from passerby.cli.app import main
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK, EXIT_USAGE
from passerby.sinks.contact_sheet import _GAP

Capture = pytest.CaptureFixture[str]


def stats(root: Path, *words: str) -> int:
    return main(["datasets", "stats", str(root), "--workers", "1", *words])


def test_the_table_names_subsets_and_sizes(market: Path, capsys: Capture) -> None:
    assert stats(market) == EXIT_OK
    table = capsys.readouterr().out
    for words in ("train", "query", "gallery", "width in pixels: 16 (16-16)", "index "):
        assert words in table


def test_numbers_as_json(market: Path, capsys: Capture) -> None:
    assert stats(market, "--json") == EXIT_OK
    outcome = json.loads(capsys.readouterr().out)
    gallery = outcome["subsets"]["gallery"]
    assert (gallery["images"], gallery["people"], gallery["distractors"]) == (2, 1, 1)
    assert gallery["images_by_camera"] == {"2": 2}
    assert outcome["sizes"]["height"] == {"least": 32, "median": 32.0, "most": 32}


def page(sheet: Path) -> np.ndarray:
    with Image.open(sheet) as image:
        return np.asarray(image.convert("RGB"))


def test_the_sheet_is_anonymized_as_chosen(market: Path, tmp_path: Path, capsys: Capture) -> None:
    sheet = tmp_path / "black.png"
    assert stats(market, "--sheet", str(sheet), "--regions", "frame") == EXIT_OK
    assert f"{sheet} shows 3 images, anonymized" in capsys.readouterr().err
    assert page(sheet)[12:180, 12:100].max() == 0


def test_by_default_the_sheet_shows_eight_by_eight_cells(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for name in ("query/1_c1.png", "gallery/1_c2.png"):
        (tmp_path / "own" / name).parent.mkdir(parents=True)
        noise = rng.integers(0, 256, (192, 96, 3)).astype(np.uint8)
        Image.fromarray(noise).save(tmp_path / "own" / name)
    assert stats(tmp_path / "own", "--sheet", str(tmp_path / "s.png")) == EXIT_OK
    tile = page(tmp_path / "s.png")[_GAP : _GAP + 192, _GAP : _GAP + 96]
    cells = tile.reshape(8, 24, 8, 12, 3)
    assert (cells == cells[:, :1, :, :1]).all()
    assert len(np.unique(cells[:, 0, :, 0].reshape(-1, 3), axis=0)) > 50


def test_a_sheet_that_is_there_is_not_replaced(
    market: Path, tmp_path: Path, capsys: Capture
) -> None:
    (tmp_path / "s.png").write_text("precious", encoding="utf-8")
    assert stats(market, "--sheet", str(tmp_path / "s.png")) == EXIT_FAILED
    assert "add --overwrite" in capsys.readouterr().err
    assert stats(market, "--sheet", str(tmp_path / "s.png"), "--overwrite") == EXIT_OK
    with Image.open(tmp_path / "s.png") as page:
        assert page.format == "PNG"


@pytest.mark.parametrize(
    ("words", "told"),
    [(["--operator", "blank"], "choose how to anonymize"), (["--only", "1"], "--only")],
)
def test_options_that_mean_nothing_are_one_line(
    market: Path, tmp_path: Path, capsys: Capture, words: list[str], told: str
) -> None:
    assert stats(market, "--sheet", str(tmp_path / "s.png"), *words) == EXIT_USAGE
    (line,) = capsys.readouterr().err.splitlines()
    assert told in line


def test_no_picture_of_the_data_set_becomes_a_sheet(
    market: Path, tmp_path: Path, capsys: Capture
) -> None:
    picture = market / "query" / "0001_c1s1_000001_00.png"
    Image.new("RGB", (16, 32)).save(picture)
    before = picture.read_bytes()
    assert stats(market, "--sheet", str(picture), "--overwrite") == EXIT_FAILED
    assert "is one of the files in" in capsys.readouterr().err
    assert picture.read_bytes() == before


def test_a_sheet_of_another_kind(market: Path, tmp_path: Path, capsys: Capture) -> None:
    assert stats(market, "--sheet", str(tmp_path / "s.jpg")) == EXIT_USAGE
    assert "end its name with .png" in capsys.readouterr().err


def test_an_image_that_cannot_be_read_is_told(market: Path, capsys: Capture) -> None:
    (market / "query" / "0007_c1s1_000001_00.jpg").write_bytes(b"")
    assert stats(market) == EXIT_OK
    assert "1 image cannot be read" in capsys.readouterr().err
