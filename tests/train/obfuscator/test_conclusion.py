"""What the card says was measured."""

import json
import re

import pytest
import torch

from passerby.models.obfuscators import create_obfuscator
from passerby.train.obfuscator import conclusion
from passerby.train.obfuscator.conclusion import measure_obfuscator
from passerby.train.obfuscator.fresh_attack import AttackSettings


def test_figures_are_of_held_out_people_and_can_be_written_down(pool, detectors):
    torch.manual_seed(0)
    network = create_obfuscator("shuffle", channels=8, depth=1)
    told = []
    attack = AttackSettings(size="small", steps=4, batch=2, measured=2)
    figures = measure_obfuscator(network, pool, detectors, attack, told.append)
    assert json.loads(json.dumps(figures)) == figures
    assert set(figures["person_ap50"]) == {"bright"}
    assert figures["crops"] == {"train": 16, "held_out": 8}
    for name in ("fresh_attack", "boxes_only"):
        assert [step for step, _ in figures[name]["curve"]] == [2, 4]
        assert figures[name]["explained_people"] == figures[name]["curve"][-1][1]
    assert set(figures["fresh_recognition"]) == {"auc", "clear_auc"}
    assert 0 <= figures["spread"] <= 255
    assert [one.done for one in told] == [*range(1, 9), 1]


def test_the_input_itself_leaks_and_keeps_everybody(pool, detectors):
    class Same(torch.nn.Module):
        """Returns its input."""

        def __init__(self):
            super().__init__()
            self.weight = torch.nn.Parameter(torch.ones(()))

        def forward(self, images):
            return images * self.weight

    attack, told = AttackSettings(size="small", steps=1, batch=2, measured=1), []
    figures = measure_obfuscator(Same(), pool, detectors, attack, told.append)
    assert figures["person_ap50"]["bright"] == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize(
    ("spread", "explained", "said"),
    [(1, 0.0, "the same grey"), (90, 0.97, "next to nothing.*97%"), (90, 0.3, "^$")],
)
def test_a_network_that_is_of_no_use_is_said_to_be(spread, explained, said):
    assert re.search(said, conclusion._warning(spread, explained))
