"""What detectors say of clear crops is asked once, and compared with obfuscated ones."""

import pytest
import torch


def test_clear_crops_lose_nothing_and_others_do(pool, detectors):
    batch = pool.train.batch([0, 1, 2], torch.device("cpu"))
    outputs, features = detectors[0].losses(batch.images, batch)
    assert float(outputs) == pytest.approx(0, abs=1e-4)
    assert float(features) == pytest.approx(0, abs=1e-3)
    outputs, features = detectors[0].losses(1 - batch.images, batch)
    assert float(outputs) > 0.1
    assert float(features) > 0


def test_a_clear_crop_is_looked_at_once(pool, detectors, monkeypatch):
    looked_at, network = [], detectors[0].network
    forward = type(network).forward

    def watched(self, images):
        looked_at.append(len(images))
        return forward(self, images)

    monkeypatch.setattr(type(network), "forward", watched)
    for numbers in ([0, 1], [1, 0], [0, 2]):
        batch = pool.train.batch(numbers, torch.device("cpu"))
        detectors[0].losses(batch.images, batch)
    assert looked_at == [2, 2, 2, 2, 2]


def test_what_was_said_belongs_to_its_crop(pool, detectors):
    together = pool.train.batch([3, 5], torch.device("cpu"))
    detectors[0].losses(together.images, together)
    swapped = pool.train.batch([5, 3], torch.device("cpu"))
    outputs, _ = detectors[0].losses(swapped.images, swapped)
    assert float(outputs) == pytest.approx(0, abs=1e-4)
