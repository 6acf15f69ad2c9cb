"""Label text, good and bad."""

import numpy as np
import pytest

from passerby.errors import InputError
from passerby.train.detector.yolo import read_labels


@pytest.fixture
def read(tmp_path):
    def read_text(text: str | bytes):
        path = tmp_path / "labels.txt"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return [(label, box.tolist()) for label, box in read_labels(path, 200, 100)]

    return read_text


def test_shares_become_pixels(read):
    assert read("0 0.5 0.5 0.25 0.5\n\n3 0.25 0.5 0.5 1\n") == [
        (0, [75, 25, 125, 75]),
        (3, [0, 0, 100, 100]),
    ]


@pytest.mark.parametrize(
    ("line", "boxes"),
    [
        ("0 0 0.5 0.5 0.5", [(0, [0, 25, 50, 75])]),
        ("0 1 1 1 1", [(0, [100, 50, 200, 100])]),
        ("0 0.5 0.5 3 3", [(0, [0, 0, 200, 100])]),
        ("0 1.5 0.5 0.2 0.2", []),
        ("0 -2 0.5 0.2 0.2", []),
        ("0 0.5 0.5 0 0.5", []),
        ("0 0.5 0.5 -0.2 0.5", []),
    ],
)
def test_what_lies_outside_is_cut_off(read, line, boxes):
    assert read(line) == boxes


def test_a_missing_or_empty_file_means_an_empty_picture(read, tmp_path):
    assert read_labels(tmp_path / "missing.txt", 200, 100) == []
    assert read("") == []
    assert read("\n \n") == []


@pytest.mark.parametrize(
    "line",
    [
        "0 0.5 0.5 0.5",
        "0 0.5 0.5 0.5 0.5 0.5",
        "person 0.5 0.5 0.5 0.5",
        "0,0.5,0.5,0.5,0.5",
        "nan 0.5 0.5 0.5 0.5",
        "0 nan 0.5 0.5 0.5",
        "0 0.5 0.5 inf 0.5",
    ],
)
def test_a_malformed_line_is_named(read, line):
    with pytest.raises(InputError, match=r"labels\.txt, line 2: expected class, x, y") as caught:
        read(f"0 0.5 0.5 0.5 0.5\n{line}\n")
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_text_is_named(read):
    with pytest.raises(InputError, match=r"labels\.txt cannot be read as text"):
        read(np.arange(128, 256, dtype=np.uint8).tobytes())
