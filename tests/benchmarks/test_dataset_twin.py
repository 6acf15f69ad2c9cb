from pathlib import Path

import pytest
from PIL import Image

from dataset_twin import data_set, table
from passerby.datasets import read_dataset
from passerby.datasets.checks import index_problems
from usage import Usage


def test_the_data_set_has_as_many_images_as_asked_for(tmp_path: Path) -> None:
    (tmp_path / "crops").mkdir()
    for number in range(3):
        Image.new("RGB", (8, 16), (number, 0, 0)).save(tmp_path / "crops" / f"{number}.jpg")
    dataset = read_dataset(data_set(tmp_path / "data", tmp_path / "crops", 10))
    assert dataset.name == "market1501"
    assert [len(dataset.part(s)) for s in ("train", "query", "gallery")] == [8, 1, 1]
    assert index_problems(dataset) == []


def test_a_folder_without_pictures(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="holds no JPEG file"):
        data_set(tmp_path / "data", tmp_path, 10)


def test_the_table_is_of_an_image() -> None:
    usages = {"one": [Usage(2.0, 1.5, 90_000_000), Usage(4.0, 3.5, 70_000_000)]}
    *_, row = table(usages, 1_000).splitlines()
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells == ["one", "3.00 (2.00-4.00)", "3.0", "2.5 (1.5-3.5)", "90 MB"]
