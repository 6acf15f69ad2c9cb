from pathlib import Path

import cv2
import numpy as np
import pytest

from passerby.attack.folders import pairs_in
from passerby.attack.labels import read_crop_labels
from passerby.errors import ConfigError, InputError


def written(folder: Path, text: str) -> Path:
    path = folder / "labels.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_labels_are_read_whatever_the_order_of_columns(tmp_path: Path):
    path = written(tmp_path, "camera,picture,note,person\nhall,a/1.png,x,Ann\nstairs,2.png,,Ben\n")
    assert read_crop_labels(path) == [
        ("a/1.png", "Ann", "hall", {"note": "x"}),
        ("2.png", "Ben", "stairs", {"note": ""}),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("picture,person\n1.png,Ann\n", "no column 'camera'"),
        ("picture,person,camera\n1.png,Ann,\n", "line 2"),
        ("picture,person,camera\n../1.png,Ann,hall\n", "line 2"),
        ("picture,person,camera\n/1.png,Ann,hall\n", "line 2"),
        ("picture,person,camera\n1.png,Ann\n", "line 2"),
        ("picture,person,camera\n1.png,Ann,hall\n1.png,Ben,hall\n", "again"),
        ("picture,person,camera\n", "names no picture"),
        ("", "no column 'picture'"),
    ],
)
def test_labels_that_say_nothing_are_refused(tmp_path: Path, text: str, message: str):
    with pytest.raises(InputError, match=message):
        read_crop_labels(written(tmp_path, text))


def test_a_file_that_is_no_text_is_refused(tmp_path: Path):
    path = tmp_path / "labels.csv"
    path.write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(InputError, match="UTF-8"):
        read_crop_labels(path)
    with pytest.raises(InputError, match="cannot read"):
        read_crop_labels(tmp_path / "missing.csv")


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    made = tmp_path / "clear", tmp_path / "copy"
    for folder, level in zip(made, (200, 20), strict=True):
        folder.mkdir()
        for number in range(4):
            picture = np.full((16, 8, 3), level + number, np.uint8)
            cv2.imwrite(str(folder / f"{number}.png"), picture)
    return made


def test_pairs_are_who_labels_say(tmp_path: Path, folders: tuple[Path, Path]):
    rows = [f"{number}.png,p{number // 2},c{number % 2}" for number in range(4)]
    labels = written(tmp_path, "\n".join(["picture,person,camera", *rows]))
    pairs = pairs_in(*folders, people=9, labels=labels)
    assert pairs.clear.ids.tolist() == [1, 1, 2, 2]
    assert pairs.clear.cameras.tolist() == [1, 2, 1, 2]
    assert pairs.seen[:, 0, 0, 0].tolist() == [20, 21, 22, 23]


def test_further_columns_are_attributes_and_go_before_what_pictures_show(
    tmp_path: Path, folders: tuple[Path, Path]
):
    rows = [f"{number}.png,p{number // 2},c{number % 2},red,{number // 2}" for number in range(4)]
    text = "\n".join(["picture,person,camera,upper clothes,sex", *rows])
    known = pairs_in(*folders, people=9, labels=written(tmp_path, text)).clear.attributes
    assert known["upper clothes"].tolist() == ["red"] * 4
    assert known["lower clothes"].tolist() == ["white"] * 4
    assert known["sex"].tolist() == ["0", "0", "1", "1"]


def test_labels_of_other_pictures_are_refused(tmp_path: Path, folders: tuple[Path, Path]):
    labels = written(tmp_path, "picture,person,camera\n9.png,Ann,hall\n")
    with pytest.raises(InputError, match=r"such as 9\.png"):
        pairs_in(*folders, people=9, labels=labels)
    with pytest.raises(ConfigError, match="give one"):
        pairs_in(*folders, people=9, labels=labels, pattern="{id}_c{camera}*")
