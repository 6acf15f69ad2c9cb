"""What is lost between two networks, in cosines and in people found."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.metrics.pairwise import cosine_similarity

from passerby.datasets import read_dataset
from passerby.errors import InputError
from passerby.evaluate.reid import evaluate
from passerby.pipeline.description import Described, raw_frame
from passerby.runs.describe.image_lists import ImageList
from passerby.runs.export.fidelity import compared, loss_between
from passerby.signatures.network import SignatureNetwork


class Coarse(SignatureNetwork):
    """Rounds its signatures."""

    def describe(self, pictures: np.ndarray) -> np.ndarray:
        return super().describe(pictures) // 64


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """Six people of plain colours before two cameras, as in a data set of one's own."""
    random = np.random.default_rng(0)
    for person in range(6):
        colour = random.integers(40, 210, 3)
        for camera, subset in [(1, "query"), (2, "gallery"), (3, "gallery")]:
            path = tmp_path / "people" / subset / f"{person + 1}_c{camera}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            seen = colour + random.integers(-35, 36, 3)
            Image.new("RGB", (4, 8), tuple(seen.tolist())).save(path)
    return tmp_path / "people"


def test_figures_of_a_data_set_are_those_of_evaluation(people: Path, colours_model: str) -> None:
    dataset = read_dataset(people)
    whole, coarse = SignatureNetwork(colours_model), Coarse(colours_model)
    steps: list[int] = []
    loss = loss_between(whole, coarse, dataset, lambda: steps.append(1))
    assert loss.images == compared(dataset) == 18
    assert len(steps) == 36
    sides = [Described(one, raw_frame).query_and_gallery(dataset) for one in (whole, coarse)]
    for place, side in enumerate(sides):
        wanted = evaluate(*side).summary()
        assert loss.figures["mAP"][place] == pytest.approx(wanted["mAP"])
        assert loss.figures["rank1"][place] == pytest.approx(wanted["rank1"])
    assert loss.figures["mAP"][0] > loss.figures["mAP"][1]
    before, after = (np.concatenate([one.features[:] for one in side]) for side in sides)
    cosines = np.diag(cosine_similarity(before, after))
    assert loss.cosine_mean == pytest.approx(cosines.mean(), abs=1e-6)
    assert loss.cosine_least == pytest.approx(cosines.min(), abs=1e-6)


def test_of_a_list_every_second_image_is_compared(people: Path, colours_model: str) -> None:
    images = ImageList.of_files([str(people)])
    network = SignatureNetwork(colours_model)
    loss = loss_between(network, network, images)
    assert (loss.images, loss.figures) == (9, {})
    assert loss.images == compared(images)
    assert loss.cosine_least == pytest.approx(1)


def test_one_image_is_too_little(people: Path, colours_model: str) -> None:
    network = SignatureNetwork(colours_model)
    with pytest.raises(InputError, match="one image is too little"):
        loss_between(network, network, ImageList.of_files([str(people / "query" / "1_c1.png")]))
