"""Images of a data set become signatures, each once."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from passerby.datasets import ReidDataset, Sample
from passerby.errors import InputError
from passerby.pipeline.description import Described, images_of, raw_frame

SAMPLES = (
    Sample("a.png", identity=1, camera=1, subset="query"),
    Sample("b.png", identity=1, camera=2, subset="gallery"),
    Sample("c.png", identity=2, camera=2, subset="gallery"),
)


@pytest.fixture
def dataset(tmp_path: Path) -> ReidDataset:
    for level, sample in enumerate(SAMPLES):
        Image.new("RGB", (4, 8), (10 * level, 0, 200)).save(tmp_path / sample.path)
    return ReidDataset("folder", tmp_path, SAMPLES)


class Mean:
    """Describes an image by its mean colour."""

    name, path, pixels = "mean", Path("mean.onnx"), "bgr-255"
    size, batch = (8, 4), 2

    def describe(self, pictures: np.ndarray) -> np.ndarray:
        return pictures.mean(axis=(1, 2)).astype(np.float32)


def test_signatures_come_in_the_order_of_the_index_with_its_labels(dataset: ReidDataset) -> None:
    query, gallery = Described(Mean(), raw_frame).query_and_gallery(dataset)
    assert query.features[slice(None)].tolist() == [[200, 0, 0]]  # blue first
    assert gallery.features[slice(None)].tolist() == [[200, 0, 10], [200, 0, 20]]
    assert (gallery.ids.tolist(), gallery.cameras.tolist()) == ([1, 2], [2, 2])


def test_every_image_is_described_once(dataset: ReidDataset) -> None:
    steps: list[int] = []
    described = Described(Mean(), raw_frame, lambda: steps.append(1))
    for _ in range(2):
        described.query_and_gallery(dataset)
    assert len(steps) == images_of([dataset, dataset]) == 3


def test_missing_and_damaged_images_are_named(dataset: ReidDataset) -> None:
    (dataset.root / "a.png").unlink()
    with pytest.raises(InputError, match=r"a.png is missing: check the data set"):
        Described(Mean(), raw_frame).query_and_gallery(dataset)
    (dataset.root / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    with pytest.raises(InputError, match=r"a.png is damaged"):
        raw_frame(dataset.root / "a.png")


def test_a_data_set_without_queries_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has no query images"):
        Described(Mean(), raw_frame).query_and_gallery(ReidDataset("folder", tmp_path, ()))
