"""What all recipes share: frozen weights, steps, and how attackers did."""

import pytest
import torch
from torch import nn

from passerby.train.obfuscator.adversarial import Diagnosis, fixed_weights, learn_from


def test_gradients_pass_frozen_weights_without_reaching_them():
    layer, images = nn.Linear(2, 1), torch.ones(1, 2, requires_grad=True)
    layer.bias.requires_grad = False
    with fixed_weights(layer):
        layer(images).sum().backward()
    assert layer.weight.grad is None
    assert images.grad is not None
    assert (layer.weight.requires_grad, layer.bias.requires_grad) == (True, False)


def test_a_step_has_its_rate_and_its_longest_gradient():
    weight = nn.Parameter(torch.tensor([3.0, 4.0]))
    optimizer = torch.optim.SGD([weight], lr=1.0)
    learn_from(optimizer, weight.square().sum() / 2, rate=0.1, longest=1.0)
    assert weight.tolist() == pytest.approx([3 - 0.06, 4 - 0.08], abs=1e-4)


def test_a_broken_attacker_is_loud():
    diagnosis = Diagnosis()
    for explained, unexplained in ((0.4, 0.2), (-2.0, 1.9)):
        diagnosis.note("unet", explained, unexplained)
    assert "BROKEN ATTACKER: unet" in diagnosis.warning()
    assert diagnosis.numbers() == pytest.approx({"unet explains": -0.8, "unet MSE/V": 1.05})


def test_a_sound_attacker_is_not():
    diagnosis = Diagnosis()
    diagnosis.note("unet", 0.4, 0.2)
    diagnosis.note("unet", float("nan"), 0.2)
    diagnosis.note_figure("leak weight", 2)
    assert diagnosis.warning() == ""
    assert diagnosis.line() == "unet explains 40 % of people; leak weight 2"
