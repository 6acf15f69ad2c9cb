"""Signatures of a stream of images: in order, a few images at a time, stopped when asked."""

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from passerby.errors import DetectionError
from passerby.signatures.stream import signatures


class Corner:
    """Describes a picture by its first pixel."""

    name, path, pixels = "corner", Path("corner.onnx"), "bgr-255"
    size, batch = (2, 2), 3

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.threads: set[int] = set()

    def describe(self, pictures: np.ndarray) -> np.ndarray:
        self.batches.append(len(pictures))
        self.threads.add(threading.get_ident())
        if (pictures == 99).any():
            raise DetectionError("the network failed: 99")
        return pictures[:, 0, 0].astype(np.float32)


def plain(levels: Iterator[int]) -> Iterator[np.ndarray]:
    for level in levels:
        yield np.full((2 + level % 3, 4, 3), level, np.uint8)


@pytest.mark.parametrize("threads", [1, 3, None])
def test_signatures_come_in_the_order_of_the_images(threads: int | None) -> None:
    corner = Corner()
    rows = list(signatures(corner, plain(iter(range(50))), threads=threads))
    np.testing.assert_array_equal(np.stack(rows), np.repeat(np.arange(50), 3).reshape(50, 3))
    assert sorted(corner.batches) == [2, *[3] * 16]
    assert threading.get_ident() not in corner.threads


def test_the_batch_is_what_is_asked_for() -> None:
    corner = Corner()
    assert len(list(signatures(corner, plain(iter(range(10))), batch=7))) == 10
    assert sorted(corner.batches) == [3, 7]


def test_few_images_are_read_ahead() -> None:
    levels = iter(range(1000))
    rows = signatures(Corner(), plain(level % 90 for level in levels), batch=2, threads=2)
    next(rows)
    rows.close()
    assert next(levels) <= 2 * (2 * 2 + 1)


def test_no_images_give_no_signatures() -> None:
    assert list(signatures(Corner(), iter(()))) == []


def test_a_failure_of_the_network_reaches_the_caller() -> None:
    rows = signatures(Corner(), plain(iter([1, 2, 3, 99, 5, 6, 7])), threads=1)
    assert [int(row[0]) for row in (next(rows), next(rows), next(rows))] == [1, 2, 3]
    with pytest.raises(DetectionError, match="99"):
        next(rows)
