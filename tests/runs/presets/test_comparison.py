"""The sheet shows the picture under every preset, never as it is, and says which ones are weak."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from passerby.anonymization import PRESETS
from passerby.cli.app import main
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK
from passerby.sinks.contact_sheet import _GAP

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def crop(tmp_path: Path, built_in_alone: str) -> Path:
    """A crop of nobody, of random cells, whose top no blur leaves as it is."""
    cells = np.random.default_rng(1).integers(0, 256, (64, 32, 3), np.uint8)
    image = Image.fromarray(cells).resize((192, 384), Image.Resampling.NEAREST)
    image.save(tmp_path / "crop.png")
    return tmp_path / "crop.png"


def compare(crop: Path, *words: str) -> int:
    sheet = crop.with_name("presets.png")
    return main(["presets", "compare", str(crop), "-o", str(sheet), "--size", "64", *words])


def test_each_preset_is_drawn_and_weak_ones_are_told(crop: Path, capsys: Capture) -> None:
    assert compare(crop, "--columns", "1") == EXIT_OK
    printed = capsys.readouterr()
    assert printed.out == f"{crop.with_name('presets.png')}\n"
    for name, preset in PRESETS.items():
        assert (f"the preset {name} " in printed.err) == (preset.weakness is not None)
    faces = ", ".join(name for name in PRESETS if name.startswith("dietlmeier"))
    assert f"{faces} left out: no model that finds a face is installed" in printed.err
    with Image.open(crop.with_name("presets.png")) as page, Image.open(crop) as image:
        shown = np.asarray(page.convert("RGB"), int)[_GAP:, _GAP : _GAP + 192]
        raw = np.asarray(image, int)
    tops = [row for row in range(len(shown) - 384) if (shown[row : row + 96] == 0).all()]
    assert tops  # van-rooijen-black
    (black, *_) = tops
    np.testing.assert_array_equal(shown[black + 96 : black + 384], raw[96:])
    assert not (shown[:96] == raw[:96]).all()  # van-rooijen-3px, the first of all


def test_an_existing_sheet_and_the_picture_itself_are_not_replaced(
    crop: Path, capsys: Capture
) -> None:
    assert compare(crop) == EXIT_OK
    assert compare(crop) == EXIT_FAILED
    assert "add --overwrite" in capsys.readouterr().err
    before = crop.read_bytes()
    assert main(["presets", "compare", str(crop), "-o", str(crop), "--overwrite"]) != EXIT_OK
    assert crop.read_bytes() == before


def test_a_picture_that_cannot_be_read_leaves_no_sheet(tmp_path: Path, capsys: Capture) -> None:
    words = [str(tmp_path / "gone.png"), "-o", str(tmp_path / "presets.png")]
    assert main(["presets", "compare", *words]) == EXIT_FAILED
    assert "gone.png" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
