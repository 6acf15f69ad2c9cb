"""Losses against slow loops from their definitions."""

import math

import pytest
import torch
from torch.nn import functional

from passerby.models.reid import create
from passerby.train.reid.losses import CentreLoss, batch_hard_triplet, identity_loss, pair_loss


@pytest.fixture
def batch():
    torch.manual_seed(0)
    return torch.randn(12, 5), torch.tensor([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3])


def test_smoothed_labels_give_every_person_a_share():
    torch.manual_seed(0)
    logits, labels = torch.randn(4, 6), torch.tensor([0, 5, 2, 2])
    expected = 0.0
    for row, label in zip(logits.tolist(), labels.tolist(), strict=True):
        total = math.log(sum(math.exp(value) for value in row))
        for person, value in enumerate(row):
            wanted = 0.1 / 6 + (0.9 if person == label else 0)
            expected -= wanted * (value - total) / 4
    assert identity_loss((logits,), labels, 0.1).item() == pytest.approx(expected, rel=1e-5)
    both = identity_loss((logits, torch.zeros(4, 6)), labels, 0.1).item()
    assert both == pytest.approx((expected + math.log(6)) / 2, rel=1e-5)


def slow_triplet(features, labels, margin):
    lost = []
    for anchor, own in zip(features, labels, strict=True):
        apart = [math.dist(anchor.tolist(), other.tolist()) for other in features]
        same = [gap for gap, label in zip(apart, labels, strict=True) if label == own]
        others = [gap for gap, label in zip(apart, labels, strict=True) if label != own]
        lost.append(max(0.0, margin + max(same) - min(others)))
    return sum(lost) / len(lost)


@pytest.mark.parametrize("margin", [0.0, 0.3, 5.0])
def test_triplets_are_the_hardest_of_the_batch(batch, margin):
    features, labels = batch
    expected = slow_triplet(features, labels, margin)
    assert batch_hard_triplet(features, labels, margin).item() == pytest.approx(expected, rel=1e-4)


def test_triplets_of_one_person_lose_nothing_and_repeated_images_have_a_gradient(batch):
    features, labels = batch
    same = features[:1].repeat(12, 1).requires_grad_()
    assert batch_hard_triplet(features, torch.zeros(12, dtype=int), 0.3).item() == 0
    batch_hard_triplet(same, labels, 0.3).backward()
    assert torch.isfinite(same.grad).all()


def test_features_are_drawn_to_the_centre_of_their_person(batch):
    features, labels = batch
    loss = CentreLoss(4, 5)
    centres = loss.centres.detach()
    expected = sum(
        math.dist(feature.tolist(), centres[label].tolist()) ** 2
        for feature, label in zip(features, labels, strict=True)
    )
    assert loss(features, labels).item() == pytest.approx(expected / 12, rel=1e-5)


def test_pairs_of_one_and_of_two_people_weigh_the_same(batch):
    _, labels = batch
    network = create("siamese-mobilenet", 4, size=(32, 32), width=0.125)
    features = torch.randn(12, network.dimension)
    lost = {True: [], False: []}
    for first in range(12):
        for second in range(first + 1, 12):
            logit = network.compare(features[first : first + 1], features[second : second + 1])
            same = bool(labels[first] == labels[second])
            wanted = torch.tensor([float(same)])
            lost[same].append(functional.binary_cross_entropy(logit.sigmoid(), wanted).item())
    expected = sum(sum(kind) / len(kind) for kind in lost.values()) / 2
    assert pair_loss(network, features, labels).item() == pytest.approx(expected, rel=1e-4)
    assert math.isfinite(pair_loss(network, features, torch.zeros(12, dtype=int)).item())
