from pathlib import Path

import pytest

from passerby.datasets import ReidDataset, read_dataset
from passerby.errors import InputError
from passerby.pipeline.settings import Settings
from passerby.twins.manifest import MANIFEST, read_manifest, write_manifest
from passerby.twins.twin import make_twin
from passerby.twins.verify import check_twin

QUERY = "query/0007_c1s1_000001_00.jpg"


@pytest.fixture
def dataset(market: Path) -> ReidDataset:
    return read_dataset(market)


@pytest.fixture
def twin(dataset: ReidDataset, tmp_path: Path) -> Path:
    make_twin(dataset, tmp_path / "twin", Settings.of(regions="top"))
    return tmp_path / "twin"


def test_a_good_twin_has_no_problem(dataset: ReidDataset, twin: Path) -> None:
    assert check_twin(dataset, twin) == []


def test_a_missing_file(dataset: ReidDataset, twin: Path) -> None:
    (twin / "bounding_box_test" / "0007_c2s1_000001_00.jpg").unlink()
    lacking, changed = check_twin(dataset, twin)
    assert lacking.startswith("the twin lacks 1 gallery image (bounding_box_test/0007_c2s1_")
    assert changed.startswith("1 image is missing or not what the manifest says")


def test_an_original_among_the_copies(dataset: ReidDataset, twin: Path) -> None:
    (twin / QUERY).write_bytes((dataset.root / QUERY).read_bytes())
    assert check_twin(dataset, twin) == [
        f"1 image is identical to the original, such as {QUERY}: anonymize again"
    ]


def test_an_image_that_the_manifest_does_not_know(dataset: ReidDataset, twin: Path) -> None:
    head, entries = read_manifest(twin / MANIFEST)
    del entries[QUERY]
    write_manifest(twin / MANIFEST, head | {"complete": False}, entries.values())
    unfinished, unknown = check_twin(dataset, twin)
    assert unfinished.startswith("the twin is not finished")
    assert unknown == f"1 image is not in the manifest, such as {QUERY}: anonymize again"


def test_a_folder_without_a_manifest(dataset: ReidDataset, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"the manifest .* cannot be read"):
        check_twin(dataset, tmp_path)
