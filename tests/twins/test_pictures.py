"""Pictures in memory are those of a twin on disk, bit for bit."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from passerby.datasets import read_dataset
from passerby.errors import InputError
from passerby.pipeline.settings import Settings
from passerby.twins.pictures import TwinPictures
from passerby.twins.twin import make_twin


@pytest.mark.parametrize("ending", [".jpg", ".png", ".webp", ".bmp"])
@pytest.mark.parametrize(
    "options", [{"preset": "van-rooijen-9px"}, {"regions": "top", "image_quality": 60}]
)
def test_pictures_are_those_of_a_twin(
    market: Path, tmp_path: Path, ending: str, options: dict[str, object]
) -> None:
    for path in [*market.rglob("*.jpg")]:
        image = cv2.imread(str(path))
        path.unlink()
        cv2.imwrite(str(path.with_suffix(ending)), image)
    dataset, settings = read_dataset(market), Settings.of(**options)
    make_twin(dataset, tmp_path / "twin", settings)
    pictures = TwinPictures(settings)
    for sample in dataset.samples:
        ours = pictures(market, sample.path)
        assert np.array_equal(ours, cv2.imread(str(tmp_path / "twin" / sample.path)))
        assert not np.array_equal(ours, cv2.imread(str(market / sample.path)))


def test_what_cannot_be_read_is_named(market: Path) -> None:
    path = "query/0007_c1s1_000001_00.jpg"
    (market / path).write_bytes((market / path).read_bytes()[:100])
    with pytest.raises(InputError, match=path):
        TwinPictures(Settings.of(regions="top"))(market, path)
    with pytest.raises(InputError, match=r"gone\.jpg does not exist"):
        TwinPictures(Settings.of(regions="top"))(market, "gone.jpg")
