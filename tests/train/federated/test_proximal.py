"""The proximal term against its gradient by torch, and against steps by hand."""

import torch
from torch import nn

from passerby.train.federated.proximal import pulled_back


def small():
    torch.manual_seed(3)
    return nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1))


def test_steps_are_those_of_the_loss_with_the_proximal_term():
    mu, images = 0.7, torch.arange(6.0).reshape(2, 3)
    names = ["0.weight", "2.bias"]
    ours, theirs = small(), small()
    anchors = {name: one.detach().clone() for name, one in theirs.named_parameters()}
    first = torch.optim.Adam(ours.parameters(), lr=0.05)
    second = torch.optim.Adam(theirs.parameters(), lr=0.05)
    with pulled_back(ours, first, names, mu):
        for _ in range(4):
            first.zero_grad()
            ours(images).square().sum().backward()
            first.step()
    for _ in range(4):
        second.zero_grad()
        loss = theirs(images).square().sum()
        for name, one in theirs.named_parameters():
            if name in names:
                loss = loss + mu / 2 * (one - anchors[name]).square().sum()
        loss.backward()
        second.step()
    for here, there in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(here, there)


def test_afterwards_nothing_pulls():
    network = small()
    optimizer = torch.optim.SGD(network.parameters(), lr=1.0)
    with pulled_back(network, optimizer, ["0.weight"], 0.5):
        pass
    before = network[0].weight.detach().clone()
    network[0].weight.grad = torch.zeros_like(before)
    with torch.no_grad():
        network[0].weight.add_(1)
    optimizer.step()
    torch.testing.assert_close(network[0].weight, before + 1)


def test_weights_without_a_gradient_stay():
    network = small()
    network[0].weight.requires_grad_(requires_grad=False)
    before = network[0].weight.clone()
    optimizer = torch.optim.SGD(network.parameters(), lr=1.0)
    with pulled_back(network, optimizer, ["0.weight"], 0.5):
        network[0].weight.add_(1)
        network(torch.ones(1, 3)).sum().backward()
        optimizer.step()
    torch.testing.assert_close(network[0].weight, before + 1)
