from pathlib import Path

import numpy as np
from PIL import Image

from pillow_loop import copy_all, filtered


def test_the_top_quarter_is_filtered_and_the_rest_untouched() -> None:
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (256, 128, 3)).astype(np.uint8)
    result = np.asarray(filtered(Image.fromarray(pixels)))
    np.testing.assert_array_equal(result[64:], pixels[64:])
    window = pixels[20:29, 40:49].reshape(-1, 3)  # at this size nothing is resized
    np.testing.assert_array_equal(result[24, 44], np.median(window, axis=0))


def test_all_files_are_copied(tmp_path: Path) -> None:
    for name in ("a/1.jpg", "b/2.jpg"):
        (tmp_path / "in" / name).parent.mkdir(parents=True)
        Image.new("RGB", (64, 128), (200, 30, 30)).save(tmp_path / "in" / name)
    for floor in (True, False):
        assert copy_all(tmp_path / "in", tmp_path / f"out-{floor}", floor=floor) == 2
        with Image.open(tmp_path / f"out-{floor}" / "b" / "2.jpg") as image:
            assert image.size == (64, 128)
