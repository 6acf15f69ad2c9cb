"""Signatures of originals and of anonymized images, against the network itself."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from passerby.datasets import ReidDataset
from passerby.models.reid import create
from passerby.models.reid.checkpoint import load_network, save_network
from passerby.reproduce.reid.signatures import query_and_gallery
from passerby.reproduce.reid.twins import dataset_for
from passerby.reproduce.workspace import Workspace

MEAN, DEVIATION = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])


@pytest.fixture
def checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small network whose signatures are not all the same."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    card = {"model": "bot", "scale": "quick", "num_classes": 4, "size": [64, 32]}
    card["options"] = {"width": 0.125}
    network = create("bot", 4, scale="quick", size=(64, 32), width=0.125)
    save_network(network, card, tmp_path / "model.pt")
    return tmp_path / "model.pt"


@pytest.mark.parametrize(
    ("condition", "scale"), [("original", "quick"), ("van-rooijen-black", "paper")]
)
def test_they_are_the_networks(
    checkpoint: Path, dataset: ReidDataset, tmp_path: Path, condition: str, scale: str
) -> None:
    images = dataset_for(dataset, condition, scale, Workspace(tmp_path))
    told: list[tuple[int, int]] = []
    query, gallery = query_and_gallery(checkpoint, images, lambda *known: told.append(known))
    assert (len(query), len(gallery), told[-1]) == (8, 24, (32, 32))
    part = dataset.part("query")
    np.testing.assert_array_equal(query.ids, part.identities)
    np.testing.assert_array_equal(query.cameras, part.cameras)
    picture = cv2.imread(str(dataset.file(part.paths[5])))
    assert picture is not None
    if condition != "original":
        picture = cv2.resize(picture, (128, 256))
        picture[:64] = 0
    rgb = cv2.resize(picture, (32, 64))[:, :, ::-1] / 255
    tensor = torch.from_numpy((rgb - MEAN) / DEVIATION).float().permute(2, 0, 1)[None]
    with torch.no_grad():
        expected = load_network(checkpoint)(tensor)[0].numpy()
    np.testing.assert_allclose(query.features[5:6][0], expected, atol=1e-5, rtol=1e-4)
