import json
from pathlib import Path

import pytest
from PIL import Image

from passerby.datasets import read_dataset
from passerby.datasets.splits import SPLIT_FILE, Partitions, read_partitions
from passerby.errors import InputError, OutputError
from passerby.files.output_folder import OutputFolder
from passerby.twins.layout import (
    check_place,
    check_sources,
    copy_companions,
    twin_files,
)
from passerby.twins.manifest import MANIFEST


def test_all_pictures_go_in_and_other_files_stay_out(market: Path) -> None:
    for name in ("gt_bbox/0001_c1s1_1_0.jpg", "query/Thumbs.db", ".cache/a.jpg", MANIFEST):
        (market / name).parent.mkdir(exist_ok=True)
        (market / name).touch()
    files = twin_files(read_dataset(market))
    assert len(files.pictures) == 5
    assert "gt_bbox/0001_c1s1_1_0.jpg" in files.pictures
    assert files.companions == ()
    assert files.left_out == ("query/Thumbs.db", "readme.txt")


def test_pictures_behind_a_link_go_in(market: Path) -> None:
    (market / "query").rename(market.parent / "elsewhere")
    (market / "query").symlink_to(market.parent / "elsewhere")
    assert "query/0007_c1s1_000001_00.jpg" in twin_files(read_dataset(market)).pictures


@pytest.mark.parametrize("place", ["market", "market/twin", "."])
def test_a_twin_does_not_lie_in_its_original_nor_around_it(market: Path, place: str) -> None:
    with pytest.raises(OutputError, match="lies in the other: name another folder"):
        check_place(read_dataset(market), market.parent / place)


def test_a_twin_does_not_mix_with_other_files(market: Path, tmp_path: Path) -> None:
    dataset = read_dataset(market)
    target = tmp_path / "twin"
    check_place(dataset, target)
    target.mkdir()
    check_place(dataset, target)
    (target / "precious.txt").touch()
    with pytest.raises(OutputError, match=r"holds files but no passerby-manifest\.jsonl"):
        check_place(dataset, target)
    (target / MANIFEST).touch()
    check_place(dataset, target)
    with pytest.raises(OutputError, match="is a file: name a folder"):
        check_place(dataset, target / MANIFEST)


def test_who_is_trained_on_is_written_down(tmp_path: Path) -> None:
    root, target = tmp_path / "viper", tmp_path / "twin"
    for camera in "ab":
        (root / f"cam_{camera}").mkdir(parents=True)
        for person in range(4):
            (root / f"cam_{camera}" / f"{person}_0.bmp").touch()
    folder = OutputFolder.made(target)
    dataset = read_dataset(root)
    files = twin_files(dataset)
    copy_companions(dataset, folder, files, None)
    assert read_partitions(target / SPLIT_FILE).seed == 0
    given = Partitions("viper", 8, ((0, 1),) * 10)
    copy_companions(dataset, folder, files, given)
    assert read_partitions(target / SPLIT_FILE) == given


@pytest.mark.parametrize("whole", [True, False])
def test_an_original_that_lies_in_the_twin_is_refused(market: Path, tmp_path: Path, whole) -> None:
    """By a link to a folder or to a picture; it would be replaced by its copy."""
    twin = tmp_path / "twin"
    name = "query/0007_c1s1_000001_00.jpg"
    linked = market / (Path(name).parent if whole else name)
    twin.joinpath(name).parent.mkdir(parents=True)
    moved = twin / linked.relative_to(market)
    if whole:
        moved.rmdir()
    linked.rename(moved)
    linked.symlink_to(moved)
    dataset = read_dataset(market)
    with pytest.raises(OutputError, match="leads into"):
        check_sources(dataset, twin_files(dataset), twin)
    check_sources(dataset, twin_files(dataset), tmp_path / "other")


def test_a_loop_of_links_is_not_walked(market: Path) -> None:
    (market / "query" / "loop").symlink_to("..")
    assert len(twin_files(read_dataset(market)).pictures) == 4


def test_a_picture_that_is_a_loop_of_links_leads_nowhere(market: Path, tmp_path: Path) -> None:
    (market / "query" / "0001_c1s1_000001_00.jpg").symlink_to("0001_c1s1_000001_00.jpg")
    dataset = read_dataset(market)
    check_sources(dataset, twin_files(dataset), tmp_path / "twin")


def classic(root: Path) -> None:
    """A data set with the lists of the classic protocol."""
    (root / "images_detected").mkdir(parents=True)
    lists = [{"train": [["1_001_1_01.png", 0, 0]], "query": [], "gallery": []}] * 20
    (root / "splits_classic_detected.json").write_text(json.dumps(lists), encoding="utf-8")


@pytest.mark.parametrize("name", ["splits_classic_labeled.json", "splits_classic_x.json"])
def test_what_a_link_leads_to_and_nobody_has_read_is_not_copied(name: str, tmp_path: Path) -> None:
    root = tmp_path / "cuhk03"
    classic(root)
    (tmp_path / "key").write_text("secret", encoding="utf-8")
    (root / name).symlink_to(tmp_path / "key")
    (root / "splits_classic_y.json").symlink_to("splits_classic_y.json")
    files = twin_files(read_dataset(root, "cuhk03-detected-classic"))
    assert files.companions == ("splits_classic_detected.json",)
    assert set(files.left_out) == {name, "splits_classic_y.json"}


def test_lists_that_were_read_may_be_links(tmp_path: Path) -> None:
    root = tmp_path / "cuhk03"
    classic(root)
    (root / "splits_classic_detected.json").rename(tmp_path / "lists")
    (root / "splits_classic_detected.json").symlink_to(tmp_path / "lists")
    files = twin_files(read_dataset(root, "cuhk03-detected-classic"))
    assert files.companions == ("splits_classic_detected.json",)


def test_a_picture_that_is_called_like_labels_is_not_copied(tmp_path: Path) -> None:
    root = tmp_path / "cuhk03"
    classic(root)
    dataset = read_dataset(root, "cuhk03-detected-classic")
    Image.new("RGB", (9, 9)).save(root / "hidden.png")
    for name in ("splits_classic_labeled.json", "cuhk03_new_protocol_config_labeled.mat"):
        (root / "hidden.png").rename(root / name)
        files = twin_files(dataset)
        assert name in files.companions
        with pytest.raises(InputError, match="cannot be read"):
            copy_companions(dataset, OutputFolder.made(tmp_path / "twin"), files, None)
        assert not (tmp_path / "twin" / name).exists()
        (root / name).rename(root / "hidden.png")
