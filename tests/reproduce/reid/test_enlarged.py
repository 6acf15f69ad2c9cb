"""The paper's own order, against Pillow: enlarge, then filter the top quarter."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageFilter

from passerby.errors import ConfigError, InputError
from passerby.reproduce.reid.enlarged import Enlarged


@pytest.fixture
def picture(tmp_path: Path) -> np.ndarray:
    """A crop of noise, written without loss; shape (128, 64, 3)."""
    pixels = np.random.default_rng(0).integers(0, 256, (128, 64, 3)).astype(np.uint8)
    cv2.imwrite(str(tmp_path / "a.png"), pixels)
    return pixels


@pytest.mark.parametrize("kernel", [3, 9, 15])
def test_the_filter_is_pillows(tmp_path: Path, picture: np.ndarray, kernel: int) -> None:
    covered = Enlarged(f"van-rooijen-{kernel}px")(tmp_path, "a.png")
    enlarged = cv2.resize(picture, (128, 256))
    top = Image.fromarray(np.ascontiguousarray(enlarged[:64]))
    expected = np.asarray(top.filter(ImageFilter.MedianFilter(kernel)))
    np.testing.assert_array_equal(covered[:64], expected)
    np.testing.assert_array_equal(covered[64:], enlarged[64:])


def test_black_is_black(tmp_path: Path, picture: np.ndarray) -> None:
    covered = Enlarged("van-rooijen-black")(tmp_path, "a.png")
    assert covered[:64].max() == 0
    np.testing.assert_array_equal(covered[64:], cv2.resize(picture, (128, 256))[64:])


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.png is missing"):
        Enlarged("van-rooijen-black")(tmp_path, "gone.png")
    with pytest.raises(ConfigError, match="unknown preset"):
        Enlarged("van-rooijen-5px")
