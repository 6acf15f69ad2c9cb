from pathlib import Path

import cv2
import numpy as np
import pytest

from passerby.attack.folders import crops_in, pairs_in
from passerby.errors import ConfigError, InputError

RNG = np.random.default_rng(0)


def write(folder: Path, name: str, image=None) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    crop = RNG.integers(0, 256, (32, 16, 3)).astype(np.uint8) if image is None else image
    cv2.imwrite(str(path), crop)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four people before two cameras, three crops each; one more before one camera; and junk."""
    root = tmp_path / "clear"
    for identity in range(1, 5):
        for camera in (1, 2):
            for number in range(3):
                write(root, f"{identity:04d}_c{camera}s1_{number}.png")
    write(root, "0005_c1s1_0.png")
    write(root, "-1_c1s1_0.png")
    return root


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    root = tmp_path / "copy"
    for path in folder.iterdir():
        write(root, path.name, 255 - cv2.imread(str(path)))
    return root


def test_two_crops_are_taken_of_whom_two_cameras_see(folder):
    people = crops_in(folder, people=99)
    assert len(people) == 4 * 2 * 2
    assert set(people.ids) == {1, 2, 3, 4}
    assert people.images.shape[1:] == (128, 64, 3)
    assert people.masks.all()
    assert np.isnan(people.heads).all()


def test_some_people_are_drawn_by_the_seed(folder):
    drawn = [set(crops_in(folder, people=2, seed=seed).ids) for seed in range(8)]
    assert {len(one) for one in drawn} == {2}
    assert len(set(map(frozenset, drawn))) > 1
    assert drawn[3] == set(crops_in(folder, people=2, seed=3).ids)


def test_names_may_be_built_otherwise(tmp_path):
    for who in ("anna", "bo"):
        for camera in (3, 4):
            write(tmp_path, f"cam{camera}-{who}.png")
    people = crops_in(tmp_path, people=9, pattern="cam{camera}-{id}.png")
    assert sorted(zip(people.ids, people.cameras, strict=True)) == [(1, 3), (1, 4), (2, 3), (2, 4)]


def test_data_sets_are_read_with_all_their_parts(tmp_path):
    for subset in ("train", "query", "gallery"):
        for camera in (1, 2):
            write(tmp_path, f"{subset}/{len(subset)}_c{camera}_{subset}.png")
    assert len(crops_in(tmp_path, people=9)) == 6


def test_pairs_are_of_the_same_names(folder, copy):
    pairs = pairs_in(folder, copy, people=99)
    assert len(pairs.seen) == 16
    np.testing.assert_allclose(pairs.seen, 255 - pairs.clear.images, atol=1)


def test_folders_that_do_not_pair_up_are_refused(folder, copy):
    (copy / "0002_c1s1_0.png").unlink()
    with pytest.raises(InputError, match=r"1 of 25 pictures .* such as 0002_c1s1_0.png"):
        pairs_in(folder, copy, people=99)


def test_pictures_of_two_sizes_are_refused(folder, copy):
    write(copy, "0002_c1s1_0.png", np.zeros((16, 16, 3), np.uint8))
    with pytest.raises(InputError, match=r"\(32, 16, 3\) .* but \(16, 16, 3\)"):
        pairs_in(folder, copy, people=99)


def test_a_damaged_picture_is_named(folder, copy):
    (copy / "0002_c1s1_0.png").write_bytes(b"no picture")
    with pytest.raises(InputError, match="0002_c1s1_0"):
        pairs_in(folder, copy, people=99)


def test_without_a_second_camera_nothing_can_be_linked(tmp_path):
    for identity in (1, 2):
        write(tmp_path, f"{identity}_c1_0.png")
    with pytest.raises(InputError, match="no person is seen by two cameras in 2 pictures"):
        crops_in(tmp_path, people=9)


def test_what_holds_no_people_is_refused(tmp_path):
    with pytest.raises(InputError, match="is no folder"):
        crops_in(tmp_path / "gone", people=9)
    with pytest.raises(InputError, match="no known data set"):
        crops_in(tmp_path, people=9)
    write(tmp_path, "portrait.png")
    with pytest.raises(InputError, match=r"portrait\.png"):
        crops_in(tmp_path, people=9)
    with pytest.raises(ConfigError, match=r"must hold \{id\}"):
        crops_in(tmp_path, people=9, pattern="*")
