import numpy as np
import pytest
import torch

from passerby.attack.attack import attacks_of
from passerby.attack.attacks import ATTACKS, u_net
from passerby.train.obfuscator import fresh_attack

NAMES = ("u-net-small", "u-net-medium", "u-net-large")


class Mixes(torch.nn.Module):
    """A network of one affine map of colours, which learns in no time."""

    def __init__(self, size):
        super().__init__()
        self.size, self.layer = size, torch.nn.Conv2d(6, 3, 1)
        torch.nn.init.zeros_(self.layer.weight)
        torch.nn.init.constant_(self.layer.bias, 0.5)

    def forward(self, seen, mean):
        return self.layer(torch.cat([seen - 0.5, mean - 0.5], dim=1))


def test_networks_are_tried_at_the_standard_tier_alone():
    assert set(attacks_of("standard")) - set(attacks_of("quick")) >= set(NAMES)
    assert not set(attacks_of("quick")) & set(NAMES)


def test_what_is_learned_rebuilds_people_it_has_never_seen(case_for, monkeypatch):
    monkeypatch.setattr(fresh_attack, "_Attacker", Mixes)
    monkeypatch.setattr(u_net, "STEPS", 40)
    monkeypatch.setattr(u_net, "RATE", 0.3)
    case = case_for(lambda picture: 255 - picture)
    fitted = ATTACKS["u-net-small"].fit(case)
    rebuilt = fitted.rebuild(case.test.seen).astype(int)
    assert np.abs(rebuilt - case.test.clear.images).mean() < 8
    assert fitted.of_seen(case.test.seen).shape == fitted.of_clear(case.test.seen).shape


@pytest.mark.slow
def test_each_size_is_a_network_of_its_own(case_for, monkeypatch):
    sizes = []

    class Noted(Mixes):
        def __init__(self, size):
            super().__init__(size)
            sizes.append(size)

    monkeypatch.setattr(fresh_attack, "_Attacker", Noted)
    monkeypatch.setattr(u_net, "STEPS", 1)
    case = case_for(np.zeros_like)
    for name in NAMES:
        rebuilt = ATTACKS[name].fit(case).rebuild(case.test.seen[:2])
        assert (rebuilt[0] == rebuilt[1]).all()
    assert sizes == ["small", "medium", "large"]
