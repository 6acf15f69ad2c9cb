import ntpath
import posixpath
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.datasets.index import ReidDataset, Sample, in_order, stays_below

SAMPLES = (
    Sample("gallery/0_c1.jpg", 0, 1, "gallery", distractor=True),
    Sample("query/b_c1.jpg", 3, 1, "query"),
    Sample("query/a_c2.jpg", 3, 2, "query"),
    Sample("train/z.jpg", 9, 2, "train"),
    Sample("train/y.jpg", 8, 2, "validation"),
)


def dataset(*samples: Sample, root: str = "here") -> ReidDataset:
    return ReidDataset("folder", Path(root), samples)


def test_samples_are_sorted_by_subset_and_path() -> None:
    paths = [sample.path for sample in in_order(SAMPLES)]
    assert paths == [
        "train/z.jpg",
        "train/y.jpg",
        "query/a_c2.jpg",
        "query/b_c1.jpg",
        "gallery/0_c1.jpg",
    ]
    assert in_order(reversed(SAMPLES)) == in_order(SAMPLES)


def test_a_part_holds_arrays_of_one_length() -> None:
    part = dataset(*in_order(SAMPLES)).part("query")
    assert part.paths == ("query/a_c2.jpg", "query/b_c1.jpg")
    np.testing.assert_array_equal(part.identities, [3, 3])
    np.testing.assert_array_equal(part.cameras, [2, 1])
    np.testing.assert_array_equal(part.distractors, [False, False])
    assert dataset(*SAMPLES).part("gallery").distractors.tolist() == [True]


def test_an_empty_part_has_arrays_too() -> None:
    part = dataset().part("train")
    assert len(part) == 0
    assert part.identities.shape == part.distractors.shape == (0,)


def test_a_file_lies_below_the_root() -> None:
    assert dataset(root="a/b").file("query/c.jpg") == Path("a/b/query/c.jpg")


def test_the_hash_is_of_the_index_and_not_of_the_place() -> None:
    assert dataset(*SAMPLES).sha256 == dataset(*SAMPLES, root="elsewhere").sha256


@pytest.mark.parametrize(
    "other",
    [
        Sample("query/b_c2.jpg", 3, 1, "query"),
        Sample("query/b_c1.jpg", 4, 1, "query"),
        Sample("query/b_c1.jpg", 3, 2, "query"),
        Sample("query/b_c1.jpg", 3, 1, "gallery"),
        Sample("query/b_c1.jpg", 3, 1, "query", distractor=True),
    ],
)
def test_every_label_counts_in_the_hash(other: Sample) -> None:
    assert dataset(other).sha256 != dataset(SAMPLES[1]).sha256


@given(
    st.lists(
        st.sampled_from(["a", "b.jpg", "..", ".", "", "a b", "...", "..a", "a\\b", "c\x00", "~"]),
        min_size=1,
        max_size=5,
    )
)
def test_what_stays_below_does_so_on_the_disk(parts: list[str]) -> None:
    """Against what the system's own rules make of the path, on this system and on Windows."""
    path = "/".join(parts)
    if stays_below(path):
        for root, system in (("/sets/set", posixpath), ("c:\\set", ntpath)):
            place = system.normpath(system.join(root, path))
            assert place.startswith(root + system.sep)
            assert place == system.join(root, path).replace("/", system.sep)
            assert "\x00" not in place
    else:
        assert set(parts) & {"", ".", "..", "a\\b", "c\x00"}
