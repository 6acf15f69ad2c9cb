"""Attackers learn what can be learned, begin anew alike, and look at the right pixels."""

import cv2
import numpy as np
import pytest
import torch

from passerby.train.obfuscator.attackers import (
    REBUILDERS,
    IdentityAttacker,
    Rebuilder,
    person_patches,
)
from passerby.train.obfuscator.settings import Constrained


@pytest.mark.parametrize(
    ("kind", "steps"),
    [
        ("colours", 150),
        ("convolution", 150),
        ("autoencoder", 40),
        ("unet-small", 40),
        ("unet-medium", 40),
    ],
)
def test_every_attacker_learns_to_undo_inverted_colours(kind, steps):
    torch.manual_seed(0)
    attacker = Rebuilder(kind).train()
    images = torch.rand(4, 3, 2, 3).repeat_interleave(8, 2).repeat_interleave(8, 3)
    optimizer = torch.optim.Adam(attacker.parameters(), lr=0.02)
    losses = []
    for _ in range(steps):
        loss = (attacker(1 - images) - images).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.4 * float(images.var())
    assert losses[-1] < 0.5 * losses[0]
    assert kind in REBUILDERS


def test_the_linear_attacker_comes_near_the_best_linear_filter_in_the_steps_that_it_has():
    """On pictures whose pixels are nearly alike, as those of cameras are, at the recipe's rate."""
    settings = Constrained()
    rng = np.random.default_rng(0)
    noise = rng.random((40, 32, 48, 3)).astype(np.float32)
    smooth = np.stack([cv2.GaussianBlur(one, (0, 0), 2) for one in noise])
    clear = (smooth - smooth.min()) / (smooth.max() - smooth.min())
    mixed = 1 - clear[..., [1, 2, 0]] * [0.5, 0.7, 0.9] - 0.05
    images, seen = (torch.from_numpy(one).permute(0, 3, 1, 2).float() for one in (clear, mixed))
    attacker = Rebuilder("convolution").train()
    optimizer = torch.optim.Adam(attacker.parameters(), lr=settings.attacker_rate)
    for step in range(2 * settings.settle):
        some = slice(8 * (step % 5), 8 * (step % 5) + 8)
        loss = (attacker(seen[some]) - images[some]).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    inputs = np.c_[mixed.reshape(-1, 3), np.ones(mixed[..., 0].size)]
    answers = clear.reshape(-1, 3)
    best = np.square(inputs @ np.linalg.lstsq(inputs, answers)[0] - answers).mean()
    assert best < 1e-9
    assert float(loss.detach()) < 0.1 * clear.var()


def test_a_restart_forgets_everything_and_is_the_same_each_time():
    attacker = Rebuilder("colours")
    before = attacker.network[0].weight.clone()
    attacker.age += 9
    attacker.restart([1, 2])
    first = attacker.network[0].weight.clone()
    attacker.restart([1, 3])
    other = attacker.network[0].weight.clone()
    attacker.restart([1, 2])
    assert torch.equal(attacker.network[0].weight, first)
    assert not torch.equal(first, before)
    assert not torch.equal(first, other)
    assert int(attacker.age) == 0


def test_a_restart_leaves_the_generator_alone():
    torch.manual_seed(5)
    expected = torch.rand(1)
    attacker = Rebuilder("colours")
    torch.manual_seed(5)
    attacker.restart([0])
    assert torch.equal(torch.rand(1), expected)


def test_patches_show_the_boxes():
    image = torch.zeros(1, 3, 20, 30)
    image[0, 0, 4:12, 6:10] = 1
    patch = person_patches(image, torch.tensor([[6.0, 4, 10, 12]]), size=(8, 4))
    assert torch.allclose(patch[0, 0], torch.ones(8, 4))
    assert float(patch[0, 1:].abs().max()) == 0


def test_who_is_who_can_be_learned_from_colours():
    torch.manual_seed(0)
    attacker = IdentityAttacker(channels=4)
    identities = torch.tensor([0, 0, 1, 1, 2, 2])
    colours = torch.eye(3)[identities][:, :, None, None].expand(-1, -1, 64, 32)
    optimizer = torch.optim.Adam(attacker.parameters(), lr=0.02)
    first = float(attacker.loss(colours, identities).detach())
    for _ in range(30):
        loss = attacker.loss(colours, identities)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert float(loss.detach()) < 0.5 * first
