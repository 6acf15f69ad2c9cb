"""A folder of measurements is about one set of pictures."""

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from passerby.datasets import ReidDataset, read_dataset
from passerby.errors import ConfigError, InputError
from passerby.pipeline.settings import Settings
from passerby.reproduce.reid.originals import check_original
from passerby.twins.twin import make_twin


@pytest.fixture
def dataset(people: Path, tmp_path: Path) -> ReidDataset:
    """A copy that may be changed."""
    return read_dataset(Path(shutil.copytree(people, tmp_path / "people")), "market1501")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "out" / "originals" / "market1501.json"


def test_the_same_pictures_are_accepted_wherever_they_lie(
    dataset: ReidDataset, file: Path, tmp_path: Path
) -> None:
    seen: list[tuple[int, int]] = []
    check_original(dataset, file, lambda *counts: seen.append(counts))
    assert seen[-1][0] == seen[-1][1] > 1
    noted = file.read_bytes()
    moved = dataset.root.rename(tmp_path / "moved")
    check_original(read_dataset(moved, "market1501"), file)
    assert file.read_bytes() == noted


def test_other_pictures_under_the_same_names_are_refused(dataset: ReidDataset, file: Path) -> None:
    check_original(dataset, file)
    path = dataset.root / dataset.part("train").paths[0]
    cv2.imwrite(str(path), np.zeros((8, 4, 3), np.uint8))
    again = read_dataset(dataset.root, "market1501")
    assert again.sha256 == dataset.sha256
    with pytest.raises(ConfigError, match=r"are not those that .*out was started with"):
        check_original(again, file)


def test_a_twin_is_refused(dataset: ReidDataset, file: Path, tmp_path: Path) -> None:
    twin = tmp_path / "twin"
    make_twin(dataset, twin, Settings.of(preset="van-rooijen-black"))
    with pytest.raises(ConfigError, match="twin is an anonymized twin: give the original"):
        check_original(read_dataset(twin, "market1501"), file)
    assert not file.exists()


def test_a_note_that_cannot_be_read_is_refused(dataset: ReidDataset, file: Path) -> None:
    file.parent.mkdir(parents=True)
    file.write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match=r"market1501\.json cannot be read"):
        check_original(dataset, file)
