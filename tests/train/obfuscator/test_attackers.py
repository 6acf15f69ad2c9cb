"""Attackers learn what can be learned, begin anew alike, and look at the right pixels."""

import pytest
import torch

from passerby.train.obfuscator.attackers import (
    REBUILDERS,
    IdentityAttacker,
    Rebuilder,
    person_patches,
)


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
