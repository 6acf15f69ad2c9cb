"""How far a network is from what its teachers say."""

import numpy as np
import pytest
import torch

from passerby.errors import ConfigError
from passerby.models.reid import create
from passerby.train.reid.distillation.objective import (
    DistillationObjective,
    direction_loss,
    similarity_loss,
)
from passerby.train.reid.distillation.teachers import Teachers


def unit_rows(seed, count=5, dimension=4):
    rows = np.random.default_rng(seed).normal(size=(count, dimension))
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_losses_are_those_of_slow_loops():
    own, wanted = unit_rows(0), unit_rows(1)
    direction = np.mean(
        [
            1 - sum(a * b for a, b in zip(*pair, strict=True))
            for pair in zip(own, wanted, strict=True)
        ]
    )
    squares = [
        (np.dot(own[i], own[j]) - np.dot(wanted[i], wanted[j])) ** 2
        for i in range(5)
        for j in range(5)
    ]
    rows = torch.from_numpy(own), torch.from_numpy(wanted)
    assert direction_loss(*rows).item() == pytest.approx(direction)
    assert similarity_loss(*rows).item() == pytest.approx(np.mean(squares))


def test_turned_signatures_keep_their_similarities_and_lose_their_direction():
    own = torch.from_numpy(unit_rows(0))
    turn, _ = np.linalg.qr(np.random.default_rng(2).normal(size=(4, 4)))
    turned = own @ torch.from_numpy(turn)
    assert similarity_loss(turned, own).item() == pytest.approx(0, abs=1e-12)
    assert direction_loss(turned, own).item() > 0.1


@pytest.fixture
def objective(make_teacher):
    network = create("mobilenet-v2", 2, size=(32, 32), width=0.25, channels=16, dimension=8)
    return DistillationObjective(network, Teachers([make_teacher(1), make_teacher(2)]))


def test_nothing_is_lost_where_the_network_says_what_the_teachers_do(objective):
    images = torch.randn(6, 3, 32, 32)
    rows = torch.randn(40, 128)
    objective.choose_axes(rows.numpy())
    with torch.no_grad():
        signatures = objective.train().network.describe(images)
    losses = objective(images, 3 * signatures @ objective.axes.T)
    assert losses["total"].item() == pytest.approx(0, abs=1e-5)
    other = objective(images, torch.randn(6, 128))
    assert other["direction"].item() > 0.1
    expected = other["direction"] + 5 * other["similarity"]
    assert other["total"].item() == pytest.approx(expected.item())
    assert tuple(other) == objective.losses


def test_signatures_as_long_as_a_teachers_need_no_axes(make_teacher):
    network = create("mobilenet-v2", 2, size=(32, 32), width=0.25, channels=16, dimension=64)
    objective = DistillationObjective(network, Teachers([make_teacher(1)]))
    assert not objective.shortens
    assert torch.equal(objective.axes, torch.eye(64))


def test_axes_are_part_of_the_state(objective):
    objective.choose_axes(np.random.default_rng(0).normal(size=(40, 128)).astype(np.float32))
    assert torch.equal(objective.state_dict()["axes"], objective.axes)
    assert objective.shortens
    assert not torch.equal(objective.axes, torch.eye(128, 8))


def test_a_network_with_longer_signatures_than_its_teachers_is_refused(make_teacher):
    network = create("mobilenet-v2", 2, size=(32, 32), width=0.25, dimension=65)
    with pytest.raises(ConfigError, match="have 65 numbers, and those of the teachers 64"):
        DistillationObjective(network, Teachers([make_teacher(1)]))
