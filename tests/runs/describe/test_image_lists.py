"""What is described, and what is known of it."""

import os
from pathlib import Path

import pytest
from PIL import Image

from passerby.datasets import read_dataset
from passerby.errors import ConfigError, InputError
from passerby.runs.describe.image_lists import ImageList


@pytest.fixture
def crops(tmp_path: Path) -> Path:
    for name in ("0007_c2_b.png", "0003_c1_a.png", "below/0005_c9.png"):
        path = tmp_path / "crops" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (4, 8)).save(path)
    return tmp_path / "crops"


def test_a_folder_is_listed_with_all_below_it(crops: Path) -> None:
    images = ImageList.of_files([str(crops)])
    assert images.paths == ("0003_c1_a.png", "0007_c2_b.png", "below/0005_c9.png")
    assert images.files[2] == crops / "below" / "0005_c9.png"
    assert images.ids.tolist() == images.cameras.tolist() == [0, 0, 0]


def test_a_pattern_reads_names(crops: Path) -> None:
    images = ImageList.of_files([str(crops)], "{id}_c{camera}*")
    assert (images.ids.tolist(), images.cameras.tolist()) == ([3, 7, 5], [1, 2, 9])
    assert (images.origin, images.notes) == ({}, ())


def test_patterns_are_those_of_data_sets(tmp_path: Path) -> None:
    """Who is numbered how is the same as in a data set of the same files."""
    for name in ("bo_1.png", "anna_2.png", "-1_3.png", "bo_4.png"):
        path = tmp_path / "own" / "query" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (4, 8)).save(path)
    images = ImageList.of_files([str(tmp_path / "own" / "query")], "{id}_*")
    dataset = read_dataset(tmp_path / "own", pattern="{id}_*")
    expected = {sample.path: sample.identity for sample in dataset.samples}
    known = dict(zip(images.paths, images.ids.tolist(), strict=True))
    assert known == {"-1_3.png": -1, "anna_2.png": 1, "bo_1.png": 2, "bo_4.png": 2}
    assert {path: known[Path(path).name] for path in expected} == expected
    assert images.cameras.tolist() == [0, 0, 0, 0]
    assert images.origin == {"people": ["anna", "bo"]}
    (note,) = images.notes
    assert note in dataset.notes


def test_people_have_folders_of_their_own(tmp_path: Path) -> None:
    for name in ("bo/c1.png", "anna/c2_x.png"):
        path = tmp_path / "own" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (4, 8)).save(path)
    images = ImageList.of_files([str(tmp_path / "own")], "{id}/c{camera}*")
    assert images.paths == ("anna/c2_x.png", "bo/c1.png")
    assert (images.ids.tolist(), images.cameras.tolist()) == ([1, 2], [2, 1])


def test_a_pattern_without_a_camera_and_one_with_folders_are_read(tmp_path: Path) -> None:
    for name in ("17/c2_a.png", "4/c1_b.png"):
        (tmp_path / "crops" / name).parent.mkdir(parents=True)
        Image.new("RGB", (4, 8)).save(tmp_path / "crops" / name)
    crops = str(tmp_path / "crops")
    images = ImageList.of_files([crops], "{id}/c{camera}*")
    assert (images.ids.tolist(), images.cameras.tolist()) == ([17, 4], [2, 1])
    images = ImageList.of_files([crops], "{id}/*")
    assert (images.ids.tolist(), images.cameras.tolist()) == ([17, 4], [0, 0])


def test_what_cannot_be_listed_is_named(crops: Path, make_video: object) -> None:
    with pytest.raises(InputError, match=r"names must look like .*person.*0003_c1_a"):
        ImageList.of_files([str(crops)], "person{id}_c{camera}*")
    with pytest.raises(ConfigError, match=r"must hold \{id\} once, and \{camera\} once if"):
        ImageList.of_files([str(crops)], "c{camera}*")
    with pytest.raises(InputError, match=r"no\.png does not exist"):
        ImageList.of_files([str(crops / "no.png")])
    (crops / "street.mp4").touch()
    with pytest.raises(InputError, match=r"street\.mp4 is no picture"):
        ImageList.of_files([str(crops / "street.mp4")])
    with pytest.raises(InputError, match="camera:0 is no picture"):
        ImageList.of_files(["camera:0"])
    some = ImageList.of_files([str(crops), str(crops / "no.png"), "rtsp://me:s3cret@host/a"])
    assert len(some) == 3
    video, missing, live = some.unusable
    assert "street.mp4 is no picture" in video
    assert "no.png does not exist" in missing
    assert live.startswith("rtsp://host/a is no picture")


def test_a_subset_of_a_data_set_is_listed_with_its_labels(market: Path) -> None:
    dataset = read_dataset(market)
    images = ImageList.of_dataset(dataset, "query")
    assert images.paths == ("query/0007_c1s1_000001_00.jpg",)
    assert (images.ids.tolist(), images.cameras.tolist()) == ([7], [1])
    assert images.origin == {
        "data_set": "market1501",
        "split": 0,
        "index_sha256": dataset.sha256,
        "subset": "query",
    }
    with pytest.raises(InputError, match="has no images for validation: leave that subset out"):
        ImageList.of_dataset(dataset, "validation")


def test_lists_are_joined(market: Path) -> None:
    dataset = read_dataset(market)
    joined = ImageList.joined([ImageList.of_dataset(dataset, s) for s in ("query", "gallery")])
    assert joined.ids.tolist() == [7, 0, 7]
    assert joined.files[0].is_file()
    assert joined.origin == {}


def test_the_hash_changes_when_a_file_does(crops: Path) -> None:
    images = ImageList.of_files([str(crops)])
    before = images.sha256
    assert before == ImageList.of_files([str(crops)]).sha256
    os.utime(images.files[1], ns=(1, 1))
    touched = images.sha256
    images.files[1].unlink()
    assert len({before, touched, images.sha256}) == 3
