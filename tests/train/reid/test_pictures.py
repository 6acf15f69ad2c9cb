"""Pictures are read once and kept as they are, as long as memory lasts."""

import time
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest

from passerby.errors import InputError
from passerby.train.reid.pictures import Pictures


@pytest.fixture
def dataset(make_people):
    return make_people()


@pytest.fixture
def paths(dataset):
    return dataset.part("train").paths


def test_pictures_are_what_opencv_reads(dataset, paths):
    pictures = Pictures(dataset, paths)
    pictures.read_all(workers=2)
    assert len(pictures) == len(paths)
    for index, path in enumerate(paths):
        assert np.array_equal(pictures[index], cv2.imread(str(dataset.file(path))))


@pytest.mark.parametrize(("memory", "again"), [(10**6, 0), (40 * 20 * 3 * 5, 19), (0, 24)])
def test_what_memory_holds_is_read_once(dataset, paths, memory, again):
    """A picture has 40x20 pixels; memory for five lets 19 of 24 be read again."""
    calls = []

    def blacked(root, path):
        calls.append(path)
        return np.zeros_like(cv2.imread(str(root / path)))

    pictures = Pictures(dataset, paths, blacked, memory)
    done = []
    pictures.read_all(workers=3, progress=done.append)
    assert calls == list(paths)
    assert done == list(range(1, 25))
    assert all((pictures[index] == 0).all() for index in range(len(pictures)))
    assert len(calls) == len(paths) + again
    assert pictures.left_out == again


def test_one_thread_at_a_time_anonymizes(dataset, paths):
    """Threads that prepare batches share one detector."""
    inside = []

    def slow(root, path):
        inside.append(path)
        time.sleep(0.002)
        assert inside == [path]
        inside.clear()
        return cv2.imread(str(root / path))

    pictures = Pictures(dataset, paths, slow, memory=0)
    with ThreadPoolExecutor(4) as pool:
        assert len(list(pool.map(pictures.__getitem__, range(len(pictures))))) == 24


def test_memory_is_half_of_what_is_free_and_shared(monkeypatch, dataset, paths):
    monkeypatch.setattr("passerby.train.reid.pictures.free_memory", lambda: 40 * 20 * 3 * 20)

    def kept():
        pictures = Pictures(dataset, paths)
        pictures.read_all()
        return 24 - pictures.left_out

    assert kept() == 10
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "2")
    assert kept() == 5


def test_all_pictures_that_cannot_be_read_are_counted_and_one_is_named(dataset, paths):
    dataset.file(paths[3]).write_bytes(dataset.file(paths[3]).read_bytes()[:200])
    dataset.file(paths[7]).unlink()
    with pytest.raises(InputError, match=rf"{paths[3]}.*\(2 such images\)") as caught:
        Pictures(dataset, paths).read_all()
    assert "\n" not in str(caught.value)
