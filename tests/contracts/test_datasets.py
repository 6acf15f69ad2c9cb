"""What every data set must keep: read the same anywhere, and have a twin that is read the same."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.io import savemat

from passerby.datasets import DATASETS, read_dataset
from passerby.datasets.checks import index_problems
from passerby.errors import InputError
from passerby.pipeline.settings import Settings
from passerby.twins.twin import make_twin
from passerby.twins.verify import check_twin

Layout = Callable[[Path], list[str]]
"""Writes what a data set has beside its images; returns the paths of these."""

CUHK03 = [f"1_00{person}_{view}_0{view}.png" for person in (1, 2) for view in (1, 2)]


def market(_root: Path) -> list[str]:
    tested = [
        f"{folder}/0007_c{camera}s1_000001_00.jpg"
        for camera, folder in enumerate(("query", "bounding_box_test"), 1)
    ]
    return [
        "bounding_box_train/0002_c1s1_000451_03.jpg",
        *tested,
        "bounding_box_test/0000_c1s1_000001_00.jpg",
        "bounding_box_test/-1_c1s1_000001_00.jpg",
    ]


def market_and_more(root: Path) -> list[str]:
    return [*market(root), "images/0000_c1s1_000009_00.jpg"]


def duke(_root: Path) -> list[str]:
    folders = ("bounding_box_train", "query", "bounding_box_test")
    names = ("0001_c2_f0046182.jpg", "0005_c2_f0046985.jpg", "0005_c3_f0046985.jpg")
    return [f"{folder}/{name}" for folder, name in zip(folders, names, strict=True)]


def cuhk03(root: Path) -> list[str]:
    column = np.array([[name] for name in CUHK03], object)
    for boxes in ("detected", "labeled"):
        index = {"train_idx": [[1], [2]], "query_idx": [[3]], "gallery_idx": [[4]]}
        content = {key: np.array(value) for key, value in index.items()}
        config = root / f"cuhk03_new_protocol_config_{boxes}.mat"
        savemat(config, {"filelist": column, **content})
        entries = [[f"/data/{name}", 0, 0] for name in CUHK03]
        lists = [{"train": entries[:2], "query": entries[2:3], "gallery": entries[3:]}] * 20
        text = json.dumps(lists)
        (root / f"splits_classic_{boxes}.json").write_text(text, encoding="utf-8")
    return [f"images_{boxes}/{name}" for boxes in ("detected", "labeled") for name in CUHK03]


def msmt17(root: Path) -> list[str]:
    names = [f"000{n}/000{n}_00{n}_0{n + 1}_0303morning_0015_0.jpg" for n in range(4)]
    lists = {"train": 0, "val": 1, "query": 2, "gallery": 3}
    for name, number in lists.items():
        text = f"{names[number]} 0\n"
        (root / f"list_{name}.txt").write_text(text, encoding="utf-8")
    return [*(f"train/{name}" for name in names[:2]), *(f"test/{name}" for name in names[2:])]


def viper(_root: Path) -> list[str]:
    return [f"cam_{camera}/00{person}_45.bmp" for camera in "ab" for person in range(4)]


def grid(root: Path) -> list[str]:
    row = np.empty((1, 10), object)
    for number in range(10):
        row[0, number] = {"a": 0, "b": 0, "c": np.array([1 + number % 2])}
    savemat(root / "features_and_partitions.mat", {"trainIdxAll": row, "features": np.ones(9)})
    pairs = [
        f"{folder}/000{person}_{camera}_1_1.jpeg"
        for person in (1, 2)
        for camera, folder in enumerate(("probe", "gallery"), 1)
    ]
    return [*pairs, "gallery/0000_2_1_1.jpeg"]


def airport(root: Path) -> list[str]:
    paths = [f"cam3{camera}/{person}/{camera}.jpg" for person in (11, 12) for camera in (2, 3)]
    columns = {"filepath": [path.replace("/", "\\") for path in paths]}
    columns |= {"personID": ["11", "11", "12", "12"], "camID": ["32", "33", "32", "33"]}
    for name, lines in columns.items():
        (root / f"{name}.txt").write_text("\n".join(lines), encoding="utf-8")
    masks = {"idx_train": [1, 1, 0, 0], "idx_test": [0, 0, 1, 1]}
    masks |= {"idx_probe": [[1, 0], [1, 0]], "idx_gallery": [[0, 1], [0, 1]]}
    fields = {name: np.array(mask) for name, mask in masks.items()}
    savemat(root / "Partition_airport.mat", {"partition": fields})
    return paths


def tvpr(_root: Path) -> list[str]:
    return [f"stills/00{person}_{still}.png" for person in range(6) for still in (1, 2)]


def folder(_root: Path) -> list[str]:
    return ["train/1_c1.webp", "query/2_c1.png", "gallery/2_c2.tif", "gallery/0_c2.jpg"]


LAYOUTS: dict[str, Layout] = {
    "airport": airport,
    "cuhk03-detected": cuhk03,
    "cuhk03-detected-classic": cuhk03,
    "cuhk03-labelled": cuhk03,
    "cuhk03-labelled-classic": cuhk03,
    "duke": duke,
    "folder": folder,
    "grid": grid,
    "market1501": market,
    "market1501-500k": market_and_more,
    "msmt17": msmt17,
    "tvpr": tvpr,
    "viper": viper,
}


def made(name: str, root: Path, *, reverse: bool = False) -> Path:
    """Write a data set of noise; its images are made in one order or the other."""
    root.mkdir(parents=True)
    paths = LAYOUTS[name](root)
    rng = np.random.default_rng(0)
    noise = {path: rng.integers(0, 256, (16, 8, 3)).astype(np.uint8) for path in paths}
    for path in reversed(paths) if reverse else paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(noise[path]).save(root / path)
    return root


def test_every_data_set_has_a_layout_here() -> None:
    assert set(LAYOUTS) == set(DATASETS)


@pytest.mark.parametrize("name", DATASETS)
def test_it_can_be_evaluated_wherever_it_lies(name: str, tmp_path: Path) -> None:
    here = read_dataset(made(name, tmp_path / "a"), name)
    there = read_dataset(made(name, tmp_path / "-2024_c3s1_f7" / "b", reverse=True), name)
    assert index_problems(here) == []
    assert here.samples == there.samples
    assert len(here.part("query")) > 0
    assert all(here.file(sample.path).is_file() for sample in here.samples)
    assert [one.path for one in here.samples if one.identity == -1] == []


@pytest.mark.parametrize("name", [name for name, card in DATASETS.items() if card.mark])
def test_it_is_recognised_by_its_files(name: str, tmp_path: Path) -> None:
    assert read_dataset(made(name, tmp_path / "a")).name == name


@pytest.mark.parametrize("name", DATASETS)
def test_one_level_too_high_is_one_line_that_names_the_right_folder(
    name: str, tmp_path: Path
) -> None:
    root = made(name, tmp_path / "deep" / "a")
    with pytest.raises(InputError) as raised:
        read_dataset(tmp_path / "deep", name)
    assert str(root) in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("name", DATASETS)
def test_its_twin_is_read_the_same_and_shows_nothing_raw(name: str, tmp_path: Path) -> None:
    dataset = read_dataset(made(name, tmp_path / "a"), name)
    settings = Settings.of(regions="frame", operator="blackout")
    twin = make_twin(dataset, tmp_path / "twin", settings)
    assert (twin.failures, twin.problems) == ([], [])
    assert read_dataset(tmp_path / "twin", name).sha256 == dataset.sha256
    assert check_twin(dataset, tmp_path / "twin") == []
    for sample in dataset.samples:
        with Image.open(tmp_path / "twin" / sample.path) as image:
            assert not np.asarray(image.convert("RGB")).any(), sample.path
    assert not (tmp_path / "twin" / "features_and_partitions.mat").exists()
